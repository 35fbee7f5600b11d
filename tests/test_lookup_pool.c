/* The threads that look names up, on the fake system: how many threads there are, which questions
 * they take, and what happens to a question that nobody waits for any more. */
#include "name/lookup_pool.h"
#include "harness.h"

#include "fake_names.h"
#include "fake_net.h"
#include "fake_sys.h"

enum { JOBS_MAX = 40 };

static struct xsock__sys_wake wake;
static struct xsock__job *jobs[JOBS_MAX];
static size_t job_count;
static const char guest_a, guest_b, guest_c, guest_d; /* the addresses of these stand for guests */

static void set_wake(void *user)
{
    xsock__sys_wake_set(user);
}

static int setup(void **state)
{
    static const struct xsock_addr a = {
        .family = XSOCK_AF_INET, .length = 4, .data = {192, 0, 2, 1}};
    fake_names_reset();
    fake_names_add_host("host.example", &a);
    fake_threads_wait(true);
    job_count = 0;
    xsock__lookup_pool_set_max(XSOCK__LOOKUP_POOL_THREADS);
    if (fake_setup(state) != 0 || xsock_startup() < 0)
        return 1;
    return xsock__sys_wake_open(&wake);
}

static int teardown(void **state)
{
    xsock__sys_wake_close(&wake);
    fake_names_reset();
    return fake_teardown(state);
}

#define POOL_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static struct xsock__job *begin(const char *host, const void *guest)
{
    struct xsock__question q;
    ASSERT_RESULT(0, xsock__question_init(&q, host, NULL, XSOCK_AF_UNSPEC, 0, 0));
    struct xsock__job *j = xsock__lookup_pool_begin(&q, guest, set_wake, &wake);
    assert_non_null(j);
    assert_true(job_count < JOBS_MAX);
    jobs[job_count++] = j;
    return j;
}

static void begin_many(size_t n, const void *guest)
{
    for (size_t i = 0; i < n; i++)
        begin("host.example", guest);
}

static void run_threads(void)
{
    while (fake_threads_run_one())
        ;
}

static size_t count_done(void)
{
    size_t n = 0;
    for (size_t i = 0; i < job_count; i++)
        n += xsock__lookup_pool_is_done(jobs[i]);
    return n;
}

static void end_all(int expected)
{
    for (size_t i = 0; i < job_count; i++) {
        struct xsock__answer answer;
        ASSERT_RESULT(expected, xsock__lookup_pool_end(jobs[i], &answer));
        assert_int_equal(answer.count, expected == 0 ? 1 : 0);
        xsock__answer_free(&answer);
    }
    job_count = 0;
}

/* ---- How many threads ------------------------------------------------------------------------ */

static void test_a_thread_is_started_for_each_question_up_to_the_limit(void **state)
{
    (void)state;
    for (size_t i = 1; i <= 20; i++) {
        begin_many(1, NULL);
        assert_int_equal(fake_threads(), i < 8 ? i : 8);
    }
    run_threads();
    assert_int_equal(count_done(), 20);
    assert_int_equal(fake_names_asked().count, 20);
    end_all(0);
}

static void test_a_thread_ends_when_nothing_is_left_to_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        begin_many(1, NULL);
        assert_int_equal(fake_threads(), 1);
        run_threads();
        end_all(0);
    }
}

static void test_a_higher_limit_starts_threads_for_what_is_queued(void **state)
{
    (void)state;
    xsock__lookup_pool_set_max(2);
    assert_int_equal(xsock__lookup_pool_max(), 2);
    begin_many(10, NULL);
    assert_int_equal(fake_threads(), 2);
    xsock__lookup_pool_set_max(5);
    assert_int_equal(fake_threads(), 5);
    run_threads();
    end_all(0);
}

static void test_a_lower_limit_ends_the_surplus_threads(void **state)
{
    (void)state;
    begin_many(10, NULL);
    xsock__lookup_pool_set_max(7);
    assert_true(fake_threads_run_one()); /* the eighth thread takes no other question */
    assert_int_equal(count_done(), 1);
    assert_true(fake_threads_run_one()); /* the seventh does */
    assert_int_equal(count_done(), 4);
    run_threads();
    end_all(0);
}

/* ---- Askers that leave ----------------------------------------------------------------------- */

