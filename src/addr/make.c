/* Addresses made from numbers, and what kind of address one is. */
#include "addr/addr.h"

#include <string.h>

enum { PORT_LAST = 0xffff, MAPPED = 12 /* bytes before the IPv4 address in an IPv4-mapped one */ };

/* ---- Making ---------------------------------------------------------------------------------- */

static int make(int family, const uint8_t *ip, uint32_t length, uint32_t port,
                struct xsock_addr *out)
{
    if (ip == NULL || out == NULL)
        return -XSOCK_EFAULT;
    if (port > PORT_LAST)
        return -XSOCK_EINVAL;
    struct xsock_addr a = {.family = family, .port = port, .length = length};
    memcpy(a.data, ip, length);
    *out = a;
    return 0;
}

int xsock_addr_inet(const uint8_t ip[4], uint32_t port, struct xsock_addr *out)
{
    return make(XSOCK_AF_INET, ip, 4, port, out);
}

int xsock_addr_inet6(const uint8_t ip[16], uint32_t port, uint32_t scope, struct xsock_addr *out)
{
    int rc = make(XSOCK_AF_INET6, ip, 16, port, out);
    if (rc == 0)
        out->scope = scope;
    return rc;
}

static int make_known(int af, const uint8_t inet[4], const uint8_t inet6[16], uint32_t port,
                      struct xsock_addr *out)
{
    if (out == NULL)
        return -XSOCK_EFAULT;
    if (af == XSOCK_AF_INET)
        return xsock_addr_inet(inet, port, out);
    return af == XSOCK_AF_INET6 ? xsock_addr_inet6(inet6, port, 0, out) : -XSOCK_EAFNOSUPPORT;
}

int xsock_addr_any(int af, uint32_t port, struct xsock_addr *out)
{
    static const uint8_t any[16];
    return make_known(af, any, any, port, out);
}

int xsock_addr_loopback(int af, uint32_t port, struct xsock_addr *out)
{
    static const uint8_t inet[4] = {127, 0, 0, 1}, inet6[16] = {[15] = 1};
    return make_known(af, inet, inet6, port, out);
}

int xsock_addr_local(const char *path, struct xsock_addr *out)
{
    if (path == NULL || out == NULL)
        return -XSOCK_EFAULT;
    size_t length = strlen(path);
    if (length == 0)
        return -XSOCK_EINVAL;
    if (length > XSOCK_ADDR_DATA)
        return -XSOCK_ENAMETOOLONG;
    struct xsock_addr a = {.family = XSOCK_AF_LOCAL, .length = (uint32_t)length};
    memcpy(a.data, path, length);
    *out = a;
    return 0;
}

/* ---- Telling --------------------------------------------------------------------------------- */

/* The IPv4 address of an INET address, or of an IPv4-mapped one; NULL if there is none. */
static const uint8_t *inet_of(const struct xsock_addr *a)
{
    static const uint8_t mapped[MAPPED] = {[10] = 0xff, [11] = 0xff};
    if (a == NULL || xsock__addr_check(a) != 0)
        return NULL;
    if (a->family == XSOCK_AF_INET)
        return a->data;
    bool is_mapped = a->family == XSOCK_AF_INET6 && memcmp(a->data, mapped, MAPPED) == 0;
    return is_mapped ? a->data + MAPPED : NULL;
}

static const uint8_t *inet6_of(const struct xsock_addr *a)
{
    return a != NULL && a->family == XSOCK_AF_INET6 && xsock__addr_check(a) == 0 ? a->data : NULL;
}

bool xsock_addr_is_any(const struct xsock_addr *a)
{
    static const uint8_t any[16];
    const uint8_t *inet = inet_of(a), *inet6 = inet6_of(a);
    return (inet != NULL && memcmp(inet, any, 4) == 0)
           || (inet6 != NULL && memcmp(inet6, any, 16) == 0);
}

bool xsock_addr_is_loopback(const struct xsock_addr *a)
{
    static const uint8_t loopback[16] = {[15] = 1};
    const uint8_t *inet = inet_of(a), *inet6 = inet6_of(a);
    return (inet != NULL && inet[0] == 127) || (inet6 != NULL && memcmp(inet6, loopback, 16) == 0);
}

bool xsock_addr_is_multicast(const struct xsock_addr *a)
{
    const uint8_t *inet = inet_of(a), *inet6 = inet6_of(a);
    return (inet != NULL && (inet[0] & 0xf0) == 0xe0) || (inet6 != NULL && inet6[0] == 0xff);
}
