/* sendmsg, recvmsg and batches. Winsock has three ways. Streams use WSASend and WSARecv, which take
 * vectors only. Datagrams use WSASendTo and WSARecvFrom, or WSASendMsg and WSARecvMsg if there is
 * control data. */
#include "backend/one_by_one.h"
#include "win32/control.h"
#include "win32/own_addrs.h"
#include "win32/send_recv.h"
#include "win32/state.h"

#include <string.h>

/* Vectors in Winsock's form. A stream may move a part of the vectors, and uses those that fit here.
 * A datagram goes as a whole: if it has more vectors, they are in memory of their own. */
struct vectors {
    WSABUF few[XSOCK__SEGMENTS_MAX];
    WSABUF *all; /* few, or memory */
    size_t room;
    DWORD count;
};

/* Returns 0 or WSAENOBUFS. end_vectors must follow a result of 0. */
static int begin_vectors(struct vectors *b, const struct xsock__sys_msg *m, bool stream)
{
    b->all = b->few;
    b->room = sizeof b->few / sizeof b->few[0];
    if (stream || m->vec_count <= b->room)
        return 0;
    b->room = m->vec_count;
    b->all = xsock__sys_alloc(b->room * sizeof *b->all);
    return b->all != NULL ? 0 : WSAENOBUFS;
}

static void end_vectors(struct vectors *b)
{
    if (b->all != b->few)
        xsock__sys_free(b->all, b->room * sizeof *b->all);
}

/* *out_total: their bytes, at most `most`. */
static void put_vectors(struct vectors *b, const struct xsock__sys_msg *m, size_t most,
                        size_t *out_total)
{
    size_t n = m->vec_count < b->room ? m->vec_count : b->room;
    size_t total = 0, used = 0;
    WSABUF *out = b->all;

    for (size_t i = 0; i < n && total < most; i++) {
        size_t skip = i == 0 ? m->skip : 0;
        size_t len = m->vec[i].len - skip;

        if (len > most - total)
            len = most - total;
        out[i].buf =
            skip > 0 ? (char *)m->vec[i].base + skip : m->vec[i].base; /* which may be NULL */
        out[i].len = (ULONG)len;
        total += len;
        used = i + 1;
    }
    *out_total = total;
    if (used == 0) { /* Winsock wants one */
        static char none[1];

        out[0].buf = none;
        out[0].len = 0;
        used = 1;
    }
    b->count = (DWORD)used;
}

/* ---- sendmsg --------------------------------------------------------------------------------- */

struct send {
    struct vectors vectors;
    WSAMSG control; /* Control only; of length 0: none */
    union {
        uint64_t alignment;
        char bytes[XSOCK__CONTROL_CAPACITY];
    } room;
};

static int send_once(SOCKET s, struct send *x, const struct xsock__sys_msg *m, int flags,
                     bool stream, DWORD *out)
{
    struct sockaddr *name = m->addr != NULL ? (struct sockaddr *)(void *)m->addr->bytes : NULL;
    int size = m->addr != NULL ? (int)m->addr->length : 0;
    WSABUF *buffers = x->vectors.all;
    DWORD count = x->vectors.count;
    int rc;

    if (stream) {
        rc = WSASend(s, buffers, count, out, (DWORD)flags, NULL, NULL);
    } else if (x->control.Control.len == 0) {
        rc = WSASendTo(s, buffers, count, out, (DWORD)flags, name, size, NULL, NULL);
    } else {
        x->control.name = name;
        x->control.namelen = size;
        x->control.lpBuffers = buffers;
        x->control.dwBufferCount = count;
        rc = WSASendMsg(s, &x->control, (DWORD)flags, out, NULL, NULL);
    }
    return rc == SOCKET_ERROR ? xsock__win32_error() : 0;
}

static int put_control(struct send *x, const struct xsock__sys_msg *m)
{
    const DWORD size = (DWORD)m->segment;
    int code;

    memset(&x->control, 0, sizeof x->control);
    x->control.Control.buf = x->room.bytes;
    code = m->control != NULL ? xsock__control_put(&x->control, m) : 0;
    if (code == 0 && m->segment != 0)
        xsock__control_add(&x->control, IPPROTO_UDP, UDP_SEND_MSG_SIZE, &size, sizeof size);
    return code;
}

