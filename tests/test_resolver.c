/* A resolver that the program supplies, and look-ups that take too long. The test can hold the
 * resolver, so a slow name server needs no luck. */
#ifndef _WIN32
#include <sys/wait.h>
#include <unistd.h>
#endif
#ifdef __linux__
#include <dirent.h>
#endif
#include "base/atomic.h"
#include "harness.h"

#include "qemu.h"
#include "threads.h"

static const int64_t LONG_NS = INT64_C(60000000000);

enum { LOOK_UPS = 1000, THREADS = 8 };

/* ---- The resolver ---------------------------------------------------------------------------- */

static struct {
    int answer; /* a number of addresses, or an error */
    struct xsock_addr v[64];
    struct gate *gate; /* NULL if the resolver answers at once */
    xsock__atomic_int calls, inside, most;
    char host[300];
    int af;
} resolver;

static int resolve(const char *host, int af, void *user, struct xsock_addr *out, size_t cap)
{
    assert_ptr_equal(user, &resolver);
    assert_int_equal(cap, 64);
    int inside = xsock__atomic_add(&resolver.inside, 1) + 1;
    xsock__atomic_add(&resolver.calls, 1);
    if (resolver.gate != NULL) {
        for (int most = xsock__atomic_load(&resolver.most); inside > most;
             most = xsock__atomic_load(&resolver.most))
            (void)xsock__atomic_cas(&resolver.most, most, inside);
        gate_wait(resolver.gate);
    } else {
        snprintf(resolver.host, sizeof resolver.host, "%s", host);
        resolver.af = af;
    }
    for (int i = 0; i < resolver.answer && i < 64; i++)
        out[i] = resolver.v[i];
    xsock__atomic_add(&resolver.inside, -1);
    return resolver.answer;
}

static void answer_with(int n, const char *const *texts)
{
    resolver.answer = n;
    for (int i = 0; i < n; i++)
        ASSERT_RESULT(0, xsock_addr_parse(texts[i], &resolver.v[i]));
}

static int begin(void **state)
{
    (void)state;
    memset(&resolver, 0, sizeof resolver);
    return xsock_set_resolver(resolve, &resolver);
}

static int end(void **state)
{
    (void)state;
    return xsock_set_resolver(NULL, NULL);
}

static int setup(void **state)
{
    int rc = begin(state);
    return rc != 0 ? rc : harness_setup(state);
}

static int teardown(void **state)
{
    int rc = end(state);
    return rc != 0 ? rc : harness_teardown(state);
}

#define RESOLVER_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* ---- The answers of the resolver ------------------------------------------------------------- */

static void assert_addr(const struct xsock_addr *a, const char *text)
{
    char buf[XSOCK_ADDR_TEXT_SIZE];
    assert_true(xsock_addr_format(a, buf, sizeof buf) > 0);
    assert_string_equal(buf, text);
}

/* The name of a service, or its number on a machine without a list of services. */
static const char *service(void)
{
    struct xsock_addr a;
    int rc = xsock_resolve("127.0.0.1", "http", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, &a, 1);
    return rc == 1 ? "http" : "80";
}

static void test_its_addresses_are_the_answer(void **state)
{
    static const char *const texts[] = {"192.0.2.1:7", "[2001:db8::1]:0", "192.0.2.1:8"};
    struct xsock_addr v[8];
    (void)state;
    answer_with(3, texts);
    ASSERT_RESULT(2, xsock_resolve("a.test", "80", XSOCK_AF_UNSPEC, 0, 0, v, 8));
    assert_addr(&v[0], "192.0.2.1:80");
    assert_addr(&v[1], "[2001:db8::1]:80");
    assert_string_equal(resolver.host, "a.test");
    assert_int_equal(resolver.af, XSOCK_AF_UNSPEC);
    ASSERT_RESULT(1,
                  xsock_resolve("a.test", service(), XSOCK_AF_INET6, XSOCK_SOCK_STREAM, 0, v, 8));
    assert_addr(&v[0], "[2001:db8::1]:80");
    assert_int_equal(resolver.af, XSOCK_AF_INET6);
    int rc = xsock_resolve("a.test", "nosuchservice", XSOCK_AF_UNSPEC, XSOCK_SOCK_STREAM, 0, v, 8);
    assert_true(rc == -XSOCK_EAI_SERVICE || rc == -XSOCK_EAI_NONAME);
}

