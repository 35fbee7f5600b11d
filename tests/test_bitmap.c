/* The set of numbers that finds the lowest free number, compared with a model that keeps one byte
 * for each number. */
#include "base/bitmap.h"
#include "fake_sys.h"
#include "harness.h"

/* The edges at which a word is full and the next level begins: 64, 64
 * 2, 64
 * 3. */
static const size_t edges[] = {0,      1,      62,     63,     64,     65,     127,
                               128,    4094,   4095,   4096,   4097,   8191,   8192,
                               262142, 262143, 262144, 262145, 262207, 262208, 266240};
enum { EDGES = sizeof edges / sizeof *edges, MODEL = 300000 };

static unsigned char model[MODEL];

static uint32_t random_below(uint32_t end)
{
    static uint32_t state = 2463534242u; /* xorshift32 gives the same sequence on every system */
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % end;
}

static size_t model_next_clear(size_t from)
{
    while (from < MODEL && model[from])
        from++;
    return from;
}

static size_t model_end(void)
{
    size_t end = MODEL;
    while (end > 0 && !model[end - 1])
        end--;
    return end;
}

static void check_at(const struct xsock__bitmap *b, size_t i)
{
    size_t expected = model_next_clear(i), got = xsock__bitmap_next_clear(b, i);
    ASSERT_THAT(got == expected, "from %lu: %lu, not %lu", (unsigned long)i, (unsigned long)got,
                (unsigned long)expected);
    ASSERT_THAT(xsock__bitmap_has(b, i) == (model[i] != 0), "at %lu", (unsigned long)i);
}

static void check(const struct xsock__bitmap *b)
{
    for (int i = 0; i < EDGES; i++)
        check_at(b, edges[i]);
    assert_int_equal(xsock__bitmap_end(b), model_end());
}

static void put(struct xsock__bitmap *b, size_t i)
{
    assert_true(xsock__bitmap_set(b, i));
    model[i] = 1;
}

static void take(struct xsock__bitmap *b, size_t i)
{
    xsock__bitmap_clear(b, i);
    model[i] = 0;
}

static int setup(void **state)
{
    memset(model, 0, sizeof model);
    return fake_setup(state);
}

static void an_empty_set_has_nothing_and_takes_no_memory(void **state)
{
    struct xsock__bitmap b = {{0}, {0}};
    (void)state;
    check(&b);
    assert_int_equal(xsock__bitmap_size(&b), 0);
    assert_int_equal(xsock__bitmap_next_clear(&b, 5000000), 5000000);
    assert_false(xsock__bitmap_has(&b, SIZE_MAX / 2));
    xsock__bitmap_clear(&b, 77); /* removing a number that is not in the set is allowed */
    assert_int_equal(xsock__bitmap_end(&b), 0);
    xsock__bitmap_free(&b);
}

static void filling_in_order_gives_the_next_number_each_time(void **state)
{
    struct xsock__bitmap b = {{0}, {0}};
    (void)state;
    for (size_t i = 0; i < MODEL; i++) {
        assert_int_equal(xsock__bitmap_next_clear(&b, 0), i);
        put(&b, i);
    }
    assert_int_equal(xsock__bitmap_end(&b), MODEL);
    for (int i = 0; i < EDGES; i++) {
        take(&b, edges[i]);
        assert_int_equal(xsock__bitmap_next_clear(&b, 0), edges[i]);
        put(&b, edges[i]);
    }
    xsock__bitmap_free(&b);
}

static void every_edge_alone_is_found_in_both_directions(void **state)
{
    (void)state;
    for (int e = 0; e < EDGES; e++) {
        struct xsock__bitmap b = {{0}, {0}};
        put(&b, edges[e]);
        check(&b);
        put(&b, edges[e]); /* adding a number twice is the same as adding it once */
        check(&b);
        take(&b, edges[e]);
        check(&b);
        xsock__bitmap_free(&b);
    }
}

static void a_full_run_ends_at_each_edge(void **state)
{
    struct xsock__bitmap b = {{0}, {0}};
    size_t at = 0;
    (void)state;
    for (int e = 0; e < EDGES; e++) {
        for (; at < edges[e]; at++)
            put(&b, at);
        check(&b);
    }
    while (at > 0)
        take(&b, --at);
    check(&b);
    xsock__bitmap_free(&b);
}

