#include "socket/leftover.h"

#include <string.h>

#include "base/atomic.h"
#include "xsock.h"

enum { ROOM = 65536 }; /* an IP datagram, or what is glued to look like one, is shorter */

struct xsock__leftover {
    struct xsock__lock lock;
    int af;
    size_t from, to,
        segment; /* what lies in bytes: datagrams of `segment`, the last perhaps shorter */
    xsock__atomic_int any; /* the same, for those who ask without the lock */
    int flags;
    bool filled; /* since the lock was taken */
    struct xsock__sys_addr sender;
    struct xsock_control control;
    struct xsock__leftover_watch *watches;
    struct xsock__leftover *next, **link; /* all there are, for forks */
    unsigned char bytes[ROOM];
};

static struct xsock__leftover *queues; /* under the global lock */

struct xsock__leftover *xsock__leftover_create(int af)
{
    struct xsock__leftover *q = xsock__sys_alloc(sizeof *q);
    if (q == NULL)
        return NULL;
    xsock__sys_lock_init(&q->lock);
    q->af = af;
    xsock__sys_lock_global();
    q->next = queues;
    q->link = &queues;
    if (q->next != NULL)
        q->next->link = &q->next;
    queues = q;
    xsock__sys_unlock_global();
    return q;
}

void xsock__leftover_destroy(struct xsock__leftover *q)
{
    xsock__sys_lock_global();
    *q->link = q->next;
    if (q->next != NULL)
        q->next->link = q->link;
    xsock__sys_unlock_global();
    xsock__sys_lock_destroy(&q->lock);
    xsock__sys_free(q, sizeof *q);
}

bool xsock__leftover_any(const struct xsock__leftover *q)
{
    return xsock__atomic_load(&q->any) != 0;
}

/* ---- Under the lock ------------------------------------------------------------------------------ */

static int fill(struct xsock__leftover *q, uintptr_t h)
{
    struct xsock_vec room = {q->bytes, sizeof q->bytes};
    struct xsock__sys_msg m = {
        .vec = &room, .vec_count = 1, .addr = &q->sender, .control = &q->control, .af = q->af};
    size_t count;
    int code = xsock__sys_recv_batch(h, &m, 1, true, &count);
    if (code != 0)
        return code;
    q->from = 0;
    q->to = m.done;
    q->segment = m.segment != 0 ? m.segment : m.done;
    q->flags = m.flags;
    q->filled = true;
    xsock__atomic_store(&q->any, 1);
    return 0;
}

static size_t next_size(const struct xsock__leftover *q)
{
    return q->to - q->from < q->segment ? q->to - q->from : q->segment;
}

static void pop(struct xsock__leftover *q)
{
    q->from += next_size(q);
    if (q->from >= q->to) /* also after an empty datagram */
        xsock__atomic_store(&q->any, 0);
}

/* Returns how much there was room for. */
static size_t scatter(const unsigned char *bytes, size_t n, const struct xsock_vec *vec,
                      size_t count)
{
    size_t done = 0;
    for (size_t i = 0; i < count && done < n; i++) {
        size_t part = vec[i].len < n - done ? vec[i].len : n - done;
        if (part > 0)
            memcpy(vec[i].base, bytes + done, part);
        done += part;
    }
    return done;
}

static void copy_control(const struct xsock_control *from, struct xsock_control *to)
{
    to->has = from->has;
    to->tos = from->tos;
    to->hop_limit = from->hop_limit;
    to->interface_index = from->interface_index;
    to->local = from->local;
    to->handle_count = 0;
}

static void copy_next(const struct xsock__leftover *q, struct xsock__sys_msg *m)
{
    size_t size = next_size(q);
    m->done = scatter(q->bytes + q->from, size, m->vec, m->vec_count);
    m->flags = q->flags | (m->done < size ? XSOCK_MSG_TRUNC : 0);
    m->segment = 0;
    if (m->addr != NULL)
        *m->addr = q->sender;
    if (m->control != NULL)
        copy_control(&q->control, m->control);
}

static void tell(struct xsock__leftover *q)
{
    if (q->filled && xsock__leftover_any(q))
        for (struct xsock__leftover_watch *w = q->watches; w != NULL; w = w->next)
            w->notify(w);
    q->filled = false;
}

/* ---- Receiving ----------------------------------------------------------------------------------- */

int xsock__leftover_recv(struct xsock__leftover *q, uintptr_t h, struct xsock__sys_msg *v, size_t n,
                         bool peek, size_t *out)
{
    size_t done = 0;
    int code = 0;
    xsock__sys_lock(&q->lock);
    while (done < n) {
        code = xsock__leftover_any(q) ? 0 : fill(q, h);
        if (code != 0)
            break;
        copy_next(q, &v[done++]);
        if (peek)
            break;
        pop(q);
    }
    tell(q);
    xsock__sys_unlock(&q->lock);
    if (done == 0)
        return code;
    *out = done;
    return 0;
}

int xsock__leftover_next_size(struct xsock__leftover *q, uintptr_t h, size_t *out)
{
    xsock__sys_lock(&q->lock);
    int code = xsock__leftover_any(q) ? 0 : fill(q, h);
    if (code == 0)
        *out = next_size(q);
    tell(q);
    xsock__sys_unlock(&q->lock);
    return code;
}

/* ---- Watching ------------------------------------------------------------------------------------ */

bool xsock__leftover_watch(struct xsock__leftover *q, struct xsock__leftover_watch *w)
{
    xsock__sys_lock(&q->lock);
    w->next = q->watches;
    w->link = &q->watches;
    if (w->next != NULL)
        w->next->link = &w->next;
    q->watches = w;
    bool any = xsock__leftover_any(q);
    xsock__sys_unlock(&q->lock);
    return any;
}

void xsock__leftover_unwatch(struct xsock__leftover *q, struct xsock__leftover_watch *w)
{
    xsock__sys_lock(&q->lock);
    if (w->link != NULL) {
        *w->link = w->next;
        if (w->next != NULL)
            w->next->link = w->link;
    }
    xsock__sys_unlock(&q->lock);
}

/* ---- Forks --------------------------------------------------------------------------------------- */

void xsock__leftover_before_fork(void)
{
    for (struct xsock__leftover *q = queues; q != NULL; q = q->next)
        xsock__sys_lock(&q->lock);
}

/* What lies here would be received twice if both went on with it. */
void xsock__leftover_after_fork(bool in_child)
{
    for (struct xsock__leftover *q = queues; q != NULL; q = q->next) {
        if (in_child) {
            xsock__atomic_store(&q->any, 0);
            for (struct xsock__leftover_watch *w = q->watches; w != NULL; w = w->next)
                w->link =
                    NULL; /* whose end may still come: the poller's descriptor is closed in the child too */
            q->watches = NULL;
        }
        xsock__sys_unlock(&q->lock);
    }
}
