/* epoll of WASIX: the data that a member reports, the two numberings of operations, and the objects
 * that a close closes. */
#include "guests.h"
#include "threads.h"

#include <string.h>

enum {
    OUT = 4096,
    DONE = 4200,
    VEC = 4300,
    EVENT = 4400,
    EVENTS = 16384,
    DATA = 8192,
    END = GUEST_MEMORY
};
enum { ADD = 0, LIBC_ADD = 1, DEL = 2, MOD = 3 };
enum { IN = 1, POUT = 2, RDHUP = 4, PRI = 8, ERR = 0x10, HUP = 0x20, ET = 0x40, ONESHOT = 0x80 };

static const uint64_t never = UINT64_MAX;

static int epoll, pair[2];

static void make_pair(int out[2])
{
    ASSERT_ERRNO(0, CALL5(&guest, "sock_pair", XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, OUT, OUT + 4));
    out[0] = (int)guest_get32(&guest, OUT);
    out[1] = (int)guest_get32(&guest, OUT + 4);
}

static int setup(void **state)
{
    int rc = guests_setup(state);
    ASSERT_ERRNO(0, CALL1(&guest, "epoll_create", OUT));
    epoll = (int)guest_get32(&guest, OUT);
    make_pair(pair);
    return rc;
}

/* Each byte of a member's data has this value. */
static uint32_t control(uint32_t op, int d, uint32_t events, unsigned char data)
{
    memset(guest.bytes + EVENT, data, 32);
    guest_put32(&guest, EVENT, events);
    return CALL4(&guest, "epoll_ctl", epoll, op, d, EVENT);
}

static uint32_t wait_until(uint64_t timeout, uint32_t max)
{
    memset(guest.bytes + EVENTS, 0xdd, 4096);
    return CALL5(&guest, "epoll_wait", epoll, EVENTS, max, timeout, DONE);
}

static void assert_none(void)
{
    ASSERT_ERRNO(0, wait_until(0, 4));
    assert_int_equal(guest_get32(&guest, DONE), 0);
    assert_int_equal(guest.bytes[EVENTS], 0xdd);
}

/* Exactly one member is reported, with these events and this data. */
static void assert_one(uint32_t events, unsigned char data)
{
    ASSERT_ERRNO(0, wait_until(never, 4));
    assert_int_equal(guest_get32(&guest, DONE), 1);
    assert_int_equal(guest_get32(&guest, EVENTS), events);
    assert_int_equal(guest_get32(&guest, EVENTS + 4), 0);
    for (int i = 8; i < 32; i++)
        assert_int_equal(guest.bytes[EVENTS + i], data);
    assert_int_equal(guest.bytes[EVENTS + 32], 0xdd);
}

static void send_one(int d)
{
    guest_put_vec(&guest, VEC, DATA, 1);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_write", d, VEC, 1, DONE));
}

static void recv_one(int d)
{
    guest_put_vec(&guest, VEC, DATA, 1);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_read", d, VEC, 1, DONE));
}

static void a_member_comes_back_with_all_that_was_given_with_it(void **state)
{
    (void)state;
    ASSERT_ERRNO(0, control(ADD, pair[0], IN, 0xa1));
    assert_none();
    send_one(pair[1]);
    assert_one(IN, 0xa1);
    assert_one(IN, 0xa1); /* as long as the condition holds */
    ASSERT_ERRNO(0, control(MOD, pair[0], IN | POUT, 0xa2));
    assert_one(IN | POUT, 0xa2);
    recv_one(pair[0]);
    assert_one(POUT, 0xa2);
    ASSERT_ERRNO(0, control(DEL, pair[0], 0, 0));
    assert_none();
}

