/* Look-ups that are descriptors, with a resolver that the test can hold. No name server decides
 * when the answer comes. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#ifndef _WIN32
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#endif
#include "base/atomic.h"
#include "harness.h"
#include "threads.h"
#include "xsock_native.h"

enum { U = XSOCK_AF_UNSPEC, S = XSOCK_SOCK_STREAM };

static const int64_t LONG_NS = INT64_C(60000000000);

enum { GATES = 16 };

/* Holds the resolver. Each test has a gate of its own, and opens it. A look-up that was closed may
 * reach the resolver late, and then waits for the gate of a later test. For this reason the
 * resolver stays set, and the gates are destroyed at the end. */
static xsock__atomic_ptr gate;
static struct gate *gates[GATES];
static size_t gate_count;

static void let_answer(void)
{
    gate_open(xsock__atomic_load_ptr(&gate));
}

/* "none.test" does not exist, and every other host has three addresses. */
static int resolve(const char *host, int af, void *user, struct xsock_addr *out, size_t cap)
{
    (void)af;
    (void)user;
    gate_wait(xsock__atomic_load_ptr(&gate));
    if (strcmp(host, "none.test") == 0)
        return -XSOCK_EAI_NONAME;
    for (size_t i = 0; i < 3 && i < cap; i++)
        out[i] = (struct xsock_addr){
            .family = XSOCK_AF_INET, .length = 4, .data = {192, 0, 2, (uint8_t)(i + 1)}};
    return 3;
}

static int begin_held(const char *host)
{
    return ASSERT_OPENS(xsock_resolve_begin(host, "80", U, S, 0));
}

static int setup(void **state)
{
    gates[gate_count] = gate_create();
    xsock__atomic_store_ptr(&gate, gates[gate_count++]);
    return harness_setup(state);
}

static int begin_all(void **state)
{
    (void)state;
    return xsock_set_resolver(resolve, NULL);
}

static int end_all(void **state)
{
    (void)state;
    UNTIL(xsock_set_resolver(NULL, NULL) == 0, thread_yield());
    while (gate_count > 0)
        gate_destroy(gates[--gate_count]);
    return 0;
}

#define HELD_TEST(f) cmocka_unit_test_setup_teardown(f, setup, harness_teardown)

static int poll_one(int d, short events, int64_t timeout_ns)
{
    struct xsock_pollfd p = {.fd = d, .events = events};
    int n = xsock_poll(&p, 1, timeout_ns);
    assert_int_equal(n, p.revents != 0);
    return p.revents;
}

static const short all = XSOCK_POLLIN | XSOCK_POLLOUT | XSOCK_POLLPRI;

/* ---- The answer ------------------------------------------------------------------------------ */

static void test_a_look_up_is_readable_when_its_answer_is_there(void **state)
{
    struct xsock_addr v[4];
    (void)state;
    int d = begin_held("a.test");
    assert_int_equal(d, 3);
    ASSERT_RESULT(XSOCK_SOCK_CLOEXEC, xsock_get_flags(d));
    assert_int_equal(poll_one(d, all, 0), 0);
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock_resolve_end(d, v, 4));
    let_answer();
    assert_int_equal(poll_one(d, all, LONG_NS), XSOCK_POLLIN);
    assert_int_equal(poll_one(d, XSOCK_POLLOUT, 0), 0);
    ASSERT_RESULT(3, xsock_resolve_end(d, v, 4));
    assert_true(v[2].data[3] == 3 && v[2].port == 80);
    ASSERT_RESULT(-XSOCK_EBADF, xsock_resolve_end(d, v, 4));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_close(d));
}

static void test_an_array_that_is_too_small_leaves_it_open(void **state)
{
    struct xsock_addr v[3];
    (void)state;
    let_answer();
    int d = begin_held("a.test");
    assert_int_equal(poll_one(d, XSOCK_POLLIN, LONG_NS), XSOCK_POLLIN);
    ASSERT_RESULT(3, xsock_resolve_end(d, NULL, 0));
    memset(v, 0x5a, sizeof v);
    ASSERT_RESULT(3, xsock_resolve_end(d, v, 2));
    assert_true(v[1].data[3] == 2 && v[2].family == 0x5a5a5a5a);
    assert_int_equal(poll_one(d, XSOCK_POLLIN, 0), XSOCK_POLLIN);
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_resolve_end(d, NULL, 3));
    ASSERT_RESULT(3, xsock_resolve_end(d, v, 3));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_get_flags(d));
}

