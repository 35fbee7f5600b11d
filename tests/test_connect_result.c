/* What xsock_connect_result() returns at every stage of a connect, also if another call has asked
 * before. */
#include "fake_talk.h"
#include "harness.h"
#include "socket/option.h"
#include "socket/sock.h"

static int begin_connect(int64_t takes_ns, int code)
{
    struct xsock_addr a = at_port(80);
    int d = open_stream();
    fake_connects_take(takes_ns, code);
    ASSERT_RESULT(0, xsock__call_set_flags(t, d, XSOCK_SOCK_NONBLOCK));
    ASSERT_RESULT(-XSOCK_EINPROGRESS, xsock__call_connect(t, d, &a));
    return d;
}

static int result(int d)
{
    return xsock__call_connect_result(t, d);
}

static void a_socket_that_never_connected_has_no_result(void **state)
{
    int d[2], l = listen_at(80, 1), c = open_stream();
    struct xsock_addr a = at_port(80);
    (void)state;
    ASSERT_RESULT(-XSOCK_ENOTCONN, result(open_stream()));
    ASSERT_RESULT(-XSOCK_ENOTCONN, result(bound_datagrams(53)));
    ASSERT_RESULT(-XSOCK_ENOTCONN, result(l));
    make_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(-XSOCK_ENOTCONN, result(d[0]));
    ASSERT_RESULT(0, xsock__call_connect(t, c, &a));
    ASSERT_RESULT(0, result(c));
    ASSERT_RESULT(-XSOCK_ENOTCONN, result(ASSERT_OPENS(xsock__call_accept(t, l, 0, NULL))));
    ASSERT_RESULT(-XSOCK_EBADF, result(99));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, result(ASSERT_OPENS(xsock__call_poller_open(t, 0))));
}

static void a_connect_that_runs_says_so_until_it_has_succeeded(void **state)
{
    int l = listen_at(80, 1), d = begin_connect(5 * MS, 0);
    int copy = ASSERT_OPENS(xsock__call_dup(t, d, 0, 0));
    (void)state;
    ASSERT_RESULT(-XSOCK_EALREADY, result(d));
    fake_advance(5 * MS);
    ASSERT_RESULT(0, result(copy));
    ASSERT_RESULT(0, result(d));
    ASSERT_RESULT(3, send_some(d, 3, 0)); /* the library knows that the socket is connected */
    ASSERT_RESULT(0, xsock__call_close(t, l));
    ASSERT_RESULT(0, result(d));
}

static int64_t read_so_error(int d)
{
    struct xsock__fd *fd = xsock__fdtab_get(t, d);
    int64_t error;
    ASSERT_RESULT(0, xsock__option_get(&fd->held, XSOCK_SO_ERROR, XSOCK_OPT_SIZE, &error));
    xsock__fdtab_put(t, fd);
    return error;
}

/* The first caller takes the error off the socket. The result stays. */
static void a_failure_stays_whoever_has_read_it(void **state)
{
    struct xsock_addr a = at_port(80);
    (void)state;
    for (int reader = 0; reader < 4; reader++) {
        int d = begin_connect(5 * MS, FAKE_EHOSTUNREACH);
        fake_advance(5 * MS);
        if (reader == 0)
            assert_int_equal(read_so_error(d), XSOCK_EHOSTUNREACH);
        else if (reader == 1)
            ASSERT_RESULT(-XSOCK_EHOSTUNREACH, xsock__call_connect(t, d, &a));
        else if (reader == 2)
            ASSERT_RESULT(-XSOCK_EHOSTUNREACH, send_some(d, 1, 0));
        for (int i = 0; i < 2; i++) {
            ASSERT_RESULT(-XSOCK_EHOSTUNREACH, result(d));
            assert_int_equal(read_so_error(d), 0);
        }
        ASSERT_RESULT(-XSOCK_EINPROGRESS, xsock__call_connect(t, d, &a));
        ASSERT_RESULT(-XSOCK_EALREADY, result(d));
        ASSERT_RESULT(0, xsock__call_close(t, d));
    }
}

static void a_failure_that_was_read_without_xsock_is_a_refusal(void **state)
{
    int d = begin_connect(5 * MS, FAKE_EHOSTUNREACH);
    (void)state;
    fake_advance(5 * MS);
    fake_take_error(handle_of(d));
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, result(d));
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, result(d));
}

/* ---- Two threads ----------------------------------------------------------------------------- */

static struct xsock__sock *sock_of(int d)
{
    struct xsock__fd *fd = xsock__fdtab_get(t, d);
    struct xsock__sock *s = fd->held.sock;
    xsock__fdtab_put(t, fd);
    return s;
}

static int connect_again(int d)
{
    struct xsock_addr a = at_port(80);
    return xsock__call_connect(t, d, &a);
}

static int send_one(int d)
{
    return send_some(d, 1, 0);
}

static int read_error(int d)
{
    return (int)-read_so_error(d);
}

/* What `run` returns if it takes the error, and if another thread was faster. A send that may not
 * wait does not wait for the other thread either: a signal handler may send, and may have
 * interrupted that thread. */