static void memory_of_64_bits_has_the_same_layout(void **state)
{
    (void)state;
    guest.module = "wasix_64v1";
    ASSERT_ERRNO(0, control(ADD, pair[0], POUT, 0xb1));
    memset(guest.bytes + DONE, 0xee, 12);
    ASSERT_ERRNO(0, wait_until(never, 1));
    assert_true(guest_get64(&guest, DONE) == 1);
    assert_int_equal(guest.bytes[DONE + 8], 0xee);
    guest.module = "wasix_32v1";
    memset(guest.bytes + DONE, 0xee, 12);
    assert_one(POUT, 0xb1);
    assert_int_equal(guest.bytes[DONE + 4], 0xee);
}

/* ADD is 0 in the text of WASIX and 1 in wasix-libc. DEL and MOD are those of wasix-libc. */
static void operations_have_the_numbers_of_libc(void **state)
{
    (void)state;
    ASSERT_ERRNO(XSOCK_ENOENT, control(DEL, pair[0], IN, 1));
    ASSERT_ERRNO(XSOCK_ENOENT, control(MOD, pair[0], IN, 1));
    for (uint32_t first = ADD; first <= LIBC_ADD; first++) {
        ASSERT_ERRNO(0, control(first, pair[0], POUT, 2));
        assert_one(POUT, 2);
        ASSERT_ERRNO(XSOCK_EEXIST, control(ADD, pair[0], POUT, 3));
        ASSERT_ERRNO(XSOCK_EEXIST, control(LIBC_ADD, pair[0], POUT, 4));
        assert_one(POUT, 2);
        ASSERT_ERRNO(0, control(MOD, pair[0], POUT, 5));
        assert_one(POUT, 5);
        ASSERT_ERRNO(0, control(DEL, pair[0], 0, 0));
    }
    ASSERT_ERRNO(XSOCK_EINVAL, control(4, pair[0], IN, 0));
    ASSERT_ERRNO(XSOCK_EINVAL, control(UINT32_MAX, pair[0], IN, 0));
    ASSERT_ERRNO(XSOCK_EINVAL, control(ADD, pair[0], 0x100, 0));
    ASSERT_ERRNO(XSOCK_EINVAL, control(ADD, pair[0], UINT32_MAX, 0));
    ASSERT_ERRNO(XSOCK_EINVAL, control(ADD, epoll, IN, 0));
    ASSERT_ERRNO(XSOCK_EBADF, control(ADD, 50, IN, 0));
    ASSERT_ERRNO(XSOCK_WASIX_CALL_ENGINE, control(ADD, 1, IN, 0));
    ASSERT_ERRNO(XSOCK_EINVAL, CALL4(&guest, "epoll_ctl", pair[0], ADD, pair[1], EVENT));
    ASSERT_ERRNO(XSOCK_EINVAL, CALL5(&guest, "epoll_wait", pair[0], EVENTS, 1, 0, DONE));
    assert_none();
}

static void an_edge_is_told_once_and_a_oneshot_until_it_is_armed_again(void **state)
{
    (void)state;
    ASSERT_ERRNO(0, control(ADD, pair[0], IN | ET, 6));
    send_one(pair[1]);
    assert_one(IN, 6);
    assert_none();
    recv_one(pair[0]);
    send_one(pair[1]);
    assert_one(IN, 6);
    ASSERT_ERRNO(0, control(MOD, pair[0], IN | ONESHOT, 7));
    assert_one(IN, 7);
    assert_none();
    ASSERT_ERRNO(0, control(MOD, pair[0], IN | ONESHOT, 8));
    assert_one(IN, 8);
}

static void closing_a_member_or_putting_another_in_its_place_removes_it(void **state)
{
    (void)state;
    int second[2];
    make_pair(second);
    ASSERT_ERRNO(0, control(ADD, pair[0], POUT, 9));
    ASSERT_ERRNO(0, control(ADD, second[0], POUT, 10));
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", pair[0]));
    assert_one(POUT, 10);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_renumber", second[1], second[0]));
    assert_none();
    ASSERT_ERRNO(XSOCK_ENOENT, control(DEL, second[0], 0, 0));
    /* the number of the descriptor, not its former object */
    ASSERT_ERRNO(0, control(ADD, second[0], POUT, 11));
    ASSERT_ERRNO(0, wait_until(never, 1));
    assert_int_equal(guest.bytes[EVENTS + 8], 11);
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", epoll)); /* with a member */
    ASSERT_ERRNO(XSOCK_EBADF, wait_until(0, 1));
}

