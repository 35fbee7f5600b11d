/* xsock_poll, for any table. */
#include "wait/poll.h"

#include <limits.h>

#include "facts/translate.h"
#include "socket/guess.h"
#include "socket/ready.h"
#include "socket/sock.h"
#include "sys.h"
#include "table/find.h"
#include "wait/wait.h"
#include "wait/wake.h"

/* Up to MAX descriptors need no memory of their own. */
enum { MAX = 64 };

/* What a guest's call waits for besides its descriptors: the end of its table, and notifications.
 */
struct guest {
    struct xsock__waiter sealed, notified;
    int notifications;
    bool late; /* there was a notification before the call waited */
};

/* A call first asks what is ready now, which needs neither a wake nor a place in the lists of
 * waiters, and is cheaper for the system, too. Only if there is nothing, the call waits. Each
 * descriptor is looked up once, and the reference is kept until the end. */
struct poll {
    struct xsock__fdtab *t;
    struct xsock_pollfd *v;
    size_t n;
    struct xsock__fd **fds; /* NULL: negative, or nothing that a call can wait in */
    struct xsock__sys_wait *asked;
    struct xsock__waiter *waiters; /* NULL: the call does not stand in the lists */
    struct xsock__waker *waker; /* NULL: none; the marks are looked at after each slice of time */
    bool trusted;               /* the wake was looked at */
    struct xsock__sock *first;  /* of the first open descriptor; NULL: none is open */
    bool special;               /* the state of a socket may have something to add */
    bool known; /* there is something to report that the system need not be asked for */
    bool woken;
    struct guest *guest; /* NULL: the table is not a guest's */
};

/* ---- Looking up ------------------------------------------------------------------------------ */

/* A descriptor of something else than a plain socket, with a reference, which is dropped if no call
 * can wait in the descriptor. A look-up is asked for IN only. */
static struct xsock__fd *other_or_null(struct xsock__fdtab *t, struct xsock__fd *fd,
                                       struct xsock__sys_wait *asked)
{
    const struct xsock__sock *s = fd->held.sock;
    if (s->poller == NULL && !xsock__sock_is_foreign(s) && s->refuses != -XSOCK_EBADF) {
        if (xsock__sock_is_lookup(s))
            asked->events &= XSOCK_POLLIN;
        return fd;
    }
    xsock__fdtab_put(t, fd);
    return NULL;
}

/* Whether the state of the socket may have something to add. */
static inline bool is_special(const struct xsock__fd *fd)
{
    return !xsock__ready_is_plain(fd->held.sock);
}

/* One pass: finds the descriptors, and gathers what the system is asked. Returns all events that
 * were asked for, or-ed. */
static int gather(struct poll *p)
{
    const struct xsock_pollfd *v = p->v;
    struct xsock__sys_wait *asked = p->asked;
    int events = 0;
    for (struct xsock__fd **at = p->fds, **end = at + p->n; at != end; at++, asked++, v++) {
        struct xsock__fd *fd = xsock__fdtab_find(p->t, v->fd);
        asked->events = v->events;
        events |= v->events;
        if (fd != NULL && fd->held.sock->refuses != 0)
            fd = other_or_null(p->t, fd, asked);
        *at = fd;
        if (fd == NULL) {
            asked->handle = UINTPTR_MAX;
            p->known |= v->fd >= 0;
            continue;
        }
        asked->handle = fd->held.handle;
        p->special |= is_special(fd);
        if (p->first == NULL)
            p->first = fd->held.sock;
    }
    return events;
}

static void drop_all(struct poll *p)
{
    for (struct xsock__fd **at = p->fds, **end = at + p->n; at != end; at++)
        if (*at != NULL)
            xsock__fdtab_drop(p->t, *at);
}

/* ---- What the state tells -------------------------------------------------------------------- */

