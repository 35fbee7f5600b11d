/* Addresses and sockaddrs. As on POSIX systems, but: no sa_len, no abstract names, paths in UTF-8. */
#include "native.h"

#include <string.h>

/* sockaddr_un as in <afunix.h>, which came with the SDK of Windows 10 1803 only. */
enum { HEAD = 2, UN_PATH = 108 };

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

/* A family that has a number in xsock goes by it, and by it only: an address has one form. */
static bool family_to_native(int af, int *out)
{
    if (af >= XSOCK_AF_NATIVE) {
        *out = af - XSOCK_AF_NATIVE;
        return family_from_native(*out) == af;
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

/* ---- To native ----------------------------------------------------------------------------------- */

static size_t put_inet(struct xsock__sys_addr *to, const struct xsock_addr *a)
{
    struct sockaddr_in in;

    memset(&in, 0, sizeof in);
    in.sin_port = htons((u_short)a->port);
    memcpy(&in.sin_addr, a->data, 4);
    put_bytes(to, 0, &in, sizeof in);
    return sizeof in;
}

static size_t put_inet6(struct xsock__sys_addr *to, const struct xsock_addr *a)
{
    struct sockaddr_in6 in6;

    memset(&in6, 0, sizeof in6);
    in6.sin6_port = htons((u_short)a->port);
    in6.sin6_flowinfo = htonl(a->flow);
    in6.sin6_scope_id = a->scope;
    memcpy(&in6.sin6_addr, a->data, 16);
    put_bytes(to, 0, &in6, sizeof in6);
    return sizeof in6;
}

/* A path that is no UTF-8 would come back as WSAENETDOWN from bind (libevent issue 1340); an abstract name
 * is taken, and found by nobody (https://github.com/microsoft/WSL/issues/4240). */
static int check_local(const struct xsock_addr *a)
{
    if (a->length > UN_PATH)
        return WSAENAMETOOLONG;
    if (a->length == 0)
        return 0;
    if (a->data[0] == 0 || MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, (const char *)a->data,
                                               (int)a->length, NULL, 0) == 0) {
        return WSAEINVAL;
    }
    return 0;
}

int xsock__sys_addr_to_native(const struct xsock_addr *a, struct xsock__sys_addr *out)
{
    struct xsock__sys_addr native = {0, {0}};
    size_t length = HEAD + (size_t)a->length;
    int family;
    int code = a->family == XSOCK_AF_LOCAL ? check_local(a) : 0;
    uint16_t head;

    if (!family_to_native(a->family, &family))
        return WSAEAFNOSUPPORT;
    if (code)
        return code;
    switch (a->family) {
    case XSOCK_AF_INET:
        length = put_inet(&native, a);
        break;
    case XSOCK_AF_INET6:
        length = put_inet6(&native, a);
        break;
    default:
        put_bytes(&native, HEAD, a->data, a->length);
        break;
    }
    head = (uint16_t)family;
    put_bytes(&native, 0, &head, sizeof head);
    native.length = (uint32_t)length;
    *out = native;
    return 0;
}

/* ---- From native --------------------------------------------------------------------------------- */

static int get_inet(struct xsock_addr *a, const struct xsock__sys_addr *native)
{
    struct sockaddr_in in;

    if (native->length < sizeof in)
        return WSAEINVAL;
    memcpy(&in, native->bytes, sizeof in);
    a->family = XSOCK_AF_INET;
    a->port = ntohs(in.sin_port);
    a->length = 4;
    memcpy(a->data, &in.sin_addr, 4);
    return 0;
}

static int get_inet6(struct xsock_addr *a, const struct xsock__sys_addr *native)
{
    struct sockaddr_in6 in6;

    if (native->length < sizeof in6)
        return WSAEINVAL;
    memcpy(&in6, native->bytes, sizeof in6);
    a->family = XSOCK_AF_INET6;
    a->port = ntohs(in6.sin6_port);
    a->flow = ntohl(in6.sin6_flowinfo);
    a->scope = in6.sin6_scope_id;
    a->length = 16;
    memcpy(a->data, &in6.sin6_addr, 16);
    return 0;
}

static int get_raw(struct xsock_addr *a, const uint8_t *bytes, size_t n)
{
    if (n > XSOCK_ADDR_DATA)
        return WSAENAMETOOLONG;
    a->length = (uint32_t)n;
    memcpy(a->data, bytes, n);
    return 0;
}

/* getsockname, accept and getpeername give all of sockaddr_un, whatever is in it. */
static int get_local(struct xsock_addr *a, const uint8_t *path, size_t n)
{
    const uint8_t *end = n > 0 ? memchr(path, 0, n) : NULL;

    a->family = XSOCK_AF_LOCAL;
    return get_raw(a, path, end ? (size_t)(end - path) : n);
}

static int get_addr(struct xsock_addr *a, const struct xsock__sys_addr *native)
{
    const uint8_t *rest = (const uint8_t *)native->bytes + HEAD;
    size_t n = native->length - HEAD;
    uint16_t family;

    memcpy(&family, native->bytes, sizeof family);
    switch (family) {
    case AF_INET:
        return get_inet(a, native);
    case AF_INET6:
        return get_inet6(a, native);
    case AF_UNIX:
        return get_local(a, rest, n);
    default:
        a->family = family_from_native(family);
        return get_raw(a, rest, n);
    }
}

int xsock__sys_addr_from_native(const struct xsock__sys_addr *native, struct xsock_addr *out)
{
    struct xsock_addr a = {0, 0, 0, 0, 0, {0}};

    if (native->length > 0) {
        int code = native->length < HEAD || native->length > sizeof native->bytes ? WSAEINVAL
                                                                                 : get_addr(&a, native);
        if (code)
            return code;
    }
    *out = a;
    return 0;
}
