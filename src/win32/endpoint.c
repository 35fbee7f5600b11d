/* Endpoints: bind, listen, connect, shutdown and names. (Accepting: accept.c.) */
#include "win32/afd.h"
#include "win32/own_addrs.h"
#include "win32/send_recv.h"
#include "win32/state.h"

#include <mstcpip.h>
#include <string.h>

static const struct sockaddr *native(const struct xsock__sys_addr *a)
{
    return (const struct sockaddr *)(const void *)a->bytes;
}

static bool is_internet(int family)
{
    return family == AF_INET || family == AF_INET6;
}

/* ---- bind and listen ------------------------------------------------------------------------- */

/* On Windows anybody who sets SO_REUSEADDR can take over a port, and even without it a wildcard and
 * a specific address can share a port. This option keeps the address for the socket alone. A
 * connection in TIME_WAIT does not hinder it, but an open one may.
 * https://learn.microsoft.com/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse */
static int take_alone(SOCKET s)
{
    const DWORD on = 1;

    if (setsockopt(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (const char *)&on, sizeof on) != 0)
        return xsock__win32_error();
    return 0;
}

/* WSAEACCES means that another socket has the address alone, or shares it only with sockets that
 * ask for it, or that the system has reserved the port (netsh int ipv4 show excludedportrange). No
 * port needs a privilege. WSAENOBUFS means that no port is left to choose. */
static int code_from_bind(const struct xsock__sys_addr *a, int code)
{
    bool in_use = code == WSAEACCES || code == WSAENOBUFS;

    return in_use && is_internet(xsock__own_addrs_family(a)) ? WSAEADDRINUSE : code;
}

static int bind_once(SOCKET s, const struct xsock__sys_addr *a)
{
    return bind(s, native(a), (int)a->length) == 0 ? 0 : xsock__win32_error();
}

/* Windows binds no socket to a group. Programs for POSIX systems do so, and then receive only what
 * is sent to the group; here they have the port of all addresses. */
int xsock__sys_bind(uintptr_t h, const struct xsock__sys_addr *a, bool exclusive)
{
    struct xsock__sys_addr any;
    int code = exclusive ? take_alone(h) : 0;

    if (code != 0)
        return code;
    code = bind_once(h, a);
    if (code == WSAEADDRNOTAVAIL && xsock__own_addrs_of_group(a, &any)
        && xsock__state_type(h) == SOCK_DGRAM)
        code = bind_once(h, &any);
    return code_from_bind(a, code);
}

/* Windows takes values up to 200, and cuts larger ones to 200, except SOMAXCONN, which is the
 * maximum. A negative number has another meaning (SOMAXCONN_HINT), and must not get through. */
static int clamp_backlog(int backlog)
{
    if (backlog <= 0)
        return 1;
    return backlog <= 200 ? backlog : SOMAXCONN;
}

int xsock__sys_listen(uintptr_t h, int backlog)
{
    return listen(h, clamp_backlog(backlog)) == 0 ? 0 : xsock__win32_error();
}

/* ---- connect --------------------------------------------------------------------------------- */

/* After a refusal Windows tries twice more, which takes two seconds. On its own machine that is of
 * no use where nobody listens. This option turns it off (Windows 10 1709 and later). A listener
 * whose backlog is full refuses, too: there the core tries again. */
static void refuse_at_once(SOCKET s)
{
    TCP_INITIAL_RTO_PARAMETERS p;
    DWORD n;

    p.Rtt = TCP_INITIAL_RTO_UNSPECIFIED_RTT;
    p.MaxSynRetransmissions = TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS;
    (void)WSAIoctl(s, SIO_TCP_INITIAL_RTO, &p, sizeof p, NULL, 0, &n, NULL, NULL);
}

/* A connected datagram socket reports that nobody is there. A socket without a peer never does: see
 * send_recv.c. */
static void report_unreachable(SOCKET s, bool on)
{
    BOOL value = on;
    DWORD n;

    (void)WSAIoctl(s, SIO_UDP_CONNRESET, &value, sizeof value, NULL, 0, &n, NULL, NULL);
}

/* Takes what was reported of datagrams to an earlier peer. A report ends a look at what has come,
 * and then it is gone. The look takes nothing else. Reports are refused meanwhile. If they cannot
 * be refused, somebody who sends them without end still does not hold up the call. */
static void drop_reports(SOCKET s)
{
    char byte;
    int left = XSOCK__REPORTS_MAX;
    int code;

    report_unreachable(s, false);
    do
        code = recv(s, &byte, 1, MSG_PEEK) == SOCKET_ERROR ? WSAGetLastError() : 0;
    while ((code == WSAECONNRESET || code == WSAENETRESET) && --left > 0);
}

/* WSAEWOULDBLOCK means that the connect is under way, and WSAENOBUFS that no port is left. A full
 * backlog of LOCAL refuses. */
static int connect_once(SOCKET s, const struct xsock__sys_addr *a)
{
    int code;

    if (connect(s, native(a), (int)a->length) == 0)
        return 0;
    code = xsock__win32_error();
    if (code == WSAENOBUFS && is_internet(xsock__own_addrs_family(a)))
        return WSAEADDRNOTAVAIL;
    return code == WSAEWOULDBLOCK ? WSAEINPROGRESS : code;
}

