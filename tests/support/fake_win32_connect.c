/* Addresses: connects that are refused or have no answer, ports that are used up, and groups. */
#include "fake_win32.h"

#include <string.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <iphlpapi.h>
#include <windows.h>

typedef int WSAAPI connect_fn(SOCKET s, const struct sockaddr *a, int size);
typedef int WSAAPI sendto_fn(SOCKET s, const char *buf, int len, int flags,
                             const struct sockaddr *to, int size);

typedef int WSAAPI get_name_fn(SOCKET s, struct sockaddr *a, int *size);

static connect_fn *own_connect, *own_bind;
static get_name_fn *own_get_name;
static sendto_fn *own_sendto;
static SOCKET impatient; /* it was told to try once, and has not connected since */

static int fail(int code)
{
    WSASetLastError(code);
    return SOCKET_ERROR;
}

int fake_win32_set_initial_rto(uintptr_t s)
{
    if (fake_win32.lacks_initial_rto)
        return fail(WSAEOPNOTSUPP);
    fake_win32.impatient_connects++;
    impatient = s;
    return 0;
}

/* ---- Connects without an answer --------------------------------------------------------------
 * They go to a listener of the model whose backlog is full. The system below says nothing then. */

static SOCKET silent[4];
static struct sockaddr_in silent_addr;

static void make_silent_listener(void)
{
    int size = (int)sizeof silent_addr;
    u_long on = 1;
    if (silent[0] != 0)
        return;
    for (int i = 0; i < 4; i++) {
        silent[i] = socket(AF_INET, SOCK_STREAM, 0);
        ioctlsocket(silent[i], (long)FIONBIO, &on);
    }
    silent_addr.sin_family = AF_INET;
    silent_addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    own_bind(silent[0], (struct sockaddr *)&silent_addr, size);
    getsockname(silent[0], (struct sockaddr *)&silent_addr, &size);
    listen(silent[0], 1);
    for (int i = 1; i < 4; i++)
        own_connect(silent[i], (struct sockaddr *)&silent_addr, size);
}

void fake_win32_close_silent(void)
{
    for (int i = 0; i < 4; i++)
        if (silent[i] != 0)
            closesocket(silent[i]);
    memset(silent, 0, sizeof silent);
    memset(&silent_addr, 0, sizeof silent_addr);
}

static bool is_silent(SOCKET s, const struct sockaddr *a)
{
    return fake_win32.silent_port != 0 && s != impatient && a->sa_family == AF_INET
           && ((const struct sockaddr_in *)(const void *)a)->sin_port
                  == htons(fake_win32.silent_port);
}

static int WSAAPI fake_connect(SOCKET s, const struct sockaddr *a, int size)
{
    bool silent_now = is_silent(s, a);
    impatient = s == impatient ? 0 : impatient;
    if (fake_win32.no_port_left)
        return fail(WSAENOBUFS);
    if (fake_win32.full_backlogs > 0) {
        fake_win32.full_backlogs--;
        return fail(WSAECONNREFUSED);
    }
    if (!silent_now)
        return own_connect(s, a, size);
    make_silent_listener();
    return own_connect(s, (const struct sockaddr *)&silent_addr, (int)sizeof silent_addr);
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
    if (fake_win32.no_port_left)
        return fail(WSAENOBUFS);
    int rc = own_sendto(s, buf, len, flags, to, size);
    if (rc != SOCKET_ERROR)
        fake_win32_was_sent(s, to);
    return rc;
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

/* ---- Listeners ------------------------------------------------------------------------------- */

typedef DWORD WINAPI get_tcp_table(void *out, DWORD *size, BOOL order, ULONG family,
                                   TCP_TABLE_CLASS kind, ULONG reserved);

static get_tcp_table *own_tcp_table;

static DWORD WINAPI fake_tcp_table(void *out, DWORD *size, BOOL order, ULONG family,
                                   TCP_TABLE_CLASS kind, ULONG reserved)
{
    MIB_TCPTABLE_OWNER_PID t = {.dwNumEntries = 1};
    if (fake_win32.listed_port == 0 || family != AF_INET)
        return own_tcp_table(out, size, order, family, kind, reserved);
    t.table[0].dwState = MIB_TCP_STATE_LISTEN;
    t.table[0].dwLocalPort = htons(fake_win32.listed_port);
    if (*size < sizeof t)
        return ERROR_INSUFFICIENT_BUFFER;
    memcpy(out, &t, sizeof t);
    return NO_ERROR;
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
    own_tcp_table = (get_tcp_table *)fake_win32_replace("iphlpapi.dll", "GetExtendedTcpTable",
                                                        (fake_win32_function *)fake_tcp_table);
}
