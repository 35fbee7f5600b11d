/* The porting contract: what a backend must provide. src/posix and src/win32 each implement all of
 * it, and tests/support/fake_*.c implement it in memory. The build compiles one of them.
 *
 * Conventions of every function here, and of sys_poller.h, which has the pollers:
 *   - Arguments are checked already. Numbers are the system's own ("native"); xsock__sys_family()
 *     and its kin convert them.
 *   - Out-parameters are never NULL, and are untouched on failure.
 *   - A function that can fail returns 0 or the system's own code: an errno, or a Winsock or Win32
 *     code. The core does not need to know which. facts/translate.c turns codes into -XSOCK_E...
 *   - A backend does not retry a call that was refused, does not log, and keeps no state that the
 *     core could keep.
 *   - A handle is a uintptr_t that holds a SOCKET or a file descriptor. Every handle that a backend
 *     makes is in the system's non-blocking mode, because the core does the waiting.
 *   - Any thread may call any function at any time, unless the function's comment says otherwise.
 */
#ifndef XSOCK__SYS_H
#define XSOCK__SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xsock.h"

/* ---- Facts: what differs between systems and is not code ------------------------------------- */

struct xsock__sys_triple {
    int family, type, protocol; /* native */
};

struct xsock__sys_facts {
    /* XSOCK_E... for each errno from 0 to error_count - 1; 0 if there is no row. NULL on Windows:
     * the rows of Winsock are numbers, and facts/winsock.def has them. */
    const short *errors;
    size_t error_count;
    /* Socket pairs of LOCAL STREAM and DGRAM are emulated. They work though the system may lack the
     * family. */
    bool pair_emulated;
    /* Pollers watch for an edge again only after xsock__sys_poller_used has told of a call. AFD's
     * polls are level-triggered: a new poll at once would report the same data for ever. */
    bool edges_need_use;
    /* The system calls a stream without a peer ready for nothing, and tells of a failed connect in
     * part. Linux calls such a stream OUT and HUP. */
    bool readiness_omits;
    /* A TCP socket that is OUT, and neither ERR nor HUP, has a peer. */
    bool out_is_connected;
    /* A connect within this machine may be refused though somebody listens, whose backlog is full.
     * It may also have no answer for seconds though nobody listens. xsock__sys_find_listener tells
     * which it is. */
    bool refusals_mislead;
    /* Receiving with XSOCK_MSG_TRUNC tells how long a datagram of INET, INET6 or LOCAL was. A
     * backend gets the flag only if this is true, and only for these families. */
    bool tells_whole_length;
    /* What most programs open: the numbers of a STREAM and a DGRAM socket of INET, INET6 and LOCAL
     * with the default protocol, whose number is the same everywhere. The functions below convert
     * all others, and also these if the family is 0 here. */
    struct xsock__sys_triple usual[6];
    /* A socket whose receiving is shut down loses what has arrived, or the end looks like an empty
     * datagram. The core does not tell the system then. Elsewhere a datagram socket would block at
     * the end. */
    bool shutdown_discards;
    /* If a program ends receiving by the socket's handle, a receive ends at once, but no wait tells
     * that the socket is ready. */
    bool shutdown_is_silent;
    /* Two threads may wait for the same events of a socket at a time (see fdtab.h). */
    bool two_may_wait;
    /* A byte that is not 0 as long as the process has one thread. It is always 0 if the system
     * keeps no such byte. Never NULL. */
    const char *alone;
};

extern const struct xsock__sys_facts xsock__sys_facts;

/* Whether this thread is the only one. It stays alone until it makes another one. */
static inline bool xsock__sys_alone(void)
{
    return *xsock__sys_facts.alone != 0;
}

/* ---- Numbers: xsock's to native; false if this system has none ------------------------------- */

bool xsock__sys_family(int af, int *out);
bool xsock__sys_type(int type, int *out);
bool xsock__sys_protocol(int af, int protocol, int *out);

/* ---- Opening and closing --------------------------------------------------------------------- */

/* Makes the system ready for sockets (WSAStartup on Windows), and undoes that. The core never makes
 * two of these calls at a time, and calls both equally often. */
