/* The calls of options, for any table. */
#include "call/options.h"

#include <limits.h>
#include <string.h>

#include "addr/addr.h"
#include "call/call.h"
#include "facts/translate.h"
#include "socket/option.h"
#include "socket/sock.h"
#include "sys.h"
#include "table/find.h"

/* ---- Flags, times, sizes --------------------------------------------------------------------- */

int xsock__call_set_opt(struct xsock__fdtab *t, int d, int opt, int kind, int64_t value)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = xsock__option_set(&fd->held, opt, kind, value);
    xsock__fdtab_drop(t, fd);
    return rc;
}

static inline int get_opt(struct xsock__fdtab *t, int d, int opt, int kind, const void *out,
                          int64_t *value)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = out != NULL ? xsock__option_get(&fd->held, opt, kind, value) : -XSOCK_EFAULT;
    xsock__fdtab_drop(t, fd);
    return rc;
}

int xsock__call_get_opt_flag(struct xsock__fdtab *t, int d, int opt, bool *out)
{
    int64_t value;
    int rc = get_opt(t, d, opt, XSOCK_OPT_FLAG, out, &value);
    if (rc == 0)
        *out = value != 0;
    return rc;
}

int xsock__call_get_opt_time(struct xsock__fdtab *t, int d, int opt, int64_t *out)
{
    int64_t value;
    int rc = get_opt(t, d, opt, XSOCK_OPT_TIME, out, &value);
    if (rc == 0)
        *out = value;
    return rc;
}

int xsock__call_get_opt_size(struct xsock__fdtab *t, int d, int opt, uint64_t *out)
{
    int64_t value;
    int rc = get_opt(t, d, opt, XSOCK_OPT_SIZE, out, &value);
    if (rc == 0 && value < 0)
        return -XSOCK_ENODATA; /* Linux: no packet has come yet, which would tell the processor */
    if (rc == 0)
        *out = (uint64_t)value;
    return rc;
}

/* ---- Congestion control, and what is known of a connection ----------------------------------- */

static int set_congestion(const struct xsock__fd *fd, const char *name)
{
    if (name == NULL)
        return -XSOCK_EFAULT;
    if (!xsock__option_is_tcp(fd->held.sock))
        return -XSOCK_ENOPROTOOPT;
    if (name[0] == '\0')
        return -XSOCK_EINVAL;
    if (memchr(name, '\0', XSOCK__CONGESTION_SIZE) == NULL)
        return -XSOCK_ENOENT; /* no system has such long names */
    return xsock__option_finish(xsock__sys_set_congestion(fd->held.handle, name));
}

int xsock__call_set_congestion(struct xsock__fdtab *t, int d, const char *name)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = set_congestion(fd, name);
    xsock__fdtab_put(t, fd);
    return rc;
}

static int get_congestion(const struct xsock__fd *fd, char *buf, size_t len)
{
    char name[XSOCK__CONGESTION_SIZE];
    if (buf == NULL && len != 0)
        return -XSOCK_EFAULT;
    if (!xsock__option_is_tcp(fd->held.sock))
        return -XSOCK_ENOPROTOOPT;
    int rc = xsock__option_finish(xsock__sys_get_congestion(fd->held.handle, name));
    if (rc != 0)
        return rc;
    size_t length = strlen(name);
    if (len == 0)
        return (int)length;
    if (length >= len)
        return -XSOCK_ENOSPC;
    memcpy(buf, name, length + 1);
    return (int)length;
}

int xsock__call_get_congestion(struct xsock__fdtab *t, int d, char *buf, size_t len)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = get_congestion(fd, buf, len);
    xsock__fdtab_put(t, fd);
    return rc;
}

static int tcp_info(const struct xsock__fd *fd, struct xsock_tcp_info *out)
{
    struct xsock_tcp_info info = {-1, -1, -1, -1, -1, -1, -1, -1, -1,
                                  -1, -1, -1, -1, -1, -1, -1, -1, {0}};
    if (out == NULL)
        return -XSOCK_EFAULT;
    if (!xsock__option_is_tcp(fd->held.sock))
        return -XSOCK_ENOPROTOOPT;
    int rc = xsock__option_finish(xsock__sys_tcp_info(fd->held.handle, &info));
    if (rc == -XSOCK_ENOTCONN) {
        info.state = xsock__sock_is(fd->held.sock, XSOCK__SOCK_LISTENING) ? XSOCK_TCP_LISTEN
                                                                          : XSOCK_TCP_CLOSED;
        rc = 0;
    }
    if (rc == 0)
        *out = info;
    return rc;
}

int xsock__call_tcp_info(struct xsock__fdtab *t, int d, struct xsock_tcp_info *out)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = tcp_info(fd, out);
    xsock__fdtab_put(t, fd);
    return rc;
}

/* ---- Interfaces ------------------------------------------------------------------------------ */

/* Systems give five different errors for an interface that does not exist. */
static int check_interface(uint32_t index)
{
    char name[XSOCK__IF_NAME_SIZE];
    if (index == 0)
        return 0;
    int rc = xsock__finish(xsock__addr_interface_name(index, name));
    return rc == 0 && name[0] == '\0' ? -XSOCK_ENODEV : rc;
}

int xsock__call_set_device(struct xsock__fdtab *t, int d, uint32_t index)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    const struct xsock__sock *s = fd->held.sock;
    rc = xsock__option_is_internet(s) ? check_interface(index) : -XSOCK_ENOPROTOOPT;
    if (rc == 0)
        rc = xsock__option_finish(xsock__sys_set_device(fd->held.handle, s->af, index));
    xsock__fdtab_put(t, fd);
    return rc;
}

