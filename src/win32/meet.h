/* How the two ends of a stream pair make sure of each other. */
#ifndef XSOCK__WIN32_MEET_H
#define XSOCK__WIN32_MEET_H

#include "win32/native.h"

/* Accepts connections until one is that of `client`, which is connected. `deadline` is in
 * milliseconds of GetTickCount64(); WSAETIMEDOUT: it has passed. */
int xsock__meet(SOCKET listener, SOCKET client, ULONGLONG deadline, SOCKET *out_server);

#endif
