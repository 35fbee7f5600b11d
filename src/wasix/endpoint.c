/* sock_bind, sock_listen, sock_accept, sock_accept_v2, sock_connect, sock_shutdown,
 * sock_addr_local, sock_addr_peer, sock_status. */
#include "call/call.h"
#include "facts/translate.h"
#include "socket/sock.h"
#include "wait/wait.h"
#include "wasix/guest.h"

/* The only flag of WASIX's fdflags that a socket can have. */
enum { FD_NONBLOCK = 4 };

static int get_socket(const struct xsock__wasix_call *c, struct xsock__fd **out)
{
    return xsock__lookup_socket(c->guest->table, xsock__wasix_fd(c, 0), out);
}

static int put(const struct xsock__wasix_call *c, struct xsock__fd *fd, int rc)
{
    xsock__fdtab_put(c->guest->table, fd);
    return rc;
}

/* ---- bind, connect, listen ------------------------------------------------------------------- */

/* Reads the address in argument 1. Fails if the address is not of the socket's family. */
static int get_addr_for(const struct xsock__wasix_call *c, const struct xsock__fd *fd,
                        struct xsock_addr *out)
{
    int rc = xsock__wasix_get_addr(c, xsock__wasix_ptr(c, 1), out);
    return rc == 0 && out->family != fd->held.sock->af ? -XSOCK_EAFNOSUPPORT : rc;
}

int xsock__wasix_sock_bind(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    struct xsock_addr a;
    int rc = get_socket(c, &fd);
    if (rc != 0)
        return rc;
    rc = get_addr_for(c, fd, &a);
    if (rc == 0)
        rc = xsock__wasix_ask_in(c, XSOCK_WASIX_BIND, fd, &a);
    return put(c, fd, rc != 0 ? rc : xsock__bind_in(fd, &a));
}

/* An address of UNSPEC removes the peer of a datagram socket. The policy is not asked about
 * that. */
static int may_connect(const struct xsock__wasix_call *c, const struct xsock__fd *fd,
                       struct xsock_addr *a)
{
    const struct xsock__sock *s = fd->held.sock;
    if (a->family == XSOCK_AF_UNSPEC && !xsock__sock_is_stream(s))
        return 0;
    if (a->family != s->af)
        return -XSOCK_EAFNOSUPPORT;
    return xsock__wasix_ask_in(c, XSOCK_WASIX_CONNECT, fd, a);
}

int xsock__wasix_sock_connect(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    struct xsock_addr a;
    int rc = get_socket(c, &fd);
    if (rc != 0)
        return rc;
    rc = xsock__wasix_get_addr(c, xsock__wasix_ptr(c, 1), &a);
    if (rc == 0)
        rc = may_connect(c, fd, &a);
    return put(c, fd, rc != 0 ? rc : xsock__connect_in(c->guest->table, fd, &a));
}

static bool has_address(const struct xsock__fd *fd, struct xsock_addr *out)
{
    return xsock__local_addr_in(fd, out) == 0 && out->port != 0;
}

/* The socket has an address that no call here gave it: the socket came from outside, or a
 * connect has failed. The address cannot be changed any more. The policy may refuse the address;
 * if the policy asks for another address, the call fails with EINVAL. */
static int ask_current_address(const struct xsock__wasix_call *c, const struct xsock__fd *fd,
                               const struct xsock_addr *where)
{
    struct xsock_addr a = *where;
    int rc = xsock__wasix_ask_in(c, XSOCK_WASIX_BIND, fd, &a);
    return rc == 0 && !xsock_addr_equal(&a, where) ? -XSOCK_EINVAL : rc;
}

/* A socket that listens without an address is bound to any address. The policy is asked first.
 * The bind is done here, because the policy may choose another address. */
