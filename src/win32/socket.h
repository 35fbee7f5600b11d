/* A socket that is not in non-blocking mode yet, but else as xsock__sys_open makes it. */
#ifndef XSOCK__WIN32_SOCKET_H
#define XSOCK__WIN32_SOCKET_H

#include "win32/native.h"

int xsock__socket_open(const struct xsock__sys_triple *t, bool cloexec, SOCKET *out);

#endif
