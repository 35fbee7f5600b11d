#include "facts/translate.h"
#include "wait/poller_private.h"

/* ---- Slots: under the poller's lock ---------------------------------------------------------- */

/* The most is still a size_t in bytes where that has 32 bits. */
enum { SLOTS_FIRST = 64, SLOTS_MAX = 1 << 26 };

static bool make_slots(struct xsock__poller *p)
{
    uint32_t count = p->slot_count == 0 ? SLOTS_FIRST : 2 * p->slot_count;
    if (count > SLOTS_MAX)
        return false;
    struct slot *slots = xsock__sys_alloc(count * sizeof *slots);
    if (slots == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        slots[i].next_free = i + 1;
        if (i < p->slot_count)
            slots[i] = p->slots[i];
    }
    xsock__sys_free(p->slots, p->slot_count * sizeof *slots);
    p->slots = slots;
    p->free_slot = p->slot_count; /* it was full */
    p->slot_count = count;
    return true;
}

static bool take_slot(struct xsock__poller *p, struct member *m)
{
    if (p->free_slot == p->slot_count && !make_slots(p))
        return false;
    struct slot *s = &p->slots[p->free_slot];
    m->sys.key = xsock__poller_key(s->generation, p->free_slot);
    p->free_slot = s->next_free;
    s->member = m;
    s->place = 0;
    return true;
}

static void free_slot(struct xsock__poller *p, struct member *m)
{
    struct slot *s = xsock__poller_slot(p, m);
    s->member = NULL;
    s->generation = (s->generation + 1) & INT32_MAX;
    s->next_free = p->free_slot;
    p->free_slot = (uint32_t)m->sys.key;
}

/* ---- Life ------------------------------------------------------------------------------------ */

static void unref(struct xsock__poller *p)
{
    if (xsock__atomic_add(&p->refs, -1) != 1)
        return;
    if (p->sock.file != NULL)
        p->sock.file->gone(p->sock.file);
    xsock__sys_free(p->slots, p->slot_count * sizeof *p->slots);
    xsock__sys_lock_destroy(&p->lock);
    xsock__sys_lock_destroy(&p->noted_lock);
    xsock__sys_free(p, sizeof *p);
}

static struct xsock__poller *poller_of(struct xsock__observer *f)
{
    return (struct xsock__poller *)(void *)((unsigned char *)f
                                            - offsetof(struct xsock__poller, observer));
}

/* The poller's descriptor is closed. The wake goes to one waiting thread, and each thread that
 * leaves wakes the next. */
static void closed(struct xsock__observer *f)
{
    struct xsock__poller *p = poller_of(f);
    xsock__atomic_or(&p->state, CLOSING);
    xsock__sys_poller_wake(p->sys);
}

int xsock__poller_open(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__held *out)
{
    struct xsock__poller *p = xsock__sys_alloc(sizeof *p);
    if (p == NULL)
        return -XSOCK_ENOMEM;
    int code;
    do
        code = xsock__sys_poller_open(&p->sys);
    while (code != 0 && xsock__fdtab_makes_room(xsock__error_from_native(code)));
    int rc = xsock__finish(code);
    if (rc != 0) {
        xsock__sys_free(p, sizeof *p);
        return rc;
    }
    xsock__sys_lock_init(&p->lock);
    xsock__sys_lock_init(&p->noted_lock);
    p->sock.poller = p;
    xsock__sock_refuse(&p->sock, -XSOCK_ENOTSOCK);
    p->observer.closed = closed;
    p->table = t;
    xsock__atomic_store(&p->refs, 1);
    /* no other thread knows it yet, so it cannot be closed */
    xsock__fdtab_observe(t, fd, &p->observer);
    out->handle = xsock__sys_poller_handle(p->sys);
    out->sock = &p->sock;
    return 0;
}

static void drop_member(struct xsock__poller *p, struct member *m)
{
    xsock__sys_free(m, sizeof *m);
    unref(p);
}

