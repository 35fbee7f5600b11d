/* In a file of its own, so that nothing of it is compiled into the usual look-up. */
#include "call/refusal.h"

#include "table/find.h"
#include "wait/poller.h"
#include "xsock.h"

/* The error that every call gives for a descriptor that is not a plain socket, 0 if there is none.
 */
static int of_any(const struct xsock__sock *s)
{
    if (s->refuses == 0 || xsock__sock_is_foreign(s) || s->refuses == -XSOCK_EBADF)
        return s->refuses;
    return s->poller != NULL && xsock__poller_is_dead(s->poller) ? -XSOCK_EBADF : 0;
}

int xsock__refusal_of(const struct xsock__sock *s)
{
    int rc = of_any(s);
    return rc != 0 ? rc : s->refuses;
}

int xsock__refusal_found(struct xsock__fdtab *t, struct xsock__fd *fd, bool any,
                         struct xsock__fd **out)
{
    int rc = any ? of_any(fd->held.sock) : xsock__refusal_of(fd->held.sock);
    if (rc != 0)
        xsock__fdtab_put(t, fd);
    else
        *out = fd;
    return rc;
}

int xsock__refusal_again(struct xsock__fdtab *t, struct xsock__fd *fd, int d, bool any,
                         struct xsock__fd **out)
{
    fd = xsock__fdtab_find_again(t, fd, d);
    return fd != NULL ? xsock__refusal_found(t, fd, any, out) : -XSOCK_EBADF;
}