int xsock__call_get_device(struct xsock__fdtab *t, int d, uint32_t *out)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    const struct xsock__sock *s = fd->held.sock;
    if (out == NULL)
        rc = -XSOCK_EFAULT;
    else if (!xsock__option_is_internet(s))
        rc = -XSOCK_ENOPROTOOPT;
    else
        rc = xsock__option_finish(xsock__sys_get_device(fd->held.handle, s->af, out));
    xsock__fdtab_put(t, fd);
    return rc;
}

int xsock__call_set_multicast_if(struct xsock__fdtab *t, int d, uint32_t index)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    const struct xsock__sock *s = fd->held.sock;
    rc = xsock__option_is_packets(s) ? check_interface(index) : -XSOCK_ENOPROTOOPT;
    if (rc == 0)
        rc = xsock__option_finish(xsock__sys_set_multicast_if(fd->held.handle, s->af, index));
    if (rc == 0)
        xsock__atomic_store(&fd->held.sock->multicast_if, (int)index);
    xsock__fdtab_put(t, fd);
    return rc;
}

static int get_multicast_if(const struct xsock__fd *fd, uint32_t *out)
{
    const struct xsock__sock *s = fd->held.sock;
    if (out == NULL)
        return -XSOCK_EFAULT;
    if (!xsock__option_is_packets(s))
        return -XSOCK_ENOPROTOOPT;
    int noted = xsock__atomic_load(&s->multicast_if);
    uint32_t index = noted < 0 ? 0 : (uint32_t)noted;
    int code;
    do
        code = xsock__sys_get_multicast_if(fd->held.handle, s->af, &index);
    while (xsock__addr_tries_again(code));
    int rc = xsock__option_finish(code);
    if (rc == 0)
        *out = index;
    return rc;
}

int xsock__call_get_multicast_if(struct xsock__fdtab *t, int d, uint32_t *out)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = get_multicast_if(fd, out);
    xsock__fdtab_put(t, fd);
    return rc;
}

/* ---- Groups ---------------------------------------------------------------------------------- */

static bool is_multicast(const struct xsock_addr *a)
{
    return a->family == XSOCK_AF_INET ? (a->data[0] & 0xf0) == 0xe0 : a->data[0] == 0xff;
}

/* Ports have no meaning here, but some systems compare them. */
static int group_addr(const struct xsock__sock *s, const struct xsock_addr *a,
                      struct xsock__sys_addr *out)
{
    struct xsock_addr bare = *a;
    if (a->family != s->af)
        return -XSOCK_EAFNOSUPPORT;
    bare.port = 0;
    bare.flow = 0;
    return xsock__addr_to_native(&bare, out);
}

static int make_group(const struct xsock__sock *s, const struct xsock_addr *group,
                      const struct xsock_addr *source, struct xsock__sys_group *out)
{
    int rc = group_addr(s, group, &out->group);
    if (rc == 0 && source != NULL)
        rc = group_addr(s, source, &out->source);
    if (rc != 0)
        return rc;
    if (!is_multicast(group) || (source != NULL && is_multicast(source)))
        return -XSOCK_EINVAL;
    if (group->scope != 0 && out->index != 0 && group->scope != out->index)
        return -XSOCK_EINVAL;
    if (out->index == 0)
        out->index = group->scope;
    out->has_source = source != NULL;
    out->af = s->af;
    return check_interface(out->index);
}

int xsock__change_group_in(struct xsock__fd *fd, bool join, const struct xsock_addr *group,
                           const struct xsock_addr *source, uint32_t index)
{
    struct xsock__sys_group g = {.index = index};
    const struct xsock__sock *s = fd->held.sock;
    if (group == NULL)
        return -XSOCK_EFAULT;
    if (!xsock__option_is_packets(s))
        return -XSOCK_ENOPROTOOPT;
    int rc = make_group(s, group, source, &g);
    return rc != 0 ? rc : xsock__option_finish(xsock__sys_change_group(fd->held.handle, join, &g));
}

int xsock__call_change_group(struct xsock__fdtab *t, int d, bool join,
                             const struct xsock_addr *group, const struct xsock_addr *source,
                             uint32_t index)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = xsock__change_group_in(fd, join, group, source, index);
    xsock__fdtab_put(t, fd);
    return rc;
}

/* ---- The system's own ------------------------------------------------------------------------ */

int xsock__call_set_opt_raw(struct xsock__fdtab *t, int d, int level, int name, const void *value,
                            size_t size)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    if (value == NULL && size != 0)
        rc = -XSOCK_EFAULT;
    else if (size > INT_MAX)
        rc = -XSOCK_EINVAL;
    else {
        rc = xsock__finish(xsock__sys_set_raw_option(fd->held.handle, level, name, value, size));
        /* it may have been the linger time, or the low-water mark */
        xsock__sock_becomes(fd->held.sock, XSOCK__SOCK_LINGERS | XSOCK__SOCK_LOW_WATER, 0);
    }
    xsock__fdtab_put(t, fd);
    return rc;
}

int xsock__call_get_opt_raw(struct xsock__fdtab *t, int d, int level, int name, void *out,
                            size_t *inout_size)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    if (out == NULL || inout_size == NULL)
        rc = -XSOCK_EFAULT;
    else if (*inout_size > INT_MAX)
        rc = -XSOCK_EINVAL;
    else
        rc =
            xsock__finish(xsock__sys_get_raw_option(fd->held.handle, level, name, out, inout_size));
    xsock__fdtab_put(t, fd);
    return rc;
}
