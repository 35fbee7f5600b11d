/* Deadlines of sockets, for any table. */
#include "call/call.h"
#include "socket/sock.h"
#include "xsock.h"

enum { BOTH = XSOCK_DEADLINE_RECV | XSOCK_DEADLINE_SEND };

/* The bit of `state` comes before the wake: a call that begins later finds the bit, and one that
 * waits is woken. */
static void set_deadline(struct xsock__fdtab *t, struct xsock__sock *s, int which, int64_t at_ns)
{
    if ((which & XSOCK_DEADLINE_RECV) != 0)
        xsock__atomic_store_i64(&s->recv_deadline, at_ns);
    if ((which & XSOCK_DEADLINE_SEND) != 0)
        xsock__atomic_store_i64(&s->send_deadline, at_ns);
    if (!xsock__sock_is(s, XSOCK__SOCK_DEADLINE))
        xsock__sock_becomes(s, XSOCK__SOCK_DEADLINE, 0);
    xsock__fdtab_look_again(t, &s->waiters);
}

int xsock__call_set_deadline(struct xsock__fdtab *t, int d, int which, int64_t at_ns)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    if ((which & BOTH) == 0 || (which & ~BOTH) != 0 || at_ns < -1)
        rc = -XSOCK_EINVAL;
    else
        set_deadline(t, fd->held.sock, which, at_ns);
    xsock__fdtab_put(t, fd);
    return rc;
}

int xsock__call_get_deadline(struct xsock__fdtab *t, int d, int which, int64_t *out_at_ns)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_socket(t, d, &fd);
    if (rc != 0)
        return rc;
    const struct xsock__sock *s = fd->held.sock;
    if (out_at_ns == NULL)
        rc = -XSOCK_EFAULT;
    else if (which == XSOCK_DEADLINE_RECV)
        *out_at_ns = xsock__atomic_load_i64(&s->recv_deadline);
    else if (which == XSOCK_DEADLINE_SEND)
        *out_at_ns = xsock__atomic_load_i64(&s->send_deadline);
    else
        rc = -XSOCK_EINVAL;
    xsock__fdtab_put(t, fd);
    return rc;
}
