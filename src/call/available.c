/* What is there to receive, for any table. */
#include "call/call.h"
#include "call/send_recv.h"
#include "facts/translate.h"
#include "socket/sock.h"
#include "sys.h"
#include "xsock.h"

ptrdiff_t xsock__call_available(struct xsock__fdtab *t, int d)
{
    struct xsock__fd *fd;
    size_t n = 0;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    if (xsock__sock_is(fd->held.sock, XSOCK__SOCK_LISTENING))
        rc = -XSOCK_EINVAL;
    else
        rc = xsock__finish(xsock__sys_available(fd->held.handle, &n));
    xsock__fdtab_put(t, fd);
    return rc != 0 ? rc : (ptrdiff_t)n;
}

int xsock__call_at_mark(struct xsock__fdtab *t, int d)
{
    struct xsock__fd *fd;
    bool at = false;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    if (!xsock__has_urgent(fd->held.sock))
        rc = -XSOCK_EOPNOTSUPP;
    else
        rc = xsock__finish(xsock__sys_at_mark(fd->held.handle, &at));
    xsock__fdtab_put(t, fd);
    return rc != 0 ? rc : at;
}
