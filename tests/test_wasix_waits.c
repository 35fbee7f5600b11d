/* Calls of a guest that wait: the events that end them, how many may wait, and how much they may
 * copy meanwhile. */
#include "call/call.h"
#include "fake_net.h"
#include "guest_net.h"
#include "wasix/guest.h"

#include <string.h>

enum { MS = 1000 * 1000, ENDLESS = 1, OPENING = 0, OPENED, CLOSED, FAILED, BIG = 8 * FAKE_BUFFER };

static struct guest guest, other;
static int peer; /* the peer of the socket in which a call waits, in the other guest */
static int reads_left;

/* A file without an end. After a number of reads, the guest ends. Its peer receives everything. */
static ptrdiff_t read_file(void *user, int number, uint64_t offset, void *buf, size_t len)
{
    (void)user;
    (void)number;
    (void)offset;
    UNTIL(reads_left <= 0 || guest_recv(&other, peer, WAIT_NOT, NET_CAPACITY) != 0, (void)0);
    if (reads_left > 0 && --reads_left == 0)
        xsock_wasix_end(guest.process);
    memset(buf, 'f', len);
    return (ptrdiff_t)len;
}

static void start(struct xsock_wasix_config config)
{
    config.read = read_file;
    guest_start(&guest, &config);
    guest_start(&other, NULL);
}

static int setup(void **state)
{
    int rc = fake_setup(state);
    start((struct xsock_wasix_config){0});
    return rc;
}

static void stop_guest(void)
{
    guest_stop(&guest);
    guest_stop(&other);
}

static int teardown(void **state)
{
    stop_guest();
    if (fake_wakes() != 0)
        return 1;
    return fake_teardown(state);
}

/* ---- Calls that wait without an end ---------------------------------------------------------- */

static int connected(void)
{
    int d[2];
    guest_connect(&guest, &other, XSOCK_AF_INET, d);
    peer = d[1];
    return d[0];
}

static int listening(void)
{
    unsigned port;
    return guest_listen(&guest, XSOCK_AF_INET, &port);
}

static int alone(void)
{
    fake_connects_take(INT64_MAX, 0);
    return guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
}

static uint32_t run_recv(int d)
{
    return guest_recv(&guest, d, 0, 10);
}

static uint32_t run_recv_from(int d)
{
    return CALL7(&guest, "sock_recv_from", d, NET_VEC, 1, 0, NET_DONE, NET_FLAGS, NET_PEER);
}

static uint32_t run_read(int d)
{
    return CALL4(&guest, "fd_read", d, NET_VEC, 1, NET_DONE);
}

static uint32_t run_accept(int d)
{
    return CALL4(&guest, "sock_accept_v2", d, 0, NET_FD, NET_PEER);
}

static uint32_t run_connect(int d)
{
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET, 80);
    return CALL2(&guest, "sock_connect", d, NET_ADDR);
}

static uint32_t run_send(int d)
{
    guest_put_vec(&guest, NET_VEC, NET_OUT, FAKE_BUFFER);
    /* the first call fills the buffer */
    uint32_t e = CALL5(&guest, "sock_send", d, NET_VEC, 1, 0, NET_DONE);
    return e != 0 ? e : CALL5(&guest, "sock_send", d, NET_VEC, 1, 0, NET_DONE);
}

static uint32_t run_send_file(int d)
{
    uint32_t e = run_send(d);
    return e != 0 ? e : CALL5(&guest, "sock_send_file", d, ENDLESS, 0, BIG, NET_DONE);
}

static int pipe_end(void)
{
    ASSERT_ERRNO(0, CALL2(&guest, "fd_pipe", NET_FD, NET_FD + 4));
    return (int)guest_get32(&guest, NET_FD);
}

static int event(void)
{
    ASSERT_ERRNO(0, CALL3(&guest, "fd_event", 0, 0, NET_FD));
    return (int)guest_get32(&guest, NET_FD);
}

static const struct {
    const char *name;
    int (*prepare)(void);
    uint32_t (*run)(int d);
} calls[] = {
    {"sock_recv", connected, run_recv},
    {"sock_recv_from", connected, run_recv_from},
    {"fd_read", connected, run_read},
    {"sock_accept_v2", listening, run_accept},
    {"sock_connect", alone, run_connect},
    {"sock_send", connected, run_send},
    {"sock_send_file", connected, run_send_file},
    {"fd_read of a pipe", pipe_end, run_read},
    {"sock_recv of a pipe", pipe_end, run_recv},
    {"fd_read of an event", event, run_read},
};
enum { CALLS = sizeof calls / sizeof calls[0] };

static void end_guest(void *user)
{
    (void)user;
    xsock_wasix_end(guest.process);
}

static void close_it(void *user)
{
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", *(int *)user));
}

/* When the end happens: as the wake is opened, as the wait begins, and during the wait. */
static void set_window(int window, fake_hook *fn, int *d)
{
    if (window == 0)
        fake_before(FAKE_WAKE_OPEN, 1, fn, d);
    else if (window == 1)
        fake_before(FAKE_WAIT, 1, fn, d);
    else
        fake_at(fake_now() + 30 * MS, fn, d);
}

