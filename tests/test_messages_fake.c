/* Messages and batches, on a system that joins and cuts datagrams as the test orders. */
#include "fake_net.h"
#include "fake_sys.h"
#include "harness.h"
#include "xsock_native.h"

/* Two UDP sockets. The second receives joined datagrams, because it is released and adopted again,
 * as a program's own socket is. */
struct rig {
    int from, to;
    struct xsock_addr name;
};

static void make_rig(struct rig *r)
{
    uintptr_t h;
    fake_join(true);
    r->from = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    r->to = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    r->name = (struct xsock_addr){.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
    ASSERT_RESULT(0, xsock_bind(r->to, &r->name));
    ASSERT_RESULT(0, xsock_local_addr(r->to, &r->name));
    ASSERT_RESULT(0, xsock_release(r->to, &h));
    r->to = ASSERT_OPENS(xsock_adopt(h, 0));
}

static void end_rig(const struct rig *r)
{
    ASSERT_RESULT(0, xsock_close(r->from));
    ASSERT_RESULT(0, xsock_close(r->to));
    fake_join(false);
    fake_segment(false, 0);
}

static void send_text(const struct rig *r, const char *text)
{
    ASSERT_RESULT((int)strlen(text), (int)xsock_sendto(r->from, text, strlen(text), 0, &r->name));
}

/* ---- Joined by the system -------------------------------------------------------------------- */

static void a_message_tells_the_size_of_the_datagrams_that_are_joined_in_it(void **state)
{
    struct rig r;
    char a[3], b[30];
    struct xsock_vec v[] = {{a, sizeof a}, {b, sizeof b}};
    struct xsock_msg m = {.vec = v, .vec_count = 2};
    (void)state;
    make_rig(&r);
    send_text(&r, "ab");
    send_text(&r, "cd");
    send_text(&r, "e");
    send_text(&r, "fgh");
    ASSERT_RESULT(5, (int)xsock_recvmsg(r.to, &m, 0));
    assert_int_equal(m.segment, 2);
    assert_int_equal(m.flags, 0);
    assert_memory_equal(a, "abc", 3);
    assert_memory_equal(b, "de", 2);
    ASSERT_RESULT(3, (int)xsock_recvmsg(r.to, &m, 0));
    assert_int_equal(m.segment, 0);
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recvmsg(r.to, &m, XSOCK_MSG_DONTWAIT));
    end_rig(&r);
}

static void a_batch_tells_it_of_every_element(void **state)
{
    struct rig r;
    char in[3][10];
    struct xsock_dgram v[3];
    (void)state;
    make_rig(&r);
    send_text(&r, "ab");
    send_text(&r, "cd");
    send_text(&r, "e");
    send_text(&r, "fgh");
    send_text(&r, "ijkl");
    for (int i = 0; i < 3; i++)
        v[i] = (struct xsock_dgram){.base = in[i], .len = sizeof in[i], .segment = 7};
    ASSERT_RESULT(3, xsock_recv_batch(r.to, v, 3, 0));
    assert_true(v[0].done == 5 && v[0].segment == 2 && memcmp(in[0], "abcde", 5) == 0);
    assert_true(v[1].done == 3 && v[1].segment == 0 && memcmp(in[1], "fgh", 3) == 0);
    assert_true(v[2].done == 4 && v[2].segment == 0 && memcmp(in[2], "ijkl", 4) == 0);
    end_rig(&r);
}

static void a_buffer_that_is_too_small_for_them_is_cut_and_says_so(void **state)
{
    struct rig r;
    char in[5];
    struct xsock_dgram one = {.base = in, .len = sizeof in};
    (void)state;
    make_rig(&r);
    for (int i = 0; i < 4; i++)
        send_text(&r, "ab");
    ASSERT_RESULT(1, xsock_recv_batch(r.to, &one, 1, 0));
    assert_true(one.done == 5 && one.segment == 2 && one.flags == XSOCK_MSG_TRUNC);
    ASSERT_RESULT(-XSOCK_EAGAIN,
                  xsock_recv_batch(r.to, &one, 1, XSOCK_MSG_DONTWAIT)); /* the rest is lost */
    end_rig(&r);
}

