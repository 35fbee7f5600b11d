/* A guest that waits, against the fake clock, and the state after a call that failed in the
 * middle. */
#include "fake_net.h"
#include "fake_poller.h"
#include "guest.h"

#include <string.h>

enum {
    OUT = 4096,
    DONE = 4200,
    VEC = 4300,
    EVENT = 4400,
    SUBS = 16384,
    EVENTS = 20480,
    DATA = 8192
};
enum {
    SUB = 48,
    CLOCK = 0,
    READ = 1,
    WRITE = 2,
    ABSTIME = 1,
    REALTIME = 0,
    MONOTONIC = 1,
    MS = 1000 * 1000
};

static const int64_t day = INT64_C(1700000000) * 1000 * MS;

static struct guest guest;
static int pair[2];

static void start(const struct xsock_wasix_config *config)
{
    guest_start(&guest, config);
    ASSERT_ERRNO(0, CALL5(&guest, "sock_pair", XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, OUT, OUT + 4));
    pair[0] = (int)guest_get32(&guest, OUT);
    pair[1] = (int)guest_get32(&guest, OUT + 4);
}

static void restart(const struct xsock_wasix_config *config)
{
    guest_stop(&guest);
    start(config);
}

static int setup(void **state)
{
    int rc = fake_setup(state);
    fake_poller_reset();
    fake_set_day(day);
    start(NULL);
    return rc;
}

static int teardown(void **state)
{
    guest_stop(&guest);
    if (fake_wakes() != 0 || fake_pollers() != 0) {
        fprintf(stderr, "%d wakes and %d pollers left open\n", (int)fake_wakes(),
                (int)fake_pollers());
        return 1;
    }
    return fake_teardown(state);
}

static void put_sub(uint32_t i, int tag)
{
    uint64_t at = SUBS + (uint64_t)SUB * i;
    memset(guest.bytes + at, 0, SUB);
    guest_put64(&guest, at, i);
    guest.bytes[at + 8] = (unsigned char)tag;
}

static void put_clock(uint32_t i, uint32_t id, uint64_t timeout, uint16_t flags)
{
    put_sub(i, CLOCK);
    guest_put32(&guest, SUBS + (uint64_t)SUB * i + 16, id);
    guest_put64(&guest, SUBS + (uint64_t)SUB * i + 24, timeout);
    guest_put16(&guest, SUBS + (uint64_t)SUB * i + 40, flags);
}

static void put_fd(uint32_t i, int tag, int d)
{
    put_sub(i, tag);
    guest_put32(&guest, SUBS + (uint64_t)SUB * i + 16, (uint32_t)d);
}

static uint32_t poll_all(uint32_t n)
{
    return CALL4(&guest, "poll_oneoff", SUBS, EVENTS, n, DONE);
}

/* Expects one event, of this subscription, after this time. */
static void assert_takes(int64_t expected_ns, uint64_t which, uint32_t n)
{
    int64_t begin = fake_now();
    ASSERT_ERRNO(0, poll_all(n));
    assert_int_equal(guest_get32(&guest, DONE), 1);
    assert_true(guest_get64(&guest, EVENTS) == which);
    ASSERT_THAT(fake_now() - begin == expected_ns, "%lld ns instead of %lld",
                (long long)(fake_now() - begin), (long long)expected_ns);
}

/* ---- Clocks ---------------------------------------------------------------------------------- */

static void the_time_is_exact_on_either_clock_and_however_it_is_given(void **state)
{
    static const int64_t times[] = {0, 1, 999, MS + 1, 123456789, 3600 * (int64_t)1000 * MS};
    (void)state;
    for (int early = 0; early < 3; early++) {
        fake_wake_early_by(early * 500);
        fake_interrupt_every(early * 400
                             * (int64_t)MS); /* signals of the host do not concern the guest */
        for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
            for (int with_socket = 0; with_socket < 2; with_socket++) {
                put_fd(1, READ, pair[0]);
                put_clock(0, REALTIME, (uint64_t)times[i], 0);
                assert_takes(times[i], 0, 1 + (uint32_t)with_socket);
                put_clock(0, MONOTONIC, (uint64_t)times[i], 0);
                assert_takes(times[i], 0, 1 + (uint32_t)with_socket);
                put_clock(0, MONOTONIC, (uint64_t)(fake_now() + times[i]), ABSTIME);
                assert_takes(times[i], 0, 1 + (uint32_t)with_socket);
                fake_set_day(day);
                put_clock(0, REALTIME, (uint64_t)(day + times[i]), ABSTIME);
                assert_takes(times[i], 0, 1 + (uint32_t)with_socket);
            }
        }
    }
}

