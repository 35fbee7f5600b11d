/* The process's own table of descriptors. */
#ifndef XSOCK__API_LIBRARY_H
#define XSOCK__API_LIBRARY_H

#include "base/atomic.h"
#include "table/fdtab.h"

/* Never freed: another thread may use it at any time. */
extern xsock__atomic_ptr xsock__library_process_table;

/* The process's table, or NULL before the first call that needs the table. `need` makes the table
 * before that, and returns NULL if there is no memory for a table. */
static inline struct xsock__fdtab *xsock__library_table(void)
{
    return xsock__atomic_load_ptr(&xsock__library_process_table);
}
struct xsock__fdtab *xsock__library_make_table(void);
static inline struct xsock__fdtab *xsock__library_need_table(void)
{
    struct xsock__fdtab *t = xsock__library_table();
    return t != NULL ? t : xsock__library_make_table();
}

#endif
