/* Pollers: members, what each means to the program, and which events of the system are still
 * theirs.
 *
 * A member hangs on two sides: on its descriptor, as a observer (the table's lock), and in a slot
 * of its poller (the poller's lock). Whoever takes it off the descriptor, under the table's lock,
 * is the one to take it out of the poller and to free it: ctl with DEL, the thread that closes the
 * descriptor, or the one that ends the poller.
 *
 * The system reports a key, never a pointer: slot and generation. A slot's generation changes
 * whenever its member goes, so that an event that another thread has fetched before is of no member
 * any more, whatever has been put into the slot, or opened under the number, since.
 *
 * Locks, in this order: the poller's, then the table's. Nobody waits with either. */
#ifndef XSOCK__WAIT_POLLER_H
#define XSOCK__WAIT_POLLER_H

#include <stddef.h>
#include <stdint.h>

#include "table/fdtab.h"
#include "xsock.h"

struct xsock__poller;

/* What a new descriptor of a poller holds; `fd`, which is reserved for it, is followed. */
int xsock__poller_open(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__held *out);

/* Its last reference is gone; in a forked child: what it was is the parent's. */
void xsock__poller_let_go(struct xsock__poller *p);

/* In a forked child: it is dead from now on. */
void xsock__poller_forked(struct xsock__poller *p);
bool xsock__poller_is_dead(const struct xsock__poller *p);

/* Arguments are checked; the caller has references to both descriptors. Errors: xsock.h. */
int xsock__poller_add(struct xsock__poller *p, struct xsock__fd *fd, uint32_t events,
                      uint64_t data);
int xsock__poller_change(struct xsock__poller *p, struct xsock__fd *fd, uint32_t events,
                         uint64_t data);
int xsock__poller_remove(struct xsock__poller *p, struct xsock__fd *fd);

/* Drops the caller's reference to the poller's descriptor: so it can be the last thing that a call
 * does, and a return from below the system call is saved. */
int xsock__poller_wait(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock_event *out,
                       size_t n, int64_t timeout_ns);
void xsock__poller_wake(struct xsock__poller *p);

/* A call has received (XSOCK_POLLIN) or sent (XSOCK_POLLOUT) on an edge-triggered member, or would
 * have blocked; or has shut down (XSOCK_POLLHUP) any member. */
void xsock__poller_used(struct xsock__fdtab *t, struct xsock__fd *fd, int poll_events);

#endif
