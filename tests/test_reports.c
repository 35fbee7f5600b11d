/* The reports of the network about a datagram's peer. Each report is returned once, by the next
 * call, and only while the socket has that peer. Also the state that is left after an association
 * has ended. */
#include "harness.h"
#include "sockets.h"
#include "wine.h"

/* An address at which nobody listens. */
static struct xsock_addr closed_port(void)
{
    struct xsock_addr a;
    sockets_close(sockets_udp(&a));
    return a;
}

static void connect_to(int d, const struct xsock_addr *a)
{
    ASSERT_RESULT(0, xsock_connect(d, a));
}

/* The socket's peer is gone, and the network has reported this. */
static void be_refused(int d)
{
    struct xsock_addr nobody = closed_port();
    struct xsock_pollfd p = {.fd = d, .events = XSOCK_POLLIN};
    connect_to(d, &nobody);
    ASSERT_RESULT(1, (int)xsock_send(d, "x", 1, 0));
    ASSERT_RESULT(1, xsock_poll(&p, 1, 10000000000));
    assert_true((p.revents & XSOCK_POLLERR) != 0);
}

static const struct xsock_addr unspec = {.family = XSOCK_AF_UNSPEC};

static void a_report_of_an_earlier_peer_is_not_told_to_the_next_one(void **state)
{
    char byte;
    struct xsock_addr own, other;
    int d, peer;
    (void)state;
    if (is_wine())
        SKIP("Wine does not report a refused peer of UDP");
    d = sockets_udp(&own);
    peer = sockets_udp(&other);
    be_refused(d);
    connect_to(d, &other);
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recv(d, &byte, 1, XSOCK_MSG_DONTWAIT));
    be_refused(d);
    connect_to(d, &other);
    ASSERT_RESULT(1, (int)xsock_send(d, "x", 1, 0));
    ASSERT_RESULT(1, (int)xsock_recv(peer, &byte, 1, 0));
    be_refused(d);
    connect_to(d, &unspec);
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recv(d, &byte, 1, XSOCK_MSG_DONTWAIT));
    be_refused(d);
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, (int)xsock_recv(d, &byte, 1, XSOCK_MSG_DONTWAIT));
    sockets_close(d);
    sockets_close(peer);
}

/* On Linux the report comes over loopback before the send returns. */
#ifdef __linux__
static int send_growing(int d, size_t n)
{
    static char data[8];
    struct xsock_dgram v[4];
    memset(v, 0, sizeof v);
    /* of different sizes, so that they are not sent as one message */
    for (size_t i = 0; i < n; i++)
        v[i] = (struct xsock_dgram){.base = data, .len = i + 1};
    return xsock_send_batch(d, v, n, 0);
}

static void a_report_that_ends_a_batch_is_told_by_the_next_call(void **state)
{
    struct xsock_addr own, nobody = closed_port();
    int d = sockets_udp(&own);
    char byte;
    uint64_t error;
    struct xsock_dgram one = {.base = &byte, .len = 1};
    struct xsock_vec vec = {&byte, 1};
    struct xsock_msg m = {.vec = &vec, .vec_count = 1};
    (void)state;
    connect_to(d, &nobody);
    for (int call = 0; call < 8; call++) {
        ASSERT_RESULT(1, send_growing(d, 4));
        int rc = call == 0   ? (int)xsock_send(d, "x", 1, 0)
                 : call == 1 ? (int)xsock_recv(d, &byte, 1, 0)
                 : call == 2 ? (int)xsock_sendmsg(d, &m, 0)
                 : call == 3 ? (int)xsock_recvmsg(d, &m, 0)
                 : call == 4 ? xsock_send_batch(d, &one, 1, 0)
                 : call == 5 ? xsock_recv_batch(d, &one, 1, 0)
                 : call == 6 ? (int)xsock_recvfrom(d, &byte, 1, XSOCK_MSG_PEEK, NULL)
                             : send_growing(d, 4);
        ASSERT_RESULT(-XSOCK_ECONNREFUSED, rc);
        assert_int_equal(xsock_oserror(), 111);
        ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recv(d, &byte, 1, XSOCK_MSG_DONTWAIT)); /* once */
    }
    ASSERT_RESULT(1, send_growing(d, 2));
    ASSERT_RESULT(0, xsock_get_opt_size(d, XSOCK_SO_ERROR, &error));
    assert_int_equal(error, XSOCK_ECONNREFUSED);
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recv(d, &byte, 1, XSOCK_MSG_DONTWAIT));
    ASSERT_RESULT(1, send_growing(d, 2));
    connect_to(d, &unspec);
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recv(d, &byte, 1, XSOCK_MSG_DONTWAIT));
    sockets_close(d);
}
#endif

static uint32_t port_of(int d)
{
    struct xsock_addr a;
    ASSERT_RESULT(0, xsock_local_addr(d, &a));
    return a.port;
}

static void a_socket_that_leaves_its_peer_keeps_its_port(void **state)
{
    (void)state;
    if (is_wine())
        SKIP("Wine has Linux disconnect the socket, which loses its port");
    for (int i = 0; i < 4; i++) {
        struct xsock_addr any = {.family = i < 2 ? XSOCK_AF_INET : XSOCK_AF_INET6}, here, other;
        int peer = sockets_udp(&other);
        int d = xsock_open(any.family, XSOCK_SOCK_DGRAM | XSOCK_SOCK_NONBLOCK, 0);
        char byte = 0;
        any.length = any.family == XSOCK_AF_INET ? 4 : 16;
        if (any.family == XSOCK_AF_INET6) { /* the peer's address, mapped */
            struct xsock_addr mapped = {.family = XSOCK_AF_INET6, .port = other.port, .length = 16};
            memset(mapped.data + 10, 0xff, 2);
            memcpy(mapped.data + 12, other.data, 4);
            other = mapped;
        }
        if (d < 0) /* a machine without INET6 */
            ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, d);
        else {
            if (i % 2 == 0) /* otherwise connect binds the socket */
                ASSERT_RESULT(0, xsock_bind(d, &any));
            connect_to(d, &other);
            uint32_t port = port_of(d);
            assert_true(port != 0);
            connect_to(d, &unspec);
            assert_int_equal(port_of(d), port);
            here = sockets_loopback();
            here.port = port;
            ASSERT_RESULT(1, (int)xsock_sendto(peer, "x", 1, 0, &here));
            struct xsock_pollfd p = {.fd = d, .events = XSOCK_POLLIN};
            ASSERT_RESULT(1, xsock_poll(&p, 1, 10000000000));
            ASSERT_RESULT(1, (int)xsock_recv(d, &byte, 1, 0));
            assert_int_equal(byte, 'x');
            sockets_close(d);
        }
        sockets_close(peer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_report_of_an_earlier_peer_is_not_told_to_the_next_one),
#ifdef __linux__
        TEST(a_report_that_ends_a_batch_is_told_by_the_next_call),
#endif
        TEST(a_socket_that_leaves_its_peer_keeps_its_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
