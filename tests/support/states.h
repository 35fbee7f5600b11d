/* Sockets in every state, and tables of what each call returns for each of them. */
#ifndef XSOCK_TEST_STATES_H
#define XSOCK_TEST_STATES_H

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

struct states {
    int d[STATES], more[2];
    struct xsock_addr listener, receiver;
};

void states_open(struct states *all);
void states_close(const struct states *all);

/* Returns a NONBLOCK socket of this type that is bound on loopback, and its address. */
int states_bind_new(int type, struct xsock_addr *out);

/* The sockets that the calls of a table are made on. */
extern const struct states *states;

/* The columns: stream, bound, listener, connected, shut down, datagrams, bound datagrams, connected
 * datagrams, pair, datagram pair. */
enum { STATES_COLUMNS = 10 };

#define ALL(e) {e, e, e, e, e, e, e, e, e, e}

/* One call, and what the call returns for the socket in each column. */
struct states_row {
    const char *name;
    int (*run)(int d);
    int results[STATES_COLUMNS];
};

/* Makes every call on the socket of every column, and prints what differs from the table. */
void states_assert_rows(const struct states_row *rows, int count);

/* For a descriptor that is not open every call gives EBADF, whatever else is wrong. Negative
 * numbers are an exception, because a poll ignores them. */
void states_assert_EBADF(const struct states_row *row, bool negative_too);

#endif
