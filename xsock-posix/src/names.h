/* What the files about names of hosts and services share. */
#ifndef XSOCK_POSIX_NAMES_H
#define XSOCK_POSIX_NAMES_H

#include "posix.h"

/* Addresses that xsock_resolve() found. Free them with free(). */
struct xsock_posix__found {
    struct xsock_addr *addrs;
    size_t count;
};

/* Looks a host up, loose forms of INET addresses (127.1) included, as inet_addr() reads them. NULL:
 * this machine. Returns 0 or a negative error of xsock. */
int xsock_posix__find_host(const char *host, int af, int flags, struct xsock_posix__found *out);

/* The port of a service for a type of xsock, or a negative error of xsock. NULL: 0. */
int xsock_posix__find_port(const char *service, int type, int flags);

#endif
