/* What stands in the records goes by the packet's family, not the socket's: a socket of INET6 also
 * sends and receives IPv4 packets. Its program knows their addresses as mapped ones. */
#include "win32/control.h"

#include <string.h>

#include "win32/own_addrs.h"

#ifndef IPV6_TCLASS
#define IPV6_TCLASS 39
#endif
#ifndef IP_ECN
#define IP_ECN 50 /* 1809; IPV6_ECN has the same number */
#endif
#ifndef IPV6_RECVTCLASS
#define IPV6_RECVTCLASS 40 /* and IP_RECVTOS */
#endif
#ifndef IPV6_HOPLIMIT
#define IPV6_HOPLIMIT 21 /* and IP_HOPLIMIT */
#endif

enum { ECN_BITS = 3 };

/* As the WSA_CMSG_ macros have it, which no compiler lets pass without warnings. */
static size_t align(size_t n)
{
    return (n + sizeof(SIZE_T) - 1) / sizeof(SIZE_T) * sizeof(SIZE_T);
}

static WSACMSGHDR *at(const WSAMSG *m, size_t offset)
{
    return (WSACMSGHDR *)(void *)(m->Control.buf + offset);
}

static unsigned char *data_of(WSACMSGHDR *c)
{
    return (unsigned char *)c + align(sizeof *c);
}

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* ---- To the system --------------------------------------------------------------------------- */

void xsock__control_add(WSAMSG *to, int level, int type, const void *data, size_t size)
{
    WSACMSGHDR *c = at(to, to->Control.len);
    size_t space = align(sizeof *c) + align(size);

    memset(c, 0, space);
    c->cmsg_level = level;
    c->cmsg_type = type;
    c->cmsg_len = align(sizeof *c) + size;
    memcpy(data_of(c), data, size);
    to->Control.len += (ULONG)space;
}

