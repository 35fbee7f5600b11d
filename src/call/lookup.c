/* What every call begins and ends with: it finds the descriptor of a number, or publishes a new
 * one. */
#include "call/lookup.h"

#include "base/count.h"
#include "call/refusal.h"
#include "socket/sock.h"
#include "sys.h"
#include "table/find.h"
#include "wait/poller.h"
#include "xsock.h"

/* ---- Finding --------------------------------------------------------------------------------- */

/* Nothing else is called in the usual case, so that a look-up saves no registers. */
static inline int look_up(struct xsock__fdtab *t, int d, bool any, struct xsock__fd **out)
{
    bool in_time;
    struct xsock__fd *fd = xsock__fdtab_refer(t, d, &in_time);
    if (fd == NULL)
        return -XSOCK_EBADF;
    if (!in_time)
        return xsock__refusal_again(t, fd, d, any, out);
    if (fd->held.sock->refuses != 0)
        return xsock__refusal_found(t, fd, any, out);
    *out = fd;
    return 0;
}

int xsock__lookup_fd(struct xsock__fdtab *t, int d, struct xsock__fd **out)
{
    return look_up(t, d, true, out);
}

int xsock__lookup_socket(struct xsock__fdtab *t, int d, struct xsock__fd **out)
{
    return look_up(t, d, false, out);
}

/* ---- Publishing ------------------------------------------------------------------------------ */

int xsock__lookup_add_memory(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    fd->memory = xsock__sys_alloc(sizeof *fd->memory);
    if (fd->memory != NULL)
        return 0;
    xsock__fdtab_cancel(t, fd);
    return -XSOCK_ENOMEM;
}

int xsock__lookup_reserve_pair(struct xsock__fdtab *t, struct xsock__fd *fd[2])
{
    int rc = xsock__fdtab_reserve(t, 0, &fd[0]);
    if (rc != 0)
        return rc;
    rc = xsock__fdtab_reserve(t, 0, &fd[1]);
    if (rc != 0) {
        xsock__fdtab_cancel(t, fd[0]);
    } else if (fd[1]->number < fd[0]->number) { /* another thread has just closed a lower number */
        struct xsock__fd *low = fd[1];
        fd[1] = fd[0];
        fd[0] = low;
    }
    return rc;
}

int xsock__lookup_publish(struct xsock__fdtab *t, struct xsock__fd *fd,
                          const struct xsock__held *held, int flags)
{
    fd->held = *held;
    xsock__atomic_set(&fd->cloexec, (flags & XSOCK_SOCK_CLOEXEC) != 0);
    return xsock__fdtab_publish(t, fd);
}

/* ---- What a table does with what its descriptors hold ---------------------------------------- */

static struct xsock__sock *let_go(const struct xsock__held *held)
{
    if (held->sock->refuses == 0 || held->sock->poller == NULL)
        return xsock__sock_is_foreign(held->sock) ? NULL : xsock__sock_empty(held);
    xsock__poller_let_go(held->sock->poller);
    return NULL;
}

/* Another descriptor leads to the socket, or nothing has to be done before the socket is closed. */
static bool leaves(const struct xsock__held *held, bool owns)
{
    struct xsock__sock *s = held->sock;
    int refs = xsock__atomic_load(&s->refs);
    if (refs > 1)
        return !owns && xsock__count_change(&s->refs, refs, refs - 1);
    return owns && s->file == NULL && !xsock__sock_is(s, XSOCK__SOCK_OTHER | XSOCK__SOCK_LINGERS);
}

/* The parent's threads wait and look up, and the child's do not. The number that a poller's handle
 * had in the parent is free in the child. */
static void forked(struct xsock__held *held)
{
    held->sock->waiters.first = NULL;
    xsock__sock_end_turn(held->sock);
    if (xsock__sock_is_lookup(held->sock))
        held->sock->refuses = -XSOCK_EBADF;
    if (held->sock->poller == NULL)
        return;
    xsock__poller_forked(held->sock->poller);
    held->handle = UINTPTR_MAX;
}

int xsock__lookup_create_table(struct xsock__fdtab **out)
{
    int rc = xsock__fdtab_create(NULL, out);
    if (rc != 0)
        return rc;
    xsock__fdtab_recycle(*out, let_go, leaves, sizeof(struct xsock__sock));
    xsock__fdtab_on_fork(*out, forked);
    return 0;
}
