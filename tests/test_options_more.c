/* Options that are more than one number: groups, congestion control, the information of TCP,
 * devices, and the system's own options. */
#include <time.h>
#ifndef _WIN32
#include <sys/socket.h>
#endif

#include "harness.h"
#include "qemu.h"
#include "sockets.h"
#include "wine.h"
#include "xsock_native.h"

#define WATCHDOG_NS (10 * INT64_C(1000000000))

/* ---- A machine's loopback interface ---------------------------------------------------------- */

struct loopback {
    uint32_t index;
    bool has_inet6;
};

static int is_loopback(const struct xsock_interface *iface, void *user)
{
    struct loopback *l = user;
    if ((iface->flags & XSOCK_IF_LOOPBACK) == 0)
        return 0;
    l->index = iface->index;
    for (size_t i = 0; i < iface->addr_count; i++)
        l->has_inet6 = l->has_inet6 || iface->addrs[i].addr.family == XSOCK_AF_INET6;
    return 1;
}

static struct loopback loopback(void)
{
    struct loopback l = {0, false};
    ASSERT_THAT(xsock_interfaces(is_loopback, &l) > 0 && l.index != 0,
                "this machine has no loopback interface");
    return l;
}

static struct xsock_addr addr(const char *text, uint32_t port)
{
    struct xsock_addr a;
    ASSERT_RESULT(0, xsock_addr_parse(text, &a));
    a.port = port;
    return a;
}

/* ---- Groups: received datagrams -------------------------------------------------------------- */

/* A socket that is bound to all addresses of its family, at `port` or at a port that the system
 * chooses. Other sockets may bind to the port too. */
static int receiver(int af, uint32_t *port)
{
    int d = ASSERT_OPENS(xsock_open(af, XSOCK_SOCK_DGRAM, 0));
    struct xsock_addr any = addr(af == XSOCK_AF_INET ? "0.0.0.0" : "::", *port);
    ASSERT_RESULT(0, xsock_set_opt_flag(d, XSOCK_SO_REUSEADDR, true));
    ASSERT_RESULT(0, xsock_set_opt_time(d, XSOCK_SO_RCVTIMEO, WATCHDOG_NS));
    ASSERT_RESULT(0, xsock_bind(d, &any));
    ASSERT_RESULT(0, xsock_local_addr(d, &any));
    *port = any.port;
    return d;
}

static int sender(int af, uint32_t interface_index)
{
    int d = ASSERT_OPENS(xsock_open(af, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(0, xsock_set_multicast_if(d, interface_index));
    ASSERT_RESULT(
        0, xsock_set_opt_flag(d, af == XSOCK_AF_INET ? XSOCK_SO_MCASTLOOPV4 : XSOCK_SO_MCASTLOOPV6,
                              true));
    ASSERT_RESULT(0, xsock_set_opt_size(
                         d, af == XSOCK_AF_INET ? XSOCK_SO_MCASTTTLV4 : XSOCK_SO_MCASTTTLV6, 0));
    return d;
}

static void send_text(int d, const char *text, const struct xsock_addr *to)
{
    ASSERT_RESULT((int)strlen(text), (int)xsock_sendto(d, text, strlen(text), 0, to));
}

static void receives(int d, const char *text)
{
    char got[16] = {0};
    ASSERT_RESULT((int)strlen(text), (int)xsock_recv(d, got, sizeof got - 1, 0));
    assert_string_equal(got, text);
}

static void a_group_is_joined_and_left(void **state)
{
    SKIP_ON_QEMU(QEMU_OPTIONS);
    struct loopback lo = loopback();
    uint32_t port = 0;
    int r = receiver(XSOCK_AF_INET, &port), s = sender(XSOCK_AF_INET, lo.index);
    struct xsock_addr group = addr("239.255.71.7", port), self = addr("127.0.0.1", port);
    (void)state;
    ASSERT_RESULT(0, xsock_join_group(r, &group, NULL, lo.index));
    ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_join_group(r, &group, NULL, lo.index));
    send_text(s, "first", &group);
    receives(r, "first");
    ASSERT_RESULT(0, xsock_leave_group(r, &group, NULL, lo.index));
    ASSERT_RESULT(-XSOCK_EADDRNOTAVAIL, xsock_leave_group(r, &group, NULL, lo.index));
    send_text(s, "second", &group);
    /* This datagram was sent after the other and arrives. So the other one will never arrive. */
    send_text(s, "last", &self);
    receives(r, "last");
    ASSERT_RESULT(0, xsock_close(r));
    ASSERT_RESULT(0, xsock_close(s));
}

static void a_group_of_inet6_is_joined_and_left(void **state)
{
    SKIP_ON_QEMU(QEMU_OPTIONS);
    struct loopback lo = loopback();
    uint32_t port = 0;
    (void)state;
    if (!lo.has_inet6)
        SKIP("the loopback interface has no INET6 address");
    int r = receiver(XSOCK_AF_INET6, &port), s = sender(XSOCK_AF_INET6, lo.index);
    struct xsock_addr group = addr("ff01::71:7", port), self = addr("::1", port);
    group.scope = lo.index;
    ASSERT_RESULT(0, xsock_join_group(r, &group, NULL, 0)); /* the scope tells the interface */
    ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_join_group(r, &group, NULL, lo.index));
    bool routed = xsock_sendto(s, "first", 5, 0, &group) != -XSOCK_ENETUNREACH;
    if (routed)
        receives(r, "first");
    ASSERT_RESULT(0, xsock_leave_group(r, &group, NULL, lo.index));
    ASSERT_RESULT(-XSOCK_EADDRNOTAVAIL, xsock_leave_group(r, &group, NULL, lo.index));
    if (routed)
        send_text(s, "second", &group);
    send_text(s, "last", &self);
    receives(r, "last");
    ASSERT_RESULT(0, xsock_close(r));
    ASSERT_RESULT(0, xsock_close(s));
    if (!routed)
        print_message(
            "no route for INET6 multicast on loopback: joined and left, nothing received\n");
}