static void calls_that_could_not_tell_refuse_and_take_nothing(void **state)
{
    struct rig r;
    char in[10];
    struct xsock_addr from;
    struct xsock_dgram one = {.base = in, .len = sizeof in};
    (void)state;
    make_rig(&r);
    send_text(&r, "ab");
    ASSERT_RESULT(-XSOCK_EOPNOTSUPP, (int)xsock_recv(r.to, in, sizeof in, 0));
    ASSERT_RESULT(-XSOCK_EOPNOTSUPP, (int)xsock_recv(r.to, in, sizeof in, XSOCK_MSG_PEEK));
    ASSERT_RESULT(-XSOCK_EOPNOTSUPP, (int)xsock_recvfrom(r.to, in, sizeof in, 0, &from));
    ASSERT_RESULT(-XSOCK_EFAULT, (int)xsock_recv(r.to, NULL, 1, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_recv(r.to, in, 1, -1));
    ASSERT_RESULT(0, xsock_connect(r.to, &r.name));
    ASSERT_RESULT(-XSOCK_EOPNOTSUPP, (int)xsock_recv(r.to, in, sizeof in, 0));
    ASSERT_RESULT(1, xsock_recv_batch(r.to, &one, 1, 0));
    assert_true(one.done == 2 && one.segment == 0);
    end_rig(&r);
}

/* ---- Cut by the system ----------------------------------------------------------------------- */

enum { TOTAL = 8 }; /* the number of datagrams that the fake socket holds */

/* Runs of three datagrams. The last datagram of each run is shorter. */
static size_t size_of(int i)
{
    return i % 3 == 2 ? 3 : 8;
}

static void send_total(const struct rig *r)
{
    static char out[TOTAL][8];
    struct xsock_dgram v[TOTAL];
    struct xsock_addr name = r->name;
    for (int i = 0; i < TOTAL; i++) {
        memset(out[i], i, sizeof out[i]);
        v[i] = (struct xsock_dgram){.base = out[i], .len = size_of(i), .addr = &name};
    }
    ASSERT_RESULT(TOTAL, xsock_send_batch(r->from, v, TOTAL, 0));
}

static void receive_total(const struct rig *r)
{
    char in[10], expected[8];
    fake_join(false);
    for (int i = 0; i < TOTAL; i++) {
        struct xsock_dgram one = {.base = in, .len = sizeof in};
        ASSERT_RESULT(1, xsock_recv_batch(r->to, &one, 1, XSOCK_MSG_DONTWAIT));
        memset(expected, i, sizeof expected);
        assert_int_equal(one.done, size_of(i));
        assert_memory_equal(in, expected, one.done);
    }
}

static void a_batch_that_the_system_cuts_comes_as_it_was_given(void **state)
{
    struct rig r;
    (void)state;
    make_rig(&r);
    fake_segment(true, 65535);
    send_total(&r);
    receive_total(&r);
    end_rig(&r);
}

static void what_the_system_refuses_to_cut_goes_one_by_one(void **state)
{
    struct rig r;
    (void)state;
    make_rig(&r);
    fake_segment(true, 20);
    send_total(&r);
    receive_total(&r);
    end_rig(&r);
}

/* ---- Vectors --------------------------------------------------------------------------------- */

static void a_partial_send_goes_on_in_the_middle_of_a_vector(void **state)
{
    char got[30] = {0};
    struct xsock_vec v[] = {{"0123456789", 10}, {NULL, 0}, {"abcdefghij", 10}};
    struct xsock_msg m = {.vec = v, .vec_count = 3};
    int pair[2];
    (void)state;
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0, pair));
    fake_set_buffer(7);
    ASSERT_RESULT(7, (int)xsock_sendmsg(pair[0], &m, 0));
    ASSERT_RESULT(7, (int)xsock_recv(pair[1], got, 30, 0));
    v[0] = (struct xsock_vec){"789", 3};
    fake_set_buffer(30);
    ASSERT_RESULT(13, (int)xsock_sendmsg(pair[0], &m, 0));
    ASSERT_RESULT(13, (int)xsock_recv(pair[1], got + 7, 23, 0));
    assert_string_equal(got, "0123456789abcdefghij");
    ASSERT_RESULT(30, (int)xsock_sendfile(pair[0], 2, 2, 500)); /* the bytes that fit */
    ASSERT_RESULT(0, xsock_close(pair[0]));
    ASSERT_RESULT(0, xsock_close(pair[1]));
}