static void set_nonblock(void *user)
{
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_set_flags", *(int *)user, 4));
}

static void all_end_with(fake_hook *fn, uint32_t error)
{
    for (int i = 0; i < CALLS; i++) {
        for (int window = 0; window < 3; window++) {
            stop_guest();
            fake_reset();
            start((struct xsock_wasix_config){0});
            int d = calls[i].prepare();
            guest_put_vec(&guest, NET_VEC, NET_IN, 10);
            set_window(window, fn, &d);
            uint32_t e = calls[i].run(d);
            bool connects = calls[i].run == run_connect && error == XSOCK_EAGAIN;
            ASSERT_THAT(e == (connects ? XSOCK_EINPROGRESS : error), "%s, window %d: errno %u",
                        calls[i].name, window, (unsigned)e);
        }
    }
}

static void the_end_of_a_guest_ends_its_calls(void **state)
{
    (void)state;
    all_end_with(end_guest, XSOCK_ECANCELED);
}

static void a_close_ends_them_too(void **state)
{
    (void)state;
    all_end_with(close_it, XSOCK_ECANCELED);
}

/* Another thread sets the flag, as a program does that is to stop waiting. */
static void nonblock_ends_them_too(void **state)
{
    (void)state;
    all_end_with(set_nonblock, XSOCK_EAGAIN);
}

/* A peer that receives everything, and a file without an end. The call never waits, and ends
 * nevertheless. */
static void an_endless_file_ends_with_its_guest(void **state)
{
    (void)state;
    int d = connected();
    fake_set_buffer(1 << 20);
    reads_left = 5;
    ASSERT_ERRNO(0, CALL5(&guest, "sock_send_file", d, ENDLESS, 0, INT64_MAX, NET_DONE));
    assert_int_equal(guest_get64(&guest, NET_DONE), 4 * 65536);
    assert_int_equal(reads_left, 0);
}

static void a_socket_that_may_not_wait_takes_what_fits(void **state)
{
    unsigned port;
    (void)state;
    int listener = guest_listen(&other, XSOCK_AF_INET, &port);
    int d = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK);
    guest_put_addr(&guest, NET_ADDR, XSOCK_AF_INET, port);
    ASSERT_ERRNO(0, CALL2(&guest, "sock_connect", d, NET_ADDR));
    ASSERT_ERRNO(0, CALL4(&other, "sock_accept", listener, 0, NET_FD, NET_PEER));
    ASSERT_ERRNO(0, CALL5(&guest, "sock_send_file", d, ENDLESS, 0, INT64_MAX, NET_DONE));
    assert_int_equal(guest_get64(&guest, NET_DONE), FAKE_BUFFER);
    ASSERT_ERRNO(XSOCK_EAGAIN, CALL5(&guest, "sock_send_file", d, ENDLESS, 0, 1, NET_DONE));
}

/* ---- Quotas ---------------------------------------------------------------------------------- */

struct second {
    int d;
    uint32_t result;
};

static void wait_too(void *user)
{
    struct second *s = user;
    s->result = run_recv(s->d);
}

static void only_so_many_calls_wait(void **state)
{
    (void)state;
    stop_guest();
    start((struct xsock_wasix_config){.max_waiting = 1});
    int d = connected();
    struct second s = {connected(), 0};
    fake_at(fake_now() + 10 * MS, wait_too, &s);
    fake_at(fake_now() + 20 * MS, end_guest, NULL);
    ASSERT_ERRNO(XSOCK_ECANCELED, run_recv(d));
    assert_int_equal(s.result, XSOCK_ENOBUFS);
}

/* A number is reserved before a connection is accepted. If the quota is used up, the call goes on
 * waiting. */
static void a_full_table_loses_no_connection(void **state)
{
    unsigned port;
    (void)state;
    stop_guest();
    start((struct xsock_wasix_config){.max_descriptors = 5});
    int listener = guest_listen(&guest, XSOCK_AF_INET, &port);
    int filler = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_DGRAM);
    int d = guest_open(&other, XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    guest_put_addr(&other, NET_ADDR, XSOCK_AF_INET, port);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_set_flags", listener, 4)); /* NONBLOCK */
    ASSERT_ERRNO(XSOCK_EAGAIN, run_accept(listener)); /* no connection is pending */
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_set_flags", listener, 0));
    ASSERT_ERRNO(0, CALL2(&other, "sock_connect", d, NET_ADDR));
    ASSERT_ERRNO(XSOCK_EMFILE, run_accept(listener));
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", filler));
    ASSERT_ERRNO(0, run_accept(listener));
    assert_int_equal(guest_get32(&guest, NET_FD), filler);
}

