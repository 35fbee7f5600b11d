/* Files in poll(), on POSIX systems: the kernel knows all of them. A socket's number is the number
 * of its kernel handle, so the kernel can wait for both at once. */
#include "poll_files.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__APPLE__)
/* macOS has no ppoll(). A signal between the two calls ends no wait. */
static int poll_masked(struct pollfd *v, size_t n, int64_t timeout_ns, const sigset_t *mask)
{
    sigset_t old;
    pthread_sigmask(SIG_SETMASK, mask, &old);
    int result = xsock_posix__kernel_poll(v, n, timeout_ns, NULL);
    int number = errno;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = number;
    return result;
}
#else
static int poll_masked(struct pollfd *v, size_t n, int64_t timeout_ns, const sigset_t *mask)
{
    const int64_t second_ns = 1000000000;
    int64_t seconds = timeout_ns / second_ns;
    struct timespec time = {(time_t)(seconds < INT32_MAX ? seconds : INT32_MAX),
                            (long)(timeout_ns % second_ns)};
    return ppoll(v, (nfds_t)n, timeout_ns < 0 ? NULL : &time, mask);
}
#endif

int xsock_posix__timeout_ms(int64_t timeout_ns)
{
    const int64_t ms = 1000000;
    int64_t timeout_ms = timeout_ns < 0 ? -1 : timeout_ns / ms + (timeout_ns % ms != 0 ? 1 : 0);
    return timeout_ms > INT32_MAX ? INT32_MAX : (int)timeout_ms;
}

int xsock_posix__kernel_poll(struct pollfd *v, size_t n, int64_t timeout_ns, const sigset_t *mask)
{
    if (mask != NULL)
        return poll_masked(v, n, timeout_ns, mask);
    return poll(v, (nfds_t)n, xsock_posix__timeout_ms(timeout_ns));
}

void xsock_posix__files_look(struct pollfd *v, const struct xsock_pollfd *sockets, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sockets[i].fd < 0 && v[i].fd >= 0)
            (void)xsock_posix__kernel_poll(&v[i], 1, 0, NULL);
    }
}

void xsock_posix__nap(unsigned int turn)
{
    const long min_ns = 50000;
    const unsigned int doublings_max = 8;
    if (turn < 2)
        return;
    unsigned int doublings = turn - 2 < doublings_max ? turn - 2 : doublings_max;
    struct timespec time = {0, min_ns << doublings};
    nanosleep(&time, NULL);
}

/* Only Linux is told by xsock that receiving was ended. A test has the turns on Linux. */
static int64_t time_of_turn(const struct xsock_pollfd *sockets, size_t n, int64_t timeout_ns)
{
#if !defined(__linux__) || defined(XSOCK_POSIX_POLLER_KQUEUE)
    for (size_t i = 0; i < n; i++)
        if (sockets[i].fd >= 0)
            return xsock_posix__turn_ns(timeout_ns);
#endif
    (void)sockets;
    (void)n;
    return timeout_ns;
}

int xsock_posix__files_wait(struct pollfd *v, struct xsock_pollfd *sockets, size_t n,
                            int64_t timeout_ns, unsigned int turn, const sigset_t *mask)
{
    timeout_ns = time_of_turn(sockets, n, timeout_ns);
    xsock_posix__nap(turn);
    struct pollfd *copy = malloc((n > 0 ? n : 1) * sizeof *copy);
    if (copy == NULL)
        return xsock_posix__refuse(ENOMEM);
    if (n > 0)
        memcpy(copy, v, n * sizeof *copy);
    int result = xsock_posix__kernel_poll(copy, n, timeout_ns, mask);
    int number = errno;
    free(copy);
    errno = number;
    return result < 0 ? -1 : 0;
}
