/* Deadlines, and NONBLOCK that is set while a call waits, to the nanosecond by the fake clock. */
#include "fake_talk.h"
#include "harness.h"
#include "socket/sock.h"
#include "wait/poll.h"

enum { BOTH = XSOCK_DEADLINE_RECV | XSOCK_DEADLINE_SEND };

static int direction(const struct blocking *c)
{
    bool receives = c->timeout == RECV || c->timeout == ACCEPT;
    return receives ? XSOCK_DEADLINE_RECV : XSOCK_DEADLINE_SEND;
}

/* A descriptor in which this call waits without an end. */
static int prepare(const struct blocking *c)
{
    renew();
    int d = c->prepare();
    set_timeout(d, c->timeout, -1);
    return d;
}

static void assert_late(const struct blocking *c, int rc, int64_t begin, int64_t ns)
{
    ASSERT_THAT(rc == -XSOCK_ETIMEDOUT && fake_now() - begin == ns, "%s: %s after %ld ns", c->name,
                harness_name(rc), (long)(fake_now() - begin));
    assert_int_equal(fake_wakes_set(), 0);
}

struct change {
    int d, which, result;
    int64_t at_ns;
};

static void set_deadline_later(void *user)
{
    struct change *c = user;
    c->result = xsock__call_set_deadline(t, c->d, c->which, c->at_ns);
}

static void set_nonblock_later(void *user)
{
    struct change *c = user;
    c->result = xsock__call_set_flags(t, c->d, XSOCK_SOCK_NONBLOCK);
}

/* ---- The deadline ---------------------------------------------------------------------------- */

static void a_deadline_ends_every_waiting_call_in_time(void **state)
{
    (void)state;
    for (int i = 0; i < call_count; i++) {
        int d = prepare(&calls[i]);
        int64_t begin = fake_now();
        ASSERT_RESULT(0, xsock__call_set_deadline(t, d, direction(&calls[i]), begin + 7 * MS));
        fake_interrupt_every(3 * MS);
        fake_wake_early_by(2);
        assert_late(&calls[i], calls[i].run(d), begin, 7 * MS);
    }
}

static void a_deadline_in_the_other_direction_ends_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < call_count; i++) {
        int d = prepare(&calls[i]);
        int64_t begin = fake_now();
        ASSERT_RESULT(0, xsock__call_set_deadline(t, d, BOTH & ~direction(&calls[i]), 0));
        set_timeout(d, calls[i].timeout, 5 * MS);
        ASSERT_RESULT(calls[i].late, calls[i].run(d));
        assert_int_equal(fake_now() - begin, 5 * MS);
    }
}

static void a_deadline_that_has_passed_ends_new_calls_before_their_first_try(void **state)
{
    enum fake_call tries[] = {
        [RECV] = FAKE_RECV, [SEND] = FAKE_SEND, [CONNECT] = FAKE_CONNECT, [ACCEPT] = FAKE_ACCEPT};
    (void)state;
    for (int i = 0; i < call_count; i++)
        for (int nonblock = 0; nonblock < 2; nonblock++) {
            int d = prepare(&calls[i]);
            ASSERT_RESULT(0, xsock__call_set_flags(t, d, nonblock != 0 ? XSOCK_SOCK_NONBLOCK : 0));
            ASSERT_RESULT(0, xsock__call_set_deadline(t, d, BOTH, fake_now()));
            unsigned tried = fake_calls(tries[calls[i].timeout]), waits = fake_calls(FAKE_WAIT);
            assert_late(&calls[i], calls[i].run(d), fake_now(), 0);
            assert_int_equal(fake_calls(tries[calls[i].timeout]), tried);
            assert_int_equal(fake_calls(FAKE_WAIT), waits);
        }
}

