/* Happy Eyeballs: which address is tried at which time. Time is a number here, and a script ends
 * the attempts. */
#include "harness.h"

#include "name/happy_eyeballs.h"

enum { MAX_ADDRS = 24, NEVER = -1 };

static const int64_t MS = 1000000;

/* The result of the attempt at an address, and its time in milliseconds after the attempt began.
 * The time NEVER means that the attempt hangs. */
struct fate {
    int after_ms;
    int error; /* 0 if the address is connected */
};

struct scenario {
    const char *says;
    int timeout_ms;     /* NEVER if there is none */
    int resolved_at_ms; /* NEVER if it hangs */
    size_t count;
    struct fate fates[MAX_ADDRS];
    int result; /* the index of the winning address, or the error */
    int ends_at_ms;
    int started_at_ms[MAX_ADDRS]; /* NEVER if the address is not tried */
};

#define HANGS {NEVER, 0}
#define HANG_5 HANGS, HANGS, HANGS, HANGS, HANGS
#define REFUSE_5                                            \
    {1, REFUSED}, {1, REFUSED}, {1, REFUSED}, {1, REFUSED}, \
    {                                                       \
        1, REFUSED                                          \
    }
#define REFUSED -XSOCK_ECONNREFUSED
#define UNREACHABLE -XSOCK_ENETUNREACH

static const struct scenario scenarios[] = {
    {"one address that answers", NEVER, 0, 1, {{30, 0}}, 0, 30, {0}},
    {"one address that answers at once", NEVER, 0, 1, {{0, 0}}, 0, 0, {0}},
    {"one address that refuses", NEVER, 0, 1, {{30, REFUSED}}, REFUSED, 30, {0}},
    {"one that hangs, and a limit", 1000, 0, 1, {{NEVER, 0}}, -XSOCK_ETIMEDOUT, 1000, {0}},
    {"the first hangs: the second begins after 250 ms, and wins",
     NEVER,
     0,
     2,
     {{NEVER, 0}, {20, 0}},
     1,
     270,
     {0, 250}},
    {"the first is slow, and wins all the same",
     NEVER,
     0,
     2,
     {{300, 0}, {100, 0}},
     0,
     300,
     {0, 250}},
    {"the first answers in time: the second is never tried",
     NEVER,
     0,
     2,
     {{249, 0}, {1, 0}},
     0,
     249,
     {0, NEVER}},
    {"the first is refused: the second begins at once",
     NEVER,
     0,
     2,
     {{10, REFUSED}, {10, 0}},
     1,
     20,
     {0, 10}},
    {"the first fails on the spot", NEVER, 0, 2, {{0, UNREACHABLE}, {10, 0}}, 1, 10, {0, 0}},
    {"one that fails late starts the next, and the delay begins anew",
     NEVER,
     0,
     4,
     {{300, REFUSED}, {NEVER, 0}, {NEVER, 0}, {10, 0}},
     3,
     560,
     {0, 250, 300, 550}},
    {"all are refused",
     NEVER,
     0,
     3,
     {{5, REFUSED}, {5, REFUSED}, {5, REFUSED}},
     REFUSED,
     15,
     {0, 5, 10}},
    {"no way to one, the other refused: refused is told",
     NEVER,
     0,
     2,
     {{0, UNREACHABLE}, {5, REFUSED}},
     REFUSED,
     5,
     {0, 0}},
    {"refused, then no way: refused is told",
     NEVER,
     0,
     2,
     {{5, REFUSED}, {0, UNREACHABLE}},
     REFUSED,
     5,
     {0, 5}},
    {"no family, then no way: no way is told",
     NEVER,
     0,
     2,
     {{0, -XSOCK_EAFNOSUPPORT}, {0, UNREACHABLE}},
     UNREACHABLE,
     0,
     {0, 0}},
    {"no way, then no host: no host is told",
     NEVER,
     0,
     2,
     {{0, UNREACHABLE}, {0, -XSOCK_EHOSTUNREACH}},
     -XSOCK_EHOSTUNREACH,
     0,
     {0, 0}},
    {"of two that tell the same much, the first",
     NEVER,
     0,
     2,
     {{5, -XSOCK_EACCES}, {5, REFUSED}},
     -XSOCK_EACCES,
     10,
     {0, 5}},
    {"the time is over while one hangs and another was refused",
     600,
     0,
     2,
     {{NEVER, 0}, {1, REFUSED}},
     -XSOCK_ETIMEDOUT,
     600,
     {0, 250}},
    {"looking up takes all the time",
     500,
     NEVER,
     2,
     {{0, 0}, {0, 0}},
     -XSOCK_ETIMEDOUT,
     500,
     {NEVER, NEVER}},
    {"looking up takes some of the time",
     500,
     400,
     2,
     {{NEVER, 0}, {NEVER, 0}},
     -XSOCK_ETIMEDOUT,
     500,
     {400, NEVER}},
    {"looking up ends when the time does", 500, 500, 1, {{0, 0}}, -XSOCK_ETIMEDOUT, 500, {NEVER}},
    {"the delay counts from the attempt, not from the look-up",
     NEVER,
     400,
     2,
     {{NEVER, 0}, {1, 0}},
     1,
     651,
     {400, 650}},
    {"a limit between two attempts",
     100,
     0,
     2,
     {{NEVER, 0}, {0, 0}},
     -XSOCK_ETIMEDOUT,
     100,
     {0, NEVER}},
    {"no time: what is connected at once counts", 0, 0, 2, {{0, 0}, {0, 0}}, 0, 0, {0, NEVER}},
    {"no time: what is not, does not", 0, 0, 2, {{1, 0}, {0, 0}}, -XSOCK_ETIMEDOUT, 0, {0, NEVER}},
    {"no time: none for looking up", 0, NEVER, 1, {{0, 0}}, -XSOCK_ETIMEDOUT, 0, {NEVER}},
    {"twenty that hang: each has its turn",
     5000,
     0,
     20,
     {HANG_5, HANG_5, HANG_5, HANGS, HANGS, HANGS, HANGS, {10, 0}},
     19,
     4760,
     {0,    250,  500,  750,  1000, 1250, 1500, 1750, 2000, 2250,
      2500, 2750, 3000, 3250, 3500, 3750, 4000, 4250, 4500, 4750}},
    {"twenty that refuse",
     NEVER,
     0,
     20,
     {REFUSE_5, REFUSE_5, REFUSE_5, REFUSE_5},
     REFUSED,
     20,
     {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}},
};