static void test_a_question_in_the_queue_is_dropped_with_its_asker(void **state)
{
    (void)state;
    size_t before = fake_allocations();
    begin_many(8, NULL);
    size_t with_threads = fake_allocations();
    begin_many(20, NULL);
    for (size_t i = 0; i < 20; i++) {
        struct xsock__answer answer;
        ASSERT_RESULT(-XSOCK_ECANCELED, xsock__lookup_pool_end(jobs[--job_count], &answer));
    }
    assert_int_equal(fake_allocations(), with_threads);
    end_all(-XSOCK_ECANCELED);
    run_threads();
    assert_int_equal(fake_names_asked().count, 8);
    assert_int_equal(fake_allocations(), before);
    assert_int_equal(fake_wakes_set(), 0);
}

/* ---- Threads that cannot be started ---------------------------------------------------------- */

static void test_without_any_thread_the_question_fails_with_the_reason(void **state)
{
    struct xsock__answer answer;
    (void)state;
    fake_threads_fail(FAKE_EAGAIN);
    struct xsock__job *j = begin("host.example", NULL);
    assert_true(xsock__lookup_pool_is_done(j));
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock__lookup_pool_end(j, &answer));
    assert_int_equal(answer.code, FAKE_EAGAIN);
    xsock__answer_free(&answer);
}

static void test_with_fewer_threads_than_allowed_every_question_is_answered(void **state)
{
    (void)state;
    begin_many(2, NULL);
    fake_threads_fail(FAKE_EAGAIN);
    begin_many(5, NULL);
    assert_int_equal(fake_threads(), 2);
    assert_int_equal(count_done(), 0);
    run_threads();
    end_all(0);
}

/* ---- Guests ---------------------------------------------------------------------------------- */

static void test_a_guest_has_a_quarter_of_the_threads_and_all_guests_three(void **state)
{
    (void)state;
    begin_many(5, &guest_a);
    assert_int_equal(fake_threads(), 2);
    begin_many(5, &guest_b);
    assert_int_equal(fake_threads(), 4);
    begin_many(5, &guest_c);
    assert_int_equal(fake_threads(), 6);
    begin_many(5, &guest_d);
    assert_int_equal(fake_threads(), 6);
    begin_many(3, NULL);
    assert_int_equal(fake_threads(), 8);
    run_threads();
    assert_int_equal(count_done(), 23);
    end_all(0);
}

static void test_with_few_threads_a_guest_leaves_one_to_the_process(void **state)
{
    static const size_t expected[] = {0, 1, 1, 2, 3, 4};
    (void)state;
    for (int max = 1; max <= 5; max++) {
        xsock__lookup_pool_set_max(max);
        const char *guests[] = {&guest_a, &guest_b, &guest_c, &guest_d, NULL};
        for (size_t i = 0; guests[i] != NULL; i++)
            begin_many(2, guests[i]);
        ASSERT_THAT(fake_threads() == expected[max], "%d threads: %d", max, (int)fake_threads());
        run_threads();
        assert_int_equal(count_done(), 8);
        end_all(0);
    }
}

/* Appends the first letter of the host that is looked up to a text. */
static void note(const char *host, void *user)
{
    char *text = user;
    size_t n = strlen(text);
    text[n] = host[0];
    text[n + 1] = 0;
}

static void test_guests_take_turns(void **state)
{
    char order[JOBS_MAX + 1] = "";
    (void)state;
    xsock__lookup_pool_set_max(1);
    for (size_t i = 0; i < 4; i++)
        begin("a.example", &guest_a);
    begin("b.example", &guest_b);
    begin("b.example", &guest_b);
    begin("c.example", &guest_c);
    begin("p.example", NULL);
    fake_names_watch(note, order);
    run_threads();
    assert_string_equal(order, "aabcpaba");
    end_all(-XSOCK_EAI_NONAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        POOL_TEST(test_a_thread_is_started_for_each_question_up_to_the_limit),
        POOL_TEST(test_a_thread_ends_when_nothing_is_left_to_do),
        POOL_TEST(test_a_higher_limit_starts_threads_for_what_is_queued),
        POOL_TEST(test_a_lower_limit_ends_the_surplus_threads),
        POOL_TEST(test_a_question_in_the_queue_is_dropped_with_its_asker),
        POOL_TEST(test_without_any_thread_the_question_fails_with_the_reason),
        POOL_TEST(test_with_fewer_threads_than_allowed_every_question_is_answered),
        POOL_TEST(test_a_guest_has_a_quarter_of_the_threads_and_all_guests_three),
        POOL_TEST(test_with_few_threads_a_guest_leaves_one_to_the_process),
        POOL_TEST(test_guests_take_turns),
    };
    return cmocka_run_group_tests_name("lookup_pool", tests, NULL, NULL);
}
