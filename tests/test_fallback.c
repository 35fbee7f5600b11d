/* Simulates systems that cannot make a socket with its flags in one step. macOS and old Windows
 * have no such flags, and the library sets the flags afterwards. The backend's own source is
 * compiled into this program in place of the library's, and replacements for the system's calls
 * refuse the flags. All tests of test_life.c run on this backend, and the tests of failures too,
 * because a failure between the steps could leak a handle. */
#ifdef _WIN32
#include "win32/native.h"
#else
#define XSOCK_POSIX_NO_SOCK_FLAGS 1
#include "posix/native.h"

#include <fcntl.h>
#include <stdarg.h>
#endif

static int sockets_made, flags_refused;
static int fail_in, failed; /* the fail_in-th of the following calls fails */

static int begin(void)
{
    if (fail_in > 0 && --fail_in == 0)
        failed = 1;
    else
        return 0;
    return 1;
}

/* ---- Windows before 7 SP1 -------------------------------------------------------------------- */

#ifdef _WIN32
enum {
    FAILURE = WSAENETDOWN,
    FAILURE_ERROR = XSOCK_ENETDOWN
}; /* nothing else in this program returns this code */

static SOCKET old_socket(int family, int type, int protocol, WSAPROTOCOL_INFOW *info, GROUP group,
                         DWORD flags)
{
    if ((flags & WSA_FLAG_NO_HANDLE_INHERIT) != 0) {
        flags_refused++;
        WSASetLastError(WSAEINVAL);
        return INVALID_SOCKET;
    }
    sockets_made++;
    if (!begin())
        return WSASocketW(family, type, protocol, info, group, flags);
    WSASetLastError(FAILURE);
    return INVALID_SOCKET;
}

static BOOL failing_set_information(HANDLE h, DWORD mask, DWORD flags)
{
    if (!begin())
        return SetHandleInformation(h, mask, flags);
    SetLastError(FAILURE);
    return FALSE;
}

static int failing_ioctl(SOCKET s, long command, u_long *argument)
{
    if (!begin())
        return ioctlsocket(s, command, argument);
    WSASetLastError(FAILURE);
    return SOCKET_ERROR;
}

#undef WSASocketW
#define WSASocketW old_socket
#define SetHandleInformation failing_set_information
#define ioctlsocket failing_ioctl
#include "win32/socket.c"
#undef WSASocketW
#undef SetHandleInformation
#undef ioctlsocket

/* ---- POSIX without SOCK_CLOEXEC and SOCK_NONBLOCK -------------------------------------------- */

#else
enum { FAILURE = ENOLCK, FAILURE_ERROR = XSOCK_ENOLCK };

static int without_flags(int type)
{
    sockets_made++;
    /* must not happen, because this system does not know these flags */
    flags_refused += (type & ~0xf) != 0;
    return type & 0xf;
}

static int old_socket(int family, int type, int protocol)
{
    return socket(family, without_flags(type), protocol);
}

static int old_socketpair(int family, int type, int protocol, int out[2])
{
    return socketpair(family, without_flags(type), protocol, out);
}

static int failing_fcntl(int fd, int command, ...)
{
    va_list arguments;
    int argument = 0;
    if (begin()) {
        errno = FAILURE;
        return -1;
    }
    if (command != F_GETFD && command != F_GETFL) { /* the other commands in use take an int */
        va_start(arguments, command);
        argument = va_arg(arguments, int);
        va_end(arguments);
    }
    return fcntl(fd, command, argument);
}

#define socket(family, type, protocol) old_socket(family, type, protocol)
#define socketpair(family, type, protocol, out) old_socketpair(family, type, protocol, out)
#define fcntl failing_fcntl
#include "posix/socket.c"
#undef socket
#undef socketpair
#undef fcntl
#endif

/* ---- Tests ----------------------------------------------------------------------------------- */

#define main life_main
#include "test_life.c"
#undef main

static void the_system_that_is_asked_is_the_old_one(void **state)
{
    int before = sockets_made, refused_before = flags_refused;
    (void)state;
    ASSERT_RESULT(3, open_udp(XSOCK_SOCK_CLOEXEC));
    assert_int_equal(sockets_made, before + 1);
#ifdef _WIN32
    assert_int_equal(flags_refused, refused_before + 1);
#else
    assert_int_equal(flags_refused + refused_before, 0);
#endif
    assert_flags(3, XSOCK_SOCK_CLOEXEC);
    close_all(3, 3);
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

static int duplicate_one(void)
{
    return xsock_dup(3, 0, XSOCK_SOCK_CLOEXEC);
}

static int adopt_one(void)
{
    uintptr_t h = native_socket(true, false);
    int d = xsock_adopt(h, XSOCK_SOCK_CLOEXEC);
    if (d < 0) {
        assert_true(native_is_inheritable(h) && !native_is_nonblocking(h)); /* as before */
        native_close_socket(h);
    }
    return d;
}

static int set_flags(void)
{
    return xsock_set_flags(4, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK);
}

/* The nth call fails, for n = 1, 2, 3 ... until the call that makes the sockets succeeds. */
static void a_flag_that_can_not_be_set_leaves_nothing_open(void **state)
{
    static int (*const calls[])(void) = {open_one, open_pair, duplicate_one, adopt_one, set_flags};
    (void)state;
    ASSERT_RESULT(3, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(4, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    for (int c = 0; c < 5; c++) {
        int n = 0, r, handles = harness_handles();
        do {
            fail_in = ++n;
            failed = 0;
            r = calls[c]();
            fail_in = 0;
            if (!failed)
                break;
            ASSERT_RESULT(-FAILURE_ERROR, r);
            assert_int_equal(xsock_oserror(), FAILURE);
            assert_int_equal(harness_handles(), handles);
            assert_flags(4, 0);
        } while (n < 100);
        ASSERT_THAT(r >= 0 && n > 1, "call %d, %d times: %s", c, n, harness_name(r));
        xsock_close(5);
        xsock_close(6);
    }
    close_all(3, 4);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(the_system_that_is_asked_is_the_old_one),
        TEST(a_flag_that_can_not_be_set_leaves_nothing_open),
    };
    int child = native_child_main(argc, argv);
    if (child >= 0)
        return child;
    return life_main(argc, argv) + cmocka_run_group_tests_name("fallback", tests, NULL, NULL);
}
