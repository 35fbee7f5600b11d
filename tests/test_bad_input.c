/* Bad input on the real system, and the real system's limit of handles. */
#include "bad_input.h"
#include "harness.h"
#include "native_io.h"

static uintptr_t make_socket(void)
{
    return native_socket(false, false);
}

const struct bad_input_system bad_input_system = {make_socket, native_close_socket};

int main(void)
{
    const struct CMUnitTest tests[] = {BAD_INPUT_TESTS(TEST)};
    return cmocka_run_group_tests_name("bad input", tests, NULL, NULL);
}
