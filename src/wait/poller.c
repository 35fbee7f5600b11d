#include "wait/poller.h"

#include "facts/translate.h"
#include "socket/sock.h"
#include "sys.h"
#include "wait/wait.h"

struct member {
    struct xsock__observer observer; /* of the descriptor that is watched */
    struct xsock__sys_member sys;
    struct xsock__poller *poller;
    uint64_t data;
    uint32_t events;
    uint32_t slot;
    int number;
    bool added;     /* the system has it */
    bool armed;     /* ONESHOT: not reported yet */
    uint64_t batch; /* the last wait that reported it; wide enough never to come round to 0 */
    uint32_t place; /* and where */
};

struct slot {
    struct member *member; /* NULL: free */
    uint32_t generation;
    uint32_t next_free;
};

enum { CLOSING = 1, DEAD = 2 };

struct xsock__poller {
    struct xsock__sock sock;         /* what makes it a descriptor: no family, no type */
    struct xsock__observer observer; /* of its own descriptor */
    struct xsock__fdtab *table;
    struct xsock__sys_poller *sys;
    xsock__atomic_int
        refs; /* its descriptor's, and one a member's: a closing thread may have one in hand */
    xsock__atomic_int state;
    xsock__atomic_int
        asked; /* xsock_poller_wake was called: the system's wake has other uses, too */
    struct xsock__poller *next_dead;
    struct xsock__lock lock; /* of all that follows, and of what the system is told of members */
    struct slot *slots;
    uint32_t slot_count, free_slot; /* free_slot == slot_count: none */
    uint64_t batch;
    bool gone; /* the system's poller is closed */
};

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

static uint64_t key_of(uint32_t generation, uint32_t slot)
{
    return (uint64_t)(generation & INT32_MAX) << 32 | slot;
}

static bool take_slot(struct xsock__poller *p, struct member *m)
{
    if (p->free_slot == p->slot_count && !make_slots(p))
        return false;
    struct slot *s = &p->slots[p->free_slot];
    m->slot = p->free_slot;
    m->sys.key = key_of(s->generation, m->slot);
    p->free_slot = s->next_free;
    s->member = m;
    return true;
}

static void free_slot(struct xsock__poller *p, struct member *m)
{
    struct slot *s = &p->slots[m->slot];
    s->member = NULL;
    s->generation++;
    s->next_free = p->free_slot;
    p->free_slot = m->slot;
}

