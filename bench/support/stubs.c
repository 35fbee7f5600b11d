/* Preloaded (LD_PRELOAD) into bench_open, this replaces the system's calls for opening and
 * closing by functions that return constants. The library's own cost remains. All libraries get
 * the same functions. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
/* both names of fcntl() are defined here; with this macro, both would be fcntl64() */
#undef _FILE_OFFSET_BITS

#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOME_FD = 100 };

int socket(int family, int type, int protocol)
{
    (void)family;
    (void)type;
    (void)protocol;
    return SOME_FD;
}

int close(int fd)
{
    (void)fd;
    return 0;
}

int shutdown(int fd, int how)
{
    (void)fd;
    (void)how;
    return 0;
}

int fcntl(int fd, int op, ...)
{
    (void)fd;
    (void)op;
    return 0;
}

int fcntl64(int fd, int op, ...);
int fcntl64(int fd, int op, ...)
{
    (void)fd;
    (void)op;
    return 0;
}

int ioctl(int fd, unsigned long op, ...)
{
    (void)fd;
    (void)op;
    return 0;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
    (void)fd;
    (void)level;
    (void)name;
    (void)value;
    (void)size;
    return 0;
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
    (void)fd;
    (void)level;
    (void)name;
    memset(value, 0, *size);
    return 0;
}

int epoll_ctl(int fd, int op, int other, struct epoll_event *event)
{
    (void)fd;
    (void)op;
    (void)other;
    (void)event;
    return 0;
}

int epoll_wait(int fd, struct epoll_event *events, int most, int timeout)
{
    (void)fd;
    (void)events;
    (void)most;
    (void)timeout;
    return 0;
}

int epoll_pwait(int fd, struct epoll_event *events, int most, int timeout, const sigset_t *mask)
{
    (void)mask;
    return epoll_wait(fd, events, most, timeout);
}