static void one_source_of_a_group_is_heard_and_no_other(void **state)
{
    SKIP_ON_QEMU(QEMU_OPTIONS);
    struct loopback lo = loopback();
    uint32_t port = 0;
    if (is_wine())
        SKIP(
            "Wine 8 passes ip_mreq_source on unchanged, but Linux has its fields in another order");
    int r = receiver(XSOCK_AF_INET, &port), s = sender(XSOCK_AF_INET, lo.index);
    struct xsock_addr group = addr("232.1.71.8", port), self = addr("127.0.0.1", port);
    struct xsock_addr from = addr("127.0.0.1", 0), other = addr("127.9.9.9", 0);
    (void)state;
    ASSERT_RESULT(0, xsock_bind(s, &from));
    ASSERT_RESULT(0, xsock_join_group(r, &group, &other, lo.index));
    ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_join_group(r, &group, &other, lo.index));
    send_text(s, "unheard", &group);
    send_text(s, "self", &self);
    receives(r, "self");
    ASSERT_RESULT(0, xsock_join_group(r, &group, &from, lo.index));
    ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_join_group(r, &group, NULL, lo.index));
    send_text(s, "heard", &group);
    receives(r, "heard");
    ASSERT_RESULT(0, xsock_leave_group(r, &group, &from, lo.index));
    ASSERT_RESULT(0, xsock_leave_group(r, &group, &other, lo.index));
    ASSERT_RESULT(-XSOCK_EADDRNOTAVAIL, xsock_leave_group(r, &group, &from, lo.index));
    ASSERT_RESULT(0, xsock_close(r));
    ASSERT_RESULT(0, xsock_close(s));
}

static void a_socket_receives_its_own_groups_only(void **state)
{
    SKIP_ON_QEMU(QEMU_OPTIONS);
    struct loopback lo = loopback();
    uint32_t port = 0;
    (void)state;
    if (is_wine())
        SKIP("Linux gives Wine's sockets each other's groups");
    int mine = receiver(XSOCK_AF_INET, &port), s = sender(XSOCK_AF_INET, lo.index);
    int theirs = receiver(XSOCK_AF_INET, &port);
    struct xsock_addr a = addr("239.255.71.9", port), b = addr("239.255.71.10", port);
    ASSERT_RESULT(0, xsock_join_group(mine, &a, NULL, lo.index));
    ASSERT_RESULT(0, xsock_join_group(theirs, &b, NULL, lo.index));
    send_text(s, "b", &b);
    send_text(s, "a", &a);
    receives(mine, "a");
    receives(theirs, "b");
    ASSERT_RESULT(0, xsock_close(mine));
    ASSERT_RESULT(0, xsock_close(theirs));
    ASSERT_RESULT(0, xsock_close(s));
}

