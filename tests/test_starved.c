/* Receiving on a socket whose last receive had to wait in the system (xsock_set_wake_signal): the
 * next one mostly goes there without a first try. The mark only saves a call, and never decides a
 * result. */
#include <stddef.h> /* defines __GLIBC__ */

#include "harness.h"

#if defined __linux__ && defined __GLIBC__
#include <signal.h>

#include "counted_calls.h"
#include "sockets.h"
#include "threads.h"
#include "waiters.h"
#include "xsock_native.h"

struct receipt {
    int d, result;
    ptrdiff_t (*run)(int d, int flags);
    xsock__atomic_int calls;
};

static ptrdiff_t by_recv(int d, int flags)
{
    char byte;
    return xsock_recv(d, &byte, 1, flags);
}

static ptrdiff_t by_recvfrom(int d, int flags)
{
    struct xsock_addr from;
    char byte;
    return xsock_recvfrom(d, &byte, 1, flags, &from);
}

static ptrdiff_t by_recvmsg(int d, int flags)
{
    char byte;
    struct xsock_vec vec = {&byte, 1};
    struct xsock_msg m = {.vec = &vec, .vec_count = 1};
    return xsock_recvmsg(d, &m, flags);
}

static ptrdiff_t (*const ways[])(int d, int flags) = {by_recv, by_recvfrom, by_recvmsg};
enum { WAYS = sizeof ways / sizeof *ways };

static void receive(void *user)
{
    struct receipt *r = user;
    counted_calls_add_to(&r->calls);
    r->result = (int)r->run(r->d, 0);
}

/* The system calls of a receive that waits for its byte. */
static int calls_of_a_wait(const int d[2], int way)
{
    struct receipt r = {.d = d[0], .run = ways[way]};
    struct thread *t = thread_start(receive, &r);
    assert_non_null(t);
    waiters_await(d[0], 1);
    sockets_send(d[1]);
    thread_join(t);
    ASSERT_RESULT(1, r.result);
    return xsock__atomic_load(&r.calls);
}

/* The system calls of a receive in this thread. */
static int calls_now(int d, int way, int flags, int want)
{
    static xsock__atomic_int calls;
    xsock__atomic_store(&calls, 0);
    counted_calls_add_to(&calls);
    ptrdiff_t n = ways[way](d, flags);
    counted_calls_add_to(NULL);
    ASSERT_RESULT(want, (int)n);
    return xsock__atomic_load(&calls);
}

static void open_both(int out[2])
{
    sockets_pair(XSOCK_SOCK_STREAM, out);
    ASSERT_RESULT(0, xsock_set_flags(out[0], 0));
}

static void close_both(const int d[2])
{
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void after_a_wait_the_next_receive_is_one_call(void **state)
{
    (void)state;
    for (int way = 0; way < WAYS; way++) {
        int d[2];
        open_both(d);
        assert_int_equal(calls_of_a_wait(d, way), 2);
        assert_int_equal(calls_of_a_wait(d, way), 1);
        sockets_send(d[1]);
        assert_int_equal(calls_now(d[0], way, 0, 1), 1);
        ASSERT_RESULT(0, xsock_shutdown(d[1], XSOCK_SHUT_WR));
        assert_int_equal(calls_now(d[0], way, 0, 0), 1);
        close_both(d);
    }
}

static void a_receive_that_may_not_wait_ends_the_mark(void **state)
{
    (void)state;
    for (int way = 0; way < WAYS; way++) {
        int d[2];
        open_both(d);
        assert_int_equal(calls_of_a_wait(d, way), 2);
        assert_int_equal(calls_now(d[0], way, XSOCK_MSG_DONTWAIT, -XSOCK_EAGAIN), 1);
        assert_int_equal(calls_of_a_wait(d, way), 2);
        ASSERT_RESULT(0, xsock_set_flags(d[0], XSOCK_SOCK_NONBLOCK));
        assert_int_equal(calls_now(d[0], way, 0, -XSOCK_EAGAIN), 1);
        ASSERT_RESULT(0, xsock_set_flags(d[0], 0));
        assert_int_equal(calls_of_a_wait(d, way), 2);
        close_both(d);
    }
}

/* Otherwise a socket that waited once would never find out that its data has come already. One
 * receive tries first after 1, 3, 7, 15, 31, 63 and 127 that did not. */
static void now_and_then_a_receive_tries_first(void **state)
{
    int d[2], tried = 0;
    (void)state;
    open_both(d);
    assert_int_equal(calls_of_a_wait(d, 0), 2);
    for (int i = 0; i < 1 + 3 + 7 + 15 + 31 + 63 + 127 + 7; i++)
        tried += calls_of_a_wait(d, 0) - 1;
    assert_int_equal(tried, 7);
    close_both(d);
}

static void without_the_signal_a_receive_waits_and_then_tries(void **state)
{
    int d[2];
    (void)state;
    open_both(d);
    assert_int_equal(calls_of_a_wait(d, 0), 2);
    ASSERT_RESULT(0, xsock_set_wake_signal(0));
    assert_int_equal(calls_of_a_wait(d, 0), 2);
    sockets_send(d[1]);
    assert_int_equal(calls_now(d[0], 0, 0, 1), 1);
    ASSERT_RESULT(0, xsock_set_wake_signal(SIGUSR2));
    close_both(d);
    ASSERT_RESULT(0, xsock_cleanup()); /* the wake goes */
}

static int set_signal(void **state)
{
    (void)state;
    return xsock_set_wake_signal(SIGUSR2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(after_a_wait_the_next_receive_is_one_call),
        TEST(a_receive_that_may_not_wait_ends_the_mark),
        TEST(now_and_then_a_receive_tries_first),
        TEST(without_the_signal_a_receive_waits_and_then_tries),
    };
    return cmocka_run_group_tests_name("starved", tests, set_signal, NULL);
}

#else
static void after_a_wait_the_next_receive_is_one_call(void **state)
{
    (void)state;
    SKIP("only with glibc can a program replace single functions of the C library");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(after_a_wait_the_next_receive_is_one_call)};
    return cmocka_run_group_tests_name("starved", tests, NULL, NULL);
}
#endif
