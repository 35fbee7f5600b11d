/* Waiting in a descriptor, so that closing it ends the wait.
 *
 * A call tries without blocking, and then waits here for {socket, wake} with the time that is left.
 * Each waiting thread has a wake of its own, so there are as many wakes as waiting threads, and not
 * one for each socket. A wake does not touch the socket: a forked process and a duplicate notice
 * nothing.
 *
 * These are three system calls, and one that blocks would be faster. But only shutdown() or a
 * signal ends such a call. The socket may be duplicated, or the process may fork, while a thread is
 * in the call, and shutdown() would then break somebody else's socket. If the program gives a
 * signal, calls wait in the system: see blocking.h.
 *
 * A call that receives or accepts leaves the first try out if the last calls in its socket had to
 * wait (see socket/guess.h). Trying a few times before waiting was measured, too: with both threads
 * on one processor, where Linux tends to put them, 8 tries double the time of a round trip, and
 * with two processors fewer than 32 tries gain nothing. */
#ifndef XSOCK__WAIT_WAIT_H
#define XSOCK__WAIT_WAIT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/interval.h"
#include "facts/translate.h"
#include "socket/sock.h"
#include "sys.h"
#include "table/fdtab.h"
#include "wait/limit.h"
#include "xsock.h"

/* How one call waits, from its first wait until its end.
 *
 * Readiness is not progress. A socket may be called ready while every try gives EAGAIN: the
 * receiver of a datagram is full, or nobody reads the socket's error queue. So a call that was told
 * "ready" and could not go on waits once more, as another call may have been faster. After that it
 * asks again at growing intervals. */
struct xsock__wait {
    struct xsock__fdtab *t;
    struct xsock__fd *fd;
    struct xsock__limit *limit;
    int events;  /* XSOCK_POLL...; 0: the call only naps */
    int revents; /* what the system has told of the socket in the last wait; 0: nothing */
    bool watched, ready, trusted;
    bool vain;    /* a try after "ready" has failed once */
    bool untried; /* there was no first try, and waiting might miss what the try would tell */
    unsigned naps;
    int64_t nap_ns;
    struct xsock__waiter waiter; /* if watched */
};

static inline void xsock__wait_begin(struct xsock__wait *w, struct xsock__fdtab *t,
                                     struct xsock__fd *fd, int events, struct xsock__limit *limit)
{
    w->t = t;
    w->fd = fd;
    w->limit = limit;
    w->events = events;
    w->revents = 0;
    w->watched = w->ready = w->trusted = w->vain = w->untried = false; /* the rest is set later */
}

void xsock__wait_stop(struct xsock__wait *w);

static inline void xsock__wait_end(struct xsock__wait *w)
{
    if (w->watched)
        xsock__wait_stop(w);
}

/* Waits until another try makes sense: the socket is ready, or something has changed that the try
 * will tell, or the socket was ready for the last try and some time has passed. The wait goes on
 * after signals. If the system gives no wake, the marks are looked at every 17.5 ms or more often.
 * Returns
 *   - 0 if the caller must try again;
 *   - XSOCK__WAIT_OVER if the call may not wait any longer;
 *   - -XSOCK_ECANCELED if the descriptor was closed;
 *   - -XSOCK_ETIMEDOUT if the socket's deadline has passed;
 *   - -XSOCK_ENOBUFS if as many calls of a guest wait as may. */
int xsock__wait_on(struct xsock__wait *w);

/* Waits for the next interval, whatever the socket is ready for. Returns what wait_on returns. */
int xsock__wait_nap(struct xsock__wait *w);

/* One wait of a call that has no more than one. */
int xsock__wait(struct xsock__fdtab *t, struct xsock__fd *fd, int events, struct xsock__limit *l);

/* Asks the system what the socket is ready for, and does not wait. Returns the native code. */
int xsock__ready_now(const struct xsock__fd *fd, int events, int *out_revents);

/* The time that a wait without a wake may take until the marks are looked at. */
static inline int64_t xsock__wait_slice(int64_t left)
{
    return left < 0 || left > XSOCK__INTERVAL_LAST_NS ? XSOCK__INTERVAL_LAST_NS : left;
}

/* One try of a call. It returns a native code, or XSOCK__TRY_LATER if the call must wait though the
 * system has not said so, or XSOCK__TRY_WITH_ROOM if the handles of wakes are to be given back
 * before the next try. Instead of the code of a first try a caller may pass XSOCK__TRY_SKIPPED: it
 * leaves to the functions below whether the call tries or waits first. */
typedef int xsock__try_fn(struct xsock__fd *fd, void *call);
enum { XSOCK__TRY_LATER = INT_MIN, XSOCK__TRY_SKIPPED, XSOCK__TRY_WITH_ROOM };

/* The error that the code of a try stands for. -XSOCK_EAGAIN also if the system has not said so. */
static inline int xsock__try_error(int code)
{
    return code == XSOCK__TRY_SKIPPED || code == XSOCK__TRY_LATER ? -XSOCK_EAGAIN
                                                                  : xsock__error_from_native(code);
}

/* The first try of a receive, which comes before all that only waiting needs. It is left out if the
 * last receives in the socket had to wait. */
static inline int xsock__try_first(struct xsock__fd *fd, xsock__try_fn *fn, void *call)
{
    return xsock__sock_is(fd->held.sock, XSOCK__SOCK_STARVED) ? XSOCK__TRY_SKIPPED : fn(fd, call);
}

/* Tries, and waits, until the call is done. Returns 0 or an error of xsock__finish(). -XSOCK_EAGAIN
 * if the call may not wait or its timeout has passed; -XSOCK_ETIMEDOUT if its deadline has passed.
 */
int xsock__until_done(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn, void *call,
                      int events, struct xsock__limit *l);

/* Whether the only try of a call that may not wait has told that the call must wait. The code is
 * kept for xsock_oserror(). This is the usual error, and needs nothing else of what follows. */
static inline bool xsock__wait_ends(const struct xsock__limit *l, int code)
{
    return l->timeout_ns == 0 && code > 0 && !xsock__sys_facts.edges_need_use
           && xsock__finish_failed(code) == -XSOCK_EAGAIN;
}

/* Does the same after a first try, which gave this code. */
int xsock__until_done_after(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn,
                            void *call, int events, struct xsock__limit *l, int code);

#endif
