/* Socket pairs, of two loopback sockets: Windows has no socketpair(), in any family.
 *
 * Any process of the machine can connect to a loopback port, so the ends of a stream make sure of
 * each other: see meet.c. Exclusive use of the ports keeps others from taking them over, as
 * SO_REUSEADDR lets them on Windows. No handle is inheritable before the pair is complete. */
#include "win32/meet.h"
#include "win32/send_recv.h"

#include <string.h>

enum { PATIENCE_MS = 5000 };

static const struct xsock__sys_triple tcp = {AF_INET, SOCK_STREAM, IPPROTO_TCP};
static const struct xsock__sys_triple udp = {AF_INET, SOCK_DGRAM, IPPROTO_UDP};

/* ---- Addresses ------------------------------------------------------------------------------- */

/* Binds to a free port of the loopback interface, for this socket alone. */
static int bind_exclusively(SOCKET s)
{
    const BOOL on = TRUE;
    struct sockaddr_in a;

    memset(&a, 0, sizeof a);
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (setsockopt(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (const char *)&on, sizeof on) != 0
        || bind(s, (const struct sockaddr *)&a, (int)sizeof a) != 0)
        return xsock__win32_error();
    return 0;
}

/* Returns 0 also if the connect is under way. */
static int connect_to(SOCKET s, SOCKET target)
{
    struct sockaddr_in a;
    int size = (int)sizeof a;
    int code;

    if (getsockname(target, (struct sockaddr *)&a, &size) != 0)
        return xsock__win32_error();
    if (connect(s, (const struct sockaddr *)&a, (int)sizeof a) != 0) {
        code = xsock__win32_error();
        if (code != WSAEWOULDBLOCK)
            return code;
    }
    return 0;
}

static int open_internal(const struct xsock__sys_triple *t, SOCKET *out)
{
    uintptr_t h;
    int code = xsock__sys_open(t, true, &h);

    if (code == 0)
        *out = h;
    return code;
}

static void close_if_open(SOCKET s)
{
    if (s != INVALID_SOCKET)
        xsock__sys_close(s);
}

/* ---- Streams --------------------------------------------------------------------------------- */

struct stream {
    SOCKET listener, client, server; /* INVALID_SOCKET: not there (yet) */
    ULONGLONG deadline;              /* GetTickCount64's milliseconds */
};

static DWORD remaining_ms(const struct stream *b)
{
    ULONGLONG now = GetTickCount64();

    return now < b->deadline ? (DWORD)(b->deadline - now) : 0;
}

static int listen_exclusively(struct stream *b)
{
    int code = open_internal(&tcp, &b->listener);

    if (code == 0)
        code = bind_exclusively(b->listener);
    if (code != 0)
        return code;
    /* The backlog is larger than the one connection that is expected: a stranger in the queue must
     * not make the system refuse ours. */
    return listen(b->listener, SOMAXCONN) == 0 ? 0 : xsock__win32_error();
}

static struct timeval remaining_time(const struct stream *b)
{
    DWORD ms = remaining_ms(b);

    return (struct timeval){(long)(ms / 1000), (long)(ms % 1000) * 1000};
}

/* Uses select(), because WSAPoll does not report a failed connection before Windows 10 2004. */
static int wait_connected(const struct stream *b)
{
    struct timeval timeout = remaining_time(b);
    fd_set done, failed;
    int code = 0;
    int size = (int)sizeof code;
    int n;

    done.fd_count = failed.fd_count = 1;
    done.fd_array[0] = failed.fd_array[0] = b->client;
    n = select(0, NULL, &done, &failed, &timeout);
    if (n == SOCKET_ERROR)
        return xsock__win32_error();
    if (n == 0)
        return WSAETIMEDOUT;
    if (failed.fd_count == 0)
        return 0;
    if (getsockopt(b->client, SOL_SOCKET, SO_ERROR, (char *)&code, &size) != 0)
        return xsock__win32_error();
    return code != 0 ? code
                     : WSAECONNREFUSED; /* "not always immediately set", says its documentation */
}