static int put_info(WSAMSG *to, const struct xsock_control *c)
{
    struct xsock_addr local = c->local;
    IN_PKTINFO info;

    memset(&info, 0, sizeof info);
    info.ipi_ifindex = c->interface_index;
    if (local.family == XSOCK_AF_INET6 && memcmp(local.data, mapped, sizeof mapped) != 0)
        return WSAEINVAL; /* no IPv4 packet comes from there */
    if (local.family != XSOCK_AF_UNSPEC)
        memcpy(&info.ipi_addr, local.data + (local.family == XSOCK_AF_INET6 ? sizeof mapped : 0),
               4);
    xsock__control_add(to, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    return 0;
}

static void put_info6(WSAMSG *to, const struct xsock_control *c)
{
    IN6_PKTINFO info;

    memset(&info, 0, sizeof info);
    info.ipi6_ifindex = c->interface_index != 0 ? c->interface_index : c->local.scope;
    if (c->local.family == XSOCK_AF_INET6)
        memcpy(&info.ipi6_addr, c->local.data, 16);
    xsock__control_add(to, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
}

/* For one message WSASendMsg sets ECN, and IPv6's hop limit. What else is asked for it would pass
 * over in silence. https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-wsasendmsg */
static int put_octets(WSAMSG *to, const struct xsock_control *c, bool six)
{
    const int tos = c->tos, hops = c->hop_limit;

    if (c->has & XSOCK_CONTROL_TOS) {
        if ((tos & ~ECN_BITS) != 0)
            return WSAEOPNOTSUPP;
        xsock__control_add(to, six ? IPPROTO_IPV6 : IPPROTO_IP, IP_ECN, &tos, sizeof tos);
    }
    if (c->has & XSOCK_CONTROL_HOP_LIMIT) {
        if (!six)
            return WSAEOPNOTSUPP;
        xsock__control_add(to, IPPROTO_IPV6, IPV6_HOPLIMIT, &hops, sizeof hops);
    }
    return 0;
}

static bool sends_ipv4(SOCKET s, const struct xsock__sys_msg *m)
{
    struct xsock__sys_addr peer = {0, {0}};

    if (m->af == XSOCK_AF_INET)
        return true;
    if (m->addr != NULL)
        return xsock__own_addrs_is_ipv4(m->addr);
    return xsock__sys_peer_addr(s, &peer) == 0 && xsock__own_addrs_is_ipv4(&peer);
}

int xsock__control_put(SOCKET s, WSAMSG *to, const struct xsock__sys_msg *m)
{
    const struct xsock_control *c = m->control;
    bool six = !sends_ipv4(s, m);
    int code = 0;

    if (c->has & XSOCK_CONTROL_HANDLES)
        return WSAEOPNOTSUPP;
    if ((c->has & XSOCK_CONTROL_PKTINFO) && six)
        put_info6(to, c);
    else if (c->has & XSOCK_CONTROL_PKTINFO)
        code = put_info(to, c);
    return code != 0 ? code : put_octets(to, c, six);
}

/* ---- From the system ------------------------------------------------------------------------- */

static size_t size_of(const WSACMSGHDR *c)
{
    return c->cmsg_len - align(sizeof *c);
}

/* The address of an IPv4 packet is mapped, if the socket is of INET6. */
static void got_ipv4(struct xsock_control *to, int af, const IN_PKTINFO *info)
{
    uint8_t *data = to->local.data;

    memset(&to->local, 0, sizeof to->local);
    to->local.family = af;
    to->local.length = af == XSOCK_AF_INET6 ? 16 : 4;
    if (af == XSOCK_AF_INET6) {
        memcpy(data, mapped, sizeof mapped);
        data += sizeof mapped;
    }
    memcpy(data, &info->ipi_addr, 4);
    to->interface_index = info->ipi_ifindex;
    to->has |= XSOCK_CONTROL_PKTINFO;
}

static void got_ipv6(struct xsock_control *to, const IN6_PKTINFO *info)
{
    memset(&to->local, 0, sizeof to->local);
    to->local.family = XSOCK_AF_INET6;
    to->local.length = 16;
    memcpy(to->local.data, &info->ipi6_addr, 16);
    if (IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr))
        to->local.scope = info->ipi6_ifindex;
    to->interface_index = info->ipi6_ifindex;
    to->has |= XSOCK_CONTROL_PKTINFO;
}

static void get_info(WSACMSGHDR *c, struct xsock_control *to, int af)
{
    IN_PKTINFO info;
    IN6_PKTINFO info6;

    if (c->cmsg_level == IPPROTO_IP && size_of(c) >= sizeof info) {
        memcpy(&info, data_of(c), sizeof info);
        got_ipv4(to, af, &info);
    } else if (c->cmsg_level == IPPROTO_IPV6 && size_of(c) >= sizeof info6) {
        memcpy(&info6, data_of(c), sizeof info6);
        got_ipv6(to, &info6);
    }
}

static int get_int(WSACMSGHDR *c)
{
    int value = 0;
    size_t size = size_of(c);

    memcpy(&value, data_of(c), size < sizeof value ? size : sizeof value);
    return value;
}

/* The TOS comes under the number of the option that sets it, of the one that asks for it, or of
 * ECN's, which has fewer bits: versions of Windows differ. */
static bool is_tos(int level, int type)
{
    return type == (level == IPPROTO_IPV6 ? IPV6_TCLASS : IP_TOS) || type == IPV6_RECVTCLASS
           || type == IP_ECN;
}

static void get_one(WSACMSGHDR *c, struct xsock_control *to, int af)
{
    int level = c->cmsg_level, type = c->cmsg_type;
    bool six = level == IPPROTO_IPV6;

    if (!six && level != IPPROTO_IP)
        return;
    if (type == (six ? IPV6_PKTINFO : IP_PKTINFO)) {
        get_info(c, to, af);
    } else if (is_tos(level, type) && size_of(c) > 0) {
        to->tos = get_int(c);
        to->has |= XSOCK_CONTROL_TOS;
    } else if ((type == IPV6_HOPLIMIT || (!six && type == IP_TTL)) /* IP_TTL: Wine */
               && size_of(c) > 0) {
        to->hop_limit = get_int(c);
        to->has |= XSOCK_CONTROL_HOP_LIMIT;
    }
}

void xsock__control_get(WSAMSG *from, struct xsock__sys_msg *m)
{
    size_t end = from->Control.len;

    for (size_t offset = 0; offset + sizeof(WSACMSGHDR) <= end;) {
        WSACMSGHDR *c = at(from, offset);

        if (c->cmsg_len < align(sizeof *c)
            || c->cmsg_len > end - offset) /* zeros behind the last one */
            break;
        offset += align(c->cmsg_len);
        if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_RECV_MAX_COALESCED_SIZE)
            m->segment = size_of(c) >= sizeof(int) ? (size_t)get_int(c) : m->segment;
        else if (m->control != NULL)
            get_one(c, m->control, m->af);
    }
}
