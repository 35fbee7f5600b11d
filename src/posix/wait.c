/* The clock, wakes, and waiting. */
#include "posix/native.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/eventfd.h>
#endif

#include "xsock.h"

enum { SECOND = 1000000000, MILLISECOND = 1000000, MAX = 64 };

int64_t xsock__sys_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

int64_t xsock__sys_realtime(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

/* ---- Wakes: an eventfd, or a pipe ------------------------------------------------------------ */

int xsock__sys_wake_open(struct xsock__sys_wake *out)
{
#ifdef __linux__
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0)
        return errno;
    out->handle[0] = out->handle[1] = (uintptr_t)fd;
#else
    int fd[2];
#ifdef __APPLE__
    if (pipe(fd) != 0)
        return errno;
    for (int i = 0; i < 2; i++) {
        (void)fcntl(fd[i], F_SETFD, FD_CLOEXEC);
        (void)fcntl(fd[i], F_SETFL, O_NONBLOCK);
    }
#else
    if (pipe2(fd, O_CLOEXEC | O_NONBLOCK) != 0)
        return errno;
#endif
    out->handle[0] = (uintptr_t)fd[0];
    out->handle[1] = (uintptr_t)fd[1];
#endif
    return 0;
}

void xsock__sys_wake_close(struct xsock__sys_wake *w)
{
    close((int)w->handle[0]);
    if (w->handle[1] != w->handle[0])
        close((int)w->handle[1]);
}

/* Keeps errno, because a signal handler may call this. A full pipe is set already. */
void xsock__sys_wake_set(const struct xsock__sys_wake *w)
{
    const uint64_t one = 1;
    int saved = errno;
    while (write((int)w->handle[1], &one, sizeof one) < 0 && errno == EINTR)
        ;
    errno = saved;
}

void xsock__sys_wake_clear(const struct xsock__sys_wake *w)
{
    uint64_t count[8];
    for (;;) {
        ssize_t n = read((int)w->handle[0], count, sizeof count);
        if (n < 0 && errno == EINTR)
            continue;
        /* an eventfd is read once; a pipe is read until it is empty */
        if (n < (ssize_t)sizeof count)
            return;
    }
}

/* ---- Waiting --------------------------------------------------------------------------------- */

static short to_native(int events)
{
    int native = 0;
    if (events & XSOCK_POLLIN)
        native |= POLLIN;
    if (events & XSOCK_POLLOUT)
        native |= POLLOUT;
    if (events & XSOCK_POLLPRI)
        native |= POLLPRI;
    return (short)native;
}

static int from_native(short native, int asked)
{
    int events = 0;
    if (native & POLLIN)
        events |= XSOCK_POLLIN;
    if (native & POLLOUT)
        events |= XSOCK_POLLOUT;
    if (native & POLLPRI)
        events |= XSOCK_POLLPRI;
    if (native & POLLHUP)
        events |= XSOCK_POLLHUP;
    if (native & POLLERR)
        events |= XSOCK_POLLERR;
    if (native & POLLNVAL)
        events |= XSOCK_POLLNVAL;
    /* A socket that has failed is writable on every system here. BSD reports a failed connect as
     * HUP alone. */
    if (native & (POLLERR | POLLHUP))
        events |= asked & XSOCK_POLLOUT;
    return events;
}

/* With ppoll the wait is early by a rounding at most. Without it the time is rounded up to the next
 * millisecond. A wait of more than 68 years returns early, because time_t has 32 bits on some
 * systems. */
static int wait_native(struct pollfd *v, nfds_t n, int64_t timeout_ns)
{
#ifdef __APPLE__
    int64_t ms = timeout_ns < 0 ? -1 : (timeout_ns + MILLISECOND - 1) / MILLISECOND;
    return poll(v, n, ms > INT_MAX ? INT_MAX : (int)ms);
#else
    int64_t seconds = timeout_ns / SECOND;
    struct timespec t = {(time_t)(seconds < INT32_MAX ? seconds : INT32_MAX),
                         (long)(timeout_ns % SECOND)};
    return ppoll(v, n, timeout_ns < 0 ? NULL : &t, NULL);
#endif
}

static int wait_in(struct pollfd *p, struct xsock__sys_wait *v, size_t n,
                   const struct xsock__sys_wake *wake, int64_t timeout_ns)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (struct pollfd){v[i].handle == UINTPTR_MAX ? -1 : (int)v[i].handle,
                               to_native(v[i].events), 0};
    if (wake != NULL)
        p[n] = (struct pollfd){(int)wake->handle[0], POLLIN, 0};
    if (wait_native(p, (nfds_t)(n + (wake != NULL)), timeout_ns) < 0)
        return errno;
    for (size_t i = 0; i < n; i++)
        v[i].revents = from_native(p[i].revents, v[i].events);
    return 0;
}

int xsock__sys_wait(struct xsock__sys_wait *v, size_t n, const struct xsock__sys_wake *wake,
                    int64_t timeout_ns)
{
    struct pollfd few[MAX + 1];
    if (n <= MAX)
        return wait_in(few, v, n, wake, timeout_ns);
    size_t size = (n + 1) * sizeof few[0];
    struct pollfd *many = xsock__sys_alloc(size);
    if (many == NULL)
        return ENOMEM;
    int code = wait_in(many, v, n, wake, timeout_ns);
    xsock__sys_free(many, size);
    return code;
}
