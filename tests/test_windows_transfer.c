/* Sending and receiving on a model of Windows that can lock little memory. */
#include "fake_win32.h"
#include "harness.h"
#include "native_io.h"
#include "sockets.h"
#include "threads.h"

enum { MUCH = 4 << 20, LOCKED = 50000 };

static unsigned char sent[MUCH], received[MUCH];

static void setup_bytes(void)
{
    for (size_t i = 0; i < MUCH; i++)
        sent[i] = (unsigned char)(i * 7 + i / 251);
    memset(received, 0, sizeof received);
}

static void make_blocking(const int d[2])
{
    ASSERT_RESULT(0, xsock_set_flags(d[0], 0));
    ASSERT_RESULT(0, xsock_set_flags(d[1], 0));
}

struct sender {
    int d;
    bool vectors;
    ptrdiff_t result;
};

static void send_all(void *user)
{
    struct sender *s = user;
    struct xsock_vec v[2] = {{sent, MUCH / 2}, {sent + MUCH / 2, MUCH / 2}};
    struct xsock_msg m = {.vec = v, .vec_count = 2};
    s->result = s->vectors ? xsock_sendmsg(s->d, &m, 0) : xsock_send(s->d, sent, MUCH, 0);
}

static void assert_all_comes(bool vectors)
{
    int d[2];
    sockets_pair(XSOCK_SOCK_STREAM, d);
    make_blocking(d);
    setup_bytes();
    fake_win32.locked_max = LOCKED;
    struct sender s = {d[0], vectors, 0};
    struct thread *t = thread_start(send_all, &s);
    struct xsock_vec v = {received, MUCH};
    struct xsock_msg m = {.vec = &v, .vec_count = 1};
    ptrdiff_t n = vectors ? xsock_recvmsg(d[1], &m, XSOCK_MSG_WAITALL)
                          : xsock_recv(d[1], received, MUCH, XSOCK_MSG_WAITALL);
    thread_join(t);
    ASSERT_RESULT(MUCH, (int)n);
    ASSERT_RESULT(MUCH, (int)s.result);
    assert_memory_equal(sent, received, MUCH);
    assert_true(fake_win32.too_large_calls > 0);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void a_stream_moves_less_at_once_if_memory_cannot_be_locked(void **state)
{
    (void)state;
    assert_all_comes(false);
    assert_all_comes(true);
}

static void no_receive_locks_more_than_a_mebibyte(void **state)
{
    int d[2];
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, d);
    fake_win32.locked_max = 1 << 20;
    sockets_send(d[0]);
    ASSERT_RESULT(1, (int)xsock_recv(d[1], received, MUCH, 0));
    sockets_send(d[0]);
    struct xsock_vec v = {received, MUCH};
    struct xsock_msg m = {.vec = &v, .vec_count = 1};
    UNTIL(xsock_available(d[1]) == 1, (void)0);
    ASSERT_RESULT(1, (int)xsock_recvmsg(d[1], &m, 0));
    ASSERT_RESULT(0, fake_win32.too_large_calls);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

/* A datagram is sent whole, however little memory can be locked. */
static void a_datagram_is_received_whole_into_a_large_buffer(void **state)
{
    int d[2];
    (void)state;
    sockets_pair(XSOCK_SOCK_DGRAM, d);
    make_blocking(d);
    setup_bytes();
    fake_win32.locked_max = 65536;
    ASSERT_RESULT(60000, (int)xsock_send(d[0], sent, 60000, 0));
    ASSERT_RESULT(60000, (int)xsock_recv(d[1], received, MUCH, 0));
    assert_memory_equal(sent, received, 60000);
    ASSERT_RESULT(60000, (int)xsock_send(d[0], sent, 60000, 0));
    struct xsock_vec v = {received, MUCH};
    struct xsock_msg m = {.vec = &v, .vec_count = 1};
    ASSERT_RESULT(60000, (int)xsock_recvmsg(d[1], &m, 0));
    ASSERT_RESULT(0, m.flags);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

/* The wait would report the socket ready again and again. */
static void a_duplicate_that_knows_no_address_fails_and_does_not_spin(void **state)
{
    struct xsock_addr a = sockets_loopback();
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    int copy = ASSERT_OPENS(xsock_dup(d, 3, 0));
    char byte;
    struct xsock_vec v = {&byte, 1};
    struct xsock_msg m = {.vec = &v, .vec_count = 1};
    (void)state;
    ASSERT_RESULT(0, xsock_set_opt_time(d, XSOCK_SO_RCVTIMEO, 300000000));
    ASSERT_RESULT(0, xsock_bind(d, &a));
    ASSERT_RESULT(0, xsock_local_addr(d, &a));
    fake_win32.stale_handle = native_of(copy);
    ASSERT_RESULT(1, (int)xsock_sendto(d, "x", 1, 0, &a));
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_recv(copy, &byte, 1, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_recvmsg(copy, &m, 0));
    ASSERT_RESULT(2, fake_win32.stale_calls);
    fake_win32.stale_handle = 0;
    sockets_close(copy);
    sockets_close(d);
}

static void a_send_that_is_small_already_tells_that_memory_is_short(void **state)
{
    int d[2];
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, d);
    fake_win32.locked_max = 100;
    ASSERT_RESULT(-XSOCK_ENOBUFS, (int)xsock_send(d[0], sent, 100000, 0));
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void a_datagram_asks_once_at_most_for_the_type_of_its_socket(void **state)
{
    int d[2];
    char byte = 'x';
    struct xsock_vec v = {&byte, 1};
    struct xsock_msg m = {.vec = &v, .vec_count = 1};
    (void)state;
    sockets_pair(XSOCK_SOCK_DGRAM, d);
    fake_win32.type_questions = 0;
    ASSERT_RESULT(1, (int)xsock_sendmsg(d[0], &m, 0));
    ASSERT_THAT(fake_win32.type_questions <= 1, "%d", fake_win32.type_questions);
    UNTIL(xsock_available(d[1]) == 1, (void)0);
    fake_win32.type_questions = 0;
    ASSERT_RESULT(1, (int)xsock_recvmsg(d[1], &m, 0));
    ASSERT_THAT(fake_win32.type_questions <= 1, "%d", fake_win32.type_questions);
    fake_win32.type_questions = 0;
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recvmsg(d[1], &m, 0));
    ASSERT_THAT(fake_win32.type_questions <= 1, "%d", fake_win32.type_questions);
    fake_win32.type_questions = 0;
    ASSERT_RESULT(1, (int)xsock_send(d[0], &byte, 1, 0));
    ASSERT_RESULT(0, fake_win32.type_questions);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINDOWS_TEST(a_stream_moves_less_at_once_if_memory_cannot_be_locked),
        WINDOWS_TEST(no_receive_locks_more_than_a_mebibyte),
        WINDOWS_TEST(a_datagram_is_received_whole_into_a_large_buffer),
        WINDOWS_TEST(a_datagram_asks_once_at_most_for_the_type_of_its_socket),
        WINDOWS_TEST(a_duplicate_that_knows_no_address_fails_and_does_not_spin),
        WINDOWS_TEST(a_send_that_is_small_already_tells_that_memory_is_short),
    };
    return cmocka_run_group_tests(tests, fake_win32_install, NULL);
}
