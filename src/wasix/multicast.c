/* sock_join_multicast_v4, _v6, sock_leave_multicast_v4, _v6. The policy is asked about both
 * joining and leaving. A policy that changes a group on joining can make the same change on
 * leaving. */
#include <string.h>

#include "call/call.h"
#include "call/options.h"
#include "wasix/guest.h"

enum { V4 = 4, V6 = 16, V6_LARGE = 24, V6_SCOPE = 20 };

/* Reads the group from the arguments. The group's scope is the index of the interface. */
typedef int read_fn(const struct xsock__wasix_call *c, struct xsock_addr *out);

static int change_in(const struct xsock__wasix_call *c, struct xsock__fd *fd, bool join,
                     read_fn *read)
{
    struct xsock_addr group;
    int rc = read(c, &group);
    if (rc == 0)
        rc = xsock__wasix_ask_in(c, XSOCK_WASIX_JOIN, fd, &group);
    if (rc != 0)
        return rc;
    uint32_t index = group.scope;
    if (group.family == XSOCK_AF_INET)
        group.scope = 0; /* the core has no scope for IPv4 */
    return xsock__change_group_in(fd, join, &group, NULL, index);
}

static int change(const struct xsock__wasix_call *c, bool join, read_fn *read)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(c->guest->table, xsock__wasix_fd(c, 0), &fd);
    if (rc != 0)
        return rc;
    rc = change_in(c, fd, join, read);
    xsock__fdtab_put(c->guest->table, fd);
    return rc;
}

/* ---- IPv4 (an address of the interface names the interface) ---------------------------------- */

struct search {
    unsigned char addr[V4];
    uint32_t index;
};

static int look(const struct xsock_interface *iface, void *user)
{
    struct search *s = user;
    for (size_t i = 0; i < iface->addr_count; i++) {
        const struct xsock_addr *a = &iface->addrs[i].addr;
        if (a->family == XSOCK_AF_INET && memcmp(a->data, s->addr, V4) == 0)
            s->index = iface->index;
    }
    return s->index != 0;
}

/* Stores 0 for 0.0.0.0. The system then chooses the interface. */
static int find_interface(const unsigned char addr[V4], uint32_t *out)
{
    static const unsigned char any[V4];
    struct search s = {{0}, 0};
    memcpy(s.addr, addr, V4);
    int rc = memcmp(addr, any, V4) != 0 ? xsock_interfaces(look, &s) : 0;
    if (rc < 0)
        return rc;
    *out = s.index;
    return s.index != 0 || memcmp(addr, any, V4) == 0 ? 0 : -XSOCK_ENODEV;
}

static int read_v4(const struct xsock__wasix_call *c, struct xsock_addr *out)
{
    unsigned char iface[V4];
    const unsigned char *at = xsock__wasix_at(c, xsock__wasix_ptr(c, 1), V4);
    const unsigned char *iface_at = xsock__wasix_at(c, xsock__wasix_ptr(c, 2), V4);
    if (at == NULL || iface_at == NULL)
        return -XSOCK_EMEMVIOLATION;
    *out = (struct xsock_addr){.family = XSOCK_AF_INET, .length = V4};
    memcpy(out->data, at, V4);
    memcpy(iface, iface_at, V4);
    return find_interface(iface, &out->scope);
}

int xsock__wasix_sock_join_multicast_v4(const struct xsock__wasix_call *c)
{
    return change(c, true, read_v4);
}

int xsock__wasix_sock_leave_multicast_v4(const struct xsock__wasix_call *c)
{
    return change(c, false, read_v4);
}

/* ---- IPv6 (an index in the argument or in the address names the interface) ------------------- */

/* An addr_ip6 has 16 bytes. In the larger layout it also has a flow, which has no meaning here,
 * and a scope in two halves of 16 bits, the high half first. */
static int read_v6(const struct xsock__wasix_call *c, struct xsock_addr *out)
{
    bool large = c->guest->config.addr_port_size == XSOCK__WASIX_ADDR_PORT;
    unsigned char copy[V6_LARGE] = {0};
    const unsigned char *at = xsock__wasix_at(c, xsock__wasix_ptr(c, 1), large ? V6_LARGE : V6);
    uint32_t index = xsock__wasix_u32(c, 2), scope;
    if (at == NULL)
        return -XSOCK_EMEMVIOLATION;
    memcpy(copy, at, large ? V6_LARGE : V6);
    scope = (uint32_t)xsock__wasix_get16(copy + V6_SCOPE) << 16
            | xsock__wasix_get16(copy + V6_SCOPE + 2);
    if (scope != 0 && index != 0 && scope != index)
        return -XSOCK_EINVAL;
    *out = (struct xsock_addr){.family = XSOCK_AF_INET6, .length = V6};
    memcpy(out->data, copy, V6);
    out->scope = index != 0 ? index : scope;
    return 0;
}

int xsock__wasix_sock_join_multicast_v6(const struct xsock__wasix_call *c)
{
    return change(c, true, read_v6);
}

int xsock__wasix_sock_leave_multicast_v6(const struct xsock__wasix_call *c)
{
    return change(c, false, read_v6);
}
