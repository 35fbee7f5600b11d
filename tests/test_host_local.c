/* Connecting and listening with options on the real system: datagrams and local addresses over
 * loopback, paths of LOCAL sockets, and socket files that a former server has left. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "harness.h"
#include "threads.h"

#ifdef _WIN32
#include <process.h>
#define own_process _getpid
#define FOLDER "."
#else
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#define own_process getpid
#define FOLDER "/tmp"
#endif

static const int64_t LONG_NS =
    INT64_C(30) * 1000 * 1000 * 1000; /* a watchdog, which no test reaches */

static const struct xsock_listen_options REMOVE = {.flags = XSOCK_HOST_REMOVE_STALE};

static char path[100], host[120], lock_path[110], client_path[110];

static int setup(void **state)
{
    snprintf(path, sizeof path, FOLDER "/xsock-host-%ld", (long)own_process());
    snprintf(host, sizeof host, "unix:%s", path);
    snprintf(lock_path, sizeof lock_path, "%s.lock", path);
    snprintf(client_path, sizeof client_path, "%s-c", path);
    return harness_setup(state);
}

static int teardown(void **state)
{
    remove(path);
    remove(lock_path);
    remove(client_path);
    return harness_teardown(state);
}

#define LOCAL_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#define NEEDS_LOCAL(type)                               \
    do {                                                \
        if (xsock_probe(XSOCK_AF_LOCAL, (type), 0) < 0) \
            SKIP("this system has no such LOCAL type"); \
    } while (0)

static const char *port_of(int d)
{
    static char text[8];
    struct xsock_addr a;
    ASSERT_RESULT(0, xsock_local_addr(d, &a));
    snprintf(text, sizeof text, "%u", (unsigned)a.port);
    return text;
}

/* Sends one byte from one socket to the other. */
static void assert_reaches(int from, int to)
{
    char byte = 0;
    ASSERT_RESULT(1, (int)xsock_send(from, "x", 1, 0));
    ASSERT_RESULT(1, (int)xsock_recv(to, &byte, 1, 0));
    assert_int_equal(byte, 'x');
}

/* Connects to `host`, and checks that the connection has reached the listener. */
static void assert_listens(int listener, int type)
{
    const struct xsock_connect_options o = {.type = type};
    int d = ASSERT_OPENS(xsock_connect_host_with(host, NULL, LONG_NS, &o));
    int other = ASSERT_OPENS(xsock_accept(listener, 0, NULL));
    assert_reaches(d, other);
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(other));
}

/* ---- INET ------------------------------------------------------------------------------------ */

static void test_datagrams_reach_a_named_host(void **state)
{
    const struct xsock_listen_options serve = {.af = XSOCK_AF_INET, .type = XSOCK_SOCK_DGRAM};
    const struct xsock_connect_options o = {.af = XSOCK_AF_INET, .type = XSOCK_SOCK_DGRAM};
    struct xsock_addr peer;
    (void)state;
    int server = ASSERT_OPENS(xsock_listen_host_with("127.0.0.1", NULL, 0, &serve));
    int d = ASSERT_OPENS(xsock_connect_host_with("localhost", port_of(server), LONG_NS, &o));
    assert_reaches(d, server);
    ASSERT_RESULT(0, xsock_local_addr(d, &peer));
    ASSERT_RESULT(1, (int)xsock_sendto(server, "y", 1, 0, &peer));
    char byte;
    ASSERT_RESULT(1, (int)xsock_recv(d, &byte, 1, 0));
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(-XSOCK_EADDRINUSE,
                  xsock_listen_host_with("127.0.0.1", port_of(server), 0, &serve));
    ASSERT_RESULT(0, xsock_close(server));
}

