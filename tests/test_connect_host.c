/* Connecting by name as a whole, on the network and clock of the fake system: which sockets are
 * opened at which time, and that nothing is left open. */
#include "call/call.h"
#include "api/library.h"
#include "harness.h"

#include "fake_names.h"
#include "fake_net.h"
#include "xsock_native.h"

static const int64_t MS = 1000000;

static void add_host(const char *name, const char *text)
{
    struct xsock_addr a;
    ASSERT_RESULT(0, xsock_addr_parse(text, &a));
    fake_names_add_host(name, &a);
}

static int setup(void **state)
{
    fake_names_reset();
    add_host("both.example", "[2001:db8::1]:0");
    add_host("both.example", "192.0.2.1:0");
    add_host("many.example", "[2001:db8::1]:0");
    add_host("many.example", "[2001:db8::2]:0");
    add_host("many.example", "[2001:db8::3]:0");
    add_host("many.example", "192.0.2.1:0");
    if (xsock_startup() < 0)
        return 1;
    return fake_setup(state);
}

static int teardown(void **state)
{
    fake_names_reset();
    return fake_teardown(state);
}

#define HOST_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static int listen_at(const char *text)
{
    struct xsock_addr a;
    ASSERT_RESULT(0, xsock_addr_parse(text, &a));
    int d = ASSERT_OPENS(xsock_open(a.family, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(d, &a));
    ASSERT_RESULT(0, xsock_listen(d, 5));
    return d;
}

static void assert_peer(int d, const char *text)
{
    struct xsock_addr a, expected;
    ASSERT_RESULT(0, xsock_addr_parse(text, &expected));
    ASSERT_RESULT(0, xsock_peer_addr(d, &a));
    assert_true(xsock_addr_equal(&a, &expected));
}

/* A hook. From now on, connects take 20 ms. */
static void connects_are_quick(void *user)
{
    (void)user;
    fake_connects_take(20 * MS, 0);
}

/* ---- Which address wins ---------------------------------------------------------------------- */

static void test_one_that_hangs_is_overtaken_and_dropped(void **state)
{
    (void)state;
    int listener = listen_at("192.0.2.1:80");
    int64_t begin = fake_now();
    fake_connects_take(INT64_MAX, 0);
    fake_at(begin + 100 * MS, connects_are_quick, NULL);
    int d = ASSERT_OPENS(xsock_connect_host("both.example", "80", -1));
    assert_true(fake_now() == begin + 270 * MS);
    assert_peer(d, "192.0.2.1:80");
    ASSERT_RESULT(XSOCK_SOCK_CLOEXEC, xsock_get_flags(d));
    int other = ASSERT_OPENS(xsock_accept(listener, 0, NULL));
    assert_int_equal(fake_handles(), 3);
    ASSERT_RESULT(1, (int)xsock_send(d, "x", 1, 0));
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(other));
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_the_first_that_answers_has_no_rival(void **state)
{
    (void)state;
    int listener = listen_at("[2001:db8::1]:80");
    unsigned opens = fake_calls(FAKE_OPEN);
    fake_connects_take(249 * MS, 0);
    int d = ASSERT_OPENS(xsock_connect_host("both.example", "80", -1));
    assert_peer(d, "[2001:db8::1]:80");
    assert_int_equal(fake_calls(FAKE_OPEN), opens + 1);
    ASSERT_RESULT(0, xsock_connect_result(d));
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_a_refusal_brings_the_other_family_next_at_once(void **state)
{
    (void)state;
    int listener = listen_at("192.0.2.1:80");
    int64_t begin = fake_now();
    unsigned opens = fake_calls(FAKE_OPEN);
    fake_connects_take(20 * MS, 0);
    int d = ASSERT_OPENS(xsock_connect_host("many.example", "80", -1));
    assert_true(fake_now() == begin + 40 * MS);
    assert_peer(d, "192.0.2.1:80");
    assert_int_equal(fake_calls(FAKE_OPEN), opens + 2);
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(listener));
}

static void accept_one(void *user)
{
    const int *listener = user;
    ASSERT_RESULT(0, xsock_close(xsock_accept(*listener, 0, NULL)));
}

/* Windows refuses in this state. */
static void test_a_full_backlog_is_tried_again_for_half_a_second(void **state)
{
    (void)state;
    int listener = listen_at("192.0.2.1:80"), clients[7];
    ASSERT_RESULT(0, xsock_listen(listener, 5));
    fake_full_backlogs_refuse();
    for (int i = 0; i < 6; i++)
        clients[i] = ASSERT_OPENS(xsock_connect_host("192.0.2.1", "80", -1));
    int64_t begin = fake_now();
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect_host("192.0.2.1", "80", -1));
    assert_true(fake_now() == begin + 500 * MS);
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect_host("192.0.2.1", "80", 30 * MS));
    assert_true(fake_now() == begin + 530 * MS);
    fake_at(fake_now() + 100 * MS, accept_one, &listener);
    clients[6] = ASSERT_OPENS(xsock_connect_host("192.0.2.1", "80", -1));
    assert_true(fake_now() <= begin + 650 * MS);
    for (int i = 0; i < 7; i++)
        ASSERT_RESULT(0, xsock_close(clients[i]));
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_a_full_backlog_that_refuses_late_is_tried_again_too(void **state)
{
    (void)state;
    int listener = listen_at("192.0.2.1:80"), clients[7];
    fake_full_backlogs_refuse();
    fake_connects_take(20 * MS, 0);
    for (int i = 0; i < 6; i++)
        clients[i] = ASSERT_OPENS(xsock_connect_host("192.0.2.1", "80", -1));
    int64_t begin = fake_now();
    fake_at(begin + 100 * MS, accept_one, &listener);
    clients[6] = ASSERT_OPENS(xsock_connect_host("192.0.2.1", "80", -1));
    assert_true(fake_now() >= begin + 100 * MS && fake_now() <= begin + 140 * MS);
    for (int i = 0; i < 7; i++)
        ASSERT_RESULT(0, xsock_close(clients[i]));
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_while_one_address_has_a_full_backlog_the_others_are_tried(void **state)
{
    (void)state;
    int full = listen_at("[2001:db8::1]:80"), other = listen_at("192.0.2.1:80"), clients[6];
    fake_full_backlogs_refuse();
    for (int i = 0; i < 6; i++)
        clients[i] = ASSERT_OPENS(xsock_connect_host("2001:db8::1", "80", -1));
    int64_t begin = fake_now();
    int d = ASSERT_OPENS(xsock_connect_host("both.example", "80", -1));
    assert_true(fake_now() == begin + 250 * MS);
    assert_peer(d, "192.0.2.1:80");
    for (int i = 0; i < 6; i++)
        ASSERT_RESULT(0, xsock_close(clients[i]));
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(other));
    ASSERT_RESULT(0, xsock_close(full));
}

