/* Messages: the control data that is sent, and control data that the test receives. */
#include "fake_win32.h"

#include <winsock2.h>
#include <mswsock.h>
#include <string.h>
#include <windows.h>

typedef int WSAAPI wsa_sendmsg(SOCKET s, WSAMSG *m, DWORD flags, DWORD *sent, WSAOVERLAPPED *o,
                               LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
typedef int WSAAPI get_option(SOCKET s, int level, int name, char *value, int *size);

static LPFN_WSARECVMSG own_recvmsg;
static get_option *own_get_option;

static wsa_sendmsg *own_sendmsg;

/* May be sent to nobody. */
static int WSAAPI fake_sendmsg(SOCKET s, WSAMSG *m, DWORD flags, DWORD *sent, WSAOVERLAPPED *o,
                               LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
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
    int rc = fake_win32_reports(s, true) ? SOCKET_ERROR : own_recvmsg(s, m, got, o, routine);
    if (rc != 0)
        return rc;
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
    fake_win32.type_questions += level == SOL_SOCKET && name == SO_TYPE;
    return own_get_option(s, level, name, value, size);
}

void fake_win32_install_message(void)
{
    own_get_option = (get_option *)fake_win32_replace("ws2_32.dll", "getsockopt",
                                                      (fake_win32_function *)fake_get_option);
    own_sendmsg = (wsa_sendmsg *)fake_win32_replace("ws2_32.dll", "WSASendMsg",
                                                    (fake_win32_function *)fake_sendmsg);
}
