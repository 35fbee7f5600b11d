/* Systems without SOCK_CLOEXEC and SOCK_NONBLOCK (macOS), on one that has them: the backend's own source is compiled
 * into this program without them, and takes the place of the library's. All tests of test_life.c run on it, and
 * those of its failures: between socket() and fcntl() there is something to lose. */
#ifdef _WIN32

#include "harness.h"

static void sockets_get_their_flags_afterwards(void **state)
{
    (void)state;
    SKIP("Windows has another fallback, for systems before 7 SP1, in its own backend");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(sockets_get_their_flags_afterwards)};
    return cmocka_run_group_tests_name("fallback", tests, NULL, NULL);
}

#else

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static int sockets_made, fail_in, failed;

/* A type with flags is what this system is not to know. */
static void check_type(int type)
{
    sockets_made++;
    if ((type & ~0xf) != 0) {
        fprintf(stderr, "type %#x has flags\n", (unsigned)type);
        abort();
    }
}

static int plain_socket(int family, int type, int protocol)
{
    check_type(type);
    return socket(family, type, protocol);
}

static int plain_socketpair(int family, int type, int protocol, int out[2])
{
    check_type(type);
    return socketpair(family, type, protocol, out);
}

/* fcntl(), whose fail_in-th call fails; only those with an int as the third argument are made. */
static int failing_fcntl(int fd, int command, ...)
{
    va_list arguments;
    int argument = 0;
    if (fail_in > 0 && --fail_in == 0) {
        failed = 1;
        errno = ENOLCK; /* which nothing here gives otherwise */
        return -1;
    }
    if (command != F_GETFD && command != F_GETFL) {
        va_start(arguments, command);
        argument = va_arg(arguments, int);
        va_end(arguments);
    }
    return fcntl(fd, command, argument);
}

#define XSOCK_POSIX_NO_SOCK_FLAGS 1
#define socket(family, type, protocol) plain_socket(family, type, protocol)
#define socketpair(family, type, protocol, out) plain_socketpair(family, type, protocol, out)
#define fcntl failing_fcntl
#include "../src/posix/socket.c"
#undef socket
#undef socketpair
#undef fcntl

#define main life_main
#include "test_life.c"
#undef main

static void the_system_is_asked_without_flags(void **state)
{
    int before = sockets_made, pair[2];
    (void)state;
    ASSERT_RESULT(3, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0));
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, pair));
    assert_int_equal(sockets_made, before + 2);
    close_all(3, 5);
}

static int open_one(void)
{
    return xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0);
}

static int open_pair(void)
{
    int pair[2];
    return xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0, pair);
}

static int set_flags(void)
{
    return xsock_set_flags(4, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK);
}

static int adopt_one(void)
{
    uintptr_t h = native_socket(true, false);
    int d = xsock_adopt(h, XSOCK_SOCK_CLOEXEC);
    if (d < 0) {
        assert_true(native_is_inheritable(h) && !native_is_nonblocking(h)); /* as it was */
        native_close_socket(h);
    }
    return d;
}

/* The nth fcntl() fails, for n = 1, 2, 3 ... until the call succeeds. */
static void a_flag_that_can_not_be_set_leaves_nothing_open(void **state)
{
    static int (*const calls[])(void) = {open_one, open_pair, adopt_one, set_flags};
    (void)state;
    ASSERT_RESULT(3, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(4, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    for (int c = 0; c < 4; c++) {
        int n = 0, r, handles = harness_handles();
        do {
            fail_in = ++n;
            failed = 0;
            r = calls[c]();
            fail_in = 0;
            if (!failed)
                break;
            ASSERT_RESULT(-XSOCK_ENOLCK, r);
            assert_int_equal(xsock_oserror(), ENOLCK);
            assert_int_equal(harness_handles(), handles);
            assert_flags(4, 0);
        } while (n < 100);
        ASSERT_THAT(r >= 0 && n > 2, "call %d, %d times: %s", c, n, harness_name(r));
        xsock_close(5);
        xsock_close(6);
    }
    close_all(3, 4);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(the_system_is_asked_without_flags),
        TEST(a_flag_that_can_not_be_set_leaves_nothing_open),
    };
    int failures = life_main(argc, argv);
    return native_child_main(argc, argv) >= 0 ? failures
                                              : failures + cmocka_run_group_tests_name("fallback", tests, NULL, NULL);
}
#endif
