/* recv and recvfrom, for any table. */
#include "call/send_recv.h"

#include <string.h>

#include "call/plain.h"
#include "call/refusal.h"
#include "call/whole_length.h"
#include "facts/translate.h"
#include "socket/guess.h"
#include "socket/option.h"
#include "socket/sock.h"
#include "sys.h"
#include "wait/blocking.h"
#include "wait/wait.h"
#include "xsock.h"

/* One receive, with all its tries. */
struct receiving {
    unsigned char *into;
    size_t len, done;
    int flags;
    struct xsock__sys_addr *peer;
    struct xsock__whole_length length;
    size_t least; /* the call is done when so much is, or at the end */
};

/* Only what is read later is set, and where it stays: gcc clears a whole struct that is returned.
 */
static inline void begin(struct receiving *x, void *into, size_t len, size_t done, int flags)
{
    x->into = into;
    x->len = len;
    x->done = done;
    x->flags = flags;
    x->peer = NULL;
    x->length.vec = NULL;
    x->least = 0;
}

/* With XSOCK_MSG_TRUNC where the system does not tell the length: see whole_length.h. */
static int recv_vectors(struct xsock__fd *fd, struct receiving *x)
{
    struct xsock__sys_msg m = {.vec = x->length.vec,
                               .vec_count = x->length.vec_count,
                               .addr = x->peer,
                               .af = fd->held.sock->af};
    int code = xsock__sys_recvmsg(fd->held.handle, &m, x->flags & XSOCK__SYSTEM_FLAGS, true);
    if (code == 0)
        x->done = m.done;
    return code;
}

int xsock__recv_ended(const struct xsock__sock *s, int code)
{
    bool ended =
        xsock__sock_is(s, XSOCK__SOCK_SHUT_RD) && xsock__error_from_native(code) == -XSOCK_EAGAIN;
    return ended ? 0 : code;
}

static int try_recv(struct xsock__fd *fd, void *call)
{
    struct receiving *x = call;
    size_t n = 0;
    if (x->length.vec != NULL)
        return xsock__recv_ended(fd->held.sock, recv_vectors(fd, x));
    unsigned char *into =
        x->done > 0 ? x->into + x->done : x->into; /* the pointer may be NULL if len is 0 */
    int code = xsock__sys_recv(fd->held.handle, into, x->len - x->done,
                               x->flags & XSOCK__SYSTEM_FLAGS, x->peer, &n);
    code = xsock__recv_ended(fd->held.sock, code);
    if (code == 0) {
        x->done += n;
        if (n == 0) /* the end of the stream: no more bytes will come */
            x->least = 0;
    }
    return code;
}

/* PEEK would see the same bytes again and again, so neither WAITALL nor a low-water mark has a
 * meaning with it. */
int xsock__recv_wait_for_least(struct xsock__fdtab *t, struct xsock__fd *fd, int flags, size_t len,
                               struct xsock__limit *l, size_t *out_least)
{
    *out_least = 0;
    if (fd->held.sock->type != XSOCK_SOCK_STREAM || l->timeout_ns == 0
        || (flags & (XSOCK_MSG_PEEK | XSOCK_MSG_OOB)) != 0)
        return 0;
    if ((flags & XSOCK_MSG_WAITALL) != 0) {
        *out_least = len;
        return 0;
    }
    size_t mark = xsock__option_low_water(&fd->held);
    if (mark <= 1 || len < mark)
        return 0;
    *out_least = mark;
    int rc = xsock__wait(t, fd, XSOCK_POLLIN, l);
    return rc == XSOCK__WAIT_OVER ? 0 : rc; /* what is there is taken also if the time is over */
}

/* `code` is that of the first try. */
static ptrdiff_t recv_rest(struct xsock__fdtab *t, struct xsock__fd *fd, struct receiving *x,
                           struct xsock__limit *limit, int code)
{
    struct xsock__sock *s = fd->held.sock;
    int events = (x->flags & XSOCK_MSG_OOB) != 0 ? XSOCK_POLLPRI : XSOCK_POLLIN;
    limit->flags = &x->flags;
    int rc = xsock__until_done_after(t, fd, try_recv, x, events, limit, code);
    while (rc == 0 && x->done < x->least)
        rc = xsock__until_done_after(t, fd, try_recv, x, events, limit, XSOCK__TRY_SKIPPED);
    return x->done > 0 || rc == 0 ? (ptrdiff_t)x->done : xsock__send_recv_error(s, rc, false);
}

static ptrdiff_t recv_all(struct xsock__fdtab *t, struct xsock__fd *fd, struct receiving *x)
{
    struct xsock__limit limit = xsock__limit_recv(fd->held.sock, x->flags);
    int rc = xsock__recv_wait_for_least(t, fd, x->flags, x->len, &limit, &x->least);
    if (rc != 0)
        return xsock__send_recv_error(fd->held.sock, rc, false);
    int code = xsock__try_first(fd, try_recv, x);
    if (code == 0 && x->done >= x->least && xsock__is_quiet(fd))
        return (ptrdiff_t)x->done;
    return recv_rest(t, fd, x, &limit, code);
}

