/* Many threads that wait, and a process whose limit of descriptors is what it has open. */
#include "harness.h"

#ifdef _WIN32
static void two_hundred_threads_that_have_waited_leave_no_descriptor(void **state)
{
    (void)state;
    SKIP("Windows has no limit of handles that a process could lower");
}

#else
#include <sys/resource.h>

#include "sockets.h"
#include "threads.h"
#include "waiters.h"

enum { MANY = 200, CLIENTS = 16, MESSAGES = 50 };

/* Echoes until the connection ends. The thread waits before each byte. */
struct echo {
    int d, peer;
    ptrdiff_t result;
    struct thread *thread;
};

static void echo(void *user)
{
    struct echo *e = user;
    char byte;
    while ((e->result = xsock_recv(e->d, &byte, 1, 0)) == 1
           && (e->result = xsock_send(e->d, &byte, 1, 0)) == 1)
        ;
}

static void start(struct echo *e, int count, void make(int out[2]))
{
    for (int i = 0; i < count; i++) {
        int ends[2];
        make(ends);
        e[i] = (struct echo){.d = ends[0], .peer = ends[1]};
        ASSERT_RESULT(0, xsock_set_flags(ends[0], 0));
        ASSERT_RESULT(0, xsock_set_flags(ends[1], 0));
        e[i].thread = thread_start(echo, &e[i]);
        assert_non_null(e[i].thread);
    }
}

static void finish(struct echo *e, int count)
{
    for (int i = 0; i < count; i++)
        sockets_close(e[i].peer);
    for (int i = 0; i < count; i++) {
        thread_join(e[i].thread);
        ASSERT_RESULT(0, (int)e[i].result);
        sockets_close(e[i].d);
    }
}

static void pair(int out[2])
{
    sockets_pair(XSOCK_SOCK_STREAM, out);
}

static void two_hundred_threads_that_have_waited_leave_no_descriptor(void **state)
{
    static struct echo e[MANY];
    (void)state;
    ASSERT_RESULT(0, xsock_cleanup());
    int before = harness_handles();
    start(e, MANY, pair);
    for (int i = 0; i < MANY; i++)
        waiters_await(e[i].d, 1);
    finish(e, MANY);
    ASSERT_RESULT(0, xsock_cleanup());
    assert_int_equal(harness_handles(), before);
}

/* Linux makes no pipe and no event for a wake any more. */
static void a_server_with_a_thread_for_each_connection_goes_on_in_a_full_process(void **state)
{
    static struct echo e[CLIENTS];
    struct rlimit before, low;
    (void)state;
    ASSERT_RESULT(0, xsock_cleanup());
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    low = before;
    low.rlim_cur = 3;
    start(e, CLIENTS, sockets_tcp);
    for (int i = 0; i < CLIENTS; i++)
        waiters_await(e[i].d, 1);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    for (int k = 0; k < MESSAGES; k++)
        for (int i = 0; i < CLIENTS; i++) {
            char byte = 0;
            ASSERT_RESULT(1, (int)xsock_send(e[i].peer, "x", 1, 0));
            ASSERT_RESULT(1, (int)xsock_recv(e[i].peer, &byte, 1, 0));
            assert_int_equal(byte, 'x');
        }
    finish(e, CLIENTS);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    ASSERT_RESULT(0, xsock_cleanup());
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_hundred_threads_that_have_waited_leave_no_descriptor),
#ifndef _WIN32
        TEST(a_server_with_a_thread_for_each_connection_goes_on_in_a_full_process),
#endif
    };
    return cmocka_run_group_tests_name("full process", tests, NULL, NULL);
}
