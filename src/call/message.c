/* sendmsg and recvmsg, for any table. */
#include "call/call.h"

#include <limits.h>
#include <string.h>

#include "addr/addr.h"
#include "call/send_recv.h"
#include "call/whole_length.h"
#include "facts/translate.h"
#include "socket/control.h"
#include "socket/sock.h"
#include "sys.h"
#include "wait/wait.h"

/* One message, with all its tries. */
struct message {
    struct xsock__sys_msg sys; /* what is left of it */
    size_t total, done;
    int flags, out_flags;
    bool cloexec, ended;
    bool wants_handles, has_room; /* received: handles of the system, and wakes were given back */
};

/* Sets every field by itself, except those that each direction sets: gcc clears a whole struct by a
 * slow string instruction. */
static inline void begin(struct message *x, const struct xsock__sock *s,
                         const struct xsock_vec *vec, size_t vec_count)
{
    x->sys.vec = vec;
    x->sys.vec_count = vec_count;
    x->sys.skip = 0;
    x->sys.addr = NULL;
    x->sys.control = NULL;
    x->sys.af = s->af;
    x->sys.stream = s->type == XSOCK_SOCK_STREAM;
    x->sys.coalesces = false;
    x->sys.done = 0;
    x->sys.flags = 0;
    x->sys.segment = 0;
    x->done = 0;
    x->out_flags = 0;
    x->ended = false;
    x->wants_handles = x->has_room = false;
}

typedef bool lacks_fn(const struct xsock_control *c);

/* Checks the pointers, and the count that bounds the array. Returns 0, -XSOCK_EFAULT or
 * -XSOCK_EINVAL. */
static int check_pointers(const struct xsock_msg *m, lacks_fn *lacks)
{
    if (m == NULL || (m->vec == NULL && m->vec_count != 0) || lacks(m->control))
        return -XSOCK_EFAULT;
    if (m->vec_count > INT_MAX) /* no array is so long: it must not be read */
        return -XSOCK_EINVAL;
    for (size_t i = 0; i < m->vec_count; i++)
        if (m->vec[i].base == NULL && m->vec[i].len != 0)
            return -XSOCK_EFAULT;
    return 0;
}

/* Adds up the bytes of all vectors. -XSOCK_EINVAL if a result cannot hold the sum. */
static int measure(const struct xsock_msg *m, size_t *out_total)
{
    size_t total = 0;
    for (size_t i = 0; i < m->vec_count; i++) {
        if (m->vec[i].len > PTRDIFF_MAX - total)
            return -XSOCK_EINVAL;
        total += m->vec[i].len;
    }
    *out_total = total;
    return 0;
}

static int check_values(const struct xsock__sock *s, const struct xsock_msg *m, int flags,
                        int known, size_t *out_total)
{
    if (!xsock__send_recv_flags_fit(s, flags, known)
        || (m->reserved[0] | m->reserved[1] | m->reserved[2]) != 0)
        return -XSOCK_EINVAL;
    return measure(m, out_total);
}

/* Checks what this socket cannot do. */
static int check_socket(const struct xsock__sock *s, const struct xsock_msg *m, int flags)
{
    int rc = xsock__send_recv_check_urgent(s, flags);
    if (rc != 0)
        return rc;
    if (s->type != XSOCK_SOCK_STREAM && m->vec_count > XSOCK__VEC_MAX)
        return -XSOCK_EMSGSIZE;
    return 0;
}

/* Moves the beginning of the vectors behind what is done, and behind the empty vectors that follow.
 * So the first vector always has bytes, and a step moves some of them. If empty vectors came first,
 * a system that takes a limited number of vectors might see no others. */
static void advance(struct message *x, size_t n)
{
    struct xsock__sys_msg *m = &x->sys;
    x->done += n;
    while (m->vec_count > 0 && n >= m->vec->len - m->skip) {
        n -= m->vec->len - m->skip;
        m->vec++;
        m->vec_count--;
        m->skip = 0;
    }
    m->skip += n;
}

/* ---- Sending --------------------------------------------------------------------------------- */

