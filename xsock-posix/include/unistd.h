/* <unistd.h> of xsock-posix: the calls on descriptors take sockets too. */
#ifndef XSOCK_POSIX_UNISTD_H
#define XSOCK_POSIX_UNISTD_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#if defined(_WIN32)
#include <io.h>
#if defined(_MSC_VER)
#include <direct.h>
#include <process.h>
#ifndef STDIN_FILENO
#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#endif
#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif
#ifndef F_OK
#define F_OK 0
#define X_OK 0 /* every file that is there */
#define W_OK 2
#define R_OK 4
#endif
#else
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
#if defined(_MSC_VER)
XSOCK_POSIX_CALL(unsigned int, sleep, (unsigned int seconds));
XSOCK_POSIX_CALL(int, usleep, (useconds_t us));
#endif
XSOCK_POSIX_END
#else
#include_next <unistd.h>
XSOCK_POSIX_BEGIN
XSOCK_POSIX_ALIASED(close);
XSOCK_POSIX_ALIASED(read);
XSOCK_POSIX_ALIASED(write);
XSOCK_POSIX_SAME(dup);
XSOCK_POSIX_SAME(dup2);
/* The child of vfork() has the memory of its parent, but numbers of its own. A number that the
 * child closed or replaced would be gone in the parent's library. */
#ifndef XSOCK_POSIX_BUILD
#define vfork fork
#endif
#if XSOCK_POSIX_HAS_GNU
XSOCK_POSIX_SAME(dup3);
#endif
XSOCK_POSIX_END
#if defined(__APPLE__) && !defined(XSOCK_POSIX_BUILD)
#define close xsock_posix_close
#define read xsock_posix_read
#define write xsock_posix_write
#endif
#endif
#endif
