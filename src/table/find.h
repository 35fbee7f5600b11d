/* What is inlined into the calls: finding the descriptor of a number, and publishing a new one.
 * Callers that need not be fast use xsock__fdtab_get and xsock__fdtab_put, which find and drop. */
#ifndef XSOCK__TABLE_FIND_H
#define XSOCK__TABLE_FIND_H

#include <stddef.h>
#include <stdint.h>

#include "base/atomic.h"
#include "base/bits.h"
#include "base/count.h"
#include "table/fdtab.h"

/* Slots stand in chunks of 64, 128, 256 and so on. A table grows without moving a slot, so that a
 * look-up that is under way stays right. The highest bit of n + 64 tells the chunk of slot n. */
enum { XSOCK__FDTAB_CHUNK_SHIFT = 6, XSOCK__FDTAB_CHUNKS = 26 };

/* What is read here of a table, which begins with it. */
struct xsock__fdtab_head {
    xsock__atomic_ptr chunk[XSOCK__FDTAB_CHUNKS];
    struct xsock__fdtab_rules rules;
};

static inline const struct xsock__fdtab_head *xsock__fdtab_head(const struct xsock__fdtab *t)
{
    return (const struct xsock__fdtab_head *)(const void *)t;
}

static inline const struct xsock__fdtab_rules *xsock__fdtab_rules(const struct xsock__fdtab *t)
{
    return &xsock__fdtab_head(t)->rules;
}

/* A bit of an fd's `refs` above the count: the number is gone, and whoever drops the last reference
 * frees what the descriptor holds. */
enum { XSOCK__FDTAB_CLOSING = 1 << 30 };

static inline unsigned xsock__fdtab_chunk(int number)
{
    return xsock__high_bit((uint32_t)number + (1u << XSOCK__FDTAB_CHUNK_SHIFT))
           - XSOCK__FDTAB_CHUNK_SHIFT;
}

/* The slot of a number that is not negative; NULL: nothing that high was ever open. Needs no lock.
 */
static inline xsock__atomic_ptr *xsock__fdtab_slot(const struct xsock__fdtab *t, int number)
{
    unsigned k = xsock__fdtab_chunk(number);
    xsock__atomic_ptr *slots = xsock__atomic_load_ptr(&xsock__fdtab_head(t)->chunk[k]);
    if (slots == NULL)
        return NULL;
    uint32_t at = (uint32_t)number + (1u << XSOCK__FDTAB_CHUNK_SHIFT);
    return &slots[at & ~(1u << (k + XSOCK__FDTAB_CHUNK_SHIFT))];
}

/* find.c's: drops the reference, which came too late, and looks up again. */
struct xsock__fd *xsock__fdtab_find_again(struct xsock__fdtab *t, struct xsock__fd *fd, int number);

/* The first step of a look-up: adds a reference to the descriptor that the number leads to. NULL if
 * the number is not open. If *out_in_time is false, the number led to the descriptor before the
 * reference was added, and does not any more: find_again must follow. */
static inline struct xsock__fd *xsock__fdtab_refer(struct xsock__fdtab *t, int number,
                                                   bool *out_in_time)
{
    xsock__atomic_ptr *slot = number < 0 || t == NULL ? NULL : xsock__fdtab_slot(t, number);
    struct xsock__fd *fd = slot != NULL ? xsock__atomic_load_ptr(slot) : NULL;
    *out_in_time = true;
    if (fd == NULL)
        return NULL;
    /* The cell may have been freed and used again since. That does no harm, because a cell stays a
     * cell. If the slot still leads to it now, the reference was in time. */
    if (xsock__sys_alone()) {
        xsock__count_add_alone(&fd->refs, 1);
    } else {
        xsock__atomic_add(&fd->refs, 1);
        *out_in_time = xsock__atomic_load_ptr(slot) == fd;
    }
    return fd;
}

static inline struct xsock__fd *xsock__fdtab_find(struct xsock__fdtab *t, int number)
{
    bool in_time;
    struct xsock__fd *fd = xsock__fdtab_refer(t, number, &in_time);
    return in_time ? fd : xsock__fdtab_find_again(t, fd, number);
}

/* guest.c's: the table is one that may have been sealed meanwhile. */
int xsock__fdtab_published_late(struct xsock__fdtab *t, int number);

/* fdtab.c's: the reference that was dropped was the last one of a descriptor that is closing. */
void xsock__fdtab_last_dropped(struct xsock__fdtab *t, struct xsock__fd *fd);

static inline void xsock__fdtab_drop(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    if (xsock__count_add(&fd->refs, -1) == (XSOCK__FDTAB_CLOSING | 1))
        xsock__fdtab_last_dropped(t, fd);
}

/* Lets look-ups find a reserved descriptor. Returns its number. Release order is enough: a thread
 * that closes the descriptor has seen it here first, and look-ups race with closing only. */
static inline int xsock__fdtab_publish(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    int number = fd->number; /* once it can be found, it may be closed at any time */
    xsock__atomic_publish_ptr(xsock__fdtab_slot(t, number), fd);
    return xsock__fdtab_rules(t)->ends ? xsock__fdtab_published_late(t, number) : number;
}

#endif
