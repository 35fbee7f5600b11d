/* Sockets that a forked child, or the program by the system's handle, has connected, is connecting,
 * or has shut down. The state that xsock remembers of a socket never makes a call fail that the
 * system would allow. */
#include "harness.h"
#include "native_io.h"
#include "sockets.h"
#include "xsock_native.h"

static int listener(struct xsock_addr *out, int backlog)
{
    int l = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    struct xsock_addr a = sockets_loopback();
    ASSERT_RESULT(0, xsock_bind(l, &a));
    ASSERT_RESULT(0, xsock_listen(l, backlog));
    ASSERT_RESULT(0, xsock_local_addr(l, out));
    return l;
}

#ifdef _WIN32

static void what_a_child_has_connected_can_be_used(void **state)
{
    (void)state;
    SKIP("Windows has no fork()");
}

#else

#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

static void what_a_child_has_connected_can_be_used(void **state)
{
    struct xsock_addr a;
    char byte = 0;
    int l = listener(&a, 4), status = 1;
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        CHECK(xsock_connect(d, &a) == 0);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    int peer = ASSERT_OPENS(xsock_accept(l, 0, NULL));
    ASSERT_RESULT(1, (int)xsock_send(peer, "x", 1, 0));
    ASSERT_RESULT(1, (int)xsock_recv(d, &byte, 1, 0));
    assert_int_equal(byte, 'x');
    sockets_close(d);
    sockets_close(peer);
    sockets_close(l);
}

#endif

/* Fills the queue of a listener until the next connect has to wait. */
enum { ENOUGH = 64 };

static void what_connects_as_it_is_adopted_waits(void **state)
{
    struct xsock_addr a;
    uintptr_t handle;
    char byte;
    int l = listener(&a, 0), d[ENOUGH], count = 0;
    (void)state;
    for (int rc = 0; rc == 0 && count < ENOUGH; count++) {
        struct xsock_pollfd p = {.events = XSOCK_POLLOUT};
        p.fd = d[count] =
            ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0));
        rc = xsock_connect(d[count], &a);
        if (rc == -XSOCK_EINPROGRESS)
            rc = xsock_poll(&p, 1, 20 * 1000 * 1000) == 1 ? 0 : rc;
    }
    int last = d[count - 1];
    bool waits = xsock_connect_result(last) == -XSOCK_EALREADY;
    if (waits) { /* otherwise the system refuses instead of waiting */
        ASSERT_RESULT(0, xsock_release(last, &handle));
        last = d[count - 1] = ASSERT_OPENS(xsock_adopt(handle, XSOCK_SOCK_NONBLOCK));
        struct xsock_vec vec = {&byte, 1};
        struct xsock_msg m = {.vec = &vec, .vec_count = 1};
        ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recv(last, &byte, 1, 0));
        ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recvmsg(last, &m, 0));
    }
    for (int i = 0; i < count; i++)
        sockets_close(d[i]);
    sockets_close(l);
}

/* ---- Receiving that was ended by the system's handle ----------------------------------------- */

/* A receive that hangs ends with EAGAIN after this time, or has an answer too late. */
static const int64_t patience_ns = INT64_C(5000000000);

static void open_streams(int out[2])
{
    sockets_tcp(out);
}

static void open_local(int out[2])
{
    sockets_pair(XSOCK_SOCK_STREAM, out);
}

/* Elsewhere a receive of such a datagram socket ends only if the system itself waits. */
#ifdef _WIN32
static void open_datagrams(int out[2])
{
    struct xsock_addr a[2];
    for (int i = 0; i < 2; i++)
        out[i] = sockets_udp(&a[i]);
    for (int i = 0; i < 2; i++)
        ASSERT_RESULT(0, xsock_connect(out[i], &a[1 - i]));
}
#endif

/* The next receive of such a socket may wait before its first try. */
static void starve(int d)
{
    char byte;
    ASSERT_RESULT(0, xsock_set_opt_time(d, XSOCK_SO_RCVTIMEO, 1000000));
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recv(d, &byte, 1, 0));
}

static void expect_end(int d)
{
    char byte;
    int64_t began = xsock_now();
    ASSERT_RESULT(0, xsock_set_opt_time(d, XSOCK_SO_RCVTIMEO, patience_ns));
    ASSERT_RESULT(0, (int)xsock_recv(d, &byte, 1, 0));
    assert_true(xsock_now() - began < patience_ns);
}

/* A wait of Windows does not tell that receiving was ended. A receive does. */
static void receiving_that_was_ended_by_the_handle_ends_at_once(void **state)
{
    static void (*const opens[])(int out[2]) = {
        open_streams,
        open_local,
#ifdef _WIN32
        open_datagrams,
#endif
    };
    (void)state;
    for (size_t i = 0; i < 2 * sizeof opens / sizeof *opens; i++) {
        int d[2];
        opens[i / 2](d);
        ASSERT_RESULT(0, xsock_set_flags(d[0], 0));
        if (i % 2 != 0)
            starve(d[0]);
        native_end_receiving(native_of(d[0]));
        expect_end(d[0]);
        sockets_close(d[0]);
        sockets_close(d[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_a_child_has_connected_can_be_used),
        TEST(what_connects_as_it_is_adopted_waits),
        TEST(receiving_that_was_ended_by_the_handle_ends_at_once),
    };
    return cmocka_run_group_tests_name("connected elsewhere", tests, NULL, NULL);
}
