/* The errors of each call that cannot succeed, on real sockets. They are the same on every system.
 * Every call is made on a socket in every state, and one table has all results. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "harness.h"
#include "states.h"

#ifdef _WIN32
#include <process.h>
#define own_process _getpid
#define remove_path remove
#define FOLDER "."
#else
#include <unistd.h>
#define own_process getpid
#define remove_path unlink
#define FOLDER "/tmp"
#endif

static char data[70000];

/* ---- Addresses ------------------------------------------------------------------------------- */

static struct xsock_addr inet(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint32_t port)
{
    return (struct xsock_addr){
        .family = XSOCK_AF_INET, .port = port, .length = 4, .data = {a, b, c, d}};
}

static struct xsock_addr loopback(uint32_t port)
{
    return inet(127, 0, 0, 1, port);
}

static struct xsock_addr path(const char *end)
{
    struct xsock_addr a = {.family = XSOCK_AF_LOCAL};
    const char *folder = getenv("TMPDIR");
    a.length = (uint32_t)snprintf((char *)a.data, sizeof a.data, "%s/xsock-%d%s",
                                  folder != NULL ? folder : FOLDER, (int)own_process(), end);
    return a;
}

static bool has_local(void)
{
    return xsock_probe(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0) == 0;
}

/* ---- The calls, with valid arguments --------------------------------------------------------- */

static int do_bind(int d)
{
    struct xsock_addr a = loopback(0);
    return xsock_bind(d, &a);
}

static int do_bind_null(int d)
{
    return xsock_bind(d, NULL);
}

static int do_listen(int d)
{
    return xsock_listen(d, 3);
}

static int do_accept(int d)
{
    return xsock_accept(d, 0, NULL);
}

static int do_accept_badly(int d)
{
    return xsock_accept(d, 1, NULL);
}

static int do_connect(int d)
{
    return xsock_connect(d, &states->listener);
}

static int do_connect_null(int d)
{
    return xsock_connect(d, NULL);
}

static int do_connect_inet6(int d)
{
    struct xsock_addr a = {.family = XSOCK_AF_INET6, .port = 9, .length = 16, .data = {[15] = 1}};
    return xsock_connect(d, &a);
}

static int do_shutdown(int d)
{
    return xsock_shutdown(d, XSOCK_SHUT_RD);
}

static int do_shutdown_badly(int d)
{
    return xsock_shutdown(d, 0);
}

static int do_local_addr(int d)
{
    struct xsock_addr a;
    return xsock_local_addr(d, &a);
}

static int do_local_addr_null(int d)
{
    return xsock_local_addr(d, NULL);
}

static int do_peer_addr(int d)
{
    struct xsock_addr a;
    return xsock_peer_addr(d, &a);
}

static int do_peer_addr_null(int d)
{
    return xsock_peer_addr(d, NULL);
}

static int do_peer_cred(int d)
{
    struct xsock_cred c;
    return xsock_peer_cred(d, &c);
}

static int do_peer_cred_null(int d)
{
    return xsock_peer_cred(d, NULL);
}

static int do_send(int d)
{
    return (int)xsock_send(d, "x", 1, 0);
}

static int do_send_null(int d)
{
    return (int)xsock_send(d, NULL, 1, 0);
}

static int do_send_too_much(int d)
{
    return (int)xsock_send(d, data, (size_t)PTRDIFF_MAX + 1, 0);
}

static int do_send_badly(int d)
{
    return (int)xsock_send(d, "x", 1, XSOCK_MSG_PEEK);
}

static int do_send_nothing(int d)
{
    return (int)xsock_send(d, NULL, 0, 0);
}

static int do_sendto(int d)
{
    return (int)xsock_sendto(d, "x", 1, 0, &states->receiver);
}

static int do_sendto_inet6(int d)
{
    struct xsock_addr a = {.family = XSOCK_AF_INET6, .port = 9, .length = 16, .data = {[15] = 1}};
    return (int)xsock_sendto(d, "x", 1, 0, &a);
}

static int do_recv(int d)
{
    char byte;
    return (int)xsock_recv(d, &byte, 1, 0);
}