/* ---- The end of receiving -------------------------------------------------------------------- */

/* At the end the fake socket would block, as on Linux. */
static void a_batch_tells_the_end_from_an_empty_datagram(void **state)
{
    struct rig r;
    char in[3][4];
    struct xsock_dgram v[3];
    (void)state;
    make_rig(&r);
    fake_join(false);
    ASSERT_RESULT(0,
                  xsock_bind(r.from, &(struct xsock_addr){.family = XSOCK_AF_INET, .length = 4}));
    send_text(&r, "");
    send_text(&r, "a");
    ASSERT_RESULT(0, xsock_connect(r.to, &r.name)); /* only a socket with a peer can be shut down */
    ASSERT_RESULT(0, xsock_shutdown(r.to, XSOCK_SHUT_RD));
    for (int i = 0; i < 3; i++)
        v[i] = (struct xsock_dgram){.base = in[i], .len = sizeof in[i]};
    ASSERT_RESULT(1, xsock_recv_batch(r.to, v, 1, 0)); /* the empty datagram */
    assert_int_equal(v[0].done, 0);
    ASSERT_RESULT(1, xsock_recv_batch(r.to, v, 3, 0));
    assert_int_equal(v[0].done, 1);
    ASSERT_RESULT(0, xsock_recv_batch(r.to, v, 1, 0));
    ASSERT_RESULT(0, xsock_recv_batch(r.to, v, 3, 0));
    end_rig(&r);
}

/* ---- An error after some datagrams ----------------------------------------------------------- */

static int poll_for(int d, short events)
{
    struct xsock_pollfd p = {.fd = d, .events = events};
    ASSERT_RESULT(1, xsock_poll(&p, 1, -1));
    return p.revents;
}

static void a_kept_report_is_readiness_until_a_call_has_told_it(void **state)
{
    static const uint32_t modes[] = {0, XSOCK_POLLER_ET, XSOCK_POLLER_ONESHOT};
    char byte[] = "abcd";
    struct xsock_dgram v[4];
    struct xsock_event e;
    struct rig r;
    (void)state;
    make_rig(&r);
    fake_join(false);
    ASSERT_RESULT(0, xsock_connect(r.from, &r.name));
    for (int i = 0; i < 4; i++)
        v[i] = (struct xsock_dgram){.base = &byte[i], .len = 1};
    for (int i = 0; i < 3; i++) {
        int p = xsock_poller_open(0);
        ASSERT_RESULT(0,
                      xsock_poller_ctl(p, XSOCK_POLLER_ADD, r.from, XSOCK_POLLER_IN | modes[i], 7));
        fake_fail(FAKE_SEND, 3, FAKE_ECONNREFUSED);
        ASSERT_RESULT(2, xsock_send_batch(r.from, v, 4, 0));
        assert_int_equal(poll_for(r.from, XSOCK_POLLIN), XSOCK_POLLERR);
        assert_int_equal(poll_for(r.from, XSOCK_POLLOUT), XSOCK_POLLERR | XSOCK_POLLOUT);
        ASSERT_RESULT(1, xsock_poller_wait(p, &e, 1, -1));
        assert_int_equal(e.events, XSOCK_POLLER_ERR);
        ASSERT_RESULT(i == 0, xsock_poller_wait(p, &e, 1, 0));
        ASSERT_RESULT(-XSOCK_ECONNREFUSED, (int)xsock_send(r.from, byte, 1, 0));
        assert_int_equal(poll_for(r.from, XSOCK_POLLOUT), XSOCK_POLLOUT);
        ASSERT_RESULT(0, xsock_poller_wait(p, &e, 1, 0));
        ASSERT_RESULT(0, xsock_close(p));
    }
    end_rig(&r);
}

