/* xsock_poll, for any table. */
#ifndef XSOCK__WAIT_POLL_H
#define XSOCK__WAIT_POLL_H

#include <stddef.h>
#include <stdint.h>

#include "table/fdtab.h"
#include "xsock.h"

int xsock__poll(struct xsock__fdtab *t, struct xsock_pollfd *v, size_t n, int64_t timeout_ns);

/* The same for a guest's table: -XSOCK_ECANCELED once that is sealed; what is ready, be it nothing,
 * once the bell's notifications are no longer this many (fdtab.h). */
int xsock__poll_guest(struct xsock__fdtab *t, struct xsock_pollfd *v, size_t n, int64_t timeout_ns,
                      int notifications);

/* Memory that either takes for as long as it runs, of n descriptors. */
size_t xsock__poll_bytes(size_t n);

#endif
