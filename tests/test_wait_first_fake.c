/* A receive or an accept whose last calls had to wait leaves the first try out. That costs nothing
 * if the guess was wrong for a moment, and changes no result. */
#include "base/interval.h"
#include "call/options.h"
#include "fake_talk.h"
#include "harness.h"
#include "socket/sock.h"
#include "xsock.h"

enum { ROUNDS = 40 };

static int receive(int d)
{
    return recv_some(d, 1, 0);
}

/* A pair whose first end was received from `rounds` times, and had to wait each time. */
static void waited(int d[2], int rounds)
{
    make_pair(XSOCK_SOCK_STREAM, d);
    struct event e = {.d = d[1], .n = 1};
    for (int i = 0; i < rounds; i++) {
        fake_at(fake_now() + MS, send_later, &e);
        ASSERT_RESULT(1, receive(d[0]));
    }
}

static void a_receive_that_has_to_wait_makes_two_calls(void **state)
{
    int d[2];
    (void)state;
    waited(d, ROUNDS);
    struct event e = {.d = d[1], .n = 1};
    unsigned tries = fake_calls(FAKE_RECV), waits = fake_calls(FAKE_WAIT);
    for (int i = 0; i < 20; i++) {
        fake_at(fake_now() + MS, send_later, &e);
        ASSERT_RESULT(1, receive(d[0]));
    }
    assert_int_equal(fake_calls(FAKE_RECV) - tries, 20);
    assert_int_equal(fake_calls(FAKE_WAIT) - waits, 20);
}

static void an_accept_that_has_to_wait_makes_two_calls(void **state)
{
    int l = listen_at(80, 4);
    unsigned tries = 0, waits = 0;
    (void)state;
    for (int i = 0; i < ROUNDS + 20; i++) {
        if (i == ROUNDS) {
            tries = fake_calls(FAKE_ACCEPT);
            waits = fake_calls(FAKE_WAIT);
        }
        struct event e = {.d = open_stream()};
        fake_at(fake_now() + MS, connect_later, &e);
        int c = run_accept(l);
        assert_true(c >= 0);
        ASSERT_RESULT(0, xsock__call_close(t, c));
        ASSERT_RESULT(0, xsock__call_close(t, e.d));
    }
    assert_int_equal(fake_calls(FAKE_ACCEPT) - tries, 20);
    assert_int_equal(fake_calls(FAKE_WAIT) - waits, 20);
}

/* One call more than needed after one wait, and never one for each call. */
static void data_that_flows_again_is_received_by_one_call(void **state)
{
    static const struct {
        int rounds;
        unsigned waits; /* in vain, at most */
    } cases[] = {{1, 1}, {3, 3}, {ROUNDS, 31}};
    (void)state;
    for (int i = 0; i < (int)(sizeof cases / sizeof *cases); i++) {
        int d[2];
        waited(d, cases[i].rounds);
        unsigned waits = fake_calls(FAKE_WAIT);
        for (int k = 0; k < 100; k++) {
            ASSERT_RESULT(1, send_some(d[1], 1, 0));
            ASSERT_RESULT(1, receive(d[0]));
        }
        waits = fake_calls(FAKE_WAIT) - waits;
        ASSERT_THAT(waits <= cases[i].waits, "%u waits after %d", waits, cases[i].rounds);
    }
}

/* A call that wants handles and finds no room for them gives back idle wakes before its first try.
 * That it has not tried yet tells nothing about how long such calls have to wait. */
static void a_try_that_was_put_off_does_not_count_as_one(void **state)
{
    uintptr_t handle;
    char byte;
    struct xsock_vec v = {&byte, 1};
    struct xsock_control control = {.handles = &handle, .handle_capacity = 1};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = &control};
    int d[2];
    (void)state;
    waited(d, ROUNDS);
    struct event e = {.d = d[1], .n = 1};
    fake_lack_room(true);
    fake_at(fake_now() + MS, send_later, &e);
    ASSERT_RESULT(1, (int)xsock__call_recvmsg(t, d[0], &m, 0));
    unsigned tries = fake_calls(FAKE_RECV);
    fake_at(fake_now() + MS, send_later, &e);
    ASSERT_RESULT(1, receive(d[0]));
    assert_int_equal(fake_calls(FAKE_RECV) - tries, 1);
}

/* ---- The results are the same ---------------------------------------------------------------- */

static void shut_down(int d[2])
{
    ASSERT_RESULT(0, xsock__call_shutdown(t, d[0], XSOCK_SHUT_RD));
}

static void end(int d[2])
{
    ASSERT_RESULT(0, xsock__call_shutdown(t, d[1], XSOCK_SHUT_WR));
}

