/* What a guest's table has beyond the process's own table: rules, foreign numbers (the engine's
 * files), notifications, and an end. */
#include "table/fdtab_private.h"
#include "xsock.h"

void xsock__fdtab_set_rules(struct xsock__fdtab *t, const struct xsock__fdtab_rules *rules)
{
    t->head.rules = *rules;
    t->lowest = rules->first;
}

struct xsock__fd *xsock__fdtab_seal_fd(struct xsock__fdtab *t)
{
    return &t->seal_fd;
}

struct xsock__fd *xsock__fdtab_notify_fd(struct xsock__fdtab *t)
{
    return &t->notify_fd;
}

int xsock__fdtab_notifications(struct xsock__fdtab *t)
{
    xsock__sys_lock(&t->lock);
    int notifications = (int)(t->notifications & INT32_MAX);
    xsock__sys_unlock(&t->lock);
    return notifications;
}

void xsock__fdtab_notify(struct xsock__fdtab *t)
{
    xsock__sys_lock(&t->lock);
    t->notifications++;
    xsock__fdtab_wake_waiters(t, &t->notify_fd);
    xsock__sys_unlock(&t->lock);
}

/* ---- Numbers that are somebody else's -------------------------------------------------------- */

/* Under the lock. */
static int reserve_foreign(struct xsock__fdtab *t, int number, const struct xsock__held *held)
{
    struct xsock__fd *fd;
    if (number >= 0 && (number < t->head.rules.first || number >= xsock__atomic_peek(&t->limit)))
        return -XSOCK_EBADF;
    if (number >= 0 && xsock__bitmap_has(&t->used, (size_t)number))
        return -XSOCK_EBUSY;
    int rc = number < 0  ? xsock__fdtab_reserve_lowest(t, 0, &fd)
             : t->sealed ? -XSOCK_ECANCELED
                         : xsock__fdtab_reserve_number(t, number, &fd);
    if (rc != 0)
        return rc;
    fd->held = *held;
    fd->state = FOREIGN;
    xsock__atomic_store_ptr(xsock__fdtab_slot(t, fd->number), fd);
    return fd->number;
}

int xsock__fdtab_reserve_foreign(struct xsock__fdtab *t, int number, const struct xsock__held *held)
{
    xsock__sys_lock(&t->lock);
    int rc = reserve_foreign(t, number, held);
    xsock__sys_unlock(&t->lock);
    return rc;
}

int xsock__fdtab_release_foreign(struct xsock__fdtab *t, int number)
{
    return xsock__fdtab_remove_if(t, number, true);
}

/* ---- The end --------------------------------------------------------------------------------- */

/* Under the lock. Calls that wait are woken before anything is closed. Otherwise the end of one
 * descriptor would look like an end of file, or a reset, to a call that waits in another. */
static void wake_everyone(struct xsock__fdtab *t, size_t end)
{
    xsock__fdtab_wake_waiters(t, &t->seal_fd);
    for (size_t n = (size_t)t->head.rules.first; n < end; n++) {
        const xsock__atomic_ptr *slot = xsock__fdtab_slot(t, (int)n);
        struct xsock__fd *fd = slot != NULL ? xsock__atomic_load_ptr(slot) : NULL;
        if (fd != NULL)
            xsock__fdtab_wake_waiters(t, fd);
    }
}

void xsock__fdtab_seal(struct xsock__fdtab *t)
{
    xsock__sys_lock(&t->lock);
    t->sealed = true;
    t->prepared = 0;
    t->seal_fd.state = LEAVING;
    size_t end = xsock__bitmap_end(&t->used);
    wake_everyone(t, end);
    xsock__sys_unlock(&t->lock);
    xsock__fdtab_end_interrupts(t);
    for (size_t n = (size_t)t->head.rules.first; n < end; n++)
        if (xsock__fdtab_remove(t, (int)n) == -XSOCK__EFOREIGN)
            (void)xsock__fdtab_release_foreign(t, (int)n);
}

/* Closes a number that was reserved before the table was sealed and is published after that, when
 * sealing has passed it by. Either sealing found the number published, or this function finds the
 * table sealed. */
int xsock__fdtab_published_late(struct xsock__fdtab *t, int number)
{
    xsock__sys_lock(&t->lock);
    bool late = t->sealed;
    xsock__sys_unlock(&t->lock);
    if (late)
        (void)xsock__fdtab_remove(t, number);
    return number;
}

/* If another thread puts something else under a number after the look-up, that is closed. */
void xsock__fdtab_close_marked(struct xsock__fdtab *t)
{
    xsock__sys_lock(&t->lock);
    size_t end = xsock__bitmap_end(&t->used);
    xsock__sys_unlock(&t->lock);
    for (size_t n = (size_t)t->head.rules.first; n < end; n++) {
        struct xsock__fd *fd = xsock__fdtab_get(t, (int)n);
        bool marked = fd != NULL && xsock__atomic_load(&fd->cloexec);
        if (fd != NULL)
            xsock__fdtab_put(t, fd);
        if (marked)
            (void)xsock__fdtab_remove(t, (int)n);
    }
}