static int bind_anywhere(const struct xsock__wasix_call *c, struct xsock__fd *fd)
{
    const struct xsock__sock *s = fd->held.sock;
    const int done = XSOCK__SOCK_BOUND | XSOCK__SOCK_CONNECTED | XSOCK__SOCK_CONNECTING;
    struct xsock_addr now, any = {.family = s->af, .length = s->af == XSOCK_AF_INET ? 4 : 16};
    if (s->af == XSOCK_AF_LOCAL || !xsock__sock_is_stream(s) || xsock__sock_is(s, done))
        return 0;
    if (has_address(fd, &now))
        return ask_current_address(c, fd, &now);
    int rc = xsock__wasix_ask_in(c, XSOCK_WASIX_BIND, fd, &any);
    if (rc == 0)
        rc = xsock__bind_in(fd, &any);
    /* EINVAL with an address: another thread has just bound the socket. */
    return rc == -XSOCK_EINVAL && has_address(fd, &now) ? 0 : rc;
}

int xsock__wasix_sock_listen(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    uint64_t backlog = xsock__wasix_ptr(c, 1);
    int rc = get_socket(c, &fd);
    if (rc != 0)
        return rc;
    rc = bind_anywhere(c, fd);
    return put(c, fd,
               rc != 0 ? rc : xsock__listen_in(fd, backlog < INT32_MAX ? (int)backlog : INT32_MAX));
}

/* ---- accept ---------------------------------------------------------------------------------- */

/* Checks that the descriptor is a socket before any pointer is checked. Another thread may
 * replace the descriptor after this check; the call itself then judges the new one. */
static int check_socket(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    int rc = get_socket(c, &fd);
    return rc != 0 ? rc : put(c, fd, 0);
}

static int accept_one(const struct xsock__wasix_call *c, unsigned char *out_fd,
                      struct xsock_addr *out_peer)
{
    uint32_t flags = xsock__wasix_u32(c, 1);
    if ((flags & ~(uint32_t)FD_NONBLOCK) != 0)
        return -XSOCK_EINVAL;
    int nonblock = flags != 0 ? XSOCK_SOCK_NONBLOCK : 0;
    struct xsock__fd *fd;
    int d = get_socket(c, &fd);
    if (d < 0)
        return d;
    d = xsock__call_accept(c->guest->table, fd->number, nonblock, out_peer);
    if (d >= 0)
        xsock__wasix_count_inherited(c->guest, fd->held.sock, d);
    xsock__fdtab_put(c->guest->table, fd);
    if (d < 0)
        return d;
    xsock__wasix_put32(out_fd, (uint32_t)d);
    return 0;
}

int xsock__wasix_sock_accept(const struct xsock__wasix_call *c)
{
    int rc = check_socket(c);
    if (rc != 0)
        return rc;
    unsigned char *out_fd = xsock__wasix_at(c, xsock__wasix_ptr(c, 2), 4);
    return out_fd == NULL ? -XSOCK_EMEMVIOLATION : accept_one(c, out_fd, NULL);
}

int xsock__wasix_sock_accept_v2(const struct xsock__wasix_call *c)
{
    struct xsock_addr peer;
    int rc = check_socket(c);
    if (rc != 0)
        return rc;
    unsigned char *out_fd = xsock__wasix_at(c, xsock__wasix_ptr(c, 2), 4);
    unsigned char *out_peer = xsock__wasix_addr_at(c, xsock__wasix_ptr(c, 3));
    if (out_fd == NULL || out_peer == NULL)
        return -XSOCK_EMEMVIOLATION;
    rc = accept_one(c, out_fd, &peer);
    if (rc == 0)
        xsock__wasix_put_addr(c, out_peer, &peer);
    return rc;
}

/* ---- shutdown, addresses --------------------------------------------------------------------- */

int xsock__wasix_sock_shutdown(const struct xsock__wasix_call *c)
{
    uint32_t how = xsock__wasix_u32(c, 1);
    if (how > XSOCK_SHUT_RDWR)
        how = 0; /* 0 is invalid too, and fits an int */
    return xsock__call_shutdown(c->guest->table, xsock__wasix_fd(c, 0), (int)how);
}

