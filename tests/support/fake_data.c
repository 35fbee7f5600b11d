/* The fake system's network: sending and receiving. The receiving
 * endpoint holds the data of a connection. */
#include "fake_private.h"

#include <stdlib.h>
#include <string.h>

static size_t buffer = FAKE_BUFFER;
static size_t step = SIZE_MAX;
static unsigned idle_sends;

void fake_set_buffer(size_t bytes)
{
    buffer = bytes;
}

void fake_set_step(size_t bytes)
{
    step = bytes != 0 ? bytes : SIZE_MAX;
}

void fake_move_nothing(unsigned sends)
{
    idle_sends = sends;
}

size_t fake__net_room(const struct fake__endpoint *receiver)
{
    if (receiver->type != XSOCK_SOCK_STREAM)
        return receiver->messages < FAKE_MESSAGES;
    return receiver->size < buffer ? buffer - receiver->size : 0;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int take_error(struct fake__endpoint *e)
{
    int code = e->error;
    e->error = 0;
    return code;
}

/* ---- Sending --------------------------------------------------------------------------------- */

static void append_bytes(struct fake__endpoint *r, const void *buf, size_t n)
{
    unsigned char *bytes = realloc(r->bytes, r->size + n + 1);
    if (bytes == NULL)
        fake__die("no memory");
    r->bytes = bytes;
    if (n > 0)
        memcpy(bytes + r->size, buf, n);
    r->size += n;
}

/* The last byte is urgent. It is held apart from the others, and a mark has its place. */
static void append_urgent(struct fake__endpoint *r, const unsigned char *buf, size_t n)
{
    append_bytes(r, buf, n - 1);
    r->urgent = buf[n - 1];
    r->has_urgent = r->marked = true;
    r->mark = r->size;
}

static int send_stream(struct fake__endpoint *e, const void *buf, size_t len, int flags,
                       size_t *out)
{
    if (e->error != 0)
        return take_error(e);
    if (e->connecting)
        return FAKE_EAGAIN;
    if (!e->connected || e->shut_send || e->peer == NULL)
        return FAKE_EPIPE;
    if (len > 0 && fake__net_room(e->peer) == 0)
        return FAKE_EAGAIN;
    if (len > 0 && idle_sends > 0) {
        idle_sends--;
        *out = 0;
        return 0;
    }
    *out = least(least(len, step), fake__net_room(e->peer));
    if (e->peer->shut_receive)
        return 0;
    if ((flags & XSOCK_MSG_OOB) != 0 && *out > 0)
        append_urgent(e->peer, buf, *out);
    else
        append_bytes(e->peer, buf, *out);
    return 0;
}

static void append_message(struct fake__endpoint *r, const struct fake__endpoint *from,
                           const void *buf, size_t len)
{
    struct fake__message *m = calloc(1, sizeof *m + len), **link = &r->first;
    if (m == NULL)
        fake__die("no memory");
    m->from = from->local;
    m->size = len;
    if (len > 0)
        memcpy(m->data, buf, len);
    while (*link != NULL)
        link = &(*link)->next;
    *link = m;
    r->messages++;
}

static struct fake__endpoint *receiver(struct fake__endpoint *e, const struct xsock__sys_addr *to)
{
    struct xsock_addr name = e->remote;
    if (to == NULL && e->peer != NULL)
        return e->peer;
    if (to != NULL && xsock__sys_addr_from_native(to, &name) != 0)
        fake__die("was given an address that is none");
    return fake__net_named(e->af, e->type, &name);
}

static int send_message(struct fake__endpoint *e, const void *buf, size_t len,
                        const struct xsock__sys_addr *to)
{
    struct fake__endpoint *r;
    if (e->error != 0)
        return take_error(e);
    if (to == NULL && !e->connected)
        return e->type == XSOCK_SOCK_DGRAM && e->af != XSOCK_AF_LOCAL ? FAKE_EDESTADDRREQ
                                                                      : FAKE_ENOTCONN;
    if (e->shut_send)
        return FAKE_EPIPE;
    if (len > FAKE_MESSAGE_MAX)
        return FAKE_EMSGSIZE;
    r = e->gone ? NULL : receiver(e, to);
    if (r == NULL) {
        bool reports =
            e->connected && to == NULL; /* an ICMP error comes back, and the next call returns it */
        if (e->af == XSOCK_AF_LOCAL)
            return FAKE_ECONNREFUSED;
        e->error = reports ? FAKE_ECONNREFUSED : 0;
        return 0;
    }
    if (fake__net_room(r) == 0)
        return FAKE_EAGAIN;
    append_message(r, e, buf, len);
    return 0;
}

int xsock__sys_send(uintptr_t h, const void *buf, size_t len, int flags,
                    const struct xsock__sys_addr *to, size_t *out)
{
    struct fake__endpoint *e = fake__endpoint(h, "sent on what is no open socket");
    int code = fake__begin(FAKE_SEND);
    if (code != 0)
        return code;
    fake__net_settle();
    if (e->type == XSOCK_SOCK_STREAM)
        return send_stream(e, buf, len, flags, out);
    code = send_message(e, buf, len, to);
    if (code == 0)
        *out = len;
    return code;
}

/* ---- Receiving ------------------------------------------------------------------------------- */

static void take_bytes(struct fake__endpoint *e, size_t n)
{
    memmove(e->bytes, e->bytes + n, e->size - n);
    e->size -= n;
    e->mark -= e->marked ? n : 0;
}

/* A receive stops at the mark. The next one continues behind the mark. */
static size_t at_most(struct fake__endpoint *e, size_t len)
{
    if (e->marked && e->mark == 0)
        e->marked = false;
    return least(least(len, step), e->marked ? e->mark : e->size);
}

static int recv_urgent(struct fake__endpoint *e, unsigned char *buf, size_t len, int flags,
                       size_t *out)
{
    if (!e->has_urgent)
        return FAKE_EINVAL;
    *out = least(len, 1);
    if (len > 0)
        *buf = e->urgent;
    if ((flags & XSOCK_MSG_PEEK) == 0)
        e->has_urgent = false;
    return 0;
}

static int recv_stream(struct fake__endpoint *e, void *buf, size_t len, int flags, size_t *out)
{
    if ((flags & XSOCK_MSG_OOB) != 0)
        return recv_urgent(e, buf, len, flags, out);
    if (e->size == 0) {
        if (e->error != 0)
            return take_error(e);
        if (e->connecting)
            return FAKE_EAGAIN;
        if (!e->connected)
            return FAKE_ENOTCONN;
        *out = 0;
        return e->ended || e->shut_receive ? 0 : FAKE_EAGAIN;
    }
    *out = at_most(e, len);
    memcpy(buf, e->bytes, *out);
    if ((flags & XSOCK_MSG_PEEK) == 0)
        take_bytes(e, *out);
    return 0;
}

static int recv_message(struct fake__endpoint *e, void *buf, size_t len, int flags,
                        struct xsock_addr *out_from, size_t *out, int *out_flags)
{
    struct fake__message *m = e->first;
    if (m == NULL && e->error != 0)
        return take_error(e);
    if (m == NULL) {
        *out = 0;
        return (e->shut_receive || e->ended) && e->type == XSOCK_SOCK_SEQPACKET ? 0 : FAKE_EAGAIN;
    }
    *out = least(len, m->size);
    if (*out > 0)
        memcpy(buf, m->data, *out);
    *out_flags = m->size > len ? XSOCK_MSG_TRUNC : 0;
    *out_from = m->from;
    if ((flags & XSOCK_MSG_PEEK) == 0) {
        e->first = m->next;
        e->messages--;
        free(m);
    }
    return 0;
}

int fake__recv(uintptr_t h, void *buf, size_t len, int flags, struct xsock__sys_addr *out_from,
               size_t *out, int *out_flags)
{
    struct fake__endpoint *e = fake__endpoint(h, "received on what is no open socket");
    struct xsock_addr from = {.family = XSOCK_AF_UNSPEC};
    int code = fake__begin(FAKE_RECV), received_flags = 0;
    size_t n = 0;
    if (code != 0)
        return code;
    fake__net_settle();
    if (e->type == XSOCK_SOCK_STREAM)
        code = recv_stream(e, buf, len, flags, &n);
    else
        code = recv_message(e, buf, len, flags, &from, &n, &received_flags);
    if (code != 0)
        return code;
    if (out_from != NULL) {
        out_from->length = 0;
        if (from.family != XSOCK_AF_UNSPEC)
            xsock__sys_addr_to_native(&from, out_from);
    }
    *out = n;
    *out_flags = received_flags;
    return 0;
}

int xsock__sys_recv(uintptr_t h, void *buf, size_t len, int flags, struct xsock__sys_addr *out_from,
                    size_t *out)
{
    int ignored;
    return fake__recv(h, buf, len, flags, out_from, out, &ignored);
}

int xsock__sys_available(uintptr_t h, size_t *out)
{
    struct fake__endpoint *e = fake__endpoint(h, "asked what is no open socket for its data");
    int code = fake__begin(FAKE_AVAILABLE);
    if (code == 0)
        *out = e->type == XSOCK_SOCK_STREAM ? e->size : e->first != NULL ? e->first->size : 0;
    return code;
}

int xsock__sys_at_mark(uintptr_t h, bool *out)
{
    struct fake__endpoint *e = fake__endpoint(h, "asked what is no open socket for its mark");
    int code = fake__begin(FAKE_AT_MARK);
    if (code == 0)
        *out = e->marked && e->mark == 0;
    return code;
}

/* ---- Ready ----------------------------------------------------------------------------------- */

static int stream_revents(const struct fake__endpoint *e)
{
    int r = 0;
    if (e->listening)
        return e->waiting != NULL ? XSOCK_POLLIN : 0;
    if (e->connecting)
        return 0;
    if (e->size > 0 || e->ended || e->shut_receive)
        r |= XSOCK_POLLIN;
    if (!e->connected || e->peer == NULL || e->shut_send || fake__net_room(e->peer) > 0)
        r |= XSOCK_POLLOUT;
    if (e->gone || !e->connected || (e->ended && e->shut_send))
        r |= XSOCK_POLLHUP;
    return r;
}

static int message_revents(const struct fake__endpoint *e)
{
    int r = e->messages > 0 || e->shut_receive ? XSOCK_POLLIN : 0;
    if (e->peer == NULL || fake__net_room(e->peer) > 0)
        r |= XSOCK_POLLOUT;
    return r;
}

int fake__net_revents(const struct fake__endpoint *e)
{
    int r = fake__net_is_stream(e) ? stream_revents(e) : message_revents(e);
    if (e->has_urgent)
        r |= XSOCK_POLLPRI;
    if (e->error != 0)
        r |= XSOCK_POLLERR | XSOCK_POLLOUT | XSOCK_POLLIN;
    return r;
}
