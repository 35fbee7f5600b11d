/* sendmsg and recvmsg over real sockets: vectors, out-flags, control data, and refused
 * arguments. */
#include "harness.h"
#include "native_io.h"
#include "qemu.h"
#include "sockets.h"
#include "xsock_native.h"

static void pair_of(int type, int out[2])
{
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, type, 0, out));
}

static void close_pair(const int pair[2])
{
    ASSERT_RESULT(0, xsock_close(pair[0]));
    ASSERT_RESULT(0, xsock_close(pair[1]));
}

static int udp(int af, struct xsock_addr *out)
{
    int d = ASSERT_OPENS(xsock_open(af, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(0, xsock_addr_parse(af == XSOCK_AF_INET ? "127.0.0.1:0" : "[::1]:0", out));
    ASSERT_RESULT(0, xsock_bind(d, out));
    ASSERT_RESULT(0, xsock_local_addr(d, out));
    return d;
}

/* ---- Vectors --------------------------------------------------------------------------------- */

static void vectors_are_sent_as_one_and_filled_in_order(void **state)
{
    static const int types[] = {XSOCK_SOCK_STREAM, XSOCK_SOCK_DGRAM};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char a[3], b[1], c[20];
        struct xsock_vec from[] = {{"one ", 4}, {NULL, 0}, {"two ", 4}, {"three", 5}};
        struct xsock_vec into[] = {{a, 3}, {NULL, 0}, {b, 1}, {c, sizeof c}};
        struct xsock_msg out = {.vec = from, .vec_count = 4},
                         in = {.vec = into, .vec_count = 4, .flags = -1};
        int pair[2];
        pair_of(types[i], pair);
        ASSERT_RESULT(13, (int)xsock_sendmsg(pair[0], &out, 0));
        ASSERT_RESULT(13, (int)xsock_recvmsg(pair[1], &in, 0));
        assert_memory_equal(a, "one", 3);
        assert_memory_equal(b, " ", 1);
        assert_memory_equal(c, "two three", 9);
        assert_int_equal(in.flags & ~XSOCK_MSG_EOR, 0);
        close_pair(pair);
    }
}

static void very_many_vectors_arrive_whole_in_parts(void **state)
{
    enum { COUNT = 5000, EACH = 700 };
    static unsigned char bytes[COUNT][EACH], got[COUNT * EACH];
    static struct xsock_vec v[COUNT];
    struct xsock_msg m = {.vec = v, .vec_count = COUNT};
    int pair[2];
    size_t sent = 0, received = 0;
    (void)state;
    pair_of(XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, pair);
    for (size_t i = 0; i < COUNT; i++) {
        memset(bytes[i], (int)(i * 7), EACH);
        v[i] = (struct xsock_vec){bytes[i], EACH};
    }
    /* A call that may not wait sends a part. The next call goes on after that part, in the middle
     * of a vector. */
    const int64_t end = harness_patience();
    while (received < sizeof got) {
        ASSERT_IN_TIME(end, "end of the message");
        ptrdiff_t n = m.vec_count > 0 ? xsock_sendmsg(pair[0], &m, 0) : 0;
        if (n < 0)
            ASSERT_RESULT(-XSOCK_EAGAIN, (int)n);
        for (size_t left = n > 0 ? (size_t)n : 0; left > 0 && m.vec_count > 0;) {
            size_t part = left < m.vec->len ? left : m.vec->len;
            m.vec->base = (unsigned char *)m.vec->base + part;
            m.vec->len -= part;
            left -= part;
            sent += part;
            if (m.vec->len == 0) {
                m.vec++;
                m.vec_count--;
            }
        }
        n = xsock_recv(pair[1], got + received, sizeof got - received, 0);
        if (n < 0)
            ASSERT_RESULT(-XSOCK_EAGAIN, (int)n);
        received += n > 0 ? (size_t)n : 0;
    }
    assert_int_equal(sent, received);
    for (size_t i = 0; i < sizeof got; i++)
        ASSERT_THAT(got[i] == (unsigned char)(i / EACH * 7), "byte %u", (unsigned)i);
    close_pair(pair);
}

static void bytes_behind_very_many_empty_vectors_arrive(void **state)
{
    enum { EMPTY = 1024 };
    static struct xsock_vec from[EMPTY + 1], into[EMPTY + 1];
    char got[5] = {0};
    struct xsock_msg out = {.vec = from, .vec_count = EMPTY + 1},
                     in = {.vec = into, .vec_count = EMPTY + 1};
    int pair[2];
    (void)state;
    pair_of(XSOCK_SOCK_STREAM, pair);
    from[EMPTY] = (struct xsock_vec){"bytes", 5};
    into[EMPTY] = (struct xsock_vec){got, 5};
    ASSERT_RESULT(5, (int)xsock_sendmsg(pair[0], &out, 0));
    ASSERT_RESULT(5, (int)xsock_recvmsg(pair[1], &in, 0));
    assert_memory_equal(got, "bytes", 5);
    close_pair(pair);
}

static void a_datagram_of_too_many_vectors_is_refused(void **state)
{
    static struct xsock_vec v[1025];
    static char byte;
    struct xsock_msg m = {.vec = v, .vec_count = 1025};
    int pair[2];
    (void)state;
    pair_of(XSOCK_SOCK_DGRAM, pair);
    for (size_t i = 0; i < 1025; i++)
        v[i] = (struct xsock_vec){&byte, 1};
    ASSERT_RESULT(-XSOCK_EMSGSIZE, (int)xsock_sendmsg(pair[0], &m, 0));
    ASSERT_RESULT(-XSOCK_EMSGSIZE, (int)xsock_recvmsg(pair[1], &m, 0));
    m.vec_count = 1024;
    ASSERT_RESULT(1024, (int)xsock_sendmsg(pair[0], &m, 0));
    ASSERT_RESULT(1024, (int)xsock_recvmsg(pair[1], &m, 0));
    close_pair(pair);
}

static void waitall_fills_the_vectors(void **state)
{
    char a[4], b[6];
    struct xsock_vec v[] = {{a, 4}, {b, 6}};
    struct xsock_msg m = {.vec = v, .vec_count = 2};
    int pair[2];
    (void)state;
    pair_of(XSOCK_SOCK_STREAM, pair);
    ASSERT_RESULT(5, (int)xsock_send(pair[0], "01234", 5, 0));
    ASSERT_RESULT(5, (int)xsock_recvmsg(pair[1], &m, XSOCK_MSG_PEEK | XSOCK_MSG_WAITALL));
    ASSERT_RESULT(5, (int)xsock_recvmsg(pair[1], &m, XSOCK_MSG_WAITALL | XSOCK_MSG_DONTWAIT));
    ASSERT_RESULT(10, (int)xsock_send(pair[0], "0123456789", 10, 0));
    ASSERT_RESULT(10, (int)xsock_recvmsg(pair[1], &m, XSOCK_MSG_WAITALL));
    assert_memory_equal(a, "0123", 4);
    assert_memory_equal(b, "456789", 6);
    ASSERT_RESULT(3, (int)xsock_send(pair[0], "abc", 3, 0));
    ASSERT_RESULT(0, xsock_shutdown(pair[0], XSOCK_SHUT_WR));
    ASSERT_RESULT(3, (int)xsock_recvmsg(pair[1], &m, XSOCK_MSG_WAITALL));
    ASSERT_RESULT(0, (int)xsock_recvmsg(pair[1], &m, XSOCK_MSG_WAITALL));
    close_pair(pair);
}

/* ---- Datagrams ------------------------------------------------------------------------------- */

static void a_datagram_that_is_cut_says_so_and_who_sent_it(void **state)
{
    static const int families[] = {XSOCK_AF_INET, XSOCK_AF_INET6};
    SKIP_ON_QEMU(QEMU_VECTORS);
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct xsock_addr one, two, from;
        int a = udp(families[i], &one), b = udp(families[i], &two);
        char bytes[8] = {0};
        struct xsock_vec out_vec = {"0123456789", 10}, in_vec = {bytes, 4};
        struct xsock_msg out = {.addr = &two, .vec = &out_vec, .vec_count = 1};
        struct xsock_msg in = {.addr = &from, .vec = &in_vec, .vec_count = 1};
        ASSERT_RESULT(10, (int)xsock_sendmsg(a, &out, 0));
        ASSERT_RESULT(10, (int)xsock_sendmsg(a, &out, 0));
        ASSERT_RESULT(4, (int)xsock_recvmsg(b, &in, XSOCK_MSG_PEEK));
        assert_int_equal(in.flags, XSOCK_MSG_TRUNC);
        ASSERT_RESULT(4, (int)xsock_recvmsg(b, &in, 0));
        assert_int_equal(in.flags, XSOCK_MSG_TRUNC);
        assert_true(xsock_addr_equal(&from, &one));
        in_vec.len = 8;
        in.vec_count = 0; /* no space at all */
        ASSERT_RESULT(0, (int)xsock_recvmsg(b, &in, 0));
        assert_int_equal(in.flags, XSOCK_MSG_TRUNC);
        out.vec_count = 0; /* an empty datagram is received, and is whole */
        ASSERT_RESULT(0, (int)xsock_sendmsg(a, &out, 0));
        ASSERT_RESULT(0, (int)xsock_recvmsg(b, &in, 0));
        assert_int_equal(in.flags, 0);
        ASSERT_RESULT(0, xsock_close(a));
        ASSERT_RESULT(0, xsock_close(b));
    }
}

