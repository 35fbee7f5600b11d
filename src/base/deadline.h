/* Points of time until which a call may wait. */
#ifndef XSOCK__BASE_DEADLINE_H
#define XSOCK__BASE_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "sys.h"

/* A moment of xsock__sys_now(), or never. */
struct xsock__deadline {
    bool never;
    int64_t at_ns; /* 0: at once, without a look at the clock */
};

/* The moment after a duration. -1 is never, and 0 is at once. A moment that the clock cannot reach
 * is never. */
static inline struct xsock__deadline xsock__deadline_in(int64_t timeout_ns)
{
    struct xsock__deadline d = {timeout_ns < 0, 0};
    if (timeout_ns > 0) {
        int64_t now = xsock__sys_now();
        d.never = timeout_ns > INT64_MAX - now;
        d.at_ns = d.never ? 0 : now + timeout_ns;
    }
    return d;
}

/* The nanoseconds that are left: 0 if the moment has passed, and -1 if it never comes. */
static inline int64_t xsock__time_left(const struct xsock__deadline *d)
{
    if (d->never)
        return -1;
    if (d->at_ns == 0)
        return 0;
    int64_t left = d->at_ns - xsock__sys_now();
    return left > 0 ? left : 0;
}

#endif
