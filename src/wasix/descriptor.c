/* fd_dup, fd_dup2, fd_renumber, and the flags and types of descriptors.
 *
 * Pollers cannot be duplicated or renumbered: such calls return EINVAL, as they do in xsock. */
#include <limits.h>
#include <string.h>

#include "call/call.h"
#include "wasix/file.h"

/* ---- Numbers --------------------------------------------------------------------------------- */

int xsock__wasix_fd_dup(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_fd(c->guest->table, xsock__wasix_fd(c, 0), &fd);
    if (rc != 0)
        return rc;
    unsigned char *out = xsock__wasix_at(c, xsock__wasix_ptr(c, 1), 4);
    rc = out == NULL ? -XSOCK_EMEMVIOLATION : xsock__dup_in(c->guest->table, fd, 0, 0);
    xsock__fdtab_put(c->guest->table, fd);
    if (rc < 0)
        return rc;
    xsock__wasix_put32(out, (uint32_t)rc);
    return 0;
}

/* The second argument is the lowest number allowed, as with F_DUPFD. The argument is not the
 * number that the duplicate must get. */
int xsock__wasix_fd_dup2(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    uint32_t min = xsock__wasix_u32(c, 1), cloexec = xsock__wasix_u32(c, 2);
    int rc = xsock__lookup_fd(c->guest->table, xsock__wasix_fd(c, 0), &fd);
    if (rc != 0)
        return rc;
    unsigned char *out = xsock__wasix_at(c, xsock__wasix_ptr(c, 3), 4);
    if (out == NULL)
        rc = -XSOCK_EMEMVIOLATION;
    else if (min > INT_MAX || cloexec > 1)
        rc = -XSOCK_EINVAL;
    else
        rc = xsock__dup_in(c->guest->table, fd, (int)min, cloexec != 0 ? XSOCK_SOCK_CLOEXEC : 0);
    xsock__fdtab_put(c->guest->table, fd);
    if (rc < 0)
        return rc;
    xsock__wasix_put32(out, (uint32_t)rc);
    return 0;
}

/* Calls in progress on the old number go on using its handle, so the new number gets a handle of
 * its own. */
static int renumber(struct xsock__fdtab *t, struct xsock__fd *from, int to, bool reserved)
{
    struct xsock__held held;
    if (from->number == to)
        return 0;
    if (from->held.sock->poller != NULL)
        return -XSOCK_EINVAL;
    int rc = xsock__sock_dup(&from->held, true, &held);
    if (rc != 0)
        return rc;
    rc = xsock__fdtab_move(t, from, to, &held, reserved);
    if (rc < 0)
        xsock__sock_close(&held);
    return rc < 0 ? rc : 0;
}

/* Both numbers are looked up first. If one of them is not open, the call returns EBADF, even if
 * the other number belongs to the engine. */
int xsock__wasix_fd_renumber(const struct xsock__wasix_call *c)
{
    struct xsock__fdtab *t = c->guest->table;
    struct xsock__fd *from = NULL, *to = NULL;
    int rc0 = xsock__lookup_fd(t, xsock__wasix_fd(c, 0), &from);
    int rc1 = xsock__lookup_fd(t, xsock__wasix_fd(c, 1), &to);
    int rc = rc0 == 0 || rc1 == -XSOCK_EBADF ? rc1 : rc0;
    if (rc == 0)
        rc = renumber(t, from, to->number, false);
    if (rc0 == 0)
        xsock__fdtab_put(t, from);
    if (rc1 == 0)
        xsock__fdtab_put(t, to);
    return rc;
}

int xsock_wasix_renumber(struct xsock_wasix *guest, int from, int to)
{
    struct xsock__fd *fd;
    if (guest == NULL)
        return -XSOCK_EFAULT;
    int rc = xsock__lookup_fd(guest->table, from, &fd);
    if (rc != 0)
        return rc == -XSOCK__EFOREIGN ? -XSOCK_EBADF : rc;
    bool reserved = xsock_wasix_owner(guest, to) == XSOCK_WASIX_OWNER_ENGINE;
    rc = reserved ? renumber(guest->table, fd, to, true) : -XSOCK_EBADF;
    xsock__fdtab_put(guest->table, fd);
    return rc;
}

/* ---- Types and rights ------------------------------------------------------------------------ */

/* WASI has no number for pipes, events and pollers. The numbers of SOCK_RAW and SOCK_SEQPACKET
 * come from WASIX. */
enum { UNKNOWN = 0, SOCKET_DGRAM = 5, SOCKET_STREAM = 6, SOCKET_RAW = 8, SOCKET_SEQPACKET = 9 };

static int filetype(const struct xsock__sock *s)
{
    static const unsigned char by_type[] = {UNKNOWN, SOCKET_STREAM, SOCKET_DGRAM, SOCKET_RAW,
                                            SOCKET_SEQPACKET};
    if (s->refuses != 0 || s->type < 0 || s->type > XSOCK_SOCK_SEQPACKET)
        return UNKNOWN;
    return by_type[s->type];
}

/* The numbers of preview 1 and WASIX. wasi-libc's F_GETFL derives O_RDONLY, O_WRONLY and O_RDWR
 * from FD_READ and FD_WRITE. */
