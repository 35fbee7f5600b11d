/* port_addr_list, port_route_list and port_mac report the interfaces of the host. The other
 * port_* calls would change the host's network, which no guest may do. */
#include <string.h>

#include "wasix/guest.h"

/* ---- Addresses and prefixes in memory -------------------------------------------------------- */

/* The sizes in the larger and in the smaller layout of addresses. */
struct layout {
    /* The size of an addr_cidr, and the offset of the prefix length in it. */
    unsigned char cidr, prefix4, prefix6;
    unsigned char route; /* size: an addr_cidr, then zeros */
};

enum { TAG = 0, IP = 2, CIDR_MAX = 28 };

static const struct layout *layout_of(const struct xsock__wasix_call *c)
{
    static const struct layout large = {CIDR_MAX, 6, 26, 176};
    static const struct layout small = {20, 6, 18, 72};
    return c->guest->config.addr_port_size == XSOCK__WASIX_ADDR_PORT ? &large : &small;
}

/* The bytes after the address are 0: without the interface, flow and scope of an address have no
 * meaning. */
static void put_cidr(const struct layout *l, unsigned char *at,
                     const struct xsock_interface_addr *a)
{
    unsigned char copy[CIDR_MAX] = {0};
    bool v4 = a->addr.family == XSOCK_AF_INET;
    copy[TAG] = (unsigned char)a->addr.family;
    memcpy(copy + IP, a->addr.data, a->addr.length);
    copy[v4 ? l->prefix4 : l->prefix6] = (unsigned char)a->prefix_length;
    memcpy(at, copy, l->cidr);
}

/* The route is direct, so the address of its router is UNSPEC. The route has no end, so neither
 * of its times is set. */
static void put_route(const struct layout *l, unsigned char *at,
                      const struct xsock_interface_addr *a)
{
    memset(at, 0, l->route);
    put_cidr(l, at, a);
}

/* ---- The addresses of the interfaces --------------------------------------------------------- */

struct list {
    const struct xsock__wasix_call *call;
    struct xsock_interface_addr *v;
    size_t count, capacity;
    bool networks; /* list each network once, of interfaces that are up */
    int error;
};

static void list_free(struct list *l)
{
    if (l->v != NULL)
        xsock__wasix_unscratch(l->call, l->v, l->capacity * sizeof *l->v);
}

static bool grow(struct list *l)
{
    size_t capacity = l->capacity == 0 ? 16 : 2 * l->capacity;
    struct xsock_interface_addr *v = xsock__wasix_scratch(l->call, capacity * sizeof *v);
    if (v == NULL)
        return false;
    if (l->count > 0)
        memcpy(v, l->v, l->count * sizeof *v);
    list_free(l);
    l->v = v;
    l->capacity = capacity;
    return true;
}

static void mask(struct xsock_interface_addr *a)
{
    for (uint32_t i = 0; i < a->addr.length; i++) {
        uint32_t bits = a->prefix_length <= 8 * i ? 0 : a->prefix_length - 8 * i;
        if (bits < 8)
            a->addr.data[i] = (uint8_t)(a->addr.data[i] & (0xff00U >> bits));
    }
    a->addr.scope = 0;
}

static bool has(const struct list *l, const struct xsock_interface_addr *a)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->v[i].prefix_length == a->prefix_length && xsock_addr_equal(&l->v[i].addr, &a->addr))
            return true;
    return false;
}

static int collect(const struct xsock_interface *iface, void *user)
{
    struct list *l = user;
    if (l->networks && (iface->flags & XSOCK_IF_UP) == 0)
        return 0;
    for (size_t i = 0; i < iface->addr_count; i++) {
        struct xsock_interface_addr a = iface->addrs[i];
        if (l->networks)
            mask(&a);
        if (l->networks && has(l, &a))
            continue;
        if (l->count == l->capacity && !grow(l)) {
            l->error = -XSOCK_ENOMEM;
            return 1;
        }
        l->v[l->count++] = a;
    }
    return 0;
}

/* ---- Listing --------------------------------------------------------------------------------- */

typedef void put_fn(const struct layout *l, unsigned char *at,
                    const struct xsock_interface_addr *a);

/* The guest's array, and how many entries it has space for. */
struct array {
    unsigned char *at, *count;
    uint64_t capacity;
    size_t stride;
};

