/* Accepting on a model of Windows that resets, steals and cancels connections as Windows is
 * documented to. */
#include "fake_win32.h"
#include "harness.h"
#include "native_io.h"
#include "sockets.h"

#include <winsock2.h>
#include <windows.h>

static int open_listener(struct xsock_addr *out)
{
    int l = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0));
    *out = sockets_loopback();
    ASSERT_RESULT(0, xsock_bind(l, out));
    ASSERT_RESULT(0, xsock_listen(l, 8));
    ASSERT_RESULT(0, xsock_local_addr(l, out));
    return l;
}

/* A client whose connection is in the listener's queue. */
static int open_client(const struct xsock_addr *to)
{
    int c = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_connect(c, to));
    return c;
}

static void assert_peers(int accepted, int client)
{
    struct xsock_addr peer, name;
    ASSERT_RESULT(0, xsock_peer_addr(accepted, &peer));
    ASSERT_RESULT(0, xsock_local_addr(client, &name));
    assert_true(xsock_addr_equal(&peer, &name));
}

static void assert_takes_the_next(int code, bool at_update)
{
    struct xsock_addr a;
    int l = open_listener(&a);
    int lost = open_client(&a);
    int client = open_client(&a);
    fake_win32.lost_code = code;
    fake_win32.lost_at_update = at_update;
    fake_win32.lost_connections = 1;
    int d = ASSERT_OPENS(xsock_accept(l, XSOCK_SOCK_CLOEXEC, NULL));
    ASSERT_RESULT(0, fake_win32.lost_connections);
    assert_peers(d, client);
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock_accept(l, 0, NULL));
    sockets_close(d);
    sockets_close(client);
    sockets_close(lost);
    sockets_close(l);
}

static void accept_takes_the_next_connection_if_one_was_reset(void **state)
{
    static const int codes[] = {WSAECONNRESET, WSAECONNABORTED, WSAENOTCONN, ERROR_NETNAME_DELETED};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        assert_takes_the_next(codes[i], false);
        assert_takes_the_next(codes[i], true);
    }
}

static void accept_says_eagain_if_the_only_connection_was_reset(void **state)
{
    struct xsock_addr a;
    int l = open_listener(&a);
    int lost = open_client(&a);
    (void)state;
    fake_win32.lost_code = WSAENOTCONN;
    fake_win32.lost_at_update = true;
    fake_win32.lost_connections = 1;
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock_accept(l, 0, NULL));
    sockets_close(lost);
    sockets_close(l);
}

static void accept_says_eagain_if_another_process_was_faster(void **state)
{
    struct xsock_addr a;
    int l = open_listener(&a);
    int client = open_client(&a);
    (void)state;
    fake_win32.stolen_connections = 1;
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock_accept(l, 0, NULL));
    sockets_close(client);
    sockets_close(l);
}

/* The wait of AcceptEx could then not be cancelled. */
static void accept_uses_no_accept_ex_where_nothing_can_be_cancelled(void **state)
{
    struct xsock_addr a, peer, name;
    int l = open_listener(&a);
    int client = open_client(&a);
    (void)state;
    fake_win32.refuses_cancel = true;
    fake_win32.stolen_connections = 1;
    int d = ASSERT_OPENS(xsock_accept(l, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK, &peer));
    ASSERT_RESULT(0, fake_win32.accept_ex_calls);
    ASSERT_RESULT(0, xsock_local_addr(client, &name));
    assert_true(xsock_addr_equal(&peer, &name));
    assert_peers(d, client);
    assert_false(native_is_inheritable(native_of(d)));
    assert_true(native_is_nonblocking(native_of(d)));
    sockets_close(d);
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock_accept(l, 0, NULL));
    sockets_close(client);
    sockets_close(l);
}

static void a_listener_is_not_asked_whether_it_listens(void **state)
{
    struct xsock_addr a;
    int l = open_listener(&a);
    (void)state;
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock_accept(l, 0, NULL));
    ASSERT_RESULT(0, fake_win32.listen_questions);
    sockets_close(l);
}

