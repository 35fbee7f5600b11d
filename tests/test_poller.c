/* Pollers: which events they report for their members. These tests have one thread.
 * test_poller_members.c tests membership, and test_poller_threads.c tests several threads. */
#include "harness.h"
#include "pollers.h"
#include "sockets.h"
#include "wine.h"
#include "xsock_native.h"

/* Waits for all the given events of one member, which may come one after the other. A system that
 * sends a byte over loopback has not always delivered the byte when the call returns. */
static void assert_becomes(int p, uint32_t events, uint64_t data, int fd)
{
    const int64_t end = harness_patience();
    uint32_t seen = 0;
    while ((seen & events) != events) {
        ASSERT_IN_TIME(end, "last of the events");
        ASSERT_RESULT(1, await(p));
        assert_true(got[0].data == data);
        assert_int_equal(got[0].fd, fd);
        assert_true(got[0].reserved == 0);
        ASSERT_THAT((got[0].events & ~events) == 0, "events %#x, expected %#x",
                    (unsigned)got[0].events, (unsigned)events);
        seen |= got[0].events;
    }
}

/* ---- Bad input ------------------------------------------------------------------------------- */

static void control_names_what_is_wrong(void **state)
{
    int p = open_poller(), q = open_poller(), d[2];
    sockets_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], IN, 1));
    const struct {
        int p, op, d;
        uint32_t events;
        int result;
    } rows[] = {
        {-1, ADD, d[1], IN, -XSOCK_EBADF},
        {100, ADD, d[1], IN, -XSOCK_EBADF},
        {0, ADD, d[1], IN, -XSOCK_EBADF},
        {INT32_MIN, ADD, d[1], IN, -XSOCK_EBADF},
        {p, ADD, -1, IN, -XSOCK_EBADF},
        {p, ADD, 100, IN, -XSOCK_EBADF},
        {p, 99, 100, IN, -XSOCK_EBADF},
        {d[0], ADD, 100, IN, -XSOCK_EBADF},
        {d[0], ADD, d[1], IN, -XSOCK_EINVAL},
        {p, ADD, p, IN, -XSOCK_EINVAL},
        {p, ADD, q, IN, -XSOCK_EINVAL},
        {p, DEL, q, IN, -XSOCK_EINVAL},
        {p, 3, d[1], IN, -XSOCK_EINVAL},
        {p, -1, d[1], IN, -XSOCK_EINVAL},
        {p, INT32_MAX, d[0], IN, -XSOCK_EINVAL},
        {p, ADD, d[1], 0x100, -XSOCK_EINVAL},
        {p, MOD, d[0], 0x80000001u, -XSOCK_EINVAL},
        {p, ADD, d[0], IN, -XSOCK_EEXIST},
        {p, MOD, d[1], IN, -XSOCK_ENOENT},
        {p, DEL, d[1], 0, -XSOCK_ENOENT},
        {q, DEL, d[0], 0, -XSOCK_ENOENT},
        {q, MOD, d[0], IN, -XSOCK_ENOENT},
        {q, ADD, d[0], 0xff, 0},
        {q, MOD, d[0], 0, 0},
        {q, DEL, d[0], 0xffffffffu, 0},
        {q, DEL, d[0], 0, -XSOCK_ENOENT},
        {p, DEL, d[0], 0, 0},
        {p, MOD, d[0], IN, -XSOCK_ENOENT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int r = xsock_poller_ctl(rows[i].p, rows[i].op, rows[i].d, rows[i].events, 1);
        ASSERT_THAT(r == rows[i].result, "row %d: %s, expected %s", (int)i, harness_name(r),
                    harness_name(rows[i].result));
    }
    for (int i = 3; i <= 6; i++)
        sockets_close(i);
}

