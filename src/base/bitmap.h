/* A set of small numbers that finds the lowest number outside it in a few steps, however many it
 * holds. It is a bitmap with levels: a bit in one level tells that a whole word of the level below
 * is full. The memory follows the highest number that was ever set. The owner must lock it. */
#ifndef XSOCK__BASE_BITMAP_H
#define XSOCK__BASE_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bits.h"

enum { XSOCK__BITMAP_LEVELS = 6 }; /* 64^6 > 2^31: any int */

struct xsock__bitmap {
    uint64_t *level[XSOCK__BITMAP_LEVELS];
    /* the size of each level; higher numbers are not in the set */
    size_t words[XSOCK__BITMAP_LEVELS];
};

/* All zero is an empty set. */
void xsock__bitmap_free(struct xsock__bitmap *b);

/* The rare parts of set and clear. */
bool xsock__bitmap_set_all(struct xsock__bitmap *b, size_t i);
void xsock__bitmap_clear_all(struct xsock__bitmap *b, size_t i);

enum { XSOCK__BITMAP_BITS = 64 };

static inline uint64_t xsock__bitmap_bit(size_t i)
{
    return (uint64_t)1 << (i % XSOCK__BITMAP_BITS);
}

/* The lowest number >= from that is not in the set. */
size_t xsock__bitmap_next_clear(const struct xsock__bitmap *b, size_t from);

/* The highest number in the set plus one; 0 if it is empty. */
size_t xsock__bitmap_end(const struct xsock__bitmap *b);

static inline bool xsock__bitmap_has(const struct xsock__bitmap *b, size_t i)
{
    size_t w = i / XSOCK__BITMAP_BITS;
    return w < b->words[0] && (b->level[0][w] & xsock__bitmap_bit(i)) != 0;
}

/* Adds i. False if there is no memory; nothing has changed then. */
static inline bool xsock__bitmap_set(struct xsock__bitmap *b, size_t i)
{
    size_t w = i / XSOCK__BITMAP_BITS;
    uint64_t now = w < b->words[0] ? b->level[0][w] | xsock__bitmap_bit(i) : UINT64_MAX;
    if (now == UINT64_MAX) /* no memory for it yet, or a word has become full */
        return xsock__bitmap_set_all(b, i);
    b->level[0][w] = now;
    return true;
}

/* Adds i, whose word is there. False if i is in the set, or if its word would become full; nothing
 * has changed then. */
static inline bool xsock__bitmap_set_quickly(struct xsock__bitmap *b, size_t i)
{
    uint64_t *word = &b->level[0][i / XSOCK__BITMAP_BITS], now = *word | xsock__bitmap_bit(i);
    if (now == *word || now == UINT64_MAX)
        return false;
    *word = now;
    return true;
}

/* Removes i. */
static inline void xsock__bitmap_clear(struct xsock__bitmap *b, size_t i)
{
    size_t w = i / XSOCK__BITMAP_BITS;
    if (w >= b->words[0] || b->level[0][w] == UINT64_MAX)
        xsock__bitmap_clear_all(b, i);
    else
        b->level[0][w] &= ~xsock__bitmap_bit(i);
}

/* Bytes in use. */
size_t xsock__bitmap_size(const struct xsock__bitmap *b);

#endif
