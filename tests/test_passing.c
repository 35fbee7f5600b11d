/* This must come before any header. It makes the POSIX functions visible in a build that asks for
 * C11 only. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

/* System handles that are passed over LOCAL to another process. No handle is leaked, whatever the
 * capacity of the receiver is. */
#include "harness.h"

#ifdef _WIN32
static void windows_passes_no_handles(void **state)
{
    uintptr_t handle = 0;
    char byte = 0;
    struct xsock_vec v = {&byte, 1};
    struct xsock_control c = {.has = XSOCK_CONTROL_HANDLES, .handles = &handle, .handle_count = 1};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = &c};
    int pair[2];
    (void)state;
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair));
    ASSERT_RESULT(-XSOCK_EOPNOTSUPP, (int)xsock_sendmsg(pair[0], &m, 0));
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recvmsg(pair[1], &m, XSOCK_MSG_DONTWAIT));
    ASSERT_RESULT(0, xsock_close(pair[0]));
    ASSERT_RESULT(0, xsock_close(pair[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(windows_passes_no_handles)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native_io.h"
#include "xsock_native.h"

static ptrdiff_t send_handles(int d, uintptr_t *handles, size_t count)
{
    struct xsock_vec v = {"data", 4};
    struct xsock_control c = {
        .has = XSOCK_CONTROL_HANDLES, .handles = handles, .handle_count = count};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = &c};
    return xsock_sendmsg(d, &m, 0);
}

/* Closes the handles that arrived, and returns their number. */
static size_t recv_handles(int d, size_t capacity, int flags, int *out_flags, bool cloexec)
{
    uintptr_t handles[300];
    char data[4];
    struct xsock_vec v = {data, 4};
    struct xsock_control c = {.handles = handles, .handle_capacity = capacity};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = &c};
    ASSERT_RESULT(4, (int)xsock_recvmsg(d, &m, flags));
    *out_flags = m.flags;
    assert_int_equal(c.has, c.handle_count > 0 ? XSOCK_CONTROL_HANDLES : 0);
    for (size_t i = 0; i < c.handle_count; i++) {
        assert_int_equal(fcntl((int)handles[i], F_GETFD) & FD_CLOEXEC, cloexec ? FD_CLOEXEC : 0);
        assert_int_equal(close((int)handles[i]), 0);
    }
    return c.handle_count;
}

static void what_exceeds_the_capacity_is_closed_and_reported(void **state)
{
    static const int types[] = {XSOCK_SOCK_STREAM, XSOCK_SOCK_DGRAM};
    uintptr_t handles[253];
    int before, flags;
    (void)state;
    for (size_t i = 0; i < 253; i++)
        handles[i] = (uintptr_t)STDOUT_FILENO;
    for (size_t i = 0; i < 2; i++) {
        int pair[2];
        ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, types[i], 0, pair));
        before = harness_handles();
        ASSERT_RESULT(4, (int)send_handles(pair[0], handles, 253));
        assert_int_equal(recv_handles(pair[1], 253, 0, &flags, false), 253);
        assert_int_equal(flags & XSOCK_MSG_CTRUNC, 0);
        ASSERT_RESULT(4, (int)send_handles(pair[0], handles, 253));
        assert_int_equal(recv_handles(pair[1], 2, XSOCK_MSG_CMSG_CLOEXEC, &flags, true), 2);
        assert_int_equal(flags & XSOCK_MSG_CTRUNC, XSOCK_MSG_CTRUNC);
        ASSERT_RESULT(4, (int)send_handles(pair[0], handles, 3));
        for (size_t capacity = 0; capacity < 4; capacity += 3) {
            assert_int_equal(recv_handles(pair[1], capacity, XSOCK_MSG_PEEK, &flags, false), 0);
            /* nothing was cut, so the handles are still in the message */
            assert_int_equal(flags, 0);
        }
        assert_int_equal(recv_handles(pair[1], 3, 0, &flags, false), 3);
        assert_int_equal(flags, 0);
        ASSERT_RESULT(4, (int)send_handles(pair[0], handles, 3));
        assert_int_equal(recv_handles(pair[1], 0, 0, &flags, false), 0);
        assert_int_equal(flags & XSOCK_MSG_CTRUNC, XSOCK_MSG_CTRUNC);
        assert_int_equal(harness_handles(), before);
        ASSERT_RESULT(0, xsock_close(pair[0]));
        ASSERT_RESULT(0, xsock_close(pair[1]));
    }
}

