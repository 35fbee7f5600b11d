/* The porting contract of pollers. The conventions are those of sys.h.
 *
 * The core has the members, what each means to the program, and what was closed. A backend tells
 * what is ready (epoll, kqueue, AFD poll). It takes its memory in open and add: a wait allocates
 * nothing.
 *
 * For one poller, only one thread at a time calls add, change and remove, while any number of
 * others are in wait, wake and used. close comes when nobody uses the poller any more; the members
 * that are left need no remove. */
#ifndef XSOCK__SYS_POLLER_H
#define XSOCK__SYS_POLLER_H

#include "sys.h"

struct xsock__sys_poller; /* the backend's own */

struct xsock__sys_member {
    uintptr_t handle; /* a socket; the core closes it after remove, or after the poller's close */
    void *socket;     /* the same for all duplicates of a socket */
    /* Events are reported with this key. Each member that is added gets another one, so that the
     * core knows late events. Bit 63 is 0, for the backend to use on the key's way through the
     * system. */
    uint64_t key;
    uint32_t events; /* the backend's: what the member is watched for */
    /* The next three are the core's (src/wait/poller_private.h). Here they take no memory, because
     * the structure would have a gap. */
    bool noted, added;
    unsigned char told;
    void *state; /* the backend's: what outlives remove, such as a poll that is cancelled */
};

int xsock__sys_poller_open(struct xsock__sys_poller **out); /* close-on-exec */
void xsock__sys_poller_close(struct xsock__sys_poller *p);

/* Is called instead of close in a forked child. It gives back what the child has of the system's,
 * and leaves the parent's alone. It takes no locks, and need not free memory. */
void xsock__sys_poller_abandon(struct xsock__sys_poller *p);

uintptr_t xsock__sys_poller_handle(const struct xsock__sys_poller *p);

/* m stays where it is until remove. Its handle and key are filled in. `events` are IN, OUT, RDHUP,
 * PRI, ET and ONESHOT. After add and change, what is ready already is reported, with ET too, and a
 * ONESHOT is armed again. A ONESHOT reports nothing after an event; the core leaves out one or two
 * that were under way. */
int xsock__sys_poller_add(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                          uint32_t events);
int xsock__sys_poller_change(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                             uint32_t events);

/* m is gone afterwards. Only a wait that is under way may still report its key. */
void xsock__sys_poller_remove(struct xsock__sys_poller *p, struct xsock__sys_member *m);

/* Is called if edges_need_use is true. A call on the socket has just received (IN) or sent (OUT),
 * or found that it would block: an edge that was reported can happen again. Or the socket has been
 * shut down (HUP), which AFD tells nobody, however the member is watched. Another thread may be
 * adding or removing m at the moment: its memory is there, and the backend's lock tells how far
 * that is. */
void xsock__sys_poller_used(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                            uint32_t events);

/* Waits until there are events (at most n, n > 0), the poller is woken, or the time has passed (-1:
 * no limit, 0: at once). The call may return a little early, with none. *out_woken: this wait has
 * taken the wake. A signal gives the code of EINTR.
 *
 * An event has the member's key as its data. The core replaces that by the program's data and
 * number, in the same array. What an event tells are XSOCK_POLLER bits: IN, OUT, RDHUP and PRI as
 * asked for, ERR and HUP always. The core leaves out what was not asked for, but a wait must not go
 * on reporting it. A failed connect is OUT and ERR. A member may be reported more than once, in
 * parts, which the core joins. The rest of the array may be used meanwhile. */
int xsock__sys_poller_wait(struct xsock__sys_poller *p, struct xsock_event *out, size_t n,
                           int64_t timeout_ns, size_t *out_count, bool *out_woken);

/* Makes one wait return with *out_woken: one that is under way, or the next. Further wakes before
 * that count as the same one. Async-signal-safe. */
void xsock__sys_poller_wake(struct xsock__sys_poller *p);

#endif
