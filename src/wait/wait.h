/* Waiting in a descriptor, so that closing it ends the wait.
 *
 * A call tries without blocking, and then waits here on {socket, wake} with the time that is left.
 * The wake is the waiting thread's own, so as many are open as threads wait, and not one a socket.
 * It never touches the socket: a forked process and a duplicate notice nothing.
 *
 * That is three system calls where one that blocks would do. One can't: only shutdown() or a signal
 * ends it, and the socket may be duplicated, or the process may fork, while a thread is in it
 * already: from then on shutdown() would break somebody else's socket. Trying again a few times
 * before waiting was measured, too: with both threads on one processor, where Linux likes to put
 * them, 8 tries double the time of a round trip, and with two processors fewer than 32 gain
 * nothing. Leaving the first try out gains 1.5 per cent, and costs a call when something is there.
 */
#ifndef XSOCK__WAIT_WAIT_H
#define XSOCK__WAIT_WAIT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "table/fdtab.h"
#include "wait/limit.h"

/* Waits until the socket is ready for one of `events` (XSOCK_POLL...), goes on after signals. 0:
 * the caller tries again, as the socket is ready, or something has changed that the try will
 * tell; XSOCK__WAIT_OVER; -XSOCK_ECANCELED: the descriptor was closed; -XSOCK_ETIMEDOUT: the
 * socket's deadline has passed; -XSOCK_EMFILE, -XSOCK_ENOMEM ... : there is no wake to be had. */
int xsock__wait(struct xsock__fdtab *t, struct xsock__fd *fd, int events, struct xsock__limit *l);

/* Waits for the time alone, or for what else ends a wait: 0 after max_ns, or earlier. */
int xsock__nap(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__limit *l,
               int64_t max_ns);

/* One try of a call. Returns a native code, or XSOCK__TRY_LATER: the call is to wait, though the
 * system has not said so. */
typedef int xsock__try_fn(struct xsock__fd *fd, void *call);
enum { XSOCK__TRY_LATER = INT_MIN };

/* Tries, and waits, until it is done: 0 or an error, of those finish() makes. A call that may
 * not wait, or whose timeout has passed, gives -XSOCK_EAGAIN; one whose deadline has passed
 * -XSOCK_ETIMEDOUT. */
int xsock__until_done(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn, void *call,
                      int events, struct xsock__limit *l);

/* The same after a first try, which gave this code. */
int xsock__until_done_after(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn,
                            void *call, int events, struct xsock__limit *l, int code);

#endif
