/* sock_set_opt_flag, _time, _size, and sock_get_opt_flag, _time, _size. Options of WASIX and of
 * xsock have the same numbers. docs/wasix.md lists what a guest sees of each option. */
#include "call/call.h"
#include "socket/option.h"
#include "wasix/guest.h"

/* A guest gets neither xsock's own options nor PROMISCUOUS, which would show it traffic of
 * others. */
enum { FIRST = XSOCK_SO_REUSEPORT, LAST = XSOCK_SO_PROTOCOL };

static bool is_guests(uint32_t opt)
{
    return opt >= FIRST && opt <= LAST && opt != XSOCK_SO_PROMISCUOUS;
}

/* Every call here begins with this function: it gets the socket, checks the memory that argument
 * 2 points to (if size is not 0), and checks the option. The caller drops the reference if 0 was
 * returned. */
static int begin(const struct xsock__wasix_call *c, size_t size, struct xsock__fd **out_fd,
                 unsigned char **out_at)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(c->guest->table, xsock__wasix_fd(c, 0), &fd);
    if (rc != 0)
        return rc;
    *out_at = xsock__wasix_at(c, size != 0 ? xsock__wasix_ptr(c, 2) : 0, size);
    if (*out_at == NULL)
        rc = -XSOCK_EMEMVIOLATION;
    else if (!is_guests(xsock__wasix_u32(c, 1)))
        rc = -XSOCK_ENOPROTOOPT;
    *out_fd = fd;
    if (rc != 0)
        xsock__fdtab_put(c->guest->table, fd);
    return rc;
}

static int set(const struct xsock__wasix_call *c, struct xsock__fd *fd, int kind, int64_t value)
{
    int rc = xsock__option_set(&fd->held, (int)xsock__wasix_u32(c, 1), kind, value);
    xsock__fdtab_put(c->guest->table, fd);
    return rc;
}

static int get(const struct xsock__wasix_call *c, size_t size, int kind, unsigned char **out_at,
               int64_t *out)
{
    struct xsock__fd *fd;
    int rc = begin(c, size, &fd, out_at);
    if (rc != 0)
        return rc;
    rc = xsock__option_get(&fd->held, (int)xsock__wasix_u32(c, 1), kind, out);
    xsock__fdtab_put(c->guest->table, fd);
    return rc;
}

/* ---- Flags (a bool is one byte in memory, and an i32 as an argument) ------------------------- */

int xsock__wasix_sock_set_opt_flag(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    unsigned char *at;
    uint32_t on = xsock__wasix_u32(c, 2);
    int rc = begin(c, 0, &fd, &at);
    if (rc != 0)
        return rc;
    return set(c, fd, XSOCK_OPT_FLAG, on <= 1 ? (int64_t)on : -1); /* -1 gives EINVAL */
}

int xsock__wasix_sock_get_opt_flag(const struct xsock__wasix_call *c)
{
    unsigned char *at;
    int64_t value;
    int rc = get(c, 1, XSOCK_OPT_FLAG, &at, &value);
    if (rc == 0)
        *at = value != 0;
    return rc;
}

/* ---- Times (an option_timestamp: a tag and nanoseconds) -------------------------------------- */

enum { TIMESTAMP = 16, NANOSECONDS = 8, TAG_NONE = 0, TAG_SOME = 1 };

/* No clock ever reaches INT64_MAX nanoseconds, so a longer time may become INT64_MAX. An invalid
 * tag becomes -2, for which the core returns EINVAL. */
static int64_t read_time(const unsigned char *at)
{
    unsigned char tag = at[0];
    uint64_t ns = xsock__wasix_get64(at + NANOSECONDS);
    if (tag == TAG_NONE)
        return -1;
    return tag != TAG_SOME ? -2 : ns > INT64_MAX ? INT64_MAX : (int64_t)ns;
}

int xsock__wasix_sock_set_opt_time(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    unsigned char *at;
    int rc = begin(c, TIMESTAMP, &fd, &at);
    return rc != 0 ? rc : set(c, fd, XSOCK_OPT_TIME, read_time(at));
}

int xsock__wasix_sock_get_opt_time(const struct xsock__wasix_call *c)
{
    unsigned char *at;
    int64_t value;
    int rc = get(c, TIMESTAMP, XSOCK_OPT_TIME, &at, &value);
    if (rc != 0)
        return rc;
    xsock__wasix_put64(at, value < 0 ? TAG_NONE : TAG_SOME);
    xsock__wasix_put64(at + NANOSECONDS, value < 0 ? 0 : (uint64_t)value);
    return 0;
}

/* ---- Sizes (64 bits) ------------------------------------------------------------------------- */

/* A buffer larger than the guest may have becomes as large as the guest may have, as systems do
 * it. */
static int64_t cut(const struct xsock__wasix_call *c, const struct xsock__fd *fd, uint64_t size)
{
    uint32_t opt = xsock__wasix_u32(c, 1);
    if (opt != XSOCK_SO_RCVBUF && opt != XSOCK_SO_SNDBUF)
        return size > INT64_MAX ? INT64_MAX : (int64_t)size;
    if (size > INT32_MAX)
        size = INT32_MAX;
    if (size > c->guest->config.max_socket_buffer)
        size = c->guest->config.max_socket_buffer;
    return (int64_t)xsock__wasix_count_buffer(c->guest, fd->held.sock, opt == XSOCK_SO_SNDBUF,
                                              size);
}

int xsock__wasix_sock_set_opt_size(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    unsigned char *at;
    int rc = begin(c, 0, &fd, &at);
    return rc != 0 ? rc : set(c, fd, XSOCK_OPT_SIZE, cut(c, fd, xsock__wasix_u64(c, 2)));
}

int xsock__wasix_sock_get_opt_size(const struct xsock__wasix_call *c)
{
    unsigned char *at;
    int64_t value;
    int rc = get(c, 8, XSOCK_OPT_SIZE, &at, &value);
    if (rc != 0)
        return rc;
    if (xsock__wasix_u32(c, 1) == XSOCK_SO_ERROR)
        value = xsock__wasix_errno(-value, false);
    xsock__wasix_put64(at, (uint64_t)value);
    return 0;
}
