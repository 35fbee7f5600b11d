/* Moves many messages. Linux has sendmmsg and recvmmsg. On other systems, and where a filter
 * forbids these calls, messages go one by one. If another system has a sendmmsg, it is a loop, too
 * (FreeBSD's C library). */
#include "posix/message.h"

#ifdef __linux__
#include <netinet/in.h>
#include <string.h>

struct batch {
    struct mmsghdr headers[XSOCK__BATCH_MAX];
    union {
        uint64_t alignment;
        unsigned char bytes[XSOCK__POSIX_CONTROL_INTERNET];
    } controls[XSOCK__BATCH_MAX];
};

/* ---- Sending --------------------------------------------------------------------------------- */

/* Does what sendmmsg does. */
static int send_each(int h, struct mmsghdr *v, unsigned n, int flags)
{
    unsigned done = 0;
    while (done < n && sendmsg(h, &v[done].msg_hdr, flags) >= 0)
        done++;
    return done > 0 ? (int)done : -1;
}

int xsock__sys_send_batch(uintptr_t h, struct xsock__sys_msg *v, size_t n, int flags, size_t *out)
{
    struct batch b;
    unsigned count = 0;
    int code = 0;
    memset(b.headers, 0, n * sizeof b.headers[0]);
    while (count < n && code == 0) {
        b.headers[count].msg_hdr.msg_control = b.controls[count].bytes;
        code = xsock__posix_put_message(&b.headers[count].msg_hdr, &v[count]);
        count += code == 0;
    }
    if (count == 0)
        return code;
    const int native = xsock__posix_send_flags(flags);
    int sent = sendmmsg((int)h, b.headers, count, (xsock__posix_batch_flags)native);
    if (sent < 0 && xsock__posix_is_missing(errno))
        sent = send_each((int)h, b.headers, count, native);
    if (sent <= 0)
        return xsock__posix_send_code(h, v[0].addr);
    *out = (size_t)sent;
    return 0;
}

/* ---- Receiving ------------------------------------------------------------------------------- */

static void prepare_receive(struct batch *b, size_t i, struct xsock__sys_msg *m)
{
    struct msghdr *native = &b->headers[i].msg_hdr;
    memset(&b->headers[i], 0, sizeof b->headers[0]);
    native->msg_iov = xsock__posix_vectors(m->vec);
    native->msg_iovlen = 1;
    if (m->addr != NULL) {
        native->msg_name = m->addr->bytes;
        native->msg_namelen = sizeof m->addr->bytes;
    }
    if (m->control != NULL || m->coalesces) {
        native->msg_control = b->controls[i].bytes;
        native->msg_controllen = sizeof b->controls[i];
    }
}

static void finish_receive(struct batch *b, size_t i, struct xsock__sys_msg *m)
{
    struct msghdr *native = &b->headers[i].msg_hdr;
    m->done = b->headers[i].msg_len;
    m->flags = xsock__posix_out_flags(native->msg_flags);
    if (m->addr != NULL)
        m->addr->length = (uint32_t)native->msg_namelen;
    xsock__posix_get_control(native, m, true); /* no handles come */
}

/* Does what recvmmsg does. *out_ended is the code that ended it after some messages, or 0. */
static int recv_each(int h, struct mmsghdr *v, unsigned n, int *out_ended)
{
    unsigned done = 0;
    while (done < n) {
        ssize_t size = recvmsg(h, &v[done].msg_hdr, MSG_DONTWAIT);
        if (size < 0)
            break;
        v[done++].msg_len = (unsigned)size;
    }
    *out_ended = done < n ? errno : 0;
    return done > 0 ? (int)done : -1;
}

/* If an error comes after some messages, recvmmsg puts the error back. The next call gets it. */
int xsock__sys_recv_batch(uintptr_t h, struct xsock__sys_msg *v, size_t n, size_t *out,
                          int *out_ended)
{
    struct batch b;
    int ended = 0;
    for (size_t i = 0; i < n; i++)
        prepare_receive(&b, i, &v[i]);
    int got = recvmmsg((int)h, b.headers, (unsigned)n, MSG_DONTWAIT, NULL);
    if (got < 0 && xsock__posix_is_missing(errno))
        got = recv_each((int)h, b.headers, (unsigned)n, &ended);
    if (got <= 0)
        return errno;
    for (int i = 0; i < got; i++)
        finish_receive(&b, (size_t)i, &v[i]);
    *out = (size_t)got;
    *out_ended = ended;
    return 0;
}

#else
#include "backend/one_by_one.h"

int xsock__sys_send_batch(uintptr_t h, struct xsock__sys_msg *v, size_t n, int flags, size_t *out)
{
    return send_one_by_one(h, v, n, flags, out);
}

int xsock__sys_recv_batch(uintptr_t h, struct xsock__sys_msg *v, size_t n, size_t *out,
                          int *out_ended)
{
    size_t done = 0;
    int code = 0;
    while (done < n && code == 0) {
        code = xsock__sys_recvmsg(h, &v[done], 0, true);
        done += code == 0;
    }
    if (done == 0)
        return code;
    *out_ended = code;
    *out = done;
    return 0;
}
#endif
