/* The options of a guest's sockets, and its groups, on the real system. */
#include "guest_net.h"
#include "guests.h"
#include "qemu.h"

enum { OUT = 4096, END = GUEST_MEMORY, NOOP = 0, BEYOND = 27 };

static int setup(void **state)
{
    static const struct xsock_wasix_config small_buffers = {.max_socket_buffer = 16384};
    int rc = guests_setup_with(state, &small_buffers);
    return rc;
}

static int open_socket(int af, int type)
{
    ASSERT_ERRNO(0, CALL4(&guest, "sock_open", af, type, 0, OUT));
    return (int)guest_get32(&guest, OUT);
}

/* ---- The three kinds ------------------------------------------------------------------------- */

static void a_flag_is_one_byte(void **state)
{
    (void)state;
    for (size_t m = 0; m < 2; m++) {
        guest.module = guest_modules[m];
        int d = open_socket(XSOCK_AF_INET, XSOCK_SOCK_STREAM);
        for (uint32_t on = 2; on-- > 0;) {
            ASSERT_ERRNO(0, CALL3(&guest, "sock_set_opt_flag", d, XSOCK_SO_KEEPALIVE, on));
            guest_put32(&guest, END - 4, 0x77777777);
            ASSERT_ERRNO(0, CALL3(&guest, "sock_get_opt_flag", d, XSOCK_SO_KEEPALIVE, END - 1));
            assert_int_equal(guest_get32(&guest, END - 4), 0x777777u | on << 24);
        }
        ASSERT_ERRNO(XSOCK_EINVAL, CALL3(&guest, "sock_set_opt_flag", d, XSOCK_SO_KEEPALIVE, 2));
        ASSERT_ERRNO(XSOCK_EINVAL,
                     CALL3(&guest, "sock_set_opt_flag", d, XSOCK_SO_KEEPALIVE, UINT32_MAX));
        ASSERT_ERRNO(XSOCK_ENOPROTOOPT,
                     CALL3(&guest, "sock_set_opt_flag", d, XSOCK_SO_ACCEPTCONN, 1));
        ASSERT_ERRNO(0, CALL3(&guest, "sock_get_opt_flag", d, XSOCK_SO_KEEPALIVE, OUT));
        assert_int_equal(guest.bytes[OUT], 0);
        ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d));
    }
}

static void put_time(uint8_t tag, uint64_t ns)
{
    memset(guest.bytes + OUT, 0x55, 16); /* the padding is not read */
    guest.bytes[OUT] = tag;
    guest_put64(&guest, OUT + 8, ns);
}

static void assert_time(int d, int opt, uint64_t tag, uint64_t ns)
{
    memset(guest.bytes + OUT, 0x55, 16);
    ASSERT_ERRNO(0, CALL3(&guest, "sock_get_opt_time", d, opt, OUT));
    assert_true(guest_get64(&guest, OUT) == tag && guest_get64(&guest, OUT + 8) == ns);
}

