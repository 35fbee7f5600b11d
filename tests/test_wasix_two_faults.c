/* Two faults in one of the calls for engines. */
#include <limits.h>

#include "fault_rows.h"
#include "harness.h"
#include "xsock_wasix.h"

static struct {
    struct xsock_wasix *guest;
    struct xsock_wasix_config negative, reserved;
} w;

#define ROW FAULT_FUNCTION
#include "wasix_two_faults.def"
#undef ROW

#define ROW FAULT_ROW
static const struct fault_row rows[] = {
#include "wasix_two_faults.def"
};
#undef ROW
enum { ROWS = sizeof rows / sizeof *rows };

static const struct fault_exempt exempt[] = {
    {"xsock_wasix_find", "NULL finds nothing, and is no error", 0},
};
enum { EXEMPT = sizeof exempt / sizeof *exempt };

static void of_two_faults_the_one_that_comes_first_is_reported(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    w.negative.max_descriptors = -1;
    w.reserved.reserved[0] = 1;
    ASSERT_RESULT(0, xsock_wasix_create(NULL, &w.guest));
    fault_rows_assert(rows, ROWS, &w, sizeof w);
    xsock_wasix_destroy(w.guest);
}

static void every_call_has_its_rows(void **state)
{
    (void)state;
    fault_rows_assert_complete("xsock_wasix.h", rows, ROWS, exempt, EXEMPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(of_two_faults_the_one_that_comes_first_is_reported),
        TEST(every_call_has_its_rows),
    };
    return cmocka_run_group_tests_name("wasix two faults", tests, NULL, NULL);
}