static int do_recv_null(int d)
{
    return (int)xsock_recv(d, NULL, 1, 0);
}

static int do_recv_too_much(int d)
{
    return (int)xsock_recv(d, data, SIZE_MAX, 0);
}

static int do_recv_badly(int d)
{
    return (int)xsock_recv(d, data, 1, XSOCK_MSG_EOR);
}

static int do_recv_nothing(int d)
{
    return (int)xsock_recv(d, NULL, 0, 0);
}

static int do_recv_oob(int d)
{
    return (int)xsock_recv(d, data, 1, XSOCK_MSG_OOB);
}

static int do_recvfrom(int d)
{
    struct xsock_addr a;
    return (int)xsock_recvfrom(d, data, 1, 0, &a);
}

static int do_available(int d)
{
    return (int)xsock_available(d);
}

static int do_at_mark(int d)
{
    return xsock_at_mark(d);
}

static int do_poll(int d)
{
    struct xsock_pollfd p = {.fd = d, .events = XSOCK_POLLIN};
    int rc = xsock_poll(&p, 1, 0);
    return p.revents == XSOCK_POLLNVAL ? E(BADF) : rc;
}

/* ---- The table ------------------------------------------------------------------------------- */

/* A column whose socket other calls would change. A test of its own checks each such column. */
#define OWN SKIPPED

