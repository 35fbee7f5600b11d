/* Options: what each is, and which sockets have it. */
#ifndef XSOCK__SOCKET_OPTION_H
#define XSOCK__SOCKET_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table/fdtab.h"

/* The row of an option; NULL: no option has this number. */
struct xsock__option {
    int64_t most; /* of the value */
    signed char least;
    unsigned char kind;   /* XSOCK_OPT_... */
    unsigned char access; /* reading is 1, writing is 2 */
    unsigned char families, sockets;
    short number;
};
const struct xsock__option *xsock__option_find(int number);

/* Set and get, by the kind that the call is of. 0 or -XSOCK_E... */
int xsock__option_set(const struct xsock__held *held, int number, int kind, int64_t value);
int xsock__option_get(const struct xsock__held *held, int number, int kind, int64_t *out);

/* Is it a socket of INET or INET6 ... that speaks TCP? ... of datagrams or raw? ... of any type? */
bool xsock__option_is_tcp(const struct xsock__sock *s);
bool xsock__option_is_packets(const struct xsock__sock *s);
bool xsock__option_is_internet(const struct xsock__sock *s);

/* A code of the system's option calls as a result: what only says "not here" is -XSOCK_ENOPROTOOPT,
 * and -XSOCK_EPERM is -XSOCK_EACCES. */
int xsock__option_finish(int code);

#endif