static void a_descriptor_is_in_many_and_each_has_its_own_data(void **state)
{
    int first = epoll;
    (void)state;
    ASSERT_ERRNO(0, CALL1(&guest, "epoll_create", OUT));
    int second = (int)guest_get32(&guest, OUT);
    ASSERT_ERRNO(0, control(ADD, pair[0], POUT, 12));
    epoll = second;
    ASSERT_ERRNO(0, control(ADD, pair[0], POUT, 13));
    assert_one(POUT, 13);
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", second));
    epoll = first;
    assert_one(POUT, 12);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_dup", pair[0], OUT));
    ASSERT_ERRNO(0, control(ADD, (int)guest_get32(&guest, OUT), POUT, 14)); /* a separate member */
    ASSERT_ERRNO(0, wait_until(never, 4));
    assert_int_equal(guest_get32(&guest, DONE), 2);
    assert_int_equal(guest.bytes[EVENTS + 8] + guest.bytes[EVENTS + 32 + 8], 12 + 14);
}

static void pipes_and_events_are_members(void **state)
{
    int d[2];
    (void)state;
    ASSERT_ERRNO(0, CALL2(&guest, "fd_pipe", OUT, OUT + 4));
    d[0] = (int)guest_get32(&guest, OUT);
    d[1] = (int)guest_get32(&guest, OUT + 4);
    ASSERT_ERRNO(0, control(ADD, d[0], IN | POUT, 15));
    assert_none(); /* no process can write to this end */
    send_one(d[1]);
    assert_one(IN, 15);
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[0]));
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[1]));
    ASSERT_ERRNO(0, CALL3(&guest, "fd_event", 0, 0, OUT));
    int event = (int)guest_get32(&guest, OUT);
    ASSERT_ERRNO(0, control(ADD, event, IN | ET, 16));
    assert_none();
    /* Each write is an edge, whether the event was read or not. mio uses this for its wakes. */
    for (int i = 0; i < 500; i++) {
        guest_put64(&guest, DATA, 1);
        guest_put_vec(&guest, VEC, DATA, 8);
        ASSERT_ERRNO(0, CALL4(&guest, "fd_write", event, VEC, 1, DONE));
        assert_one(IN, 16);
        assert_none();
    }
}

static void bad_pointers_change_nothing(void **state)
{
    static const uint64_t bad[] = {END - 31, END, UINT32_MAX - 31, UINT32_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL4(&guest, "epoll_ctl", epoll, ADD, pair[0], bad[i]));
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL5(&guest, "epoll_wait", epoll, bad[i], 1, 0, DONE));
    }
    for (unsigned i = 0; i < 4; i++) {
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION,
                     CALL5(&guest, "epoll_wait", epoll, EVENTS, 1, 0, END - i));
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL1(&guest, "epoll_create", END - i));
    }
    ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL5(&guest, "epoll_wait", epoll, END - 64, 3, 0, DONE));
    ASSERT_ERRNO(XSOCK_EMEMVIOLATION,
                 CALL5(&guest, "epoll_wait", epoll, EVENTS, UINT32_MAX, 0, DONE));
    ASSERT_ERRNO(XSOCK_EINVAL, CALL5(&guest, "epoll_wait", epoll, EVENTS, 0, 0, DONE));
    assert_none(); /* nothing was added */
    ASSERT_RESULT(XSOCK_WASIX_OWNER_NONE, xsock_wasix_owner(guest.process, pair[1] + 1));
    ASSERT_ERRNO(0, control(ADD, pair[0], POUT, 17));
    ASSERT_ERRNO(
        0, CALL4(&guest, "epoll_ctl", epoll, DEL, pair[0], END)); /* the epoll has no use for it */
    memset(guest.bytes + END - 32, 18, 32);
    guest_put32(&guest, END - 32, POUT);
    ASSERT_ERRNO(0, CALL4(&guest, "epoll_ctl", epoll, ADD, pair[0], END - 32));
    memset(guest.bytes + END - 32, 0, 32);
    ASSERT_ERRNO(0, CALL5(&guest, "epoll_wait", epoll, END - 32, 1, 0, DONE));
    assert_int_equal(guest.bytes[END - 1], 18);
    ASSERT_ERRNO(0, CALL5(&guest, "epoll_wait", epoll, EVENTS, 1, 0, END - 4));
    assert_int_equal(guest_get32(&guest, END - 4), 1);
}

