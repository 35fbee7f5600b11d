/* sock_recv, sock_recv_from, sock_recv_msg, sock_send, sock_send_to, sock_send_msg, fd_read,
 * fd_write.
 *
 * Flags that WASIX does not have give EINVAL. "Data truncated" has two meanings:
 *
 *   - Into a call, the flag is wasix-libc's MSG_TRUNC, with its meaning on Linux: the result is
 *     the length of the datagram, even if less of it fits the vectors. At most 65,536 bytes more
 *     are counted, and the call takes 1,023 vectors instead of 1,024. For a stream the flag has
 *     no meaning.
 *   - Out of a call, the flag says that the datagram was longer than the vectors, and that the
 *     rest is lost.
 *
 * The sender on a stream is the peer. Linux leaves that address unset, and wasix-libc cannot
 * tell that it is unset.
 *
 * A guest can neither send nor receive control data. So no handle of the host leaves a guest or
 * reaches a guest. */
#include "call/call.h"
#include "call/plain.h"
#include "call/refusal.h"
#include "socket/sock.h"
#include "wasix/file.h"
#include "wasix/message.h"

enum { FLAGS_SIZE = 2 };

static int get_socket(const struct xsock__wasix_call *c, struct xsock__fd **out)
{
    return xsock__lookup_socket(c->guest->table, xsock__wasix_fd(c, 0), out);
}

static int put(const struct xsock__wasix_call *c, struct xsock__fd *fd, int rc)
{
    xsock__fdtab_put(c->guest->table, fd);
    return rc;
}

/* ---- Pipes ----------------------------------------------------------------------------------- */

/* Looks up an end of a pipe. wasix-libc's send() and recv() call sock_send and sock_recv whatever
 * the descriptor is, and hosts of WASIX take an end of a pipe there: Node's standard streams rely
 * on that. The wrong end of a pipe gives EBADF. Other descriptors that are not sockets give
 * ENOTSOCK. */
static int get_pipe(const struct xsock__wasix_call *c, bool reads, struct xsock__fd **out)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_fd(c->guest->table, xsock__wasix_fd(c, 0), &fd);
    if (rc != 0)
        return rc;
    const struct xsock__wasix_file *file = xsock__wasix_file_of(fd);
    if (file == NULL || !file->is_pipe)
        return put(c, fd, -XSOCK_ENOTSOCK);
    if (!xsock__wasix_file_can(file, reads))
        return put(c, fd, -XSOCK_EBADF);
    *out = fd;
    return 0;
}

/* ---- The common case ------------------------------------------------------------------------- */

/* The common case has one vector that is not empty, no flags (argument 3), and a valid pointer
 * for the result. Nothing can be wrong with such a call except its descriptor. It goes to the
 * core on the shortest way, because every layer above the system call costs time. */
static inline bool is_plain(const struct xsock__wasix_call *c, struct xsock_vec *out,
                            unsigned char **out_done)
{
    unsigned word = xsock__wasix_word(c);
    const unsigned char *p = xsock__wasix_at(c, xsock__wasix_ptr(c, 1), 2 * word);
    if (xsock__wasix_ptr(c, 2) != 1 || xsock__wasix_u32(c, 3) != 0 || p == NULL)
        return false;
    return xsock__wasix_vec(c, p, 0, out) == 0 && out->len > 0
           && xsock__wasix_place(c, 4, word, out_done);
}

/* ---- Receiving ------------------------------------------------------------------------------- */

/* The descriptor is no socket, but it may be a pipe. Flag 4 has no meaning for a stream. */
static int recv_pipe(const struct xsock__wasix_call *c)
{
    struct xsock__wasix_results out = {0};
    struct xsock__fd *fd;
    int flags, rc = get_pipe(c, true, &fd);
    if (rc != 0)
        return rc;
    if (!xsock__wasix_place(c, 4, xsock__wasix_word(c), &out.done)
        || !xsock__wasix_place(c, 5, FLAGS_SIZE, &out.flags))
        rc = -XSOCK_EMEMVIOLATION;
    else if (xsock__wasix_recv_flags(xsock__wasix_u32(c, 3), &flags) != 0)
        rc = xsock__wasix_after_vecs(c, -XSOCK_EINVAL);
    else
        rc = xsock__wasix_file_read(c, fd, flags, out.done);
    if (rc == 0)
        xsock__wasix_put16(out.flags, 0);
    return put(c, fd, rc);
}

