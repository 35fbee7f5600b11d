/* Numbers that a program reserves for objects that are not sockets, and the result of every call on
 * them. */
#include "harness.h"
#include "sockets.h"
#include "xsock_native.h"

/* ---- Reserving ------------------------------------------------------------------------------- */

static void a_reserved_number_is_given_to_no_socket(void **state)
{
    int a, b;
    (void)state;
    ASSERT_RESULT(3, xsock_reserve(-1));
    ASSERT_RESULT(5, xsock_reserve(5));
    a = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    b = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    assert_int_equal(4, a);
    assert_int_equal(6, b);
    ASSERT_RESULT(0, xsock_unreserve(3));
    ASSERT_RESULT(3, xsock_dup(a, 0, 0));
    sockets_close(3);
    sockets_close(a);
    sockets_close(b);
    ASSERT_RESULT(0, xsock_unreserve(5));
}

static void only_a_free_number_within_the_limit_can_be_reserved(void **state)
{
    int limit = xsock_get_limit(), d;
    (void)state;
    d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_reserve(d));
    ASSERT_RESULT(7, xsock_reserve(7));
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_reserve(7));
    for (int n = 0; n < 3; n++)
        ASSERT_RESULT(-XSOCK_EINVAL, xsock_reserve(n));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_reserve(-2));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_reserve(INT32_MIN));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_reserve(limit));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_reserve(INT32_MAX));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_set_limit(7));
    ASSERT_RESULT(0, xsock_set_limit(8));
    for (int n = 4; n < 7; n++)
        ASSERT_RESULT(n, xsock_reserve(-1));
    ASSERT_RESULT(-XSOCK_EMFILE, xsock_reserve(-1));
    ASSERT_RESULT(0, xsock_set_limit(limit));
    for (int n = 4; n < 8; n++)
        ASSERT_RESULT(0, xsock_unreserve(n));
    sockets_close(d);
}

static void only_a_reserved_number_can_be_given_back(void **state)
{
    static const int numbers[] = {INT32_MIN, -1, 0, 2, 4, 5000, INT32_MAX};
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        ASSERT_RESULT(-XSOCK_EBADF, xsock_unreserve(numbers[i]));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_unreserve(d));
    ASSERT_RESULT(4, xsock_reserve(4));
    ASSERT_RESULT(0, xsock_unreserve(4));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_unreserve(4));
    sockets_close(d);
}

static void a_reserved_number_keeps_the_library_from_ending(void **state)
{
    int number = xsock_reserve(-1);
    (void)state;
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_cleanup());
    ASSERT_RESULT(0, xsock_unreserve(number));
    ASSERT_RESULT(0, xsock_cleanup());
}

/* ---- The results of the calls ---------------------------------------------------------------- */

static struct xsock_addr addr;
static char buf[8];
static int open_socket, poller;

#define CALL(name, expression)   \
    static ptrdiff_t name(int d) \
    {                            \
        return (expression);     \
    }

static struct xsock_vec vec = {buf, 1};
static struct xsock_msg msg = {.vec = &vec, .vec_count = 1};
static struct xsock_dgram dgram = {.base = buf, .len = 1};
static struct xsock_cred cred;
static struct xsock_event event;
static struct xsock_tcp_info info;
static uintptr_t handle;
static bool flag;
static int64_t time_ns;
static uint64_t size;
static uint32_t index_;
static size_t bytes;

