/* Several waits for one socket, on a model of Windows that loses one of two requests to AFD. */
#include "base/atomic.h"
#include "fake_win32.h"
#include "harness.h"
#include "sockets.h"
#include "threads.h"
#include "waiters.h"

enum { MAX_THREADS = 3, MEMBERS = 300 };

/* A wait that was lost ends with EAGAIN after this time, so that the test does not hang. */
static const int64_t patience_ns = INT64_C(5000000000);

struct call {
    struct thread *thread;
    int d, result;
    bool accepts, polls, sends;
    xsock__atomic_int done;
};

/* More than the room that the system may give to a connection after it was filled. */
static const char piece[16 * 1024 * 1024];

static void run_call(void *user)
{
    struct call *c = user;
    struct xsock_pollfd p = {.fd = c->d, .events = XSOCK_POLLIN};
    char byte;
    if (c->polls)
        c->result = xsock_poll(&p, 1, patience_ns);
    else if (c->sends)
        c->result = xsock_send(c->d, piece, sizeof piece, 0) == (ptrdiff_t)sizeof piece;
    else
        c->result = c->accepts ? xsock_accept(c->d, 0, NULL) : (int)xsock_recv(c->d, &byte, 1, 0);
    xsock__atomic_store(&c->done, 1);
}

static void start(struct call *c, int n)
{
    for (int i = 0; i < n; i++) {
        c[i].thread = thread_start(run_call, &c[i]);
        assert_non_null(c[i].thread);
    }
}

static void set_patience(int d, int option)
{
    ASSERT_RESULT(0, xsock_set_flags(d, 0));
    ASSERT_RESULT(0, xsock_set_opt_time(d, option, patience_ns));
}