static int read_array(const struct xsock__wasix_call *c, size_t stride, struct array *out)
{
    out->stride = stride;
    out->count = xsock__wasix_at(c, xsock__wasix_ptr(c, 1), xsock__wasix_word(c));
    if (out->count == NULL)
        return -XSOCK_EMEMVIOLATION;
    out->capacity = xsock__wasix_get_word(c, out->count);
    out->at = out->capacity <= c->size
                  ? xsock__wasix_at(c, xsock__wasix_ptr(c, 0), out->capacity * stride)
                  : NULL;
    return out->at == NULL ? -XSOCK_EMEMVIOLATION : 0;
}

/* Writes as many entries as fit, and stores how many there are. Returns EOVERFLOW if not all
 * fit. */
static int write_list(const struct list *l, const struct array *to, put_fn *put)
{
    size_t n = to->capacity < l->count ? (size_t)to->capacity : l->count;
    for (size_t i = 0; i < n; i++)
        put(layout_of(l->call), to->at + i * to->stride, &l->v[i]);
    xsock__wasix_put_word(l->call, to->count, l->count);
    return n < l->count ? -XSOCK_EOVERFLOW : 0;
}

static int list_to(const struct xsock__wasix_call *c, bool networks, size_t stride, put_fn *put)
{
    struct list l = {.call = c, .networks = networks};
    struct array to;
    int rc = read_array(c, stride, &to);
    if (rc == 0)
        rc = xsock__wasix_ask(c, XSOCK_WASIX_INTERFACES, 0, 0, 0, NULL, NULL);
    if (rc != 0)
        return rc;
    rc = xsock_interfaces(collect, &l);
    if (rc >= 0)
        rc = l.error != 0 ? l.error : write_list(&l, &to, put);
    list_free(&l);
    return rc;
}

int xsock__wasix_port_addr_list(const struct xsock__wasix_call *c)
{
    return list_to(c, false, layout_of(c)->cidr, put_cidr);
}

/* Lists the networks of the interfaces. Routes through gateways are left out, because not every
 * system has a call that lists them. */
int xsock__wasix_port_route_list(const struct xsock__wasix_call *c)
{
    return list_to(c, true, layout_of(c)->route, put_route);
}

/* ---- The hardware address -------------------------------------------------------------------- */

enum { MAC = 6 };

struct mac {
    unsigned char bytes[MAC];
    bool found;
};

/* Chooses the first interface that is up, or the first of all if none is up. */
static int look_at_hardware(const struct xsock_interface *iface, void *user)
{
    struct mac *m = user;
    bool up = (iface->flags & XSOCK_IF_UP) != 0;
    if ((iface->flags & XSOCK_IF_LOOPBACK) != 0 || iface->hardware_length != MAC
        || (m->found && !up))
        return 0;
    memcpy(m->bytes, iface->hardware, MAC);
    m->found = true;
    return up;
}

int xsock__wasix_port_mac(const struct xsock__wasix_call *c)
{
    struct mac m = {{0}, false};
    unsigned char *out = xsock__wasix_at(c, xsock__wasix_ptr(c, 0), MAC);
    if (out == NULL)
        return -XSOCK_EMEMVIOLATION;
    int rc = xsock__wasix_ask(c, XSOCK_WASIX_INTERFACES, 0, 0, 0, NULL, NULL);
    if (rc == 0)
        rc = xsock_interfaces(look_at_hardware, &m);
    if (rc < 0)
        return rc;
    if (!m.found)
        return -XSOCK_ENOTSUP;
    memcpy(out, m.bytes, MAC);
    return 0;
}

/* ---- Calls that would change the host -------------------------------------------------------- */

#define REFUSED(name)                                          \
    int xsock__wasix_##name(const struct xsock__wasix_call *c) \
    {                                                          \
        (void)c;                                               \
        return -XSOCK_ENOTSUP;                                 \
    }

REFUSED(port_bridge)
REFUSED(port_unbridge)
REFUSED(port_dhcp_acquire)
REFUSED(port_addr_add)
REFUSED(port_addr_remove)
REFUSED(port_addr_clear)
REFUSED(port_gateway_set)
REFUSED(port_route_add)
REFUSED(port_route_remove)
REFUSED(port_route_clear)