/* NULL if the member has left meanwhile. */
static struct member *member_of(const struct xsock__poller *p, uint64_t key)
{
    uint32_t i = (uint32_t)key;
    if (i >= p->slot_count || key_of(p->slots[i].generation, i) != key)
        return NULL;
    return p->slots[i].member;
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
    int rc = xsock__finish(xsock__sys_poller_open(&p->sys));
    if (rc != 0) {
        xsock__sys_free(p, sizeof *p);
        return rc;
    }
    xsock__sys_lock_init(&p->lock);
    p->sock.poller = p;
    p->sock.refuses = -XSOCK_ENOTSOCK;
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
    if (m->added && !p->gone)
        xsock__sys_poller_remove(p->sys, &m->sys);
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

static bool is_member_of(struct xsock__observer *f, void *user)
{
    return f->closed == member_closed && member_of_follower(f)->poller == user;
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
static int insert(struct xsock__poller *p, struct xsock__fd *fd, struct member **m)
{
    struct member *new = *m;
    if (find(p, fd) != NULL)
        return -XSOCK_EEXIST;
    if (!take_slot(p, new))
        return -XSOCK_ENOMEM;
    if (xsock__fdtab_observe(p->table, fd, &new->observer) != 0) {
        free_slot(p, new);
        return -XSOCK_EBADF;
    }
    xsock__atomic_add(&p->refs, 1);
    int rc = xsock__finish(xsock__sys_poller_add(p->sys, &new->sys, new->events));
    new->added = rc == 0;
    if (rc == 0 || !xsock__fdtab_unobserve(p->table, &new->observer)) {
        *m = NULL;
        return rc;
    }
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
    m->poller = p;
    m->data = data;
    m->events = events;
    m->number = fd->number;
    m->armed = true;
    if ((events & XSOCK_POLLER_ET) != 0)
        xsock__atomic_store(&fd->edges, 1);
    xsock__sys_lock(&p->lock);
    int rc = insert(p, fd, &m);
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
    m->events = events;
    m->data = data;
    m->armed = true;
    return 0;
}

int xsock__poller_change(struct xsock__poller *p, struct xsock__fd *fd, uint32_t events,
                         uint64_t data)
{
    if ((events & XSOCK_POLLER_ET) != 0)
        xsock__atomic_store(&fd->edges, 1);
    xsock__sys_lock(&p->lock);
    struct member *m = find(p, fd);
    int rc = m == NULL || !m->added ? -XSOCK_ENOENT : change(p, m, events, data);
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

/* ---- Waiting --------------------------------------------------------------------------------- */

enum { MAX = 128 };

static const uint32_t always = XSOCK_POLLER_ERR | XSOCK_POLLER_HUP;
static const uint32_t manners = XSOCK_POLLER_ET | XSOCK_POLLER_ONESHOT;

/* Under the lock. An event of the system becomes an entry, or joins the member's entry, or belongs
 * to no member. */
static int report(struct xsock__poller *p, const struct xsock__sys_event *e,
                  struct xsock_event *out, int count)
{
    struct member *m = member_of(p, e->key);
    uint32_t events = m == NULL ? 0 : e->events & ((m->events & ~manners) | always);
    if (events == 0)
        return count;
    if (m->batch == p->batch && (int)m->place < count) {
        out[m->place].events |= events;
        return count;
    }
    if (!m->armed)
        return count;
    m->armed = (m->events & XSOCK_POLLER_ONESHOT) == 0;
    m->batch = p->batch;
    m->place = (uint32_t)count;
    out[count] = (struct xsock_event){.data = m->data, .events = events, .fd = m->number};
    return count + 1;
}

static int report_all(struct xsock__poller *p, const struct xsock__sys_event *v, size_t n,
                      struct xsock_event *out)
{
    int count = 0;
    if (n == 0)
        return 0;
    xsock__sys_lock(&p->lock);
    p->batch++;
    for (size_t i = 0; i < n; i++)
        count = report(p, &v[i], out, count);
    xsock__sys_unlock(&p->lock);
    return count;
}

int xsock__poller_wait(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock_event *out,
                       size_t n, int64_t timeout_ns)
{
    struct xsock__poller *p = fd->held.sock->poller;
    struct xsock__sys_event v[MAX];
    struct xsock__deadline end = xsock__deadline_in(timeout_ns);
    const size_t most = n < MAX ? n : MAX;
    int rc = 0;
    for (bool over = false; !over;) {
        size_t count = 0;
        bool woken = false;
        int code = xsock__sys_poller_wait(p->sys, v, most, xsock__time_left(&end), &count, &woken);
        if ((xsock__atomic_load(&p->state) & CLOSING) != 0) {
            xsock__sys_poller_wake(p->sys);
            rc = -XSOCK_ECANCELED;
            break;
        }
        if (code != 0) {
            rc = xsock__finish(code);
            break;
        }
        rc = report_all(p, v, count, out);
        bool asked = woken && xsock__atomic_cas(&p->asked, 1, 0);
        over = rc > 0 || asked || xsock__time_left(&end) == 0;
    }
    xsock__fdtab_put(t, fd);
    return rc;
}

void xsock__poller_wake(struct xsock__poller *p)
{
    xsock__atomic_store(&p->asked, 1);
    xsock__sys_poller_wake(p->sys);
}

/* ---- Edges ----------------------------------------------------------------------------------- */

static bool tell_used(struct xsock__observer *f, void *user)
{
    if (f->closed == member_closed) {
        struct member *m = member_of_follower(f);
        xsock__sys_poller_used(m->poller->sys, &m->sys, *(uint32_t *)user);
    }
    return false;
}

void xsock__poller_used(struct xsock__fdtab *t, struct xsock__fd *fd, int poll_events)
{
    uint32_t events = XSOCK_POLLER_OUT;
    if ((poll_events & (XSOCK_POLLIN | XSOCK_POLLHUP)) != 0)
        events = (poll_events & XSOCK_POLLIN) != 0 ? XSOCK_POLLER_IN : XSOCK_POLLER_HUP;
    xsock__fdtab_find_observer(t, fd, tell_used, &events);
}
