#include "socket/ready.h"

#include "facts/translate.h"
#include "sys.h"
#include "xsock.h"

enum {
    IN = XSOCK_POLLER_IN,
    OUT = XSOCK_POLLER_OUT,
    RDHUP = XSOCK_POLLER_RDHUP,
    ERR = XSOCK_POLLER_ERR,
    HUP = XSOCK_POLLER_HUP
};

/* Each row names the systems that leave the bits out. */
static struct xsock__ready when_shut(int state)
{
    const int both = XSOCK__SOCK_SHUT_RD | XSOCK__SOCK_SHUT_WR;
    struct xsock__ready r = {0, 0};
    if ((state & XSOCK__SOCK_SHUT_RD) == 0)
        return r;
    r.add = IN | RDHUP; /* Windows, when this end has shut down receiving */
    if ((state & XSOCK__SOCK_LISTENING) != 0)
        r.add |= OUT | HUP; /* Windows and BSD. Linux leaves out IN, and accept gives an error */
    if ((state & both) == both)
        r.add |= HUP; /* Windows */
    return r;
}

/* Somebody else may have connected it: a forked child, or the program by the native handle. */
static bool has_peer(const struct xsock__held *held)
{
    struct xsock__sys_addr peer;
    return xsock__sys_peer_addr(held->handle, &peer) == 0;
}

/* A stream that is neither connected nor listening. Windows and BSD call it ready for nothing. */
static struct xsock__ready without_peer(const struct xsock__held *held, int state)
{
    struct xsock__ready r = {OUT | HUP, 0};
    if ((state & XSOCK__SOCK_ADOPTED) != 0 || has_peer(held))
        return (struct xsock__ready){0, 0};
    int result = xsock__sock_connect_result(held->sock);
    if (result != 0 && result != -XSOCK_ENOTCONN) { /* a connect has failed */
        r.add |= IN | RDHUP;
        r.drop = ERR; /* Windows goes on reporting an error that has been read */
    }
    return r;
}

struct xsock__ready xsock__ready_by_state(const struct xsock__held *held, bool failed)
{
    const struct xsock__sock *s = held->sock;
    int state = xsock__atomic_load(&s->state);
    struct xsock__ready r = when_shut(state);
    if ((state & XSOCK__SOCK_KEPT_ERROR) != 0)
        r.add |= OUT | ERR; /* as if the system still had it: the next call is told */
    if (!xsock__sys_facts.readiness_omits || !xsock__sock_is_stream(s)
        || (state & (XSOCK__SOCK_CONNECTED | XSOCK__SOCK_LISTENING)) != 0)
        return r;
    if ((state & XSOCK__SOCK_CONNECTING) == 0)
        return without_peer(held, state);
    if (failed) /* BSD reports a failed connect as HUP, and Windows as ERR */
        r.add |= IN | OUT | ERR | HUP | RDHUP;
    return r;
}
