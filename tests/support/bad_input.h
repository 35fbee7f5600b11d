/* Tests of bad arguments, for each call of xsock.h that opens, closes or describes sockets and each
 * of xsock_native.h. A bad argument gives its error and changes nothing. The tests run on the real
 * system and on the fake one. */
#ifndef XSOCK_TEST_BAD_INPUT_H
#define XSOCK_TEST_BAD_INPUT_H

#include <stdint.h>

/* Handles of the system that the tests run on, for adopting. */
struct bad_input_system {
    uintptr_t (*make_socket)(void);
    void (*close_socket)(uintptr_t h);
};
extern const struct bad_input_system bad_input_system; /* defined by the program */

void a_descriptor_that_is_not_open_is_refused_by_every_call(void **state);
void null_where_something_must_be_is_refused(void **state);
void unknown_flags_are_refused(void **state);
void minimums_and_targets_out_of_range_are_refused(void **state);
void limits_out_of_range_are_refused(void **state);
void a_full_table_says_so_after_what_is_wrong_with_the_arguments(void **state);
void what_is_wrong_is_judged_in_order(void **state);
void what_was_released_or_closed_is_open_no_more(void **state);

#define BAD_INPUT_TESTS(TEST)                                                           \
    TEST(a_descriptor_that_is_not_open_is_refused_by_every_call),                       \
        TEST(null_where_something_must_be_is_refused), TEST(unknown_flags_are_refused), \
        TEST(minimums_and_targets_out_of_range_are_refused),                            \
        TEST(limits_out_of_range_are_refused),                                          \
        TEST(a_full_table_says_so_after_what_is_wrong_with_the_arguments),              \
        TEST(what_is_wrong_is_judged_in_order), TEST(what_was_released_or_closed_is_open_no_more)

#endif