int xsock__sys_startup(void);
void xsock__sys_cleanup(void);

/* Opens a socket that is non-blocking, and close-on-exec (not inheritable) if the caller asks for
 * that. If the system can, there is no moment in which the socket is not so yet. The socket keeps
 * what xsock promises: it raises no SIGPIPE, INET6 is dual-stack, and UDP does not report other
 * people's ICMP. */
int xsock__sys_open(const struct xsock__sys_triple *t, bool cloexec, uintptr_t *out);

/* Opens two connected sockets of LOCAL, with the same promises. If pair_emulated is true, the
 * family's number may be any, and xsock__sys_open may refuse it. */
int xsock__sys_pair(const struct xsock__sys_triple *t, bool cloexec, uintptr_t out[2]);

/* Makes a second handle of the same socket. */
int xsock__sys_dup(uintptr_t h, bool cloexec, uintptr_t *out);

/* Closes a handle. The handle is gone afterwards, whatever happens. Closing waits for a linger time
 * on some systems: the core calls xsock__sys_forget_linger first if the socket may have one. */
void xsock__sys_close(uintptr_t h);
void xsock__sys_forget_linger(uintptr_t h);

int xsock__sys_set_cloexec(uintptr_t h, bool on);
int xsock__sys_set_nonblock(uintptr_t h, bool on);

struct xsock__sys_description {
    struct xsock__sys_triple triple; /* protocol: 0 if the system does not tell */
    bool cloexec;
    bool nonblock; /* false if the system does not tell */
};

/* Tells what a foreign handle is. The handle may be any value. The system's codes for "not a
 * handle" and "not a socket" differ. */
int xsock__sys_describe(uintptr_t h, struct xsock__sys_description *out);

/* ---- Addresses ------------------------------------------------------------------------------- */

/* A sockaddr of this system: its length, and as many bytes as the longest one has (sa_len has 8
 * bits). */
struct xsock__sys_addr {
    uint32_t length;
    uint64_t bytes[32];
};

/* Converts an address that has passed xsock__addr_check(). The codes of failure are those for
 * EAFNOSUPPORT (the system lacks the family), ENAMETOOLONG (the path is too long) and EINVAL (the
 * system cannot have this path). */
int xsock__sys_addr_to_native(const struct xsock_addr *a, struct xsock__sys_addr *out);

/* Converts back. A length of 0 is no address, and gives UNSPEC. EINVAL: the length is over
 * sizeof bytes, as the system has cut the address, or too short for the family. ENAMETOOLONG: the
 * address has more bytes than an xsock_addr holds. */
int xsock__sys_addr_from_native(const struct xsock__sys_addr *native, struct xsock_addr *out);

enum { XSOCK__IF_NAME_SIZE = 257 }; /* Windows has the longest: IF_MAX_STRING_SIZE + 1 */

/* An interface's index by its name, and its name by its index. If there is none, the result is 0
 * with *out 0 or "". */
int xsock__sys_if_index(const char *name, uint32_t *out);
int xsock__sys_if_name(uint32_t index, char out[XSOCK__IF_NAME_SIZE]);

/* Calls fn for each interface until fn returns non-zero. *out is the number of calls. */
int xsock__sys_interfaces(xsock_interface_fn *fn, void *user, int *out);

/* ---- Endpoints and data ----------------------------------------------------------------------
 * None of these waits: a call that would wait returns the code that means EAGAIN. None raises a
 * signal. One flag makes send, recv, sendmsg and recvmsg wait: see xsock__sys_wake_self. */
enum { XSOCK__SYS_WAITS = 1 << 29 };

/* exclusive: a stream of INET or INET6 that did not ask to share its address. On Windows sockets
 * share addresses unless told otherwise, and nobody else may then have this one. On other systems
 * the flag makes no difference. */
int xsock__sys_bind(uintptr_t h, const struct xsock__sys_addr *a, bool exclusive);
int xsock__sys_listen(uintptr_t h, int backlog);

