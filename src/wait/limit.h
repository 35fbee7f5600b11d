/* How long a call may wait. */
#ifndef XSOCK__WAIT_LIMIT_H
#define XSOCK__WAIT_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/atomic.h"
#include "base/deadline.h"
#include "socket/sock.h"

/* Not an error. The call may wait no longer: its timeout has passed, or its socket may not block
 * any more. */
enum { XSOCK__WAIT_OVER = 1 };

/* The two limits of one call. The timeout begins with the call's first wait. The socket's deadline
 * may be changed at any time, and holds at once. */
struct xsock__limit {
    int64_t timeout_ns;                /* 0: the call may not wait; -1: no limit */
    const xsock__atomic_i64 *deadline; /* the socket's, for this direction; NULL: none */
    /* Where the call has its flags for the system, if it may wait in the system's own call (see
     * blocking.h). NULL: it may not. */
    int *flags;
    bool begun;
    struct xsock__deadline timeout; /* once begun */
};

static inline struct xsock__limit xsock__limit_make(int64_t timeout_ns,
                                                    const xsock__atomic_i64 *deadline)
{
    struct xsock__limit l; /* the timeout is written once it is begun */
    l.timeout_ns = timeout_ns;
    l.deadline = deadline;
    l.flags = NULL;
    l.begun = false;
    return l;
}

/* The limit of a call that receives or sends with these flags. */
static inline int64_t xsock__limit_timeout(const struct xsock__sock *s, int flags,
                                           const xsock__atomic_i64 *timeout)
{
    bool now = (flags & XSOCK_MSG_DONTWAIT) != 0 || xsock__atomic_load(&s->nonblock);
    return now ? 0 : xsock__atomic_load_i64(timeout);
}

static inline struct xsock__limit xsock__limit_recv(const struct xsock__sock *s, int flags)
{
    return xsock__limit_make(xsock__limit_timeout(s, flags, &s->recv_timeout), &s->recv_deadline);
}

static inline struct xsock__limit xsock__limit_send(const struct xsock__sock *s, int flags)
{
    return xsock__limit_make(xsock__limit_timeout(s, flags, &s->send_timeout), &s->send_deadline);
}

/* -XSOCK_ETIMEDOUT if this deadline of a socket has passed. Else 0. */
int xsock__limit_judge(int64_t deadline_ns);

static inline int xsock__limit_passed(const xsock__atomic_i64 *deadline)
{
    int64_t at = xsock__atomic_load_i64(deadline);
    return at < 0 ? 0 : xsock__limit_judge(at);
}

/* How long the call may wait now, in nanoseconds (-1: no limit). -XSOCK_ETIMEDOUT if the deadline
 * has passed, and XSOCK__WAIT_OVER if the timeout has passed. The one that comes first decides. */
int xsock__limit_left(struct xsock__limit *l, int64_t *out_ns);

#endif
