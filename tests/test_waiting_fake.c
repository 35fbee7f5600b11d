/* Waiting where the usual way fails: without a wake, with a wake that the program has closed, and
 * with a socket that is reported ready and is not. */
#include "wait/poll.h"
#include "wait/wait.h"

#include "fake_talk.h"
#include "harness.h"
#include "socket/sock.h"
#include "socket/start.h"

/* A call without a wake sees a change within 20 ms. A real system needs a part of that time to let
 * the thread run. */
enum { SLICE = 18 * MS };

/* ---- A socket that is reported ready and is not --------------------------------------------- */

static int with_a_connection(void)
{
    int l = listen_at(80, 4), d = open_stream();
    struct xsock_addr a = at_port(80);
    ASSERT_RESULT(0, xsock__call_connect(t, d, &a));
    return l;
}

static int with_data(void)
{
    int d[2];
    make_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(3, send_some(d[1], 3, 0));
    return d[0];
}

static int with_space(void)
{
    int d[2];
    make_pair(XSOCK_SOCK_STREAM, d);
    return d[0];
}

static int receive(int d)
{
    return recv_some(d, 1, 0);
}

static int send_one(int d)
{
    return send_some(d, 1, 0);
}

static const struct stuck {
    const char *name;
    int (*prepare)(void);
    int (*run)(int d);
    enum timeout timeout;
    enum fake_call tries; /* fails, though the system reports the socket as ready */
} stuck[] = {
    {"accept", with_a_connection, run_accept, ACCEPT, FAKE_ACCEPT},
    {"recv", with_data, receive, RECV, FAKE_RECV},
    {"send", with_space, send_one, SEND, FAKE_SEND},
};
enum { STUCK = sizeof stuck / sizeof *stuck };

static void a_call_that_cannot_go_on_asks_ever_more_slowly(void **state)
{
    (void)state;
    for (int i = 0; i < STUCK; i++) {
        renew();
        int d = stuck[i].prepare();
        set_timeout(d, stuck[i].timeout, 10000 * (int64_t)MS);
        fake_fail_always(stuck[i].tries, FAKE_EAGAIN);
        int64_t begin = fake_now();
        unsigned before = fake_calls(stuck[i].tries) + fake_calls(FAKE_WAIT);
        ASSERT_RESULT(-XSOCK_EAGAIN, stuck[i].run(d));
        unsigned made = fake_calls(stuck[i].tries) + fake_calls(FAKE_WAIT) - before;
        assert_int_equal(fake_now() - begin, 10000 * (int64_t)MS);
        ASSERT_THAT(made > 900 && made <= 1200, "%s: %u calls in 10 s", stuck[i].name, made);
    }
}

static void stop_failing(void *user)
{
    (void)user;
    fake_fail_always(FAKE_RECV, 0);
}

static void stop_all_failures(void *user)
{
    (void)user;
    for (int i = 0; i < STUCK; i++)
        fake_fail_always(stuck[i].tries, 0);
}

static void the_first_intervals_are_short(void **state)
{
    (void)state;
    int d = with_data();
    fake_fail_always(FAKE_RECV, FAKE_EAGAIN);
    int64_t begin = fake_now();
    fake_before(FAKE_RECV, 3, stop_failing, NULL); /* another call took the data first, once */
    ASSERT_RESULT(1, receive(d));
    assert_int_equal(fake_now() - begin, 0);
    d = with_data();
    fake_fail_always(FAKE_RECV, FAKE_EAGAIN);
    fake_before(FAKE_RECV, 4, stop_failing, NULL);
    ASSERT_RESULT(1, receive(d));
    assert_int_equal(fake_now() - begin, 50 * 1000);
}

static void take_it_all(void *user)
{
    stop_failing(NULL);
    ASSERT_RESULT(3, recv_some(*(int *)user, 10, XSOCK_MSG_DONTWAIT));
    fake_fail_always(FAKE_RECV, FAKE_EAGAIN);
}

