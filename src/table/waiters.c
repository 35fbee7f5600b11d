/* Waking the calls that wait in a descriptor, when it is closed or when its socket has changed. */
#include "table/fdtab_private.h"
#include "xsock.h"

/* ---- Marks: under the lock ------------------------------------------------------------------- */

/* Is called after the mark itself is set. */
static void wake(struct xsock__fdtab *t, struct xsock__waiter *w)
{
    if (w->waker != NULL && w->waker->interrupts && !w->marked)
        xsock__fdtab_interrupt(t, w->waker);
    w->marked = true;
    if (w->waker != NULL)
        xsock__sys_wake_set(&w->waker->wake);
}

void xsock__fdtab_wake_waiters(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    for (struct xsock__waiter *w = fd->waiters; w != NULL; w = w->next) {
        xsock__atomic_store(&w->closed, 1);
        wake(t, w);
    }
}

void xsock__fdtab_look_again(struct xsock__fdtab *t, const struct xsock__waiters *shared)
{
    xsock__sys_lock(&t->lock);
    for (struct xsock__waiter *w = shared->first; w != NULL; w = w->next_shared) {
        xsock__atomic_store(&w->look_again, 1);
        wake(t, w);
    }
    xsock__sys_unlock(&t->lock);
    xsock__fdtab_end_interrupts(t);
}

void xsock__fdtab_clear_marks_locked(struct xsock__waiter *w)
{
    if (!w->marked)
        return;
    w->marked = false;
    xsock__atomic_store(&w->look_again, 0);
    if (w->waker != NULL)
        xsock__sys_wake_clear(&w->waker->wake);
}

bool xsock__fdtab_take_marks(struct xsock__fdtab *t, struct xsock__waiter *w)
{
    xsock__sys_lock(&t->lock);
    bool again = xsock__atomic_peek(&w->look_again) != 0;
    xsock__fdtab_clear_marks_locked(w);
    xsock__sys_unlock(&t->lock);
    return again;
}

/* The next call after o (NULL: the first one) that asks for the events of w and is not w. */
static struct xsock__waiter *next_asking(const struct xsock__waiters *shared,
                                         const struct xsock__waiter *w, struct xsock__waiter *o)
{
    o = o != NULL ? o->next_shared : shared->first;
    while (
        o != NULL
        && (o == w || o->events != w->events || o->waker == NULL || !xsock__atomic_peek(&o->asks)))
        o = o->next_shared;
    return o;
}

/* A call without a wake asks the system for itself. Nobody could tell it to begin. */
static bool must_ask(const struct xsock__waiters *shared, const struct xsock__waiter *w)
{
    if (shared == NULL || w->waker == NULL || w->events == 0)
        return true;
    struct xsock__waiter *other = next_asking(shared, w, NULL);
    if (other != NULL && xsock__sys_facts.two_may_wait)
        other = next_asking(shared, w, other);
    return other == NULL;
}

/* w stops waiting. */
static void pass_on(struct xsock__fdtab *t, const struct xsock__waiters *shared,
                    const struct xsock__waiter *w)
{
    if (shared == NULL || w->events == 0 || w->waker == NULL || !xsock__atomic_peek(&w->asks))
        return;
    struct xsock__waiter *other = next_asking(shared, w, NULL);
    if (other != NULL) {
        xsock__atomic_store(&other->overtaken, 1);
        return;
    }
    for (struct xsock__waiter *o = shared->first; o != NULL; o = o->next_shared)
        if (o != w && o->events == w->events && o->waker != NULL) {
            xsock__atomic_store(&o->asks, 1);
            wake(t, o);
            return;
        }
}

/* ---- The lists: under the lock --------------------------------------------------------------- */

/* The call waits in fd from now on, and has no mark yet. */
static inline void link_in(struct xsock__fd *fd, struct xsock__waiter *w, struct xsock__waker *k)
{
    w->waker = k;
    w->marked = false;
    xsock__atomic_set(&w->closed, 0);
    xsock__atomic_set(&w->look_again, 0);
    xsock__atomic_set(&w->overtaken, 0);
    w->next = fd->waiters;
    w->link = &fd->waiters;
    if (w->next != NULL)
        w->next->link = &w->next;
    fd->waiters = w;
}

static inline void link_shared(struct xsock__waiters *shared, struct xsock__waiter *w)
{
    w->next_shared = shared->first;
    w->shared = &shared->first;
    if (w->next_shared != NULL)
        w->next_shared->shared = &w->next_shared;
    shared->first = w;
}

static int attach(struct xsock__fd *fd, struct xsock__waiter *w, struct xsock__waker *k)
{
    if (fd->state == LEAVING)
        return -XSOCK_ECANCELED;
    link_in(fd, w, k);
    w->shared = NULL;
    return 0;
}

static int attach_shared(struct xsock__fd *fd, struct xsock__waiters *shared,
                         struct xsock__waiter *w, struct xsock__waker *k)
{
    int rc = attach(fd, w, k);
    xsock__atomic_set(&w->asks, rc == 0 && must_ask(shared, w));
    if (rc == 0 && shared != NULL)
        link_shared(shared, w);
    return rc;
}