/* ---- Groups: refused arguments --------------------------------------------------------------- */

enum { NO_INTERFACE = 0x7ffffff0 };

static void a_group_must_be_one(void **state)
{
    SKIP_ON_QEMU(QEMU_OPTIONS);
    struct loopback lo = loopback();
    int udp = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    int tcp = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    struct xsock_addr group = addr("239.255.71.7", 9), group6 = addr("ff15::71:7", 0),
                      one = addr("127.0.0.1", 0);
    struct xsock_addr malformed = group;
    (void)state;
    malformed.length = 5;
    ASSERT_RESULT(-XSOCK_EBADF, xsock_join_group(2, &group, NULL, 0));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_join_group(udp, NULL, NULL, 0));
    ASSERT_RESULT(-XSOCK_ENOPROTOOPT, xsock_join_group(tcp, &group, NULL, 0));
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_join_group(udp, &group6, NULL, 0));
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_join_group(udp, &group, &group6, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_join_group(udp, &malformed, NULL, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_join_group(udp, &one, NULL, lo.index));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_join_group(udp, &group, &group, lo.index));
    ASSERT_RESULT(-XSOCK_ENODEV, xsock_join_group(udp, &group, NULL, NO_INTERFACE));
    ASSERT_RESULT(-XSOCK_EADDRNOTAVAIL, xsock_leave_group(udp, &group, NULL, lo.index));
    ASSERT_RESULT(-XSOCK_ENODEV, xsock_set_multicast_if(udp, NO_INTERFACE));
    ASSERT_RESULT(-XSOCK_ENOPROTOOPT, xsock_set_multicast_if(tcp, lo.index));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_set_multicast_if(-1, lo.index));
    ASSERT_RESULT(0, xsock_set_multicast_if(udp, lo.index));
    ASSERT_RESULT(0, xsock_set_multicast_if(udp, 0));
    ASSERT_RESULT(0, xsock_close(udp));
    ASSERT_RESULT(0, xsock_close(tcp));
}

static void where_multicast_leaves_can_be_read(void **state)
{
    SKIP_ON_QEMU(QEMU_OPTIONS);
    static const int families[] = {XSOCK_AF_INET, XSOCK_AF_INET6};
    struct loopback lo = loopback();
    (void)state;
    for (int i = 0; i < 2; i++) {
        uint32_t index = 7;
        if (families[i] == XSOCK_AF_INET6 && !lo.has_inet6)
            continue;
        int d = ASSERT_OPENS(xsock_open(families[i], XSOCK_SOCK_DGRAM, 0));
        ASSERT_RESULT(0, xsock_get_multicast_if(d, &index));
        assert_int_equal(0, index);
        ASSERT_RESULT(0, xsock_set_multicast_if(d, lo.index));
        ASSERT_RESULT(0, xsock_get_multicast_if(d, &index));
        assert_int_equal(lo.index, index);
        ASSERT_RESULT(0, xsock_set_multicast_if(d, 0));
        ASSERT_RESULT(0, xsock_get_multicast_if(d, &index));
        assert_int_equal(0, index);
        ASSERT_RESULT(0, xsock_close(d));
    }
}

#ifdef __linux__
enum { OWN_LEVEL = 0, OWN_MULTICAST_IF = 32 };
#else
enum { OWN_LEVEL = 0, OWN_MULTICAST_IF = 9 };
#endif

static void an_address_that_was_set_without_xsock_is_read_as_its_interface(void **state)
{
    SKIP_ON_QEMU(QEMU_OPTIONS);
    static const unsigned char self[4] = {127, 0, 0, 1};
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    struct loopback lo = loopback();
    uint32_t index = 7;
    (void)state;
    ASSERT_RESULT(0, xsock_set_opt_raw(d, OWN_LEVEL, OWN_MULTICAST_IF, self, sizeof self));
    ASSERT_RESULT(0, xsock_get_multicast_if(d, &index));
    assert_int_equal(lo.index, index);
    ASSERT_RESULT(0, xsock_close(d));
}

/* ---- TCP ------------------------------------------------------------------------------------- */

static void connect_two(int *out_listener, int *out_client, int *out_server)
{
    struct xsock_addr a = addr("127.0.0.1", 0);
    *out_listener = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(*out_listener, &a));
    ASSERT_RESULT(0, xsock_listen(*out_listener, 1));
    ASSERT_RESULT(0, xsock_local_addr(*out_listener, &a));
    *out_client = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_connect(*out_client, &a));
    *out_server = ASSERT_OPENS(xsock_accept(*out_listener, 0, NULL));
}

