#include "base/interval.h"
#include "table/fdtab_private.h"
#include "xsock.h"

enum { CLOSING = XSOCK__FDTAB_CLOSING };

/* ---- Opening --------------------------------------------------------------------------------- */

/* The usual case: the lowest number is free, and everything that a descriptor needs is there. */
static inline bool take_quickly(struct xsock__fdtab *t, int min, struct xsock__fd **out)
{
    int number = t->lowest;
    if (min > number || number >= t->prepared || t->free_ready == NULL
        || !xsock__bitmap_set_quickly(&t->used, (size_t)number))
        return false;
    t->count++;
    t->lowest = number + 1;
    *out = xsock__fdtab_pop_cell(t, number);
    return true;
}

int xsock__fdtab_reserve(struct xsock__fdtab *t, int min, struct xsock__fd **out)
{
    xsock__sys_lock(&t->lock);
    int rc = take_quickly(t, min, out) ? 0 : xsock__fdtab_reserve_lowest(t, min, out);
    xsock__sys_unlock(&t->lock);
    return rc;
}

/* A descriptor that is being opened does not count: its handle is new, and its opener may be
 * writing it. A descriptor that is being closed counts: its handle is open and ours until the last
 * call has left. */
static bool has_handle(struct xsock__fdtab *t, uintptr_t handle)
{
    for (struct slab *s = t->slabs; s != NULL; s = s->next)
        for (size_t i = 0; i < s->count; i++) {
            struct xsock__fd *fd = &xsock__fdtab_cells(s)[i].fd;
            bool settled = fd->state == ADOPTED || fd->state == LEAVING
                           || (fd->state == USED
                               && xsock__atomic_load_ptr(xsock__fdtab_slot(t, fd->number)) == fd);
            if (settled && fd->held.handle == handle)
                return true;
        }
    return false;
}

int xsock__fdtab_reserve_handle(struct xsock__fdtab *t, uintptr_t handle, struct xsock__fd **out)
{
    xsock__sys_lock(&t->lock);
    bool ours = handle != xsock__held_nothing.handle && has_handle(t, handle);
    int rc = ours ? -XSOCK_EBUSY : xsock__fdtab_reserve_lowest(t, 0, out);
    if (rc == 0) {
        (*out)->held.handle = handle;
        (*out)->state = ADOPTED;
    }
    xsock__sys_unlock(&t->lock);
    return rc;
}

void xsock__fdtab_cancel(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    xsock__sys_lock(&t->lock);
    xsock__fdtab_free_number(t, fd->number);
    xsock__fdtab_free_cell(t, fd);
    xsock__sys_unlock(&t->lock);
}

/* ---- Looking up ------------------------------------------------------------------------------ */

/* Frees what a descriptor held, without the lock: the system is not called under it. Returns the
 * memory that nobody needs any more, or NULL. */
static struct xsock__sock *let_go_of(struct xsock__fdtab *t, const struct xsock__held *held)
{
    if (t->emptied != NULL)
        return t->emptied(held);
    t->closed(held);
    return NULL;
}

void xsock__fdtab_let_go(struct xsock__fdtab *t, const struct xsock__held *held)
{
    xsock__sys_free(let_go_of(t, held), t->spare_size);
    xsock__count_add(&t->left, 1);
}

/* Under the lock. From now on the cell holds nothing, so that a forked child frees nothing twice.
 * finish_closing must follow. */
static struct xsock__held empty_cell(struct xsock__fd *fd)
{
    struct xsock__held held = fd->held;
    if (fd->memory == held.sock)
        fd->memory = NULL;
    fd->held = xsock__held_nothing;
    fd->state = LEAVING;
    return held;
}

/* Without the lock. */
static void finish_closing(struct xsock__fdtab *t, struct xsock__fd *fd,
                           const struct xsock__held *held)
{
    struct xsock__sock *memory = let_go_of(t, held);
    xsock__sys_lock(&t->lock);
    if (fd->memory == NULL) {
        fd->memory = memory;
        memory = NULL;
    }
    xsock__fdtab_free_cell(t, fd);
    xsock__sys_unlock(&t->lock);
    xsock__sys_free(memory, t->spare_size);
    xsock__count_add(&t->left, 1);
}

/* The thread that changes CLOSING to 0 frees what the descriptor holds. Only one thread can, though
 * a look-up that came too late may have added and dropped a reference in between. */
void xsock__fdtab_last_dropped(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    if (!xsock__atomic_cas(&fd->refs, CLOSING, 0))
        return;
    xsock__sys_lock(&t->lock);
    struct xsock__held held = empty_cell(fd);
    xsock__sys_unlock(&t->lock);
    finish_closing(t, fd, &held);
}

