/* sendmsg and recvmsg. */
#include "posix/message.h"

#include <netinet/in.h>
#ifdef __linux__
#include <netinet/udp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/atomic.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103 /* Linux 4.18 */
#endif
#ifndef UDP_GRO
#define UDP_GRO 104 /* Linux 5.0 */
#endif
#endif

/* ---- UDP ------------------------------------------------------------------------------------- */

/* A kernel that does not know UDP_SEGMENT ignores it, and sends one large datagram. So the kernel
 * is asked first. */
bool xsock__sys_can_segment(uintptr_t h)
{
#ifdef __linux__
    enum { UNKNOWN, YES, NO };
    static xsock__atomic_int known;
    if (xsock__atomic_peek(&known) == UNKNOWN) {
        int size = 0;
        socklen_t length = sizeof size;
        bool yes = getsockopt((int)h, IPPROTO_UDP, UDP_SEGMENT, &size, &length) == 0;
        xsock__atomic_store(&known, yes ? YES : NO);
    }
    return xsock__atomic_peek(&known) == YES;
#else
    (void)h;
    return false;
#endif
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

/* ---- Messages -------------------------------------------------------------------------------- */

/* A buffer for control data, aligned. */
union control {
    uint64_t alignment;
    unsigned char bytes[XSOCK__POSIX_CONTROL_ANY];
};

/* A stream that has moved part of its first vector goes on with the rest of that vector and a few
 * more. The next call takes the vectors that follow. */
enum { FEW = 8 };

static void put_vectors(const struct xsock__sys_msg *m, struct iovec few[FEW], struct msghdr *out)
{
    size_t n = m->vec_count < XSOCK__VEC_MAX ? m->vec_count : XSOCK__VEC_MAX;
    out->msg_iov = xsock__posix_vectors(m->vec);
    out->msg_iovlen = (xsock__posix_count)n;
    if (m->skip == 0 || n == 0)
        return;
    n = n < FEW ? n : FEW;
    for (size_t i = 0; i < n; i++)
        few[i] = (struct iovec){m->vec[i].base, m->vec[i].len};
    few[0].iov_base = (unsigned char *)few[0].iov_base + m->skip;
    few[0].iov_len -= m->skip;
    out->msg_iov = few;
    out->msg_iovlen = (xsock__posix_count)n;
}

int xsock__posix_put_message(struct msghdr *native, const struct xsock__sys_msg *m)
{
    native->msg_iov = xsock__posix_vectors(m->vec);
    native->msg_iovlen = (xsock__posix_count)m->vec_count;
    if (m->addr != NULL) {
        native->msg_name = m->addr->bytes;
        native->msg_namelen = (socklen_t)m->addr->length;
    }
    native->msg_controllen = 0;
    int code = m->control != NULL ? xsock__posix_put_control(native, m) : 0;
#ifdef __linux__
    if (code == 0 && m->segment != 0) {
        const uint16_t size = (uint16_t)m->segment;
        xsock__posix_add_control(native, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size);
    }
#endif
    if (native->msg_controllen == 0)
        native->msg_control = NULL;
    return code;
}

/* musl copies control data into 1024 bytes and answers ENOMEM if more is given, which is less than
 * the 253 handles that Linux takes (fixed in musl 1.2.4). The kernel reads the same structure. */
static ssize_t send_native(int fd, const struct msghdr *native, int flags)
{
#if defined(__linux__) && !defined(__GLIBC__) && defined(SYS_sendmsg)
    enum { MUSL_MAX = 1024 };
    if (native->msg_controllen > MUSL_MAX)
        return syscall(SYS_sendmsg, fd, native, flags);
#endif
    return sendmsg(fd, native, flags);
}

int xsock__sys_sendmsg(uintptr_t h, struct xsock__sys_msg *m, int flags)
{
    struct iovec few[FEW];
    union control control;
    struct msghdr native = {.msg_control = control.bytes};
    int code = xsock__posix_put_message(&native, m);
    if (code != 0)
        return code;
    put_vectors(m, few, &native);
    ssize_t n = send_native((int)h, &native, xsock__posix_send_flags(flags));
    if (n < 0)
        return xsock__posix_send_code(h, m->addr);
    m->done = (size_t)n;
    return 0;
}

/* Nothing is taken, and nothing is copied. Linux tells by CTRUNC that control data was there. */
static bool brings_control(int fd)
{
#ifdef __linux__
    struct msghdr native = {0};
    return recvmsg(fd, &native, MSG_PEEK | MSG_DONTWAIT) >= 0
           && (native.msg_flags & MSG_CTRUNC) != 0;
#else
    (void)fd;
    return true;
#endif
}

bool xsock__sys_lacks_room(uintptr_t h)
{
    uintptr_t probe;
    if (!brings_control((int)h))
        return false;
    int code = xsock__sys_dup(h, true, &probe);
    if (code == 0)
        xsock__sys_close(probe);
    return code == EMFILE || code == ENFILE;
}

/* A peek gets no handles: on Linux they would be duplicates, and on other systems anything. Without
 * a buffer for control data the system drops them, and Linux says that they were cut. They were
 * not: the receive that follows gets them. */
int xsock__sys_recvmsg(uintptr_t h, struct xsock__sys_msg *m, int flags, bool cloexec)
{
    struct iovec few[FEW];
    union control control;
    struct msghdr native = {0};
    bool peeks_local = (flags & XSOCK_MSG_PEEK) != 0 && m->af == XSOCK_AF_LOCAL;
    int native_flags = xsock__posix_recv_flags(flags);
    put_vectors(m, few, &native);
    if (m->addr != NULL) {
        native.msg_name = m->addr->bytes;
        native.msg_namelen = sizeof m->addr->bytes;
    }
    if ((m->control != NULL || m->coalesces) && !peeks_local) {
        native.msg_control = control.bytes;
        native.msg_controllen = sizeof control;
    }
#ifdef MSG_CMSG_CLOEXEC
    /* No other family brings handles, and AF_PACKET refuses the flag. */
    if (m->af == XSOCK_AF_LOCAL)
        native_flags |= MSG_CMSG_CLOEXEC;
#endif
    ssize_t n = recvmsg((int)h, &native, native_flags);
    if (n < 0)
        return errno;
    if (m->addr != NULL)
        m->addr->length = (uint32_t)native.msg_namelen;
    m->done = (size_t)n;
    m->flags = xsock__posix_out_flags(native.msg_flags);
    if (peeks_local)
        m->flags &= ~XSOCK_MSG_CTRUNC;
    xsock__posix_get_control(&native, m, cloexec);
    return 0;
}
