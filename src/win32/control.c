#include "win32/control.h"

#include <string.h>

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
    else if (c->local.family == XSOCK_AF_INET6) /* IPv4-mapped */
        memcpy(&info.ipi_addr, c->local.data + 12, 4);
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

/* Reads the record's first bytes. A record that is shorter is as good as none. */
static bool get_bytes(WSACMSGHDR *c, void *out, size_t size)
{
    if (c->cmsg_len - align(sizeof *c) < size)
        return false;
    memcpy(out, data_of(c), size);
    return true;
}

static void get_info(WSACMSGHDR *c, struct xsock_control *to)
{
    IN_PKTINFO info;
    IN6_PKTINFO info6;

    if (c->cmsg_level == IPPROTO_IP) {
        if (get_bytes(c, &info, sizeof info))
            got_address(to, XSOCK_AF_INET, &info.ipi_addr, 4, info.ipi_ifindex);
    } else if (get_bytes(c, &info6, sizeof info6)) {
        got_address(to, XSOCK_AF_INET6, &info6.ipi6_addr, 16, info6.ipi6_ifindex);
        if (IN6_IS_ADDR_LINKLOCAL(&info6.ipi6_addr))
            to->local.scope = info6.ipi6_ifindex;
    }
}

/* Reads an int or a byte. */
static bool get_int(WSACMSGHDR *c, int32_t *out)
{
    unsigned char byte;

    if (get_bytes(c, out, sizeof *out))
        return true;
    if (!get_bytes(c, &byte, sizeof byte))
        return false;
    *out = byte;
    return true;
}

/* The TOS comes under the number of the option that sets it, of the one that asks for it, or of
 * ECN's, which has fewer bits: versions of Windows differ. */
static bool is_tos(int level, int type)
{
    return type == (level == IPPROTO_IPV6 ? IPV6_TCLASS : IP_TOS) || type == IPV6_RECVTCLASS
           || type == IP_ECN;
}

static void get_one(WSACMSGHDR *c, struct xsock_control *to)
{
    bool six = c->cmsg_level == IPPROTO_IPV6;

    if (!six && c->cmsg_level != IPPROTO_IP)
        return;
    if (c->cmsg_type == (six ? IPV6_PKTINFO : IP_PKTINFO)) {
        get_info(c, to);
    } else if (is_tos(c->cmsg_level, c->cmsg_type)) {
        if (get_int(c, &to->tos))
            to->has |= XSOCK_CONTROL_TOS;
    } else if (c->cmsg_type == IPV6_HOPLIMIT
               || (!six && c->cmsg_type == IP_TTL)) { /* IP_TTL: Wine */
        if (get_int(c, &to->hop_limit))
            to->has |= XSOCK_CONTROL_HOP_LIMIT;
    }
}

static void get_segment(WSACMSGHDR *c, struct xsock__sys_msg *m)
{
    int32_t size;

    if (get_int(c, &size) && size > 0)
        m->segment = (size_t)size;
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
            get_segment(c, m);
        else if (m->control != NULL)
            get_one(c, m->control);
    }
}
