/* select() and pselect(): poll() over the numbers of three sets. */
#include "posix.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

struct sets {
    fd_set *in;
    fd_set *out;
    fd_set *except;
};

/* A set may be longer than fd_set, where a program has its own memory for one: the macros of
 * POSIX systems count no bits, and those of glibc check the size only under _FORTIFY_SOURCE. */
static bool has(int number, fd_set *set)
{
    return set != NULL && FD_ISSET(number, set);
}

/* The numbers of the sets as entries for poll(). Returns how many. */
static size_t entries_of(int n, const struct sets *sets, struct pollfd *v)
{
    size_t count = 0;
    for (int number = 0; number < n; number++) {
        int events = (has(number, sets->in) ? POLLIN : 0) | (has(number, sets->out) ? POLLOUT : 0)
                     | (has(number, sets->except) ? POLLPRI : 0);
        if (events != 0)
            v[count++] = (struct pollfd){number, (short)events, 0};
    }
    return count;
}

/* Takes a number out of a set unless one of the events holds. Returns 1 if the number stays. */
static int keep(const struct pollfd *entry, fd_set *set, int wanted, int events)
{
    if (set == NULL || (entry->events & wanted) == 0)
        return 0;
    if ((entry->revents & events) != 0)
        return 1;
    FD_CLR(entry->fd, set);
    return 0;
}

/* The events that end a wait for the entry. poll() tells POLLHUP and POLLERR in any case. */
static int events_wanted(const struct pollfd *entry)
{
    return POLLNVAL | (entry->events & POLLPRI)
           | ((entry->events & POLLIN) != 0 ? POLLIN | POLLHUP | POLLERR : 0)
           | ((entry->events & POLLOUT) != 0 ? POLLOUT | POLLERR : 0);
}

static bool is_any_wanted(const struct pollfd *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((v[i].revents & events_wanted(&v[i])) != 0)
            return true;
    }
    return false;
}

/* poll() for the entries that have no event. It looks at no negative number. */
static int poll_others(struct pollfd *v, size_t n, int64_t timeout_ns, const sigset_t *mask)
{
    for (size_t i = 0; i < n; i++)
        v[i].fd = v[i].revents != 0 ? ~v[i].fd : v[i].fd;
    int result = xsock_posix__poll(v, n, timeout_ns, mask);
    for (size_t i = 0; i < n; i++)
        v[i].fd = v[i].fd < 0 ? ~v[i].fd : v[i].fd;
    return result;
}

/* poll() that waits on while there are only events that no set asks for, such as POLLHUP of a
 * number in the set of exceptions. Such a number is looked at every 1 to 16 ms. */
static int poll_wanted(struct pollfd *v, size_t n, int64_t timeout_ns, const sigset_t *mask)
{
    const int64_t pause_max_ns = 16000000;
    int64_t pause_ns = 1000000;
    int64_t end = xsock_posix__end_of(timeout_ns);
    for (;;) {
        int result = xsock_posix__poll(v, n, xsock_posix__time_left(end), mask);
        if (result <= 0 || is_any_wanted(v, n))
            return result;
        int64_t left = xsock_posix__time_left(end);
        if (left == 0)
            return 0;
        if (poll_others(v, n, left > 0 && left < pause_ns ? left : pause_ns, mask) < 0)
            return -1;
        pause_ns = pause_ns < pause_max_ns ? 2 * pause_ns : pause_max_ns;
    }
}

/* Whether the file is open, but poll() gives POLLNVAL for it: a file that was opened with O_PATH.
 * Linux has counted such a file as ready in every set since 5.17. */
static bool is_unpolled_file(int number)
{
    return xsock_posix__of(number) == 0 && xsock_posix__file_control(number, F_GETFD, 0) >= 0;
}

static int select_with(struct pollfd *v, int n, const struct sets *sets, int64_t timeout_ns,
                       const sigset_t *mask)
{
    size_t count = entries_of(n, sets, v);
    int result = poll_wanted(v, count, timeout_ns, mask);
    if (result < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if ((v[i].revents & POLLNVAL) != 0 && !is_unpolled_file(v[i].fd))
            return xsock_posix__refuse(EBADF);
    }
    int ready = 0;
    for (size_t i = 0; i < count; i++) {
        ready += keep(&v[i], sets->in, POLLIN, POLLIN | POLLHUP | POLLERR | POLLNVAL);
        ready += keep(&v[i], sets->out, POLLOUT, POLLOUT | POLLERR | POLLNVAL);
        ready += keep(&v[i], sets->except, POLLPRI, POLLPRI | POLLNVAL);
    }
    return ready;
}

static int select_ns(int n, const struct sets *sets, int64_t timeout_ns, const sigset_t *mask)
{
    enum { ON_STACK = 64 };
    struct pollfd few[ON_STACK];
    if (n < 0 || timeout_ns == -2)
        return xsock_posix__refuse(EINVAL);
    /* A program may give any number that is high enough, for example that of getdtablesize(). As in
     * Linux the sets are read no further than numbers are open. */
    if (n > XSOCK_POSIX__SET_MIN)
        n = xsock_posix__numbers_end(n);
    if (n <= ON_STACK)
        return select_with(few, n, sets, timeout_ns, mask);
    struct pollfd *many = calloc((size_t)n, sizeof *many);
    if (many == NULL)
        return xsock_posix__refuse(ENOMEM);
    int result = select_with(many, n, sets, timeout_ns, mask);
    int number = errno;
    free(many);
    errno = number;
    return result;
}

enum { SECOND_US = 1000000 };

static int64_t whole_seconds(const struct timeval *time)
{
    int64_t seconds = (int64_t)time->tv_sec;
    return seconds < 0 || seconds > INT32_MAX ? seconds : seconds + time->tv_usec / SECOND_US;
}

int xsock_posix_select(int n, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout)
{
    const int64_t us = 1000;
    struct sets sets = {in, out, except};
    int64_t timeout_ns = -1;
    if (timeout != NULL && timeout->tv_usec < 0)
        timeout_ns = -2;
    else if (timeout != NULL) /* Linux takes more microseconds than a second has */
        timeout_ns = xsock_posix__time_ns(whole_seconds(timeout), timeout->tv_usec % SECOND_US, us);
    return select_ns(n, &sets, timeout_ns, NULL);
}

int xsock_posix_pselect(int n, fd_set *in, fd_set *out, fd_set *except,
                        const struct timespec *timeout, const sigset_t *mask)
{
    struct sets sets = {in, out, except};
    int64_t timeout_ns = xsock_posix__timespec_ns(timeout);
    return select_ns(n, &sets, timeout_ns, XSOCK_POSIX__MASK(mask));
}

int xsock_posix_ppoll(struct pollfd *v, nfds_t n, const struct timespec *timeout,
                      const sigset_t *mask)
{
    int64_t timeout_ns = xsock_posix__timespec_ns(timeout);
    if (timeout_ns == -2)
        return xsock_posix__refuse(EINVAL);
    return xsock_posix__poll(v, n, timeout_ns, XSOCK_POSIX__MASK(mask));
}
