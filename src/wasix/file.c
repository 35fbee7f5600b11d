/* Reading and writing for descriptors that are not sockets. */
#include "wasix/file.h"

#include "call/call.h"

static int transfer(const struct xsock__wasix_call *c, struct xsock__fd *fd,
                    xsock__wasix_transfer_fn *fn, int flags, unsigned char *out_done)
{
    struct xsock__wasix_vecs v;
    int rc = xsock__wasix_vecs(c, xsock__wasix_ptr(c, 1), xsock__wasix_ptr(c, 2), &v);
    if (rc != 0)
        return rc;
    ptrdiff_t n = fn(c->guest->table, fd, &v, flags);
    xsock__wasix_drop_vecs(c, &v);
    if (n < 0)
        return (int)n;
    xsock__wasix_put_word(c, out_done, (uint64_t)n);
    return 0;
}

int xsock__wasix_file_read(const struct xsock__wasix_call *c, struct xsock__fd *fd, int flags,
                           unsigned char *out_done)
{
    return transfer(c, fd, xsock__wasix_file_of(fd)->read, flags, out_done);
}

int xsock__wasix_file_write(const struct xsock__wasix_call *c, struct xsock__fd *fd, int flags,
                            unsigned char *out_done)
{
    return transfer(c, fd, xsock__wasix_file_of(fd)->write, flags, out_done);
}

int xsock__wasix_file_publish(struct xsock__fdtab *t, struct xsock__fd *fd,
                              const struct xsock__held *held, struct xsock__wasix_file *file)
{
    xsock__sock_refuse(held->sock, -XSOCK_ENOTSOCK);
    held->sock->file = &file->base;
    return xsock__lookup_publish(t, fd, held, 0);
}
