/* Sending and receiving. The flags OOB, PEEK and DONTROUTE have the numbers of Winsock's own. */
#include "win32/send_recv.h"

#include "win32/afd.h"
#include "win32/own_addrs.h"
#include "win32/state.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

_Static_assert((int)MSG_OOB == (int)XSOCK_MSG_OOB && (int)MSG_PEEK == (int)XSOCK_MSG_PEEK
                   && (int)MSG_DONTROUTE == (int)XSOCK_MSG_DONTROUTE,
               "flags are passed on as they are");

/* ---- How much at once ------------------------------------------------------------------------ */

enum { LEAST = 4096, LONGEST_DATAGRAM = 65536 };

size_t xsock__win32_smaller_send(SOCKET s, int code, size_t len)
{
    bool may_help = code == WSAENOBUFS && len > LEAST && xsock__state_type(s) == SOCK_STREAM;

    return may_help ? len / 2 : 0;
}

size_t xsock__win32_smaller_recv(SOCKET s, int code, size_t len)
{
    if (code == WSAENOBUFS && len > LONGEST_DATAGRAM)
        return len / 2 > LONGEST_DATAGRAM ? len / 2 : LONGEST_DATAGRAM;
    return xsock__win32_smaller_send(s, code, len);
}

/* ---- send ------------------------------------------------------------------------------------ */

static bool is_stream(SOCKET s)
{
    return xsock__state_type(s) == SOCK_STREAM;
}

/* Wine says that a stream which never had a peer was reset, and that a datagram without one is
 * invalid. */
int xsock__win32_code_from_send(SOCKET s, const struct xsock__sys_addr *to, int code)
{
    switch (code) {
    case WSAEINVAL:
        return !is_stream(s) && to == NULL && !xsock__state_has_peer(s) ? WSAEDESTADDRREQ : code;
    case WSAENETRESET: /* keep-alive has found nobody there */
        return is_stream(s) ? WSAETIMEDOUT : code;
    case WSAECONNRESET:
        if (!is_stream(s)) /* nobody was there for the one before */
            return WSAECONNREFUSED;
        return xsock__state_is_unconnected(s) ? WSAENOTCONN : code;
    case WSAENOBUFS: /* of a socket that still has no port: none was left for it */
        return to != NULL && !xsock__state_has_address(s) ? WSAEADDRNOTAVAIL : code;
    default:
        return code;
    }
}

static int send_once(SOCKET s, const char *buf, int len, int flags,
                     const struct xsock__sys_addr *to, int *out)
{
    int n;

    if (to == NULL)
        n = send(s, buf, len, flags);
    else
        n = sendto(s, buf, len, flags, (const struct sockaddr *)(const void *)to->bytes,
                   (int)to->length);
    if (n == SOCKET_ERROR)
        return xsock__win32_error();
    *out = n;
    return 0;
}

/* A report of an earlier datagram to somebody else: gone, now that it was told, and not our
 * business. */
static bool is_foreign_report(SOCKET s, int code)
{
    return (code == WSAECONNRESET || code == WSAENETRESET) && xsock__state_type(s) != SOCK_STREAM
           && (code == WSAENETRESET || !xsock__state_has_peer(s));
}

bool xsock__win32_skips_report(SOCKET s, int *code, int *reports)
{
    if (!is_foreign_report(s, *code))
        return false;
    if (++*reports < XSOCK__REPORTS_MAX)
        return true;
    *code = WSAEWOULDBLOCK;
    return false;
}

int xsock__sys_send(uintptr_t h, const void *buf, size_t len, int flags,
                    const struct xsock__sys_addr *to, size_t *out)
{
    size_t smaller = 0;
    int n = 0;
    int reports = 0;
    int code;

    if (len > XSOCK__TRANSFER_MAX && xsock__state_type(h) == SOCK_STREAM)
        len = XSOCK__TRANSFER_MAX;
    if (len > INT_MAX)
        return xsock__state_type(h) != 0 ? WSAEMSGSIZE : WSAENOTSOCK;
    do {
        len = smaller > 0 ? smaller : len;
        code = send_once(h, len > 0 ? buf : "", (int)len, flags & XSOCK__DATA_SEND_FLAGS, to, &n);
        smaller = xsock__win32_smaller_send(h, code, len);
    } while (smaller > 0 || xsock__win32_skips_report(h, &code, &reports));
    if (code != 0)
        return xsock__win32_code_from_send(h, to, code);
    *out = (size_t)n;
    return 0;
}

/* ---- recv ------------------------------------------------------------------------------------ */

struct receive {
    char *buf;
    int len, flags;
    struct xsock__sys_addr from;
    int n;
};

/* A stream leaves the address alone: the family stays UNSPEC. */
static int recv_once(SOCKET s, struct receive *r)
{
    int size = (int)sizeof r->from.bytes;

    memset(r->from.bytes, 0, sizeof(struct sockaddr));
    r->n = recvfrom(s, r->buf, r->len, r->flags, (struct sockaddr *)(void *)r->from.bytes, &size);
    if (r->n == SOCKET_ERROR) {
        int code = xsock__win32_error();

        if (code != WSAEMSGSIZE)
            return code;
        r->n = r->len; /* the rest is gone, these are there */
    }
    r->from.length = (uint32_t)size;
    if (xsock__own_addrs_family(&r->from) == AF_UNSPEC)
        r->from.length = 0;
    return 0;
}

/* POSIX systems wait on a datagram socket without an address; Windows does when it has one.
 * WSAEINVAL means that the socket has an address already. Either another thread has just given it
 * one; or it came by another handle, and Winsock, which keeps a part of the state with each handle,
 * does not know it for this one. Then this handle receives nothing, and waiting is in vain. */
