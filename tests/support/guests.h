/* The two guests that most tests of src/wasix have, and the fixture that starts and stops them
 * (in guest.c). A test that has guests of its own includes guest.h alone. */
#ifndef XSOCK_TEST_GUESTS_H
#define XSOCK_TEST_GUESTS_H

#include "guest.h"

extern struct guest guest, other;

/* The modules for the two widths of a guest's memory. Tests of both widths step through them. */
enum { GUEST_MODULES = 2 };
extern const char *const guest_modules[GUEST_MODULES];
void guests_set_module(const char *module);

/* CMocka's fixture: harness_setup, and both guests with an empty configuration. */
int guests_setup(void **state);
int guests_teardown(void **state);
#define GUEST_TEST(f) cmocka_unit_test_setup_teardown(f, guests_setup, guests_teardown)

/* For a fixture of the test's own. `guest` has this configuration, and `other` an empty one. */
int guests_setup_with(void **state, const struct xsock_wasix_config *config);
#define GUEST_TEST_AFTER(setup, f) cmocka_unit_test_setup_teardown(f, setup, guests_teardown)

#endif