static void test_a_local_address_is_where_the_peer_sees_it_come_from(void **state)
{
    struct xsock_addr local, peer;
    const struct xsock_connect_options o = {.local = &local};
    (void)state;
    int listener = ASSERT_OPENS(xsock_listen_host("127.0.0.1", NULL, 5));
    int holder = ASSERT_OPENS(xsock_listen_host("127.0.0.1", NULL, 5));
    ASSERT_RESULT(0, xsock_local_addr(holder, &local)); /* a port that was free a moment ago */
    ASSERT_RESULT(0, xsock_close(holder));
    int d = ASSERT_OPENS(xsock_connect_host_with("127.0.0.1", port_of(listener), LONG_NS, &o));
    int other = ASSERT_OPENS(xsock_accept(listener, 0, &peer));
    assert_true(xsock_addr_equal(&peer, &local));
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(other));
    /* an address that belongs to no machine */
    ASSERT_RESULT(0, xsock_addr_parse("192.0.2.1:0", &local));
    ASSERT_RESULT(-XSOCK_EADDRNOTAVAIL,
                  xsock_connect_host_with("127.0.0.1", port_of(listener), LONG_NS, &o));
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_listeners_share_a_port_only_if_asked(void **state)
{
    const struct xsock_listen_options share = {.flags = XSOCK_HOST_REUSEPORT};
    (void)state;
    int first = xsock_listen_host_with("127.0.0.1", NULL, 5, &share);
    if (first == -XSOCK_ENOPROTOOPT)
        SKIP("this system has no REUSEPORT");
    ASSERT_OPENS(first);
    int second = ASSERT_OPENS(xsock_listen_host_with("127.0.0.1", port_of(first), 5, &share));
    ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_listen_host("127.0.0.1", port_of(first), 5));
    ASSERT_RESULT(0, xsock_close(second));
    ASSERT_RESULT(0, xsock_close(first));
}

/* ---- Paths ----------------------------------------------------------------------------------- */

static void test_a_stream_at_a_path(void **state)
{
    (void)state;
    NEEDS_LOCAL(XSOCK_SOCK_STREAM);
    int listener = ASSERT_OPENS(xsock_listen_host(host, NULL, 5));
    ASSERT_RESULT(XSOCK_SOCK_CLOEXEC, xsock_get_flags(listener));
    assert_listens(listener, 0);
    const struct xsock_connect_options other = {.type = XSOCK_SOCK_DGRAM};
    if (xsock_probe(XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM, 0) == 0)
        ASSERT_RESULT(-XSOCK_EPROTOTYPE, xsock_connect_host_with(host, NULL, LONG_NS, &other));
    ASSERT_RESULT(0, xsock_close(listener));
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect_host(host, NULL, LONG_NS));
    remove(path);
    ASSERT_RESULT(-XSOCK_ENOENT, xsock_connect_host(host, NULL, LONG_NS));
    ASSERT_RESULT(-XSOCK_ENOENT,
                  xsock_listen_host("unix:" FOLDER "/xsock-no-such-folder/x", NULL, 5));
}

static void test_packets_at_a_path(void **state)
{
    const struct xsock_listen_options serve = {.type = XSOCK_SOCK_SEQPACKET};
    (void)state;
    NEEDS_LOCAL(XSOCK_SOCK_SEQPACKET);
    int listener = ASSERT_OPENS(xsock_listen_host_with(host, NULL, 5, &serve));
    assert_listens(listener, XSOCK_SOCK_SEQPACKET);
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_datagrams_at_a_path_are_answered_at_the_local_one(void **state)
{
    struct xsock_addr local = {.family = XSOCK_AF_LOCAL}, from;
    const struct xsock_listen_options serve = {.type = XSOCK_SOCK_DGRAM};
    const struct xsock_connect_options o = {.type = XSOCK_SOCK_DGRAM, .local = &local};
    char byte;
    (void)state;
    NEEDS_LOCAL(XSOCK_SOCK_DGRAM);
    local.length = (uint32_t)strlen(client_path);
    memcpy(local.data, client_path, local.length);
    int server = ASSERT_OPENS(xsock_listen_host_with(host, NULL, 0, &serve));
    int d = ASSERT_OPENS(xsock_connect_host_with(host, NULL, LONG_NS, &o));
    ASSERT_RESULT(1, (int)xsock_send(d, "x", 1, 0));
    ASSERT_RESULT(1, (int)xsock_recvfrom(server, &byte, 1, 0, &from));
    assert_true(xsock_addr_equal(&from, &local));
    ASSERT_RESULT(1, (int)xsock_sendto(server, "y", 1, 0, &from));
    ASSERT_RESULT(1, (int)xsock_recv(d, &byte, 1, 0));
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(server));
}

