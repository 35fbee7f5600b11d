/* libuv makes some calls on sockets by syscall(), past every library. This header stands before
 * each of its files, and gives those calls to xsock-posix. */
#ifndef STUBS_LIBUV_SYSCALL_H
#define STUBS_LIBUV_SYSCALL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline long stub_syscall(long number, long a, long b, long c, long d, long e, long f)
{
    switch (number) {
    case SYS_close:
        return close((int)a);
    case SYS_dup3:
        return dup3((int)a, (int)b, (int)c);
    case SYS_sendmmsg:
        return sendmmsg((int)a, (struct mmsghdr *)b, (unsigned)c, (int)d);
    case SYS_recvmmsg:
        return recvmmsg((int)a, (struct mmsghdr *)b, (unsigned)c, (int)d, (struct timespec *)e);
    default:
        return syscall(number, a, b, c, d, e, f);
    }
}

#define STUB_SYSCALL(number, a, b, c, d, e, f, ...) \
    stub_syscall((long)(number), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define syscall(...) STUB_SYSCALL(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

#endif
