/* Tests of the harness itself. Each test plants a fault that the harness must catch. */
#include "harness.h"
#include "native_io.h"
#include "qemu.h"

static void a_descriptor_left_open_is_seen(void **state)
{
    int d;
    (void)state;
    assert_true(harness_is_clean());
    d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    assert_false(harness_is_clean());
    ASSERT_RESULT(0, xsock_close(d));
    assert_true(harness_is_clean());
}

static void a_system_handle_left_open_is_seen(void **state)
{
    uintptr_t h = native_socket(false, false);
    (void)state;
    assert_int_equal(harness_descriptors(100), 0);
    assert_false(harness_is_clean());
    native_close_socket(h);
    assert_true(harness_is_clean());
}

static void a_descriptor_too_few_is_seen(void **state)
{
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    int same = ASSERT_OPENS(xsock_dup(d, 100, 0));
    (void)state;
    assert_int_equal(harness_setup(state), 0); /* as if both had existed before a test */
    assert_true(harness_is_clean());
    ASSERT_RESULT(0, xsock_close(same));
    assert_false(harness_is_clean());
    ASSERT_RESULT(0, xsock_close(d));
    assert_int_equal(harness_setup(state), 0);
}

static void a_descriptor_with_a_high_number_is_counted(void **state)
{
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    (void)state;
    ASSERT_RESULT(5000, xsock_dup(d, 5000, 0));
    assert_int_equal(harness_descriptors(6000), 2);
    assert_int_equal(harness_descriptors(5000), 1);
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(5000));
}

static void a_mismatch_is_told_by_name(void **state)
{
    char text[200] = "untouched";
    (void)state;
    assert_false(harness_mismatch(-XSOCK_EBADF, -XSOCK_EBADF, "call()", text, sizeof text));
    assert_string_equal(text, "untouched");
    assert_true(harness_mismatch(-XSOCK_EBADF, 3, "call()", text, sizeof text));
    assert_non_null(strstr(text, "call(): expected -EBADF, got 3"));
    assert_true(harness_mismatch(0, -XSOCK_EMFILE, "call()", text, sizeof text));
    assert_non_null(strstr(text, "expected 0, got -EMFILE"));
    assert_true(harness_mismatch(-9999, 0, "call()", text, sizeof text));
    assert_non_null(strstr(text, "expected -9999"));
}

/* A child reports the handles that it inherits, so the child must report both. */
static void a_child_tells_what_it_has(void **state)
{
    SKIP_ON_QEMU(QEMU_EXEC);
    uintptr_t with = native_socket(true, false), without = native_socket(false, false);
    (void)state;
    assert_true(native_child_has(with));
    assert_false(native_child_has(without));
    native_close_socket(with);
    native_close_socket(without);
}

static void a_mode_is_told_from_the_other(void **state)
{
    uintptr_t blocking = native_socket(false, false), nonblocking = native_socket(true, true);
    (void)state;
    assert_false(native_is_nonblocking(blocking));
    assert_true(native_is_nonblocking(nonblocking));
    assert_false(native_is_inheritable(blocking));
    assert_true(native_is_inheritable(nonblocking));
    native_close_socket(blocking);
    native_close_socket(nonblocking);
    assert_false(native_is_open(nonblocking));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(a_descriptor_left_open_is_seen), TEST(a_system_handle_left_open_is_seen),
        TEST(a_descriptor_too_few_is_seen),   TEST(a_descriptor_with_a_high_number_is_counted),
        TEST(a_mismatch_is_told_by_name),     TEST(a_child_tells_what_it_has),
        TEST(a_mode_is_told_from_the_other),
    };
    int child = native_child_main(argc, argv);
    return child >= 0 ? child : cmocka_run_group_tests_name("harness", tests, NULL, NULL);
}
