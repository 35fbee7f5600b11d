/* What every test program shares: CMocka, an assertion that prints errors by name, and a count of
 * descriptors and system handles before and after each test. */
#ifndef XSOCK_TEST_HARNESS_H
#define XSOCK_TEST_HARNESS_H

/* Without assert() the tests would check nothing. */
#ifdef NDEBUG
#undef NDEBUG
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"
#include "xsock.h"

/* Asserts a result or an error: `expected` is a value >= 0 or -XSOCK_E.... If the two differ, the
 * assertion prints both by name. */
#define ASSERT_RESULT(expected, call) \
    harness_assert_result((expected), (call), #call, __FILE__, __LINE__)

/* For a call that returns a descriptor: asserts that the call succeeds, and gives its result. */
#define ASSERT_OPENS(call) harness_assert_opens((call), #call, __FILE__, __LINE__)

/* An assertion with a message: ASSERT_THAT(n < 3, "n is %d", n). */
#define ASSERT_THAT(condition, ...)          \
    do {                                     \
        if (!(condition)) {                  \
            print_error("%s: ", #condition); \
            print_error(__VA_ARGS__);        \
            print_error("\n");               \
            _fail(__FILE__, __LINE__);       \
        }                                    \
    } while (0)

/* The value is a number from `low` to `high`. CMocka 2 deprecates its own macro for this. */
#define ASSERT_BETWEEN(low, high, value)                                                   \
    do {                                                                                   \
        const long long between = (long long)(value);                                      \
        ASSERT_THAT(between >= (low) && between <= (high), "%s is %lld", #value, between); \
    } while (0)
#undef assert_in_range

/* A loop that waits for another thread, or for the system, must end. UNTIL runs `turn` until the
 * condition holds. If the condition does not hold within HARNESS_PATIENCE_S, the test fails with
 * the condition's text. UNTIL is for the thread that runs the test, as CMocka knows no other. */
#define UNTIL(condition, turn)                        \
    do {                                              \
        const int64_t until_end = harness_patience(); \
        while (!(condition)) {                        \
            ASSERT_IN_TIME(until_end, #condition);    \
            turn;                                     \
        }                                             \
    } while (0)

/* The same for a loop that has more to do: the loop asserts that a time from harness_patience(),
 * which was taken before the loop, has not come. The text says what the loop waits for. */
enum { HARNESS_PATIENCE_S = 60 };
int64_t harness_patience(void);
#define ASSERT_IN_TIME(end, text) \
    ASSERT_THAT(clock_now() < (end), "waited %d s for: %s", HARNESS_PATIENCE_S, (text))

void harness_assert_result(int expected, int got, const char *call, const char *file, int line);
int harness_assert_opens(int got, const char *call, const char *file, int line);

/* Writes the message of such an assertion. If the two are equal, returns false instead. */
bool harness_mismatch(int expected, int got, const char *call, char *out_text, size_t size);

/* Returns "-EBADF" or "7". The text stays valid during the next four calls. */
const char *harness_name(int result);

/* How many descriptors of xsock below `end` are open. */
int harness_descriptors(int end);

/* How many sockets the process has open in the system. On POSIX systems every kind of descriptor
 * counts. */
int harness_handles(void);

/* Fixtures of CMocka. They count both before and after a test, and fail the test if a number has
 * changed. */
int harness_setup(void **state);
int harness_teardown(void **state);
#define TEST(f) cmocka_unit_test_setup_teardown(f, harness_setup, harness_teardown)

/* The same comparison without a message on standard error, for the test of the harness itself. */
bool harness_is_clean(void);

/* How many rounds a test runs that leaves a moment to chance: `rounds`, or five times as many if
 * XSOCK_FULL is in the environment, as ci/full.sh sets it. */
int harness_rounds(int rounds);

/* Whether ThreadSanitizer watches the program. It starts no threads in a child that was forked
 * while there were some. It runs a signal's handler only after the interrupted call has returned,
 * and a call that the system begins again (SA_RESTART) does not return. */
#if defined(__SANITIZE_THREAD__)
#define HAS_THREAD_SANITIZER true
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HAS_THREAD_SANITIZER true
#endif
#endif
#ifndef HAS_THREAD_SANITIZER
#define HAS_THREAD_SANITIZER false
#endif

/* Prints the reason and skips the test. */
#define SKIP(reason)                     \
    do {                                 \
        print_message("%s\n", (reason)); \
        skip();                          \
    } while (0)

#endif
