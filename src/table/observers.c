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