/* ---- Closing --------------------------------------------------------------------------------- */

/* The slot is empty before the count of references is read. */
static inline void empty_slot(xsock__atomic_ptr *slot)
{
    if (xsock__sys_alone())
        xsock__atomic_set_ptr(slot, NULL);
    else
        xsock__atomic_store_ptr(slot, NULL);
}

/* No call uses it, and nobody observes it. Called under the lock, after the slot has stopped
 * leading to fd: a look-up either has its reference by now, or will see the empty slot. */
static bool is_idle(const struct xsock__fd *fd)
{
    return xsock__atomic_load(&fd->refs) == 0 && fd->observers == NULL;
}

/* Under the lock. Begins to close a descriptor that is not idle. finish_retiring must follow. */
static struct xsock__observer *retire(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    t->leaving++;
    fd->state = LEAVING;
    xsock__fdtab_wake_waiters(t, fd);
    return xsock__fdtab_take_observers(fd);
}

/* Without the lock. Nobody frees the handle before CLOSING is set, so observers find the handle
 * open. */
static void finish_retiring(struct xsock__fdtab *t, struct xsock__fd *fd,
                            struct xsock__observer *observers)
{
    xsock__fdtab_end_interrupts(t);
    xsock__fdtab_notify_observers(observers);
    if (xsock__atomic_or(&fd->refs, CLOSING) == 0)
        xsock__fdtab_last_dropped(t, fd);
}

/* The caller has the lock, which is released here. */
static void close_idle(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    t->leaving++;
    struct xsock__held held = empty_cell(fd);
    xsock__sys_unlock(&t->lock);
    finish_closing(t, fd, &held);
}

static void close_busy(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    struct xsock__observer *observers = retire(t, fd);
    xsock__sys_unlock(&t->lock);
    finish_retiring(t, fd, observers);
}

/* The caller has the lock, which is released here. Nearly every descriptor is a socket that nobody
 * else uses, or a duplicate. Its cell is free at once, and keeps its memory. */
static inline void close_flat(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    uintptr_t handle = fd->held.handle;
    if (!is_idle(fd)) {
        close_busy(t, fd);
    } else if (t->leaves == NULL || !t->leaves(&fd->held, fd->memory == fd->held.sock)) {
        close_idle(t, fd);
    } else {
        xsock__fdtab_push_cell(t, fd);
        t->leaving++;
        xsock__sys_unlock(&t->lock);
        xsock__sys_close(handle);
        xsock__count_add(&t->left, 1);
    }
}

/* The same, not inlined. */
static void close_locked(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    close_flat(t, fd);
}

int xsock__fdtab_remove_if(struct xsock__fdtab *t, int number, bool kept)
{
    xsock__atomic_ptr *slot = number < 0 || t == NULL ? NULL : xsock__fdtab_slot(t, number);
    if (slot == NULL)
        return -XSOCK_EBADF;
    xsock__sys_lock(&t->lock);
    struct xsock__fd *fd = xsock__atomic_load_ptr(slot);
    if (fd == NULL || (fd->state == FOREIGN) != kept) {
        xsock__sys_unlock(&t->lock);
        return fd == NULL || kept ? -XSOCK_EBADF : -XSOCK__EFOREIGN;
    }
    empty_slot(slot);
    xsock__fdtab_free_number(t, number);
    close_flat(t, fd);
    return 0;
}

int xsock__fdtab_remove(struct xsock__fdtab *t, int number)
{
    return xsock__fdtab_remove_if(t, number, false);
}

/* The calls that waited are woken, and every other call leaves soon. Nobody tells when. */
static void wait_for_last_reference(struct xsock__fd *fd)
{
    int64_t ns = 0;
    while (!xsock__atomic_cas(&fd->refs, 1, 0)) {
        ns = xsock__interval_after(ns);
        (void)xsock__sys_wait(NULL, 0, NULL, ns);
    }
}

int xsock__fdtab_take(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__held *out)
{
    xsock__sys_lock(&t->lock);
    xsock__atomic_ptr *slot = xsock__fdtab_slot(t, fd->number);
    if (xsock__atomic_load_ptr(slot) != fd) {
        xsock__sys_unlock(&t->lock);
        return -XSOCK_EBADF;
    }
    xsock__atomic_store_ptr(slot, NULL);
    xsock__fdtab_free_number(t, fd->number);
    struct xsock__observer *observers = retire(t, fd);
    xsock__sys_unlock(&t->lock);
    xsock__fdtab_end_interrupts(t);
    xsock__fdtab_notify_observers(observers);
    wait_for_last_reference(fd);
    xsock__sys_lock(&t->lock);
    *out = fd->held;
    xsock__fdtab_free_cell(t, fd);
    xsock__sys_unlock(&t->lock);
    xsock__count_add(&t->left, 1);
    return 0;
}

