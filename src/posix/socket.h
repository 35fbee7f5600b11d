/* What other files of the backend need of socket.c. */
#ifndef XSOCK__POSIX_SOCKET_H
#define XSOCK__POSIX_SOCKET_H

#include "posix/native.h"

/* Prepares a new handle: sets the flags that could not be set at creation, and what xsock promises
 * of every socket. */
int xsock__posix_prepare(int fd, const struct xsock__sys_triple *t, bool cloexec);

#endif
