/* The list of interfaces, from getifaddrs(). It has an entry for each address and one for the link.
 */
#include "posix/native.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#ifdef __linux__
/* The C library's own header. Kernel headers are not there with every C library. */
#include <netpacket/packet.h>
#else
#include <net/if_dl.h>
#endif

/* Without a descriptor glibc 2.36 gives ENOENT. The shortage may be over now, because another
 * thread has closed a descriptor. */
static int failure(void)
{
    int code = errno;
    int shortage = xsock__posix_shortage();

    if (shortage != 0)
        return shortage;
    return code == ENOENT ? EMFILE : code != 0 ? code : ENXIO;
}

int xsock__sys_if_index(const char *name, uint32_t *out)
{
    int before = errno;
    unsigned index;
    int code = 0;

    errno = 0;
    index = if_nametoindex(name);
    /* no such interface is ENODEV on Linux and ENXIO on BSD; other codes are failures */
    if (index == 0 && errno != ENODEV && errno != ENXIO) {
        code = failure();
    } else {
        *out = index;
    }
    errno = before;
    return code;
}

int xsock__sys_if_name(uint32_t index, char out[XSOCK__IF_NAME_SIZE])
{
    int before = errno;
    char name[IF_NAMESIZE] = "";
    int code = 0;

    errno = 0;
    if (!if_indextoname(index, name)) {
        name[0] = 0;
        code = errno == ENXIO || errno == ENODEV ? 0 : failure();
    }
    if (code == 0) {
        memcpy(out, name, sizeof name);
        out[sizeof name - 1] = 0;
    }
    errno = before;
    return code;
}

/* ---- Names ----------------------------------------------------------------------------------- */

/* On Linux an address with a label ("eth0:1") comes under the label's name. No interface has a
 * colon in its own name. */
static size_t name_length(const char *name)
{
#ifdef __linux__
    return strcspn(name, ":");
#else
    return strlen(name);
#endif
}

static bool same_name(const char *a, const char *b)
{
    size_t n = name_length(a);
    return n == name_length(b) && memcmp(a, b, n) == 0;
}

static bool seen_before(const struct ifaddrs *first, const struct ifaddrs *entry)
{
    for (; first != entry; first = first->ifa_next) {
        if (same_name(first->ifa_name, entry->ifa_name))
            return true;
    }
    return false;
}

/* ---- What one entry tells -------------------------------------------------------------------- */

static uint32_t flags_from_native(unsigned flags)
{
    return (flags & IFF_UP && flags & IFF_RUNNING ? (uint32_t)XSOCK_IF_UP : 0)
           | (flags & IFF_LOOPBACK ? (uint32_t)XSOCK_IF_LOOPBACK : 0)
           | (flags & IFF_MULTICAST ? (uint32_t)XSOCK_IF_MULTICAST : 0)
           | (flags & IFF_BROADCAST ? (uint32_t)XSOCK_IF_BROADCAST : 0)
           | (flags & IFF_POINTOPOINT ? (uint32_t)XSOCK_IF_POINTTOPOINT : 0);
}

/* The number of ones that a netmask begins with. BSD kernels cut a mask after its last byte that is
 * not zero, and do not always fill in its family, so only sa_len can be trusted. */
static uint32_t prefix_length(int family, const struct sockaddr *mask)
{
    size_t at = family == AF_INET ? offsetof(struct sockaddr_in, sin_addr)
                                  : offsetof(struct sockaddr_in6, sin6_addr);
    size_t end = at + (family == AF_INET ? 4 : 16);
    const uint8_t *bytes = (const uint8_t *)mask;
    uint32_t bits = 0;

    if (!mask)
        return 0;
#ifdef SIN6_LEN
    end = mask->sa_len < end ? mask->sa_len : end;
#endif
    for (; at < end && bytes[at] == 0xff; at++)
        bits += 8;
    if (at < end) {
        unsigned last;
        for (last = bytes[at]; last & 0x80; last = last << 1 & 0xff)
            bits++;
    }
    return bits;
}

static void add_hardware(struct xsock_interface *iface, const uint8_t *bytes, size_t n)
{
    if (n <= sizeof iface->hardware) {
        memcpy(iface->hardware, bytes, n);
        iface->hardware_length = (uint32_t)n;
    }
}

#ifdef __linux__
enum { AF_OF_LINK = AF_PACKET };

/* sll_addr may be longer than its declaration: InfiniBand has 20 bytes, and the C libraries reserve
 * them. An interface without an address (loopback) has zeros. */