static void a_provider_is_asked_once_whether_it_cancels(void **state)
{
    struct xsock_addr a;
    int l = open_listener(&a);
    (void)state;
    for (int i = 0; i < 2; i++) {
        int client = open_client(&a);
        fake_win32.cancel_questions = 0;
        int d = ASSERT_OPENS(xsock_accept(l, 0, NULL));
        sockets_close(d);
        sockets_close(client);
    }
    ASSERT_RESULT(0, fake_win32.cancel_questions);
    sockets_close(l);
}

static void a_pair_is_made_where_nothing_can_be_cancelled(void **state)
{
    int d[2];
    (void)state;
    fake_win32.refuses_cancel = true;
    sockets_pair(XSOCK_SOCK_STREAM, d);
    sockets_send(d[0]);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void assert_is_a_pair(const int d[2])
{
    char got[4] = "";
    for (int i = 0; i < 2; i++) {
        ASSERT_RESULT(3, (int)xsock_send(d[i], i == 0 ? "abc" : "xyz", 3, 0));
        UNTIL(xsock_available(d[1 - i]) == 3, (void)0);
        ASSERT_RESULT(3, (int)xsock_recv(d[1 - i], got, sizeof got, 0));
        assert_memory_equal(i == 0 ? "abc" : "xyz", got, 3);
    }
}

static void assert_pairs_among(int strangers, bool redirects)
{
    int d[2];
    fake_win32.strangers = strangers;
    fake_win32.redirects = redirects;
    sockets_pair(XSOCK_SOCK_STREAM, d);
    fake_win32_close_strangers();
    assert_is_a_pair(d);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void a_pair_is_made_among_strangers(void **state)
{
    (void)state;
    assert_pairs_among(1, false);
    assert_pairs_among(30, false);
}

static void a_pair_is_made_where_connections_are_redirected(void **state)
{
    (void)state;
    assert_pairs_among(0, true);
    assert_pairs_among(2, true);
    assert_pairs_among(30, true);
}

/* A port gets the results of all overlapped calls on a handle, except calls that ask for no result
 * there. */
static void a_completion_port_of_the_program_gets_nothing_of_accept(void **state)
{
    struct xsock_addr a;
    int l = open_listener(&a);
    int client = open_client(&a);
    HANDLE port = CreateIoCompletionPort((HANDLE)native_of(l), NULL, 7, 0);
    DWORD n = 0;
    ULONG_PTR key = 0;
    OVERLAPPED *o = NULL;
    (void)state;
    assert_non_null(port);
    int d = ASSERT_OPENS(xsock_accept(l, 0, NULL));
    assert_false(GetQueuedCompletionStatus(port, &n, &key, &o, 0));
    assert_int_equal(WAIT_TIMEOUT, GetLastError());
    CloseHandle(port);
    sockets_close(d);
    sockets_close(client);
    sockets_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINDOWS_TEST(accept_takes_the_next_connection_if_one_was_reset),
        WINDOWS_TEST(accept_says_eagain_if_the_only_connection_was_reset),
        WINDOWS_TEST(accept_says_eagain_if_another_process_was_faster),
        WINDOWS_TEST(accept_uses_no_accept_ex_where_nothing_can_be_cancelled),
        WINDOWS_TEST(a_listener_is_not_asked_whether_it_listens),
        WINDOWS_TEST(a_provider_is_asked_once_whether_it_cancels),
        WINDOWS_TEST(a_pair_is_made_where_nothing_can_be_cancelled),
        WINDOWS_TEST(a_pair_is_made_among_strangers),
        WINDOWS_TEST(a_pair_is_made_where_connections_are_redirected),
        WINDOWS_TEST(a_completion_port_of_the_program_gets_nothing_of_accept),
    };
    return cmocka_run_group_tests(tests, fake_win32_install, NULL);
}
