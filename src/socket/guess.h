/* A guess whether a poll will have to wait, from how the last ones went.
 *
 * A poll that has to wait asks the system in vain first. A poll that is guessed to wait leaves the
 * question out. Such a poll cannot tell whether it really had to wait. So one poll asks first again
 * after 1 poll that did not, then after 3, and then after 7 of them. As soon as one is answered at
 * once, all polls ask first again.
 *
 * A guess is only a guess: of two threads that change it at a time, one may be forgotten. */
#ifndef XSOCK__SOCKET_GUESS_H
#define XSOCK__SOCKET_GUESS_H

#include <stdbool.h>

#include "base/atomic.h"

/* The byte holds a number from 0 to 14. With 1 added the number is a power of two if the next poll
 * asks first. Otherwise its lower bits count the polls until then. */
static inline unsigned xsock__guess_get(const xsock__atomic_byte *g)
{
    return (unsigned)xsock__atomic_peek_byte(g) + 1;
}

static inline void xsock__guess_set(xsock__atomic_byte *g, unsigned n)
{
    xsock__atomic_set_byte(g, (unsigned char)(n - 1));
}

/* Whether the poll does not ask first. Each poll calls this once. */
static inline bool xsock__guess_waits(xsock__atomic_byte *g)
{
    unsigned n = xsock__guess_get(g);
    if ((n & (n - 1)) == 0)
        return false;
    xsock__guess_set(g, n - 1);
    return true;
}

/* Notes for a poll that has asked first whether it had to wait. */
static inline void xsock__guess_learn(xsock__atomic_byte *g, bool waited)
{
    unsigned n = xsock__guess_get(g), next = !waited ? 1 : n < 4 ? 4 * n - 1 : 15;
    if (next != n)
        xsock__guess_set(g, next);
}

#endif
