/* Why a call refuses a descriptor. */
#ifndef XSOCK__CALL_REFUSAL_H
#define XSOCK__CALL_REFUSAL_H

#include <stdbool.h>

#include "socket/sock.h"
#include "table/fdtab.h"

/* The error of xsock__lookup_socket for what a descriptor holds, 0 if that is a plain socket. */
int xsock__refusal_of(const struct xsock__sock *s);

/* The rare ends of a look-up. `found` judges what was found, and drops the reference if the call
 * may not have the descriptor. `again` does the whole look-up after a reference that came too late
 * (see xsock__fdtab_find_again). If `any` is true, the descriptor need not be a socket. */
int xsock__refusal_found(struct xsock__fdtab *t, struct xsock__fd *fd, bool any,
                         struct xsock__fd **out);
int xsock__refusal_again(struct xsock__fdtab *t, struct xsock__fd *fd, int d, bool any,
                         struct xsock__fd **out);

#endif
