/* Wakes that interrupt a thread which waits in the system's own call (see xsock__sys_wake_self). */
#ifndef XSOCK__POSIX_WAKE_SIGNAL_H
#define XSOCK__POSIX_WAKE_SIGNAL_H

#include "posix/native.h"

/* handle[0] is the thread, and handle[2] the signal. Other wakes have 0 in handle[2]. */
static inline bool xsock__posix_is_signal(const struct xsock__sys_wake *w)
{
    return w->handle[2] != 0;
}

void xsock__posix_interrupt(const struct xsock__sys_wake *w);
void xsock__posix_take_interrupt(void);

/* Whether a signal was ever set. From then on a handle may be in blocking mode. */
bool xsock__posix_handles_may_block(void);

#endif