static void a_time_is_there_or_not(void **state)
{
    static const int opts[] = {XSOCK_SO_RCVTIMEO, XSOCK_SO_SNDTIMEO, XSOCK_SO_CONNTIMEO,
                               XSOCK_SO_ACCPTIMEO};
    (void)state;
    int d = open_socket(XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    for (size_t i = 0; i < 4; i++) {
        guest.module = guest_modules[i % 2];
        assert_time(d, opts[i], 0, 0);
        put_time(1, 1500000001);
        ASSERT_ERRNO(0, CALL3(&guest, "sock_set_opt_time", d, opts[i], OUT));
        assert_time(d, opts[i], 1, 1500000001);
        put_time(2, 7);
        ASSERT_ERRNO(XSOCK_EINVAL, CALL3(&guest, "sock_set_opt_time", d, opts[i], OUT));
        assert_time(d, opts[i], 1, 1500000001);
        put_time(1, UINT64_MAX);
        ASSERT_ERRNO(0, CALL3(&guest, "sock_set_opt_time", d, opts[i], OUT));
        assert_time(d, opts[i], 1, INT64_MAX);
        put_time(0, 7);
        ASSERT_ERRNO(0, CALL3(&guest, "sock_set_opt_time", d, opts[i], OUT));
        assert_time(d, opts[i], 0, 0);
    }
    put_time(1, 0);
    ASSERT_ERRNO(0, CALL3(&guest, "sock_set_opt_time", d, XSOCK_SO_LINGER, OUT));
    assert_time(d, XSOCK_SO_LINGER, 1, 0);
    put_time(1, UINT64_MAX);
    ASSERT_ERRNO(XSOCK_EINVAL, CALL3(&guest, "sock_set_opt_time", d, XSOCK_SO_LINGER, OUT));
    assert_time(d, XSOCK_SO_LINGER, 1, 0);
}

static uint64_t size_of(int d, int opt)
{
    ASSERT_ERRNO(0, CALL3(&guest, "sock_get_opt_size", d, opt, OUT));
    return guest_get64(&guest, OUT);
}

static void a_size_is_64_bits_and_buffers_are_cut(void **state)
{
    static const int buffers[] = {XSOCK_SO_RCVBUF, XSOCK_SO_SNDBUF};
    (void)state;
    int d = open_socket(XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    for (size_t i = 0; i < 2; i++) {
        guest.module = guest_modules[i];
        ASSERT_ERRNO(0, CALL3(&guest, "sock_set_opt_size", d, buffers[i], 8192));
        assert_int_equal(size_of(d, buffers[i]), 8192);
        ASSERT_ERRNO(0, CALL3(&guest, "sock_set_opt_size", d, buffers[i], UINT64_C(1) << 40));
        assert_int_equal(size_of(d, buffers[i]), 16384);
        ASSERT_ERRNO(0, CALL3(&guest, "sock_set_opt_size", d, buffers[i], UINT64_MAX));
        assert_int_equal(size_of(d, buffers[i]), 16384);
        ASSERT_ERRNO(XSOCK_EINVAL, CALL3(&guest, "sock_set_opt_size", d, buffers[i], 0));
        ASSERT_ERRNO(0, CALL3(&guest, "sock_set_opt_size", d, XSOCK_SO_TTL, 9 + i));
        assert_int_equal(size_of(d, XSOCK_SO_TTL), 9 + i);
        ASSERT_ERRNO(XSOCK_EINVAL, CALL3(&guest, "sock_set_opt_size", d, XSOCK_SO_TTL, 256));
        ASSERT_ERRNO(XSOCK_EINVAL, CALL3(&guest, "sock_set_opt_size", d, XSOCK_SO_TTL, UINT64_MAX));
        assert_int_equal(size_of(d, XSOCK_SO_TTL), 9 + i);
    }
    assert_int_equal(size_of(d, XSOCK_SO_TYPE), XSOCK_SOCK_DGRAM);
    assert_int_equal(size_of(d, XSOCK_SO_PROTOCOL), XSOCK_IPPROTO_UDP);
    assert_int_equal(size_of(d, XSOCK_SO_ERROR), 0);
    ASSERT_ERRNO(XSOCK_ENOPROTOOPT, CALL3(&guest, "sock_set_opt_size", d, XSOCK_SO_TYPE, 1));
}

/* ---- What is refused ------------------------------------------------------------------------- */

static const char *const calls[] = {"sock_set_opt_flag", "sock_get_opt_flag", "sock_set_opt_time",
                                    "sock_get_opt_time", "sock_set_opt_size", "sock_get_opt_size"};
static const uint64_t span[] = {0, 1, 16, 16, 0, 8}; /* the bytes of memory that each call needs */
static const int example[] = {XSOCK_SO_BROADCAST, XSOCK_SO_BROADCAST, XSOCK_SO_RCVTIMEO,
                              XSOCK_SO_RCVTIMEO,  XSOCK_SO_RCVBUF,    XSOCK_SO_RCVBUF};

/* Systems give a connection the sizes of its listener. The quota has place for one of them. */
static void connections_count_the_buffers_of_their_listener(void **state)
{
    enum { SIZE = 200 * 1024, FREE_SIZE = 128 * 1024 };
    static const struct xsock_wasix_config config = {.max_buffers = 2 * SIZE + FREE_SIZE};
    unsigned port;
    int d[2];
    (void)state;
    guest_stop(&guest);
    guest_start(&guest, &config);
    int listener = guest_listen(&guest, XSOCK_AF_INET, &port);
    ASSERT_ERRNO(0, CALL3(&guest, "sock_set_opt_size", listener, XSOCK_SO_RCVBUF, SIZE));
    for (int i = 0; i < 2; i++) {
        int peer = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
        guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET, port);
        ASSERT_ERRNO(0, CALL2(&guest, "sock_connect", peer, NET_ADDR));
        ASSERT_ERRNO(0, CALL4(&guest, "sock_accept_v2", listener, 0, NET_FD, NET_PEER));
        d[i] = (int)guest_get32(&guest, NET_FD);
    }
    /* Windows gives connections sizes of its own. */
    assert_true(size_of(d[1], XSOCK_SO_RCVBUF) != SIZE);
    if (size_of(d[0], XSOCK_SO_RCVBUF) == SIZE)
        assert_int_equal(size_of(d[1], XSOCK_SO_RCVBUF), FREE_SIZE);
}

static void options_beyond_wasix_are_none(void **state)
{
    static const uint32_t opts[] = {
        NOOP,          XSOCK_SO_PROMISCUOUS, BEYOND,    255, XSOCK_SO_FAMILY,
        XSOCK_SO_MARK, UINT32_MAX,           0x80000001};
    (void)state;
    int d = open_socket(XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    memset(guest.bytes + OUT, 0, 16);
    for (size_t i = 0; i < 6; i++)
        for (size_t k = 0; k < sizeof opts / sizeof opts[0]; k++)
            ASSERT_ERRNO(XSOCK_ENOPROTOOPT,
                         CALL3(&guest, calls[i], d, opts[k], span[i] != 0 ? OUT : 1));
}

static void an_option_has_one_kind(void **state)
{
    (void)state;
    int d = open_socket(XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    memset(guest.bytes + OUT, 0, 16);
    for (size_t i = 0; i < 6; i++)
        for (size_t k = 0; k < 6; k++)
            if (i / 2 != k / 2)
                ASSERT_ERRNO(XSOCK_EINVAL,
                             CALL3(&guest, calls[i], d, example[k], span[i] != 0 ? OUT : 1));
}

static void pointers_are_checked_to_the_byte(void **state)
{
    (void)state;
    for (size_t m = 0; m < 2; m++) {
        guest.module = guest_modules[m];
        int d = open_socket(XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
        for (size_t i = 0; i < 6; i++) {
            const uint64_t bad[] = {END - span[i] + 1, END, UINT32_MAX,
                                    m == 0 ? UINT32_MAX : UINT64_MAX - 7};
            memset(guest.bytes + END - 16, 0, 16);
            if (span[i] == 0)
                continue;
            ASSERT_ERRNO(0, CALL3(&guest, calls[i], d, example[i], END - span[i]));
            for (size_t k = 0; k < 4; k++)
                ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL3(&guest, calls[i], d, example[i], bad[k]));
            /* This error comes before that of the option. */
            ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL3(&guest, calls[i], d, NOOP, END));
        }
    }
}

static void the_descriptor_comes_first(void **state)
{
    (void)state;
    int d = open_socket(XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    ASSERT_ERRNO(0, CALL4(&other, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0, OUT));
    ASSERT_ERRNO(0, CALL4(&other, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0, OUT));
    for (size_t i = 0; i < 6; i++) {
        ASSERT_ERRNO(XSOCK_EBADF,
                     CALL3(&guest, calls[i], d + 1, NOOP, END)); /* belongs to the other guest */
        ASSERT_ERRNO(XSOCK_EBADF, CALL3(&guest, calls[i], UINT32_MAX, NOOP, END));
        ASSERT_ERRNO(XSOCK_WASIX_CALL_ENGINE, CALL3(&guest, calls[i], 2, NOOP, END));
    }
}

/* ---- Groups ---------------------------------------------------------------------------------- */

static void put_ip4(uint64_t at, uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
    const uint8_t bytes[] = {a, b, c, d};
    memcpy(guest.bytes + at, bytes, 4);
}

/* Every system has a loopback interface, and the interface accepts groups if a call names it. */
static int find_loopback(const struct xsock_interface *iface, void *user)
{
    if ((iface->flags & XSOCK_IF_LOOPBACK) == 0 || iface->addr_count == 0)
        return 0;
    *(uint32_t *)user = iface->index;
    return 1;
}

static void a_group_of_ipv4_is_joined_once_and_left_once(void **state)
{
    enum { GROUP = OUT, IFACE = OUT + 8 };
    SKIP_ON_QEMU(QEMU_OPTIONS);
    (void)state;
    for (size_t m = 0; m < 2; m++) {
        guest.module = guest_modules[m];
        int d = open_socket(XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
        put_ip4(GROUP, 239, 1, 2, 3);
        put_ip4(IFACE, 127, 0, 0, 1);
        ASSERT_ERRNO(XSOCK_EADDRNOTAVAIL,
                     CALL3(&guest, "sock_leave_multicast_v4", d, GROUP, IFACE));
        ASSERT_ERRNO(0, CALL3(&guest, "sock_join_multicast_v4", d, GROUP, IFACE));
        ASSERT_ERRNO(XSOCK_EADDRINUSE, CALL3(&guest, "sock_join_multicast_v4", d, GROUP, IFACE));
        ASSERT_ERRNO(0, CALL3(&guest, "sock_leave_multicast_v4", d, GROUP, IFACE));
        ASSERT_ERRNO(XSOCK_EADDRNOTAVAIL,
                     CALL3(&guest, "sock_leave_multicast_v4", d, GROUP, IFACE));
        put_ip4(IFACE, 192, 0, 2, 77); /* an address that belongs to no machine */
        ASSERT_ERRNO(XSOCK_ENODEV, CALL3(&guest, "sock_join_multicast_v4", d, GROUP, IFACE));
        put_ip4(IFACE, 127, 0, 0, 1);
        put_ip4(GROUP, 127, 0, 0, 1); /* not a group */
        ASSERT_ERRNO(XSOCK_EINVAL, CALL3(&guest, "sock_join_multicast_v4", d, GROUP, IFACE));
        ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d));
    }
}

static void a_group_of_ipv6_names_its_interface(void **state)
{
    static const uint8_t group[16] = {0xff, 0x02, [15] = 0x77};
    uint32_t index = 0;
    SKIP_ON_QEMU(QEMU_OPTIONS);
    (void)state;
    if (xsock_probe(XSOCK_AF_INET6, XSOCK_SOCK_DGRAM, 0) != 0)
        SKIP("no IPv6 here");
    assert_true(xsock_interfaces(find_loopback, &index) > 0);
    for (size_t m = 0; m < 2; m++) {
        guest.module = guest_modules[m];
        int d = open_socket(XSOCK_AF_INET6, XSOCK_SOCK_DGRAM);
        memset(guest.bytes + END - 24, 0, 24);
        memcpy(guest.bytes + END - 24, group, 16);
        ASSERT_ERRNO(0, CALL3(&guest, "sock_join_multicast_v6", d, END - 24, index));
        ASSERT_ERRNO(XSOCK_EADDRINUSE, CALL3(&guest, "sock_join_multicast_v6", d, END - 24, index));
        ASSERT_ERRNO(0, CALL3(&guest, "sock_leave_multicast_v6", d, END - 24, index));
        ASSERT_ERRNO(XSOCK_ENODEV,
                     CALL3(&guest, "sock_join_multicast_v6", d, END - 24, 0x7ffffff0));
        guest_put16(&guest, END - 2,
                    (uint16_t)index); /* the low half of its scope names the same interface */
        ASSERT_ERRNO(0, CALL3(&guest, "sock_join_multicast_v6", d, END - 24, 0));
        ASSERT_ERRNO(0, CALL3(&guest, "sock_leave_multicast_v6", d, END - 24, index));
        ASSERT_ERRNO(XSOCK_EINVAL, CALL3(&guest, "sock_join_multicast_v6", d, END - 24, index + 1));
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION,
                     CALL3(&guest, "sock_join_multicast_v6", d, END - 23, index));
        ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d));
    }
}

