/* The porting contract: what a backend must provide. src/posix and src/win32 each implement all of
 * it, and tests/support/fake_sys.c does in memory; the build compiles one of them.
 *
 * Conventions, stated here once:
 *   - Arguments are checked, and numbers are the system's own ("native"), by xsock__sys_family()
 *     and so on.
 *   - Out-parameters are never NULL, and are untouched on failure.
 *   - A call that can fail returns 0, or the system's own code: an errno, or a Winsock or Win32
 *     code. Which it is the core need not know: xlate turns it into -XSOCK_E...
 *   - Nothing retries a call that was refused, nothing logs, nothing keeps state that the core
 *     could keep.
 *   - Handles are uintptr_t: a SOCKET, or a file descriptor. All that a backend makes are in the
 *     system's non-blocking mode: waiting is the core's business.
 *   - Any thread may call anything at any time, unless it says otherwise. */
#ifndef XSOCK__SYS_H
#define XSOCK__SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xsock.h"

/* ---- Facts: what differs between systems and is not code ------------------------------------- */

struct xsock__sys_facts {
    /* XSOCK_E... by errno, 0 where there is no row, for codes 0 .. error_count - 1. NULL on
     * Windows, whose codes are Winsock's: those rows are numbers, and the core has them
     * (winsock.def). */
    const short *errors;
    size_t error_count;
    /* socket pairs of LOCAL STREAM and DGRAM are emulated: they work though the family may be
     * missing */
    bool pair_emulated;
    /* pollers: an edge is watched for again only once xsock__sys_poller_used has told of a call.
     * AFD's polls are level-triggered: to ask again at once would report the same data for ever */
    bool edges_need_use;
    /* receiving with XSOCK_MSG_TRUNC tells how long a datagram of INET, INET6 or LOCAL was. Only
     * systems that do so get the flag, for these families */
    bool tells_whole_length;
};

extern const struct xsock__sys_facts xsock__sys_facts;

/* ---- Numbers: xsock's to native, false where this system has none ---------------------------- */

bool xsock__sys_family(int af, int *out);
bool xsock__sys_type(int type, int *out);
bool xsock__sys_protocol(int af, int protocol, int *out);

/* ---- Life ------------------------------------------------------------------------------------ */

/* Makes the system ready for sockets (WSAStartup). Calls are serialised by the core, and balanced.
 */
int xsock__sys_startup(void);
void xsock__sys_cleanup(void);

struct xsock__sys_triple {
    int family, type, protocol; /* native */
};

/* A new socket: non-blocking, close-on-exec (not inheritable) or not, with no moment in which it is
 * neither where the system can; and what xsock promises of every socket: no SIGPIPE, dual-stack
 * INET6, no reports of other people's ICMP on UDP. */
int xsock__sys_open(const struct xsock__sys_triple *t, bool cloexec, uintptr_t *out);

/* Two connected sockets, likewise. Only for LOCAL (the family's native number need not work with
 * xsock__sys_open where facts say pair_emulated; its number may then be any). */
int xsock__sys_pair(const struct xsock__sys_triple *t, bool cloexec, uintptr_t out[2]);

/* A second handle of the same socket. */
int xsock__sys_dup(uintptr_t h, bool cloexec, uintptr_t *out);

/* The handle is gone afterwards, whatever happens. Never waits, but for a linger time where closing
 * waits for that: a socket that may have one is told to forget it before. */
void xsock__sys_close(uintptr_t h);
void xsock__sys_forget_linger(uintptr_t h);

int xsock__sys_set_cloexec(uintptr_t h, bool on);
int xsock__sys_set_nonblock(uintptr_t h, bool on);

struct xsock__sys_description {
    struct xsock__sys_triple triple; /* protocol 0 where the system doesn't tell */
    bool cloexec;
    bool nonblock; /* false where the system doesn't tell */
};

/* What a foreign handle is. Any value is allowed: fails with the system's code for "not a handle"
 * or "not a socket", told apart. */
int xsock__sys_describe(uintptr_t h, struct xsock__sys_description *out);

/* ---- Addresses ------------------------------------------------------------------------------- */

/* A sockaddr of this system: its length and its bytes, with room for the longest (sa_len is 8
 * bits). */
struct xsock__sys_addr {
    uint32_t length;
    uint64_t bytes[32];
};

/* `a` has passed xsock__addr_check(). The system's codes for: it has no such family (EAFNOSUPPORT),
 * a path that is too long (ENAMETOOLONG), or that can't be (EINVAL). */
