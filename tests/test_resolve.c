/* Hosts and services, with the resolver of the fake system: the questions that the resolver gets,
 * and the use of its answers. */
#include "harness.h"

#include "fake_names.h"
#include "fake_sys.h"

static struct xsock_addr address(const char *text)
{
    struct xsock_addr a;
    ASSERT_RESULT(0, xsock_addr_parse(text, &a));
    return a;
}

static void add_host(const char *name, const char *text)
{
    struct xsock_addr a = address(text);
    fake_names_add_host(name, &a);
}

static int setup(void **state)
{
    fake_names_reset();
    add_host("both.example", "[2001:db8::1]:0");
    add_host("both.example", "192.0.2.1:0");
    add_host("both.example", "[2001:db8::2]:0");
    add_host("both.example", "192.0.2.1:0");
    add_host("four.example", "192.0.2.4:0");
    add_host("four.example", "192.0.2.5:0");
    add_host("six.example", "[fe80::6%7]:0");
    fake_names_add_service("web", XSOCK_SOCK_STREAM, 80);
    fake_names_add_service("web", XSOCK_SOCK_DGRAM, 80);
    fake_names_add_service("shell", XSOCK_SOCK_STREAM, 514);
    fake_names_add_service("syslog", XSOCK_SOCK_DGRAM, 514);
    fake_names_add_service("split", XSOCK_SOCK_STREAM, 1000);
    fake_names_add_service("split", XSOCK_SOCK_DGRAM, 2000);
    return fake_setup(state);
}

static int teardown(void **state)
{
    fake_names_reset();
    return fake_teardown(state);
}

#define NAMES_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* ---- Tables ---------------------------------------------------------------------------------- */

enum { U = XSOCK_AF_UNSPEC, I4 = XSOCK_AF_INET, I6 = XSOCK_AF_INET6 };
enum { S = XSOCK_SOCK_STREAM, D = XSOCK_SOCK_DGRAM };
enum {
    P = XSOCK_AI_PASSIVE,
    NH = XSOCK_AI_NUMERICHOST,
    NS = XSOCK_AI_NUMERICSERV,
    M = XSOCK_AI_V4MAPPED
};

static const struct {
    const char *host, *service;
    int af, type, flags;
    const char *expected; /* the addresses, with a space after each one */
} good[] = {
    {"both.example", "80", U, S, 0, "[2001:db8::1]:80 192.0.2.1:80 [2001:db8::2]:80 "},
    {"both.example", "80", I4, S, 0, "192.0.2.1:80 "},
    {"both.example", "80", I6, S, 0, "[2001:db8::1]:80 [2001:db8::2]:80 "},
    {"both.example", "80", I6, S, M, "[2001:db8::1]:80 [2001:db8::2]:80 "},
    {"both.example", NULL, I4, 0, 0, "192.0.2.1:0 "},
    {"both.example", "0", I4, 0, 0, "192.0.2.1:0 "},
    {"both.example", "65535", I4, D, P, "192.0.2.1:65535 "},
    {"both.example", "web", I4, S, 0, "192.0.2.1:80 "},
    {"both.example", "web", I4, 0, 0, "192.0.2.1:80 "},
    {"both.example", "syslog", I4, D, 0, "192.0.2.1:514 "},
    {"both.example", "split", I4, 0, 0, "192.0.2.1:1000 192.0.2.1:2000 "},
    {"both.example", "80", I4, XSOCK_SOCK_SEQPACKET, 0, "192.0.2.1:80 "},
    {"both.example", NULL, I4, XSOCK_SOCK_RAW, 0, "192.0.2.1:0 "},
    {"four.example", "80", I6, S, M, "[::ffff:192.0.2.4]:80 [::ffff:192.0.2.5]:80 "},
    {"four.example", "80", U, S, M, "192.0.2.4:80 192.0.2.5:80 "},
    {"six.example", "80", U, S, 0, "[fe80::6%fake7]:80 "},
    {"192.0.2.9", "80", U, S, 0, "192.0.2.9:80 "},
    {"192.0.2.9", "80", I4, S, NH | NS, "192.0.2.9:80 "},
    {"192.0.2.9", "web", U, S, NH, "192.0.2.9:80 "},
    {"192.0.2.9", "split", U, 0, 0, "192.0.2.9:1000 192.0.2.9:2000 "},
    {"192.0.2.9", NULL, U, 0, 0, "192.0.2.9:0 "},
    {"192.0.2.9", "80", I6, S, M, "[::ffff:192.0.2.9]:80 "},
    {"2001:db8::9", "80", U, S, NH, "[2001:db8::9]:80 "},
    {"fe80::9%fake9", "80", I6, S, 0, "[fe80::9%fake9]:80 "},
    {"fe80::9%7", "80", I6, S, 0, "[fe80::9%fake7]:80 "},
    {"::ffff:192.0.2.9", "80", I6, S, 0, "[::ffff:192.0.2.9]:80 "},
    {NULL, "80", U, S, 0, "[::1]:80 127.0.0.1:80 "},
    {NULL, "80", U, S, P, "[::]:80 0.0.0.0:80 "},
    {NULL, "80", I4, S, 0, "127.0.0.1:80 "},
    {NULL, "80", I6, S, P, "[::]:80 "},
    {NULL, "web", U, S, 0, "[::1]:80 127.0.0.1:80 "},
    {"localhost", "80", U, S, 0, "[::1]:80 127.0.0.1:80 "},
    {"localhost", "80", U, S, XSOCK_AI_ADDRCONFIG | P, "[::1]:80 127.0.0.1:80 "},
    {"LocalHost.", "80", I4, S, 0, "127.0.0.1:80 "},
    {"a.b.localhost", "80", I6, S, M, "[::1]:80 "},
    {"localhost", "split", I4, 0, 0, "127.0.0.1:1000 127.0.0.1:2000 "},
    {NULL, "split", I4, 0, P, "0.0.0.0:1000 0.0.0.0:2000 "},
};

