/* Addresses: connects that are tried once only, ports that are used up, and groups. */
#include "fake_win32.h"

#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

typedef int WSAAPI connect_fn(SOCKET s, const struct sockaddr *a, int size);
typedef int WSAAPI sendto_fn(SOCKET s, const char *buf, int len, int flags,
                             const struct sockaddr *to, int size);

typedef int WSAAPI get_name_fn(SOCKET s, struct sockaddr *a, int *size);

static connect_fn *own_connect, *own_bind;
static get_name_fn *own_get_name;
static sendto_fn *own_sendto;
static SOCKET impatient; /* the last socket that was told to try once */

int fake_win32_set_initial_rto(uintptr_t s)
{
    fake_win32.impatient_connects++;
    impatient = s;
    return 0;
}

static int fail(int code)
{
    WSASetLastError(code);
    return SOCKET_ERROR;
}

/* With its patience, the system would try until there is space in the backlog. */
static int WSAAPI fake_connect(SOCKET s, const struct sockaddr *a, int size)
{
    if (fake_win32.no_port_left)
        return fail(WSAENOBUFS);
    if (fake_win32.backlog_is_full && s == impatient)
        return fail(WSAECONNREFUSED);
    return own_connect(s, a, size);
}

static bool is_group(const struct sockaddr *a)
{
    if (a->sa_family == AF_INET)
        return (((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr & 0xf0) == 0xe0;
    return ((const struct sockaddr_in6 *)(const void *)a)->sin6_addr.s6_addr[0] == 0xff;
}

static int WSAAPI fake_bind(SOCKET s, const struct sockaddr *a, int size)
{
    if (fake_win32.no_port_left && ((const struct sockaddr_in *)(const void *)a)->sin_port == 0)
        return fail(WSAENOBUFS);
    if (s == fake_win32.stale_handle)
        return fail(WSAEINVAL);
    if (fake_win32.binds_no_group && is_group(a))
        return fail(WSAEADDRNOTAVAIL);
    return own_bind(s, a, size);
}

static int WSAAPI fake_sendto(SOCKET s, const char *buf, int len, int flags,
                              const struct sockaddr *to, int size)
{
    return fake_win32.no_port_left ? fail(WSAENOBUFS) : own_sendto(s, buf, len, flags, to, size);
}

static int WSAAPI fake_get_name(SOCKET s, struct sockaddr *a, int *size)
{
    return s == fake_win32.stale_handle ? fail(WSAEINVAL) : own_get_name(s, a, size);
}

/* ---- Names ----------------------------------------------------------------------------------- */

typedef INT WSAAPI get_name_info(const SOCKADDR *a, socklen_t size, WCHAR *host, DWORD host_size,
                                 WCHAR *service, DWORD service_size, INT flags);

static get_name_info *own_name_info;

/* Tells the code as its result, and leaves the last error of some call before it. */
static INT WSAAPI fake_name_info(const SOCKADDR *a, socklen_t size, WCHAR *host, DWORD host_size,
                                 WCHAR *service, DWORD service_size, INT flags)
{
    if (fake_win32.name_result == 0)
        return own_name_info(a, size, host, host_size, service, service_size, flags);
    WSASetLastError(WSAEWOULDBLOCK);
    return fake_win32.name_result;
}

void fake_win32_install_connect(void)
{
    const char *dll = "ws2_32.dll";
    own_connect =
        (connect_fn *)fake_win32_replace(dll, "connect", (fake_win32_function *)fake_connect);
    own_bind = (connect_fn *)fake_win32_replace(dll, "bind", (fake_win32_function *)fake_bind);
    own_get_name =
        (get_name_fn *)fake_win32_replace(dll, "getsockname", (fake_win32_function *)fake_get_name);
    own_sendto = (sendto_fn *)fake_win32_replace(dll, "sendto", (fake_win32_function *)fake_sendto);
    own_name_info = (get_name_info *)fake_win32_replace(dll, "GetNameInfoW",
                                                        (fake_win32_function *)fake_name_info);
}