static void detach(struct xsock__waiter *w)
{
    *w->link = w->next;
    if (w->next != NULL)
        w->next->link = w->link;
    if (w->shared == NULL)
        return;
    *w->shared = w->next_shared;
    if (w->next_shared != NULL)
        w->next_shared->shared = w->shared;
}

/* ---- One descriptor -------------------------------------------------------------------------- */

/* No idle wake is left. The new wake is made without the lock. The call counts as waiting already.
 */
static int watch_with_new(struct xsock__fdtab *t, struct xsock__fd *fd,
                          struct xsock__waiters *shared, struct xsock__waiter *w)
{
    struct xsock__waker *k;
    if (xsock__fdtab_make_waker(t, &k) != 0)
        k = NULL;
    xsock__sys_lock(&t->lock);
    int rc = attach_shared(fd, shared, w, k);
    xsock__sys_unlock(&t->lock);
    if (rc != 0)
        xsock__fdtab_give_waker(t, k, false);
    return rc;
}

int xsock__fdtab_watch(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__waiters *shared,
                       int events, struct xsock__waiter *w)
{
    w->events = (short)events;
    xsock__sys_lock(&t->lock);
    int rc = fd->state == LEAVING ? -XSOCK_ECANCELED : xsock__fdtab_begin_waiting(t);
    struct xsock__waker *k = rc == 0 ? xsock__fdtab_pop_waker(t) : NULL;
    if (k != NULL)
        rc = attach_shared(fd, shared, w, k);
    xsock__sys_unlock(&t->lock);
    if (k == NULL)
        return rc != 0 ? rc : watch_with_new(t, fd, shared, w);
    if (rc != 0)
        xsock__fdtab_give_waker(t, k, false);
    return rc;
}

void xsock__fdtab_unwatch(struct xsock__fdtab *t, const struct xsock__waiters *shared,
                          struct xsock__waiter *w)
{
    struct xsock__waker *extra = NULL;
    xsock__sys_lock(&t->lock);
    detach(w);
    pass_on(t, shared, w);
    bool set = w->marked;
    if (!set) {
        t->waiting--;
        extra = xsock__fdtab_push_waker(t, w->waker);
    }
    xsock__sys_unlock(&t->lock);
    if (set)
        xsock__fdtab_give_waker(t, w->waker, true);
    else if (extra != NULL)
        xsock__fdtab_free_waker(extra);
}

/* The call has no wake from then on, so another call that waits for the same events must ask. */
void xsock__fdtab_lose_wake(struct xsock__fdtab *t, const struct xsock__waiters *shared,
                            struct xsock__waiter *w)
{
    xsock__sys_lock(&t->lock);
    pass_on(t, shared, w);
    xsock__fdtab_lose_waker_locked(&w->waker);
    xsock__atomic_store(&w->asks, 1);
    xsock__sys_unlock(&t->lock);
}

/* ---- One descriptor, in the system ----------------------------------------------------------- */

/* The same as attach_shared, with less to decide: this call is among those that wait most often. */
static void attach_inside(struct xsock__fd *fd, struct xsock__waiters *shared,
                          struct xsock__waiter *w, struct xsock__waker *k)
{
    k->interrupts = true;
    w->events = 0; /* the call asks the system itself, and no other call asks in its place */
    xsock__atomic_set(&w->asks, 1);
    link_in(fd, w, k);
    link_shared(shared, w);
}

bool xsock__fdtab_enter(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__waiters *shared,
                        struct xsock__waiter *w, struct xsock__waker *k)
{
    xsock__sys_lock(&t->lock);
    const bool enters = fd->state != LEAVING && xsock__fdtab_begin_waiting(t) == 0;
    if (enters)
        attach_inside(fd, shared, w, k);
    xsock__sys_unlock(&t->lock);
    return enters;
}

/* Nobody interrupts the thread once the call is out of the lists. What was sent before is taken, so
 * that no later call of the program is interrupted. */
void xsock__fdtab_leave(struct xsock__fdtab *t, struct xsock__waiter *w)
{
    struct xsock__waker *k = w->waker;
    xsock__sys_lock(&t->lock);
    detach(w);
    if (w->marked && k->interrupts)
        xsock__fdtab_end_interrupt(t, k);
    t->waiting--;
    xsock__sys_unlock(&t->lock);
    if (w->marked)
        xsock__sys_wake_clear(&k->wake);
}

/* ---- Several descriptors --------------------------------------------------------------------- */

int xsock__fdtab_attach(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__waiter *w,
                        struct xsock__waker *k)
{
    xsock__sys_lock(&t->lock);
    int rc = xsock__fdtab_attach_locked(fd, NULL, w, k);
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

int xsock__fdtab_attach_locked(struct xsock__fd *fd, struct xsock__waiters *shared,
                               struct xsock__waiter *w, struct xsock__waker *k)
{
    w->events = 0;
    return shared == NULL ? attach(fd, w, k) : attach_shared(fd, shared, w, k);
}

void xsock__fdtab_detach_locked(struct xsock__waiter *w)
{
    detach(w);
}
