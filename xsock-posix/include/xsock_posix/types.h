/* Types that several headers of POSIX share and that Windows lacks. */
#ifndef XSOCK_POSIX_TYPES_H
#define XSOCK_POSIX_TYPES_H

#pragma GCC system_header

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Microsoft's headers lack these. The guards are those of Wine's, which have them. */
#if defined(_MSC_VER)
#ifndef _SSIZE_T_DEFINED
#define _SSIZE_T_DEFINED
typedef ptrdiff_t ssize_t;
#endif
#ifndef _PID_T_DEFINED
#define _PID_T_DEFINED
typedef int pid_t;
#endif
#ifndef _MODE_T_DEFINED
#define _MODE_T_DEFINED
typedef unsigned short mode_t;
#endif
typedef unsigned int useconds_t;
#endif

typedef unsigned int socklen_t;
typedef unsigned short sa_family_t;
typedef uint16_t in_port_t;
typedef uint32_t in_addr_t;

/* Names that BSD's <sys/types.h> has, and that windows.h has too unless it is lean. */
typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef unsigned long u_long;
typedef uint8_t u_int8_t;
typedef uint16_t u_int16_t;
typedef uint32_t u_int32_t;

/* A set of signals, for ppoll() and pselect(). Windows has none to block. */
#ifndef _SIGSET_T_
#define _SIGSET_T_
typedef unsigned long long _sigset_t;
#endif
#if !defined(_POSIX) && !defined(XSOCK_POSIX_SIGSET)
#define XSOCK_POSIX_SIGSET
typedef _sigset_t sigset_t;
#endif

#endif
