/* The public calls, for any table: api.c gives them the process's, src/wasix a guest's. What each does and
 * returns: xsock.h. */
#ifndef XSOCK__CALLS_H
#define XSOCK__CALLS_H

#include <stdint.h>

#include "fdtab.h"

/* The process's table; NULL before the first call that made it, which `ensure` does (-XSOCK_ENOMEM). */
struct xsock__fdtab *xsock__table(void);
int xsock__table_ensure(struct xsock__fdtab **out);

/* Starts the system, once; a descriptor must be reserved while it is used. See life.c. */
int xsock__started(void);

/* What xsock_pair would say of its arguments, beyond the table that is full. */
int xsock__probe_pair(int af, int type, int protocol);

int xsock__call_open(struct xsock__fdtab *t, int af, int type, int protocol);
int xsock__call_pair(struct xsock__fdtab *t, int af, int type, int protocol, int out[2]);
int xsock__call_dup(struct xsock__fdtab *t, int d, int min, int flags);
int xsock__call_dup2(struct xsock__fdtab *t, int d, int to, int flags);
int xsock__call_close(struct xsock__fdtab *t, int d);
int xsock__call_get_flags(struct xsock__fdtab *t, int d);
int xsock__call_set_flags(struct xsock__fdtab *t, int d, int flags);
int xsock__call_native(struct xsock__fdtab *t, int d, uintptr_t *out);
int xsock__call_adopt(struct xsock__fdtab *t, uintptr_t handle, int flags);
int xsock__call_release(struct xsock__fdtab *t, int d, uintptr_t *out);

#endif
