#include "wait/limit.h"

#include "sys.h"

int xsock__limit_judge(int64_t deadline_ns)
{
    return deadline_ns <= xsock__sys_now() ? -XSOCK_ETIMEDOUT : 0;
}

int xsock__limit_left(struct xsock__limit *l, int64_t *out_ns)
{
    if (!l->begun)
        l->timeout = xsock__deadline_in(l->timeout_ns);
    l->begun = true;
    int64_t at = l->deadline != NULL ? xsock__atomic_load_i64(l->deadline) : -1;
    bool by_deadline = at >= 0 && (l->timeout.never || at <= l->timeout.at_ns);
    struct xsock__deadline first = by_deadline ? (struct xsock__deadline){.at_ns = at} : l->timeout;
    int64_t left = xsock__time_left(&first);
    if (left == 0)
        return by_deadline ? -XSOCK_ETIMEDOUT : XSOCK__WAIT_OVER;
    *out_ns = left;
    return 0;
}
