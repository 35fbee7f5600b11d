/* <sys/fcntl.h> of xsock-posix. On macOS <fcntl.h> includes the system's, elsewhere the reverse. */
#ifndef XSOCK_POSIX_SYS_FCNTL_H
#define XSOCK_POSIX_SYS_FCNTL_H
#pragma GCC system_header
#if !defined(_WIN32) && __has_include_next(<sys/fcntl.h>)
#include_next <sys/fcntl.h>
#endif
#include <fcntl.h>
#endif
