/* Connecting and accepting, against the fake clock: every state from the begin of a connect to the
 * report of its result. */
#include "facts/translate.h"
#include "fake_talk.h"
#include "harness.h"
#include "socket/sock.h"
#include "wait/poll.h"

/* ---- Connecting ------------------------------------------------------------------------------ */

static int begin_connect(int64_t takes_ns, int code)
{
    struct xsock_addr a = at_port(80);
    int d = open_stream();
    fake_connects_take(takes_ns, code);
    ASSERT_RESULT(0, xsock__call_set_flags(t, d, XSOCK_SOCK_NONBLOCK));
    ASSERT_RESULT(-XSOCK_EINPROGRESS, xsock__call_connect(t, d, &a));
    ASSERT_RESULT(-XSOCK_EALREADY, xsock__call_connect(t, d, &a));
    return d;
}

static void a_nonblocking_connect_goes_from_begun_to_told_to_connected(void **state)
{
    struct xsock_addr a = at_port(80), peer;
    int l = listen_at(80, 1), d = begin_connect(5 * MS, 0);
    struct xsock_pollfd p = {.fd = d, .events = XSOCK_POLLOUT};
    int64_t begin = fake_now();
    (void)state;
    ASSERT_RESULT(-XSOCK_EAGAIN, send_some(d, 1, 0));
    ASSERT_RESULT(-XSOCK_EAGAIN, recv_some(d, 1, 0));
    ASSERT_RESULT(-XSOCK_ENOTCONN, xsock__call_peer_addr(t, d, &peer));
    ASSERT_RESULT(-XSOCK_ENOTCONN, xsock__call_shutdown(t, d, XSOCK_SHUT_WR));
    ASSERT_RESULT(1, xsock__poll(t, &p, 1, -1));
    assert_int_equal(p.revents, XSOCK_POLLOUT);
    assert_int_equal(fake_now() - begin, 5 * MS);
    fake_fail(FAKE_WAIT, 1, FAKE_EINTR);
    ASSERT_RESULT(0, xsock__call_connect(t, d, &a));
    ASSERT_RESULT(-XSOCK_EISCONN, xsock__call_connect(t, d, &a));
    ASSERT_RESULT(0, xsock__call_peer_addr(t, d, &peer));
    assert_true(xsock_addr_equal(&peer, &a));
    ASSERT_OPENS(xsock__call_accept(t, l, 0, NULL));
}

static void a_failure_after_a_while_is_told_once(void **state)
{
    struct xsock_addr a = at_port(80);
    int d = begin_connect(5 * MS, FAKE_EHOSTUNREACH);
    struct xsock_pollfd p = {.fd = d, .events = XSOCK_POLLOUT};
    (void)state;
    ASSERT_RESULT(1, xsock__poll(t, &p, 1, -1));
    assert_int_equal(p.revents & (XSOCK_POLLOUT | XSOCK_POLLERR), XSOCK_POLLOUT | XSOCK_POLLERR);
    ASSERT_RESULT(-XSOCK_EHOSTUNREACH, xsock__call_connect(t, d, &a));
    assert_int_equal(xsock_oserror(), FAKE_EHOSTUNREACH);
    ASSERT_RESULT(-XSOCK_ENOTCONN, send_some(d, 1, 0));
    /* the program may try again */
    ASSERT_RESULT(-XSOCK_EINPROGRESS, xsock__call_connect(t, d, &a));
}

static void sending_tells_how_a_connect_failed(void **state)
{
    int d = begin_connect(5 * MS, FAKE_ETIMEDOUT);
    (void)state;
    ASSERT_RESULT(0, xsock__call_set_flags(t, d, 0));
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, send_some(d, 1, 0));
}

static void sending_waits_for_a_connect_that_is_under_way(void **state)
{
    int l = listen_at(80, 1), d = begin_connect(5 * MS, 0), s;
    int64_t begin = fake_now();
    (void)state;
    ASSERT_RESULT(0, xsock__call_set_flags(t, d, 0));
    ASSERT_RESULT(4, send_some(d, 4, 0));
    assert_int_equal(fake_now() - begin, 5 * MS);
    s = ASSERT_OPENS(xsock__call_accept(t, l, 0, NULL));
    ASSERT_RESULT(4, recv_some(s, 10, 0));
}

