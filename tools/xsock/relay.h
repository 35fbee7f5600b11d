/* Copies data between a socket and the standard streams in both directions. listen and connect
 * share this code. */
#ifndef RELAY_H
#define RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "tool.h"
#include "xsock.h"

/* How to relay. */
struct relay_options {
    const struct args *args; /* --timeout, --quit, --crlf, --rate, --hex */
    bool stream;
    /* NULL unless d is an unconnected datagram socket. Datagrams are then sent to the last sender,
     * whose address is stored here. */
    struct xsock_addr *to;
    /* NULL unless d is for datagrams to a name with several addresses. After a refusal, this
     * function connects to the next address, and returns a new descriptor, or a negative error if
     * no address is left. It then closes the caller's descriptor. */
    int (*next)(void *user);
    void *user;
};

/* Relays between *d and the standard streams. A stream ends when both sides have ended. If the
 * input is typed on a terminal, the end of the peer is enough. --timeout is how long the connection
 * may stay silent; a longer silence is an error. If the peer stops taking input, the program prints
 * what the peer has sent, and then complains.
 *
 * Datagrams have no end. Relaying ends when nothing has come for --timeout; without --timeout, a
 * connected socket ends a second after the input.
 *
 * Returns DONE, or FAILED after a message. (out_finish() complains about standard output.) Leaves
 * *d open. */
int relay(int *d, const struct relay_options *options);

#endif
