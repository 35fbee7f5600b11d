/* xsock_open returns the result of the truth table for any three ints on this system. xsock_probe,
 * xsock_pair and xsock_catalog agree with the table too. */
#include <limits.h>

#include "harness.h"
#include "native_io.h"
#include "truth.h"
#include "xsock_native.h"

static struct truth_system here;

static int ask(void **state)
{
    (void)state;
    truth_ask(&here);
    return 0;
}

static void what_every_system_has_is_there(void **state)
{
    (void)state;
    assert_true(here.family[XSOCK_AF_INET]);
    assert_true(here.type[XSOCK_AF_INET][XSOCK_SOCK_STREAM]);
    assert_true(here.type[XSOCK_AF_INET][XSOCK_SOCK_DGRAM]);
    assert_true(here.type[XSOCK_AF_INET][XSOCK_SOCK_RAW]);
#ifndef _WIN32
    assert_true(here.type[XSOCK_AF_LOCAL][XSOCK_SOCK_STREAM]);
    assert_true(here.type[XSOCK_AF_LOCAL][XSOCK_SOCK_DGRAM]);
#endif
#ifdef __linux__
    assert_true(here.type[XSOCK_AF_LOCAL][XSOCK_SOCK_SEQPACKET]);
    assert_true(here.type[XSOCK_AF_NETLINK][XSOCK_SOCK_RAW]);
    assert_false(here.family[XSOCK_AF_HYPERV]);
    assert_false(here.family[XSOCK_AF_NETBIOS]);
#endif
}

static void every_triple_gives_the_answer_of_the_truth_table(void **state)
{
    int count = truth_sweep(&here, NULL);
    (void)state;
    print_message("opened %d\n", count);
    assert_true(count >= 8);
}

/* The valid triples of the table, without those of PACKET, which are slow. */
static void probing_says_what_opening_does_and_opens_nothing(void **state)
{
    (void)state;
    for (int af = 0; af < TRUTH_FAMILIES; af = af == XSOCK_AF_LOCAL + 1 ? XSOCK_AF_ROUTE : af + 1) {
        for (int type = 0; type <= 6; type++) {
            int asked = type == 6 ? XSOCK_SOCK_RDM : type;
            for (int protocol = -1; protocol <= 300; protocol++) {
                int opened, probed;
                if (af == XSOCK_AF_PACKET && truth_answer_here(&here, af, asked, protocol) == 0)
                    continue;
                probed = xsock_probe(af, asked, protocol);
                opened = xsock_open(af, asked, protocol);
                ASSERT_RESULT(probed, opened == 3 ? 0 : opened);
                if (opened >= 0)
                    ASSERT_RESULT(0, xsock_close(opened));
            }
        }
    }
}

static void any_int_is_answered(void **state)
{
    static const int ints[] = {INT_MIN, INT_MIN + 1, -1,     0,      1,      2,
                               3,       17,          0x100,  0x10f,  0x1fff, 0x2000,
                               0x2001,  0x4002,      0x6001, 0x8000, 0x8001, 0x10001,
                               1 << 30, INT_MAX - 1, INT_MAX};
    enum { INTS = sizeof ints / sizeof *ints };
    (void)state;
    for (int a = 0; a < INTS; a++) {
        for (int t = 0; t < INTS; t++) {
            for (int p = 0; p < INTS; p++) {
                int expected = truth_answer_here(&here, ints[a], ints[t], ints[p]);
                int d = xsock_open(ints[a], ints[t], ints[p]);
                if (d >= 0)
                    ASSERT_RESULT(0, xsock_close(d));
                ASSERT_RESULT(d >= 0 ? 0 : d, xsock_probe(ints[a], ints[t], ints[p]));
                if (expected != 0)
                    ASSERT_RESULT(expected, d);
                else
                    ASSERT_THAT(d == 3 || d == -XSOCK_EACCES || d == -XSOCK_EPROTONOSUPPORT,
                                "(%d, %d, %d): %s", ints[a], ints[t], ints[p], harness_name(d));
            }
        }
    }
}

static void what_is_wrong_is_said_in_this_order(void **state)
{
    (void)state;
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_open(9999, 99 | 0x8000, 9999));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_open(9999, 99, -1));
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_open(9999, 99, 9999));
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT,
                  xsock_open(XSOCK_AF_UNSPEC, XSOCK_SOCK_STREAM, XSOCK_IPPROTO_TCP));
    ASSERT_RESULT(-XSOCK_ESOCKTNOSUPPORT, xsock_open(XSOCK_AF_INET, 99, 9999));
    ASSERT_RESULT(-XSOCK_ESOCKTNOSUPPORT, xsock_open(XSOCK_AF_INET, 0, 0));
    ASSERT_RESULT(-XSOCK_ESOCKTNOSUPPORT,
                  xsock_open(XSOCK_AF_INET, XSOCK_SOCK_CLOEXEC, XSOCK_IPPROTO_TCP));
    ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 9999));
    ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT,
                  xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, XSOCK_IPPROTO_UDP));
    ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT,
                  xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, XSOCK_IPPROTO_TCP));
    ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_RAW, 0));
    ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_RAW, 256));
}

