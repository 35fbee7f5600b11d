/* Pollers, for any table. */
#include "call/call.h"
#include "call/refusal.h"
#include "socket/sock.h"
#include "socket/start.h"
#include "table/find.h"
#include "wait/poller.h"
#include "xsock.h"

static const uint32_t known = XSOCK_POLLER_IN | XSOCK_POLLER_OUT | XSOCK_POLLER_RDHUP
                              | XSOCK_POLLER_PRI | XSOCK_POLLER_ERR | XSOCK_POLLER_HUP
                              | XSOCK_POLLER_ET | XSOCK_POLLER_ONESHOT;

/* The error for a descriptor that is not a poller, or whose poller belongs to a forked parent. */
static int error_of_other(const struct xsock__sock *s)
{
    int rc = xsock__refusal_of(s);
    bool is_other = rc == -XSOCK_ENOTSOCK && !xsock__sock_is_foreign(s);
    return rc == 0 || is_other ? -XSOCK_EINVAL : rc;
}

/* Finds the descriptor of a poller, and adds a reference. A poller that is dead since a fork has no
 * handle. */
static inline int get_poller(struct xsock__fdtab *t, int d, struct xsock__fd **out)
{
    struct xsock__fd *fd = xsock__fdtab_find(t, d);
    if (fd == NULL)
        return -XSOCK_EBADF;
    if (fd->held.sock->poller != NULL && fd->held.handle != UINTPTR_MAX) {
        *out = fd;
        return 0;
    }
    int rc = error_of_other(fd->held.sock);
    xsock__fdtab_drop(t, fd);
    return rc;
}

int xsock__call_poller_open(struct xsock__fdtab *t, int flags)
{
    struct xsock__fd *fd;
    struct xsock__held held;
    if ((flags & ~XSOCK_SOCK_CLOEXEC) != 0)
        return -XSOCK_EINVAL;
    int rc = xsock__fdtab_reserve(t, 0, &fd);
    if (rc != 0)
        return rc;
    rc = xsock__start();
    if (rc == 0)
        rc = xsock__poller_open(t, fd, &held);
    if (rc != 0) {
        xsock__fdtab_cancel(t, fd);
        return rc;
    }
    return xsock__lookup_publish(t, fd, &held, flags);
}

static int control(struct xsock__fd *poller, int op, struct xsock__fd *fd, uint32_t events,
                   uint64_t data)
{
    struct xsock__poller *p = poller->held.sock->poller;
    if (p == NULL || fd->held.sock->poller != NULL)
        return -XSOCK_EINVAL;
    if (op == XSOCK_POLLER_DEL)
        return xsock__poller_remove(p, fd);
    if ((op != XSOCK_POLLER_ADD && op != XSOCK_POLLER_MOD) || (events & ~known) != 0)
        return -XSOCK_EINVAL;
    events &= ~(uint32_t)(XSOCK_POLLER_ERR | XSOCK_POLLER_HUP); /* they are always reported */
    if (xsock__sock_is_lookup(fd->held.sock))
        events &= ~(uint32_t)(XSOCK_POLLER_OUT | XSOCK_POLLER_RDHUP | XSOCK_POLLER_PRI);
    return op == XSOCK_POLLER_ADD ? xsock__poller_add(p, fd, events, data)
                                  : xsock__poller_change(p, fd, events, data);
}

int xsock__call_poller_ctl(struct xsock__fdtab *t, int p, int op, int d, uint32_t events,
                           uint64_t data)
{
    struct xsock__fd *poller, *fd;
    int rc = xsock__lookup_fd(t, p, &poller);
    if (rc != 0)
        return rc;
    rc = xsock__lookup_fd(t, d, &fd);
    if (rc == 0) {
        rc = control(poller, op, fd, events, data);
        xsock__fdtab_put(t, fd);
    }
    xsock__fdtab_put(t, poller);
    return rc;
}

int xsock__call_poller_wait(struct xsock__fdtab *t, int p, struct xsock_event *out, size_t n,
                            int64_t timeout_ns)
{
    struct xsock__fd *fd;
    int rc = get_poller(t, p, &fd);
    if (rc != 0)
        return rc;
    if (out != NULL && n != 0 && timeout_ns >= -1)
        return xsock__poller_wait(t, fd, out, n, timeout_ns);
    xsock__fdtab_drop(t, fd);
    return out == NULL ? -XSOCK_EFAULT : -XSOCK_EINVAL;
}

int xsock__call_poller_wake(struct xsock__fdtab *t, int p)
{
    struct xsock__fd *fd;
    int rc = get_poller(t, p, &fd);
    if (rc != 0)
        return rc;
    xsock__poller_wake(fd->held.sock->poller);
    xsock__fdtab_put(t, fd);
    return 0;
}