static void the_engine_can_ask_for_the_same_clocks(void **state)
{
    (void)state;
    assert_true(xsock_wasix_now(MONOTONIC) == fake_now());
    assert_true(xsock_wasix_now(REALTIME) == xsock__sys_realtime());
    assert_true(xsock_wasix_now(2) == -XSOCK_EINVAL);
    assert_true(xsock_wasix_now(UINT32_MAX) == -XSOCK_EINVAL);
}

static void the_soonest_clock_ends_the_wait(void **state)
{
    (void)state;
    put_clock(0, MONOTONIC, 50, 0);
    put_clock(1, REALTIME, (uint64_t)day + 20, ABSTIME);
    put_clock(2, MONOTONIC, UINT64_MAX, 0);
    put_clock(3, REALTIME, UINT64_MAX, ABSTIME);
    assert_takes(20, 1, 4);
    put_clock(1, REALTIME, UINT64_MAX, 0);
    assert_takes(50, 0, 4);
    put_clock(0, REALTIME, 5, ABSTIME);
    assert_takes(0, 0, 4); /* in 1970 */
    put_clock(1, REALTIME, 0, 0);
    ASSERT_ERRNO(0, poll_all(4));
    assert_int_equal(guest_get32(&guest, DONE), 2);
}

static void set_back(void *user)
{
    (void)user;
    fake_set_day(day);
}

/* If the clock is set back while a guest waits for it, the wait takes longer. */
static void the_time_of_day_may_be_set(void **state)
{
    (void)state;
    put_clock(0, REALTIME, (uint64_t)day + 10 * MS, ABSTIME);
    fake_at(fake_now() + 4 * MS, set_back, NULL);
    assert_takes(14 * MS, 0, 1);
    fake_set_day(-5);
    put_clock(0, REALTIME, 5, ABSTIME);
    assert_takes(10, 0, 1);
    fake_set_day(INT64_MIN / 2);
    put_clock(0, REALTIME, INT64_MAX - 1, ABSTIME);
    put_clock(1, MONOTONIC, 3, 0);
    assert_takes(3, 1, 2);
}

/* ---- Events during a wait -------------------------------------------------------------------- */

static void end_it(void *user)
{
    (void)user;
    xsock_wasix_end(guest.process);
}

static void the_end_comes_at_once(void **state)
{
    (void)state;
    for (uint32_t n = 1; n < 3; n++) {
        int64_t begin = fake_now();
        put_clock(0, MONOTONIC, n == 1 ? UINT64_MAX : 1000 * (uint64_t)MS, 0);
        put_fd(1, READ, pair[0]);
        fake_at(begin + 5, end_it, NULL);
        guest_put32(&guest, DONE, 77);
        ASSERT_ERRNO(XSOCK_ECANCELED, poll_all(n));
        assert_int_equal(fake_now() - begin, 5);
        assert_int_equal(guest_get32(&guest, DONE), 77);
        assert_int_equal(fake_wakes_set(), 0);
        ASSERT_ERRNO(XSOCK_ECANCELED, poll_all(1)); /* the call does not sleep afterwards either */
        assert_int_equal(fake_now() - begin, 5);
        restart(NULL);
    }
}

static int asked, ready_from;

static int ready(void *user, int number, bool write, uint64_t *out_bytes)
{
    (void)user;
    (void)number;
    (void)write;
    *out_bytes = (uint64_t)++asked;
    return asked >= ready_from;
}

static void ring(void *user)
{
    (void)user;
    xsock_wasix_wake(guest.process);
}

