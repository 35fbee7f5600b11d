/* xsock_poll against the fake clock. */
#include <limits.h>

#include "fake_talk.h"
#include "harness.h"
#include "socket/kept_error.h"
#include "wait/poll.h"

enum { COUNT = 130, IN = XSOCK_POLLIN, OUT = XSOCK_POLLOUT };

static int poll_one(int d, short events, int64_t timeout_ns, int *out_revents)
{
    struct xsock_pollfd p = {.fd = d, .events = events, .revents = 0x55};
    int rc = xsock__poll(t, &p, 1, timeout_ns);
    *out_revents = p.revents;
    return rc;
}

static void the_time_is_exact(void **state)
{
    static const int64_t times[] = {0, 1, 999, MS + 1, 123456789, 3600 * (int64_t)1000 * MS};
    int d[2], revents;
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    for (int early = 0; early < 3; early++) {
        fake_wake_early_by(early * 500);
        for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
            int64_t begin = fake_now();
            ASSERT_RESULT(0, poll_one(d[0], IN, times[i], &revents));
            assert_int_equal(revents, 0);
            assert_int_equal(fake_now() - begin, times[i]);
            ASSERT_RESULT(0, xsock__poll(t, NULL, 0, times[i])); /* a sleep */
            assert_int_equal(fake_now() - begin, 2 * times[i]);
        }
    }
}

static void what_is_ready_is_told_and_nothing_else(void **state)
{
    int d[2], l = listen_at(80, 1), revents;
    struct event e;
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(1, poll_one(d[0], IN | OUT, -1, &revents));
    assert_int_equal(revents, OUT);
    fill(d[0]);
    ASSERT_RESULT(0, poll_one(d[0], IN | OUT, 0, &revents));
    e = (struct event){.d = d[1], .n = 10};
    fake_at(fake_now() + MS, recv_later, &e);
    ASSERT_RESULT(1, poll_one(d[0], IN | OUT, -1, &revents));
    assert_int_equal(revents, OUT);
    fake_at(fake_now() + MS, send_later, &e);
    ASSERT_RESULT(1, poll_one(d[0], IN, -1, &revents));
    assert_int_equal(revents, IN);
    e = (struct event){.d = open_stream()};
    fake_at(fake_now() + MS, connect_later, &e);
    ASSERT_RESULT(1, poll_one(l, IN, -1, &revents));
    assert_int_equal(revents, IN);
    ASSERT_RESULT(0, xsock__call_close(t, d[1]));
    /* reported even if the caller has not asked for it */
    ASSERT_RESULT(1, poll_one(d[0], 0, -1, &revents));
    assert_int_equal(revents, XSOCK_POLLHUP);
}

static void negative_ones_are_left_out_and_unopened_ones_are_invalid(void **state)
{
    int64_t begin = fake_now();
    struct xsock_pollfd v[6] = {{-1, IN, 7}, {INT_MIN, OUT, 7}, {0, IN, 7},
                                {2, IN, 7},  {999, 0, 7},       {INT_MAX, IN, 7}};
    (void)state;
    ASSERT_RESULT(4, xsock__poll(t, v, 6, -1));
    for (int i = 0; i < 6; i++)
        assert_int_equal(v[i].revents, i < 2 ? 0 : XSOCK_POLLNVAL);
    ASSERT_RESULT(0, xsock__poll(t, v, 2, MS));
    assert_int_equal(fake_now() - begin, MS);
}

static void with_an_invalid_one_the_others_are_told_at_once(void **state)
{
    int d[2];
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(3, send_some(d[1], 3, 0));
    struct xsock_pollfd v[3] = {{d[0], IN, 0}, {500, IN, 0}, {d[1], IN, 0}};
    ASSERT_RESULT(2, xsock__poll(t, v, 3, -1));
    assert_int_equal(v[0].revents, IN);
    assert_int_equal(v[1].revents, XSOCK_POLLNVAL);
    assert_int_equal(v[2].revents, 0);
}

