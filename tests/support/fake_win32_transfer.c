/* Sending and receiving: memory that can be locked is short. */
#include "fake_win32.h"

#include <winsock2.h>
#include <windows.h>

typedef int WSAAPI send_fn(SOCKET s, const char *buf, int len, int flags);
typedef int WSAAPI recvfrom_fn(SOCKET s, char *buf, int len, int flags, struct sockaddr *from,
                               int *size);
typedef int WSAAPI recv_fn(SOCKET s, char *buf, int len, int flags);
typedef int WSAAPI wsa_send_fn(SOCKET s, WSABUF *v, DWORD n, DWORD *sent, DWORD flags,
                               WSAOVERLAPPED *o, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
typedef int WSAAPI wsa_recv_fn(SOCKET s, WSABUF *v, DWORD n, DWORD *got, DWORD *flags,
                               WSAOVERLAPPED *o, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
typedef int WSAAPI wsa_recvfrom_fn(SOCKET s, WSABUF *v, DWORD n, DWORD *got, DWORD *flags,
                                   struct sockaddr *from, int *size, WSAOVERLAPPED *o,
                                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);

typedef int WSAAPI wsa_sendto_fn(SOCKET s, WSABUF *v, DWORD n, DWORD *sent, DWORD flags,
                                 const struct sockaddr *to, int size, WSAOVERLAPPED *o,
                                 LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);

static send_fn *own_send;
static recv_fn *own_recv;
static recvfrom_fn *own_recvfrom;
static wsa_send_fn *own_wsa_send;
static wsa_recv_fn *own_wsa_recv;
static wsa_recvfrom_fn *own_wsa_recvfrom;
static wsa_sendto_fn *own_wsa_sendto;

static bool is_stale(SOCKET s)
{
    if (s != fake_win32.stale_handle || s == 0)
        return false;
    fake_win32.stale_calls++;
    WSASetLastError(WSAEINVAL);
    return true;
}

static bool is_too_large(size_t bytes)
{
    if (fake_win32.locked_max == 0 || bytes <= fake_win32.locked_max)
        return false;
    fake_win32.too_large_calls++;
    WSASetLastError(WSAENOBUFS);
    return true;
}

static bool are_too_large(const WSABUF *v, DWORD n)
{
    size_t sum = 0;
    for (DWORD i = 0; i < n; i++)
        sum += v[i].len;
    return is_too_large(sum);
}

static int WSAAPI fake_send(SOCKET s, const char *buf, int len, int flags)
{
    int type = 0, size = (int)sizeof type;
    if (fake_win32.locked_max != 0)
        (void)fake_win32_ask_option(s, SOL_SOCKET, SO_TYPE, (char *)&type, &size);
    bool fails =
        type == SOCK_STREAM && is_too_large((size_t)len); /* not more than a datagram has */
    int rc = fails ? SOCKET_ERROR : own_send(s, buf, len, flags);
    if (rc != SOCKET_ERROR)
        fake_win32_was_sent(s, NULL);
    return rc;
}

static int WSAAPI fake_recvfrom(SOCKET s, char *buf, int len, int flags, struct sockaddr *from,
                                int *size)
{
    bool fails = is_stale(s) || is_too_large((size_t)len) || fake_win32_reports(s, true);
    return fails ? SOCKET_ERROR : own_recvfrom(s, buf, len, flags, from, size);
}

static int WSAAPI fake_recv(SOCKET s, char *buf, int len, int flags)
{
    return fake_win32_reports(s, false) ? SOCKET_ERROR : own_recv(s, buf, len, flags);
}

static int WSAAPI fake_wsa_send(SOCKET s, WSABUF *v, DWORD n, DWORD *sent, DWORD flags,
                                WSAOVERLAPPED *o, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    return are_too_large(v, n) ? SOCKET_ERROR : own_wsa_send(s, v, n, sent, flags, o, routine);
}

static int WSAAPI fake_wsa_recv(SOCKET s, WSABUF *v, DWORD n, DWORD *got, DWORD *flags,
                                WSAOVERLAPPED *o, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    return are_too_large(v, n) ? SOCKET_ERROR : own_wsa_recv(s, v, n, got, flags, o, routine);
}

static int WSAAPI fake_wsa_recvfrom(SOCKET s, WSABUF *v, DWORD n, DWORD *got, DWORD *flags,
                                    struct sockaddr *from, int *size, WSAOVERLAPPED *o,
                                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    bool fails = is_stale(s) || are_too_large(v, n) || fake_win32_reports(s, true);
    return fails ? SOCKET_ERROR : own_wsa_recvfrom(s, v, n, got, flags, from, size, o, routine);
}

static int WSAAPI fake_wsa_sendto(SOCKET s, WSABUF *v, DWORD n, DWORD *sent, DWORD flags,
                                  const struct sockaddr *to, int size, WSAOVERLAPPED *o,
                                  LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    int rc = own_wsa_sendto(s, v, n, sent, flags, to, size, o, routine);
    if (rc == 0)
        fake_win32_was_sent(s, to);
    return rc;
}

void fake_win32_install_transfer(void)
{
    const char *dll = "ws2_32.dll";
    own_send = (send_fn *)fake_win32_replace(dll, "send", (fake_win32_function *)fake_send);
    own_recv = (recv_fn *)fake_win32_replace(dll, "recv", (fake_win32_function *)fake_recv);
    own_recvfrom =
        (recvfrom_fn *)fake_win32_replace(dll, "recvfrom", (fake_win32_function *)fake_recvfrom);
    own_wsa_send =
        (wsa_send_fn *)fake_win32_replace(dll, "WSASend", (fake_win32_function *)fake_wsa_send);
    own_wsa_sendto = (wsa_sendto_fn *)fake_win32_replace(dll, "WSASendTo",
                                                         (fake_win32_function *)fake_wsa_sendto);
    own_wsa_recv =
        (wsa_recv_fn *)fake_win32_replace(dll, "WSARecv", (fake_win32_function *)fake_wsa_recv);
    own_wsa_recvfrom = (wsa_recvfrom_fn *)fake_win32_replace(
        dll, "WSARecvFrom", (fake_win32_function *)fake_wsa_recvfrom);
}