static int recv_any(const struct xsock__wasix_call *c, struct xsock__fd *fd)
{
    struct xsock__wasix_results out = {0};
    int rc = xsock__refusal_of(fd->held.sock);
    if (rc != 0) {
        (void)put(c, fd, 0);
        return rc == -XSOCK_ENOTSOCK ? recv_pipe(c) : rc;
    }
    if (!xsock__wasix_place(c, 4, xsock__wasix_word(c), &out.done)
        || !xsock__wasix_place(c, 5, FLAGS_SIZE, &out.flags))
        rc = -XSOCK_EMEMVIOLATION;
    return put(c, fd, rc != 0 ? rc : xsock__wasix_receive(c, fd, xsock__wasix_u32(c, 3), &out));
}

/* The plain case is for streams only: a call for datagrams has to report whether the datagram was
 * cut. */
int xsock__wasix_sock_recv(const struct xsock__wasix_call *c)
{
    unsigned char *done, *flags;
    struct xsock_vec v;
    struct xsock__fd *fd = xsock__fdtab_find(c->guest->table, xsock__wasix_fd(c, 0));
    if (fd == NULL)
        return -XSOCK_EBADF;
    if (fd->held.sock->type != XSOCK_SOCK_STREAM || !xsock__wasix_place(c, 5, FLAGS_SIZE, &flags)
        || !is_plain(c, &v, &done))
        return recv_any(c, fd);
    ptrdiff_t n = xsock__plain_recv(c->guest->table, fd, v.base, v.len, 0);
    if (n < 0)
        return n == -XSOCK_ENOTSOCK ? recv_pipe(c) : (int)n;
    xsock__wasix_put_word(c, done, (uint64_t)n);
    xsock__wasix_put16(flags, 0);
    return 0;
}

static bool place_addr(const struct xsock__wasix_call *c, int i, unsigned char **out)
{
    return xsock__wasix_place(c, i, (uint64_t)c->guest->config.addr_port_size, out);
}

int xsock__wasix_sock_recv_from(const struct xsock__wasix_call *c)
{
    struct xsock__wasix_results out = {0};
    struct xsock__fd *fd;
    int rc = get_socket(c, &fd);
    if (rc != 0)
        return rc;
    if (!xsock__wasix_place(c, 4, xsock__wasix_word(c), &out.done)
        || !xsock__wasix_place(c, 5, FLAGS_SIZE, &out.flags) || !place_addr(c, 6, &out.addr))
        rc = -XSOCK_EMEMVIOLATION;
    return put(c, fd, rc != 0 ? rc : xsock__wasix_receive(c, fd, xsock__wasix_u32(c, 3), &out));
}

/* The pointer of the address is 0 if the guest does not want the address. The buffer for control
 * data is checked, but nothing is stored in it. */
int xsock__wasix_sock_recv_msg(const struct xsock__wasix_call *c)
{
    struct xsock__wasix_results out = {0};
    struct xsock__fd *fd;
    unsigned char *control;
    int rc = get_socket(c, &fd);
    if (rc != 0)
        return rc;
    if ((xsock__wasix_ptr(c, 4) != 0 && !place_addr(c, 4, &out.addr))
        || !xsock__wasix_place(c, 5, xsock__wasix_ptr(c, 6), &control)
        || !xsock__wasix_place(c, 7, xsock__wasix_word(c), &out.done)
        || !xsock__wasix_place(c, 8, FLAGS_SIZE, &out.flags)
        || !xsock__wasix_place(c, 9, xsock__wasix_word(c), &out.control_len))
        rc = -XSOCK_EMEMVIOLATION;
    return put(c, fd, rc != 0 ? rc : xsock__wasix_receive(c, fd, xsock__wasix_u32(c, 3), &out));
}

/* ---- Sending --------------------------------------------------------------------------------- */

/* The descriptor is no socket, but it may be a pipe. */
static int send_pipe(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    unsigned char *done;
    int flags, rc = get_pipe(c, false, &fd);
    if (rc != 0)
        return rc;
    if (!xsock__wasix_place(c, 4, xsock__wasix_word(c), &done))
        rc = -XSOCK_EMEMVIOLATION;
    else if (xsock__wasix_send_flags(xsock__wasix_u32(c, 3), &flags) != 0)
        rc = xsock__wasix_after_vecs(c, -XSOCK_EINVAL);
    else
        rc = xsock__wasix_file_write(c, fd, flags, done);
    return put(c, fd, rc);
}

static int send_plain(const struct xsock__wasix_call *c, const struct xsock_vec *v,
                      unsigned char *done)
{
    ptrdiff_t n = xsock__call_send(c->guest->table, xsock__wasix_fd(c, 0), v->base, v->len, 0);
    if (n < 0)
        return n == -XSOCK_ENOTSOCK ? send_pipe(c) : (int)n;
    xsock__wasix_put_word(c, done, (uint64_t)n);
    return 0;
}

