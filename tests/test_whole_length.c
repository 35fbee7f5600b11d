/* XSOCK_MSG_TRUNC on receiving returns the length of the whole datagram, whatever the size of the
 * buffer. */
#include "harness.h"
#include "qemu.h"
#include "sockets.h"

static char sent[60000], got[60000];

/* Receives by each call in turn, with a buffer of this size. */
enum { RECV, RECVFROM, RECVMSG, CALLS };

static int result_flags;

static ptrdiff_t receive(int call, int d, size_t size, int flags)
{
    struct xsock_vec v[2] = {{got, size / 2}, {got + size / 2, size - size / 2}};
    struct xsock_msg m = {.vec = v, .vec_count = 2};
    struct xsock_addr from;
    memset(got, 'x', sizeof got);
    result_flags = -1;
    if (call == RECV)
        return xsock_recv(d, size > 0 ? got : NULL, size, flags | XSOCK_MSG_TRUNC);
    if (call == RECVFROM)
        return xsock_recvfrom(d, got, size, flags | XSOCK_MSG_TRUNC, &from);
    ptrdiff_t n = xsock_recvmsg(d, &m, flags | XSOCK_MSG_TRUNC);
    result_flags = m.flags;
    return n;
}

/* The call returns the length, the buffer holds the beginning, and no byte after the buffer is
 * written. */
static void assert_received(int call, int d, size_t size, int flags, size_t length)
{
    size_t stored = length < size ? length : size;
    ASSERT_RESULT((int)length, (int)receive(call, d, size, flags));
    assert_memory_equal(sent, got, stored);
    for (size_t i = stored; i < sizeof got; i++)
        if (got[i] != 'x')
            fail_msg("call %d wrote byte %u of %u", call, (unsigned)i, (unsigned)size);
    if (call == RECVMSG)
        assert_int_equal(length > size ? XSOCK_MSG_TRUNC : 0, result_flags & XSOCK_MSG_TRUNC);
}

static void assert_lengths_are_reported(int from, int to, size_t longest)
{
    const size_t lengths[] = {0, 1, 2, 9, 1000, longest}, sizes[] = {0, 1, 9, 10, 1000};
    for (size_t i = 0; i < sizeof sent; i++)
        sent[i] = (char)('a' + i % 26);
    for (int call = 0; call < CALLS; call++)
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
            for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
                ASSERT_RESULT((int)lengths[i], (int)xsock_send(from, sent, lengths[i], 0));
                assert_received(call, to, sizes[k], XSOCK_MSG_PEEK, lengths[i]);
                assert_received(call, to, sizes[k], 0, lengths[i]);
                ASSERT_RESULT(-XSOCK_EAGAIN, (int)receive(call, to, sizes[k], 0));
            }
    sockets_close(from);
    sockets_close(to);
}

static void the_length_of_a_udp_datagram_is_reported(void **state)
{
    struct xsock_addr a;
    int from, to;
    SKIP_ON_QEMU(QEMU_VECTORS);
    (void)state;
    from = sockets_udp(&a);
    to = sockets_udp(&a);
    ASSERT_RESULT(0, xsock_connect(from, &a));
    assert_lengths_are_reported(from, to, sizeof sent);
}

static void the_length_of_a_local_datagram_is_reported(void **state)
{
    int d[2];
    SKIP_ON_QEMU(QEMU_VECTORS);
    (void)state;
    sockets_pair(XSOCK_SOCK_DGRAM, d);
    /* macOS and FreeBSD send no longer datagrams without an option. */
    assert_lengths_are_reported(d[0], d[1], 2000);
}

static void the_length_of_a_record_is_reported(void **state)
{
    int d[2];
    (void)state;
    if (xsock_probe(XSOCK_AF_LOCAL, XSOCK_SOCK_SEQPACKET, 0) != 0)
        SKIP("this system has no LOCAL SEQPACKET");
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_SEQPACKET | XSOCK_SOCK_NONBLOCK, 0, d));
    ASSERT_RESULT(9, (int)xsock_send(d[0], "123456789", 9, 0));
    ASSERT_RESULT(9, (int)xsock_recv(d[1], got, 4, XSOCK_MSG_TRUNC));
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recv(d[1], got, 4, XSOCK_MSG_TRUNC));
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void a_stream_has_no_such_length(void **state)
{
    int d[2];
    (void)state;
    sockets_tcp(d);
    for (int call = 0; call < CALLS; call++)
        ASSERT_RESULT(-XSOCK_EINVAL, (int)receive(call, d[0], 4, 0));
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void the_sender_is_told_too(void **state)
{
    struct xsock_addr a, b, who;
    int from, to;
    (void)state;
    from = sockets_udp(&a);
    to = sockets_udp(&b);
    ASSERT_RESULT(9, (int)xsock_sendto(from, "123456789", 9, 0, &b));
    ASSERT_RESULT(9, (int)xsock_recvfrom(to, got, 4, XSOCK_MSG_TRUNC, &who));
    assert_true(xsock_addr_equal(&a, &who));
    sockets_close(from);
    sockets_close(to);
}

enum { MAX_VECS = 1023 };

static void as_many_buffers_as_the_header_says_can_be_measured(void **state)
{
    static struct xsock_vec v[MAX_VECS + 1];
    struct xsock_msg m = {.vec = v, .vec_count = MAX_VECS + 1};
    int d[2];
    (void)state;
    for (int i = 0; i <= MAX_VECS; i++)
        v[i] = (struct xsock_vec){got + i, 1};
    sockets_pair(XSOCK_SOCK_DGRAM, d);
    ASSERT_RESULT(1500, (int)xsock_send(d[0], sent, 1500, 0));
    ASSERT_RESULT(-XSOCK_EMSGSIZE, (int)xsock_recvmsg(d[1], &m, XSOCK_MSG_TRUNC));
    m.vec_count = MAX_VECS;
    ASSERT_RESULT(1500, (int)xsock_recvmsg(d[1], &m, XSOCK_MSG_TRUNC));
    assert_true((m.flags & XSOCK_MSG_TRUNC) != 0);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_length_of_a_udp_datagram_is_reported),
        TEST(the_length_of_a_local_datagram_is_reported),
        TEST(the_length_of_a_record_is_reported),
        TEST(a_stream_has_no_such_length),
        TEST(the_sender_is_told_too),
        TEST(as_many_buffers_as_the_header_says_can_be_measured),
    };
    return cmocka_run_group_tests_name("whole length", tests, NULL, NULL);
}
