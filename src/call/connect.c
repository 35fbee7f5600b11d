/* connect, and how it ends, for any table. */
#include "call/call.h"

#include <string.h>

#include "addr/addr.h"
#include "facts/translate.h"
#include "socket/endpoint.h"
#include "socket/kept_error.h"
#include "socket/option.h"
#include "socket/sock.h"
#include "sys.h"
#include "wait/poller.h"
#include "wait/wait.h"
#include "xsock.h"

/* Connecting binds a socket to an address. LOCAL sockets stay unbound, and can still be bound. */
static int connected(const struct xsock__sock *s)
{
    return XSOCK__SOCK_CONNECTED | (s->af == XSOCK_AF_LOCAL ? 0 : XSOCK__SOCK_BOUND);
}

static bool is_in_progress(int error)
{
    return error == -XSOCK_EINPROGRESS || error == -XSOCK_EALREADY;
}

/* Whether readiness alone tells that the connect has succeeded. */
static bool is_surely_connected(const struct xsock__sock *s, int revents)
{
    return xsock__sys_facts.out_is_connected && s->protocol == XSOCK_IPPROTO_TCP
           && xsock__addr_is_internet(s->af) && revents == XSOCK_POLLOUT;
}

/* Asks whether the connect has ended. *out_end is 0, -XSOCK_ENOTCONN or its error. Returns
 * -XSOCK_EALREADY if it has not ended, or another error if the system did not tell. `revents` is
 * what a wait has told just now, or 0. */
static int ask_outcome(struct xsock__fd *fd, int revents, int *out_end)
{
    int code;
    /* the system may refuse the question, which tells nothing about the socket */
    bool asked = revents != 0 || xsock__ready_now(fd, XSOCK_POLLOUT, &revents) == 0;
    if (asked && revents == 0)
        return -XSOCK_EALREADY;
    if (asked && is_surely_connected(fd->held.sock, revents)) {
        *out_end = 0;
        return 0;
    }
    int failure;
    bool lost;
    code = xsock__endpoint_connect_end(fd->held.handle, &failure, &lost);
    if (code != 0)
        return xsock__finish(code);
    if (lost && !asked)
        return -XSOCK_EALREADY;
    *out_end = lost ? -XSOCK_ENOTCONN : xsock__endpoint_error(xsock__finish(failure));
    return 0;
}

static int settle(struct xsock__fd *fd, int revents)
{
    int end = 0;
    int rc = ask_outcome(fd, revents, &end);
    if (rc != 0) {
        xsock__sock_end_turn(fd->held.sock);
        return rc;
    }
    if (end == -XSOCK_ENOTCONN)
        xsock__sock_connect_lost(fd->held.sock);
    else
        xsock__sock_connect_ended(fd->held.sock, end, end == 0 ? connected(fd->held.sock) : 0);
    return end;
}

/* How a connect that was begun before has ended: 0, its error, or -XSOCK_EALREADY. -XSOCK_ENOTCONN
 * means that it failed and the reason was told already. */
static int outcome(struct xsock__fd *fd, int revents)
{
    struct xsock__sock *s = fd->held.sock;
    xsock__sock_take_turn(s);
    int rc = xsock__sock_connect_result(s);
    if (rc == -XSOCK_EALREADY || rc == -XSOCK_ENOTCONN)
        return settle(fd, revents);
    xsock__sock_end_turn(s); /* another thread was faster */
    return rc != 0 ? -XSOCK_ENOTCONN : 0;
}

static bool may_block(const struct xsock__sock *s)
{
    return !xsock__atomic_load(&s->nonblock);
}

/* The result of a call that may wait no longer for the end of a connect. A connect itself gives
 * another one than other calls. */
static int over(const struct xsock__sock *s, bool is_connect)
{
    if (!is_connect)
        return -XSOCK_EAGAIN;
    return may_block(s) ? -XSOCK_ETIMEDOUT : -XSOCK_EINPROGRESS;
}

/* Some systems are slow to refuse a connect to a port of this machine where nobody listens. A
 * connect that has had no answer for this long asks whether anybody does. */
enum { NO_ANSWER_NS = 50 * 1000 * 1000 };

/* The limit of a connect's first wait: *soon, if there is a question to ask after it. */
static struct xsock__limit *first_limit(const struct xsock__sys_addr *to, struct xsock__limit *l,
                                        struct xsock__limit *soon)
{
    int64_t left;
    if (!xsock__sys_facts.refusals_mislead || to == NULL || xsock__limit_left(l, &left) != 0
        || (left >= 0 && left <= NO_ANSWER_NS))
        return l;
    *soon = xsock__limit_make(NO_ANSWER_NS, l->deadline);
    return soon;
}

