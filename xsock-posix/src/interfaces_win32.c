/* Interfaces of the network, on Windows: if_nametoindex() and its kin, and getifaddrs(). POSIX
 * systems have their own. */
#include "posix.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- By name and by index */

struct search {
    const char *name; /* NULL: by index */
    unsigned int index;
    char *out;
    bool is_found;
};

static int compare(const struct xsock_interface *iface, void *user)
{
    struct search *search = user;
    bool is_it = search->name != NULL ? strcmp(iface->name, search->name) == 0
                                      : iface->index == search->index;
    if (!is_it || strlen(iface->name) >= IF_NAMESIZE)
        return 0;
    search->index = iface->index;
    search->is_found = true;
    if (search->out != NULL)
        strcpy(search->out, iface->name);
    return 1;
}

unsigned int xsock_posix_if_nametoindex(const char *name)
{
    struct search search = {.name = name};
    if (name == NULL || xsock_interfaces(compare, &search) < 0 || !search.is_found) {
        errno = ENODEV;
        return 0;
    }
    return search.index;
}

char *xsock_posix_if_indextoname(unsigned int index, char *name)
{
    struct search search = {.index = index, .out = name};
    if (xsock_interfaces(compare, &search) < 0 || !search.is_found) {
        errno = ENXIO;
        return NULL;
    }
    return name;
}

struct list {
    struct if_nameindex *entries;
    size_t count;
    bool is_failed;
};

static int add_name(const struct xsock_interface *iface, void *user)
{
    struct list *list = user;
    struct if_nameindex *more = realloc(list->entries, (list->count + 2) * sizeof *more);
    if (more == NULL) {
        list->is_failed = true;
        return 1;
    }
    list->entries = more;
    more[list->count] = (struct if_nameindex){iface->index, _strdup(iface->name)};
    list->count++;
    more[list->count] = (struct if_nameindex){0, NULL};
    return 0;
}

void xsock_posix_if_freenameindex(struct if_nameindex *list)
{
    for (struct if_nameindex *i = list; i != NULL && i->if_name != NULL; i++)
        free(i->if_name);
    free(list);
}

struct if_nameindex *xsock_posix_if_nameindex(void)
{
    struct list list = {.entries = calloc(1, sizeof *list.entries)};
    if (list.entries == NULL || xsock_interfaces(add_name, &list) < 0 || list.is_failed) {
        xsock_posix_if_freenameindex(list.entries);
        errno = ENOBUFS;
        return NULL;
    }
    return list.entries;
}

/* ---- getifaddrs() */

struct node {
    struct ifaddrs entry;
    char name[IF_NAMESIZE];
    struct sockaddr_storage addr;
    struct sockaddr_storage netmask;
    struct sockaddr_storage broadcast;
};

struct chain {
    struct ifaddrs **end;
    bool is_failed;
};

/* Windows does not tell whether an interface can broadcast. One with groups can, unless it leads to
 * one machine only. */
static unsigned int flags_of(const struct xsock_interface *iface)
{
    const uint32_t one_peer = XSOCK_IF_LOOPBACK | XSOCK_IF_POINTTOPOINT;
    uint32_t flags = iface->flags;
    bool is_broadcast = (flags & XSOCK_IF_MULTICAST) != 0 && (flags & one_peer) == 0;
    return ((flags & XSOCK_IF_UP) != 0 ? IFF_UP | IFF_RUNNING : 0)
           | ((flags & XSOCK_IF_LOOPBACK) != 0 ? IFF_LOOPBACK : 0)
           | ((flags & XSOCK_IF_MULTICAST) != 0 ? IFF_MULTICAST : 0)
           | (is_broadcast ? IFF_BROADCAST : 0)
           | ((flags & XSOCK_IF_POINTTOPOINT) != 0 ? IFF_POINTOPOINT : 0);
}

static void netmask_of(const struct xsock_interface_addr *a, struct sockaddr_storage *out)
{
    struct xsock_addr mask = a->addr;
    mask.scope = 0;
    memset(mask.data, 0, sizeof mask.data);
    for (uint32_t bit = 0; bit < a->prefix_length; bit++)
        mask.data[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
    xsock_posix__sockaddr_of(&mask, out);
}

/* Programs read the address for broadcasts of each entry of INET that has IFF_BROADCAST. */
static void broadcast_of(const struct xsock_interface_addr *a, struct sockaddr_storage *out)
{
    struct xsock_addr addr = a->addr;
    for (uint32_t bit = a->prefix_length; bit < 32; bit++)
        addr.data[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
    xsock_posix__sockaddr_of(&addr, out);
}

static int add_addrs(const struct xsock_interface *iface, void *user)
{
    struct chain *chain = user;
    for (size_t i = 0; i < iface->addr_count; i++) {
        struct node *node = calloc(1, sizeof *node);
        if (node == NULL) {
            chain->is_failed = true;
            return 1;
        }
        snprintf(node->name, sizeof node->name, "%s", iface->name);
        xsock_posix__sockaddr_of(&iface->addrs[i].addr, &node->addr);
        netmask_of(&iface->addrs[i], &node->netmask);
        node->entry.ifa_name = node->name;
        node->entry.ifa_flags = flags_of(iface);
        node->entry.ifa_addr = (struct sockaddr *)&node->addr;
        node->entry.ifa_netmask = (struct sockaddr *)&node->netmask;
        bool is_inet = iface->addrs[i].addr.family == XSOCK_AF_INET;
        if (is_inet && (node->entry.ifa_flags & IFF_BROADCAST) != 0) {
            broadcast_of(&iface->addrs[i], &node->broadcast);
            node->entry.ifa_broadaddr = (struct sockaddr *)&node->broadcast;
        }
        *chain->end = &node->entry;
        chain->end = &node->entry.ifa_next;
    }
    return 0;
}

void xsock_posix_freeifaddrs(struct ifaddrs *list)
{
    while (list != NULL) {
        struct ifaddrs *next = list->ifa_next;
        free(list); /* a struct node begins with it */
        list = next;
    }
}

int xsock_posix_getifaddrs(struct ifaddrs **out)
{
    struct ifaddrs *list = NULL;
    struct chain chain = {.end = &list};
    int error = xsock_interfaces(add_addrs, &chain);
    if (error < 0 || chain.is_failed) {
        xsock_posix_freeifaddrs(list);
        return error < 0 ? xsock_posix__fail(error) : xsock_posix__refuse(ENOMEM);
    }
    *out = list;
    return 0;
}