static void a_report_after_some_datagrams_is_told_by_the_next_call(void **state)
{
    char byte[12] = "abcdefghijk";
    struct xsock_dgram v[12];
    struct rig r;
    (void)state;
    make_rig(&r);
    fake_join(false);
    ASSERT_RESULT(0, xsock_set_opt_flag(r.to, XSOCK_SO_UDP_RECV_COALESCE, false));
    ASSERT_RESULT(0, xsock_connect(r.from, &r.name));
    for (int i = 0; i < 12; i++)
        v[i] = (struct xsock_dgram){.base = &byte[i], .len = 1};
    fake_fail(FAKE_SEND, 3, FAKE_ECONNREFUSED);
    ASSERT_RESULT(2, xsock_send_batch(r.from, v, 4, 0));
    /* a call that sends nothing does not fail */
    ASSERT_RESULT(0, xsock_send_batch(r.from, v, 0, 0));
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_send_batch(r.from, v + 2, 2, 0));
    ASSERT_RESULT(2, xsock_send_batch(r.from, v + 2, 2, 0));

    /* in the middle of the datagrams that the system gets at once */
    fake_fail(FAKE_RECV, 3, FAKE_ECONNRESET);
    ASSERT_RESULT(2, xsock_recv_batch(r.to, v, 4, 0));
    ASSERT_RESULT(-XSOCK_ECONNRESET, (int)xsock_recv(r.to, byte, 1, 0));
    ASSERT_RESULT(2, xsock_recv_batch(r.to, v, 4, 0));
    assert_memory_equal(v[1].base, "d", 1);

    for (int i = 0; i < 2; i++)
        ASSERT_RESULT(4, xsock_send_batch(r.from, v + i, 4, 0));
    fake_fail(FAKE_RECV, 9, FAKE_EHOSTUNREACH); /* after a part that was full */
    ASSERT_RESULT(8, xsock_recv_batch(r.to, v, 12, 0));
    ASSERT_RESULT(-XSOCK_EHOSTUNREACH, xsock_recv_batch(r.to, v, 1, XSOCK_MSG_DONTWAIT));
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock_recv_batch(r.to, v, 1, XSOCK_MSG_DONTWAIT));

    /* The next send reports this error again by itself, so a receive does not report it. */
    fake_fail(FAKE_SEND, 2, FAKE_EMSGSIZE);
    ASSERT_RESULT(1, xsock_send_batch(r.from, v, 2, 0));
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recv(r.from, byte, 1, XSOCK_MSG_DONTWAIT));
    end_rig(&r);
}

/* Windows discards such a datagram without an error. */
static void nothing_is_sent_to_port_0(void **state)
{
    struct rig r;
    struct xsock_addr to;
    char byte = 'a';
    struct xsock_vec v = {&byte, 1};
    struct xsock_msg msg = {.addr = &to, .vec = &v, .vec_count = 1};
    struct xsock_dgram d = {.base = &byte, .len = 1, .addr = &to};
    (void)state;
    make_rig(&r);
    to = r.name;
    to.port = 0;
    unsigned sends = fake_calls(FAKE_SEND);
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_sendto(r.from, &byte, 1, 0, &to));
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_sendmsg(r.from, &msg, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_send_batch(r.from, &d, 1, 0));
    assert_int_equal(fake_calls(FAKE_SEND), sends);
    end_rig(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(a_message_tells_the_size_of_the_datagrams_that_are_joined_in_it),
        FAKE_TEST(a_batch_tells_it_of_every_element),
        FAKE_TEST(a_buffer_that_is_too_small_for_them_is_cut_and_says_so),
        FAKE_TEST(calls_that_could_not_tell_refuse_and_take_nothing),
        FAKE_TEST(a_batch_that_the_system_cuts_comes_as_it_was_given),
        FAKE_TEST(what_the_system_refuses_to_cut_goes_one_by_one),
        FAKE_TEST(a_partial_send_goes_on_in_the_middle_of_a_vector),
        FAKE_TEST(a_batch_tells_the_end_from_an_empty_datagram),
        FAKE_TEST(a_report_after_some_datagrams_is_told_by_the_next_call),
        FAKE_TEST(a_kept_report_is_readiness_until_a_call_has_told_it),
        FAKE_TEST(nothing_is_sent_to_port_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
