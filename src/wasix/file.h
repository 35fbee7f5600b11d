/* What a guest can have a descriptor of that is no socket: a pipe's end, an event. Each has a
 * socket pair of the system beneath it, so that waiting, polling and closing are those of any
 * descriptor; its `refuses` is -XSOCK_ENOTSOCK, so that the calls of sockets leave it alone, and
 * its file is one of these.
 *
 * epoll.c's file is another: pollers have them too. */
#ifndef XSOCK__WASIX_FILE_H
#define XSOCK__WASIX_FILE_H

#include "socket/sock.h"
#include "wasix/guest.h"

/* All of a message's vectors, each in the guest's memory. Bytes, or -XSOCK_E... */
typedef ptrdiff_t xsock__wasix_transfer_fn(struct xsock__fdtab *t, struct xsock__fd *fd,
                                           const struct xsock__wasix_vecs *v);

struct xsock__wasix_file {
    struct xsock__file base; /* first: found by it */
    int can;                 /* XSOCK_POLLIN, XSOCK_POLLOUT: what it may ever be ready for */
    xsock__wasix_transfer_fn *read, *write;              /* NULL: it can't */
    int (*available)(struct xsock__fd *fd, size_t *out); /* bytes to be read */
};

/* NULL: it is a socket, or a poller. */
static inline struct xsock__wasix_file *xsock__wasix_file_of(const struct xsock__fd *fd)
{
    const struct xsock__sock *s = fd->held.sock;
    return s->poller == NULL ? (struct xsock__wasix_file *)(void *)s->file : NULL;
}

/* fd_read and fd_write of what has a file: the vectors are arguments 1 and 2; out_done is where the
 * number of bytes goes, a word in memory that was checked. 0, or -XSOCK_E...: -XSOCK_EBADF: it
 * can't, as the wrong end of a pipe. */
int xsock__wasix_file_read(const struct xsock__wasix_call *c, struct xsock__fd *fd,
                           unsigned char *out_done);
int xsock__wasix_file_write(const struct xsock__wasix_call *c, struct xsock__fd *fd,
                            unsigned char *out_done);

/* A reserved descriptor, and what it is to hold, become what the file says. Returns the number. */
int xsock__wasix_file_publish(struct xsock__fdtab *t, struct xsock__fd *fd,
                              const struct xsock__held *held, struct xsock__wasix_file *file);

#endif
