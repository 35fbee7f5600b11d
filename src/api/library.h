/* The process's own table of descriptors. */
#ifndef XSOCK__API_LIBRARY_H
#define XSOCK__API_LIBRARY_H

#include "base/atomic.h"
#include "table/fdtab.h"

/* Never freed: another thread may use it at any time. */
extern xsock__atomic_ptr xsock__library_process_table;

/* The process's table, or NULL before the first call that needs it. `ensure` makes the table if
 * there is none, and returns -XSOCK_ENOMEM if that fails. */
static inline struct xsock__fdtab *xsock__library_table(void)
{
    return xsock__atomic_load_ptr(&xsock__library_process_table);
}
int xsock__library_make_table(struct xsock__fdtab **out);
static inline int xsock__library_ensure_table(struct xsock__fdtab **out)
{
    *out = xsock__library_table();
    return *out != NULL ? 0 : xsock__library_make_table(out);
}

#endif
