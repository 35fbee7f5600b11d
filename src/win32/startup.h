/* Winsock that somebody else in the process has ended. */
#ifndef XSOCK__WIN32_STARTUP_H
#define XSOCK__WIN32_STARTUP_H

#include "win32/native.h"

/* A call has just failed with `code`. True if that was because Winsock was not started, and it is
 * now: the call is to be made again. */
bool xsock__startup_helps(int code);

#endif
