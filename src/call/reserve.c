/* Numbers that are reserved for something that is not a socket. wasix/guest.c does this for a
 * guest's table. */
#include "call/call.h"
#include "socket/sock.h"
#include "table/fdtab.h"
#include "xsock.h"

int xsock__call_reserve(struct xsock__fdtab *t, int number)
{
    struct xsock__held held = xsock__sock_reserved();
    int rc = number < -1 ? -XSOCK_EBADF : xsock__fdtab_reserve_foreign(t, number, &held);
    return rc == -XSOCK_EBADF ? -XSOCK_EINVAL : rc;
}

int xsock__call_unreserve(struct xsock__fdtab *t, int number)
{
    return xsock__fdtab_release_foreign(t, number);
}