/* A version that cannot do this for one message gives WSAEINVAL. */
static int send_prepared(SOCKET s, struct send *x, const struct xsock__sys_msg *m, int flags,
                         bool stream, DWORD *out)
{
    bool octets = m->control != NULL
                  && (m->control->has & (XSOCK_CONTROL_TOS | XSOCK_CONTROL_HOP_LIMIT)) != 0;
    size_t most = stream ? XSOCK__TRANSFER_MAX : UINT32_MAX;
    size_t total, smaller = 0;
    int reports = 0;
    int code;

    do {
        put_vectors(&x->vectors, m, smaller > 0 ? smaller : most, &total);
        code = send_once(s, x, m, flags & XSOCK__DATA_SEND_FLAGS, stream, out);
        smaller = xsock__win32_smaller_send(s, code, total);
    } while (smaller > 0 || xsock__win32_skips_report(s, &code, &reports));
    if (code == WSAEINVAL && octets)
        return WSAEOPNOTSUPP;
    return code != 0 ? xsock__win32_code_from_send(s, m->addr, code) : 0;
}

int xsock__sys_sendmsg(uintptr_t h, struct xsock__sys_msg *m, int flags)
{
    struct send x;
    DWORD sent = 0;
    int code = begin_vectors(&x.vectors, m, m->stream);

    if (code != 0)
        return code;
    code = put_control(&x, m);
    if (code == 0)
        code = send_prepared(h, &x, m, flags, m->stream, &sent);
    end_vectors(&x.vectors);
    if (code == 0)
        m->done = sent;
    return code;
}

/* ---- recvmsg --------------------------------------------------------------------------------- */

struct receive {
    struct vectors vectors;
    WSAMSG message; /* flags and address, whichever the call is */
    size_t total;
    DWORD done;
    union {
        uint64_t alignment;
        char bytes[XSOCK__CONTROL_CAPACITY];
    } room;
};

/* The function belongs to the provider, so the socket is asked each time. That costs no call of the
 * kernel. */
LPFN_WSARECVMSG xsock__win32_find_recvmsg(SOCKET s)
{
    GUID id = WSAID_WSARECVMSG;
    LPFN_WSARECVMSG fn = NULL;
    DWORD n = 0;

    if (WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &fn, sizeof fn, &n, NULL,
                 NULL)
        != 0)
        return NULL;
    return fn;
}

static int recv_once(SOCKET s, struct receive *r, bool stream, LPFN_WSARECVMSG with_control)
{
    WSAMSG *m = &r->message;
    int rc, code;

    if (stream) {
        m->namelen = 0;
        rc = WSARecv(s, m->lpBuffers, m->dwBufferCount, &r->done, &m->dwFlags, NULL, NULL);
    } else if (with_control == NULL) {
        rc = WSARecvFrom(s, m->lpBuffers, m->dwBufferCount, &r->done, &m->dwFlags, m->name,
                         &m->namelen, NULL, NULL);
    } else {
        rc = with_control(s, m, &r->done, NULL, NULL);
    }
    if (rc != SOCKET_ERROR)
        return 0;
    code = xsock__win32_error();
    if (code != WSAEMSGSIZE)
        return code;
    /* WSARecvMsg also fails so if control data is cut, and then it tells which of them it is. */
    if (with_control != NULL && (m->dwFlags & MSG_CTRUNC) && !(m->dwFlags & MSG_TRUNC))
        return 0;
    r->done = (DWORD)r->total; /* the rest of the datagram is lost */
    m->dwFlags |= MSG_TRUNC;
    return 0;
}

static int out_flags_from_native(const struct receive *r, int asked, bool stream)
{
    DWORD native = r->message.dwFlags;
    int flags = asked & MSG_OOB ? XSOCK_MSG_OOB : 0;

    if (!stream && (native & MSG_TRUNC))
        flags |= XSOCK_MSG_TRUNC;
    if (native & MSG_CTRUNC)
        flags |= XSOCK_MSG_CTRUNC;
    return flags;
}

static void prepare_receive(struct receive *r, struct xsock__sys_msg *m, int flags, bool control,
                            size_t most)
{
    memset(&r->message, 0, sizeof r->message);
    put_vectors(&r->vectors, m, most, &r->total);
    r->message.lpBuffers = r->vectors.all;
    r->message.dwBufferCount = r->vectors.count;
    r->message.dwFlags = (DWORD)(flags & XSOCK__DATA_RECV_FLAGS);
    if (m->addr != NULL) {
        memset(m->addr->bytes, 0, sizeof(struct sockaddr));
        r->message.name = (struct sockaddr *)(void *)m->addr->bytes;
        r->message.namelen = (int)sizeof m->addr->bytes;
    }
    if (control) {
        memset(&r->room, 0, sizeof r->room);
        r->message.Control.buf = r->room.bytes;
        r->message.Control.len = sizeof r->room;
    }
    r->done = 0;
}

