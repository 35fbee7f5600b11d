/* What the files of xsock-posix share. Hidden functions are xsock_posix__verb. The functions that
 * programs call are xsock_posix_verb, and declared in the headers of include/.
 *
 * A number is what the program sees: a descriptor of the C runtime (of the kernel, on POSIX
 * systems). A descriptor is xsock's own, and the program never sees it. map.c knows which
 * descriptor a number stands for; a number that stands for none is a file. */
#ifndef XSOCK_POSIX_POSIX_H
#define XSOCK_POSIX_POSIX_H

#if defined(_WIN32)
#if !defined(_WIN32_WINNT) || _WIN32_WINNT < 0x0601 /* a larger project may ask for less */
#undef _WIN32_WINNT
#undef NTDDI_VERSION
#define _WIN32_WINNT 0x0601 /* Windows 7 */
#endif
#endif

#if defined(__APPLE__)
#define __APPLE_USE_RFC_3542 1 /* without it <netinet/in.h> has no IPV6_PKTINFO */
#endif

#include <errno.h>
#if defined(__GLIBC__)
/* glibc declares epoll_wait() as nonnull, and more calls in later versions. A compiler removes the
 * checks for NULL from the definition of such a call. */
#undef __nonnull
#define __nonnull(parameters)
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "xsock.h"
#include "xsock_native.h"

/* ---- errors.c */

/* Sets errno for a negative result of xsock, and returns -1. */
int xsock_posix__fail(ptrdiff_t result);

/* The errno of an error of xsock, of either sign. */
int xsock_posix__errno_of(int error);

/* Sets errno, and returns -1. */
int xsock_posix__refuse(int number);

/* The result as it is, or errno and -1. */
static inline ptrdiff_t xsock_posix__result(ptrdiff_t result)
{
    return result < 0 ? xsock_posix__fail(result) : result;
}

/* ---- as_linux.c: errors that Linux tells otherwise. They take and return results of xsock. */

bool xsock_posix__is_stream(int d);
bool xsock_posix__is_connection(int d); /* STREAM or SEQPACKET, also before it is connected */

/* Whether a message's address means nothing: streams, and SOCK_SEQPACKET of AF_UNIX. */
bool xsock_posix__ignores_addr(int d);

bool xsock_posix__is_local(int d);
bool xsock_posix__is_inet6(int d);

/* AF_UNIX: an address of another family is EINVAL. */
int xsock_posix__addr_error(int d, int result);

/* Addresses that Linux takes for others. Both are asked once xsock has refused the address with
 * EAFNOSUPPORT, and change it if they return true: an address of INET that a datagram socket of
 * INET6 sends or connects to is mapped, and an address without a family that a socket of INET is
 * bound to or sends to is one of INET. */
bool xsock_posix__maps_addr(int d, struct xsock_addr *inout);
bool xsock_posix__fills_family(int d, const struct sockaddr *addr, socklen_t len,
                               struct xsock_addr *inout);

/* A listener is connected: EISCONN. */
int xsock_posix__connect_error(int d, int result);

/* A socket of AF_UNIX that has a name: the path is looked at first, EADDRINUSE. Asking for any name
 * once more is success. */
int xsock_posix__bind_error(int d, const struct xsock_addr *a, int result);

/* A stream of INET or INET6 that was never connected is broken: EPIPE. A datagram of AF_UNIX
 * without an address is ENOTCONN. */
ptrdiff_t xsock_posix__send_error(int d, ptrdiff_t result);

/* A stream of AF_UNIX that was never connected is EINVAL. */
ptrdiff_t xsock_posix__recv_error(int d, ptrdiff_t result);

/* What a socket says of an address that a message has and that means nothing: streams of AF_UNIX
 * refuse it, and others ignore it (0). */
int xsock_posix__stream_addr_error(int d);

/* What an unknown option gives. The levels of other sockets give EOPNOTSUPP if an option is read,
 * except on sockets of INET6, and all levels but SOL_SOCKET do with AF_UNIX. */
int xsock_posix__option_error(int d, int level, bool is_get);

