/* Which descriptor of xsock a number stands for. Looking up takes no lock: a call on a socket pays
 * two loads. The map grows in blocks, which stay until the program ends. */
#include "posix.h"

#include <stdatomic.h>
#include <stdlib.h>

typedef _Atomic int slot;
typedef slot *_Atomic block;

static int load(slot *s)
{
    return atomic_load_explicit(s, memory_order_acquire);
}

static slot *load_block(block *b)
{
    return atomic_load_explicit(b, memory_order_acquire);
}

enum {
    BLOCK_CAPACITY = 1024,
    BLOCK_MAX = 16384,
    EVENT = 1 << 30, /* beside the descriptor, which is below 2^24 */
    POLLER = 1 << 29,
    MARKS = EVENT | POLLER
};

static block blocks[BLOCK_MAX];

static slot *slot_of(int number)
{
    if (number < 0 || number >= BLOCK_CAPACITY * BLOCK_MAX)
        return NULL;
    slot *b = load_block(&blocks[number / BLOCK_CAPACITY]);
    return b == NULL ? NULL : &b[number % BLOCK_CAPACITY];
}

int xsock_posix__of(int number)
{
    slot *s = slot_of(number);
    return s == NULL ? 0 : load(s) & ~MARKS;
}

static bool has_mark(int number, int mark)
{
    slot *s = slot_of(number);
    return s != NULL && (load(s) & mark) != 0;
}

static void set_mark(int number, int mark)
{
    slot *s = slot_of(number);
    if (s != NULL)
        atomic_fetch_or(s, mark);
}

bool xsock_posix__is_event(int number)
{
    return has_mark(number, EVENT);
}

void xsock_posix__mark_event(int number)
{
    set_mark(number, EVENT);
}

bool xsock_posix__is_poller(int number)
{
    return has_mark(number, POLLER);
}

void xsock_posix__mark_poller(int number)
{
    set_mark(number, POLLER);
}

int xsock_posix__map(int number, int d)
{
    if (number < 0 || number >= BLOCK_CAPACITY * BLOCK_MAX)
        return -1;
    block *b = &blocks[number / BLOCK_CAPACITY];
    if (load_block(b) == NULL) {
        slot *fresh = calloc(BLOCK_CAPACITY, sizeof *fresh);
        if (fresh == NULL)
            return -1;
        slot *expected = NULL;
        if (!atomic_compare_exchange_strong(b, &expected, fresh))
            free((void *)fresh); /* another thread was faster */
    }
    return atomic_exchange(&load_block(b)[number % BLOCK_CAPACITY], d) & ~MARKS;
}

bool xsock_posix__unmap(int number, int d)
{
    slot *s = slot_of(number);
    int now = s == NULL ? 0 : load(s);
    return s != NULL && (now & ~MARKS) == d && atomic_compare_exchange_strong(s, &now, 0);
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
    slot *s = slot_of(number);
    int d = s == NULL ? 0 : load(s);
    if (d == 0)
        d = xsock_posix__adopt(number);
    else if ((d & MARKS) != 0)
        d = -XSOCK_ENOTSOCK; /* what is below is not the program's */
    return d < 0 ? xsock_posix__fail(d) : d;
}