static int try_send(struct xsock__fd *fd, void *call)
{
    struct message *x = call;
    int code = xsock__sys_sendmsg(fd->held.handle, &x->sys, x->flags & XSOCK__SYSTEM_FLAGS);
    if (code != 0)
        return code;
    if (x->sys.done == 0 && x->done < x->total) /* nothing was moved: the call must wait */
        return XSOCK__TRY_LATER;
    advance(x, x->sys.done);
    x->sys.control = NULL; /* control data goes with the first bytes only */
    return 0;
}

/* The first try nearly always does everything. */
static ptrdiff_t send_all(struct xsock__fdtab *t, struct xsock__fd *fd, struct message *x)
{
    struct xsock__sock *s = fd->held.sock;
    int code = try_send(fd, x);
    if (code == 0 && x->done == x->total && xsock__is_quiet(fd))
        return (ptrdiff_t)x->done;
    struct xsock__limit limit = xsock__limit_send(s, x->flags);
    bool whole = limit.timeout_ns != 0 && s->type == XSOCK_SOCK_STREAM;
    limit.flags = &x->flags;
    int rc = xsock__until_done_after(t, fd, try_send, x, XSOCK_POLLOUT, &limit, code);
    while (rc == 0 && whole && x->done < x->total)
        rc = xsock__until_done_after(t, fd, try_send, x, XSOCK_POLLOUT, &limit, XSOCK__TRY_SKIPPED);
    return x->done > 0 || rc == 0 ? (ptrdiff_t)x->done : xsock__send_recv_error(s, rc, true);
}

ptrdiff_t xsock__sendmsg_in(struct xsock__fdtab *t, struct xsock__fd *fd, const struct xsock_msg *m,
                            int flags)
{
    struct xsock__sock *s = fd->held.sock;
    struct xsock__sys_addr native;
    struct message x;
    x.flags = flags;
    int rc = check_pointers(m, xsock__control_lacks_sent);
    if (rc == 0)
        rc = check_values(s, m, flags, XSOCK__SEND_FLAGS, &x.total);
    if (rc == 0)
        rc = xsock__control_check_send(m->control);
    if (rc != 0)
        return rc;
    begin(&x, s, m->vec, m->vec_count);
    advance(&x, 0);
    if (m->control != NULL && m->control->has != 0)
        x.sys.control = m->control;
    if (m->addr != NULL) {
        rc = xsock__send_destination(s, m->addr, &native);
        x.sys.addr = &native;
    }
    if (rc == 0)
        rc = xsock__control_check_socket(&fd->held, m->control, m->addr, x.total, &x.sys.af);
    if (rc == 0)
        rc = check_socket(s, m, flags);
    if (rc == 0)
        rc = xsock__send_recv_settle(t, fd, flags, true);
    return rc != 0 ? rc : send_all(t, fd, &x);
}

ptrdiff_t xsock__call_sendmsg(struct xsock__fdtab *t, int d, const struct xsock_msg *m, int flags)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    ptrdiff_t n = xsock__sendmsg_in(t, fd, m, flags);
    xsock__fdtab_put(t, fd);
    return n;
}

/* ---- Receiving ------------------------------------------------------------------------------- */

/* A system that finds no number for a handle drops the handle. */
static bool lacks_room(const struct xsock__fd *fd, struct message *x)
{
    if (!x->wants_handles || x->has_room || !xsock__fdtab_any_waker())
        return false;
    x->has_room = xsock__sys_lacks_room(fd->held.handle);
    return x->has_room;
}

static int try_recv(struct xsock__fd *fd, void *call)
{
    struct message *x = call;
    if (lacks_room(fd, x))
        return XSOCK__TRY_WITH_ROOM;
    int code =
        xsock__sys_recvmsg(fd->held.handle, &x->sys, x->flags & XSOCK__SYSTEM_FLAGS, x->cloexec);
    if (code != 0 && xsock__recv_ended(fd->held.sock, code) != 0)
        return code;
    if (code != 0) {
        x->ended = true;
        if (x->sys.control != NULL)
            memset(x->sys.control, 0, sizeof *x->sys.control);
        return 0;
    }
    x->out_flags |= x->sys.flags;
    x->ended = x->sys.done == 0 || (x->sys.control != NULL && x->sys.control->has != 0)
               || (x->out_flags & XSOCK_MSG_CTRUNC) != 0;
    advance(x, x->sys.done);
    return 0;
}

