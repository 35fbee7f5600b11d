/* A set of small numbers that answers "which is the lowest not in it?" in a few steps, however many it
 * holds: a bitmap with levels, where a bit above tells that a whole word below is full. Memory follows the
 * highest number that was ever set. Not for threads: its owner has a lock. */
#ifndef XSOCK__BITMAP_H
#define XSOCK__BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { XSOCK__BITMAP_LEVELS = 6 }; /* 64^6 > 2^31: any int */

struct xsock__bitmap {
    uint64_t *level[XSOCK__BITMAP_LEVELS];
    size_t words[XSOCK__BITMAP_LEVELS]; /* how many each has; numbers beyond are not in the set */
};

/* All zero is an empty set. */
void xsock__bitmap_free(struct xsock__bitmap *b);

/* The lowest number >= from that is not in the set. */
size_t xsock__bitmap_next_clear(const struct xsock__bitmap *b, size_t from);

/* The highest number in the set plus one; 0 if it is empty. */
size_t xsock__bitmap_end(const struct xsock__bitmap *b);

bool xsock__bitmap_has(const struct xsock__bitmap *b, size_t i);

/* Puts i in. False: no memory, and nothing changed. */
bool xsock__bitmap_set(struct xsock__bitmap *b, size_t i);

/* Takes i out. */
void xsock__bitmap_clear(struct xsock__bitmap *b, size_t i);

/* Bytes in use. */
size_t xsock__bitmap_size(const struct xsock__bitmap *b);

#endif
