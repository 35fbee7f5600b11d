#include "state.h"

#include "afd.h"
#include "machine.h"

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

    return xsock__state_type(s) == SOCK_STREAM &&
           getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &size) == 0 && seconds == UINT32_MAX;
}

/* WSAEOPNOTSUPP is Wine's. */
int xsock__state_check_family(SOCKET s, const struct xsock__sys_addr *a, int code)
{
    int family;

    if (code != WSAEFAULT && code != WSAEINVAL && code != WSAEADDRNOTAVAIL && code != WSAEOPNOTSUPP)
        return code;
    family = xsock__state_family(s);
    return family != AF_UNSPEC && family != xsock__machine_family(a) ? WSAEAFNOSUPPORT : code;
}

int xsock__state_bind_any(SOCKET s)
{
    struct xsock__sys_addr a;
    int family = xsock__state_family(s);

    if (family != AF_INET && family != AF_INET6)
        return WSAEINVAL;
    xsock__machine_unspecified(family, &a);
    if (bind(s, (const struct sockaddr *)(const void *)a.bytes, (int)a.length) != 0)
        return xsock__win32_error();
    return 0;
}

enum xsock__state_connect xsock__state_connect(SOCKET s)
{
    ULONG events = 0;
    LONG status = 0;

    if (xsock__state_type(s) != SOCK_STREAM ||
        xsock__afd_ask(s, XSOCK__AFD_CONNECT | XSOCK__AFD_CONNECT_FAILED, &events, &status) != 0)
        return XSOCK__STATE_IDLE;
    if (events & XSOCK__AFD_CONNECT_FAILED)
        return XSOCK__STATE_FAILED;
    if (events & XSOCK__AFD_CONNECT)
        return XSOCK__STATE_CONNECTING;
    return xsock__state_has_peer(s) && !xsock__state_listens(s) ? XSOCK__STATE_CONNECTING : XSOCK__STATE_IDLE;
}
