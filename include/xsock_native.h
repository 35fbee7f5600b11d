/**
 * @file xsock_native.h
 * @brief Moves sockets, addresses and options between xsock and the system's own calls.
 *
 * The conventions of xsock.h hold for every call of this file: how a call returns errors, in which
 * order it checks its arguments, and what threads, signals and fork may do.
 *
 * A system handle is a `uintptr_t`. On Windows it holds a `SOCKET`. On other systems it holds a
 * file descriptor, which is never negative.
 *
 * This header includes no header of the system.
 */
#ifndef XSOCK_NATIVE_H
#define XSOCK_NATIVE_H

#include "xsock.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup xsock_native_handles System handles
 * The system handle below a descriptor, and descriptors for handles that the system made.
 *
 * xsock does its own waiting. It keeps its handles in the system's non-blocking mode, whether
 * XSOCK_SOCK_NONBLOCK is set or not. A system call on such a handle therefore never waits. Do not
 * change that mode. After xsock_set_wake_signal() a handle may be in either mode.
 * @{
 */

/**
 * Stores the system handle of a descriptor.
 *
 * The handle still belongs to xsock. Do not close it, and do not use it after xsock_close().
 *
 * For a poller this is the epoll, kqueue or completion-port handle. On systems that have none of
 * these, it is the handle that wakes the poller. Do not operate on it.
 *
 * @param[in] d The descriptor, of a socket or a poller.
 * @param[out] out The handle. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is a number that xsock_reserve() has reserved.
 * @retval -XSOCK_EFAULT `out` is NULL.
 *
 * @par Blocking
 * The call does not block.
 * @par Examples
 * @code{.c}
 * uintptr_t handle;
 * int d = xsock_connect_host("localhost", "7777", -1);
 * if (d >= 0 && xsock_native(d, &handle) == 0)
 *     printf("descriptor %d has the handle %lu\n", d, (unsigned long)handle);
 * @endcode
 * @since 0.1
 */
XSOCK_API int xsock_native(int d, uintptr_t *out);

/**
 * Takes over a socket that the system made, and gives it the lowest free descriptor.
 *
 * After success the socket belongs to xsock, and xsock_close() closes it. On failure the handle is
 * unchanged and still yours.
 *
 * The call puts the handle into the system's non-blocking mode. `flags` decides whether calls of
 * xsock wait, and whether programs that are started later inherit the handle. The settings that
 * the handle had before are replaced.
 *
 * @param[in] handle A system handle of a socket. It may be connecting, connected or listening.
 * @param[in] flags 0, or XSOCK_SOCK_CLOEXEC and XSOCK_SOCK_NONBLOCK or-ed.
 * @return The new descriptor, the lowest number that is free.
 * @retval -XSOCK_EINVAL `flags` has unknown bits.
 * @retval -XSOCK_EBADF `handle` is not an open handle.
 * @retval -XSOCK_ENOTSOCK `handle` is open, but it is not a socket.
 * @retval -XSOCK_EAFNOSUPPORT xsock has no number for the socket's family.
 * @retval -XSOCK_ESOCKTNOSUPPORT xsock has no number for the socket's type.
 * @retval -XSOCK_EBUSY A descriptor of xsock already has this handle.
 * @retval -XSOCK_EMFILE All numbers below the limit (xsock_get_limit()) are taken.
 * @retval -XSOCK_ENOMEM There is no memory for the descriptor.
 *
 * @par Other errors
 * On Windows the errors of starting Winsock are returned too (see xsock_startup()).
 * @par Blocking
 * The call does not block.
 * @par Portability
 * On POSIX systems every process that shares the socket sees the change to non-blocking mode.
 * @since 0.1
 * @see xsock_release
 */
XSOCK_API int xsock_adopt(uintptr_t handle, int flags) XSOCK_MUST_USE;

/**
 * Removes a socket from xsock without closing it, and stores its system handle.
 *
 * After success the handle is yours, and the number is free. If XSOCK_SOCK_NONBLOCK is off, the
 * handle is put back into the system's blocking mode, unless a duplicate of the descriptor is
 * still open in xsock.
 *
 * Calls of other threads that wait in `d` end with ECANCELED, as when `d` is closed. The call
 * returns when they have left.
 *
 * @param[in] d The descriptor of a socket.
 * @param[out] out The handle. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_EFAULT `out` is NULL.
 * @retval -XSOCK_ENOTSOCK `d` is a poller or a look-up.
 *
 * @par Blocking
 * The call waits for other threads' calls in `d` to leave. A call that waits leaves at once.
 * @par Portability
 * On POSIX systems every handle of the socket sees the change to blocking mode: those of other
 * processes, and those that xsock_adopt() has got from duplicates. xsock_accept(), xsock_connect()
 * and xsock_sendfile() by such a handle may then wait in the system, and nothing of xsock ends that
 * wait. If the socket has such handles, set XSOCK_SOCK_NONBLOCK before the release.
 * @since 0.1
 * @see xsock_adopt
 */
XSOCK_API int xsock_release(int d, uintptr_t *out);

/**
 * Reserves a number of the table for something that is not a socket, for example a file. No call
 * gives the number to a socket until xsock_unreserve().
 *
 * The number counts as open: xsock_set_limit() does not go below it, and xsock_cleanup() gives
 * EBUSY. Calls that take a descriptor give ENOTSOCK for the number. xsock_close(), and xsock_dup2()
 * onto the number, give EBUSY. xsock_poll() reports XSOCK_POLLNVAL. In a forked child the number
 * stays reserved.
 *
 * @param[in] number The number, 3 or more. -1: the lowest number that is free.
 * @return The number.
 * @retval -XSOCK_EINVAL `number` is below -1, is 0 to 2, or is not below xsock_get_limit().
 * @retval -XSOCK_EBUSY `number` is open, or is reserved already.
 * @retval -XSOCK_EMFILE `number` is -1 and the limit of xsock's table is reached.
 * @retval -XSOCK_ENOMEM There is not enough memory.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_reserve(int number) XSOCK_MUST_USE;

/**
 * Gives a number back that xsock_reserve() has reserved.
 *
 * @param[in] number The number.
 * @return 0.
 * @retval -XSOCK_EBADF `number` is not reserved.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_unreserve(int number);

/** @} */

/**
 * @defgroup xsock_native_signal Wake signal
 * @{
 */

/**
 * Lets calls wait inside the system's send and receive, and gives xsock a signal, by which it wakes
 * threads that wait there. Calls that wait are faster then (Linux and the BSD systems).
 *
 * Without xsock_set_wake_signal(), a call that waits makes three system calls: it tries, waits
 * until the socket is ready, and tries again. With it, such a call makes one system call, in which
 * the system waits. Sometimes it tries once before. This holds for xsock_send(), xsock_recv(),
 * their forms with addresses and messages, and xsock_sendfile(), if the call has no timeout and no
 * deadline and finds nothing to do. All other calls wait as before. Every call returns the same
 * results as before.
 *
 * If `signo` is 0, only a thread that is the only one of its process waits inside the system. No
 * other thread could end such a wait, so no signal is needed. glibc tells xsock whether a thread is
 * the only one, from version 2.32 on. glibc need not do so once the process, or the one that it was
 * forked from, has had a second thread. With other C libraries 0 lets no call wait there.
 *
 * What ends a wait, or lets it look again, sends the signal to the thread that waits:
 * xsock_close(), xsock_dup2() over the descriptor, xsock_release(), xsock_shutdown(),
 * xsock_set_deadline(), xsock_set_flags(), a batch that leaves an error for the next call, and the
 * end of a guest. These calls return when the thread has left the system's call. Nothing else is
 * done to the socket, so duplicates and other processes notice nothing of it.
 *
 * Make the call once, before the program has other threads. From then on a handle of the system may
 * be in blocking mode: a socket's handle is put into that mode by its first such wait, and back by
 * xsock_set_flags() with XSOCK_SOCK_NONBLOCK. Every process that shares the socket sees the change.
 *
 * Choose a signal that nothing else uses, for example SIGUSR2. xsock handles the signal from then
 * on. Two rules follow:
 * - Do not change how the signal is handled.
 * - Do not block the signal in a thread that calls xsock. The first call of a thread that waits
 *   unblocks the signal. If the thread blocks it again, nothing wakes the thread in a later call,
 *   and the calls that would wake it wait for it.
 *
 * An xsock_sendfile() that must not wait in the system reads the file into a buffer and sends the
 * buffer, if there is a signal or the handle is in blocking mode: the system's own call would wait.
 *
 * @param[in] signo The system's number of the signal, for example SIGUSR2, or 0 for no signal. If
 *     there was a signal before, its handler stays, and threads that wait by then are still woken.
 * @return 0.
 * @retval -XSOCK_EINVAL `signo` is negative, or the system has no such signal, or the signal cannot
 *     have a handler (SIGKILL), or the system raises the signal for a fault (SIGSEGV).
 * @retval -XSOCK_EBUSY The signal has a handler already, or is ignored.
 * @retval -XSOCK_EOPNOTSUPP The system has no signals (Windows), or it cannot keep a send from
 *     waiting if the handle is in blocking mode (macOS).
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * Linux and the BSD systems have it. On Windows every signal and 0 are refused. On macOS 0 succeeds
 * and changes nothing. The choice is the process's own: a forked child has it too, and a program
 * that is started by exec does not.
 * @since 0.1
 */
XSOCK_API int xsock_set_wake_signal(int signo);

/** @} */

/**
 * @defgroup xsock_native_numbers System numbers and options
 * The system's own numbers, for calls that xsock does not have.
 * @{
 */

/**
 * Translates a family, a type and a protocol of xsock to the system's numbers.
 *
 * xsock_open() gives these numbers to socket(), or to WSASocketW() on Windows. Protocol 0 is
 * replaced by the default protocol of the family and type.
 *
 * The errors are those of the truth table of xsock_open() that can be found without asking the
 * system. A family or type that only the running kernel lacks is not noticed here.
 *
 * @param[in] af The family, `XSOCK_AF_...`.
 * @param[in] type The type, `XSOCK_SOCK_...`, which may have flags or-ed in.
 * @param[in] protocol The protocol, or 0 for the default.
 * @param[out] out The system's family, type and protocol, in this order. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EFAULT `out` is NULL.
 * @retval -XSOCK_EINVAL `type` has unknown bits, or `protocol` is negative and `af` is not
 *     XSOCK_AF_NETBIOS.
 * @retval -XSOCK_EAFNOSUPPORT `af` is unknown or UNSPEC, or this system has no number for it.
 * @retval -XSOCK_ESOCKTNOSUPPORT `type` is unknown or 0, the family does not have it, or this
 *     system has no number for it.
 * @retval -XSOCK_EPROTONOSUPPORT `protocol` is unknown, the family and type do not have it, this
 *     system has no number for it, or it is 0 where the type has no default.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 * @see xsock_open
 */
XSOCK_API int xsock_native_triple(int af, int type, int protocol, int out[3]);

/**
 * Converts the system's own family, type and protocol to xsock's, the way back of
 * xsock_native_triple().
 *
 * @param[in] family The system's number of the family, for example AF_INET.
 * @param[in] type The system's number of the type, without flags. 0: only the family is converted.
 * @param[in] protocol The system's number of the protocol. 0: the default.
 * @param[out] out Family, type and protocol as xsock_open() takes them. The type is 0 if `type` is
 *     0. The protocol is 0 if `protocol` is 0, unless 0 is the system's number of a protocol that
 *     xsock has another number for. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EFAULT `out` is NULL.
 * @retval -XSOCK_EINVAL `type` is 0 and `protocol` is not.
 * @retval -XSOCK_EAFNOSUPPORT xsock has no number for the family, or `family` is AF_UNSPEC.
 * @retval -XSOCK_ESOCKTNOSUPPORT The family does not have this type, or `type` has flags.
 * @retval -XSOCK_EPROTONOSUPPORT The family and type do not have this protocol.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * Linux gives L2CAP (Bluetooth) the number 0. There, protocol 0 becomes XSOCK_BTPROTO_L2CAP. Linux,
 * FreeBSD and macOS call the protocols of IPX and of AppleTalk 0.
 * @since 0.1
 */
XSOCK_API int xsock_triple_from_native(int family, int type, int protocol, int out[3]);

/**
 * Sets an option by the system's own level, name and value.
 *
 * This is setsockopt() and nothing else. Use it for options that have no number in xsock.h. xsock
 * keeps the value of some options itself (the timeouts, and XSOCK_SO_REUSEADDR on Windows). It
 * does not notice if this call changes such an option. Nothing is changed on failure.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] level The system's level, such as SOL_SOCKET.
 * @param[in] name The system's number of the option.
 * @param[in] value The bytes of the value. May be NULL if `size` is 0.
 * @param[in] size The number of bytes at `value`.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is not a socket.
 * @retval -XSOCK_EFAULT `value` is NULL and `size` is not 0.
 * @retval -XSOCK_EINVAL `size` is larger than INT_MAX, or the system refuses the value.
 * @retval -XSOCK_ENOPROTOOPT The system does not know the option, or this socket does not have it.
 * @retval -XSOCK_ENOTSUP The system does not allow the operation on this socket.
 *
 * @par Other errors
 * Every other error of the system's call is returned too.
 * @par Blocking
 * The call does not block.
 * @par Portability
 * Levels, names and values are those of the system that the program runs on.
 * @par Standards
 * POSIX setsockopt().
 * @since 0.1
 * @see xsock_set_opt_flag, xsock_set_opt_time, xsock_set_opt_size
 */
XSOCK_API int xsock_set_opt_raw(int d, int level, int name, const void *value, size_t size)
    XSOCK_READS(4, 5);

/**
 * Reads an option by the system's own level and name.
 *
 * This is getsockopt() and nothing else. xsock_set_opt_raw() says for which options it is meant.
 *
 * @param[in] d The descriptor of a socket.
 * @param[in] level The system's level, such as SOL_SOCKET.
 * @param[in] name The system's number of the option.
 * @param[out] out The bytes of the value. Unchanged on failure.
 * @param[in,out] inout_size The capacity of `out`, in bytes. Set by the call: the number of bytes
 *     that the system wrote. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EBADF `d` is not open.
 * @retval -XSOCK_ENOTSOCK `d` is not a socket.
 * @retval -XSOCK_EFAULT `out` or `inout_size` is NULL.
 * @retval -XSOCK_EINVAL `*inout_size` is larger than INT_MAX, or the system refuses the size.
 * @retval -XSOCK_ENOPROTOOPT The system does not know the option, or this socket does not have it.
 * @retval -XSOCK_ENOTSUP The system does not allow the operation on this socket.
 *
 * @par Other errors
 * Every other error of the system's call is returned too.
 * @par Blocking
 * The call does not block.
 * @par Portability
 * Levels, names and values are those of the system that the program runs on.
 * @par Standards
 * POSIX getsockopt().
 * @since 0.1
 * @see xsock_get_opt_flag, xsock_get_opt_time, xsock_get_opt_size
 */
XSOCK_API int xsock_get_opt_raw(int d, int level, int name, void *out, size_t *inout_size);

/** @} */

/**
 * @defgroup xsock_native_addresses System addresses
 * struct xsock_addr as the system's sockaddr, and back.
 *
 * An address of xsock that becomes a sockaddr and is read back is the same address.
 * @{
 */

/**
 * Writes an address as the system's sockaddr.
 *
 * A LOCAL path that fills sun_path to its last byte is written without a NUL.
 *
 * @param[in] a The address.
 * @param[out] out The sockaddr. It may have any alignment. A struct sockaddr_storage is large
 *     enough for every address. Unchanged on failure.
 * @param[in] cap The capacity of `out`, in bytes. No more than this is written.
 * @return The length of the sockaddr in bytes, which the system's calls take with it.
 * @retval -XSOCK_EFAULT `a` or `out` is NULL.
 * @retval -XSOCK_EINVAL `a` is malformed (see xsock_addr_format()), or `a` is an abstract name and
 *     the system has none, or `a` is a path that is not UTF-8 on Windows.
 * @retval -XSOCK_EAFNOSUPPORT The system does not have the family.
 * @retval -XSOCK_ENAMETOOLONG A LOCAL name is longer than sun_path.
 * @retval -XSOCK_ENOSPC The sockaddr needs more than `cap` bytes.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * sun_path has 108 bytes on Linux and Windows, and 104 on FreeBSD and macOS.
 * @since 0.1
 */
XSOCK_API int xsock_addr_to_sockaddr(const struct xsock_addr *a, void *out, size_t cap)
    XSOCK_WRITES(2, 3);

/**
 * Reads an address from a sockaddr of the system.
 *
 * A `len` of 0 gives a family of UNSPEC, which means "no address". A LOCAL path ends at its first
 * zero byte. Of a sockaddr that did not come from xsock only padding is lost, such as sin_zero.
 *
 * @param[in] sa The sockaddr. It may have any alignment. Its sa_len, where the system has one, is
 *     not read. May be NULL if `len` is 0.
 * @param[in] len The number of bytes at `sa`.
 * @param[out] out The address. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EFAULT `out` is NULL, or `sa` is NULL and `len` is not 0.
 * @retval -XSOCK_EINVAL `len` is too short for the family, or larger than 256.
 * @retval -XSOCK_ENAMETOOLONG The address has more than XSOCK_ADDR_DATA bytes.
 *
 * @par Blocking
 * The call does not block.
 * @par Portability
 * macOS has paths of up to 253 bytes, which struct xsock_addr cannot hold.
 * @since 0.1
 */
XSOCK_API int xsock_addr_from_sockaddr(const void *sa, size_t len, struct xsock_addr *out)
    XSOCK_READS(1, 2);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