enum { FD_READ = 1 << 1, SET_FLAGS = 1 << 3, FD_WRITE = 1 << 6, POLL_READWRITE = 1 << 27 };

/* The rights from SOCK_SHUTDOWN to SOCK_SEND_TO. */
static const uint64_t socket_rights = UINT64_C(0x7ff) << 28;

static uint64_t rights(const struct xsock__fd *fd)
{
    const struct xsock__wasix_file *file = xsock__wasix_file_of(fd);
    if (fd->held.sock->poller != NULL)
        return POLL_READWRITE;
    if (file == NULL)
        return socket_rights | FD_READ | FD_WRITE | SET_FLAGS | POLL_READWRITE;
    uint64_t can = (file->read != NULL ? FD_READ : 0U) | (file->write != NULL ? FD_WRITE : 0U);
    return can | SET_FLAGS | POLL_READWRITE;
}

enum { APPEND = 1, DSYNC = 2, NONBLOCK = 4, RSYNC = 8, SYNC = 16 };

int xsock__wasix_fd_fdstat_get(const struct xsock__wasix_call *c)
{
    enum { SIZE = 24, FILETYPE = 0, FLAGS = 2, RIGHTS = 8, INHERITING = 16 };
    unsigned char stat[SIZE] = {0};
    struct xsock__fd *fd;
    int rc = xsock__lookup_fd(c->guest->table, xsock__wasix_fd(c, 0), &fd);
    if (rc != 0)
        return rc;
    unsigned char *out = xsock__wasix_at(c, xsock__wasix_ptr(c, 1), SIZE);
    if (out != NULL) {
        stat[FILETYPE] = (unsigned char)filetype(fd->held.sock);
        xsock__wasix_put16(stat + FLAGS,
                           xsock__atomic_load(&fd->held.sock->nonblock) ? NONBLOCK : 0);
        xsock__wasix_put64(stat + RIGHTS, rights(fd));
        xsock__wasix_put64(stat + INHERITING, rights(fd)); /* rights of accepted sockets */
        memcpy(out, stat, SIZE);
    }
    xsock__fdtab_put(c->guest->table, fd);
    return out == NULL ? -XSOCK_EMEMVIOLATION : 0;
}

/* ---- Flags ----------------------------------------------------------------------------------- */

/* NONBLOCK and CLOEXEC are stored apart, so that threads that set both at the same time lose
 * neither. */
int xsock__wasix_fd_fdstat_set_flags(const struct xsock__wasix_call *c)
{
    uint32_t flags = xsock__wasix_u32(c, 1);
    struct xsock__fd *fd;
    int rc = xsock__lookup_fd(c->guest->table, xsock__wasix_fd(c, 0), &fd);
    if (rc != 0)
        return rc;
    if ((flags & ~(uint32_t)(APPEND | DSYNC | NONBLOCK | RSYNC | SYNC)) != 0)
        rc = -XSOCK_EINVAL;
    else if ((flags & ~(uint32_t)NONBLOCK) != 0)
        rc = -XSOCK_ENOTSUP; /* flags of files only */
    else if (flags != 0 && fd->held.sock->poller != NULL)
        rc = -XSOCK_EINVAL;
    else
        xsock__set_nonblock_in(c->guest->table, fd, flags != 0);
    xsock__fdtab_put(c->guest->table, fd);
    return rc;
}

/* No call in WASIX depends on rights, so a call that removes rights has nothing to do. */
int xsock__wasix_fd_fdstat_set_rights(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_fd(c->guest->table, xsock__wasix_fd(c, 0), &fd);
    if (rc != 0)
        return rc;
    uint64_t wider = (xsock__wasix_u64(c, 1) | xsock__wasix_u64(c, 2)) & ~rights(fd);
    xsock__fdtab_put(c->guest->table, fd);
    return wider != 0 ? -XSOCK_ENOTCAPABLE : 0;
}

enum { CLOEXEC = 1 };

int xsock__wasix_fd_fdflags_get(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_fd(c->guest->table, xsock__wasix_fd(c, 0), &fd);
    if (rc != 0)
        return rc;
    unsigned char *out = xsock__wasix_at(c, xsock__wasix_ptr(c, 1), 2);
    if (out != NULL)
        xsock__wasix_put16(out, xsock__atomic_load(&fd->cloexec) ? CLOEXEC : 0);
    xsock__fdtab_put(c->guest->table, fd);
    return out == NULL ? -XSOCK_EMEMVIOLATION : 0;
}

int xsock__wasix_fd_fdflags_set(const struct xsock__wasix_call *c)
{
    uint32_t flags = xsock__wasix_u32(c, 1);
    struct xsock__fd *fd;
    int rc = xsock__lookup_fd(c->guest->table, xsock__wasix_fd(c, 0), &fd);
    if (rc != 0)
        return rc;
    if (flags > CLOEXEC)
        rc = -XSOCK_EINVAL;
    else
        xsock__atomic_store(&fd->cloexec, flags == CLOEXEC);
    xsock__fdtab_put(c->guest->table, fd);
    return rc;
}
