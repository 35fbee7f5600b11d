/* Points of time until which a call may wait. */
#ifndef XSOCK__BASE_DEADLINE_H
#define XSOCK__BASE_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

/* A point of time from now; -1 and 0 as for any duration: never, at once. Far ones are never. */
struct xsock__deadline {
    bool never;
    int64_t at_ns;
};
struct xsock__deadline xsock__deadline_in(int64_t timeout_ns);

/* Nanoseconds that are left: 0 when it has passed, -1: never will. */
int64_t xsock__time_left(const struct xsock__deadline *d);

#endif
