/* What a configure script asks: whether a program without headers finds a call when it is linked.
 * Each call has its symbol. */
#include "support.h"

typedef void any_call(void);

#define LABEL(name) __asm__(TEXT(__USER_LABEL_PREFIX__) #name)
#define TEXT(prefix) TEXT_OF(prefix)
#define TEXT_OF(prefix) #prefix
#define SYMBOL(name) any_call symbol_##name LABEL(name);
#include "../src/symbols.def"
#include "../src/symbols_winsock.def"
#undef SYMBOL

static any_call *const calls[] = {
#define SYMBOL(name) symbol_##name,
#include "../src/symbols.def"
#include "../src/symbols_winsock.def"
#undef SYMBOL
};

static void each_call_has_its_symbol(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        assert_true(calls[i] != NULL);
}

static void a_symbol_is_the_call(void **state)
{
    (void)state;
    int p[2];
    union {
        any_call *symbol;
        int (*pipe)(int out[2]);
    } call = {symbol_pipe};
    ASSERT_IS(0, call.pipe(p));
    ASSERT_IS(1, write(p[1], "x", 1));
    close(p[0]);
    close(p[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_call_has_its_symbol),
        TEST(a_symbol_is_the_call),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
