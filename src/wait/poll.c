/* xsock_poll, for any table. */
#include "wait/poll.h"

#include <limits.h>

#include "facts/translate.h"
#include "socket/ready.h"
#include "socket/sock.h"
#include "sys.h"
#include "wait/wait.h"
#include "wait/wake.h"

/* What one descriptor of the call needs while the call waits. Up to MAX of them are on the stack.
 */
struct watched {
    struct xsock__fd *fd;        /* NULL: negative, or not open */
    struct xsock__waiter waiter; /* attached: it is open, and the call waits in it */
};

enum { MAX = 64 };

/* What a guest's call waits for besides its descriptors: the end of its table, and notifications.
 */
struct guest {
    struct xsock__waiter sealed, notified;
    int notifications;
    bool late; /* there was a notification before the call waited */
};

struct poll {
    struct xsock__fdtab *t;
    struct xsock_pollfd *v;
    size_t n;
    struct watched *watched;
    struct xsock__sys_wait *asked;
    struct xsock__waker *waker; /* NULL: none; the marks are looked at after each slice of time */
    bool trusted;               /* the wake was looked at */
    bool waits;                 /* its time is not 0, and it stands in the lists of waiters */
    bool known; /* there is something to report that the system need not be asked for */
    bool woken;
    struct guest *guest; /* NULL: the table is not a guest's */
};

static int check(const struct xsock_pollfd *v, size_t n, int64_t timeout_ns)
{
    if (v == NULL && n != 0)
        return -XSOCK_EFAULT;
    if (n > INT_MAX || timeout_ns < -1)
        return -XSOCK_EINVAL;
    int events = 0;
    for (size_t i = 0; i < n; i++)
        events |= v[i].events;
    return (events & ~(XSOCK_POLLIN | XSOCK_POLLOUT | XSOCK_POLLPRI)) != 0 ? -XSOCK_EINVAL : 0;
}

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

/* A descriptor that a call can wait in, with a reference, or NULL. */
static inline struct xsock__fd *get_waitable(struct xsock__fdtab *t, int d,
                                             struct xsock__sys_wait *asked)
{
    struct xsock__fd *fd = xsock__fdtab_get(t, d);
    return fd == NULL || fd->held.sock->refuses == 0 ? fd : other_or_null(t, fd, asked);
}

/* Where the system tells every poll of a shutdown, nobody has to be found by its sock, but of an
 * error that is kept of datagrams. */
static struct xsock__waiters *shared_of(const struct xsock__fd *fd)
{
    struct xsock__sock *s = fd->held.sock;
    return xsock__sys_facts.readiness_omits || !xsock__sock_is_stream(s) ? &s->waiters : NULL;
}

/* Whether the state of the socket may have something to add. */
static inline bool is_special(const struct xsock__fd *fd)
{
    return !xsock__ready_is_plain(fd->held.sock);
}

/* A descriptor that was closed meanwhile is not asked about. Returns whether a descriptor is
 * special. That is asked after the call stands in the lists: a thread that changes a state later
 * finds the call there. */
static bool attach_all(struct poll *p)
{
    struct xsock__sys_wait *asked = p->asked;
    bool special = false;
    xsock__fdtab_lock(p->t);
    for (struct watched *w = p->watched, *end = w + p->n; w != end; w++, asked++) {
        if (w->fd == NULL)
            continue;
        if (xsock__fdtab_attach_locked(w->fd, shared_of(w->fd), &w->waiter, p->waker) == 0) {
            special |= is_special(w->fd);
            continue;
        }
        w->waiter.attached = false;
        xsock__atomic_set(&w->waiter.closed, 1);
        asked->handle = UINTPTR_MAX;
        p->known = true;
    }
    xsock__fdtab_unlock(p->t);
    return special;
}

static void detach_all(struct poll *p)
{
    bool woken = false;
    xsock__fdtab_lock(p->t);
    for (struct watched *w = p->watched, *end = w + p->n; w != end; w++)
        if (w->waiter.attached) {
            xsock__fdtab_detach_locked(&w->waiter);
            woken = woken || w->waiter.marked;
        }
    xsock__fdtab_unlock(p->t);
    p->woken = p->woken || woken;
}

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

/* Adds to what is asked of an open descriptor that is special. */
static void prepare_special(struct poll *p, const struct xsock__fd *fd,
                            struct xsock__sys_wait *asked)
{
    p->known = p->known || revents_of(&fd->held, asked->events, 0) != 0;
    asked->events |= hup_of(fd);
}

/* For a call that stands in the lists. */
static void prepare_all_special(struct poll *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->watched[i].waiter.attached && is_special(p->watched[i].fd))
            prepare_special(p, p->watched[i].fd, &p->asked[i]);
}

/* One pass: finds the descriptors, and gathers what the system is asked. If there is something to
 * report already, the system is asked without waiting. Of a call that does not wait, an open
 * descriptor counts as attached. */
