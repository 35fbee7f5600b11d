/* The data of a guest. All the bytes that it sends arrive in order, and nothing is lost. */
#include "guest_net.h"
#include "guests.h"
#include "threads.h"

#include <string.h>

enum { PEEK = 1, WAITALL = 2, WHOLE = 4, TRUNCATED = 1 };

/* ---- Echoes, from a guest in one thread to a guest in another -------------------------------- */

enum { PIECE = 20000, PIECES = 20 };

struct server {
    int d;
    uint32_t failed; /* the errno that ended it, or 0 */
};

/* Sends back the received data until the end. */
static void echo_stream(void *user)
{
    struct server *s = user;
    do {
        s->failed = guest_recv(&other, s->d, 0, NET_CAPACITY);
        if (s->failed != 0 || guest_done(&other) == 0)
            return;
        guest_put_vec(&other, NET_VEC, NET_IN, guest_done(&other));
        s->failed = CALL5(&other, "sock_send", s->d, NET_VEC, 1, 0, NET_DONE);
    } while (s->failed == 0);
}

static void echo_over(int af)
{
    struct server server = {0, 0};
    int d[2];
    guest_connect(&guest, &other, af, d);
    server.d = d[1];
    struct thread *t = thread_start(echo_stream, &server);
    assert_non_null(t);
    for (int i = 0; i < PIECES; i++) {
        for (int n = 0; n < PIECE / 2; n++)
            guest.bytes[NET_OUT + n] = (unsigned char)((n * 7 + i) % 251);
        guest_put_vec(&guest, NET_VEC, NET_OUT, PIECE / 2);
        ASSERT_ERRNO(0, CALL5(&guest, "sock_send", d[0], NET_VEC, 1, 0, NET_DONE));
        assert_int_equal(guest_done(&guest), PIECE / 2);
        memset(guest.bytes + NET_IN, 0, PIECE / 2);
        ASSERT_ERRNO(0, guest_recv(&guest, d[0], WAITALL, PIECE / 2));
        assert_int_equal(guest_done(&guest), PIECE / 2);
        assert_memory_equal(guest.bytes + NET_IN, guest.bytes + NET_OUT, PIECE / 2);
    }
    ASSERT_ERRNO(0, CALL2(&guest, "sock_shutdown", d[0], XSOCK_SHUT_WR));
    thread_join(t);
    assert_int_equal(server.failed, 0);
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[0]));
    ASSERT_ERRNO(0, CALL1(&other, "fd_close", d[1]));
}

static void streams_echo(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        guests_set_module(guest_modules[i]);
        echo_over(XSOCK_AF_INET);
        if (xsock_probe(XSOCK_AF_INET6, XSOCK_SOCK_STREAM, 0) == 0)
            echo_over(XSOCK_AF_INET6);
        else
            print_message("no INET6 here: not tried\n");
    }
}

static uint32_t recv_from(struct guest *g, int d, unsigned riflags, size_t capacity)
{
    guest_put_vec(g, NET_VEC, NET_IN, capacity);
    return CALL7(g, "sock_recv_from", d, NET_VEC, 1, riflags, NET_DONE, NET_FLAGS, NET_PEER);
}

static uint32_t send_to(struct guest *g, int d, const char *text, uint64_t addr)
{
    memcpy(g->bytes + NET_OUT, text, strlen(text));
    guest_put_vec(g, NET_VEC, NET_OUT, strlen(text));
    return CALL6(g, "sock_send_to", d, NET_VEC, 1, 0, addr, NET_DONE);
}

