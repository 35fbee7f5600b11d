/* Sockets: made, duplicated, closed, and what a handle is. */
#include "win32/socket.h"

#include "win32/startup.h"

static int create_once(const struct xsock__sys_triple *t, WSAPROTOCOL_INFOW *info, DWORD flags,
                       SOCKET *out)
{
    *out = WSASocketW(t->family, t->type, t->protocol, info, 0, flags);
    return *out != INVALID_SOCKET ? 0 : xsock__win32_error();
}

static int create_with(const struct xsock__sys_triple *t, WSAPROTOCOL_INFOW *info, DWORD flags,
                       SOCKET *out)
{
    int code = create_once(t, info, flags, out);

    return xsock__startup_helps(code) ? create_once(t, info, flags, out) : code;
}

/* An inheritable handle is what Windows makes unless told otherwise. The flag that tells otherwise
 * came with Windows 7 SP1; what is older refuses it with WSAEINVAL, which may also be the true
 * answer: then the second attempt gives it again. Without OVERLAPPED, which socket() implies and
 * WSASocketW doesn't, a call could never be cancelled. `info` is from WSADuplicateSocketW, or NULL.
 */
static int create(const struct xsock__sys_triple *t, WSAPROTOCOL_INFOW *info, bool cloexec,
                  SOCKET *out)
{
    DWORD flags = WSA_FLAG_OVERLAPPED;
    SOCKET s;
    int code;

    if (cloexec) {
        code = create_with(t, info, flags | WSA_FLAG_NO_HANDLE_INHERIT, &s);
        if (code == 0)
            *out = s;
        if (code != WSAEINVAL)
            return code;
    }
    code = create_with(t, info, flags, &s);
    if (code != 0)
        return code;
    if (cloexec) {
        code = xsock__sys_set_cloexec(s, true);
        if (code != 0) {
            closesocket(s);
            return code;
        }
    }
    *out = s;
    return 0;
}

static void refuse_report(SOCKET s, DWORD ioctl)
{
    BOOL off = FALSE;
    DWORD n;

    (void)WSAIoctl(s, ioctl, &off, sizeof off, NULL, 0, &n, NULL, NULL);
}

/* What xsock promises of every new socket, but for non-blocking mode. */
static int set_up(SOCKET s, const struct xsock__sys_triple *t)
{
    bool internet = t->family == AF_INET || t->family == AF_INET6;

    if (t->family == AF_INET6) { /* Windows' default is on, Linux' off */
        DWORD off = 0;
        /* A raw socket has no use for it, and need not take it. */
        if (setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, (const char *)&off, sizeof off) != 0
            && t->type != SOCK_RAW)
            return xsock__win32_error();
    }
    if (internet && t->type == SOCK_DGRAM) {
        /* Or a receive would fail with what ICMP said of some datagram sent to somebody before.
         * Systems that don't know one of these (Wine: the second) send no such report, so a refusal
         * is no failure. */
        refuse_report(s, SIO_UDP_CONNRESET);
        refuse_report(s, SIO_UDP_NETRESET);
    }
    return 0;
}

int xsock__socket_open(const struct xsock__sys_triple *t, bool cloexec, SOCKET *out)
{
    SOCKET s = INVALID_SOCKET;
    int code = create(t, NULL, cloexec, &s);

    if (code != 0)
        return code;
    code = set_up(s, t);
    if (code != 0) {
        closesocket(s);
        return code;
    }
    *out = s;
    return 0;
}

int xsock__sys_open(const struct xsock__sys_triple *t, bool cloexec, uintptr_t *out)
{
    SOCKET s = INVALID_SOCKET;
    int code = xsock__socket_open(t, cloexec, &s);

    if (code != 0)
        return code;
    code = xsock__sys_set_nonblock(s, true);
    if (code != 0) {
        closesocket(s);
        return code;
    }
    *out = s;
    return 0;
}

/* DuplicateHandle copies the handle, but not what Winsock keeps of it: its documentation warns of
 * it, and layered providers fail on such a handle. WSADuplicateSocketW makes the new handle,
 * WSASocketW only takes it up, so that its flag can come too late; and Winsock keeps the
 * non-blocking mode with each handle: both are set again. */
