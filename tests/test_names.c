/* Names on the real system: looking up, connecting and listening, over loopback only. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "harness.h"

#ifndef _WIN32
#include <sys/wait.h>
#include <unistd.h>
#endif

static const int64_t LONG_NS =
    INT64_C(30) * 1000 * 1000 * 1000; /* a watchdog, which no test reaches */

static bool is_loopback(const struct xsock_addr *a)
{
    static const uint8_t one[16] = {[15] = 1}, mapped[13] = {[10] = 0xff, [11] = 0xff, [12] = 127};
    if (a->family == XSOCK_AF_INET6)
        return memcmp(a->data, one, 16) == 0 || memcmp(a->data, mapped, 13) == 0;
    return a->family == XSOCK_AF_INET && a->data[0] == 127;
}

static bool is_resolver_error(int rc)
{
    return rc <= -XSOCK_EAI_ADDRFAMILY && rc >= -XSOCK_EAI_SYSTEM;
}

/* The port of a socket, as text. */
static const char *port_of(int d)
{
    static char text[8];
    struct xsock_addr a;
    ASSERT_RESULT(0, xsock_local_addr(d, &a));
    snprintf(text, sizeof text, "%u", (unsigned)a.port);
    return text;
}

static bool has_v6(void)
{
    struct xsock_addr a;
    int d = xsock_open(XSOCK_AF_INET6, XSOCK_SOCK_STREAM, 0);
    ASSERT_RESULT(0, xsock_addr_parse("[::1]:0", &a));
    bool has = d >= 0 && xsock_bind(d, &a) == 0;
    if (d >= 0)
        xsock_close(d);
    return has;
}

/* A socket that is bound, but does not listen. No other socket has its port, and connections to the
 * port are refused. */
static int refusing_socket(const char *address)
{
    struct xsock_addr a;
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, XSOCK_IPPROTO_TCP));
    ASSERT_RESULT(0, xsock_addr_parse(address, &a));
    ASSERT_RESULT(0, xsock_bind(d, &a));
    return d;
}

/* Connects by name, and checks that the connection has reached the listener. */
static void assert_reaches(int listener, const char *host, int64_t timeout_ns)
{
    struct xsock_addr peer, local;
    char byte = 0;
    int d = ASSERT_OPENS(xsock_connect_host(host, port_of(listener), timeout_ns));
    int other = ASSERT_OPENS(xsock_accept(listener, 0, NULL));
    ASSERT_RESULT(XSOCK_SOCK_CLOEXEC, xsock_get_flags(d));
    ASSERT_RESULT(0, xsock_peer_addr(d, &peer));
    ASSERT_RESULT(0, xsock_local_addr(listener, &local));
    assert_true(is_loopback(&peer));
    assert_int_equal(peer.port, local.port);
    ASSERT_RESULT(1, (int)xsock_send(other, "x", 1, 0));
    ASSERT_RESULT(1, (int)xsock_recv(d, &byte, 1, 0));
    assert_int_equal(byte, 'x');
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(other));
}

static void test_localhost_has_a_canonical_name(void **state)
{
    char name[1025] = "";
    int n = xsock_canonical_name("localhost", XSOCK_AF_UNSPEC, name, sizeof name);
    (void)state;
    ASSERT_THAT(n > 0, "%s", harness_name(n));
    assert_int_equal(n, strlen(name));
    ASSERT_RESULT(9, xsock_canonical_name("127.0.0.1", XSOCK_AF_INET, name, sizeof name));
    assert_string_equal("127.0.0.1", name);
    n = xsock_canonical_name("no-such-host.invalid", XSOCK_AF_UNSPEC, name, sizeof name);
    assert_true(is_resolver_error(n));
    assert_string_equal("127.0.0.1", name);
}

/* ---- Resolving ------------------------------------------------------------------------------- */

