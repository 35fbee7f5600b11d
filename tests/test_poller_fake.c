/* Pollers where the system does what no real one does on demand: events that come late or in parts,
 * failures, waits that end early. */
#include "harness.h"

#include "call/call.h"
#include "call/plain.h"
#include "fake_net.h"
#include "fake_poller.h"
#include "poller_words.h"
#include "wait/poller_private.h"

static const int64_t second = 1000 * 1000 * 1000;

static struct xsock__fdtab *t;
static int p;
static struct xsock_event got[8];

static int start(void **state)
{
    fake_setup(state);
    fake_poller_reset();
    if (xsock__lookup_create_table(&t) != 0)
        return 1;
    p = xsock__call_poller_open(t, 0);
    return p < 0;
}

static int end(void **state)
{
    xsock__fdtab_destroy(t);
    if (fake_pollers() != 0 || fake_poller_members() != 0) {
        fprintf(stderr, "%d pollers, %d members left\n", (int)fake_pollers(),
                (int)fake_poller_members());
        return 1;
    }
    return fake_teardown(state);
}

#define POLLER_TEST(f) cmocka_unit_test_setup_teardown(f, start, end)

static int open_member(uint32_t events, uint64_t data)
{
    int d =
        ASSERT_OPENS(xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_DGRAM | XSOCK_SOCK_NONBLOCK, 0));
    ASSERT_RESULT(0, xsock__call_poller_ctl(t, p, ADD, d, events, data));
    return d;
}

static void becomes_ready(int d, uint32_t events)
{
    uintptr_t h;
    ASSERT_RESULT(0, xsock__call_native(t, d, &h));
    fake_poller_ready(h, events);
}

static int wait_for(int64_t timeout_ns)
{
    return xsock__call_poller_wait(t, p, got, 8, timeout_ns);
}

/* ---- Late events ----------------------------------------------------------------------------- */

static unsigned vain;

static void report_in_vain(void *user)
{
    if (++vain < 10000)
        fake_poller_late(fake_poller_last_key(), OUT);
    fake_poller_meanwhile(report_in_vain, user);
}

static void a_system_that_reports_nothing_of_use_for_ever_costs_few_calls(void **state)
{
    (void)state;
    vain = 0;
    open_member(IN, 1);
    fake_poller_meanwhile(report_in_vain, NULL);
    ASSERT_RESULT(0, wait_for(second));
    fake_poller_meanwhile(NULL, NULL);
    ASSERT_BETWEEN(50, 70, vain); /* intervals of 50 us to 17.5 ms */
}

static void a_late_event_is_nobodys(void **state)
{
    int d = open_member(IN, 1);
    uint64_t old = fake_poller_last_key();
    (void)state;
    fake_poller_late(old, IN);
    ASSERT_RESULT(1, wait_for(0));
    ASSERT_RESULT(0, xsock__call_poller_ctl(t, p, DEL, d, 0, 0));
    fake_poller_late(old, IN);
    ASSERT_RESULT(0, wait_for(0));
    ASSERT_RESULT(0,
                  xsock__call_poller_ctl(t, p, ADD, d, IN, 2)); /* the same slot, and another key */
    assert_true(fake_poller_last_key() != old && (uint32_t)fake_poller_last_key() == (uint32_t)old);
    fake_poller_late(old, IN);
    ASSERT_RESULT(0, wait_for(0));
    ASSERT_RESULT(0, xsock__call_close(t, d));
    ASSERT_RESULT(d, open_member(IN, 3));
    fake_poller_late(old, IN);
    ASSERT_RESULT(0, wait_for(0));
    fake_poller_late(UINT64_MAX, IN);
    ASSERT_RESULT(0, wait_for(0));
    fake_poller_late(fake_poller_last_key(), IN);
    ASSERT_RESULT(1, wait_for(0));
    assert_true(got[0].data == 3 && got[0].fd == d);
}

static void close_it(void *user)
{
    ASSERT_RESULT(0, xsock__call_close(t, *(int *)user));
}

static void a_member_closed_during_a_wait_is_not_reported_by_it(void **state)
{
    int d = open_member(IN, 1), other = open_member(IN, 2);
    (void)state;
    becomes_ready(d, IN);
    becomes_ready(other, IN);
    fake_poller_late(fake_poller_last_key() - 1, IN); /* d's: the wait has it in hand */
    fake_poller_meanwhile(close_it, &d);
    ASSERT_RESULT(1, wait_for(-1));
    assert_true(got[0].data == 2);
}

static void close_the_poller(struct xsock__observer *f)
{
    (void)f;
    ASSERT_RESULT(0, xsock__call_close(t, p));
}

/* Both are streams without a peer, whose state has something to report. The one that is closed has
 * left its descriptor, and not the poller, when the poller goes. */
