#include "wait/blocking.h"

#include "socket/sock.h"
#include "sys.h"
#include "xsock.h"

/* Whether a call of this kind may wait in the system. Streams must have a peer: connect would wait
 * in the system, too. A low-water mark has another meaning there. */
static inline bool may_block(const struct xsock__fd *fd, int events, const struct xsock__limit *l)
{
    const struct xsock__sock *s = fd->held.sock;
    const bool receives = events == XSOCK_POLLIN;
    const int state = xsock__atomic_load(&s->state);
    int excluded = receives ? XSOCK__SOCK_SHUT_RD | XSOCK__SOCK_LOW_WATER : XSOCK__SOCK_SHUT_WR;
    if (xsock__sys_facts.edges_need_use)
        excluded |= XSOCK__SOCK_EDGES; /* a poller has to be told before the wait */
    return l->timeout_ns < 0 && (receives || events == XSOCK_POLLOUT)
           && !xsock__atomic_load(&s->nonblock)
           && (l->deadline == NULL || xsock__atomic_load_i64(l->deadline) < 0)
           && (state & excluded) == 0
           && ((state & XSOCK__SOCK_CONNECTED) != 0 || !xsock__sock_is_stream(s));
}

static bool make_blocking(const struct xsock__fd *fd)
{
    if (xsock__sock_is(fd->held.sock, XSOCK__SOCK_BLOCKING))
        return true;
    if (xsock__sys_set_nonblock(fd->held.handle, false) != 0)
        return false;
    xsock__sock_becomes(fd->held.sock, XSOCK__SOCK_BLOCKING, 0);
    return true;
}

void xsock__blocking_undo(const struct xsock__fd *fd)
{
    if (!xsock__sock_is(fd->held.sock, XSOCK__SOCK_BLOCKING))
        return;
    xsock__sock_becomes(fd->held.sock, 0, XSOCK__SOCK_BLOCKING);
    (void)xsock__sys_set_nonblock(fd->held.handle, true);
}

/* What was changed before the call stands in the lists is seen here, and what is changed later sets
 * a mark and interrupts the system's call. If the socket became NONBLOCK before, the thread that
 * made it so may have found the handle still in non-blocking mode. */
bool xsock__blocking_begin(struct xsock__blocking *b, struct xsock__fdtab *t, struct xsock__fd *fd,
                           int events, const struct xsock__limit *l)
{
    if (!make_blocking(fd))
        return false;
    if (!xsock__fdtab_enter(t, fd, &fd->held.sock->waiters, &b->waiter, &b->waker))
        return false;
    if (may_block(fd, events, l))
        return true;
    xsock__fdtab_leave(t, &b->waiter);
    if (xsock__atomic_load(&fd->held.sock->nonblock))
        xsock__blocking_undo(fd);
    return false;
}

/* If the call would block, another process or a signal handler has put the handle into non-blocking
 * mode. The mode is changed back while the call stands in the lists: a thread that makes the socket
 * NONBLOCK waits until the call has left them, and changes the mode after that. */
int xsock__blocking_end(struct xsock__blocking *b, struct xsock__fdtab *t, struct xsock__fd *fd,
                        int code)
{
    const int error = code != 0 ? xsock__try_error(code) : 0;
    if (error == -XSOCK_EAGAIN && !xsock__atomic_load(&fd->held.sock->nonblock))
        (void)xsock__sys_set_nonblock(fd->held.handle, false);
    xsock__fdtab_leave(t, &b->waiter);
    if (code == 0)
        return 0;
    if (error != -XSOCK_EAGAIN && error != -XSOCK_EINTR)
        return code;
    return xsock__atomic_load(&b->waiter.closed) ? XSOCK__TRY_LATER
           : error == -XSOCK_EINTR               ? XSOCK__TRY_SKIPPED
                                                 : code;
}

/* A signal of the program's own has interrupted the call, and the call waits on. */
static bool goes_on(const struct xsock__waiter *w, int code)
{
    return xsock__try_error(code) == -XSOCK_EINTR && !xsock__atomic_load(&w->closed)
           && !xsock__atomic_load(&w->look_again);
}

int xsock__blocking_try(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn, void *call,
                        int events, struct xsock__limit *l, int code)
{
    struct xsock__blocking b;
    if (!xsock__sys_wake_self(fd->held.handle, &b.waker.wake) || !may_block(fd, events, l)
        || !xsock__blocking_begin(&b, t, fd, events, l))
        return code;
    *l->flags |= XSOCK__SYS_WAITS;
    do
        code = fn(fd, call);
    while (goes_on(&b.waiter, code));
    *l->flags &= ~XSOCK__SYS_WAITS;
    code = xsock__blocking_end(&b, t, fd, code);
    return code == XSOCK__TRY_SKIPPED ? fn(fd, call) : code;
}
