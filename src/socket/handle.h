/* The system's handles for triples: opening them, and which triples the system has. */
#ifndef XSOCK__SOCKET_HANDLE_H
#define XSOCK__SOCKET_HANDLE_H

#include <stdint.h>

/* Opens a handle. Returns 0, or the error of the truth table or of the system. `type` may have
 * flags. A *protocol of 0 becomes the default. */
int xsock__handle_open(int af, int type, int *protocol, uintptr_t *out);

/* The error that opening would give, 0 if there is none. */
int xsock__handle_probe(int af, int type, int protocol);

/* The error of a triple for a pair, 0 if there is none. A *protocol of 0 becomes the default. */
int xsock__handle_check_pair(int af, int type, int *protocol);

/* Makes a pair of LOCAL for a triple that has passed that check. `type` may have flags. */
int xsock__handle_pair(int type, int protocol, uintptr_t out[2]);

#endif
