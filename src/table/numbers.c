/* Taking a number that is free, in every case. fdtab.c has the usual one. */
#include "table/fdtab_private.h"
#include "xsock.h"

/* All numbers below the result are below the limit, have a slot, and have a place in the bitmap. */
static int find_prepared(const struct xsock__fdtab *t)
{
    size_t end = (size_t)xsock__atomic_peek(&t->limit), slots = 0;
    for (unsigned k = 0; k < CHUNKS && slots < end; k++) {
        if (xsock__atomic_load_ptr(&t->head.chunk[k]) == NULL)
            break;
        slots += (size_t)1 << (k + CHUNK_SHIFT);
    }
    size_t bits = t->used.words[0] * XSOCK__BITMAP_BITS;
    end = slots < end ? slots : end;
    return (int)(bits < end ? bits : end);
}

int xsock__fdtab_reserve_number(struct xsock__fdtab *t, int number, struct xsock__fd **out)
{
    if (!xsock__fdtab_make_cell(t) || !xsock__fdtab_make_slot(t, number)
        || !xsock__bitmap_set(&t->used, (size_t)number))
        return -XSOCK_ENOMEM;
    t->count++;
    if (number >= t->prepared)
        t->prepared = find_prepared(t);
    *out = xsock__fdtab_pop_cell(t, number);
    return 0;
}

int xsock__fdtab_reserve_lowest(struct xsock__fdtab *t, int min, struct xsock__fd **out)
{
    int from = min < t->lowest ? t->lowest : min;
    if (t->sealed)
        return -XSOCK_ECANCELED;
    size_t number = (size_t)from;
    if (xsock__bitmap_has(&t->used, number))
        number = xsock__bitmap_next_clear(&t->used, number);
    if (number >= (size_t)xsock__atomic_peek(&t->limit))
        return -XSOCK_EMFILE;
    int rc = xsock__fdtab_reserve_number(t, (int)number, out);
    if (rc == 0 && from == t->lowest)
        t->lowest = (int)number + 1;
    return rc;
}
