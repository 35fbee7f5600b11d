/* Calls that wait, against the fake clock: timeouts to the nanosecond, signals, waits that end too
 * early, and transfers in pieces. */
#include "fake_talk.h"
#include "harness.h"
#include "socket/sock.h"

/* ---- Time ------------------------------------------------------------------------------------ */

static void assert_ends_after(const struct blocking *c, int64_t ns)
{
    int d = c->prepare();
    int64_t begin = fake_now();
    int rc;
    set_timeout(d, c->timeout, ns);
    rc = c->run(d);
    ASSERT_THAT(rc == c->late, "%s: %s", c->name, harness_name(rc));
    ASSERT_THAT(fake_now() - begin == ns, "%s: %lld ns instead of %lld", c->name,
                (long long)(fake_now() - begin), (long long)ns);
    assert_int_equal(fake_wakes_set(), 0);
}

static const int64_t times[] = {1, 2, 999, MS, MS + 1, 123456789, 3600 * (int64_t)1000 * MS};
enum { TIMES = sizeof times / sizeof *times };

static void timeouts_are_exact_to_the_nanosecond(void **state)
{
    (void)state;
    for (int c = 0; c < call_count; c++)
        for (int i = 0; i < TIMES; i++) {
            renew();
            assert_ends_after(&calls[c], times[i]);
        }
}

static void waits_that_end_too_early_end_no_call_early(void **state)
{
    static const int64_t early[] = {1, 1000, MS};
    (void)state;
    for (int c = 0; c < call_count; c++)
        for (int i = 0; i < 3; i++) {
            renew();
            fake_wake_early_by(early[i]);
            assert_ends_after(&calls[c], 50 * MS + 7);
        }
}

static void a_storm_of_signals_changes_no_timeout(void **state)
{
    (void)state;
    for (int c = 0; c < call_count; c++) {
        renew();
        fake_interrupt_every(MS / 4 + 1);
        assert_ends_after(&calls[c], 20 * MS + 3);
        ASSERT_THAT(fake_calls(FAKE_WAIT) > 20, "%s: only %u waits", calls[c].name,
                    fake_calls(FAKE_WAIT));
    }
}

static void a_signal_in_the_first_try_keeps_the_timeout(void **state)
{
    static const enum fake_call tries[] = {
        [RECV] = FAKE_RECV, [SEND] = FAKE_SEND, [ACCEPT] = FAKE_ACCEPT, [CONNECT] = FAKE_CONNECT};
    (void)state;
    for (int c = 0; c < call_count; c++) {
        int64_t begin;
        int d, rc;
        renew();
        d = calls[c].prepare();
        set_timeout(d, calls[c].timeout, 7 * MS);
        fake_fail(tries[calls[c].timeout], 1, FAKE_EINTR);
        begin = fake_now();
        rc = calls[c].run(d);
        ASSERT_THAT(rc == calls[c].late && fake_now() - begin == 7 * MS, "%s: %s", calls[c].name,
                    harness_name(rc));
    }
}

static void a_timeout_that_ends_after_time_itself_is_none(void **state)
{
    int d[2];
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    set_timeout(d[0], RECV, INT64_MAX);
    fake_fail(FAKE_RECV, 1, FAKE_EAGAIN);
    ASSERT_RESULT(3, send_some(d[1], 3, 0));
    ASSERT_RESULT(3, recv_some(d[0], 10, 0));
}

static void nonblocking_sockets_and_dontwait_never_wait(void **state)
{
    (void)state;
    for (int c = 0; c < call_count; c++) {
        bool is_connect = calls[c].timeout == CONNECT;
        int d, rc;
        renew();
        d = calls[c].prepare();
        set_timeout(d, calls[c].timeout, 1000 * (int64_t)MS);
        ASSERT_RESULT(0, xsock__call_set_flags(t, d, XSOCK_SOCK_NONBLOCK));
        rc = calls[c].run(d);
        if (!is_connect || calls[c].prepare == ready_to_knock)
            ASSERT_RESULT(-XSOCK_EAGAIN, rc);
        else
            ASSERT_RESULT(
                calls[c].prepare == ready_to_settle ? -XSOCK_EALREADY : -XSOCK_EINPROGRESS, rc);
        ASSERT_RESULT(0, xsock__call_set_flags(t, d, 0));
        if (calls[c].timeout == RECV)
            ASSERT_RESULT(-XSOCK_EAGAIN, recv_some(d, 1, XSOCK_MSG_DONTWAIT | XSOCK_MSG_WAITALL));
        if (calls[c].timeout == SEND)
            ASSERT_RESULT(-XSOCK_EAGAIN, send_some(d, 1, XSOCK_MSG_DONTWAIT));
        assert_int_equal(fake_wakes(), 0);
    }
}

/* ---- Signals, false alarms ------------------------------------------------------------------- */

