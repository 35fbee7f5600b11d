/* What every file of the Windows backend includes first: the system's headers in the only order
 * that works, and what some of them lack. */
#ifndef XSOCK__WIN32_NATIVE_H
#define XSOCK__WIN32_NATIVE_H

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#if !defined(_WIN32_WINNT) || _WIN32_WINNT < 0x0601 /* a larger project may ask for less */
#undef _WIN32_WINNT
#undef NTDDI_VERSION
#define _WIN32_WINNT 0x0601 /* Windows 7 */
#endif

/* winsock2.h comes first, or windows.h would bring in the old winsock.h, which contradicts it. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys.h"

/* In Microsoft's headers, and not in all of mingw-w64's (10.0 lacks the first two, older ones the
 * third). */
#ifndef AF_HYPERV
#define AF_HYPERV 34
#endif
#ifndef SIO_UDP_NETRESET
#define SIO_UDP_NETRESET _WSAIOW(IOC_VENDOR, 15)
#endif
#ifndef SIO_AF_UNIX_GETPEERPID /* <afunix.h>, which came with the SDK of Windows 10 1803 */
#define SIO_AF_UNIX_GETPEERPID _WSAIOR(IOC_VENDOR, 256)
#endif
#ifndef WSA_FLAG_NO_HANDLE_INHERIT
#define WSA_FLAG_NO_HANDLE_INHERIT 0x80
#endif

/* The code of the Winsock or Win32 call that has just failed. It must be asked for at once, because
 * nearly every call overwrites it. It is never 0, which would read as success: a layered provider
 * that fails without a code has been seen. */
int xsock__win32_error(void);

#endif