/* Takes a connection from the queue. The new socket is as one of xsock__sys_open; `t` is the
 * listener's triple. `listens`: the socket is known to listen, so that a backend need not ask why
 * there is no connection. *out_peer may have length 0; out_peer may be NULL. */
int xsock__sys_accept(uintptr_t h, const struct xsock__sys_triple *t, bool listens, bool cloexec,
                      uintptr_t *out, struct xsock__sys_addr *out_peer);

/* Begins to connect, or asks again how far it is. The result is 0, or the codes that mean
 * EINPROGRESS, EALREADY or EISCONN. EAGAIN means that the backlog of a LOCAL listener is full and
 * nothing was begun. A connection that this machine refuses fails at once. `stream`: the socket
 * makes connections. */
int xsock__sys_connect(uintptr_t h, bool stream, const struct xsock__sys_addr *a);

/* Whether a stream of this machine, of any process, listens at an address of INET or INET6. UNKNOWN
 * means that the address is another machine's or of another family, or that the system does not
 * tell. This may cost as much as many connects. */
enum xsock__sys_listener {
    XSOCK__SYS_LISTENER_UNKNOWN,
    XSOCK__SYS_LISTENER_NONE,
    XSOCK__SYS_LISTENER_THERE
};
enum xsock__sys_listener xsock__sys_find_listener(uintptr_t h, const struct xsock__sys_addr *a);

/* Tells why a connect failed, 0 if it did not, and takes the error off the socket (SO_ERROR). */
int xsock__sys_take_error(uintptr_t h, int *out_code);

int xsock__sys_shutdown(uintptr_t h, bool receive, bool send);

/* A socket without an address gives zeros of the family, or length 0. */
int xsock__sys_local_addr(uintptr_t h, struct xsock__sys_addr *out);
int xsock__sys_peer_addr(uintptr_t h, struct xsock__sys_addr *out);
int xsock__sys_peer_cred(uintptr_t h, struct xsock_cred *out);

/* Send and receive once.
 *   - flags are the XSOCK_MSG_ bits OOB, PEEK, DONTROUTE, EOR, MORE and TRUNC, and SYS_WAITS. A
 *     backend ignores a hint that the system lacks.
 *   - len may be any size. A stream moves less than len if the system has a limit.
 *   - to NULL is the peer.
 *   - If a datagram does not fit, *out is how many bytes did.
 *   - out_from may be NULL. It gets length 0 if there is no address.
 *   - The end of a stream is 0 bytes, whatever code the system has for it. */
int xsock__sys_send(uintptr_t h, const void *buf, size_t len, int flags,
                    const struct xsock__sys_addr *to, size_t *out);
int xsock__sys_recv(uintptr_t h, void *buf, size_t len, int flags, struct xsock__sys_addr *out_from,
                    size_t *out);

int xsock__sys_available(uintptr_t h, size_t *out);
int xsock__sys_at_mark(uintptr_t h, bool *out);

/* ---- Options --------------------------------------------------------------------------------- */

/* Not a code of the system: this system lacks the option, at least for this socket. */
enum { XSOCK__SYS_NO_OPTION = -1 };

/* A socket as its options see it. */
struct xsock__sys_target {
    uintptr_t handle;
    int af, type;                       /* xsock's numbers */
    int keep_idle_ms, keep_interval_ms; /* as they were last set; -1: never */
};

/* `option` is XSOCK_SO_..., but none that the core keeps itself (RCVTIMEO, SNDTIMEO, CONNTIMEO,
 * ACCPTIMEO, ERROR, TYPE, PROTOCOL, FAMILY). The socket is of a kind that has the option, and the
 * value is in the range of options.def: a flag is 0 or 1, a time is in nanoseconds or -1.
 * REUSEADDR of a stream must let nobody take over a listener's address. If the system's option
 * would, nothing is set, and the option reads as 0. */
int xsock__sys_set_option(const struct xsock__sys_target *s, int option, int64_t value);
int xsock__sys_get_option(const struct xsock__sys_target *s, int option, int64_t *out);

enum { XSOCK__CONGESTION_SIZE = 64 };
int xsock__sys_set_congestion(uintptr_t h, const char *name);
int xsock__sys_get_congestion(uintptr_t h, char out[XSOCK__CONGESTION_SIZE]);

