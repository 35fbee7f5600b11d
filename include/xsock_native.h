/* xsock_native.h: crossing over to the system's own sockets. Conventions: xsock.h. */
#ifndef XSOCK_NATIVE_H
#define XSOCK_NATIVE_H

#include "xsock.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A system handle is a uintptr_t: a SOCKET on Windows, a file descriptor (never negative) elsewhere. */

/* Stores the system handle of a descriptor, which stays xsock's: don't close it, and don't use it after
 * xsock_close. xsock keeps its handles in the system's non-blocking mode whatever XSOCK_SOCK_NONBLOCK
 * says, as it does its own waiting: a system call on it never waits. Don't change that mode.
 * Also of a poller: then it is the system's poller, and may only be looked at.
 * Returns 0. EBADF: d is not open. EFAULT: out is NULL. */
XSOCK_API int xsock_native(int d, uintptr_t *out);

/* Takes in a socket that the system made: it gets the lowest free descriptor, and is xsock's from then on,
 * to be closed by xsock_close. flags: XSOCK_SOCK_CLOEXEC, XSOCK_SOCK_NONBLOCK; what the handle had before is
 * replaced by them. The handle is put into the system's non-blocking mode (see above), which on POSIX
 * systems every process that shares it sees. Returns the descriptor. On failure the handle is as it was and
 * still yours.
 *   EINVAL        unknown flags
 *   EBADF         not an open handle
 *   ENOTSOCK      open, but no socket
 *   EAFNOSUPPORT, ESOCKTNOSUPPORT   of a family or type that xsock has no number for
 *   EBUSY         this handle is already in the table
 *   EMFILE, ENOMEM   no room */
XSOCK_API int xsock_adopt(uintptr_t handle, int flags);

/* Takes a socket out without closing it, and stores its system handle, which is yours. The handle's mode is
 * put back to what XSOCK_SOCK_NONBLOCK says of the socket, unless duplicates of it are still open in xsock.
 * Returns 0. EBADF: d is not open. EFAULT: out is NULL. EBUSY: another thread has a call in it; nothing is
 * changed. ENOTSOCK: a poller. */
XSOCK_API int xsock_release(int d, uintptr_t *out);

/* The system's own family, type and protocol of a triple of xsock; protocol 0 becomes the default's. They
 * are what xsock_open gives to socket() or WSASocketW(). Returns 0; out is unchanged on failure.
 * EFAULT: out is NULL. Else the errors of the truth table (see xsock_open), as far as they can be told
 * without asking the system. */
XSOCK_API int xsock_native_triple(int af, int type, int protocol, int out[3]);

/* An option of the system's own, by its numbers and bytes: setsockopt and getsockopt, nothing else. For what has
 * no number in xsock.h; what xsock keeps itself (see there: timeouts, REUSEADDR on Windows) does not notice.
 * inout_size: the bytes there are at out; then, those the system wrote. Both return 0. EFAULT: value is NULL and
 * size is not 0; out or inout_size is NULL. EINVAL: size over INT_MAX; else what the system says (ENOPROTOOPT,
 * ENOTSUP, EINVAL, ...). Nothing is changed on failure. */
XSOCK_API int xsock_set_opt_raw(int d, int level, int name, const void *value, size_t size);
XSOCK_API int xsock_get_opt_raw(int d, int level, int name, void *out, size_t *inout_size);

/* An address as the system's sockaddr: writes at most cap bytes to out (a struct sockaddr_storage is enough
 * for all), aligned as it likes. A LOCAL path that just fills sun_path has no NUL. Returns the length that
 * goes with it; out is unchanged on failure. Doesn't block.
 *   EFAULT         a or out is NULL
 *   EINVAL         a is malformed (see xsock_addr_format); an abstract name where the system has none, or
 *                  on Windows a path that is not UTF-8
 *   EAFNOSUPPORT   the system has no such family
 *   ENAMETOOLONG   a LOCAL name over sun_path: 108 bytes on Linux and Windows, 104 on FreeBSD and macOS
 *   ENOSPC         it needs more than cap bytes */
XSOCK_API int xsock_addr_to_sockaddr(const struct xsock_addr *a, void *out, size_t cap);

/* The address in a sockaddr of len bytes, aligned as it likes; sa_len, where there is one, is not looked at.
 * len 0 gives UNSPEC, "no address". A LOCAL path ends at its first zero. Going to a sockaddr and back loses
 * nothing; of one from elsewhere only padding (sin_zero and the like) is lost. Returns 0; out is unchanged on
 * failure. Doesn't block.
 *   EFAULT         out is NULL; sa is NULL and len is not 0
 *   EINVAL         too short for its family, or over 256 bytes
 *   ENAMETOOLONG   more than XSOCK_ADDR_DATA bytes of address (macOS has paths of up to 253) */
XSOCK_API int xsock_addr_from_sockaddr(const void *sa, size_t len, struct xsock_addr *out);

#ifdef __cplusplus
}
#endif

#endif
