#include "call/dgrams.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "addr/addr.h"
#include "socket/control.h"

typedef bool lacks_fn(const struct xsock_control *c);

/* What must be checked besides the datagrams themselves. */
enum { ANY_CONTROL = 1, ANY_ADDR = 2 };

/* Checks the count that bounds the array, then all pointers, then all values, in one pass. */
static int check_each(const struct xsock_dgram *v, size_t n, bool flags_fit, lacks_fn *lacks,
                      int *out_any)
{
    int any = 0;
    size_t lengths = 0; /* their highest bit is set if one is too long */
    uint64_t reserved = 0;
    if (v == NULL && n != 0)
        return -XSOCK_EFAULT;
    if (n > INT_MAX) /* no array is so long: it must not be read */
        return -XSOCK_EINVAL;
    for (const struct xsock_dgram *d = v; n > 0; n--, d++) {
        if (d->base == NULL && d->len != 0)
            return -XSOCK_EFAULT;
        if (d->control != NULL) {
            if (lacks(d->control))
                return -XSOCK_EFAULT;
            any |= ANY_CONTROL;
        }
        any |= d->addr != NULL ? ANY_ADDR : 0;
        lengths |= d->len;
        reserved |= d->reserved[0];
    }
    *out_any = any;
    return flags_fit && lengths <= PTRDIFF_MAX && reserved == 0 ? 0 : -XSOCK_EINVAL;
}

typedef int check_control_fn(const struct xsock_control *c);

static int check_controls(const struct xsock_dgram *v, size_t n, check_control_fn *fn)
{
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = fn(v[i].control);
    return rc;
}

static int check_destinations(const struct xsock_dgram *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].addr != NULL && xsock__addr_check(v[i].addr) == -XSOCK_EINVAL)
            return -XSOCK_EINVAL;
    return 0;
}

static int check(const struct xsock_dgram *v, size_t n, int flags, int known, lacks_fn *lacks,
                 check_control_fn *fn, int *out_any)
{
    int rc = check_each(v, n, (flags & ~known) == 0, lacks, out_any);
    if (rc == 0 && (*out_any & ANY_CONTROL) != 0)
        rc = check_controls(v, n, fn);
    return rc;
}

int xsock__dgrams_check_send(const struct xsock_dgram *v, size_t n, int flags)
{
    const int known = XSOCK_MSG_DONTROUTE | XSOCK_MSG_DONTWAIT | XSOCK_MSG_NOSIGNAL;
    int any;
    int rc = check(v, n, flags, known, xsock__control_lacks_sent, xsock__control_check_send, &any);
    return rc == 0 && (any & ANY_ADDR) != 0 ? check_destinations(v, n) : rc;
}

int xsock__dgrams_check_recv(const struct xsock_dgram *v, size_t n, int flags)
{
    const int known = XSOCK_MSG_DONTWAIT | XSOCK_MSG_CMSG_CLOEXEC;
    int any;
    return check(v, n, flags, known, xsock__control_lacks_space, xsock__control_check_recv, &any);
}
