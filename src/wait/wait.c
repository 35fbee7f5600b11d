#include "wait/wait.h"

#include "facts/translate.h"
#include "socket/guess.h"
#include "socket/sock.h"
#include "sys.h"
#include "wait/blocking.h"
#include "wait/poller.h"
#include "wait/wake.h"
#include "xsock.h"

/* Once the interval is the longest, a call nearly always tries without asking the system first. The
 * call then makes 120 system calls a second at most. */
enum { TRIES_A_QUESTION = 32 };

/* Those that wait in the same socket. NULL: the descriptor is the one that only sealing closes. */
static struct xsock__waiters *shared_of(const struct xsock__wait *w)
{
    struct xsock__sock *s = w->fd->held.sock;
    return s != NULL ? &s->waiters : NULL;
}

static int watch(struct xsock__wait *w)
{
    if (w->watched)
        return 0;
    int rc = xsock__fdtab_watch(w->t, w->fd, shared_of(w), w->events, &w->waiter);
    w->watched = rc == 0;
    w->nap_ns = 0;
    w->naps = 0;
    return rc;
}

/* The socket was shut down after the call had tried and before the call stood in the lists. Nobody
 * has woken the call. Windows and BSD do not end its wait either, so the call tries once more. */
static bool was_shut_down(const struct xsock__wait *w)
{
    const struct xsock__sock *s = w->fd->held.sock;
    return s != NULL
           && (((w->events & XSOCK_POLLIN) != 0 && xsock__sock_is(s, XSOCK__SOCK_SHUT_RD))
               || ((w->events & XSOCK_POLLOUT) != 0 && xsock__sock_is(s, XSOCK__SOCK_SHUT_WR)));
}

void xsock__wait_stop(struct xsock__wait *w)
{
    xsock__fdtab_unwatch(w->t, shared_of(w), &w->waiter);
    w->watched = false;
}

/* How long the call may wait now. This is asked after the waiter stands in the lists: a thread that
 * changes a limit later finds the waiter there. */
static int time_left(struct xsock__wait *w, int64_t *out_ns)
{
    const struct xsock__sock *s = w->fd->held.sock;
    if (s != NULL && xsock__atomic_load(&s->nonblock))
        return XSOCK__WAIT_OVER;
    return xsock__limit_left(w->limit, out_ns);
}

/* Whether the socket is ready, asked for `ns` at most. The answer is also true if the system cannot
 * wait, so that the call tries again after an interval: the raw call would wait. */
static inline bool is_ready(struct xsock__wait *w, bool asks, int64_t ns)
{
    struct xsock__sys_wait e = {asks && w->events != 0 ? w->fd->held.handle : UINTPTR_MAX,
                                w->events, 0};
    int code = xsock__wake_wait(w->waiter.waker, w->trusted, &e, 1, ns);
    w->revents = e.revents;
    if (code != 0)
        return xsock__error_from_native(code) != -XSOCK_EINTR;
    return e.revents != 0;
}

/* Gives up a wake that is lost. */
static void check_wake(struct xsock__wait *w)
{
    if (xsock__wake_is_lost(w->waiter.waker, &w->trusted))
        xsock__fdtab_lose_wake(w->t, shared_of(w), &w->waiter);
}

/* Waiting before the first try was of no use for a while: the wait might have nothing to tell (see
 * shutdown_is_silent). The call tries now, and the next call tries first. */
static bool gives_up_guess(struct xsock__wait *w)
{
    if (!w->untried)
        return false;
    w->untried = false;
    xsock__sock_becomes(w->fd->held.sock, 0, XSOCK__SOCK_STARVED);
    return true;
}

/* The call takes the marks first and looks at `closed` after that, because taking the marks clears
 * the wake. The wake may have been set for the closing of the descriptor. */
static int wait_until_ready(struct xsock__wait *w)
{
    for (;;) {
        int64_t left;
        int rc = time_left(w, &left);
        if (rc != 0)
            return rc;
        bool asks = xsock__atomic_load(&w->waiter.asks) != 0;
        w->ready = is_ready(w, asks, w->untried ? xsock__wait_slice(left) : left);
        bool again = !w->ready && xsock__fdtab_take_marks(w->t, &w->waiter);
        if (xsock__atomic_load(&w->waiter.closed))
            return -XSOCK_ECANCELED;
        if (w->ready || again || gives_up_guess(w))
            return 0;
        check_wake(w);
    }
}

