/* Addresses made from numbers are equal to those that are read from text. Also the kind of each
 * address. */
#include <limits.h>

#include "harness.h"

static struct xsock_addr parse(const char *text)
{
    struct xsock_addr a;
    ASSERT_THAT(xsock_addr_parse(text, &a) == 0, "%s", text);
    return a;
}

/* Every byte is compared, as programs may copy and compare addresses as bytes. */
static void assert_is(const char *text, const struct xsock_addr *a)
{
    struct xsock_addr expected = parse(text);
    ASSERT_THAT(memcmp(&expected, a, sizeof expected) == 0, "not %s", text);
}

static struct xsock_addr garbage(void)
{
    struct xsock_addr a;
    memset(&a, 0xa5, sizeof a);
    return a;
}

/* ---- Making ---------------------------------------------------------------------------------- */

static void an_address_made_from_bytes_is_the_one_read_from_text(void **state)
{
    static const uint8_t inet[4] = {10, 20, 30, 40};
    static const uint8_t inet6[16] = {0xfe, 0x80, [14] = 0xab, [15] = 0xcd};
    struct xsock_addr a = garbage();
    (void)state;
    ASSERT_RESULT(0, xsock_addr_inet(inet, 65535, &a));
    assert_is("10.20.30.40:65535", &a);
    a = garbage();
    ASSERT_RESULT(0, xsock_addr_inet6(inet6, 443, 4242, &a));
    assert_is("[fe80::abcd%4242]:443", &a);
    a = garbage();
    ASSERT_RESULT(0, xsock_addr_inet6(inet6, 0, 0, &a));
    assert_is("fe80::abcd", &a);
}

static void the_addresses_that_all_machines_have(void **state)
{
    static const struct {
        int (*make)(int af, uint32_t port, struct xsock_addr *out);
        int af;
        const char *text;
    } rows[] = {
        {xsock_addr_any, XSOCK_AF_INET, "0.0.0.0:80"},
        {xsock_addr_any, XSOCK_AF_INET6, "[::]:80"},
        {xsock_addr_loopback, XSOCK_AF_INET, "127.0.0.1:80"},
        {xsock_addr_loopback, XSOCK_AF_INET6, "[::1]:80"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct xsock_addr a = garbage();
        ASSERT_RESULT(0, rows[i].make(rows[i].af, 80, &a));
        assert_is(rows[i].text, &a);
    }
}

static void a_local_address_is_made_from_a_path(void **state)
{
    char path[XSOCK_ADDR_DATA + 2];
    struct xsock_addr a = garbage(), before;
    (void)state;
    ASSERT_RESULT(0, xsock_addr_local("/run/a.sock", &a));
    assert_is("unix:/run/a.sock", &a);
    ASSERT_RESULT(0, xsock_addr_local("@not-abstract", &a));
    assert_is("unix:%40not-abstract", &a);
    memset(path, 'x', sizeof path);
    path[XSOCK_ADDR_DATA] = 0;
    ASSERT_RESULT(0, xsock_addr_local(path, &a));
    assert_int_equal(XSOCK_ADDR_DATA, a.length);
    before = a;
    path[XSOCK_ADDR_DATA] = 'x';
    path[XSOCK_ADDR_DATA + 1] = 0;
    ASSERT_RESULT(-XSOCK_ENAMETOOLONG, xsock_addr_local(path, &a));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_addr_local("", &a));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_addr_local(NULL, &a));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_addr_local("", NULL));
    assert_memory_equal(&before, &a, sizeof a);
}

