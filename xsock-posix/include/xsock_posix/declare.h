/* How the headers of xsock-posix declare a call. The functions of the library have the prefix
 * xsock_posix_. A program that includes these headers calls them by the names of POSIX:
 *
 * - The declaration gives the name of POSIX the symbol of the library (asm label). Nothing is a
 *   macro, so members of structures may be called "close" or "read".
 * - XSOCK_POSIX_BUILD, the library itself: names are as they are in the library, and the compiler
 *   compares each definition with the declaration that programs see.
 *
 * Both, and #include_next, need GCC or Clang. */
#ifndef XSOCK_POSIX_DECLARE_H
#define XSOCK_POSIX_DECLARE_H

#pragma GCC system_header

#if defined(__FreeBSD__)
#include <sys/cdefs.h> /* tells __BSD_VISIBLE */
#endif
#if defined(__linux__)
#include <features.h>
#ifndef __GLIBC__
#include <stdint.h> /* tells whether musl has _REDIR_TIME64 */
#endif
#endif

/* glibc renames a dozen calls then, and a call can have one symbol only. */
#if defined(__USE_TIME_BITS64) && defined(__TIMESIZE) && __TIMESIZE == 32
#error "xsock-posix does not know glibc's calls for _TIME_BITS of 64"
#endif

#define XSOCK_POSIX_TEXT_OF(x) #x
#define XSOCK_POSIX_TEXT(x) XSOCK_POSIX_TEXT_OF(x)

/* XSOCK_POSIX_CALL declares a call. XSOCK_POSIX_SAME takes a call that the system's header has
 * declared already, with the system's type. XSOCK_POSIX_SAME_ADDR is for calls that take a struct
 * sockaddr: glibc gives them a type that no standard definition has, so that the library itself
 * does not compare them. XSOCK_POSIX_ALIASED is for calls that macOS gives a symbol of its own:
 * there the headers define macros, as a call can have one symbol only. XSOCK_POSIX_TIMED is for
 * calls that take a time: macOS does the same with some, and so does musl where a long has 32
 * bits. */
#if defined(XSOCK_POSIX_BUILD)
#define XSOCK_POSIX_ALIASED(name) XSOCK_POSIX_SAME(name)
#define XSOCK_POSIX_TIMED(name) XSOCK_POSIX_SAME(name)
#define XSOCK_POSIX_SAME_ADDR(name) struct xsock_posix_same_addr_##name
#define XSOCK_POSIX_CALL(result, name, parameters) result xsock_posix_##name parameters
#define XSOCK_POSIX_SAME(name) extern __typeof__(name) xsock_posix_##name
#elif defined(__GNUC__) || defined(__clang__)
/* FreeBSD has macros for some names (inet_addr). The symbol has the name as it is written here. */
#define XSOCK_POSIX_LABEL(text) \
    __asm__(XSOCK_POSIX_TEXT(__USER_LABEL_PREFIX__) "xsock_posix_" text)
#define XSOCK_POSIX_CALL(result, name, parameters) \
    extern result name parameters XSOCK_POSIX_LABEL(#name)
#define XSOCK_POSIX_SAME(name) extern __typeof__(name) name XSOCK_POSIX_LABEL(#name)
#if defined(__APPLE__)
#define XSOCK_POSIX_ALIASED(name) extern __typeof__(name) xsock_posix_##name
#else
#define XSOCK_POSIX_ALIASED(name) extern __typeof__(name) name XSOCK_POSIX_LABEL(#name)
#endif
#if defined(__APPLE__) || defined(_REDIR_TIME64)
#define XSOCK_POSIX_TIMED_BY_MACRO 1
#define XSOCK_POSIX_TIMED(name) extern __typeof__(name) xsock_posix_##name
#else
#define XSOCK_POSIX_TIMED(name) XSOCK_POSIX_ALIASED(name)
#endif
#define XSOCK_POSIX_SAME_ADDR(name) XSOCK_POSIX_ALIASED(name)
#else
#error "xsock-posix needs GCC or Clang"
#endif

/* What the system's headers declare depends on what the program asks for. glibc tells by macros of
 * its own. */
#if defined(__GLIBC__) && !defined(__USE_XOPEN2K)
#define XSOCK_POSIX_HAS_2001 0
#else
#define XSOCK_POSIX_HAS_2001 1
#endif
#if defined(__GLIBC__) && !defined(__USE_MISC)
#define XSOCK_POSIX_HAS_MISC 0
#else
#define XSOCK_POSIX_HAS_MISC 1
#endif

#ifdef __cplusplus
#define XSOCK_POSIX_BEGIN extern "C" {
#define XSOCK_POSIX_END }
#else
#define XSOCK_POSIX_BEGIN
#define XSOCK_POSIX_END
#endif

/* windows.h includes winsock.h unless these are defined, and winsock.h declares the same names
 * with other types. */
#if defined(_WIN32)
#if defined(_WINSOCKAPI_) && !defined(XSOCK_POSIX_NO_WINSOCK)
#error "Winsock's headers are included already: define WIN32_LEAN_AND_MEAN for windows.h"
#endif
#ifndef XSOCK_POSIX_NO_WINSOCK
#define XSOCK_POSIX_NO_WINSOCK
#define _WINSOCKAPI_
#define _WINSOCK2API_
#define _WS2TCPIP_H_
#endif
#endif

#endif

/* Whether the system's header declares what Linux has beyond POSIX. A program may define
 * _GNU_SOURCE after the first system header: glibc has decided by then, and musl looks in each
 * header. FreeBSD does not look at _GNU_SOURCE. So each header that includes this file asks
 * again. */
#undef XSOCK_POSIX_HAS_GNU
#if defined(__GLIBC__)
#if defined(__USE_GNU)
#define XSOCK_POSIX_HAS_GNU 1
#endif
#elif defined(__FreeBSD__)
#if __BSD_VISIBLE
#define XSOCK_POSIX_HAS_GNU 1
#endif
#elif defined(_GNU_SOURCE) && !defined(__APPLE__)
#define XSOCK_POSIX_HAS_GNU 1
#endif
#ifndef XSOCK_POSIX_HAS_GNU
#define XSOCK_POSIX_HAS_GNU 0
#endif
