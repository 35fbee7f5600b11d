/* What every test program shares: CMocka, an assertion that speaks in names, and a count of
 * descriptors and system handles around each test. */
#ifndef XSOCK_TEST_HARNESS_H
#define XSOCK_TEST_HARNESS_H

/* Without assertions a test shows nothing. */
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

/* Result and error in one: `expected` is a value >= 0 or -XSOCK_E..., and a mismatch prints both by
 * name. */
#define ASSERT_RESULT(expected, call) \
    harness_assert_result((expected), (call), #call, __FILE__, __LINE__)

/* A call that opens: asserts that it succeeded, and gives its result. */
#define ASSERT_OPENS(call) harness_assert_opens((call), #call, __FILE__, __LINE__)

/* An assertion that says what was the case: ASSERT_THAT(n < 3, "n is %d", n). */
#define ASSERT_THAT(condition, ...)          \
    do {                                     \
        if (!(condition)) {                  \
            print_error("%s: ", #condition); \
            print_error(__VA_ARGS__);        \
            print_error("\n");               \
            _fail(__FILE__, __LINE__);       \
        }                                    \
    } while (0)

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

/* What such an assertion prints; false, and nothing written, if the two are equal. */
bool harness_mismatch(int expected, int got, const char *call, char *out_text, size_t size);

/* "-EBADF", or "7": into a buffer of its own that the next four calls leave alone. */
const char *harness_name(int result);

/* Descriptors of xsock's that are open: those below `end`, asked one by one. */
int harness_descriptors(int end);

/* Sockets that the system holds open for this process (POSIX: descriptors of any kind). */
int harness_handles(void);

/* CMocka's fixture: counts both before, and complains if there are more, or fewer, afterwards. */
int harness_setup(void **state);
int harness_teardown(void **state);
#define TEST(f) cmocka_unit_test_setup_teardown(f, harness_setup, harness_teardown)

/* CMocka's fixture of a group: the library takes what it keeps for waiting before the first test
 * counts handles. */
int harness_warm_up(void **state);

/* The same comparison without a complaint on standard error, for the test of the harness itself. */
bool harness_is_clean(void);

/* Prints the reason, and skips the test. */
#define SKIP(reason)                     \
    do {                                 \
        print_message("%s\n", (reason)); \
        skip();                          \
    } while (0)

#endif
