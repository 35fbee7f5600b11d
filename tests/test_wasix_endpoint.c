/* The endpoints of a guest: addresses, listening, connecting, and the results of connecting. */
#include "guest_net.h"
#include "guests.h"
#include "threads.h"
#include "xsock_native.h"

#include <string.h>

enum { OPENING, OPENED, CLOSED, FAILED, NONBLOCK = 4, END = GUEST_MEMORY };

/* ---- Connections ----------------------------------------------------------------------------- */

static void take_a_connection(int af)
{
    unsigned port, from;
    int listener = guest_listen(&other, af, &port);
    int d = guest_open(&guest, af, XSOCK_SOCK_STREAM);
    assert_true(port != 0);
    guest_put_addr(&guest, NET_ADDR, af, port);
    ASSERT_ERRNO(0, CALL2(&guest, "sock_connect", d, NET_ADDR));
    from = guest_port(&guest, d);
    ASSERT_ERRNO(0, CALL4(&other, "sock_accept_v2", listener, 0, NET_FD, NET_PEER));
    assert_int_equal(guest_get32(&other, NET_FD), listener + 1);
    guest_put_addr(&other, NET_ADDR, af, from);
    assert_memory_equal(other.bytes + NET_PEER, other.bytes + NET_ADDR, 110);
    ASSERT_ERRNO(0, CALL2(&guest, "sock_addr_peer", d, NET_PEER));
    assert_memory_equal(guest.bytes + NET_PEER, guest.bytes + NET_ADDR, 110);
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d));
    ASSERT_ERRNO(0, CALL1(&other, "fd_close", listener));
    ASSERT_ERRNO(0, CALL1(&other, "fd_close", listener + 1));
}

static void a_listener_takes_a_connection(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        guests_set_module(guest_modules[i]);
        take_a_connection(XSOCK_AF_INET);
    }
}

static void a_listener_takes_a_connection_over_inet6(void **state)
{
    (void)state;
    if (xsock_probe(XSOCK_AF_INET6, XSOCK_SOCK_STREAM, 0) != 0)
        SKIP("no INET6 here");
    for (int i = 0; i < 2; i++) {
        guests_set_module(guest_modules[i]);
        take_a_connection(XSOCK_AF_INET6);
    }
}

/* Port 0 and the any address, as for a program that never binds. */
static void listening_binds(void **state)
{
    unsigned port;
    (void)state;
    int listener = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    ASSERT_ERRNO(0, CALL2(&guest, "sock_listen", listener, UINT32_MAX));
    port = guest_port(&guest, listener);
    assert_true(port != 0);
    int d = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET, port);
    ASSERT_ERRNO(0, CALL2(&guest, "sock_connect", d, NET_ADDR));
    ASSERT_ERRNO(XSOCK_EISCONN, CALL2(&guest, "sock_connect", d, NET_ADDR));
    ASSERT_ERRNO(XSOCK_EINVAL, CALL2(&guest, "sock_listen", d, 1));
    int dgram = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    ASSERT_ERRNO(XSOCK_ENOTSUP, CALL2(&guest, "sock_listen", dgram, 1));
    ASSERT_ERRNO(XSOCK_ENOTSUP, CALL4(&guest, "sock_accept", dgram, 0, NET_FD, NET_PEER));
}

