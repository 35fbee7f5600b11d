/* fork(): the child goes on using the table, even if threads of the parent were in the middle of
 * calls. */
#include "harness.h"
#include "native_io.h"
#include "xsock_native.h"

#ifdef _WIN32

static void a_child_goes_on(void **state)
{
    (void)state;
    SKIP("Windows has no fork()");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(a_child_goes_on)};
    return cmocka_run_group_tests_name("fork", tests, NULL, NULL);
}

#else

#include <sys/wait.h>
#include <unistd.h>

#include "base/atomic.h"
#include "child.h"
#include "threads.h"

enum { WATCHDOG_S = 60 };

static void run_child(void (*body)(void))
{
    int status = -1;
    pid_t child;
    fflush(NULL);
    child = fork();
    if (child == 0) {
        alarm(WATCHDOG_S); /* a lock that a vanished thread holds would never be released */
        body();
        _exit(0);
    }
    assert_true(child > 0);
    assert_true(waitpid(child, &status, 0) == child);
    ASSERT_THAT(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %#x", (unsigned)status);
}

/* ---- Without threads ------------------------------------------------------------------------- */

static void use_and_close_everything(void)
{
    int pair[2];
    CHECK(xsock_get_flags(3) == 0 && xsock_get_flags(4) == XSOCK_SOCK_NONBLOCK);
    CHECK(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0) == 6);
    CHECK(xsock_dup(3, 0, 0) == 7);
    CHECK(xsock_close(4) == 0);
    CHECK(xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair) == 0);
    CHECK(pair[0] == 4 && pair[1] == 8);
    CHECK(xsock_set_flags(3, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK) == 0);
    CHECK(xsock_cleanup() == -XSOCK_EBUSY);
    for (int d = 3; d <= 8; d++)
        CHECK(xsock_close(d) == 0);
    CHECK(xsock_cleanup() == 0);
    CHECK(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0) == 3);
}

static void what_a_child_does_is_not_seen_by_its_parent(void **state)
{
    int pair[2];
    char got[8] = {0};
    (void)state;
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair));
    ASSERT_RESULT(0, xsock_set_flags(4, XSOCK_SOCK_NONBLOCK));
    ASSERT_RESULT(5, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    run_child(use_and_close_everything);
    ASSERT_RESULT(0, xsock_get_flags(3));
    ASSERT_RESULT(XSOCK_SOCK_NONBLOCK, xsock_get_flags(4));
    native_send(native_of(3), "still", 5); /* the close in the child has not ended it */
    assert_int_equal(native_receive(native_of(4), got, sizeof got), 5);
    assert_string_equal(got, "still");
    for (int d = 3; d <= 5; d++)
        ASSERT_RESULT(0, xsock_close(d));
}

static void use_the_reserved_number(void)
{
    CHECK(xsock_close(4) == -XSOCK_EBUSY);
    CHECK(xsock_get_flags(4) == -XSOCK_ENOTSOCK);
    CHECK(xsock_unreserve(4) == 0);
    CHECK(xsock_dup(3, 0, 0) == 4);
    CHECK(xsock_close(3) == 0 && xsock_close(4) == 0);
    CHECK(xsock_cleanup() == 0);
}

static void a_reserved_number_is_reserved_in_the_child_too(void **state)
{
    (void)state;
    ASSERT_RESULT(3, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(4, xsock_reserve(4));
    run_child(use_the_reserved_number);
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_close(4));
    ASSERT_RESULT(0, xsock_unreserve(4));
    ASSERT_RESULT(0, xsock_close(3));
}

static void talk_to_the_parent(void)
{
    char got[8] = {0};
    CHECK(xsock_close(3) == 0);
    CHECK(native_receive(native_of(4), got, sizeof got) == 4 && memcmp(got, "ping", 4) == 0);
    native_send(native_of(4), "pong", 4);
}

