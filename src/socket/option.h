/* Options: the kind and the range of each, and which sockets have it. */
#ifndef XSOCK__SOCKET_OPTION_H
#define XSOCK__SOCKET_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table/fdtab.h"

/* The row of an option. */
struct xsock__option {
    int64_t max; /* of the value */
    signed char min;
    unsigned char kind;   /* XSOCK_OPT_... */
    unsigned char access; /* reading is 1, writing is 2 */
    unsigned char families, sockets;
    short number;
};

/* The row of a number, or NULL if no option has it. */
const struct xsock__option *xsock__option_find(int number);

/* Set and get an option, by the kind that the call is for. Return 0 or -XSOCK_E... */
int xsock__option_set(const struct xsock__held *held, int number, int kind, int64_t value);
int xsock__option_get(const struct xsock__held *held, int number, int kind, int64_t *out);

/* How many bytes a blocking receive of a stream waits for: XSOCK_SO_RCVLOWAT, 1 if it was never
 * set. */
size_t xsock__option_low_water(const struct xsock__held *held);

/* Whether a socket is of INET or INET6, and speaks TCP; is for datagrams or RAW; has any type. */
bool xsock__option_is_tcp(const struct xsock__sock *s);
bool xsock__option_is_packets(const struct xsock__sock *s);
bool xsock__option_is_internet(const struct xsock__sock *s);

/* Turns a code of the system's option calls into a result. Codes that only mean "not here" become
 * -XSOCK_ENOPROTOOPT, and -XSOCK_EPERM becomes -XSOCK_EACCES. */
int xsock__option_finish(int code);

#endif
