/* A guess whether a poll or a receive will have to wait, from how the last ones went.
 *
 * A poll that has to wait asks the system in vain first, and a receive tries in vain. A call that
 * is guessed to wait leaves the question out. Such a call cannot tell whether it really had to
 * wait. So one call asks first again after 1 call that did not, then after 3, then after 7 of them,
 * and so on. As soon as one is answered at once, all calls ask first again.
 *
 * A guess is only a guess: of two threads that change it at a time, one may be forgotten. */
#ifndef XSOCK__SOCKET_GUESS_H
#define XSOCK__SOCKET_GUESS_H

#include <stdbool.h>

#include "base/atomic.h"

/* How many calls in a row leave the question out, at most, with 1 added and doubled. A poll waits
 * for several sockets, and a wrong guess costs it more. */
enum { XSOCK__GUESS_POLL_MOST = 16, XSOCK__GUESS_RECV_MOST = 256 };

/* The byte holds a number from 0 to 254. With 1 added the number is a power of two if the next call
 * asks first. Otherwise its lower bits count the calls until then. */
static inline unsigned xsock__guess_get(const xsock__atomic_byte *g)
{
    return (unsigned)xsock__atomic_peek_byte(g) + 1;
}

static inline void xsock__guess_set(xsock__atomic_byte *g, unsigned n)
{
    xsock__atomic_set_byte(g, (unsigned char)(n - 1));
}

/* Whether the call does not ask first. Each call calls this once. */
static inline bool xsock__guess_waits(xsock__atomic_byte *g)
{
    unsigned n = xsock__guess_get(g);
    if ((n & (n - 1)) == 0)
        return false;
    xsock__guess_set(g, n - 1);
    return true;
}

/* Notes for a call that has asked first whether it had to wait. `most` is one of the above. */
static inline void xsock__guess_learn(xsock__atomic_byte *g, bool waited, unsigned most)
{
    unsigned n = xsock__guess_get(g), next = !waited ? 1 : n < most / 4 ? 4 * n - 1 : most - 1;
    if (next != n)
        xsock__guess_set(g, next);
}

#endif