static void forbid_to_wait(int d[2])
{
    ASSERT_RESULT(0, xsock__call_set_flags(t, d[0], XSOCK_SOCK_NONBLOCK));
}

static void pass_deadline(int d[2])
{
    ASSERT_RESULT(0, xsock__call_set_deadline(t, d[0], XSOCK_DEADLINE_RECV, fake_now()));
}

static void reset(int d[2])
{
    fake_break(handle_of(d[0]), FAKE_ECONNRESET);
}

static const struct state {
    const char *name;
    void (*set)(int d[2]);
    int flags, result;
} states[] = {
    {"shut down", shut_down, 0, 0},
    {"ended", end, 0, 0},
    {"NONBLOCK", forbid_to_wait, 0, -XSOCK_EAGAIN},
    {"DONTWAIT", NULL, XSOCK_MSG_DONTWAIT, -XSOCK_EAGAIN},
    {"deadline", pass_deadline, 0, -XSOCK_ETIMEDOUT},
    {"reset", reset, 0, -XSOCK_ECONNRESET},
};

static void what_ends_a_call_at_once_still_does(void **state)
{
    (void)state;
    for (int i = 0; i < (int)(sizeof states / sizeof *states); i++) {
        int d[2];
        waited(d, ROUNDS);
        if (states[i].set != NULL)
            states[i].set(d);
        int64_t begin = fake_now();
        int rc = recv_some(d[0], 1, states[i].flags);
        ASSERT_THAT(rc == states[i].result && fake_now() == begin, "%s: %d", states[i].name, rc);
    }
}

static void a_timeout_is_kept(void **state)
{
    int d[2];
    (void)state;
    waited(d, ROUNDS);
    set_timeout(d[0], RECV, 10 * MS);
    int64_t begin = fake_now();
    ASSERT_RESULT(-XSOCK_EAGAIN, receive(d[0]));
    assert_int_equal(fake_now() - begin, 10 * MS);
}

static void note_time(void *at)
{
    *(int64_t *)at = fake_now();
}

/* A program may end receiving by the socket's handle, which no wait of this system tells. */
static void a_wait_that_came_first_is_followed_by_a_try_before_long(void **state)
{
    int d[2];
    (void)state;
    waited(d, ROUNDS);
    set_timeout(d[0], RECV, 100 * MS);
    for (int i = 0; i < 2; i++) {
        int64_t begin = fake_now(), tried = 0;
        fake_before(FAKE_RECV, 1, note_time, &tried);
        ASSERT_RESULT(-XSOCK_EAGAIN, receive(d[0]));
        assert_int_equal(fake_now() - begin, 100 * MS);
        assert_int_equal(tried - begin, i == 0 ? XSOCK__INTERVAL_LAST_NS : 0);
    }
}

static void what_is_there_is_received_if_no_more_calls_may_wait(void **state)
{
    const struct xsock__fdtab_rules none = {.first = XSOCK__FDTAB_FIRST, .waiting = 0};
    int d[2];
    (void)state;
    waited(d, ROUNDS);
    ASSERT_RESULT(1, send_some(d[1], 1, 0));
    xsock__fdtab_set_rules(t, &none);
    ASSERT_RESULT(1, receive(d[0]));
    ASSERT_RESULT(-XSOCK_ENOBUFS, receive(d[0]));
}

static unsigned waits_with_a_low_water_mark(const int d[2])
{
    ASSERT_RESULT(0, xsock__call_set_opt(t, d[0], XSOCK_SO_RCVLOWAT, XSOCK_OPT_SIZE, 2));
    ASSERT_RESULT(2, send_some(d[1], 2, 0));
    unsigned waits = fake_calls(FAKE_WAIT);
    ASSERT_RESULT(2, recv_some(d[0], 2, 0));
    return fake_calls(FAKE_WAIT) - waits;
}

/* The system would call the socket ready only when the mark is reached. */
static void with_a_low_water_mark_no_wait_comes_first(void **state)
{
    int fresh[2], starved[2];
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, fresh);
    waited(starved, ROUNDS);
    assert_int_equal(waits_with_a_low_water_mark(starved), waits_with_a_low_water_mark(fresh));
}

/* An accept waits only in a socket that listens. */
static void an_accept_in_a_connection_does_not_wait(void **state)
{
    int d[2];
    (void)state;
    waited(d, ROUNDS);
    int64_t begin = fake_now();
    ASSERT_RESULT(-XSOCK_EINVAL, xsock__call_accept(t, d[0], 0, NULL));
    assert_int_equal(fake_now() - begin, 0);
}

/* ---- Two calls that race --------------------------------------------------------------------- */

enum { LOST = 6 };

static struct rival {
    int listener;
    struct xsock__fd *fd;
    struct xsock__waiter waiter;
} rival;

