#include "socket/lying.h"

#include "xsock.h"

static void nudge(struct xsock__leftover_watch *w)
{
    struct xsock__lying *m = (struct xsock__lying *)(void *)w;
    xsock__atomic_store(&m->fresh, 1);
    xsock__sys_poller_wake(m->list->sys);
}

static void begin(struct xsock__lying_list *list, struct xsock__lying *m, struct xsock__leftover *q)
{
    m->queue = q;
    m->list = list;
    m->next = list->first;
    m->link = &list->first;
    if (m->next != NULL)
        m->next->link = &m->next;
    list->first = m;
    xsock__atomic_store(&list->used, 1);
    m->watch.notify = nudge;
    xsock__leftover_watch(q, &m->watch);
}

void xsock__lying_watch(struct xsock__lying_list *list, struct xsock__lying *m,
                        const struct xsock__sock *s, uint64_t key, uint32_t events)
{
    struct xsock__leftover *q = xsock__sock_leftover(s);
    if (q == NULL)
        return;
    m->key = key;
    m->events = events;
    xsock__atomic_store(&m->fresh, 1);
    if (m->queue == NULL)
        begin(list, m, q);
    if (xsock__leftover_any(q)) /* a wait that is under way doesn't look at the list by itself */
        xsock__sys_poller_wake(list->sys);
}

void xsock__lying_unwatch(struct xsock__lying *m)
{
    if (m->queue == NULL)
        return;
    xsock__leftover_unwatch(m->queue, &m->watch);
    m->queue = NULL;
    *m->link = m->next;
    if (m->next != NULL)
        m->next->link = m->link;
}

static const uint32_t once = XSOCK_POLLER_ET | XSOCK_POLLER_ONESHOT;

bool xsock__lying_any(const struct xsock__lying_list *list)
{
    const struct xsock__lying *m = list->first;
    while (m != NULL
           && ((m->events & XSOCK_POLLER_IN) == 0 || !xsock__leftover_any(m->queue)
               || ((m->events & once) != 0 && !xsock__atomic_load(&m->fresh))))
        m = m->next;
    return m != NULL;
}

size_t xsock__lying_collect(struct xsock__lying_list *list, struct xsock__sys_event *out, size_t n)
{
    size_t count = 0;
    for (struct xsock__lying *m = list->first; m != NULL && count < n; m = m->next) {
        if ((m->events & XSOCK_POLLER_IN) == 0 || !xsock__leftover_any(m->queue))
            continue;
        if ((m->events & once) != 0 && !xsock__atomic_cas(&m->fresh, 1, 0))
            continue;
        out[count++] = (struct xsock__sys_event){.key = m->key, .events = XSOCK_POLLER_IN};
    }
    return count;
}
