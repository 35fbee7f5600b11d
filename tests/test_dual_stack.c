/* IPv4 packets on dual-stack sockets. On sending and receiving, the control data of a packet and
 * the options of its delivery depend on the packet's family. */
#include "harness.h"
#include "qemu.h"
#include "sockets.h"
#include "wine.h"

#ifndef _WIN32
#include <netinet/in.h>
#include <sys/socket.h>

#include "xsock_native.h"
#endif

static struct xsock_addr mapped(const struct xsock_addr *a)
{
    struct xsock_addr m = {.family = XSOCK_AF_INET6, .port = a->port, .length = 16};
    memset(m.data + 10, 0xff, 2);
    memcpy(m.data + 12, a->data, 4);
    return m;
}

/* A dual-stack socket that has a port, and its address as an IPv4 peer sees it. */
static int open_dual(struct xsock_addr *out)
{
    struct xsock_addr any = {.family = XSOCK_AF_INET6, .length = 16};
    int d = xsock_open(XSOCK_AF_INET6, XSOCK_SOCK_DGRAM | XSOCK_SOCK_NONBLOCK, 0);
    if (d == -XSOCK_EAFNOSUPPORT)
        SKIP("this machine has no INET6");
    ASSERT_RESULT(0, xsock_bind(ASSERT_OPENS(d), &any));
    ASSERT_RESULT(0, xsock_local_addr(d, &any));
    *out = sockets_loopback();
    out->port = any.port;
    return d;
}

/* Returns false if this system lacks one of the options. */
static bool ask_for_all(int d)
{
    static const int options[] = {XSOCK_SO_RECVPKTINFO, XSOCK_SO_RECVTOS, XSOCK_SO_RECVTTL};
    bool all = true;
    for (int i = 0; i < 3; i++) {
        int rc = xsock_set_opt_flag(d, options[i], true);
        if (rc != 0)
            ASSERT_RESULT(-XSOCK_ENOPROTOOPT, rc);
        all = all && rc == 0;
    }
    return all;
}

enum { PATIENCE_S = 10 };

static struct xsock_control receive(int d, bool in_batch)
{
    char byte;
    struct xsock_control c = {0};
    struct xsock_vec v = {&byte, 1};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = &c};
    struct xsock_dgram one = {.base = &byte, .len = 1, .control = &c};
    struct xsock_pollfd p = {.fd = d, .events = XSOCK_POLLIN};
    ASSERT_RESULT(1, xsock_poll(&p, 1, PATIENCE_S * INT64_C(1000000000)));
    if (in_batch)
        ASSERT_RESULT(1, xsock_recv_batch(d, &one, 1, 0));
    else
        ASSERT_RESULT(1, (int)xsock_recvmsg(d, &m, 0));
    return c;
}

static int send_with(int d, const struct xsock_addr *to, struct xsock_control *c, bool in_batch)
{
    char byte = 'x';
    struct xsock_addr there;
    struct xsock_vec v = {&byte, 1};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = c};
    struct xsock_dgram one = {.base = &byte, .len = 1, .control = c};
    if (to != NULL) {
        there = *to;
        m.addr = one.addr = &there;
    }
    return in_batch ? xsock_send_batch(d, &one, 1, 0) : (int)xsock_sendmsg(d, &m, 0);
}

#define ALL (XSOCK_CONTROL_PKTINFO | XSOCK_CONTROL_TOS | XSOCK_CONTROL_HOP_LIMIT)

static void an_ipv4_packet_tells_what_came_along_and_can_be_answered(void **state)
{
    struct xsock_addr dual_addr, four_addr, loopback = sockets_loopback();
    int d = open_dual(&dual_addr), four = sockets_udp(&four_addr);
    struct xsock_addr want = mapped(&loopback), back = mapped(&four_addr);
    (void)state;
    ASSERT_RESULT(0, xsock_set_opt_size(four, XSOCK_SO_TTL, 9));
    if (!ask_for_all(d) || !ask_for_all(four)) {
        sockets_close(d);
        sockets_close(four);
        SKIP("this system does not tell all of them");
    }
    for (int i = 0; i < 2; i++) {
        ASSERT_RESULT(1, (int)xsock_sendto(four, "x", 1, 0, &dual_addr));
        struct xsock_control c = receive(d, i == 1);
        assert_int_equal(c.has, ALL);
        assert_int_equal(c.hop_limit, 9);
        assert_true(xsock_addr_equal(&c.local, &want)); /* as in the sender's address */
        assert_true(c.interface_index != 0);
        c.has = XSOCK_CONTROL_PKTINFO;
        ASSERT_RESULT(1, send_with(d, &back, &c, i == 1));
        c = receive(four, false);
        assert_true((c.has & XSOCK_CONTROL_PKTINFO) != 0);
    }
    sockets_close(d);
    sockets_close(four);
}

