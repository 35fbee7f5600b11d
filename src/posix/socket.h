/* Of socket.c, what the rest of the backend needs. */
#ifndef XSOCK__POSIX_SOCKET_H
#define XSOCK__POSIX_SOCKET_H

#include "posix/native.h"

/* A new handle, just made: the flags that could not be set at creation, and what xsock promises of
 * each. */
int xsock__posix_prepare(int fd, const struct xsock__sys_triple *t, bool cloexec);

#endif
