/* The requests that a policy gets for endpoints and datagrams, and the effect of its answers. */
#include "guest_net.h"
#include "guests.h"
#include "qemu.h"
#include "xsock_native.h"

#include <string.h>

/* The answer that the policy must give, and the requests that it got. */
static struct {
    int deny;     /* a kind of request */
    bool rewrite; /* the address is replaced by `to` */
    struct xsock_addr to;
    int asked, of[XSOCK_WASIX_INTERFACES + 1];
    struct xsock_wasix_request last;
} rule;

static bool policy(void *user, struct xsock_wasix_request *r)
{
    (void)user;
    rule.asked++;
    rule.of[r->action]++;
    rule.last = *r;
    if (rule.rewrite && r->action != XSOCK_WASIX_OPEN)
        r->addr = rule.to;
    return r->action != rule.deny;
}

static int setup(void **state)
{
    struct xsock_wasix_config config = {.policy = policy};
    int rc = guests_setup_with(state, &config);
    memset(&rule, 0, sizeof rule);
    return rc;
}

static void assert_asked(int what, int times)
{
    assert_int_equal(rule.of[what], times);
}

static struct xsock_addr loopback(unsigned port)
{
    return (struct xsock_addr){
        .family = XSOCK_AF_INET, .port = port, .length = 4, .data = {127, 0, 0, 1}};
}

static void binding_is_asked(void **state)
{
    (void)state;
    int d = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    rule.deny = XSOCK_WASIX_BIND;
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET, 0);
    ASSERT_ERRNO(XSOCK_EACCES, CALL2(&guest, "sock_bind", d, NET_ADDR));
    assert_asked(XSOCK_WASIX_BIND, 1);
    assert_int_equal(rule.last.af, XSOCK_AF_INET);
    assert_int_equal(rule.last.type, XSOCK_SOCK_DGRAM);
    assert_int_equal(rule.last.protocol, 17);
    assert_true(xsock_addr_equal(
        &rule.last.addr,
        &(struct xsock_addr){.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}}));
    assert_int_equal(guest_port(&guest, d), 0);
    rule.deny = 0;
    assert_true(guest_bind(&guest, d, XSOCK_AF_INET) != 0);
}

/* An address of another family cannot be valid, so the policy is not asked. */
static void what_can_not_be_is_not_asked(void **state)
{
    (void)state;
    int d = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET6, 0);
    guest_put_vec(&guest, NET_VEC, NET_OUT, 1);
    ASSERT_ERRNO(XSOCK_EAFNOSUPPORT, CALL2(&guest, "sock_bind", d, NET_ADDR));
    ASSERT_ERRNO(XSOCK_EAFNOSUPPORT, CALL2(&guest, "sock_connect", d, NET_ADDR));
    ASSERT_ERRNO(XSOCK_EAFNOSUPPORT,
                 CALL6(&guest, "sock_send_to", d, NET_VEC, 1, 0, NET_ADDR, NET_DONE));
    memset(guest.bytes + NET_ADDR, 0, 110); /* UNSPEC: the peer is removed */
    ASSERT_ERRNO(0, CALL2(&guest, "sock_connect", d, NET_ADDR));
    assert_asked(XSOCK_WASIX_OPEN, 1);
    assert_int_equal(rule.asked, 1);
}

/* A program that never binds listens on every address. The policy gets the same request as for a
 * bind to every address. */
static void listening_without_an_address_is_asked(void **state)
{
    static const struct xsock_addr any = {.family = XSOCK_AF_INET, .length = 4};
    (void)state;
    int d = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    rule.deny = XSOCK_WASIX_BIND;
    ASSERT_ERRNO(XSOCK_EACCES, CALL2(&guest, "sock_listen", d, 1));
    assert_asked(XSOCK_WASIX_BIND, 1);
    assert_true(xsock_addr_equal(&rule.last.addr, &any));
    assert_int_equal(guest_port(&guest, d), 0);
    ASSERT_ERRNO(XSOCK_EINVAL, CALL4(&guest, "sock_accept", d, 0, NET_FD, NET_PEER));
    rule.deny = 0;
    rule.rewrite = true; /* on loopback only */
    rule.to = loopback(0);
    ASSERT_ERRNO(0, CALL2(&guest, "sock_listen", d, 1));
    assert_true(guest_port(&guest, d) != 0);
    assert_int_equal(guest.bytes[NET_PEER + 4], 127);
    assert_asked(XSOCK_WASIX_BIND, 2);
    ASSERT_ERRNO(0, CALL2(&guest, "sock_listen", d, 2)); /* the socket has a port now */
    assert_asked(XSOCK_WASIX_BIND, 2);
}

