/* sendmsg, recvmsg, sendmmsg and recvmmsg. */
#include "message.h"

#include <stdlib.h>
#include <string.h>

/* struct iovec and struct xsock_vec are a pointer and a size each. They are copied, as a system may
 * have the two in another order. */
enum { VEC_ON_STACK = 16 };

struct vecs {
    struct xsock_vec few[VEC_ON_STACK];
    struct xsock_vec *v;
};

/* As in Linux the length of the name is looked at first. */
static int vecs_of(const struct msghdr *m, struct vecs *out)
{
    size_t n = (size_t)m->msg_iovlen;
    out->v = out->few;
    if (m->msg_name != NULL && (int)m->msg_namelen < 0)
        return -XSOCK_EINVAL;
    if (n > XSOCK_POSIX__VEC_MAX)
        return -XSOCK_EMSGSIZE;
    if (n > 0 && m->msg_iov == NULL)
        return -XSOCK_EFAULT;
    if (n > VEC_ON_STACK) {
        out->v = malloc(n * sizeof *out->v);
        if (out->v == NULL)
            return -XSOCK_ENOMEM;
    }
    for (size_t i = 0; i < n; i++)
        out->v[i] = (struct xsock_vec){m->msg_iov[i].iov_base, m->msg_iov[i].iov_len};
    return 0;
}

static void vecs_free(struct vecs *vecs)
{
    if (vecs->v != vecs->few)
        free(vecs->v);
}

/* Whether the flags have MSG_CMSG_COMPAT. A kernel of 64 bits keeps this flag for itself, and
 * refuses the flag before it looks at anything else. */
static bool has_compat_flag(int flags)
{
    return sizeof(void *) == sizeof(uint64_t) && flags < 0;
}

static ptrdiff_t send_with(int d, const struct msghdr *m, const struct vecs *vecs, int flags)
{
    struct xsock_msg out = {.vec = vecs->v, .vec_count = (size_t)m->msg_iovlen};
    struct xsock_control control;
    uintptr_t handles[XSOCK_CONTROL_HANDLES_MAX];
    struct xsock_addr to;
    int error = 0;
    /* Linux cuts a length that is too great, where sendto() refuses it. */
    socklen_t len = m->msg_name == NULL ? 0 : m->msg_namelen;
    if (len > sizeof(struct sockaddr_storage))
        len = sizeof(struct sockaddr_storage);
    if (len > 0) {
        error = xsock_posix__addr_in(m->msg_name, len, &to);
        out.addr = &to;
        if (error < 0 && xsock_posix__ignores_addr(d)) {
            out.addr = NULL;
            error = xsock_posix__stream_addr_error(d);
        }
    }
    if (error == 0 && m->msg_control == NULL && m->msg_controllen > 0)
        error = -XSOCK_EFAULT;
    if (error == 0 && m->msg_controllen > 0) {
        error = xsock_posix__control_in(m, handles, &control);
        out.control = control.has == 0 ? NULL : &control;
    }
    if (error < 0)
        return error;
    int msg_flags = xsock_posix__msg_flags_in(d, XSOCK_POSIX__SEND, flags);
    ptrdiff_t result = xsock_sendmsg(d, &out, msg_flags);
    if (result == -XSOCK_EAFNOSUPPORT && out.addr != NULL
        && (xsock_posix__maps_addr(d, &to) || xsock_posix__fills_family(d, m->msg_name, len, &to)))
        result = xsock_sendmsg(d, &out, msg_flags);
    if (result < 0 && out.addr != NULL && xsock_posix__ignores_addr(d)) {
        out.addr = NULL;
        result = xsock_posix__stream_addr_error(d);
        if (result == 0)
            result = xsock_sendmsg(d, &out, msg_flags);
    }
    return xsock_posix__send_error(d, result);
}

ssize_t xsock_posix__sendmsg(int d, const struct msghdr *m, int flags)
{
    struct vecs vecs;
    int error = m == NULL ? -XSOCK_EFAULT : vecs_of(m, &vecs);
    if (error < 0)
        return xsock_posix__fail(error);
    ptrdiff_t result = send_with(d, m, &vecs, flags);
    vecs_free(&vecs);
    return xsock_posix__result(result);
}

