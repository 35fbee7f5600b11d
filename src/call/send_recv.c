/* What the calls that send and receive share. */
#include "call/send_recv.h"

#include "socket/sock.h"
#include "wait/limit.h"
#include "xsock.h"

int xsock__send_recv_settle_special(struct xsock__fdtab *t, struct xsock__fd *fd, int flags,
                                    bool sending)
{
    struct xsock__limit limit =
        sending ? xsock__limit_send(fd->held.sock, flags) : xsock__limit_recv(fd->held.sock, flags);
    int rc = xsock__limit_passed(limit.deadline);
    if (rc == 0)
        rc = xsock__send_recv_kept(fd->held.sock);
    return rc != 0 ? rc : xsock__wait_connected(t, fd, &limit);
}

/* Systems give the same error in most cases, but not in these. The socket's state tells which error
 * is meant. */
int xsock__send_recv_error(const struct xsock__sock *s, int error, bool sending)
{
    bool has_peer = xsock__sock_is(s, XSOCK__SOCK_CONNECTED | XSOCK__SOCK_CONNECTING);
    bool stream = xsock__sock_is_stream(s);
    switch (-error) {
    case XSOCK_ESHUTDOWN:
        return sending ? -XSOCK_EPIPE : error;
    case XSOCK_EPIPE: /* Linux gives this for a stream that never had a peer */
        return stream && !has_peer ? -XSOCK_ENOTCONN : error;
    /* Windows gives this if its own side gave up an established connection */
    case XSOCK_ECONNABORTED:
        return -XSOCK_ECONNRESET;
    case XSOCK_EINVAL: /* Linux gives this for LOCAL */
    case XSOCK_EOPNOTSUPP:
        return stream && !has_peer ? -XSOCK_ENOTCONN : error;
    case XSOCK_ENOTCONN:
        if (!stream)
            return sending ? -XSOCK_EDESTADDRREQ : error;
        return error;
    case XSOCK_EPERM:
        return -XSOCK_EACCES;
    default:
        return error;
    }
}
