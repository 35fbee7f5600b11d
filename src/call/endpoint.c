/* bind, listen, accept, shutdown and who the peer is, for any table. */
#include "call/call.h"

#include "addr/addr.h"
#include "facts/translate.h"
#include "socket/endpoint.h"
#include "socket/option.h"
#include "socket/sock.h"
#include "sys.h"
#include "table/find.h"
#include "wait/poller.h"
#include "wait/wait.h"
#include "xsock.h"

/* ---- bind, listen ---------------------------------------------------------------------------- */

int xsock__bind_in(struct xsock__fd *fd, const struct xsock_addr *a)
{
    struct xsock__sock *s = fd->held.sock;
    struct xsock__sys_addr native;
    int rc = xsock__native_addr_for(s, a, &native);
    if (rc != 0)
        return rc;
    if (s->emulated || xsock__sock_is(s, XSOCK__SOCK_LISTENING))
        return -XSOCK_EINVAL;
    /* Linux checks the path before the socket, and would give EADDRINUSE for the socket's own name.
     */
    if (s->af == XSOCK_AF_LOCAL && xsock__sock_is(s, XSOCK__SOCK_BOUND))
        return -XSOCK_EINVAL;
    return xsock__endpoint_bind(&fd->held, &native);
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

/* Winsock does not listen without an address. An adopted socket may have one that xsock does not
 * know of. Then bind gives EINVAL, which does no harm. */
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
    return rc != 0 ? rc : xsock__endpoint_listen(&fd->held, backlog);
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

/* ---- accept ---------------------------------------------------------------------------------- */

/* One accept, with all its tries. */
struct acceptance {
    struct xsock__fdtab *t;
    int flags;
    struct xsock__sys_triple triple;
    bool cloexec;
    int error;            /* the error of the call, if it is not a code of the system */
    struct xsock__fd *fd; /* of the connection */
    struct xsock__held held;
    struct xsock__sys_addr *peer; /* NULL: not wanted */
};

/* Gets a number and memory for a connection before the connection is taken. So no connection is
 * lost if one of them is missing. */
static int make_room(const struct xsock__sock *listener, struct acceptance *a)
{
    int rc = xsock__lookup_reserve_socket(a->t, &a->fd);
    if (rc != 0)
        return rc;
    xsock__sock_to_accept(listener, a->flags, a->fd->memory);
    a->held.sock = a->fd->memory;
    return 0;
}

static bool means_no_room(int error)
{
    return error == -XSOCK_EMFILE || error == -XSOCK_ENFILE || error == -XSOCK_ENOBUFS
           || error == -XSOCK_ENOMEM;
}

/* Asks the system if xsock does not know: the listener may be an adopted one. */
static int ask_whether_listening(const struct xsock__fd *fd, bool *out)
{
    int64_t value;
    *out = xsock__sock_is(fd->held.sock, XSOCK__SOCK_LISTENING);
    if (*out)
        return 0;
    int rc = xsock__option_get(&fd->held, XSOCK_SO_ACCEPTCONN, XSOCK_OPT_FLAG, &value);
    *out = rc == 0 && value != 0;
    return rc;
}

/* The result of a try that got no number, handle or memory. As long as no connection is pending,
 * that is -XSOCK_EAGAIN. Linux itself looks for a free descriptor before it looks for a connection.
 */
static int judge_no_room(const struct xsock__fd *fd, int error)
{
    bool listening;
    int revents;
    if (ask_whether_listening(fd, &listening) != 0)
        return error;
    if (!listening)
        return -XSOCK_EINVAL;
    bool told = xsock__ready_now(fd, XSOCK_POLLIN, &revents) == 0;
    return told && (revents & XSOCK_POLLIN) == 0 ? -XSOCK_EAGAIN : error;
}

/* The connection is gone, or its network is: the next one is taken. Linux passes on what has
 * happened to a connection that was in the queue. */
static bool is_lost_connection(int error)
{
    switch (-error) {
    case XSOCK_ECONNABORTED:
    case XSOCK_ECONNRESET:
    case XSOCK_EPROTO:
    case XSOCK_ENETUNREACH:
    case XSOCK_ENETRESET:
    case XSOCK_EHOSTDOWN:
    case XSOCK_EHOSTUNREACH:
        return true;
    default:
        return false;
    }
}

/* After this number of lost connections the call waits before its next try. Strangers may send
 * resets as fast as the call takes them, or the system may repeat itself. */
enum { LOST_MAX = 1000 };

/* The number is held for the time of the try only. A call that waits holds none. */
static int try_accept(struct xsock__fd *fd, void *call)
{
    struct acceptance *a = call;
    int code = 0;
    const int state = xsock__atomic_load(&fd->held.sock->state);
    const bool listens = (state & XSOCK__SOCK_LISTENING) != 0;
    if ((state & XSOCK__SOCK_SHUT_RD) != 0) {
        a->error = -XSOCK_EINVAL;
        return 0;
    }
    int error = a->error = make_room(fd->held.sock, a);
    if (error == 0) {
        int lost = 0;
        do {
            code = xsock__sys_accept(fd->held.handle, &a->triple, listens, a->cloexec,
                                     &a->held.handle, a->peer);
            if (code == 0)
                return 0;
            error = xsock__error_from_native(code);
            lost += is_lost_connection(error);
        } while ((is_lost_connection(error) && lost < LOST_MAX) || xsock__fdtab_makes_room(error));
        xsock__fdtab_cancel(a->t, a->fd);
        if (lost == LOST_MAX)
            return XSOCK__TRY_LATER;
    }
    if (!means_no_room(error))
        return code;
    int verdict = judge_no_room(fd, error);
    if (verdict == -XSOCK_EAGAIN)
        return XSOCK__TRY_LATER;
    if (verdict == error)
        return code;
    a->error = verdict;
    return 0;
}

static int accept_on(struct xsock__fd *fd, struct acceptance *a, struct xsock_addr *out_peer)
{
    struct xsock__sock *s = fd->held.sock;
    bool private = xsock__fdtab_rules(a->t)->private_handles;
    a->cloexec = private || (a->flags & XSOCK_SOCK_CLOEXEC) != 0;
    int protocol = s->protocol;
    const struct xsock__sys_triple *usual = xsock__triple_usual(s->af, s->type, &protocol);
    if (usual != NULL)
        a->triple = *usual;
    else if (!xsock__triple_to_native(s->af, s->type, s->protocol, &a->triple))
        return -XSOCK_EINVAL;
    int64_t timeout =
        xsock__atomic_load(&s->nonblock) ? 0 : xsock__atomic_load_i64(&s->accept_timeout);
    struct xsock__limit limit = xsock__limit_make(timeout, &s->recv_deadline);
    bool listens = xsock__sock_is(s, XSOCK__SOCK_LISTENING); /* else the first try tells at once */
    int code = listens ? XSOCK__TRY_SKIPPED : try_accept(fd, a);
    int rc = xsock__until_done_after(a->t, fd, try_accept, a, XSOCK_POLLIN, &limit, code);
    if (rc == 0)
        rc = a->error;
    if (rc != 0)
        return rc;
    if (out_peer != NULL && xsock__addr_or_none(s, a->peer, out_peer) != 0)
        *out_peer = (struct xsock_addr){.family = XSOCK_AF_UNSPEC};
    return xsock__lookup_publish(a->t, a->fd, &a->held, a->flags);
}

static int check_accept(const struct xsock__sock *s, int flags)
{
    if ((flags & ~XSOCK__TYPE_FLAGS) != 0)
        return -XSOCK_EINVAL;
    if (!xsock__sock_is_stream(s))
        return -XSOCK_EOPNOTSUPP;
    return s->emulated ? -XSOCK_EINVAL : xsock__limit_passed(&s->recv_deadline);
}

int xsock__call_accept(struct xsock__fdtab *t, int d, int flags, struct xsock_addr *out_peer)
{
    struct xsock__fd *fd;
    struct xsock__sys_addr peer; /* large: only what accept stores is read */
    struct acceptance a = {.t = t, .flags = flags, .peer = out_peer != NULL ? &peer : NULL};
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = check_accept(fd->held.sock, flags);
    if (rc == 0)
        rc = accept_on(fd, &a, out_peer);
    xsock__fdtab_put(t, fd);
    return rc;
}

/* ---- shutdown -------------------------------------------------------------------------------- */

static int ask_peer(const struct xsock__fd *fd)
{
    struct xsock__sys_addr peer;
    int rc = xsock__finish(xsock__sys_peer_addr(fd->held.handle, &peer));
    return rc == -XSOCK_EINVAL ? -XSOCK_ENOTCONN : rc;
}

/* Linux shuts down a listener, or a LOCAL socket without a peer, and reports success. An adopted
 * socket may have a peer that xsock does not know of. */
static int check_has_peer(const struct xsock__fd *fd)
{
    return xsock__sock_is(fd->held.sock, XSOCK__SOCK_CONNECTED) ? 0 : ask_peer(fd);
}

/* Without the system, the state of the socket ends receiving, as soon as nothing is there. The
 * system still knows whether the connection is there. */
static int tell_system(const struct xsock__fd *fd, bool receive, bool send)
{
    receive = receive && !xsock__sys_facts.shutdown_discards;
    if (!receive && !send)
        return ask_peer(fd);
    return xsock__finish(xsock__sys_shutdown(fd->held.handle, receive, send));
}

/* Linux stops listening. Other systems refuse to shut a listener down, and go on taking connections
 * into the queue; accept takes none of them. */
static int shut_down_listener(struct xsock__fd *fd, int how)
{
    if ((how & XSOCK_SHUT_RD) == 0)
        return 0;
    (void)tell_system(fd, true, false);
    xsock__sock_becomes(fd->held.sock, XSOCK__SOCK_SHUT_RD, 0);
    return 0;
}

static int shut_down(struct xsock__fd *fd, int how)
{
    if (how < XSOCK_SHUT_RD || how > XSOCK_SHUT_RDWR)
        return -XSOCK_EINVAL;
    if (xsock__sock_is(fd->held.sock, XSOCK__SOCK_LISTENING))
        return shut_down_listener(fd, how);
    int rc = check_has_peer(fd);
    if (rc != 0)
        return rc;
    bool receive = (how & XSOCK_SHUT_RD) != 0, send = (how & XSOCK_SHUT_WR) != 0;
    rc = tell_system(fd, receive, send);
    if (rc == 0)
        xsock__sock_becomes(fd->held.sock,
                            (receive ? XSOCK__SOCK_SHUT_RD : 0) | (send ? XSOCK__SOCK_SHUT_WR : 0),
                            0);
    return rc;
}

int xsock__call_shutdown(struct xsock__fdtab *t, int d, int how)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = shut_down(fd, how);
    if (rc == 0) {
        xsock__fdtab_look_again(t, &fd->held.sock->waiters);
        xsock__poller_state_changed(t, fd);
        if (xsock__sys_facts.edges_need_use)
            xsock__poller_used(t, fd, XSOCK_POLLHUP);
    }
    xsock__fdtab_put(t, fd);
    return rc;
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
    else
        rc = check_has_peer(fd);
    if (rc == 0)
        rc = xsock__finish(xsock__sys_peer_cred(fd->held.handle, out));
    xsock__fdtab_put(t, fd);
    return rc;
}