static void congestion_control_has_a_name(void **state)
{
    SKIP_ON_QEMU(QEMU_OPTIONS);
    int tcp = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    int udp = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    char name[64], again[64];
    int length = xsock_get_congestion(tcp, name, sizeof name);
    (void)state;
    if (length == -XSOCK_ENOPROTOOPT) {
        ASSERT_RESULT(-XSOCK_ENOPROTOOPT, xsock_set_congestion(tcp, "cubic"));
    } else {
        assert_int_equal(length, strlen(name));
        ASSERT_RESULT(length, xsock_get_congestion(tcp, NULL, 0));
        ASSERT_RESULT(0, xsock_set_congestion(tcp, name));
        ASSERT_RESULT(-XSOCK_ENOENT, xsock_set_congestion(tcp, "no-such-control"));
        ASSERT_RESULT(-XSOCK_ENOSPC, xsock_get_congestion(tcp, again, (size_t)length));
        ASSERT_RESULT(length, xsock_get_congestion(tcp, again, (size_t)length + 1));
        assert_string_equal(name, again);
    }
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    ASSERT_THAT(xsock_set_congestion(tcp, name) < 0, "a name of 63 characters");
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_set_congestion(tcp, ""));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_set_congestion(tcp, NULL));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_get_congestion(tcp, NULL, 1));
    ASSERT_RESULT(-XSOCK_ENOPROTOOPT, xsock_set_congestion(udp, "cubic"));
    ASSERT_RESULT(-XSOCK_ENOPROTOOPT, xsock_get_congestion(udp, name, sizeof name));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_set_congestion(-1, "cubic"));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_get_congestion(INT32_MAX, name, sizeof name));
    ASSERT_RESULT(0, xsock_close(tcp));
    ASSERT_RESULT(0, xsock_close(udp));
}

static void check_counts(int client, int server)
{
    struct xsock_tcp_info i, j;
    char buf[1000] = {0};
    ASSERT_RESULT((int)sizeof buf, (int)xsock_send(client, buf, sizeof buf, 0));
    ASSERT_RESULT((int)sizeof buf, (int)xsock_recv(server, buf, sizeof buf, XSOCK_MSG_WAITALL));
    ASSERT_RESULT(0, xsock_get_tcp_info(client, &i));
    ASSERT_RESULT(0, xsock_get_tcp_info(server, &j));
    assert_int_equal(i.state, XSOCK_TCP_ESTABLISHED);
    ASSERT_THAT(i.rtt_ns > 0 && i.rtt_ns < WATCHDOG_NS, "%lld", (long long)i.rtt_ns);
    ASSERT_THAT(i.send_mss >= 500 && i.send_mss <= 65535, "%lld", (long long)i.send_mss);
    ASSERT_THAT(i.send_cwnd >= i.send_mss, "%lld", (long long)i.send_cwnd);
    ASSERT_THAT(i.bytes_sent == -1 || i.bytes_sent >= (int64_t)sizeof buf, "%lld",
                (long long)i.bytes_sent);
    ASSERT_THAT(j.bytes_received == -1 || j.bytes_received == sizeof buf, "%lld",
                (long long)j.bytes_received);
    for (size_t n = 0; n < sizeof i.reserved / sizeof i.reserved[0]; n++)
        assert_int_equal(i.reserved[n], 0);
}

static void tcp_tells_what_it_knows(void **state)
{
    SKIP_ON_QEMU(QEMU_OPTIONS);
    struct xsock_tcp_info i = {.state = 77};
    int listener, client, server;
    int udp = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    int fresh = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    (void)state;
    connect_two(&listener, &client, &server);
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_get_tcp_info(client, NULL));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_get_tcp_info(1, &i));
    ASSERT_RESULT(-XSOCK_ENOPROTOOPT, xsock_get_tcp_info(udp, &i));
    assert_int_equal(i.state, 77);
    int rc = xsock_get_tcp_info(fresh, &i);
    if (rc == 0) {
        assert_int_equal(i.state, XSOCK_TCP_CLOSED);
        assert_int_equal(i.rtt_ns, -1);
        ASSERT_RESULT(0, xsock_get_tcp_info(listener, &i));
        assert_int_equal(i.state, XSOCK_TCP_LISTEN);
        check_counts(client, server);
        ASSERT_RESULT(0, xsock_shutdown(client, XSOCK_SHUT_WR));
        char byte;
        ASSERT_RESULT(0, (int)xsock_recv(server, &byte, 1, 0));
        ASSERT_RESULT(0, xsock_get_tcp_info(server, &i));
        assert_int_equal(i.state, XSOCK_TCP_CLOSE_WAIT);
    } else {
        ASSERT_RESULT(-XSOCK_ENOPROTOOPT, rc);
    }
    const int all[] = {listener, client, server, udp, fresh};
    for (int n = 0; n < 5; n++)
        ASSERT_RESULT(0, xsock_close(all[n]));
}

