/* The options of connecting and listening by name, on the fake system: the order of the steps, and
 * that nothing is left open if a step fails. */
#include "api/library.h"
#include "harness.h"

#include "fake_names.h"
#include "fake_net.h"
#include "fake_socket_file.h"

static const int64_t MS = 1000000;

static struct xsock_addr address(const char *text)
{
    struct xsock_addr a;
    ASSERT_RESULT(0, xsock_addr_parse(text, &a));
    return a;
}

static void add_host(const char *name, const char *text)
{
    struct xsock_addr a = address(text);
    fake_names_add_host(name, &a);
}

static int setup(void **state)
{
    fake_names_reset();
    add_host("many.example", "[2001:db8::1]:0");
    add_host("many.example", "[2001:db8::2]:0");
    add_host("many.example", "192.0.2.1:0");
    add_host("four.example", "192.0.2.1:0");
    if (xsock_startup() < 0)
        return 1;
    return fake_setup(state);
}

static int teardown(void **state)
{
    fake_names_reset();
    return fake_teardown(state);
}

#define OPTIONS_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static int connect_with(const char *host, const char *service,
                        const struct xsock_connect_options *o)
{
    return xsock_connect_host_with(host, service, 900 * MS, o);
}

static int listen_with(const char *host, const char *service, const struct xsock_listen_options *o)
{
    return xsock_listen_host_with(host, service, 5, o);
}

static void assert_peer(int d, const char *text)
{
    struct xsock_addr a, expected = address(text);
    ASSERT_RESULT(0, xsock_peer_addr(d, &a));
    assert_true(xsock_addr_equal(&a, &expected));
}

/* ---- Datagrams ------------------------------------------------------------------------------- */

static void test_datagrams_go_to_the_first_address_that_the_system_accepts(void **state)
{
    const struct xsock_connect_options o = {.type = XSOCK_SOCK_DGRAM};
    (void)state;
    int d = ASSERT_OPENS(connect_with("many.example", "53", &o));
    assert_peer(d, "[2001:db8::1]:53");
    ASSERT_RESULT(0, xsock_close(d));
    fake_fail(FAKE_CONNECT, 1, FAKE_EHOSTUNREACH);
    unsigned opens = fake_calls(FAKE_OPEN);
    d = ASSERT_OPENS(connect_with("many.example", "53", &o));
    assert_peer(d, "[2001:db8::2]:53"); /* a stream would continue with the other family */
    assert_int_equal(fake_calls(FAKE_OPEN), opens + 2);
    assert_int_equal(fake_handles(), 1);
    ASSERT_RESULT(0, xsock_close(d));
}

static void test_no_time_is_enough_for_every_address_of_datagrams(void **state)
{
    const struct xsock_connect_options o = {.type = XSOCK_SOCK_DGRAM,
                                            .flags = XSOCK_HOST_NUMERICSERV};
    (void)state;
    fake_names_add_service("domain", XSOCK_SOCK_DGRAM, 53);
    ASSERT_RESULT(-XSOCK_EAI_NONAME, connect_with("many.example", "domain", &o));
    fake_fail(FAKE_CONNECT, 1, FAKE_EHOSTUNREACH);
    int d = ASSERT_OPENS(xsock_connect_host_with(NULL, "53", 0, &o));
    assert_peer(d, "127.0.0.1:53"); /* ::1 failed */
    ASSERT_RESULT(0, xsock_close(d));
}

static void test_refused_datagram_addresses_give_the_most_specific_error(void **state)
{
    const struct xsock_connect_options o = {.type = XSOCK_SOCK_DGRAM};
    (void)state;
    fake_fail(FAKE_CONNECT, 1, FAKE_EACCES);
    ASSERT_RESULT(-XSOCK_EACCES, connect_with("four.example", "53", &o));
    assert_int_equal(fake_handles(), 0);
}