/* ---- Control data ---------------------------------------------------------------------------- */

static bool can(int rc)
{
    if (rc != 0)
        ASSERT_RESULT(-XSOCK_ENOPROTOOPT, rc);
    return rc == 0;
}

/* Sends a message with the control data and receives the message. Returns false if this system
 * cannot. */
static bool goes_through(int af, const struct xsock_control *sent, struct xsock_control *got)
{
    struct xsock_addr one, two;
    int a = udp(af, &one), b = udp(af, &two);
    char byte = 0;
    struct xsock_control control = *sent;
    struct xsock_vec v = {&byte, 1};
    struct xsock_msg out = {.addr = &two, .vec = &v, .vec_count = 1, .control = &control};
    struct xsock_msg in = {.vec = &v, .vec_count = 1, .control = got};
    bool asked = can(xsock_set_opt_flag(b, XSOCK_SO_RECVPKTINFO, true));
    asked = can(xsock_set_opt_flag(b, XSOCK_SO_RECVTOS, true)) && asked;
    asked = can(xsock_set_opt_flag(b, XSOCK_SO_RECVTTL, true)) && asked;
    ptrdiff_t n = asked ? xsock_sendmsg(a, &out, 0) : -XSOCK_EOPNOTSUPP;
    if (n < 0)
        ASSERT_RESULT(-XSOCK_EOPNOTSUPP, (int)n);
    else
        ASSERT_RESULT(1, (int)xsock_recvmsg(b, &in, 0));
    ASSERT_RESULT(0, xsock_close(a));
    ASSERT_RESULT(0, xsock_close(b));
    return n >= 0 && in.flags == 0;
}