/* 16 vectors need nothing of the quota, and 17 do. The used part of the quota is given back. */
static void vectors_count_against_the_scratch(void **state)
{
    const uint64_t enough = 17 * sizeof(struct xsock_vec);
    (void)state;
    for (uint64_t quota = enough - 1; quota <= enough; quota++) {
        stop_guest();
        start((struct xsock_wasix_config){.max_scratch = quota});
        int d = connected();
        for (uint64_t i = 0; i < 17; i++)
            guest_put_vec(&guest, NET_VEC + 8 * i, NET_IN, 1);
        for (int i = 0; i < 10; i++) {
            uint32_t expected = quota < enough ? XSOCK_ENOMEM : 0;
            ASSERT_ERRNO(expected, CALL5(&guest, "sock_send", d, NET_VEC, 17, 0, NET_DONE));
            ASSERT_ERRNO(0, CALL5(&guest, "sock_send", d, NET_VEC, 16, 0, NET_DONE));
        }
    }
}

static void a_datagram_outlives_want_of_memory(void **state)
{
    int d[2];
    (void)state;
    guest_pair(&guest, XSOCK_SOCK_DGRAM, d);
    ASSERT_ERRNO(0, guest_send(&guest, d[0], "precious"));
    fake_fail(FAKE_ALLOC, 1, FAKE_ENOMEM);
    ASSERT_ERRNO(XSOCK_ENOMEM, guest_recv(&guest, d[1], 4, 64)); /* its whole length */
    for (uint64_t i = 0; i < 17; i++)
        guest_put_vec(&guest, NET_VEC + 8 * i, NET_IN, 1);
    fake_fail(FAKE_ALLOC, 1, FAKE_ENOMEM);
    ASSERT_ERRNO(XSOCK_ENOMEM,
                 CALL6(&guest, "sock_recv", d[1], NET_VEC, 17, 0, NET_DONE, NET_FLAGS));
    ASSERT_ERRNO(0, guest_recv(&guest, d[1], 4, 64));
    ASSERT_GOT(&guest, "precious");
}

/* ---- Status ---------------------------------------------------------------------------------- */

static uintptr_t handle_of(int d)
{
    uintptr_t h = 0;
    ASSERT_RESULT(0, xsock__call_native(guest.process->table, d, &h));
    return h;
}

static void a_connect_has_a_status_all_along(void **state)
{
    (void)state;
    fake_connects_take(20 * MS, FAKE_ECONNREFUSED);
    int d = guest_open(&guest, XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK);
    assert_int_equal(guest_status(&guest, d), OPENING);
    ASSERT_ERRNO(26, run_connect(d));
    ASSERT_ERRNO(XSOCK_EALREADY, run_connect(d));
    assert_int_equal(guest_status(&guest, d), OPENING);
    fake_advance(30 * MS);
    assert_int_equal(guest_status(&guest, d), FAILED);
    assert_int_equal(guest_status(&guest, d), FAILED); /* a query removes nothing */
    ASSERT_ERRNO(XSOCK_ECONNREFUSED, run_connect(d));
    assert_int_equal(guest_status(&guest, d), OPENING);
    ASSERT_ERRNO(26, run_connect(d)); /* fails again, and now the option is asked for the reason */
    fake_advance(30 * MS);
    ASSERT_ERRNO(0, CALL3(&guest, "sock_get_opt_size", d, XSOCK_SO_ERROR, NET_DONE));
    assert_int_equal(guest_get64(&guest, NET_DONE), XSOCK_ECONNREFUSED);
    assert_int_equal(guest_status(&guest, d), FAILED);
}

static void a_connection_has_a_status_to_its_end(void **state)
{
    (void)state;
    int d = connected();
    assert_int_equal(guest_status(&guest, d), OPENED);
    ASSERT_ERRNO(0, guest_send(&other, peer, "last words"));
    ASSERT_ERRNO(0, CALL1(&other, "fd_close", peer));
    assert_int_equal(guest_recv(&guest, d, 0, 64), 0);
    assert_int_equal(guest_status(&guest, d), CLOSED);
    d = connected();
    fake_break(handle_of(d), FAKE_ECONNRESET);
    assert_int_equal(guest_status(&guest, d), FAILED);
    ASSERT_ERRNO(XSOCK_ECONNRESET, run_recv(d));
    fake_fail(FAKE_WAIT, 1, FAKE_EINTR); /* a signal does not tell the state of the socket */
    assert_int_equal(guest_status(&guest, listening()), OPENED);
    assert_int_equal(guest_status(&guest, connected()), OPENED);
    fake_fail(FAKE_WAIT, 1, FAKE_ENOMEM);
    ASSERT_ERRNO(XSOCK_ENOMEM, CALL2(&guest, "sock_status", connected(), NET_STATUS));
}

#define GUEST_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(the_end_of_a_guest_ends_its_calls),
        GUEST_TEST(a_close_ends_them_too),
        GUEST_TEST(nonblock_ends_them_too),
        GUEST_TEST(an_endless_file_ends_with_its_guest),
        GUEST_TEST(a_socket_that_may_not_wait_takes_what_fits),
        GUEST_TEST(only_so_many_calls_wait),
        GUEST_TEST(a_full_table_loses_no_connection),
        GUEST_TEST(vectors_count_against_the_scratch),
        GUEST_TEST(a_datagram_outlives_want_of_memory),
        GUEST_TEST(a_connect_has_a_status_all_along),
        GUEST_TEST(a_connection_has_a_status_to_its_end),
    };
    return cmocka_run_group_tests_name("calls of guests that wait", tests, NULL, NULL);
}
