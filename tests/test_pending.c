/* Look-ups that are descriptors, on the fake system: which steps fail, and which resources are
 * left. */
#include "api/library.h"
#include "harness.h"

#include "fake_names.h"
#include "fake_net.h"
#include "fake_sys.h"
#include "table/fdtab.h"

enum { U = XSOCK_AF_UNSPEC, S = XSOCK_SOCK_STREAM };

static int setup(void **state)
{
    static const struct xsock_addr a = {
        .family = XSOCK_AF_INET, .length = 4, .data = {192, 0, 2, 1}};
    fake_names_reset();
    fake_names_add_host("host.example", &a);
    fake_threads_wait(true);
    if (fake_setup(state) != 0 || xsock_startup() < 0)
        return 1;
    /* the table has been enlarged */
    return xsock_close(xsock_resolve_begin("192.0.2.1", NULL, U, 0, 0));
}

static int teardown(void **state)
{
    fake_names_reset();
    return fake_teardown(state);
}

#define PENDING_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static size_t in_use(void)
{
    return fake_allocations() - (size_t)xsock__fdtab_spares(xsock__library_table());
}

static void test_nothing_is_left_of_a_look_up_that_is_closed_at_any_moment(void **state)
{
    struct xsock_addr a;
    (void)state;
    size_t before = in_use(), handles = fake_handles();
    for (int moment = 0; moment < 3; moment++) {
        int d = ASSERT_OPENS(xsock_resolve_begin("host.example", "80", U, S, 0));
        assert_int_equal(fake_handles(), handles + 2);
        ASSERT_RESULT(-XSOCK_EAGAIN, xsock_resolve_end(d, &a, 1));
        if (moment == 0)
            ASSERT_RESULT(0, xsock_close(d));
        assert_true(fake_threads_run_one());
        if (moment == 1)
            ASSERT_RESULT(0, xsock_close(d));
        if (moment == 2)
            ASSERT_RESULT(1, xsock_resolve_end(d, &a, 1));
        assert_int_equal(in_use(), before);
        assert_int_equal(fake_handles(), handles);
        ASSERT_RESULT(-XSOCK_EBADF, xsock_close(d));
    }
}

static void test_a_thread_that_cannot_be_had_is_no_pending_answer(void **state)
{
    static const int rows[][2] = {{FAKE_EAGAIN, XSOCK_EAI_AGAIN}, {FAKE_ENOMEM, XSOCK_EAI_MEMORY}};
    struct xsock_addr a;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        fake_threads_fail(rows[i][0]);
        int d = ASSERT_OPENS(xsock_resolve_begin("host.example", "80", U, S, 0));
        struct xsock_pollfd p = {.fd = d, .events = XSOCK_POLLIN};
        ASSERT_RESULT(1, xsock_poll(&p, 1, -1));
        ASSERT_RESULT(-rows[i][1], xsock_resolve_end(d, &a, 1));
        assert_int_equal(xsock_oserror(), rows[i][0]);
        ASSERT_RESULT(-XSOCK_EBADF, xsock_close(d));
    }
}

static void test_the_systems_code_comes_with_the_error(void **state)
{
    struct xsock_addr a;
    (void)state;
    fake_names_fail(XSOCK_EAI_FAIL, -4242);
    int d = ASSERT_OPENS(xsock_resolve_begin("host.example", "80", U, S, 0));
    assert_true(fake_threads_run_one());
    xsock__sys_set_last_error(777);
    ASSERT_RESULT(-XSOCK_EAI_FAIL, xsock_resolve_end(d, &a, 1));
    assert_int_equal(xsock_oserror(), -4242);
}

static void test_whatever_fails_nothing_is_lost(void **state)
{
    static const char *const hosts[] = {"host.example", "192.0.2.7"};
    struct xsock_addr a;
    (void)state;
    size_t before = in_use(), handles = fake_handles();
    for (size_t i = 0; i < 2; i++)
        for (unsigned nth = 1;; nth++) {
            ASSERT_THAT(nth < 1000, "%u calls were made to fail, and still not all", nth);
            fake_fail(FAKE_ANY_CALL, nth, FAKE_ENOMEM);
            int d = xsock_resolve_begin(hosts[i], "80", U, S, 0);
            (void)fake_threads_run_one();
            bool failed = fake_failed();
            fake_fail(FAKE_ANY_CALL, 0, 0);
            if (d >= 0) {
                struct xsock_pollfd p = {.fd = d, .events = XSOCK_POLLIN};
                ASSERT_RESULT(1, xsock_poll(&p, 1, -1));
                int rc = xsock_resolve_end(d, &a, 1);
                ASSERT_THAT(rc == 1 || (failed && rc == -XSOCK_EAI_MEMORY), "call %u: %s", nth,
                            harness_name(rc));
            }
            ASSERT_THAT(in_use() == before && fake_handles() == handles, "call %u", nth);
            assert_int_equal(harness_descriptors(16), 0);
            if (!failed)
                break;
            assert_true(d >= 0 || d == -XSOCK_ENOMEM);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PENDING_TEST(test_nothing_is_left_of_a_look_up_that_is_closed_at_any_moment),
        PENDING_TEST(test_a_thread_that_cannot_be_had_is_no_pending_answer),
        PENDING_TEST(test_the_systems_code_comes_with_the_error),
        PENDING_TEST(test_whatever_fails_nothing_is_lost),
    };
    return cmocka_run_group_tests_name("pending", tests, NULL, NULL);
}
