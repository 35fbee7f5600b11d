/* Control data goes along with a message. It is checked before the system sees it. */
#ifndef XSOCK__SOCKET_CONTROL_H
#define XSOCK__SOCKET_CONTROL_H

#include "socket/sock.h"
#include "xsock.h"

/* Whether the handles to send, or the space for handles to receive, are NULL and must not be. The
 * error is -XSOCK_EFAULT, which comes before errors of values. c may be NULL. */
bool xsock__control_lacks_sent(const struct xsock_control *c);
bool xsock__control_lacks_space(const struct xsock_control *c);

/* Check the values of a message to send. Return 0, -XSOCK_EINVAL or -XSOCK_EAFNOSUPPORT, as xsock.h
 * says. c may be NULL. */
int xsock__control_check_send(const struct xsock_control *c);

/* Checks whether this socket can send the control data to this address (NULL: to its peer). Returns
 * 0, -XSOCK_EOPNOTSUPP or -XSOCK_EAFNOSUPPORT. -XSOCK_EINVAL if handles would go without data on a
 * stream: they would be lost. *out_af is the family of the packet, which may be INET for a socket
 * of INET6. */
int xsock__control_check_socket(const struct xsock__held *held, const struct xsock_control *c,
                                const struct xsock_addr *to, size_t total, int *out_af);

/* Some systems tell the local address of an IPv4 packet as INET to a socket of INET6. It becomes
 * IPv4-mapped, as the sender's address is. */
void xsock__control_received(const struct xsock__sock *s, struct xsock_control *c);

/* Checks the values of a message to receive. Returns 0 or -XSOCK_EINVAL. */
int xsock__control_check_recv(const struct xsock_control *c);

/* Whether two messages have the same control data, so that one call of the system can send both.
 * Each may be NULL. */
bool xsock__control_same(const struct xsock_control *a, const struct xsock_control *b);

#endif
