/* sock_send_file: sends a file of the engine on a stream. */
#include "call/call.h"
#include "call/send_recv.h"
#include "socket/sock.h"
#include "wasix/message.h"

enum { PIECE = 65536 }; /* bytes that are read and sent at a time */

struct sending {
    struct xsock__fd *fd;
    int file;
    uint64_t offset, left;
    uint64_t done;
    unsigned char *buf;
};

/* Returns true if the descriptor or the guest has been closed. A guest that sends an endless
 * file to a fast reader never waits, so no wait would notice that. The caller has a reference to
 * fd, so no other descriptor can be at the same address. */
static bool is_closed(const struct xsock__wasix_call *c, const struct xsock__fd *fd)
{
    struct xsock__fd *now;
    if (xsock__lookup_fd(c->guest->table, fd->number, &now) != 0)
        return true;
    xsock__fdtab_put(c->guest->table, now);
    return now != fd;
}

/* Sends the next piece. Returns the number of bytes, 0 at the end of the file, or an error. The
 * bytes that a non-blocking socket does not take are read again by the next call. */
static ptrdiff_t send_piece(const struct xsock__wasix_call *c, struct sending *x)
{
    const struct xsock_wasix_config *config = &c->guest->config;
    size_t len = x->left < PIECE ? (size_t)x->left : PIECE;
    ptrdiff_t n = config->read(config->user, x->file, x->offset + x->done, x->buf, len);
    if (n <= 0)
        return n;
    if ((size_t)n > len)
        /* The engine says that it wrote beyond the buffer. */
        return -XSOCK_EIO;
    struct xsock_vec vec = {x->buf, (size_t)n};
    struct xsock_msg m = {.vec = &vec, .vec_count = 1};
    if (is_closed(c, x->fd))
        return -XSOCK_ECANCELED;
    ptrdiff_t sent = xsock__sendmsg_in(c->guest->table, x->fd, &m, 0);
    if (sent >= 0 && sent < n)
        x->left = (uint64_t)sent; /* the socket takes no more now, so this piece is the last */
    return sent;
}

/* If bytes were sent before an error, the call returns their number and the next call returns
 * the error. xsock_sendfile does the same. */
static int send_all(const struct xsock__wasix_call *c, struct sending *x, unsigned char *out)
{
    ptrdiff_t n = 0;
    while (x->left > 0) {
        n = send_piece(c, x);
        if (n <= 0)
            break;
        x->done += (uint64_t)n;
        x->left -= (uint64_t)n;
    }
    if (n < 0 && x->done == 0)
        return (int)n;
    xsock__wasix_put64(out, x->done);
    return 0;
}

/* Checks that the file belongs to the engine and that the engine has a read callback. A
 * descriptor of xsock has no offsets, so it gives EINVAL. */
static int check_file(const struct xsock__wasix_call *c, int number)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_fd(c->guest->table, number, &fd);
    if (rc == -XSOCK__EFOREIGN)
        return c->guest->config.read != NULL ? 0 : rc;
    if (rc != 0)
        return rc;
    xsock__fdtab_put(c->guest->table, fd);
    return -XSOCK_EINVAL;
}

static int check(const struct xsock__fd *fd, uint64_t offset, uint64_t count)
{
    if (offset > INT64_MAX || count > INT64_MAX - offset)
        return -XSOCK_EINVAL;
    if (fd->held.sock->type != XSOCK_SOCK_STREAM)
        return -XSOCK_ENOTSUP;
    return xsock__recv_check(fd); /* a socket with a peer can send, too */
}

static int send_file(const struct xsock__wasix_call *c, struct sending *x)
{
    unsigned char *out;
    int rc = check_file(c, x->file);
    if (rc == 0 && !xsock__wasix_place(c, 4, 8, &out))
        rc = -XSOCK_EMEMVIOLATION;
    if (rc == 0)
        rc = check(x->fd, x->offset, x->left);
    if (rc != 0)
        return rc;
    x->buf = xsock__wasix_scratch(c, PIECE);
    if (x->buf == NULL)
        return -XSOCK_ENOMEM;
    rc = send_all(c, x, out);
    xsock__wasix_unscratch(c, x->buf, PIECE);
    return rc;
}

int xsock__wasix_sock_send_file(const struct xsock__wasix_call *c)
{
    struct sending x = {.file = xsock__wasix_fd(c, 1)};
    int rc = xsock__lookup_socket(c->guest->table, xsock__wasix_fd(c, 0), &x.fd);
    if (rc != 0)
        return rc;
    x.offset = xsock__wasix_u64(c, 2);
    x.left = xsock__wasix_u64(c, 3);
    rc = send_file(c, &x);
    xsock__fdtab_put(c->guest->table, x.fd);
    return rc;
}