static int accept_with(int listener, const char *module, unsigned flags)
{
    unsigned port = guest_port(&guest, listener);
    int d = guest_open(&other, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    guest_put_addr(&other, NET_ADDR, XSOCK_AF_INET, port);
    ASSERT_ERRNO(0, CALL2(&other, "sock_connect", d, NET_ADDR));
    guest.module = module;
    memset(guest.bytes + NET_PEER, 0xee, 8);
    ASSERT_ERRNO(0, CALL4(&guest, "sock_accept", listener, flags, NET_FD, NET_PEER));
    /* this version of the call has no such result */
    bool preview1 = strcmp(module, "wasi_snapshot_preview1") == 0;
    unsigned peer = guest_get16(&guest, NET_PEER + 2);
    guest.module = "wasix_32v1";
    assert_int_equal(guest.bytes[NET_PEER], preview1 ? 0xee : XSOCK_AF_INET);
    assert_int_equal(peer, preview1 ? 0xeeee : guest_port(&other, d));
    return (int)guest_get32(&guest, NET_FD);
}

static void recv_one(void *user)
{
    uint32_t *out = user;
    *out = guest_recv(&guest, (int)*out, 0, 16);
}

/* NONBLOCK of the new socket is given by the call, not by the listener. The listener's own NONBLOCK
 * has no effect on it. */
static void what_is_accepted_has_the_flags_of_the_call(void **state)
{
    unsigned port;
    (void)state;
    int listener = guest_listen(&guest, XSOCK_AF_INET, &port);
    int d = accept_with(listener, "wasix_32v1", NONBLOCK);
    ASSERT_ERRNO(XSOCK_EAGAIN, guest_recv(&guest, d, 0, 16));
    d = accept_with(listener, "wasix_64v1", NONBLOCK);
    ASSERT_ERRNO(XSOCK_EAGAIN, guest_recv(&guest, d, 0, 16));
    d = accept_with(listener, "wasi_snapshot_preview1", NONBLOCK);
    ASSERT_ERRNO(XSOCK_EAGAIN, guest_recv(&guest, d, 0, 16));
    uint32_t waiting = (uint32_t)accept_with(listener, "wasi_snapshot_preview1", 0);
    /* The call waits, or is about to wait, and never returns EAGAIN. */
    struct thread *t = thread_start(recv_one, &waiting);
    assert_non_null(t);
    xsock_wasix_end(guest.process);
    thread_join(t);
    ASSERT_THAT(waiting == XSOCK_ECANCELED || waiting == XSOCK_EBADF, "errno %u",
                (unsigned)waiting);
}

static void a_listener_that_may_not_wait_says_so(void **state)
{
    (void)state;
    int listener = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK);
    guest_bind(&guest, listener, XSOCK_AF_INET);
    ASSERT_ERRNO(XSOCK_EINVAL, CALL4(&guest, "sock_accept", listener, 0, NET_FD, NET_PEER));
    ASSERT_ERRNO(0, CALL2(&guest, "sock_listen", listener, 1));
    ASSERT_ERRNO(XSOCK_EAGAIN, CALL4(&guest, "sock_accept_v2", listener, 0, NET_FD, NET_PEER));
    int d = accept_with(listener, "wasix_32v1", 0);
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d));
}

static void shutting_down_has_three_ways(void **state)
{
    static const uint32_t bad[] = {0, 4, 5, 0x80000001, UINT32_MAX};
    int d[2];
    (void)state;
    guest_connect(&guest, &other, XSOCK_AF_INET, d);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ASSERT_ERRNO(XSOCK_EINVAL, CALL2(&guest, "sock_shutdown", d[0], bad[i]));
    ASSERT_ERRNO(0, guest_send(&guest, d[0], "still here"));
    ASSERT_ERRNO(0, CALL2(&guest, "sock_shutdown", d[0], XSOCK_SHUT_WR));
    ASSERT_ERRNO(XSOCK_EPIPE, guest_send(&guest, d[0], "x"));
    ASSERT_ERRNO(0, guest_recv(&other, d[1], 0, 64));
    ASSERT_GOT(&other, "still here");
    ASSERT_ERRNO(0, guest_recv(&other, d[1], 0, 64));
    assert_int_equal(guest_done(&other), 0);
    other.module = "wasi_snapshot_preview1";
    ASSERT_ERRNO(0, CALL2(&other, "sock_shutdown", d[1], XSOCK_SHUT_RDWR));
    int fresh = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    ASSERT_ERRNO(XSOCK_ENOTCONN, CALL2(&guest, "sock_shutdown", fresh, XSOCK_SHUT_RD));
}

/* ---- Connecting without waiting, and the status of sockets ----------------------------------- */

static int settled_status(struct guest *g, int d)
{
    int status;
    UNTIL((status = guest_status(g, d)) != OPENING, thread_yield());
    return status;
}

static void a_connect_can_be_under_way(void **state)
{
    unsigned port;
    (void)state;
    int listener = guest_listen(&other, XSOCK_AF_INET, &port);
    int d = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK);
    assert_int_equal(guest_status(&guest, d), OPENING);
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET, port);
    uint32_t e = CALL2(&guest, "sock_connect", d, NET_ADDR);
    ASSERT_THAT(e == 26 || e == 0, "errno %u",
                (unsigned)e); /* EINPROGRESS, unless the system was fast */
    ASSERT_ERRNO(0, CALL4(&other, "sock_accept", listener, 0, NET_FD, NET_PEER));
    int accepted = (int)guest_get32(&other, NET_FD);
    assert_int_equal(settled_status(&guest, d), OPENED);
    assert_int_equal(guest_status(&other, accepted), OPENED);
    assert_int_equal(guest_status(&other, listener), OPENED);
    e = CALL2(&guest, "sock_connect", d, NET_ADDR); /* reports the end of the connect, once */
    ASSERT_THAT(e == 0 || e == XSOCK_EISCONN, "errno %u", (unsigned)e);
    ASSERT_ERRNO(XSOCK_EISCONN, CALL2(&guest, "sock_connect", d, NET_ADDR));
    ASSERT_ERRNO(0, guest_send(&other, accepted, "bye"));
    ASSERT_ERRNO(0, CALL1(&other, "fd_close", accepted));
    ASSERT_ERRNO(0, guest_recv(&guest, d, 2, 3));
    UNTIL(guest_status(&guest, d) != OPENED, thread_yield());
    assert_int_equal(guest_status(&guest, d), CLOSED);
}