int xsock__recv_check(const struct xsock__fd *fd)
{
    struct xsock__sock *s = fd->held.sock;
    struct xsock__sys_addr peer;
    if (!xsock__sock_is_stream(s)
        || xsock__sock_is(s, XSOCK__SOCK_CONNECTED | XSOCK__SOCK_CONNECTING))
        return 0;
    if (xsock__sys_peer_addr(fd->held.handle, &peer) == 0) {
        xsock__sock_becomes(s, XSOCK__SOCK_CONNECTED, 0);
        return 0;
    }
    const int state = xsock__atomic_load(&s->state) & (XSOCK__SOCK_ADOPTED | XSOCK__SOCK_LISTENING);
    return state == XSOCK__SOCK_ADOPTED ? 0 : -XSOCK_ENOTCONN;
}

ptrdiff_t xsock__recv_in(struct xsock__fdtab *t, struct xsock__fd *fd, void *buf, size_t len,
                         int flags, struct xsock_addr *out_from)
{
    struct xsock__sock *s = fd->held.sock;
    struct xsock__sys_addr native; /* large: only its length is set, and only if it is read */
    struct receiving x;
    begin(&x, buf, len, 0, flags);
    int rc = xsock__send_recv_check(s, buf, len, flags, XSOCK__RECV_FLAGS);
    if (rc == 0)
        rc = xsock__send_recv_check_urgent(s, flags);
    if (rc == 0 && xsock__sock_is(s, XSOCK__SOCK_COALESCE))
        rc = -XSOCK_EOPNOTSUPP; /* this call cannot tell where a datagram ends */
    if (rc == 0)
        rc = xsock__recv_check(fd);
    if (rc == 0)
        rc = xsock__send_recv_settle(t, fd, flags, false);
    if (rc != 0)
        return rc;
    rc = xsock__whole_length_begin(s, &(struct xsock_vec){buf, len}, 1, &x.flags, &x.length);
    if (rc != 0)
        return rc;
    if (out_from != NULL) {
        native.length = 0;
        x.peer = &native;
    }
    ptrdiff_t n = len == 0 && s->type == XSOCK_SOCK_STREAM ? 0 : recv_all(t, fd, &x);
    xsock__whole_length_end(&x.length);
    if (n < 0 || out_from == NULL)
        return n;
    if (xsock__sock_is_stream(s) || xsock__addr_or_none(s, &native, out_from) != 0)
        memset(out_from, 0, sizeof *out_from);
    return n;
}

/* Waits in the system's own call, if the program has allowed it. Returns the code, or
 * XSOCK__TRY_SKIPPED. A call whose descriptor was closed makes no other try, which could take what
 * is meant for a duplicate. */
static int recv_inside(struct xsock__fdtab *t, struct xsock__fd *fd, void *buf, size_t len,
                       const struct xsock__limit *limit, size_t *out_got)
{
    struct xsock__blocking b;
    if (!xsock__sys_wake_self(fd->held.handle, &b.waker.wake)
        || !xsock__guess_waits(&fd->held.sock->guess)
        || !xsock__blocking_begin(&b, t, fd, XSOCK_POLLIN, limit))
        return XSOCK__TRY_SKIPPED;
    int code = xsock__sys_recv(fd->held.handle, buf, len, XSOCK__SYS_WAITS, NULL, out_got);
    return xsock__blocking_end(&b, t, fd, code);
}

/* A call that only leaves out its first try is as plain as the one that does not (plain.h). A call
 * that may not wait takes no lock: a signal handler may make it. */
static ptrdiff_t recv_starved(struct xsock__fdtab *t, struct xsock__fd *fd, void *buf, size_t len,
                              int flags)
{
    struct xsock__limit limit = xsock__limit_recv(fd->held.sock, flags);
    size_t got = 0;
    int code =
        limit.timeout_ns < 0 ? recv_inside(t, fd, buf, len, &limit, &got) : XSOCK__TRY_SKIPPED;
    if (code != 0 || !xsock__is_quiet(fd))
        return xsock__recv_on(t, fd, buf, len, flags, got, code);
    xsock__fdtab_put(t, fd);
    return (ptrdiff_t)got;
}

ptrdiff_t xsock__recv_checked(struct xsock__fdtab *t, struct xsock__fd *fd, void *buf, size_t len,
                              int flags)
{
    if (xsock__plain_receives(fd, XSOCK__RECV_SPECIAL & ~XSOCK__SOCK_STARVED) && buf != NULL
        && len - 1 < PTRDIFF_MAX && (flags & ~XSOCK_MSG_DONTWAIT) == 0)
        return recv_starved(t, fd, buf, len, flags);
    int rc = xsock__refusal_of(fd->held.sock);
    ptrdiff_t n = rc != 0 ? rc : xsock__recv_in(t, fd, buf, len, flags, NULL);
    xsock__fdtab_put(t, fd);
    return n;
}

ptrdiff_t xsock__recv_on(struct xsock__fdtab *t, struct xsock__fd *fd, void *buf, size_t len,
                         int flags, size_t got, int code)
{
    struct receiving x;
    struct xsock__limit limit = xsock__limit_recv(fd->held.sock, flags);
    ptrdiff_t n = -XSOCK_EAGAIN;
    code = xsock__recv_ended(fd->held.sock, code);
    if (!xsock__wait_ends(&limit, code)) {
        begin(&x, buf, len, got, flags);
        n = recv_rest(t, fd, &x, &limit, code);
    }
    xsock__fdtab_put(t, fd);
    return n;
}

ptrdiff_t xsock__call_recvfrom(struct xsock__fdtab *t, int d, void *buf, size_t len, int flags,
                               struct xsock_addr *out_from)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    ptrdiff_t n = xsock__recv_in(t, fd, buf, len, flags, out_from);
    xsock__fdtab_put(t, fd);
    return n;
}
