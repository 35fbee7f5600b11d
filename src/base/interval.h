/* The intervals at which something is asked for again that nobody tells: short at first, so that
 * what comes soon is found soon, and then so long that asking costs nothing. Whoever has got on
 * begins anew, with 0.
 *
 * A call without a wake sees a close, a shutdown or a deadline after the interval. The contract is
 * 20 ms, so the last interval leaves some time for the thread to get a processor. A call that
 * sleeps and then tries makes two system calls an interval, and may make 120 a second. */
#ifndef XSOCK__BASE_INTERVAL_H
#define XSOCK__BASE_INTERVAL_H

#include <stdint.h>

enum { XSOCK__INTERVAL_FIRST_NS = 50 * 1000, XSOCK__INTERVAL_LAST_NS = 17500 * 1000 };

/* The interval after `ns`, or the first one after 0. */
static inline int64_t xsock__interval_after(int64_t ns)
{
    return ns == 0                            ? XSOCK__INTERVAL_FIRST_NS
           : ns < XSOCK__INTERVAL_LAST_NS / 2 ? 2 * ns
                                              : XSOCK__INTERVAL_LAST_NS;
}

#endif