static void test_the_type_and_the_family_reach_the_look_up(void **state)
{
    const struct xsock_connect_options dgram = {.af = XSOCK_AF_INET6, .type = XSOCK_SOCK_DGRAM};
    const struct xsock_listen_options serve = {.af = XSOCK_AF_INET, .type = XSOCK_SOCK_DGRAM};
    struct xsock_addr local;
    (void)state;
    fake_names_add_service("domain", XSOCK_SOCK_DGRAM, 53);
    fake_names_add_service("domain", XSOCK_SOCK_STREAM, 54);
    int d = ASSERT_OPENS(connect_with("many.example", "domain", &dgram));
    assert_peer(d, "[2001:db8::1]:53");
    assert_int_equal(fake_names_asked().family, FAKE_FAMILY_BASE + XSOCK_AF_INET6);
    assert_int_equal(fake_names_asked().type, FAKE_TYPE_BASE + XSOCK_SOCK_DGRAM);
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(-XSOCK_EAI_NONAME, connect_with("four.example", "domain", &dgram));
    unsigned listens = fake_calls(FAKE_LISTEN);
    d = ASSERT_OPENS(listen_with(NULL, "domain", &serve));
    ASSERT_RESULT(0, xsock_local_addr(d, &local));
    assert_int_equal(local.family, XSOCK_AF_INET);
    assert_int_equal(local.port, 53);
    assert_int_equal(fake_calls(FAKE_LISTEN), listens);
    ASSERT_RESULT(0, xsock_close(d));
}

/* ---- Flags, local address -------------------------------------------------------------------- */

static void test_flags_of_the_descriptor(void **state)
{
    static const struct {
        int flags, expected;
    } rows[] = {
        {0, XSOCK_SOCK_CLOEXEC},
        {XSOCK_HOST_NONBLOCK, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK},
        {XSOCK_HOST_INHERIT, 0},
        {XSOCK_HOST_INHERIT | XSOCK_HOST_NONBLOCK, XSOCK_SOCK_NONBLOCK},
    };
    (void)state;
    fake_connects_take(20 * MS, 0); /* a NONBLOCK descriptor is connected nevertheless */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct xsock_listen_options serve = {.flags = rows[i].flags};
        const struct xsock_connect_options o = {.flags = rows[i].flags};
        int listener = ASSERT_OPENS(listen_with(NULL, "80", &serve));
        ASSERT_RESULT(rows[i].expected, xsock_get_flags(listener));
        int d = ASSERT_OPENS(connect_with(NULL, "80", &o));
        ASSERT_RESULT(rows[i].expected, xsock_get_flags(d));
        ASSERT_RESULT(1, (int)xsock_send(d, "x", 1, 0));
        ASSERT_RESULT(0, xsock_close(d));
        ASSERT_RESULT(0, xsock_close(listener));
    }
}

static void test_a_local_address_decides_the_family_and_is_bound(void **state)
{
    struct xsock_addr local = address("192.0.2.77:4000"), got;
    const struct xsock_connect_options o = {.local = &local};
    (void)state;
    int listener = ASSERT_OPENS(xsock_listen_host("192.0.2.1", "80", 5));
    int d = ASSERT_OPENS(connect_with("many.example", "80", &o));
    assert_peer(d, "192.0.2.1:80");
    assert_int_equal(fake_names_asked().family, FAKE_FAMILY_BASE + XSOCK_AF_INET);
    ASSERT_RESULT(0, xsock_local_addr(d, &got));
    assert_true(xsock_addr_equal(&got, &local));
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(listener));
    fake_fail(FAKE_BIND, 1, FAKE_EADDRINUSE);
    ASSERT_RESULT(-XSOCK_EADDRINUSE, connect_with("four.example", "80", &o));
    assert_int_equal(fake_handles(), 0);
}

/* ---- Bad arguments --------------------------------------------------------------------------- */

