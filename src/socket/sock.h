/* The open socket that descriptors refer to (POSIX's open file description). It means the same on
 * every system. */
#ifndef XSOCK__SOCKET_SOCK_H
#define XSOCK__SOCKET_SOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/atomic.h"
#include "facts/triple.h"
#include "table/fdtab.h"
#include "xsock.h"

/* What has been done to a socket, as bits of `state`. Systems answer the same mistake with
 * different errors, and the state chooses between them. For an adopted socket the system is asked.
 */
enum {
    XSOCK__SOCK_BOUND = 1,
    XSOCK__SOCK_LISTENING = 2,
    XSOCK__SOCK_CONNECTED = 4,
    XSOCK__SOCK_CONNECTING = 8, /* a connect was begun, and its end has not been asked for */
    XSOCK__SOCK_REUSE = 16,     /* XSOCK_SO_REUSEADDR */
    /* XSOCK_SO_UDP_RECV_COALESCE: a receive may give several datagrams */
    XSOCK__SOCK_COALESCE = 32,
    XSOCK__SOCK_ERROR_READ = 64, /* the failure of its connect was read by XSOCK_SO_ERROR */
    /* shut down for receiving: what is there can be read, and then comes the end */
    XSOCK__SOCK_SHUT_RD = 128,
    XSOCK__SOCK_SHUT_WR = 256,
    XSOCK__SOCK_LINGERS = 512,     /* it may have a linger time, set here or outside */
    XSOCK__SOCK_DEADLINE = 1024,   /* it has had a deadline: every call asks before its first try */
    XSOCK__SOCK_ADOPTED = 2048,    /* what was done to it before is not known */
    XSOCK__SOCK_EDGES = 4096,      /* it is, or was, an edge-triggered member of a poller */
    XSOCK__SOCK_KEPT_ERROR = 8192, /* the next call fails with kept_error */
    XSOCK__SOCK_LOW_WATER = 16384, /* it may have a low-water mark for receiving (RCVLOWAT) */
    XSOCK__SOCK_OTHER = 32768,     /* it is not a plain socket: see `refuses` */
    XSOCK__SOCK_TURN = 65536,      /* see xsock__sock_take_turn */
    XSOCK__SOCK_BLOCKING = 131072, /* its handle is in blocking mode (see wait/blocking.h) */
    XSOCK__SOCK_STARVED = 262144,  /* the last calls that received had to wait */
    XSOCK__SOCK_PACKETS = 524288,  /* it is not connection-oriented: it receives without a peer */
    /* times the error that its last connect ended with, 0 for success */
    XSOCK__SOCK_RESULT = 1048576
};

/* What a descriptor is besides a socket: a pipe, an event. `gone` is called when its last
 * descriptor is gone. */
struct xsock__file {
    void (*gone)(struct xsock__file *r);
};

struct xsock__sock {
    xsock__atomic_int refs;     /* descriptors that refer to it */
    xsock__atomic_int nonblock; /* what the program asked for; the handle itself nearly always is */
    xsock__atomic_int state;
    short refuses; /* not 0: it is not a plain socket, and calls for sockets return this error; see
                      xsock__sock_refuse */
    bool emulated; /* a LOCAL pair made of something else */
    xsock__atomic_byte guess; /* see guess.h */
    xsock__atomic_i64 recv_timeout, send_timeout, connect_timeout,
        accept_timeout;                             /* ns; -1: none */
    xsock__atomic_i64 recv_deadline, send_deadline; /* of xsock__sys_now(); -1: none */
    struct xsock__waiters waiters;                  /* calls that wait in any of its descriptors */
    /* What was set last, for systems that cannot tell; -1: never. No socket has both keep-alive and
     * multicast. */
    union {
        xsock__atomic_int keep_idle_ms;
        xsock__atomic_int kept_error; /* a datagram socket's: a code of the system; -1: none */
    };
    union {
        xsock__atomic_int keep_interval_ms;
        xsock__atomic_int multicast_if; /* an interface's index */
    };
    short af, type;               /* xsock's numbers, no flags */
    int protocol;                 /* the default filled in */
    struct xsock__poller *poller; /* not NULL: what makes a poller a descriptor */
    struct xsock__file *file;     /* not NULL: what src/wasix makes of it: a pipe, an event */
};

/* Open a socket, or two that are connected. They return 0, or the error of the truth table or of
 * the system. On failure nothing is left open. `type` may have flags. */
int xsock__sock_open(int af, int type, int protocol, struct xsock__held *out);
int xsock__sock_pair(int af, int type, int protocol, struct xsock__held out[2]);

