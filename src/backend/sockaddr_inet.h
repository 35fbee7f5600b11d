/* What the addr.c of both backends share: families, and the sockaddrs of INET and INET6, which
 * differ between systems in their first bytes only. Only these two files include this header, after
 * the system's headers and FAMILY_LAST, the largest number that sa_family holds. No sockaddr is
 * read through a pointer of another type. */
#ifndef XSOCK__BACKEND_SOCKADDR_INET_H
#define XSOCK__BACKEND_SOCKADDR_INET_H

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

/* Clears a sockaddr first. Those of INET and INET6, which are the most frequent, fill all that the
 * system reads. */
static void clear_for(int af, struct xsock__sys_addr *to)
{
    if (af != XSOCK_AF_INET && af != XSOCK_AF_INET6)
        memset(to->bytes, 0, sizeof to->bytes);
}

/* These two return the length, and leave the family to the caller. */
static size_t put_inet(struct xsock__sys_addr *to, const struct xsock_addr *a)
{
    struct sockaddr_in in;

    memset(&in, 0, sizeof in);
    in.sin_port = htons((uint16_t)a->port);
    memcpy(&in.sin_addr, a->data, 4);
    put_bytes(to, 0, &in, sizeof in);
    return sizeof in;
}

static size_t put_inet6(struct xsock__sys_addr *to, const struct xsock_addr *a)
{
    struct sockaddr_in6 in6;

    memset(&in6, 0, sizeof in6);
    in6.sin6_port = htons((uint16_t)a->port);
    in6.sin6_flowinfo = htonl(a->flow);
    in6.sin6_scope_id = a->scope;
    memcpy(&in6.sin6_addr, a->data, 16);
    put_bytes(to, 0, &in6, sizeof in6);
    return sizeof in6;
}

/* These change *a only if they succeed. False if the sockaddr is too short. */
static bool get_inet(struct xsock_addr *a, const struct xsock__sys_addr *native)
{
    struct sockaddr_in in;

    if (native->length < sizeof in)
        return false;
    memcpy(&in, native->bytes, sizeof in);
    memset(a, 0, sizeof *a);
    a->family = XSOCK_AF_INET;
    a->port = ntohs(in.sin_port);
    a->length = 4;
    memcpy(a->data, &in.sin_addr, 4);
    return true;
}

static bool get_inet6(struct xsock_addr *a, const struct xsock__sys_addr *native)
{
    struct sockaddr_in6 in6;

    if (native->length < sizeof in6)
        return false;
    memcpy(&in6, native->bytes, sizeof in6);
    memset(a, 0, sizeof *a);
    a->family = XSOCK_AF_INET6;
    a->port = ntohs(in6.sin6_port);
    a->flow = ntohl(in6.sin6_flowinfo);
    a->scope = in6.sin6_scope_id;
    a->length = 16;
    memcpy(a->data, &in6.sin6_addr, 16);
    return true;
}

/* False if the sockaddr is too long. */
static bool get_raw(struct xsock_addr *a, int family, const uint8_t *bytes, size_t n)
{
    if (n > XSOCK_ADDR_DATA)
        return false;
    memset(a, 0, sizeof *a);
    a->family = family;
    a->length = (uint32_t)n;
    memcpy(a->data, bytes, n);
    return true;
}

#endif