static void one_descriptor_may_stand_there_often(void **state)
{
    int d[2];
    struct event e;
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    struct xsock_pollfd v[4] = {{d[0], IN, 0}, {d[0], OUT, 0}, {d[0], IN, 0}, {d[0], 0, 0}};
    ASSERT_RESULT(1, xsock__poll(t, v, 4, -1));
    assert_int_equal(v[1].revents, OUT);
    v[1].events = IN;
    e = (struct event){.d = d[0]};
    fake_at(fake_now() + MS, close_later, &e);
    ASSERT_RESULT(4, xsock__poll(t, v, 4, -1));
    for (int i = 0; i < 4; i++)
        assert_int_equal(v[i].revents, XSOCK_POLLNVAL);
    assert_int_equal(fake_wakes_set(), 0);
}

/* The moments of a call: while it asks what is ready, before it stands in the lists of waiters, and
 * twice while it waits. */
enum moment { ASKS, BEFORE_IT_WAITS, AS_IT_WAITS, WAITS, MOMENTS };

/* Which of many descriptors is closed, at each step of the call. Their number decides where the
 * call's memory is. */
static void assert_told_of_close(int n, int which, int moment)
{
    struct xsock_pollfd v[COUNT];
    struct event e;
    renew();
    for (int i = 0; i < n; i++)
        v[i] = (struct xsock_pollfd){bound_datagrams(1000 + (uint32_t)i), IN, 0};
    e = (struct event){.d = v[which].fd};
    if (moment == ASKS)
        fake_before(FAKE_WAIT, 1, close_later, &e);
    else if (moment == BEFORE_IT_WAITS)
        fake_before(FAKE_WAKE_OPEN, 1, close_later, &e);
    else if (moment == AS_IT_WAITS)
        fake_before(FAKE_WAIT, 2, close_later, &e);
    else
        fake_at(fake_now() + MS, close_later, &e);
    int64_t begin = fake_now();
    ASSERT_RESULT(1, xsock__poll(t, v, (size_t)n, -1));
    assert_int_equal(fake_now() - begin, moment == WAITS ? MS : 0);
    for (int i = 0; i < n; i++)
        assert_int_equal(v[i].revents, i == which ? XSOCK_POLLNVAL : 0);
    ASSERT_RESULT(e.d, e.other);
    assert_int_equal(fake_wakes(), 1); /* one wake for all of them */
    assert_int_equal(fake_wakes_set(), 0);
    ASSERT_RESULT(0, xsock__poll(t, v, (size_t)n, MS));
}

static void a_descriptor_that_is_closed_meanwhile_is_invalid(void **state)
{
    static const int counts[] = {1, 2, 64, 65, COUNT};
    (void)state;
    for (int i = 0; i < 5; i++)
        for (int moment = 0; moment < MOMENTS; moment++) {
            assert_told_of_close(counts[i], 0, moment);
            assert_told_of_close(counts[i], counts[i] - 1, moment);
        }
}

/* A stream of whose peer only the system knows. What it is ready for is asked with
 * FAKE_PEER_ADDR. */
static int connected_elsewhere(void)
{
    int l = listen_at(80, 4), d = open_stream();
    struct event e = {.d = d};
    connect_later(&e);
    ASSERT_RESULT(0, e.result);
    struct xsock__fd *fd = xsock__fdtab_get(t, d);
    xsock__sock_becomes(fd->held.sock, 0, XSOCK__SOCK_CONNECTED);
    xsock__fdtab_put(t, fd);
    ASSERT_OPENS(xsock__call_accept(t, l, 0, NULL));
    return d;
}

static void look_again(void *user)
{
    struct xsock__fd *fd = xsock__fdtab_get(t, *(int *)user);
    xsock__fdtab_look_again(t, &fd->held.sock->waiters);
    xsock__fdtab_put(t, fd);
}

