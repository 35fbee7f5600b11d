/* The addresses that calls take and tell, for any table. */
#include "call/call.h"

#include <string.h>

#include "addr/addr.h"
#include "facts/translate.h"
#include "socket/sock.h"
#include "sys.h"
#include "xsock.h"

/* ---- Addresses that a call takes ------------------------------------------------------------- */

int xsock__native_addr_for(const struct xsock__sock *s, const struct xsock_addr *a,
                           struct xsock__sys_addr *out)
{
    if (a == NULL)
        return -XSOCK_EFAULT;
    if (a->family != s->af)
        return -XSOCK_EAFNOSUPPORT;
    return xsock__addr_to_native(a, out);
}

/* "Any address" as a destination means this machine. Winsock refuses it. */
static bool is_any(const struct xsock_addr *a)
{
    static const uint8_t any[16];
    return a->family == XSOCK_AF_INET
               ? memcmp(a->data, any, 4) == 0
               : a->family == XSOCK_AF_INET6 && memcmp(a->data, any, 16) == 0;
}

void xsock__addr_destination(struct xsock_addr *a)
{
    if (!is_any(a))
        return;
    a->data[a->length - 1] = 1; /* ::1, or 0.0.0.1 until the next line */
    if (a->family == XSOCK_AF_INET)
        a->data[0] = 127;
}

int xsock__native_destination(const struct xsock_addr *a, struct xsock__sys_addr *inout)
{
    if (!is_any(a))
        return 0;
    struct xsock_addr to = *a;
    xsock__addr_destination(&to);
    return xsock__addr_to_native(&to, inout);
}

/* ---- Addresses that a call tells ------------------------------------------------------------- */

/* A peer without a name gets an address of its family without a name. */
int xsock__addr_or_none(const struct xsock__sock *s, const struct xsock__sys_addr *native,
                        struct xsock_addr *out)
{
    static const struct xsock__sys_addr none;
    int rc = xsock__addr_from_native(s->emulated ? &none : native, out);
    if (rc == 0 && out->family == XSOCK_AF_UNSPEC) {
        out->family = s->af;
        out->length = s->af == XSOCK_AF_INET || s->af == XSOCK_AF_VSOCK ? 4
                      : s->af == XSOCK_AF_INET6                         ? 16
                                                                        : 0;
    }
    return rc;
}

typedef int addr_fn(uintptr_t h, struct xsock__sys_addr *out);

static inline int ask_addr_in(const struct xsock__fd *fd, addr_fn *fn, struct xsock_addr *out)
{
    struct xsock__sys_addr native;
    int rc = xsock__finish(fn(fd->held.handle, &native));
    return rc == 0 ? xsock__addr_or_none(fd->held.sock, &native, out) : rc;
}

int xsock__local_addr_in(const struct xsock__fd *fd, struct xsock_addr *out)
{
    return ask_addr_in(fd, xsock__sys_local_addr, out);
}

int xsock__peer_addr_in(const struct xsock__fd *fd, struct xsock_addr *out)
{
    return ask_addr_in(fd, xsock__sys_peer_addr, out);
}

static inline int ask_addr(struct xsock__fdtab *t, int d, addr_fn *fn, struct xsock_addr *out)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    rc = out == NULL ? -XSOCK_EFAULT : ask_addr_in(fd, fn, out);
    xsock__fdtab_put(t, fd);
    return rc;
}

int xsock__call_local_addr(struct xsock__fdtab *t, int d, struct xsock_addr *out)
{
    return ask_addr(t, d, xsock__sys_local_addr, out);
}

int xsock__call_peer_addr(struct xsock__fdtab *t, int d, struct xsock_addr *out)
{
    return ask_addr(t, d, xsock__sys_peer_addr, out);
}