static const struct reader {
    int (*run)(int d);
    int first, second;
    bool waits;
} readers[] = {
    {result, -XSOCK_EHOSTUNREACH, -XSOCK_EHOSTUNREACH, true},
    {read_error, -XSOCK_EHOSTUNREACH, 0, true},
    {send_one, -XSOCK_EHOSTUNREACH, -XSOCK_EAGAIN, false},
    {connect_again, -XSOCK_EHOSTUNREACH, -XSOCK_EINPROGRESS, true},
};
enum { READERS = sizeof readers / sizeof *readers };

static void note_the_end(void *user)
{
    xsock__sock_connect_ended(user, -XSOCK_EHOSTUNREACH, 0);
}

/* The other thread has taken the error off the socket, and notes it 3 ms later. */
static void who_finds_no_error_waits_for_the_note_of_who_has_taken_it(void **state)
{
    (void)state;
    for (int i = 0; i < READERS; i++) {
        int d = begin_connect(5 * MS, FAKE_EHOSTUNREACH);
        fake_advance(5 * MS);
        xsock__sock_take_turn(sock_of(d));
        fake_take_error(handle_of(d));
        int64_t at = fake_now() + 3 * MS;
        fake_at(at, note_the_end, sock_of(d));
        ASSERT_RESULT(readers[i].second, readers[i].run(d));
        if (readers[i].waits)
            ASSERT_BETWEEN(0, 20 * MS, fake_now() - at);
        else
            assert_true(fake_now() == at - 3 * MS);
        ASSERT_RESULT(i == READERS - 1 ? -XSOCK_EALREADY : -XSOCK_EHOSTUNREACH, result(d));
        ASSERT_RESULT(0, xsock__call_close(t, d));
    }
}

static bool had_turn;

static void look_at_turn(void *user)
{
    had_turn = xsock__sock_is(user, XSOCK__SOCK_TURN);
}

static void whoever_takes_the_error_or_begins_a_connect_has_the_turn(void **state)
{
    (void)state;
    for (int i = 0; i < READERS; i++) {
        int d = begin_connect(5 * MS, FAKE_EHOSTUNREACH);
        struct xsock__sock *s = sock_of(d);
        had_turn = false;
        fake_advance(5 * MS);
        fake_before(FAKE_TAKE_ERROR, 1, look_at_turn, s);
        ASSERT_RESULT(readers[i].first, readers[i].run(d));
        assert_true(had_turn && !xsock__sock_is(s, XSOCK__SOCK_TURN));
        had_turn = false;
        fake_before(FAKE_CONNECT, 1, look_at_turn, s);
        ASSERT_RESULT(-XSOCK_EINPROGRESS, connect_again(d));
        assert_true(had_turn && !xsock__sock_is(s, XSOCK__SOCK_TURN));
        ASSERT_RESULT(0, xsock__call_close(t, d));
    }
}

static void a_connect_that_fails_or_succeeds_at_once_has_a_result(void **state)
{
    struct xsock_addr a = at_port(80), wrong = named("/x");
    int d = open_stream();
    (void)state;
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock__call_connect(t, d, &a));
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, result(d));
    /* no connect was begun */
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock__call_connect(t, d, &wrong));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock__call_connect(t, d, NULL));
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, result(d));
    fake_fail(FAKE_CONNECT, 1, FAKE_EPERM);
    ASSERT_RESULT(-XSOCK_EACCES, xsock__call_connect(t, d, &a));
    ASSERT_RESULT(-XSOCK_EACCES, result(d));
    listen_at(80, 1);
    ASSERT_RESULT(0, xsock__call_connect(t, d, &a));
    ASSERT_RESULT(0, result(d));
    ASSERT_RESULT(-XSOCK_EISCONN, xsock__call_connect(t, d, &a));
    ASSERT_RESULT(0, result(d));
}

/* The error of Linux for a connection that the peer has ended and reset. */
static void a_broken_pipe_at_the_end_of_a_connect_is_a_reset(void **state)
{
    struct xsock_addr a = at_port(80);
    (void)state;
    for (int reader = 0; reader < 4; reader++) {
        int d = begin_connect(5 * MS, FAKE_EPIPE);
        fake_advance(5 * MS);
        if (reader == 0)
            assert_int_equal(read_so_error(d), XSOCK_EPIPE);
        else if (reader == 1)
            ASSERT_RESULT(-XSOCK_ECONNRESET, xsock__call_connect(t, d, &a));
        else if (reader == 2)
            ASSERT_RESULT(-XSOCK_ECONNRESET, send_some(d, 3, 0));
        ASSERT_RESULT(-XSOCK_ECONNRESET, result(d));
        ASSERT_RESULT(0, xsock__call_close(t, d));
    }
}

