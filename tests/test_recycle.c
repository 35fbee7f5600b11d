/* Memory of sockets that is used again. Nothing is allocated, nothing of the former socket is
 * visible, and nothing is lost. */
#include "api/library.h"
#include "harness.h"

#include "fake_talk.h"
#include "socket/sock.h"
#include "wait/poll.h"

/* One connection, from the view of its listener. The connection is accepted, used, polled and
 * closed. One more accept finds no connection. */
static void serve_one(int listener)
{
    struct xsock_addr to = at_port(80);
    int c = open_stream(), s;
    struct xsock_pollfd p = {.events = XSOCK_POLLOUT};
    ASSERT_RESULT(0, xsock__call_connect(t, c, &to));
    s = ASSERT_OPENS(xsock__call_accept(t, listener, 0, NULL));
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock__call_accept(t, listener, 0, NULL));
    ASSERT_RESULT(5, send_some(c, 5, 0));
    ASSERT_RESULT(5, recv_some(s, 5, 0));
    p.fd = s;
    ASSERT_RESULT(1, xsock__poll(t, &p, 1, 0));
    ASSERT_RESULT(0, xsock__call_close(t, s));
    ASSERT_RESULT(0, xsock__call_close(t, c));
}

static void a_server_that_runs_allocates_nothing(void **state)
{
    int listener = listen_at(80, 5);
    (void)state;
    ASSERT_RESULT(0, xsock__call_set_flags(t, listener, XSOCK_SOCK_NONBLOCK));
    serve_one(listener);
    unsigned before = fake_calls(FAKE_ALLOC);
    for (int i = 0; i < 100; i++)
        serve_one(listener);
    assert_int_equal(fake_calls(FAKE_ALLOC), before);
}

static void nothing_shows_of_the_socket_that_was_there(void **state)
{
    (void)state;
    int d = open_stream();
    struct xsock__fd *fd = xsock__fdtab_get(t, d);
    struct xsock__sock *was = fd->held.sock;
    xsock__sock_becomes(was, XSOCK__SOCK_REUSE | XSOCK__SOCK_LINGERS, 0);
    xsock__fdtab_put(t, fd);
    set_timeout(d, RECV, 5 * MS);
    ASSERT_RESULT(0, xsock__call_set_flags(t, d, XSOCK_SOCK_NONBLOCK | XSOCK_SOCK_CLOEXEC));
    ASSERT_RESULT(0, xsock__call_close(t, d));
    ASSERT_RESULT(d, xsock__call_open(t, XSOCK_AF_INET6, XSOCK_SOCK_DGRAM, 0));
    fd = xsock__fdtab_get(t, d);
    struct xsock__sock *s = fd->held.sock;
    assert_ptr_equal(s, was);
    assert_int_equal(xsock__atomic_load(&s->state),
                     XSOCK_ENOTCONN * XSOCK__SOCK_RESULT + XSOCK__SOCK_PACKETS);
    assert_true(xsock__atomic_load_i64(&s->recv_timeout) == -1);
    assert_true(s->af == XSOCK_AF_INET6 && s->type == XSOCK_SOCK_DGRAM);
    xsock__fdtab_put(t, fd);
    ASSERT_RESULT(0, xsock__call_get_flags(t, d));
}

static void so_many_are_kept_and_no_more(void **state)
{
    enum { OPEN = 300, MAX_SPARES = 256 };
    (void)state;
    int first = open_stream();
    size_t before = fake_allocations();
    for (int i = 1; i < OPEN; i++)
        ASSERT_RESULT(first + i, open_stream());
    for (int i = 0; i < OPEN; i++)
        ASSERT_RESULT(0, xsock__call_close(t, first + i));
    assert_int_equal(xsock__fdtab_spares(t), MAX_SPARES);
    assert_true(fake_allocations() <= before + MAX_SPARES + 16); /* and cells, in a few pieces */
}

/* Cells without memory are free, too, and were freed last. */
static void what_is_kept_is_used_before_anything_is_allocated(void **state)
{
    enum { OPEN = 300, MAX_SPARES = 256 };
    (void)state;
    int first = open_stream();
    for (int i = 1; i < OPEN; i++)
        ASSERT_RESULT(first + i, open_stream());
    for (int i = 0; i < OPEN; i++)
        ASSERT_RESULT(0, xsock__call_close(t, first + i));
    unsigned before = fake_calls(FAKE_ALLOC);
    for (int i = 0; i < MAX_SPARES; i++)
        ASSERT_RESULT(first + i, open_stream());
    assert_int_equal(fake_calls(FAKE_ALLOC), before);
}

static void a_duplicate_keeps_the_memory_in_use(void **state)
{
    (void)state;
    int d = open_stream();
    int same = ASSERT_OPENS(xsock__call_dup(t, d, 0, 0));
    int spares = xsock__fdtab_spares(t);
    ASSERT_RESULT(0, xsock__call_close(t, d));
    assert_int_equal(xsock__fdtab_spares(t), spares);
    ASSERT_RESULT(0, xsock__call_close(t, same));
    assert_int_equal(xsock__fdtab_spares(t), spares + 1);
}

