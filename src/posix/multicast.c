/* Options that name an interface: multicast groups, the interface that multicast leaves by, and the
 * device that a socket is tied to. */
#include "posix/native.h"

#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#ifndef IP_MULTICAST_IFINDEX /* only macOS has it */
#include "backend/interface_of.h"
#endif

#ifdef __linux__
#include <netpacket/packet.h>

/* Newer than the oldest C libraries here. The number is the same on every processor. */
#ifndef IP_MULTICAST_ALL
#define IP_MULTICAST_ALL 49
#endif
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif
#endif

static int set(int fd, int level, int name, const void *value, size_t size)
{
    return setsockopt(fd, level, name, value, (socklen_t)size) == 0 ? 0 : errno;
}

#ifdef MCAST_JOIN_GROUP
static int level_of(int af)
{
    return af == XSOCK_AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
}
#endif

/* ---- Groups ---------------------------------------------------------------------------------- */

/* On Linux a socket also receives the groups that any other socket of the machine has joined,
 * unless told otherwise. No other system does that (ip(7), IP_MULTICAST_ALL; IPv6 since 4.20). */
static void own_groups_only(int fd, int af)
{
#ifdef __linux__
    int off = 0;
    (void)set(fd, level_of(af), af == XSOCK_AF_INET6 ? IPV6_MULTICAST_ALL : IP_MULTICAST_ALL, &off,
              sizeof off);
#else
    (void)fd;
    (void)af;
#endif
}

#ifdef MCAST_JOIN_GROUP

static int change_any_source(int fd, bool join, const struct xsock__sys_group *g)
{
    struct group_req r;
    memset(&r, 0, sizeof r);
    r.gr_interface = g->index;
    memcpy(&r.gr_group, g->group.bytes, g->group.length);
    return set(fd, level_of(g->af), join ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP, &r, sizeof r);
}

static int change_source(int fd, bool join, const struct xsock__sys_group *g)
{
    struct group_source_req r;
    memset(&r, 0, sizeof r);
    r.gsr_interface = g->index;
    memcpy(&r.gsr_group, g->group.bytes, g->group.length);
    memcpy(&r.gsr_source, g->source.bytes, g->source.length);
    int code = set(fd, level_of(g->af), join ? MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP,
                   &r, sizeof r);
    /* Linux gives these codes for a source that is in the list already, for a source to leave if
     * there is no list, and for a group that is joined for all senders. The arguments are checked
     * and the interface exists, so the codes cannot mean anything else. */
    if (code != EADDRNOTAVAIL && code != EINVAL)
        return code;
    return join ? EADDRINUSE : EADDRNOTAVAIL;
}

#else /* NetBSD, OpenBSD: no groups by sender */

/* NetBSD has no structure with an index. It takes an address of 0.0.0.0/8 for an index. */
#ifdef __NetBSD__
typedef struct ip_mreq inet_group;
#else
typedef struct ip_mreqn inet_group;
#endif

static void put_index(inet_group *r, uint32_t index)
{
#ifdef __NetBSD__
    r->imr_interface.s_addr = htonl(index);
#else
    r->imr_ifindex = (int)index;
#endif
}

static int change_inet(int fd, bool join, const struct xsock__sys_group *g)
{
    struct sockaddr_in a;
    inet_group r;
    memset(&r, 0, sizeof r);
    memcpy(&a, g->group.bytes, sizeof a);
    r.imr_multiaddr = a.sin_addr;
    put_index(&r, g->index);
    return set(fd, IPPROTO_IP, join ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &r, sizeof r);
}

static int change_any_source(int fd, bool join, const struct xsock__sys_group *g)
{
    struct sockaddr_in6 a;
    struct ipv6_mreq r;
    if (g->af == XSOCK_AF_INET)
        return change_inet(fd, join, g);
    memset(&r, 0, sizeof r);
    memcpy(&a, g->group.bytes, sizeof a);
    r.ipv6mr_multiaddr = a.sin6_addr;
    r.ipv6mr_interface = g->index;
    return set(fd, IPPROTO_IPV6, join ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP, &r, sizeof r);
}

static int change_source(int fd, bool join, const struct xsock__sys_group *g)
{
    (void)fd;
    (void)join;
    (void)g;
    return XSOCK__SYS_NO_OPTION;
}

#endif

int xsock__sys_change_group(uintptr_t h, bool join, const struct xsock__sys_group *g)
{
    int code = g->has_source ? change_source((int)h, join, g) : change_any_source((int)h, join, g);
    if (code == 0 && join)
        own_groups_only((int)h, g->af);
    return code;
}

static int set_inet_multicast_if(int fd, uint32_t index)
{
#ifdef __NetBSD__ /* an address of 0.0.0.0/8 is an index */
    struct in_addr r = {htonl(index)};
#else
    struct ip_mreqn r;
    memset(&r, 0, sizeof r);
    r.imr_ifindex = (int)index;
#endif
    return set(fd, IPPROTO_IP, IP_MULTICAST_IF, &r, sizeof r);
}

/* A dual-stack socket sends IPv4 multicast, too. If it refuses the option, it does not need it. */
int xsock__sys_set_multicast_if(uintptr_t h, int af, uint32_t index)
{
    if (af != XSOCK_AF_INET6)
        return set_inet_multicast_if((int)h, index);
    int code = set((int)h, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof index);
    if (code == 0)
        (void)set_inet_multicast_if((int)h, index);
    return code;
}

/* Linux tells the address that somebody has set, in four bytes, and never the index. FreeBSD tells
 * the index unless an address was set. */
