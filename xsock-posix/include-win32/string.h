/* <string.h> of xsock-posix: on Windows strerror() knows the errors of sockets. */
#ifndef XSOCK_POSIX_STRING_H
#define XSOCK_POSIX_STRING_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#define strerror xsock_posix_hidden_strerror
#include_next <string.h>
#undef strerror
XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(char *, strerror, (int number));
XSOCK_POSIX_CALL(int, strerror_r, (int number, char *buf, size_t size));
XSOCK_POSIX_END
#endif
