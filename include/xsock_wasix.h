/* xsock_wasix.h: the socket calls of WASIX, for engines that run WebAssembly. Conventions: xsock.h.
 *
 * An engine makes one `struct xsock_wasix` for each guest process, registers what xsock_wasix_imports lists, and
 * from then on gives each call of the guest to the function of its row, with the guest's memory and the arguments
 * as they came:
 *
 *   guest: sock_open(1, 1, 0, 4096)
 *   engine: uint64_t args[] = {1, 1, 0, 4096};
 *           uint32_t e = import->call(guest, &memory, args);
 *
 * A guest has descriptors of its own, from 3 up, the lowest free one first, whatever other guests and the host
 * itself have open. Nothing that it passes can name a descriptor or an address outside its own.
 *
 * What a guest sees follows WASIX (wasix_32v1, wasix_64v1) and WASI preview 1: its numbers, layouts and errors;
 * what they leave open follows POSIX, as xsock.h has it. docs/wasix.md has each import.
 *
 * Threads: any call, for any guest, from any thread, at any time, but for xsock_wasix_destroy. Guests that share
 * their memory between threads are safe: what is checked is read once, copied, and only then looked at. */
#ifndef XSOCK_WASIX_H
#define XSOCK_WASIX_H

#include "xsock.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Guests -------------------------------------------------------------------------------------- */

struct xsock_wasix;

/* What a guest wants to do, asked before it is done. */
enum {
    XSOCK_WASIX_OPEN = 1,  /* a socket or a pair: af, type, protocol */
    XSOCK_WASIX_BIND,      /* to addr; also the listen that binds to any address by itself */
    XSOCK_WASIX_CONNECT,   /* to addr */
    XSOCK_WASIX_SEND,      /* a datagram to addr, which it names with the call */
    XSOCK_WASIX_RESOLVE,   /* host (UTF-8 as the guest sent it, no NUL inside) */
    XSOCK_WASIX_JOIN,      /* the multicast group addr, to be joined or left; scope: the interface's index, 0: any */
    XSOCK_WASIX_INTERFACES /* look at the addresses, routes and hardware address of the host */
};

struct xsock_wasix_request {
    int what;
    int af, type, protocol; /* the socket's; of RESOLVE and INTERFACES 0 */
    /* What the address amounts to: an IPv4 address, also where the guest wrote it inside an IPv6 one; the loopback
     * address where it wrote "any" for a destination. The policy may change it, to an address of the same family:
     * a path of the guest's to one of the host's, say. */
    struct xsock_addr addr;
    const char *host;
};

/* False: the guest gets EACCES, and nothing is done. Called in the thread of the call, with no lock held. */
typedef bool xsock_wasix_policy_fn(void *user, struct xsock_wasix_request *request);

/* Whether a number that is the engine's can be read or written without waiting, for a poll_oneoff that names it and
 * sockets as well: 1 with *out_bytes of how many, 0 if not yet (see xsock_wasix_wake), or -XSOCK_E... */
typedef int xsock_wasix_ready_fn(void *user, int number, bool write, uint64_t *out_bytes);

/* Reads from a file of the engine's, for sock_send_file: the bytes read, 0 at its end, or -XSOCK_E... */
typedef ptrdiff_t xsock_wasix_read_fn(void *user, int number, uint64_t offset, void *buf, size_t len);

/* All zeros is a good one; unknown values are refused, and reserved words must be 0. */
struct xsock_wasix_config {
    /* The lowest number a socket gets; those below it are the engine's from the start. 0: 3, after the standard
     * streams; -1: none is, numbers start at 0. */
    int first;
    /* Quotas. Over the first a guest gets EMFILE, over the second ENOBUFS, over the third ENOMEM; socket buffers
     * are cut to the fourth, as systems do. */
    int max_descriptors;         /* one more than the highest number, the engine's included; 0: 65,536 */
    int max_waiting;             /* calls that wait at the same time; 0: 1,024 */
    uint64_t max_scratch;        /* bytes that all calls in progress may copy at once; 0: 4 MiB */
    uint64_t max_socket_buffer;  /* bytes, of each socket and direction; 0: 4 MiB */
    /* The bytes of an addr_port in the guest's memory: 110, or 20 as guests built before addresses of LOCAL and
     * IPv6's flow and scope crossed the boundary have it. 0: 110. */
    int addr_port_size;
    /* NULL: everything is allowed but what would reach into the host: RAW sockets, and LOCAL addresses with a name
     * (or bound to none, where Linux makes one up), which is a file of the host's, or known to all of it. */
    xsock_wasix_policy_fn *policy;
    xsock_wasix_ready_fn *ready; /* NULL: files are always ready */
    xsock_wasix_read_fn *read;   /* NULL: sock_send_file from a file is not ours (XSOCK_WASIX_NOT_MINE) */
    void *user;                  /* for all three */
    uintptr_t reserved[4];
};

/* A new guest. config may be NULL: all zeros. Returns 0; out is unchanged on failure. Doesn't block.
 *   EFAULT   out is NULL
 *   EINVAL   a value of config that can't be
 *   ENOMEM   no memory */
XSOCK_API int xsock_wasix_create(const struct xsock_wasix_config *config, struct xsock_wasix **out);

/* The guest's process is over: closes all that it has, and from then on nothing opens for it. Its calls that wait,
 * whatever for, return ECANCELED (11) promptly, those that come later ECANCELED or EBADF. What another thread was
 * opening at that moment is closed as soon as it is open. NULL: nothing. Again: nothing. Doesn't block. */
XSOCK_API void xsock_wasix_end(struct xsock_wasix *guest);

