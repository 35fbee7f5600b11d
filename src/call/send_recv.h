/* What the calls that send and receive share. */
#ifndef XSOCK__CALL_SEND_RECV_H
#define XSOCK__CALL_SEND_RECV_H

#include <stdbool.h>
#include <stdint.h>

#include "call/call.h"
#include "facts/translate.h"
#include "socket/kept_error.h"
#include "socket/sock.h"

enum {
    XSOCK__SEND_FLAGS = XSOCK_MSG_OOB | XSOCK_MSG_DONTROUTE | XSOCK_MSG_DONTWAIT | XSOCK_MSG_EOR
                        | XSOCK_MSG_NOSIGNAL | XSOCK_MSG_MORE,
    XSOCK__RECV_FLAGS =
        XSOCK_MSG_OOB | XSOCK_MSG_PEEK | XSOCK_MSG_DONTWAIT | XSOCK_MSG_WAITALL | XSOCK_MSG_TRUNC,
    /* those that the system gets */
    XSOCK__SYSTEM_FLAGS = XSOCK_MSG_OOB | XSOCK_MSG_PEEK | XSOCK_MSG_DONTROUTE | XSOCK_MSG_EOR
                          | XSOCK_MSG_MORE | XSOCK_MSG_TRUNC | XSOCK__SYS_WAITS
};

/* A call on a socket with one of these has something to settle before its first try. A receive has
 * more than one step with COALESCE or LOW_WATER, and may go without a first try if STARVED. */
enum {
    XSOCK__SEND_SPECIAL =
        XSOCK__SOCK_OTHER | XSOCK__SOCK_CONNECTING | XSOCK__SOCK_DEADLINE | XSOCK__SOCK_KEPT_ERROR,
    XSOCK__RECV_SPECIAL =
        XSOCK__SEND_SPECIAL | XSOCK__SOCK_COALESCE | XSOCK__SOCK_LOW_WATER | XSOCK__SOCK_STARVED
};

/* Whether no poller has to be told that this socket was used. */
static inline bool xsock__is_quiet(const struct xsock__fd *fd)
{
    return !xsock__sys_facts.edges_need_use || !xsock__sock_is(fd->held.sock, XSOCK__SOCK_EDGES);
}

/* The parts of send and recv that are not inlined (plain.h). They drop the reference. `checked`
 * does the whole call. `on` goes on after a first try, which gave `code` and moved `sent` or `got`
 * bytes. */
ptrdiff_t xsock__send_checked(struct xsock__fdtab *t, struct xsock__fd *fd, const void *buf,
                              size_t len, int flags);
ptrdiff_t xsock__send_on(struct xsock__fdtab *t, struct xsock__fd *fd, const void *buf, size_t len,
                         int flags, size_t sent, int code);
ptrdiff_t xsock__recv_checked(struct xsock__fdtab *t, struct xsock__fd *fd, void *buf, size_t len,
                              int flags);
ptrdiff_t xsock__recv_on(struct xsock__fdtab *t, struct xsock__fd *fd, void *buf, size_t len,
                         int flags, size_t got, int code);

/* Replaces an error that systems give differently by one that is the same everywhere. */
int xsock__send_recv_error(const struct xsock__sock *s, int error, bool sending);

/* 0, or the error that a batch has left to this call. It comes after the checks of arguments, in
 * the place of the first try. */
static inline int xsock__send_recv_kept(struct xsock__sock *s)
{
    return xsock__finish(xsock__kept_error_take(s));
}

/* Before the first try: checks the deadline, tells an error that was left to this call, and waits
 * for the end of a connect that is under way. */
int xsock__send_recv_settle_special(struct xsock__fdtab *t, struct xsock__fd *fd, int flags,
                                    bool sending);
static inline int xsock__send_recv_settle(struct xsock__fdtab *t, struct xsock__fd *fd, int flags,
                                          bool sending)
{
    bool special = xsock__sock_is(fd->held.sock, XSOCK__SEND_SPECIAL);
    return special ? xsock__send_recv_settle_special(t, fd, flags, sending) : 0;
}

/* Converts the destination of a datagram. A stream takes none: -XSOCK_EISCONN or -XSOCK_ENOTCONN.
 */
int xsock__send_destination(const struct xsock__sock *s, const struct xsock_addr *to,
                            struct xsock__sys_addr *out);

/* -XSOCK_ENOTCONN if the socket is a stream that has no peer and is not connecting. Else 0. The
 * system is asked if xsock knows of no peer: a forked child may have connected the socket. An
 * adopted socket may be connecting, so the call itself tells. */
int xsock__recv_check(const struct xsock__fd *fd);

/* Whether the socket can have out-of-band data. Linux has it for LOCAL since 5.15, and an emulated
 * pair would have it. No other system has it, so xsock does not. */
static inline bool xsock__has_urgent(const struct xsock__sock *s)
{
    return s->type == XSOCK_SOCK_STREAM && s->af != XSOCK_AF_LOCAL;
}

/* Whether each flag is known and has a meaning for this socket. On Linux MORE joins two datagrams,
 * and TRUNC discards the bytes of a stream. (OOB has another error.) */
static inline bool xsock__send_recv_flags_fit(const struct xsock__sock *s, int flags, int known)
{
    int other = s->type == XSOCK_SOCK_STREAM ? XSOCK_MSG_TRUNC : XSOCK_MSG_MORE;
    return (flags & ~(known & ~other)) == 0;
}

/* What a call with one buffer checks first, and what it checks after the address. */
static inline int xsock__send_recv_check(const struct xsock__sock *s, const void *buf, size_t len,
                                         int flags, int known)
{
    if (buf == NULL && len != 0)
        return -XSOCK_EFAULT;
    return len > PTRDIFF_MAX || !xsock__send_recv_flags_fit(s, flags, known) ? -XSOCK_EINVAL : 0;
}
static inline int xsock__send_recv_check_urgent(const struct xsock__sock *s, int flags)
{
    return (flags & XSOCK_MSG_OOB) != 0 && !xsock__has_urgent(s) ? -XSOCK_EOPNOTSUPP : 0;
}

/* The code of a try to receive. If the socket was shut down for receiving, "would block" is the
 * end: 0 with nothing received. (Linux goes on saying that such a datagram socket is readable, so
 * waiting would never end.) */
int xsock__recv_ended(const struct xsock__sock *s, int code);

/* Before the first try of a receive of `len` bytes: *out_least is how many bytes the call needs
 * before it may end, 0 if any number will do. That is all of them with WAITALL, and the low-water
 * mark if the socket has one. The system's "ready" goes by that mark, whatever the call has taken
 * already, so the call waits before it takes anything. A buffer that is smaller than the mark waits
 * for nothing: "ready" would come too late for it. */
int xsock__recv_wait_for_least(struct xsock__fdtab *t, struct xsock__fd *fd, int flags, size_t len,
                               struct xsock__limit *l, size_t *out_least);

#endif
