/* Waiting in a poller. */
#include "base/deadline.h"
#include "base/interval.h"
#include "facts/translate.h"
#include "table/find.h"
#include "wait/poller_private.h"
#include "wait/wait.h"

/* The system may go on reporting what nobody asked for: kqueue tells of data to a member that waits
 * for PRI, and of connections to a member that has become a listener and waits for RDHUP. After the
 * first such report each further one takes its time. Returns the interval. */
static int64_t nap_after_vain(int64_t nap_ns, const struct xsock__deadline *end)
{
    if (nap_ns < 0)
        return 0;
    nap_ns = xsock__interval_after(nap_ns);
    int64_t left = xsock__time_left(end);
    (void)xsock__sys_wait(NULL, 0, NULL, left >= 0 && left < nap_ns ? left : nap_ns);
    return nap_ns;
}

/* The wake goes to one waiting thread, and each thread that leaves wakes the next. */
static int leave_closed(struct xsock__poller *p)
{
    xsock__sys_poller_wake(p->sys);
    return -XSOCK_ECANCELED;
}

int xsock__poller_wait(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock_event *out,
                       size_t n, int64_t timeout_ns)
{
    struct xsock__poller *p = fd->held.sock->poller;
    const struct xsock__deadline end = xsock__deadline_in(timeout_ns);
    int64_t nap_ns = -1, left = timeout_ns;
    int rc;
    for (;;) {
        size_t count = 0;
        bool woken = false, vain = false;
        if (xsock__poller_any_noted(p))
            left = 0;
        int code = xsock__sys_poller_wait(p->sys, out, n, left, &count, &woken);
        if ((xsock__atomic_load(&p->state) & CLOSING) != 0)
            rc = leave_closed(p);
        else if (code != 0)
            rc = xsock__finish(code);
        else
            rc = xsock__poller_report(p, count, out, n, &vain);
        if ((woken && xsock__atomic_cas(&p->asked, 1, 0)) || rc != 0)
            break; /* a wait that reports something has served the wake, too */
        left = xsock__time_left(&end);
        if (left == 0)
            break;
        if (vain) {
            nap_ns = nap_after_vain(nap_ns, &end);
            left = xsock__time_left(&end);
        }
    }
    xsock__fdtab_drop(t, fd);
    return rc;
}

void xsock__poller_wake(struct xsock__poller *p)
{
    xsock__atomic_store(&p->asked, 1);
    xsock__sys_poller_wake(p->sys);
}
