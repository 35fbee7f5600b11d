/* Connecting and listening by name, for any table. What each does and returns: xsock.h. */
#ifndef XSOCK__NAME_CONNECT_HOST_H
#define XSOCK__NAME_CONNECT_HOST_H

#include <stdint.h>

#include "table/fdtab.h"

int xsock__call_connect_host(struct xsock__fdtab *t, const char *host, const char *service,
                             int64_t timeout_ns);
int xsock__call_listen_host(struct xsock__fdtab *t, const char *host, const char *service,
                            int backlog);

#endif