/* ---- Pairs ----------------------------------------------------------------------------------- */

static int expected_of_pair(int af, int type, int protocol, bool *out_system_decides)
{
    int meant, answer = truth_answer(af, type, protocol, &meant);
    *out_system_decides = false;
    if (af == XSOCK_AF_LOCAL && answer == 0) {
        *out_system_decides = type == XSOCK_SOCK_SEQPACKET;
        return 0;
    }
    if (af == XSOCK_AF_LOCAL) /* pairs have these on every system */
        return answer;
    answer = truth_answer_here(&here, af, type, protocol);
    /* the error of a protocol that a pair does not have comes first */
    *out_system_decides = answer == 0;
    return answer == 0 ? -XSOCK_EOPNOTSUPP : answer;
}

static void pairs_are_of_local_only(void **state)
{
    (void)state;
    for (int af = -1; af < TRUTH_FAMILIES;
         af = af == XSOCK_AF_LOCAL + 1 ? XSOCK_AF_ROUTE : af + 1) {
        for (int type = -1; type <= 6; type++) {
            for (int protocol = -1; protocol <= 20; protocol++) {
                int out[2] = {-7, -8}, r;
                bool system_decides;
                int expected = expected_of_pair(af, type, protocol, &system_decides);
                if (af == XSOCK_AF_PACKET && expected == -XSOCK_EOPNOTSUPP)
                    continue;
                r = xsock_pair(af, type, protocol, out);
                if (r == 0) {
                    assert_true(out[0] == 3 && out[1] == 4);
                    ASSERT_RESULT(0, xsock_close(3));
                    ASSERT_RESULT(0, xsock_close(4));
                } else {
                    assert_true(out[0] == -7 && out[1] == -8);
                }
                ASSERT_THAT(
                    r == expected
                        || (system_decides
                            && (r == -XSOCK_ESOCKTNOSUPPORT || r == -XSOCK_EPROTONOSUPPORT)),
                    "(%d, %d, %d) gives %s, expected %s", af, type, protocol, harness_name(r),
                    harness_name(expected));
            }
        }
    }
}

/* ---- The catalog ----------------------------------------------------------------------------- */

struct seen {
    int count, stop_after;
    struct xsock_triple last;
};

static int rank(const struct xsock_triple *t)
{
    return t->af * 0x200 + t->type;
}

static int check_row(const struct xsock_triple *t, void *user)
{
    struct seen *seen = user;
    int meant = -1, own[3], preset[3];
    assert_int_equal(truth_answer(t->af, t->type, t->protocol, &meant), 0);
    assert_string_equal(t->af_name, xsock_family_name(t->af));
    assert_string_equal(t->type_name, xsock_type_name(t->type));
    ASSERT_RESULT(t->status, xsock_probe(t->af, t->type, t->protocol));
    if (strcmp(t->protocol_name, "-") == 0)
        assert_true(t->protocol == 0);
    else
        ASSERT_RESULT(t->protocol, xsock_protocol_number(t->af, t->protocol_name));
    if (truth_answer(t->af, t->type, 0, &meant) == 0)
        assert_int_equal(t->is_default, meant == t->protocol);
    else
        assert_false(t->is_default);
    if (xsock_native_triple(t->af, t->type, t->protocol, own) == 0 && t->is_default) {
        ASSERT_RESULT(0, xsock_native_triple(t->af, t->type, 0, preset));
        assert_memory_equal(own, preset, sizeof own);
    }
    if (seen->count > 0)
        ASSERT_THAT(rank(t) > rank(&seen->last)
                        || (rank(t) == rank(&seen->last) && t->protocol > seen->last.protocol),
                    "(%d, %d, %d) is out of order", t->af, t->type, t->protocol);
    seen->last = *t;
    return ++seen->count == seen->stop_after;
}

static void the_catalog_lists_the_truth_table_in_order(void **state)
{
    struct seen all = {0}, some = {.stop_after = 5};
    int count = xsock_catalog(check_row, &all);
    (void)state;
    assert_int_equal(count, all.count);
    ASSERT_THAT(count > 100 && count < 1000, "%d rows", count);
    assert_int_equal(xsock_catalog(check_row, &some), 5);
    assert_int_equal(some.count, 5);
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_catalog(NULL, &all));
}

/* ---- Native numbers -------------------------------------------------------------------------- */