static void a_refused_connect_has_failed(void **state)
{
    unsigned port;
    (void)state;
    int listener = guest_listen(&other, XSOCK_AF_INET, &port);
    ASSERT_ERRNO(0, CALL1(&other, "fd_close", listener));
    int d = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK);
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET, port);
    uint32_t e = CALL2(&guest, "sock_connect", d, NET_ADDR);
    if (e == XSOCK_EINPROGRESS) {
        assert_int_equal(settled_status(&guest, d), FAILED);
        ASSERT_ERRNO(XSOCK_ECONNREFUSED, CALL2(&guest, "sock_connect", d, NET_ADDR));
    } else {
        ASSERT_ERRNO(XSOCK_ECONNREFUSED, e);
    }
    assert_int_equal(guest_status(&guest, d), OPENING); /* reported, so the guest may try again */
    int dgram = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    assert_int_equal(guest_status(&guest, dgram), OPENED);
}

static void datagrams_can_forget_their_peer(void **state)
{
    unsigned port;
    (void)state;
    int to = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    int d = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    port = guest_bind(&guest, to, XSOCK_AF_INET);
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET, port);
    ASSERT_ERRNO(0, CALL2(&guest, "sock_connect", d, NET_ADDR));
    ASSERT_ERRNO(0, guest_send(&guest, d, "to my peer"));
    ASSERT_ERRNO(0, guest_recv(&guest, to, 0, 64));
    ASSERT_GOT(&guest, "to my peer");
    memset(guest.bytes + NET_ADDR, 0, 110);
    ASSERT_ERRNO(0, CALL2(&guest, "sock_connect", d, NET_ADDR));
    ASSERT_ERRNO(XSOCK_EDESTADDRREQ, guest_send(&guest, d, "x"));
    int stream = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    ASSERT_ERRNO(XSOCK_EAFNOSUPPORT, CALL2(&guest, "sock_connect", stream, NET_ADDR));
}

/* ---- Addresses ------------------------------------------------------------------------------- */

static void an_address_of_another_family_is_refused(void **state)
{
    (void)state;
    int d = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    static const unsigned char tags[] = {0, 2, 3, 4, 255};
    for (size_t i = 0; i < sizeof tags; i++) {
        guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET, 0);
        guest.bytes[NET_ADDR] = tags[i];
        ASSERT_ERRNO(XSOCK_EAFNOSUPPORT, CALL2(&guest, "sock_bind", d, NET_ADDR));
        ASSERT_ERRNO(XSOCK_EAFNOSUPPORT, CALL2(&guest, "sock_connect", d, NET_ADDR));
    }
    assert_int_equal(guest_port(&guest, d), 0);
    ASSERT_ERRNO(XSOCK_ENOTCONN, CALL2(&guest, "sock_addr_peer", d, NET_PEER));
}

/* Guests that were built when an addr_port had 20 bytes. No further byte is read or written. */
static void small_addresses_are_small(void **state)
{
    struct xsock_wasix_config config = {.addr_port_size = 20};
    static struct guest small;
    unsigned port;
    (void)state;
    guest_start(&small, &config);
    int listener = guest_listen(&small, XSOCK_AF_INET, &port);
    int d = guest_open(&small, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    guest_put_addr(&small, NET_ADDR, XSOCK_AF_INET, port);
    memcpy(small.bytes + END - 20, small.bytes + NET_ADDR, 20);
    ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL2(&small, "sock_connect", d, END - 19));
    ASSERT_ERRNO(0, CALL2(&small, "sock_connect", d, END - 20));
    memset(small.bytes + NET_PEER, 0xee, 128);
    ASSERT_ERRNO(0, CALL4(&small, "sock_accept_v2", listener, 0, NET_FD, NET_PEER));
    for (int i = 20; i < 128; i++)
        assert_int_equal(small.bytes[NET_PEER + i], 0xee);
    ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL2(&small, "sock_addr_peer", d, END - 19));
    memset(small.bytes + END - 20, 0xee, 20);
    ASSERT_ERRNO(0, CALL2(&small, "sock_addr_peer", d, END - 20));
    assert_memory_equal(small.bytes + END - 20, small.bytes + NET_ADDR, 20);
    guest_stop(&small);
}