static void every_form_of_sending_and_receiving_has_the_deadline(void **state)
{
    struct xsock_vec vec = {buf, 3};
    struct xsock_msg msg = {.vec = &vec, .vec_count = 1};
    struct xsock_dgram dgram = {.base = buf, .len = 3};
    int d[2], s[2];
    (void)state;
    make_pair(XSOCK_SOCK_DGRAM, d);
    make_pair(XSOCK_SOCK_STREAM, s);
    for (int i = 0; i < 2; i++) {
        ASSERT_RESULT(3, send_some(d[1 - i], 3, 0));
        ASSERT_RESULT(3, send_some(s[1 - i], 3, 0));
    }
    /* the deadline passed and was then removed, so the same calls work */
    for (int64_t at = 0; at >= -1; at--) {
        int late = -XSOCK_ETIMEDOUT;
        ASSERT_RESULT(0, xsock__call_set_deadline(t, d[0], BOTH, at));
        ASSERT_RESULT(0, xsock__call_set_deadline(t, s[0], BOTH, at));
        ASSERT_RESULT(at == 0 ? late : 3, send_some(d[0], 3, XSOCK_MSG_DONTWAIT));
        ASSERT_RESULT(at == 0 ? late : 3, (int)xsock__call_sendmsg(t, d[0], &msg, 0));
        ASSERT_RESULT(at == 0 ? late : 1, xsock__call_send_batch(t, d[0], &dgram, 1, 0));
        ASSERT_RESULT(at == 0 ? late : 3, recv_some(d[0], 3, XSOCK_MSG_DONTWAIT));
        if (at == 0) {
            ASSERT_RESULT(late, (int)xsock__call_recvmsg(t, d[0], &msg, 0));
            ASSERT_RESULT(late, xsock__call_recv_batch(t, d[0], &dgram, 1, 0));
            ASSERT_RESULT(late, (int)xsock__call_sendfile(t, s[0], 1, 0, 1));
        }
        ASSERT_RESULT(at == 0 ? late : 3, recv_some(s[0], 3, XSOCK_MSG_PEEK));
    }
}

static void whichever_of_deadline_and_timeout_comes_first_decides(void **state)
{
    (void)state;
    for (int i = 0; i < call_count; i++)
        for (int first = 0; first < 2; first++) {
            int d = prepare(&calls[i]);
            int64_t begin = fake_now(), ns = first != 0 ? 3 * MS : 9 * MS;
            set_timeout(d, calls[i].timeout, 5 * MS);
            ASSERT_RESULT(0, xsock__call_set_deadline(t, d, BOTH, begin + ns));
            ASSERT_RESULT(first != 0 ? -XSOCK_ETIMEDOUT : calls[i].late, calls[i].run(d));
            assert_int_equal(fake_now() - begin, first != 0 ? 3 * MS : 5 * MS);
        }
}

static void what_was_moved_before_a_deadline_counts(void **state)
{
    int d[2];
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(4, send_some(d[1], 4, 0));
    ASSERT_RESULT(0, xsock__call_set_deadline(t, d[0], BOTH, fake_now() + MS));
    ASSERT_RESULT(4, recv_some(d[0], 10, XSOCK_MSG_WAITALL));
    ASSERT_RESULT(0, xsock__call_set_deadline(t, d[0], BOTH, fake_now() + MS));
    ASSERT_RESULT(FAKE_BUFFER, send_some(d[0], FAKE_BUFFER + 1, 0));
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, send_some(d[0], 1, 0));
}

/* ---- Set while calls wait -------------------------------------------------------------------- */

enum { WINDOWS = 3 };

/* When the change happens: between the try and the wait, as the wait begins, and during the
 * wait. */
static void set_window(int window, fake_hook *fn, void *user)
{
    if (window == 0)
        fake_before(FAKE_WAKE_OPEN, 1, fn, user);
    else if (window == 1)
        fake_before(FAKE_WAIT, 1, fn, user);
    else
        fake_at(fake_now() + 30 * MS, fn, user);
}

static void a_deadline_that_is_set_on_a_duplicate_ends_a_waiting_call_at_once(void **state)
{
    (void)state;
    for (int i = 0; i < call_count; i++)
        for (int window = 0; window < WINDOWS; window++) {
            int d = prepare(&calls[i]);
            int copy = ASSERT_OPENS(xsock__call_dup(t, d, 0, 0));
            struct change c = {.d = copy, .which = direction(&calls[i])};
            int64_t begin = fake_now();
            set_window(window, set_deadline_later, &c);
            assert_late(&calls[i], calls[i].run(d), begin, window == 2 ? 30 * MS : 0);
            ASSERT_RESULT(0, c.result);
        }
}

