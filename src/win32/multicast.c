/* Options that name an interface: groups, where multicast leaves, the device a socket is tied to.
 */
#include "backend/interface_of.h"
#include "win32/native.h"

#include <string.h>

static int level_of(int af)
{
    return af == XSOCK_AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
}

static int set(uintptr_t h, int level, int name, const void *value, size_t size)
{
    return setsockopt(h, level, name, value, (int)size) == 0 ? 0 : xsock__win32_error();
}

/* ---- Groups where the system lacks the options of RFC 3678 (Wine 8) -------------------------- */

struct first_address {
    uint32_t index;
    struct in_addr found;
};

static int find_address(const struct xsock_interface *iface, void *user)
{
    struct first_address *f = user;

    if (iface->index != f->index)
        return 0;
    for (size_t i = 0; i < iface->addr_count; i++) {
        if (iface->addrs[i].addr.family == XSOCK_AF_INET) {
            memcpy(&f->found, iface->addrs[i].addr.data, sizeof f->found);
            return 1;
        }
    }
    return 1;
}

static int address_of(uint32_t index, struct in_addr *out)
{
    struct first_address f = {index, {{{0, 0, 0, 0}}}};
    int ignored;
    int code = index ? xsock__sys_interfaces(find_address, &f, &ignored) : 0;

    if (!code && index && f.found.s_addr == 0)
        code = WSAEADDRNOTAVAIL;
    if (!code)
        *out = f.found;
    return code;
}

static struct in_addr inet_of(const struct xsock__sys_addr *a)
{
    struct sockaddr_in in;

    memcpy(&in, a->bytes, sizeof in);
    return in.sin_addr;
}

static int change_inet(uintptr_t h, bool join, const struct xsock__sys_group *g)
{
    struct ip_mreq any;
    struct ip_mreq_source one;
    struct in_addr from;
    int code = address_of(g->index, &from);

    if (code)
        return code;
    if (!g->has_source) {
        any.imr_multiaddr = inet_of(&g->group);
        any.imr_interface = from;
        return set(h, IPPROTO_IP, join ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &any, sizeof any);
    }
    one.imr_multiaddr = inet_of(&g->group);
    one.imr_sourceaddr = inet_of(&g->source);
    one.imr_interface = from;
    return set(h, IPPROTO_IP, join ? IP_ADD_SOURCE_MEMBERSHIP : IP_DROP_SOURCE_MEMBERSHIP, &one,
               sizeof one);
}

static int change_inet6(uintptr_t h, bool join, const struct xsock__sys_group *g)
{
    struct sockaddr_in6 group;
    struct ipv6_mreq r;

    if (g->has_source)
        return XSOCK__SYS_NO_OPTION;
    memcpy(&group, g->group.bytes, sizeof group);
    r.ipv6mr_multiaddr = group.sin6_addr;
    r.ipv6mr_interface = g->index;
    return set(h, IPPROTO_IPV6, join ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP, &r, sizeof r);
}

static int change_old_way(uintptr_t h, bool join, const struct xsock__sys_group *g)
{
    return g->af == XSOCK_AF_INET6 ? change_inet6(h, join, g) : change_inet(h, join, g);
}

/* ---- Groups ---------------------------------------------------------------------------------- */

static int change_new_way(uintptr_t h, bool join, const struct xsock__sys_group *g)
{
    struct group_req any;
    struct group_source_req one;

    if (!g->has_source) {
        memset(&any, 0, sizeof any);
        any.gr_interface = g->index;
        memcpy(&any.gr_group, g->group.bytes, g->group.length);
        return set(h, level_of(g->af), join ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP, &any,
                   sizeof any);
    }
    memset(&one, 0, sizeof one);
    one.gsr_interface = g->index;
    memcpy(&one.gsr_group, g->group.bytes, g->group.length);
    memcpy(&one.gsr_source, g->source.bytes, g->source.length);
    return set(h, level_of(g->af), join ? MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP, &one,
               sizeof one);
}

int xsock__sys_change_group(uintptr_t h, bool join, const struct xsock__sys_group *g)
{
    int code = change_new_way(h, join, g);

    if (code == WSAENOPROTOOPT)
        code = change_old_way(h, join, g);
    /* Of one that was not joined, or that was; the arguments have been judged, so it can mean
     * nothing else. */
    if (code == WSAEINVAL && !join)
        return WSAEADDRNOTAVAIL;
    return code == WSAEINVAL && g->has_source ? WSAEADDRINUSE : code;
}

/* ---- Interfaces ------------------------------------------------------------------------------ */

/* Of IPv4 in network order: an address 0.x.x.x, which stands for an index. */
static DWORD index_for(int af, uint32_t index)
{
    return af == XSOCK_AF_INET6 ? index : htonl(index);
}

/* Wine 8 takes an address of the interface only, which Windows takes too: but one interface may
 * have the same address as another, so the index comes first. */
int xsock__sys_set_multicast_if(uintptr_t h, int af, uint32_t index)
{
    DWORD v = index_for(af, index);
    struct in_addr from;
    int code = set(h, level_of(af), af == XSOCK_AF_INET6 ? IPV6_MULTICAST_IF : IP_MULTICAST_IF, &v,
                   sizeof v);

    if (code && af == XSOCK_AF_INET && index && address_of(index, &from) == 0)
        code = set(h, IPPROTO_IP, IP_MULTICAST_IF, &from, sizeof from);
    /* A dual-stack socket sends IPv4 multicast, too. If it refuses the option, it does not need it.
     */
    if (code == 0 && af == XSOCK_AF_INET6) {
        v = index_for(XSOCK_AF_INET, index);
        (void)set(h, IPPROTO_IP, IP_MULTICAST_IF, &v, sizeof v);
    }
    return code;
}

/* Of IPv4 the answer is an address, or an index as it is set. */
int xsock__sys_get_multicast_if(uintptr_t h, int af, uint32_t *inout)
{
    DWORD v = 0;
    int size = sizeof v;
    int name = af == XSOCK_AF_INET6 ? IPV6_MULTICAST_IF : IP_MULTICAST_IF;

    if (getsockopt(h, level_of(af), name, (char *)&v, &size) != 0)
        return xsock__win32_error();
    if (af == XSOCK_AF_INET && index_for(af, v) > 0xffffff)
        return interface_of(&v, WSAEADDRNOTAVAIL, inout);
    *inout = index_for(af, v);
    return 0;
}

/* A dual-stack socket sends IPv4 packets, too. If it refuses the option, it does not need it. */
int xsock__sys_set_device(uintptr_t h, int af, uint32_t index)
{
    DWORD v = index_for(af, index);
    int code =
        set(h, level_of(af), af == XSOCK_AF_INET6 ? IPV6_UNICAST_IF : IP_UNICAST_IF, &v, sizeof v);

    if (code == 0 && af == XSOCK_AF_INET6) {
        v = index_for(XSOCK_AF_INET, index);
        (void)set(h, IPPROTO_IP, IP_UNICAST_IF, &v, sizeof v);
    }
    return code;
}

int xsock__sys_get_device(uintptr_t h, int af, uint32_t *out)
{
    DWORD v = 0;
    int size = sizeof v;
    int name = af == XSOCK_AF_INET6 ? IPV6_UNICAST_IF : IP_UNICAST_IF;

    if (getsockopt(h, level_of(af), name, (char *)&v, &size) != 0)
        return xsock__win32_error();
    *out = index_for(af, v);
    return 0;
}