/* The system goes on trying, and a later call to connect goes on with that. */
static int judge_silence(struct xsock__fd *fd, const struct xsock__sys_addr *to)
{
    struct xsock__sock *s = fd->held.sock;
    xsock__sock_take_turn(s);
    if (!xsock__sock_is(s, XSOCK__SOCK_CONNECTING)
        || xsock__sys_find_listener(fd->held.handle, to) != XSOCK__SYS_LISTENER_NONE) {
        xsock__sock_end_turn(s);
        return -XSOCK_EALREADY;
    }
    xsock__sock_connect_ended(s, -XSOCK_ECONNREFUSED, 0);
    return -XSOCK_ECONNREFUSED;
}

/* `to` is where a connect goes, and NULL in other calls. */
static int wait_connected(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__limit *l,
                          const struct xsock__sys_addr *to)
{
    struct xsock__limit soon;
    struct xsock__wait w;
    int rc;
    xsock__wait_begin(&w, t, fd, XSOCK_POLLOUT, first_limit(to, l, &soon));
    do {
        rc = xsock__wait_on(&w);
        if (rc == 0) {
            rc = outcome(fd, w.revents);
        } else if (rc == XSOCK__WAIT_OVER && w.limit != l) {
            w.limit = l;
            rc = judge_silence(fd, to);
        } else if (rc == XSOCK__WAIT_OVER) {
            rc = over(fd->held.sock, to != NULL);
        } else {
            break;
        }
    } while (rc == -XSOCK_EALREADY);
    xsock__wait_end(&w);
    return rc == -XSOCK_ENOTCONN ? xsock__sock_connect_result(fd->held.sock) : rc;
}

/* One try. XSOCK__TRY_LATER if the listener's queue is full, and the call may wait. */
static int try_connect(struct xsock__fd *fd, const struct xsock__sys_addr *a)
{
    bool cleared = false;
    for (;;) {
        int code = xsock__sys_connect(fd->held.handle, true, a);
        int error = xsock__error_from_native(code);
        if (error == -XSOCK_EAGAIN && may_block(fd->held.sock))
            return XSOCK__TRY_LATER;
        /* On Linux the first connect after a failed one only clears the failure, and gives this
         * error. */
        bool clears = error == -XSOCK_ECONNABORTED && !cleared;
        if (error != -XSOCK_EINTR && !clears)
            return code;
        cleared = cleared || clears;
    }
}

/* Ends the turn. */
static void note_try(struct xsock__sock *s, int error)
{
    if (is_in_progress(error))
        xsock__sock_becomes(s, XSOCK__SOCK_CONNECTING, XSOCK__SOCK_TURN);
    else if (error != -XSOCK_EAGAIN && error != -XSOCK_EISCONN)
        xsock__sock_connect_ended(s, error, error == 0 ? connected(s) : 0);
    else
        xsock__sock_end_turn(s);
}

static int try_in_turn(struct xsock__fd *fd, const struct xsock__sys_addr *a)
{
    struct xsock__sock *s = fd->held.sock;
    xsock__sock_take_turn(s);
    int code = try_connect(fd, a);
    note_try(s, xsock__try_error(code));
    return code;
}

/* The system does not tell when a LOCAL listener with a full queue has space again. */
static int begin_connect(struct xsock__fdtab *t, struct xsock__fd *fd,
                         const struct xsock__sys_addr *a, struct xsock__limit *l)
{
    struct xsock__wait w;
    int rc = 0, code;
    xsock__wait_begin(&w, t, fd, 0, l);
    do {
        code = try_in_turn(fd, a);
        if (code == XSOCK__TRY_LATER)
            rc = xsock__wait_nap(&w);
    } while (code == XSOCK__TRY_LATER && rc == 0);
    xsock__wait_end(&w);
    if (rc != 0) /* nothing has begun */
        return rc != XSOCK__WAIT_OVER     ? rc
               : may_block(fd->held.sock) ? -XSOCK_ETIMEDOUT
                                          : -XSOCK_EAGAIN;
    return xsock__finish(code);
}

static int connect_once(struct xsock__fdtab *t, struct xsock__fd *fd,
                        const struct xsock__sys_addr *a, struct xsock__limit *l)
{
    int rc = begin_connect(t, fd, a, l);
    return is_in_progress(rc) && may_block(fd->held.sock) ? wait_connected(t, fd, l, a) : rc;
}