static void a_failure_whose_reason_is_gone_is_still_none_of_success(void **state)
{
    struct xsock_addr a = at_port(80);
    int d = begin_connect(5 * MS, FAKE_ETIMEDOUT);
    (void)state;
    fake_advance(5 * MS);
    fake_take_error(handle_of(d)); /* as a program may do with its own getsockopt */
    ASSERT_RESULT(-XSOCK_ENOTCONN, send_some(d, 1, 0));
    ASSERT_RESULT(-XSOCK_EINPROGRESS, xsock__call_connect(t, d, &a));
    fake_advance(5 * MS);
    fake_take_error(handle_of(d));
    ASSERT_RESULT(-XSOCK_EINPROGRESS, xsock__call_connect(t, d, &a)); /* a new error */
}

static void a_blocking_connect_ends_as_the_system_ends_it(void **state)
{
    struct xsock_addr a = at_port(80);
    int64_t begin = fake_now();
    int d = open_stream();
    (void)state;
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock__call_connect(t, d, &a));
    fake_connects_take(5 * MS, FAKE_ECONNREFUSED);
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock__call_connect(t, d, &a));
    assert_int_equal(fake_now() - begin, 5 * MS);
    fake_connects_take(5 * MS, 0);
    listen_at(80, 1);
    ASSERT_RESULT(0, xsock__call_connect(t, d, &a));
    ASSERT_RESULT(-XSOCK_EISCONN, xsock__call_connect(t, d, &a));
}

/* On Linux the first connect after a failed one only clears the failure. */
static void the_connect_after_a_failed_one_begins_anew(void **state)
{
    struct xsock_addr a = at_port(80);
    int d = open_stream();
    (void)state;
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock__call_connect(t, d, &a));
    listen_at(80, 1);
    fake_fail(FAKE_CONNECT, 1, FAKE_ECONNABORTED);
    ASSERT_RESULT(0, xsock__call_connect(t, d, &a));
}

static void a_connect_that_ran_out_of_time_is_still_under_way(void **state)
{
    struct xsock_addr a = at_port(80);
    int d = open_stream();
    (void)state;
    listen_at(80, 1);
    fake_connects_take(5 * MS, 0);
    set_timeout(d, CONNECT, 2 * MS);
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock__call_connect(t, d, &a));
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock__call_connect(t, d, &a));
    ASSERT_RESULT(0, xsock__call_connect(t, d, &a));
}

/* ---- Misleading refusals (Windows) ----------------------------------------------------------- */

/* A listener at port 80 that has a full backlog and refuses connections. */
static int listen_and_fill(void)
{
    struct xsock_addr a = at_port(80);
    int l = listen_at(80, 0);
    fake_full_backlogs_refuse();
    ASSERT_RESULT(0, xsock__call_connect(t, open_stream(), &a));
    return l;
}

static void accept_later(void *user)
{
    struct event *e = user;
    e->result = xsock__call_accept(t, e->d, 0, NULL);
}

static void a_connect_tries_for_half_a_second_to_get_into_a_full_backlog(void **state)
{
    struct xsock_addr a = at_port(80);
    int l = listen_and_fill(), d = open_stream();
    struct event accepts = {.d = l};
    int64_t begin = fake_now();
    (void)state;
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock__call_connect(t, d, &a));
    assert_true(fake_now() >= begin + 500 * MS && fake_now() <= begin + 520 * MS);
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock__call_connect_result(t, d));
    begin = fake_now();
    fake_at(begin + 100 * MS, accept_later, &accepts);
    ASSERT_RESULT(0, xsock__call_connect(t, d, &a));
    assert_true(fake_now() >= begin + 100 * MS && fake_now() <= begin + 120 * MS);
    ASSERT_OPENS(accepts.result);
    assert_int_equal(fake_calls(FAKE_FIND_LISTENER), 2);
}