/* ---- No address wins ------------------------------------------------------------------------- */

static void test_all_refused_is_refused_with_its_code(void **state)
{
    (void)state;
    fake_connects_take(20 * MS, 0);
    xsock__sys_set_last_error(777);
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect_host("many.example", "80", -1));
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_error_from_os(xsock_oserror()));
    assert_int_equal(fake_handles(), 0);
}

/* Linux reports ENOTCONN for a socket without a peer. BSD reports EINVAL if the peer has left at
 * once. */
static void test_a_lost_reason_is_told_as_refused(void **state)
{
    static const int codes[] = {FAKE_ENOTCONN, FAKE_EINVAL};
    (void)state;
    int listener = listen_at("[2001:db8::1]:80");
    fake_connects_take(20 * MS, 0);
    for (size_t i = 0; i < 2; i++) {
        fake_fail(FAKE_PEER_ADDR, 1, codes[i]);
        ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect_host("2001:db8::1", "80", -1));
        assert_true(fake_failed());
        assert_int_equal(fake_handles(), 1);
    }
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_the_limit_holds_to_the_nanosecond_and_leaves_nothing(void **state)
{
    static const int64_t limits[] = {1,         1000,      249999999,
                                     250000000, 250000001, 900 * INT64_C(1000000)};
    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        int64_t begin = fake_now();
        fake_connects_take(INT64_MAX, 0);
        xsock__sys_set_last_error(777);
        ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("many.example", "80", limits[i]));
        ASSERT_THAT(fake_now() == begin + limits[i], "%lld ns", (long long)(fake_now() - begin));
        assert_int_equal(xsock_oserror(), 777);
        assert_int_equal(fake_handles(), 0);
        assert_int_equal(harness_descriptors(16), 0);
    }
}

