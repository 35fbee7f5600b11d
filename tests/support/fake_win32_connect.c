/* Connecting: what becomes of it if the system tries once only, and no port is left. */
#include "fake_win32.h"

#include <winsock2.h>
#include <windows.h>

typedef int WSAAPI connect_fn(SOCKET s, const struct sockaddr *a, int size);

static connect_fn *own_connect;
static SOCKET impatient; /* the last socket that was told to try once */

int fake_win32_set_initial_rto(uintptr_t s)
{
    fake_win32.impatient_connects++;
    impatient = s;
    return 0;
}

/* With its patience, the system would try until there is space in the backlog. */
static int WSAAPI fake_connect(SOCKET s, const struct sockaddr *a, int size)
{
    if (fake_win32.backlog_is_full && s == impatient) {
        WSASetLastError(WSAECONNREFUSED);
        return SOCKET_ERROR;
    }
    return own_connect(s, a, size);
}

void fake_win32_install_connect(void)
{
    own_connect = (connect_fn *)fake_win32_replace("ws2_32.dll", "connect",
                                                   (fake_win32_function *)fake_connect);
}
