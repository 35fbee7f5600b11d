/* <poll.h> of xsock-posix. */
#ifndef XSOCK_POSIX_POLL_H
#define XSOCK_POSIX_POLL_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#if defined(_WIN32)
#include <xsock_posix/types.h>

typedef unsigned long nfds_t;

struct pollfd {
    int fd;
    short events;
    short revents;
};

#define POLLIN 0x1
#define POLLPRI 0x2
#define POLLOUT 0x4
#define POLLERR 0x8
#define POLLHUP 0x10
#define POLLNVAL 0x20
#define POLLRDNORM 0x40
#define POLLRDBAND 0x80
#define POLLWRNORM 0x100
#define POLLWRBAND 0x200
#define POLLRDHUP 0x2000

struct timespec;
XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(int, poll, (struct pollfd *v, nfds_t n, int timeout_ms));
XSOCK_POSIX_CALL(int, ppoll, (struct pollfd *v, nfds_t n, const struct timespec *timeout,
                              const sigset_t *mask));
XSOCK_POSIX_END
#else
#include_next <poll.h>
XSOCK_POSIX_BEGIN
XSOCK_POSIX_ALIASED(poll);
#if XSOCK_POSIX_HAS_GNU
XSOCK_POSIX_TIMED(ppoll);
#endif
XSOCK_POSIX_END
#if defined(__APPLE__) && !defined(XSOCK_POSIX_BUILD)
#define poll xsock_posix_poll
#endif
#if defined(XSOCK_POSIX_TIMED_BY_MACRO) && XSOCK_POSIX_HAS_GNU
#define ppoll xsock_posix_ppoll
#endif
#endif
#endif