static void without_a_policy_names_of_the_host_are_refused(void **state)
{
    (void)state;
    int d = guest_open(&guest, XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM);
    if (d < 0)
        SKIP("no LOCAL here");
    memset(guest.bytes + NET_ADDR, 0, 110);
    guest.bytes[NET_ADDR] = XSOCK_AF_LOCAL;
    memcpy(guest.bytes + NET_ADDR + 2, "name", 4);
    ASSERT_ERRNO(XSOCK_EACCES, CALL2(&guest, "sock_bind", d, NET_ADDR));
    ASSERT_ERRNO(XSOCK_EACCES, CALL2(&guest, "sock_connect", d, NET_ADDR));
}

/* ---- The probe that wasix-libc makes when it first gets an address --------------------------- */

struct probe {
    struct guest *g;
    struct gate *gate;
    uint32_t bound;
    unsigned port;
    uint32_t opened, named, closed; /* errnos, which the test's own thread checks */
};

static void probe(void *user)
{
    struct probe *p = user;
    gate_wait(p->gate);
    p->opened = CALL4(p->g, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, NET_FD);
    int d = (int)guest_get32(p->g, NET_FD);
    memset(p->g->bytes + NET_ADDR, 0, 110);
    p->g->bytes[NET_ADDR] = XSOCK_AF_INET;
    guest_put16(p->g, NET_ADDR + 2, 10275);
    p->bound = CALL2(p->g, "sock_bind", d, NET_ADDR);
    p->named = CALL2(p->g, "sock_addr_local", d, NET_PEER);
    p->port = guest_get16(p->g, NET_PEER + 2);
    p->closed = CALL1(p->g, "fd_close", d);
}

/* Another program may have the port. The answer is one of two, and the port has the host's byte
 * order. */
static void the_port_probe_is_tolerated(void **state)
{
    struct gate *gate = gate_create();
    struct probe p[2] = {{.g = &guest, .gate = gate}, {.g = &other, .gate = gate}};
    (void)state;
    struct thread *a = thread_start(probe, &p[0]), *b = thread_start(probe, &p[1]);
    assert_true(a != NULL && b != NULL);
    gate_open(gate);
    thread_join(a);
    thread_join(b);
    gate_destroy(gate);
    for (int i = 0; i < 2; i++) {
        ASSERT_ERRNO(0, p[i].opened);
        ASSERT_ERRNO(0, p[i].named);
        ASSERT_ERRNO(0, p[i].closed);
        ASSERT_THAT(p[i].bound == 0 || p[i].bound == XSOCK_EADDRINUSE, "errno %u",
                    (unsigned)p[i].bound);
        assert_int_equal(p[i].port, p[i].bound == 0 ? 10275 : 0);
        assert_int_equal(guest_open(p[i].g, XSOCK_AF_INET, XSOCK_SOCK_STREAM), 3);
    }
}

/* A socket of the host may be of a family for which WASIX has no number. No number is made up. */
static void an_address_that_wasix_can_not_have_is_unspecified(void **state)
{
    static const unsigned char none[110];
    uintptr_t handle;
    (void)state;
    int d = xsock_open(XSOCK_AF_NETLINK, XSOCK_SOCK_RAW, 0);
    if (d == -XSOCK_EAFNOSUPPORT)
        SKIP("Linux alone has sockets of NETLINK");
    ASSERT_OPENS(d);
    ASSERT_RESULT(0, xsock_release(d, &handle));
    d = ASSERT_OPENS(xsock_wasix_adopt(guest.process, handle, 0));
    memset(guest.bytes + NET_PEER, 0xee, 110);
    ASSERT_ERRNO(0, CALL2(&guest, "sock_addr_local", d, NET_PEER));
    assert_memory_equal(guest.bytes + NET_PEER, none, sizeof none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(a_listener_takes_a_connection),
        GUEST_TEST(a_listener_takes_a_connection_over_inet6),
        GUEST_TEST(listening_binds),
        GUEST_TEST(what_is_accepted_has_the_flags_of_the_call),
        GUEST_TEST(a_listener_that_may_not_wait_says_so),
        GUEST_TEST(shutting_down_has_three_ways),
        GUEST_TEST(a_connect_can_be_under_way),
        GUEST_TEST(a_refused_connect_has_failed),
        GUEST_TEST(datagrams_can_forget_their_peer),
        GUEST_TEST(an_address_of_another_family_is_refused),
        GUEST_TEST(small_addresses_are_small),
        GUEST_TEST(without_a_policy_names_of_the_host_are_refused),
        GUEST_TEST(the_port_probe_is_tolerated),
        GUEST_TEST(an_address_that_wasix_can_not_have_is_unspecified),
    };
    return cmocka_run_group_tests_name("endpoints of guests", tests, NULL, NULL);
}