static ptrdiff_t receive_with(int d, struct msghdr *m, const struct vecs *vecs, int flags)
{
    struct xsock_msg out = {.vec = vecs->v, .vec_count = (size_t)m->msg_iovlen};
    uintptr_t handles[XSOCK_CONTROL_HANDLES_MAX];
    struct xsock_control control = {.handles = handles};
    struct xsock_addr from = {0};
    uint64_t family = XSOCK_AF_UNSPEC;
    if (xsock_posix__is_errqueue(d, flags))
        return -XSOCK_EAGAIN;
    if (m->msg_name != NULL)
        out.addr = &from;
    if (m->msg_control != NULL && m->msg_controllen > 0) {
        (void)xsock_get_opt_size(d, XSOCK_SO_FAMILY, &family);
        size_t room = m->msg_controllen < CMSG_LEN(0) ? 0 : m->msg_controllen - CMSG_LEN(0);
        size_t capacity = room / sizeof(int);
        control.handle_capacity =
            capacity < XSOCK_CONTROL_HANDLES_MAX ? capacity : XSOCK_CONTROL_HANDLES_MAX;
        out.control = &control;
    }
    ptrdiff_t result =
        xsock_recvmsg(d, &out, xsock_posix__msg_flags_in(d, XSOCK_POSIX__RECVMSG, flags));
    if (result < 0)
        return xsock_posix__recv_error(d, result);
    m->msg_flags = xsock_posix__msg_flags_out(out.flags);
#if defined(_WIN32) || defined(__linux__)
    m->msg_flags |= flags & MSG_CMSG_CLOEXEC; /* Linux tells what it was asked for */
#endif
    if (out.control != NULL)
        m->msg_flags |= xsock_posix__control_out(&control, (int)family, m);
    else
        m->msg_controllen = 0;
    if (m->msg_name != NULL)
        xsock_posix__sender_out(d, result, &from, m->msg_name, &m->msg_namelen);
    return result;
}

ssize_t xsock_posix__recvmsg(int d, struct msghdr *m, int flags)
{
    struct vecs vecs;
    int error = m == NULL ? -XSOCK_EFAULT : vecs_of(m, &vecs);
    if (error < 0)
        return xsock_posix__fail(error);
    ptrdiff_t result = receive_with(d, m, &vecs, flags);
    vecs_free(&vecs);
    return xsock_posix__result(result);
}

ssize_t xsock_posix_sendmsg(int number, const struct msghdr *m, int flags)
{
    if (has_compat_flag(flags))
        return xsock_posix__refuse(EINVAL);
    int d = xsock_posix__socket_of(number);
    return d < 0 ? -1 : xsock_posix__sendmsg(d, m, flags);
}

ssize_t xsock_posix_recvmsg(int number, struct msghdr *m, int flags)
{
    if (has_compat_flag(flags))
        return xsock_posix__refuse(EINVAL);
    int d = xsock_posix__socket_of(number);
    return d < 0 ? -1 : xsock_posix__recvmsg(d, m, flags);
}

#if defined(__FreeBSD__)
typedef ssize_t messages; /* Linux has other types */
typedef ssize_t messages_len;
typedef size_t messages_max;
typedef int messages_flags;
typedef const struct timespec messages_time;
#else
typedef int messages;
typedef unsigned int messages_len;
typedef unsigned int messages_max;
typedef struct timespec messages_time;
#if defined(__linux__) && !defined(__GLIBC__)
typedef unsigned int messages_flags; /* musl */
#else
typedef int messages_flags;
#endif
#endif

#if !defined(__APPLE__)

/* An error after the first message is left to the next call. */
messages xsock_posix_sendmmsg(int number, struct mmsghdr *v, messages_max n, messages_flags flags)
{
    if (has_compat_flag((int)flags))
        return xsock_posix__refuse(EINVAL);
    int d = xsock_posix__socket_of(number);
    if (d < 0)
        return -1;
    unsigned int done = 0;
    for (; done < n && done < XSOCK_POSIX__VEC_MAX; done++) {
        ssize_t sent = xsock_posix__sendmsg(d, &v[done].msg_hdr, (int)flags);
        if (sent < 0)
            return done > 0 ? (int)done : -1;
        v[done].msg_len = (messages_len)sent;
    }
    return (int)done;
}

/* Linux tells the program how much of the time is left. FreeBSD's structure is constant. */
static void store_left(messages_time *out, int64_t left_ns)
{
#if defined(__FreeBSD__)
    (void)out, (void)left_ns;
#else
    const int64_t second_ns = 1000000000;
    out->tv_sec = (time_t)(left_ns / second_ns);
    out->tv_nsec = (long)(left_ns % second_ns);
#endif
}

/* As in Linux the time is judged first, is looked at after each message, and ends no wait. */
messages xsock_posix_recvmmsg(int number, struct mmsghdr *v, messages_max n,
                              messages_flags all_flags, messages_time *timeout)
{
    if (has_compat_flag((int)all_flags))
        return xsock_posix__refuse(EINVAL);
    int64_t limit = xsock_posix__timespec_ns(timeout);
    if (limit == -2)
        return xsock_posix__refuse(EINVAL);
    int d = xsock_posix__socket_of(number);
    if (d < 0)
        return -1;
    int64_t end = xsock_posix__end_of(limit);
    int flags = (int)all_flags & ~MSG_WAITFORONE;
    bool is_one_waited = ((int)all_flags & MSG_WAITFORONE) != 0;
    unsigned int done = 0;
    while (done < n && done < XSOCK_POSIX__VEC_MAX) {
        ssize_t got = xsock_posix__recvmsg(d, &v[done].msg_hdr, flags);
        if (got < 0)
            return done > 0 ? (int)done : -1;
        v[done++].msg_len = (messages_len)got;
        if (is_one_waited)
            flags |= MSG_DONTWAIT;
        if (end < 0)
            continue;
        int64_t left = xsock_posix__time_left(end);
        store_left(timeout, left);
        if (left == 0)
            break;
    }
    return (int)done;
}

#endif
