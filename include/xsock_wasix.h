/**
 * @file xsock_wasix.h
 * @brief The socket calls of WASIX, for engines that run WebAssembly.
 *
 * An engine makes one struct xsock_wasix for each guest process, and registers the imports that
 * xsock_wasix_imports() lists. It gives each call of the guest to the function of that import,
 * together with the guest's memory and the arguments as the guest passed them:
 *
 * This guest calls `sock_open(1, 1, 0, 4096)`: a stream of INET. The descriptor is stored at
 * address 4096 of its memory.
 * @code{.c}
 * #include "xsock_wasix.h"
 *
 * static uint32_t guest_calls_sock_open(struct xsock_wasix *guest,
 *                                       const struct xsock_wasix_memory *memory)
 * {
 *     const struct xsock_wasix_import *import = xsock_wasix_find("wasix_32v1", "sock_open");
 *     const uint64_t args[] = {1, 1, 0, 4096};
 *     return import->call(guest, memory, args);
 * }
 *
 * int main(void)
 * {
 *     static unsigned char bytes[65536];
 *     const struct xsock_wasix_memory memory = {bytes, sizeof bytes, {0}};
 *     struct xsock_wasix *guest;
 *     if (xsock_wasix_create(NULL, &guest) != 0)
 *         return 1;
 *     uint32_t error = guest_calls_sock_open(guest, &memory);
 *     xsock_wasix_destroy(guest);
 *     return error != 0;
 * }
 * @endcode
 *
 * Each guest has descriptors of its own. Its first socket gets number 3, and each new descriptor
 * gets the lowest free number. What other guests and the host have open makes no difference.
 * Nothing that a guest passes can name a descriptor of somebody else, or an address outside its
 * own memory.
 *
 * A guest sees the numbers, layouts and errors of WASIX (wasix_32v1 and wasix_64v1) and of WASI
 * preview 1. Where these leave something open, it sees what POSIX says, as xsock.h has it.
 * docs/wasix.md describes each import.
 *
 * Any thread may make any call for any guest at any time, except xsock_wasix_destroy(). Guests may
 * share their memory between threads: xsock reads a value once, copies it, and checks and uses the
 * copy only.
 *
 * Guests belong to the process that made them. After fork() the child must not call anything for
 * the guests of its parent.
 *
 * The other conventions are those of xsock.h.
 */
#ifndef XSOCK_WASIX_H
#define XSOCK_WASIX_H

