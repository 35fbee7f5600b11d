/* Look-ups that are descriptors, for any table, as xsock_resolve_begin() in xsock.h describes.
 *
 * A socket pair makes a look-up something that the system can wait for. The descriptor has one end.
 * The look-up has the other end, and sends a byte when the answer is there. The socket's `refuses`
 * is -XSOCK_ENOTSOCK, so that socket calls refuse the descriptor. */
#ifndef XSOCK__NAME_PENDING_H
#define XSOCK__NAME_PENDING_H

#include <stddef.h>

#include "table/fdtab.h"
#include "xsock.h"

int xsock__call_resolve_begin(struct xsock__fdtab *t, const char *host, const char *service, int af,
                              int type, int flags);
int xsock__call_resolve_end(struct xsock__fdtab *t, int d, struct xsock_addr *out, size_t cap);

#endif
