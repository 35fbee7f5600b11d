/* The functions of this file take the place of the C library's. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "counted_calls.h"

#include <stddef.h> /* defines __GLIBC__ */

#if defined __linux__ && defined __GLIBC__
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Thread_local xsock__atomic_int *counter;
static bool forbids_wakes;

void counted_calls_add_to(xsock__atomic_int *n)
{
    counter = n;
}

void counted_calls_forbid_wakes(bool on)
{
    forbids_wakes = on;
}

static void count(void)
{
    if (counter != NULL)
        xsock__atomic_add(counter, 1);
}

static int refuse(void)
{
    errno = EPERM;
    return -1;
}

int eventfd(unsigned value, int flags)
{
    return forbids_wakes ? refuse() : (int)syscall(SYS_eventfd2, value, flags);
}

int pipe2(int fd[2], int flags)
{
    return forbids_wakes ? refuse() : (int)syscall(SYS_pipe2, fd, flags);
}

int pipe(int fd[2])
{
    return pipe2(fd, 0);
}

int ppoll(struct pollfd *v, nfds_t n, const struct timespec *t, const sigset_t *mask)
{
    struct timespec copy;
    count();
    if (t != NULL)
        copy = *t;
    return (int)syscall(SYS_ppoll, v, n, t != NULL ? &copy : NULL, mask, (size_t)8);
}

int poll(struct pollfd *v, nfds_t n, int ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    return ppoll(v, n, ms < 0 ? NULL : &t, NULL);
}

int epoll_wait(int p, struct epoll_event *v, int n, int ms)
{
    count();
    return (int)syscall(SYS_epoll_pwait, p, v, n, ms, NULL, (size_t)8);
}

ssize_t recv(int fd, void *buf, size_t len, int flags)
{
    count();
    return syscall(SYS_recvfrom, fd, buf, len, flags, NULL, NULL);
}

ssize_t send(int fd, const void *buf, size_t len, int flags)
{
    count();
    return syscall(SYS_sendto, fd, buf, len, flags, NULL, 0);
}

ssize_t recvfrom(int fd, void *buf, size_t len, int flags, __SOCKADDR_ARG name, socklen_t *size)
{
    struct sockaddr *a;
    memcpy(&a, &name, sizeof a); /* a union of pointers */
    count();
    return syscall(SYS_recvfrom, fd, buf, len, flags, a, size);
}

ssize_t sendto(int fd, const void *buf, size_t len, int flags, __CONST_SOCKADDR_ARG name,
               socklen_t size)
{
    const struct sockaddr *a;
    memcpy(&a, &name, sizeof a);
    count();
    return syscall(SYS_sendto, fd, buf, len, flags, a, size);
}

ssize_t recvmsg(int fd, struct msghdr *m, int flags)
{
    count();
    return syscall(SYS_recvmsg, fd, m, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
    count();
    return syscall(SYS_sendmsg, fd, m, flags);
}

int accept4(int fd, __SOCKADDR_ARG name, socklen_t *size, int flags)
{
    struct sockaddr *a;
    memcpy(&a, &name, sizeof a);
    count();
    return (int)syscall(SYS_accept4, fd, a, size, flags);
}

int connect(int fd, __CONST_SOCKADDR_ARG name, socklen_t size)
{
    const struct sockaddr *a;
    memcpy(&a, &name, sizeof a);
    count();
    return (int)syscall(SYS_connect, fd, a, size);
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
    count();
    return (int)syscall(SYS_getsockopt, fd, level, name, value, size);
}

ssize_t read(int fd, void *buf, size_t len)
{
    count();
    return syscall(SYS_read, fd, buf, len);
}

#else
typedef int counted_calls_nothing; /* a file may not be empty */
#endif