static void random_work_agrees_with_the_model(void **state)
{
    struct xsock__bitmap b = {{0}, {0}};
    (void)state;
    /* The set is mostly full, because only then do the levels matter. */
    for (size_t i = 0; i < MODEL - 4096; i++)
        put(&b, i);
    for (int round = 0; round < 40000; round++) {
        size_t i = random_below(MODEL);
        switch (random_below(4)) {
        case 0:
            put(&b, xsock__bitmap_next_clear(&b, random_below(MODEL - 8192)));
            break;
        case 1:
            put(&b, i);
            break;
        default:
            take(&b, i);
            break;
        }
        check_at(&b, random_below(MODEL));
        if (round % 1000 == 0)
            check(&b);
    }
    check(&b);
    xsock__bitmap_free(&b);
}

static void numbers_as_high_as_an_int_work(void **state)
{
    static const size_t high[] = {16777216, 16777215, 1073741824};
    struct xsock__bitmap b = {{0}, {0}};
    (void)state;
    /* The third level would take 128 MiB, so look-ups must work without it. */
    for (int i = 0; i < 2; i++) {
        assert_true(xsock__bitmap_set(&b, high[i]));
        assert_true(xsock__bitmap_has(&b, high[i]));
        assert_int_equal(xsock__bitmap_next_clear(&b, high[i]), i == 0 ? high[i] + 1 : high[0] + 1);
    }
    assert_int_equal(xsock__bitmap_end(&b), high[0] + 1);
    assert_int_equal(xsock__bitmap_next_clear(&b, high[2]), high[2]);
    assert_int_equal(xsock__bitmap_next_clear(&b, 2147483647), 2147483647);
    assert_int_equal(xsock__bitmap_next_clear(&b, 0), 0);
    xsock__bitmap_free(&b);
}

static void memory_follows_the_highest_number(void **state)
{
    struct xsock__bitmap b = {{0}, {0}};
    size_t before = fake_bytes();
    (void)state;
    for (size_t i = 0; i < 100; i++)
        put(&b, i);
    assert_int_equal(xsock__bitmap_size(&b), fake_bytes() - before);
    assert_true(xsock__bitmap_size(&b) <= 2048);
    for (size_t i = 0; i < MODEL; i++)
        put(&b, i);
    assert_int_equal(xsock__bitmap_size(&b), fake_bytes() - before);
    assert_true(xsock__bitmap_size(&b) <= MODEL / 2);
    xsock__bitmap_free(&b);
    assert_int_equal(fake_bytes(), before);
}

/* For each edge, begins with a set that is full below the edge, so that as many levels as possible
 * must grow. */
static void no_memory_leaves_the_set_as_it_was(void **state)
{
    size_t allocations = fake_allocations();
    unsigned failures = 0;
    (void)state;
    for (int e = 0; e < EDGES; e++) {
        for (unsigned n = 1;; n++) {
            ASSERT_THAT(n < 1000, "%u calls were made to fail, and still not all", n);
            struct xsock__bitmap b = {{0}, {0}};
            bool done;
            memset(model, 0, sizeof model);
            for (size_t i = 0; i < edges[e] && i < 4096; i++)
                put(&b, i);
            fake_fail(FAKE_ALLOC, n, FAKE_ENOMEM);
            done = xsock__bitmap_set(&b, edges[e]);
            assert_true(done == !fake_failed());
            if (done)
                model[edges[e]] = 1;
            fake_fail(FAKE_ALLOC, 0, 0);
            check(&b);
            if (!done) { /* and the set works afterwards */
                put(&b, edges[e]);
                check(&b);
            }
            xsock__bitmap_free(&b);
            if (done)
                break;
            failures++;
        }
    }
    ASSERT_THAT(failures >= EDGES, "only %u failures were tried", failures);
    assert_int_equal(fake_allocations(), allocations);
}

#define BITMAP_TEST(f) cmocka_unit_test_setup_teardown(f, setup, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BITMAP_TEST(an_empty_set_has_nothing_and_takes_no_memory),
        BITMAP_TEST(filling_in_order_gives_the_next_number_each_time),
        BITMAP_TEST(every_edge_alone_is_found_in_both_directions),
        BITMAP_TEST(a_full_run_ends_at_each_edge),
        BITMAP_TEST(random_work_agrees_with_the_model),
        BITMAP_TEST(numbers_as_high_as_an_int_work),
        BITMAP_TEST(memory_follows_the_highest_number),
        BITMAP_TEST(no_memory_leaves_the_set_as_it_was),
    };
    return cmocka_run_group_tests_name("bitmap", tests, NULL, NULL);
}
