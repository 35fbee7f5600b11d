/* A guess whether the next poll or receive will have to wait, from how the last ones went.
 *
 * A call usually asks first: a poll asks the system what is ready, and a receive tries. If nothing
 * is there, that was in vain, and then the call waits. A call that is guessed to wait leaves the
 * question out, and saves a system call: it waits first. Such a call never learns whether it really
 * had to wait. So calls wait first in runs, and the call after a run asks first:
 *   - if it has to wait, the next run is longer: 1, 3, 7 calls and so on up to a limit;
 *   - if it need not wait, all calls ask first again.
 *
 * The polls and the receives of a socket share its guess, because nearly every program waits in one
 * of the two ways only. The limit of a run is that of the call which began the run. A guess is only
 * a guess: if two threads change it at a time, one of the changes may be lost. */
#ifndef XSOCK__SOCKET_GUESS_H
#define XSOCK__SOCKET_GUESS_H

#include <stdbool.h>

#include "base/atomic.h"

/* The limit of a run: a power of two less 1. A poll waits for several sockets, and a wrong guess
 * costs it more. */
enum { XSOCK__GUESS_POLL_MOST = 7, XSOCK__GUESS_RECV_MOST = 127 };

/* A guess is a number from 1 to 255. The byte holds 1 less: a new socket has 0. A power of two says
 * that the next call asks first. Every other number says that the next call waits first, and takes
 * 1 off the number. A run of n calls begins with 2 * n + 1, and the call after it finds n + 1: the
 * numbers are 3, 2 for a run of 1, and 7, 6, 5, 4 for a run of 3. So the call that asks first knows
 * how long the run before it was. */
static inline unsigned xsock__guess_get(const xsock__atomic_byte *g)
{
    return (unsigned)xsock__atomic_peek_byte(g) + 1;
}

static inline void xsock__guess_set(xsock__atomic_byte *g, unsigned number)
{
    xsock__atomic_set_byte(g, (unsigned char)(number - 1));
}

/* Whether the call waits first. Each call asks this once at most, because the answer counts it. */
static inline bool xsock__guess_waits(xsock__atomic_byte *g)
{
    const unsigned number = xsock__guess_get(g);
    if ((number & (number - 1)) == 0)
        return false;
    xsock__guess_set(g, number - 1);
    return true;
}

/* Notes for a call that has asked first whether it had to wait. `most` is the limit of its kind. */
static inline void xsock__guess_learn(xsock__atomic_byte *g, bool waited, unsigned most)
{
    const unsigned number = xsock__guess_get(g), longer = 2 * number - 1;
    const unsigned run = !waited ? 0 : longer < most ? longer : most;
    if (number != 2 * run + 1)
        xsock__guess_set(g, 2 * run + 1);
}

#endif
