/* The process's own table of descriptors. */
#ifndef XSOCK__API_LIBRARY_H
#define XSOCK__API_LIBRARY_H

#include "table/fdtab.h"

/* The process's table, or NULL before the first call that needs it. `ensure` makes it if it is not
 * there, and returns -XSOCK_ENOMEM if it cannot. */
struct xsock__fdtab *xsock__library_table(void);
int xsock__library_ensure_table(struct xsock__fdtab **out);

#endif
