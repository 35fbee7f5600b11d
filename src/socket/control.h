/* Control data: what goes along with a message, judged before the system sees it. */
#ifndef XSOCK__SOCKET_CONTROL_H
#define XSOCK__SOCKET_CONTROL_H

#include "socket/sock.h"
#include "xsock.h"

/* Whether the handles to send, or the space for those to receive, are NULL and must not be. That is
 * -XSOCK_EFAULT, which is judged before every value. NULL is fine. */
bool xsock__control_lacks_sent(const struct xsock_control *c);
bool xsock__control_lacks_space(const struct xsock_control *c);

/* The values of a message to send. NULL is fine. 0, -XSOCK_EINVAL, -XSOCK_EAFNOSUPPORT: xsock.h. */
int xsock__control_check_send(const struct xsock_control *c);

/* Whether this socket can send it. 0; -XSOCK_EOPNOTSUPP, -XSOCK_EAFNOSUPPORT; -XSOCK_EINVAL:
 * handles without data on a stream, which would be lost. */
int xsock__control_check_socket(const struct xsock__sock *s, const struct xsock_control *c,
                                size_t total);

/* Of one to receive. 0, -XSOCK_EINVAL. */
int xsock__control_check_recv(const struct xsock_control *c);

/* Whether two messages say the same: one call of the system may then do for both. NULL is fine. */
bool xsock__control_same(const struct xsock_control *a, const struct xsock_control *b);

#endif
