/* The control data of IPv4 and IPv6 packets as Windows has it, for each family of the socket. */
#include "fake_win32.h"
#include "harness.h"
#include "sockets.h"

#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>

enum { RECVTOS = 40, TCLASS = 39, ECN = 50, HOP_LIMIT = 21 };

/* ---- Records ----------------------------------------------------------------------------------
 * On 64 bits the header has 16 bytes, and records begin at multiples of 8. */

static size_t aligned(size_t n)
{
    return (n + sizeof(SIZE_T) - 1) / sizeof(SIZE_T) * sizeof(SIZE_T);
}

static void let_come(int level, int type, const void *data, size_t size)
{
    WSACMSGHDR c = {aligned(sizeof c) + size, level, type};
    unsigned char *at = fake_win32.comes + fake_win32.comes_size;
    memcpy(at, &c, sizeof c);
    memcpy(at + aligned(sizeof c), data, size);
    fake_win32.comes_size += aligned(sizeof c) + aligned(size);
}

/* The data of a record that was sent; fails the test if there is none. */
static const unsigned char *find_sent(int level, int type)
{
    WSACMSGHDR c;
    for (size_t at = 0; at + sizeof c <= fake_win32.sent_size; at += aligned(c.cmsg_len)) {
        memcpy(&c, fake_win32.sent + at, sizeof c);
        if (c.cmsg_level == level && c.cmsg_type == type)
            return fake_win32.sent + at + aligned(sizeof c);
    }
    ASSERT_THAT(false, "no record of level %d and type %d was sent", level, type);
    return NULL;
}

/* ---- Sockets and addresses ------------------------------------------------------------------- */

static struct xsock_addr address(const char *text, uint16_t port)
{
    struct xsock_addr a;
    ASSERT_RESULT(0, xsock_addr_parse(text, &a));
    a.port = port;
    return a;
}

static int open_udp(int af)
{
    return ASSERT_OPENS(xsock_open(af, XSOCK_SOCK_DGRAM | XSOCK_SOCK_NONBLOCK, 0));
}

static ptrdiff_t send_with(int d, const struct xsock_addr *to, struct xsock_control *c)
{
    struct xsock_addr copy = to != NULL ? *to : (struct xsock_addr){0};
    char byte = 'x';
    struct xsock_vec v = {&byte, 1};
    struct xsock_msg m = {
        .addr = to != NULL ? &copy : NULL, .vec = &v, .vec_count = 1, .control = c};
    fake_win32.keeps_messages = true;
    return xsock_sendmsg(d, &m, 0);
}

/* Receives one datagram that the socket sends to itself. */
static ptrdiff_t receive_with(int d, struct xsock_control *c, int *out_flags)
{
    struct xsock_addr a = address("::1", 0);
    char buf[16] = "";
    struct xsock_vec v = {buf, sizeof buf};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = c};
    ptrdiff_t n;
    ASSERT_RESULT(0, xsock_bind(d, &a));
    ASSERT_RESULT(0, xsock_local_addr(d, &a));
    ASSERT_RESULT(3, (int)xsock_sendto(d, "abc", 3, 0, &a));
    UNTIL((n = xsock_recvmsg(d, &m, 0)) != -XSOCK_EAGAIN, (void)0);
    *out_flags = m.flags;
    return n;
}

/* ---- Sending --------------------------------------------------------------------------------- */

static struct xsock_control ecn_from(const char *local)
{
    return (struct xsock_control){.has = XSOCK_CONTROL_PKTINFO | XSOCK_CONTROL_TOS,
                                  .tos = 1,
                                  .interface_index = 7,
                                  .local = address(local, 0)};
}

static void assert_sent_ipv4(void)
{
    const unsigned char loopback[4] = {127, 0, 0, 1};
    IN_PKTINFO info;
    int ecn;
    memcpy(&info, find_sent(IPPROTO_IP, IP_PKTINFO), sizeof info);
    memcpy(&ecn, find_sent(IPPROTO_IP, ECN), sizeof ecn);
    assert_memory_equal(loopback, &info.ipi_addr, 4);
    assert_int_equal(7, info.ipi_ifindex);
    assert_int_equal(1, ecn);
}

static void an_ipv4_packet_of_a_dual_socket_has_records_of_ipv4(void **state)
{
    struct xsock_addr to = address("::ffff:127.0.0.1", 9);
    struct xsock_control c = ecn_from("::ffff:127.0.0.1");
    int d = open_udp(XSOCK_AF_INET6);
    (void)state;
    ASSERT_RESULT(1, (int)send_with(d, &to, &c));
    assert_sent_ipv4();
    fake_win32.sent_size = 0;
    ASSERT_RESULT(0, xsock_connect(d, &to));
    ASSERT_RESULT(1, (int)send_with(d, NULL, &c));
    assert_sent_ipv4();
    sockets_close(d);
}