int xsock__wasix_sock_send(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    struct xsock_vec v;
    unsigned char *done;
    if (is_plain(c, &v, &done))
        return send_plain(c, &v, done);
    int rc = get_socket(c, &fd);
    if (rc != 0)
        return rc == -XSOCK_ENOTSOCK ? send_pipe(c) : rc;
    if (!xsock__wasix_place(c, 4, xsock__wasix_word(c), &done))
        rc = -XSOCK_EMEMVIOLATION;
    return put(c, fd, rc != 0 ? rc : xsock__wasix_send(c, fd, xsock__wasix_u32(c, 3), NULL, done));
}

/* Reads the destination in argument 4. The vectors come before the address's family. */
static int get_destination(const struct xsock__wasix_call *c, struct xsock_addr *out)
{
    int rc = xsock__wasix_get_addr(c, xsock__wasix_ptr(c, 4), out);
    return rc == -XSOCK_EAFNOSUPPORT ? xsock__wasix_after_vecs(c, rc) : rc;
}

int xsock__wasix_sock_send_to(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    struct xsock_addr to;
    unsigned char *done;
    int rc = get_socket(c, &fd);
    if (rc != 0)
        return rc;
    if (!xsock__wasix_place(c, 5, xsock__wasix_word(c), &done))
        rc = -XSOCK_EMEMVIOLATION;
    else
        rc = get_destination(c, &to);
    return put(c, fd, rc != 0 ? rc : xsock__wasix_send(c, fd, xsock__wasix_u32(c, 3), &to, done));
}

/* The pointer of the address is 0 if the peer is the destination. */
int xsock__wasix_sock_send_msg(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    struct xsock_addr addr, *to = xsock__wasix_ptr(c, 4) != 0 ? &addr : NULL;
    unsigned char *done, *control;
    int rc = get_socket(c, &fd);
    if (rc != 0)
        return rc;
    if (!xsock__wasix_place(c, 5, xsock__wasix_ptr(c, 6), &control)
        || !xsock__wasix_place(c, 7, xsock__wasix_word(c), &done))
        rc = -XSOCK_EMEMVIOLATION;
    else if (to != NULL)
        rc = get_destination(c, to);
    if (rc == 0 && xsock__wasix_ptr(c, 6) != 0)
        rc = xsock__wasix_after_vecs(c, -XSOCK_ENOTSUP);
    return put(c, fd, rc != 0 ? rc : xsock__wasix_send(c, fd, xsock__wasix_u32(c, 3), to, done));
}

/* ---- fd_read and fd_write -------------------------------------------------------------------- */

/* Looks up a descriptor that can be read, or written. Pollers and the wrong end of a pipe cannot
 * be. */
static int get_file(const struct xsock__wasix_call *c, bool reads, struct xsock__fd **out)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_fd(c->guest->table, xsock__wasix_fd(c, 0), &fd);
    if (rc != 0)
        return rc;
    if (fd->held.sock->poller != NULL)
        return put(c, fd, -XSOCK_EINVAL);
    const struct xsock__wasix_file *file = xsock__wasix_file_of(fd);
    if (file != NULL && !xsock__wasix_file_can(file, reads))
        return put(c, fd, -XSOCK_EBADF);
    *out = fd;
    return 0;
}

int xsock__wasix_fd_read(const struct xsock__wasix_call *c)
{
    struct xsock__wasix_results out = {0};
    struct xsock__fd *fd;
    int rc = get_file(c, true, &fd);
    if (rc != 0)
        return rc;
    if (!xsock__wasix_place(c, 3, xsock__wasix_word(c), &out.done))
        rc = -XSOCK_EMEMVIOLATION;
    else if (xsock__wasix_file_of(fd) != NULL)
        rc = xsock__wasix_file_read(c, fd, 0, out.done);
    else
        rc = xsock__wasix_receive(c, fd, 0, &out);
    return put(c, fd, rc);
}

int xsock__wasix_fd_write(const struct xsock__wasix_call *c)
{
    struct xsock__fd *fd;
    unsigned char *done;
    int rc = get_file(c, false, &fd);
    if (rc != 0)
        return rc;
    if (!xsock__wasix_place(c, 3, xsock__wasix_word(c), &done))
        rc = -XSOCK_EMEMVIOLATION;
    else if (xsock__wasix_file_of(fd) != NULL)
        rc = xsock__wasix_file_write(c, fd, 0, done);
    else
        rc = xsock__wasix_send(c, fd, 0, NULL, done);
    return put(c, fd, rc);
}
