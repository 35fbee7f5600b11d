/* <fcntl.h> of xsock-posix. */
#ifndef XSOCK_POSIX_FCNTL_H
#define XSOCK_POSIX_FCNTL_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#if defined(_WIN32)
#include <io.h>
#include_next <fcntl.h>

/* open() of the library takes these. O_NONBLOCK has no meaning for files, and is taken away. */
#define O_NONBLOCK 0x800
#define O_NDELAY O_NONBLOCK
#define O_CLOEXEC _O_NOINHERIT
#define O_NOCTTY 0
#ifndef O_ACCMODE /* Microsoft's header has no such macro */
#define O_ACCMODE (O_RDONLY | O_WRONLY | O_RDWR)
#endif

#define F_DUPFD 0
#define F_GETFD 1
#define F_SETFD 2
#define F_GETFL 3
#define F_SETFL 4
#define F_DUPFD_CLOEXEC 1030
#define FD_CLOEXEC 1

XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(int, fcntl, (int d, int command, ...));
XSOCK_POSIX_END
#else
#include_next <fcntl.h>
/* A macro, because glibc gives fcntl() another symbol where _FILE_OFFSET_BITS is 64, and a call
 * can have one only. */
XSOCK_POSIX_BEGIN
int xsock_posix_fcntl(int d, int command, ...);
XSOCK_POSIX_END
#ifndef XSOCK_POSIX_BUILD
#define fcntl xsock_posix_fcntl
#endif
#endif
#endif