static void test_waits_that_are_interrupted_or_too_short_change_nothing(void **state)
{
    (void)state;
    int64_t begin = fake_now();
    fake_connects_take(INT64_MAX, 0);
    fake_interrupt_every(7 * MS);
    fake_wake_early_by(3 * MS);
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("both.example", "80", 600 * MS));
    assert_true(fake_now() == begin + 600 * MS);
}

static void run_the_lookup(void *user)
{
    (void)user;
    assert_true(fake_threads_run_one());
}

static void test_looking_up_counts_in_the_limit(void **state)
{
    (void)state;
    int64_t begin = fake_now();
    fake_threads_wait(true);
    fake_connects_take(INT64_MAX, 0);
    fake_at(begin + 400 * MS, run_the_lookup, NULL);
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("both.example", "80", 500 * MS));
    assert_true(fake_now() == begin + 500 * MS);
    assert_int_equal(fake_names_asked().count, 1);
}

static void test_a_slow_lookup_is_waited_for(void **state)
{
    (void)state;
    int listener = listen_at("[2001:db8::1]:80");
    int64_t begin = fake_now();
    fake_threads_wait(true);
    fake_at(begin + 400 * MS, run_the_lookup, NULL);
    int d = ASSERT_OPENS(xsock_connect_host("both.example", "80", 500 * MS));
    assert_true(fake_now() == begin + 400 * MS);
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_a_lookup_left_behind_frees_what_it_found_and_wakes_nobody(void **state)
{
    (void)state;
    fake_threads_wait(true);
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("both.example", "80", MS));
    assert_true(fake_threads_run_one()); /* the first call may have enlarged the table */
    size_t before = fake_allocations();
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("both.example", "80", MS));
    assert_int_equal(fake_allocations(), before + 1);
    assert_true(fake_threads_run_one());
    assert_int_equal(fake_allocations(), before);
    assert_int_equal(fake_wakes_set(), 0);
    assert_int_equal(harness_descriptors(16), 0);
}

static void test_a_thread_that_cant_be_had_is_reported(void **state)
{
    (void)state;
    fake_threads_fail(FAKE_EAGAIN);
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("both.example", "80", 0));
    assert_int_equal(fake_names_asked().count, 0);
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock_connect_host("both.example", "80", MS));
    assert_int_equal(harness_descriptors(16), 0);
}

/* A hook. It lets the look-up's thread run. */
static void run_thread(void *user)
{
    (void)user;
    assert_true(fake_threads_run_one());
}

