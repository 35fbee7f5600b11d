/* Descriptors of a guest that are not sockets: the ends of pipes, and events.
 *
 * Each has a socket pair of the system under it, so that waiting, polling and closing work as
 * they do for every descriptor. The socket's `refuses` is -XSOCK_ENOTSOCK, so that socket calls
 * refuse it. The socket's `file` is a struct xsock__wasix_file.
 *
 * Pollers have a `file` of another type, which epoll.c defines, and so have sockets whose buffers
 * the guest has set (buffers.c). */
#ifndef XSOCK__WASIX_FILE_H
#define XSOCK__WASIX_FILE_H

#include "socket/sock.h"
#include "wasix/guest.h"

/* Reads or writes all vectors, which are in the guest's memory. The flags are XSOCK_MSG_..., and 0
 * for fd_read and fd_write. Returns the number of bytes, or -XSOCK_E... */
typedef ptrdiff_t xsock__wasix_transfer_fn(struct xsock__fdtab *t, struct xsock__fd *fd,
                                           const struct xsock__wasix_vecs *v, int flags);

struct xsock__wasix_file {
    struct xsock__file base; /* first, for the cast from it */
    /* XSOCK_POLLIN, XSOCK_POLLOUT: the only events that may be reported. */
    int can;
    xsock__wasix_transfer_fn *read, *write;              /* NULL if not possible */
    int (*available)(struct xsock__fd *fd, size_t *out); /* bytes that can be read */
    bool is_pipe;                                        /* sock_send and sock_recv take it */
};

/* Returns NULL if the descriptor is a socket or a poller. A socket may have a `file` of another
 * type (see buffers.c). */
static inline struct xsock__wasix_file *xsock__wasix_file_of(const struct xsock__fd *fd)
{
    const struct xsock__sock *s = fd->held.sock;
    return s->poller == NULL && s->refuses != 0 ? (struct xsock__wasix_file *)(void *)s->file
                                                : NULL;
}

/* Whether the descriptor can be read, or written. The wrong end of a pipe cannot be. */
static inline bool xsock__wasix_file_can(const struct xsock__wasix_file *file, bool reads)
{
    return (reads ? file->read : file->write) != NULL;
}

/* Reads and writes for a descriptor that has a file and can be read, or written. Arguments 1 and 2
 * are the vectors. out_done is where the number of bytes is stored: a word of the guest's memory
 * that has been checked. Returns 0 or -XSOCK_E... */
int xsock__wasix_file_read(const struct xsock__wasix_call *c, struct xsock__fd *fd, int flags,
                           unsigned char *out_done);
int xsock__wasix_file_write(const struct xsock__wasix_call *c, struct xsock__fd *fd, int flags,
                            unsigned char *out_done);

/* Publishes a reserved descriptor that holds `held`, with this file. Returns its number. */
int xsock__wasix_file_publish(struct xsock__fdtab *t, struct xsock__fd *fd,
                              const struct xsock__held *held, struct xsock__wasix_file *file);

#endif
