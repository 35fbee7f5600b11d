/* Happy Eyeballs (RFC 8305): decides which address to try when. It is told the time and what has
 * happened, and does no input or output itself. One deadline covers everything, looking up the name
 * included. */
#ifndef XSOCK__NAME_HAPPY_EYEBALLS_H
#define XSOCK__NAME_HAPPY_EYEBALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/deadline.h"
#include "xsock.h"

/* Connection Attempt Delay: section 8 recommends it. */
enum { XSOCK__HAPPY_DELAY_NS = 250 * 1000 * 1000 };

struct xsock__happy {
    struct xsock__deadline end;
    bool resolving;
    size_t count, started, running; /* the numbers of addresses and of attempts */
    int64_t next_at_ns;             /* when the next attempt begins, unless another fails before */
    int error, code, weight;        /* the most telling failure, and the system's code for it */
};

struct xsock__happy_step {
    enum { XSOCK__HAPPY_START, XSOCK__HAPPY_WAIT, XSOCK__HAPPY_GIVE_UP } what;
    size_t index;    /* START: which address */
    int64_t wait_ns; /* WAIT: for an event, or this long; -1: for an event */
    int error;       /* GIVE_UP */
};

/* Begins with the look-up. `resolved` gives the number of addresses. */
void xsock__happy_begin(struct xsock__happy *h, const struct xsock__deadline *end);
void xsock__happy_resolved(struct xsock__happy *h, size_t count);

/* Tells what to do now. A START counts as done. */
struct xsock__happy_step xsock__happy_next(struct xsock__happy *h, int64_t now_ns);

/* Notes that an attempt has failed. error is -XSOCK_E..., and code is the system's. */
void xsock__happy_failed(struct xsock__happy *h, int error, int code);

/* Section 4: the family of the first address stays first, and then the families take turns. */
void xsock__happy_interleave(const struct xsock_addr *v, size_t n, const struct xsock_addr **out);

#endif