/* XSOCK_POLL bits for those of pollers. */
static int poll_bits(uint32_t events)
{
    return ((events & XSOCK_POLLER_IN) != 0 ? XSOCK_POLLIN : 0)
           | ((events & XSOCK_POLLER_OUT) != 0 ? XSOCK_POLLOUT : 0)
           | ((events & XSOCK_POLLER_ERR) != 0 ? XSOCK_POLLERR : 0)
           | ((events & XSOCK_POLLER_HUP) != 0 ? XSOCK_POLLHUP : 0);
}

/* What the system has told, and what the state of the socket tells, which is not a plain one. */
static int revents_of(const struct xsock__held *held, int events, int told)
{
    const int always = XSOCK_POLLERR | XSOCK_POLLHUP;
    struct xsock__ready r = xsock__ready_by_state(held, (told & always) != 0);
    return (told & ~poll_bits(r.drop)) | (poll_bits(r.add) & (events | always));
}

/* HUP if the system must be asked for it (sys.h). */
static int hup_of(const struct xsock__fd *fd)
{
    return xsock__sock_is(fd->held.sock, XSOCK__SOCK_SHUT_WR) ? XSOCK_POLLHUP : 0;
}

/* Adds to what is asked of the open descriptors that are special. */
static void prepare_special(struct poll *p)
{
    for (size_t i = 0; i < p->n; i++) {
        const struct xsock__fd *fd = p->fds[i];
        if (p->asked[i].handle == UINTPTR_MAX || !is_special(fd))
            continue;
        p->known = p->known || revents_of(&fd->held, p->asked[i].events, 0) != 0;
        p->asked[i].events |= hup_of(fd);
    }
}

/* Reports what there is after the system was asked. */
static int report(struct poll *p)
{
    const struct xsock__sys_wait *asked = p->asked;
    const struct xsock__waiter *w = p->waiters;
    struct xsock_pollfd *v = p->v;
    int ready = 0;
    for (struct xsock__fd **at = p->fds, **end = at + p->n; at != end; at++, asked++, v++) {
        int revents = asked->revents;
        bool closed = w != NULL && xsock__atomic_load(&w++->closed) != 0;
        if (*at == NULL || closed)
            revents = v->fd >= 0 ? XSOCK_POLLNVAL : 0;
        else if (is_special(*at))
            revents = revents_of(&(*at)->held, v->events, revents);
        v->revents = (short)revents;
        ready += revents != 0;
    }
    return ready;
}

/* ---- The lists of waiters -------------------------------------------------------------------- */

/* Where the system tells every poll of a shutdown, nobody has to be found by its sock, but of an
 * error that is kept of datagrams. */
static struct xsock__waiters *shared_of(const struct xsock__fd *fd)
{
    struct xsock__sock *s = fd->held.sock;
    return xsock__sys_facts.readiness_omits || !xsock__sock_is_stream(s) ? &s->waiters : NULL;
}

/* A descriptor that was closed meanwhile is not asked about. Returns whether a descriptor is
 * special. That is asked after the call stands in the lists: a thread that changes a state later
 * finds the call there. */
static bool attach_all(struct poll *p)
{
    struct xsock__sys_wait *asked = p->asked;
    struct xsock__waiter *w = p->waiters;
    bool special = false;
    xsock__fdtab_lock(p->t);
    for (struct xsock__fd **at = p->fds, **end = at + p->n; at != end; at++, w++, asked++) {
        struct xsock__fd *fd = *at;
        w->attached = fd != NULL && xsock__fdtab_attach_locked(fd, shared_of(fd), w, p->waker) == 0;
        if (w->attached) {
            special |= is_special(fd);
            continue;
        }
        xsock__atomic_set(&w->closed, 1);
        asked->handle = UINTPTR_MAX;
        p->known |= fd != NULL;
    }
    xsock__fdtab_unlock(p->t);
    return special;
}

static void detach_all(struct poll *p)
{
    bool woken = false;
    xsock__fdtab_lock(p->t);
    for (struct xsock__waiter *w = p->waiters, *end = w + p->n; w != end; w++)
        if (w->attached) {
            xsock__fdtab_detach_locked(w);
            woken = woken || w->marked;
        }
    xsock__fdtab_unlock(p->t);
    p->woken = p->woken || woken;
}