static void wait_and_wake_name_what_is_wrong(void **state)
{
    int p = open_poller(), d[2];
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(-XSOCK_EBADF, xsock_poller_wait(-1, NULL, 0, -2));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_poller_wait(100, got, 1, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_poller_wait(d[0], got, 1, 0));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_poller_wait(p, NULL, 1, 0));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_poller_wait(p, NULL, 0, -2));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_poller_wait(p, got, 0, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_poller_wait(p, got, 1, -2));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_poller_wait(p, got, 1, INT64_MIN));
    ASSERT_RESULT(0, xsock_poller_wait(p, got, SIZE_MAX, 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_poller_wake(INT32_MIN));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_poller_wake(2));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_poller_wake(d[1]));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_poller_open(XSOCK_SOCK_NONBLOCK));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_poller_open(-1));
    sockets_close(p);
    ASSERT_RESULT(-XSOCK_EBADF, xsock_poller_wait(p, got, 1, 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_poller_wake(p));
    sockets_close(d[0]);
    sockets_close(d[1]);
}

/* ---- A descriptor like others, but not a socket ---------------------------------------------- */

static void a_poller_is_a_descriptor(void **state)
{
    uintptr_t h = UINTPTR_MAX;
    (void)state;
    ASSERT_RESULT(3, xsock_poller_open(0));
    ASSERT_RESULT(4, xsock_poller_open(XSOCK_SOCK_CLOEXEC));
    ASSERT_RESULT(0, xsock_get_flags(3));
    ASSERT_RESULT(XSOCK_SOCK_CLOEXEC, xsock_get_flags(4));
    ASSERT_RESULT(0, xsock_set_flags(4, 0));
    ASSERT_RESULT(0, xsock_get_flags(4));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_set_flags(4, XSOCK_SOCK_NONBLOCK));
    ASSERT_RESULT(0, xsock_get_flags(4));
    ASSERT_RESULT(0, xsock_native(3, &h));
    assert_true(h != UINTPTR_MAX);
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_adopt(h, 0));
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_cleanup());
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_dup(3, 0, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_dup2(3, 4, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_dup2(3, 3, 0));
    sockets_close(3);
    ASSERT_RESULT(-XSOCK_EBADF, xsock_close(3));
    ASSERT_RESULT(3, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(4, xsock_dup2(3, 4, 0)); /* a poller that is replaced is closed */
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_poller_wake(4));
    sockets_close(3);
    sockets_close(4);
}

static void calls_of_sockets_say_it_is_none(void **state)
{
    struct xsock_addr a = sockets_loopback();
    struct xsock_cred cred;
    struct xsock_pollfd poll = {.events = XSOCK_POLLIN};
    uintptr_t h;
    char byte;
    int p = open_poller();
    (void)state;
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_bind(p, &a));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_listen(p, 1));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_accept(p, 0, NULL));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_connect(p, &a));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_shutdown(p, XSOCK_SHUT_RD));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_local_addr(p, &a));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_peer_addr(p, &a));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_peer_cred(p, &cred));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, (int)xsock_send(p, "x", 1, 0));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, (int)xsock_recv(p, &byte, 1, 0));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, (int)xsock_available(p));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_at_mark(p));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_set_opt_flag(p, XSOCK_SO_REUSEADDR, true));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_release(p, &h));
    poll.fd = p;
    ASSERT_RESULT(1, xsock_poll(&poll, 1, 0));
    assert_int_equal(poll.revents, XSOCK_POLLNVAL);
    sockets_close(p);
}

/* ---- Level, edge, one-shot ------------------------------------------------------------------- */

/* The result of a wait after each step, for each trigger. The steps are:
 *
 * - A byte arrives.
 * - Nothing happens.
 * - The byte is received.
 * - One more byte arrives.
 * - The member is changed to the same events again.
 * - Nothing happens.
 * - All bytes are received. */
