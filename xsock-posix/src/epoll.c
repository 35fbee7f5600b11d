/* epoll over xsock's pollers. Sockets are their members. epoll_files.h says what files are. */
#include "posix.h"

#if defined(_WIN32) || defined(__linux__)

#include "epoll_files.h"

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
    int number = p < 0 ? xsock_posix__fail(p) : xsock_posix__add(p);
    if (number >= 0)
        xsock_posix__mark_poller(number);
    return number;
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
    if (operation != EPOLL_CTL_DEL && event == NULL)
        return xsock_posix__refuse(EFAULT); /* Linux reads it first */
    int p = descriptor_of(number, EINVAL);
    if (p == 0 && errno == EBADF)
        return -1;
    int d = descriptor_of(member, EPERM);
    if (d == 0 && (errno == EBADF || p == 0))
        return -1;
    if (p == 0)
        return xsock_posix__refuse(EINVAL);
    int op = operation == EPOLL_CTL_ADD   ? XSOCK_POLLER_ADD
             : operation == EPOLL_CTL_MOD ? XSOCK_POLLER_MOD
             : operation == EPOLL_CTL_DEL ? XSOCK_POLLER_DEL
                                          : -1;
    if (op == -1)
        return xsock_posix__refuse(EINVAL);
    if (d == 0)
        return xsock_posix__epoll_files_ctl(p, operation, member, event);
    uint32_t events = op == XSOCK_POLLER_DEL ? 0 : events_in(event->events);
    uint64_t data = op == XSOCK_POLLER_DEL ? 0 : event->data.u64;
    return (int)xsock_posix__result(xsock_poller_ctl(p, op, d, events, data));
}

/* At most EVENTS_MAX: the next wait reports the rest. Returns a result of xsock. */
static int wait_sockets(int p, struct epoll_event *out, int n, int64_t timeout_ns)
{
    enum { EVENTS_MAX = 64 };
    struct xsock_event events[EVENTS_MAX];
    int got = xsock_poller_wait(p, events, n < EVENTS_MAX ? (size_t)n : EVENTS_MAX, timeout_ns);
    for (int i = 0; i < got; i++) {
        memset(&out[i], 0, sizeof out[i]);
        out[i].events = events_out(events[i].events);
        out[i].data.u64 = events[i].data;
    }
    return got;
}

/* Takes what is there of sockets and files, then waits for both, and so on. */
static int wait_mixed(int number, int p, struct epoll_event *out, int n, int64_t timeout_ns,
                      const sigset_t *mask)
{
    int64_t end = timeout_ns < 0 ? -1 : xsock_now() + timeout_ns;
    for (unsigned int turn = 0;; turn++) {
        int got = wait_sockets(p, out, n, 0);
        if (got < 0)
            return xsock_posix__fail(got);
        int more = got == n ? 0 : xsock_posix__epoll_files_take(p, out + got, n - got);
        if (got + more != 0)
            return more < 0 && got == 0 ? -1 : more < 0 ? got : got + more;
        int64_t left = end < 0 ? -1 : end - xsock_now();
        if (end >= 0 && left <= 0)
            return 0;
        if (xsock_posix__epoll_files_wait(number, p, left, turn, mask) < 0)
            return -1;
    }
}

static int wait_masked(int number, struct epoll_event *out, int n, int timeout_ms,
                       const sigset_t *mask)
{
    const int n_max = INT_MAX / (int)sizeof *out;
    int p = descriptor_of(number, EINVAL);
    if (p == 0)
        return -1;
    if (n <= 0 || n > n_max)
        return xsock_posix__refuse(EINVAL);
    if (out == NULL)
        return xsock_posix__refuse(EFAULT);
    int64_t timeout_ns = timeout_ms < 0 ? -1 : (int64_t)timeout_ms * 1000000;
    if (mask != NULL || xsock_posix__epoll_files_any(p))
        return wait_mixed(number, p, out, n, timeout_ns, mask);
    return (int)xsock_posix__result(wait_sockets(p, out, n, timeout_ns));
}

int xsock_posix_epoll_wait(int number, struct epoll_event *out, int n, int timeout_ms)
{
    return wait_masked(number, out, n, timeout_ms, NULL);
}

int xsock_posix_epoll_pwait(int number, struct epoll_event *out, int n, int timeout_ms,
                            const sigset_t *mask)
{
    return wait_masked(number, out, n, timeout_ms, XSOCK_POSIX__MASK(mask));
}

#endif
