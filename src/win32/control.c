#include "win32/control.h"

#include <string.h>

#ifndef IPV6_TCLASS
#define IPV6_TCLASS 39
#endif
#ifndef IP_ECN
#define IP_ECN 50 /* 1809; IPV6_ECN has the same number */
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

static void put_info(WSAMSG *to, const struct xsock_control *c)
{
    IN_PKTINFO info;

    memset(&info, 0, sizeof info);
    info.ipi_ifindex = c->interface_index;
    if (c->local.family == XSOCK_AF_INET)
        memcpy(&info.ipi_addr, c->local.data, 4);
    xsock__control_add(to, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
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

int xsock__control_put(WSAMSG *to, const struct xsock__sys_msg *m)
{
    const struct xsock_control *c = m->control;
    bool six = m->af == XSOCK_AF_INET6;

    if (c->has & XSOCK_CONTROL_HANDLES)
        return WSAEOPNOTSUPP;
    if ((c->has & XSOCK_CONTROL_PKTINFO) && six)
        put_info6(to, c);
    else if (c->has & XSOCK_CONTROL_PKTINFO)
        put_info(to, c);
    return put_octets(to, c, six);
}

/* ---- From the system ------------------------------------------------------------------------- */

static void got_address(struct xsock_control *to, int af, const void *bytes, size_t size,
                        ULONG index)
{
    memset(&to->local, 0, sizeof to->local);
    to->local.family = af;
    to->local.length = (uint32_t)size;
    memcpy(to->local.data, bytes, size);
    to->interface_index = index;
    to->has |= XSOCK_CONTROL_PKTINFO;
}

static void get_info(WSACMSGHDR *c, struct xsock_control *to)
{
    if (c->cmsg_level == IPPROTO_IP) {
        IN_PKTINFO info;

        memcpy(&info, data_of(c), sizeof info);
        got_address(to, XSOCK_AF_INET, &info.ipi_addr, 4, info.ipi_ifindex);
    } else {
        IN6_PKTINFO info;

        memcpy(&info, data_of(c), sizeof info);
        got_address(to, XSOCK_AF_INET6, &info.ipi6_addr, 16, info.ipi6_ifindex);
        if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr))
            to->local.scope = info.ipi6_ifindex;
    }
}

static int get_int(WSACMSGHDR *c)
{
    int value = 0;
    size_t size = c->cmsg_len - align(sizeof *c);

    memcpy(&value, data_of(c), size < sizeof value ? size : sizeof value);
    return value;
}

static void get_one(WSACMSGHDR *c, struct xsock_control *to)
{
    bool six = c->cmsg_level == IPPROTO_IPV6;

    if (!six && c->cmsg_level != IPPROTO_IP)
        return;
    if (c->cmsg_type == (six ? IPV6_PKTINFO : IP_PKTINFO)) {
        get_info(c, to);
    } else if (c->cmsg_type == (six ? IPV6_TCLASS : IP_TOS) || c->cmsg_type == IP_ECN) {
        to->tos = get_int(c);
        to->has |= XSOCK_CONTROL_TOS;
    } else if (c->cmsg_type == IPV6_HOPLIMIT
               || (!six && c->cmsg_type == IP_TTL)) { /* IP_TTL: Wine */
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
            m->segment = (size_t)get_int(c);
        else if (m->control != NULL)
            get_one(c, m->control);
    }
}