static void the_engine_is_asked_again_for_each_ring_and_no_more(void **state)
{
    static const struct xsock_wasix_config config = {.ready = ready};
    (void)state;
    restart(&config);
    asked = 0;
    ready_from = 4;
    put_fd(0, READ, 0);
    put_fd(1, READ, pair[0]);
    for (int i = 1; i <= 3; i++)
        fake_at(fake_now() + i * MS, ring, NULL);
    assert_takes(3 * MS, 0, 2);
    assert_int_equal(asked, 4);
    assert_true(guest_get64(&guest, EVENTS + 16) == 4);
    assert_int_equal(fake_wakes_set(), 0);
    asked = 0;
    ready_from = 2;
    fake_before(FAKE_WAIT, 1, ring, NULL); /* after the question, and before the wait */
    assert_takes(0, 0, 2);
    asked = 0;
    ready_from = 100;
    xsock_wasix_wake(guest.process); /* long before the wait, so the wake has no effect */
    put_clock(2, MONOTONIC, 7, 0);
    assert_takes(7, 2, 3);
    assert_int_equal(asked, 1);
}

/* ---- How many may wait ----------------------------------------------------------------------- */

static uint32_t inner;

static void poll_inside(void *user)
{
    (void)user;
    put_clock(8, MONOTONIC, 1, 0);
    inner = CALL4(&guest, "poll_oneoff", SUBS + 8 * SUB, EVENTS, 1, DONE);
}

static void epoll_inside(void *user)
{
    const int *timeout = user;
    inner = CALL5(&guest, "epoll_wait", 5, EVENTS, 1, *timeout, DONE);
}

static void calls_that_wait_are_counted(void **state)
{
    static const struct xsock_wasix_config one = {.max_waiting = 1};
    static const int some = 5, none = 0;
    (void)state;
    restart(&one);
    ASSERT_ERRNO(0, CALL1(&guest, "epoll_create", OUT));
    assert_int_equal(guest_get32(&guest, OUT), 5);
    put_clock(0, MONOTONIC, 10, 0);
    fake_at(fake_now() + 1, poll_inside, NULL);
    assert_takes(10, 0, 1);
    ASSERT_ERRNO(XSOCK_ENOBUFS, inner);
    fake_at(fake_now() + 1, epoll_inside, (void *)(uintptr_t)&some);
    assert_takes(10, 0, 1);
    ASSERT_ERRNO(XSOCK_ENOBUFS, inner);
    fake_at(fake_now() + 1, epoll_inside, (void *)(uintptr_t)&none);
    assert_takes(10, 0, 1);
    ASSERT_ERRNO(0, inner);
    fake_poller_meanwhile(poll_inside, NULL);
    ASSERT_ERRNO(0, CALL5(&guest, "epoll_wait", 5, EVENTS, 1, 10, DONE));
    ASSERT_ERRNO(XSOCK_ENOBUFS, inner);
    assert_takes(10, 0, 1); /* all waiters have left */
}

static uint32_t told[3];

static void ask_inside(void *user)
{
    (void)user;
    put_clock(8, MONOTONIC, 0, 0);
    inner = CALL4(&guest, "poll_oneoff", SUBS + 8 * SUB, EVENTS, 1, DONE);
    ASSERT_ERRNO(0, inner);
    told[0] = guest_get32(&guest, DONE);
    put_fd(8, WRITE, pair[1]);
    inner = CALL4(&guest, "poll_oneoff", SUBS + 8 * SUB, EVENTS, 1, DONE);
    ASSERT_ERRNO(0, inner);
    told[1] = guest_get32(&guest, DONE);
    fake_poller_late(fake_poller_last_key(), 1);
    inner = CALL5(&guest, "epoll_wait", 5, EVENTS, 1, 10, DONE);
    ASSERT_ERRNO(0, inner);
    told[2] = guest_get32(&guest, DONE);
}

