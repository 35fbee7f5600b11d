/* Reports of ICMP on UDP. Windows gives them to the next receive of the socket that has sent, also
 * to one without a peer, unless the socket has refused them. */
#include "fake_win32.h"

#include <winsock2.h>
#include <mswsock.h>
#include <string.h>
#include <windows.h>

#define CONNRESET ((DWORD)_WSAIOW(IOC_VENDOR, 12)) /* SIO_UDP_CONNRESET */
#define NETRESET ((DWORD)_WSAIOW(IOC_VENDOR, 15))  /* SIO_UDP_NETRESET */

typedef int WSAAPI close_fn(SOCKET s);
static close_fn *own_close;

enum { MAX = 64 };
struct socket {
    SOCKET s; /* 0: this place is free */
    bool refuses_unreachable, refuses_expired;
    int reports[4], count;
};

static SRWLOCK lock = SRWLOCK_INIT;
static struct socket sockets[MAX];
static unsigned receives;

/* Under the lock, as the two that follow. If all places are taken, the first one is used again. */
static struct socket *find(SOCKET s)
{
    struct socket *place = &sockets[0];
    for (int i = 0; i < MAX; i++) {
        if (sockets[i].s == s)
            return &sockets[i];
        if (sockets[i].s == 0)
            place = &sockets[i];
    }
    memset(place, 0, sizeof *place);
    place->s = s;
    return place;
}

static void add(struct socket *x, int code)
{
    bool refused = code == WSAECONNRESET ? x->refuses_unreachable : x->refuses_expired;
    if (!refused && x->count < 4)
        x->reports[x->count++] = code;
}

static int take(struct socket *x)
{
    int code = x->reports[0];
    x->count--;
    memmove(x->reports, x->reports + 1, sizeof x->reports - sizeof *x->reports);
    return code;
}

static bool is_udp(SOCKET s)
{
    int type = 0, size = (int)sizeof type;
    return fake_win32_ask_option(s, SOL_SOCKET, SO_TYPE, (char *)&type, &size) == 0
           && type == SOCK_DGRAM;
}

static bool has_peer(SOCKET s)
{
    struct sockaddr_storage a;
    int size = (int)sizeof a;
    return getpeername(s, (struct sockaddr *)&a, &size) == 0;
}

/* ---- The functions --------------------------------------------------------------------------- */

bool fake_win32_set_reports(uintptr_t s, uint32_t ioctl, const void *in, int *out_result)
{
    if (ioctl != CONNRESET && ioctl != NETRESET)
        return false;
    *out_result = 0;
    if (fake_win32.lacks_report_ioctls) {
        WSASetLastError(WSAEOPNOTSUPP);
        *out_result = SOCKET_ERROR;
        return true;
    }
    AcquireSRWLockExclusive(&lock);
    bool refuses = *(const BOOL *)in == FALSE;
    struct socket *x = find(s);
    if (ioctl == CONNRESET)
        x->refuses_unreachable = refuses;
    else
        x->refuses_expired = refuses;
    ReleaseSRWLockExclusive(&lock);
    return true;
}

static uint16_t port_of(SOCKET s, const void *to)
{
    struct sockaddr_in a = {0};
    int size = (int)sizeof a;
    if (to != NULL)
        memcpy(&a, to, sizeof a);
    else if (getpeername(s, (struct sockaddr *)&a, &size) != 0)
        return 0;
    return a.sin_family == AF_INET ? ntohs(a.sin_port) : 0;
}

void fake_win32_was_sent(uintptr_t s, const void *to)
{
    if (fake_win32.closed_port == 0 && fake_win32.far_port == 0)
        return;
    uint16_t port = port_of(s, to);
    AcquireSRWLockExclusive(&lock);
    if (port != 0 && port == fake_win32.closed_port)
        add(find(s), WSAECONNRESET);
    if (port != 0 && port == fake_win32.far_port)
        add(find(s), WSAENETRESET);
    ReleaseSRWLockExclusive(&lock);
}

/* What some datagram before has brought about, which the test knows nothing of. */
static void add_foreign(SOCKET s)
{
    unsigned n = (unsigned)InterlockedIncrement((volatile LONG *)&receives);
    if (!fake_win32.foreign_reports || n % 3 != 0 || !is_udp(s))
        return;
    bool connected = has_peer(s);
    AcquireSRWLockExclusive(&lock);
    add(find(s), n % 2 == 0 && !connected ? WSAECONNRESET : WSAENETRESET);
    ReleaseSRWLockExclusive(&lock);
}

bool fake_win32_reports(uintptr_t s, bool foreign_too)
{
    int code = 0;
    if (foreign_too)
        add_foreign(s);
    AcquireSRWLockExclusive(&lock);
    for (int i = 0; i < MAX && code == 0; i++)
        if (sockets[i].s == s && sockets[i].count > 0)
            code = take(&sockets[i]);
    if (code == 0 && fake_win32.flood > 0 && fake_win32.flood-- > 0)
        code = WSAECONNRESET;
    ReleaseSRWLockExclusive(&lock);
    if (code == 0)
        return false;
    fake_win32.reports_told++;
    WSASetLastError(code);
    return true;
}

static int WSAAPI fake_close(SOCKET s)
{
    AcquireSRWLockExclusive(&lock);
    for (int i = 0; i < MAX; i++)
        if (sockets[i].s == s)
            sockets[i].s = 0;
    ReleaseSRWLockExclusive(&lock);
    return own_close(s);
}

void fake_win32_install_reports(void)
{
    own_close = (close_fn *)fake_win32_replace("ws2_32.dll", "closesocket",
                                               (fake_win32_function *)fake_close);
}
