/* Many datagrams in one call, for any table. */
#include "call/call.h"

#include <limits.h>
#include <string.h>

#include "addr/addr.h"
#include "call/send_recv.h"
#include "facts/translate.h"
#include "socket/control.h"
#include "socket/sock.h"
#include "sys.h"
#include "wait/wait.h"

/* The part of a batch that the system gets at once. */
struct window {
    struct xsock__sys_msg msgs[XSOCK__BATCH_MAX];
    struct xsock__sys_addr addrs[XSOCK__BATCH_MAX];
    struct xsock_vec vecs[XSOCK__BATCH_MAX];
    size_t n, done;
    int flags;
    bool udp, cloexec;
};

static int check(const struct xsock__sock *s, const struct xsock_dgram *v, size_t n, int flags,
                 int known)
{
    if (v == NULL && n != 0)
        return -XSOCK_EFAULT;
    if (n > INT_MAX) /* nobody has so many: they are not to be looked at */
        return -XSOCK_EINVAL;
    for (size_t i = 0; i < n; i++)
        if (v[i].base == NULL && v[i].len != 0)
            return -XSOCK_EFAULT;
    if ((flags & ~known) != 0)
        return -XSOCK_EINVAL;
    for (size_t i = 0; i < n; i++)
        if (v[i].len > PTRDIFF_MAX || (v[i].reserved[0] | v[i].reserved[1]) != 0)
            return -XSOCK_EINVAL;
    return xsock__sock_is_stream(s) ? -XSOCK_EOPNOTSUPP : 0;
}

typedef int check_control_fn(const struct xsock_control *c);

static int check_controls(const struct xsock_dgram *v, size_t n, check_control_fn *fn)
{
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = fn(v[i].control);
    return rc;
}

static int check_destinations(const struct xsock_dgram *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].addr != NULL && xsock__addr_check(v[i].addr) == -XSOCK_EINVAL)
            return -XSOCK_EINVAL;
    return 0;
}

static bool is_udp(const struct xsock__sock *s)
{
    bool internet = xsock__addr_is_internet(s->af);
    return internet && s->type == XSOCK_SOCK_DGRAM && s->protocol == XSOCK_IPPROTO_UDP;
}

static void put(struct window *w, size_t i, const struct xsock__sock *s,
                const struct xsock_dgram *d)
{
    w->vecs[i] = (struct xsock_vec){d->base, d->len};
    w->msgs[i] = (struct xsock__sys_msg){
        .vec = &w->vecs[i], .vec_count = 1, .control = d->control, .af = s->af};
    if (d->addr != NULL)
        w->msgs[i].addr = &w->addrs[i];
}

/* ---- Sending ------------------------------------------------------------------------------------- */

