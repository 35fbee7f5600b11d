/* Many datagrams: with sendmmsg, UDP_SEGMENT and recvmmsg on Linux; one by one elsewhere, where sendmmsg, if there
 * is one, is a loop too (FreeBSD's C library). */
#include "posix/message.h"

#ifdef __linux__
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>

#include "backend/udp_segments.h"
#include "base/atomic.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103 /* Linux 4.18 */
#endif

struct batch {
    struct mmsghdr headers[XSOCK__BATCH_MAX];
    struct iovec vectors[XSOCK__BATCH_MAX];
    union {
        uint64_t alignment;
        unsigned char bytes[XSOCK__POSIX_CONTROL_INTERNET];
    } controls[XSOCK__BATCH_MAX];
    unsigned char runs[XSOCK__BATCH_MAX]; /* datagrams that a header stands for */
    unsigned count;
};

/* A kernel that doesn't know UDP_SEGMENT passes over it, and sends one big datagram: it is asked before. */
static bool can_segment(uintptr_t h)
{
    enum { UNKNOWN, YES, NO };
    static xsock__atomic_int known;
    if (xsock__atomic_peek(&known) == UNKNOWN) {
        int size = 0;
        socklen_t length = sizeof size;
        bool yes = getsockopt((int)h, IPPROTO_UDP, UDP_SEGMENT, &size, &length) == 0;
        xsock__atomic_store(&known, yes ? YES : NO);
    }
    return xsock__atomic_peek(&known) == YES;
}

static int put_header(struct batch *b, const struct xsock__sys_msg *v, size_t at, size_t run)
{
    struct msghdr *m = &b->headers[b->count].msg_hdr;
    memset(&b->headers[b->count], 0, sizeof b->headers[0]);
    for (size_t i = 0; i < run; i++)
        b->vectors[at + i] = (struct iovec){v[i].vec->base, v[i].vec->len};
    m->msg_iov = &b->vectors[at];
    m->msg_iovlen = (xsock__posix_count)run;
    if (v->addr != NULL) {
        m->msg_name = v->addr->bytes;
        m->msg_namelen = (socklen_t)v->addr->length;
    }
    m->msg_control = b->controls[b->count].bytes;
    int code = v->control != NULL ? xsock__posix_put_control(m, v) : 0;
    if (code != 0)
        return code;
    if (run > 1) {
        const uint16_t size = (uint16_t)v->vec->len;
        xsock__posix_add_control(m, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size);
    }
    if (m->msg_controllen == 0)
        m->msg_control = NULL;
    b->runs[b->count++] = (unsigned char)run;
    return 0;
}

static bool has_handles(const struct xsock__sys_msg *m)
{
    return m->control != NULL && (m->control->has & XSOCK_CONTROL_HANDLES) != 0;
}

/* One call of the system for as much of it as goes in one. */
static int send_some(uintptr_t h, struct xsock__sys_msg *v, size_t n, int flags, bool segment,
                     size_t *out)
{
    struct batch b;
    size_t at = 0;
    b.count = 0;
    if (has_handles(v)) { /* rare, and big */
        *out = 1;
        return xsock__sys_sendmsg(h, v, flags);
    }
    while (at < n && !has_handles(&v[at])) {
        size_t run = segment ? xsock__segments_run(&v[at], n - at) : 1;
        int code = put_header(&b, &v[at], at, run);
        if (code != 0 && at == 0)
            return code;
        if (code != 0)
            break;
        at += run;
    }
    xsock__posix_batch_flags native = (xsock__posix_batch_flags)xsock__posix_message_flags(flags);
    int sent = sendmmsg((int)h, b.headers, b.count, native);
    if (sent <= 0)
        return errno;
    *out = 0;
    for (int i = 0; i < sent; i++)
        *out += b.runs[i];
    return 0;
}

/* Segments have to fit the path's MTU, while datagrams are fragmented; and the device has to compute checksums. Where
 * a kernel refuses for such a reason, one datagram each may still go, or tells what is really wrong. */