static void members_are_reported_by_their_trigger(void **state)
{
    static const struct {
        uint32_t trigger;
        int sent, still, drained, again, changed, unchanged, empty;
    } rows[] = {
        {0, 1, 1, 0, 1, 1, 1, 0},
        {ET, 1, 0, 0, 1, 1, 0, 0},
        {ONESHOT, 1, 0, 0, 0, 1, 0, 0},
        {ET | ONESHOT, 1, 0, 0, 0, 1, 0, 0},
    };
    (void)state;
    for (int tcp = 0; tcp < 2; tcp++)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            int p = open_poller(), d[2];
            if (tcp)
                sockets_tcp(d);
            else
                sockets_pair(XSOCK_SOCK_STREAM, d);
            ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], IN | rows[i].trigger, UINT64_MAX));
            ASSERT_RESULT(0, ready(p));
            sockets_send(d[1]);
            ASSERT_RESULT(rows[i].sent, await(p));
            assert_true(got[0].events == IN && got[0].data == UINT64_MAX && got[0].fd == d[0]);
            ASSERT_RESULT(rows[i].still, ready(p));
            assert_int_equal(sockets_drain(d[0]), 1);
            ASSERT_RESULT(rows[i].drained, ready(p));
            sockets_send(d[1]);
            ASSERT_RESULT(rows[i].again, rows[i].again ? await(p) : ready(p));
            ASSERT_RESULT(0, xsock_poller_ctl(p, MOD, d[0], IN | rows[i].trigger, 7));
            ASSERT_RESULT(rows[i].changed, await(p));
            assert_true(got[0].events == IN && got[0].data == 7 && got[0].fd == d[0]);
            ASSERT_RESULT(rows[i].unchanged, ready(p));
            assert_int_equal(sockets_drain(d[0]), 1);
            ASSERT_RESULT(rows[i].empty, ready(p));
            sockets_close(p);
            sockets_close(d[0]);
            sockets_close(d[1]);
        }
}

static void a_member_is_one_entry_with_all_that_is_so(void **state)
{
    int p = open_poller(), d[2];
    (void)state;
    sockets_tcp(d);
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], IN | OUT | RDHUP | PRI, 5));
    ASSERT_RESULT(1, await(p));
    assert_int_equal(got[0].events, OUT);
    ASSERT_RESULT(0, xsock_poller_ctl(p, MOD, d[0], IN, 5));
    sockets_send(d[1]);
    ASSERT_RESULT(1, await(p));
    ASSERT_RESULT(0, xsock_poller_ctl(p, MOD, d[0], IN | OUT | RDHUP | PRI, 6));
    ASSERT_RESULT(1, await(p));
    ASSERT_THAT(got[0].events == (IN | OUT), "events %#x", (unsigned)got[0].events);
    assert_true(got[0].data == 6);
    ASSERT_RESULT(
        0, xsock_poller_ctl(p, MOD, d[0], ERR | HUP, 6)); /* neither of the two holds right now */
    ASSERT_RESULT(0, ready(p));
    sockets_close(p);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void room_to_send_is_out(void **state)
{
    int p = open_poller(), d[2];
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], OUT | ET, 5));
    ASSERT_RESULT(1, await(p));
    assert_int_equal(got[0].events, OUT);
    ASSERT_RESULT(0, ready(p));
    sockets_fill(d[0]);
    ASSERT_RESULT(0, ready(p));
    sockets_drain(d[1]);
    assert_becomes(p, OUT, 5, d[0]);
    sockets_close(p);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

/* A condition that held between two waits, and holds no more, is not reported by any trigger. */
static void what_has_passed_is_not_reported(void **state)
{
    static const uint32_t modes[] = {0, ET, ONESHOT, ET | ONESHOT};
    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        int p = open_poller(), d[2];
        sockets_tcp(d);
        ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], IN | modes[i], 5));
        ASSERT_RESULT(0, ready(p));
        for (int round = 0; round < 3; round++) {
            struct xsock_pollfd poll = {.fd = d[0], .events = XSOCK_POLLIN};
            sockets_send(d[1]);
            ASSERT_RESULT(1, xsock_poll(&poll, 1, watchdog));
            assert_int_equal(sockets_drain(d[0]), 1);
            ASSERT_RESULT(0, ready(p));
        }
        sockets_send(d[1]);
        ASSERT_RESULT(1, await(p));
        assert_int_equal(got[0].events, IN);
        sockets_close(p);
        sockets_close(d[0]);
        sockets_close(d[1]);
    }
}