/* The reply goes to the address that came with the request. */
static void echo_datagrams(int af)
{
    int d = guest_open(&guest, af, XSOCK_SOCK_DGRAM), e = guest_open(&other, af, XSOCK_SOCK_DGRAM);
    unsigned port = guest_bind(&other, e, af), from;
    guest_put_addr(&guest, NET_ADDR, af, port);
    ASSERT_ERRNO(0, send_to(&guest, d, "over there", NET_ADDR));
    assert_int_equal(guest_done(&guest), 10);
    from = guest_port(&guest, d);
    ASSERT_ERRNO(0, recv_from(&other, e, 0, 64));
    ASSERT_GOT(&other, "over there");
    assert_int_equal(guest_get16(&other, NET_FLAGS), 0);
    guest_put_addr(&other, NET_ADDR, af, from);
    assert_memory_equal(other.bytes + NET_PEER, other.bytes + NET_ADDR, 110);
    ASSERT_ERRNO(0, send_to(&other, e, "and back", NET_PEER));
    ASSERT_ERRNO(0, recv_from(&guest, d, 0, 64));
    ASSERT_GOT(&guest, "and back");
    assert_memory_equal(guest.bytes + NET_PEER, guest.bytes + NET_ADDR, 110);
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d));
    ASSERT_ERRNO(0, CALL1(&other, "fd_close", e));
}

static void datagrams_echo(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        guests_set_module(guest_modules[i]);
        echo_datagrams(XSOCK_AF_INET);
        if (xsock_probe(XSOCK_AF_INET6, XSOCK_SOCK_DGRAM, 0) == 0)
            echo_datagrams(XSOCK_AF_INET6);
        else
            print_message("no INET6 here: not tried\n");
    }
}

static void pairs_echo(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        for (int type = XSOCK_SOCK_STREAM; type <= XSOCK_SOCK_DGRAM; type++) {
            int d[2];
            guests_set_module(guest_modules[i]);
            guest_pair(&guest, type, d);
            ASSERT_ERRNO(0, guest_send(&guest, d[0], "from one"));
            ASSERT_ERRNO(0, guest_send(&guest, d[1], "from the other"));
            ASSERT_ERRNO(0, recv_from(&guest, d[0], 0, 64));
            ASSERT_GOT(&guest, "from the other");
            assert_int_equal(guest.bytes[NET_PEER], XSOCK_AF_LOCAL);
            ASSERT_ERRNO(0, guest_recv(&guest, d[1], 0, 64));
            ASSERT_GOT(&guest, "from one");
            ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[0]));
            ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[1]));
        }
    }
}

/* In preview 1, a program gets its sockets from its engine, and has calls for their data only. */
static void preview1_talks_too(void **state)
{
    int d[2];
    (void)state;
    guest_connect(&guest, &other, XSOCK_AF_INET, d);
    guests_set_module("wasi_snapshot_preview1");
    ASSERT_ERRNO(0, guest_send(&guest, d[0], "hello"));
    ASSERT_ERRNO(0, guest_recv(&other, d[1], WAITALL, 5));
    ASSERT_GOT(&other, "hello");
    memcpy(other.bytes + NET_OUT, "again", 5);
    guest_put_vec(&other, NET_VEC, NET_OUT, 5);
    ASSERT_ERRNO(0, CALL4(&other, "fd_write", d[1], NET_VEC, 1, NET_DONE));
    guest_put_vec(&guest, NET_VEC, NET_IN, 64);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_read", d[0], NET_VEC, 1, NET_DONE));
    ASSERT_GOT(&guest, "again");
    ASSERT_ERRNO(0, CALL1(&other, "fd_close", d[1]));
    ASSERT_ERRNO(0, CALL4(&guest, "fd_read", d[0], NET_VEC, 1, NET_DONE));
    assert_int_equal(guest_done(&guest), 0);
}

/* ---- Flags ----------------------------------------------------------------------------------- */

static void a_peek_leaves_it_there(void **state)
{
    int d[2];
    (void)state;
    guest_pair(&guest, XSOCK_SOCK_STREAM, d);
    ASSERT_ERRNO(XSOCK_EAGAIN, guest_recv(&guest, d[1], WAIT_NOT, 64));
    ASSERT_ERRNO(0, guest_send(&guest, d[0], "look"));
    for (int i = 0; i < 3; i++) {
        ASSERT_ERRNO(0, guest_recv(&guest, d[1], PEEK, 64));
        ASSERT_GOT(&guest, "look");
    }
    ASSERT_ERRNO(0, guest_recv(&guest, d[1], WHOLE, 2)); /* has no meaning for a stream */
    ASSERT_GOT(&guest, "lo");
    assert_int_equal(guest_get16(&guest, NET_FLAGS), 0);
    ASSERT_ERRNO(0, guest_recv(&guest, d[1], WAIT_NOT, 64));
    ASSERT_GOT(&guest, "ok");
    ASSERT_ERRNO(XSOCK_EAGAIN, guest_recv(&guest, d[1], WAIT_NOT, 64));
}

