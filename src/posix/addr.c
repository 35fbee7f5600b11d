/* Addresses and sockaddrs. */
#include "posix/native.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

enum { FAMILY_LAST = (sa_family_t)-1 };
#include "backend/sockaddr_inet.h"

/* The place where the bytes after the family begin. It is the same everywhere: sa_len has one byte
 * and the family one (RFC 3493: SIN6_LEN), or the family has two. */
enum { HEAD = offsetof(struct sockaddr, sa_data) };

/* sockaddr_vm, of Linux's <linux/vm_sockets.h> and Apple's <sys/vsock.h>, neither of which the
 * oldest systems we build on have whole: u16 reserved, u32 port, u32 cid, and on Linux u8 flags
 * (5.11; zero before). */
#ifdef __linux__
enum { VM_PORT = 4, VM_CID = 8, VM_FLAGS = 12, VM_SIZE = 16 };
#else
enum { VM_PORT = 4, VM_CID = 8, VM_SIZE = 12 };
#endif

/* Comes last, because it writes sa_len */
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

/* ---- To native ------------------------------------------------------------------------------- */

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

/* A path that fills sun_path has no NUL. Every system here allows that. */
static int check_local(const struct xsock_addr *a)
{
    if (a->length > sizeof((struct sockaddr_un *)0)->sun_path)
        return ENAMETOOLONG;
#ifndef __linux__
    if (a->length > 0 && a->data[0] == 0) {
        return EINVAL; /* only Linux has abstract names */
    }
#endif
    return 0;
}

/* An address of another family than INET and INET6, which are the most frequent. */
static int put_other(struct xsock__sys_addr *to, const struct xsock_addr *a)
{
    size_t length = HEAD + (size_t)a->length;
    int family;
    int code = a->family == XSOCK_AF_LOCAL ? check_local(a) : 0;

    if (!family_to_native(a->family, &family))
        return EAFNOSUPPORT;
    if (code)
        return code;
    memset(to->bytes, 0, sizeof to->bytes);
    if (a->family == XSOCK_AF_VSOCK)
        length = put_vsock(to, a);
    else
        put_bytes(to, HEAD, a->data, a->length);
    put_head(to, family, length);
    return 0;
}

int xsock__sys_addr_to_native(const struct xsock_addr *a, struct xsock__sys_addr *out)
{
    switch (a->family) {
    case XSOCK_AF_INET:
        put_head(out, AF_INET, put_inet(out, a));
        return 0;
    case XSOCK_AF_INET6:
        put_head(out, AF_INET6, put_inet6(out, a));
        return 0;
    default:
        return put_other(out, a);
    }
}

/* ---- From native ----------------------------------------------------------------------------- */

static bool get_vsock(struct xsock_addr *a, const struct xsock__sys_addr *native)
{
    uint32_t cid;

    if (native->length < VM_SIZE)
        return false;
    begin(a, XSOCK_AF_VSOCK, sizeof cid);
    memcpy(&a->port, bytes_at(native, VM_PORT), sizeof a->port);
    memcpy(&cid, bytes_at(native, VM_CID), sizeof cid);
    cid = htonl(cid);
#ifdef __linux__
    a->flow = *bytes_at(native, VM_FLAGS);
#endif
    memcpy(a->data, &cid, sizeof cid);
    return true;
}

/* Linux counts a NUL after a path, and one past sun_path if that is full (unix(7), BUGS). FreeBSD
 * and macOS pad with zeros, and give an unnamed socket 14 of them. */
static bool get_local(struct xsock_addr *a, const struct xsock__sys_addr *native)
{
    const uint8_t *path = bytes_at(native, HEAD);
    size_t n = native->length - HEAD;

#ifdef __linux__
    if (n > 0 && path[0] == 0)
        return get_raw(a, XSOCK_AF_LOCAL, path, n);
#endif
    if (n > 0) {
        const uint8_t *end = memchr(path, 0, n);
        n = end ? (size_t)(end - path) : n;
    }
    return get_raw(a, XSOCK_AF_LOCAL, path, n);
}

static int get_addr(struct xsock_addr *a, const struct xsock__sys_addr *native)
{
    int af, family = family_of(native);

    switch (family) {
    case AF_INET:
        return get_inet(a, native) ? 0 : EINVAL;
    case AF_INET6:
        return get_inet6(a, native) ? 0 : EINVAL;
    case AF_UNIX:
        return get_local(a, native) ? 0 : ENAMETOOLONG;
    default:
        af = family_from_native(family);
        if (af == XSOCK_AF_VSOCK)
            return get_vsock(a, native) ? 0 : EINVAL;
        return get_raw(a, af, bytes_at(native, HEAD), native->length - HEAD) ? 0 : ENAMETOOLONG;
    }
}

int xsock__sys_addr_from_native(const struct xsock__sys_addr *native, struct xsock_addr *out)
{
    if (native->length == 0) {
        begin(out, XSOCK_AF_UNSPEC, 0);
        return 0;
    }
    if (native->length < HEAD || native->length > sizeof native->bytes)
        return EINVAL;
    return get_addr(out, native);
}