static void send_and_count(void *event)
{
    fake_before(FAKE_RECV, 3, stop_failing, NULL);
    send_later(event);
}

/* At first the socket is called ready, and is not. Then another call takes the data. When more
 * comes, this call waits as one that has not waited yet. */
static void intervals_begin_anew_once_the_socket_was_not_ready(void **state)
{
    (void)state;
    int d[2];
    int64_t begin = fake_now();
    make_pair(XSOCK_SOCK_STREAM, d);
    struct event e = {.d = d[1], .n = 1};
    ASSERT_RESULT(3, send_some(d[1], 3, 0));
    fake_fail_always(FAKE_RECV, FAKE_EAGAIN);
    fake_at(begin + 10 * MS, take_it_all, &d[0]);
    fake_at(begin + 500 * MS, send_and_count, &e);
    ASSERT_RESULT(1, receive(d[0]));
    assert_int_equal(fake_now() - begin, 500 * MS + 50 * 1000);
}

/* The system tells of one lost connection after the other. */
static void lost_connections_without_end_hold_up_nobody(void **state)
{
    (void)state;
    int l = with_a_connection();
    fake_fail_always(FAKE_ACCEPT, FAKE_ECONNABORTED);
    ASSERT_RESULT(0, xsock__call_set_flags(t, l, XSOCK_SOCK_NONBLOCK));
    ASSERT_RESULT(-XSOCK_EAGAIN, run_accept(l));
    assert_int_equal(fake_calls(FAKE_ACCEPT), 1000);
    ASSERT_RESULT(0, xsock__call_set_flags(t, l, 0));
    set_timeout(l, ACCEPT, 1000 * (int64_t)MS);
    int64_t begin = fake_now();
    ASSERT_RESULT(-XSOCK_EAGAIN, run_accept(l));
    assert_int_equal(fake_now() - begin, 1000 * (int64_t)MS);
    ASSERT_BETWEEN(50 * 1000, 100 * 1000, fake_calls(FAKE_ACCEPT));
    fake_before(FAKE_ACCEPT, 5, stop_all_failures, NULL);
    ASSERT_OPENS(run_accept(l));
}

static void a_stuck_call_is_ended_by_a_close(void **state)
{
    (void)state;
    for (int i = 0; i < STUCK; i++) {
        renew();
        int d = stuck[i].prepare();
        struct event e = {.d = d, .other = -1};
        fake_fail_always(stuck[i].tries, FAKE_EAGAIN);
        fake_at(fake_now() + 1000 * (int64_t)MS, close_later, &e);
        ASSERT_RESULT(-XSOCK_ECANCELED, stuck[i].run(d));
        assert_int_equal(fake_wakes_set(), 0);
    }
}

/* Once the intervals are long. */
enum { LONG_AFTER = 1000 };

static void a_stuck_call_without_a_wake_is_ended_within_a_slice(void **state)
{
    (void)state;
    for (int i = 0; i < STUCK * 40; i++) {
        const struct stuck *s = &stuck[i % STUCK];
        renew();
        fake_fail_always(FAKE_WAKE_OPEN, FAKE_EMFILE);
        int d = s->prepare();
        struct event e = {.d = d, .other = -1};
        fake_fail_always(s->tries, FAKE_EAGAIN);
        int64_t at = fake_now() + (LONG_AFTER + i / STUCK) * (int64_t)MS;
        fake_at(at, close_later, &e);
        ASSERT_RESULT(-XSOCK_ECANCELED, s->run(d));
        ASSERT_THAT(fake_now() - at <= SLICE, "%s, closed after %d ms: ended after %lld ns",
                    s->name, LONG_AFTER + i / STUCK, (long long)(fake_now() - at));
    }
}

/* ---- Without a wake ------------------------------------------------------------------------- */

