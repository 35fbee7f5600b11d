/* Opening, duplicating, closing and flags, for any table. */
#include "call/call.h"

#include "facts/translate.h"
#include "facts/triple.h"
#include "socket/sock.h"
#include "socket/start.h"
#include "sys.h"
#include "table/find.h"
#include "wait/blocking.h"
#include "xsock.h"
#include "xsock_native.h"

/* The flags that every handle of this table has, whatever its descriptor says. */
static int forced_flags(const struct xsock__fdtab *t)
{
    return xsock__fdtab_rules(t)->private_handles ? XSOCK_SOCK_CLOEXEC : 0;
}

/* No number is left. An error of the arguments comes before that (xsock.h). */
static int when_full(int full, int verdict)
{
    switch (-verdict) {
    case XSOCK_EINVAL:
    case XSOCK_EAFNOSUPPORT:
    case XSOCK_ESOCKTNOSUPPORT:
    case XSOCK_EPROTONOSUPPORT:
    case XSOCK_EOPNOTSUPP:
        return verdict;
    default:
        return full;
    }
}

/* The number is reserved first. So nobody can stop the library meanwhile (see xsock__start), and no
 * socket is made in vain. */
int xsock__call_open(struct xsock__fdtab *t, int af, int type, int protocol)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_reserve_socket(t, &fd);
    if (rc != 0)
        return when_full(rc, xsock__probe(af, type, protocol));
    rc = xsock__start();
    if (rc == 0)
        rc =
            xsock__sock_open_in(af, type | forced_flags(t), protocol, fd->memory, &fd->held.handle);
    if (rc != 0) {
        xsock__fdtab_cancel(t, fd);
        return rc;
    }
    fd->held.sock = fd->memory;
    xsock__atomic_set(&fd->cloexec, (type & XSOCK_SOCK_CLOEXEC) != 0);
    return xsock__fdtab_publish(t, fd);
}

int xsock__call_pair(struct xsock__fdtab *t, int af, int type, int protocol, int out[2])
{
    struct xsock__fd *fd[2];
    struct xsock__held held[2];
    if (out == NULL)
        return -XSOCK_EFAULT;
    int rc = xsock__lookup_reserve_pair(t, fd);
    if (rc != 0)
        return when_full(rc, xsock__probe_pair(af, type, protocol));
    rc = xsock__start();
    if (rc == 0)
        rc = xsock__sock_pair(af, type | forced_flags(t), protocol, held);
    for (int i = 0; i < 2; i++) {
        if (rc != 0)
            xsock__fdtab_cancel(t, fd[i]);
        else
            out[i] = xsock__lookup_publish(t, fd[i], &held[i], type);
    }
    return rc;
}

static bool is_poller(const struct xsock__fd *fd)
{
    return fd->held.sock->poller != NULL;
}

/* It can have no duplicate, and is never NONBLOCK. */
static bool is_single(const struct xsock__fd *fd)
{
    return is_poller(fd) || xsock__sock_is_lookup(fd->held.sock);
}

static int dup_handle(struct xsock__fdtab *t, const struct xsock__fd *from, int flags,
                      struct xsock__held *out)
{
    return xsock__sock_dup(&from->held, (flags | forced_flags(t)) != 0, out);
}

int xsock__dup_in(struct xsock__fdtab *t, const struct xsock__fd *from, int min, int flags)
{
    struct xsock__fd *fd;
    struct xsock__held held;
    if (min < 0 || min >= xsock__fdtab_limit(t) || (flags & ~XSOCK_SOCK_CLOEXEC) != 0
        || is_single(from))
        return -XSOCK_EINVAL;
    int rc = xsock__fdtab_reserve(t, min, &fd);
    if (rc != 0)
        return rc;
    rc = dup_handle(t, from, flags, &held);
    if (rc != 0) {
        xsock__fdtab_cancel(t, fd);
        return rc;
    }
    return xsock__lookup_publish(t, fd, &held, flags);
}

int xsock__call_dup(struct xsock__fdtab *t, int d, int min, int flags)
{
    struct xsock__fd *fd;
    int got = xsock__lookup_fd(t, d, &fd);
    if (got != 0)
        return got;
    int rc = xsock__dup_in(t, fd, min, flags);
    xsock__fdtab_put(t, fd);
    return rc;
}

static int dup_onto(struct xsock__fdtab *t, const struct xsock__fd *from, int to, int flags)
{
    struct xsock__held held;
    if (to < xsock__fdtab_rules(t)->first || to >= xsock__fdtab_limit(t))
        return -XSOCK_EBADF;
    if ((flags & ~XSOCK_SOCK_CLOEXEC) != 0 || is_single(from))
        return -XSOCK_EINVAL;
    if (from->number == to)
        return to;
    int rc = dup_handle(t, from, flags, &held);
    if (rc != 0)
        return rc;
    rc = xsock__fdtab_replace(t, to, &held, flags != 0);
    if (rc < 0)
        xsock__sock_close(&held);
    return rc;
}

