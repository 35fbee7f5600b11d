/* Calls with two faults at once, and which of the two is returned. The rows of a test are in a file
 * of their own, such as tests/two_faults.def, one on each line:
 *
 *   ROW(xsock_bind, EBADF, "not open, and NULL", xsock_bind(w.closed, NULL))
 *
 * The row's call must fail with this error, and must change nothing. A new call of a header needs
 * at least one row. Without a row, fault_rows_assert_complete() fails. */
#ifndef XSOCK_TEST_FAULT_ROWS_H
#define XSOCK_TEST_FAULT_ROWS_H

#include <stddef.h>

struct fault_row {
    const char *call;
    const char *faults;
    int expected; /* -XSOCK_E... */
    ptrdiff_t (*run)(void);
};

/* A call that needs no row with this error, and why. */
struct fault_exempt {
    const char *call;
    const char *why;
    int error; /* -XSOCK_EBADF or -XSOCK_EFAULT; 0 if the call needs no row at all */
};

/* Makes every call. Fails the test if a call gives another result, opens or closes a descriptor, or
 * writes to the memory at `world`, where the pointers of the rows lead. Prints each such call. */
void fault_rows_assert(const struct fault_row *rows, size_t count, const void *world, size_t size);

/* Asserts that every call has a row that the header declares with two parameters or more. A call
 * whose first parameter is a descriptor has a row that gives EBADF, and a call that takes a pointer
 * has a row that gives EFAULT. Calls that are exempt need none. */
void fault_rows_assert_complete(const char *header, const struct fault_row *rows, size_t count,
                                const struct fault_exempt *exempt, size_t exempt_count);

/* The file of a test includes the rows twice: with ROW as FAULT_FUNCTION, and then as FAULT_ROW. */
#define FAULT_NAME_AT(line) fault_row_##line
#define FAULT_NAME(line) FAULT_NAME_AT(line)
#define FAULT_FUNCTION(call, error, faults, expression) \
    static ptrdiff_t FAULT_NAME(__LINE__)(void)         \
    {                                                   \
        return (ptrdiff_t)(expression);                 \
    }
#define FAULT_ROW(call, error, faults, expression) \
    {#call, faults, -XSOCK_##error, FAULT_NAME(__LINE__)},

#endif
