/* Files that are sent to streams. The peer may be gone, and the call never raises a signal. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "harness.h"
#include "native_io.h"
#include "sockets.h"

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

static void write_file(uintptr_t file, const void *data, size_t size)
{
    DWORD n = 0;
    assert_true(WriteFile((HANDLE)file, data, (DWORD)size, &n, NULL) && n == size);
}

static void forbid_signals(void)
{
}
#else
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static void write_file(uintptr_t file, const void *data, size_t size)
{
    assert_int_equal(write((int)file, data, size), (ssize_t)size);
}

/* The default action, which would end the program. */
static void forbid_signals(void)
{
    struct sigaction a = {.sa_handler = SIG_DFL};
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    assert_int_equal(sigaction(SIGPIPE, &a, NULL), 0);
    assert_int_equal(sigprocmask(SIG_UNBLOCK, &pipe, NULL), 0);
}
#endif

enum { FILE_SIZE = 300007 };
static unsigned char content[FILE_SIZE];

static uintptr_t make_file(void)
{
    uintptr_t file = native_file();
    for (size_t i = 0; i < FILE_SIZE; i++)
        content[i] = (unsigned char)(i * 2654435761u >> 13);
    write_file(file, content, FILE_SIZE);
    return file;
}

/* Neither end may block. Sends, and receives the bytes that have arrived, until all the bytes are
 * there. */
static void carry(const int pair[2], uintptr_t file, size_t offset, size_t len)
{
    static unsigned char got[FILE_SIZE + 1];
    size_t end = len < FILE_SIZE - offset ? len : FILE_SIZE - offset, sent = 0, received = 0;
    const int64_t too_late = harness_patience();
    while (received < end) {
        ASSERT_IN_TIME(too_late, "end of the file");
        ptrdiff_t n = sent < end ? xsock_sendfile(pair[0], file, offset + sent, len - sent) : 0;
        if (n < 0)
            ASSERT_RESULT(-XSOCK_EAGAIN, (int)n);
        sent += n > 0 ? (size_t)n : 0;
        n = xsock_recv(pair[1], got + received, sizeof got - received, 0);
        if (n < 0)
            ASSERT_RESULT(-XSOCK_EAGAIN, (int)n);
        received += n > 0 ? (size_t)n : 0;
    }
    assert_int_equal(sent, end);
    assert_int_equal(received, end);
    assert_memory_equal(got, content + offset, end);
}

static void files_arrive_from_any_offset_to_their_end(void **state)
{
    static const size_t parts[][2] = {{0, FILE_SIZE}, {1, FILE_SIZE}, {0, 1},
                                      {4095, 4097},   {65537, 99991}, {FILE_SIZE - 1, 10}};
    uintptr_t file = make_file();
    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        int pair[2];
        if (kind == 0)
            sockets_tcp(pair);
        else
            sockets_pair(XSOCK_SOCK_STREAM, pair);
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
            carry(pair, file, parts[i][0], parts[i][1]);
        ASSERT_RESULT(0, (int)xsock_sendfile(pair[0], file, FILE_SIZE, 10));
        ASSERT_RESULT(0, (int)xsock_sendfile(pair[0], file, FILE_SIZE + 12345, 10));
        ASSERT_RESULT(0, (int)xsock_sendfile(pair[0], file, INT64_MAX - 10, 10));
        ASSERT_RESULT(0, (int)xsock_sendfile(pair[0], file, INT64_MAX, 0));
        ASSERT_RESULT(0, (int)xsock_sendfile(pair[0], file, 5, 0));
        sockets_close(pair[0]);
        sockets_close(pair[1]);
    }
    native_close_file(file);
}

static void a_blocking_one_sends_all_that_fits(void **state)
{
    uintptr_t file = make_file();
    int pair[2];
    char got[500];
    (void)state;
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair));
    ASSERT_RESULT(500, (int)xsock_sendfile(pair[0], file, 77, 500));
    ASSERT_RESULT(500, (int)xsock_recv(pair[1], got, 500, XSOCK_MSG_WAITALL));
    assert_memory_equal(got, content + 77, 500);
    ASSERT_RESULT(0, xsock_set_opt_time(pair[0], XSOCK_SO_SNDTIMEO, 1000000));
    /* Nobody reads, so the call stops when its time is over, and returns the number of bytes
     * sent. */
    ptrdiff_t n = 0, sum = 0;
    for (int i = 0; i < 1000 && n >= 0; i++) {
        sum += n;
        n = xsock_sendfile(pair[0], file, 0, FILE_SIZE);
    }
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)n);
    assert_true(sum > 0);
    sockets_close(pair[0]);
    sockets_close(pair[1]);
    native_close_file(file);
}

