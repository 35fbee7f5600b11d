/* Tells the observers of a descriptor that it is closed. Pollers observe their members and their
 * own descriptor. */
#include "table/fdtab_private.h"
#include "xsock.h"

int xsock__fdtab_observe(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__observer *f)
{
    int rc = -XSOCK_ECANCELED;
    xsock__sys_lock(&t->lock);
    if (fd->state != LEAVING) {
        f->fd = fd;
        f->next = fd->observers;
        f->link = &fd->observers;
        if (f->next != NULL)
            f->next->link = &f->next;
        fd->observers = f;
        rc = 0;
    }
    xsock__sys_unlock(&t->lock);
    return rc;
}

bool xsock__fdtab_unobserve(struct xsock__fdtab *t, struct xsock__observer *f)
{
    xsock__sys_lock(&t->lock);
    bool listed = f->fd != NULL;
    if (listed) {
        *f->link = f->next;
        if (f->next != NULL)
            f->next->link = f->link;
        f->fd = NULL;
    }
    xsock__sys_unlock(&t->lock);
    return listed;
}

struct xsock__observer *xsock__fdtab_find_observer(struct xsock__fdtab *t, struct xsock__fd *fd,
                                                   xsock__observer_fn *fn, void *user)
{
    xsock__sys_lock(&t->lock);
    struct xsock__observer *f = fd->observers;
    while (f != NULL && !fn(f, user))
        f = f->next;
    xsock__sys_unlock(&t->lock);
    return f;
}

static void each_of(struct xsock__fd *fd, const struct xsock__sock *sock, xsock__observer_fn *fn,
                    void *user)
{
    if (fd->held.sock != sock)
        return;
    for (struct xsock__observer *f = fd->observers; f != NULL; f = f->next)
        (void)fn(f, user);
}

void xsock__fdtab_each_observer(struct xsock__fdtab *t, const struct xsock__sock *sock,
                                xsock__observer_fn *fn, void *user)
{
    xsock__sys_lock(&t->lock);
    for (struct slab *s = t->slabs; s != NULL; s = s->next)
        for (size_t i = 0; i < s->count; i++)
            each_of(&xsock__fdtab_cells(s)[i].fd, sock, fn, user);
    xsock__sys_unlock(&t->lock);
}

struct xsock__observer *xsock__fdtab_take_observers(struct xsock__fd *fd)
{
    struct xsock__observer *first = fd->observers;
    for (struct xsock__observer *f = first; f != NULL; f = f->next)
        f->fd = NULL;
    fd->observers = NULL;
    return first;
}

void xsock__fdtab_notify_observers(struct xsock__observer *first)
{
    while (first != NULL) {
        struct xsock__observer *f = first;
        first = f->next; /* `closed` may free it */
        f->closed(f);
    }
}