/* An edge that was reported, and that the program has not handled, does not hide edges of another
 * kind. */
static void one_edge_leaves_the_others(void **state)
{
    int p = open_poller(), d[2];
    char byte;
    (void)state;
    sockets_tcp(d);
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], IN | OUT | RDHUP | ET, 5));
    ASSERT_RESULT(1, await(p));
    assert_int_equal(got[0].events, OUT);
    ASSERT_RESULT(0, ready(p));
    sockets_send(d[1]);
    ASSERT_RESULT(1, await(p));
    ASSERT_THAT((got[0].events & ~(uint32_t)OUT) == IN, "events %#x", (unsigned)got[0].events);
    ASSERT_RESULT(0, ready(p));
    if (is_wine()) /* wine.h: an end behind data */
        assert_int_equal(sockets_drain(d[0]), 1);
    ASSERT_RESULT(0, xsock_shutdown(d[1], XSOCK_SHUT_WR));
    ASSERT_RESULT(1, await(p));
    ASSERT_THAT((got[0].events & ~(uint32_t)OUT) == (IN | RDHUP), "events %#x",
                (unsigned)got[0].events);
    if (!is_wine())
        ASSERT_RESULT(1, (int)xsock_recv(d[0], &byte, 1, 0));
    ASSERT_RESULT(0, (int)xsock_recv(d[0], &byte, 1, 0));
    UNTIL(ready(p) != 1, (void)0); /* more often than the end happens, but not for ever */
    ASSERT_RESULT(0, xsock_shutdown(d[0], XSOCK_SHUT_WR));
    ASSERT_RESULT(1, await(p));
    ASSERT_THAT((got[0].events & HUP) != 0, "events %#x", (unsigned)got[0].events);
    sockets_close(p);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

/* ---- Ends and failures ----------------------------------------------------------------------- */

static void ends_are_rdhup_and_then_hup(void **state)
{
    int p = open_poller(), d[2];
    (void)state;
    sockets_tcp(d);
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], IN | RDHUP, 5));
    ASSERT_RESULT(0, ready(p));
    ASSERT_RESULT(0, xsock_shutdown(d[1], XSOCK_SHUT_WR));
    assert_becomes(p, IN | RDHUP, 5, d[0]);
    /* The end of one direction was not asked for. */
    ASSERT_RESULT(0, xsock_poller_ctl(p, MOD, d[0], 0, 5));
    ASSERT_RESULT(0, ready(p));
    ASSERT_RESULT(0, xsock_shutdown(d[0], XSOCK_SHUT_WR));
    assert_becomes(p, HUP, 5, d[0]);
    sockets_close(p);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

/* The edge of a socket that hangs up until it is connected, on systems that report this state. */
static void a_socket_is_watched_on_after_it_had_hung_up(void **state)
{
    struct xsock_addr a = sockets_loopback();
    int p = open_poller();
    int l = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    (void)state;
    ASSERT_RESULT(0, xsock_bind(l, &a));
    ASSERT_RESULT(0, xsock_local_addr(l, &a));
    ASSERT_RESULT(0, xsock_listen(l, 1));
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d, IN | OUT | ET, 5));
    UNTIL(ready(p) == 0, (void)0);
    ASSERT_RESULT(0, xsock_poller_wait(p, got, 1, 30 * 1000 * 1000)); /* and the state lasts */
    ASSERT_RESULT(0, xsock_connect(d, &a));
    ASSERT_RESULT(1, await(p));
    ASSERT_THAT(got[0].events == OUT, "events %#x", (unsigned)got[0].events);
    int peer = ASSERT_OPENS(xsock_accept(l, 0, NULL));
    sockets_send(peer);
    ASSERT_RESULT(1, await(p));
    ASSERT_THAT((got[0].events & ~(uint32_t)OUT) == IN, "events %#x", (unsigned)got[0].events);
    sockets_close(p);
    sockets_close(l);
    sockets_close(d);
    sockets_close(peer);
}

