/* What the state of a socket tells about its readiness.
 *
 * Linux's answer is the rule, for every state of a socket. Where another system leaves something
 * out, the state adds what is missing. A state that xsock does not know adds nothing. */
#ifndef XSOCK__SOCKET_READY_H
#define XSOCK__SOCKET_READY_H

#include <stdbool.h>
#include <stdint.h>

#include "socket/sock.h"
#include "table/fdtab.h"

/* XSOCK_POLLER_... bits: what holds though the system does not say so, and what does not hold
 * though the system says so. */
struct xsock__ready {
    uint32_t add, drop;
};

/* `failed`: the system reports an error, or that the peer has hung up. */
struct xsock__ready xsock__ready_by_state(const struct xsock__held *held, bool failed);

/* Whether the state has nothing to add. This is nearly always true, and quick to ask. */
static inline bool xsock__ready_is_plain(const struct xsock__sock *s)
{
    int state = xsock__atomic_load(&s->state);
    return (state & (XSOCK__SOCK_SHUT_RD | XSOCK__SOCK_SHUT_WR | XSOCK__SOCK_KEPT_ERROR)) == 0
           && (!xsock__sys_facts.readiness_omits
               || (state & (XSOCK__SOCK_CONNECTED | XSOCK__SOCK_LISTENING)) != 0
               || !xsock__sock_is_stream(s));
}

#endif
