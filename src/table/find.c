/* Looking up, and dropping the reference, for callers that need not be fast. They are not in
 * fdtab.c, so that closing is not compiled into them. */
#include "table/find.h"

/* In a function of its own: a look-up that calls nothing else saves no registers. */
struct xsock__fd *xsock__fdtab_find_again(struct xsock__fdtab *t, struct xsock__fd *fd, int number)
{
    xsock__fdtab_drop(t, fd);
    return xsock__fdtab_get(t, number);
}

struct xsock__fd *xsock__fdtab_get(struct xsock__fdtab *t, int number)
{
    return xsock__fdtab_find(t, number);
}

void xsock__fdtab_put(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    xsock__fdtab_drop(t, fd);
}