static void what_goes_along_with_a_datagram_comes_out(void **state)
{
    static const int families[] = {XSOCK_AF_INET, XSOCK_AF_INET6};
    SKIP_ON_SWAPPING_QEMU(QEMU_CONTROL);
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct xsock_control sent = {
            .has = XSOCK_CONTROL_TOS | XSOCK_CONTROL_HOP_LIMIT, .tos = 0xb9, .hop_limit = 7};
        struct xsock_control got = {0};
        struct xsock_addr loopback;
        const char *text = families[i] == XSOCK_AF_INET ? "127.0.0.1" : "::1";
        ASSERT_RESULT(0, xsock_addr_parse(text, &loopback));
        if (!goes_through(families[i], &sent, &got))
            SKIP("this system has not all of them for single messages");
        assert_int_equal(got.has,
                         XSOCK_CONTROL_TOS | XSOCK_CONTROL_HOP_LIMIT | XSOCK_CONTROL_PKTINFO);
        assert_int_equal(got.tos, 0xb9);
        assert_int_equal(got.hop_limit, 7);
        assert_true(xsock_addr_equal(&got.local, &loopback));
        assert_true(got.interface_index != 0);
        struct xsock_control back = {.has = XSOCK_CONTROL_PKTINFO,
                                     .local = loopback,
                                     .interface_index = got.interface_index};
        assert_true(goes_through(families[i], &back, &got));
    }
}

