/* <sys/time.h> of xsock-posix: select() is declared there too, as in Linux and in BSD. */
#ifndef XSOCK_POSIX_SYS_TIME_H
#define XSOCK_POSIX_SYS_TIME_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#if defined(_MSC_VER)
#include <time.h>
#include <xsock_posix/types.h>

struct timeval { /* as in Winsock's header */
    long tv_sec;
    long tv_usec;
};

XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(int, gettimeofday, (struct timeval *out, void *zone));
XSOCK_POSIX_END
#else
#include_next <sys/time.h>
#endif
#include <sys/select.h>
#endif
