/* XSOCK_SO_UDP_RECV_COALESCE over real sockets. If the system joins datagrams, `segment` tells
 * where each one begins. */
#include "harness.h"
#include "qemu.h"
#include "sockets.h"
#include "xsock_native.h"

enum { CAPACITY = 65535, SIZE = 200, LAST = 100, COUNT = 7 };

struct rig {
    int from, to;
    struct xsock_addr from_addr, to_addr;
};

static void make_rig(struct rig *r)
{
    r->from = sockets_udp(&r->from_addr);
    r->to = sockets_udp(&r->to_addr);
    (void)xsock_set_opt_size(r->to, XSOCK_SO_RCVBUF, 4u << 20);
}

static void end_rig(const struct rig *r)
{
    ASSERT_RESULT(0, xsock_close(r->from));
    ASSERT_RESULT(0, xsock_close(r->to));
}

/* Returns false if this system joins no datagrams. The rig is ended then. */
static bool make_joining_rig(struct rig *r)
{
    make_rig(r);
    int rc = xsock_set_opt_flag(r->to, XSOCK_SO_UDP_RECV_COALESCE, true);
    if (rc == 0)
        return true;
    ASSERT_RESULT(-XSOCK_ENOPROTOOPT, rc);
    end_rig(r);
    return false;
}

#define JOINING_RIG_OR_SKIP(r)                      \
    do {                                            \
        if (!make_joining_rig(r))                   \
            SKIP("this system joins no datagrams"); \
    } while (0)

/* Six datagrams of 200 bytes and one of 100, numbered from n on. */
static void send_seven(const struct rig *r, int n)
{
    unsigned char bytes[COUNT][SIZE];
    struct xsock_addr to = r->to_addr;
    struct xsock_dgram v[COUNT];
    memset(v, 0, sizeof v);
    for (int i = 0; i < COUNT; i++) {
        memset(bytes[i], n + i, sizeof bytes[i]);
        v[i] =
            (struct xsock_dgram){.base = bytes[i], .len = i < COUNT - 1 ? SIZE : LAST, .addr = &to};
    }
    ASSERT_RESULT(COUNT, xsock_send_batch(r->from, v, COUNT, 0));
}

/* Steps through the received datagrams. Returns the number of the next datagram. */
static int step(const unsigned char *bytes, size_t done, size_t segment, int n)
{
    size_t size = segment != 0 ? segment : done;
    ASSERT_THAT(done > 0 && size <= done, "%u bytes, segment %u", (unsigned)done,
                (unsigned)segment);
    for (size_t at = 0; at < done; at += size, n++) {
        size_t rest = done - at < size ? done - at : size;
        assert_int_equal(rest, n % COUNT < COUNT - 1 ? SIZE : LAST);
        for (size_t i = 0; i < rest; i++)
            assert_int_equal(bytes[at + i], n % 256);
    }
    return n;
}

static void wait_for_some(int d)
{
    struct xsock_pollfd p = {.fd = d, .events = XSOCK_POLLIN};
    ASSERT_RESULT(1, xsock_poll(&p, 1, 10000000000));
}

static void batches_come_as_they_were_sent(void **state)
{
    enum { ROUNDS = 200, BUFFERS = 3 };
    static unsigned char in[BUFFERS][CAPACITY];
    struct xsock_dgram v[BUFFERS];
    struct xsock_addr from[BUFFERS];
    struct rig r;
    int joined = 0;
    SKIP_ON_SWAPPING_QEMU(QEMU_CONTROL);
    (void)state;
    JOINING_RIG_OR_SKIP(&r);
    for (int sent = 0, got = 0; sent < ROUNDS * 3 * COUNT;) {
        for (int i = 0; i < 3; i++, sent += COUNT)
            send_seven(&r, sent);
        while (got < sent) {
            for (int i = 0; i < BUFFERS; i++)
                v[i] = (struct xsock_dgram){
                    .base = in[i], .len = CAPACITY, .addr = &from[i], .segment = 1};
            wait_for_some(r.to);
            int n = xsock_recv_batch(r.to, v, BUFFERS, 0);
            ASSERT_THAT(n > 0, "recv_batch gave %s", harness_name(n));
            for (int i = 0; i < n; i++) {
                assert_true(v[i].flags == 0 && xsock_addr_equal(&from[i], &r.from_addr));
                got = step(in[i], v[i].done, v[i].segment, got);
                joined += v[i].segment != 0;
            }
        }
    }
#ifdef __linux__ /* On loopback, this system joins the datagrams of one call. */
    assert_true(joined > 0);
#else
    (void)joined;
#endif
    end_rig(&r);
}

