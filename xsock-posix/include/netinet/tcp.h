/* <netinet/tcp.h> of xsock-posix. On Windows the numbers are those of Linux. */
#ifndef XSOCK_POSIX_NETINET_TCP_H
#define XSOCK_POSIX_NETINET_TCP_H

#pragma GCC system_header

#if defined(_WIN32)
#define TCP_NODELAY 1
#define TCP_MAXSEG 2
#define TCP_KEEPIDLE 4
#define TCP_KEEPINTVL 5
#define TCP_KEEPCNT 6
#define TCP_USER_TIMEOUT 18
#define TCP_FASTOPEN 23
#else
#include_next <netinet/tcp.h>
#endif
#endif