/* ---- A driver like src/name/connect_host.c, with a clock that jumps -------------------------- */

struct play {
    const struct scenario *s;
    struct xsock__happy h;
    int64_t base, now;
    int64_t begun[MAX_ADDRS]; /* -1 if it is not */
    bool over[MAX_ADDRS];
    int result;
    bool ended;
};

static int64_t ends_at(const struct play *p, size_t i)
{
    if (p->begun[i] < 0 || p->over[i] || p->s->fates[i].after_ms == NEVER)
        return INT64_MAX;
    return p->begun[i] + p->s->fates[i].after_ms * MS;
}

/* Reports the results that are due by now. */
static void happen(struct play *p)
{
    if (p->h.resolving && p->s->resolved_at_ms != NEVER
        && p->now >= p->base + p->s->resolved_at_ms * MS)
        xsock__happy_resolved(&p->h, p->s->count);
    for (size_t i = 0; i < p->s->count && !p->ended; i++) {
        if (ends_at(p, i) > p->now)
            continue;
        p->over[i] = true;
        p->ended = p->s->fates[i].error == 0;
        p->result = (int)i;
        if (!p->ended)
            xsock__happy_failed(&p->h, p->s->fates[i].error, (int)i + 1);
    }
}

/* The clock goes to the next event, or to the end of the wait. */
static void pass_time(struct play *p, int64_t wait_ns)
{
    int64_t to = wait_ns < 0 ? INT64_MAX : p->now + wait_ns;
    int64_t resolved =
        p->s->resolved_at_ms == NEVER ? INT64_MAX : p->base + p->s->resolved_at_ms * MS;
    if (p->h.resolving && resolved < to)
        to = resolved;
    for (size_t i = 0; i < p->s->count; i++)
        if (ends_at(p, i) < to)
            to = ends_at(p, i);
    ASSERT_THAT(to != INT64_MAX, "%s: it waits for ever", p->s->says);
    ASSERT_THAT(to > p->now, "%s: it waits for nothing", p->s->says);
    p->now = to;
}