static void test_bad_options_to_connect_are_reported(void **state)
{
    struct xsock_addr inet = address("127.0.0.1:0"), local = address("unix:/l"), bad = inet;
    bad.length = 5;
    const struct {
        int expected;
        const char *host, *service;
        struct xsock_connect_options o;
    } rows[] = {
        {-XSOCK_EFAULT, "h", NULL, {.flags = -1}},
        {-XSOCK_EFAULT, NULL, NULL, {.af = -1}},
        {-XSOCK_EINVAL, "", "80", {.flags = 0x8000}},
        {-XSOCK_EINVAL, "", "80", {.flags = XSOCK_SOCK_CLOEXEC}},
        {-XSOCK_EINVAL, "", "80", {.flags = XSOCK_HOST_REUSEPORT}},
        {-XSOCK_EINVAL, "", "80", {.flags = XSOCK_HOST_REMOVE_STALE}},
        {-XSOCK_EINVAL, "", "80", {.reserved = {0, 0, 0, 1}}},
        {-XSOCK_EINVAL, "", "80", {.protocol = -1}},
        {-XSOCK_EPROTONOSUPPORT, "", "80", {.protocol = XSOCK_IPPROTO_UDP}},
        {-XSOCK_EPROTONOSUPPORT, "unix:/p", NULL, {.protocol = XSOCK_IPPROTO_TCP}},
        {-XSOCK_EINVAL, "", "80", {.local = &bad}},
        {-XSOCK_EINVAL, "", "80", {.local = &local}},
        {-XSOCK_EINVAL, "unix:/p", NULL, {.local = &inet}},
        {-XSOCK_EINVAL, "", "80", {.af = XSOCK_AF_INET6, .local = &inet}},
        {-XSOCK_EAI_FAMILY, "", "80", {.af = XSOCK_AF_VSOCK}},
        {-XSOCK_EAI_FAMILY, "unix:/p", NULL, {.af = INT32_MIN}},
        {-XSOCK_EAI_ADDRFAMILY, "", "80", {.af = XSOCK_AF_LOCAL}},
        {-XSOCK_EAI_ADDRFAMILY, "unix:/p", NULL, {.af = XSOCK_AF_INET}},
        {-XSOCK_EAI_SOCKTYPE, "", "80", {.type = XSOCK_SOCK_SEQPACKET}},
        {-XSOCK_EAI_SOCKTYPE, "", "80", {.type = XSOCK_SOCK_RAW}},
        {-XSOCK_EAI_SOCKTYPE, "", "80", {.type = XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK}},
        {-XSOCK_EAI_SERVICE, "unix:/p", "80", {.af = 0}},
        {-XSOCK_EINVAL, "unix:", NULL, {.af = 0}},
        {-XSOCK_EINVAL, "unix:%00", NULL, {.af = 0}},
        {-XSOCK_EAI_NONAME, "h", "80", {.flags = XSOCK_HOST_NUMERICHOST}},
    };
    (void)state;
    int limit = xsock_get_limit();
    /* all of these errors are reported before a descriptor is looked for */
    ASSERT_RESULT(0, xsock_set_limit(3));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int rc = connect_with(rows[i].host, rows[i].service, &rows[i].o);
        ASSERT_THAT(rc == rows[i].expected, "row %d: %s", (int)i, harness_name(rc));
    }
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_connect_host_with("unix:/p", NULL, -2, NULL));
    assert_int_equal(fake_names_asked().count, 0);
    ASSERT_RESULT(0, xsock_set_limit(limit));
}

