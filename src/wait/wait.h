/* Waiting in a descriptor, so that closing it ends the wait.
 *
 * A call tries without blocking, and then waits here for {socket, wake} with the time that is left.
 * Each waiting thread has a wake of its own, so there are as many wakes as waiting threads, and not
 * one for each socket. A wake does not touch the socket: a forked process and a duplicate notice
 * nothing.
 *
 * These are three system calls, and one that blocks would be faster. But only shutdown() or a
 * signal ends such a call. The socket may be duplicated, or the process may fork, while a thread is
 * in the call, and shutdown() would then break somebody else's socket.
 *
 * Two other ways were measured. Trying a few times before waiting: with both threads on one
 * processor, where Linux tends to put them, 8 tries double the time of a round trip, and with two
 * processors fewer than 32 tries gain nothing. Leaving the first try out: gains 1.5 per cent, and
 * costs a call if something is there. */
#ifndef XSOCK__WAIT_WAIT_H
#define XSOCK__WAIT_WAIT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "table/fdtab.h"
#include "wait/limit.h"

/* Waits until the socket is ready for one of `events` (XSOCK_POLL...), and goes on after signals.
 * Returns
 *   - 0 if the caller must try again: the socket is ready, or something has changed that the try
 *     will tell;
 *   - XSOCK__WAIT_OVER if the call may not wait any longer;
 *   - -XSOCK_ECANCELED if the descriptor was closed;
 *   - -XSOCK_ETIMEDOUT if the socket's deadline has passed;
 *   - -XSOCK_EMFILE, -XSOCK_ENOMEM and others if the system gives no wake. */
int xsock__wait(struct xsock__fdtab *t, struct xsock__fd *fd, int events, struct xsock__limit *l);

/* Waits for max_ns at most, whatever the socket is ready for. Returns 0 after that time, or
 * earlier. All that ends a wait ends a nap. */
int xsock__nap(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__limit *l,
               int64_t max_ns);

/* One try of a call. It returns a native code, or XSOCK__TRY_LATER if the call must wait though the
 * system has not said so. */
typedef int xsock__try_fn(struct xsock__fd *fd, void *call);
enum { XSOCK__TRY_LATER = INT_MIN };

/* Tries, and waits, until the call is done. Returns 0 or an error of xsock__finish(). -XSOCK_EAGAIN
 * if the call may not wait or its timeout has passed; -XSOCK_ETIMEDOUT if its deadline has passed.
 */
int xsock__until_done(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn, void *call,
                      int events, struct xsock__limit *l);

/* Does the same after a first try, which gave this code. */
int xsock__until_done_after(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn,
                            void *call, int events, struct xsock__limit *l, int code);

#endif
