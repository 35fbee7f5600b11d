/* Sockets on loopback, for tests by the public calls. */
#ifndef XSOCK_TEST_SOCKETS_H
#define XSOCK_TEST_SOCKETS_H

#include <stddef.h>

#include "xsock.h"

/* 127.0.0.1, any port. */
struct xsock_addr sockets_loopback(void);

/* Two TCP sockets connected to each other, NONBLOCK. */
void sockets_tcp(int out[2]);

/* A LOCAL pair, NONBLOCK, of this type. */
void sockets_pair(int type, int out[2]);

/* Returns a NONBLOCK UDP socket that is bound on loopback, and its address. */
int sockets_udp(struct xsock_addr *out);

/* Sends one byte. */
void sockets_send(int d);

/* Receives until the call would block, or to the end. Returns how many bytes there were. */
size_t sockets_drain(int d);

/* Sends until the call would block. */
void sockets_fill(int d);

#ifdef __linux__
/* A LOCAL listener whose queue is full, and the connection that fills it: another connect waits. */
void sockets_full_listener(int out[2], struct xsock_addr *out_addr);
#endif

void sockets_close(int d);

#endif
