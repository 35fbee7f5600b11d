/* The process's own table of descriptors. */
#ifndef XSOCK__API_LIBRARY_H
#define XSOCK__API_LIBRARY_H

#include "table/fdtab.h"

/* The process's table; NULL before the first call that made it, which `ensure` does
 * (-XSOCK_ENOMEM). */
struct xsock__fdtab *xsock__library_table(void);
int xsock__library_ensure_table(struct xsock__fdtab **out);

#endif