static const struct states_row rows[] = {
    {"bind",
     do_bind,
     {OWN, E(INVAL), E(INVAL), E(INVAL), SKIPPED, OWN, E(INVAL), E(INVAL), E(AFNOSUPPORT),
      E(AFNOSUPPORT)}},
    {"bind NULL", do_bind_null, ALL(E(FAULT))},
    {"listen",
     do_listen,
     {OWN, OWN, 0, E(INVAL), E(INVAL), E(NOTSUP), E(NOTSUP), E(NOTSUP), E(INVAL), E(NOTSUP)}},
    {"accept",
     do_accept,
     {E(INVAL), E(INVAL), E(AGAIN), E(INVAL), E(INVAL), E(NOTSUP), E(NOTSUP), E(NOTSUP), E(INVAL),
      E(NOTSUP)}},
    {"accept, unknown flags", do_accept_badly, ALL(E(INVAL))},
    {"connect",
     do_connect,
     {OWN, OWN, E(NOTSUP), E(ISCONN), E(ISCONN), OWN, OWN, OWN, E(AFNOSUPPORT), E(AFNOSUPPORT)}},
    {"connect NULL", do_connect_null, ALL(E(FAULT))},
    {"connect, another family", do_connect_inet6, ALL(E(AFNOSUPPORT))},
    {"shutdown, unknown how", do_shutdown_badly, ALL(E(INVAL))},
    {"shutdown",
     do_shutdown,
     {E(NOTCONN), E(NOTCONN), OWN, OWN, SKIPPED, E(NOTCONN), E(NOTCONN), OWN, OWN, OWN}},
    {"local_addr", do_local_addr, ALL(0)},
    {"local_addr NULL", do_local_addr_null, ALL(E(FAULT))},
    {"peer_addr",
     do_peer_addr,
     {E(NOTCONN), E(NOTCONN), E(NOTCONN), 0, SKIPPED, E(NOTCONN), E(NOTCONN), 0, 0, 0}},
    {"peer_addr NULL", do_peer_addr_null, ALL(E(FAULT))},
    {"peer_cred",
     do_peer_cred,
     {E(NOTSUP), E(NOTSUP), E(NOTSUP), E(NOTSUP), E(NOTSUP), E(NOTSUP), E(NOTSUP), E(NOTSUP),
      SKIPPED, SKIPPED}},
    {"peer_cred NULL", do_peer_cred_null, ALL(E(FAULT))},
    {"recv",
     do_recv,
     {E(NOTCONN), E(NOTCONN), E(NOTCONN), E(AGAIN), 0, E(AGAIN), E(AGAIN), E(AGAIN), E(AGAIN),
      E(AGAIN)}},
    {"recvfrom",
     do_recvfrom,
     {E(NOTCONN), E(NOTCONN), E(NOTCONN), E(AGAIN), 0, E(AGAIN), E(AGAIN), E(AGAIN), E(AGAIN),
      E(AGAIN)}},
    {"recv NULL", do_recv_null, ALL(E(FAULT))},
    {"recv over PTRDIFF_MAX", do_recv_too_much, ALL(E(INVAL))},
    {"recv, unknown flags", do_recv_badly, ALL(E(INVAL))},
    {"recv of 0 bytes",
     do_recv_nothing,
     {E(NOTCONN), E(NOTCONN), E(NOTCONN), 0, 0, E(AGAIN), E(AGAIN), E(AGAIN), 0, E(AGAIN)}},
    {"recv OOB",
     do_recv_oob,
     {E(NOTCONN), E(NOTCONN), E(NOTCONN), E(INVAL), SKIPPED, E(NOTSUP), E(NOTSUP), E(NOTSUP),
      E(NOTSUP), E(NOTSUP)}},
    {"available", do_available, {0, 0, E(INVAL), 0, 0, 0, 0, 0, 0, 0}},
    {"at_mark",
     do_at_mark,
     {SKIPPED, SKIPPED, SKIPPED, 0, SKIPPED, E(NOTSUP), E(NOTSUP), E(NOTSUP), E(NOTSUP),
      E(NOTSUP)}},
    {"poll", do_poll, {ANY, ANY, 0, 0, 1, 0, 0, 0, 0, 0}},
    {"send NULL", do_send_null, ALL(E(FAULT))},
    {"send over PTRDIFF_MAX", do_send_too_much, ALL(E(INVAL))},
    {"send, unknown flags", do_send_badly, ALL(E(INVAL))},
    {"send of 0 bytes",
     do_send_nothing,
     {E(NOTCONN), E(NOTCONN), E(NOTCONN), 0, E(PIPE), E(DESTADDRREQ), E(DESTADDRREQ), 0, 0, 0}},
    {"send",
     do_send,
     {E(NOTCONN), E(NOTCONN), E(NOTCONN), 1, E(PIPE), E(DESTADDRREQ), E(DESTADDRREQ), 1, 1, 1}},
    {"sendto",
     do_sendto,
     {E(NOTCONN), E(NOTCONN), E(NOTCONN), E(ISCONN), E(ISCONN), 1, 1, SKIPPED, E(AFNOSUPPORT),
      E(AFNOSUPPORT)}},
    {"sendto, another family", do_sendto_inet6, ALL(E(AFNOSUPPORT))},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void each_call_says_the_same_of_each_state(void **state)
{
    (void)state;
    states_assert_rows(rows, ROWS);
}

static void each_call_says_EBADF_of_what_is_not_open(void **state)
{
    struct states all;
    (void)state;
    states_open(&all);
    states = &all;
    /* This leaves negative results out. */
    for (int r = 0; r < ROWS; r++)
        states_assert_EBADF(&rows[r], rows[r].run != do_poll);
    states_close(&all);
}

/* ---- Call by call: valid and invalid arguments ----------------------------------------------- */

static int tcp(void)
{
    return ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
}

static int udp(void)
{
    return ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
}

static void bind_judges_its_address(void **state)
{
    struct xsock_addr any = inet(0, 0, 0, 0, 0), far = inet(10, 255, 254, 253, 0), long_one = any,
                      taken;
    struct xsock_addr local = {.family = XSOCK_AF_LOCAL, .length = 1, .data = {'x'}}, none = {0};
    int d = tcp(), other = tcp();
    (void)state;
    long_one.length = 3;
    ASSERT_RESULT(E(INVAL), xsock_bind(d, &long_one));
    long_one.length = XSOCK_ADDR_DATA + 1;
    ASSERT_RESULT(E(INVAL), xsock_bind(d, &long_one));
    ASSERT_RESULT(E(AFNOSUPPORT), xsock_bind(d, &local));
    ASSERT_RESULT(E(AFNOSUPPORT), xsock_bind(d, &none));
    ASSERT_RESULT(E(ADDRNOTAVAIL), xsock_bind(d, &far));
    ASSERT_RESULT(0, xsock_bind(d, &any)); /* none of these calls has changed anything */
    ASSERT_RESULT(E(INVAL), xsock_bind(d, &any));
    ASSERT_RESULT(0, xsock_listen(d, 1));
    ASSERT_RESULT(0, xsock_local_addr(d, &taken));
    assert_true(taken.port != 0);
    ASSERT_RESULT(E(ADDRINUSE), xsock_bind(other, &taken));
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(other));
}