static int get_inet_multicast_if(int fd, uint32_t *inout)
{
#ifdef IP_MULTICAST_IFINDEX /* macOS */
    uint32_t index = 0;
    socklen_t size = sizeof index;
    if (getsockopt(fd, IPPROTO_IP, IP_MULTICAST_IFINDEX, &index, &size) != 0)
        return errno;
    *inout = index;
    return 0;
#elif defined(__NetBSD__) /* the address, or the index that was set as one */
    struct in_addr addr = {0};
    socklen_t size = sizeof addr;
    if (getsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &addr, &size) != 0)
        return errno;
    if (ntohl(addr.s_addr) >> 24 != 0)
        return interface_of(&addr, EADDRNOTAVAIL, inout);
    if (addr.s_addr != 0)
        *inout = ntohl(addr.s_addr);
    return 0;
#else
    struct ip_mreqn r;
    struct in_addr addr;
    socklen_t size = sizeof r;
    memset(&r, 0, sizeof r);
    if (getsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &r, &size) != 0)
        return errno;
    bool short_answer = size < sizeof r;
    memcpy(&addr, short_answer ? &r.imr_multiaddr : &r.imr_address, sizeof addr);
    if (!short_answer && (r.imr_ifindex != 0 || addr.s_addr == 0))
        *inout = (uint32_t)r.imr_ifindex;
    else if (addr.s_addr != 0)
        return interface_of(&addr, EADDRNOTAVAIL, inout);
    return 0;
#endif
}

int xsock__sys_get_multicast_if(uintptr_t h, int af, uint32_t *inout)
{
    uint32_t index = 0;
    socklen_t size = sizeof index;
    if (af == XSOCK_AF_INET)
        return get_inet_multicast_if((int)h, inout);
    if (getsockopt((int)h, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, &size) != 0)
        return errno;
    *inout = index;
    return 0;
}

/* ---- The device ------------------------------------------------------------------------------ */

#if defined(__linux__)

/* The device goes by its name, which every Linux knows. (SO_BINDTOIFINDEX, 5.0, is not in every C
 * library, and its number depends on the processor.) */
int xsock__sys_set_device(uintptr_t h, int af, uint32_t index)
{
    char name[IF_NAMESIZE] = "";
    (void)af;
    if (index != 0 && if_indextoname(index, name) == NULL)
        return errno == ENXIO ? ENODEV : errno;
    return set((int)h, SOL_SOCKET, SO_BINDTODEVICE, name, sizeof name);
}

int xsock__sys_get_device(uintptr_t h, int af, uint32_t *out)
{
    char name[IF_NAMESIZE] = "";
    socklen_t size = sizeof name;
    (void)af;
    if (getsockopt((int)h, SOL_SOCKET, SO_BINDTODEVICE, name, &size) != 0)
        return errno;
    if (size == 0 || name[0] == '\0') {
        *out = 0;
        return 0;
    }
    uint32_t index;
    int code = xsock__sys_if_index(name, &index);
    if (code == 0 && index == 0)
        code = ENODEV; /* the interface was renamed or removed just now */
    if (code == 0)
        *out = index;
    return code;
}

#elif defined(IP_BOUND_IF) && defined(IPV6_BOUND_IF)

int xsock__sys_set_device(uintptr_t h, int af, uint32_t index)
{
    return set((int)h, level_of(af), af == XSOCK_AF_INET6 ? IPV6_BOUND_IF : IP_BOUND_IF, &index,
               sizeof index);
}

int xsock__sys_get_device(uintptr_t h, int af, uint32_t *out)
{
    uint32_t index = 0;
    socklen_t size = sizeof index;
    int name = af == XSOCK_AF_INET6 ? IPV6_BOUND_IF : IP_BOUND_IF;
    if (getsockopt((int)h, level_of(af), name, &index, &size) != 0)
        return errno;
    *out = index;
    return 0;
}

#else

int xsock__sys_set_device(uintptr_t h, int af, uint32_t index)
{
    (void)h;
    (void)af;
    (void)index;
    return XSOCK__SYS_NO_OPTION;
}

int xsock__sys_get_device(uintptr_t h, int af, uint32_t *out)
{
    (void)h;
    (void)af;
    (void)out;
    return XSOCK__SYS_NO_OPTION;
}

#endif

/* ---- Promiscuous ----------------------------------------------------------------------------- */

int xsock__posix_set_promiscuous(int fd, int af, bool on)
{
#ifdef __linux__
    struct sockaddr_ll name;
    struct packet_mreq r;
    socklen_t size = sizeof name;
    if (af != XSOCK_AF_PACKET)
        return XSOCK__SYS_NO_OPTION;
    memset(&name, 0, sizeof name);
    if (getsockname(fd, (struct sockaddr *)&name, &size) != 0)
        return errno;
    if (name.sll_ifindex == 0)
        return EINVAL;
    memset(&r, 0, sizeof r);
    r.mr_ifindex = name.sll_ifindex;
    r.mr_type = PACKET_MR_PROMISC;
    /* The kernel counts memberships. There is never more than one, so that off is off. */
    int code = set(fd, SOL_PACKET, PACKET_DROP_MEMBERSHIP, &r, sizeof r);
    if (on)
        return set(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &r, sizeof r);
    return code == EADDRNOTAVAIL ? 0 : code;
#else /* FreeBSD and macOS have it for BPF devices, which are not sockets */
    (void)fd;
    (void)af;
    (void)on;
    return XSOCK__SYS_NO_OPTION;
#endif
}
