/* The options of multicast that are structures: joining and leaving, and the interface. */
#include "posix.h"

#include <string.h>

static int inet_of(struct in_addr addr, struct xsock_addr *out)
{
    uint8_t ip[4];
    memcpy(ip, &addr, sizeof ip);
    return xsock_addr_inet(ip, 0, out);
}

struct search {
    struct xsock_addr addr;
    uint32_t index;
};

static int compare_interface(const struct xsock_interface *iface, void *user)
{
    struct search *search = user;
    for (size_t i = 0; i < iface->addr_count; i++) {
        if (xsock_addr_equal(&iface->addrs[i].addr, &search->addr)) {
            search->index = iface->index;
            return 1;
        }
    }
    return 0;
}

/* The interface that has an address. 0: the address is 0.0.0.0, and the system chooses. */
static int interface_of(struct in_addr addr, uint32_t *out)
{
    struct search search = {.index = 0};
    *out = 0;
    if (addr.s_addr == INADDR_ANY)
        return 0;
    (void)inet_of(addr, &search.addr);
    int result = xsock_interfaces(compare_interface, &search);
    if (result < 0)
        return result;
    *out = search.index;
    return search.index == 0 ? -XSOCK_ENODEV : 0;
}

/* struct ip_mreq or ip_mreqn: the interface by its address or, if given, by its index. */
static int request_in(const void *value, socklen_t len, struct ip_mreqn *out)
{
    memset(out, 0, sizeof *out);
    if (len < sizeof(struct ip_mreq))
        return -XSOCK_EINVAL;
    memcpy(out, value, len < sizeof *out ? sizeof(struct ip_mreq) : sizeof *out);
    return 0;
}

static int index_of(const struct ip_mreqn *request, uint32_t *out)
{
    *out = (uint32_t)request->imr_ifindex;
    return request->imr_ifindex != 0 ? 0 : interface_of(request->imr_address, out);
}

typedef int group_fn(int d, const struct xsock_addr *group, const struct xsock_addr *source,
                     uint32_t interface_index);

static int change_inet(int d, group_fn *fn, const void *value, socklen_t len)
{
    struct ip_mreqn request;
    struct xsock_addr group;
    uint32_t index = 0;
    int error = request_in(value, len, &request);
    if (error == 0)
        error = index_of(&request, &index);
    if (error == 0)
        error = inet_of(request.imr_multiaddr, &group);
    return error < 0 ? error : fn(d, &group, NULL, index);
}

static int change_source(int d, group_fn *fn, const void *value, socklen_t len)
{
    struct ip_mreq_source request;
    struct xsock_addr group;
    struct xsock_addr source;
    uint32_t index = 0;
    if (len < sizeof request)
        return -XSOCK_EINVAL;
    memcpy(&request, value, sizeof request);
    int error = interface_of(request.imr_interface, &index);
    if (error < 0)
        return error;
    (void)inet_of(request.imr_multiaddr, &group);
    (void)inet_of(request.imr_sourceaddr, &source);
    return fn(d, &group, &source, index);
}

static int change_inet6(int d, group_fn *fn, const void *value, socklen_t len)
{
    struct ipv6_mreq request;
    struct xsock_addr group;
    uint8_t ip[16];
    if (len < sizeof request)
        return -XSOCK_EINVAL;
    memcpy(&request, value, sizeof request);
    memcpy(ip, &request.ipv6mr_multiaddr, sizeof ip);
    int error = xsock_addr_inet6(ip, 0, 0, &group);
    return error < 0 ? error : fn(d, &group, NULL, request.ipv6mr_interface);
}

/* IP_MULTICAST_IF takes an address, or a structure with an index. */
static int set_interface(int d, const void *value, socklen_t len)
{
    struct ip_mreqn request;
    uint32_t index = 0;
    memset(&request, 0, sizeof request);
    if (len >= sizeof(struct ip_mreq)) {
        (void)request_in(value, len, &request);
    } else if (len >= sizeof request.imr_address) {
        memcpy(&request.imr_address, value, sizeof request.imr_address);
    } else {
        return -XSOCK_EINVAL;
    }
    int error = index_of(&request, &index);
    if (error == 0)
        error = xsock_set_multicast_if(d, index);
    return error == -XSOCK_ENODEV ? -XSOCK_EADDRNOTAVAIL : error;
}

static int set_interface6(int d, const void *value, socklen_t len)
{
    unsigned int index;
    if (len < sizeof index)
        return -XSOCK_EINVAL;
    memcpy(&index, value, sizeof index);
    return xsock_set_multicast_if(d, index);
}

static int change_ip(int d, int name, const void *value, socklen_t len)
{
    bool is_of_datagrams =
        name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP || name == IP_MULTICAST_IF;
    if (is_of_datagrams && xsock_posix__is_stream(d))
        return -XSOCK_ENOPROTOOPT; /* whatever the value is */
    switch (name) {
    case IP_ADD_MEMBERSHIP:
        return change_inet(d, xsock_join_group, value, len);
    case IP_DROP_MEMBERSHIP:
        return change_inet(d, xsock_leave_group, value, len);
    case IP_ADD_SOURCE_MEMBERSHIP:
        return change_source(d, xsock_join_group, value, len);
    case IP_DROP_SOURCE_MEMBERSHIP:
        return change_source(d, xsock_leave_group, value, len);
    case IP_MULTICAST_IF:
        return set_interface(d, value, len);
    default:
        return 1;
    }
}

static int change_ipv6(int d, int name, const void *value, socklen_t len)
{
    switch (name) {
    case IPV6_JOIN_GROUP:
        return change_inet6(d, xsock_join_group, value, len);
    case IPV6_LEAVE_GROUP:
        return change_inet6(d, xsock_leave_group, value, len);
    case IPV6_MULTICAST_IF:
        return set_interface6(d, value, len);
    default:
        return 1;
    }
}

int xsock_posix__group(int d, int level, int name, const void *value, socklen_t len)
{
    return level == IPPROTO_IP     ? change_ip(d, name, value, len)
           : level == IPPROTO_IPV6 ? change_ipv6(d, name, value, len)
                                   : 1;
}