static void bind_judges_its_path(void **state)
{
    struct xsock_addr good = path(""), again = path("-2"), below = path("/below"),
                      nowhere = path("-none/x"), unused;
    if (!has_local())
        SKIP("no LOCAL family");
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    int other = ASSERT_OPENS(xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    (void)state;
    ASSERT_RESULT(E(NOENT), xsock_bind(d, &nowhere));
    ASSERT_RESULT(0, xsock_bind(d, &good));
    ASSERT_RESULT(E(NOTDIR), xsock_bind(other, &below));
    ASSERT_RESULT(E(ADDRINUSE), xsock_bind(other, &good));
    ASSERT_RESULT(E(INVAL), xsock_bind(d, &good)); /* its own name, and another name */
    ASSERT_RESULT(E(INVAL), xsock_bind(d, &again));
    assert_int_not_equal(remove_path((const char *)again.data), 0); /* a file that was not made */
    ASSERT_RESULT(E(CONNREFUSED), xsock_connect(other, &good));     /* nobody listens at the name */
    ASSERT_RESULT(E(NOENT), xsock_connect(other, &again));
    ASSERT_RESULT(E(NOTCONN), xsock_shutdown(other, XSOCK_SHUT_WR));
    ASSERT_RESULT(E(NOTCONN), (int)xsock_send(other, "x", 1, 0));
    ASSERT_RESULT(E(NOTCONN), (int)xsock_recv(other, data, 1, 0));
    ASSERT_RESULT(E(NOTCONN), xsock_peer_addr(other, &unused));
    ASSERT_RESULT(E(INVAL), xsock_listen(other, 1)); /* without a name */
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(other));
    remove_path((const char *)good.data);
}

static void connect_says_what_became_of_it(void **state)
{
    struct xsock_addr a, unconnect = {0};
    int listener = states_bind_new(XSOCK_SOCK_STREAM, &a), d = tcp(), u = udp();
    (void)state;
    /* a socket that is bound, but does not listen */
    ASSERT_RESULT(E(CONNREFUSED), xsock_connect(d, &a));
    ASSERT_RESULT(0, xsock_listen(listener, 1));
    ASSERT_RESULT(0, xsock_connect(d, &a)); /* the same socket again */
    ASSERT_RESULT(E(ISCONN), xsock_connect(d, &a));
    ASSERT_RESULT(E(AFNOSUPPORT), xsock_connect(d, &unconnect)); /* for datagrams only */
    ASSERT_RESULT(0, xsock_connect(u, &a));
    ASSERT_RESULT(0, xsock_connect(u, &unconnect));
    ASSERT_RESULT(E(DESTADDRREQ), (int)xsock_send(u, "x", 1, 0));
    ASSERT_RESULT(0, xsock_close(listener));
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(u));
}

static void listen_takes_any_backlog_and_gives_an_address(void **state)
{
    static const int backlogs[] = {0, -1, INT_MIN, 1, 100000, INT_MAX};
    int d = tcp();
    struct xsock_addr a;
    (void)state;
    for (int i = 0; i < 6; i++)
        ASSERT_RESULT(0, xsock_listen(d, backlogs[i]));
    ASSERT_RESULT(0, xsock_local_addr(d, &a));
    assert_true(a.port != 0);
    ASSERT_RESULT(0, xsock_close(d));
}

