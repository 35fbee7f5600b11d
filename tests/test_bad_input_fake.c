/* Bad input on the fake system, which would notice if bad input reached it. */
#include "bad_input.h"
#include "fake_sys.h"
#include "harness.h"
#include "xsock_native.h"

static uintptr_t make_socket(void)
{
    return fake_make_socket(FAKE_FAMILY_BASE + XSOCK_AF_INET, FAKE_TYPE_BASE + XSOCK_SOCK_DGRAM,
                            FAKE_PROTOCOL_BIT ^ XSOCK_IPPROTO_UDP, false, false);
}

const struct bad_input_system bad_input_system = {make_socket, fake_close_foreign};

/* The library checks descriptors and arguments before it makes any system call. */
static void bad_arguments_do_not_reach_the_system(void **state)
{
    uintptr_t h = make_socket(), out;
    int pair[2];
    unsigned calls;
    (void)state;
    ASSERT_RESULT(3, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    calls = fake_calls(FAKE_ANY_CALL);
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_open(XSOCK_AF_INET, -1, 0));
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_open(9999, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_pair(XSOCK_AF_LOCAL, -1, 0, pair));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, NULL));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_dup(9, 0, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_dup(3, -1, 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_dup2(3, 2, 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_close(9));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_set_flags(3, 1));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_adopt(h, 1));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_release(3, NULL));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_native(9, &out));
    assert_int_equal(fake_calls(FAKE_ANY_CALL), calls);
    ASSERT_RESULT(0, xsock_close(3));
    fake_close_foreign(h);
}

static void what_the_system_says_of_a_handle_is_told_apart(void **state)
{
    uintptr_t file = fake_make_file();
    uintptr_t h = fake_make_socket(FAKE_FAMILY_BASE + 999, FAKE_TYPE_BASE + 1, 0, false, false);
    uintptr_t odd =
        fake_make_socket(FAKE_FAMILY_BASE + XSOCK_AF_INET, FAKE_TYPE_BASE + 77, 0, true, true);
    struct fake_look look;
    (void)state;
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_adopt(file, 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_adopt(0, 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_adopt(UINTPTR_MAX, 0));
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_adopt(h, XSOCK_SOCK_CLOEXEC));
    ASSERT_RESULT(-XSOCK_ESOCKTNOSUPPORT, xsock_adopt(odd, 0));
    look = fake_look(h);
    assert_true(look.open && !look.cloexec && !look.nonblock);
    look = fake_look(odd);
    assert_true(look.open && look.cloexec && look.nonblock);
    fake_close_foreign(h);
    fake_close_foreign(odd);
    fake_close_foreign(file);
}

static int start(void **state)
{
    (void)state;
    return xsock_startup();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BAD_INPUT_TESTS(FAKE_TEST),
        FAKE_TEST(bad_arguments_do_not_reach_the_system),
        FAKE_TEST(what_the_system_says_of_a_handle_is_told_apart),
    };
    return cmocka_run_group_tests_name("bad input, fake system", tests, start, NULL);
}
