/* <netinet/in.h> of xsock-posix. On Windows the numbers and structures are those of Linux. */
#ifndef XSOCK_POSIX_NETINET_IN_H
#define XSOCK_POSIX_NETINET_IN_H

#include <xsock_posix/declare.h>
#pragma GCC system_header

#if defined(_WIN32)
#include <string.h>
#include <sys/socket.h>
#include <xsock_posix/types.h>

struct in_addr {
    in_addr_t s_addr;
};

struct sockaddr_in {
    sa_family_t sin_family;
    in_port_t sin_port;
    struct in_addr sin_addr;
    unsigned char sin_zero[8];
};

struct in6_addr {
    union {
        uint8_t xsock_posix_8[16];
        uint16_t xsock_posix_16[8];
        uint32_t xsock_posix_32[4];
    } xsock_posix_u;
#define s6_addr xsock_posix_u.xsock_posix_8
#define s6_addr16 xsock_posix_u.xsock_posix_16
#define s6_addr32 xsock_posix_u.xsock_posix_32
};

struct sockaddr_in6 {
    sa_family_t sin6_family;
    in_port_t sin6_port;
    uint32_t sin6_flowinfo;
    struct in6_addr sin6_addr;
    uint32_t sin6_scope_id;
};

struct ip_mreq {
    struct in_addr imr_multiaddr;
    struct in_addr imr_interface;
};

struct ip_mreqn {
    struct in_addr imr_multiaddr;
    struct in_addr imr_address;
    int imr_ifindex;
};

struct ip_mreq_source {
    struct in_addr imr_multiaddr;
    struct in_addr imr_interface;
    struct in_addr imr_sourceaddr;
};

struct ipv6_mreq {
    struct in6_addr ipv6mr_multiaddr;
    unsigned int ipv6mr_interface;
};

struct in_pktinfo {
    int ipi_ifindex;
    struct in_addr ipi_spec_dst;
    struct in_addr ipi_addr;
};

struct in6_pktinfo {
    struct in6_addr ipi6_addr;
    unsigned int ipi6_ifindex;
};

#define INET_ADDRSTRLEN 16
#define INET6_ADDRSTRLEN 46

#define INADDR_ANY ((in_addr_t)0x00000000)
#define INADDR_BROADCAST ((in_addr_t)0xffffffff)
#define INADDR_NONE ((in_addr_t)0xffffffff)
#define INADDR_LOOPBACK ((in_addr_t)0x7f000001)
#define INADDR_UNSPEC_GROUP ((in_addr_t)0xe0000000)
#define INADDR_ALLHOSTS_GROUP ((in_addr_t)0xe0000001)
#define INADDR_ALLRTRS_GROUP ((in_addr_t)0xe0000002)
#define INADDR_MAX_LOCAL_GROUP ((in_addr_t)0xe00000ff)
#define IN_LOOPBACKNET 127
#define IN_CLASSD(a) (((a) & 0xf0000000) == 0xe0000000)
#define IN_MULTICAST(a) IN_CLASSD(a)

#define IN6ADDR_ANY_INIT {{{0}}}
#define IN6ADDR_LOOPBACK_INIT {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}}

#define IN6_BYTES(a) ((const uint8_t *)(a))
#define IN6_IS_ADDR_UNSPECIFIED(a) (memcmp((a), &xsock_posix_in6_any, 16) == 0)
#define IN6_IS_ADDR_LOOPBACK(a) (memcmp((a), &xsock_posix_in6_loopback, 16) == 0)
#define IN6_IS_ADDR_MULTICAST(a) (IN6_BYTES(a)[0] == 0xff)
#define IN6_IS_ADDR_LINKLOCAL(a) (IN6_BYTES(a)[0] == 0xfe && (IN6_BYTES(a)[1] & 0xc0) == 0x80)
#define IN6_IS_ADDR_SITELOCAL(a) (IN6_BYTES(a)[0] == 0xfe && (IN6_BYTES(a)[1] & 0xc0) == 0xc0)
#define IN6_IS_ADDR_V4MAPPED(a) (memcmp((a), "\0\0\0\0\0\0\0\0\0\0\377\377", 12) == 0)
#define IN6_IS_ADDR_V4COMPAT(a)                                   \
    (memcmp((a), &xsock_posix_in6_any, 12) == 0 &&                \
     (IN6_BYTES(a)[12] || IN6_BYTES(a)[13] || IN6_BYTES(a)[14] || \
      IN6_BYTES(a)[15] > 1))