static void test_localhost_is_this_machine(void **state)
{
    struct xsock_addr v[16];
    (void)state;
    int n = xsock_resolve("localhost", "80", XSOCK_AF_UNSPEC, 0, 0, v, 16);
    ASSERT_THAT(n >= 1 && n <= 16, "%s", harness_name(n));
    for (int i = 0; i < n; i++) {
        assert_true(is_loopback(&v[i]));
        assert_int_equal(v[i].port, 80);
        for (int k = 0; k < i; k++)
            assert_false(xsock_addr_equal(&v[i], &v[k]));
    }
    n = xsock_resolve("localhost", NULL, XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, v, 1);
    ASSERT_RESULT(1, n);
    assert_int_equal(v[0].family, XSOCK_AF_INET);
    assert_int_equal(v[0].port, 0);
    ASSERT_RESULT(1, xsock_resolve("localhost", "80", XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0, NULL, 0));
    n = xsock_resolve("localhost", "80", XSOCK_AF_INET6, XSOCK_SOCK_STREAM, XSOCK_AI_V4MAPPED, v,
                      16);
    ASSERT_THAT(n >= 1, "%s", harness_name(n));
    assert_int_equal(v[0].family, XSOCK_AF_INET6);
}

static void test_numbers_need_no_name_server(void **state)
{
    struct xsock_addr a, expected;
    (void)state;
    ASSERT_RESULT(
        1, xsock_resolve("192.0.2.1", "8080", XSOCK_AF_UNSPEC, 0, XSOCK_AI_NUMERICHOST, &a, 1));
    ASSERT_RESULT(0, xsock_addr_parse("192.0.2.1:8080", &expected));
    assert_true(xsock_addr_equal(&a, &expected));
    ASSERT_RESULT(1,
                  xsock_resolve("2001:db8::1", "1", XSOCK_AF_INET6, XSOCK_SOCK_STREAM, 0, &a, 1));
    ASSERT_RESULT(0, xsock_addr_parse("[2001:db8::1]:1", &expected));
    assert_true(xsock_addr_equal(&a, &expected));
    ASSERT_RESULT(-XSOCK_EAI_NONAME, xsock_resolve("127.1", "80", XSOCK_AF_UNSPEC, 0, 0, &a, 1));
    ASSERT_RESULT(-XSOCK_EAI_SERVICE,
                  xsock_resolve("127.0.0.1", "99999", XSOCK_AF_UNSPEC, 0, 0, &a, 1));
    ASSERT_RESULT(-XSOCK_EAI_ADDRFAMILY,
                  xsock_resolve("127.0.0.1", "80", XSOCK_AF_INET6, 0, 0, &a, 1));
}

static void test_names_that_are_none_give_a_resolvers_error_with_a_sentence(void **state)
{
    static const char *const names[] = {"nosuch.invalid", "no such", "\xff\xfe.invalid"};
    struct xsock_addr a;
    (void)state;
    memset(&a, 0x5a, sizeof a);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int rc = xsock_resolve(names[i], "80", XSOCK_AF_UNSPEC, XSOCK_SOCK_STREAM, 0, &a, 1);
        ASSERT_THAT(is_resolver_error(rc), "%s: %s", names[i], harness_name(rc));
        ASSERT_THAT(strcmp(xsock_strerror(rc), xsock_strerror(9999)) != 0, "%s",
                    xsock_strerror(rc));
        rc = xsock_connect_host(names[i], "80", -1);
        ASSERT_THAT(is_resolver_error(rc), "%s: %s", names[i], harness_name(rc));
        rc = xsock_connect_host(names[i], "80", 20 * LONG_NS);
        ASSERT_THAT(is_resolver_error(rc), "%s: %s", names[i], harness_name(rc));
        rc = xsock_listen_host(names[i], "0", 1);
        ASSERT_THAT(is_resolver_error(rc), "%s: %s", names[i], harness_name(rc));
    }
    assert_int_equal(a.family, 0x5a5a5a5a);
}

