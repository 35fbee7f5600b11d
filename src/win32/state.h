/* What a socket is, and how far it has got: asked after a call has failed, to tell apart what
 * Windows has one code for. */
#ifndef XSOCK__WIN32_STATE_H
#define XSOCK__WIN32_STATE_H

#include "win32/native.h"

int xsock__state_type(SOCKET s);   /* SOCK_STREAM ...; 0: it is no socket, see xsock__win32_error */
int xsock__state_family(SOCKET s); /* AF_INET ...; AF_UNSPEC: likewise */
bool xsock__state_listens(SOCKET s);
bool xsock__state_has_address(SOCKET s);
bool xsock__state_has_peer(SOCKET s); /* also while it is only being connected */

/* A stream that never was connected, or failed to be, or is being connected just now. */
bool xsock__state_is_unconnected(SOCKET s);

#endif