/* Four members for each descriptor that a guest may have. */
static void too_many_members_are_refused_and_room_comes_back(void **state)
{
    static const struct xsock_wasix_config few = {.max_descriptors = 40};
    int added = 0;
    uint32_t e = 0;
    (void)state;
    guest_stop(&guest);
    guest_start(&guest, &few);
    for (int i = 0; i < 9; i++)
        make_pair(pair);
    int first = pair[1] + 1, last = first;
    while (CALL1(&guest, "epoll_create", OUT) == 0) {
        last = (int)guest_get32(&guest, OUT);
        ASSERT_THAT(last < (int)few.max_descriptors, "a guest of few has descriptor %d", last);
    }
    for (epoll = first; epoll <= last && e == 0; epoll++)
        for (int d = 3; d < first && e == 0; d++) {
            e = control(ADD, d, 0, 1);
            added += e == 0;
        }
    ASSERT_ERRNO(XSOCK_ENOSPC, e);
    assert_int_equal(added, 4 * 40);
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", 3)); /* a member of many epolls */
    epoll = last;
    ASSERT_ERRNO(0, control(ADD, 4, 0, 1));
}

/* ---- Waiting --------------------------------------------------------------------------------- */

static struct guest waiter;
static uint32_t waiter_result;

static void wait_for_ever(void *user)
{
    (void)user;
    waiter_result = CALL5(&waiter, "epoll_wait", epoll, EVENTS, 1, never, DONE);
}

static struct thread *start_waiting(void)
{
    memset(&waiter, 0, sizeof waiter);
    waiter.process = guest.process;
    waiter.memory.base = waiter.bytes;
    waiter.memory.size = sizeof waiter.bytes;
    waiter.module = "wasix_32v1";
    struct thread *t = thread_start(wait_for_ever, NULL);
    assert_non_null(t);
    thread_yield();
    return t;
}

static void the_end_of_a_guest_wakes_who_waits(void **state)
{
    struct thread *t = start_waiting();
    (void)state;
    xsock_wasix_end(guest.process);
    thread_join(t);
    ASSERT_THAT(waiter_result == XSOCK_ECANCELED || waiter_result == XSOCK_EBADF, "errno %u",
                (unsigned)waiter_result);
}

static void a_member_that_is_added_meanwhile_wakes_who_waits(void **state)
{
    struct thread *t = start_waiting();
    (void)state;
    ASSERT_ERRNO(0, control(ADD, pair[0], POUT, 19));
    thread_join(t);
    ASSERT_ERRNO(0, waiter_result);
    assert_int_equal(guest_get32(&waiter, DONE), 1);
    assert_int_equal(waiter.bytes[EVENTS + 31], 19);
}

/* ---- Many threads ---------------------------------------------------------------------------- */

enum { THREADS = 4, ROUNDS = 400, NUMBERS = 12 };

static struct hammer {
    struct guest guest;
    uint32_t seed;
    int unexpected; /* the first unexpected errno */
} hammers[THREADS];

