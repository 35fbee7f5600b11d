#include "table/fdtab_private.h"
#include "xsock.h"

static struct xsock__fdtab *tables;
static int forks; /* under the global lock */

/* ---- Fork: the child has the tables, and none of the threads but one ------------------------- */

static void before_fork(void)
{
    xsock__sys_lock_global();
    for (struct xsock__fdtab *t = tables; t != NULL; t = t->next)
        xsock__sys_lock(&t->lock);
}

static void after_fork_in_parent(void)
{
    for (struct xsock__fdtab *t = tables; t != NULL; t = t->next)
        xsock__sys_unlock(&t->lock);
    xsock__sys_unlock_global();
}

/* The threads of the parent are gone. Their references are dropped, and the numbers that they had
 * reserved are given back. */
static void repair(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    xsock__atomic_store(&fd->refs, 0);
    fd->waiters = NULL;
    fd->observers = NULL;
    if (fd->state == FREE || fd->state == LEAVING)
        return;
    if (xsock__atomic_load_ptr(xsock__fdtab_slot(t, fd->number)) == fd)
        return;
    xsock__fdtab_free_number(t, fd->number);
    fd->state = LEAVING;
}

/* Completes the closes that vanished threads had begun, and closes sockets that they had half
 * opened. The locks are not held, as for every close. If a thread was between the system call that
 * made a handle and its next line, the child cannot know of the handle, and never closes it. The
 * same holds for a handle that a thread was about to close. */
static void complete_close(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    if (t->forked != NULL && fd->state != FREE && fd->held.sock != NULL)
        t->forked(&fd->held);
    struct xsock__held held = fd->held;
    if (fd->state != LEAVING)
        return;
    xsock__fdtab_free_cell(t, fd);
    if (held.handle != xsock__held_nothing.handle && held.sock != NULL) {
        t->leaving++;
        xsock__fdtab_let_go(t, &held);
    }
}

static void each_cell(void (*fn)(struct xsock__fdtab *t, struct xsock__fd *fd),
                      struct xsock__fdtab *t)
{
    for (struct slab *s = t->slabs; s != NULL; s = s->next)
        for (size_t i = 0; i < s->count; i++)
            fn(t, &xsock__fdtab_cells(s)[i].fd);
}

static void after_fork_in_child(void)
{
    forks++;
    for (struct xsock__fdtab *t = tables; t != NULL; t = t->next) {
        each_cell(repair, t);
        t->leaving = (unsigned)xsock__atomic_load(&t->left);
        t->waiting = 0;
        t->seal_fd.waiters = NULL;
        t->notify_fd.waiters = NULL;
        t->interrupted = NULL;
        xsock__atomic_store(&t->interrupts, 0);
        xsock__fdtab_drop_wakers(t); /* the parent's threads wait on the same wakes */
        xsock__sys_unlock(&t->lock);
    }
    xsock__sys_unlock_global();
    for (struct xsock__fdtab *t = tables; t != NULL; t = t->next)
        each_cell(complete_close, t);
}

/* ---- The list -------------------------------------------------------------------------------- */

int xsock__fdtab_forks(void)
{
    return forks;
}

void xsock__fdtab_on_fork(struct xsock__fdtab *t, xsock__fdtab_forked *forked)
{
    t->forked = forked;
}

/* Adds a table to the list that fork and cleanup walk. The first table registers the handlers. */
int xsock__fdtab_enlist(struct xsock__fdtab *t)
{
    static bool watching;
    int rc = 0;
    xsock__sys_lock_global();
    if (!watching
        && xsock__sys_at_fork(before_fork, after_fork_in_parent, after_fork_in_child) != 0)
        rc = -XSOCK_ENOMEM;
    if (rc == 0) {
        watching = true;
        t->next = tables;
        tables = t;
    }
    xsock__sys_unlock_global();
    return rc;
}

void xsock__fdtab_delist(struct xsock__fdtab *t)
{
    xsock__sys_lock_global();
    struct xsock__fdtab **link = &tables;
    while (*link != t)
        link = &(*link)->next;
    *link = t->next;
    xsock__sys_unlock_global();
}

bool xsock__fdtab_makes_room(int error)
{
    bool any = false;
    if (error != -XSOCK_EMFILE && error != -XSOCK_ENFILE)
        return false;
    xsock__sys_lock_global();
    for (struct xsock__fdtab *t = tables; t != NULL; t = t->next)
        any = xsock__fdtab_free_idle_wakers(t) || any;
    xsock__sys_unlock_global();
    return any;
}

bool xsock__fdtab_any_waker(void)
{
    bool any = false;
    xsock__sys_lock_global();
    for (struct xsock__fdtab *t = tables; t != NULL; t = t->next) {
        xsock__sys_lock(&t->lock);
        any = any || t->wakers != NULL;
        xsock__sys_unlock(&t->lock);
    }
    xsock__sys_unlock_global();
    return any;
}

bool xsock__fdtab_any_open(void)
{
    bool any = false;
    for (struct xsock__fdtab *t = tables; t != NULL; t = t->next) {
        xsock__sys_lock(&t->lock);
        any = any || t->count > 0 || t->leaving != (unsigned)xsock__atomic_load(&t->left);
        xsock__sys_unlock(&t->lock);
    }
    return any;
}
