/* Which descriptor of xsock a number stands for. Looking up takes no lock: a call on a socket pays
 * two loads. The map grows in blocks, which stay until the program ends. */
#include "posix.h"

#include <stdlib.h>

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
typedef volatile long slot;
typedef slot *volatile block;
#define load(p) (*(p)) /* volatile reads acquire, and volatile writes release */
#define exchange(p, value) _InterlockedExchange((p), (value))
#define set_once(p, value) \
    (_InterlockedCompareExchangePointer((void *volatile *)(p), (value), 0) == 0)
#else
#include <stdatomic.h>
typedef _Atomic int slot;
typedef slot *_Atomic block;
#define load(p) atomic_load_explicit((p), memory_order_acquire)
#define exchange(p, value) atomic_exchange((p), (value))

static bool set_once(block *p, slot *value)
{
    slot *expected = NULL;
    return atomic_compare_exchange_strong(p, &expected, value);
}
#endif

enum {
    BLOCK_CAPACITY = 1024,
    BLOCK_MAX = 16384,
    EVENT = 1 << 30 /* beside the descriptor, which is below 2^24 */
};

static block blocks[BLOCK_MAX];

static slot *slot_of(int number)
{
    if (number < 0 || number >= BLOCK_CAPACITY * BLOCK_MAX)
        return NULL;
    slot *b = load(&blocks[number / BLOCK_CAPACITY]);
    return b == NULL ? NULL : &b[number % BLOCK_CAPACITY];
}

int xsock_posix__of(int number)
{
    slot *s = slot_of(number);
    return s == NULL ? 0 : (int)load(s) & ~EVENT;
}

bool xsock_posix__is_event(int number)
{
    slot *s = slot_of(number);
    return s != NULL && ((int)load(s) & EVENT) != 0;
}

void xsock_posix__mark_event(int number)
{
    slot *s = slot_of(number);
    if (s != NULL)
        (void)exchange(s, (int)load(s) | EVENT);
}

int xsock_posix__map(int number, int d)
{
    if (number < 0 || number >= BLOCK_CAPACITY * BLOCK_MAX)
        return -1;
    block *b = &blocks[number / BLOCK_CAPACITY];
    if (load(b) == NULL) {
        slot *fresh = calloc(BLOCK_CAPACITY, sizeof *fresh);
        if (fresh == NULL)
            return -1;
        if (!set_once(b, fresh))
            free((void *)fresh); /* another thread was faster */
    }
    return (int)exchange(&load(b)[number % BLOCK_CAPACITY], d) & ~EVENT;
}

int xsock_posix__unmapped(int min)
{
    for (int number = min; number < BLOCK_CAPACITY * BLOCK_MAX; number++) {
        if (xsock_posix__of(number) == 0)
            return number;
    }
    return -1;
}

int xsock_posix__socket_of(int number)
{
    int d = xsock_posix__of(number);
    if (d == 0) {
        d = xsock_posix__adopt(number);
        if (d < 0)
            return xsock_posix__fail(d);
    }
    return d;
}
