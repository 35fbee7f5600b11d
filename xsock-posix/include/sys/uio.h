/* <sys/uio.h> of xsock-posix. */
#ifndef XSOCK_POSIX_SYS_UIO_H
#define XSOCK_POSIX_SYS_UIO_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#if defined(_WIN32)
#include <xsock_posix/types.h>

struct iovec {
    void *iov_base;
    size_t iov_len;
};
#define UIO_MAXIOV 1024
#define IOV_MAX 1024

XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(ssize_t, readv, (int d, const struct iovec *v, int n));
XSOCK_POSIX_CALL(ssize_t, writev, (int d, const struct iovec *v, int n));
XSOCK_POSIX_END
#else
#include_next <sys/uio.h>
XSOCK_POSIX_BEGIN
XSOCK_POSIX_ALIASED(readv);
XSOCK_POSIX_ALIASED(writev);
XSOCK_POSIX_END
#if defined(__APPLE__) && !defined(XSOCK_POSIX_BUILD)
#define readv xsock_posix_readv
#define writev xsock_posix_writev
#endif
#endif
#endif
