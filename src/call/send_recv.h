/* What the calls that send and receive share. */
#ifndef XSOCK__CALL_SEND_RECV_H
#define XSOCK__CALL_SEND_RECV_H

#include <stdbool.h>
#include <stdint.h>

#include "call/call.h"
#include "socket/sock.h"

enum {
    XSOCK__SEND_FLAGS = XSOCK_MSG_OOB | XSOCK_MSG_DONTROUTE | XSOCK_MSG_DONTWAIT | XSOCK_MSG_EOR
                        | XSOCK_MSG_NOSIGNAL | XSOCK_MSG_MORE,
    XSOCK__RECV_FLAGS =
        XSOCK_MSG_OOB | XSOCK_MSG_PEEK | XSOCK_MSG_DONTWAIT | XSOCK_MSG_WAITALL | XSOCK_MSG_TRUNC,
    /* those that the system is told of */
    XSOCK__SYSTEM_FLAGS = XSOCK_MSG_OOB | XSOCK_MSG_PEEK | XSOCK_MSG_DONTROUTE | XSOCK_MSG_EOR
                          | XSOCK_MSG_MORE | XSOCK_MSG_TRUNC
};

/* The one error for what systems answer differently. */
int xsock__send_recv_error(const struct xsock__sock *s, int error, bool sending);

/* Where a datagram goes. -XSOCK_EISCONN, -XSOCK_ENOTCONN: a stream has no use for it. */
int xsock__send_destination(const struct xsock__sock *s, const struct xsock_addr *to,
                            struct xsock__sys_addr *out);

/* A stream that has no peer, and is not getting one, receives nothing. 0, -XSOCK_ENOTCONN. */
int xsock__recv_check(const struct xsock__sock *s);

/* Whether each flag is known and has a meaning for this socket. (OOB has an error of its own.) */
bool xsock__send_recv_flags_fit(const struct xsock__sock *s, int flags, int known);

/* Whether it can have out-of-band data. */
bool xsock__has_urgent(const struct xsock__sock *s);

/* The code of a try to receive: "would block" is the end, 0 and nothing received, where this end
 * was shut down for receiving. (Linux goes on saying that a datagram socket is readable then:
 * waiting would never end.) */
int xsock__recv_ended(const struct xsock__sock *s, int code);

/* WAITALL has a meaning. */
bool xsock__recv_waits_for_all(const struct xsock__sock *s, int flags);

#endif
