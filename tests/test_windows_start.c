/* Winsock that other code in the process has ended. */
#include "fake_win32.h"
#include "harness.h"
#include "native_io.h"
#include "sockets.h"

#include <winsock2.h>
#include <windows.h>

#include "xsock_native.h"

/* A component that cleans up more often than it starts does this. */
static void end_winsock(void)
{
    while (WSACleanup() == 0)
        ;
    assert_int_equal(WSANOTINITIALISED, WSAGetLastError());
}

static void sockets_are_opened_after_somebody_has_ended_winsock(void **state)
{
    (void)state;
    end_winsock();
    ASSERT_RESULT(0, xsock_startup());
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    sockets_close(d);
}

static void pairs_are_made_after_somebody_has_ended_winsock(void **state)
{
    int d[2];
    (void)state;
    end_winsock();
    sockets_pair(XSOCK_SOCK_STREAM, d);
    sockets_send(d[0]);
    UNTIL(xsock_available(d[1]) == 1, (void)0);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void a_handle_that_is_no_socket_is_told_from_one(void **state)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    (void)state;
    fake_win32.checks_start = true;
    end_winsock();
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_adopt((uintptr_t)event, 0));
    CloseHandle(event);
}

/* The library has started Winsock once, and ends it once. */
static void cleanup_still_ends_what_the_library_has_started(void **state)
{
    (void)state;
    end_winsock();
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    sockets_close(d);
    ASSERT_RESULT(0, xsock_cleanup());
    assert_int_equal(SOCKET_ERROR, WSACleanup());
    assert_int_equal(WSANOTINITIALISED, WSAGetLastError());
    ASSERT_RESULT(0, xsock_startup());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINDOWS_TEST(sockets_are_opened_after_somebody_has_ended_winsock),
        WINDOWS_TEST(pairs_are_made_after_somebody_has_ended_winsock),
        WINDOWS_TEST(a_handle_that_is_no_socket_is_told_from_one),
        WINDOWS_TEST(cleanup_still_ends_what_the_library_has_started),
    };
    return cmocka_run_group_tests(tests, fake_win32_install, NULL);
}