#ifdef __linux__
static void test_an_abstract_name_has_no_file(void **state)
{
    (void)state;
    snprintf(host, sizeof host, "unix:@xsock-host-%ld", (long)own_process());
    int listener = ASSERT_OPENS(xsock_listen_host_with(host, NULL, 5, &REMOVE));
    assert_listens(listener, 0);
    ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_listen_host_with(host, NULL, 5, &REMOVE));
    ASSERT_RESULT(0, xsock_close(listener));
}
#endif

/* ---- Stale socket files ---------------------------------------------------------------------- */

static void leave_behind(int type)
{
    const struct xsock_listen_options serve = {.type = type};
    ASSERT_RESULT(0, xsock_close(ASSERT_OPENS(xsock_listen_host_with(host, NULL, 5, &serve))));
}

static void test_a_dead_file_is_removed_only_with_the_flag(void **state)
{
    (void)state;
    NEEDS_LOCAL(XSOCK_SOCK_STREAM);
    leave_behind(XSOCK_SOCK_STREAM);
    ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_listen_host(host, NULL, 5));
    int listener = ASSERT_OPENS(xsock_listen_host_with(host, NULL, 5, &REMOVE));
    assert_listens(listener, 0);
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_a_dead_file_of_datagrams_is_removed(void **state)
{
    const struct xsock_listen_options serve = {.type = XSOCK_SOCK_DGRAM,
                                               .flags = XSOCK_HOST_REMOVE_STALE};
    const struct xsock_connect_options o = {.type = XSOCK_SOCK_DGRAM};
    (void)state;
    NEEDS_LOCAL(XSOCK_SOCK_DGRAM);
    leave_behind(XSOCK_SOCK_DGRAM);
    int server = ASSERT_OPENS(xsock_listen_host_with(host, NULL, 0, &serve));
    int d = ASSERT_OPENS(xsock_connect_host_with(host, NULL, LONG_NS, &o));
    assert_reaches(d, server);
    ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_listen_host_with(host, NULL, 0, &serve));
    ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_listen_host_with(host, NULL, 0, &REMOVE)); /* a stream */
    assert_reaches(d, server);
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(server));
}

static void test_a_live_server_keeps_its_path_also_with_a_full_queue(void **state)
{
    const struct xsock_connect_options o = {.flags = XSOCK_HOST_NONBLOCK};
    int waiting[4];
    (void)state;
    NEEDS_LOCAL(XSOCK_SOCK_STREAM);
    int listener = ASSERT_OPENS(xsock_listen_host(host, NULL, 0));
    ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_listen_host_with(host, NULL, 5, &REMOVE));
    for (int i = 0; i < 4; i++)
        waiting[i] = xsock_connect_host_with(host, NULL, 0, &o);
    ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_listen_host_with(host, NULL, 5, &REMOVE));
    for (int i = 0; i < 4; i++)
        if (waiting[i] >= 0)
            ASSERT_RESULT(0, xsock_close(waiting[i]));
    int d;
    ASSERT_RESULT(0, xsock_set_flags(listener, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK));
    while ((d = xsock_accept(listener, 0, NULL)) >= 0)
        ASSERT_RESULT(0, xsock_close(d));
    assert_listens(listener, 0);
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_a_plain_file_is_not_removed(void **state)
{
    char text[8] = "";
    (void)state;
    NEEDS_LOCAL(XSOCK_SOCK_STREAM);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fputs("mine", f) >= 0);
    assert_int_equal(fclose(f), 0);
    ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_listen_host_with(host, NULL, 5, &REMOVE));
    f = fopen(path, "rb");
    assert_non_null(f);
    assert_non_null(fgets(text, sizeof text, f));
    fclose(f);
    assert_string_equal(text, "mine");
}

#ifndef _WIN32
static void test_a_symbolic_link_to_a_dead_file_is_not_removed(void **state)
{
    (void)state;
    snprintf(host, sizeof host, "unix:%s", client_path);
    leave_behind(XSOCK_SOCK_STREAM);
    snprintf(host, sizeof host, "unix:%s", path);
    assert_int_equal(symlink(client_path, path), 0);
    ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_listen_host_with(host, NULL, 5, &REMOVE));
    assert_int_equal(access(client_path, F_OK), 0);
    assert_int_equal(unlink(path), 0);
}