static void test_without_a_wake_a_lookup_is_waited_for_at_growing_intervals(void **state)
{
    (void)state;
    int listener = listen_at("192.0.2.1:80");
    fake_fork_child(); /* so that the library keeps no earlier wake */
    fake_threads_wait(true);
    int64_t begin = fake_now();
    fake_at(begin + 300 * MS, run_thread, NULL);
    fake_fail(FAKE_WAKE_OPEN, 1, FAKE_EMFILE);
    unsigned waits = fake_calls(FAKE_WAIT);
    int d = ASSERT_OPENS(xsock_connect_host("both.example", "80", 900 * MS));
    assert_true(fake_failed());
    waits = fake_calls(FAKE_WAIT) - waits;
    ASSERT_THAT(waits > 15 && waits < 35, "%u waits", waits);
    assert_true(fake_now() >= begin + 300 * MS && fake_now() <= begin + 320 * MS);
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_without_a_wake_the_limit_of_a_lookup_holds(void **state)
{
    (void)state;
    fake_fork_child();
    fake_threads_wait(true);
    int64_t begin = fake_now();
    fake_fail(FAKE_WAKE_OPEN, 1, FAKE_EMFILE);
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("both.example", "80", 33 * MS));
    assert_true(fake_failed());
    assert_true(fake_now() == begin + 33 * MS);
    assert_true(fake_threads_run_one());
    assert_int_equal(harness_descriptors(16), 0);
}

static void spoil(void *user)
{
    (void)user;
    fake_spoil_wakes();
}

static void silence(void *user)
{
    (void)user;
    fake_silence_wakes();
}

/* A daemon that closes all numbers, at the beginning of the look-up or in the middle. */
static void test_a_wake_whose_handle_is_closed_delays_a_lookup_a_little(void **state)
{
    (void)state;
    fake_threads_wait(true);
    static const struct {
        int64_t after;
        fake_hook *fn;
    } rows[] = {{0, spoil}, {100 * MS, spoil}, {0, silence}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ASSERT_RESULT(-XSOCK_ETIMEDOUT,
                      xsock_connect_host("both.example", "80", 1)); /* makes a wake */
        assert_true(fake_threads_run_one());
        int64_t begin = fake_now();
        unsigned waits = fake_calls(FAKE_WAIT);
        fake_at(begin + rows[i].after, rows[i].fn, NULL);
        fake_at(begin + 300 * MS, run_thread, NULL);
        fake_before(FAKE_WAIT, 5000, run_thread, NULL); /* ends a call that turns in a circle */
        int rc = xsock_connect_host("both.example", "80", 900 * MS);
        waits = fake_calls(FAKE_WAIT) - waits;
        ASSERT_THAT(rc == -XSOCK_ECONNREFUSED && waits < 100, "%s, %u waits", harness_name(rc),
                    waits);
        assert_true(fake_now() >= begin + 300 * MS && fake_now() <= begin + 325 * MS);
    }
}

/* ---- Injected faults ------------------------------------------------------------------------- */

/* Does not count the memory that the table keeps for the next sockets. */
static size_t in_use(void)
{
    return fake_allocations() - (size_t)xsock__fdtab_spares(xsock__library_table());
}