/* If a nap is cut short and nobody has set a mark, the program may have closed the wake's handle.
 * With such a wake every further nap would end at once. */
static int nap(struct xsock__wait *w)
{
    int64_t left;
    int rc = time_left(w, &left);
    if (rc != 0)
        return rc;
    w->nap_ns = xsock__interval_after(w->nap_ns);
    const int64_t ns = left >= 0 && left < w->nap_ns ? left : w->nap_ns;
    const struct xsock__deadline end = xsock__deadline_in(ns);
    (void)xsock__wake_wait(w->waiter.waker, true, NULL, 0, ns);
    bool again = xsock__fdtab_take_marks(w->t, &w->waiter);
    if (xsock__atomic_load(&w->waiter.closed))
        return -XSOCK_ECANCELED;
    if (!again && xsock__time_left(&end) > 0)
        check_wake(w);
    return 0;
}

int xsock__wait_nap(struct xsock__wait *w)
{
    int rc = watch(w);
    return rc != 0 ? rc : nap(w);
}

static bool was_overtaken(struct xsock__waiter *w)
{
    if (xsock__atomic_load(&w->overtaken) == 0)
        return false;
    xsock__atomic_set(&w->overtaken, 0);
    return true;
}

/* A call that was told "ready" asks about the socket itself, also if another call asks for the same
 * events. A call that another call has overtaken lost a race: its try was not in vain. */
int xsock__wait_on(struct xsock__wait *w)
{
    const bool is_first = !w->watched;
    w->revents = 0;
    int rc = watch(w);
    if (rc != 0 || (is_first && was_shut_down(w)))
        return rc;
    const bool lost = w->ready && was_overtaken(&w->waiter);
    if (w->ready && w->vain && !lost) {
        rc = nap(w);
        if (rc != 0 || (w->nap_ns == XSOCK__INTERVAL_LAST_NS && ++w->naps % TRIES_A_QUESTION != 0))
            return rc;
        if (is_ready(w, true, 0))
            return 0;
        w->nap_ns = 0;
    }
    w->vain = w->ready && !w->vain && !lost;
    return wait_until_ready(w);
}

int xsock__wait(struct xsock__fdtab *t, struct xsock__fd *fd, int events, struct xsock__limit *l)
{
    struct xsock__wait w;
    xsock__wait_begin(&w, t, fd, events, l);
    int rc = xsock__wait_on(&w);
    xsock__wait_end(&w);
    return rc;
}

/* The question does not wait. A signal that came just now tells nothing about the socket. */
int xsock__ready_now(const struct xsock__fd *fd, int events, int *out_revents)
{
    struct xsock__sys_wait w = {fd->held.handle, events, 0};
    int code;
    do
        code = xsock__sys_wait(&w, 1, NULL, 0);
    while (xsock__error_from_native(code) == -XSOCK_EINTR);
    *out_revents = w.revents;
    return code;
}

/* Whether the next try has more handles. The wake of the call has a handle, too, which the raw call
 * would have found. */
static bool makes_room(struct xsock__wait *w, int code, int error)
{
    const bool asked = code == XSOCK__TRY_WITH_ROOM;
    if (!asked && (!w->watched || (error != -XSOCK_EMFILE && error != -XSOCK_ENFILE)))
        return false;
    xsock__wait_end(w);
    return xsock__fdtab_makes_room(-XSOCK_EMFILE) || asked;
}

/* ---- Tries ----------------------------------------------------------------------------------- */

/* Whether "ready" and the result of a try go together in this state. A wait must not come first
 * where the try would end at once: without a peer, say, or after a shutdown. */
static bool may_wait_first(const struct xsock__sock *s)
{
    const int state = xsock__atomic_load(&s->state);
    int excluded = XSOCK__SOCK_SHUT_RD | XSOCK__SOCK_LOW_WATER;
    if (xsock__sys_facts.edges_need_use)
        excluded |= XSOCK__SOCK_EDGES; /* a poller has to be told before the wait */
    return (state & excluded) == 0
           && ((state & (XSOCK__SOCK_CONNECTED | XSOCK__SOCK_LISTENING)) != 0
               || !xsock__sock_is_stream(s));
}