static void test_an_error_is_the_answer_too(void **state)
{
    struct xsock_addr a;
    (void)state;
    let_answer();
    int d = begin_held("none.test");
    assert_int_equal(poll_one(d, XSOCK_POLLIN, LONG_NS), XSOCK_POLLIN);
    ASSERT_RESULT(-XSOCK_EAI_NONAME, xsock_resolve_end(d, &a, 1));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_get_flags(d));
}

static void test_what_needs_no_look_up_is_answered_at_once(void **state)
{
    struct xsock_addr v[2];
    (void)state;
    let_answer();
    int d = begin_held("192.0.2.9");
    assert_int_equal(poll_one(d, XSOCK_POLLIN, LONG_NS), XSOCK_POLLIN);
    ASSERT_RESULT(1, xsock_resolve_end(d, v, 2));
    assert_int_equal(v[0].data[3], 9);
    ASSERT_RESULT(-XSOCK_EAI_NONAME, xsock_resolve_begin("127.1", "80", U, S, 0));
    ASSERT_RESULT(-XSOCK_EAI_NONAME, xsock_resolve_begin(NULL, NULL, U, S, 0));
    ASSERT_RESULT(-XSOCK_EAI_SERVICE, xsock_resolve_begin("a.test", "99999", U, S, 0));
}

/* ---- Pollers --------------------------------------------------------------------------------- */

static void test_pollers_report_it_once_the_answer_is_there(void **state)
{
    static const uint32_t modes[] = {0, XSOCK_POLLER_ET, XSOCK_POLLER_ONESHOT};
    const uint32_t asked = XSOCK_POLLER_IN | XSOCK_POLLER_OUT | XSOCK_POLLER_RDHUP;
    struct xsock_event e[2];
    struct xsock_addr a;
    int p[3];
    (void)state;
    int d = begin_held("a.test");
    for (size_t i = 0; i < 3; i++) {
        p[i] = ASSERT_OPENS(xsock_poller_open(0));
        ASSERT_RESULT(0, xsock_poller_ctl(p[i], XSOCK_POLLER_ADD, d, asked | modes[i], 40 + i));
        ASSERT_RESULT(0, xsock_poller_wait(p[i], e, 2, 0));
    }
    let_answer();
    for (size_t i = 0; i < 3; i++) {
        ASSERT_RESULT(1, xsock_poller_wait(p[i], e, 2, LONG_NS));
        assert_int_equal(e[0].events, XSOCK_POLLER_IN);
        assert_true(e[0].data == 40 + i && e[0].fd == d);
    }
    ASSERT_RESULT(1, xsock_poller_wait(p[0], e, 2, 0)); /* level-triggered */
    ASSERT_RESULT(3, xsock_resolve_end(d, NULL, 0));
    ASSERT_RESULT(3, xsock_resolve_end(d, &a, 1));
    ASSERT_RESULT(0, xsock_close(d));
    for (size_t i = 0; i < 3; i++) {
        ASSERT_RESULT(0, xsock_poller_wait(p[i], e, 2, 0));
        ASSERT_RESULT(0, xsock_close(p[i]));
    }
}

/* More look-ups than there are threads. */
static void test_a_hundred_at_once_are_all_answered(void **state)
{
    enum { COUNT = 100 };
    struct xsock_event e[8];
    struct xsock_addr v[3];
    (void)state;
    int p = ASSERT_OPENS(xsock_poller_open(0));
    for (int i = 0; i < COUNT; i++)
        ASSERT_RESULT(
            0, xsock_poller_ctl(p, XSOCK_POLLER_ADD, begin_held("a.test"), XSOCK_POLLER_IN, 0));
    let_answer();
    for (int left = COUNT; left > 0;) {
        int n = xsock_poller_wait(p, e, 8, LONG_NS);
        ASSERT_THAT(n > 0, "%s", harness_name(n));
        for (int i = 0; i < n; i++)
            ASSERT_RESULT(3, xsock_resolve_end(e[i].fd, v, 3));
        left -= n;
    }
    ASSERT_RESULT(0, xsock_close(p));
}

/* ---- Other calls ----------------------------------------------------------------------------- */

static void test_close_ends_it_and_frees_the_number_at_once(void **state)
{
    (void)state;
    int d = begin_held("a.test");
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(d, begin_held("192.0.2.9"));
    ASSERT_RESULT(0, xsock_close(d));
    let_answer();
}

static void close_it(void *user)
{
    int d = *(int *)user;
    thread_yield();
    (void)xsock_close(d);
}

static void test_closing_it_under_a_poll_is_reported(void **state)
{
    (void)state;
    int d = begin_held("a.test");
    struct thread *t = thread_start(close_it, &d);
    assert_int_equal(poll_one(d, XSOCK_POLLIN, LONG_NS), XSOCK_POLLNVAL);
    thread_join(t);
    let_answer();
}