/* af is xsock's INET or INET6. index 0 removes the tie. An interface of this index was there a
 * moment ago. */
int xsock__sys_set_device(uintptr_t h, int af, uint32_t index);
int xsock__sys_get_device(uintptr_t h, int af, uint32_t *out);
int xsock__sys_set_multicast_if(uintptr_t h, int af, uint32_t index);

/* *inout has the index that was last set, or 0. *inout stays if the system does not tell. */
int xsock__sys_get_multicast_if(uintptr_t h, int af, uint32_t *inout);

/* All fields of *out are -1. The backend fills in what the system tells. */
int xsock__sys_tcp_info(uintptr_t h, struct xsock_tcp_info *out);

/* A multicast group to join or leave. Both addresses are of af and have port 0. */
struct xsock__sys_group {
    int af;
    struct xsock__sys_addr group, source;
    bool has_source;
    uint32_t index;
};

/* The code for EADDRINUSE means that the socket is in the group already, and the code for
 * EADDRNOTAVAIL that it is not in the group. */
int xsock__sys_change_group(uintptr_t h, bool join, const struct xsock__sys_group *g);

int xsock__sys_set_raw_option(uintptr_t h, int level, int name, const void *value, size_t size);
int xsock__sys_get_raw_option(uintptr_t h, int level, int name, void *out, size_t *inout_size);

/* ---- Messages -------------------------------------------------------------------------------- */

/* A message to send, or one that is received. */
struct xsock__sys_msg {
    const struct xsock_vec *vec;
    size_t vec_count;
    size_t skip; /* bytes of the first vector that are done already */
    /* Sent: where to; NULL is the peer. Received: from whom, length 0 if there is no address; NULL
     * is not wanted. */
    struct xsock__sys_addr *addr;
    struct xsock_control *control; /* checked, and fit for this socket; NULL: none, or not wanted */
    /* xsock's family, by which control data differs: received, the socket's; sent, the packet's. A
     * dual-stack socket sends packets of INET, too; control->local may be IPv4-mapped then. */
    int af;
    bool stream;    /* the socket is an XSOCK_SOCK_STREAM; else the message is one record */
    bool coalesces; /* received: the socket coalesces, and segment is wanted */
    size_t done;    /* out: the bytes that were moved */
    int flags;      /* out, received: TRUNC, CTRUNC, EOR, OOB */
    /* 0: one datagram. Otherwise the bytes are datagrams of this size, and the last may be shorter.
     * Sent: the system cuts the bytes (see xsock__sys_can_segment). Received: out. */
    size_t segment;
};

/* The vectors of one message. A stream leaves more vectors to the next call. The first vector has
 * bytes, unless the message has none. */
enum { XSOCK__VEC_MAX = 1024 };

/* As xsock__sys_send and xsock__sys_recv, with control data. The caller owns the handles that come:
 * up to control->handle_capacity are stored, and the others are closed and CTRUNC is set. `cloexec`
 * is a flag of these handles. With PEEK no handles come. */
int xsock__sys_sendmsg(uintptr_t h, struct xsock__sys_msg *m, int flags);
int xsock__sys_recvmsg(uintptr_t h, struct xsock__sys_msg *m, int flags, bool cloexec);

/* Whether what is received next may bring handles, and the process has no room for one. */
bool xsock__sys_lacks_room(uintptr_t h);

/* Move messages of a datagram socket, at least one and at most XSOCK__BATCH_MAX. The socket is not
 * LOCAL, and so no handles come along. The result is 0 if one message was moved; *out is how many
 * were, in order. If an error ended a receive after some messages, and the system will not give the
 * error again, *out_ended is its code, else 0. A send need not tell: the socket has no peer, and
 * the next send of the same message gets the error, too. */
enum { XSOCK__BATCH_MAX = 8 };
int xsock__sys_send_batch(uintptr_t h, struct xsock__sys_msg *v, size_t n, int flags, size_t *out);
int xsock__sys_recv_batch(uintptr_t h, struct xsock__sys_msg *v, size_t n, size_t *out,
                          int *out_ended);

