/* sendmsg and recvmsg. */
#include "posix/message.h"

#include <netinet/in.h>
#ifdef __linux__
#include <netinet/udp.h>
#ifndef UDP_GRO
#define UDP_GRO 104 /* Linux 5.0 */
#endif
#endif

/* Room for control data, aligned. */
union control {
    uint64_t alignment;
    unsigned char bytes[XSOCK__POSIX_CONTROL_ANY];
};

static size_t put_vectors(const struct xsock__sys_msg *m, struct iovec *out)
{
    size_t n = m->vec_count < XSOCK__VEC_MAX ? m->vec_count : XSOCK__VEC_MAX;
    for (size_t i = 0; i < n; i++)
        out[i] = (struct iovec){m->vec[i].base, m->vec[i].len};
    if (n > 0 && m->skip > 0) {
        out[0].iov_base = (unsigned char *)out[0].iov_base + m->skip;
        out[0].iov_len -= m->skip;
    }
    return n;
}

int xsock__sys_sendmsg(uintptr_t h, struct xsock__sys_msg *m, int flags)
{
    struct iovec vectors[XSOCK__VEC_MAX];
    union control control;
    struct msghdr native = {.msg_iov = vectors,
                            .msg_iovlen = (xsock__posix_count)put_vectors(m, vectors)};
    if (m->addr != NULL) {
        native.msg_name = m->addr->bytes;
        native.msg_namelen = (socklen_t)m->addr->length;
    }
    if (m->control != NULL) {
        native.msg_control = control.bytes;
        int code = xsock__posix_put_control(&native, m);
        if (code != 0)
            return code;
        if (native.msg_controllen == 0)
            native.msg_control = NULL;
    }
    ssize_t n = sendmsg((int)h, &native, xsock__posix_message_flags(flags));
    if (n < 0)
        return errno;
    m->done = (size_t)n;
    return 0;
}

/* Handles that a peek would give are duplicates on Linux, and may be anything elsewhere: it gets none. Without room
 * for control data the system drops what there is, handles included. */
int xsock__sys_recvmsg(uintptr_t h, struct xsock__sys_msg *m, int flags, bool cloexec)
{
    struct iovec vectors[XSOCK__VEC_MAX];
    union control control;
    struct msghdr native = {.msg_iov = vectors,
                            .msg_iovlen = (xsock__posix_count)put_vectors(m, vectors)};
    bool peeks_local = (flags & XSOCK_MSG_PEEK) != 0 && m->af == XSOCK_AF_LOCAL;
    int native_flags = xsock__posix_message_flags(flags);
    if (m->addr != NULL) {
        native.msg_name = m->addr->bytes;
        native.msg_namelen = sizeof m->addr->bytes;
    }
    if (m->control != NULL && !peeks_local) {
        native.msg_control = control.bytes;
        native.msg_controllen = sizeof control;
    }
#ifdef MSG_CMSG_CLOEXEC
    native_flags |= MSG_CMSG_CLOEXEC;
#endif
    ssize_t n = recvmsg((int)h, &native, native_flags);
    if (n < 0)
        return errno;
    if (m->addr != NULL)
        m->addr->length = (uint32_t)native.msg_namelen;
    m->done = (size_t)n;
    m->flags = xsock__posix_out_flags(native.msg_flags);
    xsock__posix_get_control(&native, m, cloexec);
    return 0;
}

bool xsock__sys_coalesces(uintptr_t h)
{
#ifdef __linux__
    int on = 0;
    socklen_t size = sizeof on;
    return getsockopt((int)h, IPPROTO_UDP, UDP_GRO, &on, &size) == 0 && on != 0;
#else
    (void)h;
    return false;
#endif
}