static void test_bad_options_to_listen_are_reported(void **state)
{
    static const struct {
        int expected;
        const char *host, *service;
        struct xsock_listen_options o;
    } rows[] = {
        {-XSOCK_EINVAL, "", NULL, {.flags = 0x8000}},
        {-XSOCK_EINVAL, "", NULL, {.reserved = {1, 0, 0, 0}}},
        {-XSOCK_EINVAL, "", NULL, {.protocol = INT32_MIN}},
        {-XSOCK_EPROTONOSUPPORT, "", NULL, {.protocol = XSOCK_IPPROTO_UDP}},
        {-XSOCK_EAI_FAMILY, "", NULL, {.af = 77}},
        {-XSOCK_EAI_ADDRFAMILY, "", NULL, {.af = XSOCK_AF_LOCAL}},
        {-XSOCK_EAI_ADDRFAMILY, "unix:/p", NULL, {.af = XSOCK_AF_INET6}},
        {-XSOCK_EAI_SOCKTYPE, "", NULL, {.type = XSOCK_SOCK_SEQPACKET}},
        {-XSOCK_EAI_SERVICE, "unix:/p", "0", {.af = 0}},
        {-XSOCK_EINVAL, "unix:", NULL, {.af = 0}},
        {-XSOCK_EAI_NONAME, "", NULL, {.af = 0}},
    };
    (void)state;
    int limit = xsock_get_limit();
    ASSERT_RESULT(0, xsock_set_limit(3));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int rc = listen_with(rows[i].host, rows[i].service, &rows[i].o);
        ASSERT_THAT(rc == rows[i].expected, "row %d: %s", (int)i, harness_name(rc));
    }
    ASSERT_RESULT(0, xsock_set_limit(limit));
}

/* ---- unix: ----------------------------------------------------------------------------------- */

static void test_a_path_is_connected_to_without_a_look_up(void **state)
{
    (void)state;
    int listener = ASSERT_OPENS(xsock_listen_host("unix:/run/x", NULL, 5));
    int d = ASSERT_OPENS(xsock_connect_host("unix:/run/x", NULL, 0));
    assert_peer(d, "unix:/run/x");
    assert_int_equal(fake_names_asked().count, 0);
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(listener));
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect_host("unix:/run/x", NULL, -1));
}

static void accept_one(void *user)
{
    ASSERT_RESULT(0, xsock_close(ASSERT_OPENS(xsock_accept(*(int *)user, 0, NULL))));
}

static void close_it(void *user)
{
    ASSERT_RESULT(0, xsock_close(*(int *)user));
}

static void test_a_full_queue_is_waited_for_until_its_listener_is_closed(void **state)
{
    (void)state;
    int listener = ASSERT_OPENS(xsock_listen_host("unix:/run/x", NULL, 0));
    int first = ASSERT_OPENS(xsock_connect_host("unix:/run/x", NULL, 0));
    int64_t begin = fake_now();
    fake_at(begin + 100 * MS, close_it, &listener);
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect_host("unix:/run/x", NULL, -1));
    ASSERT_BETWEEN(100 * MS, 120 * MS, fake_now() - begin);
    ASSERT_RESULT(0, xsock_close(first));
}

static void test_a_full_queue_of_a_path_is_waited_for(void **state)
{
    (void)state;
    int listener = ASSERT_OPENS(xsock_listen_host("unix:/run/x", NULL, 0));
    int first = ASSERT_OPENS(xsock_connect_host("unix:/run/x", NULL, 0));
    int64_t begin = fake_now();
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("unix:/run/x", NULL, 0));
    assert_true(fake_now() == begin);
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("unix:/run/x", NULL, 70 * MS));
    assert_true(fake_now() == begin + 70 * MS);
    fake_at(fake_now() + 400 * MS, accept_one, &listener);
    unsigned tries = fake_calls(FAKE_CONNECT);
    int second = ASSERT_OPENS(xsock_connect_host("unix:/run/x", NULL, -1));
    assert_true(fake_now() <= begin + 490 * MS);
    tries = fake_calls(FAKE_CONNECT) - tries;
    ASSERT_THAT(tries < 40, "%u tries", tries);
    ASSERT_RESULT(0, xsock_close(second));
    ASSERT_RESULT(0, xsock_close(first));
    ASSERT_RESULT(0, xsock_close(listener));
}

