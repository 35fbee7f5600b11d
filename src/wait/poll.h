/* xsock_poll, for any table. */
#ifndef XSOCK__WAIT_POLL_H
#define XSOCK__WAIT_POLL_H

#include <stddef.h>
#include <stdint.h>

#include "table/fdtab.h"
#include "xsock.h"

int xsock__poll(struct xsock__fdtab *t, struct xsock_pollfd *v, size_t n, int64_t timeout_ns);

/* The same for a guest's table. -XSOCK_ECANCELED if the table is sealed. If the count of
 * notifications is not this one any more (fdtab.h), the call returns what is ready, which may be
 * nothing. */
int xsock__poll_guest(struct xsock__fdtab *t, struct xsock_pollfd *v, size_t n, int64_t timeout_ns,
                      int notifications);

/* The bytes of memory that a poll of n descriptors takes while it runs. */
size_t xsock__poll_bytes(size_t n);

#endif
