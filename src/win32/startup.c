/* Starting and stopping Winsock, and the facts of this backend. */
#include "win32/startup.h"

#include "win32/afd.h"

static const char never;

/* Loopback stands in for LOCAL pairs even where Windows has AF_UNIX. AF_UNIX has streams only, no
 * socketpair(), and no way for two ends to make sure of each other, because all unnamed ends look
 * the same. */
const struct xsock__sys_facts xsock__sys_facts = {
    .alone = &never,
    .errors = NULL, /* Winsock's rows are numbers: the core has them */
    .error_count = 0,
    .pair_emulated = true,
    .edges_need_use = true,
    .readiness_omits = true,
    .out_is_connected = true, /* a stream without a peer is ready for nothing, or has failed */
    .refusals_mislead = true,
    .shutdown_discards = true,
    .shutdown_is_silent = true,
    .usual = {{AF_INET, SOCK_STREAM, IPPROTO_TCP},
              {AF_INET, SOCK_DGRAM, IPPROTO_UDP},
              {AF_INET6, SOCK_STREAM, IPPROTO_TCP},
              {AF_INET6, SOCK_DGRAM, IPPROTO_UDP},
              {AF_UNIX, SOCK_STREAM, 0},
              {AF_UNIX, SOCK_DGRAM, 0}},
};

/* Never called from DllMain: WSAStartup loads libraries, which the loader lock forbids. Winsock
 * counts its starts, so a program that starts and cleans it up itself does no harm. */
int xsock__sys_startup(void)
{
    const WORD version = MAKEWORD(2, 2);
    WSADATA data;
    int code =
        WSAStartup(version, &data); /* returns the code: WSAGetLastError doesn't work before it */

    if (code != 0)
        return code;
    if (data.wVersion != version) { /* a Winsock too old for 2.2 succeeds with the best it has */
        WSACleanup();
        return WSAVERNOTSUPPORTED;
    }
    return 0;
}

void xsock__sys_cleanup(void)
{
    xsock__afd_stop();
    WSACleanup();
}

static SRWLOCK restart_lock = SRWLOCK_INIT;

/* A component that cleans up once too often ends Winsock for all, and takes the start of ours. Its
 * sockets are gone, but new ones can be made. Of several threads that find this out, one starts
 * Winsock: a number that is no socket tells the others that it is started. */
bool xsock__startup_helps(int code)
{
    int why = 0;

    if (code != WSANOTINITIALISED)
        return false;
    AcquireSRWLockExclusive(&restart_lock);
    if (closesocket(INVALID_SOCKET) != 0 && WSAGetLastError() == WSANOTINITIALISED)
        why = xsock__sys_startup();
    ReleaseSRWLockExclusive(&restart_lock);
    return why == 0;
}