#include "xsock.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup xsock_wasix_guests Guests
 * Making and ending a guest, and deciding what it may do.
 * @{
 */

/** A guest process: its descriptors, its rules and its quotas. */
struct xsock_wasix;

/** What a guest wants to do. The policy is asked before it is done. */
enum xsock_wasix_action {
    /** Open a socket or a pair. af, type and protocol are set; protocol is never "the default". */
    XSOCK_WASIX_OPEN = 1,
    /** Bind a socket to addr. It is also asked when listening binds a socket to any address. */
    XSOCK_WASIX_BIND = 2,
    /** Connect a socket to addr. */
    XSOCK_WASIX_CONNECT = 3,
    /** Send a datagram to addr, which the guest names with the call. */
    XSOCK_WASIX_SEND = 4,
    /** Look up host. */
    XSOCK_WASIX_RESOLVE = 5,
    /** Join or leave the multicast group addr. Its scope is the interface's index, or 0 for any. */
    XSOCK_WASIX_JOIN = 6,
    /** Look at the addresses, routes and hardware addresses of the host. */
    XSOCK_WASIX_INTERFACES = 7
};

/** One question to the policy. The library fills it in. */
struct xsock_wasix_request {
    int action;   /**< What the guest wants to do, of enum xsock_wasix_action. */
    int af;       /**< The socket's family. It is 0 for RESOLVE and INTERFACES. */
    int type;     /**< The socket's type. It is 0 for RESOLVE and INTERFACES. */
    int protocol; /**< The socket's protocol. It is 0 for RESOLVE and INTERFACES. */
    /** The address that the action really concerns. An IPv4 address inside an IPv6 one is shown as
     * IPv4. A destination of "any" is shown as the loopback address. The policy may replace it by
     * another address of the same family, for example a path of the guest by a path of the
     * host. */
    struct xsock_addr addr;
    /** The name to look up, in UTF-8 as the guest sent it, without a NUL inside. NULL unless the
     * action is RESOLVE. */
    const char *host;
};

/**
 * Decides whether a guest may do something.
 *
 * It is called in the thread of the guest's call. The library holds no lock during the call.
 *
 * @param[in] user The user pointer of the configuration.
 * @param[in,out] request The question. The policy may change `addr`.
 * @return true to allow the action. false: the guest gets EACCES (2), and nothing is done.
 */
typedef bool xsock_wasix_policy_fn(void *user, struct xsock_wasix_request *request);

/**
 * Tells whether a file of the engine can be read or written without waiting.
 *
 * It is called for a poll_oneoff that names both files and sockets.
 *
 * @param[in] user The user pointer of the configuration.
 * @param[in] number The guest's number of the file.
 * @param[in] write True asks for writing, false for reading.
 * @param[out] out_bytes How many bytes can be read or written.
 * @return 1 if the file is ready. 0 if the file is not ready yet: xsock_wasix_wake() has to be
 *     called when the file becomes ready. Otherwise `-XSOCK_E...`, which the guest gets as the
 *     error of that file.
 */
typedef int xsock_wasix_ready_fn(void *user, int number, bool write, uint64_t *out_bytes);

/**
 * Reads from a file of the engine, for sock_send_file.
 *
 * @param[in] user The user pointer of the configuration.
 * @param[in] number The guest's number of the file.
 * @param[in] offset Where to read, in bytes from the start of the file.
 * @param[out] buf The bytes.
 * @param[in] len The capacity of `buf`, in bytes.
 * @return The number of bytes read, 0 at the end of the file, or `-XSOCK_E...`.
 */
typedef ptrdiff_t xsock_wasix_read_fn(void *user, int number, uint64_t offset, void *buf,
                                      size_t len);

/** How a guest is made. Zeros are a good configuration: `struct xsock_wasix_config c = {0}`. */
struct xsock_wasix_config {
    /** The lowest number that a socket gets. The numbers below it belong to the engine from the
     * start. 0 means 3, after the standard streams. -1 means that the engine has none and numbers
     * start at 0. */
    int first;
    /** One more than the highest number that the guest may have, the engine's numbers included.
     * Beyond it the guest gets EMFILE. 0 means 65,536, or, if this is less, a quarter of the
     * handles that the process may have when the guest is made, and the numbers below first
     * besides. An event or an epoll takes two handles, so the guest takes at most half of them. */
    int max_descriptors;
    /** How many calls may wait at the same time. Beyond it the guest gets ENOBUFS. A call that
     * waits may take a handle. 0 means 1,024, or, if this is less, an eighth of the handles that
     * the process may have when the guest is made. */
    int max_waiting;
    /** How many bytes all calls in progress may copy at the same time. Beyond it the guest gets
     * ENOMEM. 0 means 4 MiB. */
    uint64_t max_scratch;
    /** The largest socket buffer, in bytes, for each socket and direction. A larger size that the
     * guest asks for is cut to it, as systems do. 0 means 4 MiB. */
    uint64_t max_socket_buffer;
    /** The size of an addr_port in the guest's memory: 110 bytes, or 20 for guests that were built
     * before LOCAL addresses and IPv6's flow and scope were part of it. 0 means 110. */
    int addr_port_size;
    /** Decides what the guest may do. NULL allows everything that cannot reach into the host. It
     * refuses RAW sockets, LOCAL addresses with a name, which are files of the host or known to
     * all of it, and binding a LOCAL socket to no name, for which Linux makes a name up. */
    xsock_wasix_policy_fn *policy;
    /** Tells whether a file of the engine is ready. NULL means that files are always ready. */
    xsock_wasix_ready_fn *ready;
    /** Reads from a file of the engine. If it is NULL, sock_send_file from a file gives
     * XSOCK_WASIX_CALL_ENGINE. */
    xsock_wasix_read_fn *read;
    /** Passed to all three functions. */
    void *user;
    /** How many bytes all socket buffers together may have that the guest sets. Of a larger size
     * only what is left is set, but at least 128 KiB: sizes up to that are allowed always, and are
     * not counted. What a socket has been given is counted until the socket is closed. A connection
     * that the guest accepts has the sizes of its listener, and counts from then on. 0 means
     * 64 MiB. */
    uint64_t max_buffers;
    uint64_t reserved[3]; /**< Must be 0. */
};

/**
 * Makes a guest.
 *
 * @param[in] config How it is made. NULL means all zeros.
 * @param[out] out The guest. Unchanged on failure.
 * @return 0.
 * @retval -XSOCK_EFAULT `out` is NULL.
 * @retval -XSOCK_EINVAL `config` has a value that is out of range, or a reserved word that is not
 *     0.
 * @retval -XSOCK_ENOMEM There is no memory for the guest.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_wasix_create(const struct xsock_wasix_config *config, struct xsock_wasix **out);

/**
 * Ends a guest, because its process is over.
 *
 * The call closes everything that the guest has open. From then on nothing can be opened for it.
 * Calls of the guest that wait return ECANCELED (11) promptly, whatever they wait for. Later calls
 * return ECANCELED or EBADF. A descriptor that another thread is opening at that moment is closed
 * as soon as it is open. Ending a guest again does nothing.
 *
 * @param[in] guest The guest. NULL does nothing.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API void xsock_wasix_end(struct xsock_wasix *guest);

/**
 * Ends a guest and frees it.
 *
 * No other thread may have a call in progress for the guest, and no call may follow. End the guest
 * with xsock_wasix_end() and join its threads first.
 *
 * @param[in] guest The guest. NULL does nothing.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API void xsock_wasix_destroy(struct xsock_wasix *guest);

/**
 * Closes the descriptors that have CLOEXEC, because the guest's process becomes another program.
 *
 * This is for proc_exec. The descriptors are closed as fd_close closes them. Files of the engine
 * are not touched: the engine closes those itself.
 *
 * @param[in] guest The guest.
 * @return 0.
 * @retval -XSOCK_EFAULT `guest` is NULL.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_wasix_exec(struct xsock_wasix *guest);

/** @} */

/**
 * @defgroup xsock_wasix_numbers Numbers of the engine
 * Numbers of a guest that belong to files of its engine.
 *
 * Sockets and files share one table of numbers, so that both get the lowest free number. The
 * engine reserves a number for each file that it opens for the guest.
 * @{
 */

/** What an import returns besides a WASIX errno. All errnos are below it. */
enum xsock_wasix_result {
    /** The call names a number that is reserved for the engine, and has done nothing. The engine
     * has to call its own function of that name. */
    XSOCK_WASIX_CALL_ENGINE = 0x10000
};

/**
 * Reserves a number of the guest for a file of the engine.
 *
 * @param[in] guest The guest.
 * @param[in] number The number, or -1 for the lowest free one.
 * @return The number.
 * @retval -XSOCK_EFAULT `guest` is NULL.
 * @retval -XSOCK_EBADF `number` is below -1, or is not below `max_descriptors`.
 * @retval -XSOCK_EBUSY `number` is open, or is reserved already.
 * @retval -XSOCK_EMFILE `number` is -1, and no number is free.
 * @retval -XSOCK_ENOMEM There is no memory.
 * @retval -XSOCK_ECANCELED The guest has ended.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 * @see xsock_wasix_unreserve
 */
XSOCK_API int xsock_wasix_reserve(struct xsock_wasix *guest, int number) XSOCK_MUST_USE;

/**
 * Frees a reserved number, because the engine has closed the file.
 *
 * @param[in] guest The guest.
 * @param[in] number The number.
 * @return 0.
 * @retval -XSOCK_EFAULT `guest` is NULL.
 * @retval -XSOCK_EBADF `number` is not reserved.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 * @see xsock_wasix_reserve
 */
XSOCK_API int xsock_wasix_unreserve(struct xsock_wasix *guest, int number);

/** To whom a number of a guest belongs. */
enum xsock_wasix_owner_kind {
    XSOCK_WASIX_OWNER_NONE = 0,   /**< The number is free, or it can't be one of the guest. */
    XSOCK_WASIX_OWNER_ENGINE = 1, /**< The number is reserved for a file of the engine. */
    XSOCK_WASIX_OWNER_XSOCK = 2   /**< The number is a descriptor of xsock. */
};

/**
 * Tells to whom a number belongs.
 *
 * The engine needs this when fd_renumber returns XSOCK_WASIX_CALL_ENGINE:
 *
 * - If both numbers belong to the engine, it moves its file to the second number, and calls
 *   xsock_wasix_unreserve() for the first.
 * - If the second belongs to xsock, the engine closes it with xsock_wasix_close(), reserves its
 *   number with xsock_wasix_reserve(), moves its file there, and calls xsock_wasix_unreserve() for
 *   the first.
 * - If the first belongs to xsock, the engine closes its own file, and calls
 *   xsock_wasix_renumber().
 *
 * @param[in] guest The guest.
 * @param[in] number The number. Any int is allowed.
 * @return A value of enum xsock_wasix_owner_kind.
 * @retval -XSOCK_EFAULT `guest` is NULL.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_wasix_owner(struct xsock_wasix *guest, int number);

/**
 * Closes a descriptor of xsock, as fd_close does.
 *
 * @param[in] guest The guest.
 * @param[in] number The guest's number of the descriptor.
 * @return 0.
 * @retval -XSOCK_EFAULT `guest` is NULL.
 * @retval -XSOCK_EBADF `number` is not open, or belongs to the engine.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int xsock_wasix_close(struct xsock_wasix *guest, int number);

/**
 * Finishes an fd_renumber that moves a descriptor of xsock to a number of the engine.
 *
 * The engine closes the file of `to` first, and leaves the number reserved. After success the
 * descriptor has the number `to`, which is no longer reserved, and `from` is free. On failure
 * nothing is done.
 *
 * @param[in] guest The guest.
 * @param[in] from The first number of fd_renumber, a descriptor of xsock.
 * @param[in] to The second number of fd_renumber, which is reserved for the engine.
 * @return 0.
 * @retval -XSOCK_EFAULT `guest` is NULL.
 * @retval -XSOCK_EBADF `from` is not a descriptor of xsock, or `to` is not reserved.
 * @retval -XSOCK_EINVAL `from` is an epoll.
 * @retval -XSOCK_EMFILE The host's process has no more handles.
 * @retval -XSOCK_ENOBUFS The system has no more buffers.
 * @retval -XSOCK_ENOMEM There is no memory.
 * @retval -XSOCK_ECANCELED The guest has ended.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 * @see xsock_wasix_owner
 */
XSOCK_API int xsock_wasix_renumber(struct xsock_wasix *guest, int from, int to);

/**
 * Gives the guest a socket that the system made, such as a listener of the host.
 *
 * This is xsock_adopt() for a guest. The policy is not asked.
 *
 * @param[in] guest The guest.
 * @param[in] handle A system handle of a socket (see xsock_native.h).
 * @param[in] flags 0, or XSOCK_SOCK_CLOEXEC and XSOCK_SOCK_NONBLOCK or-ed, as the guest is to see
 *     them.
 * @return The guest's number of the descriptor.
 * @retval -XSOCK_EFAULT `guest` is NULL.
 * @retval -XSOCK_EINVAL `flags` has unknown bits.
 * @retval -XSOCK_EBADF `handle` is not an open handle.
 * @retval -XSOCK_ENOTSOCK `handle` is open, but it is not a socket.
 * @retval -XSOCK_EAFNOSUPPORT xsock has no number for the socket's family.
 * @retval -XSOCK_ESOCKTNOSUPPORT xsock has no number for the socket's type.
 * @retval -XSOCK_EBUSY A descriptor of the guest already has this handle.
 * @retval -XSOCK_EMFILE All numbers below `max_descriptors` are taken.
 * @retval -XSOCK_ENOMEM There is no memory for the descriptor.
 * @retval -XSOCK_ECANCELED The guest has ended.
 *
 * @par Other errors
 * On Windows the errors of starting Winsock are returned too (see xsock_startup()).
 * @par Blocking
 * The call does not block.
 * @par Portability
 * On POSIX systems every process that shares the socket sees the change to non-blocking mode.
 * @since 0.1
 * @see xsock_adopt
 */
XSOCK_API int xsock_wasix_adopt(struct xsock_wasix *guest, uintptr_t handle,
                                int flags) XSOCK_MUST_USE;

/**
 * Tells the library that a file of the engine may have become ready.
 *
 * Each poll_oneoff of the guest that waits calls the `ready` function again.
 *
 * @param[in] guest The guest. NULL does nothing.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 * @see xsock_wasix_ready_fn
 */
XSOCK_API void xsock_wasix_wake(struct xsock_wasix *guest);

/** @} */

/**
 * @defgroup xsock_wasix_clocks Clocks
 * The clocks that poll_oneoff waits by.
 * @{
 */

/**
 * Reads a clock.
 *
 * Absolute times of poll_oneoff refer to these clocks. The engine's clock_time_get should return
 * the same times.
 *
 * @param[in] clock 0 is the time of day, since the start of 1970 in UTC. 1 is a clock that counts
 *     steadily from an unspecified start.
 * @return The time in nanoseconds.
 * @retval -XSOCK_EINVAL There is no such clock.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API int64_t xsock_wasix_now(uint32_t clock);

/** @} */

/**
 * @defgroup xsock_wasix_imports Imports
 * The functions that a guest imports.
 * @{
 */

/**
 * The memory of a guest.
 *
 * It must stay where it is until the call returns. If it can move while a thread of the guest
 * waits in a call, the engine has to prevent that.
 */
struct xsock_wasix_memory {
    void *base;           /**< The first byte, which has address 0 in the guest. */
    uint64_t size;        /**< The number of bytes. */
    uint64_t reserved[2]; /**< Must be 0. */
};

/**
 * One import: a function that the guest calls.
 *
 * @param[in] guest The guest. Must not be NULL.
 * @param[in,out] memory The memory of the guest. Must not be NULL.
 * @param[in] args The arguments, one for each letter of the signature. An i32 is in the low half of
 *     its word, and the high half is ignored.
 * @return WASIX's errno, which is 0 for success, or XSOCK_WASIX_CALL_ENGINE. If the memory is too
 *     small for what the guest passes, or its `base` is NULL, the errno is MEMVIOLATION (78), or
 *     FAULT (21) in preview 1. If a reserved word of `memory` is not 0, the errno is INVAL (28). In
 *     these cases nothing is done.
 *
 * @par Blocking
 * The call blocks where WASIX's call does.
 */
typedef uint32_t xsock_wasix_fn(struct xsock_wasix *guest, const struct xsock_wasix_memory *memory,
                                const uint64_t *args);

/** An import by its names. */
struct xsock_wasix_import {
    /** The module: "wasix_32v1", "wasix_64v1" or "wasi_snapshot_preview1". */
    const char *module;
    /** The function's name, such as "sock_open". */
    const char *name;
    /** The types of the parameters, a letter each: "i" for i32 and "I" for i64. The result is
     * always one i32. */
    const char *signature;
    /** The function. */
    xsock_wasix_fn *call;
};

/**
 * Lists all imports, module by module.
 *
 * The call never fails.
 *
 * @param[out] out_count The number of imports. May be NULL.
 * @return The first import of an array. The array is constant and needs no freeing.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API const struct xsock_wasix_import *xsock_wasix_imports(size_t *out_count);

/**
 * Finds one import by its names.
 *
 * @param[in] module The module, such as "wasix_32v1".
 * @param[in] name The function's name, such as "sock_open".
 * @return The import, or NULL if there is none of these names or an argument is NULL.
 *
 * @par Blocking
 * The call does not block.
 * @since 0.1
 */
XSOCK_API const struct xsock_wasix_import *xsock_wasix_find(const char *module, const char *name);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