static void test_answers_are_the_systems_in_its_order_once_each(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct xsock_addr v[8];
        char text[8 * XSOCK_ADDR_TEXT_SIZE] = "";
        int n = xsock_resolve(good[i].host, good[i].service, good[i].af, good[i].type,
                              good[i].flags, v, 8);
        for (int k = 0; k < n && k < 8; k++) {
            char one[XSOCK_ADDR_TEXT_SIZE];
            ASSERT_THAT(xsock_addr_format(&v[k], one, sizeof one) > 0, "row %d", (int)i);
            strcat(strcat(text, one), " ");
        }
        ASSERT_THAT(strcmp(text, good[i].expected) == 0, "row %d: %s: %s", (int)i, harness_name(n),
                    text);
    }
}

static const char long_host[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
                                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
                                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
                                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/* `asked` tells whether the system's resolver is asked. Then xsock_oserror() is the code of the
 * resolver. */
static const struct {
    const char *host, *service;
    int af, type, flags, error;
    bool asked;
} bad[] = {
    {NULL, NULL, U, S, 0, XSOCK_EAI_NONAME, false},
    {NULL, NULL, U, S, P, XSOCK_EAI_NONAME, false},
    {"", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {" ", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"both.example ", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"both\texample", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"both.example%fake7", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"both.example:80", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"192.0.2.1:80", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"[::1]", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"[::1]:80", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"unix:/a", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {":", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"fe80::1%nosuch", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"1", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"127.1", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"127.0.0.1.", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"010.0.0.1", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"0x7f000001", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"127.0.0.0x1", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"127.0.0.256", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"host.example.1", "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {long_host, "80", U, S, 0, XSOCK_EAI_NONAME, false},
    {"both.example", "80", U, S, NH, XSOCK_EAI_NONAME, false},
    {"both.example", "web", U, S, NS, XSOCK_EAI_NONAME, false},
    {"both.example", "", U, S, 0, XSOCK_EAI_SERVICE, false},
    {"both.example", "65536", U, S, 0, XSOCK_EAI_SERVICE, false},
    {"both.example", "4294967376", U, S, 0, XSOCK_EAI_SERVICE, false},
    {"both.example", "99999999999999999999", U, S, 0, XSOCK_EAI_SERVICE, false},
    {"both.example", "-1", U, S, 0, XSOCK_EAI_SERVICE, false},
    {"both.example", "+80", U, S, 0, XSOCK_EAI_SERVICE, false},
    {"both.example", " 80", U, S, 0, XSOCK_EAI_SERVICE, false},
    {"both.example", "80 ", U, S, 0, XSOCK_EAI_SERVICE, false},
    {"both.example", "080", U, S, 0, XSOCK_EAI_SERVICE, false},
    {"both.example", long_host, U, S, 0, XSOCK_EAI_SERVICE, false},
    {"both.example", "80", U, XSOCK_SOCK_RAW, 0, XSOCK_EAI_SERVICE, false},
    {"both.example", "web", U, XSOCK_SOCK_SEQPACKET, 0, XSOCK_EAI_SERVICE, false},
    {"both.example", "80", U, S, 2, XSOCK_EAI_BADFLAGS, false},
    {"both.example", "80", U, S, INT32_MIN, XSOCK_EAI_BADFLAGS, false},
    {"both.example", "80", XSOCK_AF_LOCAL, S, 0, XSOCK_EAI_FAMILY, false},
    {"both.example", "80", -1, S, 0, XSOCK_EAI_FAMILY, false},
    {"both.example", "80", INT32_MIN, S, 0, XSOCK_EAI_FAMILY, false},
    {"both.example", "80", U, 7, 0, XSOCK_EAI_SOCKTYPE, false},
    {"both.example", "80", U, XSOCK_SOCK_RDM, 0, XSOCK_EAI_SOCKTYPE, false},
    {"both.example", "80", U, S | XSOCK_SOCK_CLOEXEC, 0, XSOCK_EAI_SOCKTYPE, false},
    {"both.example", "80", U, INT32_MIN, 0, XSOCK_EAI_SOCKTYPE, false},
    {"192.0.2.1", "80", I6, S, 0, XSOCK_EAI_ADDRFAMILY, false},
    {"::1", "80", I4, S, 0, XSOCK_EAI_ADDRFAMILY, false},
    {"::ffff:192.0.2.1", "80", I4, S, M, XSOCK_EAI_ADDRFAMILY, false},
    {"no.example", "80", U, S, 0, XSOCK_EAI_NONAME, true},
    {"no.example", "80", I6, S, M, XSOCK_EAI_NONAME, true},
    {"four.example", "80", I6, S, 0, XSOCK_EAI_NONAME, true},
    {"six.example", "80", I4, S, M, XSOCK_EAI_NONAME, true},
    {"both.example", "nosuch", U, S, 0, XSOCK_EAI_SERVICE, true},
    {"both.example", "syslog", U, S, 0, XSOCK_EAI_SERVICE, true},
    {"192.0.2.1", "syslog", U, S, 0, XSOCK_EAI_SERVICE, true},
    {NULL, "nosuch", U, S, 0, XSOCK_EAI_SERVICE, true},
};

static void test_what_is_wrong_is_told_and_only_names_are_looked_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct xsock_addr a, before;
        unsigned asked = fake_names_asked().count;
        memset(&a, 0x5a, sizeof a);
        before = a;
        xsock__sys_set_last_error(777);
        int rc =
            xsock_resolve(bad[i].host, bad[i].service, bad[i].af, bad[i].type, bad[i].flags, &a, 1);
        ASSERT_THAT(rc == -bad[i].error, "row %d: %s", (int)i, harness_name(rc));
        ASSERT_THAT((fake_names_asked().count > asked) == bad[i].asked, "row %d", (int)i);
        ASSERT_THAT((xsock_oserror() == 777) == !bad[i].asked, "row %d: %d", (int)i,
                    xsock_oserror());
        assert_memory_equal(&a, &before, sizeof a);
    }
}

/* ---- One by one ------------------------------------------------------------------------------ */

static void test_cap_limits_what_is_stored_not_what_is_returned(void **state)
{
    struct xsock_addr v[3], none;
    (void)state;
    memset(&none, 0x5a, sizeof none);
    ASSERT_RESULT(3, xsock_resolve("both.example", "80", U, S, 0, NULL, 0));
    ASSERT_RESULT(3, xsock_resolve("both.example", "80", U, S, 0, v, 0));
    v[1] = none;
    ASSERT_RESULT(3, xsock_resolve("both.example", "80", U, S, 0, v, 1));
    assert_memory_equal(&v[1], &none, sizeof none);
    ASSERT_RESULT(3, xsock_resolve("both.example", "80", U, S, 0, v, SIZE_MAX));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_resolve("both.example", "80", U, S, 0, NULL, 1));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_resolve(NULL, NULL, -1, -1, -1, NULL, SIZE_MAX));
}

