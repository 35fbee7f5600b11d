/* Addresses in the guest's memory. An addr_port has 110 bytes or 20. */
#include <string.h>

#include "wasix/guest.h"

/* Offsets from the start of the addr_port. An IPv6 address is 16 bytes, then the flow, then the
 * scope. Flow and scope are two 16-bit halves each, the high half first. */
enum {
    TAG = 0,
    PORT = 2,
    IP = 4,
    FLOW = 20,
    SCOPE = 24,
    PATH = 2,
    PATH_CAPACITY = 108,
    SMALL = 20 /* the layout without flow, scope and path */
};

static bool is_small(const struct xsock__wasix_call *c)
{
    return c->guest->config.addr_port_size == SMALL;
}

static uint32_t get_halves(const unsigned char *p)
{
    return (uint32_t)xsock__wasix_get16(p) << 16 | xsock__wasix_get16(p + 2);
}

static void put_halves(unsigned char *p, uint32_t v)
{
    xsock__wasix_put16(p, (uint16_t)(v >> 16));
    xsock__wasix_put16(p + 2, (uint16_t)(v & 0xffff));
}

/* A path ends at its NUL. The core refuses a path of 108 bytes without a NUL. */
static void read_path(const unsigned char *p, struct xsock_addr *out)
{
    while (out->length < PATH_CAPACITY && p[PATH + out->length] != 0) {
        out->data[out->length] = p[PATH + out->length];
        out->length++;
    }
}

static void read_ip(const unsigned char *p, uint32_t length, struct xsock_addr *out)
{
    out->port = xsock__wasix_get16(p + PORT);
    out->length = length;
    memcpy(out->data, p + IP, length);
}

int xsock__wasix_get_addr(const struct xsock__wasix_call *c, uint64_t ptr, struct xsock_addr *out)
{
    unsigned char copy[XSOCK__WASIX_ADDR_PORT];
    const unsigned char *from = xsock__wasix_addr_at(c, ptr);
    if (from == NULL)
        return -XSOCK_EMEMVIOLATION;
    memcpy(copy, from, (size_t)c->guest->config.addr_port_size);
    memset(out, 0, sizeof *out);
    out->family = copy[TAG];
    switch (out->family) {
    case XSOCK_AF_UNSPEC:
        return 0;
    case XSOCK_AF_INET:
        read_ip(copy, 4, out);
        return 0;
    case XSOCK_AF_INET6:
        read_ip(copy, 16, out);
        if (!is_small(c)) {
            out->flow = get_halves(copy + FLOW);
            out->scope = get_halves(copy + SCOPE);
        }
        return 0;
    case XSOCK_AF_LOCAL:
        if (is_small(c))
            return -XSOCK_EAFNOSUPPORT;
        read_path(copy, out);
        return 0;
    default:
        return -XSOCK_EAFNOSUPPORT;
    }
}

unsigned char *xsock__wasix_addr_at(const struct xsock__wasix_call *c, uint64_t ptr)
{
    return xsock__wasix_at(c, ptr, (uint64_t)c->guest->config.addr_port_size);
}

/* An abstract name begins with a zero byte, and a name may be too long for the layout. The guest
 * cannot have given such a name, and gets as much of it as fits. */
static void write_path(unsigned char *p, const struct xsock_addr *a)
{
    size_t n = a->length < PATH_CAPACITY ? a->length : PATH_CAPACITY - 1;
    memcpy(p + PATH, a->data, n);
}

void xsock__wasix_put_addr(const struct xsock__wasix_call *c, unsigned char *at,
                           const struct xsock_addr *a)
{
    unsigned char p[XSOCK__WASIX_ADDR_PORT] = {0};
    /* A socket of the host may have another family, for which WASIX has no number. */
    if (a->family <= XSOCK_AF_LOCAL)
        p[TAG] = (unsigned char)a->family;
    if (a->family == XSOCK_AF_INET || a->family == XSOCK_AF_INET6) {
        xsock__wasix_put16(p + PORT, (uint16_t)a->port);
        memcpy(p + IP, a->data, a->length);
    }
    if (a->family == XSOCK_AF_INET6) {
        put_halves(p + FLOW, a->flow);
        put_halves(p + SCOPE, a->scope);
    }
    if (a->family == XSOCK_AF_LOCAL)
        write_path(p, a);
    memcpy(at, p, (size_t)c->guest->config.addr_port_size);
}
