/* Control data: what goes along with a message, judged before the system sees it. */
#ifndef XSOCK__SOCKET_CONTROL_H
#define XSOCK__SOCKET_CONTROL_H

#include "socket/sock.h"
#include "xsock.h"

/* Of a message to send, with so many bytes of data; NULL is fine. 0; -XSOCK_EFAULT, -XSOCK_EINVAL: xsock.h. */
int xsock__control_check_send(const struct xsock_control *c);

/* Whether this socket can send it. 0; -XSOCK_EOPNOTSUPP, -XSOCK_EAFNOSUPPORT; -XSOCK_EINVAL: handles without data on a
 * stream, which would be lost. */
int xsock__control_check_socket(const struct xsock__sock *s, const struct xsock_control *c,
                                size_t total);

/* Of one to receive. */
int xsock__control_check_recv(const struct xsock_control *c);

/* Whether two messages say the same: one call of the system may then do for both. NULL is fine. */
bool xsock__control_same(const struct xsock_control *a, const struct xsock_control *b);

#endif