/* Another thread frees the members that it has taken off their descriptors already. */
void xsock__poller_let_go(struct xsock__poller *p)
{
    if (xsock__poller_is_dead(p))
        return;
    xsock__sys_lock(&p->lock);
    for (uint32_t i = 0; i < p->slot_count; i++) {
        struct member *m = p->slots[i].member;
        if (m == NULL)
            continue;
        if (!xsock__fdtab_unobserve(p->table, &m->observer))
            continue;
        free_slot(p, m);
        drop_member(p, m); /* not the last reference: ours is still there */
    }
    xsock__poller_forget_all_states(p);
    p->gone = true;
    xsock__sys_poller_close(p->sys);
    xsock__sys_unlock(&p->lock);
    unref(p);
}

/* ---- Fork ------------------------------------------------------------------------------------ */

/* A vanished thread may have been changing a dead poller, so its memory is left as it is. */
static struct xsock__poller *dead_pollers;

void xsock__poller_forked(struct xsock__poller *p)
{
    if (xsock__poller_is_dead(p))
        return; /* since the parent was a child itself */
    xsock__atomic_or(&p->state, DEAD);
    xsock__sys_poller_abandon(p->sys);
    p->next_dead = dead_pollers;
    dead_pollers = p;
}

bool xsock__poller_is_dead(const struct xsock__poller *p)
{
    return (xsock__atomic_load(&p->state) & DEAD) != 0;
}

/* ---- Members --------------------------------------------------------------------------------- */

static struct member *member_of_follower(struct xsock__observer *f)
{
    return (struct member *)(void *)((unsigned char *)f - offsetof(struct member, observer));
}

/* Under the lock. Called by the thread that has taken the member off its descriptor. */
static void take_out(struct xsock__poller *p, struct member *m)
{
    if (m->sys.added && !p->gone)
        xsock__sys_poller_remove(p->sys, &m->sys);
    xsock__poller_forget_state(p, m);
    free_slot(p, m);
}

/* The member's descriptor is closed. Its handle is still open. */
static void member_closed(struct xsock__observer *f)
{
    struct member *m = member_of_follower(f);
    struct xsock__poller *p = m->poller;
    xsock__sys_lock(&p->lock);
    take_out(p, m);
    xsock__sys_unlock(&p->lock);
    drop_member(p, m);
}

/* The member that observes, or NULL if the observer is something else. */
static struct member *member_of(struct xsock__observer *f)
{
    return f->closed == member_closed ? member_of_follower(f) : NULL;
}

static bool is_member_of(struct xsock__observer *f, void *user)
{
    const struct member *m = member_of(f);
    return m != NULL && m->poller == user;
}

/* Under the lock. Searches the observers of fd, which are few. The lock keeps the member from being
 * freed, but not from being taken off its descriptor. */
static struct member *find(struct xsock__poller *p, struct xsock__fd *fd)
{
    struct xsock__observer *f = xsock__fdtab_find_observer(p->table, fd, is_member_of, p);
    return f != NULL ? member_of_follower(f) : NULL;
}

/* Under the lock. *m becomes NULL if another thread, which is closing the descriptor, frees the
 * member. */
static int insert(struct xsock__poller *p, struct xsock__fd *fd, uint32_t events, uint64_t data,
                  struct member **m)
{
    struct member *new = *m;
    if (find(p, fd) != NULL)
        return -XSOCK_EEXIST;
    if (!take_slot(p, new))
        return -XSOCK_ENOMEM;
    struct slot *s = xsock__poller_slot(p, new);
    s->data = data;
    s->number = fd->number;
    s->armed = true;
    if (xsock__fdtab_observe(p->table, fd, &new->observer) != 0) {
        free_slot(p, new);
        return -XSOCK_EBADF;
    }
    xsock__atomic_add(&p->refs, 1);
    int rc = xsock__finish(xsock__sys_poller_add(p->sys, &new->sys, events));
    new->sys.added = rc == 0;
    if (rc == 0)
        xsock__poller_watch_state(p, new, events);
    if (rc == 0 || !xsock__fdtab_unobserve(p->table, &new->observer)) {
        *m = NULL;
        return rc;
    }
    xsock__poller_forget_state(p, new); /* a change of state has come meanwhile */
    free_slot(p, new);
    xsock__atomic_add(&p->refs, -1);
    return rc;
}