static void test_nothing_is_removed_while_somebody_else_has_the_lock(void **state)
{
    (void)state;
    leave_behind(XSOCK_SOCK_STREAM);
    int lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(lock >= 0);
    assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), 0);
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_listen_host_with(host, NULL, 5, &REMOVE));
    assert_int_equal(access(path, F_OK), 0);
    close(lock);
    ASSERT_RESULT(0, xsock_close(ASSERT_OPENS(xsock_listen_host_with(host, NULL, 5, &REMOVE))));
}
#endif

/* ---- Servers that start at the same time ----------------------------------------------------- */

enum { SERVERS = 4, ROUNDS = 50 };

struct server {
    struct gate *gate;
    int result;
};

static void serve(void *user)
{
    struct server *s = user;
    gate_wait(s->gate);
    s->result = xsock_listen_host_with(host, NULL, 5, &REMOVE);
}

static void test_of_servers_that_start_together_one_has_the_path_and_keeps_it(void **state)
{
    (void)state;
    NEEDS_LOCAL(XSOCK_SOCK_STREAM);
    leave_behind(XSOCK_SOCK_STREAM);
    for (int round = 0; round < ROUNDS; round++) {
        struct server servers[SERVERS];
        struct thread *threads[SERVERS];
        struct gate *gate = gate_create();
        int winner = -1;
        for (int i = 0; i < SERVERS; i++) {
            servers[i] = (struct server){gate, 0};
            threads[i] = thread_start(serve, &servers[i]);
            assert_non_null(threads[i]);
        }
        gate_open(gate);
        for (int i = 0; i < SERVERS; i++)
            thread_join(threads[i]);
        gate_destroy(gate);
        for (int i = 0; i < SERVERS; i++) {
            int rc = servers[i].result;
            ASSERT_THAT(rc >= 0 || rc == -XSOCK_EBUSY || rc == -XSOCK_EADDRINUSE, "%s",
                        harness_name(rc));
            ASSERT_THAT(rc < 0 || winner < 0, "round %d: two servers have one path", round);
            winner = rc >= 0 ? rc : winner;
        }
        ASSERT_THAT(winner >= 0, "round %d: no server has the path", round);
        int d;
        ASSERT_RESULT(0, xsock_set_flags(winner, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK));
        /* a server that only checked whether it is alive */
        while ((d = xsock_accept(winner, 0, NULL)) >= 0)
            ASSERT_RESULT(0, xsock_close(d));
        assert_listens(winner, 0);
        ASSERT_RESULT(0, xsock_close(winner));
    }
}

/* The system's resolver keeps handles, which are opened before anything is counted. */
static int warm_up(void **state)
{
    (void)state;
    int d = xsock_connect_host("localhost", "1", LONG_NS);
    if (d >= 0)
        xsock_close(d);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOCAL_TEST(test_datagrams_reach_a_named_host),
        LOCAL_TEST(test_a_local_address_is_where_the_peer_sees_it_come_from),
        LOCAL_TEST(test_listeners_share_a_port_only_if_asked),
        LOCAL_TEST(test_a_stream_at_a_path),
        LOCAL_TEST(test_packets_at_a_path),
        LOCAL_TEST(test_datagrams_at_a_path_are_answered_at_the_local_one),
#ifdef __linux__
        LOCAL_TEST(test_an_abstract_name_has_no_file),
#endif
        LOCAL_TEST(test_a_dead_file_is_removed_only_with_the_flag),
        LOCAL_TEST(test_a_dead_file_of_datagrams_is_removed),
        LOCAL_TEST(test_a_live_server_keeps_its_path_also_with_a_full_queue),
        LOCAL_TEST(test_a_plain_file_is_not_removed),
#ifndef _WIN32
        LOCAL_TEST(test_a_symbolic_link_to_a_dead_file_is_not_removed),
        LOCAL_TEST(test_nothing_is_removed_while_somebody_else_has_the_lock),
#endif
        LOCAL_TEST(test_of_servers_that_start_together_one_has_the_path_and_keeps_it),
    };
    return cmocka_run_group_tests_name("host_local", tests, warm_up, NULL);
}
