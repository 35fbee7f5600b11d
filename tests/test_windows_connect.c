/* Addresses on a model of Windows that tries a connect only once, has no free port, and binds to no
 * group. */
#include "fake_win32.h"
#include "harness.h"
#include "sockets.h"

static struct xsock_addr parse(const char *text)
{
    struct xsock_addr a;
    ASSERT_RESULT(0, xsock_addr_parse(text, &a));
    return a;
}

static int listen_at(const char *text, uint32_t *out_port)
{
    struct xsock_addr a = parse(text);
    int l = ASSERT_OPENS(xsock_open(a.family, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(l, &a));
    ASSERT_RESULT(0, xsock_listen(l, 1));
    ASSERT_RESULT(0, xsock_local_addr(l, &a));
    *out_port = a.port;
    return l;
}

static int connect_to(const char *text, uint32_t port)
{
    struct xsock_addr a = parse(text);
    int d = ASSERT_OPENS(xsock_open(a.family, XSOCK_SOCK_STREAM, 0));
    a.port = port;
    int rc = xsock_connect(d, &a);
    sockets_close(d);
    return rc;
}

static void a_port_that_nobody_listens_at_refuses_at_once(void **state)
{
    static const char *const to[] = {"127.0.0.1", "::1"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        uint32_t port;
        int l = listen_at(to[i], &port);
        sockets_close(l);
        ASSERT_RESULT(-XSOCK_ECONNREFUSED, connect_to(to[i], port));
        ASSERT_RESULT(i + 1, fake_win32.impatient_connects);
    }
}

/* ---- Within this machine --------------------------------------------------------------------- */

/* A port at which nobody listens. */
static uint32_t free_port(void)
{
    uint32_t port;
    sockets_close(listen_at("127.0.0.1", &port));
    return port;
}

/* With the system's own timeout there would be no answer in this time. */
static void expect_refusal_at(uint32_t port)
{
    struct xsock_addr a = sockets_loopback();
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    a.port = port;
    ASSERT_RESULT(0, xsock_set_opt_time(d, XSOCK_SO_CONNTIMEO, 1500000000));
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect(d, &a));
    sockets_close(d);
}

static void a_port_that_nobody_listens_at_refuses_soon_though_the_system_is_patient(void **state)
{
    uint32_t port = free_port();
    (void)state;
    fake_win32.silent_port = (uint16_t)port;
    expect_refusal_at(port);
    fake_win32.lacks_initial_rto = true; /* before Windows 10 1709 */
    expect_refusal_at(port);
    fake_win32_close_silent();
}

static void a_connect_gets_into_a_backlog_that_was_full(void **state)
{
    static const char *const at[] = {"127.0.0.1", "::1"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        uint32_t port;
        int l = listen_at(at[i], &port);
        fake_win32.full_backlogs = 3;
        ASSERT_RESULT(0, connect_to(at[i], port));
        ASSERT_RESULT(0, fake_win32.full_backlogs);
        sockets_close(l);
    }
}

static void connecting_by_name_gets_into_a_backlog_that_was_full(void **state)
{
    uint32_t port;
    char service[8];
    int l = listen_at("127.0.0.1", &port);
    (void)state;
    snprintf(service, sizeof service, "%u", (unsigned)port);
    fake_win32.full_backlogs = 3;
    sockets_close(ASSERT_OPENS(xsock_connect_host("127.0.0.1", service, -1)));
    ASSERT_RESULT(0, fake_win32.full_backlogs);
    sockets_close(l);
}

/* select() only asks, so the thread would have to look again and again. */
static void connecting_by_name_waits_by_the_driver(void **state)
{
    uint32_t port;
    char service[8];
    int l = listen_at("127.0.0.1", &port);
    (void)state;
    snprintf(service, sizeof service, "%u", (unsigned)port);
    fake_win32.silent_port = (uint16_t)port;
    fake_win32.lacks_initial_rto = true;
    fake_win32.loses_polls = true; /* so that polls are counted */
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("127.0.0.1", service, 100000000));
    assert_true(fake_win32.judged_polls > 0);
    ASSERT_RESULT(0, fake_win32.select_calls);
    fake_win32_close_silent();
    sockets_close(l);
}

/* The first refusal is told: nobody whom it would help to wait for listens. */
static void expect_one_try(const char *listener, bool only_v6, const char *to)
{
    struct xsock_addr a = parse(listener);
    int l = ASSERT_OPENS(xsock_open(a.family, XSOCK_SOCK_STREAM, 0));
    if (only_v6)
        ASSERT_RESULT(0, xsock_set_opt_flag(l, XSOCK_SO_ONLYV6, true));
    ASSERT_RESULT(0, xsock_bind(l, &a));
    ASSERT_RESULT(0, xsock_listen(l, 1));
    ASSERT_RESULT(0, xsock_local_addr(l, &a));
    fake_win32.full_backlogs = 3;
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, connect_to(to, a.port));
    ASSERT_RESULT(2, fake_win32.full_backlogs);
    fake_win32.full_backlogs = 0;
    sockets_close(l);
}