/* Another call gets the connection first, and waits again. */
static void overtake(void *unused)
{
    struct xsock__waiters *shared = &rival.fd->held.sock->waiters;
    (void)unused;
    set_timeout(rival.listener, ACCEPT, 0);
    int c = xsock__call_accept(t, rival.listener, 0, NULL);
    assert_true(c >= 0);
    set_timeout(rival.listener, ACCEPT, -1);
    xsock__fdtab_unwatch(t, shared, &rival.waiter);
    ASSERT_RESULT(0, xsock__fdtab_watch(t, rival.fd, shared, XSOCK_POLLIN, &rival.waiter));
}

/* The call waits for the listener again at once, and does not sleep for an interval first. */
static void a_call_that_loses_every_race_goes_on_waiting_for_the_socket(void **state)
{
    struct event e[LOST + 1];
    (void)state;
    rival.listener = listen_at(80, LOST + 1);
    rival.fd = xsock__fdtab_get(t, rival.listener);
    struct xsock__waiters *shared = &rival.fd->held.sock->waiters;
    ASSERT_RESULT(0, xsock__fdtab_watch(t, rival.fd, shared, XSOCK_POLLIN, &rival.waiter));
    for (int i = 0; i <= LOST; i++) {
        e[i] = (struct event){.d = open_stream()};
        fake_at(fake_now() + (i + 1) * MS, connect_later, &e[i]);
        if (i < LOST) /* the first try finds nothing; each later one has the rival before it */
            fake_before(FAKE_ACCEPT, (unsigned)(2 + 2 * i), overtake, NULL);
    }
    unsigned waits = fake_calls(FAKE_WAIT);
    assert_true(xsock__call_accept(t, rival.listener, 0, NULL) >= 0);
    assert_int_equal(fake_calls(FAKE_WAIT) - waits, LOST + 1);
    xsock__fdtab_unwatch(t, shared, &rival.waiter);
    xsock__fdtab_put(t, rival.fd);
}

static void get_free(void *unused)
{
    (void)unused;
    fake_fail_always(FAKE_ACCEPT, 0);
}

/* Without intervals the time would never pass, so there is an end. */
static void overtake_and_get_stuck(void *event)
{
    overtake(NULL);
    connect_later(event);
    fake_fail_always(FAKE_ACCEPT, FAKE_EAGAIN);
    fake_before(FAKE_ACCEPT, 1000, get_free, NULL);
}

/* One lost race does not make a call ask without an interval from then on. */
static void a_call_that_lost_a_race_and_is_stuck_asks_ever_more_slowly(void **state)
{
    (void)state;
    rival.listener = listen_at(80, LOST + 1);
    rival.fd = xsock__fdtab_get(t, rival.listener);
    struct xsock__waiters *shared = &rival.fd->held.sock->waiters;
    struct event e[2] = {{.d = open_stream()}, {.d = open_stream()}};
    ASSERT_RESULT(0, xsock__fdtab_watch(t, rival.fd, shared, XSOCK_POLLIN, &rival.waiter));
    set_timeout(rival.listener, ACCEPT, 1000 * MS);
    fake_at(fake_now() + MS, connect_later, &e[0]);
    fake_before(FAKE_ACCEPT, 2, overtake_and_get_stuck, &e[1]);
    unsigned tries = fake_calls(FAKE_ACCEPT);
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock__call_accept(t, rival.listener, 0, NULL));
    ASSERT_BETWEEN(50, 120, fake_calls(FAKE_ACCEPT) - tries);
    fake_fail_always(FAKE_ACCEPT, 0);
    xsock__fdtab_unwatch(t, shared, &rival.waiter);
    xsock__fdtab_put(t, rival.fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TALK_TEST(a_receive_that_has_to_wait_makes_two_calls),
        TALK_TEST(an_accept_that_has_to_wait_makes_two_calls),
        TALK_TEST(data_that_flows_again_is_received_by_one_call),
        TALK_TEST(a_try_that_was_put_off_does_not_count_as_one),
        TALK_TEST(what_ends_a_call_at_once_still_does),
        TALK_TEST(a_timeout_is_kept),
        TALK_TEST(a_wait_that_came_first_is_followed_by_a_try_before_long),
        TALK_TEST(what_is_there_is_received_if_no_more_calls_may_wait),
        TALK_TEST(with_a_low_water_mark_no_wait_comes_first),
        TALK_TEST(an_accept_in_a_connection_does_not_wait),
        TALK_TEST(a_call_that_loses_every_race_goes_on_waiting_for_the_socket),
        TALK_TEST(a_call_that_lost_a_race_and_is_stuck_asks_ever_more_slowly),
    };
    return cmocka_run_group_tests_name("waiting first, fake", tests, NULL, NULL);
}
