/* What bind, listen and connect do to one socket, for the calls with a descriptor and for those by
 * name. The errors are the same on every system. */
#ifndef XSOCK__SOCKET_ENDPOINT_H
#define XSOCK__SOCKET_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "sys.h"
#include "table/fdtab.h"

/* Return 0 or -XSOCK_E... A negative backlog is 0. */
int xsock__endpoint_bind(const struct xsock__held *held, const struct xsock__sys_addr *a);
int xsock__endpoint_listen(const struct xsock__held *held, int backlog);

/* How the connect of a stream has ended that the system calls ended. Returns 0, and *out_code is 0
 * or the code of the failure. `*out_lost`: it has failed, and the reason was read before. Returns a
 * code of the system if the system does not tell. */
int xsock__endpoint_connect_end(uintptr_t handle, int *out_code, bool *out_lost);

/* Whether a connect to `a` that was refused has met a full backlog, and so may succeed in a while.
 * Other systems keep trying for this long. */
bool xsock__endpoint_is_full(uintptr_t handle, const struct xsock__sys_addr *a);
enum { XSOCK__ENDPOINT_PATIENCE_NS = 500 * 1000 * 1000 };

/* The error of a call for an error of the system: a filter of the system gives EPERM for EACCES. */
int xsock__endpoint_error(int rc);

#endif