/* Sends to the address, or to the peer, and checks what the IPv4 receiver was told. */
static void send_and_look(int d, int four, const struct xsock_addr *to, struct xsock_control c)
{
    for (int i = 0; i < 2; i++) {
        int n = send_with(d, to, &c, i == 1);
        if (n == -XSOCK_EOPNOTSUPP && (c.has & ~(uint32_t)XSOCK_CONTROL_PKTINFO) != 0)
            return; /* FreeBSD and Windows do not support all of these for a single packet */
        ASSERT_RESULT(1, n);
        struct xsock_control got = receive(four, false);
        if ((c.has & XSOCK_CONTROL_TOS) != 0 && !is_wine())
            assert_int_equal(got.tos, c.tos);
        if ((c.has & XSOCK_CONTROL_HOP_LIMIT) != 0)
            assert_int_equal(got.hop_limit, c.hop_limit);
    }
}

static void what_goes_with_an_ipv4_packet_is_ipv4s(void **state)
{
    SKIP_ON_SWAPPING_QEMU(QEMU_CONTROL);
    struct xsock_addr dual_addr, four_addr, loopback = sockets_loopback();
    int d = open_dual(&dual_addr), four = sockets_udp(&four_addr);
    struct xsock_addr to = mapped(&four_addr), form = mapped(&loopback);
    struct xsock_control info = {.has = XSOCK_CONTROL_PKTINFO};
    (void)state;
    if (!ask_for_all(four)) {
        sockets_close(d);
        sockets_close(four);
        SKIP("this system does not tell all of them");
    }
    ASSERT_RESULT(1, send_with(d, &to, NULL, false));
    struct xsock_control c = receive(four, false);
    for (int connected = 0; connected < 2; connected++) {
        if (connected)
            ASSERT_RESULT(0, xsock_connect(d, &to));
        const struct xsock_addr *there = connected ? NULL : &to;
        send_and_look(d, four, there, info); /* any address, any interface */
        info.interface_index = c.interface_index;
        send_and_look(d, four, there, info);
        info.local = form;
        send_and_look(d, four, there, info);
        info.local = loopback;
        send_and_look(d, four, there, info);
        send_and_look(d, four, there, (struct xsock_control){.has = XSOCK_CONTROL_TOS, .tos = 2});
        send_and_look(d, four, there,
                      (struct xsock_control){.has = XSOCK_CONTROL_HOP_LIMIT, .hop_limit = 5});
        info = (struct xsock_control){.has = XSOCK_CONTROL_PKTINFO};
    }
    sockets_close(d);
    sockets_close(four);
}

static void an_address_of_the_other_family_is_refused(void **state)
{
    struct xsock_addr dual_addr, four_addr;
    int d = open_dual(&dual_addr), four = sockets_udp(&four_addr);
    struct xsock_addr four_form = mapped(&four_addr),
                      six = {.family = XSOCK_AF_INET6, .length = 16, .data = {[15] = 1}};
    struct xsock_addr to_six = six;
    (void)state;
    to_six.port = dual_addr.port;
    struct xsock_control c = {.has = XSOCK_CONTROL_PKTINFO, .local = six};
    for (int i = 0; i < 2; i++) {
        c.local = six;
        ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, send_with(d, &four_form, &c, i == 1));
        c.local = four_form;
        c.local.port = 0;
        ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, send_with(d, &to_six, &c, i == 1));
        ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, send_with(four, &four_addr, &c, i == 1));
    }
    sockets_close(d);
    sockets_close(four);
}

#ifndef _WIN32
static int native_int(int d, int name)
{
    uintptr_t h;
    int value = -1;
    socklen_t size = sizeof value;
    ASSERT_RESULT(0, xsock_native(d, &h));
    assert_int_equal(getsockopt((int)h, IPPROTO_IP, name, &value, &size), 0);
    return size == 1 ? *(unsigned char *)&value : value;
}

/* The options also apply to the IPv4 multicast that a dual-stack socket sends. */
static void options_of_multicast_hold_for_both_protocols(void **state)
{
    struct xsock_addr a;
    int d = open_dual(&a);
    (void)state;
    ASSERT_RESULT(0, xsock_set_opt_size(d, XSOCK_SO_MCASTTTLV6, 7));
    assert_int_equal(native_int(d, IP_MULTICAST_TTL), 7);
    ASSERT_RESULT(0, xsock_set_opt_flag(d, XSOCK_SO_MCASTLOOPV6, false));
    assert_int_equal(native_int(d, IP_MULTICAST_LOOP), 0);
    ASSERT_RESULT(0, xsock_set_opt_size(d, XSOCK_SO_TTL, 8));
    assert_int_equal(native_int(d, IP_TTL), 8);
    sockets_close(d);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_ipv4_packet_tells_what_came_along_and_can_be_answered),
        TEST(what_goes_with_an_ipv4_packet_is_ipv4s),
        TEST(an_address_of_the_other_family_is_refused),
#ifndef _WIN32
        TEST(options_of_multicast_hold_for_both_protocols),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