/* On Windows a stream that failed to connect can try again. Under Wine, as on Linux, the first try
 * only says that the attempt before was aborted. */
static int connect_stream(SOCKET s, const struct xsock__sys_addr *a)
{
    int code;

    if (is_internet(xsock__own_addrs_family(a)) && xsock__own_addrs_has(s, a))
        refuse_at_once(s);
    code = connect_once(s, a);
    return code == WSAECONNABORTED ? connect_once(s, a) : code;
}

/* Removes the peer. Some versions take an address of UNSPEC, and others the unspecified address, as
 * Winsock's documentation says. (For Wine the latter is this machine.) */
static int connect_to_none(SOCKET s)
{
    const uint16_t unspec = AF_UNSPEC;
    struct xsock__sys_addr none, zero;
    int family = xsock__state_family(s);

    if (!is_internet(family))
        return WSAEAFNOSUPPORT;
    xsock__own_addrs_unspecified(family, &zero);
    none = zero;
    memcpy(none.bytes, &unspec, sizeof unspec);
    if (connect(s, native(&none), (int)none.length) != 0
        && connect(s, native(&zero), (int)zero.length) != 0)
        return xsock__win32_error();
    report_unreachable(s, false);
    return 0;
}

/* SO_TYPE is not asked for a stream, because connecting is a frequent call. */
int xsock__sys_connect(uintptr_t h, bool stream, const struct xsock__sys_addr *a)
{
    int type, code;
    bool had_peer;

    if (stream)
        return connect_stream(h, a);
    if (xsock__own_addrs_family(a) == AF_UNSPEC)
        return connect_to_none(h);
    type = xsock__state_type(h);
    had_peer = type == SOCK_DGRAM && xsock__state_has_peer(h);
    code = connect_once(h, a);
    if (code == 0 && had_peer)
        drop_reports(h);
    if (code == 0 && type == SOCK_DGRAM)
        report_unreachable(h, true);
    return code;
}

/* Windows keeps the error after it was read, until it is set to something else. Wine keeps it until
 * a connect succeeds. A thread of Winsock sets SO_ERROR, so the error may come a moment after the
 * socket was reported as failed ("not always immediately set", says its documentation); the driver
 * knows it then. The error cannot be removed, so it may be returned twice in both cases. That is
 * better than not at all. */
int xsock__sys_take_error(uintptr_t h, int *out_code)
{
    const int none = 0;
    ULONG events = 0;
    LONG status = 0;
    int code = 0;
    int size = (int)sizeof code;

    if (getsockopt(h, SOL_SOCKET, SO_ERROR, (char *)&code, &size) != 0)
        return xsock__win32_error();
    if (code != 0)
        (void)setsockopt(h, SOL_SOCKET, SO_ERROR, (const char *)&none, sizeof none);
    else if (xsock__afd_ask(h, XSOCK__AFD_CONNECT_FAILED, &events, &status) == 0
             && (events & XSOCK__AFD_CONNECT_FAILED))
        code = status != 0 ? xsock__afd_code(status) : WSAECONNREFUSED;
    *out_code = code;
    return 0;
}

/* ---- shutdown and names ---------------------------------------------------------------------- */

/* Windows would shut down a datagram socket without a peer. */
int xsock__sys_shutdown(uintptr_t h, bool receive, bool send)
{
    int how = receive && send ? SD_BOTH : receive ? SD_RECEIVE : SD_SEND;

    if (xsock__state_type(h) == SOCK_DGRAM && !xsock__state_has_peer(h))
        return WSAENOTCONN;
    if (shutdown(h, how) != 0)
        return xsock__win32_error();
    return 0;
}

int xsock__sys_local_addr(uintptr_t h, struct xsock__sys_addr *out)
{
    struct xsock__sys_addr a = {0, {0}};
    int size = (int)sizeof a.bytes;

    if (getsockname(h, (struct sockaddr *)(void *)a.bytes, &size) != 0) {
        int code = xsock__win32_error();

        if (code != WSAEINVAL) /* the socket has no address */
            return code;
        size = 0;
    }
    a.length = (uint32_t)size;
    *out = a;
    return 0;
}

/* getpeername also returns the address of a peer that a stream is being connected to, or has failed
 * to connect to. */
int xsock__sys_peer_addr(uintptr_t h, struct xsock__sys_addr *out)
{
    struct xsock__sys_addr a = {0, {0}};
    int size = (int)sizeof a.bytes;

    if (getpeername(h, (struct sockaddr *)(void *)a.bytes, &size) != 0)
        return xsock__win32_error();
    if (xsock__state_is_unconnected(h))
        return WSAENOTCONN;
    a.length = (uint32_t)size;
    *out = a;
    return 0;
}

/* Windows tells only the process at the other end of a LOCAL stream. */
int xsock__sys_peer_cred(uintptr_t h, struct xsock_cred *out)
{
    const struct xsock_cred unknown = {-1, -1, -1, {0, 0, 0, 0}};
    ULONG process = 0;
    DWORD n;

    if (WSAIoctl(h, SIO_AF_UNIX_GETPEERPID, NULL, 0, &process, sizeof process, &n, NULL, NULL) != 0)
        return xsock__win32_error();
    *out = unknown;
    if (process != 0) /* 0 is the idle process, which opens no sockets */
        out->process = process;
    return 0;
}