static void an_ipv6_packet_has_records_of_ipv6(void **state)
{
    struct xsock_addr to = address("::1", 9);
    struct xsock_control c = ecn_from("::1");
    int d = open_udp(XSOCK_AF_INET6);
    IN6_PKTINFO info;
    (void)state;
    ASSERT_RESULT(1, (int)send_with(d, &to, &c));
    memcpy(&info, find_sent(IPPROTO_IPV6, IPV6_PKTINFO), sizeof info);
    assert_memory_equal(to.data, &info.ipi6_addr, 16);
    (void)find_sent(IPPROTO_IPV6, ECN);
    sockets_close(d);
}

static void an_ipv4_packet_comes_from_no_ipv6_address(void **state)
{
    struct xsock_addr to = address("::ffff:127.0.0.1", 9);
    struct xsock_control c = ecn_from("::1");
    int d = open_udp(XSOCK_AF_INET6);
    (void)state;
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, (int)send_with(d, &to, &c));
    sockets_close(d);
}

static void the_hop_limit_of_one_ipv4_packet_cannot_be_set(void **state)
{
    struct xsock_addr to = address("::ffff:127.0.0.1", 9);
    struct xsock_control c = {.has = XSOCK_CONTROL_HOP_LIMIT, .hop_limit = 3};
    int d = open_udp(XSOCK_AF_INET6);
    (void)state;
    ASSERT_RESULT(-XSOCK_EOPNOTSUPP, (int)send_with(d, &to, &c));
    sockets_close(d);
}

static int find_loopback(const struct xsock_interface *i, void *out)
{
    if ((i->flags & XSOCK_IF_LOOPBACK) != 0)
        *(uint32_t *)out = i->index;
    return 0;
}

static void a_dual_socket_is_tied_to_an_interface_for_packets_of_both_families(void **state)
{
    int d = open_udp(XSOCK_AF_INET6);
    uint32_t index = 0;
    (void)state;
    assert_true(xsock_interfaces(find_loopback, &index) > 0);
    assert_true(index != 0);
    fake_win32.keeps_ties = true;
    ASSERT_RESULT(0, xsock_set_device(d, index));
    assert_int_equal(index, fake_win32.tie_of_ipv6);
    assert_int_equal(htonl(index), fake_win32.tie_of_ipv4);
    sockets_close(d);
}

/* ---- Receiving ------------------------------------------------------------------------------- */