static void test_the_system_is_asked_in_its_own_numbers_and_for_no_more(void **state)
{
    struct fake_names_asked asked;
    (void)state;
    ASSERT_RESULT(1, xsock_resolve("both.example", "80", I4, D, XSOCK_AI_ADDRCONFIG | P, NULL, 0));
    asked = fake_names_asked();
    assert_string_equal(asked.host, "both.example");
    assert_string_equal(asked.service, "");
    assert_int_equal(asked.family, FAKE_FAMILY_BASE + XSOCK_AF_INET);
    assert_true(asked.addrconfig);
    ASSERT_RESULT(2, xsock_resolve(NULL, "syslog", U, D, XSOCK_AI_ADDRCONFIG, NULL, 0));
    asked = fake_names_asked();
    assert_string_equal(asked.host, "");
    assert_string_equal(asked.service, "syslog");
    assert_int_equal(asked.family, 0);
    assert_int_equal(asked.type, FAKE_TYPE_BASE + XSOCK_SOCK_DGRAM);
    assert_false(asked.addrconfig);
}

static void test_localhost_is_loopback_whatever_the_system_says(void **state)
{
    struct xsock_addr v[2];
    char name[16];
    (void)state;
    add_host("localhost", "192.0.2.66:0");
    fake_names_fail(XSOCK_EAI_AGAIN, -3);
    ASSERT_RESULT(2, xsock_resolve("localhost", "80", U, S, XSOCK_AI_ADDRCONFIG, v, 2));
    assert_true(xsock_addr_is_loopback(&v[0]) && xsock_addr_is_loopback(&v[1]));
    assert_int_equal(fake_names_asked().count, 0);
    ASSERT_RESULT(-XSOCK_EAI_AGAIN, xsock_resolve("notlocalhost", "80", U, S, 0, v, 2));
    ASSERT_RESULT(-XSOCK_EAI_AGAIN, xsock_resolve("localhost.example", "80", U, S, 0, v, 2));
    ASSERT_RESULT(-XSOCK_EAI_NONAME, xsock_resolve("localhost", "80", U, S, NH, v, 2));
    ASSERT_RESULT(9, xsock_canonical_name("localhost", U, name, sizeof name));
    assert_string_equal(name, "localhost");
    fake_hide_family(XSOCK_AF_INET6);
    ASSERT_RESULT(1, xsock_resolve("localhost", "80", U, S, 0, v, 2));
    ASSERT_RESULT(-XSOCK_EAI_FAMILY, xsock_resolve("localhost", "80", I6, S, 0, v, 2));
}