static ptrdiff_t recv_all(struct xsock__fdtab *t, struct xsock__fd *fd, struct message *x)
{
    struct xsock__sock *s = fd->held.sock;
    struct xsock__limit limit = xsock__limit_recv(s, x->flags);
    int events = (x->flags & XSOCK_MSG_OOB) != 0 ? XSOCK_POLLPRI : XSOCK_POLLIN;
    size_t least;
    int rc = xsock__recv_wait_for_least(t, fd, x->flags, x->total, &limit, &least);
    int code = 0;
    limit.flags = x->wants_handles ? NULL : &x->flags;
    if (rc == 0)
        code = limit.flags != NULL ? xsock__try_first(fd, try_recv, x) : try_recv(fd, x);
    if (rc == 0 && (code != 0 || !xsock__is_quiet(fd)))
        rc = xsock__until_done_after(t, fd, try_recv, x, events, &limit, code);
    while (rc == 0 && !x->ended && x->done < least)
        rc = xsock__until_done(t, fd, try_recv, x, events, &limit);
    return x->done > 0 || rc == 0 ? (ptrdiff_t)x->done : xsock__send_recv_error(s, rc, false);
}

/* Stores the results in the caller's message. That happens on success only. */
static void report(const struct xsock__sock *s, const struct message *x,
                   const struct xsock__sys_addr *from, const struct xsock_control *control,
                   struct xsock_msg *m)
{
    m->flags = x->out_flags | (x->done > x->total ? XSOCK_MSG_TRUNC : 0);
    m->segment = x->sys.segment;
    if (m->control != NULL) {
        *m->control = *control;
        xsock__control_received(s, m->control);
    }
    if (m->addr == NULL)
        return;
    if (xsock__sock_is_stream(s) || xsock__addr_or_none(s, from, m->addr) != 0)
        memset(m->addr, 0, sizeof *m->addr);
}

ptrdiff_t xsock__recvmsg_in(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock_msg *m,
                            int flags)
{
    struct xsock__sock *s = fd->held.sock;
    struct xsock__sys_addr from; /* large: only its length is set, and only if it is read */
    struct xsock_control control;
    struct xsock__whole_length length;
    struct message x;
    x.flags = flags;
    x.cloexec = (flags & XSOCK_MSG_CMSG_CLOEXEC) != 0;
    int rc = check_pointers(m, xsock__control_lacks_space);
    if (rc == 0)
        rc = check_values(s, m, flags, XSOCK__RECV_FLAGS | XSOCK_MSG_CMSG_CLOEXEC, &x.total);
    if (rc == 0)
        rc = xsock__control_check_recv(m->control);
    if (rc == 0)
        rc = check_socket(s, m, flags);
    if (rc == 0)
        rc = xsock__recv_check(fd);
    if (rc == 0)
        rc = xsock__send_recv_settle(t, fd, flags, false);
    if (rc == 0)
        rc = xsock__whole_length_begin(s, m->vec, m->vec_count, &x.flags, &length);
    if (rc != 0)
        return rc;
    begin(&x, s, m->vec, m->vec_count);
    x.sys.coalesces = xsock__sock_is(s, XSOCK__SOCK_COALESCE);
    if (length.vec != NULL) {
        x.sys.vec = length.vec;
        x.sys.vec_count = length.vec_count;
    }
    advance(&x, 0);
    if (m->addr != NULL) {
        from.length = 0;
        x.sys.addr = &from;
    }
    if (m->control != NULL) {
        control = *m->control;
        control.has = 0;
        control.handle_count = 0;
        x.sys.control = &control;
        x.wants_handles =
            s->af == XSOCK_AF_LOCAL && m->control->handle_capacity > 0 && !(flags & XSOCK_MSG_PEEK);
    }
    ptrdiff_t n = x.total == 0 && s->type == XSOCK_SOCK_STREAM ? 0 : recv_all(t, fd, &x);
    xsock__whole_length_end(&length);
    if (n >= 0)
        report(s, &x, &from, &control, m);
    return n;
}

ptrdiff_t xsock__call_recvmsg(struct xsock__fdtab *t, int d, struct xsock_msg *m, int flags)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    ptrdiff_t n = xsock__recvmsg_in(t, fd, m, flags);
    xsock__fdtab_put(t, fd);
    return n;
}