static void a_member_may_be_closed_while_its_poller_is(void **state)
{
    struct xsock__observer first = {.closed = close_the_poller};
    int d[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        d[i] = ASSERT_OPENS(xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
        ASSERT_RESULT(0, xsock__call_poller_ctl(t, p, ADD, d[i], IN, 1));
    }
    struct xsock__fd *fd = xsock__fdtab_get(t, d[0]);
    ASSERT_RESULT(0, xsock__fdtab_observe(t, fd, &first)); /* it is told before the member is */
    xsock__fdtab_put(t, fd);
    ASSERT_RESULT(0, xsock__call_close(t, d[0]));
    ASSERT_RESULT(0, xsock__call_close(t, d[1]));
}

/* Not only are its events nobody's: the system is told, or it would report them for ever. */
static void the_system_forgets_whoever_leaves(void **state)
{
    uintptr_t h;
    int d = open_member(IN, 1), other = open_member(IN, 2);
    (void)state;
    assert_int_equal(fake_poller_members(), 2);
    ASSERT_RESULT(d, xsock__call_dup2(t, other, d, 0));
    assert_int_equal(fake_poller_members(), 1);
    struct xsock__fd *fd = xsock__fdtab_get(t, other); /* as a call that is in it */
    assert_non_null(fd);
    ASSERT_RESULT(0, xsock__call_close(t, other));
    assert_int_equal(fake_poller_members(), 0);
    assert_true(fake_look(fd->held.handle).open);
    xsock__fdtab_put(t, fd);
    ASSERT_RESULT(0, xsock__call_poller_ctl(t, p, ADD, d, IN, 3));
    assert_int_equal(fake_poller_members(), 1);
    ASSERT_RESULT(0, xsock__call_release(t, d, &h));
    assert_int_equal(fake_poller_members(), 0);
    fake_close_foreign(h);
}

static void what_was_not_asked_for_is_left_out(void **state)
{
    int d = open_member(IN, 1);
    (void)state;
    fake_poller_late(fake_poller_last_key(), OUT | RDHUP | ET);
    ASSERT_RESULT(0, wait_for(0));
    fake_poller_late(fake_poller_last_key(), IN | OUT | HUP | ERR | ONESHOT);
    ASSERT_RESULT(1, wait_for(0));
    assert_int_equal(got[0].events, IN | HUP | ERR);
    ASSERT_RESULT(0, xsock__call_poller_ctl(t, p, MOD, d, OUT, 2));
    fake_poller_late(fake_poller_last_key(), IN);
    ASSERT_RESULT(0, wait_for(0));
}

/* ---- Parts ----------------------------------------------------------------------------------- */

static void parts_of_a_member_are_one_entry(void **state)
{
    int d = open_member(IN | OUT | RDHUP, 1), other = open_member(OUT, 2);
    (void)state;
    becomes_ready(d, IN | OUT | RDHUP | HUP);
    becomes_ready(other, OUT);
    for (int i = 0; i < 2; i++) {
        ASSERT_RESULT(2, wait_for(0));
        assert_true(got[0].events == (IN | OUT | RDHUP | HUP) && got[0].data == 1);
        assert_true(got[1].events == OUT && got[1].data == 2);
    }
    ASSERT_RESULT(1, xsock__call_poller_wait(t, p, got, 1, 0)); /* as many as there is room for */
}

static void a_part_that_comes_after_oneshot_is_left_out(void **state)
{
    int d = open_member(IN | OUT | ONESHOT, 1);
    (void)state;
    becomes_ready(d, IN | OUT);
    ASSERT_RESULT(1, wait_for(0));
    assert_int_equal(got[0].events, IN | OUT);
    fake_poller_late(fake_poller_last_key(), OUT);
    ASSERT_RESULT(0, wait_for(0));
    ASSERT_RESULT(0, xsock__call_poller_ctl(t, p, MOD, d, IN | ONESHOT, 2));
    ASSERT_RESULT(1, wait_for(0));
    assert_true(got[0].events == IN && got[0].data == 2);
}

/* ---- Time, wakes, signals, the end ----------------------------------------------------------- */

static void timeouts_are_exact(void **state)
{
    static const int64_t times[] = {1, 999, 1000 * 1000, INT64_C(3600) * 1000 * 1000 * 1000};
    (void)state;
    open_member(IN, 1);
    for (int early = 0; early < 2; early++)
        for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
            int64_t before = fake_now();
            fake_wake_early_by(early ? 400 : 0);
            ASSERT_RESULT(0, wait_for(times[i]));
            assert_true(fake_now() - before == times[i]);
        }
    int64_t before = fake_now();
    ASSERT_RESULT(0, wait_for(0));
    assert_true(fake_now() == before);
}