/* Ends it, and frees it. No call for it may be in progress in another thread: end first, and join them. NULL:
 * nothing. */
XSOCK_API void xsock_wasix_destroy(struct xsock_wasix *guest);

/* The guest's process becomes another program (proc_exec): closes what has CLOEXEC, as fd_close does. Files of
 * the engine's are its own to close. Returns 0. EFAULT: guest is NULL. Doesn't block. */
XSOCK_API int xsock_wasix_exec(struct xsock_wasix *guest);

/* ---- Numbers of the engine's --------------------------------------------------------------------- */

/* What a call gives instead of a WASIX errno (they are all below it) when a descriptor that it names is kept for
 * the engine: nothing was done, and the engine's own function of that name is to be called. */
enum { XSOCK_WASIX_NOT_MINE = 0x10000 };

/* Keeps a number of the guest's for a file of the engine's: this one, or the lowest free one for -1. Returns the
 * number. EFAULT: guest is NULL. EBADF: below 0 (but -1), or not below max_descriptors. EBUSY: it is open, or kept
 * already. EMFILE: none is free. ENOMEM. ECANCELED: the guest has ended. */
XSOCK_API int xsock_wasix_keep(struct xsock_wasix *guest, int number);

/* The engine has closed that file: the number is free. Returns 0. EFAULT: guest is NULL. EBADF: it isn't kept. */
XSOCK_API int xsock_wasix_unkeep(struct xsock_wasix *guest, int number);

/* Whose a number is. Where fd_renumber is NOT_MINE, the engine learns by it whose the two are. Both its own: it
 * moves its file, and unkeeps the first. The second ours: it closes that (xsock_wasix_close), keeps its number,
 * moves its file there, and unkeeps the first. The first ours: it closes its file, and calls
 * xsock_wasix_renumber. EFAULT: guest is NULL. */
enum {
    XSOCK_WASIX_FREE = 0,
    XSOCK_WASIX_ENGINES = 1,
    XSOCK_WASIX_OURS = 2
};
XSOCK_API int xsock_wasix_owner(struct xsock_wasix *guest, int number);

/* Closes a descriptor that is ours, as fd_close does. Returns 0. EFAULT: guest is NULL. EBADF: not open, or the
 * engine's. */
XSOCK_API int xsock_wasix_close(struct xsock_wasix *guest, int number);

/* The rest of an fd_renumber whose first number, `from`, is ours, and whose second, `to`, is kept for a file
 * that the engine has now closed: what was `from` is `to` from now on, and the number is no longer kept. Returns
 * 0. EFAULT: guest is NULL. EBADF: `from` isn't ours, or `to` isn't kept. EINVAL: `from` is an epoll. EMFILE,
 * ENOBUFS, ENOMEM: the system has no more; nothing was done. ECANCELED: the guest has ended. */
XSOCK_API int xsock_wasix_renumber(struct xsock_wasix *guest, int from, int to);

/* Gives the guest a socket that the system made, such as a listener of the host's: as xsock_adopt (xsock_native.h),
 * with its errors. flags: XSOCK_SOCK_CLOEXEC, XSOCK_SOCK_NONBLOCK, as the guest is to see them. Returns the number.
 * EFAULT: guest is NULL. The policy isn't asked. */
XSOCK_API int xsock_wasix_adopt(struct xsock_wasix *guest, uintptr_t handle, int flags);

/* Something of the engine's may have become ready: each poll_oneoff that waits asks `ready` again. NULL: nothing.
 * Doesn't block. */
XSOCK_API void xsock_wasix_wake(struct xsock_wasix *guest);

/* ---- Clocks -------------------------------------------------------------------------------------- */

/* The clocks that absolute times of poll_oneoff are of, in nanoseconds: for the engine's clock_time_get, so that both
 * mean the same. 0 is the time of day, since 1970; 1 goes on steadily from some moment. -XSOCK_EINVAL: another.
 * Doesn't block. */
XSOCK_API int64_t xsock_wasix_now(uint32_t clock);

/* ---- Imports ------------------------------------------------------------------------------------- */

/* The guest's memory: `size` bytes from `base`, of which the guest's address 0 is the first. It must be there until
 * the call has returned; if it can be moved while a guest's thread waits, the engine has to prevent that. */
struct xsock_wasix_memory {
    void *base;
    uint64_t size;
};

/* args: as many as the signature has letters, an i32 in the low half of its word; what the high half holds has no
 * meaning. Returns WASIX's errno, 0 for success, or XSOCK_WASIX_NOT_MINE. May block where WASIX's call does; a call
 * with the guest's memory NULL or too small gives MEMVIOLATION (78; in preview 1 FAULT, 21), and nothing is done.
 * guest and memory may not be NULL. */
typedef uint32_t xsock_wasix_fn(struct xsock_wasix *guest, const struct xsock_wasix_memory *memory,
                                const uint64_t *args);

struct xsock_wasix_import {
    const char *module;    /* "wasix_32v1", "wasix_64v1" or "wasi_snapshot_preview1" */
    const char *name;      /* for example "sock_open" */
    const char *signature; /* a letter per parameter: "i" for i32, "I" for i64; returns an i32 */
    xsock_wasix_fn *call;
};

/* All of them, module by module; stores how many. Never fails; out_count may be NULL. */
XSOCK_API const struct xsock_wasix_import *xsock_wasix_imports(size_t *out_count);

/* The row of one import; NULL if it is none of ours, or an argument is NULL. */
XSOCK_API const struct xsock_wasix_import *xsock_wasix_find(const char *module, const char *name);

#ifdef __cplusplus
}
#endif

#endif
