#include "table/fdtab_private.h"

enum { SLAB_FIRST = 16, SLAB_MAX = 4096 };

static size_t chunk_size(unsigned k)
{
    return ((size_t)1 << (k + CHUNK_SHIFT)) * sizeof(xsock__atomic_ptr);
}

bool xsock__fdtab_add_slots(struct xsock__fdtab *t, int number)
{
    unsigned k = xsock__fdtab_chunk(number);
    if (((size_t)1 << (k + CHUNK_SHIFT)) > SIZE_MAX / sizeof(xsock__atomic_ptr))
        return false; /* a 32-bit process has no memory for numbers that high */
    void *slots = xsock__sys_alloc(chunk_size(k));
    if (slots == NULL)
        return false;
    xsock__atomic_store_ptr(&t->head.chunk[k], slots);
    return true;
}

union cell *xsock__fdtab_cells(struct slab *s)
{
    return (union cell *)(void *)((unsigned char *)s + LINE); /* the header takes the first line */
}

static size_t slab_size(size_t count)
{
    return (count + 1) * LINE;
}

/* ---- Memory that is used again --------------------------------------------------------------- */

void xsock__fdtab_recycle(struct xsock__fdtab *t, xsock__fdtab_emptied *emptied,
                          xsock__fdtab_leaves *leaves, size_t size)
{
    t->emptied = emptied;
    t->leaves = leaves;
    t->spare_size = size;
}

int xsock__fdtab_spares(struct xsock__fdtab *t)
{
    xsock__sys_lock(&t->lock);
    int count = t->spare_count;
    xsock__sys_unlock(&t->lock);
    return count;
}

void xsock__fdtab_free_spares(struct xsock__fdtab *t)
{
    struct xsock__fd *fd;
    xsock__sys_lock(&t->lock);
    while ((fd = t->free_ready) != NULL) {
        t->free_ready = fd->next;
        xsock__sys_free(fd->memory, t->spare_size);
        fd->memory = NULL;
        fd->next = t->free;
        t->free = fd;
    }
    t->spare_count = 0;
    xsock__sys_unlock(&t->lock);
}

/* ---- Cells ----------------------------------------------------------------------------------- */

/* Cells are freed only with the table: see xsock__fdtab_get(). */
bool xsock__fdtab_add_cells(struct xsock__fdtab *t)
{
    size_t count = t->cells < SLAB_FIRST ? SLAB_FIRST : t->cells > SLAB_MAX ? SLAB_MAX : t->cells;
    struct slab *s = xsock__sys_alloc(slab_size(count));
    if (s == NULL)
        return false;
    s->next = t->slabs;
    s->count = count;
    t->slabs = s;
    t->cells += count;
    for (size_t i = count; i-- > 0;)
        xsock__fdtab_free_cell(t, &xsock__fdtab_cells(s)[i].fd);
    return true;
}

void xsock__fdtab_free_store(struct xsock__fdtab *t)
{
    for (unsigned k = 0; k < CHUNKS; k++)
        xsock__sys_free(xsock__atomic_load_ptr(&t->head.chunk[k]), chunk_size(k));
    xsock__fdtab_drop_wakers(t);
    xsock__fdtab_free_spares(t);
    while (t->slabs != NULL) {
        struct slab *s = t->slabs;
        t->slabs = s->next;
        xsock__sys_free(s, slab_size(s->count));
    }
    xsock__bitmap_free(&t->used);
    xsock__sys_lock_destroy(&t->lock);
    xsock__sys_free(t, sizeof *t);
}

void xsock__fdtab_memory(struct xsock__fdtab *t, size_t *out_table, size_t *out_descriptors)
{
    xsock__sys_lock(&t->lock);
    *out_table = sizeof *t + xsock__bitmap_size(&t->used);
    for (unsigned k = 0; k < CHUNKS; k++)
        if (xsock__atomic_load_ptr(&t->head.chunk[k]) != NULL)
            *out_table += chunk_size(k);
    *out_descriptors = (size_t)t->spare_count * t->spare_size;
    for (struct slab *s = t->slabs; s != NULL; s = s->next)
        *out_descriptors += slab_size(s->count);
    xsock__sys_unlock(&t->lock);
}