static void test_many_addresses_are_all_returned(void **state)
{
    struct xsock_addr v[40];
    (void)state;
    for (unsigned i = 0; i < 40; i++) {
        struct xsock_addr a = {
            .family = XSOCK_AF_INET, .length = 4, .data = {10, 0, 0, (uint8_t)i}};
        fake_names_add_host("many.example", &a);
    }
    size_t before = fake_allocations();
    ASSERT_RESULT(40, xsock_resolve("many.example", "80", U, S, 0, v, 40));
    for (unsigned i = 0; i < 40; i++)
        assert_int_equal(v[i].data[3], i);
    assert_int_equal(fake_allocations(), before);
}

static void test_errors_of_the_resolver_come_with_its_code(void **state)
{
    static const struct {
        int error, code, expected;
    } rows[] = {
        {XSOCK_EAI_AGAIN, -3, XSOCK_EAI_AGAIN},
        {XSOCK_EAI_FAIL, -4, XSOCK_EAI_FAIL},
        {XSOCK_EAI_NODATA, -5, XSOCK_EAI_NODATA},
        {XSOCK_EAI_MEMORY, -10, XSOCK_EAI_MEMORY},
        {XSOCK_EUNKNOWN, -4242, XSOCK_EUNKNOWN},
        {XSOCK_EAI_SYSTEM, FAKE_EIO, XSOCK_EAI_SYSTEM},
        {XSOCK_EAI_SYSTEM, FAKE_EUNLISTED, XSOCK_EAI_SYSTEM},
        {XSOCK_EAI_SYSTEM, FAKE_EMFILE, XSOCK_EMFILE},
        {XSOCK_EAI_SYSTEM, FAKE_ENFILE, XSOCK_ENFILE},
        {XSOCK_EAI_SYSTEM, FAKE_ENOMEM, XSOCK_EAI_MEMORY},
        {XSOCK_EAI_SYSTEM, FAKE_ENOBUFS, XSOCK_EAI_MEMORY},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fake_names_fail(rows[i].error, rows[i].code);
        ASSERT_RESULT(-rows[i].expected, xsock_resolve("both.example", "80", U, S, 0, NULL, 0));
        assert_int_equal(xsock_oserror(), rows[i].code);
        ASSERT_RESULT(-rows[i].expected, xsock_resolve("192.0.2.1", "web", U, S, 0, NULL, 0));
        ASSERT_RESULT(1, xsock_resolve("192.0.2.1", "80", U, S, 0, NULL, 0));
    }
}