static void a_call_without_a_wake_keeps_its_time(void **state)
{
    (void)state;
    for (int c = 0; c < call_count; c++) {
        renew();
        fake_fail_always(FAKE_WAKE_OPEN, FAKE_EMFILE);
        int d = calls[c].prepare();
        set_timeout(d, calls[c].timeout, 1234567);
        int64_t begin = fake_now();
        int rc = calls[c].run(d);
        ASSERT_THAT(rc == calls[c].late && fake_now() - begin == 1234567, "%s: %s", calls[c].name,
                    harness_name(rc));
    }
}

static void a_call_without_a_wake_is_ended_within_a_slice(void **state)
{
    (void)state;
    for (int i = 0; i < call_count * 20; i++) {
        int c = i % call_count;
        renew();
        fake_fail_always(FAKE_WAKE_OPEN, FAKE_EMFILE);
        int d = calls[c].prepare();
        struct event e = {.d = d, .other = -1};
        int64_t at = fake_now() + (1 + i / call_count) * (int64_t)MS;
        set_timeout(d, calls[c].timeout, -1);
        fake_at(at, close_later, &e);
        int rc = calls[c].run(d);
        ASSERT_THAT(rc == -XSOCK_ECANCELED && fake_now() - at <= SLICE, "%s: %s after %lld ns",
                    calls[c].name, harness_name(rc), (long long)(fake_now() - at));
    }
}

static void a_poll_without_a_wake_is_told_within_a_slice(void **state)
{
    (void)state;
    int d[2];
    fake_fail_always(FAKE_WAKE_OPEN, FAKE_EMFILE);
    make_pair(XSOCK_SOCK_STREAM, d);
    struct xsock_pollfd p = {.fd = d[0], .events = XSOCK_POLLIN};
    struct event e = {.d = d[0], .other = -1};
    int64_t at = fake_now() + 3 * MS;
    fake_at(at, close_later, &e);
    ASSERT_RESULT(1, xsock__poll(t, &p, 1, -1));
    assert_int_equal(p.revents, XSOCK_POLLNVAL);
    assert_true(fake_now() - at <= SLICE);
}

static void a_poll_that_does_not_wait_needs_no_wake(void **state)
{
    (void)state;
    int d[2];
    make_pair(XSOCK_SOCK_STREAM, d);
    struct xsock_pollfd p = {.fd = d[0], .events = XSOCK_POLLIN};
    ASSERT_RESULT(0, xsock__poll(t, &p, 1, 0));
    assert_int_equal(fake_calls(FAKE_WAKE_OPEN), 0);
}

/* ---- A wake whose handle the program has closed ---------------------------------------------- */

static void spoil(void *user)
{
    (void)user;
    fake_spoil_wakes();
}

/* What the program may have done to the handles of idle wakes: it closed them, and perhaps used the
 * numbers for something else. */
static void (*const spoilers[])(void) = {fake_spoil_wakes, fake_silence_wakes};
enum { SPOILERS = sizeof spoilers / sizeof *spoilers };

static void a_kept_wake_that_is_closed_is_noticed_within_a_slice(void **state)
{
    (void)state;
    for (int i = 0; i < call_count * SPOILERS; i++) {
        int c = i / SPOILERS;
        renew();
        int d = calls[c].prepare();
        set_timeout(d, calls[c].timeout, 1);
        /* the wake is made, and the library keeps it */
        ASSERT_RESULT(calls[c].late, calls[c].run(d));
        spoilers[i % SPOILERS]();
        struct event e = {.d = d, .other = -1};
        int64_t at = fake_now() + 3 * MS;
        set_timeout(d, calls[c].timeout, -1);
        fake_at(at, close_later, &e);
        int rc = calls[c].run(d);
        ASSERT_THAT(rc == -XSOCK_ECANCELED && fake_now() - at <= SLICE, "%s: %s", calls[c].name,
                    harness_name(rc));
    }
}

