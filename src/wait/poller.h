/* Pollers: their members, what each member means to the program, and which events of the system
 * still belong to a member.
 *
 * A member stands in two places: with its descriptor, as an observer (under the table's lock), and
 * in a slot of its poller (under the poller's lock). The thread that takes the member off its
 * descriptor, under the table's lock, also takes it out of the poller and frees it. That is a ctl
 * with DEL, the thread that closes the descriptor, or the thread that ends the poller.
 *
 * The system reports a key, never a pointer. A key is a slot and a generation. The generation of a
 * slot changes when its member goes. So an event that another thread has fetched before belongs to
 * no member any more, whatever has been put into the slot or opened under the number since.
 *
 * The locks are taken in this order: the poller's, the table's, that of the poller's list of noted
 * members. No thread waits with any.
 */
#ifndef XSOCK__WAIT_POLLER_H
#define XSOCK__WAIT_POLLER_H

#include <stddef.h>
#include <stdint.h>

#include "table/fdtab.h"
#include "xsock.h"

struct xsock__poller;

/* Makes a poller. *out is what its descriptor `fd`, which is reserved, will hold. The poller
 * observes `fd`. */
int xsock__poller_open(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__held *out);

/* Frees a poller whose last reference is gone. In a forked child, what the poller had belongs to
 * the parent. */
void xsock__poller_let_go(struct xsock__poller *p);

/* Is called in a forked child: the poller is dead from now on. */
void xsock__poller_forked(struct xsock__poller *p);
bool xsock__poller_is_dead(const struct xsock__poller *p);

/* The arguments are checked, and the caller has references to both descriptors. The errors are
 * those of xsock_poller_ctl. */
int xsock__poller_add(struct xsock__poller *p, struct xsock__fd *fd, uint32_t events,
                      uint64_t data);
int xsock__poller_change(struct xsock__poller *p, struct xsock__fd *fd, uint32_t events,
                         uint64_t data);
int xsock__poller_remove(struct xsock__poller *p, struct xsock__fd *fd);

/* Waits, and drops the caller's reference to the poller's descriptor. So this can be the last thing
 * that a call does, which saves a return from below the system call. */
int xsock__poller_wait(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock_event *out,
                       size_t n, int64_t timeout_ns);
void xsock__poller_wake(struct xsock__poller *p);

/* Tells the pollers of fd what a call has done: it has received (XSOCK_POLLIN) or sent
 * (XSOCK_POLLOUT) on an edge-triggered member, or would have blocked; or it has shut down any
 * member (XSOCK_POLLHUP). */
void xsock__poller_used(struct xsock__fdtab *t, struct xsock__fd *fd, int poll_events);

/* Tells the pollers of fd that the state of its socket has changed: it has been shut down, a
 * connect has failed, or an error is kept. */
void xsock__poller_state_changed(struct xsock__fdtab *t, struct xsock__fd *fd);

#endif
