/* poll() over any mixture of sockets and files. Sockets alone are waited for by xsock_poll(). */
#include "poll_files.h"

#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>

int64_t xsock_posix__time_ns(int64_t seconds, int64_t rest, int64_t rest_unit_ns)
{
    const int64_t second_ns = 1000000000;
    if (seconds < 0 || rest < 0 || rest >= second_ns / rest_unit_ns)
        return -2;
    if (seconds > INT64_MAX / second_ns - 1)
        return -1;
    return seconds * second_ns + rest * rest_unit_ns;
}

int64_t xsock_posix__timespec_ns(const struct timespec *time)
{
    return time == NULL ? -1
                        : xsock_posix__time_ns((int64_t)time->tv_sec, (int64_t)time->tv_nsec, 1);
}

int64_t xsock_posix__end_of(int64_t timeout_ns)
{
    int64_t now = xsock_now();
    return timeout_ns < 0 || timeout_ns > INT64_MAX - now ? -1 : now + timeout_ns;
}

int64_t xsock_posix__time_left(int64_t end)
{
    int64_t left = end - xsock_now();
    return end < 0 ? -1 : left > 0 ? left : 0;
}

/* Whether the socket has POLLWRBAND in Linux when it is writable. Streams of INET never have. */
static bool has_write_band(int d)
{
    return d != 0 && (!xsock_posix__is_stream(d) || xsock_posix__is_local(d));
}

static short events_in(int d, int events)
{
    int out = 0;
    if ((events
         & (POLLIN | POLLRDNORM
#ifdef POLLRDHUP
            | POLLRDHUP
#endif
            ))
        != 0)
        out |= XSOCK_POLLIN;
    if ((events & (POLLOUT | POLLWRNORM)) != 0)
        out |= XSOCK_POLLOUT;
    if ((events & POLLPRI) != 0)
        out |= XSOCK_POLLPRI;
    if ((events & POLLWRBAND) != 0 && has_write_band(d))
        out |= XSOCK_POLLOUT;
    return (short)out; /* no socket ever has POLLRDBAND */
}

#if defined(POLLRDHUP)
/* Whether the peer has shut the stream down. On Windows that is seen where nothing is left to
 * receive before. A look at the data would take the error of a failed stream, so POLLHUP or
 * POLLERR of xsock decides there. */
static bool is_shut_by_peer(int number, int d, int got)
{
#if defined(_WIN32)
    char byte;
    (void)number;
    if ((got & (XSOCK_POLLHUP | XSOCK_POLLERR)) != 0)
        return (got & XSOCK_POLLHUP) != 0;
    return xsock_recv(d, &byte, 1, XSOCK_MSG_PEEK | XSOCK_MSG_DONTWAIT) == 0;
#else
    struct pollfd p = {number, POLLRDHUP, 0};
    (void)d, (void)got;
    return xsock_posix__kernel_poll(&p, 1, 0, NULL) == 1 && (p.revents & POLLRDHUP) != 0;
#endif
}
#endif

/* Whether the entry waits for the peer's shutdown and for no data: xsock would say "ready" for
 * data. */
static bool is_rdhup_alone(int events)
{
#if defined(POLLRDHUP)
    return (events & POLLRDHUP) != 0 && (events & (POLLIN | POLLRDNORM)) == 0;
#else
    (void)events;
    return false;
#endif
}

/* Whether the entry waits until something can be added to the counter of an eventfd(). xsock would
 * call the number writable. */
static bool is_full(int number, int events)
{
    return (events & (POLLOUT | POLLWRNORM | POLLWRBAND)) != 0 && xsock_posix__is_event(number)
           && xsock_posix__event_is_full(number);
}

static short events_out(int number, int d, int events, int got)
{
    int out = 0;
    if (is_full(number, events))
        got &= ~XSOCK_POLLOUT;
    if ((got & XSOCK_POLLIN) != 0)
        out |= events & (POLLIN | POLLRDNORM);
    if ((got & XSOCK_POLLOUT) != 0)
        out |= events & (POLLOUT | POLLWRNORM);
    if ((got & XSOCK_POLLOUT) != 0 && (events & POLLWRBAND) != 0 && has_write_band(d))
        out |= POLLWRBAND;
    if ((got & XSOCK_POLLPRI) != 0)
        out |= events & POLLPRI;
    if ((got & XSOCK_POLLERR) != 0)
        out |= POLLERR;
    if ((got & XSOCK_POLLHUP) != 0)
        out |= POLLHUP;
    if ((got & XSOCK_POLLNVAL) != 0)
        out |= POLLNVAL;
#ifdef POLLRDHUP
    if ((events & POLLRDHUP) != 0 && (got & XSOCK_POLLIN) != 0 && is_shut_by_peer(number, d, got))
        out |= POLLRDHUP;
#else
    (void)number, (void)d;
#endif
    return (short)out;
}