static void send_the_rest(void *user)
{
    struct server *s = user;
    s->failed = guest_send(&other, s->d, "rest");
}

static void waiting_for_all_gets_all(void **state)
{
    int d[2];
    (void)state;
    guest_connect(&guest, &other, XSOCK_AF_INET, d);
    ASSERT_ERRNO(0, guest_send(&other, d[1], "first "));
    struct server rest = {.d = d[1]};
    struct thread *t = thread_start(send_the_rest, &rest);
    assert_non_null(t);
    ASSERT_ERRNO(0, guest_recv(&guest, d[0], WAITALL, 10));
    thread_join(t);
    ASSERT_ERRNO(0, rest.failed);
    ASSERT_GOT(&guest, "first rest");
    ASSERT_ERRNO(0, guest_send(&other, d[1], "end"));
    ASSERT_ERRNO(0, CALL1(&other, "fd_close", d[1]));
    ASSERT_ERRNO(0, guest_recv(&guest, d[0], WAITALL, 10));
    ASSERT_GOT(&guest, "end");
}

static void a_datagram_cut_short_says_so(void **state)
{
    int d[2];
    (void)state;
    guest_pair(&guest, XSOCK_SOCK_DGRAM, d);
    ASSERT_ERRNO(0, guest_send(&guest, d[0], "0123456789"));
    ASSERT_ERRNO(0, guest_send(&guest, d[0], "next"));
    memset(guest.bytes + NET_IN, 'x', 16);
    ASSERT_ERRNO(0, guest_recv(&guest, d[1], 0, 4));
    ASSERT_GOT(&guest, "0123");
    assert_int_equal(guest_get16(&guest, NET_FLAGS), TRUNCATED);
    assert_int_equal(guest.bytes[NET_IN + 4], 'x');
    ASSERT_ERRNO(0, guest_recv(&guest, d[1], 0, 4));
    ASSERT_GOT(&guest, "next");
    assert_int_equal(guest_get16(&guest, NET_FLAGS), 0);
}

/* Programs make this call to learn the length of the next datagram, with MSG_PEEK
 *
 * MSG_TRUNC and no buffer. */
static void the_whole_length_can_be_asked_for(void **state)
{
    int d[2];
    (void)state;
    guest_pair(&guest, XSOCK_SOCK_DGRAM, d);
    ASSERT_ERRNO(0, guest_send(&guest, d[0], "0123456789"));
    ASSERT_ERRNO(0, CALL6(&guest, "sock_recv", d[1], 0, 0, WHOLE | PEEK, NET_DONE, NET_FLAGS));
    assert_int_equal(guest_done(&guest), 10);
    memset(guest.bytes + NET_IN, 'x', 16);
    ASSERT_ERRNO(0, guest_recv(&guest, d[1], WHOLE, 4));
    assert_int_equal(guest_done(&guest), 10);
    assert_int_equal(guest_get16(&guest, NET_FLAGS), TRUNCATED);
    assert_memory_equal(guest.bytes + NET_IN, "0123xx", 6);
    ASSERT_ERRNO(XSOCK_EAGAIN, guest_recv(&guest, d[1], WHOLE | WAIT_NOT, 4));
    ASSERT_ERRNO(0, guest_send(&guest, d[0], "four"));
    ASSERT_ERRNO(0, guest_recv(&guest, d[1], WHOLE, 4));
    ASSERT_GOT(&guest, "four");
    assert_int_equal(guest_get16(&guest, NET_FLAGS), 0);
}

/* ---- Addresses ------------------------------------------------------------------------------- */

