/* An array of datagrams, and the flags of a call that moves them: what is checked before the socket
 * is looked at. */
#ifndef XSOCK__CALL_DGRAMS_H
#define XSOCK__CALL_DGRAMS_H

#include "xsock.h"

/* 0, or the first error: of a pointer or the count, of a value, of control data, of a destination.
 */
int xsock__dgrams_check_send(const struct xsock_dgram *v, size_t n, int flags);
int xsock__dgrams_check_recv(const struct xsock_dgram *v, size_t n, int flags);

#endif