static void signals_and_false_alarms_change_no_result(void **state)
{
    int d[2];
    struct event e;
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    fake_interrupt_every(3);
    fake_wake_early_by(2);
    e = (struct event){.d = d[1], .n = 25};
    fake_at(fake_now() + 1000, send_later, &e);
    ASSERT_RESULT(25, recv_some(d[0], 100, 0));
    for (unsigned n = 1; n <= 3;
         /* Tries report would-block though data is there, and signals arrive as tries begin. */
         n++) {
        ASSERT_RESULT(5, send_some(d[1], 5, 0));
        fake_fail(FAKE_RECV, 1, FAKE_EAGAIN);
        ASSERT_RESULT(5, recv_some(d[0], 100, 0));
        fake_fail(FAKE_SEND, n, FAKE_EINTR);
        ASSERT_RESULT(5, send_some(d[1], 5, 0));
        fake_fail(FAKE_RECV, n, FAKE_EINTR);
        ASSERT_RESULT(5, recv_some(d[0], 100, 0));
    }
}

/* ---- Sending and receiving all --------------------------------------------------------------- */

static void a_blocking_send_sends_all(void **state)
{
    struct event drain[6];
    int d[2];
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    for (int i = 0; i < 6; i++) {
        drain[i] = (struct event){.d = d[1], .n = 777};
        fake_at(fake_now() + i * MS, recv_later, &drain[i]);
    }
    ASSERT_RESULT(5 * 777 + FAKE_BUFFER, send_some(d[0], 5 * 777 + FAKE_BUFFER, 0));
    ASSERT_RESULT(777, drain[0].result);
    ASSERT_RESULT(777, drain[4].result);
}

static void one_that_may_not_block_sends_what_fits(void **state)
{
    int d[2];
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(FAKE_BUFFER, send_some(d[0], FAKE_BUFFER + 1, XSOCK_MSG_DONTWAIT));
    ASSERT_RESULT(-XSOCK_EAGAIN, send_some(d[0], 1, XSOCK_MSG_DONTWAIT));
    ASSERT_RESULT(FAKE_BUFFER, recv_some(d[1], sizeof buf, 0));
    ASSERT_RESULT(0, xsock__call_set_flags(t, d[0], XSOCK_SOCK_NONBLOCK));
    ASSERT_RESULT(FAKE_BUFFER, send_some(d[0], FAKE_BUFFER + 1, 0));
    ASSERT_RESULT(-XSOCK_EAGAIN, send_some(d[0], 1, 0));
}

static void what_was_sent_before_the_time_was_over_counts(void **state)
{
    int d[2];
    int64_t begin = fake_now();
    struct event drain;
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    set_timeout(d[0], SEND, 10 * MS);
    drain = (struct event){.d = d[1], .n = 100};
    fake_at(begin + 9 * MS, recv_later, &drain); /* does not start the timeout again */
    ASSERT_RESULT(FAKE_BUFFER + 100, send_some(d[0], 2 * FAKE_BUFFER, 0));
    assert_int_equal(fake_now() - begin, 10 * MS);
}

static void what_was_sent_before_an_error_counts_and_the_error_comes_next(void **state)
{
    int d[2];
    struct event e;
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    e = (struct event){.d = d[0]};
    fake_before(FAKE_WAIT, 1, break_later, &e);
    ASSERT_RESULT(FAKE_BUFFER, send_some(d[0], 2 * FAKE_BUFFER, 0));
    ASSERT_RESULT(-XSOCK_EPIPE, send_some(d[0], 1, 0));
}

static void waitall_waits_for_all_of_it_or_the_end(void **state)
{
    int d[2];
    int64_t begin = fake_now();
    struct event e[3];
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    for (int i = 0; i < 3; i++) {
        e[i] = (struct event){.d = d[1], .n = 10};
        fake_at(begin + (i + 1) * MS, send_later, &e[i]);
    }
    ASSERT_RESULT(25, recv_some(d[0], 25, XSOCK_MSG_WAITALL));
    assert_int_equal(fake_now() - begin, 3 * MS);
    ASSERT_RESULT(0, xsock__call_shutdown(t, d[1], XSOCK_SHUT_WR));
    ASSERT_RESULT(5, recv_some(d[0], 25, XSOCK_MSG_WAITALL));
    ASSERT_RESULT(0, recv_some(d[0], 25, XSOCK_MSG_WAITALL));
}

static void waitall_gives_what_it_has_when_the_time_is_over(void **state)
{
    int d[2];
    int64_t begin = fake_now();
    struct event e;
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    set_timeout(d[0], RECV, 5 * MS);
    e = (struct event){.d = d[1], .n = 10};
    fake_at(begin + 4 * MS, send_later, &e);
    ASSERT_RESULT(10, recv_some(d[0], 25, XSOCK_MSG_WAITALL));
    assert_int_equal(fake_now() - begin, 5 * MS);
    ASSERT_RESULT(-XSOCK_EAGAIN, recv_some(d[0], 25, XSOCK_MSG_WAITALL));
}

