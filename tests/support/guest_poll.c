#include "guest_poll.h"

#include <string.h>

enum { SUB = 48, EVENT = 32 };

static uint32_t subs;

void guest_want_nothing(void)
{
    subs = 0;
}

/* The userdata is the place of the subscription and a mark. */
static uint64_t next_sub(struct guest *g, int tag)
{
    uint64_t at = GUEST_SUBS + (uint64_t)SUB * subs;
    memset(g->bytes + at, 0, SUB);
    guest_put64(g, at, UINT64_C(0xabcd000000000000) + subs++);
    g->bytes[at + 8] = (unsigned char)tag;
    return at;
}

void guest_want(struct guest *g, int tag, int d)
{
    guest_put32(g, next_sub(g, tag) + 16, (uint32_t)d);
}

void guest_want_time(struct guest *g, uint32_t id, uint64_t timeout, uint16_t flags)
{
    uint64_t at = next_sub(g, GUEST_CLOCK);
    guest_put32(g, at + 16, id);
    guest_put64(g, at + 24, timeout);
    guest_put64(g, at + 32, UINT64_MAX); /* the precision, which may be anything */
    guest_put16(g, at + 40, flags);
}

uint32_t guest_poll(struct guest *g)
{
    uint32_t n = subs;
    subs = 0;
    memset(g->bytes + GUEST_EVENTS, 0xee, 4096);
    return CALL4(g, "poll_oneoff", GUEST_SUBS, GUEST_EVENTS, n, GUEST_COUNT);
}

void guest_assert_events(const struct guest *g, uint32_t n)
{
    assert_int_equal(guest_get32(g, GUEST_COUNT), n);
    assert_int_equal(g->bytes[GUEST_EVENTS + n * EVENT], 0xee);
}

void guest_assert_event(const struct guest *g, uint32_t i, uint64_t place, int error, int type,
                        uint64_t bytes)
{
    uint64_t at = GUEST_EVENTS + (uint64_t)i * EVENT;
    assert_true(guest_get64(g, at) == UINT64_C(0xabcd000000000000) + place);
    assert_int_equal(guest_get32(g, at + 8), error | type << 16);
    assert_int_equal(guest_get32(g, at + 12), 0);
    assert_true(guest_get64(g, at + 16) == bytes);
    assert_true(guest_get64(g, at + 24) == 0);
}