static void a_peer_that_is_gone_is_an_error_and_no_signal(void **state)
{
    uintptr_t file = make_file();
    (void)state;
    forbid_signals();
    for (int kind = 0; kind < 2; kind++) {
        int pair[2];
        ptrdiff_t n = 0;
        if (kind == 0)
            sockets_tcp(pair);
        else
            sockets_pair(XSOCK_SOCK_STREAM, pair);
        sockets_close(pair[1]);
        for (int i = 0; i < 100000 && n >= 0;
             i++) /* a TCP sender only learns from an answer that its peer is gone */
            n = xsock_sendfile(pair[0], file, 3, FILE_SIZE);
        for (int i = 0; i < 2; i++) { /* after a reset, Windows still reports it */
            ASSERT_THAT(n == -XSOCK_EPIPE || n == -XSOCK_ECONNRESET, "it gave %s",
                        harness_name((int)n));
            n = xsock_sendfile(pair[0], file, 3, FILE_SIZE);
        }
        sockets_close(pair[0]);
        if (kind == 0)
            sockets_tcp(pair);
        else
            sockets_pair(XSOCK_SOCK_STREAM, pair);
        ASSERT_RESULT(0, xsock_shutdown(pair[0], XSOCK_SHUT_WR));
        ASSERT_RESULT(-XSOCK_EPIPE, (int)xsock_sendfile(pair[0], file, 0, FILE_SIZE));
        sockets_close(pair[0]);
        sockets_close(pair[1]);
    }
    native_close_file(file);
}

/* Another process that shares the socket may have a wake signal. */
static void a_handle_in_blocking_mode_does_not_make_the_call_wait(void **state)
{
    (void)state;
#ifdef _WIN32
    SKIP("the mode of a handle cannot be read on Windows");
#else
    uintptr_t file = make_file();
    int pair[2];
    sockets_pair(XSOCK_SOCK_STREAM, pair);
    sockets_fill(pair[0]);
    const int handle = (int)native_of(pair[0]), flags = fcntl(handle, F_GETFL);
    assert_int_equal(fcntl(handle, F_SETFL, flags & ~O_NONBLOCK), 0);
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_sendfile(pair[0], file, 0, FILE_SIZE));
    sockets_close(pair[0]);
    sockets_close(pair[1]);
    native_close_file(file);
#endif
}

static void what_can_not_be_is_refused(void **state)
{
    uintptr_t file = make_file();
    struct xsock_addr name;
    int pair[2], u = sockets_udp(&name),
                 lonely = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, pair);
    ASSERT_RESULT(-XSOCK_EBADF, (int)xsock_sendfile(-1, file, 0, 1));
    ASSERT_RESULT(-XSOCK_EBADF, (int)xsock_sendfile(pair[0], native_no_handle(), 0, 1));
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_sendfile(pair[0], file, 0, SIZE_MAX));
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_sendfile(pair[0], file, UINT64_MAX, 1));
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_sendfile(pair[0], file, INT64_MAX, 1));
    ASSERT_RESULT(-XSOCK_EOPNOTSUPP, (int)xsock_sendfile(u, file, 0, 1));
    ASSERT_RESULT(-XSOCK_ENOTCONN, (int)xsock_sendfile(lonely, file, 0, 1));
    sockets_close(u);
    sockets_close(lonely);
    sockets_close(pair[0]);
    sockets_close(pair[1]);
    native_close_file(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_arrive_from_any_offset_to_their_end),
        TEST(a_blocking_one_sends_all_that_fits),
        TEST(a_peer_that_is_gone_is_an_error_and_no_signal),
        TEST(a_handle_in_blocking_mode_does_not_make_the_call_wait),
        TEST(what_can_not_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