static void test_v4_addresses_are_mapped_if_asked_for(void **state)
{
    static const char *const texts[] = {"192.0.2.1:0"};
    struct xsock_addr a;
    (void)state;
    answer_with(1, texts);
    ASSERT_RESULT(-XSOCK_EAI_NODATA, xsock_resolve("a.test", "80", XSOCK_AF_INET6, 0, 0, &a, 1));
    ASSERT_RESULT(1, xsock_resolve("a.test", "80", XSOCK_AF_INET6, 0, XSOCK_AI_V4MAPPED, &a, 1));
    assert_addr(&a, "[::ffff:192.0.2.1]:80");
}

static void test_addresses_and_services_are_not_its_matter(void **state)
{
    struct xsock_addr v[8];
    (void)state;
    resolver.answer = -XSOCK_EAI_FAIL;
    ASSERT_RESULT(
        1, xsock_resolve("192.0.2.1", service(), XSOCK_AF_UNSPEC, XSOCK_SOCK_STREAM, 0, v, 8));
    ASSERT_RESULT(1, xsock_resolve("::1", "80", XSOCK_AF_UNSPEC, 0, 0, v, 8));
    assert_int_equal(xsock__atomic_load(&resolver.calls), 0);
}

static void test_what_it_leaves_is_asked_of_the_system(void **state)
{
    struct xsock_addr v[8];
    (void)state;
    resolver.answer = 0;
    int n = xsock_resolve("localhost", "80", XSOCK_AF_UNSPEC, 0, 0, v, 8);
    ASSERT_THAT(n >= 1, "%s", harness_name(n));
    assert_int_equal(xsock__atomic_load(&resolver.calls), 1);
}

static void test_its_errors_are_told_and_nonsense_is_a_failure(void **state)
{
    static const int pairs[][2] = {{-XSOCK_EAI_NONAME, -XSOCK_EAI_NONAME},
                                   {-XSOCK_EAI_AGAIN, -XSOCK_EAI_AGAIN},
                                   {-XSOCK_EAI_ADDRFAMILY, -XSOCK_EAI_ADDRFAMILY},
                                   {-XSOCK_EAI_SYSTEM, -XSOCK_EAI_SYSTEM},
                                   {-1, -XSOCK_EAI_FAIL},
                                   {-XSOCK_EAI_SYSTEM - 1, -XSOCK_EAI_FAIL},
                                   {INT32_MIN, -XSOCK_EAI_FAIL},
                                   {65, -XSOCK_EAI_FAIL},
                                   {INT32_MAX, -XSOCK_EAI_FAIL},
                                   {64, -XSOCK_EAI_NODATA}}; /* 64 empty addresses */
    struct xsock_addr a;
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        resolver.answer = pairs[i][0];
        ASSERT_RESULT(pairs[i][1], xsock_resolve("a.test", "80", XSOCK_AF_UNSPEC, 0, 0, &a, 1));
        ASSERT_RESULT(pairs[i][1], xsock_connect_host("a.test", "80", LONG_NS));
        ASSERT_RESULT(pairs[i][1], xsock_listen_host("a.test", "80", 1));
    }
}