static void test_services_have_the_ports_of_the_systems_file(void **state)
{
    struct xsock_addr v[4];
    (void)state;
    int n = xsock_resolve("127.0.0.1", "http", XSOCK_AF_UNSPEC, XSOCK_SOCK_STREAM, 0, v, 4);
    if (n != -XSOCK_EAI_SERVICE) { /* small systems have no such file */
        ASSERT_RESULT(1, n);
        assert_int_equal(v[0].port, 80);
        ASSERT_RESULT(
            1, xsock_resolve("localhost", "http", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, v, 4));
        assert_int_equal(v[0].port, 80);
        n = xsock_resolve(NULL, "http", XSOCK_AF_INET, XSOCK_SOCK_STREAM, XSOCK_AI_PASSIVE, v, 4);
        ASSERT_RESULT(1, n);
        assert_int_equal(v[0].port, 80);
        assert_int_equal(v[0].data[0], 0);
    }
    ASSERT_RESULT(-XSOCK_EAI_SERVICE, xsock_resolve("127.0.0.1", "no-such-service", XSOCK_AF_UNSPEC,
                                                    XSOCK_SOCK_STREAM, 0, v, 4));
    ASSERT_RESULT(-XSOCK_EAI_SERVICE, xsock_resolve("localhost", "no-such-service", XSOCK_AF_UNSPEC,
                                                    XSOCK_SOCK_STREAM, 0, v, 4));
    ASSERT_RESULT(-XSOCK_EAI_SERVICE, xsock_connect_host("127.0.0.1", "no-such-service", LONG_NS));
}

static void test_addresses_have_names_or_are_written(void **state)
{
    struct xsock_addr a;
    char host[1025], service[32];
    (void)state;
    ASSERT_RESULT(0, xsock_addr_parse("127.0.0.1:80", &a));
    ASSERT_RESULT(0, xsock_reverse(&a, host, sizeof host, service, sizeof service, 0));
    assert_true(host[0] != 0);
    ASSERT_THAT(strcmp(service, "http") == 0 || strcmp(service, "80") == 0, "%s", service);
    ASSERT_RESULT(0, xsock_reverse(&a, host, sizeof host, service, sizeof service,
                                   XSOCK_NI_NUMERICHOST | XSOCK_NI_NUMERICSERV));
    assert_string_equal(host, "127.0.0.1");
    assert_string_equal(service, "80");
    ASSERT_RESULT(0, xsock_addr_parse("[2001:db8::1]:1", &a));
    ASSERT_RESULT(0, xsock_reverse(&a, host, sizeof host, NULL, 0, XSOCK_NI_NUMERICHOST));
    assert_string_equal(host, "2001:db8::1");
}

/* ---- Connecting ------------------------------------------------------------------------------ */

