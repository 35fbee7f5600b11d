/* Sockets in every state, and tables of what each call says of each of them. */
#ifndef XSOCK_TEST_ZOO_H
#define XSOCK_TEST_ZOO_H

#include <limits.h>
#include <stdbool.h>

#include "xsock.h"

#define E(name) (-XSOCK_E##name)
enum { ANY = INT_MAX - 1 /* a result that is no error */, SKIPPED = INT_MAX };

enum state {
    NEVER_OPENED,
    STANDARD_STREAM,
    CLOSED,
    STREAM, /* just opened */
    BOUND,
    LISTENER,
    CONNECTED, /* TCP; the peer is CONNECTED_PEER */
    CONNECTED_PEER,
    SHUT, /* both ways */
    DATAGRAMS,
    BOUND_DATAGRAMS,
    CONNECTED_DATAGRAMS,
    PAIR,
    PAIR_PEER,
    DATAGRAM_PAIR,
    DATAGRAM_PAIR_PEER,
    STATES
};

struct zoo {
    int d[STATES], more[2];
    struct xsock_addr listener, receiver;
};

void zoo_open(struct zoo *z);
void zoo_close(const struct zoo *z);

/* A socket of this type that has a port of loopback, NONBLOCK; its address. */
int zoo_bind_new(int type, struct xsock_addr *out);

/* The zoo that the calls of a table are made in. */
extern const struct zoo *zoo;

/* The columns: stream, bound, listener, connected, shut down, datagrams, bound datagrams, connected
 * datagrams, pair, datagram pair. */
enum { ZOO_COLUMNS = 10 };

#define ALL(e) {e, e, e, e, e, e, e, e, e, e}

/* One call, and what it says of the socket in each column. */
struct zoo_row {
    const char *name;
    int (*run)(int d);
    int results[ZOO_COLUMNS];
};

/* Makes every call on every column's socket and prints what differs from the table. */
void zoo_assert_rows(const struct zoo_row *rows, int count);

/* For a descriptor that is not open all say EBADF, whatever else is wrong. Negative ones apart: a
 * poll leaves them out. */
void zoo_assert_EBADF(const struct zoo_row *row, bool negative_too);

#endif
