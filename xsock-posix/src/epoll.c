/* epoll over xsock's pollers. Sockets are their members. epoll_files.h says what files are. */
#include "posix.h"

#if defined(_WIN32) || defined(__linux__)

#include "epoll_files.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

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

/* If the number is a socket that the library does not know yet, such as an inherited one, the
 * library adopts the socket. */
int xsock_posix__epoll_member(int number)
{
    int d = xsock_posix__of(number);
    if (d == 0)
        d = xsock_posix__adopt(number);
    if (d < 0)
        (void)xsock_posix__refuse(d == -XSOCK_ENOTSOCK ? EPERM : xsock_posix__errno_of(d));
    return d < 0 ? 0 : d;
}

int xsock_posix_epoll_ctl(int number, int operation, int member, struct epoll_event *event)
{
    if (operation != EPOLL_CTL_DEL && event == NULL)
        return xsock_posix__refuse(EFAULT); /* Linux reads it first */
    if (!xsock_posix__is_poller(number))
        return xsock_posix__epoll_other_ctl(number, operation, member, event);
    int p = xsock_posix__of(number);
    int d = xsock_posix__epoll_member(member);
    if (d == 0 && errno == EPERM)
        return xsock_posix__epoll_files_ctl(number, p, operation, member, event);
    if (d == 0)
        return -1;
    int op = operation == EPOLL_CTL_ADD   ? XSOCK_POLLER_ADD
             : operation == EPOLL_CTL_MOD ? XSOCK_POLLER_MOD
             : operation == EPOLL_CTL_DEL ? XSOCK_POLLER_DEL
                                          : -1;
    if (op == -1)
        return xsock_posix__refuse(EINVAL);
    uint32_t events = op == XSOCK_POLLER_DEL ? 0 : events_in(event->events);
    uint64_t data = op == XSOCK_POLLER_DEL ? 0 : event->data.u64;
    return (int)xsock_posix__result(xsock_poller_ctl(p, op, d, events, data));
}

/* The room for events of xsock is on the stack if the program asks for a few. At most EVENTS_MAX
 * are taken: the next wait reports the rest. Returns a result of xsock. */
static int wait_sockets(int p, struct epoll_event *out, int n, int64_t timeout_ns)
{
    enum { ON_STACK = 64, EVENTS_MAX = 1024 };
    struct xsock_event few[ON_STACK];
    size_t capacity = n < EVENTS_MAX ? (size_t)n : EVENTS_MAX;
    struct xsock_event *many = n > ON_STACK ? malloc(capacity * sizeof *many) : NULL;
    struct xsock_event *events = many == NULL ? few : many;
    if (many == NULL && capacity > ON_STACK)
        capacity = ON_STACK;
    int got = xsock_poller_wait(p, events, capacity, timeout_ns);
    for (int i = 0; i < got; i++) {
        memset(&out[i], 0, sizeof out[i]);
        out[i].events = events_out(events[i].events);
        out[i].data.u64 = events[i].data;
    }
    free(many);
    return got;
}

static int take_sockets(int p, struct epoll_event *out, int n)
{
    return (int)xsock_posix__result(wait_sockets(p, out, n, 0));
}

/* Takes what is there of sockets and files. The two come first by turns, so that neither keeps the
 * other out of a small array for ever. */
static int take_mixed(int p, struct epoll_event *out, int n)
{
    bool are_files_first = xsock_posix__epoll_files_are_first(p);
    int got = are_files_first ? xsock_posix__epoll_files_take(p, out, n) : take_sockets(p, out, n);
    if (got < 0 || got == n)
        return got;
    int more = are_files_first ? take_sockets(p, out + got, n - got)
                               : xsock_posix__epoll_files_take(p, out + got, n - got);
    return more >= 0 ? got + more : got > 0 ? got : -1;
}

/* Takes what is there, then waits for sockets and files, and so on. */
static int wait_mixed(int number, int p, struct epoll_event *out, int n, int64_t timeout_ns,
                      const sigset_t *mask)
{
    int64_t end = xsock_posix__end_of(timeout_ns);
    for (unsigned int turn = 0;; turn++) {
        int got = take_mixed(p, out, n);
        if (got != 0)
            return got;
        int64_t left = xsock_posix__time_left(end);
        if (left == 0)
            return 0;
        if (xsock_posix__epoll_files_wait(number, p, left, turn, mask) < 0)
            return -1;
    }
}

static int wait_masked(int number, struct epoll_event *out, int n, int64_t timeout_ns,
                       const sigset_t *mask)
{
    const int n_max = INT_MAX / (int)sizeof *out;
    if (!xsock_posix__is_poller(number))
        return xsock_posix__epoll_other_wait(number, out, n, timeout_ns, mask);
    if (n <= 0 || n > n_max)
        return xsock_posix__refuse(EINVAL);
    if (out == NULL)
        return xsock_posix__refuse(EFAULT);
    int p = xsock_posix__of(number);
    if (mask != NULL || xsock_posix__epoll_files_any(p))
        return wait_mixed(number, p, out, n, timeout_ns, mask);
    return (int)xsock_posix__result(wait_sockets(p, out, n, timeout_ns));
}

static int64_t ns_of(int timeout_ms)
{
    return timeout_ms < 0 ? -1 : (int64_t)timeout_ms * 1000000;
}

int xsock_posix_epoll_wait(int number, struct epoll_event *out, int n, int timeout_ms)
{
    return wait_masked(number, out, n, ns_of(timeout_ms), NULL);
}

int xsock_posix_epoll_pwait(int number, struct epoll_event *out, int n, int timeout_ms,
                            const sigset_t *mask)
{
    return wait_masked(number, out, n, ns_of(timeout_ms), XSOCK_POSIX__MASK(mask));
}

int xsock_posix_epoll_pwait2(int number, struct epoll_event *out, int n,
                             const struct timespec *timeout, const sigset_t *mask)
{
    int64_t timeout_ns = xsock_posix__timespec_ns(timeout);
    if (timeout_ns == -2)
        return xsock_posix__refuse(EINVAL);
    return wait_masked(number, out, n, timeout_ns, XSOCK_POSIX__MASK(mask));
}

#endif
