/* <stdio.h> of xsock-posix: on Windows perror() knows the errors of sockets, and
 * fdopen() refuses a socket. */
#ifndef XSOCK_POSIX_STDIO_H
#define XSOCK_POSIX_STDIO_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#define perror xsock_posix_hidden_perror
#define fdopen xsock_posix_hidden_fdopen
#include <stdarg.h>
#include_next <stdio.h>
#undef perror
#undef fdopen
XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(void, perror, (const char *text));
XSOCK_POSIX_CALL(FILE *, fdopen, (int number, const char *mode));
XSOCK_POSIX_CALL(int, dprintf, (int number, const char *format, ...));
XSOCK_POSIX_CALL(int, vdprintf, (int number, const char *format, va_list arguments));
XSOCK_POSIX_END
#endif