static void act(struct play *p)
{
    struct xsock__happy_step step = xsock__happy_next(&p->h, p->now);
    if (step.what == XSOCK__HAPPY_START) {
        ASSERT_THAT(step.index < p->s->count && p->begun[step.index] < 0, "%s: address %d",
                    p->s->says, (int)step.index);
        p->begun[step.index] = p->now;
    } else if (step.what == XSOCK__HAPPY_WAIT) {
        pass_time(p, step.wait_ns);
    } else {
        p->result = step.error;
        p->ended = true;
    }
}

static void play(const struct scenario *s, int64_t base)
{
    struct xsock__deadline end = {s->timeout_ms == NEVER,
                                  s->timeout_ms > 0 ? base + s->timeout_ms * MS : 0};
    struct play p = {.s = s, .base = base, .now = base};
    for (size_t i = 0; i < MAX_ADDRS; i++)
        p.begun[i] = -1;
    xsock__happy_begin(&p.h, &end);
    while (!p.ended) {
        happen(&p);
        if (!p.ended)
            act(&p);
    }
    ASSERT_THAT(p.result == s->result, "%s: %s", s->says, harness_name(p.result));
    ASSERT_THAT(p.now == base + s->ends_at_ms * MS, "%s: at %lld ns", s->says,
                (long long)(p.now - base));
    for (size_t i = 0; i < s->count; i++) {
        int64_t at = p.begun[i] < 0 ? NEVER : (p.begun[i] - base) / MS;
        ASSERT_THAT(at == s->started_at_ms[i], "%s: address %d at %lld ms", s->says, (int)i,
                    (long long)at);
    }
}

static void test_scenarios_end_as_told_and_when(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        play(&scenarios[i], 1);
        play(&scenarios[i], INT64_C(1) << 60);
    }
}

static void test_the_code_goes_with_the_error_that_is_reported(void **state)
{
    struct xsock__deadline never = {true, 0};
    struct xsock__happy h;
    (void)state;
    xsock__happy_begin(&h, &never);
    xsock__happy_resolved(&h, 3);
    assert_true(xsock__happy_next(&h, 1).what == XSOCK__HAPPY_START);
    xsock__happy_failed(&h, UNREACHABLE, 101);
    assert_true(xsock__happy_next(&h, 2).what == XSOCK__HAPPY_START);
    xsock__happy_failed(&h, REFUSED, 111);
    assert_true(xsock__happy_next(&h, 3).what == XSOCK__HAPPY_START);
    xsock__happy_failed(&h, UNREACHABLE, 101);
    struct xsock__happy_step step = xsock__happy_next(&h, 4);
    assert_true(step.what == XSOCK__HAPPY_GIVE_UP);
    ASSERT_RESULT(REFUSED, step.error);
    assert_int_equal(h.code, 111);
}

/* ---- The order ------------------------------------------------------------------------------- */

static void test_families_take_turns_and_the_first_stays_first(void **state)
{
    static const struct {
        /* one letter for each address: lower case for INET, upper case for INET6 */
        const char *given, *expected;
    } rows[] = {
        {"a", "a"},
        {"A", "A"},
        {"ab", "ab"},
        {"Ab", "Ab"},
        {"aB", "aB"},
        {"ABcd", "AcBd"},
        {"abCD", "aCbD"},
        {"ABCd", "AdBC"},
        {"Abcd", "Abcd"},
        {"ABcDe", "AcBeD"},
        {"abCdEf", "aCbEdf"},
        {"ABCDEFg", "AgBCDEF"},
        {"abcdefghijklmnopqrsT", "aTbcdefghijklmnopqrs"},
    };
    (void)state;
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        struct xsock_addr v[MAX_ADDRS];
        const struct xsock_addr *order[MAX_ADDRS];
        char got[MAX_ADDRS + 1];
        size_t n = strlen(rows[row].given);
        memset(v, 0, sizeof v);
        for (size_t i = 0; i < n; i++) {
            v[i].family = rows[row].given[i] >= 'a' ? XSOCK_AF_INET : XSOCK_AF_INET6;
            v[i].data[0] = (uint8_t)rows[row].given[i];
        }
        xsock__happy_interleave(v, n, order);
        for (size_t i = 0; i < n; i++)
            got[i] = (char)order[i]->data[0];
        got[n] = 0;
        assert_string_equal(got, rows[row].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scenarios_end_as_told_and_when),
        cmocka_unit_test(test_the_code_goes_with_the_error_that_is_reported),
        cmocka_unit_test(test_families_take_turns_and_the_first_stays_first),
    };
    return cmocka_run_group_tests_name("happy", tests, NULL, NULL);
}
