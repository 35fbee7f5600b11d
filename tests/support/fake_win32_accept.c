/* Accepting: connections that are gone when they are accepted. */
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
    if (take_turn(&fake_win32.stolen_connections))
        discard(listener);
    if (!fake_win32.lost_at_update && take_turn(&fake_win32.lost_connections)) {
        discard(listener);
        WSASetLastError(fake_win32.lost_code);
        return FALSE;
    }
    return own_accept_ex(listener, s, out, data, local, remote, n, o);
}

void fake_win32_wrap_accept_ex(void *inout_function)
{
    const LPFN_ACCEPTEX fake = fake_accept_ex;
    memcpy(&own_accept_ex, inout_function, sizeof own_accept_ex);
    memcpy(inout_function, &fake, sizeof fake);
}

static int WSAAPI fake_set_option(SOCKET s, int level, int name, const char *value, int size)
{
    if (level == SOL_SOCKET && name == SO_UPDATE_ACCEPT_CONTEXT && fake_win32.lost_at_update
        && take_turn(&fake_win32.lost_connections)) {
        WSASetLastError(fake_win32.lost_code);
        return SOCKET_ERROR;
    }
    return own_set_option(s, level, name, value, size);
}

void fake_win32_install_accept(void)
{
    own_set_option = (set_option *)fake_win32_replace("ws2_32.dll", "setsockopt",
                                                      (fake_win32_function *)fake_set_option);
}
