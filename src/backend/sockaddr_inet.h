/* What the addr.c of both backends share: families, and the sockaddrs of INET and INET6, which
 * differ between systems in their first bytes only. Only these two files include this header, after
 * the system's headers and FAMILY_LAST, the largest number that sa_family holds. No sockaddr is
 * read through a pointer of another type. */
#ifndef XSOCK__BACKEND_SOCKADDR_INET_H
#define XSOCK__BACKEND_SOCKADDR_INET_H

#include <stddef.h>
#include <string.h>

#include "sys.h"

static int family_from_native(int family)
{
    int af, native;

    switch (family) {
    case AF_UNSPEC:
        return XSOCK_AF_UNSPEC;
    case AF_INET:
        return XSOCK_AF_INET;
    case AF_INET6:
        return XSOCK_AF_INET6;
    case AF_UNIX:
        return XSOCK_AF_LOCAL;
    default:
        break;
    }
    for (af = XSOCK_AF_ROUTE; af <= XSOCK_AF_HYPERV; af++) {
        if (xsock__sys_family(af, &native) && native == family)
            return af;
    }
    return XSOCK_AF_NATIVE + family;
}

/* A family that has a number in xsock is known by that number only, so that an address has one
 * form. */
static bool family_to_native(int af, int *out)
{
    if (af >= XSOCK_AF_NATIVE) {
        *out = af - XSOCK_AF_NATIVE;
        return *out <= FAMILY_LAST && family_from_native(*out) == af;
    }
    if (af == XSOCK_AF_UNSPEC) {
        *out = AF_UNSPEC;
        return true;
    }
    return xsock__sys_family(af, out);
}

static void put_bytes(struct xsock__sys_addr *to, size_t at, const void *from, size_t n)
{
    memcpy((char *)to->bytes + at, from, n);
}

static const uint8_t *bytes_at(const struct xsock__sys_addr *from, size_t at)
{
    return (const uint8_t *)from->bytes + at;
}

/* These fill all that the system reads, so nothing is cleared before. They return the length, and
 * leave the family to the caller. Each field is written where it belongs: a copy of a whole
 * sockaddr would wait until the stores of its fields are done. */
static size_t put_inet(struct xsock__sys_addr *to, const struct xsock_addr *a)
{
    enum { ADDR = offsetof(struct sockaddr_in, sin_addr), REST = ADDR + 4 };
    uint16_t port = htons((uint16_t)a->port);

    put_bytes(to, offsetof(struct sockaddr_in, sin_port), &port, sizeof port);
    put_bytes(to, ADDR, a->data, 4);
    memset((char *)to->bytes + REST, 0, sizeof(struct sockaddr_in) - REST);
    return sizeof(struct sockaddr_in);
}

static size_t put_inet6(struct xsock__sys_addr *to, const struct xsock_addr *a)
{
    uint16_t port = htons((uint16_t)a->port);
    uint32_t flow = htonl(a->flow);

    put_bytes(to, offsetof(struct sockaddr_in6, sin6_port), &port, sizeof port);
    put_bytes(to, offsetof(struct sockaddr_in6, sin6_flowinfo), &flow, sizeof flow);
    put_bytes(to, offsetof(struct sockaddr_in6, sin6_addr), a->data, 16);
    put_bytes(to, offsetof(struct sockaddr_in6, sin6_scope_id), &a->scope, sizeof a->scope);
    return sizeof(struct sockaddr_in6);
}

/* Begins an address: all else is zero. The bytes are cleared in two steps, because gcc turns one
 * memset of all into a slow string instruction. */
static inline void begin(struct xsock_addr *a, int family, size_t length)
{
    enum { HALF = XSOCK_ADDR_DATA / 2 };

    a->family = family;
    a->port = 0;
    a->flow = 0;
    a->scope = 0;
    a->length = (uint32_t)length;
    memset(a->data, 0, HALF);
    memset(a->data + HALF, 0, HALF);
}

/* These change *a only if they succeed. False if the sockaddr is too short. */
static bool get_inet(struct xsock_addr *a, const struct xsock__sys_addr *native)
{
    uint16_t port;

    if (native->length < sizeof(struct sockaddr_in))
        return false;
    begin(a, XSOCK_AF_INET, 4);
    memcpy(&port, bytes_at(native, offsetof(struct sockaddr_in, sin_port)), sizeof port);
    a->port = ntohs(port);
    memcpy(a->data, bytes_at(native, offsetof(struct sockaddr_in, sin_addr)), 4);
    return true;
}

static bool get_inet6(struct xsock_addr *a, const struct xsock__sys_addr *native)
{
    uint16_t port;
    uint32_t flow;

    if (native->length < sizeof(struct sockaddr_in6))
        return false;
    begin(a, XSOCK_AF_INET6, 16);
    memcpy(&port, bytes_at(native, offsetof(struct sockaddr_in6, sin6_port)), sizeof port);
    memcpy(&flow, bytes_at(native, offsetof(struct sockaddr_in6, sin6_flowinfo)), sizeof flow);
    memcpy(&a->scope, bytes_at(native, offsetof(struct sockaddr_in6, sin6_scope_id)),
           sizeof a->scope);
    a->port = ntohs(port);
    a->flow = ntohl(flow);
    memcpy(a->data, bytes_at(native, offsetof(struct sockaddr_in6, sin6_addr)), 16);
    return true;
}

/* False if the sockaddr is too long. */
static bool get_raw(struct xsock_addr *a, int family, const uint8_t *bytes, size_t n)
{
    if (n > XSOCK_ADDR_DATA)
        return false;
    begin(a, family, n);
    memcpy(a->data, bytes, n);
    return true;
}

#endif