static void test_it_is_no_socket_and_no_poller(void **state)
{
    struct xsock_addr a = {.family = XSOCK_AF_INET, .length = 4};
    struct xsock_event e;
    uintptr_t handle;
    char byte = 0;
    (void)state;
    int d = begin_held("a.test");
    int s = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_resolve_end(s, &a, 1));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_resolve_end(99, &a, 1));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, (int)xsock_send(d, &byte, 1, 0));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, (int)xsock_recv(d, &byte, 1, 0));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_bind(d, &a));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_connect(d, &a));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_shutdown(d, XSOCK_SHUT_RDWR));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_local_addr(d, &a));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_set_deadline(d, XSOCK_DEADLINE_RECV, -1));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_release(d, &handle));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_poller_wait(d, &e, 1, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_dup(d, 0, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_dup2(d, s, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_set_flags(d, XSOCK_SOCK_NONBLOCK));
    ASSERT_RESULT(0, xsock_set_flags(d, 0));
    ASSERT_RESULT(0, xsock_get_flags(d));
    ASSERT_RESULT(0, xsock_native(d, &handle));
    ASSERT_RESULT(d, xsock_dup2(s, d, 0)); /* closes the look-up */
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(s));
    d = begin_held("a.test");
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_cleanup());
    ASSERT_RESULT(0, xsock_close(d));
    let_answer();
}

/* Either the answer is taken, or the descriptor is closed. */
static void end_it(void *user)
{
    struct xsock_addr v[3];
    int rc;
    do {
        rc = xsock_resolve_end(*(int *)user, v, 3);
    } while (rc == -XSOCK_EAGAIN);
    assert_true(rc == 3 || rc == -XSOCK_EBADF || rc == -XSOCK_EINVAL);
}

static void test_threads_may_end_it_and_close_it_at_once(void **state)
{
    (void)state;
    let_answer();
    for (int i = 0; i < 200; i++) {
        int d = begin_held("a.test");
        struct thread *t[3] = {thread_start(end_it, &d), thread_start(end_it, &d), NULL};
        if (i % 2 == 0)
            t[2] = thread_start(close_it, &d);
        for (size_t k = 0; k < 3; k++)
            if (t[k] != NULL)
                thread_join(t[k]);
        ASSERT_RESULT(-XSOCK_EBADF, xsock_close(d));
    }
}

#ifndef _WIN32
static void test_a_forked_child_has_no_part_in_it(void **state)
{
    struct xsock_addr v[3];
    int status = 0;
    (void)state;
    int d = begin_held("a.test");
    pid_t child = fork();
    if (child == 0) {
        int p = xsock_poller_open(0);
        CHECK(poll_one(d, XSOCK_POLLIN, -1) == XSOCK_POLLNVAL);
        CHECK(xsock_resolve_end(d, v, 3) == -XSOCK_EBADF);
        CHECK(xsock_poller_ctl(p, XSOCK_POLLER_ADD, d, XSOCK_POLLER_IN, 0) == -XSOCK_EBADF);
        CHECK(xsock_close(d) == 0);
        d = xsock_resolve_begin("192.0.2.9", "80", U, S, 0);
        CHECK(d >= 0 && xsock_resolve_end(d, v, 3) == 1);
        _exit(0);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    let_answer();
    assert_int_equal(poll_one(d, XSOCK_POLLIN, LONG_NS), XSOCK_POLLIN);
    ASSERT_RESULT(3, xsock_resolve_end(d, v, 3));
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        HELD_TEST(test_a_look_up_is_readable_when_its_answer_is_there),
        HELD_TEST(test_an_array_that_is_too_small_leaves_it_open),
        HELD_TEST(test_an_error_is_the_answer_too),
        HELD_TEST(test_what_needs_no_look_up_is_answered_at_once),
        HELD_TEST(test_pollers_report_it_once_the_answer_is_there),
        HELD_TEST(test_a_hundred_at_once_are_all_answered),
        HELD_TEST(test_close_ends_it_and_frees_the_number_at_once),
        HELD_TEST(test_closing_it_under_a_poll_is_reported),
        HELD_TEST(test_it_is_no_socket_and_no_poller),
        HELD_TEST(test_threads_may_end_it_and_close_it_at_once),
#ifndef _WIN32
        HELD_TEST(test_a_forked_child_has_no_part_in_it),
#endif
    };
    return cmocka_run_group_tests_name("resolve_begin", tests, begin_all, end_all);
}