/* -XSOCK_ECANCELED if the table is sealed. */
static int enter_guest(struct poll *p)
{
    struct guest *g = p->guest;
    int rc = xsock__fdtab_attach(p->t, xsock__fdtab_seal_fd(p->t), &g->sealed, p->waker);
    if (rc != 0)
        return rc;
    (void)xsock__fdtab_attach(p->t, xsock__fdtab_notify_fd(p->t), &g->notified,
                              p->waker); /* which never closes */
    g->late = xsock__fdtab_notifications(p->t) != g->notifications;
    return 0;
}

static void leave_guest(struct poll *p)
{
    bool ended = xsock__fdtab_detach(p->t, &p->guest->sealed);
    bool rung = xsock__fdtab_detach(p->t, &p->guest->notified);
    p->woken = p->woken || ended || rung;
}

static bool is_over(const struct poll *p)
{
    return p->guest != NULL && xsock__atomic_load(&p->guest->sealed.closed);
}

static bool was_notified(const struct poll *p)
{
    return p->guest != NULL && (p->guest->late || xsock__atomic_load(&p->guest->notified.closed));
}

/* There is nothing to report, and time is left: a mark woke the call, or the wake was not trusted,
 * or the program has closed the wake's handle. A state may have changed since it was looked at, and
 * its mark is cleared here, so the states are looked at once more. */
static void look_at_marks(struct poll *p)
{
    bool lost = xsock__wake_is_lost(p->waker, &p->trusted);
    xsock__fdtab_lock(p->t);
    for (struct xsock__waiter *w = p->waiters, *end = w + p->n; w != end; w++)
        if (w->attached) {
            xsock__fdtab_clear_marks_locked(w);
            p->known = p->known || xsock__atomic_peek(&w->closed) != 0;
            if (lost)
                w->waker = NULL;
        }
    if (lost && p->guest != NULL)
        p->guest->sealed.waker = p->guest->notified.waker = NULL;
    if (lost)
        xsock__fdtab_lose_waker_locked(&p->waker);
    xsock__fdtab_unlock(p->t);
    prepare_special(p);
}

/* ---- Waiting --------------------------------------------------------------------------------- */

static int ask(struct poll *p, int64_t left)
{
    int code = xsock__wake_wait(p->waker, p->trusted, p->asked, p->n, left);
    return code == 0 ? 0 : xsock__finish(code);
}

/* What was known may have been taken by another call before it is reported. The call waits on. */
static int wait_for_some(struct poll *p, const struct xsock__deadline *end)
{
    for (;;) {
        const bool known = p->known;
        int64_t left = known || is_over(p) || was_notified(p) ? 0 : xsock__time_left(end);
        int rc = ask(p, left);
        if (rc != 0)
            return rc;
        int ready = report(p);
        if (is_over(p))
            return -XSOCK_ECANCELED;
        if (ready > 0 || (left == 0 && !known) || was_notified(p))
            return ready;
        p->known = false;
        look_at_marks(p);
    }
}

/* Asks what is ready now. Returns 0 if nothing is. */
static int ask_now(struct poll *p)
{
    if (p->special)
        prepare_special(p);
    int rc = xsock__finish(xsock__sys_wait(p->asked, p->n, NULL, 0));
    return rc != 0 ? rc : report(p);
}

/* As many calls of a guest wait as may. A call that has something to report, or no time, does not
 * wait. */
static int ask_without_waiting(struct poll *p, const struct xsock__deadline *end)
{
    struct xsock__waiter *const waiters = p->waiters;
    p->waiters = NULL; /* they were never attached */
    const int rc = ask_now(p);
    p->waiters = waiters;
    return rc == 0 && xsock__time_left(end) != 0 ? -XSOCK_ENOBUFS : rc;
}