/* Whether a call that receives or accepts waits before its first try. */
static bool wait_comes_first(struct xsock__sock *s, const struct xsock__limit *l)
{
    return xsock__sock_is(s, XSOCK__SOCK_STARVED) && l->timeout_ns != 0 && may_wait_first(s)
           && xsock__guess_waits(&s->guess);
}

/* Notes whether the first try was in vain. Polls use the guess, too, so a call that may not wait
 * leaves the guess alone, but ends the mark. */
static void learn(struct xsock__sock *s, const struct xsock__limit *l, int code)
{
    const bool starved = xsock__sock_is(s, XSOCK__SOCK_STARVED);
    const bool waits =
        l->timeout_ns != 0 && xsock__try_error(code) == -XSOCK_EAGAIN && may_wait_first(s);
    if (starved != waits)
        xsock__sock_becomes(s, waits ? XSOCK__SOCK_STARVED : 0, waits ? 0 : XSOCK__SOCK_STARVED);
    if (waits || (starved && l->timeout_ns != 0))
        xsock__guess_learn(&s->guess, waits, XSOCK__GUESS_RECV_MOST);
}

/* Goes on in the system's own call, if the call has to wait and may wait there. */
static int try_inside(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn, void *call,
                      int events, struct xsock__limit *l, int code)
{
    const bool may = l->flags != NULL && l->timeout_ns < 0;
    return may && xsock__try_error(code) == -XSOCK_EAGAIN
               ? xsock__blocking_try(t, fd, fn, call, events, l, code)
               : code;
}

/* The beginning of a call that receives or accepts. It may wait before its first try: the result is
 * XSOCK__TRY_SKIPPED then. */
static int begin_receive(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn,
                         void *call, struct xsock__limit *l, int code)
{
    struct xsock__sock *s = fd->held.sock;
    if (code == XSOCK__TRY_SKIPPED && !wait_comes_first(s, l))
        code = fn(fd, call);
    if (code != XSOCK__TRY_SKIPPED && code != XSOCK__TRY_WITH_ROOM) /* there was a try */
        learn(s, l, code);
    return try_inside(t, fd, fn, call, XSOCK_POLLIN, l, code);
}

/* The beginning of every other call. A send that goes on after a part waits in the system at once,
 * if it may. */
static int begin_send(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn, void *call,
                      int events, struct xsock__limit *l, int code)
{
    code = try_inside(t, fd, fn, call, events, l, code);
    return code == XSOCK__TRY_SKIPPED ? fn(fd, call) : code;
}

/* A call whose first try was left out makes one before it ends for want of time, or because too
 * many calls wait. */
static bool has_to_try(int code, int rc)
{
    return code == XSOCK__TRY_SKIPPED && (rc == XSOCK__WAIT_OVER || rc == -XSOCK_ENOBUFS);
}

int xsock__until_done_after(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn,
                            void *call, int events, struct xsock__limit *l, int code)
{
    struct xsock__wait w;
    int rc;
    if (code == XSOCK__TRY_SKIPPED || l->timeout_ns != 0)
        code = events == XSOCK_POLLIN ? begin_receive(t, fd, fn, call, l, code)
                                      : begin_send(t, fd, fn, call, events, l, code);
    xsock__wait_begin(&w, t, fd, events, l);
    for (;; code = fn(fd, call)) {
        const int error = xsock__try_error(code);
        if (error == -XSOCK_EINTR)
            continue; /* a try does not wait: the signal came as it began */
        if (xsock__sys_facts.edges_need_use && xsock__sock_is(fd->held.sock, XSOCK__SOCK_EDGES))
            xsock__poller_used(t, fd, events);
        if (error != -XSOCK_EAGAIN || l->timeout_ns == 0) {
            if (makes_room(&w, code, error))
                continue;
            rc = code == XSOCK__TRY_LATER ? error : xsock__finish(code);
            break;
        }
        w.untried = xsock__sys_facts.shutdown_is_silent && code == XSOCK__TRY_SKIPPED;
        rc = xsock__wait_on(&w);
        if (rc != 0 && !has_to_try(code, rc)) {
            rc = rc == XSOCK__WAIT_OVER ? -XSOCK_EAGAIN : rc;
            break;
        }
    }
    xsock__wait_end(&w);
    return rc;
}

int xsock__until_done(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn, void *call,
                      int events, struct xsock__limit *l)
{
    return xsock__until_done_after(t, fd, fn, call, events, l, XSOCK__TRY_SKIPPED);
}