#define IN6_IS_MC_SCOPE(a, scope) \
    (IN6_IS_ADDR_MULTICAST(a) && (IN6_BYTES(a)[1] & 0xf) == (scope))
#define IN6_IS_ADDR_MC_NODELOCAL(a) IN6_IS_MC_SCOPE((a), 0x1)
#define IN6_IS_ADDR_MC_LINKLOCAL(a) IN6_IS_MC_SCOPE((a), 0x2)
#define IN6_IS_ADDR_MC_SITELOCAL(a) IN6_IS_MC_SCOPE((a), 0x5)
#define IN6_IS_ADDR_MC_ORGLOCAL(a) IN6_IS_MC_SCOPE((a), 0x8)
#define IN6_IS_ADDR_MC_GLOBAL(a) IN6_IS_MC_SCOPE((a), 0xe)
#define IN6_ARE_ADDR_EQUAL(a, b) (memcmp((a), (b), 16) == 0)

#define IPPROTO_IP 0
#define IPPROTO_HOPOPTS 0
#define IPPROTO_ICMP 1
#define IPPROTO_IGMP 2
#define IPPROTO_IPIP 4
#define IPPROTO_TCP 6
#define IPPROTO_EGP 8
#define IPPROTO_PUP 12
#define IPPROTO_UDP 17
#define IPPROTO_IDP 22
#define IPPROTO_IPV6 41
#define IPPROTO_ROUTING 43
#define IPPROTO_FRAGMENT 44
#define IPPROTO_ESP 50
#define IPPROTO_AH 51
#define IPPROTO_ICMPV6 58
#define IPPROTO_NONE 59
#define IPPROTO_DSTOPTS 60
#define IPPROTO_SCTP 132
#define IPPROTO_UDPLITE 136
#define IPPROTO_RAW 255
#define IPPORT_RESERVED 1024
#define IPPORT_USERRESERVED 5000

#define IP_TOS 1
#define IP_TTL 2
#define IP_HDRINCL 3
#define IP_PKTINFO 8
#define IP_RECVTTL 12
#define IP_RECVTOS 13
#define IP_MTU 14
#define IP_MULTICAST_IF 32
#define IP_MULTICAST_TTL 33
#define IP_MULTICAST_LOOP 34
#define IP_ADD_MEMBERSHIP 35
#define IP_DROP_MEMBERSHIP 36
#define IP_ADD_SOURCE_MEMBERSHIP 39
#define IP_DROP_SOURCE_MEMBERSHIP 40
#define IPV6_UNICAST_HOPS 16
#define IPV6_MULTICAST_IF 17
#define IPV6_MULTICAST_HOPS 18
#define IPV6_MULTICAST_LOOP 19
#define IPV6_JOIN_GROUP 20
#define IPV6_LEAVE_GROUP 21
#define IPV6_ADD_MEMBERSHIP IPV6_JOIN_GROUP
#define IPV6_DROP_MEMBERSHIP IPV6_LEAVE_GROUP
#define IPV6_MTU 24
#define IPV6_V6ONLY 26
#define IPV6_RECVPKTINFO 49
#define IPV6_PKTINFO 50
#define IPV6_RECVHOPLIMIT 51
#define IPV6_HOPLIMIT 52
#define IPV6_DONTFRAG 62
#define IPV6_RECVTCLASS 66
#define IPV6_TCLASS 67
#define SOL_IP IPPROTO_IP
#define SOL_IPV6 IPPROTO_IPV6
#define SOL_TCP IPPROTO_TCP
#define SOL_UDP IPPROTO_UDP

XSOCK_POSIX_BEGIN
extern const struct in6_addr xsock_posix_in6_any;
extern const struct in6_addr xsock_posix_in6_loopback;
#define in6addr_any xsock_posix_in6_any
#define in6addr_loopback xsock_posix_in6_loopback
XSOCK_POSIX_CALL(uint16_t, htons, (uint16_t n));
XSOCK_POSIX_CALL(uint16_t, ntohs, (uint16_t n));
XSOCK_POSIX_CALL(uint32_t, htonl, (uint32_t n));
XSOCK_POSIX_CALL(uint32_t, ntohl, (uint32_t n));
XSOCK_POSIX_END
#else
#include_next <netinet/in.h>
#endif
#endif
