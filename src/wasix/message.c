#include "wasix/message.h"

#include <string.h>

#include "call/call.h"
#include "socket/sock.h"

int xsock__wasix_recv_flags(uint32_t riflags, int *out)
{
    if (riflags > 2 * XSOCK__WASIX_RECV_DONTWAIT - 1)
        return -XSOCK_EINVAL;
    *out = ((riflags & XSOCK__WASIX_PEEK) != 0 ? XSOCK_MSG_PEEK : 0)
           | ((riflags & XSOCK__WASIX_WAITALL) != 0 ? XSOCK_MSG_WAITALL : 0)
           | ((riflags & XSOCK__WASIX_RECV_DONTWAIT) != 0 ? XSOCK_MSG_DONTWAIT : 0);
    return 0;
}

int xsock__wasix_send_flags(uint32_t siflags, int *out)
{
    if (siflags > XSOCK__WASIX_SEND_DONTWAIT)
        return -XSOCK_EINVAL;
    *out = (siflags & XSOCK__WASIX_SEND_DONTWAIT) != 0 ? XSOCK_MSG_DONTWAIT : 0;
    return 0;
}

/* ---- Receiving ------------------------------------------------------------------------------- */

/* The rest of a datagram is received into REST bytes, so that its length is known: only Linux
 * reports the length of a datagram that was cut. Only LOCAL has longer datagrams. */
enum { REST = 65536 };

/* The guest's vectors, then one for the rest, then the memory of the rest. */
struct measured {
    struct xsock_vec *v;
    size_t size;
};

static int add_rest(const struct xsock__wasix_call *c, const struct xsock__wasix_vecs *vecs,
                    struct measured *out)
{
    if (vecs->count >= XSOCK__VEC_MAX)
        return -XSOCK_EINVAL;
    size_t n = (vecs->count + 1) * sizeof *out->v;
    out->size = n + REST;
    out->v = xsock__wasix_scratch(c, out->size);
    if (out->v == NULL)
        return -XSOCK_ENOMEM;
    if (vecs->count > 0)
        memcpy(out->v, vecs->v, n - sizeof *out->v);
    out->v[vecs->count] = (struct xsock_vec){(unsigned char *)out->v + n, REST};
    return 0;
}

/* Receives, and returns the length of the datagram. The vectors may have space for less. */
static ptrdiff_t receive_measured(const struct xsock__wasix_call *c, struct xsock__fd *fd,
                                  struct xsock_msg *m, const struct xsock__wasix_vecs *vecs,
                                  int flags)
{
    struct measured all;
    int rc = add_rest(c, vecs, &all);
    if (rc != 0)
        return rc;
    m->vec = all.v;
    m->vec_count = vecs->count + 1;
    ptrdiff_t n = xsock__recvmsg_in(c->guest->table, fd, m, flags);
    if (n >= 0 && (size_t)n > vecs->total)
        m->flags |= XSOCK_MSG_TRUNC;
    xsock__wasix_unscratch(c, all.v, all.size);
    return n;
}

/* The sender on a stream is the peer. If the peer is gone, the sender has the socket's family
 * and no name. */
static void sender(const struct xsock__fd *fd, struct xsock_addr *out)
{
    static const struct xsock__sys_addr none;
    if (!xsock__sock_is_stream(fd->held.sock) || xsock__peer_addr_in(fd, out) == 0)
        return;
    (void)xsock__addr_or_none(fd->held.sock, &none, out);
}

static void put_results(const struct xsock__wasix_call *c, const struct xsock__fd *fd, ptrdiff_t n,
                        const struct xsock_msg *m, const struct xsock__wasix_results *out)
{
    xsock__wasix_put_word(c, out->done, (uint64_t)n);
    if (out->flags != NULL)
        xsock__wasix_put16(out->flags,
                           (m->flags & XSOCK_MSG_TRUNC) != 0 ? XSOCK__WASIX_TRUNCATED : 0);
    if (out->control_len != NULL)
        xsock__wasix_put_word(c, out->control_len, 0);
    if (out->addr != NULL) {
        sender(fd, m->addr);
        xsock__wasix_put_addr(c, out->addr, m->addr);
    }
}

