/* Wakes that interrupt a thread which waits in the system's own call (see xsock__sys_wake_self). */
#ifndef XSOCK__POSIX_WAKE_SIGNAL_H
#define XSOCK__POSIX_WAKE_SIGNAL_H

#include "posix/native.h"

/* handle[0] is the thread, handle[1] the socket, and handle[2] the signal plus one. Other wakes
 * have 0 in handle[2]. */
static inline bool xsock__posix_is_signal(const struct xsock__sys_wake *w)
{
    return w->handle[2] != 0;
}

void xsock__posix_interrupt(const struct xsock__sys_wake *w);
void xsock__posix_take_interrupt(void);

/* Whether another thread may put a handle into blocking mode at any moment: a signal was given. */
bool xsock__posix_handles_may_block(void);

#endif