static void test_listening_by_name_has_the_errors_of_listen(void **state)
{
    static const struct {
        int code, expected;
    } rows[] = {{FAKE_EDESTADDRREQ, XSOCK_EINVAL}, {FAKE_EPERM, XSOCK_EACCES}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        fake_fail(FAKE_LISTEN, 1, rows[i].code);
        ASSERT_RESULT(-rows[i].expected, xsock_listen_host("unix:/run/x", NULL, 5));
    }
}

/* ---- Stale sockets --------------------------------------------------------------------------- */

static const struct xsock_listen_options REMOVE = {.flags = XSOCK_HOST_REMOVE_STALE};

static void test_a_stale_socket_is_removed_only_if_asked(void **state)
{
    (void)state;
    fake_add_file("/run/x", true);
    ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_listen_host("unix:/run/x", NULL, 5));
    assert_int_equal(fake_calls(FAKE_LOCK_FILE), 0);
    int d = ASSERT_OPENS(listen_with("unix:/run/x", NULL, &REMOVE));
    assert_int_equal(fake_files_locked(), 0);
    ASSERT_RESULT(0, xsock_close(d));
}

static void assert_locked(void *user)
{
    *(bool *)user = fake_files_locked() == 1;
}

static void test_the_lock_is_held_from_before_the_probe_until_it_listens(void **state)
{
    bool before_connect = false, before_bind = false, before_listen = false;
    (void)state;
    fake_before(FAKE_CONNECT, 1, assert_locked, &before_connect);
    fake_before(FAKE_BIND, 1, assert_locked, &before_bind);
    fake_before(FAKE_LISTEN, 1, assert_locked, &before_listen);
    int d = ASSERT_OPENS(listen_with("unix:/run/x", NULL, &REMOVE));
    assert_true(before_connect && before_bind && before_listen);
    assert_int_equal(fake_files_locked(), 0);
    assert_true(fake_has_file("/run/x.lock"));
    ASSERT_RESULT(0, xsock_close(d));
}

static void test_a_file_that_is_no_socket_stays(void **state)
{
    (void)state;
    fake_add_file("/run/x", false);
    ASSERT_RESULT(-XSOCK_EADDRINUSE, listen_with("unix:/run/x", NULL, &REMOVE));
    assert_true(fake_has_file("/run/x"));
    assert_int_equal(fake_files_locked(), 0);
}

static void test_only_a_refusal_makes_a_socket_stale(void **state)
{
    static const int codes[] = {FAKE_EAGAIN, FAKE_EACCES, FAKE_EPROTOTYPE, FAKE_EINPROGRESS};
    (void)state;
    fake_add_file("/run/x", true);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        fake_fail(FAKE_CONNECT, 1, codes[i]);
        ASSERT_RESULT(-XSOCK_EADDRINUSE, listen_with("unix:/run/x", NULL, &REMOVE));
        assert_true(fake_failed());
        assert_true(fake_has_file("/run/x"));
    }
    assert_int_equal(fake_calls(FAKE_REMOVE_FILE), 0);
}

static void test_a_live_server_keeps_its_path(void **state)
{
    (void)state;
    int d = ASSERT_OPENS(listen_with("unix:/run/x", NULL, &REMOVE));
    ASSERT_RESULT(-XSOCK_EADDRINUSE, listen_with("unix:/run/x", NULL, &REMOVE));
    /* the first one, which found no connection */
    assert_int_equal(fake_calls(FAKE_REMOVE_FILE), 1);
    ASSERT_RESULT(0, xsock_close(d));
}

static void test_a_lock_that_somebody_else_has_is_told_as_busy(void **state)
{
    (void)state;
    fake_add_file("/run/x", true);
    fake_lock_foreign("/run/x.lock");
    ASSERT_RESULT(-XSOCK_EBUSY, listen_with("unix:/run/x", NULL, &REMOVE));
    assert_true(fake_has_file("/run/x"));
    assert_int_equal(fake_calls(FAKE_OPEN), 0);
}