static int set_nodelay(SOCKET s)
{
    const DWORD on = 1;

    if (setsockopt(s, IPPROTO_TCP, TCP_NODELAY, (const char *)&on, sizeof on) != 0)
        return xsock__win32_error();
    return 0;
}

static int build_stream(struct stream *b)
{
    int code = listen_exclusively(b);

    if (code == 0)
        code = open_internal(&tcp, &b->client);
    if (code == 0)
        code = connect_to(b->client, b->listener);
    if (code == 0)
        code = wait_connected(b);
    if (code == 0)
        code = xsock__meet(b->listener, b->client, b->deadline, &b->server);
    if (code == 0)
        code = set_nodelay(b->client); /* as data in a real pair never waits for more */
    if (code == 0)
        code = set_nodelay(b->server);
    return code;
}

static int pair_stream(SOCKET out[2])
{
    struct stream b = {INVALID_SOCKET, INVALID_SOCKET, INVALID_SOCKET, 0};
    int code;

    b.deadline = GetTickCount64() + PATIENCE_MS;
    code = build_stream(&b);
    close_if_open(b.listener);
    if (code != 0) {
        close_if_open(b.client);
        close_if_open(b.server);
        return code;
    }
    out[0] = b.client;
    out[1] = b.server;
    return 0;
}

/* ---- Datagrams ------------------------------------------------------------------------------- */

/* A connected socket takes datagrams from its peer only; what strangers sent between bind and
 * connect is in its queue, and goes. WSAEMSGSIZE: it was longer than the buffer, and is gone as
 * well; the other two are reports of ICMP on systems where they can't be turned off. */
static int drain(SOCKET s)
{
    int reports = 0;
    char byte;

    for (;;) {
        if (recv(s, &byte, 1, 0) == SOCKET_ERROR) {
            int code = xsock__win32_error();
            bool is_report = code == WSAECONNRESET || code == WSAENETRESET;

            if (code == WSAEWOULDBLOCK)
                return 0;
            if (code != WSAEMSGSIZE && (!is_report || ++reports == XSOCK__REPORTS_MAX))
                return code;
        }
    }
}

static int build_dgram(SOCKET s[2])
{
    int code = 0;

    for (int i = 0; i < 2 && code == 0; i++) {
        code = open_internal(&udp, &s[i]);
        if (code == 0)
            code = bind_exclusively(s[i]);
    }
    for (int i = 0; i < 2 && code == 0; i++)
        code = connect_to(s[i], s[1 - i]);
    for (int i = 0; i < 2 && code == 0; i++)
        code = drain(s[i]);
    return code;
}

/* Unlike in a real pair, a datagram that finds the receiver's buffer full is lost, and the longest
 * is 65507 bytes. */
static int pair_dgram(SOCKET out[2])
{
    SOCKET s[2] = {INVALID_SOCKET, INVALID_SOCKET};
    int code = build_dgram(s);

    if (code != 0) {
        close_if_open(s[0]);
        close_if_open(s[1]);
        return code;
    }
    out[0] = s[0];
    out[1] = s[1];
    return 0;
}

int xsock__sys_pair(const struct xsock__sys_triple *t, bool cloexec, uintptr_t out[2])
{
    SOCKET s[2] = {INVALID_SOCKET, INVALID_SOCKET};
    int code;

    if (t->type == SOCK_STREAM)
        code = pair_stream(s);
    else if (t->type == SOCK_DGRAM)
        code = pair_dgram(s);
    else
        code = WSAESOCKTNOSUPPORT;
    if (code != 0)
        return code;
    if (!cloexec) {
        code = xsock__sys_set_cloexec(s[0], false);
        if (code == 0)
            code = xsock__sys_set_cloexec(s[1], false);
        if (code != 0) {
            xsock__sys_close(s[0]);
            xsock__sys_close(s[1]);
            return code;
        }
    }
    out[0] = s[0];
    out[1] = s[1];
    return 0;
}