/* ---- Errors, devices, the system's own ------------------------------------------------------- */

static void a_pending_error_is_read_once(void **state)
{
    struct xsock_addr a = addr("127.0.0.1", 0);
    int taken = ASSERT_OPENS(
        xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0)); /* bound, and does not listen */
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0));
    struct xsock_pollfd p = {d, XSOCK_POLLOUT, 0};
    uint64_t error = 77;
    (void)state;
    ASSERT_RESULT(0, xsock_bind(taken, &a));
    ASSERT_RESULT(0, xsock_local_addr(taken, &a));
    int rc = xsock_connect(d, &a);
    if (rc == -XSOCK_EINPROGRESS) {
        ASSERT_RESULT(1, xsock_poll(&p, 1, WATCHDOG_NS));
        ASSERT_RESULT(0, xsock_get_opt_size(d, XSOCK_SO_ERROR, &error));
        assert_int_equal(error, XSOCK_ECONNREFUSED);
    } else {
        ASSERT_RESULT(-XSOCK_ECONNREFUSED, rc);
    }
    ASSERT_RESULT(0, xsock_get_opt_size(d, XSOCK_SO_ERROR, &error));
    assert_int_equal(error, 0);
    ASSERT_RESULT(0, xsock_close(taken));
    ASSERT_RESULT(0, xsock_close(d));
}

static int tell_by(int which, int d, const struct xsock_addr *a)
{
    char byte = 0;
    switch (which) {
    case 0:
        return xsock_connect_result(d);
    case 1:
        return xsock_connect(d, a);
    case 2:
        return (int)xsock_send(d, &byte, 1, 0);
    default:
        return (int)xsock_recv(d, &byte, 1, 0);
    }
}

static void an_error_that_another_call_has_told_is_not_pending(void **state)
{
    struct xsock_addr a = addr("127.0.0.1", 0);
    int taken = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    (void)state;
    ASSERT_RESULT(0, xsock_bind(taken, &a));
    ASSERT_RESULT(0, xsock_local_addr(taken, &a));
    for (int which = 0; which < 4; which++) {
        int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0));
        struct xsock_pollfd p = {d, XSOCK_POLLOUT, 0};
        uint64_t error = 77;
        int rc = xsock_connect(d, &a);
        if (rc == -XSOCK_EINPROGRESS) {
            ASSERT_RESULT(1, xsock_poll(&p, 1, WATCHDOG_NS));
            rc = tell_by(which, d, &a);
        }
        ASSERT_RESULT(-XSOCK_ECONNREFUSED, rc);
        ASSERT_RESULT(0, xsock_get_opt_size(d, XSOCK_SO_ERROR, &error));
        assert_int_equal(error, 0);
        ASSERT_RESULT(0, xsock_close(d));
    }
    ASSERT_RESULT(0, xsock_close(taken));
}

static void a_socket_is_tied_to_a_device(void **state)
{
    SKIP_ON_QEMU(QEMU_OPTIONS);
    struct loopback lo = loopback();
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0)), pair[2];
    uint32_t index = 77;
    (void)state;
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM, 0, pair));
    int rc = xsock_set_device(d, lo.index);
    if (rc == 0) {
        ASSERT_RESULT(0, xsock_get_device(d, &index));
        assert_int_equal(index, lo.index);
        /* Linux requires a privilege for this option, but not for the first */
        rc = xsock_set_device(d, 0);
        ASSERT_THAT(rc == 0 || rc == -XSOCK_EACCES, "%s", harness_name(rc));
        ASSERT_RESULT(0, xsock_get_device(d, &index));
        assert_int_equal(index, rc == 0 ? 0 : lo.index);
    } else {
        ASSERT_THAT(rc == -XSOCK_EACCES || rc == -XSOCK_ENOPROTOOPT, "%s", harness_name(rc));
    }
    ASSERT_RESULT(-XSOCK_ENODEV, xsock_set_device(d, NO_INTERFACE));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_get_device(d, NULL));
    ASSERT_RESULT(-XSOCK_ENOPROTOOPT, xsock_set_device(pair[0], lo.index));
    ASSERT_RESULT(-XSOCK_ENOPROTOOPT, xsock_get_device(pair[0], &index));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_set_device(0, 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_get_device(0, &index));
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(pair[0]));
    ASSERT_RESULT(0, xsock_close(pair[1]));
}