/* The policy answers with an address that the system refuses. The guest then gets no address, and
 * not the address that it would have got without the policy. */
static void a_listener_is_where_the_policy_says_or_nowhere(void **state)
{
    (void)state;
    int d = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    rule.rewrite = true;
    rule.to = loopback(0);
    rule.to.length = 3;
    ASSERT_ERRNO(XSOCK_EINVAL, CALL2(&guest, "sock_listen", d, 1));
    assert_int_equal(guest_port(&guest, d), 0);
    ASSERT_ERRNO(XSOCK_EINVAL, CALL4(&guest, "sock_accept", d, 0, NET_FD, NET_PEER));
}

/* A socket of the host's that is bound already. The policy is asked about the address that the
 * socket has. */
static void a_bound_socket_of_the_hosts_is_asked_about_as_it_is(void **state)
{
    struct xsock_addr a = loopback(0);
    uintptr_t handle;
    (void)state;
    int l = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(l, &a));
    ASSERT_RESULT(0, xsock_local_addr(l, &a));
    ASSERT_RESULT(0, xsock_release(l, &handle));
    int d = ASSERT_OPENS(xsock_wasix_adopt(guest.process, handle, 0));
    rule.deny = XSOCK_WASIX_BIND;
    ASSERT_ERRNO(XSOCK_EACCES, CALL2(&guest, "sock_listen", d, 1));
    assert_true(xsock_addr_equal(&rule.last.addr, &a));
    rule.deny = 0;
    rule.rewrite = true; /* but the address cannot be replaced */
    rule.to = loopback(0);
    ASSERT_ERRNO(XSOCK_EINVAL, CALL2(&guest, "sock_listen", d, 1));
    rule.rewrite = false;
    ASSERT_ERRNO(0, CALL2(&guest, "sock_listen", d, 1));
    assert_int_equal(guest_port(&guest, d), a.port);
}

/* If a LOCAL socket is bound to no name, Linux gives the socket a name that the whole host can
 * see. */
static void no_name_is_had_by_asking_for_none(void **state)
{
    (void)state;
    for (int type = XSOCK_SOCK_STREAM; type <= XSOCK_SOCK_DGRAM; type++) {
        int d = guest_open(&other, XSOCK_AF_LOCAL, type);
        if (d < 0)
            SKIP("no LOCAL family");
        memset(other.bytes + NET_ADDR, 0, 110);
        other.bytes[NET_ADDR] = XSOCK_AF_LOCAL;
        ASSERT_ERRNO(XSOCK_EACCES, CALL2(&other, "sock_bind", d, NET_ADDR));
        ASSERT_ERRNO(0, CALL2(&other, "sock_addr_local", d, NET_PEER));
        assert_memory_equal(other.bytes + NET_PEER, other.bytes + NET_ADDR, 110);
    }
}

/* The protocol that a socket will have, not the 0 that stands for the default. */
static void opening_is_asked_with_the_protocol_that_is_meant(void **state)
{
    (void)state;
    rule.deny = XSOCK_WASIX_OPEN;
    ASSERT_ERRNO(XSOCK_EACCES,
                 CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, NET_FD));
    assert_int_equal(rule.last.protocol, 6);
    ASSERT_ERRNO(XSOCK_EACCES,
                 CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0, NET_FD));
    assert_int_equal(rule.last.protocol, 17);
    ASSERT_ERRNO(XSOCK_EPROTONOSUPPORT,
                 CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 17, NET_FD));
    assert_asked(XSOCK_WASIX_OPEN, 2);
}

static void a_policy_may_send_a_connection_elsewhere(void **state)
{
    unsigned port;
    (void)state;
    int listener = guest_listen(&other, XSOCK_AF_INET, &port);
    int d = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET, 1);
    rule.deny = XSOCK_WASIX_CONNECT;
    ASSERT_ERRNO(XSOCK_EACCES, CALL2(&guest, "sock_connect", d, NET_ADDR));
    assert_int_equal(guest_port(&guest, d), 0);
    rule.deny = 0;
    rule.rewrite = true;
    rule.to = loopback(port);
    ASSERT_ERRNO(0, CALL2(&guest, "sock_connect", d, NET_ADDR));
    assert_int_equal(guest.bytes[NET_ADDR + 2], 1); /* the guest's memory is not changed */
    ASSERT_ERRNO(0, CALL4(&other, "sock_accept", listener, 0, NET_FD, NET_PEER));
    ASSERT_ERRNO(0, CALL2(&guest, "sock_addr_peer", d, NET_PEER));
    assert_int_equal(guest_get16(&guest, NET_PEER + 2), port);
    rule.to.family = XSOCK_AF_INET6; /* a family that this socket cannot have */
    rule.to.length = 16;
    int e = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    ASSERT_ERRNO(XSOCK_EAFNOSUPPORT, CALL2(&guest, "sock_connect", e, NET_ADDR));
}