typedef int addr_fn(struct xsock__fdtab *t, int d, struct xsock_addr *out);

static int get_addr_by(const struct xsock__wasix_call *c, addr_fn *fn)
{
    struct xsock_addr a;
    int rc = check_socket(c);
    if (rc != 0)
        return rc;
    unsigned char *out = xsock__wasix_addr_at(c, xsock__wasix_ptr(c, 1));
    if (out == NULL)
        return -XSOCK_EMEMVIOLATION;
    rc = fn(c->guest->table, xsock__wasix_fd(c, 0), &a);
    if (rc == 0)
        xsock__wasix_put_addr(c, out, &a);
    return rc;
}

int xsock__wasix_sock_addr_local(const struct xsock__wasix_call *c)
{
    return get_addr_by(c, xsock__call_local_addr);
}

int xsock__wasix_sock_addr_peer(const struct xsock__wasix_call *c)
{
    return get_addr_by(c, xsock__call_peer_addr);
}

/* ---- status ---------------------------------------------------------------------------------- */

enum { OPENING, OPENED, CLOSED, FAILED };

/* A stream that is readable but has nothing to read has ended. A peek is not used here, because
 * a peek could take away the error that a reset leaves. */
static bool has_ended(const struct xsock__fd *fd, int revents)
{
    size_t n = 0;
    return (revents & XSOCK_POLLIN) != 0 && fd->held.sock->type == XSOCK_SOCK_STREAM
           && xsock__sys_available(fd->held.handle, &n) == 0 && n == 0;
}

static int connection_status(const struct xsock__fd *fd, int *out)
{
    const struct xsock__sock *s = fd->held.sock;
    int revents;
    int rc = xsock__finish(xsock__ready_now(fd, XSOCK_POLLIN | XSOCK_POLLOUT, &revents));
    if (rc != 0)
        return rc;
    if (xsock__sock_is(s, XSOCK__SOCK_CONNECTING)) {
        bool failed = (revents & (XSOCK_POLLERR | XSOCK_POLLHUP)) != 0;
        *out = failed ? FAILED : (revents & XSOCK_POLLOUT) != 0 ? OPENED : OPENING;
    } else if ((revents & XSOCK_POLLERR) != 0) {
        *out = FAILED;
    } else {
        *out = (revents & XSOCK_POLLHUP) != 0 || has_ended(fd, revents) ? CLOSED : OPENED;
    }
    return 0;
}

/* The states of a socket:
 *
 * opening   A stream that has no peer and does not listen, bound or not. A stream whose connect
 *           has failed and has reported the error is in this state too, because connect can be
 *           called again.
 * opened    A stream that has a peer or listens, and every other socket.
 * closed    A stream that was connected, and was then shut down in both directions, or whose
 *           peer has ended the stream and whose data has all been received.
 * failed    A stream whose connect has failed in the background, if connect has not been called
 *           again. A stream whose connection broke, until the error is reported. */
static int status(const struct xsock__fd *fd, int *out)
{
    const struct xsock__sock *s = fd->held.sock;
    *out = OPENED;
    if (!xsock__sock_is_stream(s) || xsock__sock_is(s, XSOCK__SOCK_LISTENING))
        return 0;
    if (xsock__sock_is(s, XSOCK__SOCK_CONNECTED | XSOCK__SOCK_CONNECTING))
        return connection_status(fd, out);
    *out = xsock__sock_is(s, XSOCK__SOCK_ERROR_READ) ? FAILED : OPENING;
    return 0;
}

int xsock__wasix_sock_status(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    int got = 0;
    int rc = get_socket(c, &fd);
    if (rc != 0)
        return rc;
    unsigned char *out = xsock__wasix_at(c, xsock__wasix_ptr(c, 1), 1);
    rc = out == NULL ? -XSOCK_EMEMVIOLATION : status(fd, &got);
    if (rc == 0)
        *out = (unsigned char)got;
    return put(c, fd, rc);
}