CALL(do_dup, xsock_dup(d, 0, 0))
CALL(do_dup2_from, xsock_dup2(d, open_socket, 0))
CALL(do_dup2_itself, xsock_dup2(d, d, 0))
CALL(do_dup2_over, xsock_dup2(open_socket, d, 0))
CALL(do_close, xsock_close(d))
CALL(do_get_flags, xsock_get_flags(d))
CALL(do_set_flags, xsock_set_flags(d, XSOCK_SOCK_NONBLOCK))
CALL(do_bind, xsock_bind(d, &addr))
CALL(do_listen, xsock_listen(d, 1))
CALL(do_accept, xsock_accept(d, 0, NULL))
CALL(do_connect, xsock_connect(d, &addr))
CALL(do_shutdown, xsock_shutdown(d, XSOCK_SHUT_RD))
CALL(do_local_addr, xsock_local_addr(d, &addr))
CALL(do_peer_addr, xsock_peer_addr(d, &addr))
CALL(do_peer_cred, xsock_peer_cred(d, &cred))
CALL(do_send, xsock_send(d, buf, 1, 0))
CALL(do_sendto, xsock_sendto(d, buf, 1, 0, &addr))
CALL(do_recv, xsock_recv(d, buf, 1, 0))
CALL(do_recvfrom, xsock_recvfrom(d, buf, 1, 0, &addr))
CALL(do_sendmsg, xsock_sendmsg(d, &msg, 0))
CALL(do_recvmsg, xsock_recvmsg(d, &msg, 0))
CALL(do_send_batch, xsock_send_batch(d, &dgram, 1, 0))
CALL(do_recv_batch, xsock_recv_batch(d, &dgram, 1, 0))
CALL(do_sendfile, xsock_sendfile(d, 0, 0, 1))
CALL(do_available, xsock_available(d))
CALL(do_at_mark, xsock_at_mark(d))
CALL(do_set_opt_flag, xsock_set_opt_flag(d, XSOCK_SO_REUSEADDR, true))
CALL(do_set_opt_time, xsock_set_opt_time(d, XSOCK_SO_RCVTIMEO, 1))
CALL(do_set_opt_size, xsock_set_opt_size(d, XSOCK_SO_RCVBUF, 4096))
CALL(do_get_opt_flag, xsock_get_opt_flag(d, XSOCK_SO_REUSEADDR, &flag))
CALL(do_get_opt_time, xsock_get_opt_time(d, XSOCK_SO_RCVTIMEO, &time_ns))
CALL(do_get_opt_size, xsock_get_opt_size(d, XSOCK_SO_RCVBUF, &size))
CALL(do_set_congestion, xsock_set_congestion(d, "reno"))
CALL(do_get_congestion, xsock_get_congestion(d, buf, sizeof buf))
CALL(do_set_device, xsock_set_device(d, 1))
CALL(do_get_device, xsock_get_device(d, &index_))
CALL(do_get_tcp_info, xsock_get_tcp_info(d, &info))
CALL(do_join_group, xsock_join_group(d, &addr, NULL, 0))
CALL(do_leave_group, xsock_leave_group(d, &addr, NULL, 0))
CALL(do_set_multicast_if, xsock_set_multicast_if(d, 0))
CALL(do_get_multicast_if, xsock_get_multicast_if(d, &index_))
CALL(do_set_opt_raw, xsock_set_opt_raw(d, 0, 0, buf, 4))
CALL(do_get_opt_raw, xsock_get_opt_raw(d, 0, 0, buf, &bytes))
CALL(do_native, xsock_native(d, &handle))
CALL(do_release, xsock_release(d, &handle))
CALL(do_ctl_in, xsock_poller_ctl(d, XSOCK_POLLER_ADD, open_socket, XSOCK_POLLER_IN, 0))
CALL(do_ctl_add, xsock_poller_ctl(poller, XSOCK_POLLER_ADD, d, XSOCK_POLLER_IN, 0))
CALL(do_ctl_del, xsock_poller_ctl(poller, XSOCK_POLLER_DEL, d, 0, 0))
CALL(do_wait, xsock_poller_wait(d, &event, 1, 0))
CALL(do_wake, xsock_poller_wake(d))
CALL(do_reserve, xsock_reserve(d))

