/* What waiting for one call and waiting in a poller have in common. */
#ifndef XSOCK__WIN32_WAIT_H
#define XSOCK__WIN32_WAIT_H

#include "win32/native.h"

/* For the system's waits: -1 is INFINITE. Rounded up: a wait that comes back early costs another.
 * Longer ones than a DWORD holds come back early. */
DWORD xsock__wait_ms(int64_t ns);

/* Have both ends of a stream ended sending? `events` are the driver's. */
bool xsock__wait_has_hung_up(SOCKET s, ULONG events);

#endif