static void control_data_out_of_its_place_or_range_is_refused(void **state)
{
    uintptr_t handles[300] = {0};
    char byte = 0;
    struct xsock_vec v = {&byte, 1};
    struct xsock_control c = {0};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = &c};
    struct xsock_addr name;
    int pair[2], u = udp(XSOCK_AF_INET, &name);
    (void)state;
    pair_of(XSOCK_SOCK_STREAM, pair);
    ASSERT_RESULT(0, xsock_connect(u, &name));
    c = (struct xsock_control){.has = XSOCK_CONTROL_TOS};
    ASSERT_RESULT(-XSOCK_EOPNOTSUPP, (int)xsock_sendmsg(pair[0], &m, 0));
    c = (struct xsock_control){.has = XSOCK_CONTROL_HANDLES, .handles = handles, .handle_count = 1};
    ASSERT_RESULT(-XSOCK_EOPNOTSUPP, (int)xsock_sendmsg(u, &m, 0));
    c.handle_count = 254;
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_sendmsg(pair[0], &m, 0));
    c.handles = NULL;
    ASSERT_RESULT(-XSOCK_EFAULT, (int)xsock_sendmsg(pair[0], &m, 0));
    c = (struct xsock_control){.handle_capacity = 1};
    ASSERT_RESULT(-XSOCK_EFAULT, (int)xsock_recvmsg(pair[0], &m, 0));
    c = (struct xsock_control){.reserved = {0, 0, 0, 1}};
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_sendmsg(u, &m, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_recvmsg(u, &m, 0));
    c = (struct xsock_control){.has = XSOCK_CONTROL_TOS, .tos = 256};
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_sendmsg(u, &m, 0));
    c = (struct xsock_control){.has = XSOCK_CONTROL_HOP_LIMIT};
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_sendmsg(u, &m, 0));
    c = (struct xsock_control){.has = 0x10};
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_sendmsg(u, &m, 0));
    c = (struct xsock_control){.has = XSOCK_CONTROL_PKTINFO};
    ASSERT_RESULT(0, xsock_addr_parse("::1", &c.local));
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, (int)xsock_sendmsg(u, &m, 0));
    ASSERT_RESULT(-XSOCK_EAGAIN,
                  (int)xsock_recv(u, &byte, 1, XSOCK_MSG_DONTWAIT)); /* nothing was sent */
    ASSERT_RESULT(0, xsock_close(u));
    close_pair(pair);
}

/* ---- Bad input ------------------------------------------------------------------------------- */

static void messages_that_can_not_be_are_refused(void **state)
{
    char byte = 0;
    struct xsock_vec v[2] = {{&byte, 1}, {NULL, 1}};
    struct xsock_msg m = {.vec = v, .vec_count = 1};
    int pair[2];
    (void)state;
    pair_of(XSOCK_SOCK_STREAM, pair);
    ASSERT_RESULT(-XSOCK_EBADF, (int)xsock_sendmsg(-1, &m, 0));
    ASSERT_RESULT(-XSOCK_EBADF, (int)xsock_recvmsg(2, NULL, -1));
    ASSERT_RESULT(-XSOCK_EFAULT, (int)xsock_sendmsg(pair[0], NULL, -1));
    ASSERT_RESULT(-XSOCK_EFAULT, (int)xsock_recvmsg(pair[0], NULL, 0));
    m.vec_count = 2;
    ASSERT_RESULT(-XSOCK_EFAULT, (int)xsock_sendmsg(pair[0], &m, 0));
    ASSERT_RESULT(-XSOCK_EFAULT, (int)xsock_recvmsg(pair[0], &m, 0));
    v[1] = (struct xsock_vec){&byte, PTRDIFF_MAX};
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_sendmsg(pair[0], &m, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_recvmsg(pair[0], &m, 0));
    m.vec_count = 1;
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_sendmsg(pair[0], &m, XSOCK_MSG_PEEK));
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_recvmsg(pair[0], &m, XSOCK_MSG_TRUNC));
    m.reserved[2] = 1;
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_sendmsg(pair[0], &m, 0));
    m.reserved[2] = 0;
    m.vec = NULL;
    ASSERT_RESULT(-XSOCK_EFAULT, (int)xsock_sendmsg(pair[0], &m, 0));
    m.vec_count = 0;
    ASSERT_RESULT(0, (int)xsock_sendmsg(pair[0], &m, 0));
    ASSERT_RESULT(0, (int)xsock_recvmsg(pair[0], &m, 0));
    m.vec = v;
    m.vec_count = 1;
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recvmsg(pair[1], &m, XSOCK_MSG_DONTWAIT));
    ASSERT_RESULT(0, xsock_close(pair[0]));
    /* an emulated pair is a connection, so the peer's address must be removed first */
    ptrdiff_t n = 1;
    UNTIL(n != 1, n = xsock_sendmsg(pair[1], &m, XSOCK_MSG_DONTWAIT));
    ASSERT_THAT(n == -XSOCK_EPIPE || n == -XSOCK_ECONNRESET, "it gave %s", harness_name((int)n));
    ASSERT_RESULT(0, xsock_close(pair[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(vectors_are_sent_as_one_and_filled_in_order),
        TEST(very_many_vectors_arrive_whole_in_parts),
        TEST(bytes_behind_very_many_empty_vectors_arrive),
        TEST(a_datagram_of_too_many_vectors_is_refused),
        TEST(waitall_fills_the_vectors),
        TEST(a_datagram_that_is_cut_says_so_and_who_sent_it),
        TEST(what_goes_along_with_a_datagram_comes_out),
        TEST(control_data_out_of_its_place_or_range_is_refused),
        TEST(messages_that_can_not_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
