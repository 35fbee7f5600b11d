/* send and sendto, for any table. */
#include "call/send_recv.h"

#include "addr/addr.h"
#include "call/plain.h"
#include "call/refusal.h"
#include "socket/sock.h"
#include "sys.h"
#include "wait/wait.h"
#include "xsock.h"

/* One send, with all its tries. */
struct sending {
    const unsigned char *from;
    size_t len, done;
    int flags;
    const struct xsock__sys_addr *to;
};

/* A step that succeeds and moves no bytes of several is no progress: the call must wait. */
static int try_send(struct xsock__fd *fd, void *call)
{
    struct sending *x = call;
    size_t n;
    const unsigned char *from =
        x->done > 0 ? x->from + x->done : x->from; /* the pointer may be NULL if len is 0 */
    int code = xsock__sys_send(fd->held.handle, from, x->len - x->done,
                               x->flags & XSOCK__SYSTEM_FLAGS, x->to, &n);
    if (code != 0)
        return code;
    if (n == 0 && x->done < x->len)
        return XSOCK__TRY_LATER;
    x->done += n;
    return 0;
}

/* A stream that may wait sends everything. If an error comes after some bytes, the call returns
 * their number, and the next call gives the error. `code` is that of the first try. */
static ptrdiff_t send_rest(struct xsock__fdtab *t, struct xsock__fd *fd, struct sending *x,
                           int code)
{
    struct xsock__sock *s = fd->held.sock;
    struct xsock__limit limit = xsock__limit_send(s, x->flags);
    bool whole = limit.timeout_ns != 0 && s->type == XSOCK_SOCK_STREAM;
    limit.flags = &x->flags;
    int rc = xsock__until_done_after(t, fd, try_send, x, XSOCK_POLLOUT, &limit, code);
    while (rc == 0 && whole && x->done < x->len)
        rc = xsock__until_done_after(t, fd, try_send, x, XSOCK_POLLOUT, &limit, XSOCK__TRY_SKIPPED);
    return x->done > 0 || rc == 0 ? (ptrdiff_t)x->done : xsock__send_recv_error(s, rc, true);
}

/* The first try nearly always does everything. So it comes before all that only waiting needs. */
static ptrdiff_t send_all(struct xsock__fdtab *t, struct xsock__fd *fd, struct sending *x)
{
    int code = try_send(fd, x);
    if (code == 0 && x->done == x->len && xsock__is_quiet(fd))
        return (ptrdiff_t)x->done;
    return send_rest(t, fd, x, code);
}

int xsock__send_destination(const struct xsock__sock *s, const struct xsock_addr *to,
                            struct xsock__sys_addr *out)
{
    int rc = xsock__native_addr_for(s, to, out);
    if (rc != 0)
        return rc;
    if (xsock__sock_is_stream(s) || s->emulated)
        return xsock__sock_is(s, XSOCK__SOCK_CONNECTED) ? -XSOCK_EISCONN : -XSOCK_ENOTCONN;
    /* Windows discards what is sent to port 0, and tells no error. BSD has another error. */
    if (s->protocol == XSOCK_IPPROTO_UDP && to->port == 0)
        return -XSOCK_EINVAL;
    return xsock__native_destination(to, out);
}

ptrdiff_t xsock__send_in(struct xsock__fdtab *t, struct xsock__fd *fd, const void *buf, size_t len,
                         int flags, const struct xsock_addr *to)
{
    struct xsock__sys_addr native;
    struct sending x = {buf, len, 0, flags, NULL};
    int rc = xsock__send_recv_check(fd->held.sock, buf, len, flags, XSOCK__SEND_FLAGS);
    if (rc == 0 && to != NULL) {
        rc = xsock__send_destination(fd->held.sock, to, &native);
        x.to = &native;
    }
    if (rc == 0)
        rc = xsock__send_recv_check_urgent(fd->held.sock, flags);
    if (rc == 0)
        rc = xsock__send_recv_settle(t, fd, flags, true);
    return rc != 0 ? rc : send_all(t, fd, &x);
}

ptrdiff_t xsock__send_checked(struct xsock__fdtab *t, struct xsock__fd *fd, const void *buf,
                              size_t len, int flags)
{
    int rc = xsock__refusal_of(fd->held.sock);
    ptrdiff_t n = rc != 0 ? rc : xsock__send_in(t, fd, buf, len, flags, NULL);
    xsock__fdtab_put(t, fd);
    return n;
}

ptrdiff_t xsock__send_on(struct xsock__fdtab *t, struct xsock__fd *fd, const void *buf, size_t len,
                         int flags, size_t sent, int code)
{
    struct sending x = {buf, len, sent, flags, NULL};
    if (code == 0 && sent == 0 && len > 0)
        code = XSOCK__TRY_LATER;
    ptrdiff_t n = send_rest(t, fd, &x, code);
    xsock__fdtab_put(t, fd);
    return n;
}

ptrdiff_t xsock__call_sendto(struct xsock__fdtab *t, int d, const void *buf, size_t len, int flags,
                             const struct xsock_addr *to)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    ptrdiff_t n = xsock__send_in(t, fd, buf, len, flags, to);
    xsock__fdtab_put(t, fd);
    return n;
}