static void a_poll_whose_kept_wake_is_closed_is_told_within_a_slice(void **state)
{
    (void)state;
    for (int i = 0; i < SPOILERS; i++) {
        int d[2];
        renew();
        make_pair(XSOCK_SOCK_STREAM, d);
        struct xsock_pollfd p = {.fd = d[0], .events = XSOCK_POLLIN};
        struct event e = {.d = d[0], .other = -1};
        ASSERT_RESULT(0, xsock__poll(t, &p, 1, 1)); /* the wake is made */
        spoilers[i]();
        int64_t at = fake_now() + 3 * MS;
        unsigned before = fake_calls(FAKE_WAIT);
        fake_at(at, close_later, &e);
        ASSERT_RESULT(1, xsock__poll(t, &p, 1, -1));
        assert_int_equal(p.revents, XSOCK_POLLNVAL);
        assert_true(fake_now() - at <= SLICE && fake_calls(FAKE_WAIT) - before <= 4);
    }
}

/* Once the wake was looked at, a poll sleeps until something happens. Before that, the poll asks
 * what is ready already. */
static void a_poll_looks_at_its_wake_once(void **state)
{
    int d[2];
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    struct xsock_pollfd p = {.fd = d[0], .events = XSOCK_POLLIN};
    ASSERT_RESULT(0, xsock__poll(t, &p, 1, 10000 * (int64_t)MS));
    ASSERT_BETWEEN(2, 4, fake_calls(FAKE_WAIT));
}

/* How many waits a call makes that waits for 10 s in vain. */
static unsigned waits_of_call(int c, bool alone)
{
    renew();
    int d = calls[c].prepare();
    set_timeout(d, calls[c].timeout, 10000 * (int64_t)MS);
    unsigned before = fake_calls(FAKE_WAIT);
    if (alone)
        fake_be_alone();
    ASSERT_RESULT(calls[c].late, calls[c].run(d));
    return fake_calls(FAKE_WAIT) - before;
}

static unsigned waits_of_poll(bool alone)
{
    int d[2];
    renew();
    make_pair(XSOCK_SOCK_STREAM, d);
    struct xsock_pollfd p = {.fd = d[0], .events = XSOCK_POLLIN};
    unsigned before = fake_calls(FAKE_WAIT);
    if (alone)
        fake_be_alone();
    ASSERT_RESULT(0, xsock__poll(t, &p, 1, 10000 * (int64_t)MS));
    return fake_calls(FAKE_WAIT) - before;
}

/* Nobody else can wake the only thread of a process, so the thread need not look at its wake. */
static void the_only_thread_waits_in_one_piece(void **state)
{
    (void)state;
    for (int c = 0; c < call_count; c++)
        if (strstr(calls[c].name, "backlog") == NULL) /* it naps: nothing tells of the room */
            assert_int_equal(waits_of_call(c, false), waits_of_call(c, true) + 1);
    assert_int_equal(waits_of_poll(false), waits_of_poll(true) + 1);
}

static void a_stuck_call_whose_wake_is_closed_asks_no_faster(void **state)
{
    (void)state;
    for (int i = 0; i < STUCK; i++) {
        renew();
        int d = stuck[i].prepare();
        set_timeout(d, stuck[i].timeout, 10000 * (int64_t)MS);
        fake_fail_always(stuck[i].tries, FAKE_EAGAIN);
        fake_at(fake_now() + 1000 * (int64_t)MS, spoil, NULL);
        fake_before(stuck[i].tries, 5000, stop_all_failures, NULL);
        unsigned before = fake_calls(stuck[i].tries);
        ASSERT_RESULT(-XSOCK_EAGAIN, stuck[i].run(d));
        ASSERT_BETWEEN(400, 600, fake_calls(stuck[i].tries) - before);
    }
}

/* ---- Several calls in one socket ------------------------------------------------------------- */

struct several {
    struct xsock__fd *fd;
    struct xsock__waiters *shared;
    struct xsock__waiter w[5];
};

static void watch(struct several *s, int i, int events)
{
    ASSERT_RESULT(0, xsock__fdtab_watch(t, s->fd, s->shared, events, &s->w[i]));
}

static bool asks(const struct several *s, int i)
{
    return xsock__atomic_load(&s->w[i].asks) != 0;
}

