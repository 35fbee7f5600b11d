/* <sys/unistd.h> of xsock-posix. On macOS <unistd.h> includes the system's. Elsewhere the system's
 * includes <unistd.h>. */
#ifndef XSOCK_POSIX_SYS_UNISTD_H
#define XSOCK_POSIX_SYS_UNISTD_H
#pragma GCC system_header
#if !defined(_WIN32) && __has_include_next(<sys/unistd.h>)
#include_next <sys/unistd.h>
#endif
#include <unistd.h>
#endif
