/* fd_event: a counter that a guest can wait for, like Linux's eventfd.
 *
 * A socket pair makes the event something that the system can wait for. The event's descriptors
 * have one end, and the event has the other.
 *
 * To read: one byte is in the pair while the counter is above 0. Each write sends a byte, even
 * if one is there already, and then takes the extra byte out. Programs that watch for edges and
 * never read rely on that new byte.
 *
 * To write: the event is writable while the pair has space in the other direction. When the
 * counter is full, that direction is filled with bytes. */
#include <string.h>

#include "call/call.h"
#include "facts/translate.h"
#include "socket/start.h"
#include "wait/poller.h"
#include "wait/wait.h"
#include "wasix/file.h"

enum { VALUE = 8, PIECE = 4096, FILL_MAX = 16 << 20 };

/* The flags of fd_event. WASIX's text names only the first. wasix-libc passes its EFD_NONBLOCK,
 * which is 4, and event loops make their wakers with that flag. EFD_CLOEXEC does not fit the 16
 * bits that wasix-libc has for the flags, and so never arrives. */
enum { SEMAPHORE = 1, NONBLOCK = 4 };

static const uint64_t count_max = UINT64_MAX - 1;

struct event {
    struct xsock__wasix_file file; /* first, for the cast from it */
    struct xsock__held other;
    bool semaphore;
    struct xsock__lock lock; /* protects the fields below */
    uint64_t count;
    /* Bytes sent and not yet taken out. On Windows a byte may arrive a little late. */
    size_t bytes;
    bool filled;
};

static struct event *event_of(const struct xsock__fd *fd)
{
    return (struct event *)(void *)fd->held.sock->file;
}

static void gone(struct xsock__file *r)
{
    struct event *e = (struct event *)(void *)r;
    xsock__sock_close(&e->other);
    xsock__sys_lock_destroy(&e->lock);
    xsock__sys_free(e, sizeof *e);
}

/* ---- The bytes in the pair (the caller has the lock) ----------------------------------------- */

static void take_bytes(struct event *e, uintptr_t h, size_t leave)
{
    char away[64];
    while (e->bytes > leave) {
        size_t n, want = e->bytes - leave < sizeof away ? e->bytes - leave : sizeof away;
        if (xsock__sys_recv(h, away, want, 0, NULL, &n) != 0 || n == 0)
            return;
        e->bytes -= n;
    }
}

/* If the pair has no space for a byte, there is already a byte in it. */
static int send_byte(struct event *e, uintptr_t h)
{
    size_t n;
    int code = xsock__sys_send(e->other.handle, "", 1, 0, NULL, &n);
    if (code != 0)
        return e->bytes > 0 ? 0 : xsock__finish(code);
    e->bytes++;
    take_bytes(e, h, 1);
    return 0;
}

static void fill(struct event *e, uintptr_t h)
{
    static char zeros[PIECE]; /* not const: constants take room in the library's file */
    size_t n, sent = 0;
    e->filled = true;
    while (sent < FILL_MAX && xsock__sys_send(h, zeros, sizeof zeros, 0, NULL, &n) == 0)
        sent += n;
}

static void empty(struct event *e)
{
    char away[PIECE];
    size_t n;
    e->filled = false;
    while (xsock__sys_recv(e->other.handle, away, sizeof away, 0, NULL, &n) == 0 && n > 0)
        ;
}

/* ---- Reading and writing --------------------------------------------------------------------- */

/* Returns what a read of the counter gives, or 0 if the counter is 0. */
static uint64_t take(struct event *e, uintptr_t h)
{
    xsock__sys_lock(&e->lock);
    uint64_t value = e->semaphore && e->count > 0 ? 1 : e->count;
    e->count -= value;
    if (e->count == 0)
        take_bytes(e, h, 0);
    if (value != 0 && e->filled)
        empty(e);
    xsock__sys_unlock(&e->lock);
    return value;
}

/* Returns -XSOCK_EAGAIN if the counter has no space for the value. If the call is going to wait
 * for space, the event stops being writable. */
static int add(struct event *e, uintptr_t h, uint64_t value, bool waits)
{
    int rc = 0;
    xsock__sys_lock(&e->lock);
    if (value > count_max - e->count) {
        rc = -XSOCK_EAGAIN;
    } else if (value > 0) {
        rc = send_byte(e, h);
        e->count += rc == 0 ? value : 0;
    }
    if (!e->filled && (e->count == count_max || (rc == -XSOCK_EAGAIN && waits)))
        fill(e, h);
    xsock__sys_unlock(&e->lock);
    return rc;
}

static void report_edges(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    if (!xsock__sys_facts.edges_need_use || !xsock__sock_is(fd->held.sock, XSOCK__SOCK_EDGES))
        return;
    xsock__poller_used(t, fd, XSOCK_POLLIN);
    xsock__poller_used(t, fd, XSOCK_POLLOUT);
}

static int wait_for(struct xsock__fdtab *t, struct xsock__fd *fd, int events)
{
    struct xsock__limit never = xsock__limit_make(-1, NULL);
    int rc = xsock__wait(t, fd, events, &never);
    return rc == XSOCK__WAIT_OVER ? -XSOCK_EAGAIN : rc;
}

