/* What the multicast.c of both backends share: the interface that has an IPv4 address. */
#ifndef XSOCK__BACKEND_INTERFACE_OF_H
#define XSOCK__BACKEND_INTERFACE_OF_H

#include <string.h>

#include "sys.h"

/* macOS tells the index itself. The single file has this header there too. */
#ifndef IP_MULTICAST_IFINDEX
struct interface_search {
    const void *addr; /* four bytes, in network order */
    uint32_t index;   /* 0 until one is found */
};

static inline int has_addr(const struct xsock_interface *iface, void *user)
{
    struct interface_search *s = user;
    for (size_t i = 0; i < iface->addr_count; i++) {
        const struct xsock_addr *a = &iface->addrs[i].addr;
        if (a->family == XSOCK_AF_INET && memcmp(a->data, s->addr, 4) == 0)
            s->index = iface->index;
    }
    return s->index != 0;
}

/* Stores the index of the interface that has `addr`. If none has, the call returns `none`. */
static inline int interface_of(const void *addr, int none, uint32_t *out)
{
    struct interface_search s = {addr, 0};
    int ignored, code = xsock__sys_interfaces(has_addr, &s, &ignored);
    if (code == 0 && s.index == 0)
        code = none;
    if (code == 0)
        *out = s.index;
    return code;
}
#endif

#endif
