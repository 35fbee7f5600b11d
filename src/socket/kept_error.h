/* An error that a batch leaves to the next call. The system reports some errors of a datagram
 * socket once only. If such an error ends a batch after some datagrams, the call returns their
 * number, and the socket keeps the error's code. */
#ifndef XSOCK__SOCKET_KEPT_ERROR_H
#define XSOCK__SOCKET_KEPT_ERROR_H

#include "socket/sock.h"

/* Ignores 0, and the codes that the next call would get anyway. Returns whether the code is kept,
 * which makes the socket ready: see ready.h. */
bool xsock__kept_error_put(struct xsock__sock *s, int code);

/* Returns the code, or 0. The socket has none afterwards. */
int xsock__kept_error_take(struct xsock__sock *s);

#endif
