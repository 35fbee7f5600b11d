/* The wakes of a table, and how many calls wait. Idle wakes are kept for the next calls, but no
 * more than IDLE_MAX: each has a handle, which the program may need. */
#include "table/fdtab_private.h"
#include "xsock.h"

enum { IDLE_MAX = 16 };

/* No call begins to wait in a sealed table, because sealing has woken only those that waited. */
int xsock__fdtab_begin_waiting(struct xsock__fdtab *t)
{
    if (t->sealed)
        return -XSOCK_ECANCELED;
    if (t->waiting >= t->head.rules.waiting)
        return -XSOCK_ENOBUFS;
    t->waiting++;
    return 0;
}

int xsock__fdtab_enter_wait(struct xsock__fdtab *t)
{
    xsock__sys_lock(&t->lock);
    int rc = xsock__fdtab_begin_waiting(t);
    xsock__sys_unlock(&t->lock);
    return rc;
}

void xsock__fdtab_leave_wait(struct xsock__fdtab *t)
{
    xsock__sys_lock(&t->lock);
    t->waiting--;
    xsock__sys_unlock(&t->lock);
}

struct xsock__waker *xsock__fdtab_pop_waker(struct xsock__fdtab *t)
{
    struct xsock__waker *k = t->idle_wakers;
    if (k != NULL) {
        t->idle_wakers = k->next_idle;
        t->idle_count--;
    }
    return k;
}

/* Under the lock. */
static void enlist(struct xsock__fdtab *t, struct xsock__waker *k)
{
    k->next = t->wakers;
    k->link = &t->wakers;
    if (k->next != NULL)
        k->next->link = &k->next;
    t->wakers = k;
}

/* Under the lock. */
static void delist(const struct xsock__waker *k)
{
    *k->link = k->next;
    if (k->next != NULL)
        k->next->link = k->link;
}

void xsock__fdtab_free_waker(struct xsock__waker *k)
{
    xsock__sys_wake_close(&k->wake);
    xsock__sys_free(k, sizeof *k);
}

struct xsock__waker *xsock__fdtab_push_waker(struct xsock__fdtab *t, struct xsock__waker *k)
{
    if (k == NULL)
        return NULL;
    if (t->idle_count >= IDLE_MAX) {
        delist(k);
        return k;
    }
    t->idle_count++;
    k->next_idle = t->idle_wakers;
    t->idle_wakers = k;
    return NULL;
}

int xsock__fdtab_make_waker(struct xsock__fdtab *t, struct xsock__waker **out)
{
    struct xsock__waker *k = xsock__sys_alloc(sizeof *k);
    if (k == NULL)
        return -XSOCK_ENOMEM;
    int code = xsock__sys_wake_open(&k->wake);
    if (code != 0) {
        xsock__sys_free(k, sizeof *k);
        return code;
    }
    xsock__sys_lock(&t->lock);
    enlist(t, k);
    xsock__sys_unlock(&t->lock);
    *out = k;
    return 0;
}

/* A call that gets no wake keeps its place among those that wait. */
int xsock__fdtab_begin_wait(struct xsock__fdtab *t, struct xsock__waker **out)
{
    xsock__sys_lock(&t->lock);
    int rc = xsock__fdtab_begin_waiting(t);
    *out = rc == 0 ? xsock__fdtab_pop_waker(t) : NULL;
    xsock__sys_unlock(&t->lock);
    if (rc == 0 && *out == NULL && xsock__fdtab_make_waker(t, out) != 0)
        *out = NULL;
    return rc;
}

void xsock__fdtab_give_waker(struct xsock__fdtab *t, struct xsock__waker *k, bool was_set)
{
    if (was_set && k != NULL)
        xsock__sys_wake_clear(&k->wake);
    xsock__sys_lock(&t->lock);
    t->waiting--;
    k = xsock__fdtab_push_waker(t, k);
    xsock__sys_unlock(&t->lock);
    if (k != NULL)
        xsock__fdtab_free_waker(k);
}

bool xsock__fdtab_free_idle_wakers(struct xsock__fdtab *t)
{
    xsock__sys_lock(&t->lock);
    struct xsock__waker *idle = t->idle_wakers;
    for (struct xsock__waker *k = idle; k != NULL; k = k->next_idle)
        delist(k);
    t->idle_wakers = NULL;
    t->idle_count = 0;
    xsock__sys_unlock(&t->lock);
    bool any = idle != NULL;
    while (idle != NULL) {
        struct xsock__waker *k = idle;
        idle = k->next_idle;
        xsock__fdtab_free_waker(k);
    }
    return any;
}

void xsock__fdtab_lose_waker_locked(struct xsock__waker **k)
{
    delist(*k);
    xsock__sys_free(*k, sizeof **k);
    *k = NULL;
}

void xsock__fdtab_drop_wakers(struct xsock__fdtab *t)
{
    while (t->wakers != NULL) {
        struct xsock__waker *k = t->wakers;
        t->wakers = k->next;
        xsock__fdtab_free_waker(k);
    }
    t->idle_wakers = NULL;
    t->idle_count = 0;
}