static bool same_address(const struct xsock__sys_addr *a, const struct xsock__sys_addr *b)
{
    if (a == b)
        return true;
    return a != NULL && b != NULL && a->length == b->length
           && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static bool alike(const struct xsock__sys_msg *a, const struct xsock__sys_msg *b)
{
    return same_address(a->addr, b->addr) && xsock__control_same(a->control, b->control);
}

/* As many as fit, up to the first that can't be sent; what is wrong with that one if it is the first. Elements that
 * name the same address by the same pointer share its conversion. */
static int prepare_sends(struct window *w, const struct xsock__sock *s, const struct xsock_dgram *v,
                         size_t n)
{
    int rc = 0;
    w->n = 0;
    for (size_t i = 0; i < n && i < XSOCK__BATCH_MAX && rc == 0; i++) {
        put(w, i, s, &v[i]);
        rc = xsock__control_check_socket(s, v[i].control, v[i].len);
        if (v[i].control != NULL && v[i].control->has == 0)
            w->msgs[i].control = NULL;
        if (rc == 0 && v[i].addr != NULL && i > 0 && v[i].addr == v[i - 1].addr)
            w->msgs[i].addr = w->msgs[i - 1].addr;
        else if (rc == 0 && v[i].addr != NULL)
            rc = xsock__send_destination(s, v[i].addr, &w->addrs[i]);
        w->msgs[i].alike = rc == 0 && i > 0 && alike(&w->msgs[i - 1], &w->msgs[i]);
        w->n += rc == 0;
    }
    return w->n > 0 ? 0 : rc;
}

static int try_send(struct xsock__fd *fd, void *call)
{
    struct window *w = call;
    return xsock__sys_send_batch(fd->held.handle, w->msgs, w->n, w->flags & XSOCK__SYSTEM_FLAGS,
                                 w->udp, &w->done);
}

/* The first time it may wait. Later it may not, and an error is the next call's: xsock_oserror() must not know. */
static int try_again(struct xsock__fd *fd, xsock__try_fn *fn, struct window *w)
{
    int code;
    do
        code = fn(fd, w);
    while (xsock__error_from_native(code) == -XSOCK_EINTR);
    return code;
}

static int send_batch(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock_dgram *v, size_t n,
                      int flags)
{
    const struct xsock__sock *s = fd->held.sock;
    struct window w; /* too big to be cleared for a datagram or two */
    size_t sent = 0;
    w.flags = flags;
    w.udp = is_udp(s);
    while (sent < n) {
        int rc = prepare_sends(&w, s, v + sent, n - sent);
        if (rc == 0 && sent == 0)
            rc = xsock__until_done(t, fd, try_send, &w, XSOCK_POLLOUT,
                                   xsock__send_recv_timeout(s, flags, &s->send_timeout));
        else if (rc == 0)
            rc = try_again(fd, try_send, &w);
        if (rc != 0)
            return sent > 0 ? (int)sent : xsock__send_recv_error(s, rc, true);
        for (size_t i = 0; i < w.done; i++)
            v[sent + i].done = v[sent + i].len;
        sent += w.done;
        if (w.done < w.n)
            break;
    }
    return (int)sent;
}

int xsock__call_send_batch(struct xsock__fdtab *t, int d, struct xsock_dgram *v, size_t n,
                           int flags)
{
    const int known = XSOCK_MSG_DONTROUTE | XSOCK_MSG_DONTWAIT | XSOCK_MSG_NOSIGNAL;
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = check(fd->held.sock, v, n, flags, known);
    if (rc == 0)
        rc = check_controls(v, n, xsock__control_check_send);
    if (rc == 0)
        rc = check_destinations(v, n);
    if (rc == 0)
        rc = send_batch(t, fd, v, n, flags);
    xsock__fdtab_put(t, fd);
    return rc;
}

/* ---- Receiving ----------------------------------------------------------------------------------- */

static int try_recv(struct xsock__fd *fd, void *call)
{
    struct window *w = call;
    struct xsock__leftover *q = xsock__sock_leftover(fd->held.sock);
    if (q != NULL)
        return xsock__recv_ended(fd->held.sock, xsock__leftover_recv(q, fd->held.handle, w->msgs,
                                                                     w->n, false, &w->done));
    return xsock__recv_ended(
        fd->held.sock, xsock__sys_recv_batch(fd->held.handle, w->msgs, w->n, w->cloexec, &w->done));
}

static void prepare_receives(struct window *w, const struct xsock__sock *s,
                             const struct xsock_dgram *v, size_t n)
{
    w->n = n < XSOCK__BATCH_MAX ? n : XSOCK__BATCH_MAX;
    w->done = 0;
    for (size_t i = 0; i < w->n; i++)
        put(w, i, s, &v[i]);
}

static void report(const struct window *w, const struct xsock__sock *s, struct xsock_dgram *v)
{
    for (size_t i = 0; i < w->done; i++) {
        v[i].done = w->msgs[i].done;
        v[i].flags = w->msgs[i].flags;
        if (v[i].addr == NULL)
            continue;
        memset(v[i].addr, 0, sizeof *v[i].addr);
        (void)xsock__addr_or_none(s, &w->addrs[i], v[i].addr);
    }
}

static int recv_batch(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock_dgram *v, size_t n,
                      int flags)
{
    const struct xsock__sock *s = fd->held.sock;
    struct window w;
    size_t got = 0;
    w.cloexec = (flags & XSOCK_MSG_CMSG_CLOEXEC) != 0;
    while (got < n) {
        int rc;
        prepare_receives(&w, s, v + got, n - got);
        if (got == 0)
            rc = xsock__until_done(t, fd, try_recv, &w, XSOCK_POLLIN,
                                   xsock__send_recv_timeout(s, flags, &s->recv_timeout));
        else
            rc = try_again(fd, try_recv, &w);
        if (rc != 0)
            return got > 0 ? (int)got : xsock__send_recv_error(s, rc, false);
        report(&w, s, v + got);
        got += w.done;
        if (w.done < w.n)
            break;
    }
    return (int)got;
}

int xsock__call_recv_batch(struct xsock__fdtab *t, int d, struct xsock_dgram *v, size_t n,
                           int flags)
{
    const int known = XSOCK_MSG_DONTWAIT | XSOCK_MSG_NOSIGNAL | XSOCK_MSG_CMSG_CLOEXEC;
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = check(fd->held.sock, v, n, flags, known);
    if (rc == 0)
        rc = check_controls(v, n, xsock__control_check_recv);
    if (rc == 0)
        rc = recv_batch(t, fd, v, n, flags);
    xsock__fdtab_put(t, fd);
    return rc;
}