static int bind_late(SOCKET s)
{
    struct xsock__sys_addr a;
    int family = xsock__state_family(s);
    int code = 0;

    if (family != AF_INET && family != AF_INET6)
        return WSAEINVAL;
    xsock__own_addrs_unspecified(family, &a);
    if (bind(s, (const struct sockaddr *)(const void *)a.bytes, (int)a.length) != 0)
        code = xsock__win32_error();
    return code == 0 || (code == WSAEINVAL && xsock__state_has_address(s)) ? WSAEWOULDBLOCK : code;
}

int xsock__win32_code_from_recv(SOCKET s, int flags, int code)
{
    switch (code) {
    case WSAEINVAL:
        return !is_stream(s) && !(flags & MSG_OOB) && !xsock__state_has_address(s) ? bind_late(s)
                                                                                   : code;
    case WSAEWOULDBLOCK: /* there is no waiting for out-of-band data */
        return flags & MSG_OOB ? WSAEINVAL : code;
    case WSAENETRESET: /* keep-alive has found nobody there */
        return is_stream(s) ? WSAETIMEDOUT : code;
    case WSAECONNRESET: /* of a connected datagram socket: nobody was there for what it sent */
        return is_stream(s) ? code : WSAECONNREFUSED;
    default:
        return code;
    }
}

/* The end of data: shut down here, or a message provider's way to say it. */
bool xsock__win32_recv_is_end(int code)
{
    return code == WSAESHUTDOWN || code == WSAEDISCON;
}

static int receive(SOCKET s, struct receive *r)
{
    size_t smaller = 0;
    int reports = 0;
    int code;

    do {
        r->len = smaller > 0 ? (int)smaller : r->len;
        code = recv_once(s, r);
        smaller = xsock__win32_smaller_recv(s, code, (size_t)r->len);
    } while (smaller > 0 || xsock__win32_skips_report(s, &code, &reports));
    if (xsock__win32_recv_is_end(code)) {
        r->n = 0;
        return 0;
    }
    return code != 0 ? xsock__win32_code_from_recv(s, r->flags, code) : 0;
}

int xsock__sys_recv(uintptr_t h, void *buf, size_t len, int flags, struct xsock__sys_addr *out_from,
                    size_t *out)
{
    struct receive r;
    char none[1];
    int code;

    memset(&r, 0, offsetof(struct receive, from));
    r.from.length = 0;
    r.n = 0;
    r.buf = len > 0 ? buf : none;
    r.len = len < XSOCK__TRANSFER_MAX ? (int)len : XSOCK__TRANSFER_MAX;
    r.flags = flags & XSOCK__DATA_RECV_FLAGS;
    /* With no room Winsock waits for data all the same, or refuses. */
    code = len == 0 && xsock__state_type(h) == SOCK_STREAM ? 0 : receive(h, &r);
    if (code != 0)
        return code;
    if (out_from != NULL)
        *out_from = r.from;
    *out = (size_t)r.n;
    return 0;
}

/* ---- What is there --------------------------------------------------------------------------- */

static int ask_size(SOCKET s, u_long *out)
{
    if (ioctlsocket(s, (long)FIONREAD, out) != 0)
        return xsock__win32_error();
    return 0;
}

/* FIONREAD of datagrams is the first one's size or, as some versions have it, that of all: a look
 * at the first, with room for either, tells. */
static int ask_first(SOCKET s, u_long total, size_t *out)
{
    size_t room = total < 65536 ? total : 65536;
    char *buf = xsock__sys_alloc(room);
    size_t n = 0;
    int code;

    if (buf == NULL)
        return WSA_NOT_ENOUGH_MEMORY;
    code = xsock__sys_recv(s, buf, room, XSOCK_MSG_PEEK, NULL, &n);
    xsock__sys_free(buf, room);
    if (code == WSAEWOULDBLOCK) /* another thread has received it */
        n = 0;
    else if (code != 0)
        return code;
    *out = n;
    return 0;
}

int xsock__sys_available(uintptr_t h, size_t *out)
{
    u_long total = 0;
    int code = ask_size(h, &total);

    if (code == WSAENOTCONN || xsock__win32_recv_is_end(code)) {
        code = 0;
        total = 0;
    }
    if (code != 0)
        return code;
    if (total > 0 && xsock__state_type(h) != SOCK_STREAM)
        return ask_first(h, total, out);
    *out = total;
    return 0;
}

static bool is_oob_inline(SOCKET s)
{
    DWORD on = 0;
    int size = (int)sizeof on;

    return getsockopt(s, SOL_SOCKET, SO_OOBINLINE, (char *)&on, &size) == 0 && on != 0;
}

/* SIOCATMARK is "nothing out-of-band is to be read", not "the mark is here".
 *   Inline, it is true at the mark, and also where there is none: then the answer here is that too.
 *   Out of line, Windows doesn't tell where the mark was. While the byte waits, and nothing else
 *   does, it is here;
 *   while data waits as well it is taken to be after that data; with the byte received there is no
 *   mark any more. So the loop that POSIX programs use, "read until at the mark", ends, and may
 *   have read too far. */
int xsock__sys_at_mark(uintptr_t h, bool *out)
{
    ULONG events = 0;
    LONG status = 0;
    u_long value = 0;
    int code;

    if (is_oob_inline(h)) {
        if (ioctlsocket(h, (long)SIOCATMARK, &value) != 0)
            return xsock__win32_error();
        *out = value != 0;
        return 0;
    }
    code = xsock__afd_ask(h, XSOCK__AFD_EXPEDITED, &events, &status);
    if (code == 0 && (events & XSOCK__AFD_EXPEDITED))
        code = ask_size(h, &value);
    if (code != 0)
        return code;
    *out = (events & XSOCK__AFD_EXPEDITED) && value == 0;
    return 0;
}