static void keep_an_error(void *user)
{
    struct xsock__fd *fd = xsock__fdtab_get(t, *(int *)user);
    assert_true(xsock__kept_error_put(fd->held.sock, FAKE_ECONNREFUSED));
    xsock__fdtab_put(t, fd);
    look_again(user);
}

/* The state of the second descriptor is asked for twice before the call stands in the lists, once
 * then, and twice for each wait. */
static void a_state_that_changes_at_any_moment_is_told(void **state)
{
    (void)state;
    for (unsigned nth = 1; nth <= 6; nth++) {
        const unsigned waits = nth <= 2 ? 0 : nth / 2 - 1;
        renew();
        int d = bound_datagrams(1000);
        struct xsock_pollfd v[2] = {{d, IN, 0}, {connected_elsewhere(), 0, 0}};
        for (unsigned i = 1; i <= waits; i++) /* another state is asked for only after these */
            fake_at(fake_now() + i * MS, look_again, &d);
        fake_before(FAKE_PEER_ADDR, nth, keep_an_error, &d);
        int64_t begin = fake_now();
        ASSERT_RESULT(1, xsock__poll(t, v, 2, 1000 * (int64_t)MS));
        assert_int_equal(fake_now() - begin, waits * MS);
        assert_int_equal(v[0].revents, XSOCK_POLLERR);
        assert_int_equal(fake_wakes_set(), 0);
    }
}

static void take_the_error(void *user)
{
    struct xsock__fd *fd = xsock__fdtab_get(t, *(int *)user);
    assert_int_equal(xsock__kept_error_take(fd->held.sock), FAKE_ECONNREFUSED);
    xsock__fdtab_put(t, fd);
}

static void what_another_call_has_taken_does_not_end_the_wait(void **state)
{
    int d = bound_datagrams(1000), revents;
    int64_t begin = fake_now();
    (void)state;
    keep_an_error(&d);
    fake_before(FAKE_WAIT, 1, take_the_error, &d);
    ASSERT_RESULT(0, poll_one(d, IN, 10 * MS, &revents));
    assert_int_equal(fake_now() - begin, 10 * MS);
    keep_an_error(&d);
    fake_before(FAKE_WAIT, 1, take_the_error, &d);
    ASSERT_RESULT(0, poll_one(d, IN, 0, &revents));
}

static void many_descriptors_take_memory_and_give_it_back(void **state)
{
    struct xsock_pollfd v[COUNT];
    int d[2], revents;
    size_t before;
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    /* makes the wake, which the library keeps */
    ASSERT_RESULT(0, poll_one(d[0], IN, MS, &revents));
    for (int i = 0; i < COUNT; i++)
        v[i] = (struct xsock_pollfd){i % 2 ? -1 : d[0], IN, 0};
    before = fake_allocations();
    ASSERT_RESULT(0, xsock__poll(t, v, COUNT, MS));
    assert_int_equal(fake_allocations(), before);
    fake_fail(FAKE_ALLOC, 3, FAKE_ENOMEM); /* taken only by a call that waits */
    ASSERT_RESULT(-XSOCK_ENOMEM, xsock__poll(t, v, COUNT, MS));
    ASSERT_RESULT(2, send_some(d[1], 2, 0));
    ASSERT_RESULT(COUNT / 2, xsock__poll(t, v, COUNT, -1));
    assert_int_equal(fake_allocations(), before);
    for (unsigned n = 1; n <= 2; n++) {
        fake_fail(FAKE_ALLOC, n, FAKE_ENOMEM);
        ASSERT_RESULT(-XSOCK_ENOMEM, xsock__poll(t, v, COUNT, -1));
        assert_int_equal(fake_allocations(), before);
    }
}

static void a_signal_ends_it(void **state)
{
    int d[2], revents;
    int64_t begin = fake_now();
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    fake_interrupt_every(MS);
    ASSERT_RESULT(-XSOCK_EINTR, poll_one(d[0], IN, -1, &revents));
    assert_true(fake_now() - begin <= MS && fake_now() % MS == 0);
    ASSERT_RESULT(0, poll_one(d[0], IN, MS / 2, &revents));
    ASSERT_RESULT(3, send_some(d[1], 3, 0));
    ASSERT_RESULT(1, poll_one(d[0], IN, -1, &revents));
}