static void the_address_of_an_ipv4_packet_is_a_mapped_one_on_a_dual_socket(void **state)
{
    struct xsock_addr expected = address("::ffff:192.0.2.1", 0);
    IN_PKTINFO info = {.ipi_ifindex = 7};
    struct xsock_control c = {0};
    int flags, d = open_udp(XSOCK_AF_INET6);
    (void)state;
    memcpy(&info.ipi_addr, expected.data + 12, 4);
    let_come(IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    ASSERT_RESULT(3, (int)receive_with(d, &c, &flags));
    assert_int_equal(XSOCK_CONTROL_PKTINFO, c.has);
    assert_true(xsock_addr_equal(&expected, &c.local));
    assert_int_equal(7, c.interface_index);
    sockets_close(d);
}

static void the_tos_comes_in_each_record_that_windows_has_for_it(void **state)
{
    static const struct {
        int level, type;
    } rows[] = {{IPPROTO_IP, IP_TOS},   {IPPROTO_IP, RECVTOS},   {IPPROTO_IP, ECN},
                {IPPROTO_IPV6, TCLASS}, {IPPROTO_IPV6, RECVTOS}, {IPPROTO_IPV6, ECN}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const int tos = 2, hops = 64;
        struct xsock_control c = {0};
        int flags, d = open_udp(XSOCK_AF_INET6);
        fake_win32.comes_size = 0;
        let_come(rows[i].level, rows[i].type, &tos, sizeof tos);
        let_come(rows[i].level, HOP_LIMIT, &hops, sizeof hops);
        ASSERT_RESULT(3, (int)receive_with(d, &c, &flags));
        ASSERT_THAT(c.has == (XSOCK_CONTROL_TOS | XSOCK_CONTROL_HOP_LIMIT), "row %d", (int)i);
        assert_int_equal(2, c.tos);
        assert_int_equal(64, c.hop_limit);
        sockets_close(d);
    }
}

static void a_record_that_is_too_short_is_passed_over(void **state)
{
    const int bytes = 0x01010101;
    struct xsock_control c = {0};
    int flags, d = open_udp(XSOCK_AF_INET6);
    (void)state;
    let_come(IPPROTO_IP, IP_PKTINFO, &bytes, sizeof bytes);
    let_come(IPPROTO_IPV6, IPV6_PKTINFO, &bytes, sizeof bytes);
    let_come(IPPROTO_IPV6, TCLASS, &bytes, 0);
    let_come(IPPROTO_IPV6, HOP_LIMIT, &bytes, 0);
    ASSERT_RESULT(3, (int)receive_with(d, &c, &flags));
    assert_int_equal(0, c.has);
    sockets_close(d);
}

static void a_datagram_is_whole_if_only_its_control_data_was_cut(void **state)
{
    struct xsock_control c = {0};
    int flags, d = open_udp(XSOCK_AF_INET6);
    (void)state;
    fake_win32.control_is_cut = true;
    ASSERT_RESULT(3, (int)receive_with(d, &c, &flags));
    assert_int_equal(XSOCK_MSG_CTRUNC, flags);
    sockets_close(d);
}

/* ---- Datagrams that come as one -------------------------------------------------------------- */

static void send_three(int from, const struct xsock_addr *to, size_t len)
{
    static char bytes[1000];
    struct xsock_addr copy = *to;
    struct xsock_dgram v[3];
    memset(v, 0, sizeof v);
    for (int i = 0; i < 3; i++)
        v[i] = (struct xsock_dgram){.base = bytes, .len = len, .addr = &copy};
    ASSERT_RESULT(3, xsock_send_batch(from, v, 3, 0));
}

static void assert_comes(int to, size_t done, size_t segment)
{
    static char bytes[65535];
    struct xsock_dgram v = {.base = bytes, .len = sizeof bytes};
    int n;
    UNTIL((n = xsock_recv_batch(to, &v, 1, 0)) != -XSOCK_EAGAIN, (void)0);
    ASSERT_RESULT(1, n);
    assert_int_equal(done, v.done);
    assert_int_equal(segment, v.segment);
}

static void coalesced_datagrams_come_with_their_size(void **state)
{
    struct xsock_addr a;
    int from = open_udp(XSOCK_AF_INET), to = sockets_udp(&a);
    (void)state;
    fake_win32.joins_datagrams = true;
    ASSERT_RESULT(0, xsock_set_opt_flag(to, XSOCK_SO_UDP_RECV_COALESCE, true));
    send_three(from, &a, 600);
    assert_comes(to, 1800, 600);
    assert_true(fake_win32.coalesces_to > 0);
    sockets_close(from);
    sockets_close(to);
}

static void coalescing_ends_where_the_size_is_not_told(void **state)
{
    struct xsock_addr a;
    int from = open_udp(XSOCK_AF_INET), to = sockets_udp(&a);
    (void)state;
    fake_win32.joins_datagrams = true;
    fake_win32.omits_segments = true;
    ASSERT_RESULT(0, xsock_set_opt_flag(to, XSOCK_SO_UDP_RECV_COALESCE, true));
    send_three(from, &a, 400); /* which may be a datagram of 1,200 bytes */
    assert_comes(to, 1200, 0);
    assert_true(fake_win32.coalesces_to > 0);
    send_three(from, &a, 600);
    assert_comes(to, 1800, 0);
    assert_int_equal(0, fake_win32.coalesces_to);
    sockets_close(from);
    sockets_close(to);
}

static void coalescing_is_refused_where_nothing_could_tell_the_size(void **state)
{
    int d = open_udp(XSOCK_AF_INET);
    (void)state;
    fake_win32.joins_datagrams = true;
    fake_win32.lacks_recvmsg = true;
    ASSERT_RESULT(-XSOCK_ENOPROTOOPT, xsock_set_opt_flag(d, XSOCK_SO_UDP_RECV_COALESCE, true));
    assert_int_equal(0, fake_win32.coalesces_to);
    sockets_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINDOWS_TEST(an_ipv4_packet_of_a_dual_socket_has_records_of_ipv4),
        WINDOWS_TEST(an_ipv6_packet_has_records_of_ipv6),
        WINDOWS_TEST(an_ipv4_packet_comes_from_no_ipv6_address),
        WINDOWS_TEST(the_hop_limit_of_one_ipv4_packet_cannot_be_set),
        WINDOWS_TEST(a_dual_socket_is_tied_to_an_interface_for_packets_of_both_families),
        WINDOWS_TEST(the_address_of_an_ipv4_packet_is_a_mapped_one_on_a_dual_socket),
        WINDOWS_TEST(the_tos_comes_in_each_record_that_windows_has_for_it),
        WINDOWS_TEST(a_record_that_is_too_short_is_passed_over),
        WINDOWS_TEST(a_datagram_is_whole_if_only_its_control_data_was_cut),
        WINDOWS_TEST(coalesced_datagrams_come_with_their_size),
        WINDOWS_TEST(coalescing_ends_where_the_size_is_not_told),
        WINDOWS_TEST(coalescing_is_refused_where_nothing_could_tell_the_size),
    };
    return cmocka_run_group_tests(tests, fake_win32_install, NULL);
}