int xsock__sys_addr_to_native(const struct xsock_addr *a, struct xsock__sys_addr *out);

/* Length 0 is no address: UNSPEC. A length over sizeof bytes is one that the system cut: EINVAL, as
 * one that is too short for its family. ENAMETOOLONG: more than an xsock_addr holds. */
int xsock__sys_addr_from_native(const struct xsock__sys_addr *native, struct xsock_addr *out);

enum { XSOCK__IF_NAME_SIZE = 257 }; /* Windows has the longest: IF_MAX_STRING_SIZE + 1 */

/* An interface's index by its name, and back. 0 with *out 0, or "", where there is none. */
int xsock__sys_if_index(const char *name, uint32_t *out);
int xsock__sys_if_name(uint32_t index, char out[XSOCK__IF_NAME_SIZE]);

/* Calls fn for each interface until it returns non-zero; *out: how many it was called for. */
int xsock__sys_interfaces(xsock_interface_fn *fn, void *user, int *out);
/* ---- Endpoints and data ---------------------------------------------------------------------- */
/* None of these waits: where one would, it returns the code that means EAGAIN. None raises a
 * signal. */

/* exclusive: a stream of INET or INET6 that did not ask to share its address. Where sharing is what
 * the system does unless told otherwise (Windows), nobody else may then have it; elsewhere it makes
 * no difference. */
int xsock__sys_bind(uintptr_t h, const struct xsock__sys_addr *a, bool exclusive);
int xsock__sys_listen(uintptr_t h, int backlog);

/* A connection from the queue, made as by xsock__sys_open; `t` is the listener's. *out_peer may
 * have length 0. */
int xsock__sys_accept(uintptr_t h, const struct xsock__sys_triple *t, bool cloexec, uintptr_t *out,
                      struct xsock__sys_addr *out_peer);

/* Begins, or asks again: 0, or the codes that mean EINPROGRESS, EALREADY, EISCONN; EAGAIN: the
 * backlog of a LOCAL listener is full, and nothing was begun. A refused connection on the same
 * machine fails at once. */
int xsock__sys_connect(uintptr_t h, const struct xsock__sys_addr *a);

/* Why a connect failed, 0 if it didn't, and forgets it (SO_ERROR). */
int xsock__sys_take_error(uintptr_t h, int *out_code);

int xsock__sys_shutdown(uintptr_t h, bool receive, bool send);

/* Without an address: zeros of the family, or length 0. */
int xsock__sys_local_addr(uintptr_t h, struct xsock__sys_addr *out);
int xsock__sys_peer_addr(uintptr_t h, struct xsock__sys_addr *out);
int xsock__sys_peer_cred(uintptr_t h, struct xsock_cred *out);

/* XSOCK_MSG_ bits, of those the core lets through: OOB, PEEK, DONTROUTE, EOR, MORE. A hint that the
 * system does not have is left out. len may be any size: what is over the system's own limit is cut
 * for streams. to NULL: the peer. A datagram that does not fit: *out is how much did, *out_flags
 * has XSOCK_MSG_TRUNC. *out_flags: TRUNC, EOR, OOB. out_from may be NULL, and gets length 0 where
 * there is no address; out_flags may be NULL: telling them costs. The end of a stream is 0 bytes,
 * whatever code the system has for it. */
int xsock__sys_send(uintptr_t h, const void *buf, size_t len, int flags,
                    const struct xsock__sys_addr *to, size_t *out);
int xsock__sys_recv(uintptr_t h, void *buf, size_t len, int flags, struct xsock__sys_addr *out_from,
                    size_t *out, int *out_flags);

int xsock__sys_available(uintptr_t h, size_t *out);
int xsock__sys_at_mark(uintptr_t h, bool *out);

/* ---- Options --------------------------------------------------------------------------------- */

/* This system has no such option, at least for this socket: not a code of its own. */
enum { XSOCK__SYS_NO_OPTION = -1 };

/* A socket as its options see it. */
struct xsock__sys_target {
    uintptr_t handle;
    int af, type;                     /* xsock's numbers */
    int64_t keep_idle, keep_interval; /* as they were last set, ns; -1: never */
};