static bool may_go_singly(int code)
{
    return code == EINVAL || code == EIO || code == EMSGSIZE || code == EOPNOTSUPP;
}

int xsock__sys_send_batch(uintptr_t h, struct xsock__sys_msg *v, size_t n, int flags, bool udp,
                          size_t *out)
{
    bool segment = udp && n > 1 && can_segment(h);
    size_t done = 0, sent = 0;
    int code = 0;
    while (done < n && code == 0) {
        code = send_some(h, v + done, n - done, flags, segment, &sent);
        if (segment && may_go_singly(code)) {
            size_t run = xsock__segments_run(v + done, n - done);
            code = run > 1 ? send_some(h, v + done, run, flags, false, &sent) : code;
        }
        if (code == 0)
            done += sent;
    }
    if (done == 0)
        return code;
    *out = done;
    return 0;
}

#else

int xsock__sys_send_batch(uintptr_t h, struct xsock__sys_msg *v, size_t n, int flags, bool udp,
                          size_t *out)
{
    size_t done = 0;
    int code = 0;
    (void)udp;
    while (done < n && code == 0) {
        code = xsock__sys_sendmsg(h, &v[done], flags);
        done += code == 0;
    }
    if (done == 0)
        return code;
    *out = done;
    return 0;
}
#endif

/* ---- Receiving ----------------------------------------------------------------------------------- */

static int recv_singly(uintptr_t h, struct xsock__sys_msg *v, size_t n, bool cloexec, size_t *out)
{
    size_t done = 0;
    int code = 0;
    while (done < n && code == 0) {
        code = xsock__sys_recvmsg(h, &v[done], 0, cloexec);
        done += code == 0;
    }
    if (done == 0)
        return code;
    *out = done;
    return 0;
}

#ifdef __linux__
static void prepare_receive(struct batch *b, size_t i, struct xsock__sys_msg *m)
{
    struct msghdr *native = &b->headers[i].msg_hdr;
    memset(&b->headers[i], 0, sizeof b->headers[0]);
    b->vectors[i] = (struct iovec){m->vec->base, m->vec->len};
    native->msg_iov = &b->vectors[i];
    native->msg_iovlen = 1;
    if (m->addr != NULL) {
        native->msg_name = m->addr->bytes;
        native->msg_namelen = sizeof m->addr->bytes;
    }
    if (m->control != NULL) {
        native->msg_control = b->controls[i].bytes;
        native->msg_controllen = sizeof b->controls[i];
    }
}

static void finish_receive(struct batch *b, size_t i, struct xsock__sys_msg *m, bool cloexec)
{
    struct msghdr *native = &b->headers[i].msg_hdr;
    m->done = b->headers[i].msg_len;
    m->flags = xsock__posix_out_flags(native->msg_flags);
    if (m->addr != NULL)
        m->addr->length = (uint32_t)native->msg_namelen;
    xsock__posix_get_control(native, m, cloexec);
}

int xsock__sys_recv_batch(uintptr_t h, struct xsock__sys_msg *v, size_t n, bool cloexec,
                          size_t *out)
{
    struct batch b;
    if (v->af == XSOCK_AF_LOCAL) /* many handles may come with each: one at a time has the room */
        return recv_singly(h, v, n, cloexec, out);
    for (size_t i = 0; i < n; i++)
        prepare_receive(&b, i, &v[i]);
    int got = recvmmsg((int)h, b.headers, (unsigned)n, MSG_DONTWAIT, NULL);
    if (got <= 0)
        return errno;
    for (int i = 0; i < got; i++)
        finish_receive(&b, (size_t)i, &v[i], cloexec);
    *out = (size_t)got;
    return 0;
}

#else
int xsock__sys_recv_batch(uintptr_t h, struct xsock__sys_msg *v, size_t n, bool cloexec,
                          size_t *out)
{
    return recv_singly(h, v, n, cloexec, out);
}
#endif