static void groups_are_checked_before_they_are_joined(void **state)
{
    static const char *const names[] = {"sock_join_multicast_v4", "sock_leave_multicast_v4",
                                        "sock_join_multicast_v6", "sock_leave_multicast_v6"};
    (void)state;
    int stream = open_socket(XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    int d = open_socket(XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    memset(guest.bytes + OUT, 0, 24);
    put_ip4(OUT, 239, 1, 2, 3);
    for (size_t i = 0; i < 4; i++) {
        ASSERT_ERRNO(XSOCK_EBADF, CALL3(&guest, names[i], d + 1, END, END));
        ASSERT_ERRNO(XSOCK_WASIX_CALL_ENGINE, CALL3(&guest, names[i], 0, END, END));
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL3(&guest, names[i], d, END - 3, OUT + 4));
        ASSERT_ERRNO(XSOCK_ENOPROTOOPT, CALL3(&guest, names[i], stream, OUT, i < 2 ? OUT + 4 : 0));
    }
    ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL3(&guest, names[0], d, OUT, END - 3));
    ASSERT_ERRNO(XSOCK_EAFNOSUPPORT, CALL3(&guest, names[2], d, OUT, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST_AFTER(setup, a_flag_is_one_byte),
        GUEST_TEST_AFTER(setup, a_time_is_there_or_not),
        GUEST_TEST_AFTER(setup, a_size_is_64_bits_and_buffers_are_cut),
        GUEST_TEST_AFTER(setup, connections_count_the_buffers_of_their_listener),
        GUEST_TEST_AFTER(setup, options_beyond_wasix_are_none),
        GUEST_TEST_AFTER(setup, an_option_has_one_kind),
        GUEST_TEST_AFTER(setup, pointers_are_checked_to_the_byte),
        GUEST_TEST_AFTER(setup, the_descriptor_comes_first),
        GUEST_TEST_AFTER(setup, a_group_of_ipv4_is_joined_once_and_left_once),
        GUEST_TEST_AFTER(setup, a_group_of_ipv6_names_its_interface),
        GUEST_TEST_AFTER(setup, groups_are_checked_before_they_are_joined),
    };
    return cmocka_run_group_tests_name("options of WASIX", tests, NULL, NULL);
}