/* Under the lock. `number` leads to fd afterwards. *out is what it led to before, or NULL. */
static int install(struct xsock__fdtab *t, int number, const struct xsock__held *held, bool cloexec,
                   struct xsock__fd **out)
{
    struct xsock__fd *fd;
    if (number < t->head.rules.first || number >= xsock__atomic_peek(&t->limit))
        return -XSOCK_EBADF;
    if (t->sealed)
        return -XSOCK_ECANCELED;
    if (!xsock__bitmap_has(&t->used, (size_t)number)) {
        int rc = xsock__fdtab_reserve_number(t, number, &fd);
        if (rc != 0)
            return rc;
    } else {
        fd = xsock__atomic_load_ptr(xsock__fdtab_slot(t, number));
        if (fd == NULL || fd->state == FOREIGN)
            return fd == NULL ? -XSOCK_EBUSY : -XSOCK__EFOREIGN;
        if (!xsock__fdtab_make_cell(t))
            return -XSOCK_ENOMEM;
        fd = xsock__fdtab_pop_cell(t, number);
    }
    fd->held = *held;
    xsock__atomic_store(&fd->cloexec, cloexec);
    *out = xsock__atomic_swap_ptr(xsock__fdtab_slot(t, number), fd);
    return 0;
}

int xsock__fdtab_replace(struct xsock__fdtab *t, int number, const struct xsock__held *held,
                         bool cloexec)
{
    struct xsock__fd *old = NULL;
    xsock__sys_lock(&t->lock);
    int rc = install(t, number, held, cloexec, &old);
    if (old != NULL)
        close_locked(t, old);
    else
        xsock__sys_unlock(&t->lock);
    return rc != 0 ? rc : number;
}

/* Under the lock. */
static int move(struct xsock__fdtab *t, struct xsock__fd *fd, int to,
                const struct xsock__held *held, bool kept, struct xsock__fd **out)
{
    xsock__atomic_ptr *slot = xsock__fdtab_slot(t, fd->number);
    if (xsock__atomic_load_ptr(slot) != fd || to < 0 || !xsock__bitmap_has(&t->used, (size_t)to))
        return -XSOCK_EBADF;
    struct xsock__fd *old = xsock__atomic_load_ptr(xsock__fdtab_slot(t, to));
    if (kept && (old == NULL || old->state != FOREIGN))
        return -XSOCK_EBADF;
    if (kept)
        old->state = USED; /* because install leaves foreign numbers alone */
    int rc = install(t, to, held, xsock__atomic_load(&fd->cloexec) != 0, out);
    if (rc != 0 && kept)
        old->state = FOREIGN;
    if (rc != 0)
        return rc;
    xsock__atomic_store_ptr(slot, NULL);
    xsock__fdtab_free_number(t, fd->number);
    return 0;
}

int xsock__fdtab_move(struct xsock__fdtab *t, struct xsock__fd *fd, int to,
                      const struct xsock__held *held, bool foreign)
{
    struct xsock__fd *old = NULL;
    xsock__sys_lock(&t->lock);
    int rc = move(t, fd, to, held, foreign, &old);
    if (rc != 0) {
        xsock__sys_unlock(&t->lock);
        return rc;
    }
    struct xsock__observer *observers = retire(t, fd); /* not idle: the caller has a reference */
    close_locked(t, old);
    finish_retiring(t, fd, observers);
    return to;
}

/* ---- Limits and figures ---------------------------------------------------------------------- */

int xsock__fdtab_limit(struct xsock__fdtab *t)
{
    return xsock__atomic_load(&t->limit);
}

int xsock__fdtab_set_limit(struct xsock__fdtab *t, int limit)
{
    int rc = -XSOCK_EINVAL;
    xsock__sys_lock(&t->lock);
    if (limit >= t->head.rules.first && (size_t)limit >= xsock__bitmap_end(&t->used)) {
        xsock__atomic_store(&t->limit, limit);
        t->prepared = 0;
        rc = 0;
    }
    xsock__sys_unlock(&t->lock);
    return rc;
}

int xsock__fdtab_count(struct xsock__fdtab *t)
{
    xsock__sys_lock(&t->lock);
    int count = t->count;
    xsock__sys_unlock(&t->lock);
    return count;
}