static void test_malformed_addresses_are_left_out(void **state)
{
    static const char *const texts[] = {"192.0.2.1:0", "192.0.2.2:0", "unix:/x", "192.0.2.3:0"};
    struct xsock_addr v[8];
    (void)state;
    answer_with(4, texts);
    resolver.v[0].length = 200;
    resolver.v[1].family = 9999;
    ASSERT_RESULT(1, xsock_resolve("a.test", "80", XSOCK_AF_UNSPEC, 0, 0, v, 8));
    assert_addr(&v[0], "192.0.2.3:80");
}

static void test_a_server_is_reached_by_a_name_that_only_it_knows(void **state)
{
    static const char *const texts[] = {"127.0.0.1:0"};
    struct xsock_addr a;
    char port[8];
    (void)state;
    answer_with(1, texts);
    int listener = ASSERT_OPENS(xsock_listen_host("server.test", "0", 5));
    ASSERT_RESULT(0, xsock_local_addr(listener, &a));
    snprintf(port, sizeof port, "%u", (unsigned)a.port);
    for (int i = 0; i < 2; i++) {
        int d = ASSERT_OPENS(xsock_connect_host("server.test", port, i == 0 ? -1 : LONG_NS));
        ASSERT_RESULT(0, xsock_close(ASSERT_OPENS(xsock_accept(listener, 0, NULL))));
        ASSERT_RESULT(0, xsock_close(d));
    }
    ASSERT_RESULT(0, xsock_close(listener));
}

/* ---- Slow look-ups --------------------------------------------------------------------------- */

/* The number of threads of this process, or 0 if the system does not report the number. */
static int count_threads(void)
{
    int n = 0;
#ifdef __linux__
    DIR *dir = opendir("/proc/self/task");
    assert_non_null(dir);
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
        n += e->d_name[0] != '.';
    closedir(dir);
#endif
    return n;
}

static void hold_the_resolver(void)
{
    resolver.answer = -XSOCK_EAI_NONAME;
    assert_non_null(resolver.gate = gate_create());
}

static void let_the_resolver_go(void)
{
    gate_open(resolver.gate);
    UNTIL(xsock_set_resolver(NULL, NULL) == 0, thread_yield());
    assert_int_equal(xsock__atomic_load(&resolver.inside), 0);
    gate_destroy(resolver.gate);
}

static void time_out(void)
{
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("a.test", "80", 1000000));
}

static void fill_the_pool(void)
{
    UNTIL(xsock__atomic_load(&resolver.inside) == THREADS, time_out());
}

static void test_a_thousand_lookups_that_time_out_leave_few_threads(void **state)
{
    (void)state;
    int before = count_threads();
    hold_the_resolver();
    for (int i = 0; i < LOOK_UPS; i++)
        ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("a.test", "80", 100000));
    fill_the_pool();
    ASSERT_THAT(count_threads() <= before + THREADS, "%d threads, %d before", count_threads(),
                before);
    let_the_resolver_go();
    assert_int_equal(xsock__atomic_load(&resolver.most), THREADS);
    /* The other look-ups were dropped. */
    assert_int_equal(xsock__atomic_load(&resolver.calls), THREADS);
}

struct asker {
    struct thread *thread;
    int result;
};

static void ask(void *user)
{
    struct asker *a = user;
    a->result = xsock_connect_host("a.test", "80", LONG_NS);
}

static void test_lookups_that_wait_for_a_thread_are_all_answered(void **state)
{
    enum { ASKERS = 40 };
    struct asker askers[ASKERS];
    (void)state;
    hold_the_resolver();
    for (int i = 0; i < ASKERS; i++)
        assert_non_null(askers[i].thread = thread_start(ask, &askers[i]));
    UNTIL(xsock__atomic_load(&resolver.inside) == THREADS, thread_yield());
    gate_open(resolver.gate);
    for (int i = 0; i < ASKERS; i++) {
        thread_join(askers[i].thread);
        ASSERT_RESULT(-XSOCK_EAI_NONAME, askers[i].result);
    }
    assert_int_equal(xsock__atomic_load(&resolver.calls), ASKERS);
    ASSERT_THAT(xsock__atomic_load(&resolver.most) <= THREADS, "%d at once",
                xsock__atomic_load(&resolver.most));
    let_the_resolver_go();
}