static void a_connect_to_a_full_backlog_ends_with_its_time_and_its_descriptor(void **state)
{
    struct xsock_addr a = at_port(80);
    int d;
    (void)state;
    listen_and_fill();
    d = open_stream();
    struct event closes = {.d = d, .other = -1};
    int64_t begin = fake_now();
    set_timeout(d, CONNECT, 7 * MS);
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock__call_connect(t, d, &a));
    assert_true(fake_now() == begin + 7 * MS);
    set_timeout(d, CONNECT, -1);
    begin = fake_now();
    ASSERT_RESULT(0, xsock__call_set_deadline(t, d, XSOCK_DEADLINE_SEND, begin + 5 * MS));
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock__call_connect(t, d, &a));
    assert_true(fake_now() == begin + 5 * MS);
    ASSERT_RESULT(0, xsock__call_set_deadline(t, d, XSOCK_DEADLINE_SEND, -1));
    fake_at(fake_now() + MS, close_later, &closes);
    ASSERT_RESULT(-XSOCK_ECANCELED, xsock__call_connect(t, d, &a));
}

static void listeners_are_asked_for_after_a_refusal_only_and_not_without_blocking(void **state)
{
    struct xsock_addr a = at_port(80), elsewhere = at_port(81);
    int64_t begin = fake_now();
    int d = open_stream();
    (void)state;
    listen_and_fill();
    assert_int_equal(fake_calls(FAKE_FIND_LISTENER), 0);
    ASSERT_RESULT(0, xsock__call_set_flags(t, d, XSOCK_SOCK_NONBLOCK));
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock__call_connect(t, d, &a));
    assert_int_equal(fake_calls(FAKE_FIND_LISTENER), 0);
    ASSERT_RESULT(0, xsock__call_set_flags(t, d, 0));
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock__call_connect(t, d, &elsewhere));
    assert_int_equal(fake_calls(FAKE_FIND_LISTENER), 1);
    assert_true(fake_now() == begin);
}

static void a_connect_without_an_answer_is_refused_soon_if_nobody_listens(void **state)
{
    struct xsock_addr a = at_port(80);
    int64_t begin = fake_now();
    int d = open_stream();
    (void)state;
    fake_full_backlogs_refuse();
    fake_connects_take(2000 * MS, FAKE_ECONNREFUSED);
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock__call_connect(t, d, &a));
    assert_true(fake_now() == begin + 50 * MS);
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock__call_connect_result(t, d));
    /* the connect is still in progress */
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock__call_connect(t, d, &a));
    set_timeout(d, CONNECT, 20 * MS);
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock__call_connect(t, d, &a));
    assert_true(fake_now() == begin + 120 * MS);
}

static void a_connect_without_an_answer_waits_on_if_somebody_listens(void **state)
{
    struct xsock_addr a = at_port(80);
    int64_t begin = fake_now();
    int d = open_stream();
    (void)state;
    listen_at(80, 1);
    fake_full_backlogs_refuse();
    fake_connects_take(1000 * MS, 0);
    set_timeout(d, CONNECT, 600 * MS);
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock__call_connect(t, d, &a));
    assert_true(fake_now() == begin + 600 * MS);
    ASSERT_RESULT(0, xsock__call_connect(t, d, &a));
    assert_true(fake_now() == begin + 1000 * MS);
    assert_int_equal(fake_calls(FAKE_FIND_LISTENER), 2);
}

/* ---- Accepting ------------------------------------------------------------------------------- */

static void accept_waits_and_takes_its_flags_from_the_call(void **state)
{
    struct xsock_addr peer;
    struct event e;
    int l = listen_at(80, 4), c = open_stream(), s;
    (void)state;
    e = (struct event){.d = c};
    fake_at(fake_now() + MS, connect_later, &e);
    ASSERT_RESULT(0, xsock__call_set_flags(t, l, XSOCK_SOCK_CLOEXEC));
    s = ASSERT_OPENS(xsock__call_accept(t, l, 0, &peer));
    ASSERT_RESULT(0, e.result);
    ASSERT_RESULT(0, xsock__call_get_flags(t, s));
    assert_false(fake_look(handle_of(s)).cloexec);
    assert_int_equal(peer.family, XSOCK_AF_INET);
    assert_true(peer.port != 0);
    ASSERT_RESULT(0, xsock__call_connect(t, open_stream(),
                                         &(struct xsock_addr){XSOCK_AF_INET, 80, 0, 0, 4, {127}}));
    s = ASSERT_OPENS(xsock__call_accept(t, l, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK, NULL));
    ASSERT_RESULT(XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK, xsock__call_get_flags(t, s));
    assert_true(fake_look(handle_of(s)).cloexec);
}

