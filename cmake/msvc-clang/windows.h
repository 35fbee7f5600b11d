/* What Wine's header lacks of Microsoft's. */
#include_next <windows.h>
#ifndef XSOCK_MSVC_CLANG_WINDOWS_H
#define XSOCK_MSVC_CLANG_WINDOWS_H
WINBASEAPI BOOL WINAPI GetProcessHandleCount(HANDLE process, PDWORD count);
#endif
