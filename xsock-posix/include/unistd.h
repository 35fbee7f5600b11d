/* <unistd.h> of xsock-posix: the calls on descriptors take sockets too. */
#ifndef XSOCK_POSIX_UNISTD_H
#define XSOCK_POSIX_UNISTD_H

#include <xsock_posix/declare.h>
#if defined(__GNUC__)
#pragma GCC system_header
#endif

#if defined(_WIN32)
#include <io.h>
#if defined(__MINGW32__)
#include_next <unistd.h>
#endif
#undef SHUT_RD
#undef SHUT_WR
#undef SHUT_RDWR
#define SHUT_RD 0
#define SHUT_WR 1
#define SHUT_RDWR 2

XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(int, dup3, (int d, int to, int flags));
XSOCK_POSIX_CALL(int, pipe, (int out[2]));
XSOCK_POSIX_CALL(int, pipe2, (int out[2], int flags));
XSOCK_POSIX_CALL(int, getdtablesize, (void));
XSOCK_POSIX_CALL(int, gethostname, (char *name, size_t size));
XSOCK_POSIX_END
#else
#include_next <unistd.h>
XSOCK_POSIX_BEGIN
XSOCK_POSIX_SAME(close);
XSOCK_POSIX_SAME(read);
XSOCK_POSIX_SAME(write);
XSOCK_POSIX_SAME(dup);
XSOCK_POSIX_SAME(dup2);
#if XSOCK_POSIX_HAS_GNU
XSOCK_POSIX_SAME(dup3);
#endif
XSOCK_POSIX_END
#endif
#endif
