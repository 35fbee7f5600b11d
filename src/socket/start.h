/* Starting and stopping the system's sockets, for all tables. */
#ifndef XSOCK__SOCKET_START_H
#define XSOCK__SOCKET_START_H

#include <stdint.h>

/* Starts the system if it is not started. The caller has reserved a descriptor, so that nobody
 * stops the system meanwhile (see start.c). */
int xsock__start(void);

/* Stops the system. -XSOCK_EBUSY if a descriptor is open in some table, or a call has not left a
 * closed one yet. */
int xsock__stop(void);

/* The errors that xsock_probe, xsock_pair and xsock_adopt give for their arguments. They need no
 * descriptor. */
int xsock__probe(int af, int type, int protocol);
int xsock__probe_pair(int af, int type, int protocol);
int xsock__probe_handle(uintptr_t handle);

#endif
