/* The total of the socket buffers that a guest has asked for. A socket whose buffers were set has a
 * file, which remembers what was counted and gives it back when the socket is gone. */
#include "call/lookup.h"
#include "socket/option.h"
#include "socket/sock.h"
#include "wasix/guest.h"

/* Sizes up to this one are always allowed and never counted. The system's own sizes are larger. */
enum { FREE_SIZE = 128 * 1024 };

struct buffers {
    struct xsock__file file; /* first, for the cast from it */
    struct xsock_wasix *guest;
    uint64_t counted[2]; /* for receiving, for sending; under the guest's lock */
};

static void gone(struct xsock__file *f)
{
    struct buffers *b = (struct buffers *)(void *)f;
    xsock__sys_lock(&b->guest->lock);
    b->guest->buffers -= b->counted[0] + b->counted[1];
    xsock__sys_unlock(&b->guest->lock);
    xsock__sys_free(b, sizeof *b);
}

/* Under the guest's lock. Returns NULL if there is no memory. */
static struct buffers *buffers_of(struct xsock_wasix *g, struct xsock__sock *s)
{
    if (s->file == NULL) {
        struct buffers *b = xsock__sys_alloc(sizeof *b);
        if (b == NULL)
            return NULL;
        b->file.gone = gone;
        b->guest = g;
        s->file = &b->file;
    }
    return (struct buffers *)(void *)s->file;
}

/* What was counted does not become less while the socket is open. If it did, two threads that set
 * sizes at the same time could leave the socket with the larger one, and count the smaller one. */
uint64_t xsock__wasix_count_buffer(struct xsock_wasix *g, struct xsock__sock *s, bool send,
                                   uint64_t size)
{
    if (size <= FREE_SIZE)
        return size;
    xsock__sys_lock(&g->lock);
    struct buffers *b = buffers_of(g, s);
    uint64_t max = FREE_SIZE;
    if (b != NULL) {
        uint64_t left = g->config.max_buffers - g->buffers + b->counted[send];
        max = left < FREE_SIZE ? FREE_SIZE : left;
    }
    if (size > max)
        size = max;
    if (size > FREE_SIZE && size > b->counted[send]) {
        g->buffers += size - b->counted[send];
        b->counted[send] = size;
    }
    xsock__sys_unlock(&g->lock);
    return size;
}

/* Tells for each direction whether a size was counted. */
static void look_at(struct xsock_wasix *g, const struct xsock__sock *s, bool out_counted[2])
{
    xsock__sys_lock(&g->lock);
    const struct buffers *b = (const struct buffers *)(const void *)s->file;
    for (int i = 0; i < 2; i++)
        out_counted[i] = b != NULL && b->counted[i] != 0;
    xsock__sys_unlock(&g->lock);
}

static void count_as_it_is(struct xsock_wasix *g, struct xsock__fd *fd, bool send)
{
    const int opt = send ? XSOCK_SO_SNDBUF : XSOCK_SO_RCVBUF;
    int64_t size;
    if (xsock__option_get(&fd->held, opt, XSOCK_OPT_SIZE, &size) != 0 || size < 0)
        return;
    uint64_t allowed = xsock__wasix_count_buffer(g, fd->held.sock, send, (uint64_t)size);
    if (allowed < (uint64_t)size)
        (void)xsock__option_set(&fd->held, opt, XSOCK_OPT_SIZE, (int64_t)allowed);
}

/* If another thread of the guest closes the number at once, another socket of the guest may have
 * it. That socket is counted as it is, too. */
void xsock__wasix_count_inherited(struct xsock_wasix *g, struct xsock__sock *listener, int d)
{
    struct xsock__fd *fd;
    bool counted[2];
    look_at(g, listener, counted);
    if (!(counted[0] || counted[1]) || xsock__lookup_socket(g->table, d, &fd) != 0)
        return;
    for (int send = 0; send < 2; send++)
        if (counted[send])
            count_as_it_is(g, fd, send != 0);
    xsock__fdtab_put(g->table, fd);
}
