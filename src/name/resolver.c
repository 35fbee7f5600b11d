#include "name/resolver.h"

#include "addr/addr.h"
#include "base/atomic.h"
#include "sys.h"
#include "table/fdtab.h"

/* Under the global lock, which is held around every fork. */
static struct {
    xsock_resolver_fn *fn;
    void *user;
    int calls; /* that have not returned */
    int forks;
} resolver;

static xsock__atomic_int is_set; /* most programs set none, and their look-ups take no lock */

/* A forked child has none of the threads whose calls were counted. */
static void lock(void)
{
    xsock__sys_lock_global();
    if (resolver.forks != xsock__fdtab_forks()) {
        resolver.forks = xsock__fdtab_forks();
        resolver.calls = 0;
    }
}

int xsock__resolver_set(xsock_resolver_fn *fn, void *user)
{
    lock();
    int calls = resolver.calls;
    resolver.fn = fn;
    resolver.user = user;
    xsock__atomic_store(&is_set, fn != NULL);
    xsock__sys_unlock_global();
    return calls;
}

bool xsock__resolver_is_set(void)
{
    return xsock__atomic_load(&is_set) != 0;
}

/* Calls the resolver outside the lock, and counts the call. */
static int call(const char *host, int af, struct xsock_addr *v)
{
    lock();
    xsock_resolver_fn *fn = resolver.fn;
    void *user = resolver.user;
    resolver.calls += fn != NULL;
    xsock__sys_unlock_global();
    if (fn == NULL)
        return 0;
    int n = fn(host, af, user, v, XSOCK__RESOLVER_CAPACITY);
    lock();
    resolver.calls -= resolver.calls > 0;
    xsock__sys_unlock_global();
    return n;
}

static bool is_usable(const struct xsock_addr *a, int af)
{
    return xsock__addr_is_internet(a->family) && (af == XSOCK_AF_UNSPEC || a->family == af)
           && xsock__addr_check(a) == 0;
}

int xsock__resolver_ask(const char *host, int af, struct xsock_addr *v)
{
    int n = call(host, af, v), count = 0;
    if (n < 0)
        return n <= -XSOCK_EAI_ADDRFAMILY && n >= -XSOCK_EAI_SYSTEM ? n : -XSOCK_EAI_FAIL;
    if (n > XSOCK__RESOLVER_CAPACITY)
        return -XSOCK_EAI_FAIL;
    for (int i = 0; i < n; i++)
        if (is_usable(&v[i], af))
            v[count++] = v[i];
    return n > 0 && count == 0 ? -XSOCK_EAI_NODATA : count;
}