static const struct row {
    const char *name;
    ptrdiff_t (*run)(int d);
    int result;
} rows[] = {
    {"close", do_close, -XSOCK_EBUSY},
    {"dup2 over it", do_dup2_over, -XSOCK_EBUSY},
    {"reserve", do_reserve, -XSOCK_EBUSY},
    {"dup", do_dup, -XSOCK_ENOTSOCK},
    {"dup2", do_dup2_from, -XSOCK_ENOTSOCK},
    {"dup2 onto itself", do_dup2_itself, -XSOCK_ENOTSOCK},
    {"get_flags", do_get_flags, -XSOCK_ENOTSOCK},
    {"set_flags", do_set_flags, -XSOCK_ENOTSOCK},
    {"bind", do_bind, -XSOCK_ENOTSOCK},
    {"listen", do_listen, -XSOCK_ENOTSOCK},
    {"accept", do_accept, -XSOCK_ENOTSOCK},
    {"connect", do_connect, -XSOCK_ENOTSOCK},
    {"shutdown", do_shutdown, -XSOCK_ENOTSOCK},
    {"local_addr", do_local_addr, -XSOCK_ENOTSOCK},
    {"peer_addr", do_peer_addr, -XSOCK_ENOTSOCK},
    {"peer_cred", do_peer_cred, -XSOCK_ENOTSOCK},
    {"send", do_send, -XSOCK_ENOTSOCK},
    {"sendto", do_sendto, -XSOCK_ENOTSOCK},
    {"recv", do_recv, -XSOCK_ENOTSOCK},
    {"recvfrom", do_recvfrom, -XSOCK_ENOTSOCK},
    {"sendmsg", do_sendmsg, -XSOCK_ENOTSOCK},
    {"recvmsg", do_recvmsg, -XSOCK_ENOTSOCK},
    {"send_batch", do_send_batch, -XSOCK_ENOTSOCK},
    {"recv_batch", do_recv_batch, -XSOCK_ENOTSOCK},
    {"sendfile", do_sendfile, -XSOCK_ENOTSOCK},
    {"available", do_available, -XSOCK_ENOTSOCK},
    {"at_mark", do_at_mark, -XSOCK_ENOTSOCK},
    {"set_opt_flag", do_set_opt_flag, -XSOCK_ENOTSOCK},
    {"set_opt_time", do_set_opt_time, -XSOCK_ENOTSOCK},
    {"set_opt_size", do_set_opt_size, -XSOCK_ENOTSOCK},
    {"get_opt_flag", do_get_opt_flag, -XSOCK_ENOTSOCK},
    {"get_opt_time", do_get_opt_time, -XSOCK_ENOTSOCK},
    {"get_opt_size", do_get_opt_size, -XSOCK_ENOTSOCK},
    {"set_congestion", do_set_congestion, -XSOCK_ENOTSOCK},
    {"get_congestion", do_get_congestion, -XSOCK_ENOTSOCK},
    {"set_device", do_set_device, -XSOCK_ENOTSOCK},
    {"get_device", do_get_device, -XSOCK_ENOTSOCK},
    {"get_tcp_info", do_get_tcp_info, -XSOCK_ENOTSOCK},
    {"join_group", do_join_group, -XSOCK_ENOTSOCK},
    {"leave_group", do_leave_group, -XSOCK_ENOTSOCK},
    {"set_multicast_if", do_set_multicast_if, -XSOCK_ENOTSOCK},
    {"get_multicast_if", do_get_multicast_if, -XSOCK_ENOTSOCK},
    {"set_opt_raw", do_set_opt_raw, -XSOCK_ENOTSOCK},
    {"get_opt_raw", do_get_opt_raw, -XSOCK_ENOTSOCK},
    {"native", do_native, -XSOCK_ENOTSOCK},
    {"release", do_release, -XSOCK_ENOTSOCK},
    {"poller_ctl in it", do_ctl_in, -XSOCK_ENOTSOCK},
    {"poller_ctl ADD", do_ctl_add, -XSOCK_ENOTSOCK},
    {"poller_ctl DEL", do_ctl_del, -XSOCK_ENOTSOCK},
    {"poller_wait", do_wait, -XSOCK_ENOTSOCK},
    {"poller_wake", do_wake, -XSOCK_ENOTSOCK},
};

static void every_call_says_that_a_reserved_number_is_not_a_socket(void **state)
{
    int bad = 0, number;
    (void)state;
    open_socket = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    poller = ASSERT_OPENS(xsock_poller_open(0));
    number = ASSERT_OPENS(xsock_reserve(-1));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ptrdiff_t rc = rows[i].run(number);
        if (rc == rows[i].result)
            continue;
        print_error("%s gave %s\n", rows[i].name, harness_name((int)rc));
        bad++;
    }
    assert_int_equal(0, bad);
    ASSERT_RESULT(0, xsock_unreserve(number));
    ASSERT_RESULT(0, xsock_close(poller));
    sockets_close(open_socket);
}

static void a_poll_says_that_a_reserved_number_is_not_valid(void **state)
{
    int number = xsock_reserve(-1);
    struct xsock_pollfd p = {.fd = number, .events = XSOCK_POLLIN};
    (void)state;
    ASSERT_RESULT(1, xsock_poll(&p, 1, -1));
    assert_int_equal(XSOCK_POLLNVAL, p.revents);
    ASSERT_RESULT(0, xsock_unreserve(number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_reserved_number_is_given_to_no_socket),
        TEST(only_a_free_number_within_the_limit_can_be_reserved),
        TEST(only_a_reserved_number_can_be_given_back),
        TEST(every_call_says_that_a_reserved_number_is_not_a_socket),
        TEST(a_poll_says_that_a_reserved_number_is_not_valid),
        TEST(a_reserved_number_keeps_the_library_from_ending),
    };
    return cmocka_run_group_tests_name("reserve", tests, NULL, NULL);
}
