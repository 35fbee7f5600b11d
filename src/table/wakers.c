/* Waking the calls that wait in a descriptor, when it is closed or when its socket has changed. */
#include "table/fdtab_private.h"
#include "xsock.h"

/* Under the lock. */
static struct xsock__waker *pop_waker(struct xsock__fdtab *t)
{
    struct xsock__waker *k = t->idle_wakers;
    if (k != NULL)
        t->idle_wakers = k->next_idle;
    return k;
}

/* Under the lock. No call begins to wait in a sealed table, because sealing has woken only those
 * that waited. */
static int begin_waiting(struct xsock__fdtab *t)
{
    if (t->sealed)
        return -XSOCK_ECANCELED;
    if (t->waiting >= t->rules.waiting)
        return -XSOCK_ENOBUFS;
    t->waiting++;
    return 0;
}

int xsock__fdtab_enter_wait(struct xsock__fdtab *t)
{
    xsock__sys_lock(&t->lock);
    int rc = begin_waiting(t);
    xsock__sys_unlock(&t->lock);
    return rc;
}

void xsock__fdtab_leave_wait(struct xsock__fdtab *t)
{
    xsock__sys_lock(&t->lock);
    t->waiting--;
    xsock__sys_unlock(&t->lock);
}

/* Under the lock. Takes back a wake that a call has waited with. */
static void push_waker(struct xsock__fdtab *t, struct xsock__waker *k)
{
    t->waiting--;
    k->next_idle = t->idle_wakers;
    t->idle_wakers = k;
}

/* Makes a wake. The table keeps as many wakes as were ever needed at the same time. */
static int make_waker(struct xsock__fdtab *t, struct xsock__waker **out)
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
    k->next = t->wakers;
    t->wakers = k;
    xsock__sys_unlock(&t->lock);
    *out = k;
    return 0;
}

int xsock__fdtab_take_waker(struct xsock__fdtab *t, struct xsock__waker **out)
{
    xsock__sys_lock(&t->lock);
    int rc = begin_waiting(t);
    *out = rc == 0 ? pop_waker(t) : NULL;
    xsock__sys_unlock(&t->lock);
    if (rc != 0 || *out != NULL)
        return rc;
    rc = make_waker(t, out);
    if (rc != 0)
        xsock__fdtab_leave_wait(t);
    return rc;
}

void xsock__fdtab_give_waker(struct xsock__fdtab *t, struct xsock__waker *k, bool was_set)
{
    if (was_set)
        xsock__sys_wake_clear(&k->wake);
    xsock__sys_lock(&t->lock);
    push_waker(t, k);
    xsock__sys_unlock(&t->lock);
}

/* Under the lock. */
static int attach(struct xsock__fd *fd, struct xsock__waiter *w, struct xsock__waker *k)
{
    if (fd->state == LEAVING)
        return -XSOCK_ECANCELED;
    w->waker = k;
    xsock__atomic_set(&w->closed, 0);
    w->next = fd->waiters;
    w->link = &fd->waiters;
    if (w->next != NULL)
        w->next->link = &w->next;
    fd->waiters = w;
    return 0;
}

/* Under the lock. */
static int attach_shared(struct xsock__fd *fd, struct xsock__waiters *shared,
                         struct xsock__waiter *w, struct xsock__waker *k)
{
    int rc = attach(fd, w, k);
    w->shared = NULL;
    xsock__atomic_set(&w->look_again, 0);
    if (rc != 0 || shared == NULL)
        return rc;
    w->next_shared = shared->first;
    w->shared = &shared->first;
    if (w->next_shared != NULL)
        w->next_shared->shared = &w->next_shared;
    shared->first = w;
    return 0;
}

static void detach(struct xsock__waiter *w)
{
    *w->link = w->next;
    if (w->next != NULL)
        w->next->link = w->link;
}

static void detach_shared(struct xsock__waiter *w)
{
    detach(w);
    if (w->shared == NULL)
        return;
    *w->shared = w->next_shared;
    if (w->next_shared != NULL)
        w->next_shared->shared = w->shared;
}