/* `option` is XSOCK_SO_..., never one that the core keeps itself: RCVTIMEO, SNDTIMEO, CONNTIMEO,
 * ACCPTIMEO, ERROR, TYPE, PROTOCOL, FAMILY. The socket is of a kind that has it, and the value in
 * the range of options.def: a flag is 0 or 1, a time in nanoseconds or -1. REUSEADDR of a stream
 * must not let anybody take over a listener's address: where the system's option would, nothing is
 * to be done, and read it is 0. */
int xsock__sys_set_option(const struct xsock__sys_target *s, int option, int64_t value);
int xsock__sys_get_option(const struct xsock__sys_target *s, int option, int64_t *out);

enum { XSOCK__CONGESTION_SIZE = 64 };
int xsock__sys_set_congestion(uintptr_t h, const char *name);
int xsock__sys_get_congestion(uintptr_t h, char out[XSOCK__CONGESTION_SIZE]);

/* af is INET or INET6 (xsock's); index 0: none. There was an interface of this index a moment ago.
 */
int xsock__sys_set_device(uintptr_t h, int af, uint32_t index);
int xsock__sys_get_device(uintptr_t h, int af, uint32_t *out);
int xsock__sys_set_multicast_if(uintptr_t h, int af, uint32_t index);

/* *inout has the index that was last set, 0 if none was. It stays if the system tells none. */
int xsock__sys_get_multicast_if(uintptr_t h, int af, uint32_t *inout);

/* `out` has -1 everywhere: fills in what the system tells. */
int xsock__sys_tcp_info(uintptr_t h, struct xsock_tcp_info *out);

/* Joins or leaves; both addresses are of af, port 0; source may be NULL. The codes for EADDRINUSE:
 * joined already, EADDRNOTAVAIL: not joined. */
struct xsock__sys_group {
    int af;
    struct xsock__sys_addr group, source;
    bool has_source;
    uint32_t index;
};
int xsock__sys_change_group(uintptr_t h, bool join, const struct xsock__sys_group *g);

int xsock__sys_set_raw_option(uintptr_t h, int level, int name, const void *value, size_t size);
int xsock__sys_get_raw_option(uintptr_t h, int level, int name, void *out, size_t *inout_size);
/* A message, sent or received. */
struct xsock__sys_msg {
    const struct xsock_vec *vec;
    size_t vec_count;
    size_t skip; /* bytes of the first vector that are done already */
    struct xsock__sys_addr
        *addr; /* to; out: from, length 0 where there is none; NULL: the peer, not wanted */
    struct xsock_control *control; /* checked, and of use on this socket; NULL: none, not wanted */
    int af;                        /* the socket's, as xsock has it: control data differs */
    bool coalesces;                /* received: the socket coalesces, so segment is wanted */
    size_t done;                   /* out: bytes */
    int flags;                     /* out, received: TRUNC, CTRUNC, EOR, OOB */
    size_t segment; /* 0: one datagram. Else the bytes are datagrams of this size, the last may be
                                    * shorter. Sent: the system shall cut them, see can_segment; received: out */
};

enum {
    XSOCK__VEC_MAX = 1024
}; /* of one message; of a stream what is over it is left for the next */

/* As send and recv above, with control data. The handles of a message that was received are the
 * caller's: up to control->handle_capacity are stored, the others closed, and CTRUNC set; `cloexec`
 * is theirs. With PEEK none come. */
int xsock__sys_sendmsg(uintptr_t h, struct xsock__sys_msg *m, int flags);
int xsock__sys_recvmsg(uintptr_t h, struct xsock__sys_msg *m, int flags, bool cloexec);

/* Messages of a datagram socket that is not LOCAL, so no handles come along: at least one and at
 * most XSOCK__BATCH_MAX. Returns 0 if one was sent or received, with the number of them, in order,
 * in *out. */
enum { XSOCK__BATCH_MAX = 8 };
int xsock__sys_send_batch(uintptr_t h, struct xsock__sys_msg *v, size_t n, int flags, size_t *out);
int xsock__sys_recv_batch(uintptr_t h, struct xsock__sys_msg *v, size_t n, size_t *out);

/* Whether the system can cut the bytes of one message into datagrams, for a UDP socket: at most
 * this many. */
enum { XSOCK__SEGMENTS_MAX = 64 };
bool xsock__sys_can_segment(uintptr_t h);

/* Whether the system may join datagrams on receive: only if a program has asked for it. */
bool xsock__sys_coalesces(uintptr_t h);

/* Part of a file to a stream. 0 with *out 0: the file ends at offset, or before. */
int xsock__sys_sendfile(uintptr_t h, uintptr_t file, uint64_t offset, size_t len, size_t *out);

