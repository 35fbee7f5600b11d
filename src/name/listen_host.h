/* Listening by name, for any table, as xsock_listen_host_with() in xsock.h describes. */
#ifndef XSOCK__NAME_LISTEN_HOST_H
#define XSOCK__NAME_LISTEN_HOST_H

#include "table/fdtab.h"
#include "xsock.h"

int xsock__call_listen_host(struct xsock__fdtab *t, const char *host, const char *service,
                            int backlog, const struct xsock_listen_options *options);

#endif