static void each_of_two_threads_in_recv_gets_its_byte(void **state)
{
    int d[2];
    (void)state;
    fake_win32.loses_polls = true;
    sockets_tcp(d);
    set_patience(d[1], XSOCK_SO_RCVTIMEO);
    struct call c[2] = {{.d = d[1]}, {.d = d[1]}};
    start(c, 2);
    waiters_await(d[1], 2);
    sockets_send(d[0]);
    sockets_send(d[0]);
    for (int i = 0; i < 2; i++) {
        thread_join(c[i].thread);
        ASSERT_RESULT(1, c[i].result);
    }
    ASSERT_RESULT(0, fake_win32.lost_polls);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void a_poll_and_a_recv_of_one_socket_both_end(void **state)
{
    int d[2];
    (void)state;
    fake_win32.loses_polls = true;
    sockets_tcp(d);
    set_patience(d[1], XSOCK_SO_RCVTIMEO);
    struct call c[2] = {{.d = d[1]}, {.d = d[1], .polls = true}};
    start(c, 1);
    waiters_await(d[1], 1);
    start(c + 1, 1);
    waiters_await(d[1], 2);
    sockets_send(d[0]);
    sockets_send(d[0]);
    for (int i = 0; i < 2; i++) {
        thread_join(c[i].thread);
        ASSERT_RESULT(1, c[i].result);
    }
    ASSERT_RESULT(0, fake_win32.lost_polls);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void each_of_three_threads_in_accept_gets_its_connection(void **state)
{
    struct xsock_addr a = sockets_loopback();
    int clients[MAX_THREADS];
    int l = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    struct call c[MAX_THREADS];
    (void)state;
    fake_win32.loses_polls = true;
    ASSERT_RESULT(0, xsock_bind(l, &a));
    ASSERT_RESULT(0, xsock_listen(l, MAX_THREADS));
    ASSERT_RESULT(0, xsock_local_addr(l, &a));
    set_patience(l, XSOCK_SO_ACCPTIMEO);
    for (int i = 0; i < MAX_THREADS; i++)
        c[i] = (struct call){.d = l, .accepts = true};
    start(c, MAX_THREADS);
    waiters_await(l, MAX_THREADS);
    for (int i = 0; i < MAX_THREADS; i++) {
        clients[i] = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
        ASSERT_RESULT(0, xsock_connect(clients[i], &a));
    }
    for (int i = 0; i < MAX_THREADS; i++) {
        thread_join(c[i].thread);
        ASSERT_OPENS(c[i].result);
        sockets_close(c[i].result);
        sockets_close(clients[i]);
    }
    ASSERT_RESULT(0, fake_win32.lost_polls);
    sockets_close(l);
}

/* The library has had one device before the system refuses more. One thread waits to receive, and
 * the other one to send. No fixture counts handles, because the wakes are made anew. */
static void two_threads_without_devices_of_their_own_both_end(void **state)
{
    int d[2];
    (void)state;
    (void)xsock_cleanup();
    sockets_tcp(d);
    /* The system may give buffers more room later, unless their size is set. */
    ASSERT_RESULT(0, xsock_set_opt_size(d[1], XSOCK_SO_SNDBUF, 16384));
    ASSERT_RESULT(0, xsock_set_opt_size(d[0], XSOCK_SO_RCVBUF, 16384));
    sockets_fill(d[1]);
    struct xsock_pollfd p = {.fd = d[1], .events = XSOCK_POLLIN};
    ASSERT_RESULT(0, xsock_poll(&p, 1, 0));
    fake_win32.loses_polls = true;
    fake_win32.lacks_device = true;
    set_patience(d[1], XSOCK_SO_RCVTIMEO);
    set_patience(d[1], XSOCK_SO_SNDTIMEO);
    struct call c[2] = {{.d = d[1]}, {.d = d[1], .sends = true}};
    start(c, 2);
    waiters_await(d[1], 2);
    sockets_send(d[0]);
    UNTIL(xsock__atomic_load(&c[1].done), (void)sockets_drain(d[0]));
    for (int i = 0; i < 2; i++) {
        thread_join(c[i].thread);
        ASSERT_RESULT(1, c[i].result);
    }
    assert_true(fake_win32.refused_devices > 0);
    sockets_close(d[0]);
    sockets_close(d[1]);
    ASSERT_RESULT(0, xsock_cleanup());
    fake_win32.loses_polls = fake_win32.lacks_device = false;
}

static void a_poll_that_may_not_wait_makes_no_event(void **state)
{
    int d[2];
    (void)state;
    sockets_tcp(d);
    sockets_send(d[0]);
    struct xsock_pollfd p = {.fd = d[1], .events = XSOCK_POLLIN};
    fake_win32.events_made = 0;
    UNTIL(xsock_poll(&p, 1, 0) == 1, (void)0);
    ASSERT_RESULT(XSOCK_POLLIN, p.revents);
    ASSERT_RESULT(0, fake_win32.events_made);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

/* ---- Pollers --------------------------------------------------------------------------------- */

static int add(int p, int d, uint32_t events)
{
    return xsock_poller_ctl(p, XSOCK_POLLER_ADD, d, events, (uint64_t)d);
}

static int change(int p, int d, uint32_t events)
{
    return xsock_poller_ctl(p, XSOCK_POLLER_MOD, d, events, (uint64_t)d);
}

static void assert_reports(int p, int d, uint32_t events)
{
    struct xsock_event e;
    ASSERT_RESULT(1, xsock_poller_wait(p, &e, 1, patience_ns));
    assert_int_equal(d, e.fd);
    assert_int_equal(events, e.events);
}

static void a_member_that_is_changed_is_reported(void **state)
{
    int d[2];
    int p = ASSERT_OPENS(xsock_poller_open(0));
    (void)state;
    fake_win32.loses_polls = true;
    sockets_tcp(d);
    ASSERT_RESULT(0, add(p, d[1], XSOCK_POLLER_IN));
    ASSERT_RESULT(0, change(p, d[1], XSOCK_POLLER_OUT));
    assert_reports(p, d[1], XSOCK_POLLER_OUT);
    ASSERT_RESULT(0, change(p, d[1], XSOCK_POLLER_IN));
    sockets_send(d[0]);
    assert_reports(p, d[1], XSOCK_POLLER_IN);
    ASSERT_RESULT(0, change(p, d[1], XSOCK_POLLER_IN | XSOCK_POLLER_ONESHOT));
    assert_reports(p, d[1], XSOCK_POLLER_IN);
    ASSERT_RESULT(0, change(p, d[1], XSOCK_POLLER_IN | XSOCK_POLLER_OUT | XSOCK_POLLER_ET));
    assert_reports(p, d[1], XSOCK_POLLER_IN | XSOCK_POLLER_OUT);
    ASSERT_RESULT(0, change(p, d[1], XSOCK_POLLER_IN | XSOCK_POLLER_OUT | XSOCK_POLLER_ET));
    assert_reports(p, d[1], XSOCK_POLLER_IN | XSOCK_POLLER_OUT);
    ASSERT_RESULT(0, fake_win32.lost_polls);
    sockets_close(p);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void a_member_that_is_added_again_is_reported(void **state)
{
    int d[2];
    int p = ASSERT_OPENS(xsock_poller_open(0));
    (void)state;
    fake_win32.loses_polls = true;
    sockets_tcp(d);
    for (int i = 0; i < 3; i++) {
        ASSERT_RESULT(0, add(p, d[1], XSOCK_POLLER_IN));
        ASSERT_RESULT(0, xsock_poller_ctl(p, XSOCK_POLLER_DEL, d[1], 0, 0));
    }
    ASSERT_RESULT(0, add(p, d[1], XSOCK_POLLER_IN));
    sockets_send(d[0]);
    assert_reports(p, d[1], XSOCK_POLLER_IN);
    sockets_close(p);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void each_of_two_duplicates_in_a_poller_is_reported(void **state)
{
    int d[2], p = ASSERT_OPENS(xsock_poller_open(0));
    struct xsock_event e[2];
    (void)state;
    fake_win32.loses_polls = true;
    sockets_tcp(d);
    int copy = ASSERT_OPENS(xsock_dup(d[1], 3, 0));
    ASSERT_RESULT(0, add(p, d[1], XSOCK_POLLER_IN));
    ASSERT_RESULT(0, add(p, copy, XSOCK_POLLER_IN));
    ASSERT_RESULT(0, xsock_poller_wait(p, e, 2, 0));
    ASSERT_RESULT(0, fake_win32.lost_polls);
    sockets_send(d[0]);
    UNTIL(xsock_poller_wait(p, e, 2, patience_ns) == 2, (void)0);
    sockets_close(p);
    sockets_close(copy);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

/* More sockets than one device handles. */
static void many_members_are_reported(void **state)
{
    static int d[MEMBERS];
    static struct xsock_addr a[MEMBERS];
    int p = ASSERT_OPENS(xsock_poller_open(0));
    (void)state;
    for (int i = 0; i < MEMBERS; i++) {
        d[i] = sockets_udp(&a[i]);
        ASSERT_RESULT(0, add(p, d[i], XSOCK_POLLER_IN));
    }
    for (int i = 0; i < MEMBERS; i += MEMBERS / 3) {
        ASSERT_RESULT(1, (int)xsock_sendto(d[0], "x", 1, 0, &a[i]));
        assert_reports(p, d[i], XSOCK_POLLER_IN);
        assert_int_equal(1, sockets_drain(d[i]));
    }
    for (int i = 0; i < MEMBERS; i += 2)
        sockets_close(d[i]);
    for (int i = 0; i < MEMBERS; i += 2) {
        d[i] = sockets_udp(&a[i]);
        ASSERT_RESULT(0, add(p, d[i], XSOCK_POLLER_IN));
    }
    ASSERT_RESULT(1, (int)xsock_sendto(d[0], "x", 1, 0, &a[MEMBERS - 2]));
    assert_reports(p, d[MEMBERS - 2], XSOCK_POLLER_IN);
    for (int i = 0; i < MEMBERS; i++)
        sockets_close(d[i]);
    sockets_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_threads_without_devices_of_their_own_both_end),
        WINDOWS_TEST(each_of_two_threads_in_recv_gets_its_byte),
        WINDOWS_TEST(a_poll_and_a_recv_of_one_socket_both_end),
        WINDOWS_TEST(each_of_three_threads_in_accept_gets_its_connection),
        WINDOWS_TEST(a_poll_that_may_not_wait_makes_no_event),
        WINDOWS_TEST(a_member_that_is_changed_is_reported),
        WINDOWS_TEST(a_member_that_is_added_again_is_reported),
        WINDOWS_TEST(each_of_two_duplicates_in_a_poller_is_reported),
        WINDOWS_TEST(many_members_are_reported),
    };
    return cmocka_run_group_tests(tests, fake_win32_install, NULL);
}