static void two_of_several_ask_the_system(void **state)
{
    struct several s = {.fd = xsock__fdtab_get(t, listen_at(80, 4))};
    (void)state;
    s.shared = &s.fd->held.sock->waiters;
    watch(&s, 0, XSOCK_POLLIN);
    watch(&s, 1, XSOCK_POLLIN);
    watch(&s, 2, XSOCK_POLLOUT);
    watch(&s, 3, XSOCK_POLLIN);
    assert_true(asks(&s, 0) && asks(&s, 1));
    assert_true(asks(&s, 2)); /* for another event */
    assert_false(asks(&s, 3));
    for (int i = 0; i < 3; i++) { /* one call gets a connection, and waits again */
        xsock__fdtab_unwatch(t, s.shared, &s.w[0]);
        assert_false(asks(&s, 3));
        watch(&s, 0, XSOCK_POLLIN);
        assert_true(asks(&s, 0) && asks(&s, 1));
    }
    xsock__fdtab_unwatch(t, s.shared, &s.w[0]);
    assert_int_equal(fake_wakes_set(), 0);
    xsock__fdtab_unwatch(t, s.shared, &s.w[1]);
    assert_true(asks(&s, 3)); /* the next call, which is woken */
    assert_int_equal(fake_wakes_set(), 1);
    assert_false(xsock__fdtab_take_marks(t, &s.w[3]));
    assert_int_equal(fake_wakes_set(), 0);
    xsock__fdtab_unwatch(t, s.shared, &s.w[3]);
    xsock__fdtab_unwatch(t, s.shared, &s.w[2]);
    xsock__fdtab_put(t, s.fd);
}

static void marks_are_told_once(void **state)
{
    struct several s = {.fd = xsock__fdtab_get(t, listen_at(80, 4))};
    (void)state;
    s.shared = &s.fd->held.sock->waiters;
    watch(&s, 0, XSOCK_POLLIN);
    xsock__fdtab_look_again(t, s.shared);
    assert_int_equal(fake_wakes_set(), 1);
    assert_true(xsock__fdtab_take_marks(t, &s.w[0]));
    assert_int_equal(fake_wakes_set(), 0);
    assert_false(xsock__fdtab_take_marks(t, &s.w[0]));
    xsock__fdtab_unwatch(t, s.shared, &s.w[0]);
    xsock__fdtab_put(t, s.fd);
}

static void leave_both(void *user)
{
    struct several *s = user;
    xsock__fdtab_unwatch(t, s->shared, &s->w[0]);
    xsock__fdtab_unwatch(t, s->shared, &s->w[1]);
}

/* The limit is looked at between the moment when a call stands in the lists and its first wait. */
static void a_call_that_must_ask_from_its_first_wait_on_waits_quietly(void **state)
{
    struct several s = {.fd = xsock__fdtab_get(t, listen_at(80, 4))};
    struct xsock__limit limit = xsock__limit_make(1000 * (int64_t)MS, NULL);
    struct event e = {.d = open_stream()}, late = {.d = open_stream()};
    (void)state;
    s.shared = &s.fd->held.sock->waiters;
    watch(&s, 0, XSOCK_POLLIN);
    watch(&s, 1, XSOCK_POLLIN);
    fake_before(FAKE_NOW, 1, leave_both, &s);
    fake_at(fake_now() + 500 * MS, connect_later, &e);
    fake_before(FAKE_WAIT, 10, connect_later, &late); /* ends a call that turns in a circle */
    unsigned before = fake_calls(FAKE_WAIT);
    ASSERT_RESULT(0, xsock__wait(t, s.fd, XSOCK_POLLIN, &limit));
    assert_true(fake_calls(FAKE_WAIT) - before <= 3);
    xsock__fdtab_put(t, s.fd);
}

