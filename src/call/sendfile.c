/* A file to a stream, for any table. */
#include "call/call.h"

#include "call/send_recv.h"
#include "socket/sock.h"
#include "sys.h"
#include "wait/wait.h"

struct sending {
    uintptr_t file;
    uint64_t offset;
    size_t len, done;
    int flags; /* for the system */
    bool ended;
};

static int try_send(struct xsock__fd *fd, void *call)
{
    struct sending *x = call;
    size_t n;
    int code = xsock__sys_sendfile(fd->held.handle, x->file, x->offset + x->done, x->len - x->done,
                                   x->flags, &n);
    if (code == 0) {
        x->done += n;
        x->ended = n == 0;
    }
    return code;
}

static int check(const struct xsock__fd *fd, uint64_t offset, size_t len)
{
    if (len > PTRDIFF_MAX || offset > INT64_MAX || len > INT64_MAX - offset)
        return -XSOCK_EINVAL;
    if (fd->held.sock->type != XSOCK_SOCK_STREAM)
        return -XSOCK_EOPNOTSUPP;
    return xsock__recv_check(fd); /* a socket that has a peer can send, too */
}

/* A handle in blocking mode has no quick try: the system's call would wait (see sys_sendfile). Such
 * a call waits in the system at once, if it may. */
static ptrdiff_t send_file(struct xsock__fdtab *t, struct xsock__fd *fd, struct sending *x)
{
    struct xsock__sock *s = fd->held.sock;
    int rc = check(fd, x->offset, x->len);
    struct xsock__limit limit = xsock__limit_send(s, 0), rest = limit;
    if (rc == 0)
        rc = xsock__limit_passed(limit.deadline);
    if (rc == 0)
        rc = xsock__wait_connected(t, fd, &limit);
    if (rc != 0)
        return rc;
    rest.flags = &x->flags;
    while (rc == 0 && x->done < x->len && !x->ended) {
        int code = xsock__sock_is(s, XSOCK__SOCK_BLOCKING) ? XSOCK__TRY_SKIPPED : try_send(fd, x);
        rc = xsock__until_done_after(t, fd, try_send, x, XSOCK_POLLOUT, &rest, code);
        if (rest.timeout_ns == 0)
            break;
    }
    return x->done > 0 || rc == 0 ? (ptrdiff_t)x->done : xsock__send_recv_error(s, rc, true);
}

ptrdiff_t xsock__call_sendfile(struct xsock__fdtab *t, int d, uintptr_t file, uint64_t offset,
                               size_t len)
{
    struct xsock__fd *fd;
    struct sending x = {.file = file, .offset = offset, .len = len};
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    ptrdiff_t n = send_file(t, fd, &x);
    xsock__fdtab_put(t, fd);
    return n;
}