static void the_systems_own_numbers_go_through(void **state)
{
#ifdef __linux__
    enum { LEVEL = 1, KEEPALIVE = 9 };
#else
    enum { LEVEL = 0xffff, KEEPALIVE = 8 }; /* the number of the BSDs, which Winsock has too */
#endif
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    int on = 1, got = 0;
    size_t size = sizeof got;
    bool flag = false;
    (void)state;
    ASSERT_RESULT(0, xsock_set_opt_raw(d, LEVEL, KEEPALIVE, &on, sizeof on));
    ASSERT_RESULT(0, xsock_get_opt_flag(d, XSOCK_SO_KEEPALIVE, &flag));
    assert_true(flag);
    ASSERT_RESULT(0, xsock_get_opt_raw(d, LEVEL, KEEPALIVE, &got, &size));
    ASSERT_THAT(got != 0 && size >= 1 && size <= sizeof got, "%d in %u bytes", got, (unsigned)size);
    ASSERT_RESULT(-XSOCK_ENOPROTOOPT, xsock_set_opt_raw(d, LEVEL, 0x7ffe, &on, sizeof on));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_set_opt_raw(d, LEVEL, KEEPALIVE, NULL, 4));
    ASSERT_RESULT(-XSOCK_EINVAL,
                  xsock_set_opt_raw(d, LEVEL, KEEPALIVE, &on, (size_t)INT32_MAX + 1));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_get_opt_raw(d, LEVEL, KEEPALIVE, NULL, &size));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_get_opt_raw(d, LEVEL, KEEPALIVE, &got, NULL));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_set_opt_raw(0, LEVEL, KEEPALIVE, &on, sizeof on));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_get_opt_raw(0, LEVEL, KEEPALIVE, &got, &size));
    ASSERT_RESULT(0, xsock_close(d));
}

/* A call that waits makes a wake, which the library keeps for the next call. */
static int wait_once(void **state)
{
    int d[3];
    (void)state;
    connect_two(&d[0], &d[1], &d[2]);
    for (int i = 0; i < 3; i++)
        ASSERT_RESULT(0, xsock_close(d[i]));
    return 0;
}

/* ---- Closing --------------------------------------------------------------------------------- */

static void closing_does_not_wait_for_what_is_unsent(void **state)
{
    const int64_t second = 1000000000;
    int d[2];
    (void)state;
    sockets_tcp(d);
    sockets_fill(d[0]); /* data that nobody receives */
    ASSERT_RESULT(0, xsock_set_opt_time(d[0], XSOCK_SO_LINGER, 20 * second));
    time_t before = time(NULL);
    ASSERT_RESULT(0, xsock_close(d[0]));
    ASSERT_THAT(time(NULL) - before < 10, "it took %d s", (int)(time(NULL) - before));
    assert_true(sockets_drain(d[1]) > 0); /* the connection was not reset */
    ASSERT_RESULT(0, xsock_close(d[1]));
}

#ifndef _WIN32
/* The library does not see what a program does with the system's handle. */
static void closing_does_not_wait_for_a_linger_time_set_outside(void **state)
{
    const struct linger l = {1, 20};
    uintptr_t h;
    int d[2];
    (void)state;
    sockets_tcp(d);
    sockets_fill(d[0]);
    ASSERT_RESULT(0, xsock_native(d[0], &h));
    assert_int_equal(setsockopt((int)h, SOL_SOCKET, SO_LINGER, &l, sizeof l), 0);
    time_t before = time(NULL);
    ASSERT_RESULT(0, xsock_close(d[0]));
    ASSERT_THAT(time(NULL) - before < 10, "it took %d s", (int)(time(NULL) - before));
    ASSERT_RESULT(0, xsock_close(d[1]));
}

