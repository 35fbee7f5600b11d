/* Starting and stopping the system's sockets, for all tables. */
#ifndef XSOCK__SOCKET_START_H
#define XSOCK__SOCKET_START_H

#include <stdint.h>

#include "base/atomic.h"

/* Starts the system if it is not started. Nobody can stop the system between this and the caller's
 * use of it: the caller has reserved a number, and xsock__stop looks for one after it has marked
 * the system as stopped. */
extern xsock__atomic_int xsock__start_running;
int xsock__start_first(void);
static inline int xsock__start(void)
{
    return xsock__atomic_load(&xsock__start_running) ? 0 : xsock__start_first();
}

/* Stops the system. -XSOCK_EBUSY if a descriptor is open in some table, or a call has not left a
 * closed one yet. */
int xsock__stop(void);

/* The errors that xsock_probe, xsock_pair and xsock_adopt give for their arguments. They need no
 * descriptor. */
int xsock__probe(int af, int type, int protocol);
int xsock__probe_pair(int af, int type, int protocol);
int xsock__probe_handle(uintptr_t handle);

#endif