int xsock__poller_add(struct xsock__poller *p, struct xsock__fd *fd, uint32_t events, uint64_t data)
{
    struct member *m = xsock__sys_alloc(sizeof *m);
    if (m == NULL)
        return -XSOCK_ENOMEM;
    m->observer.closed = member_closed;
    m->sys.handle = fd->held.handle;
    m->sys.socket = fd->held.sock;
    m->poller = p;
    if ((events & XSOCK_POLLER_ET) != 0)
        xsock__sock_becomes(fd->held.sock, XSOCK__SOCK_EDGES, 0);
    xsock__sys_lock(&p->lock);
    int rc = insert(p, fd, events, data, &m);
    xsock__sys_unlock(&p->lock);
    xsock__sys_free(m, sizeof *m);
    return rc;
}

/* What the system reports meanwhile is read after the lock is released, and so with the new events.
 */
static int change(struct xsock__poller *p, struct member *m, uint32_t events, uint64_t data)
{
    int rc = xsock__finish(xsock__sys_poller_change(p->sys, &m->sys, events));
    if (rc != 0)
        return rc;
    struct slot *s = xsock__poller_slot(p, m);
    s->data = data;
    s->armed = true;
    xsock__poller_watch_state(p, m, events);
    return 0;
}

int xsock__poller_change(struct xsock__poller *p, struct xsock__fd *fd, uint32_t events,
                         uint64_t data)
{
    if ((events & XSOCK_POLLER_ET) != 0)
        xsock__sock_becomes(fd->held.sock, XSOCK__SOCK_EDGES, 0);
    xsock__sys_lock(&p->lock);
    struct member *m = find(p, fd);
    int rc = m == NULL || !m->sys.added ? -XSOCK_ENOENT : change(p, m, events, data);
    xsock__sys_unlock(&p->lock);
    return rc;
}

int xsock__poller_remove(struct xsock__poller *p, struct xsock__fd *fd)
{
    xsock__sys_lock(&p->lock);
    struct member *m = find(p, fd);
    bool ours = m != NULL && xsock__fdtab_unobserve(p->table, &m->observer);
    if (ours)
        take_out(p, m);
    xsock__sys_unlock(&p->lock);
    if (ours)
        drop_member(p, m);
    return ours ? 0 : -XSOCK_ENOENT;
}

/* ---- What a call has done to the socket of a member ------------------------------------------ */

static bool tell_used(struct xsock__observer *f, void *user)
{
    struct member *m = member_of(f);
    if (m != NULL)
        xsock__sys_poller_used(m->poller->sys, &m->sys, *(uint32_t *)user);
    return false;
}

/* Tells the pollers of fd, and those of its duplicates. */
static void tell(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__observer_fn *fn, void *user)
{
    if (xsock__atomic_load(&fd->held.sock->refs) > 1)
        xsock__fdtab_each_observer(t, fd->held.sock, fn, user);
    else
        (void)xsock__fdtab_find_observer(t, fd, fn, user);
}

static bool note_state(struct xsock__observer *f, void *user)
{
    struct member *m = member_of(f);
    (void)user;
    if (m != NULL)
        xsock__poller_note(m->poller, m);
    return false;
}

void xsock__poller_state_changed(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    if (xsock__poller_must_note(fd->held.sock))
        tell(t, fd, note_state, NULL);
}

void xsock__poller_used(struct xsock__fdtab *t, struct xsock__fd *fd, int poll_events)
{
    uint32_t events = XSOCK_POLLER_OUT;
    if ((poll_events & (XSOCK_POLLIN | XSOCK_POLLHUP)) != 0)
        events = (poll_events & XSOCK_POLLIN) != 0 ? XSOCK_POLLER_IN : XSOCK_POLLER_HUP;
    tell(t, fd, tell_used, &events);
}