static void calls_that_know_no_handles_leak_none(void **state)
{
    uintptr_t handles[3] = {0, 1, 2};
    char data[8];
    struct xsock_vec v = {data, 4};
    struct xsock_msg m = {.vec = &v, .vec_count = 1};
    struct xsock_dgram one = {.base = data, .len = 4};
    int pair[2], before;
    (void)state;
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM, 0, pair));
    before = harness_handles();
    for (int i = 0; i < 4; i++)
        ASSERT_RESULT(4, (int)send_handles(pair[0], handles, 3));
    ASSERT_RESULT(4, (int)xsock_recv(pair[1], data, 4, 0));
    ASSERT_RESULT(4, (int)xsock_recvfrom(pair[1], data, 4, 0, NULL));
    ASSERT_RESULT(4, (int)xsock_recvmsg(pair[1], &m, 0));
    assert_int_equal(m.flags & XSOCK_MSG_CTRUNC, XSOCK_MSG_CTRUNC);
    ASSERT_RESULT(1, xsock_recv_batch(pair[1], &one, 1, 0));
    assert_int_equal(one.flags & XSOCK_MSG_CTRUNC, XSOCK_MSG_CTRUNC);
    assert_int_equal(harness_handles(), before);
    ASSERT_RESULT(0, xsock_close(pair[0]));
    ASSERT_RESULT(0, xsock_close(pair[1]));
}

static void a_stream_stops_where_handles_came(void **state)
{
    uintptr_t handle = 1, got[4];
    char data[16];
    struct xsock_vec v = {data, sizeof data};
    struct xsock_control c = {.handles = got, .handle_capacity = 4};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = &c};
    int pair[2];
    (void)state;
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair));
    for (int i = 0; i < 2; i++)
        ASSERT_RESULT(4, (int)send_handles(pair[0], &handle, 1));
    for (int i = 0; i < 2; i++) {
        ASSERT_RESULT(4, (int)xsock_recvmsg(pair[1], &m, XSOCK_MSG_WAITALL));
        assert_int_equal(c.handle_count, 1);
        assert_int_equal(close((int)got[0]), 0);
    }
    handle = 9999; /* the handle is not open, so nothing is sent */
    ASSERT_RESULT(-XSOCK_EBADF, (int)send_handles(pair[0], &handle, 1));
    v.len = 0;
    c = (struct xsock_control){.has = XSOCK_CONTROL_HANDLES, .handles = &handle, .handle_count = 1};
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_sendmsg(pair[0], &m, 0));
    ASSERT_RESULT(0, xsock_close(pair[0]));
    ASSERT_RESULT(0, xsock_close(pair[1]));
}

/* The child gets a socket, adopts the socket, and answers through it. */
static int child(int d)
{
    uintptr_t got = 0;
    char data[4];
    struct xsock_vec v = {data, 4};
    struct xsock_control c = {.handles = &got, .handle_capacity = 1};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = &c};
    if (xsock_recvmsg(d, &m, XSOCK_MSG_CMSG_CLOEXEC) != 4 || c.handle_count != 1 || m.flags != 0)
        return 1;
    int s = xsock_adopt(got, XSOCK_SOCK_CLOEXEC);
    if (s < 0 || xsock_send(s, "from the child", 14, 0) != 14)
        return 2;
    return xsock_close(s) == 0 && xsock_close(d) == 0 ? 0 : 3;
}

static void a_socket_goes_to_another_process_and_is_taken_in(void **state)
{
    int way[2], gift[2], status = -1;
    uintptr_t handle;
    char text[20] = {0};
    (void)state;
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, way));
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, gift));
    pid_t pid = fork();
    if (pid == 0) {
        (void)xsock_close(way[0]);
        (void)xsock_close(gift[0]);
        (void)xsock_close(gift[1]);
        _exit(child(way[1]));
    }
    assert_true(pid > 0);
    handle = native_of(gift[1]);
    ASSERT_RESULT(4, (int)send_handles(way[0], &handle, 1));
    ASSERT_RESULT(0, xsock_close(gift[1]));
    ASSERT_RESULT(14, (int)xsock_recv(gift[0], text, 14, XSOCK_MSG_WAITALL));
    assert_string_equal(text, "from the child");
    /* the end, because no process has kept the socket */
    ASSERT_RESULT(0, (int)xsock_recv(gift[0], text, 1, 0));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    ASSERT_RESULT(0, xsock_close(gift[0]));
    ASSERT_RESULT(0, xsock_close(way[0]));
    ASSERT_RESULT(0, xsock_close(way[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_exceeds_the_capacity_is_closed_and_reported),
        TEST(calls_that_know_no_handles_leak_none),
        TEST(a_stream_stops_where_handles_came),
        TEST(a_socket_goes_to_another_process_and_is_taken_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