/* The any address means this machine, and an address written as IPv6 may be IPv4. A policy gets the
 * address that is really used. */
static void a_destination_is_shown_as_what_it_is(void **state)
{
    struct xsock_addr want = loopback(7);
    (void)state;
    rule.deny = XSOCK_WASIX_CONNECT;
    int d = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET, 7);
    memset(guest.bytes + NET_ADDR + 4, 0, 4);
    ASSERT_ERRNO(XSOCK_EACCES, CALL2(&guest, "sock_connect", d, NET_ADDR));
    assert_true(xsock_addr_equal(&rule.last.addr, &want));
    if (xsock_probe(XSOCK_AF_INET6, XSOCK_SOCK_STREAM, 0) != 0)
        SKIP("no INET6 here: a destination of INET is shown as it is, INET6 was not tried");
    d = guest_open(&guest, XSOCK_AF_INET6, XSOCK_SOCK_STREAM);
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET6, 7);
    memset(guest.bytes + NET_ADDR + 14, 0xff, 2);
    memcpy(guest.bytes + NET_ADDR + 16, want.data, 4);
    ASSERT_ERRNO(XSOCK_EACCES, CALL2(&guest, "sock_connect", d, NET_ADDR));
    assert_true(xsock_addr_equal(&rule.last.addr, &want));
    assert_int_equal(rule.last.af, XSOCK_AF_INET6);
}

/* A policy that got an IPv4 address answers with one. The guest's socket needs the answer in the
 * form that the guest has used. */
static void an_answer_in_ipv4_holds_for_a_socket_of_ipv6(void **state)
{
    unsigned port;
    (void)state;
    if (xsock_probe(XSOCK_AF_INET6, XSOCK_SOCK_STREAM, 0) != 0)
        SKIP("no INET6 here");
    int listener = guest_listen(&other, XSOCK_AF_INET, &port);
    int d = guest_open(&guest, XSOCK_AF_INET6, XSOCK_SOCK_STREAM);
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET6, 1);
    memset(guest.bytes + NET_ADDR + 4, 0, 16);
    memset(guest.bytes + NET_ADDR + 14, 0xff, 2);
    memcpy(guest.bytes + NET_ADDR + 16, "\x7f\0\0\1", 4);
    rule.rewrite = true;
    rule.to = loopback(port);
    ASSERT_ERRNO(0, CALL2(&guest, "sock_connect", d, NET_ADDR));
    ASSERT_ERRNO(0, CALL4(&other, "sock_accept", listener, 0, NET_FD, NET_PEER));
    ASSERT_ERRNO(0, CALL2(&guest, "sock_addr_peer", d, NET_PEER));
    assert_int_equal(guest.bytes[NET_PEER], XSOCK_AF_INET6);
    assert_int_equal(guest_get16(&guest, NET_PEER + 2), port);
    /* an address that was not IPv4 does not become one */
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET6, 1);
    d = guest_open(&guest, XSOCK_AF_INET6, XSOCK_SOCK_STREAM);
    ASSERT_ERRNO(XSOCK_EAFNOSUPPORT, CALL2(&guest, "sock_connect", d, NET_ADDR));
}

/* The policy is asked about each datagram that names its destination. The policy is not asked about
 * datagrams to a peer that was allowed before. */
