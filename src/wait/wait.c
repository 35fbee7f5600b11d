#include "wait/wait.h"

#include "facts/translate.h"
#include "socket/sock.h"
#include "sys.h"
#include "wait/poller.h"
#include "xsock.h"

/* Waits once. Returns 1 if the socket is ready, and 0 if the thread was woken or it is too early.
 */
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

/* The limits are read after w stands in the lists. A thread that changes them later finds w there.
 */
static int wait_watched(struct xsock__fd *fd, int events, struct xsock__waiter *w,
                        struct xsock__limit *l)
{
    for (;;) {
        int64_t left;
        if (fd->held.sock != NULL && xsock__atomic_load(&fd->held.sock->nonblock))
            return XSOCK__WAIT_OVER;
        int rc = xsock__limit_left(l, &left);
        if (rc != 0)
            return rc;
        rc = wait_once(fd, events, &w->waker->wake, left);
        if (xsock__atomic_load(&w->closed))
            return -XSOCK_ECANCELED;
        if (rc != 0)
            return rc < 0 ? rc : 0;
        if (xsock__atomic_load(&w->look_again))
            return 0;
    }
}

int xsock__wait(struct xsock__fdtab *t, struct xsock__fd *fd, int events, struct xsock__limit *l)
{
    struct xsock__waiter w;
    struct xsock__sock *s = fd->held.sock; /* NULL: the descriptor that only sealing closes */
    int rc = xsock__fdtab_watch(t, fd, s != NULL ? &s->waiters : NULL, &w);
    if (rc != 0)
        return rc > 0 ? xsock__finish(rc) : rc;
    rc = wait_watched(fd, events, &w, l);
    xsock__fdtab_unwatch(t, &w);
    return rc;
}

int xsock__nap(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__limit *l, int64_t max_ns)
{
    int64_t left;
    int rc = xsock__limit_left(l, &left);
    if (rc != 0)
        return rc;
    struct xsock__limit nap = xsock__limit_make(max_ns, l->deadline);
    if (left >= 0 && left < max_ns)
        nap.timeout_ns = left;
    rc = xsock__wait(t, fd, 0, &nap);
    return rc == XSOCK__WAIT_OVER ? 0 : rc;
}

int xsock__until_done_after(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn,
                            void *call, int events, struct xsock__limit *l, int code)
{
    for (;; code = fn(fd, call)) {
        bool later = code == XSOCK__TRY_LATER;
        int error = later ? -XSOCK_EAGAIN : xsock__error_from_native(code);
        if (error == -XSOCK_EINTR)
            continue; /* a try does not wait: the signal came as it began */
        if (xsock__sys_facts.edges_need_use && xsock__atomic_peek(&fd->edges))
            xsock__poller_used(t, fd, events);
        if (error != -XSOCK_EAGAIN || l->timeout_ns == 0)
            return later ? error : xsock__finish(code);
        int rc = xsock__wait(t, fd, events, l);
        if (rc != 0)
            return rc == XSOCK__WAIT_OVER ? -XSOCK_EAGAIN : rc;
    }
}

int xsock__until_done(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn, void *call,
                      int events, struct xsock__limit *l)
{
    return xsock__until_done_after(t, fd, fn, call, events, l, fn(fd, call));
}