/* The same for an option at a level of IP that the socket has not, whatever the option is and
 * whatever its value. Returns 0 if the level is the socket's, or no level of IP. */
int xsock_posix__level_error(int d, int level, bool is_get);

/* ---- map.c: numbers to descriptors */

/* The descriptor that a number stands for. 0: the number is a file, or is not open. */
int xsock_posix__of(int number);

/* Makes a number stand for a descriptor, 0 for none. Returns what it stood for, or -1 if there is
 * no memory or the number is out of range. */
int xsock_posix__map(int number, int d);

/* Makes a number stand for nothing if it stands for this descriptor. If two threads close the same
 * number, one of them gets true, and a number that was given out again meanwhile stays. */
bool xsock_posix__unmap(int number, int d);

/* Whether the number is an eventfd(). Making a number stand for a descriptor removes the mark. */
bool xsock_posix__is_event(int number);
void xsock_posix__mark_event(int number);

/* The same for pollers of epoll. */
bool xsock_posix__is_poller(int number);
void xsock_posix__mark_poller(int number);

/* The lowest number from `min` on that stands for no descriptor. -1: there is none. */
int xsock_posix__unmapped(int min);

/* The descriptor of a number that must be a socket. -1: errno is EBADF or ENOTSOCK. */
int xsock_posix__socket_of(int number);

/* ---- number_posix.c, number_win32.c: what depends on the runtime */

/* Gives a new descriptor a number, the lowest that is free. Closes the descriptor and returns -1 if
 * that fails. */
int xsock_posix__add(int d);

/* Gives a duplicate of a descriptor a number: the lowest from `min` on, or just the number `to`,
 * which is closed first. `flags` are 0 or XSOCK_SOCK_CLOEXEC. */
int xsock_posix__add_dup(int d, int min, int flags);
int xsock_posix__add_dup_at(int d, int to, int flags);

/* The least number of bits in a set of select(). On Windows the program chooses. */
#if defined(_WIN32)
enum { XSOCK_POSIX__SET_MIN = 64 };
#else
enum { XSOCK_POSIX__SET_MIN = 1024 };
#endif

/* One more than the highest number that is open, but no less than XSOCK_POSIX__SET_MIN and no more
 * than `n`. */
int xsock_posix__numbers_end(int n);

/* Closes what a number stands for, and frees the number. */
int xsock_posix__remove(int number, int d);

/* For what several threads may change at once and that is not looked up often. */
void xsock_posix__lock(void);
void xsock_posix__unlock(void);

/* A number that the map does not know becomes a socket if the system knows it as one. Returns the
 * descriptor, or -XSOCK_EBADF or -XSOCK_ENOTSOCK. */
int xsock_posix__adopt(int number);

/* What ioctl() takes: musl has an int. */
#if defined(__linux__) && !defined(__GLIBC__)
typedef int xsock_posix__request;
#else
typedef unsigned long xsock_posix__request;
#endif

/* The runtime's own calls, for files. `flags` are O_CLOEXEC or 0. They set errno. */
ssize_t xsock_posix__file_read(int number, void *buf, size_t n);
ssize_t xsock_posix__file_write(int number, const void *buf, size_t n);
ssize_t xsock_posix__file_readv(int number, const struct iovec *v, int n);
ssize_t xsock_posix__file_writev(int number, const struct iovec *v, int n);
int xsock_posix__file_close(int number);
int xsock_posix__file_dup(int number, int min, int flags);
int xsock_posix__file_dup_at(int number, int to, int flags);
/* The number `to` stands for the descriptor `old`, which is closed. */
int xsock_posix__file_dup_over(int number, int to, int old, int flags);
int xsock_posix__file_control(int number, int command, intptr_t argument);
int xsock_posix__file_ioctl(int number, xsock_posix__request request, void *argument);

/* Puts a socket's handle into the mode that the program sees, before another program gets the
 * handle: by SCM_RIGHTS, or as a standard stream. A socket that may connect or accept keeps
 * non-blocking mode, because its handle would wait. */
void xsock_posix__show_mode(int number);

/* The same if the number is a standard stream. */
void xsock_posix__show_mode_of_stream(int number);

