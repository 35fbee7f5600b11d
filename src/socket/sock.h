/* What a socket means on every system: the open socket (POSIX's open file description) that
 * descriptors refer to, and the calls of the system made uniform. */
#ifndef XSOCK__SOCKET_SOCK_H
#define XSOCK__SOCKET_SOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/atomic.h"
#include "facts/triple.h"
#include "table/fdtab.h"
#include "xsock.h"

/* What has been done to a socket, as bits of `state`: systems answer the same mistake differently,
 * and some answers need to know it. A socket from outside tells what it can. */
enum {
    XSOCK__SOCK_BOUND = 1,
    XSOCK__SOCK_LISTENING = 2,
    XSOCK__SOCK_CONNECTED = 4,
    XSOCK__SOCK_CONNECTING = 8, /* begun, and its end not yet asked for */
    XSOCK__SOCK_REUSE = 16,     /* XSOCK_SO_REUSEADDR */
    XSOCK__SOCK_COALESCE =
        32, /* XSOCK_SO_UDP_RECV_COALESCE: a receive may give several datagrams */
    XSOCK__SOCK_ERROR_READ = 64, /* that its connect has failed, by XSOCK_SO_ERROR */
    XSOCK__SOCK_LINGERS =
        256, /* it may have a linger time: set here, or by who knows whom outside */
    XSOCK__SOCK_SHUT_RD =
        128, /* shut down for receiving: what is there can be had, and then it has ended */
    XSOCK__SOCK_DEADLINE = 512, /* it has had a deadline: every call asks before its first try */
    XSOCK__SOCK_RESULT = 65536 /* times the error that its last connect ended with, 0 for success */
};

/* What a socket is more than that, for who made it so. `gone`: its last descriptor is. */
struct xsock__file {
    void (*gone)(struct xsock__file *r);
};

struct xsock__sock {
    xsock__atomic_int refs;     /* descriptors that refer to it */
    xsock__atomic_int nonblock; /* what the program asked for; the handle itself always is */
    xsock__atomic_int state;
    short refuses; /* not 0: it is no plain socket, and this is what calls for one say */
    bool emulated; /* a LOCAL pair made of something else */
    xsock__atomic_i64 recv_timeout, send_timeout, connect_timeout,
        accept_timeout;                             /* ns; -1: none */
    xsock__atomic_i64 recv_deadline, send_deadline; /* of xsock__sys_now(); -1: none */
    struct xsock__waiters waiters;                  /* calls that wait in any of its descriptors */
    /* What was set last, for systems that cannot tell; -1: never. No socket has both keep-alive and
     * multicast. */
    xsock__atomic_int keep_idle_ms;
    union {
        xsock__atomic_int keep_interval_ms;
        xsock__atomic_int multicast_if; /* an interface's index */
    };
    short af, type;               /* xsock's numbers, no flags */
    int protocol;                 /* the default filled in */
    struct xsock__poller *poller; /* not NULL: what makes a poller a descriptor */
    struct xsock__file *file;     /* not NULL: what src/wasix makes of it: a pipe, an event */
};

/* 0, or the error of the truth table or of the system. On failure nothing is left open. `type` has
 * flags. */
int xsock__sock_open(int af, int type, int protocol, struct xsock__held *out);
int xsock__sock_pair(int af, int type, int protocol, struct xsock__held out[2]);

/* The same, but the socket is written into the caller's memory. On failure the memory stays the
 * caller's. */
int xsock__sock_open_in(int af, int type, int protocol, struct xsock__sock *memory,
                        struct xsock__held *out);
int xsock__sock_dup(const struct xsock__held *held, bool cloexec, struct xsock__held *out);

/* What is wrong with a triple for a pair, 0 if nothing; *protocol 0 becomes the default's. */
int xsock__sock_check_pair(int af, int type, int *protocol);

/* What xsock__sock_open would return, 0 for success; leaves nothing open. */
int xsock__sock_probe(int af, int type, int protocol);

/* Writes the socket for a handle of the system (see xsock_adopt) into the caller's memory. On
 * failure the handle is as it was, and the memory stays the caller's. */
int xsock__sock_adopt(uintptr_t handle, int flags, struct xsock__sock *memory);

/* What is wrong with such a handle, 0 if nothing. */
int xsock__sock_check_handle(uintptr_t handle);

/* Lets the open socket go and leaves the handle, its mode restored where no duplicate is left. */
void xsock__sock_release(const struct xsock__held *held);

/* Writes the socket for a connection that is about to be accepted on `listener` into the caller's
 * memory. The socket has no handle yet, and nothing has to be undone if no connection comes. */
void xsock__sock_to_accept(const struct xsock__sock *listener, int flags,
                           struct xsock__sock *memory);

/* Connection-oriented: STREAM, SEQPACKET. */
static inline bool xsock__sock_is_stream(const struct xsock__sock *s)
{
    return s->type == XSOCK_SOCK_STREAM || s->type == XSOCK_SOCK_SEQPACKET;
}

static inline bool xsock__sock_is(const struct xsock__sock *s, int state_bits)
{
    return (xsock__atomic_load(&s->state) & state_bits) != 0;
}

void xsock__sock_becomes(struct xsock__sock *s, int set, int clear);

/* A connect has ended with 0 or this error, and these bits of the state are set. Lost: it has
 * failed, and somebody else has read why; who did that through xsock has said so, or is about
 * to. */
void xsock__sock_connect_ended(struct xsock__sock *s, int end, int set);
void xsock__sock_connect_lost(struct xsock__sock *s);

/* How the last connect ended: 0, its error, -XSOCK_EALREADY, -XSOCK_ENOTCONN if none was begun. */
static inline int xsock__sock_connect_result(const struct xsock__sock *s)
{
    int state = xsock__atomic_load(&s->state);
    return (state & XSOCK__SOCK_CONNECTING) != 0 ? -XSOCK_EALREADY : -(state / XSOCK__SOCK_RESULT);
}

/* What a number holds that is kept for somebody else (fdtab.h): one for all, with no handle; never
 * freed. Calls say XSOCK__EFOREIGN of the first, which a guest's table has, and ENOTSOCK of the
 * second, which the process's table has. */
struct xsock__held xsock__sock_foreign(void);
struct xsock__held xsock__sock_reserved(void);
bool xsock__sock_is_foreign(const struct xsock__sock *s);

/* Closes handle and socket: once a descriptor's last reference is gone. */
void xsock__sock_close(const struct xsock__held *held);

/* The same, but the socket's memory is left if this was the last descriptor: else NULL. */
struct xsock__sock *xsock__sock_empty(const struct xsock__held *held);

#endif