static void a_listener_of_one_family_is_none_of_the_other(void **state)
{
    (void)state;
    expect_one_try("::", true, "127.0.0.1");
    expect_one_try("::1", false, "127.0.0.1");
    expect_one_try("0.0.0.0", false, "::1");
    expect_one_try("127.0.0.1", false, "::1");
}

static void a_listener_of_both_families_is_one_of_each(void **state)
{
    static const char *const to[] = {"127.0.0.1", "::ffff:127.0.0.1", "::1"};
    (void)state;
    for (int i = 0; i < 3; i++) {
        uint32_t port;
        int l = listen_at("::", &port);
        fake_win32.listed_port = (uint16_t)port;
        fake_win32.full_backlogs = 3;
        ASSERT_RESULT(0, connect_to(to[i], port));
        ASSERT_RESULT(0, fake_win32.full_backlogs);
        sockets_close(l);
    }
}

/* ---- No free port ---------------------------------------------------------------------------- */

static void no_port_left_is_an_address_that_is_not_available(void **state)
{
    struct xsock_addr a = sockets_loopback();
    (void)state;
    a.port = 9;
    fake_win32.no_port_left = true;
    ASSERT_RESULT(-XSOCK_EADDRNOTAVAIL, connect_to("127.0.0.1", 9));
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(-XSOCK_EADDRNOTAVAIL, xsock_connect(d, &a));
    ASSERT_RESULT(-XSOCK_EADDRNOTAVAIL, (int)xsock_sendto(d, "x", 1, 0, &a));
    a.port = 0;
    ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_bind(d, &a));
    sockets_close(d);
}

static void a_bound_socket_that_lacks_memory_says_so(void **state)
{
    struct xsock_addr a;
    int d = sockets_udp(&a);
    (void)state;
    fake_win32.no_port_left = true; /* a socket that has a port needs none */
    ASSERT_RESULT(-XSOCK_ENOBUFS, (int)xsock_sendto(d, "x", 1, 0, &a));
    sockets_close(d);
}

/* ---- Groups ---------------------------------------------------------------------------------- */

static void a_datagram_socket_that_is_bound_to_a_group_has_its_port(void **state)
{
    static const char *const groups[] = {"239.1.2.3", "ff05::1:3"};
    (void)state;
    fake_win32.binds_no_group = true;
    for (int i = 0; i < 2; i++) {
        struct xsock_addr a = parse(groups[i]), name;
        int first = ASSERT_OPENS(xsock_open(a.family, XSOCK_SOCK_DGRAM, 0));
        ASSERT_RESULT(0, xsock_bind(first, &a));
        ASSERT_RESULT(0, xsock_local_addr(first, &name));
        assert_true(name.port != 0);
        assert_true(xsock_addr_is_any(&name));
        sockets_close(first);
    }
}

static void no_stream_is_bound_to_a_group(void **state)
{
    struct xsock_addr a = parse("239.1.2.3");
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    (void)state;
    fake_win32.binds_no_group = true;
    ASSERT_RESULT(-XSOCK_EADDRNOTAVAIL, xsock_bind(d, &a));
    sockets_close(d);
}

/* ---- Names ----------------------------------------------------------------------------------- */

static void a_name_that_is_not_there_is_told_by_the_result_of_the_look_up(void **state)
{
    struct xsock_addr a = sockets_loopback();
    char host[64];
    (void)state;
    fake_win32.name_result = 11001; /* WSAHOST_NOT_FOUND */
    ASSERT_RESULT(-XSOCK_EAI_NONAME,
                  xsock_reverse(&a, host, sizeof host, NULL, 0, XSOCK_NI_NAMEREQD));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINDOWS_TEST(a_port_that_nobody_listens_at_refuses_at_once),
        WINDOWS_TEST(a_port_that_nobody_listens_at_refuses_soon_though_the_system_is_patient),
        WINDOWS_TEST(a_connect_gets_into_a_backlog_that_was_full),
        WINDOWS_TEST(connecting_by_name_gets_into_a_backlog_that_was_full),
        WINDOWS_TEST(connecting_by_name_waits_by_the_driver),
        WINDOWS_TEST(a_listener_of_one_family_is_none_of_the_other),
        WINDOWS_TEST(a_listener_of_both_families_is_one_of_each),
        WINDOWS_TEST(no_port_left_is_an_address_that_is_not_available),
        WINDOWS_TEST(a_bound_socket_that_lacks_memory_says_so),
        WINDOWS_TEST(a_datagram_socket_that_is_bound_to_a_group_has_its_port),
        WINDOWS_TEST(no_stream_is_bound_to_a_group),
        WINDOWS_TEST(a_name_that_is_not_there_is_told_by_the_result_of_the_look_up),
    };
    return cmocka_run_group_tests(tests, fake_win32_install, NULL);
}