static void accept_without_room_loses_no_connection(void **state)
{
    struct xsock_addr a = at_port(80);
    int l = listen_at(80, 4), c = open_stream();
    (void)state;
    ASSERT_RESULT(0, xsock__call_connect(t, c, &a));
    ASSERT_RESULT(0, xsock__fdtab_set_limit(t, c + 1));
    ASSERT_RESULT(-XSOCK_EMFILE, xsock__call_accept(t, l, 0, NULL));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock__call_accept(t, l, 1, NULL)); /* reported nevertheless */
    assert_int_equal(fake_calls(FAKE_ACCEPT), 0);
    ASSERT_RESULT(0, xsock__fdtab_set_limit(t, c + 2));
    fake_fail(FAKE_ALLOC, 1, FAKE_ENOMEM);
    ASSERT_RESULT(-XSOCK_ENOMEM, xsock__call_accept(t, l, 0, NULL));
    assert_int_equal(fake_calls(FAKE_ACCEPT), 0);
    ASSERT_RESULT(c + 1, xsock__call_accept(t, l, 0, NULL));
    ASSERT_RESULT(3, send_some(c, 3, 0));
    ASSERT_RESULT(3, recv_some(c + 1, 10, 0));
}

/* ---- Accepting in a full table --------------------------------------------------------------- */

static const int exhaustion_codes[] = {FAKE_EMFILE, FAKE_ENFILE, FAKE_ENOBUFS, FAKE_ENOMEM};
enum { EXHAUSTION_CODE_COUNT = sizeof exhaustion_codes / sizeof *exhaustion_codes };

static void accept_without_a_number_fails_only_while_a_connection_is_pending(void **state)
{
    struct xsock_addr a = at_port(80);
    int l = listen_at(80, 4), c = open_stream(), before = xsock__fdtab_limit(t);
    (void)state;
    ASSERT_RESULT(0, xsock__call_set_flags(t, l, XSOCK_SOCK_NONBLOCK));
    ASSERT_RESULT(0, xsock__fdtab_set_limit(t, c + 1));
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock__call_accept(t, l, 0, NULL));
    /* a socket that does not listen */
    ASSERT_RESULT(-XSOCK_EINVAL, xsock__call_accept(t, c, 0, NULL));
    ASSERT_RESULT(0, xsock__call_connect(t, c, &a));
    ASSERT_RESULT(-XSOCK_EMFILE, xsock__call_accept(t, l, 0, NULL));
    /* the connection stays in the queue */
    ASSERT_RESULT(-XSOCK_EMFILE, xsock__call_accept(t, l, 0, NULL));
    ASSERT_RESULT(0, xsock__fdtab_set_limit(t, before));
    ASSERT_RESULT(c + 1, xsock__call_accept(t, l, 0, NULL));
}

/* Linux looks for a free descriptor first, so the system's EMFILE does not tell whether there is a
 * connection. */
static void the_systems_exhaustion_is_returned_only_while_a_connection_is_pending(void **state)
{
    struct xsock_addr a = at_port(80);
    (void)state;
    for (int i = 0; i < EXHAUSTION_CODE_COUNT; i++) {
        renew();
        int l = listen_at(80, 4), c = open_stream();
        ASSERT_RESULT(0, xsock__call_set_flags(t, l, XSOCK_SOCK_NONBLOCK));
        fake_fail(FAKE_ACCEPT, 1, exhaustion_codes[i]);
        ASSERT_RESULT(-XSOCK_EAGAIN, xsock__call_accept(t, l, 0, NULL));
        fake_fail(FAKE_ACCEPT, 1, exhaustion_codes[i]);
        ASSERT_RESULT(-XSOCK_EINVAL, xsock__call_accept(t, c, 0, NULL));
        ASSERT_RESULT(0, xsock__call_connect(t, c, &a));
        fake_fail(FAKE_ACCEPT, 1, exhaustion_codes[i]);
        ASSERT_RESULT(xsock__error_from_native(exhaustion_codes[i]),
                      xsock__call_accept(t, l, 0, NULL));
        assert_int_equal(xsock_oserror(), exhaustion_codes[i]);
        ASSERT_RESULT(c + 1, xsock__call_accept(t, l, 0, NULL));
    }
}

