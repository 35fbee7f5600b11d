#include "base/bitmap.h"

#include <string.h>

#include "base/bits.h"
#include "sys.h"

enum { BITS = XSOCK__BITMAP_BITS };
static const uint64_t FULL = UINT64_MAX;

static uint64_t bit_of(size_t i)
{
    return xsock__bitmap_bit(i);
}

void xsock__bitmap_free(struct xsock__bitmap *b)
{
    for (int k = 0; k < XSOCK__BITMAP_LEVELS; k++)
        xsock__sys_free(b->level[k], b->words[k] * sizeof(uint64_t));
    memset(b, 0, sizeof *b);
}

/* The lowest clear bit >= from in level k. The level above tells which words of this one are full,
 * so no level reads more than two words. */
static size_t next_clear(const struct xsock__bitmap *b, int k, size_t from)
{
    size_t w = from / BITS;
    if (k == XSOCK__BITMAP_LEVELS || w >= b->words[k])
        return from;
    uint64_t clear = ~b->level[k][w] & (FULL << (from % BITS));
    if (clear == 0) {
        w = next_clear(b, k + 1, w + 1);
        if (w >= b->words[k])
            return w * BITS;
        clear = ~b->level[k][w];
    }
    return w * BITS + xsock__low_bit(clear);
}

size_t xsock__bitmap_next_clear(const struct xsock__bitmap *b, size_t from)
{
    return next_clear(b, 0, from);
}

size_t xsock__bitmap_end(const struct xsock__bitmap *b)
{
    size_t w = b->words[0];
    while (w > 0 && b->level[0][w - 1] == 0)
        w--;
    if (w == 0)
        return 0;
    uint64_t word = b->level[0][w - 1];
    size_t high =
        word >> 32 ? 32 + xsock__high_bit((uint32_t)(word >> 32)) : xsock__high_bit((uint32_t)word);
    return (w - 1) * BITS + high + 1;
}

/* Makes every level large enough for number i, or changes nothing. Doubling keeps the cost of
 * growing constant for each number. */
static bool grow(struct xsock__bitmap *b, size_t i)
{
    struct xsock__bitmap old = *b, new;
    size_t need = i / BITS + 1;
    need = need < 2 * b->words[0] ? 2 * b->words[0] : need;
    for (int k = 0; k < XSOCK__BITMAP_LEVELS; k++) {
        new.words[k] = need;
        new.level[k] = xsock__sys_alloc(need * sizeof(uint64_t));
        if (new.level[k] == NULL) {
            while (k-- > 0)
                xsock__sys_free(new.level[k], new.words[k] * sizeof(uint64_t));
            return false;
        }
        if (old.words[k] > 0)
            memcpy(new.level[k], old.level[k], old.words[k] * sizeof(uint64_t));
        need = (need + BITS - 1) / BITS;
    }
    xsock__bitmap_free(&old);
    *b = new;
    return true;
}

bool xsock__bitmap_set_all(struct xsock__bitmap *b, size_t i)
{
    if (i / BITS >= b->words[0] && !grow(b, i))
        return false;
    for (int k = 0; k < XSOCK__BITMAP_LEVELS; k++, i /= BITS) {
        b->level[k][i / BITS] |= bit_of(i);
        if (b->level[k][i / BITS] != FULL)
            break;
    }
    return true;
}

void xsock__bitmap_clear_all(struct xsock__bitmap *b, size_t i)
{
    for (int k = 0; k < XSOCK__BITMAP_LEVELS && i / BITS < b->words[k]; k++, i /= BITS) {
        bool was_full = b->level[k][i / BITS] == FULL;
        b->level[k][i / BITS] &= ~bit_of(i);
        if (!was_full)
            break;
    }
}

size_t xsock__bitmap_size(const struct xsock__bitmap *b)
{
    size_t words = 0;
    for (int k = 0; k < XSOCK__BITMAP_LEVELS; k++)
        words += b->words[k];
    return words * sizeof(uint64_t);
}