static void a_deadline_may_be_moved_and_removed_under_a_waiting_call(void **state)
{
    (void)state;
    for (int i = 0; i < call_count; i++) {
        int d = prepare(&calls[i]), which = direction(&calls[i]);
        int64_t begin = fake_now();
        struct change earlier = {.d = d, .which = which, .at_ns = begin + 40 * MS},
                      gone = {.d = d, .which = which, .at_ns = -1},
                      back = {.d = d, .which = which, .at_ns = begin + 70 * MS};
        ASSERT_RESULT(0, xsock__call_set_deadline(t, d, which, begin + 90 * MS));
        fake_at(begin + 10 * MS, set_deadline_later, &earlier);
        fake_at(begin + 20 * MS, set_deadline_later, &gone);
        fake_at(begin + 60 * MS, set_deadline_later, &back);
        assert_late(&calls[i], calls[i].run(d), begin, 70 * MS);
    }
}

static void a_call_that_looks_again_keeps_its_timeout(void **state)
{
    (void)state;
    for (int i = 0; i < call_count; i++) {
        int d = prepare(&calls[i]);
        int64_t begin = fake_now();
        struct change c = {.d = d, .which = BOTH, .at_ns = INT64_MAX};
        set_timeout(d, calls[i].timeout, 5 * MS);
        fake_at(begin + 2 * MS, set_deadline_later, &c);
        ASSERT_RESULT(calls[i].late, calls[i].run(d));
        assert_int_equal(fake_now() - begin, 5 * MS);
    }
}

/* A repeated check that coincides with the event that the call waits for, or with a close, hides
 * neither. */
static void what_a_call_waits_for_comes_before_the_deadline(void **state)
{
    int d[2];
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    struct change c = {.d = d[0], .which = BOTH};
    struct event sends = {.d = d[1], .n = 6}, closes = {.d = d[0]};
    fake_at(fake_now() + MS, set_deadline_later, &c);
    fake_at(fake_now() + MS, send_later, &sends);
    ASSERT_RESULT(6, recv_some(d[0], 10, 0));
    ASSERT_RESULT(0, xsock__call_set_deadline(t, d[0], BOTH, -1));
    fake_at(fake_now() + MS, set_deadline_later, &c);
    fake_at(fake_now() + MS, close_later, &closes);
    ASSERT_RESULT(-XSOCK_ECANCELED, recv_some(d[0], 10, 0));
    assert_int_equal(fake_wakes_set(), 0);
}

static void a_poll_knows_no_deadlines(void **state)
{
    int d[2];
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    struct xsock_pollfd p = {.fd = d[0], .events = XSOCK_POLLIN};
    struct change c = {.d = d[0], .which = BOTH};
    int64_t begin = fake_now();
    fake_at(begin + MS, set_deadline_later, &c);
    ASSERT_RESULT(0, xsock__poll(t, &p, 1, 5 * MS));
    assert_int_equal(fake_now() - begin, 5 * MS);
}

static void nonblock_that_is_set_ends_a_waiting_call(void **state)
{
    (void)state;
    for (int i = 0; i < call_count; i++)
        for (int window = 0; window < WINDOWS; window++) {
            int d = prepare(&calls[i]);
            struct change c = {.d = ASSERT_OPENS(xsock__call_dup(t, d, 0, 0))};
            bool begun = calls[i].timeout == CONNECT && calls[i].prepare != ready_to_knock;
            int64_t begin = fake_now();
            set_window(window, set_nonblock_later, &c);
            int rc = calls[i].run(d);
            ASSERT_THAT(rc == (begun ? -XSOCK_EINPROGRESS : -XSOCK_EAGAIN), "%s, window %d: %s",
                        calls[i].name, window, harness_name(rc));
            ASSERT_RESULT(0, c.result);
            assert_int_equal(fake_now() - begin, window == 2 ? 30 * MS : 0);
            assert_int_equal(fake_wakes_set(), 0);
        }
}

/* Otherwise the list of a socket's waiters would point to stacks of threads that the child does not
 * have. */
static void a_forked_child_has_no_waiters(void **state)
{
    struct xsock__waiter w;
    int d = bound_datagrams(53);
    struct xsock__fd *fd = xsock__fdtab_get(t, d);
    (void)state;
    ASSERT_RESULT(0, xsock__fdtab_watch(t, fd, &fd->held.sock->waiters, XSOCK_POLLIN, &w));
    fake_fork_child();
    assert_null(fd->held.sock->waiters.first);
    ASSERT_RESULT(0, xsock__call_set_deadline(t, d, BOTH, 0));
    assert_int_equal(xsock__atomic_load(&w.look_again), 0);
}