/* Stores what xsock_poll() told of the sockets. Returns how many entries are ready, files
 * included. */
static int count_ready(struct pollfd *v, const struct xsock_pollfd *sockets, size_t n)
{
    int ready = 0;
    for (size_t i = 0; i < n; i++) {
        if (sockets[i].fd >= 0)
            v[i].revents = events_out(v[i].fd, sockets[i].fd, v[i].events, sockets[i].revents);
        if (v[i].revents != 0)
            ready++;
    }
    return ready;
}

/* Looks at everything without waiting, then waits, and so on. A wait may end for no reason. With a
 * mask there is a wait even if no time is left: a signal that is pending ends the call. */
static int poll_mixed(struct pollfd *v, struct xsock_pollfd *sockets, size_t n, int64_t timeout_ns,
                      const sigset_t *mask)
{
    int64_t end = xsock_posix__end_of(timeout_ns);
    for (unsigned int turn = 0;; turn++) {
        int error = xsock_poll(sockets, n, 0);
        if (error < 0)
            return xsock_posix__fail(error);
        xsock_posix__files_look(v, sockets, n);
        int ready = count_ready(v, sockets, n);
        int64_t left = xsock_posix__time_left(end);
        if (ready > 0 || (left == 0 && (mask == NULL || turn > 0)))
            return ready;
        if (xsock_posix__files_wait(v, sockets, n, left, turn, mask) < 0)
            return -1;
    }
}

/* The descriptor that xsock polls. The kernel polls a poller if its number is the kernel's epoll.
 * xsock polls sockets only, and gives POLLNVAL for a poller. */
static int polled_by_xsock(int number)
{
    if (XSOCK_POSIX__POLLER_IS_KERNELS && xsock_posix__is_poller(number))
        return 0;
    return xsock_posix__of(number);
}

static int poll_with(struct pollfd *v, struct xsock_pollfd *sockets, size_t n, int64_t timeout_ns,
                     const sigset_t *mask)
{
    bool is_mixed = mask != NULL; /* the kernel sets the mask and waits in one step */
    for (size_t i = 0; i < n; i++) {
        int d = polled_by_xsock(v[i].fd);
        v[i].revents = 0;
        sockets[i].fd = d == 0 ? -1 : d;
        sockets[i].events = events_in(d, v[i].events);
        sockets[i].revents = 0;
        is_mixed = is_mixed || (d == 0 && v[i].fd >= 0) || (d != 0 && is_rdhup_alone(v[i].events))
                   || is_full(v[i].fd, v[i].events);
    }
    if (is_mixed)
        return poll_mixed(v, sockets, n, timeout_ns, mask);
    int result = xsock_poll(sockets, n, timeout_ns);
    return result <= 0 ? (int)xsock_posix__result(result) : count_ready(v, sockets, n);
}

/* Linux takes as many entries as the process may have numbers. */
static size_t entries_max(void)
{
#if defined(_WIN32)
    return INT_MAX;
#else
    long end = sysconf(_SC_OPEN_MAX);
    return end < 0 ? INT_MAX : (size_t)end;
#endif
}

int xsock_posix__poll(struct pollfd *v, size_t n, int64_t timeout_ns, const sigset_t *mask)
{
    enum { ON_STACK = 64 };
    struct xsock_pollfd few[ON_STACK];
    if (n > ON_STACK && n > entries_max())
        return xsock_posix__refuse(EINVAL);
    if (n > 0 && v == NULL)
        return xsock_posix__refuse(EFAULT);
    if (n <= ON_STACK)
        return poll_with(v, few, n, timeout_ns, mask);
    struct xsock_pollfd *many = calloc(n, sizeof *many);
    if (many == NULL)
        return xsock_posix__refuse(ENOMEM);
    int result = poll_with(v, many, n, timeout_ns, mask);
    int number = errno;
    free(many);
    errno = number;
    return result;
}

int xsock_posix_poll(struct pollfd *v, nfds_t n, int timeout_ms)
{
    return xsock_posix__poll(v, n, timeout_ms < 0 ? -1 : (int64_t)timeout_ms * 1000000, NULL);
}
