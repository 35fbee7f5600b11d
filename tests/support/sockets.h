/* Sockets that talk over loopback, for tests by the public calls. */
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

/* A UDP socket that has a port of loopback, NONBLOCK; its address. */
int sockets_udp(struct xsock_addr *out);

/* Sends one byte. */
void sockets_send(int d);

/* Receives until it would block, or the end; how much there was. */
size_t sockets_drain(int d);

/* Sends until it would block. */
void sockets_fill(int d);

void sockets_close(int d);

#endif
