/* A sandbox in which a process may have sockets, but cannot open the device that reports their
 * readiness. */
#include "fake_win32.h"
#include "harness.h"
#include "sockets.h"
#include "threads.h"
#include "waiters.h"

static const int64_t patience_ns = INT64_C(10000000000);

/* No fixture turns the fault off, because the library must never have had a device. */
static int enter_sandbox(void **state)
{
    (void)state;
    fake_win32_install_parts();
    fake_win32.lacks_device = true;
    return 0;
}

static void what_does_not_wait_works(void **state)
{
    struct xsock_addr a;
    int d[2], u = sockets_udp(&a);
    (void)state;
    ASSERT_RESULT(1, (int)xsock_sendto(u, "x", 1, 0, &a));
    UNTIL(xsock_available(u) == 1, (void)0);
    assert_int_equal(1, sockets_drain(u));
    sockets_pair(XSOCK_SOCK_STREAM, d);
    sockets_send(d[0]);
    UNTIL(xsock_available(d[1]) == 1, (void)0);
    assert_int_equal(1, sockets_drain(d[1]));
    sockets_fill(d[0]);
    sockets_close(d[0]);
    sockets_close(d[1]);
    sockets_close(u);
}

static void connects_end_as_they_should(void **state)
{
    struct xsock_addr a = sockets_loopback();
    int d[2];
    (void)state;
    sockets_tcp(d);
    sockets_close(d[0]);
    sockets_close(d[1]);
    int l = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(l, &a));
    ASSERT_RESULT(0, xsock_local_addr(l, &a));
    int c = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect(c, &a));
    sockets_close(c);
    sockets_close(l);
}

static void connecting_by_name_waits_by_select(void **state)
{
    struct xsock_addr a = sockets_loopback();
    int l = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    char service[8];
    (void)state;
    ASSERT_RESULT(0, xsock_bind(l, &a));
    ASSERT_RESULT(0, xsock_listen(l, 1));
    ASSERT_RESULT(0, xsock_local_addr(l, &a));
    snprintf(service, sizeof service, "%u", (unsigned)a.port);
    fake_win32.select_calls = 0;
    sockets_close(ASSERT_OPENS(xsock_connect_host("127.0.0.1", service, patience_ns)));
    assert_true(fake_win32.select_calls > 0);
    sockets_close(l);
}

/* A thread that receives or accepts. */
struct call {
    int d, result;
    bool accepts;
};

static void run_call(void *user)
{
    struct call *c = user;
    char byte;
    c->result = c->accepts ? xsock_accept(c->d, 0, NULL) : (int)xsock_recv(c->d, &byte, 1, 0);
}

static void a_blocked_receive_gets_what_comes(void **state)
{
    int d[2];
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(0, xsock_set_flags(d[1], 0));
    struct call c = {.d = d[1]};
    struct thread *t = thread_start(run_call, &c);
    waiters_await(d[1], 1);
    sockets_send(d[0]);
    thread_join(t);
    ASSERT_RESULT(1, c.result);
    assert_true(fake_win32.refused_devices > 0);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void close_ends_a_blocked_accept(void **state)
{
    struct xsock_addr a = sockets_loopback();
    int l = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    (void)state;
    ASSERT_RESULT(0, xsock_bind(l, &a));
    ASSERT_RESULT(0, xsock_listen(l, 1));
    struct call c = {.d = l, .accepts = true};
    struct thread *t = thread_start(run_call, &c);
    waiters_await(l, 1);
    sockets_close(l);
    thread_join(t);
    ASSERT_RESULT(-XSOCK_ECANCELED, c.result);
}

static void a_poll_tells_what_is_ready(void **state)
{
    int d[2];
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, d);
    struct xsock_pollfd p[2] = {{.fd = d[0], .events = XSOCK_POLLIN},
                                {.fd = d[1], .events = XSOCK_POLLIN | XSOCK_POLLOUT}};
    ASSERT_RESULT(1, xsock_poll(p, 2, patience_ns));
    assert_int_equal(0, p[0].revents);
    assert_int_equal(XSOCK_POLLOUT, p[1].revents);
    ASSERT_RESULT(0, xsock_poll(p, 1, 0));
    int64_t began = xsock_now();
    ASSERT_RESULT(0, xsock_poll(p, 1, 25000000));
    assert_true(xsock_now() - began >= 25000000);
    sockets_send(d[1]);
    ASSERT_RESULT(1, xsock_poll(p, 1, patience_ns));
    assert_int_equal(XSOCK_POLLIN, p[0].revents);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

/* Without the device there is no poller, and the call reports the reason. */
static void a_poller_is_refused(void **state)
{
    (void)state;
    ASSERT_RESULT(-XSOCK_EACCES, xsock_poller_open(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_does_not_wait_works),
        TEST(connects_end_as_they_should),
        TEST(connecting_by_name_waits_by_select),
        TEST(a_blocked_receive_gets_what_comes),
        TEST(close_ends_a_blocked_accept),
        TEST(a_poll_tells_what_is_ready),
        TEST(a_poller_is_refused),
    };
    return cmocka_run_group_tests(tests, enter_sandbox, NULL);
}