static void wake_it(void *user)
{
    ASSERT_RESULT(0, xsock__call_poller_wake(t, *(int *)user));
}

static void a_wake_ends_one_wait_at_once(void **state)
{
    int64_t before = fake_now();
    (void)state;
    fake_at(before + second, wake_it, &p);
    ASSERT_RESULT(0, wait_for(-1));
    assert_true(fake_now() - before == second);
    wake_it(&p);
    wake_it(&p);
    ASSERT_RESULT(0, wait_for(-1));
    assert_true(fake_now() - before == second);
    ASSERT_RESULT(0, wait_for(second)); /* both are used up */
    assert_true(fake_now() - before == 2 * second);
}

/* As the library does when the state of a member has changed. */
static void wake_inside(void *user)
{
    struct xsock__fd *fd = xsock__fdtab_get(t, *(int *)user);
    assert_non_null(fd);
    xsock__sys_poller_wake(fd->held.sock->poller->sys);
    xsock__fdtab_put(t, fd);
}

static void a_wake_that_came_with_an_event_is_used_up(void **state)
{
    int d = open_member(IN, 1);
    (void)state;
    becomes_ready(d, IN);
    wake_it(&p);
    ASSERT_RESULT(1, wait_for(-1));
    becomes_ready(d, 0);
    int64_t before = fake_now();
    fake_at(before + 1, wake_inside, &p);
    ASSERT_RESULT(0, wait_for(second));
    assert_true(fake_now() - before == second);
}

static void a_signal_ends_a_wait(void **state)
{
    int64_t before = fake_now();
    (void)state;
    fake_interrupt_every(second);
    ASSERT_RESULT(-XSOCK_EINTR, wait_for(-1));
    assert_true(fake_now() - before <= second);
}

static void closing_the_poller_ends_its_wait(void **state)
{
    int d = open_member(IN, 1);
    (void)state;
    becomes_ready(d, IN);
    fake_poller_meanwhile(close_it, &p);
    ASSERT_RESULT(-XSOCK_ECANCELED, wait_for(-1)); /* what was ready doesn't matter any more */
    ASSERT_RESULT(-XSOCK_EBADF, wait_for(-1));
    assert_int_equal(fake_pollers(), 0);
    ASSERT_RESULT(p, xsock__call_poller_open(t, 0));
    becomes_ready(d, 0);
    ASSERT_RESULT(0, xsock__call_poller_ctl(t, p, ADD, d, IN, 1));
    fake_at(fake_now() + second, close_it, &p);
    ASSERT_RESULT(-XSOCK_ECANCELED, wait_for(-1));
}

/* ---- Failures -------------------------------------------------------------------------------- */

static void failures_change_nothing(void **state)
{
    int d = open_member(IN, 1),
        other = ASSERT_OPENS(xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    size_t bytes = fake_bytes();
    (void)state;
    fake_poller_fail(FAKE_EMFILE);
    ASSERT_RESULT(-XSOCK_EMFILE, xsock__call_poller_open(t, 0));
    for (unsigned n = 1; n <= 2; n++) {
        fake_fail(FAKE_ALLOC, n, FAKE_ENOMEM);
        ASSERT_RESULT(-XSOCK_ENOMEM, xsock__call_poller_open(t, 0));
    }
    fake_poller_fail(FAKE_ENOMEM);
    ASSERT_RESULT(-XSOCK_ENOMEM, xsock__call_poller_ctl(t, p, ADD, other, IN, 2));
    fake_fail(FAKE_ALLOC, 1, FAKE_ENOMEM);
    ASSERT_RESULT(-XSOCK_ENOMEM, xsock__call_poller_ctl(t, p, ADD, other, IN, 2));
    ASSERT_RESULT(-XSOCK_ENOENT, xsock__call_poller_ctl(t, p, DEL, other, 0, 0));
    fake_poller_fail(FAKE_ENOBUFS);
    ASSERT_RESULT(-XSOCK_ENOBUFS, xsock__call_poller_ctl(t, p, MOD, d, OUT, 3));
    assert_true(fake_bytes() == bytes);
    becomes_ready(d, IN);
    ASSERT_RESULT(1, wait_for(0));
    assert_true(got[0].data == 1);
    fake_poller_fail(FAKE_EIO);
    ASSERT_RESULT(-XSOCK_EIO, wait_for(0));
    /* the first member of a poller needs room for slots */
    int q = ASSERT_OPENS(xsock__call_poller_open(t, 0));
    fake_fail(FAKE_ALLOC, 2, FAKE_ENOMEM);
    ASSERT_RESULT(-XSOCK_ENOMEM, xsock__call_poller_ctl(t, q, ADD, other, IN, 2));
    ASSERT_RESULT(0, xsock__call_poller_ctl(t, q, ADD, other, IN, 2));
}

/* Whichever allocation fails, and a wait needs none. */
static void a_wait_allocates_nothing(void **state)
{
    int d = open_member(IN, 1);
    (void)state;
    becomes_ready(d, IN);
    unsigned before = fake_calls(FAKE_ALLOC);
    for (int i = 0; i < 100; i++)
        ASSERT_RESULT(1, wait_for(-1));
    ASSERT_RESULT(0, xsock__call_poller_wake(t, p));
    assert_true(fake_calls(FAKE_ALLOC) == before);
}

/* ---- Edges of a system that has none --------------------------------------------------------- */

static void a_call_lets_an_edge_happen_again(void **state)
{
    char byte;
    int d = open_member(IN | OUT | ET, 1), level = open_member(IN, 2);
    (void)state;
    becomes_ready(d, IN);
    ASSERT_RESULT(1, wait_for(0));
    ASSERT_RESULT(0, wait_for(0));
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock__call_recv(t, level, &byte, 1, 0)); /* another's */
    ASSERT_RESULT(0, wait_for(0));
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock__call_recv(t, d, &byte, 1, 0));
    ASSERT_RESULT(1, wait_for(0));
    assert_int_equal(got[0].events, IN);
    ASSERT_RESULT(0, wait_for(0));
}

