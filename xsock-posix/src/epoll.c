/* epoll over xsock's pollers. A member is a socket; other numbers give EPERM, as files do in
 * Linux. */
#include "posix.h"

#if defined(_WIN32) || defined(__linux__)

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

static const struct {
    uint32_t posix;
    uint32_t xsock;
} rows[] = {
    {EPOLLIN, XSOCK_POLLER_IN},           {EPOLLOUT, XSOCK_POLLER_OUT},
    {EPOLLPRI, XSOCK_POLLER_PRI},         {EPOLLERR, XSOCK_POLLER_ERR},
    {EPOLLHUP, XSOCK_POLLER_HUP},         {EPOLLRDHUP, XSOCK_POLLER_RDHUP},
    {EPOLLONESHOT, XSOCK_POLLER_ONESHOT}, {(uint32_t)EPOLLET, XSOCK_POLLER_ET},
};

static uint32_t events_in(uint32_t events)
{
    uint32_t out = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if ((events & rows[i].posix) != 0)
            out |= rows[i].xsock;
    }
    return out | ((events & EPOLLRDNORM) != 0 ? XSOCK_POLLER_IN : 0)
           | ((events & EPOLLWRNORM) != 0 ? XSOCK_POLLER_OUT : 0);
}

static uint32_t events_out(uint32_t events)
{
    uint32_t out = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if ((events & rows[i].xsock) != 0)
            out |= rows[i].posix;
    }
    return out;
}

int xsock_posix_epoll_create1(int flags)
{
    if ((flags & ~EPOLL_CLOEXEC) != 0)
        return xsock_posix__refuse(EINVAL);
    int p = xsock_poller_open((flags & EPOLL_CLOEXEC) != 0 ? XSOCK_SOCK_CLOEXEC : 0);
    return p < 0 ? xsock_posix__fail(p) : xsock_posix__add(p);
}

int xsock_posix_epoll_create(int size)
{
    return size <= 0 ? xsock_posix__refuse(EINVAL) : xsock_posix_epoll_create1(0);
}

/* The descriptor of a number, or 0 with errno: EBADF, or what a file gives. */
static int descriptor_of(int number, int error_of_file)
{
    int d = xsock_posix__of(number);
    if (d == 0 && xsock_posix__file_control(number, F_GETFD, 0) >= 0)
        errno = error_of_file;
    return d;
}

int xsock_posix_epoll_ctl(int number, int operation, int member, struct epoll_event *event)
{
    int p = descriptor_of(number, EINVAL);
    if (p == 0 && errno == EBADF)
        return -1;
    int d = descriptor_of(member, EPERM);
    if (d == 0)
        return -1;
    if (p == 0)
        return xsock_posix__refuse(EINVAL);
    int op = operation == EPOLL_CTL_ADD   ? XSOCK_POLLER_ADD
             : operation == EPOLL_CTL_MOD ? XSOCK_POLLER_MOD
             : operation == EPOLL_CTL_DEL ? XSOCK_POLLER_DEL
                                          : -1;
    if (op == -1)
        return xsock_posix__refuse(EINVAL);
    if (op != XSOCK_POLLER_DEL && event == NULL)
        return xsock_posix__refuse(EFAULT);
    uint32_t events = op == XSOCK_POLLER_DEL ? 0 : events_in(event->events);
    uint64_t data = op == XSOCK_POLLER_DEL ? 0 : event->data.u64;
    return (int)xsock_posix__result(xsock_poller_ctl(p, op, d, events, data));
}

int xsock_posix_epoll_wait(int number, struct epoll_event *out, int n, int timeout_ms)
{
    enum { EVENTS_MAX = 64 }; /* the rest is reported by the next wait */
    struct xsock_event events[EVENTS_MAX];
    int p = descriptor_of(number, EINVAL);
    if (p == 0)
        return -1;
    if (n <= 0)
        return xsock_posix__refuse(EINVAL);
    if (out == NULL)
        return xsock_posix__refuse(EFAULT);
    int got = xsock_poller_wait(p, events, n < EVENTS_MAX ? (size_t)n : EVENTS_MAX,
                                timeout_ms < 0 ? -1 : (int64_t)timeout_ms * 1000000);
    if (got < 0)
        return xsock_posix__fail(got);
    for (int i = 0; i < got; i++) {
        memset(&out[i], 0, sizeof out[i]);
        out[i].events = events_out(events[i].events);
        out[i].data.u64 = events[i].data;
    }
    return got;
}

int xsock_posix_epoll_pwait(int number, struct epoll_event *out, int n, int timeout_ms,
                            const sigset_t *mask)
{
    int result;
    xsock_posix__with_mask(mask, result, xsock_posix_epoll_wait(number, out, n, timeout_ms));
    return result;
}

#endif