static void test_a_listener_is_reached_by_address_and_by_name(void **state)
{
    (void)state;
    int listener = ASSERT_OPENS(xsock_listen_host("127.0.0.1", NULL, 5));
    ASSERT_RESULT(XSOCK_SOCK_CLOEXEC, xsock_get_flags(listener));
    assert_reaches(listener, "127.0.0.1", -1);
    assert_reaches(listener, "127.0.0.1", LONG_NS);
    assert_reaches(listener, "0.0.0.0", LONG_NS); /* this machine */
    assert_reaches(listener, "localhost", -1);
    assert_reaches(listener, "localhost", LONG_NS);
    assert_reaches(listener, NULL, LONG_NS); /* ::1 refuses, and then 127.0.0.1 is tried at once */
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_a_dual_stack_listener_is_reached_over_both_families(void **state)
{
    static const char *const hosts[] = {NULL, "::"};
    (void)state;
    if (!has_v6())
        SKIP("this machine has no ::1");
    for (size_t i = 0; i < 2; i++) {
        struct xsock_addr a;
        int listener = ASSERT_OPENS(xsock_listen_host(hosts[i], "0", 5));
        ASSERT_RESULT(0, xsock_local_addr(listener, &a));
        assert_int_equal(a.family, XSOCK_AF_INET6);
        assert_reaches(listener, "127.0.0.1", LONG_NS);
        assert_reaches(listener, "::1", LONG_NS);
        assert_reaches(listener, "::ffff:127.0.0.1", LONG_NS);
        assert_reaches(listener, "localhost", LONG_NS);
        ASSERT_RESULT(0, xsock_close(listener));
    }
}

static void test_a_listener_on_one_family_is_not_reached_over_the_other(void **state)
{
    (void)state;
    if (!has_v6())
        SKIP("this machine has no ::1");
    int listener = ASSERT_OPENS(xsock_listen_host("::1", "0", 5));
    assert_reaches(listener, "::1", LONG_NS);
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect_host("127.0.0.1", port_of(listener), LONG_NS));
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_nobody_there_is_told_as_refused(void **state)
{
    (void)state;
    int d = refusing_socket("127.0.0.1:0");
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect_host("127.0.0.1", port_of(d), LONG_NS));
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_error_from_os(xsock_oserror()));
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect_host("localhost", port_of(d), LONG_NS));
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect_host("localhost", port_of(d), -1));
    ASSERT_RESULT(0, xsock_close(d));
}

static void test_no_time_is_not_much(void **state)
{
    (void)state;
    int listener = ASSERT_OPENS(xsock_listen_host("127.0.0.1", NULL, 5));
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("localhost", port_of(listener), 0));
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_the_lowest_free_number_is_given(void **state)
{
    (void)state;
    int listener = ASSERT_OPENS(xsock_listen_host("127.0.0.1", NULL, 5));
    int low = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    int high = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(0, xsock_close(low));
    ASSERT_RESULT(low, xsock_connect_host("localhost", port_of(listener), LONG_NS));
    ASSERT_RESULT(0, xsock_close(low));
    ASSERT_RESULT(low, xsock_listen_host("localhost", NULL, 5));
    ASSERT_RESULT(0, xsock_close(low));
    ASSERT_RESULT(0, xsock_close(high));
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_bad_arguments_are_reported(void **state)
{
    (void)state;
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_connect_host("127.0.0.1", NULL, -1));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_connect_host(NULL, NULL, INT64_MIN));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_connect_host("127.0.0.1", "80", -2));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_connect_host("127.0.0.1", "80", INT64_MIN));
    ASSERT_RESULT(-XSOCK_EAI_NONAME, xsock_connect_host("", "80", -1));
    ASSERT_RESULT(-XSOCK_EAI_SERVICE, xsock_connect_host("127.0.0.1", "", -1));
    ASSERT_RESULT(-XSOCK_EAI_SERVICE, xsock_connect_host("127.0.0.1", "65536", -1));
    ASSERT_RESULT(-XSOCK_EAI_NONAME, xsock_listen_host("", NULL, 1));
    ASSERT_RESULT(-XSOCK_EAI_SERVICE, xsock_listen_host(NULL, "65536", 1));
    ASSERT_RESULT(-XSOCK_EADDRNOTAVAIL, xsock_listen_host("192.0.2.1", "0", 1));
}

/* ---- Listening ------------------------------------------------------------------------------- */

static void test_a_port_that_is_taken_is_reported(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", NULL};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        int first = ASSERT_OPENS(xsock_listen_host(hosts[i], "0", 5));
        ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_listen_host(hosts[i], port_of(first), 5));
        ASSERT_RESULT(0, xsock_close(first));
    }
}

