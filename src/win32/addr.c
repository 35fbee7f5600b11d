/* Addresses and sockaddrs. As on POSIX systems, but: no sa_len, no abstract names, paths in UTF-8.
 */
#include "win32/native.h"

#include <string.h>

enum { FAMILY_LAST = 0xffff };
#include "backend/sockaddr_inet.h"

/* sockaddr_un as in <afunix.h>, which came with the SDK of Windows 10 1803 only. */
enum { HEAD = 2, UN_PATH = 108 };

/* ---- To native ------------------------------------------------------------------------------- */

/* A path that is no UTF-8 would come back as WSAENETDOWN from bind (libevent issue 1340); an
 * abstract name is taken, and found by nobody (https://github.com/microsoft/WSL/issues/4240). */
static int check_local(const struct xsock_addr *a)
{
    if (a->length > UN_PATH)
        return WSAENAMETOOLONG;
    if (a->length == 0)
        return 0;
    if (a->data[0] == 0
        || MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, (const char *)a->data, (int)a->length,
                               NULL, 0)
               == 0) {
        return WSAEINVAL;
    }
    return 0;
}

static void put_head(struct xsock__sys_addr *to, int family, size_t length)
{
    uint16_t head = (uint16_t)family;

    put_bytes(to, 0, &head, sizeof head);
    to->length = (uint32_t)length;
}

/* An address of another family than INET and INET6, which are the most frequent. */
static int put_other(struct xsock__sys_addr *to, const struct xsock_addr *a)
{
    int family;
    int code = a->family == XSOCK_AF_LOCAL ? check_local(a) : 0;

    if (!family_to_native(a->family, &family))
        return WSAEAFNOSUPPORT;
    if (code)
        return code;
    memset(to->bytes, 0, sizeof to->bytes);
    put_bytes(to, HEAD, a->data, a->length);
    put_head(to, family, HEAD + (size_t)a->length);
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

/* getsockname, accept and getpeername give all of sockaddr_un, whatever is in it. */
static bool get_local(struct xsock_addr *a, const uint8_t *path, size_t n)
{
    const uint8_t *end = n > 0 ? memchr(path, 0, n) : NULL;

    return get_raw(a, XSOCK_AF_LOCAL, path, end ? (size_t)(end - path) : n);
}

static int get_addr(struct xsock_addr *a, const struct xsock__sys_addr *native)
{
    const uint8_t *rest = bytes_at(native, HEAD);
    size_t n = native->length - HEAD;
    uint16_t family;

    memcpy(&family, native->bytes, sizeof family);
    switch (family) {
    case AF_INET:
        return get_inet(a, native) ? 0 : WSAEINVAL;
    case AF_INET6:
        return get_inet6(a, native) ? 0 : WSAEINVAL;
    case AF_UNIX:
        return get_local(a, rest, n) ? 0 : WSAENAMETOOLONG;
    default:
        return get_raw(a, family_from_native(family), rest, n) ? 0 : WSAENAMETOOLONG;
    }
}

int xsock__sys_addr_from_native(const struct xsock__sys_addr *native, struct xsock_addr *out)
{
    if (native->length == 0) {
        begin(out, XSOCK_AF_UNSPEC, 0);
        return 0;
    }
    if (native->length < HEAD || native->length > sizeof native->bytes)
        return WSAEINVAL;
    return get_addr(out, native);
}
