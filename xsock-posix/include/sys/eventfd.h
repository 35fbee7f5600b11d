/* <sys/eventfd.h> of xsock-posix, for Linux and Windows. */
#ifndef XSOCK_POSIX_SYS_EVENTFD_H
#define XSOCK_POSIX_SYS_EVENTFD_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#if defined(_WIN32)
#include <xsock_posix/types.h>

typedef uint64_t eventfd_t;
#define EFD_SEMAPHORE 1
#define EFD_NONBLOCK 0x800
#define EFD_CLOEXEC 0x80000

XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(int, eventfd, (unsigned int value, int flags));
XSOCK_POSIX_CALL(int, eventfd_read, (int d, eventfd_t *out));
XSOCK_POSIX_CALL(int, eventfd_write, (int d, eventfd_t value));
XSOCK_POSIX_END
#else
#include_next <sys/eventfd.h>
XSOCK_POSIX_BEGIN
XSOCK_POSIX_SAME(eventfd);
XSOCK_POSIX_SAME(eventfd_read);
XSOCK_POSIX_SAME(eventfd_write);
XSOCK_POSIX_END
#endif
#endif
