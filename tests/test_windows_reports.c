/* The reports of ICMP about UDP on Windows, which returns them to sockets that they do not
 * concern. */
#include "fake_win32.h"
#include "harness.h"
#include "sockets.h"

enum { EXPIRED_PORT = 9 };

/* The model treats this port as closed. No other socket listens there. */
static int closed(struct xsock_addr *out)
{
    int d = sockets_udp(out);
    fake_win32.closed_port = (uint16_t)out->port;
    return d;
}

static ptrdiff_t receive_by_message(int d)
{
    char byte;
    struct xsock_vec v = {&byte, 1};
    struct xsock_msg m = {.vec = &v, .vec_count = 1};
    return xsock_recvmsg(d, &m, 0);
}

static ptrdiff_t receive_by_batch(int d)
{
    char byte;
    struct xsock_dgram g = {.base = &byte, .len = 1};
    int n = xsock_recv_batch(d, &g, 1, 0);
    return n == 1 ? (ptrdiff_t)g.done : n;
}

static ptrdiff_t receive_with_address(int d)
{
    struct xsock_addr from;
    char byte;
    return xsock_recvfrom(d, &byte, 1, 0, &from);
}

static ptrdiff_t receive_plainly(int d)
{
    char byte;
    return xsock_recv(d, &byte, 1, 0);
}

static ptrdiff_t (*const receive[])(int d) = {receive_plainly, receive_with_address,
                                              receive_by_message, receive_by_batch};
enum { WAYS = sizeof receive / sizeof *receive };

static void a_socket_without_a_peer_reports_nothing_of_what_it_has_sent(void **state)
{
    struct xsock_addr away, name;
    int other = closed(&away), d = sockets_udp(&name);
    struct xsock_addr far = sockets_loopback();
    (void)state;
    far.port = fake_win32.far_port = EXPIRED_PORT;
    for (int i = 0; i < WAYS; i++) {
        ASSERT_RESULT(1, (int)xsock_sendto(d, "x", 1, 0, &away));
        ASSERT_RESULT(1, (int)xsock_sendto(d, "x", 1, 0, &far));
        ASSERT_RESULT(1, (int)xsock_sendto(other, "y", 1, 0, &name));
        ptrdiff_t n;
        UNTIL((n = receive[i](d)) != -XSOCK_EAGAIN, (void)0);
        ASSERT_RESULT(1, (int)n);
    }
    ASSERT_RESULT(0, fake_win32.reports_told); /* the datagrams are refused */
    sockets_close(d);
    fake_win32.lacks_report_ioctls = true; /* and then the reports are ignored */
    d = sockets_udp(&name);
    for (int i = 0; i < WAYS; i++) {
        ASSERT_RESULT(1, (int)xsock_sendto(d, "x", 1, 0, &away));
        ASSERT_RESULT(1, (int)xsock_sendto(d, "x", 1, 0, &far));
        ASSERT_RESULT(-XSOCK_EAGAIN, (int)receive[i](d));
        ASSERT_RESULT(2 * (i + 1), fake_win32.reports_told);
    }
    sockets_close(d);
    sockets_close(other);
}

static void a_socket_with_a_peer_reports_that_nobody_is_there_once(void **state)
{
    struct xsock_addr away, name;
    int other = closed(&away), d = sockets_udp(&name);
    (void)state;
    ASSERT_RESULT(0, xsock_connect(d, &away));
    for (int i = 0; i < WAYS; i++) {
        ASSERT_RESULT(1, (int)xsock_send(d, "x", 1, 0));
        ASSERT_RESULT(-XSOCK_ECONNREFUSED, (int)receive[i](d));
        ASSERT_RESULT(-XSOCK_EAGAIN, (int)receive[i](d));
    }
    sockets_close(d);
    sockets_close(other);
}

