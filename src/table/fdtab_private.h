/* Private to this folder: how a table is laid out.
 *
 * fdtab.c      opening, looking up, closing
 * numbers.c    taking a free number, in every case
 * life.c       how a table begins and ends
 * find.h, .c   finding the descriptor of a number
 * store.c      the memory: slots and cells
 * wakers.c     the wakes with which calls wait, and how many calls wait
 * waiters.c    waking the calls that wait in a descriptor
 * interrupt.c  waking the calls that wait in the system's own call
 * observers.c  telling the observers of a descriptor that it is closed
 * guest.c      what only tables of guests need: rules, foreign numbers, sealing, notifications
 * fork.c       the list of all tables, and what fork() does to them */
#ifndef XSOCK__TABLE_FDTAB_PRIVATE_H
#define XSOCK__TABLE_FDTAB_PRIVATE_H

#include "base/bitmap.h"
#include "sys.h"
#include "table/fdtab.h"
#include "table/find.h"

enum {
    CHUNK_SHIFT = XSOCK__FDTAB_CHUNK_SHIFT,
    CHUNKS = XSOCK__FDTAB_CHUNKS,
    LINE = 64,
    SPARES_MAX = 256
};

/* fd->state */
enum {
    FREE,    /* in the free list */
    USED,    /* has a number */
    ADOPTED, /* has a number, for a handle from outside */
    LEAVING, /* closed: has references, and no number */
    FOREIGN  /* has a number that is foreign */
};

/* Each descriptor has a cache line of its own: two threads that use two descriptors write to no
 * line in common. */
union cell {
    struct xsock__fd fd;
    unsigned char line[LINE];
};
_Static_assert(sizeof(union cell) == LINE, "fdtab.h: a descriptor no longer fits a cache line");

struct slab {
    struct slab *next;
    size_t count;
};

struct xsock__fdtab {
    struct xsock__fdtab_head head; /* first: see find.h */
    struct xsock__lock lock;       /* guards all that follows */
    struct xsock__bitmap used;
    struct xsock__fd *free;       /* cells that no number leads to; */
    struct xsock__fd *free_ready; /* the same with memory, at most SPARES_MAX; taken first */
    int spare_count;              /* how many these are */
    struct slab *slabs;
    size_t cells;
    struct xsock__waker *wakers, *idle_wakers;
    struct xsock__waker *interrupted; /* set, and the calls have not left the system yet; */
    xsock__atomic_int interrupts;     /* how many these are */
    unsigned turns;                   /* how many were ever set */
    int count, waiting, idle_count;
    xsock__atomic_int limit; /* changed under the lock, and read without it */
    int lowest;              /* no number below it is free, from the first one on */
    /* All numbers below it have a slot and a place in the bitmap, and are below the limit. It may
     * be lower than it could be, and is 0 in a sealed table. */
    int prepared;
    bool sealed;
    struct xsock__fd seal_fd, notify_fd;
    unsigned notifications;
    unsigned leaving;       /* how many descriptors were closed, */
    xsock__atomic_int left; /* and of how many the handle is freed; not under the lock */
    xsock__fdtab_closed *closed;
    xsock__fdtab_emptied *emptied; /* NULL: closed is called */
    xsock__fdtab_leaves *leaves;
    size_t spare_size;
    xsock__fdtab_forked *forked;
    struct xsock__fdtab *next; /* the list of all tables, under the global lock */
};

static const struct xsock__held xsock__held_nothing = {UINTPTR_MAX, NULL};

/* The rest is under the lock, and store.c's; the usual cases are here. */
bool xsock__fdtab_add_slots(struct xsock__fdtab *t, int number);
bool xsock__fdtab_add_cells(struct xsock__fdtab *t);
union cell *xsock__fdtab_cells(struct slab *s);
void xsock__fdtab_free_store(struct xsock__fdtab *t);

static inline bool xsock__fdtab_make_slot(struct xsock__fdtab *t, int number)
{
    return xsock__atomic_load_ptr(&t->head.chunk[xsock__fdtab_chunk(number)]) != NULL
           || xsock__fdtab_add_slots(t, number);
}

/* At least one is free now. */
static inline bool xsock__fdtab_make_cell(struct xsock__fdtab *t)
{
    return t->free_ready != NULL || t->free != NULL || xsock__fdtab_add_cells(t);
}