/* None of these calls would wait. */
static void what_is_ready_is_told_however_many_calls_wait(void **state)
{
    static const struct xsock_wasix_config one = {.max_waiting = 1};
    (void)state;
    restart(&one);
    ASSERT_ERRNO(0, CALL1(&guest, "epoll_create", OUT));
    guest_put32(&guest, EVENT, 1);
    ASSERT_ERRNO(0, CALL4(&guest, "epoll_ctl", 5, 0, pair[0], EVENT));
    put_clock(0, MONOTONIC, 10, 0);
    fake_at(fake_now() + 1, ask_inside, NULL);
    assert_takes(10, 0, 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(told[i], 1);
}

/* ---- Events that block ----------------------------------------------------------------------- */

static void transfer_later(void *user)
{
    const char *name = user;
    guest_put64(&guest, DATA + 64, 1);
    guest_put_vec(&guest, VEC + 64, DATA + 64, 8);
    inner = CALL4(&guest, name, 5, VEC + 64, 1, DONE);
}

static void an_event_blocks_until_it_can_go_on(void **state)
{
    int64_t begin = fake_now();
    (void)state;
    ASSERT_ERRNO(0, CALL3(&guest, "fd_event", 0, 0, OUT));
    assert_int_equal(guest_get32(&guest, OUT), 5);
    fake_at(begin + 5, transfer_later, (void *)(uintptr_t)"fd_write");
    guest_put_vec(&guest, VEC, DATA, 8);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_read", 5, VEC, 1, DONE));
    assert_int_equal(fake_now() - begin, 5);
    assert_true(guest_get64(&guest, DATA) == 1);
    guest_put64(&guest, DATA, UINT64_MAX - 3);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_write", 5, VEC, 1, DONE));
    guest_put64(&guest, DATA, 3); /* there is space for 2 */
    fake_at(begin + 9, transfer_later, (void *)(uintptr_t)"fd_read");
    ASSERT_ERRNO(0, CALL4(&guest, "fd_write", 5, VEC, 1, DONE));
    assert_int_equal(fake_now() - begin, 9);
    assert_true(guest_get64(&guest, DATA + 64) == UINT64_MAX - 3);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_read", 5, VEC, 1, DONE));
    assert_true(guest_get64(&guest, DATA) == 3);
}

/* ---- Failures -------------------------------------------------------------------------------- */

static uint32_t call_number(int which)
{
    switch (which) {
    case 0:
        return CALL2(&guest, "fd_pipe", OUT, OUT + 4);
    case 1:
        return CALL3(&guest, "fd_event", 3, 0, OUT);
    case 2:
        return CALL1(&guest, "epoll_create", OUT);
    case 3:
        return CALL4(&guest, "epoll_ctl", 5, 0, pair[0], EVENT);
    case 4:
        put_clock(0, MONOTONIC, 1, 0);
        return poll_all(1);
    case 5:
        return CALL2(&guest, "fd_dup", pair[0], OUT);
    default:
        return CALL2(&guest, "fd_renumber", pair[0], pair[1]);
    }
}
enum { CALLS = 7 };

/* If something fails in these calls at any time, they report the error, and open and close
 * nothing. */
static void a_call_that_fails_leaves_nothing(void **state)
{
    (void)state;
    guest_put32(&guest, EVENT, 1);
    for (int which = 0; which < CALLS; which++) {
        bool failed = true;
        unsigned reported = 0;
        for (unsigned nth = 1; failed; nth++) {
            ASSERT_THAT(nth < 10000, "%u calls were made to fail, and still not all", nth);
            restart(NULL);
            ASSERT_ERRNO(0, CALL1(&guest, "epoll_create", OUT));
            size_t handles = fake_handles(), members = fake_poller_members();
            fake_fail(FAKE_ANY_CALL, nth, FAKE_ENOMEM);
            uint32_t e = call_number(which);
            failed = fake_failed();
            fake_fail(FAKE_ANY_CALL, 0, 0);
            if (e == 0)
                continue; /* the call does not need it, or there is no nth call */
            reported++;
            ASSERT_THAT(failed && e == XSOCK_ENOMEM, "call %d, failure %u: errno %u", which, nth,
                        (unsigned)e);
            assert_int_equal(fake_handles(), handles);
            assert_int_equal(fake_poller_members(), members);
            for (int d = 3; d < 6; d++)
                ASSERT_RESULT(XSOCK_WASIX_OWNER_XSOCK, xsock_wasix_owner(guest.process, d));
            ASSERT_RESULT(XSOCK_WASIX_OWNER_NONE, xsock_wasix_owner(guest.process, 6));
        }
        ASSERT_THAT(reported >= 1, "call %d can't fail", which);
    }
}

static void a_poller_that_fails_has_no_record(void **state)
{
    (void)state;
    fake_poller_fail(FAKE_EMFILE);
    ASSERT_ERRNO(XSOCK_EMFILE, CALL1(&guest, "epoll_create", OUT));
    ASSERT_ERRNO(0, CALL1(&guest, "epoll_create", OUT));
    memset(guest.bytes + EVENT, 1, 32);
    guest_put32(&guest, EVENT, 1);
    fake_poller_fail(FAKE_EMFILE);
    ASSERT_ERRNO(XSOCK_EMFILE, CALL4(&guest, "epoll_ctl", 5, 0, pair[0], EVENT));
    ASSERT_ERRNO(XSOCK_ENOENT, CALL4(&guest, "epoll_ctl", 5, 2, pair[0], EVENT));
    ASSERT_ERRNO(0, CALL4(&guest, "epoll_ctl", 5, 0, pair[0], EVENT));
    memset(guest.bytes + EVENT + 8, 2, 24);
    fake_poller_fail(FAKE_EMFILE);
    ASSERT_ERRNO(XSOCK_EMFILE, CALL4(&guest, "epoll_ctl", 5, 3, pair[0], EVENT));
    ASSERT_ERRNO(0, CALL4(&guest, "fd_write", pair[1], VEC, 0, DONE));
}

static void replace_member(void *user)
{
    (void)user;
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", pair[0]));
    ASSERT_ERRNO(0, CALL2(&guest, "fd_dup", pair[1], OUT));
    memset(guest.bytes + EVENT, 2, 32);
    guest_put32(&guest, EVENT, 1);
    ASSERT_ERRNO(0, CALL4(&guest, "epoll_ctl", 5, 0, pair[0], EVENT));
}

/* An event that a wait has already fetched for a closed member is not reported for the next member
 * with the same number. */
static void a_late_event_is_nobodys(void **state)
{
    (void)state;
    ASSERT_ERRNO(0, CALL1(&guest, "epoll_create", OUT));
    memset(guest.bytes + EVENT, 1, 32);
    guest_put32(&guest, EVENT, 1);
    ASSERT_ERRNO(0, CALL4(&guest, "epoll_ctl", 5, 0, pair[0], EVENT));
    fake_poller_late(fake_poller_last_key(), 1);
    fake_poller_meanwhile(replace_member, NULL);
    ASSERT_ERRNO(0, CALL5(&guest, "epoll_wait", 5, EVENTS, 4, 10, DONE));
    assert_int_equal(guest_get32(&guest, DONE), 0);
    fake_poller_late(fake_poller_last_key(), 1);
    ASSERT_ERRNO(0, CALL5(&guest, "epoll_wait", 5, EVENTS, 4, 10, DONE));
    assert_int_equal(guest_get32(&guest, DONE), 1);
    assert_int_equal(guest.bytes[EVENTS + 31], 2);
}

static void a_guest_gives_all_its_memory_back(void **state)
{
    (void)state;
    guest_stop(&guest);
    size_t before = fake_allocations();
    start(NULL);
    ASSERT_ERRNO(0, CALL1(&guest, "epoll_create", OUT));
    guest_put32(&guest, EVENT, 1);
    ASSERT_ERRNO(0, CALL4(&guest, "epoll_ctl", 5, 0, pair[0], EVENT));
    ASSERT_ERRNO(0, CALL4(&guest, "epoll_ctl", 5, 0, pair[1], EVENT));
    ASSERT_ERRNO(0, CALL2(&guest, "fd_pipe", OUT, OUT + 4));
    ASSERT_ERRNO(0, CALL3(&guest, "fd_event", 1, 0, OUT));
    ASSERT_ERRNO(0, CALL4(&guest, "epoll_ctl", 5, 0, 8, EVENT));
    guest_stop(&guest);
    assert_int_equal(fake_allocations(), before);
    start(NULL);
}

#define GUEST_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(the_time_is_exact_on_either_clock_and_however_it_is_given),
        GUEST_TEST(the_engine_can_ask_for_the_same_clocks),
        GUEST_TEST(the_soonest_clock_ends_the_wait),
        GUEST_TEST(the_time_of_day_may_be_set),
        GUEST_TEST(the_end_comes_at_once),
        GUEST_TEST(the_engine_is_asked_again_for_each_ring_and_no_more),
        GUEST_TEST(calls_that_wait_are_counted),
        GUEST_TEST(what_is_ready_is_told_however_many_calls_wait),
        GUEST_TEST(an_event_blocks_until_it_can_go_on),
        GUEST_TEST(a_call_that_fails_leaves_nothing),
        GUEST_TEST(a_poller_that_fails_has_no_record),
        GUEST_TEST(a_late_event_is_nobodys),
        GUEST_TEST(a_guest_gives_all_its_memory_back),
    };
    return cmocka_run_group_tests_name("waiting guests, with a clock of our own", tests, NULL,
                                       NULL);
}
