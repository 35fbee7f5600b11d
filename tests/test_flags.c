/* The message flags that each call accepts on each type of socket. All other flags give EINVAL on
 * every system. */
#include "harness.h"
#include "sockets.h"

enum { SENDS = 1, RECEIVES = 2, BATCH = 4, MESSAGE = 8 };

/* ---- The calls ------------------------------------------------------------------------------ */

static char byte;

static ptrdiff_t do_send(int d, int flags)
{
    return xsock_send(d, &byte, 1, flags);
}

static ptrdiff_t do_sendto(int d, int flags)
{
    return xsock_sendto(d, &byte, 1, flags, NULL);
}

static ptrdiff_t do_sendmsg(int d, int flags)
{
    struct xsock_vec v = {&byte, 1};
    struct xsock_msg m = {.vec = &v, .vec_count = 1};
    return xsock_sendmsg(d, &m, flags);
}

static ptrdiff_t do_send_batch(int d, int flags)
{
    struct xsock_dgram v = {.base = &byte, .len = 1};
    return xsock_send_batch(d, &v, 1, flags);
}

static ptrdiff_t do_recv(int d, int flags)
{
    return xsock_recv(d, &byte, 1, flags);
}

static ptrdiff_t do_recvfrom(int d, int flags)
{
    struct xsock_addr from;
    return xsock_recvfrom(d, &byte, 1, flags, &from);
}

static ptrdiff_t do_recvmsg(int d, int flags)
{
    struct xsock_vec v = {&byte, 1};
    struct xsock_msg m = {.vec = &v, .vec_count = 1};
    return xsock_recvmsg(d, &m, flags);
}

static ptrdiff_t do_recv_batch(int d, int flags)
{
    struct xsock_dgram v = {.base = &byte, .len = 1};
    return xsock_recv_batch(d, &v, 1, flags);
}

static const struct row {
    const char *name;
    ptrdiff_t (*run)(int d, int flags);
    int kind;
} rows[] = {
    {"send", do_send, SENDS},
    {"sendto", do_sendto, SENDS},
    {"sendmsg", do_sendmsg, SENDS | MESSAGE},
    {"send_batch", do_send_batch, SENDS | BATCH},
    {"recv", do_recv, RECEIVES},
    {"recvfrom", do_recvfrom, RECEIVES},
    {"recvmsg", do_recvmsg, RECEIVES | MESSAGE},
    {"recv_batch", do_recv_batch, RECEIVES | BATCH},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

/* ---- The flags ------------------------------------------------------------------------------ */

/* The flags that a call of this kind accepts on a socket of this type. EOR and OOB are left out,
 * because their effect depends on the protocol. Other tests check them. */
static unsigned taken(int kind, int type)
{
    unsigned flags = XSOCK_MSG_DONTWAIT | XSOCK_MSG_OOB;
    if ((kind & BATCH) != 0)
        flags = XSOCK_MSG_DONTWAIT;
    if ((kind & SENDS) != 0) {
        flags |= XSOCK_MSG_NOSIGNAL | XSOCK_MSG_DONTROUTE;
        if ((kind & BATCH) == 0)
            flags |= XSOCK_MSG_EOR;
        if ((kind & BATCH) == 0 && type == XSOCK_SOCK_STREAM)
            flags |= XSOCK_MSG_MORE;
        return flags;
    }
    if ((kind & BATCH) == 0)
        flags |= XSOCK_MSG_PEEK | XSOCK_MSG_WAITALL;
    if ((kind & BATCH) == 0 && type != XSOCK_SOCK_STREAM)
        flags |= XSOCK_MSG_TRUNC;
    if ((kind & (BATCH | MESSAGE)) != 0)
        flags |= XSOCK_MSG_CMSG_CLOEXEC;
    return flags;
}

static int judge(const struct row *row, int d, int type)
{
    int bad = 0;
    for (int bit = 0; bit < 32; bit++) {
        unsigned flag = 1u << bit;
        if ((flag & (XSOCK_MSG_OOB | XSOCK_MSG_EOR)) != 0)
            continue;
        ptrdiff_t rc = row->run(d, (int)(flag & INT32_MAX) | (bit == 31 ? INT32_MIN : 0));
        if ((rc == -XSOCK_EINVAL) == ((taken(row->kind, type) & flag) == 0))
            continue;
        print_error("%s with 0x%x on type %d gave %s\n", row->name, flag, type,
                    harness_name((int)rc));
        bad++;
    }
    return bad;
}

static int judge_all(const int d[2], int type)
{
    int bad = 0;
    for (int i = 0; i < ROWS; i++)
        if (type != XSOCK_SOCK_STREAM || (rows[i].kind & BATCH) == 0)
            bad += judge(&rows[i], d[0], type);
    sockets_close(d[0]);
    sockets_close(d[1]);
    return bad;
}

static void a_stream_takes_the_flags_that_mean_something_for_it(void **state)
{
    int d[2];
    (void)state;
    sockets_tcp(d);
    assert_int_equal(0, judge_all(d, XSOCK_SOCK_STREAM));
}

static void datagrams_take_the_flags_that_mean_something_for_them(void **state)
{
    struct xsock_addr a;
    int d[2];
    (void)state;
    d[0] = sockets_udp(&a);
    d[1] = sockets_udp(&a);
    ASSERT_RESULT(0, xsock_connect(d[0], &a));
    assert_int_equal(0, judge_all(d, XSOCK_SOCK_DGRAM));
}

static void a_local_pair_takes_the_same_flags_as_sockets_of_a_network(void **state)
{
    static const int types[] = {XSOCK_SOCK_STREAM, XSOCK_SOCK_DGRAM};
    (void)state;
    for (int i = 0; i < 2; i++) {
        int d[2];
        sockets_pair(types[i], d);
        assert_int_equal(0, judge_all(d, types[i]));
    }
}

static void a_refused_flag_sends_and_receives_nothing(void **state)
{
    int d[2];
    char got[4];
    (void)state;
    sockets_pair(XSOCK_SOCK_DGRAM, d);
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_send(d[0], "x", 1, XSOCK_MSG_MORE));
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recv(d[1], got, sizeof got, 0));
    ASSERT_RESULT(2, (int)xsock_send(d[0], "ab", 2, XSOCK_MSG_NOSIGNAL));
    ASSERT_RESULT(-XSOCK_EINVAL, (int)xsock_recv(d[1], got, sizeof got, XSOCK_MSG_NOSIGNAL));
    ASSERT_RESULT(2, (int)xsock_recv(d[1], got, sizeof got, 0));
    sockets_close(d[0]);
    sockets_close(d[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_stream_takes_the_flags_that_mean_something_for_it),
        TEST(datagrams_take_the_flags_that_mean_something_for_them),
        TEST(a_local_pair_takes_the_same_flags_as_sockets_of_a_network),
        TEST(a_refused_flag_sends_and_receives_nothing),
    };
    return cmocka_run_group_tests_name("flags", tests, NULL, NULL);
}