/* ---- Fork ------------------------------------------------------------------------------------ */

static void a_forked_child_has_the_number_and_no_poller(void **state)
{
    uintptr_t handle;
    int d = open_member(IN, 1);
    (void)state;
    ASSERT_RESULT(0, xsock__call_native(t, p, &handle));
    becomes_ready(d, IN);
    fake_fork_parent();
    ASSERT_RESULT(-XSOCK_EBUSY, xsock__call_adopt(t, handle, 0));
    ASSERT_RESULT(1, wait_for(0));
    fake_fork_child();
    assert_int_equal(fake_pollers(), 0);
    for (int again = 0; again < 2; again++) {
        ASSERT_RESULT(-XSOCK_EBADF, wait_for(0));
        ASSERT_RESULT(-XSOCK_EBADF, xsock__call_poller_ctl(t, p, ADD, d, IN, 2));
        ASSERT_RESULT(-XSOCK_EBADF, xsock__call_poller_wake(t, p));
        ASSERT_RESULT(-XSOCK_EBADF, xsock__call_get_flags(t, p));
        ASSERT_RESULT(-XSOCK_EBADF, xsock__call_dup(t, p, 0, 0));
        ASSERT_RESULT(-XSOCK_EBADF, xsock__call_shutdown(t, p, XSOCK_SHUT_RD));
        ASSERT_RESULT(-XSOCK_EBADF,
                      xsock__call_adopt(t, handle, 0)); /* and may be another's, to be adopted */
        ASSERT_RESULT(-XSOCK_EBADF, xsock__call_adopt(t, UINTPTR_MAX, 0));
        fake_fork_child(); /* a child of the child */
    }
    int q = ASSERT_OPENS(xsock__call_poller_open(t, 0));
    assert_true(q != p);
    ASSERT_RESULT(0, xsock__call_poller_ctl(t, q, ADD, d, IN, 3));
    ASSERT_RESULT(1, xsock__call_poller_wait(t, q, got, 8, 0));
    ASSERT_RESULT(0, xsock__call_close(t, p));
    ASSERT_RESULT(-XSOCK_EBADF, xsock__call_close(t, p));
    ASSERT_RESULT(p, xsock__call_poller_open(t, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        POLLER_TEST(a_system_that_reports_nothing_of_use_for_ever_costs_few_calls),
        POLLER_TEST(a_late_event_is_nobodys),
        POLLER_TEST(a_member_closed_during_a_wait_is_not_reported_by_it),
        POLLER_TEST(a_member_may_be_closed_while_its_poller_is),
        POLLER_TEST(the_system_forgets_whoever_leaves),
        POLLER_TEST(what_was_not_asked_for_is_left_out),
        POLLER_TEST(parts_of_a_member_are_one_entry),
        POLLER_TEST(a_part_that_comes_after_oneshot_is_left_out),
        POLLER_TEST(timeouts_are_exact),
        POLLER_TEST(a_wake_ends_one_wait_at_once),
        POLLER_TEST(a_wake_that_came_with_an_event_is_used_up),
        POLLER_TEST(a_signal_ends_a_wait),
        POLLER_TEST(closing_the_poller_ends_its_wait),
        POLLER_TEST(failures_change_nothing),
        POLLER_TEST(a_wait_allocates_nothing),
        POLLER_TEST(a_call_lets_an_edge_happen_again),
        POLLER_TEST(a_forked_child_has_the_number_and_no_poller),
    };
    return cmocka_run_group_tests_name("poller_fake", tests, NULL, NULL);
}