static void test_no_memory_is_told_and_none_is_lost(void **state)
{
    static const char *const hosts[] = {"both.example", "192.0.2.1", "four.example"};
    (void)state;
    ASSERT_RESULT(0, xsock_startup());
    size_t before = fake_allocations();
    for (size_t i = 0; i < 3; i++) {
        for (unsigned nth = 1;; nth++) {
            ASSERT_THAT(nth < 10000, "%u calls were made to fail, and still not all", nth);
            fake_fail(FAKE_ALLOC, nth, FAKE_ENOMEM);
            int rc = xsock_resolve(hosts[i], "split", U, 0, 0, NULL, 0);
            assert_int_equal(fake_allocations(), before);
            if (!fake_failed()) {
                assert_true(rc > 0);
                break;
            }
            ASSERT_RESULT(-XSOCK_EAI_MEMORY, rc);
        }
    }
    fake_reset();
}

static void test_a_family_that_is_missing_is_left_out_of_this_machine(void **state)
{
    struct xsock_addr v[2];
    (void)state;
    fake_hide_family(XSOCK_AF_INET6);
    ASSERT_RESULT(1, xsock_resolve(NULL, "80", U, S, 0, v, 2));
    assert_int_equal(v[0].family, XSOCK_AF_INET);
    ASSERT_RESULT(-XSOCK_EAI_FAMILY, xsock_resolve(NULL, "80", I6, S, 0, NULL, 0));
    ASSERT_RESULT(-XSOCK_EAI_FAMILY, xsock_resolve("both.example", "80", I6, S, 0, NULL, 0));
}

/* ---- Back ------------------------------------------------------------------------------------ */

