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

static int wait_watched(struct xsock__fd *fd, int events, struct xsock__waiter *w,
                        const struct xsock__deadline *d)
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
    }
}

int xsock__wait(struct xsock__fdtab *t, struct xsock__fd *fd, int events,
                const struct xsock__deadline *d)
{
    struct xsock__waiter w;
    int rc = xsock__fdtab_watch(t, fd, &w);
    if (rc != 0)
        return rc > 0 ? xsock__finish(rc) : rc;
    rc = wait_watched(fd, events, &w, d);
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
        bool later = code == XSOCK__TRY_LATER;
        int error = later ? -XSOCK_EAGAIN : xsock__error_from_native(code);
        if (error == -XSOCK_EINTR)
            continue; /* a try doesn't wait: the signal came as it began */
        if (xsock__sys_facts.edges_need_use && xsock__atomic_peek(&fd->edges))
            xsock__poller_used(t, fd, events);
        if (error != -XSOCK_EAGAIN)
            return xsock__finish(code);
        if (timeout_ns == 0)
            return later ? error : xsock__finish(code);
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