static void what_makes_no_address_is_refused_and_changes_nothing(void **state)
{
    static const uint8_t ip[16];
    static const int others[] = {XSOCK_AF_UNSPEC, XSOCK_AF_LOCAL, XSOCK_AF_VSOCK, -1,
                                 INT_MIN,         INT_MAX};
    struct xsock_addr a = garbage(), before = a;
    (void)state;
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_addr_inet(ip, 65536, &a));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_addr_inet6(ip, UINT32_MAX, 0, &a));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_addr_any(XSOCK_AF_INET, 65536, &a));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_addr_loopback(XSOCK_AF_INET6, 65536, &a));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_addr_any(others[i], 0, &a));
        ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_addr_loopback(others[i], 0, &a));
    }
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_addr_inet(NULL, 65536, &a));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_addr_inet6(NULL, 0, 0, &a));
    assert_memory_equal(&before, &a, sizeof a);
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_addr_inet(ip, 65536, NULL));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_addr_inet6(ip, 65536, 0, NULL));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_addr_any(INT_MAX, 65536, NULL));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_addr_loopback(INT_MAX, 65536, NULL));
}

/* ---- The kinds of addresses ------------------------------------------------------------------ */

enum { ANY = 1, LOOPBACK = 2, MULTICAST = 4 };

static int kinds(const struct xsock_addr *a)
{
    return (xsock_addr_is_any(a) ? ANY : 0) | (xsock_addr_is_loopback(a) ? LOOPBACK : 0)
           | (xsock_addr_is_multicast(a) ? MULTICAST : 0);
}

static void each_address_is_of_its_kind(void **state)
{
    static const struct {
        const char *text;
        int kinds;
    } rows[] = {
        {"0.0.0.0:80", ANY},
        {"[::]:80", ANY},
        {"[::%7]:80", ANY},
        {"::ffff:0.0.0.0", ANY},
        {"0.0.0.1", 0},
        {"::ffff", 0},
        {"127.0.0.1:9", LOOPBACK},
        {"127.255.255.255", LOOPBACK},
        {"::1", LOOPBACK},
        {"::ffff:127.0.0.2", LOOPBACK},
        {"126.255.255.255", 0},
        {"128.0.0.0", 0},
        {"::127.0.0.1", 0},
        {"::2", 0},
        {"1::1", 0},
        {"224.0.0.0", MULTICAST},
        {"239.255.255.255", MULTICAST},
        {"ff00::", MULTICAST},
        {"ff02::1%3", MULTICAST},
        {"::ffff:224.0.0.251", MULTICAST},
        {"223.255.255.255", 0},
        {"240.0.0.0", 0},
        {"fe80::1", 0},
        {"::224.0.0.1", 0},
        {"unix:", 0},
        {"unix:/127.0.0.1", 0},
        {"vsock:1:0", 0},
        {"vsock:4294967295:0", 0},
        {"netlink:0000d204000000000000", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct xsock_addr a = parse(rows[i].text);
        ASSERT_THAT(kinds(&a) == rows[i].kinds, "%s is %d", rows[i].text, kinds(&a));
    }
}

static void a_malformed_address_is_of_no_kind(void **state)
{
    static const char *const texts[] = {"0.0.0.0", "::",        "127.0.0.1",
                                        "::1",     "224.0.0.1", "ff02::1"};
    struct xsock_addr a = garbage();
    (void)state;
    assert_int_equal(0, kinds(NULL));
    assert_int_equal(0, kinds(&a));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        a = parse(texts[i]);
        a.length--;
        assert_int_equal(0, kinds(&a));
        a = parse(texts[i]);
        a.port = 65536;
        assert_int_equal(0, kinds(&a));
        a = parse(texts[i]);
        a.family = XSOCK_AF_UNSPEC;
        assert_int_equal(0, kinds(&a));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_address_made_from_bytes_is_the_one_read_from_text),
        TEST(the_addresses_that_all_machines_have),
        TEST(a_local_address_is_made_from_a_path),
        TEST(what_makes_no_address_is_refused_and_changes_nothing),
        TEST(each_address_is_of_its_kind),
        TEST(a_malformed_address_is_of_no_kind),
    };
    return cmocka_run_group_tests_name("addr_make", tests, NULL, NULL);
}