static void a_call_that_loses_its_wake_lets_another_ask(void **state)
{
    struct several s = {.fd = xsock__fdtab_get(t, listen_at(80, 4))};
    (void)state;
    s.shared = &s.fd->held.sock->waiters;
    watch(&s, 0, XSOCK_POLLIN);
    watch(&s, 3, XSOCK_POLLIN);
    watch(&s, 1, XSOCK_POLLIN);
    assert_false(asks(&s, 1));
    xsock__fdtab_unwatch(t, s.shared, &s.w[3]);
    assert_false(asks(&s, 1));
    spoil(NULL);
    xsock__fdtab_lose_wake(t, s.shared, &s.w[0]);
    assert_null(s.w[0].waker);
    assert_true(asks(&s, 0)); /* for itself, because no other call could wake it */
    assert_true(asks(&s, 1));
    xsock__fdtab_unwatch(t, s.shared, &s.w[0]);
    xsock__fdtab_unwatch(t, s.shared, &s.w[1]);
    xsock__fdtab_put(t, s.fd);
}

/* Nobody could tell it to begin. */
static void a_call_that_loses_its_wake_asks_from_then_on(void **state)
{
    struct several s = {.fd = xsock__fdtab_get(t, listen_at(80, 4))};
    (void)state;
    s.shared = &s.fd->held.sock->waiters;
    for (int i = 0; i < 3; i++)
        watch(&s, i, XSOCK_POLLIN);
    assert_false(asks(&s, 2));
    spoil(NULL);
    xsock__fdtab_lose_wake(t, s.shared, &s.w[2]);
    assert_true(asks(&s, 2));
    for (int i = 0; i < 3; i++)
        xsock__fdtab_unwatch(t, s.shared, &s.w[i]);
    xsock__fdtab_put(t, s.fd);
}

/* ---- Changes between a try and the wait after it --------------------------------------------- */

static void shut_down_now(void *user)
{
    ASSERT_RESULT(0, xsock__call_shutdown(t, *(int *)user, XSOCK_SHUT_RD));
}

/* The fake system does not end the wait, as Windows does not. */
static void a_shutdown_between_try_and_wait_is_not_lost(void **state)
{
    int l = listen_at(80, 4);
    int64_t begin = fake_now();
    (void)state;
    fake_before(FAKE_ACCEPT, 1, shut_down_now, &l);
    ASSERT_RESULT(-XSOCK_EINVAL, xsock__call_accept(t, l, 0, NULL));
    assert_int_equal(fake_now() - begin, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TALK_TEST(a_shutdown_between_try_and_wait_is_not_lost),
        TALK_TEST(a_call_that_cannot_go_on_asks_ever_more_slowly),
        TALK_TEST(the_first_intervals_are_short),
        TALK_TEST(intervals_begin_anew_once_the_socket_was_not_ready),
        TALK_TEST(lost_connections_without_end_hold_up_nobody),
        TALK_TEST(a_stuck_call_is_ended_by_a_close),
        TALK_TEST(a_stuck_call_without_a_wake_is_ended_within_a_slice),
        TALK_TEST(a_call_without_a_wake_keeps_its_time),
        TALK_TEST(a_call_without_a_wake_is_ended_within_a_slice),
        TALK_TEST(a_poll_without_a_wake_is_told_within_a_slice),
        TALK_TEST(a_poll_that_does_not_wait_needs_no_wake),
        TALK_TEST(a_kept_wake_that_is_closed_is_noticed_within_a_slice),
        TALK_TEST(a_poll_whose_kept_wake_is_closed_is_told_within_a_slice),
        TALK_TEST(a_poll_looks_at_its_wake_once),
        TALK_TEST(the_only_thread_waits_in_one_piece),
        TALK_TEST(a_stuck_call_whose_wake_is_closed_asks_no_faster),
        TALK_TEST(two_of_several_ask_the_system),
        TALK_TEST(marks_are_told_once),
        TALK_TEST(a_call_that_must_ask_from_its_first_wait_on_waits_quietly),
        TALK_TEST(a_call_that_loses_its_wake_lets_another_ask),
        TALK_TEST(a_call_that_loses_its_wake_asks_from_then_on),
    };
    return cmocka_run_group_tests_name("waiting, fake", tests, NULL, NULL);
}