/* The same, but the socket is written into the caller's memory. On failure the memory stays the
 * caller's. */
int xsock__sock_open_in(int af, int type, int protocol, struct xsock__sock *memory,
                        uintptr_t *out_handle);
int xsock__sock_dup(const struct xsock__held *held, bool cloexec, struct xsock__held *out);

/* Writes the socket for a handle of the system (see xsock_adopt) into the caller's memory. On
 * failure the handle is as it was, and the memory stays the caller's. */
int xsock__sock_adopt(uintptr_t handle, int flags, struct xsock__sock *memory);

/* The error of such a handle, 0 if there is none. */
int xsock__sock_check_handle(uintptr_t handle);

/* Frees the open socket and leaves the handle open. If no duplicate is left, the handle gets the
 * mode back that NONBLOCK says. */
void xsock__sock_release(const struct xsock__held *held);

/* Writes the socket for a connection that is about to be accepted on `listener` into the caller's
 * memory. The socket has no handle yet, and nothing has to be undone if no connection comes. */
void xsock__sock_to_accept(const struct xsock__sock *listener, int flags,
                           struct xsock__sock *memory);

/* Whether the type is connection-oriented: STREAM or SEQPACKET. */
static inline bool xsock__sock_is_stream(const struct xsock__sock *s)
{
    return s->type == XSOCK_SOCK_STREAM || s->type == XSOCK_SOCK_SEQPACKET;
}

static inline bool xsock__sock_is(const struct xsock__sock *s, int state_bits)
{
    return (xsock__atomic_load(&s->state) & state_bits) != 0;
}

void xsock__sock_becomes(struct xsock__sock *s, int set, int clear);

/* One thread at a time begins a connect of the socket, or asks how it has ended. The system tells a
 * failure once. The thread that is told notes it in its turn, so the next thread finds the note. */
void xsock__sock_wait_for_turn(struct xsock__sock *s);
static inline void xsock__sock_take_turn(struct xsock__sock *s)
{
    int old = xsock__atomic_load(&s->state);
    if ((old & XSOCK__SOCK_TURN) != 0 || !xsock__atomic_cas(&s->state, old, old | XSOCK__SOCK_TURN))
        xsock__sock_wait_for_turn(s);
}

static inline void xsock__sock_end_turn(struct xsock__sock *s)
{
    xsock__sock_becomes(s, 0, XSOCK__SOCK_TURN);
}

/* Notes that a connect has ended with 0 or this error, sets these bits of the state, and ends the
 * turn. `lost` notes that it has failed and the reason was read without xsock. */
void xsock__sock_connect_ended(struct xsock__sock *s, int end, int set);
void xsock__sock_connect_lost(struct xsock__sock *s);

/* How the last connect ended: 0 or its error; -XSOCK_EALREADY if it has not ended; -XSOCK_ENOTCONN
 * if none was begun. */
static inline int xsock__sock_connect_result(const struct xsock__sock *s)
{
    int state = xsock__atomic_load(&s->state);
    return (state & XSOCK__SOCK_CONNECTING) != 0 ? -XSOCK_EALREADY : -(state / XSOCK__SOCK_RESULT);
}

/* Makes it something else than a plain socket: calls for sockets return this error. Is called
 * before the descriptor is published. */
void xsock__sock_refuse(struct xsock__sock *s, short error);

/* Makes a descriptor of a look-up (src/name/pending.c). It is only ever ready to be read. Is called
 * before the socket is published. In a forked child `refuses` becomes -XSOCK_EBADF: the child has
 * no part in the look-up. */
void xsock__sock_make_lookup(struct xsock__sock *s, struct xsock__file *file);

static inline bool xsock__sock_is_lookup(const struct xsock__sock *s)
{
    return s->refuses != 0 && s->poller == NULL && s->file != NULL && s->af == XSOCK_AF_UNSPEC;
}

/* What foreign numbers hold (fdtab.h). All of them share one, which has no handle and is never
 * freed. Calls return XSOCK__EFOREIGN for the first one, which guests' tables use, and ENOTSOCK for
 * the second one, which the process's table uses. */
struct xsock__held xsock__sock_foreign(void);
struct xsock__held xsock__sock_reserved(void);
bool xsock__sock_is_foreign(const struct xsock__sock *s);

/* Closes the handle, and frees the socket with its last descriptor. Is called once the descriptor's
 * last reference is gone. */
void xsock__sock_close(const struct xsock__held *held);

/* The same, but returns the socket's memory if this was the last descriptor. Else returns NULL. */
struct xsock__sock *xsock__sock_empty(const struct xsock__held *held);

#endif