/* ---- Files of LOCAL sockets ------------------------------------------------------------------ */
/* Paths end with a NUL. On Windows they are in UTF-8. */

/* Opens the file, creates it if it is missing, and locks it. A symbolic link is not followed. Never
 * waits: the code that means EAGAIN says that somebody else has the lock, in this process or
 * another. The handle is close-on-exec. Unlocking closes the handle, and the file stays. */
int xsock__sys_lock_file(const char *path, uintptr_t *out);
void xsock__sys_unlock_file(uintptr_t lock);

/* Removes the file if it is a LOCAL socket's. 0 with nothing changed: it is not, or it is missing.
 */
int xsock__sys_remove_socket_file(const char *path);

/* ---- Waiting --------------------------------------------------------------------------------- */

int64_t xsock__sys_now(void);      /* nanoseconds since some moment; never goes back */
int64_t xsock__sys_realtime(void); /* since 1970 began in UTC; may be set to anything at any time */

/* What wakes a thread that waits in xsock__sys_wait: set by any thread, async-signal-safe, and
 * stays set until it is cleared. Close-on-exec. One thread waits with it at a time. */
struct xsock__sys_wake {
    uintptr_t handle[2];
};
int xsock__sys_wake_open(struct xsock__sys_wake *out);
void xsock__sys_wake_close(struct xsock__sys_wake *w);
void xsock__sys_wake_set(const struct xsock__sys_wake *w);
void xsock__sys_wake_clear(const struct xsock__sys_wake *w);

/* events and revents: XSOCK_POLL bits. A failed connect is OUT and ERR. */
struct xsock__sys_wait {
    uintptr_t handle; /* UINTPTR_MAX: nothing; revents 0 */
    int events, revents;
};

/* Waits until one of them is ready, the wake is set, or the time is over (-1: never, 0: at once);
 * it may come back a little early, with nothing. EINTR's code: a signal. n may be 0; wake may be
 * NULL. revents are valid on 0. */
int xsock__sys_wait(struct xsock__sys_wait *v, size_t n, const struct xsock__sys_wake *wake,
                    int64_t timeout_ns);

/* ---- Names ---------------------------------------------------------------------------------------
 * Codes of resolvers are not errnos (on glibc they are negative, on BSD they are small, on Windows some are
 * Winsock's with another meaning): these return 0 or XSOCK_EAI_... (positive), and store the code for
 * xsock_oserror(); the errno where that is XSOCK_EAI_SYSTEM. They may block for long, and need no
 * xsock__sys_startup() to be in force while they do. */

enum { XSOCK__NAME_SIZE = 1025 }; /* NI_MAXHOST, everywhere */

struct xsock__sys_query {
    const char
        *host; /* a name, never a number; NULL: the service alone is asked, and the host is any */
    const char *service; /* the same; NULL: port 0 */
    int family, type;    /* 0: any */
    bool addrconfig;
    char *canonical; /* XSOCK__NAME_SIZE bytes: the canonical name, "": none; NULL: not wanted */
};

/* Calls found for each address, in the system's order, until it returns false. */
typedef bool xsock__sys_found(const struct xsock__sys_addr *a, void *user);
int xsock__sys_resolve(const struct xsock__sys_query *q, xsock__sys_found *found, void *user,
                       int *out_code);

/* The name of an address's host; XSOCK_EAI_NONAME: none. Of its port's service; the number: none.
 */
int xsock__sys_reverse_host(const struct xsock__sys_addr *a, bool no_fqdn,
                            char out[XSOCK__NAME_SIZE], int *out_code);
int xsock__sys_reverse_service(const struct xsock__sys_addr *a, bool dgram,
                               char out[XSOCK__NAME_SIZE], int *out_code);

/* Has fn run in a thread of its own, which nobody joins and no signal is delivered to. The library
 * stays loaded from then on. */
int xsock__sys_thread_start(void (*fn)(void *arg), void *arg);

/* ---- Pollers --------------------------------------------------------------------------------- */

/* The core has the members, what each means to the program, and what was closed; a backend tells
 * what is ready (epoll, kqueue, AFD poll). What it has of memory it takes in open and add: a wait
 * allocates nothing.
 *
 * add, change and remove are called by one thread at a time for one poller, while any number of
 * others are in wait, wake and used. close comes when nobody is in it any more; the members it
 * still has need no remove. */
struct xsock__sys_poller; /* the backend's own */

