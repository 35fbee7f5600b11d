#include "socket/endpoint.h"

#include "addr/addr.h"
#include "facts/translate.h"
#include "socket/sock.h"
#include "xsock.h"

/* Linux gives EPIPE if a peer has accepted a connection, ended it and reset it before the connect
 * was asked how it ended. */
int xsock__endpoint_error(int rc)
{
    return rc == -XSOCK_EPERM ? -XSOCK_EACCES : rc == -XSOCK_EPIPE ? -XSOCK_ECONNRESET : rc;
}

int xsock__endpoint_bind(const struct xsock__held *held, const struct xsock__sys_addr *a)
{
    struct xsock__sock *s = held->sock;
    bool exclusive = xsock__addr_is_internet(s->af) && s->type == XSOCK_SOCK_STREAM
                     && !xsock__sock_is(s, XSOCK__SOCK_REUSE);
    int rc = xsock__finish(xsock__sys_bind(held->handle, a, exclusive));
    if (rc == 0)
        xsock__sock_becomes(s, XSOCK__SOCK_BOUND, 0);
    return xsock__endpoint_error(rc);
}

int xsock__endpoint_listen(const struct xsock__held *held, int backlog)
{
    int rc = xsock__finish(xsock__sys_listen(held->handle, backlog < 0 ? 0 : backlog));
    if (rc == 0)
        xsock__sock_becomes(held->sock, XSOCK__SOCK_LISTENING | XSOCK__SOCK_BOUND,
                            XSOCK__SOCK_SHUT_RD);
    if (rc == -XSOCK_EDESTADDRREQ) /* macOS gives this for LOCAL without a name */
        return -XSOCK_EINVAL;
    return xsock__endpoint_error(rc);
}

bool xsock__endpoint_is_full(uintptr_t handle, const struct xsock__sys_addr *a)
{
    return xsock__sys_facts.refusals_mislead
           && xsock__sys_find_listener(handle, a) == XSOCK__SYS_LISTENER_THERE;
}

/* If no error is left, somebody may have read it. BSD gives EINVAL for a socket that was connected
 * and is not any more. */
int xsock__endpoint_connect_end(uintptr_t handle, int *out_code, bool *out_lost)
{
    struct xsock__sys_addr peer;
    int failure = 0;
    int code = xsock__sys_take_error(handle, &failure);
    if (code != 0)
        return code;
    bool lost = false;
    if (failure == 0) {
        code = xsock__sys_peer_addr(handle, &peer);
        int error = xsock__error_from_native(code);
        lost = error == -XSOCK_ENOTCONN || error == -XSOCK_EINVAL;
        if (code != 0 && !lost)
            return code;
    }
    *out_code = failure;
    *out_lost = lost;
    return 0;
}
