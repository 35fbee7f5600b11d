/* struct sockaddr and its kin as struct xsock_addr, and back. On POSIX systems xsock itself knows
 * the system's structures; on Windows the structures are those of include/. */
#include "posix.h"

#include <string.h>

#if defined(_WIN32)

static int inet_in(const struct sockaddr *addr, socklen_t len, struct xsock_addr *out)
{
    struct sockaddr_in in;
    if (len < sizeof in)
        return -XSOCK_EINVAL;
    memcpy(&in, addr, sizeof in);
    uint8_t ip[4];
    memcpy(ip, &in.sin_addr, sizeof ip);
    return xsock_addr_inet(ip, xsock_posix_ntohs(in.sin_port), out);
}

static int inet6_in(const struct sockaddr *addr, socklen_t len, struct xsock_addr *out)
{
    struct sockaddr_in6 in;
    if (len < sizeof in)
        return -XSOCK_EINVAL;
    memcpy(&in, addr, sizeof in);
    uint8_t ip[16];
    memcpy(ip, &in.sin6_addr, sizeof ip);
    int error = xsock_addr_inet6(ip, xsock_posix_ntohs(in.sin6_port), in.sin6_scope_id, out);
    if (error == 0)
        out->flow = xsock_posix_ntohl(in.sin6_flowinfo);
    return error;
}

/* A path ends at its NUL, or where the address ends. An abstract name, which begins with NUL, goes
 * to the end. */
static int local_in(const struct sockaddr *addr, socklen_t len, struct xsock_addr *out)
{
    const char *path = (const char *)addr + offsetof(struct sockaddr_un, sun_path);
    size_t size = len - offsetof(struct sockaddr_un, sun_path);
    const char *nul = size > 0 && path[0] != '\0' ? memchr(path, '\0', size) : NULL;
    memset(out, 0, sizeof *out);
    out->family = XSOCK_AF_LOCAL;
    out->length = (uint32_t)(nul == NULL ? size : (size_t)(nul - path));
    memcpy(out->data, path, out->length);
    return 0;
}

static int addr_in(const struct sockaddr *addr, socklen_t len, struct xsock_addr *out)
{
    sa_family_t family;
    memcpy(&family, addr, sizeof family);
    switch (family) {
    case AF_INET:
        return inet_in(addr, len, out);
    case AF_INET6:
        return inet6_in(addr, len, out);
    case AF_UNIX:
        return local_in(addr, len, out);
    case AF_UNSPEC:
        memset(out, 0, sizeof *out);
        return 0;
    default:
        return -XSOCK_EAFNOSUPPORT;
    }
}

socklen_t xsock_posix__sockaddr_of(const struct xsock_addr *a, struct sockaddr_storage *out)
{
    memset(out, 0, sizeof *out);
    if (a->family == XSOCK_AF_INET) {
        struct sockaddr_in *in = (struct sockaddr_in *)out;
        in->sin_family = AF_INET;
        in->sin_port = xsock_posix_htons((uint16_t)a->port);
        memcpy(&in->sin_addr, a->data, sizeof in->sin_addr);
        return sizeof *in;
    }
    if (a->family == XSOCK_AF_INET6) {
        struct sockaddr_in6 *in = (struct sockaddr_in6 *)out;
        in->sin6_family = AF_INET6;
        in->sin6_port = xsock_posix_htons((uint16_t)a->port);
        in->sin6_flowinfo = xsock_posix_htonl(a->flow);
        in->sin6_scope_id = a->scope;
        memcpy(&in->sin6_addr, a->data, sizeof in->sin6_addr);
        return sizeof *in;
    }
    if (a->family == XSOCK_AF_LOCAL) {
        struct sockaddr_un *un = (struct sockaddr_un *)out;
        size_t size = a->length < sizeof un->sun_path ? a->length : sizeof un->sun_path;
        un->sun_family = AF_UNIX;
        memcpy(un->sun_path, a->data, size);
        bool has_nul = size > 0 && a->data[0] != 0 && size < sizeof un->sun_path;
        return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size + (has_nul ? 1 : 0));
    }
    return sizeof out->ss_family;
}

#else

static int addr_in(const struct sockaddr *addr, socklen_t len, struct xsock_addr *out)
{
    sa_family_t family;
    memcpy(&family, (const char *)addr + offsetof(struct sockaddr, sa_family), sizeof family);
    if (family == AF_UNSPEC)
        return xsock_addr_from_sockaddr(NULL, 0, out);
    return xsock_addr_from_sockaddr(addr, len, out);
}

socklen_t xsock_posix__sockaddr_of(const struct xsock_addr *a, struct sockaddr_storage *out)
{
    memset(out, 0, sizeof *out);
    int len = xsock_addr_to_sockaddr(a, out, sizeof *out);
    /* The kernel counts the NUL of a path, also where it does not fit into the structure. */
    bool has_nul = a->family == XSOCK_AF_LOCAL && a->length > 0 && a->data[0] != 0;
    return len < 0 ? 0 : (socklen_t)(len + (has_nul ? 1 : 0));
}

#endif

/* Linux takes an address of INET6 without its last member, the scope, as RFC 2133 had it. */
static const struct sockaddr *with_scope(const struct sockaddr *addr, socklen_t *len,
                                         struct sockaddr_in6 *whole)
{
    sa_family_t family;
    memcpy(&family, (const char *)addr + offsetof(struct sockaddr, sa_family), sizeof family);
    if (family != AF_INET6 || *len >= sizeof *whole
        || *len < offsetof(struct sockaddr_in6, sin6_scope_id))
        return addr;
    memset(whole, 0, sizeof *whole);
    memcpy(whole, addr, offsetof(struct sockaddr_in6, sin6_scope_id));
    *len = sizeof *whole;
    return (const struct sockaddr *)whole;
}

int xsock_posix__addr_in(const struct sockaddr *addr, socklen_t len, struct xsock_addr *out)
{
    out->family = -1; /* callers ask for the family after an error, too */
    /* Linux looks at the length before it reads the address. */
    if (len == 0 || len > sizeof(struct sockaddr_storage))
        return -XSOCK_EINVAL;
    if (addr == NULL)
        return -XSOCK_EFAULT;
    if (len < offsetof(struct sockaddr, sa_data))
        return -XSOCK_EINVAL;
    sa_family_t family;
    memcpy(&family, (const char *)addr + offsetof(struct sockaddr, sa_family), sizeof family);
    if (family == AF_UNIX && len > sizeof(struct sockaddr_un))
        return -XSOCK_EINVAL;
    struct sockaddr_in6 whole;
    addr = with_scope(addr, &len, &whole);
    return addr_in(addr, len, out);
}

void xsock_posix__sender_out(int d, ptrdiff_t got, const struct xsock_addr *a, struct sockaddr *out,
                             socklen_t *inout_len)
{
    struct xsock_addr peer;
    if (got > 0 && xsock_posix__is_local(d) && xsock_posix__ignores_addr(d)
        && xsock_peer_addr(d, &peer) == 0)
        a = &peer;
    if (a->family == XSOCK_AF_UNSPEC || (a->family == XSOCK_AF_LOCAL && a->length == 0))
        *inout_len = 0;
    else
        xsock_posix__addr_out(a, out, inout_len);
}

void xsock_posix__addr_out(const struct xsock_addr *a, struct sockaddr *out, socklen_t *inout_len)
{
    struct sockaddr_storage whole;
    socklen_t len = xsock_posix__sockaddr_of(a, &whole);
    if (*inout_len > 0) /* `out` may be NULL otherwise */
        memcpy(out, &whole, len < *inout_len ? len : *inout_len);
    *inout_len = len;
}
