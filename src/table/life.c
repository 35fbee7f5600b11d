/* How a table begins and ends. */
#include <limits.h>

#include "table/fdtab_private.h"
#include "xsock.h"

int xsock__fdtab_create(xsock__fdtab_closed *closed, struct xsock__fdtab **out)
{
    struct xsock__fdtab *t = xsock__sys_alloc(sizeof *t);
    if (t == NULL)
        return -XSOCK_ENOMEM;
    xsock__sys_lock_init(&t->lock);
    xsock__atomic_set(&t->limit, XSOCK__FDTAB_LIMIT);
    t->head.rules = (struct xsock__fdtab_rules){.first = XSOCK__FDTAB_FIRST, .waiting = INT_MAX};
    t->lowest = XSOCK__FDTAB_FIRST;
    t->closed = closed;
    int rc = xsock__fdtab_enlist(t);
    if (rc != 0) {
        xsock__fdtab_free_store(t);
        return rc;
    }
    *out = t;
    return 0;
}

void xsock__fdtab_destroy(struct xsock__fdtab *t)
{
    xsock__fdtab_seal(t);
    xsock__fdtab_delist(t);
    xsock__fdtab_free_store(t);
}