/* Whether the system can cut the bytes of one message of a UDP socket into datagrams, at most this
 * many. */
enum { XSOCK__SEGMENTS_MAX = 64 };
bool xsock__sys_can_segment(uintptr_t h);

/* Whether the system may coalesce datagrams on receive. It does so only if a program has asked for
 * it. */
bool xsock__sys_coalesces(uintptr_t h);

/* Sends part of a file to a stream. The flags are 0 or SYS_WAITS. A result of 0 with *out 0 means
 * that the file ends at offset or before. */
int xsock__sys_sendfile(uintptr_t h, uintptr_t file, uint64_t offset, size_t len, int flags,
                        size_t *out);

/* ---- Files of LOCAL sockets ------------------------------------------------------------------
 * Paths end with a NUL. On Windows they are in UTF-8. */

/* Opens the file, creates it if it is missing, and locks it. A symbolic link is not followed. The
 * call never waits: the code that means EAGAIN says that somebody else has the lock, in this
 * process or another. The handle is close-on-exec. Unlocking closes the handle, and the file stays.
 */
int xsock__sys_lock_file(const char *path, uintptr_t *out);
void xsock__sys_unlock_file(uintptr_t lock);

/* Removes the file if it is a LOCAL socket's. If the file is missing or something else, the result
 * is 0 and nothing is changed. */
int xsock__sys_remove_socket_file(const char *path);

/* ---- Waiting --------------------------------------------------------------------------------- */

int64_t xsock__sys_now(void);      /* nanoseconds since some moment; never goes back */
int64_t xsock__sys_realtime(void); /* since 1970 began in UTC; may be set to anything at any time */

/* Wakes a thread that waits in xsock__sys_wait. Any thread may set it, a signal handler too. It
 * stays set until it is cleared. It is close-on-exec. One thread waits with it at a time. */
struct xsock__sys_wake {
    uintptr_t handle[3];
    uint64_t id[2]; /* the backend's: what the handles belong to */
};
int xsock__sys_wake_open(struct xsock__sys_wake *out);
void xsock__sys_wake_close(struct xsock__sys_wake *w);
void xsock__sys_wake_set(const struct xsock__sys_wake *w);
void xsock__sys_wake_clear(const struct xsock__sys_wake *w);

/* False if the program has closed the wake's handle, as far as the system can tell. Such a wake
 * cannot wake anybody. All functions above leave the handle of such a wake alone, because the
 * handle may be the program's by now. */
bool xsock__sys_wake_is_valid(const struct xsock__sys_wake *w);

/* From now on calls may wait in the system, and are woken by this signal. 0: a thread waits there
 * if it is the only one of the process, because nobody has to wake it. The codes are those that
 * mean EINVAL, EBUSY (the signal has a handler) and EOPNOTSUPP. */
int xsock__sys_set_wake_signal(int signo);

/* Makes a wake for the calling thread, which is about to wait in the system's own call: send, recv
 * and their kin with SYS_WAITS, on this handle, which is in blocking mode. Setting the wake makes
 * such a call return the code of EINTR if the thread is inside at that moment. A wake that is set
 * just before the thread enters has no effect, so that it is set again and again until the thread
 * has left. The wake needs no closing. Nobody sets it once the thread has cleared it, and no later
 * call of the thread is interrupted after that. False if the thread must not wait there. */
bool xsock__sys_wake_self(uintptr_t handle, struct xsock__sys_wake *out);

/* Whether such a wake is the calling thread's own. The thread is in a signal handler then, which
 * has interrupted the wait. Setting the wake puts the handle into non-blocking mode, so that the
 * interrupted call returns the code of EINTR or of EAGAIN once the handler has returned. */
bool xsock__sys_wake_is_own(const struct xsock__sys_wake *w);

/* events and revents are XSOCK_POLL bits. A failed connect is OUT and ERR. HUP in events: this end
 * of a stream has been shut down for sending, so HUP is told once the peer's end is, too. */
struct xsock__sys_wait {
    uintptr_t handle; /* UINTPTR_MAX: nothing; revents are 0 */
    int events, revents;
};