struct xsock__sys_member {
    uintptr_t handle; /* a socket; the core closes it after remove, or after the poller's close */
    uint64_t
        key; /* what its events are reported with; another for each that is added, so that late ones
                       * show. Bit 63 is 0, for the backend to use on its way through the system */
    uint32_t events; /* the backend's: what it is watched for */
    void *state; /* the backend's: what outlives remove, as a poll that is still being cancelled */
};

/* events: XSOCK_POLLER bits. IN, OUT, RDHUP, PRI as asked, ERR and HUP always; what was not asked
 * for the core leaves out, but a wait must not go on reporting it. A failed connect is OUT and ERR.
 */
struct xsock__sys_event {
    uint64_t key;
    uint32_t events;
};

int xsock__sys_poller_open(struct xsock__sys_poller **out); /* close-on-exec */
void xsock__sys_poller_close(struct xsock__sys_poller *p);

/* Instead of close, in a forked child: gives back what the child has of the system's, and leaves
 * the parent's alone. Without locks; no memory need be freed. */
void xsock__sys_poller_abandon(struct xsock__sys_poller *p);

uintptr_t xsock__sys_poller_handle(const struct xsock__sys_poller *p);

/* m stays where it is until remove; its handle and key are filled in. `events` are IN, OUT, RDHUP,
 * PRI, ET, ONESHOT. After add and after change what is ready already is reported, also with ET, and
 * a ONESHOT is armed again. ONESHOT: nothing more after an event (one or two that were under way
 * are left out by the core). */
int xsock__sys_poller_add(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                          uint32_t events);
int xsock__sys_poller_change(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                             uint32_t events);
/* Afterwards m is gone; only a wait that is under way may still report its key. */
void xsock__sys_poller_remove(struct xsock__sys_poller *p, struct xsock__sys_member *m);

/* Where facts say edges_need_use: a call on the socket has just received (IN) or sent (OUT), or
 * found that it would block; so an edge that was reported can happen again. Or, in whatever manner
 * it is watched, the socket has been shut down (HUP), which AFD tells nobody. m may be one that is
 * just being added or removed: its memory is there, and the backend has a lock to see how far that
 * is. Others have no use for it. */
void xsock__sys_poller_used(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                            uint32_t events);

/* Waits until there are events, at most n (n > 0), the poller is woken, or the time is over (-1:
 * never, 0: at once); it may come back a little early, with none. A member may be reported more
 * than once, in parts: the core joins them. *out_woken: this wait has taken the wake. EINTR's code:
 * a signal. */
int xsock__sys_poller_wait(struct xsock__sys_poller *p, struct xsock__sys_event *v, size_t n,
                           int64_t timeout_ns, size_t *out_count, bool *out_woken);

/* Makes one wait, under way or the next, return with *out_woken; further ones before that are the
 * same one. Async-signal-safe. */
void xsock__sys_poller_wake(struct xsock__sys_poller *p);

/* ---- The calling thread's last system code --------------------------------------------------- */

int xsock__sys_last_error(void); /* 0 before the first; async-signal-safe */
void xsock__sys_set_last_error(int code);

/* ---- Memory, locks, forks -------------------------------------------------------------------- */

/* Zeroed; NULL: none left. Aligned to 64 bytes from XSOCK__SYS_SMALL up, and below that as malloc()
 * aligns: more would cost more than such a piece holds (glibc takes 192 bytes for 64). Large pieces
 * cost only what is touched of them: the table relies on it when a program asks for a very high
 * number. */
enum { XSOCK__SYS_SMALL = 256 };
void *xsock__sys_alloc(size_t size);
void xsock__sys_free(void *p, size_t size); /* NULL is fine; size as it was allocated */

/* A lock that is held for a short time only; not recursive. */
struct xsock__lock {
    uint64_t opaque[8];
};
void xsock__sys_lock_init(struct xsock__lock *l);
void xsock__sys_lock_destroy(struct xsock__lock *l);
void xsock__sys_lock(struct xsock__lock *l);
void xsock__sys_unlock(struct xsock__lock *l);

/* The one lock that needs no initialising: for starting and stopping, and the list of tables. */
void xsock__sys_lock_global(void);
void xsock__sys_unlock_global(void);

/* Has these called around every fork(): before (in the thread that forks), and after in the parent
 * and in the child. Called once. Systems without fork: does nothing. */
int xsock__sys_at_fork(void (*before)(void), void (*parent)(void), void (*child)(void));

#endif
