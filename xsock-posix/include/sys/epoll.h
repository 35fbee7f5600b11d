/* <sys/epoll.h> of xsock-posix, for Linux and Windows. Members are sockets, and eventfd() of
 * <sys/eventfd.h>. */
#ifndef XSOCK_POSIX_SYS_EPOLL_H
#define XSOCK_POSIX_SYS_EPOLL_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#if defined(_WIN32)
#include <xsock_posix/types.h>

#define EPOLL_CLOEXEC 0x80000
#define EPOLL_CTL_ADD 1
#define EPOLL_CTL_DEL 2
#define EPOLL_CTL_MOD 3
#define EPOLLIN 0x1u
#define EPOLLPRI 0x2u
#define EPOLLOUT 0x4u
#define EPOLLERR 0x8u
#define EPOLLHUP 0x10u
#define EPOLLRDNORM 0x40u
#define EPOLLWRNORM 0x100u
#define EPOLLRDHUP 0x2000u
#define EPOLLEXCLUSIVE 0x10000000u
#define EPOLLONESHOT 0x40000000u
#define EPOLLET 0x80000000u

typedef union epoll_data {
    void *ptr;
    int fd;
    uint32_t u32;
    uint64_t u64;
} epoll_data_t;

struct epoll_event {
    uint32_t events;
    epoll_data_t data;
};

struct timespec;
XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(int, epoll_create, (int size));
XSOCK_POSIX_CALL(int, epoll_create1, (int flags));
XSOCK_POSIX_CALL(int, epoll_ctl, (int p, int operation, int d, struct epoll_event *event));
XSOCK_POSIX_CALL(int, epoll_wait, (int p, struct epoll_event *out, int n, int timeout_ms));
XSOCK_POSIX_CALL(int, epoll_pwait,
                 (int p, struct epoll_event *out, int n, int timeout_ms, const sigset_t *mask));
XSOCK_POSIX_CALL(int, epoll_pwait2, (int p, struct epoll_event *out, int n,
                                     const struct timespec *timeout, const sigset_t *mask));
XSOCK_POSIX_END
#else
#include_next <sys/epoll.h>
#if defined(__GLIBC__)
#if __GLIBC_PREREQ(2, 35)
#define XSOCK_POSIX_HAS_PWAIT2 1
#endif
#endif
XSOCK_POSIX_BEGIN
XSOCK_POSIX_SAME(epoll_create);
XSOCK_POSIX_SAME(epoll_create1);
XSOCK_POSIX_SAME(epoll_ctl);
XSOCK_POSIX_SAME(epoll_wait);
XSOCK_POSIX_SAME(epoll_pwait);
#if defined(XSOCK_POSIX_HAS_PWAIT2)
XSOCK_POSIX_SAME(epoll_pwait2);
#elif defined(XSOCK_POSIX_BUILD)
XSOCK_POSIX_CALL(int, epoll_pwait2, (int p, struct epoll_event *out, int n,
                                     const struct timespec *timeout, const sigset_t *mask));
#endif
XSOCK_POSIX_END
#endif
#endif
