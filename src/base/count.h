/* A count that threads change at the same time. A process that has one thread needs no locked
 * operation for that, which costs some 5 ns. A signal handler may come between the two steps of the
 * plain addition. Whatever it adds is taken away again when it returns. */
#ifndef XSOCK__BASE_COUNT_H
#define XSOCK__BASE_COUNT_H

#include "base/atomic.h"
#include "sys.h"

static inline int xsock__count_add_alone(xsock__atomic_int *a, int n) /* returns the value before */
{
    int before = xsock__atomic_peek(a);
    xsock__atomic_set(a, before + n);
    return before;
}

static inline int xsock__count_add(xsock__atomic_int *a, int n)
{
    return xsock__sys_alone() ? xsock__count_add_alone(a, n) : xsock__atomic_add(a, n);
}

/* Changes the count from one value to another. False if it has another one by now. */
static inline bool xsock__count_change(xsock__atomic_int *a, int from, int to)
{
    if (!xsock__sys_alone())
        return xsock__atomic_cas(a, from, to);
    xsock__atomic_set(a, to);
    return true;
}

#endif
