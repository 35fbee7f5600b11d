/* Connecting to this machine, on a Windows that can be told to try once only. */
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

static void a_full_backlog_on_this_machine_does_not_refuse(void **state)
{
    static const struct {
        const char *listener, *to;
    } rows[] = {
        {"127.0.0.1", "127.0.0.1"}, {"0.0.0.0", "127.0.0.1"},  {"::1", "::1"}, {"::", "::1"},
        {"::", "127.0.0.1"},        {"::", "::ffff:127.0.0.1"}};
    (void)state;
    fake_win32.backlog_is_full = true;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t port;
        int l = listen_at(rows[i].listener, &port);
        ASSERT_RESULT(0, connect_to(rows[i].to, port));
        ASSERT_RESULT(0, fake_win32.impatient_connects);
        sockets_close(l);
    }
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

/* The same port, but another address. */
static void a_listener_somewhere_else_changes_nothing(void **state)
{
    uint32_t port;
    int l = listen_at("127.0.0.1", &port);
    (void)state;
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, connect_to("127.0.0.2", port));
    ASSERT_RESULT(1, fake_win32.impatient_connects);
    sockets_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINDOWS_TEST(a_full_backlog_on_this_machine_does_not_refuse),
        WINDOWS_TEST(a_port_that_nobody_listens_at_refuses_at_once),
        WINDOWS_TEST(a_listener_somewhere_else_changes_nothing),
    };
    return cmocka_run_group_tests(tests, fake_win32_install, NULL);
}
