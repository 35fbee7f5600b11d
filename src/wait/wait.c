#include "wait/wait.h"

#include "facts/translate.h"
#include "socket/sock.h"
#include "sys.h"
#include "wait/poller.h"
#include "xsock.h"

/* One wait of the system. 0: ready, woken, or too early. */
static int wait_once(struct xsock__fd *fd, int events, const struct xsock__sys_wake *wake,
                     int64_t left)
{
    struct xsock__sys_wait w = {events != 0 ? fd->held.handle : UINTPTR_MAX, events, 0};
    int code = xsock__sys_wait(&w, 1, wake, left);
    int error = xsock__error_from_native(code);
    if (error == -XSOCK_EINTR)
        return 0;
    if (error != 0)
        return xsock__finish(code);
    return w.revents != 0;
}

/* A wait for datagrams of a socket that may have some where the system doesn't see them. */
struct nudge {
    struct xsock__leftover_watch watch; /* first: a nudge is found by it */
    const struct xsock__sys_wake *wake;
    xsock__atomic_int come;
};

static void nudge(struct xsock__leftover_watch *w)
{
    struct nudge *n = (struct nudge *)(void *)w;
    xsock__atomic_store(&n->come, 1);
    xsock__sys_wake_set(n->wake);
}

static int wait_watched(struct xsock__fd *fd, int events, struct xsock__waiter *w,
                        const struct nudge *n, const struct xsock__deadline *d)
{
    for (;;) {
        int64_t left = xsock__time_left(d);
        if (left == 0)
            return -XSOCK_ETIMEDOUT;
        int rc = wait_once(fd, events, &w->waker->wake, left);
        if (xsock__atomic_load(&w->closed))
            return -XSOCK_ECANCELED;
        if (rc != 0)
            return rc < 0 ? rc : 0;
        if (n != NULL && xsock__atomic_load(&n->come))
            return 0;
    }
}

static int wait_nudged(struct xsock__fd *fd, int events, struct xsock__waiter *w,
                       struct xsock__leftover *q, const struct xsock__deadline *d)
{
    struct nudge n = {.watch = {.notify = nudge}, .wake = &w->waker->wake};
    int rc = xsock__leftover_watch(q, &n.watch) ? 0 : wait_watched(fd, events, w, &n, d);
    xsock__leftover_unwatch(q, &n.watch);
    /* A close sets its mark first and then the wake: if this clears it, unwatching finds the mark. */
    if (xsock__atomic_load(&n.come))
        xsock__sys_wake_clear(n.wake);
    return rc;
}

int xsock__wait(struct xsock__fdtab *t, struct xsock__fd *fd, int events,
                const struct xsock__deadline *d)
{
    struct xsock__waiter w;
    int rc = xsock__fdtab_watch(t, fd, &w);
    if (rc != 0)
        return rc > 0 ? xsock__finish(rc) : rc;
    struct xsock__leftover *q =
        (events & XSOCK_POLLIN) != 0 ? xsock__sock_leftover(fd->held.sock) : NULL;
    rc = q != NULL ? wait_nudged(fd, events, &w, q, d) : wait_watched(fd, events, &w, NULL, d);
    xsock__fdtab_unwatch(t, &w);
    return rc;
}

int xsock__nap(struct xsock__fdtab *t, struct xsock__fd *fd, const struct xsock__deadline *d,
               int64_t most_ns)
{
    int64_t left = xsock__time_left(d);
    struct xsock__deadline nap = xsock__deadline_in(left < 0 || left > most_ns ? most_ns : left);
    if (left == 0)
        return -XSOCK_ETIMEDOUT;
    int rc = xsock__wait(t, fd, 0, &nap);
    return rc == -XSOCK_ETIMEDOUT ? 0 : rc;
}

int xsock__until_done_after(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn,
                            void *call, int events, int64_t timeout_ns, int code)
{
    struct xsock__deadline d = {false, 0};
    for (bool waited = false;; code = fn(fd, call)) {
        int error = xsock__error_from_native(code);
        if (error == -XSOCK_EINTR)
            continue; /* a try doesn't wait: the signal came as it began */
        if (xsock__sys_facts.edges_need_use && xsock__atomic_peek(&fd->edges))
            xsock__poller_used(t, fd, events);
        if (error != -XSOCK_EAGAIN)
            return xsock__finish(code);
        if (timeout_ns == 0)
            return xsock__finish(code);
        if (!waited)
            d = xsock__deadline_in(timeout_ns);
        waited = true;
        int rc = xsock__wait(t, fd, events, &d);
        if (rc != 0)
            return rc == -XSOCK_ETIMEDOUT ? -XSOCK_EAGAIN : rc;
    }
}

int xsock__until_done(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn, void *call,
                      int events, int64_t timeout_ns)
{
    return xsock__until_done_after(t, fd, fn, call, events, timeout_ns, fn(fd, call));
}
