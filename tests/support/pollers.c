#include "pollers.h"

#include "harness.h"

const int64_t watchdog = INT64_C(30) * 1000 * 1000 * 1000;

struct xsock_event got[POLLERS_CAPACITY];

static int wait_for(int p, int64_t timeout_ns)
{
    memset(got, 0x55, sizeof got);
    return xsock_poller_wait(p, got, POLLERS_CAPACITY, timeout_ns);
}

int open_poller(void)
{
    return ASSERT_OPENS(xsock_poller_open(XSOCK_SOCK_CLOEXEC));
}

int await(int p)
{
    return wait_for(p, watchdog);
}

int ready(int p)
{
    return wait_for(p, 0);
}