static void scatter(uint64_t value, const struct xsock__wasix_vecs *v)
{
    unsigned char bytes[VALUE];
    size_t done = 0;
    xsock__wasix_put64(bytes, value);
    for (size_t i = 0; i < v->count && done < VALUE; i++) {
        size_t n = v->v[i].len < VALUE - done ? v->v[i].len : VALUE - done;
        memcpy(v->v[i].base, bytes + done, n);
        done += n;
    }
}

/* The buffer may have more than 8 bytes, as on Linux. libuv relies on that. */
static ptrdiff_t read_event(struct xsock__fdtab *t, struct xsock__fd *fd,
                            const struct xsock__wasix_vecs *v, int flags)
{
    struct event *e = event_of(fd);
    (void)flags;
    if (v->total < VALUE)
        return -XSOCK_EINVAL;
    for (;;) {
        uint64_t value = take(e, fd->held.handle);
        report_edges(t, fd);
        if (value != 0) {
            scatter(value, v);
            return VALUE;
        }
        int rc = xsock__atomic_load(&fd->held.sock->nonblock) ? -XSOCK_EAGAIN
                                                              : wait_for(t, fd, XSOCK_POLLIN);
        if (rc != 0)
            return rc;
    }
}

static uint64_t gather(const struct xsock__wasix_vecs *v)
{
    unsigned char bytes[VALUE];
    size_t done = 0;
    for (size_t i = 0; i < v->count; i++) {
        memcpy(bytes + done, v->v[i].base, v->v[i].len);
        done += v->v[i].len;
    }
    return xsock__wasix_get64(bytes);
}

static ptrdiff_t write_event(struct xsock__fdtab *t, struct xsock__fd *fd,
                             const struct xsock__wasix_vecs *v, int flags)
{
    (void)flags;
    if (v->total != VALUE)
        return -XSOCK_EINVAL;
    uint64_t value = gather(v);
    if (value > count_max)
        return -XSOCK_EINVAL;
    for (;;) {
        bool waits = !xsock__atomic_load(&fd->held.sock->nonblock);
        int rc = add(event_of(fd), fd->held.handle, value, waits);
        report_edges(t, fd);
        if (rc == 0)
            return VALUE;
        if (rc == -XSOCK_EAGAIN && waits)
            rc = wait_for(t, fd, XSOCK_POLLOUT);
        if (rc != 0)
            return rc;
    }
}

static int available_in_event(struct xsock__fd *fd, size_t *out)
{
    struct event *e = event_of(fd);
    xsock__sys_lock(&e->lock);
    *out = e->count > 0 ? VALUE : 0;
    xsock__sys_unlock(&e->lock);
    return 0;
}

/* ---- Making one ------------------------------------------------------------------------------ */

/* Creates an event. The event's descriptor is to hold *out. */
static int make(uint64_t initial, bool semaphore, struct event **out_event, struct xsock__held *out)
{
    struct xsock__held held[2];
    struct event *e = xsock__sys_alloc(sizeof *e);
    if (e == NULL)
        return -XSOCK_ENOMEM;
    int rc = xsock__start();
    if (rc == 0)
        rc = xsock__sock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, held);
    if (rc != 0) {
        xsock__sys_free(e, sizeof *e);
        return rc;
    }
    e->file = (struct xsock__wasix_file){{gone},      XSOCK_POLLIN | XSOCK_POLLOUT, read_event,
                                         write_event, available_in_event,           false};
    e->semaphore = semaphore;
    e->other = held[1];
    xsock__sys_lock_init(&e->lock);
    rc = add(e, held[0].handle, initial, false);
    if (rc != 0) {
        xsock__sock_close(&held[0]);
        gone(&e->file.base);
        return rc;
    }
    *out_event = e;
    *out = held[0];
    return 0;
}

int xsock__wasix_fd_event(const struct xsock__wasix_call *c)
{
    struct xsock__fdtab *t = c->guest->table;
    uint64_t initial = xsock__wasix_u64(c, 0);
    uint32_t flags = xsock__wasix_u32(c, 1);
    unsigned char *out = xsock__wasix_at(c, xsock__wasix_ptr(c, 2), 4);
    struct event *e;
    struct xsock__held held;
    struct xsock__fd *fd;
    if (out == NULL)
        return -XSOCK_EMEMVIOLATION;
    if ((flags & ~(uint32_t)(SEMAPHORE | NONBLOCK)) != 0 || initial > count_max)
        return -XSOCK_EINVAL;
    int rc = xsock__fdtab_reserve(t, 0, &fd);
    if (rc != 0)
        return rc;
    rc = make(initial, (flags & SEMAPHORE) != 0, &e, &held);
    if (rc != 0) {
        xsock__fdtab_cancel(t, fd);
        return rc;
    }
    xsock__atomic_store(&held.sock->nonblock, (flags & NONBLOCK) != 0);
    xsock__wasix_put32(out, (uint32_t)xsock__wasix_file_publish(t, fd, &held, &e->file));
    return 0;
}
