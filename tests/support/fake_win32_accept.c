/* Accepting: connections that are gone when they are accepted. */
#include "fake_win32.h"

#include <winsock2.h>
#include <mswsock.h>
#include <string.h>
#include <windows.h>

typedef int WSAAPI wsa_ioctl(SOCKET s, DWORD code, void *in, DWORD in_size, void *out,
                             DWORD out_size, DWORD *n, WSAOVERLAPPED *o,
                             LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
typedef int WSAAPI set_option(SOCKET s, int level, int name, const char *value, int size);

static wsa_ioctl *own_ioctl;
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

static int WSAAPI fake_ioctl(SOCKET s, DWORD code, void *in, DWORD in_size, void *out,
                             DWORD out_size, DWORD *n, WSAOVERLAPPED *o,
                             LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    const GUID accept_ex = WSAID_ACCEPTEX;
    int rc = own_ioctl(s, code, in, in_size, out, out_size, n, o, routine);
    if (rc == 0 && code == SIO_GET_EXTENSION_FUNCTION_POINTER
        && memcmp(in, &accept_ex, sizeof accept_ex) == 0) {
        const LPFN_ACCEPTEX fake = fake_accept_ex;
        memcpy(&own_accept_ex, out, sizeof own_accept_ex);
        memcpy(out, &fake, sizeof fake);
    }
    return rc;
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
    own_ioctl = (wsa_ioctl *)fake_win32_replace("ws2_32.dll", "WSAIoctl",
                                                (fake_win32_function *)fake_ioctl);
    own_set_option = (set_option *)fake_win32_replace("ws2_32.dll", "setsockopt",
                                                      (fake_win32_function *)fake_set_option);
}
