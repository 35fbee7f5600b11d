/* Happy Eyeballs (RFC 8305): which address to try when, as a machine that is told the time and what
 * happened, and does nothing itself. One deadline covers all of it, looking up the name included.
 */
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
    size_t count, started, running; /* addresses, and attempts at them */
    int64_t next_at_ns;             /* when the next attempt begins, if no other fails before */
    int error, code, weight;        /* the most telling failure, and the system's code for it */
};

struct xsock__happy_step {
    enum { XSOCK__HAPPY_START, XSOCK__HAPPY_WAIT, XSOCK__HAPPY_GIVE_UP } what;
    size_t index;    /* START: which address */
    int64_t wait_ns; /* WAIT: for an event, or this long; -1: for an event */
    int error;       /* GIVE_UP */
};

/* It begins with looking up, or with the addresses that are known. */
void xsock__happy_begin(struct xsock__happy *h, const struct xsock__deadline *end);
void xsock__happy_resolved(struct xsock__happy *h, size_t count);

/* What to do now. START counts as done. */
struct xsock__happy_step xsock__happy_next(struct xsock__happy *h, int64_t now_ns);

/* An attempt has failed: error is -XSOCK_E..., code the system's. */
void xsock__happy_failed(struct xsock__happy *h, int error, int code);

/* Section 4: the family that comes first stays first, and then they take turns. */
void xsock__happy_interleave(const struct xsock_addr *v, size_t n, const struct xsock_addr **out);

#endif
