/* readv and writev, of any number. A socket takes all pieces at once. */
#include "message.h"

static int check(const struct iovec *v, int n)
{
    size_t total = 0;
    if (n < 0 || n > XSOCK_POSIX__VEC_MAX)
        return xsock_posix__refuse(EINVAL);
    if (v == NULL && n > 0)
        return xsock_posix__refuse(EFAULT);
    for (int i = 0; i < n; i++) {
        if (v[i].iov_len > PTRDIFF_MAX - total)
            return xsock_posix__refuse(EINVAL);
        total += v[i].iov_len;
    }
    return 0;
}

ssize_t xsock_posix_readv(int number, const struct iovec *v, int n)
{
    int d = xsock_posix__of(number);
    if (check(v, n) < 0)
        return -1;
    struct msghdr m = {.msg_iov = (struct iovec *)(uintptr_t)v, .msg_iovlen = (unsigned short)n};
    return d == 0 ? xsock_posix__file_readv(number, v, n) : xsock_posix__recvmsg(d, &m, 0);
}

ssize_t xsock_posix_writev(int number, const struct iovec *v, int n)
{
    int d = xsock_posix__of(number);
    if (check(v, n) < 0)
        return -1;
    struct msghdr m = {.msg_iov = (struct iovec *)(uintptr_t)v, .msg_iovlen = (unsigned short)n};
    return d == 0 ? xsock_posix__file_writev(number, v, n) : xsock_posix__sendmsg(d, &m, 0);
}
