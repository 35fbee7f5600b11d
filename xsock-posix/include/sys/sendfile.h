/* <sys/sendfile.h> of xsock-posix, with the parameters of Linux. */
#ifndef XSOCK_POSIX_SYS_SENDFILE_H
#define XSOCK_POSIX_SYS_SENDFILE_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#if defined(_WIN32)
#include <xsock_posix/types.h>
#elif defined(__linux__)
#include_next <sys/sendfile.h>
#endif
#include <stdint.h>
#include <sys/types.h>

XSOCK_POSIX_BEGIN
ssize_t xsock_posix_sendfile(int out, int in, int64_t *offset, size_t n);

#ifndef XSOCK_POSIX_BUILD
/* The size of off_t is what the program chose by _FILE_OFFSET_BITS. */
static __inline ssize_t xsock_posix_sendfile_off(int out, int in, off_t *offset, size_t n)
{
    int64_t at = offset == (off_t *)0 ? 0 : (int64_t)*offset;
    ssize_t sent = xsock_posix_sendfile(out, in, offset == (off_t *)0 ? (int64_t *)0 : &at, n);
    if (offset != (off_t *)0)
        *offset = (off_t)at;
    return sent;
}
#define sendfile(out, in, offset, n) xsock_posix_sendfile_off((out), (in), (offset), (n))
#if defined(__GLIBC__) && defined(__USE_LARGEFILE64)
static __inline ssize_t xsock_posix_sendfile_off64(int out, int in, off64_t *offset, size_t n)
{
    return xsock_posix_sendfile(out, in, (int64_t *)offset, n);
}
#define sendfile64(out, in, offset, n) xsock_posix_sendfile_off64((out), (in), (offset), (n))
#endif
#endif
XSOCK_POSIX_END
#endif
