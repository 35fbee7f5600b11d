/* The clock, wakes, and waiting. */
#include "posix/native.h"

#include <limits.h>
#include <poll.h>
#include <time.h>

#include "base/interval.h"
#include "posix/event.h"
#include "posix/handle.h"
#include "posix/pending_error.h"
#include "posix/wake_signal.h"
#include "xsock.h"

/* Where poll is FreeBSD's: see the uses. A test has it on Linux, too. */
#if !defined(__linux__) || defined(XSOCK_POSIX_BSD_POLL)
enum { BSD_POLL = 1 };
#else
enum { BSD_POLL = 0 };
#endif

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

/* ---- Wakes ----------------------------------------------------------------------------------- */

static void event_of(const struct xsock__sys_wake *w, int out[2])
{
    out[0] = (int)w->handle[0];
    out[1] = (int)w->handle[1];
}

int xsock__sys_wake_open(struct xsock__sys_wake *out)
{
    int event[2];
    int code = xsock__posix_event_open(event);
    if (code != 0)
        return code;
    out->handle[0] = (uintptr_t)event[0];
    out->handle[1] = (uintptr_t)event[1];
    out->handle[2] = 0;
    if (!xsock__posix_identify(event[1], out->id)) {
        code = errno;
        xsock__posix_event_close(event);
    }
    return code;
}

/* Of a pipe, the end that is written to is looked at. The program closes both, or neither. */
bool xsock__sys_wake_is_valid(const struct xsock__sys_wake *w)
{
    return xsock__posix_is_signal(w) || xsock__posix_is_same((int)w->handle[1], w->id);
}

void xsock__sys_wake_close(struct xsock__sys_wake *w)
{
    int event[2];
    event_of(w, event);
    if (xsock__sys_wake_is_valid(w))
        xsock__posix_event_close(event);
}

/* Keeps errno, because a signal handler may call this. */
void xsock__sys_wake_set(const struct xsock__sys_wake *w)
{
    int event[2], saved = errno;
    event_of(w, event);
    if (xsock__posix_is_signal(w))
        xsock__posix_interrupt(w);
    else if (xsock__sys_wake_is_valid(w))
        xsock__posix_event_set(event);
    errno = saved;
}

void xsock__sys_wake_clear(const struct xsock__sys_wake *w)
{
    int event[2];
    event_of(w, event);
    if (xsock__posix_is_signal(w))
        xsock__posix_take_interrupt();
    else if (xsock__sys_wake_is_valid(w))
        (void)xsock__posix_event_take(event);
}

/* ---- Waiting --------------------------------------------------------------------------------- */

/* FreeBSD's sopoll_generic notes the waiting thread only for what is asked for. If nothing is, the
 * end of the connection would not wake it. Out-of-band data is the rarest event. */
static short to_native(int events)
{
    enum { NOTHING = BSD_POLL ? POLLPRI : 0 };
    static const short native[XSOCK_POLLIN + XSOCK_POLLOUT + XSOCK_POLLPRI + 1] = {
        NOTHING, POLLIN,           POLLOUT,           POLLIN | POLLOUT,
        POLLPRI, POLLIN | POLLPRI, POLLOUT | POLLPRI, POLLIN | POLLOUT | POLLPRI,
    };
    return native[events & (XSOCK_POLLIN | XSOCK_POLLOUT | XSOCK_POLLPRI)];
}

static int from_rare(short native, int asked)
{
    int events = 0;
    if (native & POLLIN)
        events |= XSOCK_POLLIN;
    if (native & POLLOUT)
        events |= XSOCK_POLLOUT;
    if (native & POLLPRI)
        events |= asked & XSOCK_POLLPRI;
    if (native & POLLHUP)
        events |= XSOCK_POLLHUP;
    if (native & POLLERR)
        events |= XSOCK_POLLERR;
    if (native & POLLNVAL)
        events |= XSOCK_POLLNVAL;
    /* A socket that has failed is writable on every system here. BSD reports a failed connect as
     * HUP alone. On Linux, HUP without OUT is a LOCAL socket that is full, as for its pollers. */
    if (native & (BSD_POLL ? POLLERR | POLLHUP : POLLERR))
        events |= asked & XSOCK_POLLOUT;
    return events;
}

/* Nearly always there is nothing, or something to receive. */
static inline int from_native(short native, int asked)
{
    if (native == 0)
        return 0;
    return native == POLLIN ? XSOCK_POLLIN : from_rare(native, asked);
}

