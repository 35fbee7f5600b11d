/* Addresses and sockaddrs. A sockaddr is put together in a structure of its type and copied as bytes: nothing
 * here looks at one through a pointer of another type. */
#include "native.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

/* Where the bytes after the family begin: the same everywhere, with sa_len (one byte, and one of family; RFC
 * 3493 has SIN6_LEN tell of it) or without (two of family). */
enum { HEAD = offsetof(struct sockaddr, sa_data) };

/* sockaddr_vm, of Linux's <linux/vm_sockets.h> and Apple's <sys/vsock.h>, neither of which the oldest systems
 * we build on have whole: u16 reserved, u32 port, u32 cid, and on Linux u8 flags (5.11; zero before). */
#ifdef __linux__
enum { VM_PORT = 4, VM_CID = 8, VM_FLAGS = 12, VM_SIZE = 16 };
#else
enum { VM_PORT = 4, VM_CID = 8, VM_SIZE = 12 };
#endif

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
        return (sa_family_t)*out == *out && family_from_native(*out) == af;
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

/* Last of all, as it writes sa_len */
static void put_head(struct xsock__sys_addr *to, int family, size_t length)
{
    struct sockaddr head;

    memset(&head, 0, sizeof head);
    head.sa_family = (sa_family_t)family;
#ifdef SIN6_LEN
    head.sa_len = (uint8_t)length;
#endif
    put_bytes(to, 0, &head, HEAD);
    to->length = (uint32_t)length;
}

static int family_of(const struct xsock__sys_addr *native)
{
    struct sockaddr head;

    memcpy(&head, native->bytes, HEAD);
    return head.sa_family;
}

/* ---- To native ----------------------------------------------------------------------------------- */

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

static size_t put_vsock(struct xsock__sys_addr *to, const struct xsock_addr *a)
{
    uint32_t cid;

    memcpy(&cid, a->data, sizeof cid);
    cid = ntohl(cid);
    put_bytes(to, VM_PORT, &a->port, sizeof a->port);
    put_bytes(to, VM_CID, &cid, sizeof cid);
#ifdef __linux__
    {
        uint8_t flags = (uint8_t)a->flow;
        put_bytes(to, VM_FLAGS, &flags, sizeof flags);
    }
#endif
    return VM_SIZE;
}

/* A path that fills sun_path goes without a NUL, as every system here allows. */
static int check_local(const struct xsock_addr *a)
{
    if (a->length > sizeof ((struct sockaddr_un *)0)->sun_path)
        return ENAMETOOLONG;
#ifndef __linux__
    if (a->length > 0 && a->data[0] == 0) {
        return EINVAL; /* abstract names are Linux's */
    }
#endif
    return 0;
}

int xsock__sys_addr_to_native(const struct xsock_addr *a, struct xsock__sys_addr *out)
{
    struct xsock__sys_addr native = {0, {0}};
    size_t length = HEAD + (size_t)a->length;
    int family;
    int code = a->family == XSOCK_AF_LOCAL ? check_local(a) : 0;

    if (!family_to_native(a->family, &family))
        return EAFNOSUPPORT;
    if (code)
        return code;
    switch (a->family) {
    case XSOCK_AF_INET:
        length = put_inet(&native, a);
        break;
    case XSOCK_AF_INET6:
        length = put_inet6(&native, a);
        break;
    case XSOCK_AF_VSOCK:
        length = put_vsock(&native, a);
        break;
    default:
        put_bytes(&native, HEAD, a->data, a->length);
        break;
    }
    put_head(&native, family, length);
    *out = native;
    return 0;
}

/* ---- From native --------------------------------------------------------------------------------- */

static int get_inet(struct xsock_addr *a, const struct xsock__sys_addr *native)
{
    struct sockaddr_in in;

    if (native->length < sizeof in)
        return EINVAL;
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
        return EINVAL;
    memcpy(&in6, native->bytes, sizeof in6);
    a->family = XSOCK_AF_INET6;
    a->port = ntohs(in6.sin6_port);
    a->flow = ntohl(in6.sin6_flowinfo);
    a->scope = in6.sin6_scope_id;
    a->length = 16;
    memcpy(a->data, &in6.sin6_addr, 16);
    return 0;
}

static int get_vsock(struct xsock_addr *a, const struct xsock__sys_addr *native)
{
    uint32_t cid;

    if (native->length < VM_SIZE)
        return EINVAL;
    memcpy(&a->port, bytes_at(native, VM_PORT), sizeof a->port);
    memcpy(&cid, bytes_at(native, VM_CID), sizeof cid);
    cid = htonl(cid);
#ifdef __linux__
    a->flow = *bytes_at(native, VM_FLAGS);
#endif
    a->length = sizeof cid;
    memcpy(a->data, &cid, sizeof cid);
    return 0;
}

static int get_raw(struct xsock_addr *a, const uint8_t *bytes, size_t n)
{
    if (n > XSOCK_ADDR_DATA)
        return ENAMETOOLONG;
    a->length = (uint32_t)n;
    memcpy(a->data, bytes, n);
    return 0;
}

/* Linux counts a NUL after a path, and one past sun_path where that is full (unix(7), BUGS); FreeBSD and
 * macOS pad, and give an unnamed socket 14 zeros. */
static int get_local(struct xsock_addr *a, const struct xsock__sys_addr *native)
{
    const uint8_t *path = bytes_at(native, HEAD);
    size_t n = native->length - HEAD;

    a->family = XSOCK_AF_LOCAL;
#ifdef __linux__
    if (n > 0 && path[0] == 0)
        return get_raw(a, path, n);
#endif
    if (n > 0) {
        const uint8_t *end = memchr(path, 0, n);
        n = end ? (size_t)(end - path) : n;
    }
    return get_raw(a, path, n);
}

static int get_addr(struct xsock_addr *a, const struct xsock__sys_addr *native)
{
    int family = family_of(native);

    switch (family) {
    case AF_INET:
        return get_inet(a, native);
    case AF_INET6:
        return get_inet6(a, native);
    case AF_UNIX:
        return get_local(a, native);
    default:
        a->family = family_from_native(family);
        if (a->family == XSOCK_AF_VSOCK)
            return get_vsock(a, native);
        return get_raw(a, bytes_at(native, HEAD), native->length - HEAD);
    }
}

int xsock__sys_addr_from_native(const struct xsock__sys_addr *native, struct xsock_addr *out)
{
    struct xsock_addr a = {0, 0, 0, 0, 0, {0}};

    if (native->length > 0) {
        int code = native->length < HEAD || native->length > sizeof native->bytes ? EINVAL
                                                                                 : get_addr(&a, native);
        if (code)
            return code;
    }
    *out = a;
    return 0;
}
