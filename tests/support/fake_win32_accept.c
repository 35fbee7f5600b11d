/* Accepting: connections that are gone when they are accepted, that are a stranger's, or that some
 * software has redirected. */
#include "fake_win32.h"

#include <winsock2.h>
#include <mswsock.h>
#include <string.h>
#include <windows.h>

typedef int WSAAPI set_option(SOCKET s, int level, int name, const char *value, int size);

static set_option *own_set_option;
static LPFN_ACCEPTEX own_accept_ex;

static bool take_turn(int *times)
{
    if (*times == 0)
        return false;
    --*times;
    return true;
}

/* Accepts the connection and throws it away, as the program would have no use for it. */
static void discard(SOCKET listener)
{
    SOCKET s = accept(listener, NULL, NULL);
    if (s != INVALID_SOCKET)
        closesocket(s);
}

static BOOL PASCAL fake_accept_ex(SOCKET listener, SOCKET s, void *out, DWORD data, DWORD local,
                                  DWORD remote, DWORD *n, OVERLAPPED *o)
{
    fake_win32.accept_ex_calls++;
    if (fake_win32.resets_in_backlogs && fake_win32.accept_ex_calls % 3 == 0) {
        WSASetLastError(WSAECONNRESET);
        return FALSE;
    }
    if (take_turn(&fake_win32.stolen_connections))
        discard(listener);
    if (!fake_win32.lost_at_update && take_turn(&fake_win32.lost_connections)) {
        discard(listener);
        WSASetLastError(fake_win32.lost_code);
        return FALSE;
    }
    return own_accept_ex(listener, s, out, data, local, remote, n, o);
}

/* A layered provider has functions of its own. */
static BOOL PASCAL layered_accept_ex(SOCKET listener, SOCKET s, void *out, DWORD data, DWORD local,
                                     DWORD remote, DWORD *n, OVERLAPPED *o)
{
    return fake_accept_ex(listener, s, out, data, local, remote, n, o);
}

void fake_win32_wrap_accept_ex(void *inout_function)
{
    const LPFN_ACCEPTEX fake = fake_win32.refuses_cancel ? layered_accept_ex : fake_accept_ex;
    memcpy(&own_accept_ex, inout_function, sizeof own_accept_ex);
    memcpy(inout_function, &fake, sizeof fake);
}

static int WSAAPI fake_set_option(SOCKET s, int level, int name, const char *value, int size)
{
    if (fake_win32_takes_option(level, name, value))
        return 0;
    if (level == SOL_SOCKET && name == SO_UPDATE_ACCEPT_CONTEXT && fake_win32.lost_at_update
        && take_turn(&fake_win32.lost_connections)) {
        WSASetLastError(fake_win32.lost_code);
        return SOCKET_ERROR;
    }
    return own_set_option(s, level, name, value, size);
}

/* ---- Whose a connection is ------------------------------------------------------------------- */

typedef int WSAAPI listen_fn(SOCKET s, int backlog);
typedef int WSAAPI get_peer(SOCKET s, struct sockaddr *a, int *size);

enum { STRANGERS_MAX = 32 };
static listen_fn *own_listen;
static get_peer *own_get_peer;
static SOCKET strangers[STRANGERS_MAX];
static int stranger_count;

/* Connects to the listener before anybody else can. Every second stranger sends something. */
static void add_stranger(SOCKET listener)
{
    struct sockaddr_in a;
    int size = (int)sizeof a;
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    if (s == INVALID_SOCKET || getsockname(listener, (struct sockaddr *)&a, &size) != 0)
        return;
    connect(s, (struct sockaddr *)&a, size);
    if (stranger_count % 2 == 1)
        send(s, "0123456789abcdef0123", 20, 0);
    strangers[stranger_count++] = s;
}

static int WSAAPI fake_listen(SOCKET s, int backlog)
{
    int rc = own_listen(s, backlog);
    for (int i = 0; rc == 0 && i < fake_win32.strangers && stranger_count < STRANGERS_MAX; i++)
        add_stranger(s);
    return rc;
}

void fake_win32_close_strangers(void)
{
    while (stranger_count > 0)
        closesocket(strangers[--stranger_count]);
}

/* The peer of everybody is the software, at a port of its own. */
static int WSAAPI fake_get_peer(SOCKET s, struct sockaddr *a, int *size)
{
    int rc = own_get_peer(s, a, size);
    if (rc == 0 && fake_win32.redirects && a->sa_family == AF_INET)
        ((struct sockaddr_in *)(void *)a)->sin_port ^= 1;
    return rc;
}

void fake_win32_install_accept(void)
{
    own_listen =
        (listen_fn *)fake_win32_replace("ws2_32.dll", "listen", (fake_win32_function *)fake_listen);
    own_get_peer = (get_peer *)fake_win32_replace("ws2_32.dll", "getpeername",
                                                  (fake_win32_function *)fake_get_peer);
    own_set_option = (set_option *)fake_win32_replace("ws2_32.dll", "setsockopt",
                                                      (fake_win32_function *)fake_set_option);
}
