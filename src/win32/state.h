/* What a socket is, and how far it has got: asked after a call has failed, to tell apart what Windows has one
 * code for. */
#ifndef XSOCK__WIN32_STATE_H
#define XSOCK__WIN32_STATE_H

#include "native.h"

int xsock__state_type(SOCKET s);   /* SOCK_STREAM ...; 0: it is no socket */
int xsock__state_family(SOCKET s); /* AF_INET ...; AF_UNSPEC: likewise */
bool xsock__state_listens(SOCKET s);
bool xsock__state_has_address(SOCKET s);
bool xsock__state_has_peer(SOCKET s); /* also while it is only being connected */

/* A stream that never was connected, or failed to be: also one that is being connected just now. */
bool xsock__state_is_unconnected(SOCKET s);

/* A call with this address has failed with this code, which may mean that it is not of the socket's family:
 * then WSAEAFNOSUPPORT, else the code. */
int xsock__state_check_family(SOCKET s, const struct xsock__sys_addr *a, int code);

/* To the unspecified address and a port of the system's choice. INET and INET6 only: WSAEINVAL. */
int xsock__state_bind_any(SOCKET s);

enum xsock__state_connect {
    XSOCK__STATE_IDLE,       /* no stream, or not connecting */
    XSOCK__STATE_CONNECTING, /* or has been connected just now */
    XSOCK__STATE_FAILED
};

/* How the connect of a stream goes that can't send yet. */
enum xsock__state_connect xsock__state_connect(SOCKET s);

#endif