/* A wrong argument is not the result of a connect, so the result of the last connect stays. */
static void an_unnamed_address_begins_no_connect(void **state)
{
    static const int types[] = {XSOCK_SOCK_STREAM, XSOCK_SOCK_DGRAM};
    const struct xsock_addr unnamed = {.family = XSOCK_AF_LOCAL};
    (void)state;
    for (int i = 0; i < 2; i++) {
        int d = ASSERT_OPENS(xsock__call_open(t, XSOCK_AF_LOCAL, types[i], 0));
        ASSERT_RESULT(-XSOCK_EINVAL, xsock__call_connect(t, d, &unnamed));
        ASSERT_RESULT(-XSOCK_ENOTCONN, result(d));
    }
    ASSERT_RESULT(0, (int)fake_calls(FAKE_CONNECT));
}

static void a_blocking_connect_that_is_interrupted_goes_on(void **state)
{
    struct xsock_addr a = at_port(80);
    int d = open_stream();
    (void)state;
    listen_at(80, 1);
    fake_connects_take(5 * MS, 0);
    ASSERT_RESULT(0, xsock__call_set_deadline(t, d, XSOCK_DEADLINE_SEND, fake_now() + MS));
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock__call_connect(t, d, &a));
    ASSERT_RESULT(-XSOCK_EALREADY, result(d));
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock__call_connect(t, d, &a));
    fake_advance(4 * MS);
    ASSERT_RESULT(0, result(d));
}

static void datagrams_have_a_result_until_their_peer_is_removed(void **state)
{
    struct xsock_addr a = at_port(53), nobody = {.family = XSOCK_AF_UNSPEC};
    int d = bound_datagrams(99);
    (void)state;
    bound_datagrams(53);
    ASSERT_RESULT(0, xsock__call_connect(t, d, &a));
    ASSERT_RESULT(0, result(d));
    fake_fail(FAKE_CONNECT, 1, FAKE_EHOSTUNREACH);
    ASSERT_RESULT(-XSOCK_EHOSTUNREACH, xsock__call_connect(t, d, &a));
    ASSERT_RESULT(-XSOCK_EHOSTUNREACH, result(d));
    ASSERT_RESULT(0, xsock__call_connect(t, d, &nobody));
    ASSERT_RESULT(-XSOCK_ENOTCONN, result(d));
}

/* The socket is released by xsock while it connects, and adopted again. The library does not know
 * that the socket was ever connecting. */
static void a_connect_that_xsock_did_not_begin_is_asked_of_the_system(void **state)
{
    (void)state;
    listen_at(80, 4);
    for (int fails = 0; fails < 2; fails++) {
        int d = begin_connect(5 * MS, fails != 0 ? FAKE_EHOSTUNREACH : 0);
        int want = fails != 0 ? -XSOCK_EHOSTUNREACH : 0;
        uintptr_t h;
        ASSERT_RESULT(0, xsock__call_release(t, d, &h));
        ASSERT_RESULT(d, xsock__call_adopt(t, h, 0));
        ASSERT_RESULT(-XSOCK_EALREADY, result(d));
        fake_advance(5 * MS);
        ASSERT_RESULT(want, result(d));
        ASSERT_RESULT(want, result(d));
        ASSERT_RESULT(fails != 0 ? -XSOCK_ENOTCONN : 3, send_some(d, 3, 0));
        ASSERT_RESULT(0, xsock__call_close(t, d));
    }
}

static void the_failure_of_such_a_connect_stays_if_it_was_read_by_so_error(void **state)
{
    (void)state;
    int d = begin_connect(5 * MS, FAKE_EHOSTUNREACH);
    uintptr_t h;
    ASSERT_RESULT(0, xsock__call_release(t, d, &h));
    ASSERT_RESULT(d, xsock__call_adopt(t, h, 0));
    fake_advance(5 * MS);
    assert_int_equal(read_so_error(d), XSOCK_EHOSTUNREACH);
    ASSERT_RESULT(-XSOCK_EHOSTUNREACH, result(d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TALK_TEST(a_socket_that_never_connected_has_no_result),
        TALK_TEST(a_connect_that_runs_says_so_until_it_has_succeeded),
        TALK_TEST(a_failure_stays_whoever_has_read_it),
        TALK_TEST(a_failure_that_was_read_without_xsock_is_a_refusal),
        TALK_TEST(a_connect_that_fails_or_succeeds_at_once_has_a_result),
        TALK_TEST(a_broken_pipe_at_the_end_of_a_connect_is_a_reset),
        TALK_TEST(an_unnamed_address_begins_no_connect),
        TALK_TEST(a_blocking_connect_that_is_interrupted_goes_on),
        TALK_TEST(datagrams_have_a_result_until_their_peer_is_removed),
        TALK_TEST(a_connect_that_xsock_did_not_begin_is_asked_of_the_system),
        TALK_TEST(the_failure_of_such_a_connect_stays_if_it_was_read_by_so_error),
        TALK_TEST(who_finds_no_error_waits_for_the_note_of_who_has_taken_it),
        TALK_TEST(whoever_takes_the_error_or_begins_a_connect_has_the_turn),
    };
    return cmocka_run_group_tests_name("connect_result", tests, NULL, NULL);
}
