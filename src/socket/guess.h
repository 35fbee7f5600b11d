/* A guess whether a call will have to wait, from how the last ones went.
 *
 * A call that has to wait asks the system in vain first. A call that is guessed to wait leaves that
 * out. Such a call cannot tell whether it really had to wait. So one call asks first again after 1
 * call that did not, then after 3, and then after 7 of them, and so on. As soon as one is answered
 * at once, all calls ask first again.
 *
 * A guess is only a guess: of two threads that change it at a time, one may be forgotten. */
#ifndef XSOCK__SOCKET_GUESS_H
#define XSOCK__SOCKET_GUESS_H

#include <stdbool.h>

#include "base/atomic.h"

/* Each has a half of the byte: the place of its lowest bit. */
enum xsock__guess { XSOCK__GUESS_RECV = 0, XSOCK__GUESS_POLL = 4 };

/* The half holds a number from 0 to 14. One more than the number is a power of two if the next call
 * asks first. Below the highest bit it counts the calls until then, which do not. */
static inline unsigned xsock__guess_get(const xsock__atomic_byte *g, enum xsock__guess which)
{
    return ((unsigned)xsock__atomic_peek_byte(g) >> which & 15u) + 1;
}

static inline void xsock__guess_set(xsock__atomic_byte *g, enum xsock__guess which, unsigned n)
{
    unsigned others = xsock__atomic_peek_byte(g) & ~(15u << which);
    xsock__atomic_set_byte(g, (unsigned char)(others | (n - 1) << which));
}

/* Whether the call does not ask first. Each call asks this once. */
static inline bool xsock__guess_waits(xsock__atomic_byte *g, enum xsock__guess which)
{
    unsigned n = xsock__guess_get(g, which);
    if ((n & (n - 1)) == 0)
        return false;
    xsock__guess_set(g, which, n - 1);
    return true;
}

/* How it went for a call that has asked first. */
static inline void xsock__guess_learn(xsock__atomic_byte *g, enum xsock__guess which, bool waited)
{
    unsigned n = xsock__guess_get(g, which), next = !waited ? 1 : n < 4 ? 4 * n - 1 : 15;
    if (next != n)
        xsock__guess_set(g, which, next);
}

#endif