int xsock__sys_dup(uintptr_t h, bool cloexec, uintptr_t *out)
{
    const struct xsock__sys_triple any = {FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO,
                                          FROM_PROTOCOL_INFO};
    WSAPROTOCOL_INFOW info;
    SOCKET s = INVALID_SOCKET;
    int code;

    if (WSADuplicateSocketW(h, GetCurrentProcessId(), &info) != 0)
        return xsock__win32_error();
    code = create(&any, &info, cloexec, &s);
    if (code != 0)
        return code;
    code = xsock__sys_set_cloexec(s, cloexec);
    if (code == 0)
        code = xsock__sys_set_nonblock(s, true);
    if (code != 0) {
        closesocket(s);
        return code;
    }
    *out = s;
    return 0;
}

/* With a linger time, closesocket waits; on a non-blocking socket it refuses with WSAEWOULDBLOCK
 * instead, and the socket stays open. Making it blocking would have it wait, and this call must
 * not. So it lingers in the background: what is unsent is still sent, as without the option. (A
 * time of 0, which resets the connection, is not refused.) Duplicates may lose the option with it,
 * which would mean the same to them. Other failures mean that Winsock has no such socket any more.
 * https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-closesocket */
void xsock__sys_close(uintptr_t h)
{
    if (closesocket(h) != 0 && WSAGetLastError() == WSAEWOULDBLOCK) {
        const struct linger background = {0, 0};

        (void)setsockopt(h, SOL_SOCKET, SO_LINGER, (const char *)&background, sizeof background);
        (void)closesocket(h);
    }
}

/* Wine has the time waited for as Linux does; Windows would refuse to close, and close again: see
 * above. */
void xsock__sys_forget_linger(uintptr_t h)
{
    struct linger l = {0, 0};
    int size = (int)sizeof l;

    if (getsockopt(h, SOL_SOCKET, SO_LINGER, (char *)&l, &size) != 0 || l.l_onoff == 0
        || l.l_linger == 0)
        return;
    l.l_onoff = 0;
    (void)setsockopt(h, SOL_SOCKET, SO_LINGER, (const char *)&l, sizeof l);
}

int xsock__sys_set_cloexec(uintptr_t h, bool on)
{
    if (!SetHandleInformation((HANDLE)h, HANDLE_FLAG_INHERIT, on ? 0 : HANDLE_FLAG_INHERIT))
        return xsock__win32_error();
    return 0;
}

int xsock__sys_set_nonblock(uintptr_t h, bool on)
{
    u_long mode = on ? 1 : 0;

    if (ioctlsocket(h, (long)FIONBIO, &mode) != 0)
        return xsock__win32_error();
    return 0;
}

static int ask_info(SOCKET s, WSAPROTOCOL_INFOW *out)
{
    int size = (int)sizeof *out;

    if (getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)out, &size) != 0)
        return xsock__win32_error();
    return 0;
}

/* Winsock says WSAENOTSOCK of whatever it doesn't know; whether there is such a handle the kernel
 * knows. It would also answer for numbers that are not in the handle table: (HANDLE)-1 .. -6 stand
 * for the process, the thread and their tokens. And it ignores the two lowest bits, so that one
 * socket would have four numbers: no socket has them set, only console handles before Windows 8. */
int xsock__sys_describe(uintptr_t h, struct xsock__sys_description *out)
{
    WSAPROTOCOL_INFOW info;
    DWORD flags = 0;
    int code;

    if ((intptr_t)h <= 0)
        return ERROR_INVALID_HANDLE;
    if (!GetHandleInformation((HANDLE)h, &flags))
        return xsock__win32_error();
    if ((h & 3) != 0)
        return WSAENOTSOCK;
    code = ask_info(h, &info);
    if (xsock__startup_helps(code))
        code = ask_info(h, &info);
    if (code != 0)
        return code;
    out->triple.family = info.iAddressFamily;
    out->triple.type = info.iSocketType;
    out->triple.protocol = info.iProtocol; /* 0 for raw sockets */
    out->cloexec = (flags & HANDLE_FLAG_INHERIT) == 0;
    out->nonblock = false; /* FIONBIO can be set, but not asked for */
    return 0;
}