static void a_pair_connects_parent_and_child(void **state)
{
    int pair[2], status = -1;
    char got[8] = {0};
    pid_t child;
    (void)state;
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair));
    fflush(NULL);
    child = fork();
    if (child == 0) {
        alarm(WATCHDOG_S);
        talk_to_the_parent();
        _exit(0);
    }
    assert_true(child > 0);
    ASSERT_RESULT(0, xsock_close(4));
    native_send(native_of(3), "ping", 4);
    assert_int_equal(native_receive(native_of(3), got, sizeof got), 4);
    assert_memory_equal(got, "pong", 4);
    assert_int_equal(native_receive(native_of(3), got, sizeof got), 0); /* the child has ended */
    assert_true(waitpid(child, &status, 0) == child && WIFEXITED(status)
                && WEXITSTATUS(status) == 0);
    ASSERT_RESULT(0, xsock_close(3));
}

static void fork_again(void)
{
    pid_t grandchild = fork();
    int status = -1;
    if (grandchild == 0)
        _exit(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0) == 4 && xsock_close(3) == 0 ? 0 : 1);
    CHECK(waitpid(grandchild, &status, 0) == grandchild && status == 0);
    CHECK(xsock_get_flags(3) == 0);
}

static void a_grandchild_is_as_good_as_a_child(void **state)
{
    (void)state;
    ASSERT_RESULT(3, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    run_child(fork_again);
    ASSERT_RESULT(0, xsock_close(3));
}

/* ---- With threads ---------------------------------------------------------------------------- */

enum { THREADS = 4, FORKS = 60, STABLE = 3, BUSY_END = 60 };

static xsock__atomic_int stop, made;

/* A thread is in the middle of every kind of call when the fork happens. */
static void stay_in_calls(void *user)
{
    (void)user;
    while (!xsock__atomic_load(&stop)) {
        int pair[2], d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0);
        int same = xsock_dup(STABLE, 0, XSOCK_SOCK_CLOEXEC);
        for (int i = 0; i < 20; i++) {
            xsock_get_flags(STABLE);
            xsock_set_flags(STABLE, 0);
        }
        if (same >= 0)
            xsock_dup2(STABLE, same, 0);
        if (xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair) == 0) {
            xsock_close(pair[0]);
            xsock_close(pair[1]);
        }
        xsock_close(d);
        xsock_close(same);
        xsock_probe(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);
        xsock__atomic_add(&made, 1);
    }
}

/* Numbers are counted where they are used. A number that cannot be looked up must be free, so that
 * no descriptor is half open. */
static void use_the_table(void)
{
    uintptr_t h = 0;
    int d;
    CHECK(xsock_get_flags(STABLE) == 0);
    CHECK(xsock_dup(STABLE, 0, 0) >= 4);
    CHECK(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0) >= 5);
    CHECK(xsock_release(STABLE, &h) == 0); /* no call uses it, because the threads are gone */
    for (d = 3; d < BUSY_END; d++)
        xsock_close(d);
    CHECK(xsock_cleanup() == 0); /* no number is still reserved */
    for (d = 3; d < BUSY_END; d++)
        CHECK(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0) == d);
}

static void a_child_of_a_threaded_program_goes_on(void **state)
{
    struct thread *threads[THREADS];
    char got[8];
    int pair[2];
    (void)state;
    xsock__atomic_store(&stop, 0);
    ASSERT_RESULT(STABLE, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair));
    for (int i = 0; i < THREADS; i++)
        threads[i] = thread_start(stay_in_calls, NULL);
    for (int i = 0; i < FORKS; i++) {
        int before = xsock__atomic_load(&made);
        run_child(use_the_table);
        /* The threads of the parent have gone on, too. */
        UNTIL(xsock__atomic_load(&made) != before, thread_yield());
        native_send(native_of(pair[0]), "still", 5);
        assert_int_equal(native_receive(native_of(pair[1]), got, sizeof got), 5);
    }
    xsock__atomic_store(&stop, 1);
    for (int i = 0; i < THREADS; i++)
        thread_join(threads[i]);
    for (int d = STABLE; d <= pair[1]; d++)
        ASSERT_RESULT(0, xsock_close(d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_a_child_does_is_not_seen_by_its_parent),
        TEST(a_reserved_number_is_reserved_in_the_child_too),
        TEST(a_pair_connects_parent_and_child),
        TEST(a_grandchild_is_as_good_as_a_child),
        TEST(a_child_of_a_threaded_program_goes_on),
    };
    return cmocka_run_group_tests_name("fork", tests, NULL, NULL);
}
#endif
