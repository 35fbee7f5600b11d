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
#include <unistd.h>

#include "qemu.h"
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

#ifndef _WIN32
/* ---- Received handles ------------------------------------------------------------------------ */

enum { LIMIT = 128 };

/* Takes all numbers but one. */
static void fill(int extra[LIMIT], int *out_count)
{
    int n = 0, d;
    while ((d = dup(0)) >= 0) {
        assert_true(n < LIMIT);
        extra[n++] = d;
    }
    assert_true(n > 0);
    close(extra[--n]);
    *out_count = n;
}

static void send_one_handle(void *user)
{
    const int *d = user;
    uintptr_t handle = 0;
    struct xsock_vec v = {"x", 1};
    struct xsock_control c = {.has = XSOCK_CONTROL_HANDLES, .handles = &handle, .handle_count = 1};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = &c};
    waiters_await(d[1], 1);
    ASSERT_RESULT(1, (int)xsock_sendmsg(d[0], &m, 0));
}

static void expect_handle(int d)
{
    uintptr_t handle = 0;
    char byte;
    struct xsock_vec v = {&byte, 1};
    struct xsock_control c = {.handles = &handle, .handle_capacity = 1};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = &c};
    ASSERT_RESULT(1, (int)xsock_recvmsg(d, &m, 0));
    assert_int_equal(m.flags, 0);
    assert_int_equal(c.handle_count, 1);
    close((int)handle);
}

/* The number that is left is for the handle, and not for the wake of the call, which may be idle or
 * in use. */
static void a_handle_that_comes_finds_the_number_that_is_left(void **state)
{
    int extra[LIMIT], count, ends[2];
    struct rlimit before, low;
    (void)state;
    SKIP_ON_QEMU(QEMU_VECTORS);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (int type = XSOCK_SOCK_STREAM; type <= XSOCK_SOCK_DGRAM; type++) {
        sockets_pair(type, ends);
        for (int i = 0; i < 2; i++)
            ASSERT_RESULT(0, xsock_set_flags(ends[i], 0));
        low = before;
        low.rlim_cur = LIMIT;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
        fill(extra, &count);
        struct thread *t = thread_start(send_one_handle, ends);
        assert_non_null(t);
        expect_handle(ends[1]);
        thread_join(t);
        for (int i = 0; i < count; i++)
            close(extra[i]);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        for (int i = 0; i < 2; i++)
            sockets_close(ends[i]);
        ASSERT_RESULT(0, xsock_cleanup());
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_hundred_threads_that_have_waited_leave_no_descriptor),
#ifndef _WIN32
        TEST(a_server_with_a_thread_for_each_connection_goes_on_in_a_full_process),
        TEST(a_handle_that_comes_finds_the_number_that_is_left),
#endif
    };
    return cmocka_run_group_tests_name("full process", tests, NULL, NULL);
}
