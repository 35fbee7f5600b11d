#include "win32/state.h"

int xsock__state_type(SOCKET s)
{
    int type = 0;
    int size = (int)sizeof type;

    return getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&type, &size) == 0 ? type : 0;
}

int xsock__state_family(SOCKET s)
{
    WSAPROTOCOL_INFOW info;
    int size = (int)sizeof info;

    if (getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &size) != 0)
        return AF_UNSPEC;
    return info.iAddressFamily;
}

bool xsock__state_listens(SOCKET s)
{
    DWORD on = 0; /* some providers fill in one byte */
    int size = (int)sizeof on;

    return getsockopt(s, SOL_SOCKET, SO_ACCEPTCONN, (char *)&on, &size) == 0 && on != 0;
}

bool xsock__state_has_address(SOCKET s)
{
    struct xsock__sys_addr a;
    int size = (int)sizeof a.bytes;

    return getsockname(s, (struct sockaddr *)(void *)a.bytes, &size) == 0;
}

bool xsock__state_has_peer(SOCKET s)
{
    struct xsock__sys_addr a;
    int size = (int)sizeof a.bytes;

    return getpeername(s, (struct sockaddr *)(void *)a.bytes, &size) == 0;
}

bool xsock__state_is_unconnected(SOCKET s)
{
    DWORD seconds = 0;
    int size = (int)sizeof seconds;

    return xsock__state_type(s) == SOCK_STREAM
           && getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &size) == 0
           && seconds == UINT32_MAX;
}
