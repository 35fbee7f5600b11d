/* <sys/poll.h> of xsock-posix. glibc's <poll.h> includes <sys/poll.h>, and musl's the reverse. */
#ifndef XSOCK_POSIX_SYS_POLL_H
#define XSOCK_POSIX_SYS_POLL_H
#pragma GCC system_header
#if !defined(_WIN32)
#include_next <sys/poll.h>
#endif
#include <poll.h>
#endif
