/* <sys/ioctl.h> of xsock-posix. */
#ifndef XSOCK_POSIX_SYS_IOCTL_H
#define XSOCK_POSIX_SYS_IOCTL_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#if defined(_WIN32)
#define FIONREAD 0x541b
#define FIONBIO 0x5421
#define SIOCATMARK 0x8905
#define FIOCLEX 0x5451
#define FIONCLEX 0x5450

XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(int, ioctl, (int d, unsigned long request, ...));
XSOCK_POSIX_END
#else
#include_next <sys/ioctl.h>
XSOCK_POSIX_BEGIN
XSOCK_POSIX_SAME(ioctl);
XSOCK_POSIX_END
#endif
#endif