/* Most calls have one vector and need nothing that only recvmsg reports. recvmsg costs more than
 * recv. */
static bool is_plain(const struct xsock__wasix_vecs *vecs, const struct xsock__fd *fd,
                     const struct xsock_msg *m)
{
    return vecs->count == 1 && fd->held.sock->type == XSOCK_SOCK_STREAM && m->addr == NULL;
}

int xsock__wasix_receive(const struct xsock__wasix_call *c, struct xsock__fd *fd, uint32_t riflags,
                         const struct xsock__wasix_results *out)
{
    struct xsock__wasix_vecs vecs;
    struct xsock_addr from = {0};
    struct xsock_msg m = {.addr = out->addr != NULL ? &from : NULL};
    bool datagrams = fd->held.sock->type != XSOCK_SOCK_STREAM;
    int flags;
    ptrdiff_t n = xsock__wasix_vecs(c, xsock__wasix_ptr(c, 1), xsock__wasix_ptr(c, 2), &vecs);
    if (n != 0)
        return (int)n;
    m.vec = vecs.v;
    m.vec_count = vecs.count;
    if (xsock__wasix_recv_flags(riflags, &flags) != 0)
        n = -XSOCK_EINVAL;
    else if (xsock__sock_is(fd->held.sock, XSOCK__SOCK_COALESCE))
        /* A host has set the option. WASIX has no way to tell a guest where datagrams end. */
        n = -XSOCK_EOPNOTSUPP;
    else if (out->flags == NULL && vecs.total == 0)
        /* A read of 0 bytes must not consume a datagram, because read() cannot report that it
         * was cut. */
        n = 0;
    else if (datagrams && (riflags & XSOCK__WASIX_WHOLE_LENGTH) != 0)
        n = receive_measured(c, fd, &m, &vecs, flags);
    else if (is_plain(&vecs, fd, &m))
        n = xsock__recv_in(c->guest->table, fd, vecs.v->base, vecs.total, flags, NULL);
    else
        n = xsock__recvmsg_in(c->guest->table, fd, &m, flags);
    if (n >= 0)
        put_results(c, fd, n, &m, out);
    xsock__wasix_drop_vecs(c, &vecs);
    return n < 0 ? (int)n : 0;
}

/* ---- Sending --------------------------------------------------------------------------------- */

/* Asks the policy about each datagram that names its destination. If the socket cannot have a
 * destination, the core returns the error. */
static int ask_destination(const struct xsock__wasix_call *c, const struct xsock__fd *fd,
                           struct xsock_addr *to)
{
    const struct xsock__sock *s = fd->held.sock;
    if (to == NULL || to->family != s->af || xsock__sock_is_stream(s) || s->emulated)
        return 0;
    return xsock__wasix_ask_in(c, XSOCK_WASIX_SEND, fd, to);
}

int xsock__wasix_send(const struct xsock__wasix_call *c, struct xsock__fd *fd, uint32_t siflags,
                      struct xsock_addr *to, unsigned char *out_done)
{
    struct xsock__wasix_vecs vecs;
    struct xsock_msg m = {.addr = to};
    int flags;
    ptrdiff_t n = xsock__wasix_vecs(c, xsock__wasix_ptr(c, 1), xsock__wasix_ptr(c, 2), &vecs);
    if (n != 0)
        return (int)n;
    m.vec = vecs.v;
    m.vec_count = vecs.count;
    n = xsock__wasix_send_flags(siflags, &flags);
    if (n == 0)
        n = ask_destination(c, fd, to);
    if (n == 0 && vecs.count == 1)
        n = xsock__send_in(c->guest->table, fd, vecs.v->base, vecs.total, flags, to);
    else if (n == 0)
        n = xsock__sendmsg_in(c->guest->table, fd, &m, flags);
    if (n >= 0)
        xsock__wasix_put_word(c, out_done, (uint64_t)n);
    xsock__wasix_drop_vecs(c, &vecs);
    return n < 0 ? (int)n : 0;
}