int xsock__call_dup2(struct xsock__fdtab *t, int d, int to, int flags)
{
    struct xsock__fd *fd;
    int got = xsock__lookup_fd(t, d, &fd);
    if (got != 0)
        return got;
    int rc = dup_onto(t, fd, to, flags);
    xsock__fdtab_put(t, fd);
    return rc;
}

int xsock__call_close(struct xsock__fdtab *t, int d)
{
    return xsock__fdtab_remove(t, d);
}

/* ---- Flags ----------------------------------------------------------------------------------- */

int xsock__call_get_flags(struct xsock__fdtab *t, int d)
{
    struct xsock__fd *fd;
    int got = xsock__lookup_fd(t, d, &fd);
    if (got != 0)
        return got;
    int flags = xsock__atomic_load(&fd->cloexec) ? XSOCK_SOCK_CLOEXEC : 0;
    if (xsock__atomic_load(&fd->held.sock->nonblock))
        flags |= XSOCK_SOCK_NONBLOCK;
    xsock__fdtab_put(t, fd);
    return flags;
}

/* Calls that wait in any descriptor of the socket look at the flag again. Programs that inherit the
 * handle, or receive it, must not wait either. */
void xsock__set_nonblock_in(struct xsock__fdtab *t, struct xsock__fd *fd, bool on)
{
    struct xsock__sock *s = fd->held.sock;
    if (xsock__atomic_swap(&s->nonblock, on) != 0 || !on)
        return;
    xsock__fdtab_look_again(t, &s->waiters);
    xsock__blocking_undo(fd);
}

static int change_flags(struct xsock__fdtab *t, struct xsock__fd *fd, int flags)
{
    int cloexec = (flags & XSOCK_SOCK_CLOEXEC) != 0;
    if ((flags & ~XSOCK__TYPE_FLAGS) != 0)
        return -XSOCK_EINVAL;
    if (is_single(fd) && (flags & XSOCK_SOCK_NONBLOCK) != 0)
        return -XSOCK_EINVAL;
    bool own = is_poller(fd) || forced_flags(t) != 0;
    int rc = own ? 0 : xsock__finish(xsock__sys_set_cloexec(fd->held.handle, cloexec));
    if (rc != 0)
        return rc;
    xsock__atomic_store(&fd->cloexec, cloexec);
    xsock__set_nonblock_in(t, fd, (flags & XSOCK_SOCK_NONBLOCK) != 0);
    return 0;
}

int xsock__call_set_flags(struct xsock__fdtab *t, int d, int flags)
{
    struct xsock__fd *fd;
    int got = xsock__lookup_fd(t, d, &fd);
    if (got != 0)
        return got;
    int rc = change_flags(t, fd, flags);
    xsock__fdtab_put(t, fd);
    return rc;
}

/* ---- Handles of the system ------------------------------------------------------------------- */

int xsock__call_native(struct xsock__fdtab *t, int d, uintptr_t *out)
{
    struct xsock__fd *fd;
    int got = xsock__lookup_fd(t, d, &fd);
    if (got != 0)
        return got;
    if (out != NULL)
        *out = fd->held.handle;
    /* The program may set a linger time by the handle, and closing must not wait for that. */
    if (out != NULL && !xsock__sock_is(fd->held.sock, XSOCK__SOCK_LINGERS))
        xsock__sock_becomes(fd->held.sock, XSOCK__SOCK_LINGERS, 0);
    xsock__fdtab_put(t, fd);
    return out != NULL ? 0 : -XSOCK_EFAULT;
}

int xsock__call_adopt(struct xsock__fdtab *t, uintptr_t handle, int flags)
{
    struct xsock__fd *fd;
    if ((flags & ~XSOCK__TYPE_FLAGS) != 0)
        return -XSOCK_EINVAL;
    int rc = xsock__fdtab_reserve_handle(t, handle, &fd);
    if (rc == 0)
        rc = xsock__lookup_ensure_memory(t, fd);
    if (rc == -XSOCK_EMFILE || rc == -XSOCK_ENOMEM) {
        int wrong = xsock__probe_handle(handle); /* an error of the handle comes first */
        return wrong != 0 ? wrong : rc;
    }
    if (rc != 0)
        return rc;
    rc = xsock__start();
    if (rc == 0)
        rc = xsock__sock_adopt(handle, flags | forced_flags(t), fd->memory);
    if (rc != 0) {
        xsock__fdtab_cancel(t, fd);
        return rc;
    }
    fd->held.sock = fd->memory;
    xsock__atomic_set(&fd->cloexec, (flags & XSOCK_SOCK_CLOEXEC) != 0);
    return xsock__fdtab_publish(t, fd);
}

int xsock__call_release(struct xsock__fdtab *t, int d, uintptr_t *out)
{
    struct xsock__held held;
    struct xsock__fd *fd;
    int got = xsock__lookup_socket(t, d, &fd);
    if (got != 0)
        return got;
    int rc = out == NULL ? -XSOCK_EFAULT : xsock__fdtab_take(t, fd, &held);
    if (rc != 0) {
        xsock__fdtab_put(t, fd);
        return rc;
    }
    *out = held.handle;
    xsock__sock_release(&held);
    return 0;
}
