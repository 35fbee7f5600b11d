/* The truth table on a system that has everything. Each valid triple opens a socket, and the system
 * gets exactly the meant triple in its own numbers. */
#include "fake_sys.h"
#include "harness.h"
#include "truth.h"
#include "xsock_native.h"

static struct truth_system here;

static int ask(void **state)
{
    (void)state;
    fake_reset();
    if (xsock_startup() < 0)
        return 1;
    truth_ask(&here);
    return 0;
}

static int native_protocol(int protocol)
{
    return protocol == 0 ? 0 : protocol ^ FAKE_PROTOCOL_BIT;
}

static void check(int d, int af, int type, int protocol)
{
    uintptr_t h = 0;
    struct fake_look look;
    ASSERT_RESULT(0, xsock_native(d, &h));
    look = fake_look(h);
    assert_true(look.open && look.is_socket && look.nonblock);
    assert_int_equal(look.cloexec, (type & XSOCK_SOCK_CLOEXEC) != 0);
    assert_int_equal(look.triple.family, FAKE_FAMILY_BASE + af);
    assert_int_equal(look.triple.type, FAKE_TYPE_BASE + (type & 0x1fff));
    assert_int_equal(look.triple.protocol, native_protocol(protocol));
    assert_int_equal(look.handles, 1);
}

static int count_right_ones(void)
{
    int count = 0, meant;
    for (int af = -2; af <= 300; af++) {
        for (int type = -1; type <= 21; type++) {
            for (int protocol = -1; protocol <= 300 && af != XSOCK_AF_PACKET; protocol++)
                count +=
                    truth_answer(af, type == 21 ? XSOCK_SOCK_RDM : type, protocol, &meant) == 0;
        }
    }
    return 4 * count; /* with each set of flags */
}

static void every_triple_of_the_truth_table_opens_and_no_other(void **state)
{
    (void)state;
    assert_int_equal(truth_sweep(&here, check), count_right_ones());
}

/* Numbers of the table's families that the sweep leaves out: above 300, below -1, and PACKET. */
static void protocols_out_of_the_ordinary_open_too(void **state)
{
    static const struct {
        int af, type, protocol;
    } right[] = {
        {XSOCK_AF_PACKET, XSOCK_SOCK_RAW, 0},
        {XSOCK_AF_PACKET, XSOCK_SOCK_DGRAM, 3},
        {XSOCK_AF_PACKET, XSOCK_SOCK_RAW, 0xffff},
        {XSOCK_AF_IPX, XSOCK_SOCK_DGRAM, 1000},
        {XSOCK_AF_IPX, XSOCK_SOCK_DGRAM, 1255},
        {XSOCK_AF_IPX, XSOCK_SOCK_SEQPACKET, 1257},
        {XSOCK_AF_APPLETALK, XSOCK_SOCK_RDM, 16023},
        {XSOCK_AF_NETBIOS, XSOCK_SOCK_DGRAM, -1},
        {XSOCK_AF_NETBIOS, XSOCK_SOCK_DGRAM, -300},
        {XSOCK_AF_NETBIOS, XSOCK_SOCK_SEQPACKET, INT32_MIN},
        {XSOCK_AF_NETBIOS, XSOCK_SOCK_SEQPACKET, 0},
    };
    static const struct {
        int af, type, protocol;
    } wrong[] = {
        {XSOCK_AF_PACKET, XSOCK_SOCK_RAW, 0x10000}, {XSOCK_AF_IPX, XSOCK_SOCK_DGRAM, 999},
        {XSOCK_AF_IPX, XSOCK_SOCK_DGRAM, 1256},     {XSOCK_AF_IPX, XSOCK_SOCK_STREAM, 1258},
        {XSOCK_AF_NETBIOS, XSOCK_SOCK_DGRAM, 1},    {XSOCK_AF_APPLETALK, XSOCK_SOCK_STREAM, 16000},
        {XSOCK_AF_NETLINK, XSOCK_SOCK_RAW, 23},     {XSOCK_AF_INET, XSOCK_SOCK_STREAM, INT32_MAX},
    };
    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        ASSERT_RESULT(3, xsock_open(right[i].af, right[i].type, right[i].protocol));
        check(3, right[i].af, right[i].type, right[i].protocol);
        ASSERT_RESULT(0, xsock_close(3));
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT,
                      xsock_open(wrong[i].af, wrong[i].type, wrong[i].protocol));
}

static void an_adopted_socket_is_known_by_its_native_numbers(void **state)
{
    (void)state;
    for (int type = XSOCK_SOCK_STREAM; type <= XSOCK_SOCK_DGRAM; type++) {
        int out[3];
        uintptr_t h;
        ASSERT_RESULT(0, xsock_native_triple(XSOCK_AF_INET6, type, 0, out));
        h = fake_make_socket(out[0], out[1], out[2], true, false);
        ASSERT_RESULT(3, xsock_adopt(h, XSOCK_SOCK_NONBLOCK));
        check(3, XSOCK_AF_INET6, type, type == XSOCK_SOCK_STREAM ? 6 : 17);
        ASSERT_RESULT(XSOCK_SOCK_NONBLOCK, xsock_get_flags(3));
        ASSERT_RESULT(0, xsock_close(3));
    }
}

static void a_pair_is_two_sockets_with_the_flags_asked_for(void **state)
{
    static const int flags[] = {0, XSOCK_SOCK_CLOEXEC, XSOCK_SOCK_NONBLOCK,
                                XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK};
    (void)state;
    for (int type = XSOCK_SOCK_STREAM; type <= XSOCK_SOCK_DGRAM; type++) {
        for (int f = 0; f < 4; f++) {
            int out[2] = {0, 0};
            ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, type | flags[f], 0, out));
            assert_true(out[0] == 3 && out[1] == 4);
            for (int d = 3; d < 5; d++) {
                check(d, XSOCK_AF_LOCAL, type | flags[f], 0);
                ASSERT_RESULT(flags[f], xsock_get_flags(d));
                ASSERT_RESULT(0, xsock_close(d));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(every_triple_of_the_truth_table_opens_and_no_other),
        FAKE_TEST(protocols_out_of_the_ordinary_open_too),
        FAKE_TEST(an_adopted_socket_is_known_by_its_native_numbers),
        FAKE_TEST(a_pair_is_two_sockets_with_the_flags_asked_for),
    };
    return cmocka_run_group_tests_name("truth table, fake system", tests, ask, NULL);
}
