/* What pollers know of datagrams that lie in a socket's queue (leftover.h), where the system doesn't see them. A
 * member whose socket has a queue stands in its poller's list; when something comes to lie in the queue, the poller is
 * nudged, and its next wait finds it by the list. */
#ifndef XSOCK__SOCKET_LYING_H
#define XSOCK__SOCKET_LYING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/atomic.h"
#include "socket/leftover.h"
#include "socket/sock.h"
#include "sys.h"

struct xsock__lying_list {
    struct xsock__lying *first;
    xsock__atomic_int used; /* a member has stood in it: else nobody need take the lock to look */
    struct xsock__sys_poller *sys;
};

struct xsock__lying {
    struct xsock__leftover_watch watch; /* first: found by it */
    struct xsock__leftover *queue;      /* NULL: stands in no list */
    struct xsock__lying_list *list;
    struct xsock__lying *next, **link;
    uint64_t key;
    uint32_t events;
    xsock__atomic_int
        fresh; /* ET, ONESHOT: not reported since it came, or since the member was added or changed */
};

/* All under the poller's lock. */

/* The member is watched for `events` from now on; does nothing for a socket without a queue. */
void xsock__lying_watch(struct xsock__lying_list *list, struct xsock__lying *m,
                        const struct xsock__sock *s, uint64_t key, uint32_t events);

/* Before the socket may go; again does no harm. */
void xsock__lying_unwatch(struct xsock__lying *m);

/* Whether there is one that has something to receive, and is to be reported. */
bool xsock__lying_any(const struct xsock__lying_list *list);

/* At most n events of members that have something to receive. */
size_t xsock__lying_collect(struct xsock__lying_list *list, struct xsock__sys_event *out, size_t n);

#endif