static void accept_in_a_full_table_waits_for_a_connection_and_then_says_EMFILE(void **state)
{
    int l = listen_at(80, 4), c = open_stream();
    struct event comes = {.d = c};
    int64_t begin = fake_now();
    (void)state;
    ASSERT_RESULT(0, xsock__fdtab_set_limit(t, c + 1));
    fake_at(begin + 5 * MS, connect_later, &comes);
    ASSERT_RESULT(-XSOCK_EMFILE, run_accept(l));
    assert_true(fake_now() == begin + 5 * MS);
    ASSERT_RESULT(0, comes.result);
    assert_int_equal(fake_calls(FAKE_ACCEPT), 0);
}

static void accept_in_a_full_table_ends_with_its_time_and_with_its_listener(void **state)
{
    int l = listen_at(80, 4);
    struct event closes = {.d = l};
    int64_t begin = fake_now();
    (void)state;
    ASSERT_RESULT(0, xsock__fdtab_set_limit(t, l + 1));
    set_timeout(l, ACCEPT, 7 * MS);
    ASSERT_RESULT(-XSOCK_EAGAIN, run_accept(l));
    assert_true(fake_now() == begin + 7 * MS);
    set_timeout(l, ACCEPT, -1);
    fake_at(fake_now() + MS, close_later, &closes);
    ASSERT_RESULT(-XSOCK_ECANCELED, run_accept(l));
}

/* While accept waits: how many numbers are in use, and which number opening returns. */
struct numbers {
    int count, opened, limit, connected;
};

static void look_at_numbers(void *user)
{
    struct numbers *n = user;
    struct xsock_addr a = at_port(80);
    n->count = xsock__fdtab_count(t);
    n->opened = open_stream();
    /* no number is left for the connection ... */
    n->limit = xsock__fdtab_set_limit(t, n->opened + 1);
    n->connected = xsock__call_connect(t, n->opened, &a);
    (void)xsock__fdtab_set_limit(t, n->opened + 2); /* ... until now */
}

static void a_call_that_waits_in_accept_holds_no_number(void **state)
{
    int l = listen_at(80, 4);
    struct numbers n = {0, 0, 0, 0};
    (void)state;
    fake_at(fake_now() + MS, look_at_numbers, &n);
    int s = run_accept(l);
    assert_int_equal(n.count, 1);
    ASSERT_RESULT(l + 1, n.opened);
    ASSERT_RESULT(0, n.limit);
    ASSERT_RESULT(0, n.connected);
    ASSERT_RESULT(l + 2, s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TALK_TEST(a_nonblocking_connect_goes_from_begun_to_told_to_connected),
        TALK_TEST(a_failure_after_a_while_is_told_once),
        TALK_TEST(sending_tells_how_a_connect_failed),
        TALK_TEST(sending_waits_for_a_connect_that_is_under_way),
        TALK_TEST(a_failure_whose_reason_is_gone_is_still_none_of_success),
        TALK_TEST(a_blocking_connect_ends_as_the_system_ends_it),
        TALK_TEST(the_connect_after_a_failed_one_begins_anew),
        TALK_TEST(a_connect_that_ran_out_of_time_is_still_under_way),
        TALK_TEST(a_connect_tries_for_half_a_second_to_get_into_a_full_backlog),
        TALK_TEST(a_connect_to_a_full_backlog_ends_with_its_time_and_its_descriptor),
        TALK_TEST(listeners_are_asked_for_after_a_refusal_only_and_not_without_blocking),
        TALK_TEST(a_connect_without_an_answer_is_refused_soon_if_nobody_listens),
        TALK_TEST(a_connect_without_an_answer_waits_on_if_somebody_listens),
        TALK_TEST(accept_waits_and_takes_its_flags_from_the_call),
        TALK_TEST(accept_without_room_loses_no_connection),
        TALK_TEST(accept_without_a_number_fails_only_while_a_connection_is_pending),
        TALK_TEST(the_systems_exhaustion_is_returned_only_while_a_connection_is_pending),
        TALK_TEST(accept_in_a_full_table_waits_for_a_connection_and_then_says_EMFILE),
        TALK_TEST(accept_in_a_full_table_ends_with_its_time_and_with_its_listener),
        TALK_TEST(a_call_that_waits_in_accept_holds_no_number),
    };
    return cmocka_run_group_tests_name("connecting", tests, NULL, NULL);
}