/* The possible errors for a number that another thread closes, opens or renumbers meanwhile. */
static bool is_expected(uint32_t e)
{
    return e == 0 || e == XSOCK_EBADF || e == XSOCK_EEXIST || e == XSOCK_ENOENT || e == XSOCK_EINVAL
           || e == XSOCK_EBUSY;
}

static uint32_t do_something(struct hammer *h, uint32_t what, uint32_t d, uint32_t to)
{
    struct guest *g = &h->guest;
    switch (what % 8) {
    case 0:
        return CALL1(g, "fd_close", d);
    case 1:
        return CALL2(g, "fd_renumber", d, to);
    case 2:
        return CALL5(g, "epoll_wait", epoll, EVENTS, 8, 0, DONE);
    case 3:
        return CALL3(g, "fd_event", 1, 0, OUT);
    case 4:
        return CALL2(g, "fd_dup", d, OUT);
    case 5:
        return CALL4(g, "epoll_ctl", epoll, DEL, d, EVENT);
    default:
        guest_put32(g, EVENT, IN | ((what & 64) != 0 ? ET : 0U));
        return CALL4(g, "epoll_ctl", epoll, what & 1, d, EVENT);
    }
}

static void hammer(void *user)
{
    struct hammer *h = user;
    for (int i = 0; i < ROUNDS; i++) {
        h->seed = h->seed * 1664525u + 1013904223u;
        uint32_t r = h->seed >> 8;
        uint32_t e = do_something(h, r, 4 + (r >> 8) % NUMBERS, 4 + (r >> 12) % NUMBERS);
        if (!is_expected(e) && h->unexpected == 0)
            h->unexpected = (int)e;
    }
}

/* The harness counts the handles that are left, and sanitizers find the memory. */
static void members_may_be_changed_closed_and_moved_by_all_at_once(void **state)
{
    struct thread *t[THREADS];
    (void)state;
    assert_int_equal(epoll, 3);
    for (int i = 0; i < THREADS; i++) {
        memset(&hammers[i], 0, sizeof hammers[i]);
        hammers[i].guest.process = guest.process;
        hammers[i].guest.memory.base = hammers[i].guest.bytes;
        hammers[i].guest.memory.size = sizeof hammers[i].guest.bytes;
        hammers[i].guest.module = "wasix_32v1";
        hammers[i].seed = 77u + (uint32_t)i;
        assert_non_null(t[i] = thread_start(hammer, &hammers[i]));
    }
    for (int i = 0; i < THREADS; i++)
        thread_join(t[i]);
    for (int i = 0; i < THREADS; i++)
        ASSERT_THAT(hammers[i].unexpected == 0, "errno %d", hammers[i].unexpected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST_AFTER(setup, a_member_comes_back_with_all_that_was_given_with_it),
        GUEST_TEST_AFTER(setup, memory_of_64_bits_has_the_same_layout),
        GUEST_TEST_AFTER(setup, operations_have_the_numbers_of_libc),
        GUEST_TEST_AFTER(setup, an_edge_is_told_once_and_a_oneshot_until_it_is_armed_again),
        GUEST_TEST_AFTER(setup, closing_a_member_or_putting_another_in_its_place_removes_it),
        GUEST_TEST_AFTER(setup, a_descriptor_is_in_many_and_each_has_its_own_data),
        GUEST_TEST_AFTER(setup, pipes_and_events_are_members),
        GUEST_TEST_AFTER(setup, bad_pointers_change_nothing),
        GUEST_TEST_AFTER(setup, too_many_members_are_refused_and_room_comes_back),
        GUEST_TEST_AFTER(setup, the_end_of_a_guest_wakes_who_waits),
        GUEST_TEST_AFTER(setup, a_member_that_is_added_meanwhile_wakes_who_waits),
        GUEST_TEST_AFTER(setup, members_may_be_changed_closed_and_moved_by_all_at_once),
    };
    return cmocka_run_group_tests_name("epoll of guests", tests, NULL, NULL);
}