static void test_names_without_a_file_need_no_lock(void **state)
{
    (void)state;
    int d = ASSERT_OPENS(listen_with("unix:@x", NULL, &REMOVE));
    ASSERT_RESULT(0, xsock_close(d));
    d = ASSERT_OPENS(listen_with(NULL, "80", &REMOVE));
    ASSERT_RESULT(0, xsock_close(d));
    assert_int_equal(fake_calls(FAKE_LOCK_FILE), 0);
}

/* Does not count the memory that the table keeps for the next sockets. */
static size_t in_use(void)
{
    return fake_allocations() - (size_t)xsock__fdtab_spares(xsock__library_table());
}

static void test_whatever_fails_no_lock_and_no_handle_is_left(void **state)
{
    struct xsock_addr local = address("unix:/run/c");
    const struct xsock_connect_options o = {.type = XSOCK_SOCK_DGRAM, .local = &local};
    const struct xsock_listen_options serve = {.type = XSOCK_SOCK_DGRAM,
                                               .flags = XSOCK_HOST_REMOVE_STALE};
    (void)state;
    size_t allocations = in_use();
    for (unsigned nth = 1;; nth++) {
        ASSERT_THAT(nth < 10000, "%u calls were made to fail, and still not all", nth);
        fake_fail(FAKE_ANY_CALL, nth, FAKE_ENOBUFS);
        int listener = listen_with("unix:/run/x", NULL, &serve);
        int d = listener < 0 ? -1 : connect_with("unix:/run/x", NULL, &o);
        bool failed = fake_failed();
        fake_fail(FAKE_ANY_CALL, 0, 0);
        if (d >= 0)
            ASSERT_RESULT(0, xsock_close(d));
        if (listener >= 0)
            ASSERT_RESULT(0, xsock_close(listener));
        ASSERT_THAT(in_use() == allocations, "call %u: %s", nth, harness_name(listener));
        ASSERT_THAT(fake_handles() == 0, "call %u: %s", nth, harness_name(listener));
        assert_int_equal(fake_files_locked(), 0);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OPTIONS_TEST(test_datagrams_go_to_the_first_address_that_the_system_accepts),
        OPTIONS_TEST(test_no_time_is_enough_for_every_address_of_datagrams),
        OPTIONS_TEST(test_refused_datagram_addresses_give_the_most_specific_error),
        OPTIONS_TEST(test_the_type_and_the_family_reach_the_look_up),
        OPTIONS_TEST(test_flags_of_the_descriptor),
        OPTIONS_TEST(test_a_local_address_decides_the_family_and_is_bound),
        OPTIONS_TEST(test_bad_options_to_connect_are_reported),
        OPTIONS_TEST(test_bad_options_to_listen_are_reported),
        OPTIONS_TEST(test_a_path_is_connected_to_without_a_look_up),
        OPTIONS_TEST(test_a_full_queue_of_a_path_is_waited_for),
        OPTIONS_TEST(test_a_full_queue_is_waited_for_until_its_listener_is_closed),
        OPTIONS_TEST(test_listening_by_name_has_the_errors_of_listen),
        OPTIONS_TEST(test_a_stale_socket_is_removed_only_if_asked),
        OPTIONS_TEST(test_the_lock_is_held_from_before_the_probe_until_it_listens),
        OPTIONS_TEST(test_a_file_that_is_no_socket_stays),
        OPTIONS_TEST(test_only_a_refusal_makes_a_socket_stale),
        OPTIONS_TEST(test_a_live_server_keeps_its_path),
        OPTIONS_TEST(test_a_lock_that_somebody_else_has_is_told_as_busy),
        OPTIONS_TEST(test_names_without_a_file_need_no_lock),
        OPTIONS_TEST(test_whatever_fails_no_lock_and_no_handle_is_left),
    };
    return cmocka_run_group_tests_name("host_options", tests, NULL, NULL);
}
