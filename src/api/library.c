/* Starting and stopping the library, and the process's own table. */
#include "api/library.h"

#include "call/lookup.h"
#include "facts/translate.h"
#include "name/lookup_pool.h"
#include "name/resolver.h"
#include "socket/start.h"
#include "sys.h"
#include "xsock.h"
#include "xsock_native.h"

xsock__atomic_ptr xsock__library_process_table;

struct xsock__fdtab *xsock__library_make_table(void)
{
    struct xsock__fdtab *mine, *theirs;
    if (xsock__lookup_create_table(&mine) != 0)
        return NULL;
    xsock__sys_lock_global();
    theirs = xsock__library_table();
    if (theirs == NULL)
        xsock__atomic_store_ptr(&xsock__library_process_table, mine);
    xsock__sys_unlock_global();
    if (theirs == NULL)
        return mine;
    xsock__fdtab_destroy(mine);
    return theirs;
}

int xsock_set_resolver(xsock_resolver_fn *fn, void *user)
{
    /* With the first table come the handlers of fork(). */
    struct xsock__fdtab *t = xsock__library_need_table();
    return t != NULL ? xsock__resolver_set(fn, user) : -XSOCK_ENOMEM;
}

int xsock_get_lookup_threads(void)
{
    return xsock__lookup_pool_max();
}

int xsock_set_lookup_threads(int n)
{
    if (n < 1 || n > XSOCK__LOOKUP_POOL_THREADS_MAX)
        return -XSOCK_EINVAL;
    xsock__lookup_pool_set_max(n);
    return 0;
}

int xsock_startup(void)
{
    struct xsock__fdtab *t = xsock__library_need_table();
    return t != NULL ? xsock__start() : -XSOCK_ENOMEM;
}

int xsock_cleanup(void)
{
    int rc = xsock__stop();
    if (rc == 0 && xsock__library_table() != NULL) {
        xsock__fdtab_free_spares(xsock__library_table());
        xsock__fdtab_free_idle_wakers(xsock__library_table());
    }
    return rc;
}

int xsock_set_wake_signal(int signo)
{
    return xsock__finish(xsock__sys_set_wake_signal(signo));
}

const char *xsock_version(void)
{
    return XSOCK_VERSION;
}
