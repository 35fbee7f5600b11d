/* What every file of the POSIX backend includes first (Linux, FreeBSD, macOS). */
#ifndef XSOCK__POSIX_NATIVE_H
#define XSOCK__POSIX_NATIVE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE \
    1 /* accept4, SOCK_CLOEXEC ... on glibc and musl; the others show all without a macro */
#endif

#ifndef __APPLE_USE_RFC_3542
#define __APPLE_USE_RFC_3542 \
    1 /* macOS: IPV6_PKTINFO and its kin as everywhere, not as in RFC 2292 */
#endif

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/socket.h>

#include "sys.h"

/* Flags are set at creation if the system can. Otherwise (macOS; a build that tests this path) they
 * are set just after. */
#if defined(SOCK_CLOEXEC) && defined(SOCK_NONBLOCK) && !defined(XSOCK_POSIX_NO_SOCK_FLAGS)
#define XSOCK__SOCK_FLAGS 1
#else
#define XSOCK__SOCK_FLAGS 0
#endif

/* Whether the code of an optional call means that the call is not there: the kernel is older, or a
 * filter stands before it (seccomp of a container or of a service). A filter gives what its author
 * chose: ENOSYS, EPERM, or the code of an unknown operation. An older call does the work then. If
 * the code meant something else, the older call gives the same code. */
static inline bool xsock__posix_is_missing(int code)
{
    return code == ENOSYS || code == EPERM || code == EOPNOTSUPP || code == ENOTSUP;
}

/* Whether a function of the C library has failed because no descriptor or no memory was left,
 * though its result says something else. The errno that the function left behind tells, or a
 * descriptor that cannot be had now. Returns the code of the shortage, or 0. Changes errno. */
int xsock__posix_shortage(void);

/* The poller: epoll (Linux), kqueue (BSD, macOS), and poll() on other systems. A build can ask for
 * another one than its system's (XSOCK_POSIX_POLLER_POLL, XSOCK_POSIX_POLLER_KQUEUE). */
#if defined(XSOCK_POSIX_POLLER_POLL)
#define XSOCK__POLLER_POLL 1
#elif defined(XSOCK_POSIX_POLLER_KQUEUE)
#define XSOCK__POLLER_KQUEUE 1
#elif defined(__linux__)
#define XSOCK__POLLER_EPOLL 1
#elif defined(__FreeBSD__) || defined(__DragonFly__) || defined(__NetBSD__) \
    || defined(__OpenBSD__) || defined(__APPLE__)
#define XSOCK__POLLER_KQUEUE 1
#else
#define XSOCK__POLLER_POLL 1
#endif

struct pollfd;

/* poll() with a time in nanoseconds (wait.c). It may return a little early. */
int xsock__posix_wait_poll(struct pollfd *v, size_t n, int64_t timeout_ns);

/* XSOCK_SO_PROMISCUOUS (multicast.c) */
int xsock__posix_set_promiscuous(int fd, int af, bool on);

#endif