/* ---- Arguments ------------------------------------------------------------------------------- */

static void deadlines_are_kept_by_the_socket_as_they_were_set(void **state)
{
    int d = open_stream(), copy = ASSERT_OPENS(xsock__call_dup(t, d, 0, 0));
    int64_t at = 7;
    (void)state;
    ASSERT_RESULT(0, xsock__call_get_deadline(t, d, XSOCK_DEADLINE_RECV, &at));
    assert_int_equal(at, -1);
    ASSERT_RESULT(0, xsock__call_set_deadline(t, d, BOTH, 5));
    ASSERT_RESULT(0, xsock__call_set_deadline(t, d, XSOCK_DEADLINE_SEND, INT64_MAX));
    ASSERT_RESULT(0, xsock__call_get_deadline(t, copy, XSOCK_DEADLINE_RECV, &at));
    assert_int_equal(at, 5);
    ASSERT_RESULT(0, xsock__call_get_deadline(t, copy, XSOCK_DEADLINE_SEND, &at));
    assert_true(at == INT64_MAX);
    ASSERT_RESULT(0, xsock__call_close(t, d));
    ASSERT_RESULT(0, xsock__call_close(t, copy));
    d = open_stream(); /* of the same memory */
    ASSERT_RESULT(0, xsock__call_get_deadline(t, d, XSOCK_DEADLINE_SEND, &at));
    assert_int_equal(at, -1);
}

static void wrong_arguments_are_refused_in_order(void **state)
{
    static const int wrong[] = {0, 4, 5, 8, -1, INT32_MIN, INT32_MAX};
    int d = open_stream(), p = ASSERT_OPENS(xsock__call_poller_open(t, 0));
    int64_t at = 7;
    (void)state;
    ASSERT_RESULT(-XSOCK_EBADF, xsock__call_set_deadline(t, 99, 0, -2));
    ASSERT_RESULT(-XSOCK_EBADF, xsock__call_get_deadline(t, 99, 0, NULL));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock__call_set_deadline(t, p, 0, -2));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock__call_get_deadline(t, p, 0, NULL));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock__call_get_deadline(t, d, 0, NULL));
    for (int i = 0; i < (int)(sizeof wrong / sizeof *wrong); i++) {
        ASSERT_RESULT(-XSOCK_EINVAL, xsock__call_set_deadline(t, d, wrong[i], 0));
        ASSERT_RESULT(-XSOCK_EINVAL, xsock__call_get_deadline(t, d, wrong[i], &at));
    }
    ASSERT_RESULT(-XSOCK_EINVAL, xsock__call_get_deadline(t, d, BOTH, &at));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock__call_set_deadline(t, d, BOTH, -2));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock__call_set_deadline(t, d, BOTH, INT64_MIN));
    assert_int_equal(at, 7);
    ASSERT_RESULT(0, xsock__call_get_deadline(t, d, XSOCK_DEADLINE_SEND, &at));
    assert_int_equal(at, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TALK_TEST(a_deadline_ends_every_waiting_call_in_time),
        TALK_TEST(a_deadline_in_the_other_direction_ends_nothing),
        TALK_TEST(a_deadline_that_has_passed_ends_new_calls_before_their_first_try),
        TALK_TEST(every_form_of_sending_and_receiving_has_the_deadline),
        TALK_TEST(whichever_of_deadline_and_timeout_comes_first_decides),
        TALK_TEST(what_was_moved_before_a_deadline_counts),
        TALK_TEST(a_deadline_that_is_set_on_a_duplicate_ends_a_waiting_call_at_once),
        TALK_TEST(a_deadline_may_be_moved_and_removed_under_a_waiting_call),
        TALK_TEST(a_call_that_looks_again_keeps_its_timeout),
        TALK_TEST(what_a_call_waits_for_comes_before_the_deadline),
        TALK_TEST(a_poll_knows_no_deadlines),
        TALK_TEST(nonblock_that_is_set_ends_a_waiting_call),
        TALK_TEST(a_forked_child_has_no_waiters),
        TALK_TEST(deadlines_are_kept_by_the_socket_as_they_were_set),
        TALK_TEST(wrong_arguments_are_refused_in_order),
    };
    return cmocka_run_group_tests_name("deadlines", tests, NULL, NULL);
}