static void a_time_to_live_that_ends_on_the_way_is_reported_to_nobody(void **state)
{
    struct xsock_addr far, name;
    int other = sockets_udp(&far), d;
    (void)state;
    fake_win32.far_port = (uint16_t)far.port;
    fake_win32.lacks_report_ioctls = true;
    d = sockets_udp(&name);
    ASSERT_RESULT(0, xsock_connect(d, &far));
    for (int i = 0; i < WAYS; i++) {
        ASSERT_RESULT(1, (int)xsock_send(d, "x", 1, 0));
        ASSERT_RESULT(-XSOCK_EAGAIN, (int)receive[i](d));
        ASSERT_RESULT(i + 1, fake_win32.reports_told);
    }
    sockets_close(d);
    sockets_close(other);
}

static void what_was_sent_to_an_earlier_peer_is_not_reported(void **state)
{
    struct xsock_addr away, name, second;
    int other = closed(&away), d = sockets_udp(&name), peer = sockets_udp(&second);
    (void)state;
    for (int i = 0; i < WAYS; i++) {
        ASSERT_RESULT(0, xsock_connect(d, &away));
        ASSERT_RESULT(1, (int)xsock_send(d, "x", 1, 0));
        ASSERT_RESULT(0, xsock_connect(d, &second));
        ASSERT_RESULT(-XSOCK_EAGAIN, (int)receive[i](d));
        ASSERT_RESULT(i + 1, fake_win32.reports_told);
    }
    sockets_close(peer);
    sockets_close(d);
    sockets_close(other);
}

/* Somebody sends forged reports as fast as they are read. */
static void a_flood_of_reports_does_not_hold_up_a_connect(void **state)
{
    struct xsock_addr name, first, second;
    int d = sockets_udp(&name), one = sockets_udp(&first), two = sockets_udp(&second);
    (void)state;
    ASSERT_RESULT(0, xsock_connect(d, &first));
    fake_win32.flood = 1000 * 1000;
    ASSERT_RESULT(0, xsock_connect(d, &second));
    assert_true(fake_win32.reports_told > 1 && fake_win32.reports_told < 100);
    sockets_close(d);
    sockets_close(one);
    sockets_close(two);
}

static void a_flood_of_reports_does_not_hold_up_a_receive(void **state)
{
    struct xsock_addr name;
    int d = sockets_udp(&name);
    (void)state;
    for (int i = 0; i < WAYS; i++) {
        fake_win32.flood = 1000 * 1000;
        fake_win32.reports_told = 0;
        ASSERT_RESULT(-XSOCK_EAGAIN, (int)receive[i](d));
        assert_true(fake_win32.reports_told > 1 && fake_win32.reports_told < 100);
    }
    ASSERT_RESULT(0, xsock_set_flags(d, 0));
    for (int i = 0; i < WAYS; i++) { /* a call that waits gets what comes afterwards */
        fake_win32.flood = 1000;
        ASSERT_RESULT(1, (int)xsock_sendto(d, "x", 1, 0, &name));
        ASSERT_RESULT(1, (int)receive[i](d));
        ASSERT_RESULT(0, fake_win32.flood);
    }
    sockets_close(d);
}

static void a_new_peer_leaves_what_has_come_already(void **state)
{
    struct xsock_addr name, first;
    int d = sockets_udp(&name), peer = sockets_udp(&first);
    (void)state;
    ASSERT_RESULT(0, xsock_connect(d, &first));
    ASSERT_RESULT(1, (int)xsock_sendto(peer, "x", 1, 0, &name));
    UNTIL(xsock_available(d) == 1, (void)0);
    ASSERT_RESULT(0, xsock_connect(d, &first));
    ASSERT_RESULT(1, (int)receive_plainly(d));
    sockets_close(peer);
    sockets_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINDOWS_TEST(a_socket_without_a_peer_reports_nothing_of_what_it_has_sent),
        WINDOWS_TEST(a_socket_with_a_peer_reports_that_nobody_is_there_once),
        WINDOWS_TEST(a_time_to_live_that_ends_on_the_way_is_reported_to_nobody),
        WINDOWS_TEST(what_was_sent_to_an_earlier_peer_is_not_reported),
        WINDOWS_TEST(a_flood_of_reports_does_not_hold_up_a_connect),
        WINDOWS_TEST(a_flood_of_reports_does_not_hold_up_a_receive),
        WINDOWS_TEST(a_new_peer_leaves_what_has_come_already),
    };
    return cmocka_run_group_tests(tests, fake_win32_install, NULL);
}
