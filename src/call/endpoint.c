/* bind, listen, accept, shutdown, and whose address is whose, for any table. */
#include "call/call.h"

#include <string.h>

#include "addr/addr.h"
#include "facts/translate.h"
#include "socket/sock.h"
#include "sys.h"
#include "wait/poller.h"
#include "wait/wait.h"
#include "xsock.h"

int xsock__native_addr_for(const struct xsock__sock *s, const struct xsock_addr *a,
                           struct xsock__sys_addr *out)
{
    if (a == NULL)
        return -XSOCK_EFAULT;
    if (a->family != s->af)
        return -XSOCK_EAFNOSUPPORT;
    return xsock__addr_to_native(a, out);
}

/* ---- bind, listen -------------------------------------------------------------------------------- */

int xsock__bind_in(struct xsock__fd *fd, const struct xsock_addr *a)
{
    struct xsock__sock *s = fd->held.sock;
    struct xsock__sys_addr native;
    int rc = xsock__native_addr_for(s, a, &native);
    if (rc != 0)
        return rc;
    if (s->emulated || xsock__sock_is(s, XSOCK__SOCK_LISTENING))
        return -XSOCK_EINVAL;
    /* Linux looks at a path before it looks at the socket: EADDRINUSE, for its own name. */
    if (s->af == XSOCK_AF_LOCAL && xsock__sock_is(s, XSOCK__SOCK_BOUND))
        return -XSOCK_EINVAL;
    bool exclusive = xsock__addr_is_internet(s->af) && s->type == XSOCK_SOCK_STREAM
                     && !xsock__sock_is(s, XSOCK__SOCK_REUSE);
    rc = xsock__finish(xsock__sys_bind(fd->held.handle, &native, exclusive));
    if (rc == 0)
        xsock__sock_becomes(s, XSOCK__SOCK_BOUND, 0);
    return rc == -XSOCK_EPERM ? -XSOCK_EACCES : rc;
}

int xsock__call_bind(struct xsock__fdtab *t, int d, const struct xsock_addr *a)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = xsock__bind_in(fd, a);
    xsock__fdtab_put(t, fd);
    return rc;
}

/* Winsock refuses to listen without an address. One that has an address already (from outside: we may not
 * know) says EINVAL, and that is fine. */
static int bind_anywhere(struct xsock__fd *fd)
{
    struct xsock_addr any = {.family = fd->held.sock->af};
    any.length = any.family == XSOCK_AF_INET ? 4 : 16;
    int rc = xsock__bind_in(fd, &any);
    return rc == -XSOCK_EINVAL ? 0 : rc;
}

int xsock__listen_in(struct xsock__fd *fd, int backlog)
{
    struct xsock__sock *s = fd->held.sock;
    int rc = 0;
    if (!xsock__sock_is_stream(s))
        return -XSOCK_EOPNOTSUPP;
    if (xsock__sock_is(s, XSOCK__SOCK_CONNECTED | XSOCK__SOCK_CONNECTING))
        return -XSOCK_EINVAL;
    if (xsock__addr_is_internet(s->af) && !xsock__sock_is(s, XSOCK__SOCK_BOUND))
        rc = bind_anywhere(fd);
    if (rc == 0)
        rc = xsock__finish(xsock__sys_listen(fd->held.handle, backlog < 0 ? 0 : backlog));
    if (rc == 0)
        xsock__sock_becomes(s, XSOCK__SOCK_LISTENING | XSOCK__SOCK_BOUND, 0);
    return rc == -XSOCK_EDESTADDRREQ ? -XSOCK_EINVAL
                                     : rc; /* LOCAL without a name, as macOS has it */
}

int xsock__call_listen(struct xsock__fdtab *t, int d, int backlog)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = xsock__listen_in(fd, backlog);
    xsock__fdtab_put(t, fd);
    return rc;
}

/* ---- accept -------------------------------------------------------------------------------------- */

struct acceptance {
    struct xsock__sys_triple triple;
    bool cloexec;
    uintptr_t handle;
    struct xsock__sys_addr peer;
};

static int try_accept(struct xsock__fd *fd, void *call)
{
    struct acceptance *a = call;
    return xsock__sys_accept(fd->held.handle, &a->triple, a->cloexec, &a->handle, &a->peer);
}

/* A peer without a name has one of its family, unnamed. */
int xsock__addr_or_none(const struct xsock__sock *s, const struct xsock__sys_addr *native,
                        struct xsock_addr *out)
{
    struct xsock_addr a;
    memset(&a, 0, sizeof a);
    if (native->length != 0 && !s->emulated) {
        int rc = xsock__addr_from_native(native, &a);
        if (rc != 0)
            return rc;
    }
    if (a.family == XSOCK_AF_UNSPEC) {
        a.family = s->af;
        a.length = s->af == XSOCK_AF_INET || s->af == XSOCK_AF_VSOCK ? 4
                   : s->af == XSOCK_AF_INET6                         ? 16
                                                                     : 0;
    }
    *out = a;
    return 0;
}

