/* Addresses: checking, comparing, converting; and the interfaces. Text is in addr_parse.c,
 * addr_format.c. */
#include "addr/addr.h"

#include <string.h>

#include "facts/translate.h"
#include "table/fdtab.h"
#include "xsock_native.h"

enum { PORT_LAST = 0xffff, VSOCK_FLAGS = 0xff };

static bool has_number(int family)
{
    if (family >= XSOCK_AF_NATIVE)
        return family <= XSOCK_AF_NATIVE_LAST;
    return xsock_family_name(family) != NULL;
}

static bool fits_raw(const struct xsock_addr *a)
{
    return a->length <= XSOCK_ADDR_DATA && a->port == 0 && a->flow == 0 && a->scope == 0;
}

/* A zero inside a path would end it for the system: another file than the one that was named. */
static bool fits_local(const struct xsock_addr *a)
{
    return fits_raw(a) && (a->length == 0 || a->data[0] == 0 || !memchr(a->data, 0, a->length));
}

static bool fits(const struct xsock_addr *a)
{
    switch (a->family) {
    case XSOCK_AF_INET:
        return a->length == 4 && a->port <= PORT_LAST && a->flow == 0 && a->scope == 0;
    case XSOCK_AF_INET6:
        return a->length == 16 && a->port <= PORT_LAST;
    case XSOCK_AF_LOCAL:
        return fits_local(a);
    case XSOCK_AF_VSOCK:
        return a->length == 4 && a->flow <= VSOCK_FLAGS && a->scope == 0;
    default:
        return fits_raw(a);
    }
}

int xsock__addr_check(const struct xsock_addr *a)
{
    bool everyday = a->family >= XSOCK_AF_INET && a->family <= XSOCK_AF_LOCAL;
    if (!everyday && !has_number(a->family))
        return -XSOCK_EAFNOSUPPORT;
    return fits(a) ? 0 : -XSOCK_EINVAL;
}

bool xsock_addr_equal(const struct xsock_addr *a, const struct xsock_addr *b)
{
    return a && b && a->family == b->family && a->port == b->port && a->flow == b->flow
           && a->scope == b->scope && a->length == b->length && a->length <= XSOCK_ADDR_DATA
           && memcmp(a->data, b->data, a->length) == 0;
}

int xsock__addr_to_native(const struct xsock_addr *a, struct xsock__sys_addr *out)
{
    int error = xsock__addr_check(a);
    if (error)
        return error;
    error = xsock__sys_addr_to_native(a, out);
    return error == 0 ? 0 : xsock__error_from_native(error);
}

int xsock__addr_from_native(const struct xsock__sys_addr *native, struct xsock_addr *out)
{
    int code = xsock__sys_addr_from_native(native, out);
    return code == 0 ? 0 : xsock__error_from_native(code);
}

int xsock_addr_to_sockaddr(const struct xsock_addr *a, void *out, size_t cap)
{
    struct xsock__sys_addr native;
    int error;

    if (!a || !out)
        return -XSOCK_EFAULT;
    error = xsock__addr_to_native(a, &native);
    if (error)
        return error;
    if (native.length > cap)
        return -XSOCK_ENOSPC;
    memcpy(out, native.bytes, native.length);
    return (int)native.length;
}

int xsock_addr_from_sockaddr(const void *sa, size_t len, struct xsock_addr *out)
{
    struct xsock__sys_addr native = {0, {0}};

    if (!out || (!sa && len > 0))
        return -XSOCK_EFAULT;
    if (len > sizeof native.bytes)
        return -XSOCK_EINVAL;
    if (len > 0)
        memcpy(native.bytes, sa, len);
    native.length = (uint32_t)len;
    return xsock__addr_from_native(&native, out);
}

int xsock_interfaces(xsock_interface_fn *fn, void *user)
{
    int count = 0;
    int code;

    if (!fn)
        return -XSOCK_EFAULT;
    do
        code = xsock__sys_interfaces(fn, user, &count);
    while (xsock__addr_tries_again(code));
    return code ? xsock__finish(code) : count;
}

bool xsock__addr_tries_again(int code)
{
    return code != 0 && xsock__fdtab_makes_room(xsock__error_from_native(code));
}

int xsock__addr_interface_name(uint32_t index, char out[XSOCK__IF_NAME_SIZE])
{
    int code;

    do
        code = xsock__sys_if_name(index, out);
    while (xsock__addr_tries_again(code));
    return code;
}

bool xsock__addr_is_internet(int family)
{
    return family == XSOCK_AF_INET || family == XSOCK_AF_INET6;
}
