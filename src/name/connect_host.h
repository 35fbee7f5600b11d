/* Connecting by name, for any table, as xsock_connect_host_with() in xsock.h describes. */
#ifndef XSOCK__NAME_CONNECT_HOST_H
#define XSOCK__NAME_CONNECT_HOST_H

#include <stdint.h>

#include "table/fdtab.h"
#include "xsock.h"

int xsock__call_connect_host(struct xsock__fdtab *t, const char *host, const char *service,
                             int64_t timeout_ns, const struct xsock_connect_options *options);

#endif
