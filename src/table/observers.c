/* Telling who follows a descriptor that it is closed: pollers follow their members, and themselves. */
#include "table/fdtab_private.h"
#include "xsock.h"

int xsock__fdtab_follow(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__follower *f)
{
    int rc = -XSOCK_ECANCELED;
    xsock__sys_lock(&t->lock);
    if (fd->state != LEAVING) {
        f->fd = fd;
        f->next = fd->followers;
        f->link = &fd->followers;
        if (f->next != NULL)
            f->next->link = &f->next;
        fd->followers = f;
        rc = 0;
    }
    xsock__sys_unlock(&t->lock);
    return rc;
}

bool xsock__fdtab_unfollow(struct xsock__fdtab *t, struct xsock__follower *f)
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

struct xsock__follower *xsock__fdtab_each_follower(struct xsock__fdtab *t, struct xsock__fd *fd,
                                                   xsock__follower_fn *fn, void *user)
{
    xsock__sys_lock(&t->lock);
    struct xsock__follower *f = fd->followers;
    while (f != NULL && !fn(f, user))
        f = f->next;
    xsock__sys_unlock(&t->lock);
    return f;
}

struct xsock__follower *xsock__fdtab_take_followers(struct xsock__fd *fd)
{
    struct xsock__follower *first = fd->followers;
    for (struct xsock__follower *f = first; f != NULL; f = f->next)
        f->fd = NULL;
    fd->followers = NULL;
    return first;
}

void xsock__fdtab_tell_followers(struct xsock__follower *first)
{
    while (first != NULL) {
        struct xsock__follower *f = first;
        first = f->next; /* `closed` may free it */
        f->closed(f);
    }
}