static int accept_on(struct xsock__fdtab *t, struct xsock__fd *fd, int flags,
                     struct xsock__sock *memory, struct xsock__held *out,
                     struct xsock_addr *out_peer)
{
    struct xsock__sock *s = fd->held.sock;
    bool private = xsock__fdtab_rules(t)->private_handles;
    struct acceptance a = {.cloexec = private || (flags & XSOCK_SOCK_CLOEXEC) != 0};
    if (!xsock__triple_to_native(s->af, s->type, s->protocol, &a.triple))
        return -XSOCK_EINVAL;
    xsock__sock_to_accept(s, flags, memory);
    int64_t timeout =
        xsock__atomic_load(&s->nonblock) ? 0 : xsock__atomic_load_i64(&s->accept_timeout);
    int rc = xsock__until_done(t, fd, try_accept, &a, XSOCK_POLLIN, timeout);
    if (rc != 0)
        return rc;
    *out = (struct xsock__held){a.handle, memory};
    if (out_peer != NULL && xsock__addr_or_none(s, &a.peer, out_peer) != 0)
        *out_peer = (struct xsock_addr){.family = XSOCK_AF_UNSPEC};
    return 0;
}

static int check_accept(const struct xsock__sock *s, int flags)
{
    if ((flags & ~XSOCK__TYPE_FLAGS) != 0)
        return -XSOCK_EINVAL;
    return xsock__sock_is_stream(s) ? 0 : -XSOCK_EOPNOTSUPP;
}

int xsock__call_accept(struct xsock__fdtab *t, int d, int flags, struct xsock_addr *out_peer)
{
    struct xsock__fd *fd, *new;
    struct xsock__held held;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = check_accept(fd->held.sock, flags); /* said also when the table is full */
    if (rc == 0)
        rc = xsock__lookup_reserve_socket(t, &new);
    if (rc == 0) {
        rc = accept_on(t, fd, flags, new->memory, &held, out_peer);
        if (rc != 0)
            xsock__fdtab_cancel(t, new);
        else
            rc = xsock__lookup_publish(t, new, &held, flags);
    }
    xsock__fdtab_put(t, fd);
    return rc;
}

/* ---- shutdown, addresses ------------------------------------------------------------------------- */

/* Linux shuts a listener down, or a LOCAL socket that has no peer, and says that all is well. A socket from
 * outside may have got its peer there. */
static int check_has_peer(const struct xsock__fd *fd)
{
    struct xsock__sys_addr peer;
    if (xsock__sock_is(fd->held.sock, XSOCK__SOCK_CONNECTED))
        return 0;
    int rc = xsock__finish(xsock__sys_peer_addr(fd->held.handle, &peer));
    return rc == -XSOCK_EINVAL ? -XSOCK_ENOTCONN : rc;
}

static int shut_down(struct xsock__fd *fd, int how)
{
    if (how < XSOCK_SHUT_RD || how > XSOCK_SHUT_RDWR)
        return -XSOCK_EINVAL;
    int rc = check_has_peer(fd);
    if (rc != 0)
        return rc;
    bool receive = (how & XSOCK_SHUT_RD) != 0, send = (how & XSOCK_SHUT_WR) != 0;
    rc = xsock__finish(xsock__sys_shutdown(fd->held.handle, receive, send));
    if (rc == 0 && receive)
        xsock__sock_becomes(fd->held.sock, XSOCK__SOCK_SHUT_RD, 0);
    return rc;
}

int xsock__call_shutdown(struct xsock__fdtab *t, int d, int how)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = shut_down(fd, how);
    if (rc == 0 && xsock__sys_facts.edges_need_use)
        xsock__poller_used(t, fd, XSOCK_POLLHUP);
    xsock__fdtab_put(t, fd);
    return rc;
}

typedef int addr_fn(uintptr_t h, struct xsock__sys_addr *out);

static int ask_addr_in(const struct xsock__fd *fd, addr_fn *fn, struct xsock_addr *out)
{
    struct xsock__sys_addr native;
    int rc = xsock__finish(fn(fd->held.handle, &native));
    return rc == 0 ? xsock__addr_or_none(fd->held.sock, &native, out) : rc;
}

int xsock__local_addr_in(const struct xsock__fd *fd, struct xsock_addr *out)
{
    return ask_addr_in(fd, xsock__sys_local_addr, out);
}

int xsock__peer_addr_in(const struct xsock__fd *fd, struct xsock_addr *out)
{
    return ask_addr_in(fd, xsock__sys_peer_addr, out);
}

static int ask_addr(struct xsock__fdtab *t, int d, addr_fn *fn, struct xsock_addr *out)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = out == NULL ? -XSOCK_EFAULT : ask_addr_in(fd, fn, out);
    xsock__fdtab_put(t, fd);
    return rc;
}

int xsock__call_local_addr(struct xsock__fdtab *t, int d, struct xsock_addr *out)
{
    return ask_addr(t, d, xsock__sys_local_addr, out);
}

int xsock__call_peer_addr(struct xsock__fdtab *t, int d, struct xsock_addr *out)
{
    return ask_addr(t, d, xsock__sys_peer_addr, out);
}

int xsock__call_peer_cred(struct xsock__fdtab *t, int d, struct xsock_cred *out)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    if (out == NULL)
        rc = -XSOCK_EFAULT;
    else if (fd->held.sock->af != XSOCK_AF_LOCAL || fd->held.sock->emulated)
        rc = -XSOCK_EOPNOTSUPP;
    else if (!xsock__sock_is(fd->held.sock, XSOCK__SOCK_CONNECTED))
        rc = -XSOCK_ENOTCONN;
    else
        rc = xsock__finish(xsock__sys_peer_cred(fd->held.handle, out));
    xsock__fdtab_put(t, fd);
    return rc;
}