static void messages_come_as_they_were_sent(void **state)
{
    static unsigned char in[CAPACITY];
    struct xsock_vec v[] = {{in, 333}, {in + 333, CAPACITY - 333}};
    struct xsock_addr from;
    struct xsock_control control = {0};
    struct rig r;
    SKIP_ON_SWAPPING_QEMU(QEMU_CONTROL);
    (void)state;
    JOINING_RIG_OR_SKIP(&r);
    for (int round = 0, got = 0; round < 20; round++) {
        send_seven(&r, round * COUNT);
        while (got < (round + 1) * COUNT) {
            struct xsock_msg m = {.addr = &from, .vec = v, .vec_count = 2, .segment = 1};
            m.control = round % 2 ? &control : NULL;
            wait_for_some(r.to);
            ptrdiff_t n = xsock_recvmsg(r.to, &m, 0);
            ASSERT_THAT(n > 0, "recvmsg gave %s", harness_name((int)n));
            assert_true(m.flags == 0 && xsock_addr_equal(&from, &r.from_addr));
            got = step(in, (size_t)n, m.segment, got);
        }
    }
    end_rig(&r);
}

static void a_buffer_that_is_too_small_is_cut_and_says_so(void **state)
{
    unsigned char in[150];
    struct xsock_dgram one = {.base = in, .len = sizeof in};
    struct rig r;
    (void)state;
    JOINING_RIG_OR_SKIP(&r);
    send_seven(&r, 0);
    wait_for_some(r.to);
    ASSERT_RESULT(1, xsock_recv_batch(r.to, &one, 1, 0));
    assert_true(one.done == sizeof in && one.flags == XSOCK_MSG_TRUNC);
    assert_true(one.segment == SIZE || one.segment == 0);
    end_rig(&r);
}

static void recv_and_recvfrom_refuse_and_take_nothing(void **state)
{
    static unsigned char in[CAPACITY];
    struct xsock_dgram one = {.base = in, .len = sizeof in};
    struct xsock_addr from;
    struct rig r;
    uintptr_t h;
    int twin;
    SKIP_ON_SWAPPING_QEMU(QEMU_CONTROL);
    (void)state;
    JOINING_RIG_OR_SKIP(&r);
    twin = ASSERT_OPENS(xsock_dup(r.to, 0, 0));
    /* The call fails at once, although no datagram is there. */
    ASSERT_RESULT(-XSOCK_EOPNOTSUPP, (int)xsock_recv(r.to, in, CAPACITY, 0));
    send_seven(&r, 0);
    wait_for_some(r.to);
    ASSERT_RESULT(-XSOCK_EOPNOTSUPP, (int)xsock_recv(r.to, in, CAPACITY, 0));
    ASSERT_RESULT(-XSOCK_EOPNOTSUPP,
                  (int)xsock_recvfrom(twin, in, CAPACITY, XSOCK_MSG_PEEK, &from));
    ASSERT_RESULT(0, xsock_close(twin));
    ASSERT_RESULT(0, xsock_release(r.to, &h));
    /* the system reports that the option is set */
    r.to = ASSERT_OPENS(xsock_adopt(h, XSOCK_SOCK_NONBLOCK));
    ASSERT_RESULT(-XSOCK_EOPNOTSUPP, (int)xsock_recvfrom(r.to, in, CAPACITY, 0, &from));
    for (int got = 0; got < COUNT;) {
        wait_for_some(r.to);
        ASSERT_RESULT(1, xsock_recv_batch(r.to, &one, 1, 0));
        got = step(in, one.done, one.segment, got);
    }
    ASSERT_RESULT(0, xsock_set_opt_flag(r.to, XSOCK_SO_UDP_RECV_COALESCE, false));
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recv(r.to, in, CAPACITY, 0));
    end_rig(&r);
}

static void a_socket_without_the_option_gets_one_datagram_each(void **state)
{
    unsigned char in[COUNT][SIZE + 1];
    struct xsock_dgram v[COUNT];
    struct rig r;
    SKIP_ON_SWAPPING_QEMU(QEMU_CONTROL);
    (void)state;
    make_rig(&r);
    send_seven(&r, 0);
    struct xsock_vec vec = {in[0], sizeof in[0]};
    struct xsock_msg m = {.vec = &vec, .vec_count = 1, .segment = 1};
    wait_for_some(r.to);
    ASSERT_RESULT(SIZE, (int)xsock_recvmsg(r.to, &m, 0));
    assert_true(m.segment == 0 && step(in[0], SIZE, 0, 0) == 1);
    for (int got = 1; got < COUNT;) {
        for (int i = 0; i < COUNT; i++)
            v[i] = (struct xsock_dgram){.base = in[i], .len = sizeof in[i], .segment = 1};
        wait_for_some(r.to);
        int n = xsock_recv_batch(r.to, v, COUNT, 0);
        ASSERT_THAT(n > 0, "recv_batch gave %s", harness_name(n));
        for (int i = 0; i < n; i++) {
            assert_int_equal(v[i].segment, 0);
            got = step(in[i], v[i].done, 0, got);
        }
    }
    end_rig(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(batches_come_as_they_were_sent),
        TEST(messages_come_as_they_were_sent),
        TEST(a_buffer_that_is_too_small_is_cut_and_says_so),
        TEST(recv_and_recvfrom_refuse_and_take_nothing),
        TEST(a_socket_without_the_option_gets_one_datagram_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
