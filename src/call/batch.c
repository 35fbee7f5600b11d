/* Many datagrams in one call, for any table. */
#include "call/call.h"

#include <string.h>

#include "addr/addr.h"
#include "call/dgrams.h"
#include "call/send_recv.h"
#include "facts/translate.h"
#include "socket/control.h"
#include "socket/kept_error.h"
#include "socket/sock.h"
#include "sys.h"
#include "wait/poller.h"
#include "wait/wait.h"

/* The part of a batch that the system gets at once. Each message is one datagram, or several if the
 * system cuts messages into datagrams. */
struct window {
    struct xsock__sys_msg msgs[XSOCK__BATCH_MAX];
    struct xsock__sys_addr addrs[XSOCK__BATCH_MAX];
    struct xsock_vec vecs[XSOCK__SEGMENTS_MAX]; /* each a datagram */
    size_t max;     /* messages that may go at once; LOCAL: 1, because handles may go along */
    size_t n, done; /* messages to move; sent: datagrams, received: messages */
    int ended;      /* received: the code that ended the batch after some messages, or 0 */
    int flags;
    bool segments, cloexec;
};

static int check_socket(const struct xsock__sock *s)
{
    return xsock__sock_is_stream(s) ? -XSOCK_EOPNOTSUPP : 0;
}

static bool is_udp(const struct xsock__sock *s)
{
    bool internet = xsock__addr_is_internet(s->af);
    return internet && s->type == XSOCK_SOCK_DGRAM && s->protocol == XSOCK_IPPROTO_UDP;
}

static size_t most_of(const struct xsock__sock *s)
{
    return s->af == XSOCK_AF_LOCAL ? 1 : XSOCK__BATCH_MAX;
}

/* ---- Sending --------------------------------------------------------------------------------- */

/* The most bytes of a message that is cut into datagrams: those of one IPv6 datagram. */
enum { SEGMENTED_BYTES = 65535 - 40 - 8 };

static bool is_alike(const struct xsock_dgram *a, const struct xsock_dgram *b)
{
    return (a->addr == b->addr || xsock_addr_equal(a->addr, b->addr))
           && (a->control == b->control || xsock__control_same(a->control, b->control));
}

/* Stores the vectors of a message: at most n datagrams from the first on that have the same size
 * and destination. The last may be shorter. Returns how many they are. */
static size_t put_vectors(struct xsock_vec *out, const struct xsock_dgram *v, size_t n)
{
    const struct xsock_dgram *first = v, *end = v + n;
    const size_t size = v->len;
    size_t total = 0, next = size;
    do {
        *out++ = (struct xsock_vec){v->base, next};
        total += next;
        v++;
        if (next < size || v == end)
            break;
        next = v->len; /* 0 less 1 is more than any size */
    } while (next - 1 < size && total + next <= SEGMENTED_BYTES && is_alike(first, v));
    return (size_t)(v - first);
}

/* Elements with the same pointer to an address share its conversion. */
static int put_address(struct window *w, const struct xsock__sock *s, const struct xsock_dgram *v,
                       size_t at)
{
    struct xsock__sys_msg *m = &w->msgs[w->n];
    if (v[at].addr == NULL)
        return 0;
    if (w->n > 0 && v[at].addr == v[at - 1].addr) {
        m->addr = w->msgs[w->n - 1].addr;
        return 0;
    }
    m->addr = &w->addrs[w->n];
    return xsock__send_destination(s, v[at].addr, m->addr);
}

/* Adds the message that begins with v[at] and has at most n datagrams. *out_count is how many it
 * has. */
static int put_message(struct window *w, const struct xsock__held *held,
                       const struct xsock_dgram *v, size_t at, size_t n, size_t *out_count)
{
    struct xsock_control *control = v[at].control;
    struct xsock__sys_msg *m = &w->msgs[w->n];
    size_t count = put_vectors(&w->vecs[at], &v[at], n);
    *m = (struct xsock__sys_msg){.vec = &w->vecs[at], .vec_count = count};
    m->segment = count > 1 ? v[at].len : 0;
    m->control = control != NULL && control->has == 0 ? NULL : control;
    *out_count = count;
    int rc = xsock__control_check_socket(held, control, v[at].addr, v[at].len, &m->af);
    return rc != 0 ? rc : put_address(w, held->sock, v, at);
}

