/* A host, a service and a program's options, checked, for connect_host and listen_host. */
#ifndef XSOCK__NAME_HOST_H
#define XSOCK__NAME_HOST_H

#include <stdbool.h>

#include "name/resolve.h"
#include "socket/sock.h"
#include "xsock.h"

struct xsock__host {
    bool is_local; /* "unix:": `path` is the address. Otherwise `question` asks for addresses. */
    struct xsock_addr path;
    struct xsock__question question;
    int type;     /* with the flags of the descriptor */
    int protocol; /* 0: the default */
};

/* What both structures of options have. */
struct xsock__host_choice {
    int af, type, protocol, flags; /* flags: XSOCK_HOST_... */
};

bool xsock__host_is_local(const char *host); /* does it begin with "unix:"? */

/* Checks all that can be checked without asking the system. Names are not looked up. `passive`: for
 * listening. Returns 0 or the error. */
int xsock__host_init(struct xsock__host *h, const char *host, const char *service,
                     const struct xsock__host_choice *choice, bool passive);

/* A socket for an address of this host. 0 or -XSOCK_E... */
int xsock__host_open(const struct xsock__host *h, const struct xsock_addr *a,
                     struct xsock__held *out);
int xsock__host_bind(const struct xsock__held *held, const struct xsock_addr *a);

#endif