static void finish_receive(struct receive *r, struct xsock__sys_msg *m, int flags, bool stream)
{
    if (m->addr != NULL) {
        m->addr->length = (uint32_t)r->message.namelen;
        if (xsock__own_addrs_family(m->addr) == AF_UNSPEC)
            m->addr->length = 0;
    }
    m->done = r->done;
    m->flags = out_flags_from_native(r, flags, stream);
    m->segment = 0;
    if (m->control != NULL) {
        m->control->has = 0;
        m->control->handle_count = 0;
    }
    if (r->message.Control.buf != NULL)
        xsock__control_get(&r->message, m);
}

/* The most that a packet of Ethernet holds. */
enum { ONE_PACKET = 1472 };

/* Some machines coalesce datagrams and do not tell their size, by which the program could find them
 * again: Windows on Arm, and drivers of some network adapters. A message without a size that does
 * not fit into one packet may be such a one. Or the message is a long datagram, and then the socket
 * loses only speed. https://github.com/microsoft/msquic/issues/4955 */
static void distrust_coalescing(SOCKET s, const struct xsock__sys_msg *m)
{
    const DWORD none = 0;

    if (m->coalesces && m->segment == 0 && m->done > ONE_PACKET)
        (void)setsockopt(s, IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, (const char *)&none,
                         sizeof none);
}

/* *ended: nothing was received, because the socket is at its end. */
static int receive(uintptr_t h, struct xsock__sys_msg *m, int flags, bool *ended)
{
    bool stream = m->stream;
    bool internet = m->af == XSOCK_AF_INET || m->af == XSOCK_AF_INET6;
    bool control = (m->control != NULL || m->coalesces) && internet && !stream;
    LPFN_WSARECVMSG with_control = control ? xsock__win32_find_recvmsg(h) : NULL;
    size_t smaller = 0;
    int reports = 0;
    struct receive r;
    int code = begin_vectors(&r.vectors, m, stream);

    if (code != 0)
        return code;
    do {
        prepare_receive(&r, m, flags, with_control != NULL,
                        smaller > 0 ? smaller : XSOCK__TRANSFER_MAX);
        code = stream && r.total == 0 ? 0 : recv_once(h, &r, stream, with_control);
        smaller = xsock__win32_smaller_recv(h, code, r.total);
    } while (smaller > 0 || xsock__win32_skips_report(h, &code, &reports));
    end_vectors(&r.vectors);
    if (code != 0 && !xsock__win32_recv_is_end(code))
        return xsock__win32_code_from_recv(h, flags & XSOCK__DATA_RECV_FLAGS, code);
    *ended = code != 0;
    finish_receive(&r, m, flags, stream);
    distrust_coalescing(h, m);
    return 0;
}

int xsock__sys_recvmsg(uintptr_t h, struct xsock__sys_msg *m, int flags, bool cloexec)
{
    bool ended;

    (void)cloexec;
    int code = receive(h, m, flags, &ended);
    /* An empty datagram is a datagram. If a socket for datagrams is shut down, nothing is there:
     * the core knows that nothing will come any more. */
    return code == 0 && ended && !m->stream ? WSAEWOULDBLOCK : code;
}

bool xsock__sys_lacks_room(uintptr_t h)
{
    (void)h;
    return false;
}

/* ---- Many ------------------------------------------------------------------------------------ */

static bool asks_dword(SOCKET s, int name, DWORD *out)
{
    int size = (int)sizeof *out;

    *out = 0;
    return getsockopt(s, IPPROTO_UDP, name, (char *)out, &size) == 0;
}

bool xsock__sys_can_segment(uintptr_t h)
{
    DWORD size;

    return asks_dword(h, UDP_SEND_MSG_SIZE, &size);
}

bool xsock__sys_coalesces(uintptr_t h)
{
    DWORD size;

    return asks_dword(h, UDP_RECV_MAX_COALESCED_SIZE, &size) && size > 0;
}

int xsock__sys_send_batch(uintptr_t h, struct xsock__sys_msg *v, size_t n, int flags, size_t *out)
{
    return send_one_by_one(h, v, n, flags, out);
}

int xsock__sys_recv_batch(uintptr_t h, struct xsock__sys_msg *v, size_t n, size_t *out,
                          int *out_ended)
{
    size_t done = 0;
    bool ended = false;
    int code = 0;

    while (done < n && code == 0 && !ended) {
        code = receive(h, &v[done], 0, &ended);
        done += code == 0 && !ended;
    }
    if (done == 0 && !ended)
        return code;
    *out_ended = code;
    *out = done;
    return 0;
}
