#include "waiters.h"

#include "api/library.h"
#include "harness.h"
#include "threads.h"

static int count(int d)
{
    struct xsock__fdtab *t = xsock__library_table();
    struct xsock__fd *fd = xsock__fdtab_get(t, d);
    int n = 0;
    assert_non_null(fd);
    xsock__fdtab_lock(t);
    for (const struct xsock__waiter *w = fd->waiters; w != NULL; w = w->next)
        n++;
    xsock__fdtab_unlock(t);
    xsock__fdtab_put(t, fd);
    return n;
}

void waiters_await(int d, int n)
{
    UNTIL(count(d) == n, thread_yield());
}
