/* A full table, and a process without free handles. Nothing is lost, and the calls work again as
 * soon as a number or a handle is free. */
#include "harness.h"
#include "native_io.h"
#include "xsock_native.h"

/* Opens descriptors until a call fails, which must be for this reason, and closes them all
 * again. */
static int fill(int expected)
{
    int d = 0, last = 2;
    while ((d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0)) >= 0) {
        ASSERT_RESULT(last + 1, d);
        last = d;
    }
    ASSERT_RESULT(expected, d);
    return last;
}

static void empty(int last)
{
    for (int d = 3; d <= last; d++)
        ASSERT_RESULT(0, xsock_close(d));
}

static void a_full_table_says_what_is_wrong_with_a_handle_first(void **state)
{
    int before = xsock_get_limit();
    uintptr_t file = native_file(), foreign = native_socket(true, false), ours;
    (void)state;
    ASSERT_RESULT(0, xsock_set_limit(10));
    int last = fill(-XSOCK_EMFILE);
    ASSERT_RESULT(0, xsock_native(5, &ours));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_adopt(native_no_handle(), 0));
    ASSERT_RESULT(-XSOCK_ENOTSOCK, xsock_adopt(file, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_adopt(file, 1));
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_adopt(ours, 0));
    ASSERT_RESULT(-XSOCK_EMFILE, xsock_adopt(foreign, 0));
    empty(last);
    native_close_file(file);
    native_close_socket(foreign);
    ASSERT_RESULT(0, xsock_set_limit(before));
}

static void a_full_table_is_emfile_and_one_close_makes_room(void **state)
{
    int before = xsock_get_limit(), last, pair[2] = {-7, -7};
    (void)state;
    ASSERT_RESULT(0, xsock_set_limit(50));
    for (int round = 0; round < 3; round++) {
        last = fill(-XSOCK_EMFILE);
        assert_int_equal(last, 49);
        ASSERT_RESULT(-XSOCK_EMFILE, xsock_dup(3, 0, 0));
        ASSERT_RESULT(-XSOCK_EMFILE, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair));
        ASSERT_RESULT(0, xsock_close(20));
        ASSERT_RESULT(-XSOCK_EMFILE, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair));
        /* the pair has freed the number that it had reserved */
        ASSERT_RESULT(20, xsock_dup(3, 0, 0));
        assert_true(pair[0] == -7 && pair[1] == -7);
        empty(last);
    }
    ASSERT_RESULT(0, xsock_set_limit(before));
}

#ifdef _WIN32
static void a_full_process_is_emfile_and_nothing_is_lost(void **state)
{
    (void)state;
    SKIP("Windows has no limit of handles that a process could lower");
}

static void accept_in_a_full_process_says_so_only_while_a_connection_is_pending(void **state)
{
    (void)state;
    SKIP("Windows has no limit of handles that a process could lower");
}
#else
#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "child.h"

