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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TALK_TEST(a_socket_that_never_connected_has_no_result),
        TALK_TEST(a_connect_that_runs_says_so_until_it_has_succeeded),
        TALK_TEST(a_failure_stays_whoever_has_read_it),
        TALK_TEST(a_failure_that_was_read_without_xsock_is_a_refusal),
        TALK_TEST(a_connect_that_fails_or_succeeds_at_once_has_a_result),
        TALK_TEST(a_blocking_connect_that_is_interrupted_goes_on),
        TALK_TEST(datagrams_have_a_result_until_their_peer_is_removed),
        TALK_TEST(a_connect_that_xsock_did_not_begin_is_asked_of_the_system),
    };
    return cmocka_run_group_tests_name("connect_result", tests, NULL, NULL);
}
