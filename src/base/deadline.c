#include "base/deadline.h"

#include "sys.h"

struct xsock__deadline xsock__deadline_in(int64_t timeout_ns)
{
    struct xsock__deadline d = {timeout_ns < 0, 0};
    if (!d.never) {
        int64_t now = timeout_ns > 0 ? xsock__sys_now() : 0;
        d.never = timeout_ns > INT64_MAX - now;
        d.at_ns = d.never ? 0 : now + timeout_ns;
    }
    return d;
}

int64_t xsock__time_left(const struct xsock__deadline *d)
{
    if (d->never)
        return -1;
    if (d->at_ns == 0)
        return 0;
    int64_t left = d->at_ns - xsock__sys_now();
    return left > 0 ? left : 0;
}
