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

static int select_with(struct pollfd *v, int n, const struct sets *sets, int64_t timeout_ns)
{
    size_t count = entries_of(n, sets, v);
    int result = xsock_posix__poll(v, count, timeout_ns);
    if (result < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if ((v[i].revents & POLLNVAL) != 0)
            return xsock_posix__refuse(EBADF);
    }
    int ready = 0;
    for (size_t i = 0; i < count; i++) {
        ready += keep(&v[i], sets->in, POLLIN, POLLIN | POLLHUP | POLLERR);
        ready += keep(&v[i], sets->out, POLLOUT, POLLOUT | POLLERR);
        ready += keep(&v[i], sets->except, POLLPRI, POLLPRI);
    }
    return ready;
}

static int select_ns(int n, const struct sets *sets, int64_t timeout_ns)
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
        return select_with(few, n, sets, timeout_ns);
    struct pollfd *many = calloc((size_t)n, sizeof *many);
    if (many == NULL)
        return xsock_posix__refuse(ENOMEM);
    int result = select_with(many, n, sets, timeout_ns);
    int number = errno;
    free(many);
    errno = number;
    return result;
}

int xsock_posix_select(int n, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout)
{
    const int64_t us = 1000;
    struct sets sets = {in, out, except};
    int64_t timeout_ns = timeout == NULL ? -1
                                         : xsock_posix__time_ns(true, (int64_t)timeout->tv_sec,
                                                                (int64_t)timeout->tv_usec, us);
    return select_ns(n, &sets, timeout_ns);
}

int xsock_posix_pselect(int n, fd_set *in, fd_set *out, fd_set *except,
                        const struct timespec *timeout, const sigset_t *mask)
{
    struct sets sets = {in, out, except};
    int64_t timeout_ns = timeout == NULL ? -1
                                         : xsock_posix__time_ns(true, (int64_t)timeout->tv_sec,
                                                                (int64_t)timeout->tv_nsec, 1);
    int result;
    xsock_posix__with_mask(mask, result, select_ns(n, &sets, timeout_ns));
    return result;
}

int xsock_posix_ppoll(struct pollfd *v, nfds_t n, const struct timespec *timeout,
                      const sigset_t *mask)
{
    int64_t timeout_ns = timeout == NULL ? -1
                                         : xsock_posix__time_ns(true, (int64_t)timeout->tv_sec,
                                                                (int64_t)timeout->tv_nsec, 1);
    if (timeout_ns == -2)
        return xsock_posix__refuse(EINVAL);
    int result;
    xsock_posix__with_mask(mask, result, xsock_posix__poll(v, n, timeout_ns));
    return result;
}