/* On some systems a listener of this machine refuses while its backlog is full. Then the call tries
 * for half a second to get in. It may wait no longer than it could for an answer. */
static int connect_patiently(struct xsock__fdtab *t, struct xsock__fd *fd,
                             const struct xsock__sys_addr *a, struct xsock__limit *l)
{
    struct xsock__wait w;
    int64_t left;
    int rc = connect_once(t, fd, a, l), paused;
    if (rc != -XSOCK_ECONNREFUSED || !xsock__endpoint_is_full(fd->held.handle, a)
        || xsock__limit_left(l, &left) != 0)
        return rc;
    bool is_long = left < 0 || left > XSOCK__ENDPOINT_PATIENCE_NS;
    struct xsock__limit patience =
        xsock__limit_make(is_long ? XSOCK__ENDPOINT_PATIENCE_NS : left, l->deadline);
    xsock__wait_begin(&w, t, fd, 0, &patience);
    do {
        paused = xsock__wait_nap(&w);
        if (paused == 0)
            rc = connect_once(t, fd, a, l);
    } while (paused == 0 && rc == -XSOCK_ECONNREFUSED);
    xsock__wait_end(&w);
    return paused == 0 || paused == XSOCK__WAIT_OVER ? rc : paused;
}

static int connect_stream(struct xsock__fdtab *t, struct xsock__fd *fd,
                          const struct xsock__sys_addr *a)
{
    struct xsock__sock *s = fd->held.sock;
    bool blocks = may_block(s);
    struct xsock__limit limit =
        xsock__limit_make(xsock__atomic_load_i64(&s->connect_timeout), &s->send_deadline);
    if (xsock__sock_is(s, XSOCK__SOCK_LISTENING))
        return -XSOCK_EOPNOTSUPP;
    if (xsock__sock_is(s, XSOCK__SOCK_CONNECTING)) {
        int rc = outcome(fd, 0);
        if (rc == -XSOCK_EALREADY && blocks)
            rc = wait_connected(t, fd, &limit, a);
        if (rc != -XSOCK_ENOTCONN)
            return rc;
    }
    if (xsock__sock_is(s, XSOCK__SOCK_CONNECTED))
        return -XSOCK_EISCONN;
    return blocks ? connect_patiently(t, fd, a, &limit) : begin_connect(t, fd, a, &limit);
}

/* Systems give different errors to a call while a connect is under way. In xsock the call waits for
 * the connect, or gives EAGAIN. */
int xsock__wait_connected(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__limit *l)
{
    if (!xsock__sock_is(fd->held.sock, XSOCK__SOCK_CONNECTING))
        return 0;
    /* A signal handler may have interrupted the thread that has the turn. */
    if (l->timeout_ns == 0 && xsock__sock_is(fd->held.sock, XSOCK__SOCK_TURN))
        return -XSOCK_EAGAIN;
    int rc = outcome(fd, 0);
    if (rc != -XSOCK_EALREADY)
        return rc;
    return l->timeout_ns == 0 ? -XSOCK_EAGAIN : wait_connected(t, fd, l, NULL);
}

/* The error of an earlier peer says nothing about the new association. */
static void forget_error(struct xsock__fd *fd)
{
    int code;
    (void)xsock__sys_take_error(fd->held.handle, &code);
    (void)xsock__kept_error_take(fd->held.sock);
}

/* Such a socket stays as it is if its association is dissolved. Windows would give the socket a
 * port, and Linux would take away a port that the system chose. */
static bool has_no_peer(const struct xsock__fd *fd)
{
    struct xsock__sys_addr peer;
    return fd->held.sock->type == XSOCK_SOCK_DGRAM
           && !xsock__sock_is(fd->held.sock, XSOCK__SOCK_CONNECTED)
           && xsock__sys_peer_addr(fd->held.handle, &peer) != 0;
}

/* 255.255.255.255, also mapped to IPv6. */
static bool is_everybody(const struct xsock_addr *a)
{
    static const uint8_t mapped[16] = {[10] = 255, 255, 255, 255, 255, 255};
    return a->family == XSOCK_AF_INET
               ? memcmp(a->data, mapped + 12, 4) == 0
               : a->family == XSOCK_AF_INET6 && memcmp(a->data, mapped, 16) == 0;
}

/* Some systems refuse only to send there. xsock_oserror() then tells the code that the other
 * systems give. Otherwise it would tell the code of an earlier call. */