static void bad_arguments_are_refused_and_change_nothing(void **state)
{
    struct xsock_pollfd v[2] = {{999, IN, 77}, {999, IN, 77}};
    (void)state;
    ASSERT_RESULT(-XSOCK_EFAULT, xsock__poll(t, NULL, 1, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock__poll(t, v, 1, -2));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock__poll(t, v, 1, INT64_MIN));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock__poll(t, v, (size_t)INT_MAX + 1, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock__poll(t, v, SIZE_MAX, 0));
    for (int bit = 3; bit < 16; bit++) {
        v[1].events = (short)(unsigned short)(1u << bit);
        ASSERT_RESULT(-XSOCK_EINVAL, xsock__poll(t, v, 2, 0));
    }
    assert_true(v[0].revents == 77 && v[1].revents == 77);
    assert_int_equal(fake_wakes(), 0);
    v[0].fd = bound_datagrams(1000); /* looked up, and let go */
    ASSERT_RESULT(-XSOCK_EINVAL, xsock__poll(t, v, 2, 0));
    size_t handles = fake_handles();
    ASSERT_RESULT(0, xsock__call_close(t, v[0].fd));
    assert_int_equal(fake_handles(), handles - 1);
}

static void what_is_ready_at_once_takes_no_wake(void **state)
{
    int d[2], revents;
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(0, poll_one(d[0], IN, 0, &revents));
    ASSERT_RESULT(1, poll_one(d[0], OUT, -1, &revents));
    ASSERT_RESULT(1, poll_one(999, IN, 0, &revents));
    assert_int_equal(fake_calls(FAKE_WAKE_OPEN), 0);
    assert_int_equal(fake_calls(FAKE_WAIT), 3);
}

/* How often the call asks the system. */
static unsigned asks(int d, int expected)
{
    int revents;
    unsigned before = fake_calls(FAKE_WAIT);
    ASSERT_RESULT(expected, poll_one(d, IN, MS, &revents));
    return fake_calls(FAKE_WAIT) - before;
}

/* A call that asked in vain is followed by 1 call, by 3 and by 7 calls that wait at once. Each asks
 * once more when its time is over. */
static void a_call_that_will_have_to_wait_waits_at_once(void **state)
{
    static const char times[] = "32322232222222322222223";
    int d[2];
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    for (int i = 0; times[i] != '\0'; i++)
        assert_int_equal(asks(d[0], 0), times[i] - '0');
    ASSERT_RESULT(1, send_some(d[1], 1, 0));
    for (int i = 0; i < 9; i++)
        assert_int_equal(asks(d[0], 1), 1);
    ASSERT_RESULT(1, recv_some(d[0], 1, 0));
    assert_int_equal(asks(d[0], 0), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TALK_TEST(the_time_is_exact),
        TALK_TEST(what_is_ready_is_told_and_nothing_else),
        TALK_TEST(negative_ones_are_left_out_and_unopened_ones_are_invalid),
        TALK_TEST(with_an_invalid_one_the_others_are_told_at_once),
        TALK_TEST(one_descriptor_may_stand_there_often),
        TALK_TEST(a_descriptor_that_is_closed_meanwhile_is_invalid),
        TALK_TEST(a_state_that_changes_at_any_moment_is_told),
        TALK_TEST(what_another_call_has_taken_does_not_end_the_wait),
        TALK_TEST(many_descriptors_take_memory_and_give_it_back),
        TALK_TEST(a_signal_ends_it),
        TALK_TEST(bad_arguments_are_refused_and_change_nothing),
        TALK_TEST(what_is_ready_at_once_takes_no_wake),
        TALK_TEST(a_call_that_will_have_to_wait_waits_at_once),
    };
    return cmocka_run_group_tests_name("poll_fake", tests, NULL, NULL);
}