static void test_whatever_fails_nothing_is_lost(void **state)
{
    (void)state;
    int listener = listen_at("192.0.2.1:80");
    ASSERT_RESULT(0, xsock_close(ASSERT_OPENS(xsock_connect_host("both.example", "80", 900 * MS))));
    size_t allocations = in_use(), handles = fake_handles();
    for (unsigned nth = 1;; nth++) {
        ASSERT_THAT(nth < 10000, "%u calls were made to fail, and still not all", nth);
        fake_fail(FAKE_ANY_CALL, nth, FAKE_ENOMEM);
        int rc = xsock_connect_host("both.example", "80", 900 * MS);
        bool failed = fake_failed();
        fake_fail(FAKE_ANY_CALL, 0, 0);
        if (rc >= 0)
            ASSERT_RESULT(0, xsock_close(rc));
        ASSERT_THAT(in_use() == allocations, "call %u: %s", nth, harness_name(rc));
        ASSERT_THAT(fake_handles() == handles, "call %u: %s", nth, harness_name(rc));
        if (!failed)
            break;
    }
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_a_listener_that_fails_at_any_step_leaves_nothing(void **state)
{
    (void)state;
    ASSERT_RESULT(0, xsock_close(ASSERT_OPENS(xsock_listen_host(NULL, "80", 5))));
    size_t allocations = in_use();
    for (unsigned nth = 1;; nth++) {
        ASSERT_THAT(nth < 10000, "%u calls were made to fail, and still not all", nth);
        fake_fail(FAKE_ANY_CALL, nth, FAKE_ENOBUFS);
        int rc = xsock_listen_host(NULL, "80", 5);
        bool failed = fake_failed();
        fake_fail(FAKE_ANY_CALL, 0, 0);
        if (rc >= 0)
            ASSERT_RESULT(0, xsock_close(rc));
        ASSERT_THAT(in_use() == allocations, "call %u: %s", nth, harness_name(rc));
        ASSERT_THAT(fake_handles() == 0, "call %u: %s", nth, harness_name(rc));
        if (!failed)
            break;
    }
}

/* An address needs no look-up. With a timeout of 0, only a connection that succeeds at once
 * counts. */
static void test_no_time_is_enough_for_a_connect_that_takes_none(void **state)
{
    (void)state;
    int listener = listen_at("192.0.2.1:80");
    int64_t begin = fake_now();
    int d = ASSERT_OPENS(xsock_connect_host("192.0.2.1", "80", 0));
    assert_peer(d, "192.0.2.1:80");
    ASSERT_RESULT(0, xsock_close(d));
    fake_connects_take(1, 0);
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("192.0.2.1", "80", 0));
    assert_true(fake_now() == begin);
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_a_full_table_is_told_before_anything_is_looked_up(void **state)
{
    (void)state;
    int limit = xsock_get_limit();
    ASSERT_RESULT(0, xsock_set_limit(3));
    ASSERT_RESULT(-XSOCK_EMFILE, xsock_connect_host("both.example", "80", -1));
    ASSERT_RESULT(-XSOCK_EMFILE, xsock_listen_host("both.example", "80", 1));
    ASSERT_RESULT(-XSOCK_EAI_NONAME, xsock_connect_host("", "80", -1));
    assert_int_equal(fake_names_asked().count, 0);
    ASSERT_RESULT(0, xsock_set_limit(limit));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOST_TEST(test_one_that_hangs_is_overtaken_and_dropped),
        HOST_TEST(test_the_first_that_answers_has_no_rival),
        HOST_TEST(test_a_refusal_brings_the_other_family_next_at_once),
        HOST_TEST(test_a_full_backlog_is_tried_again_for_half_a_second),
        HOST_TEST(test_a_full_backlog_that_refuses_late_is_tried_again_too),
        HOST_TEST(test_while_one_address_has_a_full_backlog_the_others_are_tried),
        HOST_TEST(test_all_refused_is_refused_with_its_code),
        HOST_TEST(test_a_lost_reason_is_told_as_refused),
        HOST_TEST(test_the_limit_holds_to_the_nanosecond_and_leaves_nothing),
        HOST_TEST(test_waits_that_are_interrupted_or_too_short_change_nothing),
        HOST_TEST(test_looking_up_counts_in_the_limit),
        HOST_TEST(test_a_slow_lookup_is_waited_for),
        HOST_TEST(test_a_lookup_left_behind_frees_what_it_found_and_wakes_nobody),
        HOST_TEST(test_a_thread_that_cant_be_had_is_reported),
        HOST_TEST(test_without_a_wake_a_lookup_is_waited_for_at_growing_intervals),
        HOST_TEST(test_without_a_wake_the_limit_of_a_lookup_holds),
        HOST_TEST(test_a_wake_whose_handle_is_closed_delays_a_lookup_a_little),
        HOST_TEST(test_whatever_fails_nothing_is_lost),
        HOST_TEST(test_a_listener_that_fails_at_any_step_leaves_nothing),
        HOST_TEST(test_no_time_is_enough_for_a_connect_that_takes_none),
        HOST_TEST(test_a_full_table_is_told_before_anything_is_looked_up),
    };
    return cmocka_run_group_tests_name("connect_host", tests, NULL, NULL);
}
