/* readv and writev, of any number. A file is read or written piece by piece, as Windows has no call
 * for several; a socket takes all pieces at once. */
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

/* A piece that moves fewer bytes than it has ends the call. */
static ssize_t move_file(int number, const struct iovec *v, int n, bool is_write)
{
    ssize_t total = 0;
    for (int i = 0; i < n; i++) {
        ssize_t got = is_write ? xsock_posix__file_write(number, v[i].iov_base, v[i].iov_len)
                               : xsock_posix__file_read(number, v[i].iov_base, v[i].iov_len);
        if (got < 0)
            return total > 0 ? total : -1;
        total += got;
        if ((size_t)got < v[i].iov_len)
            break;
    }
    return total;
}

ssize_t xsock_posix_readv(int number, const struct iovec *v, int n)
{
    int d = xsock_posix__of(number);
    if (check(v, n) < 0)
        return -1;
    struct msghdr m = {.msg_iov = (struct iovec *)(uintptr_t)v, .msg_iovlen = (unsigned short)n};
    return d == 0 ? move_file(number, v, n, false) : xsock_posix__recvmsg(d, &m, 0);
}

ssize_t xsock_posix_writev(int number, const struct iovec *v, int n)
{
    int d = xsock_posix__of(number);
    if (check(v, n) < 0)
        return -1;
    struct msghdr m = {.msg_iov = (struct iovec *)(uintptr_t)v, .msg_iovlen = (unsigned short)n};
    return d == 0 ? move_file(number, v, n, true) : xsock_posix__sendmsg(d, &m, 0);
}
