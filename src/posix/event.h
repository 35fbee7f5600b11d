/* What one thread sets to wake another: an eventfd, or a pipe. */
#ifndef XSOCK__POSIX_EVENT_H
#define XSOCK__POSIX_EVENT_H

#include "posix/native.h"

/* out[0] is readable while the event is set. out[1] is what is written to; both are the same number
 * for an eventfd. They are close-on-exec and non-blocking. */
int xsock__posix_event_open(int out[2]);
void xsock__posix_event_close(const int event[2]);

/* Sets the event. errno stays as it was, because a signal handler may call this. */
void xsock__posix_event_set(const int event[2]);

/* Clears the event. Returns whether it was set. */
bool xsock__posix_event_take(const int event[2]);

#endif
