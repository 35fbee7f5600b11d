#include "posix/native.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#ifdef __GLIBC_PREREQ
#if __GLIBC_PREREQ(2, 32) /* not __has_include: Zig has one set of headers for every glibc */
#include <sys/single_threaded.h>
#define TELLS_ALONE 1
#endif
#endif

#include "xsock.h"

#ifndef TELLS_ALONE
static const char never;
#endif

static const short by_errno[] = {
#define ROW(from, to) [E##from] = XSOCK_##to,
#include "posix/errno.def"
#undef ROW
};

const struct xsock__sys_facts xsock__sys_facts = {
    .errors = by_errno,
    .error_count = sizeof by_errno / sizeof by_errno[0],
    .pair_emulated = false,
    .usual = {{AF_INET, SOCK_STREAM, IPPROTO_TCP},
              {AF_INET, SOCK_DGRAM, IPPROTO_UDP},
              {AF_INET6, SOCK_STREAM, IPPROTO_TCP},
              {AF_INET6, SOCK_DGRAM, IPPROTO_UDP},
              {AF_UNIX, SOCK_STREAM, 0},
              {AF_UNIX, SOCK_DGRAM, 0}},
    .two_may_wait = true,
#ifdef TELLS_ALONE
    .alone = &__libc_single_threaded,
#else
    .alone = &never,
#endif
#ifdef XSOCK__POLLER_POLL
    .edges_need_use = true,
#endif
#ifdef __linux__
    .tells_whole_length = true,
#endif
#if !defined(__linux__) || defined(XSOCK__POLLER_KQUEUE) /* a test has both on Linux */
    .shutdown_discards = true,                           /* sorflush */
    .readiness_omits = true,
#else
    .out_is_connected = true, /* a failed connect is HUP, too, even if its error was taken */
#endif
};

/* A plain word, which the thread itself writes. */
static _Thread_local int last_error;

int xsock__sys_last_error(void)
{
    return last_error;
}

void xsock__sys_set_last_error(int code)
{
    last_error = code;
}

static bool is_shortage(int code)
{
    return code == EMFILE || code == ENFILE || code == ENOMEM;
}

int xsock__posix_shortage(void)
{
    if (is_shortage(errno))
        return errno;
    int fd = open("/", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return is_shortage(errno) ? errno : 0;
    close(fd);
    return 0;
}