static inline struct xsock__fd *xsock__fdtab_pop_cell(struct xsock__fdtab *t, int number)
{
    struct xsock__fd *fd = t->free_ready;
    if (fd != NULL) {
        t->free_ready = fd->next;
        t->spare_count--;
    } else {
        fd = t->free;
        t->free = fd->next;
    }
    fd->state = USED;
    fd->number = number;
    return fd;
}

/* The cell keeps the memory of its socket for the next descriptor. */
static inline void xsock__fdtab_push_cell(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    fd->state = FREE;
    fd->held = xsock__held_nothing;
    fd->observers = NULL;
    if (fd->memory != NULL && t->spare_count < SPARES_MAX) {
        t->spare_count++;
        fd->next = t->free_ready;
        t->free_ready = fd;
        return;
    }
    xsock__sys_free(fd->memory, t->spare_size);
    fd->memory = NULL;
    fd->next = t->free;
    t->free = fd;
}

/* The same, but if the memory is that of the sock which the cell holds, somebody else frees it. */
static inline void xsock__fdtab_free_cell(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    if (fd->memory == fd->held.sock)
        fd->memory = NULL;
    xsock__fdtab_push_cell(t, fd);
}

/* Under the lock: the number is free again. */
static inline void xsock__fdtab_free_number(struct xsock__fdtab *t, int number)
{
    xsock__bitmap_clear(&t->used, (size_t)number);
    t->count--;
    if (number < t->lowest)
        t->lowest = number;
}

/* numbers.c: under the lock, the number is free and below the limit; the lowest one, as
 * xsock__fdtab_reserve. */
int xsock__fdtab_reserve_number(struct xsock__fdtab *t, int number, struct xsock__fd **out);
int xsock__fdtab_reserve_lowest(struct xsock__fdtab *t, int min, struct xsock__fd **out);

/* As xsock__fdtab_remove, if the number is kept or not as said. -XSOCK_EBADF, -XSOCK__EFOREIGN. */
int xsock__fdtab_remove_if(struct xsock__fdtab *t, int number, bool kept);

/* fdtab.c: lets go of what a descriptor held that is counted as leaving; without the lock. */
void xsock__fdtab_let_go(struct xsock__fdtab *t, const struct xsock__held *held);

/* wakers.c: under the lock. One more call waits: errors as xsock__fdtab_enter_wait. */
int xsock__fdtab_begin_waiting(struct xsock__fdtab *t);

/* wakers.c: under the lock. pop returns an idle wake, or NULL. push takes back a wake that a call
 * has waited with, or NULL, and returns the wake if the caller has to free it, without the lock.
 * drop closes and frees all. */
struct xsock__waker *xsock__fdtab_pop_waker(struct xsock__fdtab *t);
struct xsock__waker *xsock__fdtab_push_waker(struct xsock__fdtab *t, struct xsock__waker *k);
void xsock__fdtab_drop_wakers(struct xsock__fdtab *t);

/* wakers.c: without the lock. Makes a wake: -XSOCK_ENOMEM, or above 0 the system's code. */
int xsock__fdtab_make_waker(struct xsock__fdtab *t, struct xsock__waker **out);
void xsock__fdtab_free_waker(struct xsock__waker *k);

/* waiters.c: under the lock. Sets the wakes of all that wait in fd. end_interrupts must follow,
 * without the lock, unless nobody waits inside the system in fd. */
void xsock__fdtab_wake_waiters(struct xsock__fdtab *t, struct xsock__fd *fd);

/* interrupt.c: under the lock. The call of k has a mark from now on; it has left. */
void xsock__fdtab_interrupt(struct xsock__fdtab *t, struct xsock__waker *k);
void xsock__fdtab_end_interrupt(struct xsock__fdtab *t, const struct xsock__waker *k);

/* interrupt.c: without the lock. Returns when all calls that have a mark now have left the system.
 */
void xsock__fdtab_end_interrupts_slowly(struct xsock__fdtab *t);
static inline void xsock__fdtab_end_interrupts(struct xsock__fdtab *t)
{
    if (xsock__atomic_load(&t->interrupts) != 0)
        xsock__fdtab_end_interrupts_slowly(t);
}

/* observers.c: takes all observers off fd, under the lock; then tells them, without it. */
struct xsock__observer *xsock__fdtab_take_observers(struct xsock__fd *fd);
void xsock__fdtab_notify_observers(struct xsock__observer *first);

/* Into the list of all tables, and out. -XSOCK_ENOMEM. */
int xsock__fdtab_enlist(struct xsock__fdtab *t);
void xsock__fdtab_delist(struct xsock__fdtab *t);

#endif
