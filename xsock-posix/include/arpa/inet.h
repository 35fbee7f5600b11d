/* <arpa/inet.h> of xsock-posix. */
#ifndef XSOCK_POSIX_ARPA_INET_H
#define XSOCK_POSIX_ARPA_INET_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#if defined(_WIN32)
#include <netinet/in.h>
XSOCK_POSIX_BEGIN
XSOCK_POSIX_CALL(int, inet_pton, (int family, const char *text, void *out));
XSOCK_POSIX_CALL(const char *, inet_ntop,
                 (int family, const void *addr, char *buf, socklen_t size));
XSOCK_POSIX_CALL(in_addr_t, inet_addr, (const char *text));
XSOCK_POSIX_CALL(int, inet_aton, (const char *text, struct in_addr *out));
XSOCK_POSIX_CALL(char *, inet_ntoa, (struct in_addr addr));
XSOCK_POSIX_END
#else
#include_next <arpa/inet.h>
XSOCK_POSIX_BEGIN
XSOCK_POSIX_SAME(inet_pton);
XSOCK_POSIX_SAME(inet_ntop);
XSOCK_POSIX_SAME(inet_addr);
#if XSOCK_POSIX_HAS_MISC
XSOCK_POSIX_SAME(inet_aton);
#endif
XSOCK_POSIX_SAME(inet_ntoa);
XSOCK_POSIX_END
#endif
#endif