static void what_is_opened_is_what_was_asked_for(void **state)
{
    static const int types[] = {XSOCK_SOCK_STREAM, XSOCK_SOCK_DGRAM};
    (void)state;
    for (int i = 0; i < 2; i++) {
        int numbers[3] = {-1, -1, -1}, d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, types[i], 0));
        ASSERT_RESULT(0, xsock_native_triple(XSOCK_AF_INET, types[i], 0, numbers));
        assert_int_equal(native_type(native_of(d)), numbers[1]);
        assert_int_equal(numbers[2], types[i] == XSOCK_SOCK_STREAM ? 6 : 17);
        ASSERT_RESULT(0, xsock_close(d));
    }
}

static void native_numbers_are_refused_as_opening_is(void **state)
{
    int out[3] = {-7, -7, -7};
    (void)state;
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_native_triple(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, NULL));
    ASSERT_RESULT(-XSOCK_EINVAL,
                  xsock_native_triple(XSOCK_AF_INET, XSOCK_SOCK_STREAM | 0x8000, 0, out));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_native_triple(XSOCK_AF_INET, INT_MIN, INT_MIN, out));
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_native_triple(INT_MAX, XSOCK_SOCK_STREAM, 0, out));
    ASSERT_RESULT(-XSOCK_ESOCKTNOSUPPORT, xsock_native_triple(XSOCK_AF_INET, 0, 0, out));
    ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT,
                  xsock_native_triple(XSOCK_AF_INET, XSOCK_SOCK_RAW, 0, out));
    assert_true(out[0] == -7 && out[1] == -7 && out[2] == -7);
}

/* ---- And back -------------------------------------------------------------------------------- */

static int convert_there_and_back(const struct xsock_triple *t, void *user)
{
    int own[3], back[3] = {-7, -7, -7}, *converted = user;
    if (xsock_native_triple(t->af, t->type, t->protocol, own) != 0)
        return 0;
    ASSERT_RESULT(0, xsock_triple_from_native(own[0], own[1], own[2], back));
    ASSERT_THAT(back[0] == t->af && back[1] == t->type && back[2] == t->protocol,
                "(%d, %d, %d) came back as (%d, %d, %d)", t->af, t->type, t->protocol, back[0],
                back[1], back[2]);
    ASSERT_RESULT(0, xsock_triple_from_native(own[0], 0, 0, back));
    assert_true(back[0] == t->af && back[1] == 0 && back[2] == 0);
    (*converted)++;
    return 0;
}

static void every_triple_that_this_system_has_comes_back(void **state)
{
    int converted = 0;
    (void)state;
    xsock_catalog(convert_there_and_back, &converted);
    ASSERT_THAT(converted > 10, "%d rows", converted);
}

static void a_protocol_that_is_not_given_is_not_chosen(void **state)
{
    int own[3], out[3];
    (void)state;
    ASSERT_RESULT(0, xsock_native_triple(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, own));
    ASSERT_RESULT(0, xsock_triple_from_native(own[0], own[1], 0, out));
    assert_true(out[0] == XSOCK_AF_INET && out[1] == XSOCK_SOCK_STREAM && out[2] == 0);
}

static void native_numbers_that_xsock_lacks_are_told_apart(void **state)
{
    int own[3], out[3] = {-7, -7, -7};
    (void)state;
    ASSERT_RESULT(0, xsock_native_triple(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0, own));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_triple_from_native(own[0], own[1], own[2], NULL));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_triple_from_native(own[0], 0, own[2], out));
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_triple_from_native(0, 0, 0, out));
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_triple_from_native(INT_MIN, own[1], 0, out));
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_triple_from_native(INT_MAX, INT_MAX, INT_MAX, out));
    ASSERT_RESULT(-XSOCK_ESOCKTNOSUPPORT, xsock_triple_from_native(own[0], INT_MIN, 0, out));
    ASSERT_RESULT(-XSOCK_ESOCKTNOSUPPORT, xsock_triple_from_native(own[0], 0x40000000, 0, out));
    ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT, xsock_triple_from_native(own[0], own[1], 6, out));
    ASSERT_RESULT(-XSOCK_EPROTONOSUPPORT, xsock_triple_from_native(own[0], own[1], -1, out));
    assert_true(out[0] == -7 && out[1] == -7 && out[2] == -7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_every_system_has_is_there),
        TEST(every_triple_gives_the_answer_of_the_truth_table),
        TEST(probing_says_what_opening_does_and_opens_nothing),
        TEST(any_int_is_answered),
        TEST(what_is_wrong_is_said_in_this_order),
        TEST(pairs_are_of_local_only),
        TEST(the_catalog_lists_the_truth_table_in_order),
        TEST(what_is_opened_is_what_was_asked_for),
        TEST(native_numbers_are_refused_as_opening_is),
        TEST(every_triple_that_this_system_has_comes_back),
        TEST(a_protocol_that_is_not_given_is_not_chosen),
        TEST(native_numbers_that_xsock_lacks_are_told_apart),
    };
    return cmocka_run_group_tests_name("truth table", tests, ask, NULL);
}