static void sending_judges_flags_and_lengths(void **state)
{
    struct states all;
    (void)state;
    states_open(&all);
    ASSERT_RESULT(E(MSGSIZE), (int)xsock_send(all.d[CONNECTED_DATAGRAMS], data, sizeof data, 0));
    ASSERT_RESULT(E(MSGSIZE),
                  (int)xsock_sendto(all.d[DATAGRAMS], data, sizeof data, 0, &all.receiver));
    ASSERT_RESULT(E(NOTSUP), (int)xsock_send(all.d[CONNECTED_DATAGRAMS], "x", 1, XSOCK_MSG_OOB));
    ASSERT_RESULT(E(NOTSUP), (int)xsock_send(all.d[PAIR], "x", 1, XSOCK_MSG_OOB));
    ASSERT_RESULT(E(INVAL), (int)xsock_send(all.d[CONNECTED], "x", 1, INT_MIN));
    ASSERT_RESULT(E(INVAL), (int)xsock_recv(all.d[CONNECTED], data, 1, -1));
    ASSERT_RESULT(
        1, (int)xsock_send(all.d[CONNECTED], "x", 1, XSOCK_MSG_NOSIGNAL | XSOCK_MSG_DONTWAIT));
    states_close(&all);
}

/* The POSIX pages say what each half does. None of the calls raises a signal. */
static void shutting_down_one_way_leaves_the_other(void **state)
{
    struct states all;
    struct xsock_pollfd p;
    (void)state;
    states_open(&all);
    for (int i = 0; i < 2; i++) {
        int d = all.d[i == 0 ? CONNECTED : PAIR], peer = all.d[i == 0 ? CONNECTED_PEER : PAIR_PEER];
        ASSERT_RESULT(0, xsock_shutdown(d, XSOCK_SHUT_WR));
        ASSERT_RESULT(E(PIPE), (int)xsock_send(d, "x", 1, 0));
        ASSERT_RESULT(E(AGAIN), (int)xsock_recv(d, data, 1, 0));
        p = (struct xsock_pollfd){.fd = peer, .events = XSOCK_POLLIN};
        ASSERT_RESULT(1, xsock_poll(&p, 1, -1));
        ASSERT_RESULT(0, (int)xsock_recv(peer, data, 1, 0));
        ASSERT_RESULT(1, (int)xsock_send(peer, "x", 1, 0));
        p.fd = d;
        ASSERT_RESULT(1, xsock_poll(&p, 1, -1));
        ASSERT_RESULT(1, (int)xsock_recv(d, data, 1, 0));
        ASSERT_RESULT(0, xsock_shutdown(d, XSOCK_SHUT_RD));
        ASSERT_RESULT(0, (int)xsock_recv(d, data, 1, 0));
    }
    states_close(&all);
}

static void sending_to_a_peer_that_has_gone_raises_no_signal(void **state)
{
    struct states all;
    int rc = 1;
    (void)state;
    states_open(&all);
    ASSERT_RESULT(0, xsock_close(all.d[PAIR_PEER]));
    for (int i = 0; i < 1000 && rc == 1; i++)
        rc = (int)xsock_send(all.d[PAIR], "x", 1, 0);
    assert_true(rc == E(PIPE) || rc == E(CONNRESET));
    all.d[PAIR_PEER] = udp();
    states_close(&all);
}

static void a_datagram_that_is_cut_is_success(void **state)
{
    struct states all;
    (void)state;
    states_open(&all);
    ASSERT_RESULT(10, (int)xsock_send(all.d[DATAGRAM_PAIR], data, 10, 0));
    ASSERT_RESULT(3, (int)xsock_send(all.d[DATAGRAM_PAIR], data, 3, 0));
    struct xsock_pollfd p = {.fd = all.d[DATAGRAM_PAIR_PEER], .events = XSOCK_POLLIN};
    ASSERT_RESULT(1, xsock_poll(&p, 1, -1));
    ASSERT_RESULT(10, (int)xsock_available(all.d[DATAGRAM_PAIR_PEER]));
    ASSERT_RESULT(4, (int)xsock_recv(all.d[DATAGRAM_PAIR_PEER], data, 4, 0));
    ASSERT_RESULT(1, xsock_poll(&p, 1, -1));
    ASSERT_RESULT(3, (int)xsock_recv(all.d[DATAGRAM_PAIR_PEER], data, 4, 0));
    states_close(&all);
}

