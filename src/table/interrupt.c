/* Waking the calls that wait in the system's own call. Their wake is an interrupt of the thread,
 * which has no effect if the thread has not entered that call yet. Whoever sets a mark therefore
 * interrupts again and again until the call has left the list of interrupted calls. A signal
 * handler that has interrupted the wait of its own thread sets the wake once, because the call
 * cannot leave before the handler has returned. */
#include "base/interval.h"
#include "table/fdtab_private.h"

void xsock__fdtab_interrupt(struct xsock__fdtab *t, struct xsock__waker *k)
{
    if (xsock__sys_wake_is_own(&k->wake)) {
        k->interrupts = false;
        return;
    }
    k->next = t->interrupted;
    k->link = &t->interrupted;
    if (k->next != NULL)
        k->next->link = &k->next;
    t->interrupted = k;
    k->turn = ++t->turns;
    xsock__atomic_add(&t->interrupts, 1);
}

void xsock__fdtab_end_interrupt(struct xsock__fdtab *t, const struct xsock__waker *k)
{
    *k->link = k->next;
    if (k->next != NULL)
        k->next->link = k->link;
    xsock__atomic_add(&t->interrupts, -1);
}

/* Under the lock. Interrupts the calls that were marked up to this turn once more. Returns whether
 * there are any. A call of this thread itself, which a signal handler has interrupted, does not
 * count: another thread has marked the call, and waits for it. */
static bool repeat(const struct xsock__fdtab *t, unsigned turn)
{
    bool any = false;
    for (const struct xsock__waker *k = t->interrupted; k != NULL; k = k->next)
        if (turn - k->turn <= INT32_MAX && !xsock__sys_wake_is_own(&k->wake)) {
            xsock__sys_wake_set(&k->wake);
            any = true;
        }
    return any;
}

/* Calls that are marked later are somebody else's. */
void xsock__fdtab_end_interrupts_slowly(struct xsock__fdtab *t)
{
    int64_t ns = 0;
    xsock__sys_lock(&t->lock);
    const unsigned turn = t->turns;
    while (t->interrupted != NULL && repeat(t, turn)) {
        xsock__sys_unlock(&t->lock);
        ns = xsock__interval_after(ns);
        (void)xsock__sys_wait(NULL, 0, NULL, ns);
        xsock__sys_lock(&t->lock);
    }
    xsock__sys_unlock(&t->lock);
}