static void a_reset_is_err_though_nobody_asked(void **state)
{
    int p = open_poller(), d[2];
    (void)state;
    sockets_tcp(d);
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], 0, 5));
    ASSERT_RESULT(0, xsock_set_opt_time(d[1], XSOCK_SO_LINGER, 0));
    sockets_close(d[1]);
    ASSERT_RESULT(1, await(p));
    assert_true((got[0].events & (ERR | HUP)) != 0);
    assert_true((got[0].events & ~(uint32_t)(ERR | HUP)) == 0);
    sockets_close(p);
    sockets_close(d[0]);
}

/* A port at which nobody listens, now or soon. A socket that does not listen has the port. */
static void a_failed_connect_is_out_and_err(void **state)
{
    struct xsock_addr a = sockets_loopback();
    int p = open_poller();
    int taken = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0));
    (void)state;
    ASSERT_RESULT(0, xsock_bind(taken, &a));
    ASSERT_RESULT(0, xsock_local_addr(taken, &a));
    int r = xsock_connect(d, &a);
    if (r == -XSOCK_ECONNREFUSED)
        SKIP("this system refuses before connect() returns");
    ASSERT_RESULT(-XSOCK_EINPROGRESS, r);
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d, OUT, 5));
    ASSERT_RESULT(1, await(p));
    ASSERT_THAT((got[0].events & ~(uint32_t)HUP) == (OUT | ERR), "events %#x",
                (unsigned)got[0].events);
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect(d, &a));
    sockets_close(p);
    sockets_close(taken);
    sockets_close(d);
}

/* No wait runs meanwhile, so the poller must find by other means what the system still has of
 * members that have left. */
static void members_may_come_and_go_without_a_wait(void **state)
{
    int p = open_poller(), d[2], other[2];
    (void)state;
    sockets_tcp(d);
    sockets_tcp(other);
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, other[0], OUT, 1));
    ASSERT_RESULT(0, xsock_poller_wake(p));
    for (int i = 0; i < 500; i++) {
        ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], i % 3 == 0 ? IN | OUT : IN, 2));
        ASSERT_RESULT(0, xsock_poller_ctl(p, MOD, d[0], i % 2 == 0 ? IN | OUT : IN, 3));
        ASSERT_RESULT(0, xsock_poller_ctl(p, DEL, d[0], 0, 0));
    }
    UNTIL(await(p) != 0, (void)0); /* the wake */
    assert_true(got[0].data == 1 && got[0].events == OUT);
    ASSERT_RESULT(1, ready(p));
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], IN, 4));
    ASSERT_RESULT(0, xsock_poller_ctl(p, DEL, other[0], 0, 0));
    ASSERT_RESULT(0, ready(p));
    sockets_send(d[1]);
    ASSERT_RESULT(1, await(p));
    assert_true(got[0].data == 4 && got[0].events == IN);
    sockets_close(p);
    for (int i = 0; i < 2; i++) {
        sockets_close(d[i]);
        sockets_close(other[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(control_names_what_is_wrong),
        TEST(wait_and_wake_name_what_is_wrong),
        TEST(a_poller_is_a_descriptor),
        TEST(calls_of_sockets_say_it_is_none),
        TEST(members_are_reported_by_their_trigger),
        TEST(a_member_is_one_entry_with_all_that_is_so),
        TEST(room_to_send_is_out),
        TEST(what_has_passed_is_not_reported),
        TEST(one_edge_leaves_the_others),
        TEST(ends_are_rdhup_and_then_hup),
        TEST(a_socket_is_watched_on_after_it_had_hung_up),
        TEST(a_reset_is_err_though_nobody_asked),
        TEST(a_failed_connect_is_out_and_err),
        TEST(members_may_come_and_go_without_a_wait),
    };
    /* The library keeps the wake that waiting needs, so the wake is made before handles are
     * counted. */
    xsock_poll(NULL, 0, 1);
    return cmocka_run_group_tests_name("poller", tests, NULL, NULL);
}