static void test_addresses_get_their_names_or_numbers(void **state)
{
    static const struct {
        const char *address;
        int flags;
        const char *host, *service; /* NULL if it is not wanted */
    } rows[] = {
        {"192.0.2.4:80", 0, "four.example", "web"},
        {"192.0.2.4:80", XSOCK_NI_NOFQDN, "four", "web"},
        {"192.0.2.4:80", XSOCK_NI_NAMEREQD, "four.example", NULL},
        {"192.0.2.4:80", XSOCK_NI_NUMERICHOST, "192.0.2.4", "web"},
        {"192.0.2.4:80", XSOCK_NI_NUMERICSERV, "four.example", "80"},
        {"192.0.2.4:80", XSOCK_NI_NUMERICSERV, NULL, "80"},
        {"192.0.2.77:81", 0, "192.0.2.77", "81"},
        {"[2001:db8::1]:514", 0, "both.example", "shell"},
        {"[2001:db8::1]:514", XSOCK_NI_DGRAM, "both.example", "syslog"},
        {"[2001:db8::77]:0", XSOCK_NI_NUMERICHOST | XSOCK_NI_NUMERICSERV, "2001:db8::77", "0"},
        {"[fe80::77%9]:65535", 0, "fe80::77%fake9", "65535"},
        {"[::ffff:192.0.2.4]:80", 0, "::ffff:192.0.2.4", "web"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct xsock_addr a = address(rows[i].address);
        char host[1025] = "", service[32] = "";
        const char *h = rows[i].host, *s = rows[i].service;
        ASSERT_RESULT(0, xsock_reverse(&a, h ? host : NULL, h ? sizeof host : 0, s ? service : NULL,
                                       s ? sizeof service : 0, rows[i].flags));
        assert_string_equal(host, h ? h : "");
        assert_string_equal(service, s ? s : "");
    }
}

static void test_what_is_wrong_with_reversing_is_reported(void **state)
{
    struct xsock_addr a = address("192.0.2.4:80"), nobody = address("192.0.2.77:80");
    struct xsock_addr local = address("unix:/a");
    struct xsock_addr broken = a;
    char host[13] = "-", service[4] = "-";
    (void)state;
    broken.length = 5;
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_reverse(NULL, host, sizeof host, NULL, 0, 0));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_reverse(&a, NULL, 1, NULL, 0, 0));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_reverse(&a, host, sizeof host, NULL, 1, 0));
    ASSERT_RESULT(-XSOCK_EAI_BADFLAGS, xsock_reverse(&a, host, sizeof host, NULL, 0, 0x20));
    ASSERT_RESULT(-XSOCK_EAI_BADFLAGS, xsock_reverse(&a, host, sizeof host, NULL, 0, INT32_MIN));
    ASSERT_RESULT(-XSOCK_EAI_FAMILY, xsock_reverse(&local, host, sizeof host, NULL, 0, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_reverse(&broken, host, sizeof host, NULL, 0, 0));
    ASSERT_RESULT(-XSOCK_EAI_NONAME, xsock_reverse(&a, NULL, 0, NULL, 0, 0));
    ASSERT_RESULT(-XSOCK_EAI_NONAME,
                  xsock_reverse(&nobody, host, sizeof host, NULL, 0, XSOCK_NI_NAMEREQD));
    ASSERT_RESULT(-XSOCK_EAI_OVERFLOW, xsock_reverse(&a, host, 12, service, sizeof service, 0));
    ASSERT_RESULT(-XSOCK_EAI_OVERFLOW, xsock_reverse(&a, host, sizeof host, service, 3, 0));
    ASSERT_RESULT(-XSOCK_EAI_OVERFLOW, xsock_reverse(&a, host, 0, service, 4, 0));
    assert_string_equal(host, "-");
    assert_string_equal(service, "-");
    ASSERT_RESULT(0, xsock_reverse(&a, host, 13, service, 4, 0));
    fake_names_fail(XSOCK_EAI_AGAIN, -3);
    ASSERT_RESULT(-XSOCK_EAI_AGAIN, xsock_reverse(&a, host, 13, NULL, 0, XSOCK_NI_NAMEREQD));
    ASSERT_RESULT(0, xsock_reverse(&a, host, 13, service, 4, 0));
    assert_string_equal(host, "192.0.2.4");
    assert_string_equal(service, "80");
    fake_names_fail(XSOCK_EAI_SYSTEM, FAKE_EMFILE);
    ASSERT_RESULT(-XSOCK_EMFILE, xsock_reverse(&a, host, 13, NULL, 0, 0));
}

/* ---- A look-up that its caller has left ------------------------------------------------------ */

static void test_a_lookup_that_takes_too_long_is_left_to_its_thread(void **state)
{
    (void)state;
    ASSERT_RESULT(0, xsock_startup());
    fake_threads_wait(true);
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("both.example", "80", 1000));
    assert_true(
        fake_threads_run_one()); /* frees the shared memory, and the next look-up allocates it */
    size_t before = fake_allocations();
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("both.example", "80", 1000));
    assert_true(fake_allocations() > before);
    assert_true(fake_threads_run_one());
    assert_int_equal(fake_allocations(), before);
    assert_int_equal(harness_descriptors(16), 0);
}

static void test_a_lookup_with_no_time_needs_no_thread(void **state)
{
    unsigned asked = fake_names_asked().count;
    (void)state;
    fake_threads_fail(FAKE_EAGAIN);
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, xsock_connect_host("both.example", "80", 0));
    assert_int_equal(fake_names_asked().count, asked);
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock_connect_host("both.example", "80", 1000));
    assert_int_equal(harness_descriptors(16), 0);
}

/* ---- The canonical name --------------------------------------------------------------------- */

static void an_alias_has_a_canonical_name(void **state)
{
    char name[64] = "";
    (void)state;
    fake_names_canonical("www.four.example");
    ASSERT_RESULT(16, xsock_canonical_name("four.example", U, name, sizeof name));
    assert_string_equal("www.four.example", name);
    assert_string_equal("four.example", fake_names_asked().host);
    ASSERT_RESULT(16, xsock_canonical_name("four.example", I4, NULL, 0));
    ASSERT_RESULT(16, xsock_canonical_name("four.example", I4, name, 17));
}

