/* readv and writev, of any number. A socket takes all pieces at once. */
#include "message.h"

#include <string.h>

/* POSIX systems judge the number of a file, its mode and the pieces, in this order. */
#if defined(_WIN32)
enum { SYSTEM_JUDGES_PIECES = 0 };
#else
enum { SYSTEM_JUDGES_PIECES = 1 };
#endif

/* How many bytes the pieces have, or a negative error. */
static ptrdiff_t total_of(const struct iovec *v, int n)
{
    size_t total = 0;
    if (n < 0 || n > XSOCK_POSIX__VEC_MAX)
        return -XSOCK_EINVAL;
    if (v == NULL && n > 0)
        return -XSOCK_EFAULT;
    for (int i = 0; i < n; i++) {
        if (v[i].iov_len > PTRDIFF_MAX - total)
            return -XSOCK_EINVAL;
        total += v[i].iov_len;
    }
    return (ptrdiff_t)total;
}

/* The number is judged before the pieces. */
static int refuse(int number, int d, ptrdiff_t error)
{
    if (d == 0 && xsock_posix__file_control(number, F_GETFD, 0) < 0)
        return -1;
    return xsock_posix__fail(error);
}

/* A counter fills the pieces one after the other. */
static ssize_t event_readv(int number, const struct iovec *v, int n, size_t total)
{
    uint64_t value;
    if (xsock_posix__event_read(number, &value, total) < 0)
        return -1;
    size_t done = 0;
    for (int i = 0; i < n && done < sizeof value; i++) {
        size_t left = sizeof value - done;
        size_t size = v[i].iov_len < left ? v[i].iov_len : left;
        memcpy(v[i].iov_base, (const char *)&value + done, size);
        done += size;
    }
    return sizeof value;
}

/* Each piece is a value of its own, as in Linux. */
static ssize_t event_writev(int number, const struct iovec *v, int n)
{
    ssize_t done = 0;
    for (int i = 0; i < n; i++) {
        ssize_t written = xsock_posix__event_write(number, v[i].iov_base, v[i].iov_len);
        if (written < 0)
            return done > 0 ? done : -1;
        done += written;
    }
    return done;
}

/* What both calls look at first. Returns how many bytes the pieces have, or -1. */
static ptrdiff_t checked_total(int number, int d, const struct iovec *v, int n)
{
    if (xsock_posix__is_poller(number))
        return xsock_posix__refuse(EINVAL);
    ptrdiff_t total = total_of(v, n);
    return total < 0 ? refuse(number, d, total) : total;
}

ssize_t xsock_posix_readv(int number, const struct iovec *v, int n)
{
    int d = xsock_posix__of(number);
    if (d == 0 && SYSTEM_JUDGES_PIECES)
        return xsock_posix__file_readv(number, v, n);
    ptrdiff_t total = checked_total(number, d, v, n);
    if (total < 0)
        return -1;
    if (d == 0)
        return xsock_posix__file_readv(number, v, n);
    if (total == 0)
        return 0; /* no message is taken */
    if (xsock_posix__is_event(number))
        return event_readv(number, v, n, (size_t)total);
    struct msghdr m = {.msg_iov = (struct iovec *)(uintptr_t)v, .msg_iovlen = (unsigned short)n};
    return xsock_posix__recvmsg(d, &m, 0);
}

ssize_t xsock_posix_writev(int number, const struct iovec *v, int n)
{
    int d = xsock_posix__of(number);
    if (d == 0 && SYSTEM_JUDGES_PIECES)
        return xsock_posix__file_writev(number, v, n);
    ptrdiff_t total = checked_total(number, d, v, n);
    if (total < 0)
        return -1;
    if (d == 0)
        return xsock_posix__file_writev(number, v, n);
    if (total == 0)
        return 0; /* no empty message is sent */
    if (xsock_posix__is_event(number))
        return event_writev(number, v, n);
    struct msghdr m = {.msg_iov = (struct iovec *)(uintptr_t)v, .msg_iovlen = (unsigned short)n};
    return xsock_posix__sendmsg(d, &m, 0);
}