static int judge_broadcast(const struct xsock__fd *fd, const struct xsock_addr *a)
{
    int64_t allowed;
    if (!is_everybody(a))
        return 0;
    int rc = xsock__option_get(&fd->held, XSOCK_SO_BROADCAST, XSOCK_OPT_FLAG, &allowed);
    return rc == 0 && allowed == 0 ? xsock__finish(xsock__error_to_native(XSOCK_EACCES)) : 0;
}

static int connect_datagrams(struct xsock__fd *fd, const struct xsock__sys_addr *a, bool to_nobody)
{
    int rc = 0;
    if (!to_nobody || !has_no_peer(fd))
        rc = xsock__finish(xsock__sys_connect(fd->held.handle, false, a));
    /* BSD dissolves the association, and returns an error for the address */
    if (to_nobody
        && (rc == -XSOCK_EAFNOSUPPORT || rc == -XSOCK_EINVAL || rc == -XSOCK_EADDRNOTAVAIL))
        rc = 0;
    if (rc == 0)
        forget_error(fd);
    if (rc == 0 && to_nobody)
        xsock__sock_becomes(fd->held.sock, 0, XSOCK__SOCK_CONNECTED);
    xsock__sock_connect_ended(fd->held.sock, to_nobody && rc == 0 ? -XSOCK_ENOTCONN : rc,
                              to_nobody || rc != 0 ? 0 : connected(fd->held.sock));
    return rc;
}

int xsock__connect_in(struct xsock__fdtab *t, struct xsock__fd *fd, const struct xsock_addr *a)
{
    struct xsock__sock *s = fd->held.sock;
    struct xsock__sys_addr native;
    if (a == NULL)
        return -XSOCK_EFAULT;
    bool to_nobody = a->family == XSOCK_AF_UNSPEC && !xsock__sock_is_stream(s);
    int rc = to_nobody ? xsock__addr_to_native(a, &native) : xsock__native_addr_for(s, a, &native);
    if (rc == 0 && a->family == XSOCK_AF_LOCAL && a->length == 0) /* nobody has such an address */
        rc = -XSOCK_EINVAL;
    if (rc != 0)
        return rc;
    if (s->emulated)
        return -XSOCK_EISCONN;
    rc = xsock__native_destination(a, &native);
    if (rc == 0)
        rc = xsock__limit_passed(&s->send_deadline);
    if (rc == 0 && !xsock__sock_is_stream(s))
        rc = judge_broadcast(fd, a);
    if (rc != 0)
        return rc;
    rc = xsock__sock_is_stream(s) ? connect_stream(t, fd, &native)
                                  : connect_datagrams(fd, &native, to_nobody);
    if (rc != 0)
        xsock__poller_state_changed(t, fd);
    return xsock__endpoint_error(rc);
}

int xsock__call_connect(struct xsock__fdtab *t, int d, const struct xsock_addr *a)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = xsock__connect_in(t, fd, a);
    xsock__fdtab_put(t, fd);
    return rc;
}

/* ---- How it ended ---------------------------------------------------------------------------- */

/* For a stream that has no peer as far as xsock knows. A connect may have been begun before the
 * handle was adopted, by a forked child, or by the program through the native handle. A socket that
 * has no port, or that listens, has no connect under way. Not every system would tell that. */
static bool may_have_begun_elsewhere(const struct xsock__fd *fd)
{
    const struct xsock__sock *s = fd->held.sock;
    const struct xsock__sys_target target = {
        .handle = fd->held.handle, .af = s->af, .type = s->type};
    struct xsock_addr here;
    int64_t listens = 0;
    if (!xsock__sock_is_stream(s)
        || xsock__sock_is(s, XSOCK__SOCK_CONNECTED | XSOCK__SOCK_LISTENING))
        return false;
    if (xsock__addr_is_internet(s->af) && (xsock__local_addr_in(fd, &here) != 0 || here.port == 0))
        return false;
    return xsock__sys_get_option(&target, XSOCK_SO_ACCEPTCONN, &listens) != 0 || listens == 0;
}

static int connect_result(struct xsock__fd *fd)
{
    struct xsock__sock *s = fd->held.sock;
    int known = xsock__sock_connect_result(s);
    if (known == -XSOCK_EALREADY || (known == -XSOCK_ENOTCONN && may_have_begun_elsewhere(fd))) {
        int rc = outcome(fd, 0);
        known = xsock__sock_connect_result(s);
        return known == -XSOCK_EALREADY || known == -XSOCK_ENOTCONN ? rc : known;
    }
    return known;
}

int xsock__call_connect_result(struct xsock__fdtab *t, int d)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = connect_result(fd);
    xsock__fdtab_put(t, fd);
    return xsock__endpoint_error(rc);
}