static void add_link(struct xsock_interface *iface, const struct sockaddr *sa)
{
    static const uint8_t zeros[sizeof iface->hardware];
    const uint8_t *bytes = (const uint8_t *)sa + offsetof(struct sockaddr_ll, sll_addr);
    struct sockaddr_ll link;

    memcpy(&link, sa, sizeof link);
    iface->index = (uint32_t)link.sll_ifindex;
    if (link.sll_halen <= sizeof zeros && memcmp(bytes, zeros, link.sll_halen) != 0)
        add_hardware(iface, bytes, link.sll_halen);
}
#else
enum { AF_OF_LINK = AF_LINK };

static void add_link(struct xsock_interface *iface, const struct sockaddr *sa)
{
    struct sockaddr_dl link;
    size_t data = offsetof(struct sockaddr_dl, sdl_data);
    size_t size = sa->sa_len < sizeof link ? sa->sa_len : sizeof link;

    memset(&link, 0, sizeof link);
    memcpy(&link, sa, size);
    iface->index = link.sdl_index;
    if (data + link.sdl_nlen + link.sdl_alen <= sa->sa_len)
        add_hardware(iface, (const uint8_t *)sa + data + link.sdl_nlen, link.sdl_alen);
}
#endif

/* KAME's kernels keep the interface of a link-local address in its second pair of bytes, and some
 * of their calls return the address in this form. */
static void clear_embedded_scope(struct xsock_addr *a)
{
#ifdef __KAME__
    if (a->family == XSOCK_AF_INET6 && a->data[0] == 0xfe && (a->data[1] & 0xc0) == 0x80) {
        uint32_t embedded = (uint32_t)a->data[2] << 8 | a->data[3];
        a->scope = a->scope ? a->scope : embedded;
        a->data[2] = a->data[3] = 0;
    }
#else
    (void)a;
#endif
}

static bool add_addr(struct xsock_interface_addr *out, const struct ifaddrs *entry)
{
    int family = entry->ifa_addr->sa_family;
    struct xsock__sys_addr native = {0, {0}};

    if (family != AF_INET && family != AF_INET6)
        return false;
    native.length = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    memcpy(native.bytes, entry->ifa_addr, native.length);
    if (xsock__sys_addr_from_native(&native, &out->addr))
        return false;
    clear_embedded_scope(&out->addr);
    out->prefix_length = prefix_length(family, entry->ifa_netmask);
    return true;
}

/* ---- An interface ---------------------------------------------------------------------------- */

/* Gathers all entries of an interface. `entry` is its first one. */
static void gather(const struct ifaddrs *entry, const char *name,
                   struct xsock_interface_addr *addrs, struct xsock_interface *out)
{
    const struct ifaddrs *e;

    memset(out, 0, sizeof *out);
    out->name = out->label = name;
    out->addrs = addrs;
    out->flags = flags_from_native(entry->ifa_flags);
    for (e = entry; e; e = e->ifa_next) {
        if (!e->ifa_addr || !same_name(entry->ifa_name, e->ifa_name))
            continue;
        if (e->ifa_addr->sa_family == AF_OF_LINK) {
            add_link(out, e->ifa_addr);
        } else if (add_addr(&addrs[out->addr_count], e)) {
            out->addr_count++;
        }
    }
}

static void call_each(const struct ifaddrs *list, struct xsock_interface_addr *addrs,
                      xsock_interface_fn *fn, void *user, int *out)
{
    const struct ifaddrs *e;

    for (e = list; e; e = e->ifa_next) {
        char name[IF_NAMESIZE] = "";
        size_t n = name_length(e->ifa_name);
        struct xsock_interface iface;

        if (n >= sizeof name || seen_before(list, e))
            continue;
        memcpy(name, e->ifa_name, n);
        gather(e, name, addrs, &iface);
        if (iface.index == 0 && (xsock__sys_if_index(name, &iface.index) || iface.index == 0)) {
            continue; /* it went away meanwhile */
        }
        ++*out;
        if (fn(&iface, user))
            break;
    }
}

int xsock__sys_interfaces(xsock_interface_fn *fn, void *user, int *out)
{
    struct xsock_interface_addr *addrs;
    const struct ifaddrs *e;
    struct ifaddrs *list;
    size_t count = 1;
    int before = errno;
    int called = 0;

    if (getifaddrs(&list)) {
        int code = errno;
        errno = before;
        return code;
    }
    for (e = list; e; e = e->ifa_next)
        count++;
    addrs = xsock__sys_alloc(count * sizeof *addrs);
    if (addrs) {
        call_each(list, addrs, fn, user, &called);
        xsock__sys_free(addrs, count * sizeof *addrs);
        *out = called;
    }
    freeifaddrs(list);
    errno = before;
    return addrs ? 0 : ENOMEM;
}