static void waitall_with_peek_gives_what_is_there(void **state)
{
    int d[2];
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(10, send_some(d[1], 10, 0));
    ASSERT_RESULT(10, recv_some(d[0], 25, XSOCK_MSG_WAITALL | XSOCK_MSG_PEEK));
    ASSERT_RESULT(10, recv_some(d[0], 25, XSOCK_MSG_PEEK));
    ASSERT_RESULT(10, recv_some(d[0], 25, 0));
}

static void waitall_takes_one_datagram(void **state)
{
    int d[2];
    (void)state;
    make_pair(XSOCK_SOCK_DGRAM, d);
    ASSERT_RESULT(10, send_some(d[1], 10, 0));
    ASSERT_RESULT(20, send_some(d[1], 20, 0));
    ASSERT_RESULT(0, send_some(d[1], 0, 0));
    ASSERT_RESULT(10, recv_some(d[0], 25, XSOCK_MSG_WAITALL));
    ASSERT_RESULT(7, recv_some(d[0], 7, XSOCK_MSG_WAITALL)); /* a datagram that is cut */
    ASSERT_RESULT(0, recv_some(d[0], 7, XSOCK_MSG_WAITALL)); /* and an empty datagram */
    ASSERT_RESULT(-XSOCK_EAGAIN, recv_some(d[0], 7, XSOCK_MSG_DONTWAIT));
}

static void out_of_band_data_stands_beside_the_stream(void **state)
{
    struct xsock_addr a = at_port(80);
    int l = listen_at(80, 1), c = open_stream(), s;
    (void)state;
    ASSERT_RESULT(0, xsock__call_connect(t, c, &a));
    s = ASSERT_OPENS(xsock__call_accept(t, l, 0, NULL));
    ASSERT_RESULT(3, send_some(c, 3, XSOCK_MSG_OOB));
    ASSERT_RESULT(0, xsock__call_at_mark(t, s));
    ASSERT_RESULT(2, recv_some(s, 10, XSOCK_MSG_WAITALL | XSOCK_MSG_DONTWAIT));
    ASSERT_RESULT(1, xsock__call_at_mark(t, s));
    ASSERT_RESULT(1, recv_some(s, 10, XSOCK_MSG_OOB));
    ASSERT_RESULT(-XSOCK_EINVAL, recv_some(s, 10, XSOCK_MSG_OOB));
}

/* ---- Shutting down --------------------------------------------------------------------------- */

/* This system would throw away what has arrived. */
static void what_has_arrived_is_received_after_receiving_was_ended(void **state)
{
    int d[2];
    (void)state;
    make_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(10, send_some(d[1], 10, 0));
    ASSERT_RESULT(0, xsock__call_shutdown(t, d[0], XSOCK_SHUT_RD));
    assert_int_equal(fake_calls(FAKE_SHUTDOWN), 0);
    ASSERT_RESULT(10, recv_some(d[0], 20, 0));
    ASSERT_RESULT(0, recv_some(d[0], 20, 0));
}

/* The system is not told that receiving ends. */
static void ending_what_was_reset_tells_that_there_is_no_connection(void **state)
{
    (void)state;
    for (int how = XSOCK_SHUT_RD; how <= XSOCK_SHUT_RDWR; how++) {
        int d[2];
        make_pair(XSOCK_SOCK_STREAM, d);
        fake_break(handle_of(d[0]), FAKE_ECONNRESET);
        ASSERT_RESULT(-XSOCK_ENOTCONN, xsock__call_shutdown(t, d[0], how));
        ASSERT_RESULT(-XSOCK_ECONNRESET, recv_some(d[0], 1, 0)); /* not the end */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TALK_TEST(timeouts_are_exact_to_the_nanosecond),
        TALK_TEST(waits_that_end_too_early_end_no_call_early),
        TALK_TEST(a_storm_of_signals_changes_no_timeout),
        TALK_TEST(a_signal_in_the_first_try_keeps_the_timeout),
        TALK_TEST(a_timeout_that_ends_after_time_itself_is_none),
        TALK_TEST(nonblocking_sockets_and_dontwait_never_wait),
        TALK_TEST(signals_and_false_alarms_change_no_result),
        TALK_TEST(a_blocking_send_sends_all),
        TALK_TEST(one_that_may_not_block_sends_what_fits),
        TALK_TEST(what_was_sent_before_the_time_was_over_counts),
        TALK_TEST(what_was_sent_before_an_error_counts_and_the_error_comes_next),
        TALK_TEST(waitall_waits_for_all_of_it_or_the_end),
        TALK_TEST(waitall_gives_what_it_has_when_the_time_is_over),
        TALK_TEST(waitall_with_peek_gives_what_is_there),
        TALK_TEST(waitall_takes_one_datagram),
        TALK_TEST(out_of_band_data_stands_beside_the_stream),
        TALK_TEST(what_has_arrived_is_received_after_receiving_was_ended),
        TALK_TEST(ending_what_was_reset_tells_that_there_is_no_connection),
    };
    return cmocka_run_group_tests_name("blocking", tests, NULL, NULL);
}