static void datagrams_are_asked_one_by_one(void **state)
{
    (void)state;
    int to = guest_open(&other, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    int d = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    unsigned port = guest_bind(&other, to, XSOCK_AF_INET);
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET, port);
    memcpy(guest.bytes + NET_OUT, "data", 4);
    guest_put_vec(&guest, NET_VEC, NET_OUT, 4);
    rule.deny = XSOCK_WASIX_SEND;
    guest_put32(&guest, NET_DONE, 77);
    ASSERT_ERRNO(XSOCK_EACCES, CALL6(&guest, "sock_send_to", d, NET_VEC, 1, 0, NET_ADDR, NET_DONE));
    ASSERT_ERRNO(XSOCK_EACCES,
                 CALL8(&guest, "sock_send_msg", d, NET_VEC, 1, 0, NET_ADDR, 0, 0, NET_DONE));
    assert_int_equal(guest_get32(&guest, NET_DONE), 77);
    assert_asked(XSOCK_WASIX_SEND, 2);
    ASSERT_ERRNO(0, CALL2(&guest, "sock_connect", d, NET_ADDR));
    ASSERT_ERRNO(0, guest_send(&guest, d, "peer"));
    assert_asked(XSOCK_WASIX_SEND, 2);
    ASSERT_ERRNO(0, guest_recv(&other, to, 0, 64));
    ASSERT_GOT(&other, "peer");
    ASSERT_ERRNO(XSOCK_EAGAIN, guest_recv(&other, to, WAIT_NOT, 64));
    rule.deny = 0;
    rule.rewrite = true;
    rule.to = loopback(port);
    int e = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET, 1);
    guest_put_vec(&guest, NET_VEC, NET_OUT, 4);
    ASSERT_ERRNO(0, CALL6(&guest, "sock_send_to", e, NET_VEC, 1, 0, NET_ADDR, NET_DONE));
    ASSERT_ERRNO(0, guest_recv(&other, to, 0, 64));
    assert_int_equal(guest_done(&other), 4);
}

/* ---- While a policy thinks ------------------------------------------------------------------- */

static int victim;

/* Acts like another thread of the guest. The socket of the request is closed, and its number is
 * given to another socket. */
static bool swap_sockets(void *user, struct xsock_wasix_request *r)
{
    (void)user;
    if (r->action != XSOCK_WASIX_BIND || r->type != XSOCK_SOCK_DGRAM)
        return r->action != XSOCK_WASIX_BIND; /* only datagram sockets may be bound */
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", victim));
    assert_int_equal(guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM), victim);
    return true;
}

static void an_answer_holds_for_the_socket_that_was_asked_about(void **state)
{
    struct xsock_wasix_config config = {.policy = swap_sockets};
    (void)state;
    guest_stop(&guest);
    guest_start(&guest, &config);
    victim = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET, 0);
    /* The request is about the closed socket, so the answer does not matter. */
    (void)CALL2(&guest, "sock_bind", victim, NET_ADDR);
    assert_int_equal(guest_port(&guest, victim), 0);
    ASSERT_ERRNO(XSOCK_EACCES, CALL2(&guest, "sock_bind", victim, NET_ADDR));
}

/* Only datagram sockets may join. The socket that joins is the one that the policy was asked
 * about. */
static bool swap_before_joining(void *user, struct xsock_wasix_request *r)
{
    (void)user;
    if (r->action != XSOCK_WASIX_JOIN)
        return true;
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", victim));
    assert_int_equal(guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM), victim);
    return true;
}

static void a_group_is_joined_by_the_socket_that_was_asked_about(void **state)
{
    static const unsigned char group[4] = {239, 1, 2, 3}, iface[4] = {127, 0, 0, 1};
    struct xsock_wasix_config config = {.policy = swap_before_joining};
    SKIP_ON_QEMU(QEMU_OPTIONS);
    (void)state;
    guest_stop(&guest);
    guest_start(&guest, &config);
    victim = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    memcpy(guest.bytes + NET_ADDR, group, 4);
    memcpy(guest.bytes + NET_PEER, iface, 4);
    ASSERT_ERRNO(0, CALL3(&guest, "sock_join_multicast_v4", victim, NET_ADDR, NET_PEER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST_AFTER(setup, binding_is_asked),
        GUEST_TEST_AFTER(setup, what_can_not_be_is_not_asked),
        GUEST_TEST_AFTER(setup, listening_without_an_address_is_asked),
        GUEST_TEST_AFTER(setup, a_listener_is_where_the_policy_says_or_nowhere),
        GUEST_TEST_AFTER(setup, a_bound_socket_of_the_hosts_is_asked_about_as_it_is),
        GUEST_TEST_AFTER(setup, no_name_is_had_by_asking_for_none),
        GUEST_TEST_AFTER(setup, opening_is_asked_with_the_protocol_that_is_meant),
        GUEST_TEST_AFTER(setup, a_policy_may_send_a_connection_elsewhere),
        GUEST_TEST_AFTER(setup, a_destination_is_shown_as_what_it_is),
        GUEST_TEST_AFTER(setup, an_answer_in_ipv4_holds_for_a_socket_of_ipv6),
        GUEST_TEST_AFTER(setup, datagrams_are_asked_one_by_one),
        GUEST_TEST_AFTER(setup, an_answer_holds_for_the_socket_that_was_asked_about),
        GUEST_TEST_AFTER(setup, a_group_is_joined_by_the_socket_that_was_asked_about),
    };
    return cmocka_run_group_tests_name("policies of guests", tests, NULL, NULL);
}
