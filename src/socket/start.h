/* Starting and stopping the system's sockets, for all tables. */
#ifndef XSOCK__SOCKET_START_H
#define XSOCK__SOCKET_START_H

#include <stdint.h>

/* Starts the system, once; a descriptor must be reserved while it is used. See start.c. */
int xsock__start(void);

/* Stops it. -XSOCK_EBUSY: a descriptor is open in some table, or its last call has not left it. */
int xsock__stop(void);

/* What xsock_probe, xsock_pair and xsock_adopt say of their arguments; they need no descriptor. */
int xsock__probe(int af, int type, int protocol);
int xsock__probe_pair(int af, int type, int protocol);
int xsock__probe_handle(uintptr_t handle);

#endif