static int wait_in_lists(struct poll *p, const struct xsock__deadline *end)
{
    int rc = xsock__fdtab_begin_wait(p->t, &p->waker);
    if (rc != 0)
        return rc == -XSOCK_ENOBUFS ? ask_without_waiting(p, end) : rc;
    rc = p->guest != NULL ? enter_guest(p) : 0;
    if (rc == 0) {
        if (attach_all(p))
            prepare_special(p);
        rc = wait_for_some(p, end);
        detach_all(p);
        if (p->guest != NULL)
            leave_guest(p);
    }
    xsock__fdtab_give_waker(p->t, p->waker, p->woken);
    return rc;
}

static int wait_for(struct poll *p, int64_t timeout_ns)
{
    struct xsock__waiter few[MAX];
    struct xsock__deadline end = xsock__deadline_in(timeout_ns);
    p->waiters = p->n <= MAX ? few : xsock__sys_alloc(p->n * sizeof few[0]);
    int rc = p->waiters == NULL ? -XSOCK_ENOMEM : wait_in_lists(p, &end);
    if (p->n > MAX)
        xsock__sys_free(p->waiters, p->n * sizeof few[0]);
    return rc;
}

/* Whether a call that may wait asks first. A call that has nothing to ask only sleeps. The first
 * socket stands for all: a program's next poll is nearly always of the same. */
static bool asks_first(const struct poll *p)
{
    return p->first != NULL && (p->known || !xsock__guess_waits(&p->first->guess));
}

static int poll_in(struct poll *p, int64_t timeout_ns)
{
    if (p->guest != NULL)
        return wait_for(p, timeout_ns);
    if (timeout_ns == 0)
        return ask_now(p);
    if (asks_first(p)) {
        int rc = ask_now(p);
        if (rc >= 0)
            xsock__guess_learn(&p->first->guess, rc == 0, XSOCK__GUESS_POLL_MOST);
        if (rc != 0)
            return rc;
    }
    return wait_for(p, timeout_ns);
}

static int poll_all(struct poll *p, int64_t timeout_ns)
{
    int events = gather(p);
    bool fit = (events & ~(XSOCK_POLLIN | XSOCK_POLLOUT | XSOCK_POLLPRI)) == 0;
    int rc = fit ? poll_in(p, timeout_ns) : -XSOCK_EINVAL;
    drop_all(p);
    return rc;
}

/* ---- The call -------------------------------------------------------------------------------- */

size_t xsock__poll_bytes(size_t n)
{
    const size_t one =
        sizeof(struct xsock__fd *) + sizeof(struct xsock__sys_wait) + sizeof(struct xsock__waiter);
    return n <= MAX ? 0 : n * one;
}

static int poll_for(struct xsock__fdtab *t, struct xsock_pollfd *v, size_t n, int64_t timeout_ns,
                    struct guest *g)
{
    struct xsock__fd *fds[MAX];
    struct xsock__sys_wait asked[MAX];
    struct poll p = {.t = t, .v = v, .n = n, .fds = fds, .asked = asked, .guest = g};
    if (v == NULL && n != 0)
        return -XSOCK_EFAULT;
    if (n > INT_MAX || timeout_ns < -1)
        return -XSOCK_EINVAL;
    if (n <= MAX)
        return poll_all(&p, timeout_ns);
    if (n > SIZE_MAX / sizeof(struct xsock__waiter)) /* possible on 32 bits */
        return -XSOCK_ENOMEM;
    p.fds = xsock__sys_alloc(n * sizeof fds[0]);
    p.asked = xsock__sys_alloc(n * sizeof asked[0]);
    int rc = p.fds == NULL || p.asked == NULL ? -XSOCK_ENOMEM : poll_all(&p, timeout_ns);
    xsock__sys_free(p.fds, n * sizeof fds[0]);
    xsock__sys_free(p.asked, n * sizeof asked[0]);
    return rc;
}

int xsock__poll(struct xsock__fdtab *t, struct xsock_pollfd *v, size_t n, int64_t timeout_ns)
{
    return poll_for(t, v, n, timeout_ns, NULL);
}

int xsock__poll_guest(struct xsock__fdtab *t, struct xsock_pollfd *v, size_t n, int64_t timeout_ns,
                      int notifications)
{
    struct guest g = {.notifications = notifications};
    return poll_for(t, v, n, timeout_ns, &g);
}
