/* Socket files that their servers left behind. */
#ifndef XSOCK__NAME_STALE_SOCKET_H
#define XSOCK__NAME_STALE_SOCKET_H

#include <stdint.h>

#include "xsock.h"

/* Takes the lock file of a LOCAL path, and removes the path's file if it is a socket that nobody
 * answers at. The caller listens at the path and then ends the lock by xsock__sys_unlock_file():
 * a socket that is bound and does not listen yet looks as if it were left behind.
 * -XSOCK_EBUSY: somebody else has the lock. On failure there is no lock. */
int xsock__stale_socket_remove(const struct xsock_addr *a, int type, uintptr_t *out_lock);

#endif