/* The time is rounded up to the next millisecond: a wait is never early. -1 stays -1. */
static int wait_milliseconds(struct pollfd *v, size_t n, int64_t timeout_ns)
{
    int64_t ms = timeout_ns < 0 ? -1 : timeout_ns / MILLISECOND + (timeout_ns % MILLISECOND != 0);
    return poll(v, (nfds_t)n, ms > INT_MAX ? INT_MAX : (int)ms);
}

/* With ppoll the wait is early by a rounding at most. A wait of more than 68 years returns early,
 * because time_t has 32 bits on some systems. macOS has no ppoll. What needs no exact time is
 * faster with poll: 174 ns against 205 for one socket and a time of 0. */
static inline int wait_poll(struct pollfd *v, size_t n, int64_t timeout_ns)
{
#ifndef __APPLE__
    if (timeout_ns <= 0)
        return wait_milliseconds(v, n, timeout_ns);
    int64_t seconds = timeout_ns / SECOND;
    struct timespec t = {(time_t)(seconds < INT32_MAX ? seconds : INT32_MAX),
                         (long)(timeout_ns % SECOND)};
    int count = ppoll(v, (nfds_t)n, &t, NULL);
    if (count >= 0 || !xsock__posix_is_missing(errno))
        return count;
#endif
    return wait_milliseconds(v, n, timeout_ns);
}

int xsock__posix_wait_poll(struct pollfd *v, size_t n, int64_t timeout_ns)
{
    return wait_poll(v, n, timeout_ns);
}

/* Fills in what there is to ask for, and returns the number of entries. The system counts entries
 * without a handle, too, and refuses more than RLIMIT_NOFILE. */
static size_t fill(struct pollfd *p, const struct xsock__sys_wait *v, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (v[i].handle != UINTPTR_MAX)
            p[count++] = (struct pollfd){(int)v[i].handle, to_native(v[i].events), 0};
    return count;
}

static void collect(const struct pollfd *p, struct xsock__sys_wait *v, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        v[i].revents =
            v[i].handle != UINTPTR_MAX ? from_native(p[count++].revents, v[i].events) : 0;
}

/* Adds what FreeBSD's poll leaves out. */
static void add_errors(struct pollfd *p, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((p[i].revents & (POLLIN | POLLOUT | POLLHUP)) != 0
            && (p[i].revents & (POLLERR | POLLNVAL)) == 0 && xsock__posix_has_error(p[i].fd))
            p[i].revents |= POLLERR;
}

/* Whether poll has ended only because of out-of-band data that nobody asked for. It is not asked
 * for again: such a socket is looked at after a while. */
static bool is_nothing(struct pollfd *p, const struct xsock__sys_wait *v, size_t n, int ready)
{
    int unasked = 0;
    for (size_t i = 0; i < n; i++) {
        if (v[i].handle == UINTPTR_MAX)
            continue;
        if (p->revents == POLLPRI && (v[i].events & XSOCK_POLLPRI) == 0) {
            p->events = 0;
            unasked++;
        }
        p++;
    }
    return unasked > 0 && unasked == ready;
}

static int wait_in(struct pollfd *p, struct xsock__sys_wait *v, size_t n,
                   const struct xsock__sys_wake *wake, int64_t timeout_ns)
{
    size_t count = fill(p, v, n);
    const size_t all = count + (wake != NULL);
    if (wake != NULL)
        p[count] = (struct pollfd){(int)wake->handle[0], POLLIN, 0};
    int ready = wait_poll(p, all, timeout_ns);
    if (BSD_POLL && ready > 0 && is_nothing(p, v, n, ready)) {
        bool is_long = timeout_ns < 0 || timeout_ns > XSOCK__INTERVAL_LAST_NS;
        ready = wait_poll(p, all, is_long ? XSOCK__INTERVAL_LAST_NS : timeout_ns);
    }
    if (ready < 0)
        return errno;
    if (BSD_POLL)
        add_errors(p, count);
    collect(p, v, n);
    return 0;
}

/* A call that has slept pays for each return: the processor has forgotten where they go. So what
 * lies between the core and the system is one function. */
int xsock__sys_wait(struct xsock__sys_wait *v, size_t n, const struct xsock__sys_wake *wake,
                    int64_t timeout_ns)
{
    struct pollfd few[MAX + 1], *p = few;
    const size_t size = (n + 1) * sizeof few[0];
    if (n > MAX)
        p = xsock__sys_alloc(size);
    if (p == NULL)
        return ENOMEM;
    int code = wait_in(p, v, n, wake, timeout_ns);
    if (n > MAX)
        xsock__sys_free(p, size);
    return code;
}
