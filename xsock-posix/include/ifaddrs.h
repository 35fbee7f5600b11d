/* <ifaddrs.h> of xsock-posix. */
#ifndef XSOCK_POSIX_IFADDRS_H
#define XSOCK_POSIX_IFADDRS_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#if defined(_WIN32)
#include <sys/socket.h>

struct ifaddrs {
    struct ifaddrs *ifa_next;
    char *ifa_name;
    unsigned int ifa_flags;
    struct sockaddr *ifa_addr;
    struct sockaddr *ifa_netmask;
    union {
        struct sockaddr *ifu_broadaddr;
        struct sockaddr *ifu_dstaddr;
    } ifa_ifu;
    void *ifa_data;
};
#define ifa_broadaddr ifa_ifu.ifu_broadaddr
#define ifa_dstaddr ifa_ifu.ifu_dstaddr

XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(int, getifaddrs, (struct ifaddrs **out));
XSOCK_POSIX_CALL(void, freeifaddrs, (struct ifaddrs *list));
XSOCK_POSIX_END
#else
#include_next <ifaddrs.h>
#endif
#endif
