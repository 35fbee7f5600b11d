/* xsock_poll, for any table. */
#include "wait/poll.h"

#include <limits.h>

#include "facts/translate.h"
#include "socket/sock.h"
#include "sys.h"
#include "wait/wait.h"

/* What one descriptor of the call needs while the call waits. Up to MAX of them are on the stack.
 */
struct watched {
    struct xsock__fd *fd; /* NULL: negative, or not open */
    struct xsock__waiter waiter;
    bool attached;
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
    struct xsock__sys_wait *waits;
    struct xsock__waker *waker;
    bool woken;
    struct guest *guest; /* NULL: the table is not a guest's */
};

static int check(const struct xsock_pollfd *v, size_t n, int64_t timeout_ns)
{
    if (v == NULL && n != 0)
        return -XSOCK_EFAULT;
    if (n > INT_MAX || timeout_ns < -1)
        return -XSOCK_EINVAL;
    for (size_t i = 0; i < n; i++)
        if ((v[i].events & ~(XSOCK_POLLIN | XSOCK_POLLOUT | XSOCK_POLLPRI)) != 0)
            return -XSOCK_EINVAL;
    return 0;
}

/* A descriptor that a call can wait in, with a reference, or NULL. */
static struct xsock__fd *get_waitable(struct xsock__fdtab *t, int d)
{
    struct xsock__fd *fd = xsock__fdtab_get(t, d);
    if (fd == NULL)
        return NULL;
    if (fd->held.sock->poller == NULL && !xsock__sock_is_foreign(fd->held.sock))
        return fd;
    xsock__fdtab_put(t, fd);
    return NULL;
}

static void attach_all(struct poll *p)
{
    xsock__fdtab_lock(p->t);
    for (size_t i = 0; i < p->n; i++) {
        struct watched *w = &p->watched[i];
        w->attached = w->fd != NULL && xsock__fdtab_attach_locked(w->fd, &w->waiter, p->waker) == 0;
    }
    xsock__fdtab_unlock(p->t);
}

static void detach_all(struct poll *p)
{
    xsock__fdtab_lock(p->t);
    for (size_t i = 0; i < p->n; i++)
        if (p->watched[i].attached)
            xsock__fdtab_detach_locked(&p->watched[i].waiter);
    xsock__fdtab_unlock(p->t);
}

static void enter(struct poll *p)
{
    for (size_t i = 0; i < p->n; i++) {
        p->v[i].revents = 0;
        p->watched[i].fd = get_waitable(p->t, p->v[i].fd);
    }
    attach_all(p);
    for (size_t i = 0; i < p->n; i++) {
        struct watched *w = &p->watched[i];
        p->waits[i].handle = w->attached ? w->fd->held.handle : UINTPTR_MAX;
        p->waits[i].events = p->v[i].events;
    }
}

static void leave(struct poll *p)
{
    detach_all(p);
    for (size_t i = 0; i < p->n; i++) {
        struct watched *w = &p->watched[i];
        if (w->attached && xsock__atomic_load(&w->waiter.closed))
            p->woken = true;
        if (w->fd != NULL)
            xsock__fdtab_put(p->t, w->fd);
    }
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

/* Collects what there is to report now. `waited` says whether a wait has given results. */
static int collect(struct poll *p, bool waited)
{
    int ready = 0;
    for (size_t i = 0; i < p->n; i++) {
        struct watched *w = &p->watched[i];
        int revents = waited && w->attached ? p->waits[i].revents : 0;
        /* A socket that was shut down for receiving is at its end. AFD does not tell. */
        if (w->attached && xsock__sock_is(w->fd->held.sock, XSOCK__SOCK_SHUT_RD))
            revents |= p->v[i].events & XSOCK_POLLIN;
        if ((revents & XSOCK_POLLHUP) != 0
            && xsock__sock_is(w->fd->held.sock, XSOCK__SOCK_CONNECTING))
            revents |= XSOCK_POLLERR; /* BSD reports a failed connect as HUP */
        if (p->v[i].fd >= 0 && (!w->attached || xsock__atomic_load(&w->waiter.closed)))
            revents = XSOCK_POLLNVAL;
        p->v[i].revents = (short)revents;
        ready += revents != 0;
    }
    return ready;
}

static int wait_for_some(struct poll *p, const struct xsock__deadline *end)
{
    int ready = collect(p, false);
    for (;;) {
        /* If there is something to report already, the others are asked without waiting. */
        int64_t left = ready > 0 || was_notified(p) ? 0 : xsock__time_left(end);
        int rc = xsock__finish(xsock__sys_wait(p->waits, p->n, &p->waker->wake, left));
        if (rc != 0)
            return rc;
        ready = collect(p, true);
        if (is_over(p))
            return -XSOCK_ECANCELED;
        if (ready > 0 || left == 0 || was_notified(p))
            return ready;
    }
}

static int poll_in(struct poll *p, int64_t timeout_ns)
{
    struct xsock__deadline end = xsock__deadline_in(timeout_ns);
    int rc = xsock__fdtab_take_waker(p->t, &p->waker);
    if (rc != 0)
        return rc > 0 ? xsock__finish(rc) : rc;
    rc = p->guest != NULL ? enter_guest(p) : 0;
    if (rc == 0) {
        enter(p);
        rc = wait_for_some(p, &end);
        leave(p);
        if (p->guest != NULL)
            leave_guest(p);
    }
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
    struct xsock__sys_wait waits[MAX];
    struct poll p = {.t = t, .v = v, .n = n, .watched = few, .waits = waits, .guest = g};
    int rc = check(v, n, timeout_ns);
    if (rc != 0)
        return rc;
    if (n <= MAX)
        return poll_in(&p, timeout_ns);
    if (n > SIZE_MAX / sizeof *p.watched) /* possible on 32 bits */
        return -XSOCK_ENOMEM;
    p.watched = xsock__sys_alloc(n * sizeof *p.watched);
    p.waits = xsock__sys_alloc(n * sizeof *p.waits);
    rc = p.watched == NULL || p.waits == NULL ? -XSOCK_ENOMEM : poll_in(&p, timeout_ns);
    xsock__sys_free(p.watched, n * sizeof *p.watched);
    xsock__sys_free(p.waits, n * sizeof *p.waits);
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