static void a_streams_sender_is_its_peer(void **state)
{
    int d[2];
    (void)state;
    guest_connect(&guest, &other, XSOCK_AF_INET, d);
    ASSERT_ERRNO(0, guest_send(&guest, d[0], "x"));
    guest_put_addr(&other, NET_ADDR, XSOCK_AF_INET, guest_port(&guest, d[0]));
    ASSERT_ERRNO(0, recv_from(&other, d[1], 0, 64));
    assert_memory_equal(other.bytes + NET_PEER, other.bytes + NET_ADDR, 110);
    ASSERT_ERRNO(XSOCK_EISCONN, send_to(&other, d[1], "x", NET_ADDR));
    int fresh = guest_open(&other, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    ASSERT_ERRNO(XSOCK_ENOTCONN, send_to(&other, fresh, "x", NET_ADDR));
    ASSERT_ERRNO(XSOCK_ENOTCONN, recv_from(&other, fresh, 0, 64));
}

static uint32_t send_msg(int d, uint64_t addr, uint64_t control, uint64_t control_len)
{
    return CALL8(&guest, "sock_send_msg", d, NET_VEC, 1, 0, addr, control, control_len, NET_DONE);
}

static uint32_t recv_msg(int d, uint64_t addr)
{
    return CALL10(&guest, "sock_recv_msg", d, NET_VEC, 1, 0, addr, 512, 256, NET_DONE, NET_FLAGS,
                  NET_CONTROL);
}

static void messages_have_an_address_if_one_is_wanted(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        guests_set_module(guest_modules[i]);
        int d = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
        int e = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
        guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET, guest_bind(&guest, e, XSOCK_AF_INET));
        memcpy(guest.bytes + NET_OUT, "message", 7);
        guest_put_vec(&guest, NET_VEC, NET_OUT, 7);
        ASSERT_ERRNO(XSOCK_EDESTADDRREQ, send_msg(d, 0, 0, 0));
        ASSERT_ERRNO(XSOCK_ENOTSUP, send_msg(d, NET_ADDR, NET_IN, 16));
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION, send_msg(d, NET_ADDR, LAST_BYTE, 16));
        ASSERT_ERRNO(0, send_msg(d, NET_ADDR, UINT32_MAX, 0));
        ASSERT_ERRNO(0, CALL2(&guest, "sock_connect", d, NET_ADDR));
        ASSERT_ERRNO(0, send_msg(d, 0, 0, 0));
        for (int wanted = 0; wanted < 2; wanted++) {
            memset(guest.bytes, 0xee, 1024);
            memset(guest.bytes + NET_PEER, 0xee, 128);
            guest_put64(&guest, NET_CONTROL, UINT64_MAX);
            guest_put_vec(&guest, NET_VEC, NET_IN, 64);
            ASSERT_ERRNO(0, recv_msg(e, wanted ? NET_PEER : 0));
            ASSERT_GOT(&guest, "message");
            assert_int_equal(guest_get_word(&guest, NET_CONTROL), 0);
            assert_int_equal(guest.bytes[0], 0xee);
            assert_int_equal(guest.bytes[512], 0xee);
            assert_int_equal(guest.bytes[NET_PEER], wanted ? XSOCK_AF_INET : 0xee);
        }
    }
}

/* ---- Reading and writing --------------------------------------------------------------------- */

static void reading_nothing_costs_nothing(void **state)
{
    int d[2];
    (void)state;
    guest_pair(&guest, XSOCK_SOCK_DGRAM, d);
    ASSERT_ERRNO(0, guest_send(&guest, d[0], "still here"));
    ASSERT_ERRNO(0, CALL4(&guest, "fd_read", d[1], 0, 0, NET_DONE));
    assert_int_equal(guest_done(&guest), 0);
    guest_put_vec(&guest, NET_VEC, NET_IN, 64);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_read", d[1], NET_VEC, 1, NET_DONE));
    ASSERT_GOT(&guest, "still here");
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(streams_echo),
        GUEST_TEST(datagrams_echo),
        GUEST_TEST(pairs_echo),
        GUEST_TEST(preview1_talks_too),
        GUEST_TEST(a_peek_leaves_it_there),
        GUEST_TEST(waiting_for_all_gets_all),
        GUEST_TEST(a_datagram_cut_short_says_so),
        GUEST_TEST(the_whole_length_can_be_asked_for),
        GUEST_TEST(a_streams_sender_is_its_peer),
        GUEST_TEST(messages_have_an_address_if_one_is_wanted),
        GUEST_TEST(reading_nothing_costs_nothing),
    };
    return cmocka_run_group_tests_name("data of guests", tests, NULL, NULL);
}
