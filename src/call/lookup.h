/* Finding the descriptor of a number, and publishing a new one, for every call and any table. */
#ifndef XSOCK__CALL_LOOKUP_H
#define XSOCK__CALL_LOOKUP_H

#include "socket/sock.h"
#include "table/fdtab.h"

/* A new table for sockets and pollers: the process's own, or a guest's. -XSOCK_ENOMEM. */
int xsock__lookup_create_table(struct xsock__fdtab **out);

/* A descriptor, with a reference, whatever it is. -XSOCK_EBADF: not open, or a poller of the
 * process that this one was forked from. Its number is somebody else's: -XSOCK__EFOREIGN, or in the
 * process's table -XSOCK_ENOTSOCK. */
int xsock__lookup_fd(struct xsock__fdtab *t, int d, struct xsock__fd **out);

/* The same, and it is a socket. -XSOCK_EBADF, -XSOCK__EFOREIGN, -XSOCK_ENOTSOCK. */
int xsock__lookup_socket(struct xsock__fdtab *t, int d, struct xsock__fd **out);

/* The same, in one step where it is a plain socket, as it nearly always is. */
static inline int xsock__lookup_plain_socket(struct xsock__fdtab *t, int d, struct xsock__fd **out)
{
    struct xsock__fd *fd = xsock__fdtab_get(t, d);
    if (fd == NULL)
        return -XSOCK_EBADF;
    *out = fd;
    if (fd->held.sock->refuses == 0)
        return 0;
    xsock__fdtab_put(t, fd);
    return xsock__lookup_socket(t, d, out);
}

/* The lowest free number, with memory for a socket in (*out)->memory. The errors are those of
 * xsock__fdtab_reserve. */
int xsock__lookup_reserve_socket(struct xsock__fdtab *t, struct xsock__fd **out);

/* For a reserved descriptor: makes sure of memory for a socket. -XSOCK_ENOMEM: there is none, and
 * the number is given back. */
int xsock__lookup_ensure_memory(struct xsock__fdtab *t, struct xsock__fd *fd);

/* Two numbers, the lower one first. */
int xsock__lookup_reserve_pair(struct xsock__fdtab *t, struct xsock__fd *out[2]);

/* Fills a reserved descriptor in, and has it found. Returns its number. */
int xsock__lookup_publish(struct xsock__fdtab *t, struct xsock__fd *fd,
                          const struct xsock__held *held, int flags);

#endif
