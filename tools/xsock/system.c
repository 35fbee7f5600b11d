#if !defined(_WIN32) && !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif

#include "system.h"

#include <stdio.h>

#ifdef _WIN32

#include <winsock2.h>

#include <windows.h>

#include <stdlib.h>

typedef LONG(WINAPI version_fn)(OSVERSIONINFOW *);
typedef int(WSAAPI providers_fn)(int *, WSAPROTOCOL_INFOW *, DWORD *);

const char *system_name(void)
{
    static char text[64];
    OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    /* GetVersionEx reports Windows 8 to every program without a manifest. */
    FARPROC found = ntdll ? GetProcAddress(ntdll, "RtlGetVersion") : NULL;

    if (!found || ((version_fn *)(void (*)(void))found)(&version) != 0)
        return "Windows";
    snprintf(text, sizeof text, "Windows %lu.%lu.%lu%s", version.dwMajorVersion,
             version.dwMinorVersion, version.dwBuildNumber,
             ntdll && GetProcAddress(ntdll, "wine_get_version") ? " (Wine)" : "");
    return text;
}

int64_t system_handle_limit(void)
{
    return -1;
}

/* UDP_SEND_MSG_SIZE, since Windows 10 2004. */
bool system_segment_option(int *out_level, int *out_name)
{
    *out_level = IPPROTO_UDP;
    *out_name = 2;
    return true;
}

int system_providers(void (*fn)(const char *name, int family, int type, int protocol))
{
    /* The program does not link Winsock. If xsock is a DLL, only the DLL does. */
    HMODULE winsock = LoadLibraryW(L"ws2_32.dll");
    FARPROC found = winsock ? GetProcAddress(winsock, "WSAEnumProtocolsW") : NULL;
    providers_fn *ask = (providers_fn *)(void (*)(void))found;
    DWORD size = 0;
    int count = -1;

    if (!ask)
        return -1;
    ask(NULL, NULL, &size); /* this call fails, and sets the size */
    WSAPROTOCOL_INFOW *info = size > 0 ? malloc(size) : NULL;
    if (info)
        count = ask(NULL, info, &size);
    for (int i = 0; i < count; i++) {
        char name[256] = "?";

        WideCharToMultiByte(CP_UTF8, 0, info[i].szProtocol, -1, name, sizeof name, NULL, NULL);
        fn(name, info[i].iAddressFamily, info[i].iSocketType, info[i].iProtocol);
    }
    free(info);
    return count;
}

#else

#include <sys/resource.h>
#include <sys/utsname.h>

const char *system_name(void)
{
    static char text[256];
    struct utsname name;

    if (uname(&name) != 0)
        return "POSIX";
    snprintf(text, sizeof text, "%.60s %.100s %.60s", name.sysname, name.release, name.machine);
    return text;
}

int64_t system_handle_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY
        || limit.rlim_cur > (rlim_t)INT32_MAX)
        return -1;
    return (int64_t)limit.rlim_cur;
}

/* UDP_SEGMENT of SOL_UDP, since Linux 4.18. */
bool system_segment_option(int *out_level, int *out_name)
{
#ifdef __linux__
    *out_level = 17;
    *out_name = 103;
    return true;
#else
    *out_level = *out_name = 0;
    return false;
#endif
}

int system_providers(void (*fn)(const char *name, int family, int type, int protocol))
{
    (void)fn;
    return -1;
}

#endif