/* Whether a socket's number holds a handle beside xsock's: a standard stream with emulation does.
 * Whether started programs inherit the number is then a flag of that handle. */
bool xsock_posix__has_own_handle(int number);

/* ---- numbers.c: families, types and flags */

int xsock_posix__family_in(int family, int *out);
int xsock_posix__family_out(int family);
int xsock_posix__type_out(int type);

/* Family, type with flags, and protocol, for xsock_open(). 0 or a negative error of xsock. */
int xsock_posix__triple_in(int family, int type, int protocol, int out[3]);

/* SOCK_CLOEXEC and SOCK_NONBLOCK. -XSOCK_EINVAL: there are other bits. */
int xsock_posix__socket_flags_in(int flags);

/* Flags of messages. The flags that Linux ignores for the socket are left out. */
enum xsock_posix__direction {
    XSOCK_POSIX__SEND,
    XSOCK_POSIX__RECV,
    XSOCK_POSIX__RECVMSG,
};
int xsock_posix__msg_flags_in(int d, enum xsock_posix__direction direction, int flags);
int xsock_posix__msg_flags_out(int flags);

/* Whether the flags ask for the queue of errors. The queue is always empty, and the call gives
 * EAGAIN. MSG_ERRQUEUE means nothing for AF_UNIX. */
static inline bool xsock_posix__is_errqueue(int d, int flags)
{
#ifdef MSG_ERRQUEUE
    return (flags & MSG_ERRQUEUE) != 0 && !xsock_posix__is_local(d);
#else
    (void)d, (void)flags;
    return false;
#endif
}

/* ---- address.c */

int xsock_posix__addr_in(const struct sockaddr *addr, socklen_t len, struct xsock_addr *out);

/* Cuts the address if the buffer is too short, and stores the whole length, as in POSIX. */
void xsock_posix__addr_out(const struct xsock_addr *a, struct sockaddr *out, socklen_t *inout_len);

/* The same for the sender of a message of `got` bytes. A stream of INET tells none, and neither
 * does a socket of AF_UNIX without a name: the length is 0. A connection of AF_UNIX tells the name
 * of its peer. */
void xsock_posix__sender_out(int d, ptrdiff_t got, const struct xsock_addr *a, struct sockaddr *out,
                             socklen_t *inout_len);

/* The length of what is written to `out`, which has room for a struct sockaddr_storage. */
socklen_t xsock_posix__sockaddr_of(const struct xsock_addr *a, struct sockaddr_storage *out);

/* ---- groups.c */

/* Sets an option of multicast that is a structure. 1: the option is none of these. */
int xsock_posix__group(int d, int level, int name, const void *value, socklen_t len);

/* ---- eventfd.c: what differs from a socket */

ssize_t xsock_posix__event_read(int number, void *buf, size_t n);
ssize_t xsock_posix__event_write(int number, const void *buf, size_t n);

/* Whether the counter has its maximum, so that nothing can be added. */
bool xsock_posix__event_is_full(int number);

void xsock_posix__event_close(int number);

/* ---- poll.c */

struct pollfd;
struct timespec;

/* poll() with a time in nanoseconds; -1: no limit. The mask of signals holds during the wait alone;
 * NULL: the thread's own. */
int xsock_posix__poll(struct pollfd *v, size_t n, int64_t timeout_ns, const sigset_t *mask);

/* The time of a struct timespec or timeval. -1: it is beyond 292 years, or the pointer is NULL.
 * -2: it is invalid. */
int64_t xsock_posix__time_ns(int64_t seconds, int64_t rest, int64_t rest_unit_ns);
int64_t xsock_posix__timespec_ns(const struct timespec *time);

/* The point of time when a wait ends, and the time that is left until then. -1: no limit. */
int64_t xsock_posix__end_of(int64_t timeout_ns);
int64_t xsock_posix__time_left(int64_t end);

/* The mask that a wait gets: the program's, or NULL on Windows, which has no signals to mask. */
#if defined(_WIN32)
#define XSOCK_POSIX__MASK(mask) ((void)(mask), (const sigset_t *)NULL)
#else
#define XSOCK_POSIX__MASK(mask) (mask)
#endif

#endif