static void a_host_is_its_own_name_where_the_system_tells_none(void **state)
{
    char name[64] = "";
    (void)state;
    ASSERT_RESULT(12, xsock_canonical_name("four.example", U, name, sizeof name));
    assert_string_equal("four.example", name);
}

static void an_address_is_its_own_name_and_is_not_looked_up(void **state)
{
    static const struct {
        const char *host, *name;
        int af;
    } rows[] = {
        {"192.0.2.1", "192.0.2.1", U},
        {"192.0.2.1", "192.0.2.1", I4},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1", I6},
        {"fe80::1%7", "fe80::1%fake7", U},
    };
    char name[64];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ASSERT_RESULT((int)strlen(rows[i].name),
                      xsock_canonical_name(rows[i].host, rows[i].af, name, sizeof name));
        assert_string_equal(rows[i].name, name);
    }
    assert_int_equal(0, fake_names_asked().count);
}

static void what_has_no_canonical_name_is_refused_and_changes_nothing(void **state)
{
    char name[13] = "untouched";
    (void)state;
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_canonical_name(NULL, 77, name, sizeof name));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_canonical_name("four.example", 77, NULL, 1));
    ASSERT_RESULT(-XSOCK_EAI_FAMILY, xsock_canonical_name("four.example", 77, name, sizeof name));
    ASSERT_RESULT(-XSOCK_EAI_NONAME, xsock_canonical_name("", U, name, sizeof name));
    ASSERT_RESULT(-XSOCK_EAI_NONAME, xsock_canonical_name("none.example", U, name, sizeof name));
    ASSERT_RESULT(-XSOCK_EAI_ADDRFAMILY, xsock_canonical_name("::1", I4, name, sizeof name));
    ASSERT_RESULT(-XSOCK_EAI_OVERFLOW, xsock_canonical_name("four.example", U, name, 12));
    fake_names_fail(XSOCK_EAI_AGAIN, -3);
    ASSERT_RESULT(-XSOCK_EAI_AGAIN, xsock_canonical_name("four.example", U, name, sizeof name));
    assert_int_equal(-3, xsock_oserror());
    fake_names_fail(XSOCK_EAI_SYSTEM, FAKE_EMFILE);
    ASSERT_RESULT(-XSOCK_EMFILE, xsock_canonical_name("four.example", U, name, sizeof name));
    assert_string_equal("untouched", name);
    fake_names_fail(0, 0);
    ASSERT_RESULT(12, xsock_canonical_name("four.example", U, name, sizeof name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NAMES_TEST(test_answers_are_the_systems_in_its_order_once_each),
        NAMES_TEST(test_what_is_wrong_is_told_and_only_names_are_looked_up),
        NAMES_TEST(test_cap_limits_what_is_stored_not_what_is_returned),
        NAMES_TEST(test_the_system_is_asked_in_its_own_numbers_and_for_no_more),
        NAMES_TEST(test_localhost_is_loopback_whatever_the_system_says),
        NAMES_TEST(test_many_addresses_are_all_returned),
        NAMES_TEST(test_errors_of_the_resolver_come_with_its_code),
        NAMES_TEST(test_no_memory_is_told_and_none_is_lost),
        NAMES_TEST(test_addresses_get_their_names_or_numbers),
        NAMES_TEST(an_alias_has_a_canonical_name),
        NAMES_TEST(a_host_is_its_own_name_where_the_system_tells_none),
        NAMES_TEST(an_address_is_its_own_name_and_is_not_looked_up),
        NAMES_TEST(what_has_no_canonical_name_is_refused_and_changes_nothing),
        NAMES_TEST(test_what_is_wrong_with_reversing_is_reported),
        NAMES_TEST(test_a_lookup_that_takes_too_long_is_left_to_its_thread),
        NAMES_TEST(test_a_lookup_with_no_time_needs_no_thread),
        /* This test is the last, because the system is asked only once for what it has. */
        NAMES_TEST(test_a_family_that_is_missing_is_left_out_of_this_machine),
    };
    return cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
}