/* ---- The low-water mark ---------------------------------------------------------------------- */

enum { MARK = 10, WAIT_NS = 20 * 1000 * 1000 };

static int receive_n(int d, size_t len, int flags, bool as_message)
{
    char data[64];
    struct xsock_vec v = {data, len};
    struct xsock_msg m = {.vec = &v, .vec_count = 1};
    return (int)(as_message ? xsock_recvmsg(d, &m, flags) : xsock_recv(d, data, len, flags));
}

/* How the mark is set: by its option, by the system's number, or before the socket is adopted. */
static int set_mark(int d, int way)
{
    const int mark = MARK;
    uintptr_t h;
    if (way == 0)
        ASSERT_RESULT(0, xsock_set_opt_size(d, XSOCK_SO_RCVLOWAT, MARK));
    else if (way == 1)
        ASSERT_RESULT(0, xsock_set_opt_raw(d, SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof mark));
    if (way != 2)
        return d;
    ASSERT_RESULT(0, xsock_release(d, &h));
    assert_int_equal(setsockopt((int)h, SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof mark), 0);
    return ASSERT_OPENS(xsock_adopt(h, 0));
}

static void a_blocking_receive_waits_for_the_low_water_mark(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        int d[2];
        bool as_message = i % 2 == 1;
        if (i < 6)
            sockets_tcp(d);
        else
            sockets_pair(XSOCK_SOCK_STREAM, d);
        d[1] = set_mark(d[1], i / 2 % 3);
        ASSERT_RESULT(0, xsock_set_flags(d[1], 0));
        ASSERT_RESULT(0, xsock_set_opt_time(d[1], XSOCK_SO_RCVTIMEO, WAIT_NS));
        ASSERT_RESULT(5, (int)xsock_send(d[0], "abcde", 5, 0));
        /* the bytes have arrived */
        ASSERT_RESULT(5, receive_n(d[1], 20, XSOCK_MSG_PEEK, as_message));
        int64_t before = xsock_now();
        ASSERT_RESULT(5, receive_n(d[1], 20, 0, as_message)); /* the bytes that arrive in time */
        assert_true(xsock_now() - before >= WAIT_NS);
        ASSERT_RESULT(0, xsock_set_opt_time(d[1], XSOCK_SO_RCVTIMEO, -1));
        ASSERT_RESULT(12, (int)xsock_send(d[0], "abcdefghijkl", 12, 0));
        ASSERT_RESULT(4, receive_n(d[1], 4, XSOCK_MSG_WAITALL, as_message));
        /* the buffer is smaller than the mark */
        ASSERT_RESULT(4, receive_n(d[1], 4, 0, as_message));
        ASSERT_RESULT(4, receive_n(d[1], 20, XSOCK_MSG_DONTWAIT, as_message));
        ASSERT_RESULT(2, (int)xsock_send(d[0], "mn", 2, 0));
        ASSERT_RESULT(0, xsock_shutdown(d[0], XSOCK_SHUT_WR));
        ASSERT_RESULT(2, receive_n(d[1], 20, 0, as_message)); /* no more bytes will come */
        ASSERT_RESULT(0, receive_n(d[1], 20, 0, as_message));
        sockets_close(d[0]);
        sockets_close(d[1]);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_group_is_joined_and_left),
        TEST(a_group_of_inet6_is_joined_and_left),
        TEST(one_source_of_a_group_is_heard_and_no_other),
        TEST(a_socket_receives_its_own_groups_only),
        TEST(a_group_must_be_one),
        TEST(where_multicast_leaves_can_be_read),
        TEST(an_address_that_was_set_without_xsock_is_read_as_its_interface),
        TEST(congestion_control_has_a_name),
        TEST(tcp_tells_what_it_knows),
        TEST(a_pending_error_is_read_once),
        TEST(an_error_that_another_call_has_told_is_not_pending),
        TEST(a_socket_is_tied_to_a_device),
        TEST(the_systems_own_numbers_go_through),
        TEST(closing_does_not_wait_for_what_is_unsent),
#ifndef _WIN32
        TEST(closing_does_not_wait_for_a_linger_time_set_outside),
        TEST(a_blocking_receive_waits_for_the_low_water_mark),
#endif
    };
    return cmocka_run_group_tests(tests, wait_once, NULL);
}