static void test_the_number_of_threads_can_be_set(void **state)
{
    static const int bad[] = {0, -1, INT32_MIN, 1025, INT32_MAX};
    (void)state;
    assert_int_equal(xsock_get_lookup_threads(), THREADS);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ASSERT_RESULT(-XSOCK_EINVAL, xsock_set_lookup_threads(bad[i]));
    ASSERT_RESULT(0, xsock_set_lookup_threads(2));
    assert_int_equal(xsock_get_lookup_threads(), 2);
    hold_the_resolver();
    for (int i = 0; i < 20; i++)
        time_out();
    UNTIL(xsock__atomic_load(&resolver.inside) == 2, time_out());
    let_the_resolver_go();
    assert_int_equal(xsock__atomic_load(&resolver.most), 2);
    ASSERT_RESULT(0, xsock_set_lookup_threads(1024));
    ASSERT_RESULT(0, xsock_set_lookup_threads(THREADS));
}

static void test_a_resolver_that_still_runs_is_reported(void **state)
{
    (void)state;
    hold_the_resolver();
    fill_the_pool();
    ASSERT_RESULT(THREADS, xsock_set_resolver(NULL, NULL));
    let_the_resolver_go();
    ASSERT_RESULT(0, xsock_set_resolver(NULL, NULL));
}

#ifndef _WIN32
static void test_a_forked_child_has_all_threads_free(void **state)
{
    int status = 0;
    SKIP_ON_QEMU(QEMU_FORK);
    (void)state;
    if (HAS_THREAD_SANITIZER)
        SKIP("ThreadSanitizer has no threads after a fork of a process that had several");
    hold_the_resolver();
    fill_the_pool();
    pid_t child = fork();
    if (child == 0) {
        if (xsock_set_resolver(NULL, NULL) != 0)
            _exit(1);
        resolver.gate = NULL;
        (void)xsock_set_resolver(resolve, &resolver);
        _exit(xsock_connect_host("a.test", "80", LONG_NS) == -XSOCK_EAI_NONAME ? 0 : 2);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    let_the_resolver_go();
}
#endif

/* This test is the last, and handles are not counted, because the program ends while the resolver
 * is held. */
static void test_a_program_may_end_while_lookups_run(void **state)
{
    (void)state;
    memset(&resolver, 0, sizeof resolver);
    ASSERT_RESULT(0, xsock_set_resolver(resolve, &resolver));
    hold_the_resolver();
    fill_the_pool();
    ASSERT_RESULT(0, xsock_cleanup());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RESOLVER_TEST(test_its_addresses_are_the_answer),
        RESOLVER_TEST(test_v4_addresses_are_mapped_if_asked_for),
        RESOLVER_TEST(test_addresses_and_services_are_not_its_matter),
        RESOLVER_TEST(test_what_it_leaves_is_asked_of_the_system),
        RESOLVER_TEST(test_its_errors_are_told_and_nonsense_is_a_failure),
        RESOLVER_TEST(test_malformed_addresses_are_left_out),
        RESOLVER_TEST(test_a_server_is_reached_by_a_name_that_only_it_knows),
        RESOLVER_TEST(test_a_thousand_lookups_that_time_out_leave_few_threads),
        RESOLVER_TEST(test_lookups_that_wait_for_a_thread_are_all_answered),
        RESOLVER_TEST(test_the_number_of_threads_can_be_set),
        RESOLVER_TEST(test_a_resolver_that_still_runs_is_reported),
#ifndef _WIN32
        RESOLVER_TEST(test_a_forked_child_has_all_threads_free),
#endif
        cmocka_unit_test(test_a_program_may_end_while_lookups_run),
    };
    return cmocka_run_group_tests_name("resolver", tests, NULL, NULL);
}