static void enter(struct poll *p)
{
    const bool waits = p->waits;
    struct xsock__sys_wait *asked = p->asked;
    struct xsock_pollfd *v = p->v;
    for (struct watched *w = p->watched, *end = w + p->n; w != end; w++, asked++, v++) {
        asked->events = v->events;
        struct xsock__fd *fd = get_waitable(p->t, v->fd, asked);
        v->revents = 0;
        w->fd = fd;
        w->waiter.attached = fd != NULL;
        xsock__atomic_set(&w->waiter.closed, fd == NULL);
        if (fd == NULL) {
            asked->handle = UINTPTR_MAX;
            p->known = p->known || v->fd >= 0;
            continue;
        }
        asked->handle = fd->held.handle;
        if (!waits && is_special(fd))
            prepare_special(p, fd, asked);
    }
    if (waits && attach_all(p))
        prepare_all_special(p);
}

static void leave(struct poll *p)
{
    if (p->waits)
        detach_all(p);
    for (struct watched *w = p->watched, *end = w + p->n; w != end; w++)
        if (w->fd != NULL)
            xsock__fdtab_put(p->t, w->fd);
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

/* Reports what there is after the system was asked. A descriptor that is not open is one that was
 * closed. */
static int report(struct poll *p)
{
    const struct xsock__sys_wait *asked = p->asked;
    struct xsock_pollfd *v = p->v;
    int ready = 0;
    for (const struct watched *w = p->watched, *end = w + p->n; w != end; w++, asked++, v++) {
        int revents = asked->revents;
        if (xsock__atomic_load(&w->waiter.closed))
            revents = v->fd >= 0 ? XSOCK_POLLNVAL : 0;
        else if (is_special(w->fd))
            revents = revents_of(&w->fd->held, v->events, revents);
        v->revents = (short)revents;
        ready += revents != 0;
    }
    return ready;
}

static int ask(struct poll *p, int64_t left)
{
    int code = xsock__wake_wait(p->waker, p->trusted, p->asked, p->n, left);
    return code == 0 ? 0 : xsock__finish(code);
}

/* There is nothing to report, and time is left: a mark woke the call, or the wake was not trusted,
 * or the program has closed the wake's handle. A state may have changed since it was looked at, and
 * its mark is cleared here, so the states are looked at once more. */
static void look_at_marks(struct poll *p)
{
    bool lost = xsock__wake_is_lost(p->waker, &p->trusted);
    xsock__fdtab_lock(p->t);
    for (size_t i = 0; i < p->n; i++)
        if (p->watched[i].waiter.attached) {
            xsock__fdtab_clear_marks_locked(&p->watched[i].waiter);
            p->known = p->known || xsock__atomic_peek(&p->watched[i].waiter.closed) != 0;
            if (lost)
                p->watched[i].waiter.waker = NULL;
        }
    if (lost && p->guest != NULL)
        p->guest->sealed.waker = p->guest->notified.waker = NULL;
    if (lost)
        xsock__fdtab_lose_waker_locked(&p->waker);
    xsock__fdtab_unlock(p->t);
    prepare_all_special(p);
}

/* What was known may have been taken by another call before it is reported. The call waits on. */
static int wait_for_some(struct poll *p, const struct xsock__deadline *end)
{
    for (;;) {
        const bool known = p->known && p->waits;
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

static int poll_in(struct poll *p, int64_t timeout_ns)
{
    struct xsock__deadline end = xsock__deadline_in(timeout_ns);
    p->waits = timeout_ns != 0 || p->guest != NULL;
    int rc = p->waits ? xsock__fdtab_begin_wait(p->t, &p->waker) : 0;
    if (rc != 0)
        return rc;
    rc = p->guest != NULL ? enter_guest(p) : 0;
    if (rc == 0) {
        enter(p);
        rc = wait_for_some(p, &end);
        leave(p);
        if (p->guest != NULL)
            leave_guest(p);
    }
    if (p->waits)
        xsock__fdtab_give_waker(p->t, p->waker, p->woken);
    return rc;
}

/* More than MAX descriptors take memory of their own. */
size_t xsock__poll_bytes(size_t n)
{
    return n <= MAX ? 0 : n * (sizeof(struct watched) + sizeof(struct xsock__sys_wait));
}

static int poll_for(struct xsock__fdtab *t, struct xsock_pollfd *v, size_t n, int64_t timeout_ns,
                    struct guest *g)
{
    struct watched few[MAX];
    struct xsock__sys_wait asked[MAX];
    struct poll p = {.t = t, .v = v, .n = n, .watched = few, .asked = asked, .guest = g};
    int rc = check(v, n, timeout_ns);
    if (rc != 0)
        return rc;
    if (n <= MAX)
        return poll_in(&p, timeout_ns);
    if (n > SIZE_MAX / sizeof *p.watched) /* possible on 32 bits */
        return -XSOCK_ENOMEM;
    p.watched = xsock__sys_alloc(n * sizeof *p.watched);
    p.asked = xsock__sys_alloc(n * sizeof *p.asked);
    rc = p.watched == NULL || p.asked == NULL ? -XSOCK_ENOMEM : poll_in(&p, timeout_ns);
    xsock__sys_free(p.watched, n * sizeof *p.watched);
    xsock__sys_free(p.asked, n * sizeof *p.asked);
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