/* Waits until one of them is ready, the wake is set, or the time has passed (-1: no limit, 0: at
 * once). The call may return a little early, with nothing. A signal gives the code of EINTR. n may
 * be 0, and wake may be NULL. revents are valid if the result is 0. */
int xsock__sys_wait(struct xsock__sys_wait *v, size_t n, const struct xsock__sys_wake *wake,
                    int64_t timeout_ns);

/* ---- Names -----------------------------------------------------------------------------------
 * Codes of resolvers are not errnos. glibc's are negative, BSD's are small, and some of Windows'
 * are Winsock's with another meaning. So these functions return 0 or XSOCK_EAI_... (positive), and
 * store the code for xsock_oserror(); for XSOCK_EAI_SYSTEM that is the errno. They may block for
 * long. xsock__sys_startup() need not be in force meanwhile. */

enum { XSOCK__NAME_SIZE = 1025 }; /* NI_MAXHOST, everywhere */

struct xsock__sys_query {
    const char *host;    /* a name, never a number; NULL: only the service is asked for */
    const char *service; /* a name, never a number; NULL: port 0 */
    int family, type;    /* 0: any */
    bool addrconfig;
    char *canonical; /* XSOCK__NAME_SIZE bytes, "" if there is none; NULL: not wanted */
};

/* Calls found for each address, in the system's order, until found returns false. */
typedef bool xsock__sys_found(const struct xsock__sys_addr *a, void *user);
int xsock__sys_resolve(const struct xsock__sys_query *q, xsock__sys_found *found, void *user,
                       int *out_code);

/* The name of an address's host (XSOCK_EAI_NONAME if there is none), and the name of its port's
 * service (the number if there is none). */
int xsock__sys_reverse_host(const struct xsock__sys_addr *a, bool no_fqdn,
                            char out[XSOCK__NAME_SIZE], int *out_code);
int xsock__sys_reverse_service(const struct xsock__sys_addr *a, bool dgram,
                               char out[XSOCK__NAME_SIZE], int *out_code);

/* Runs fn in a thread of its own, which nobody joins and which receives no signals. The library
 * stays loaded from then on. The stack has stack_size bytes, or more if the system wants more. */
int xsock__sys_thread_start(void (*fn)(void *arg), void *arg, size_t stack_size);

/* ---- The process ----------------------------------------------------------------------------- */

/* How many handles the process may have open, or INT32_MAX if the system sets no limit. */
int xsock__sys_max_handles(void);

/* ---- The calling thread's last system code --------------------------------------------------- */

int xsock__sys_last_error(void); /* 0 before the first; async-signal-safe */
void xsock__sys_set_last_error(int code);

/* ---- Memory, locks, forks -------------------------------------------------------------------- */

/* Memory that holds zeros, or NULL if none is left. From XSOCK__SYS_SMALL bytes up it is aligned to
 * 64 bytes. Below that it is aligned as malloc() does, because more would cost more than the piece
 * holds (glibc takes 192 bytes for 64). A large piece costs only what is touched of it: the table
 * relies on that if a program asks for a very high number. */
enum { XSOCK__SYS_SMALL = 256 };
void *xsock__sys_alloc(size_t size);
void xsock__sys_free(void *p, size_t size); /* p may be NULL; size as it was allocated */

/* A lock that is held for a short time only. It is not recursive. */
struct xsock__lock {
    uint64_t opaque[8];
};
void xsock__sys_lock_init(struct xsock__lock *l);
void xsock__sys_lock_destroy(struct xsock__lock *l);
void xsock__sys_lock(struct xsock__lock *l);
void xsock__sys_unlock(struct xsock__lock *l);

/* The one lock that needs no initialising. It guards starting and stopping, and the list of
 * tables. */
void xsock__sys_lock_global(void);
void xsock__sys_unlock_global(void);

/* Arranges that these are called around every fork(): `before` in the thread that forks, and the
 * others afterwards in the parent and in the child. Is called once. On a system without fork it
 * does nothing. */
int xsock__sys_at_fork(void (*before)(void), void (*parent)(void), void (*child)(void));

#endif
