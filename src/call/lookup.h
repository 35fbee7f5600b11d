/* Finding the descriptor of a number, and publishing a new one, for every call and any table. */
#ifndef XSOCK__CALL_LOOKUP_H
#define XSOCK__CALL_LOOKUP_H

#include "socket/sock.h"
#include "table/fdtab.h"

/* Makes a table for sockets and pollers: the process's own, or a guest's. -XSOCK_ENOMEM. */
int xsock__lookup_create_table(struct xsock__fdtab **out);

/* Finds a descriptor of any kind, and adds a reference. -XSOCK_EBADF if the number is not open, or
 * is a poller of the process that this one was forked from. A foreign number gives -XSOCK__EFOREIGN
 * in a guest's table, and -XSOCK_ENOTSOCK in the process's table. */
int xsock__lookup_fd(struct xsock__fdtab *t, int d, struct xsock__fd **out);

/* Does the same for a socket. -XSOCK_ENOTSOCK if the descriptor is something else. */
int xsock__lookup_socket(struct xsock__fdtab *t, int d, struct xsock__fd **out);

/* Gives a reserved descriptor memory for a socket, if it has none. -XSOCK_ENOMEM if there is no
 * memory; the number is given back then. */
int xsock__lookup_add_memory(struct xsock__fdtab *t, struct xsock__fd *fd);
static inline int xsock__lookup_ensure_memory(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    return fd->memory != NULL ? 0 : xsock__lookup_add_memory(t, fd);
}

/* Reserves the lowest free number, with memory for a socket in (*out)->memory. The errors are those
 * of xsock__fdtab_reserve. */
static inline int xsock__lookup_reserve_socket(struct xsock__fdtab *t, struct xsock__fd **out)
{
    int rc = xsock__fdtab_reserve(t, 0, out);
    return rc != 0 ? rc : xsock__lookup_ensure_memory(t, *out);
}

/* Reserves two numbers, the lower one first. */
int xsock__lookup_reserve_pair(struct xsock__fdtab *t, struct xsock__fd *out[2]);

/* Fills in a reserved descriptor, and lets look-ups find it. Returns its number. */
int xsock__lookup_publish(struct xsock__fdtab *t, struct xsock__fd *fd,
                          const struct xsock__held *held, int flags);

#endif
