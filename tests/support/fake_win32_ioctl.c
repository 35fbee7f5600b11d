/* WSAIoctl: the functions of providers, which it hands out, and what Wine lacks. */
#include "fake_win32.h"

#include <winsock2.h>
#include <mswsock.h>
#include <string.h>
#include <windows.h>

typedef int WSAAPI wsa_ioctl(SOCKET s, DWORD code, void *in, DWORD in_size, void *out,
                             DWORD out_size, DWORD *n, WSAOVERLAPPED *o,
                             LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);

#define INITIAL_RTO ((DWORD)_WSAIOW(IOC_VENDOR, 17)) /* SIO_TCP_INITIAL_RTO */

static wsa_ioctl *own_ioctl;

static void wrap(const GUID *id, void *inout_function)
{
    const GUID accept_ex = WSAID_ACCEPTEX, recvmsg = WSAID_WSARECVMSG;
    if (memcmp(id, &accept_ex, sizeof accept_ex) == 0)
        fake_win32_wrap_accept_ex(inout_function);
    if (memcmp(id, &recvmsg, sizeof recvmsg) == 0)
        fake_win32_wrap_recvmsg(inout_function);
}

static int WSAAPI fake_ioctl(SOCKET s, DWORD code, void *in, DWORD in_size, void *out,
                             DWORD out_size, DWORD *n, WSAOVERLAPPED *o,
                             LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    if (code == INITIAL_RTO)
        return fake_win32_set_initial_rto(s);
    int rc;
    if (fake_win32_set_reports(s, code, in, &rc))
        return rc;
    rc = own_ioctl(s, code, in, in_size, out, out_size, n, o, routine);
    if (rc == 0 && code == SIO_GET_EXTENSION_FUNCTION_POINTER)
        wrap(in, out);
    return rc;
}

void fake_win32_install_ioctl(void)
{
    own_ioctl = (wsa_ioctl *)fake_win32_replace("ws2_32.dll", "WSAIoctl",
                                                (fake_win32_function *)fake_ioctl);
}