static void what_has_arrived_is_received_after_receiving_was_ended(void **state)
{
    static const int ends[][2] = {
        {CONNECTED, CONNECTED_PEER}, {PAIR, PAIR_PEER}, {DATAGRAM_PAIR, DATAGRAM_PAIR_PEER}};
    (void)state;
    for (int how = XSOCK_SHUT_RD; how <= XSOCK_SHUT_RDWR; how += XSOCK_SHUT_RDWR - XSOCK_SHUT_RD)
        for (int i = 0; i < 3; i++) {
            struct states all;
            states_open(&all);
            int d = all.d[ends[i][0]];
            struct xsock_pollfd p = {.fd = d, .events = XSOCK_POLLIN};
            ASSERT_RESULT(3, (int)xsock_send(all.d[ends[i][1]], data, 3, 0));
            ASSERT_RESULT(1, xsock_poll(&p, 1, -1));
            ASSERT_RESULT(0, xsock_shutdown(d, how));
            ASSERT_RESULT(3, (int)xsock_recv(d, data, 4, 0));
            ASSERT_RESULT(0, (int)xsock_recv(d, data, 4, 0));
            states_close(&all);
        }
}

static void a_connection_with_data_is_no_listener(void **state)
{
    struct states all;
    (void)state;
    states_open(&all);
    struct xsock_pollfd p = {.fd = all.d[CONNECTED], .events = XSOCK_POLLIN};
    ASSERT_RESULT(3, (int)xsock_send(all.d[CONNECTED_PEER], data, 3, 0));
    ASSERT_RESULT(1, xsock_poll(&p, 1, -1));
    ASSERT_RESULT(E(INVAL), xsock_accept(all.d[CONNECTED], 0, NULL));
    ASSERT_RESULT(3, (int)xsock_recv(all.d[CONNECTED], data, 4, 0));
    states_close(&all);
}

/* Linux reports that a datagram socket is readable then, though no datagram is there. A call must
 * not wait for a datagram. */
static void datagrams_end_with_the_receiving(void **state)
{
    struct xsock_addr a = {.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
    int d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0);
    (void)state;
    ASSERT_RESULT(0, xsock_bind(d, &a));
    ASSERT_RESULT(0, xsock_local_addr(d, &a));
    ASSERT_RESULT(0, xsock_connect(d, &a));
    ASSERT_RESULT(0, xsock_shutdown(d, XSOCK_SHUT_RD));
    ASSERT_RESULT(0, (int)xsock_recv(d, data, 4, 0));
    ASSERT_RESULT(0, (int)xsock_recvfrom(d, data, 4, 0, &a));
    struct xsock_vec vec = {data, 4};
    struct xsock_msg m = {.vec = &vec, .vec_count = 1};
    ASSERT_RESULT(0, (int)xsock_recvmsg(d, &m, 0));
    struct xsock_dgram v = {.base = data, .len = 4};
    ASSERT_RESULT(0, xsock_recv_batch(d, &v, 1, 0));
    ASSERT_RESULT(0, xsock_close(d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_call_says_the_same_of_each_state),
        TEST(each_call_says_EBADF_of_what_is_not_open),
        TEST(bind_judges_its_address),
        TEST(bind_judges_its_path),
        TEST(connect_says_what_became_of_it),
        TEST(listen_takes_any_backlog_and_gives_an_address),
        TEST(sending_judges_flags_and_lengths),
        TEST(shutting_down_one_way_leaves_the_other),
        TEST(sending_to_a_peer_that_has_gone_raises_no_signal),
        TEST(a_datagram_that_is_cut_is_success),
        TEST(datagrams_end_with_the_receiving),
        TEST(what_has_arrived_is_received_after_receiving_was_ended),
        TEST(a_connection_with_data_is_no_listener),
    };
    return cmocka_run_group_tests_name("errors_talk", tests, NULL, NULL);
}
