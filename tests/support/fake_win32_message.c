/* Messages: the control data that is sent, and control data that the test receives. */
#include "fake_win32.h"

#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <string.h>
#include <windows.h>

typedef int WSAAPI wsa_sendmsg(SOCKET s, WSAMSG *m, DWORD flags, DWORD *sent, WSAOVERLAPPED *o,
                               LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
typedef int WSAAPI get_option(SOCKET s, int level, int name, char *value, int *size);

static LPFN_WSARECVMSG own_recvmsg;
static get_option *own_get_option;

static wsa_sendmsg *own_sendmsg;

/* ---- Datagrams that come as one --------------------------------------------------------------
 * They are sent as one, without the record of their size, which a message that is received gets. */

enum { SEND_SIZE = 2, COALESCED_SIZE = 3 }; /* options and records of IPPROTO_UDP */

static DWORD joined_size;

/* As WSA_CMSGDATA_ALIGN, which not all headers have. */
static size_t aligned(size_t n)
{
    return (n + sizeof(SIZE_T) - 1) / sizeof(SIZE_T) * sizeof(SIZE_T);
}

static int send_joined(SOCKET s, const WSAMSG *m, DWORD flags, DWORD *sent, WSAOVERLAPPED *o,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    const size_t at = aligned(sizeof(WSACMSGHDR));
    WSACMSGHDR c = {0, 0, 0};
    WSAMSG plain = *m;
    if (m->Control.len >= at + sizeof joined_size)
        memcpy(&c, m->Control.buf, sizeof c);
    if (c.cmsg_level == IPPROTO_UDP && c.cmsg_type == SEND_SIZE)
        memcpy(&joined_size, m->Control.buf + at, sizeof joined_size);
    plain.Control.len = 0;
    return own_sendmsg(s, &plain, flags, sent, o, routine);
}

static void tell_joined(WSAMSG *m)
{
    const size_t at = aligned(sizeof(WSACMSGHDR));
    const WSACMSGHDR c = {at + sizeof joined_size, IPPROTO_UDP, COALESCED_SIZE};
    if (joined_size == 0 || m->Control.len < at + aligned(sizeof joined_size))
        return;
    memcpy(m->Control.buf, &c, sizeof c);
    memcpy(m->Control.buf + at, &joined_size, sizeof joined_size);
    m->Control.len = (ULONG)(at + aligned(sizeof joined_size));
    joined_size = 0;
}

/* ---- Messages -------------------------------------------------------------------------------- */

/* May be sent to nobody. */
static int WSAAPI fake_sendmsg(SOCKET s, WSAMSG *m, DWORD flags, DWORD *sent, WSAOVERLAPPED *o,
                               LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    if (fake_win32.joins_datagrams)
        return send_joined(s, m, flags, sent, o, routine);
    if (!fake_win32.keeps_messages)
        return own_sendmsg(s, m, flags, sent, o, routine);
    fake_win32.sent_size = m->Control.len;
    memcpy(fake_win32.sent, m->Control.buf, m->Control.len);
    *sent = 0;
    for (DWORD i = 0; i < m->dwBufferCount; i++)
        *sent += m->lpBuffers[i].len;
    return 0;
}

static int PASCAL fake_recvmsg(SOCKET s, WSAMSG *m, DWORD *got, WSAOVERLAPPED *o,
                               LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    const ULONG room = m->Control.len;
    int rc = fake_win32_reports(s, true) ? SOCKET_ERROR : own_recvmsg(s, m, got, o, routine);
    if (rc != 0)
        return rc;
    if (fake_win32.joins_datagrams && !fake_win32.omits_segments) {
        m->Control.len = room;
        tell_joined(m);
    }
    if (fake_win32.comes_size != 0) {
        memcpy(m->Control.buf, fake_win32.comes, fake_win32.comes_size);
        m->Control.len = (ULONG)fake_win32.comes_size;
    }
    if (!fake_win32.control_is_cut)
        return 0;
    m->dwFlags |= MSG_CTRUNC;
    WSASetLastError(WSAEMSGSIZE);
    return SOCKET_ERROR;
}

void fake_win32_wrap_recvmsg(void *inout_function)
{
    static const LPFN_WSARECVMSG none;
    if (fake_win32.lacks_recvmsg) {
        memcpy(inout_function, &none, sizeof none);
        return;
    }
    const LPFN_WSARECVMSG fake = fake_recvmsg;
    memcpy(&own_recvmsg, inout_function, sizeof own_recvmsg);
    memcpy(inout_function, &fake, sizeof fake);
}

int fake_win32_ask_option(uintptr_t s, int level, int name, char *value, int *size)
{
    return own_get_option(s, level, name, value, size);
}

static int WSAAPI fake_get_option(SOCKET s, int level, int name, char *value, int *size)
{
    if (fake_win32.checks_start && closesocket(INVALID_SOCKET) != 0
        && WSAGetLastError() == WSANOTINITIALISED)
        return SOCKET_ERROR;
    if (fake_win32.joins_datagrams && level == IPPROTO_UDP) {
        const DWORD of_socket = name == COALESCED_SIZE ? fake_win32.coalesces_to : 0;
        memcpy(value, &of_socket, sizeof of_socket);
        return 0;
    }
    fake_win32.type_questions += level == SOL_SOCKET && name == SO_TYPE;
    fake_win32.listen_questions += level == SOL_SOCKET && name == SO_ACCEPTCONN;
    return own_get_option(s, level, name, value, size);
}

bool fake_win32_takes_option(int level, int name, const char *value)
{
    if (fake_win32.keeps_ties && name == IP_UNICAST_IF
        && (level == IPPROTO_IP || level == IPPROTO_IPV6)) { /* they have one number */
        memcpy(level == IPPROTO_IP ? &fake_win32.tie_of_ipv4 : &fake_win32.tie_of_ipv6, value,
               sizeof fake_win32.tie_of_ipv4);
        return true;
    }
    if (!fake_win32.joins_datagrams || level != IPPROTO_UDP || name != COALESCED_SIZE)
        return false;
    memcpy(&fake_win32.coalesces_to, value, sizeof fake_win32.coalesces_to);
    return true;
}

void fake_win32_install_message(void)
{
    own_get_option = (get_option *)fake_win32_replace("ws2_32.dll", "getsockopt",
                                                      (fake_win32_function *)fake_get_option);
    own_sendmsg = (wsa_sendmsg *)fake_win32_replace("ws2_32.dll", "WSASendMsg",
                                                    (fake_win32_function *)fake_sendmsg);
}