int xsock__fdtab_attach(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__waiter *w,
                        struct xsock__waker *k)
{
    xsock__sys_lock(&t->lock);
    int rc = attach(fd, w, k);
    xsock__sys_unlock(&t->lock);
    return rc;
}

bool xsock__fdtab_detach(struct xsock__fdtab *t, struct xsock__waiter *w)
{
    xsock__sys_lock(&t->lock);
    detach(w);
    xsock__sys_unlock(&t->lock);
    return xsock__atomic_load(&w->closed) != 0;
}

void xsock__fdtab_lock(struct xsock__fdtab *t)
{
    xsock__sys_lock(&t->lock);
}

void xsock__fdtab_unlock(struct xsock__fdtab *t)
{
    xsock__sys_unlock(&t->lock);
}

int xsock__fdtab_attach_locked(struct xsock__fd *fd, struct xsock__waiter *w,
                               struct xsock__waker *k)
{
    return attach(fd, w, k);
}

void xsock__fdtab_detach_locked(struct xsock__waiter *w)
{
    detach(w);
}

/* No idle wake is left. The new wake is made without the lock. The call counts as waiting already.
 */
static int watch_with_new(struct xsock__fdtab *t, struct xsock__fd *fd,
                          struct xsock__waiters *shared, struct xsock__waiter *w)
{
    struct xsock__waker *k;
    int rc = make_waker(t, &k);
    if (rc != 0) {
        xsock__fdtab_leave_wait(t);
        return rc;
    }
    xsock__sys_lock(&t->lock);
    rc = attach_shared(fd, shared, w, k);
    xsock__sys_unlock(&t->lock);
    if (rc != 0)
        xsock__fdtab_give_waker(t, k, false);
    return rc;
}

int xsock__fdtab_watch(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__waiters *shared,
                       struct xsock__waiter *w)
{
    xsock__sys_lock(&t->lock);
    int rc = begin_waiting(t);
    struct xsock__waker *k = rc == 0 ? pop_waker(t) : NULL;
    if (k != NULL) {
        rc = attach_shared(fd, shared, w, k);
        if (rc != 0)
            push_waker(t, k);
    }
    xsock__sys_unlock(&t->lock);
    return k != NULL || rc != 0 ? rc : watch_with_new(t, fd, shared, w);
}

void xsock__fdtab_unwatch(struct xsock__fdtab *t, struct xsock__waiter *w)
{
    xsock__sys_lock(&t->lock);
    detach_shared(w);
    bool set = xsock__atomic_load(&w->closed) != 0 || xsock__atomic_load(&w->look_again) != 0;
    if (!set)
        push_waker(t, w->waker);
    xsock__sys_unlock(&t->lock);
    if (set)
        xsock__fdtab_give_waker(t, w->waker, true);
}

void xsock__fdtab_wake_waiters(struct xsock__fd *fd)
{
    for (struct xsock__waiter *w = fd->waiters; w != NULL; w = w->next) {
        xsock__atomic_store(&w->closed, 1);
        xsock__sys_wake_set(&w->waker->wake);
    }
}

void xsock__fdtab_look_again(struct xsock__fdtab *t, const struct xsock__waiters *shared)
{
    xsock__sys_lock(&t->lock);
    for (struct xsock__waiter *w = shared->first; w != NULL; w = w->next_shared) {
        xsock__atomic_store(&w->look_again, 1);
        xsock__sys_wake_set(&w->waker->wake);
    }
    xsock__sys_unlock(&t->lock);
}

void xsock__fdtab_drop_wakers(struct xsock__fdtab *t)
{
    while (t->wakers != NULL) {
        struct xsock__waker *k = t->wakers;
        t->wakers = k->next;
        xsock__sys_wake_close(&k->wake);
        xsock__sys_free(k, sizeof *k);
    }
    t->idle_wakers = NULL;
}