static void a_duplicate_that_is_closed_first_leaves_the_socket_alone(void **state)
{
    (void)state;
    int d = open_stream();
    int same = ASSERT_OPENS(xsock__call_dup(t, d, 0, 0));
    struct xsock__fd *fd = xsock__fdtab_get(t, d);
    struct xsock__sock *s = fd->held.sock;
    xsock__fdtab_put(t, fd);
    assert_int_equal(xsock__atomic_load(&s->refs), 2);
    ASSERT_RESULT(0, xsock__call_close(t, same));
    assert_int_equal(xsock__atomic_load(&s->refs), 1);
    ASSERT_RESULT(-XSOCK_EBADF, xsock__call_get_flags(t, same));
    ASSERT_RESULT(0, xsock__call_get_flags(t, d));
    int spares = xsock__fdtab_spares(t);
    ASSERT_RESULT(0, xsock__call_close(t, d));
    assert_int_equal(xsock__fdtab_spares(t), spares + 1);
}

/* Numbers that were open before are taken without asking for more than that they are free. */
static void a_lower_limit_holds_for_numbers_that_were_open(void **state)
{
    enum { OPEN = 3 };
    int d[OPEN];
    (void)state;
    for (int i = 0; i < OPEN; i++)
        d[i] = open_stream();
    for (int i = 0; i < OPEN; i++)
        ASSERT_RESULT(0, xsock__call_close(t, d[i]));
    ASSERT_RESULT(0, xsock__fdtab_set_limit(t, d[0] + 1));
    ASSERT_RESULT(d[0], open_stream());
    ASSERT_RESULT(-XSOCK_EMFILE, xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock__fdtab_set_limit(t, XSOCK__FDTAB_LIMIT));
    ASSERT_RESULT(d[1], open_stream());
}

static void a_sealed_table_gives_no_number_that_was_open(void **state)
{
    struct xsock__fdtab *own;
    (void)state;
    ASSERT_RESULT(0, xsock__lookup_create_table(&own));
    for (int i = 0; i < 2; i++) {
        int d = ASSERT_OPENS(xsock__call_open(own, XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
        ASSERT_RESULT(0, xsock__call_close(own, d));
    }
    xsock__fdtab_seal(own);
    ASSERT_RESULT(-XSOCK_ECANCELED, xsock__call_open(own, XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    xsock__fdtab_destroy(own);
}

/* Only the first of these accepts allocates, though none of them has a connection. */
static void an_accept_in_vain_leaves_its_memory_for_the_next(void **state)
{
    int listener = listen_at(80, 5);
    (void)state;
    ASSERT_RESULT(0, xsock__call_set_flags(t, listener, XSOCK_SOCK_NONBLOCK));
    xsock__fdtab_free_spares(t);
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock__call_accept(t, listener, 0, NULL));
    unsigned before = fake_calls(FAKE_ALLOC);
    for (int i = 0; i < 10; i++)
        ASSERT_RESULT(-XSOCK_EAGAIN, xsock__call_accept(t, listener, 0, NULL));
    assert_int_equal(fake_calls(FAKE_ALLOC), before);
    assert_int_equal(xsock__fdtab_spares(t), 1);
}

static void a_failed_open_leaves_its_memory_for_the_next(void **state)
{
    (void)state;
    xsock__fdtab_free_spares(t);
    ASSERT_RESULT(-XSOCK_EINVAL, xsock__call_open(t, XSOCK_AF_INET, -1, 0));
    assert_int_equal(xsock__fdtab_spares(t), 1);
    ASSERT_OPENS(xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    assert_int_equal(xsock__fdtab_spares(t), 0);
}

static void what_is_wrong_is_said_before_that_there_is_no_memory(void **state)
{
    (void)state;
    xsock__fdtab_free_spares(t);
    fake_fail(FAKE_ALLOC, 1, FAKE_ENOMEM);
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock__call_open(t, 77, XSOCK_SOCK_STREAM, 0));
    fake_fail(FAKE_ALLOC, 1, FAKE_ENOMEM);
    ASSERT_RESULT(-XSOCK_ENOMEM, xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    assert_int_equal(xsock__fdtab_spares(t), 0);
}

static void cleanup_gives_the_memory_back(void **state)
{
    (void)state;
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_close(d));
    size_t before = fake_allocations();
    assert_int_equal(xsock__fdtab_spares(xsock__library_table()), 1);
    ASSERT_RESULT(0, xsock_cleanup());
    assert_int_equal(xsock__fdtab_spares(xsock__library_table()), 0);
    assert_int_equal(fake_allocations(), before - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TALK_TEST(a_server_that_runs_allocates_nothing),
        TALK_TEST(nothing_shows_of_the_socket_that_was_there),
        TALK_TEST(so_many_are_kept_and_no_more),
        TALK_TEST(what_is_kept_is_used_before_anything_is_allocated),
        TALK_TEST(a_duplicate_keeps_the_memory_in_use),
        TALK_TEST(a_duplicate_that_is_closed_first_leaves_the_socket_alone),
        TALK_TEST(a_lower_limit_holds_for_numbers_that_were_open),
        TALK_TEST(a_sealed_table_gives_no_number_that_was_open),
        TALK_TEST(an_accept_in_vain_leaves_its_memory_for_the_next),
        TALK_TEST(a_failed_open_leaves_its_memory_for_the_next),
        TALK_TEST(what_is_wrong_is_said_before_that_there_is_no_memory),
        TALK_TEST(cleanup_gives_the_memory_back),
    };
    return cmocka_run_group_tests_name("recycle", tests, NULL, NULL);
}