/* Adds as many as fit, up to the first that cannot be sent. Returns the error of that one if it is
 * the very first. */
static int prepare_sends(struct window *w, const struct xsock__held *held,
                         const struct xsock_dgram *v, size_t n)
{
    size_t count, max = n < XSOCK__SEGMENTS_MAX ? n : XSOCK__SEGMENTS_MAX;
    w->n = 0;
    for (size_t at = 0; w->n < w->max && at < max; at += count, w->n++) {
        int rc = put_message(w, held, v, at, w->segments ? max - at : 1, &count);
        if (rc != 0)
            return at > 0 ? 0 : rc;
    }
    return 0;
}

/* A message that is cut must fit the path's MTU in each part, while a datagram is fragmented, and
 * the device may have to compute checksums. If a system refuses for such a reason, single datagrams
 * may still go, or their error tells what is really wrong. */
static bool may_go_singly(const struct window *w, int code)
{
    int error = w->msgs[0].segment != 0 ? -xsock__error_from_native(code) : 0;
    return error == XSOCK_EINVAL || error == XSOCK_EIO || error == XSOCK_EMSGSIZE
           || error == XSOCK_EOPNOTSUPP;
}

static void take_apart(struct window *w)
{
    struct xsock__sys_msg first = w->msgs[0];
    w->segments = false;
    w->n = first.vec_count < w->max ? first.vec_count : w->max;
    first.vec_count = 1;
    first.segment = 0;
    for (size_t i = 0; i < w->n; i++, first.vec++)
        w->msgs[i] = first;
}

static int send_window(struct xsock__fd *fd, struct window *w)
{
    const int flags = w->flags & XSOCK__SYSTEM_FLAGS;
    size_t sent = 1;
    int code = w->n > 1 ? xsock__sys_send_batch(fd->held.handle, w->msgs, w->n, flags, &sent)
                        : xsock__sys_sendmsg(fd->held.handle, w->msgs, flags);
    w->done = 0;
    for (size_t i = 0; code == 0 && i < sent; i++)
        w->done += w->msgs[i].vec_count;
    return code;
}

static int try_send(struct xsock__fd *fd, void *call)
{
    struct window *w = call;
    int code = send_window(fd, w);
    if (may_go_singly(w, code)) {
        take_apart(w);
        code = send_window(fd, w);
    }
    return code;
}

/* A kept error is readiness, too: calls and pollers that wait are told. */
static void keep_error(struct xsock__fdtab *t, struct xsock__fd *fd, int code)
{
    if (!xsock__kept_error_put(fd->held.sock, code))
        return;
    xsock__fdtab_look_again(t, &fd->held.sock->waiters);
    xsock__poller_state_changed(t, fd);
}

/* Tries without waiting. An error belongs to the next call, so xsock_oserror() must not change. An
 * error that the system would not give again is kept for that call. */
static int try_again(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__try_fn *fn,
                     struct window *w)
{
    int code;
    do
        code = fn(fd, w);
    while (xsock__error_from_native(code) == -XSOCK_EINTR);
    keep_error(t, fd, code);
    return code;
}

/* How many messages of a socket may go at once. sendmmsg does not tell which error has ended it
 * after some messages. A socket that has a peer may have such an error, and the system gives it
 * once, so the messages of such a socket go one at a time. A message may still be many datagrams.
 */
static size_t most_to_send(const struct xsock__sock *s, const struct xsock_dgram *v, size_t n)
{
    bool has_peer = xsock__sock_is(s, XSOCK__SOCK_CONNECTED) || (n > 0 && v->addr == NULL);
    return has_peer ? 1 : most_of(s);
}

static int send_batch(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock_dgram *v, size_t n,
                      int flags)
{
    struct xsock__sock *s = fd->held.sock;
    struct window w; /* too large to be cleared for one or two datagrams */
    size_t sent = 0;
    struct xsock__limit limit = xsock__limit_send(s, flags);
    w.flags = flags;
    w.max = most_to_send(s, v, n);
    w.segments = n > 1 && is_udp(s) && xsock__sys_can_segment(fd->held.handle);
    while (sent < n) {
        int rc = prepare_sends(&w, &fd->held, v + sent, n - sent);
        if (rc == 0 && sent == 0)
            rc = xsock__until_done(t, fd, try_send, &w, XSOCK_POLLOUT, &limit);
        else if (rc == 0)
            rc = try_again(t, fd, try_send, &w);
        if (rc != 0)
            return sent > 0 ? (int)sent : xsock__send_recv_error(s, rc, true);
        for (size_t i = 0; i < w.done; i++)
            v[sent + i].done = v[sent + i].len;
        sent += w.done;
    }
    return (int)sent;
}