/* Linux looks for a free descriptor before it looks for a connection. */
static void accept_in_a_full_process_says_so_only_while_a_connection_is_pending(void **state)
{
    struct rlimit before, low;
    struct xsock_addr a = {.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
    int l = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0));
    int c = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0));
    (void)state;
    ASSERT_RESULT(0, xsock_bind(l, &a));
    ASSERT_RESULT(0, xsock_listen(l, 1));
    ASSERT_RESULT(0, xsock_local_addr(l, &a));
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    low = before;
    low.rlim_cur = (rlim_t)harness_handles() + 8;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    int d, last = c;
    while ((d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0)) >= 0)
        last = d;
    ASSERT_RESULT(-XSOCK_EMFILE, d);
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock_accept(l, 0, NULL));
    ASSERT_RESULT(-XSOCK_EINPROGRESS, xsock_connect(c, &a));
    UNTIL((d = xsock_accept(l, 0, NULL)) != -XSOCK_EAGAIN, (void)0);
    ASSERT_RESULT(-XSOCK_EMFILE, d);
    assert_int_equal(xsock_oserror(), EMFILE);
    ASSERT_RESULT(0, xsock_close(last));
    ASSERT_RESULT(last, xsock_accept(l, 0, NULL)); /* the connection has stayed in the queue */
    empty(last);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static void a_full_process_is_emfile_and_nothing_is_lost(void **state)
{
    struct rlimit before, low;
    int last, pair[2] = {-7, -7}, free_handles = 40, open_handles = harness_handles();
    uintptr_t foreign = native_socket(true, false), h = 0;
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    low = before;
    low.rlim_cur = (rlim_t)(open_handles + free_handles);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    last = fill(-XSOCK_EMFILE);
    assert_int_equal(xsock_oserror(), EMFILE);
    ASSERT_THAT(last > 3 && last < 3 + free_handles + open_handles, "last is %d", last);
    ASSERT_RESULT(-XSOCK_EMFILE, xsock_dup(3, 0, 0));
    ASSERT_RESULT(-XSOCK_EMFILE, xsock_dup2(3, 4, 0)); /* and 4 stays open */
    ASSERT_RESULT(-XSOCK_EMFILE, xsock_dup2(3, 1000, 0));
    ASSERT_RESULT(-XSOCK_EMFILE, xsock_probe(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(-XSOCK_EMFILE, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair));
    assert_int_equal(harness_descriptors(2000), last - 2);
    ASSERT_RESULT(last + 1, xsock_adopt(foreign, 0)); /* needs no new handle */
    ASSERT_RESULT(0, xsock_release(last + 1, &h));
    ASSERT_RESULT(0, xsock_close(10));
    ASSERT_RESULT(-XSOCK_EMFILE, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair));
    ASSERT_RESULT(10, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    assert_true(pair[0] == -7 && pair[1] == -7);
    empty(last);
    native_close_socket(h);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static bool is_final(int rc)
{
    return rc < 0 && rc != -XSOCK_EMFILE && rc != -XSOCK_EAI_AGAIN && rc != -XSOCK_EAI_MEMORY;
}

/* Runs in a child whose process has no descriptor left. */
static void look_up_in_a_full_process(void)
{
    static const struct {
        const char *host, *service;
    } rows[] = {
        {"nosuch.invalid", NULL},
        {"localhost", NULL},
        {"localhost", "http"},
        {"127.0.0.1", "http"},
        {NULL, "http"},
        {NULL, "no-such-service"},
        {"fe80::1%no-such-zone", "1"},
        {"fe80::1%no-such-zone", "http"},
    };
    struct rlimit low = {3, 3};
    struct xsock_addr a;
    char host[1025] = "", service[64] = "";
    CHECK(setrlimit(RLIMIT_NOFILE, &low) == 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int flags = 0; flags <= XSOCK_AI_ADDRCONFIG; flags += XSOCK_AI_ADDRCONFIG) {
            int rc = xsock_resolve(rows[i].host, rows[i].service, XSOCK_AF_UNSPEC,
                                   XSOCK_SOCK_STREAM, flags, &a, 1);
            if (is_final(rc))
                fprintf(stderr, "row %d, flags %d: %s\n", (int)i, flags, harness_name(rc));
            CHECK(!is_final(rc));
        }
    CHECK(!is_final(xsock_addr_parse("[fe80::1%no-such-zone]:1", &a)));
    CHECK(!is_final(xsock_canonical_name("nosuch.invalid", XSOCK_AF_UNSPEC, host, 1025)));
    CHECK(!is_final(xsock_connect_host("nosuch.invalid", "80", -1)));
    CHECK(!is_final(xsock_listen_host("nosuch.invalid", "80", 1)));
    CHECK(xsock_addr_parse("127.0.0.1:80", &a) == 0);
    CHECK(!is_final(xsock_reverse(&a, host, sizeof host, NULL, 0, XSOCK_NI_NAMEREQD)));
    CHECK(xsock_reverse(&a, host, sizeof host, NULL, 0, 0) < 0 || strcmp(host, "127.0.0.1") != 0);
    CHECK(xsock_reverse(&a, NULL, 0, service, sizeof service, 0) < 0 || strcmp(service, "80") != 0);
    _exit(0);
}

static void join_child(pid_t child)
{
    int status = 0;
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* The library keeps a wake, and the process has no other descriptor to read its files with. */
static void look_up_with_the_descriptor_of_a_wake(void)
{
    struct xsock_pollfd none = {.fd = -1};
    struct rlimit low;
    CHECK(getrlimit(RLIMIT_NOFILE, &low) == 0);
    low.rlim_cur = 64;
    CHECK(xsock_poll(&none, 1, 1) == 0 && setrlimit(RLIMIT_NOFILE, &low) == 0);
    while (dup(2) >= 0)
        ;
    CHECK(xsock_resolve("localhost", NULL, XSOCK_AF_UNSPEC, XSOCK_SOCK_STREAM, 0, NULL, 0) > 0);
    _exit(0);
}

static void a_lookup_in_a_full_process_gets_the_descriptor_of_an_idle_wake(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0)
        look_up_with_the_descriptor_of_a_wake();
    join_child(child);
}

/* C libraries give other answers after they have read their configuration. */
static void lookups_in_a_full_process_give_no_final_answer(void **state)
{
    (void)state;
    for (int warm = 0; warm < 2; warm++) {
        pid_t child = fork();
        if (child == 0) {
            if (warm != 0)
                (void)xsock_resolve("localhost", "http", XSOCK_AF_UNSPEC, 0, 0, NULL, 0);
            look_up_in_a_full_process();
        }
        join_child(child);
    }
}
#endif

/* More than fits a small table: the numbers, flags and sockets of a thousand descriptors. */
static void a_thousand_are_open_at_once(void **state)
{
    enum { COUNT = 1000 };
    (void)state;
    for (int d = 3; d < 3 + COUNT; d++)
        ASSERT_RESULT(
            d, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | (d % 3 ? 0 : XSOCK_SOCK_CLOEXEC), 0));
    for (int d = 3; d < 3 + COUNT; d++)
        ASSERT_RESULT(d % 3 ? 0 : XSOCK_SOCK_CLOEXEC, xsock_get_flags(d));
    for (int d = 4; d < 3 + COUNT; d += 2)
        ASSERT_RESULT(0, xsock_close(d));
    for (int d = 4; d < 3 + COUNT; d += 2)
        ASSERT_RESULT(d, xsock_dup(3, 0, 0));
    empty(2 + COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_full_table_is_emfile_and_one_close_makes_room),
        TEST(a_full_table_says_what_is_wrong_with_a_handle_first),
        TEST(a_full_process_is_emfile_and_nothing_is_lost),
        TEST(accept_in_a_full_process_says_so_only_while_a_connection_is_pending),
        TEST(a_thousand_are_open_at_once),
#ifndef _WIN32
        TEST(lookups_in_a_full_process_give_no_final_answer),
        TEST(a_lookup_in_a_full_process_gets_the_descriptor_of_an_idle_wake),
#endif
    };
    return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
