/* fd_pipe: the first descriptor reads what was written to the second. */
#include "call/call.h"
#include "facts/translate.h"
#include "socket/start.h"
#include "wasix/file.h"

/* Neither end has a reference to the other end's socket. Both have a reference to this struct. */
struct pipe {
    struct end {
        struct xsock__wasix_file file; /* first, for the cast from it */
        struct pipe *pipe;
    } reader, writer;
    xsock__atomic_int refs;        /* ends that are open */
    xsock__atomic_int reader_gone; /* all descriptors of the reader are closed */
};

static void unref(struct pipe *p)
{
    if (xsock__atomic_add(&p->refs, -1) == 1)
        xsock__sys_free(p, sizeof *p);
}

static struct pipe *pipe_of(const void *file)
{
    return ((const struct end *)file)->pipe;
}

static void reader_gone(struct xsock__file *r)
{
    struct pipe *p = pipe_of(r);
    xsock__atomic_store(&p->reader_gone, 1);
    unref(p);
}

static void writer_gone(struct xsock__file *r)
{
    unref(pipe_of(r));
}

/* ---- Reading and writing --------------------------------------------------------------------- */

static ptrdiff_t read_pipe(struct xsock__fdtab *t, struct xsock__fd *fd,
                           const struct xsock__wasix_vecs *v, int flags)
{
    struct xsock_msg m = {.vec = v->v, .vec_count = v->count};
    return xsock__recvmsg_in(t, fd, &m, flags);
}

/* Systems return different errors for a write to a stream whose peer is gone. Some return
 * ECONNRESET if the peer had unread data. Windows reports no error at first. */
static ptrdiff_t write_pipe(struct xsock__fdtab *t, struct xsock__fd *fd,
                            const struct xsock__wasix_vecs *v, int flags)
{
    struct xsock_msg m = {.vec = v->v, .vec_count = v->count};
    struct pipe *p = pipe_of(fd->held.sock->file);
    if (v->total == 0)
        return 0;
    if (xsock__atomic_load(&p->reader_gone))
        return -XSOCK_EPIPE;
    ptrdiff_t n = xsock__sendmsg_in(t, fd, &m, flags);
    return n == -XSOCK_ECONNRESET || n == -XSOCK_ENOTCONN ? -XSOCK_EPIPE : n;
}

static int available_in_pipe(struct xsock__fd *fd, size_t *out)
{
    return xsock__finish(xsock__sys_available(fd->held.handle, out));
}

static int nothing_available(struct xsock__fd *fd, size_t *out)
{
    (void)fd;
    *out = 0;
    return 0;
}

/* ---- Making one ------------------------------------------------------------------------------ */

static struct pipe *new_pipe(void)
{
    struct pipe *p = xsock__sys_alloc(sizeof *p);
    if (p == NULL)
        return NULL;
    p->reader =
        (struct end){{{reader_gone}, XSOCK_POLLIN, read_pipe, NULL, available_in_pipe, true}, p};
    p->writer =
        (struct end){{{writer_gone}, XSOCK_POLLOUT, NULL, write_pipe, nothing_available, true}, p};
    xsock__atomic_store(&p->refs, 2);
    return p;
}

/* Creates a pipe for two reserved descriptors. */
static int make(struct xsock__fdtab *t, struct xsock__fd *fd[2])
{
    struct xsock__held held[2];
    struct pipe *p = new_pipe();
    if (p == NULL)
        return -XSOCK_ENOMEM;
    int rc = xsock__start();
    if (rc == 0)
        rc = xsock__sock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, held);
    if (rc != 0) {
        xsock__sys_free(p, sizeof *p);
        return rc;
    }
    xsock__wasix_file_publish(t, fd[0], &held[0], &p->reader.file);
    xsock__wasix_file_publish(t, fd[1], &held[1], &p->writer.file);
    return 0;
}

int xsock__wasix_fd_pipe(const struct xsock__wasix_call *c)
{
    struct xsock__fdtab *t = c->guest->table;
    struct xsock__fd *fd[2];
    unsigned char *out0 = xsock__wasix_at(c, xsock__wasix_ptr(c, 0), 4);
    unsigned char *out1 = xsock__wasix_at(c, xsock__wasix_ptr(c, 1), 4);
    int rc =
        out0 == NULL || out1 == NULL ? -XSOCK_EMEMVIOLATION : xsock__lookup_reserve_pair(t, fd);
    if (rc != 0)
        return rc;
    /* The numbers are read before the descriptors are published. Another thread may close them
     * after that. */
    int number[2] = {fd[0]->number, fd[1]->number};
    rc = make(t, fd);
    if (rc != 0) {
        xsock__fdtab_cancel(t, fd[0]);
        xsock__fdtab_cancel(t, fd[1]);
        return rc;
    }
    xsock__wasix_put32(out0, (uint32_t)number[0]);
    xsock__wasix_put32(out1, (uint32_t)number[1]);
    return 0;
}