int xsock__call_send_batch(struct xsock__fdtab *t, int d, struct xsock_dgram *v, size_t n,
                           int flags)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = xsock__dgrams_check_send(v, n, flags);
    if (rc == 0)
        rc = check_socket(fd->held.sock);
    if (rc == 0)
        rc = xsock__limit_passed(&fd->held.sock->send_deadline);
    if (rc == 0 && n > 0)
        rc = xsock__send_recv_kept(fd->held.sock);
    if (rc == 0)
        rc = send_batch(t, fd, v, n, flags);
    xsock__fdtab_put(t, fd);
    return rc;
}

/* ---- Receiving ------------------------------------------------------------------------------- */

static int try_recv(struct xsock__fd *fd, void *call)
{
    struct window *w = call;
    int code;
    w->ended = 0;
    if (w->n > 1) {
        code = xsock__sys_recv_batch(fd->held.handle, w->msgs, w->n, &w->done, &w->ended);
    } else {
        code = xsock__sys_recvmsg(fd->held.handle, w->msgs, 0, w->cloexec);
        w->done = code == 0;
    }
    return xsock__recv_ended(fd->held.sock, code);
}

static void prepare_receives(struct window *w, const struct xsock__sock *s,
                             const struct xsock_dgram *v, size_t n)
{
    bool coalesces = xsock__sock_is(s, XSOCK__SOCK_COALESCE);
    w->n = n < w->max ? n : w->max;
    w->done = 0;
    for (size_t i = 0; i < w->n; i++) {
        w->vecs[i] = (struct xsock_vec){v[i].base, v[i].len};
        w->msgs[i] = (struct xsock__sys_msg){.vec = &w->vecs[i],
                                             .vec_count = 1,
                                             .control = v[i].control,
                                             .af = s->af,
                                             .coalesces = coalesces};
        if (v[i].addr != NULL)
            w->msgs[i].addr = &w->addrs[i];
    }
}

static void report(const struct window *w, const struct xsock__sock *s, struct xsock_dgram *v)
{
    for (size_t i = 0; i < w->done; i++) {
        v[i].done = w->msgs[i].done;
        v[i].flags = w->msgs[i].flags;
        v[i].segment = w->msgs[i].segment;
        if (v[i].control != NULL)
            xsock__control_received(s, v[i].control);
        if (v[i].addr != NULL && xsock__addr_or_none(s, &w->addrs[i], v[i].addr) != 0)
            memset(v[i].addr, 0, sizeof *v[i].addr);
    }
}

static int recv_batch(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock_dgram *v, size_t n,
                      int flags)
{
    struct xsock__sock *s = fd->held.sock;
    struct window w;
    size_t got = 0;
    struct xsock__limit limit = xsock__limit_recv(s, flags);
    w.max = most_of(s);
    w.cloexec = (flags & XSOCK_MSG_CMSG_CLOEXEC) != 0;
    while (got < n) {
        int rc;
        prepare_receives(&w, s, v + got, n - got);
        if (got == 0)
            rc = xsock__until_done(t, fd, try_recv, &w, XSOCK_POLLIN, &limit);
        else
            rc = try_again(t, fd, try_recv, &w);
        if (rc != 0)
            return got > 0 ? (int)got : xsock__send_recv_error(s, rc, false);
        report(&w, s, v + got);
        keep_error(t, fd, w.ended);
        got += w.done;
        if (w.done < w.n)
            break;
    }
    return (int)got;
}

int xsock__call_recv_batch(struct xsock__fdtab *t, int d, struct xsock_dgram *v, size_t n,
                           int flags)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = xsock__dgrams_check_recv(v, n, flags);
    if (rc == 0)
        rc = check_socket(fd->held.sock);
    if (rc == 0)
        rc = xsock__limit_passed(&fd->held.sock->recv_deadline);
    if (rc == 0 && n > 0)
        rc = xsock__send_recv_kept(fd->held.sock);
    if (rc == 0)
        rc = recv_batch(t, fd, v, n, flags);
    xsock__fdtab_put(t, fd);
    return rc;
}