static void test_a_server_can_start_again_at_once(void **state)
{
    char port[8], byte;
    (void)state;
    int listener = ASSERT_OPENS(xsock_listen_host("127.0.0.1", "0", INT32_MIN));
    snprintf(port, sizeof port, "%s", port_of(listener));
    int client = ASSERT_OPENS(xsock_connect_host("127.0.0.1", port, LONG_NS));
    int server = ASSERT_OPENS(xsock_accept(listener, 0, NULL));
    /* The end that closes first keeps the port for some minutes (TIME_WAIT). */
    ASSERT_RESULT(0, xsock_close(server));
    ASSERT_RESULT(0, (int)xsock_recv(client, &byte, 1, 0));
    ASSERT_RESULT(0, xsock_close(client));
    ASSERT_RESULT(0, xsock_close(listener));
    listener = ASSERT_OPENS(xsock_listen_host("127.0.0.1", port, INT32_MAX));
    assert_reaches(listener, "127.0.0.1", LONG_NS);
    ASSERT_RESULT(0, xsock_close(listener));
}

#ifndef _WIN32
/* With ThreadSanitizer the child looks names up in the calling thread. */
static void test_a_forked_child_can_look_up_and_connect(void **state)
{
    int status = 0;
    (void)state;
    int listener = ASSERT_OPENS(xsock_listen_host("127.0.0.1", NULL, 5));
    assert_reaches(listener, "localhost", LONG_NS);
    const char *port = port_of(listener);
    pid_t child = fork();
    if (child == 0) {
        int64_t limit = HAS_THREAD_SANITIZER ? -1 : LONG_NS;
        bool told = is_resolver_error(xsock_connect_host("nosuch.invalid", "80", limit));
        _exit(told && xsock_connect_host("localhost", port, limit) >= 0 ? 0 : 1);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ASSERT_RESULT(0, xsock_close(ASSERT_OPENS(xsock_accept(listener, 0, NULL))));
    ASSERT_RESULT(0, xsock_close(listener));
}
#endif

/* This test is the last, and handles are not counted, because a look-up may go on until the program
 * ends. The program may end nevertheless. */
static void test_a_lookup_that_takes_too_long_is_left_behind(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        int rc = xsock_connect_host("nosuch.invalid", "80", 1 + i);
        ASSERT_THAT(rc == -XSOCK_ETIMEDOUT || is_resolver_error(rc), "%s", harness_name(rc));
    }
    assert_int_equal(harness_descriptors(64), 0);
    ASSERT_RESULT(0, xsock_cleanup());
}

/* The system's resolver keeps handles, which are opened before anything is counted. */
static int warm_up(void **state)
{
    struct xsock_addr a;
    (void)state;
    xsock_resolve("nosuch.invalid", "http", XSOCK_AF_UNSPEC, 0, 0, &a, 1);
    int d = refusing_socket("127.0.0.1:0");
    xsock_connect_host("nosuch.invalid", "80", LONG_NS);
    xsock_connect_host("localhost", port_of(d), LONG_NS);
    return xsock_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_localhost_is_this_machine),
        TEST(test_localhost_has_a_canonical_name),
        TEST(test_numbers_need_no_name_server),
        TEST(test_names_that_are_none_give_a_resolvers_error_with_a_sentence),
        TEST(test_services_have_the_ports_of_the_systems_file),
        TEST(test_addresses_have_names_or_are_written),
        TEST(test_a_listener_is_reached_by_address_and_by_name),
        TEST(test_a_dual_stack_listener_is_reached_over_both_families),
        TEST(test_a_listener_on_one_family_is_not_reached_over_the_other),
        TEST(test_nobody_there_is_told_as_refused),
        TEST(test_no_time_is_not_much),
        TEST(test_the_lowest_free_number_is_given),
        TEST(test_bad_arguments_are_reported),
        TEST(test_a_port_that_is_taken_is_reported),
        TEST(test_a_server_can_start_again_at_once),
#ifndef _WIN32
        TEST(test_a_forked_child_can_look_up_and_connect),
#endif
        cmocka_unit_test(test_a_lookup_that_takes_too_long_is_left_behind),
    };
    return cmocka_run_group_tests_name("names", tests, warm_up, NULL);
}
