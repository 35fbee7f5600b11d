/* Addresses as text: which texts are read, which are refused, and that a written address is read
 * back unchanged. */
#include "harness.h"

#define LABEL_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* A text, and the form in which the library writes it. NULL means the same text. */
static const struct {
    const char *text, *canonical;
} good[] = {
    /* INET */
    {"127.0.0.1:80", NULL},
    {"0.0.0.0:0", NULL},
    {"255.255.255.255:65535", NULL},
    {"1.2.3.4:1", NULL},
    {"10.20.30.40", "10.20.30.40:0"},
    {"0.0.0.0", "0.0.0.0:0"},
    {"224.0.0.251:5353", NULL},
    {"192.168.100.200:8080", NULL},
    {"127.0.0.1:0", NULL},
    /* INET6: RFC 4291, section 2.2 */
    {"[ABCD:EF01:2345:6789:ABCD:EF01:2345:6789]:1", "[abcd:ef01:2345:6789:abcd:ef01:2345:6789]:1"},
    {"[2001:DB8:0:0:8:800:200C:417A]:1", "[2001:db8::8:800:200c:417a]:1"},
    {"[FF01:0:0:0:0:0:0:101]:1", "[ff01::101]:1"},
    {"[0:0:0:0:0:0:0:1]:1", "[::1]:1"},
    {"[0:0:0:0:0:0:0:0]:1", "[::]:1"},
    {"[2001:DB8::8:800:200C:417A]:1", "[2001:db8::8:800:200c:417a]:1"},
    {"[::]:0", NULL},
    {"[::1]:65535", NULL},
    {"[1::]:80", NULL},
    {"[::]", "[::]:0"},
    {"[::1]", "[::1]:0"},
    {"::", "[::]:0"},
    {"::1", "[::1]:0"},
    {"1::", "[1::]:0"},
    {"::1:80", "[::1:80]:0"},
    {"fe80::1", "[fe80::1]:0"},
    {"1:2:3:4:5:6:7:8", "[1:2:3:4:5:6:7:8]:0"},
    {"[0:0:0:0:0:0:13.1.68.3]:1", "[::d01:4403]:1"},
    {"[::13.1.68.3]:1", "[::d01:4403]:1"},
    {"[0:0:0:0:0:FFFF:129.144.52.38]:1", "[::ffff:129.144.52.38]:1"},
    {"[::FFFF:129.144.52.38]:1", "[::ffff:129.144.52.38]:1"},
    {"[1:2:3:4:5:6:7.8.9.10]:1", "[1:2:3:4:5:6:708:90a]:1"},
    {"[1:2:3:4:5::7.8.9.10]:1", "[1:2:3:4:5:0:708:90a]:1"},
    {"[::ffff:0:1.2.3.4]:1", "[::ffff:0:102:304]:1"},
    {"[64:ff9b::192.0.2.33]:1", "[64:ff9b::c000:221]:1"},
    {"[::ffff:7f00:1]:1", "[::ffff:127.0.0.1]:1"},
    {"[::ffff:0:0]:1", "[::ffff:0.0.0.0]:1"},
    {"[::ffff]:1", "[::ffff]:1"},
    {"[::fffe:1.2.3.4]:1", "[::fffe:102:304]:1"},
    /* RFC 5952, sections 2 and 4 */
    {"[2001:db8:0:0:1:0:0:1]:1", "[2001:db8::1:0:0:1]:1"},
    {"[2001:0db8:0:0:1:0:0:1]:1", "[2001:db8::1:0:0:1]:1"},
    {"[2001:db8::1:0:0:1]:1", NULL},
    {"[2001:db8::0:1:0:0:1]:1", "[2001:db8::1:0:0:1]:1"},
    {"[2001:0db8::1:0:0:1]:1", "[2001:db8::1:0:0:1]:1"},
    {"[2001:db8:0:0:1::1]:1", "[2001:db8::1:0:0:1]:1"},
    {"[2001:db8:0000:0:1::1]:1", "[2001:db8::1:0:0:1]:1"},
    {"[2001:DB8:0:0:1::1]:1", "[2001:db8::1:0:0:1]:1"},
    {"[2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001]:1", "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:1]:1"},
    {"[2001:db8:aaaa:bbbb:cccc:dddd::1]:1", "[2001:db8:aaaa:bbbb:cccc:dddd:0:1]:1"},
    {"[2001:db8:0:1:1:1:1:1]:1", NULL},
    {"[2001:db8::1:1:1:1:1]:1", "[2001:db8:0:1:1:1:1:1]:1"},
    {"[2001:0:0:1:0:0:0:1]:1", "[2001:0:0:1::1]:1"},
    {"[2001:db8::]:1", NULL},
    {"[1:0:0:2:3:0:0:4]:1", "[1::2:3:0:0:4]:1"},
    {"[0:1:2:3:4:5:6:7]:1", NULL},
    {"[1:2:3:4:5:6:7:0]:1", NULL},
    {"[0:0:1:2:3:4:0:0]:1", "[::1:2:3:4:0:0]:1"},
    {"[0:1:2:3:4:5:0:0]:1", "[0:1:2:3:4:5::]:1"},
    {"[1:2:3:4:5:6:7::]:1", "[1:2:3:4:5:6:7:0]:1"},
    {"[::2:3:4:5:6:7:8]:1", "[0:2:3:4:5:6:7:8]:1"},
    {"[00A0:0000::00]:1", "[a0::]:1"},
    {"[fFfF:FfFf:ffff:ffff:ffff:ffff:ffff:ffff]:1", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:1"},
    {"[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:1",
     "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:1"},
    /* Zones by index. No system has that many interfaces. */
    {"[fe80::1%4294967295]:80", NULL},
    {"[fe80::1%4000000000]:80", NULL},
    {"fe80::1%4000000000", "[fe80::1%4000000000]:0"},
    {"[::%4000000000]:0", NULL},
    {"[::1%0]:80", "[::1]:80"},
    {"[fe80::1%4000000000]", "[fe80::1%4000000000]:0"},
    {"[::ffff:1.2.3.4%4000000000]:80", NULL},
    /* LOCAL */
    {"unix:", NULL},
    {"unix:/", NULL},
    {"unix:/run/a.sock", NULL},
    {"unix:a.sock", NULL},
    {"unix:./a b.sock", NULL},
    {"unix:C:\\Users\\me\\a.sock", NULL},
    {"unix:127.0.0.1:80", NULL},
    {"unix:@", NULL},
    {"unix:@name", NULL},
    {"unix:@%00", NULL},
    {"unix:@%00%00a%00", NULL},
    {"unix:@@", NULL},
    {"unix:%40", NULL},
    {"unix:%40name", NULL},
    {"unix:a%40", "unix:a@"},
    {"unix:/a@b", NULL},
    {"unix:/100%25", NULL},
    {"unix:%2Fa", "unix:/a"},
    {"unix:%2fa", "unix:/a"},
    {"unix:/a%0Ab", NULL},
    {"unix:/a%0ab", "unix:/a%0Ab"},
    {"unix:/a\nb", "unix:/a%0Ab"},
    {"unix:/\x7f", "unix:/%7F"},
    {"unix:/a%2525", NULL},
    {"unix:/\xc3\xa9t\xc3\xa9", NULL},
    {"unix:/%C3%A9", "unix:/\xc3\xa9"},
    {"unix:/%FF", "unix:/\xff"},
    {"unix:unix:", NULL},
    {"unix:/" LABEL_63 LABEL_63 "a", NULL},
    {"unix:@" LABEL_63 LABEL_63 "a", NULL},
    /* VSOCK */
    {"vsock:2:1024", NULL},
    {"vsock:0:0", NULL},
    {"vsock:4294967295:4294967295", NULL},
    {"vsock:1:65536", NULL},
    /* the other families */
    {"unspec:", NULL},
    {"unspec:00ff", NULL},
    {"netlink:0000d204000000000000", NULL},
    {"packet:", NULL},
    {"can:0000", NULL},
    {"bluetooth:AbCd", "bluetooth:abcd"},
    {"af65536:", NULL},
    {"af65545:00ff", NULL},
    {"af131071:01", NULL},
    {"hyperv:00", NULL},
    {"irda:7f", NULL},
};

static const char *const bad[] = {
    "",
    " ",
    ":",
    "::1 ",
    " ::1",
    "\t127.0.0.1",
    "127.0.0.1 ",
    "127.0.0.1:80 ",
    "127.0.0.1: 80",
    "127.0.0.1 :80",
    "127.0.0.1\n",
    "localhost",
    "localhost:80",
    "example.org:80",
    "*",
    "*:80",
    ":80",
    "80",
    "127",
    "0x7f000001",
    /* INET */
    "127.0.0",
    "127.0.0.",
    "127.0.0.1.",
    ".127.0.0.1",
    "127..0.1",
    "127.0.0.1.1",
    "127.1",
    "127.0.1",
    "010.0.0.1",
    "10.00.0.1",
    "10.0.0.01",
    "127.0.0.001",
    "00.0.0.0",
    "0x7f.0.0.1",
    "1e1.0.0.0",
    "256.0.0.1",
    "1.256.0.0",
    "1.2.3.256",
    "1.2.3.999",
    "1.2.3.4294967296",
    "1.2.3.18446744073709551617",
    "-1.2.3.4",
    "+1.2.3.4",
    "1.-2.3.4",
    "1.2.3.4:",
    "1.2.3.4:-1",
    "1.2.3.4:+80",
    "1.2.3.4:65536",
    "1.2.3.4:99999",
    "1.2.3.4:4294967376",
    "1.2.3.4:18446744073709551696",
    "1.2.3.4:080",
    "1.2.3.4:00",
    "1.2.3.4:0x50",
    "1.2.3.4:http",
    "1.2.3.4:80:",
    "1.2.3.4:80:80",
    "1.2.3.4:80a",
    "1.2.3.4/8",
    "1.2.3.4:80/8",
    "1.2.3.4::80",
    "[1.2.3.4]",
    "[1.2.3.4]:80",
    "1.2.3.4%lo:80",
    "1.2.3.4%1",
    "1,2,3,4",
    "1.2.3.4\x80",
    "1.2.3.a",
    "a.2.3.4",
    "\xef\xbc\x91.2.3.4",
    /* INET6 */
    "[",
    "]",
    "[]",
    "[]:80",
    "[:]",
    "[:]:80",
    "[:::]",
    ":::",
    "::1::",
    "1::2::3",
    "[1::2::3]:80",
    "[::1",
    "::1]",
    "[::1]80",
    "[::1]:",
    "[::1]::80",
    "[::1]:65536",
    "[::1]:080",
    "[::1]: 80",
    "[ ::1]:80",
    "[::1 ]:80",
    "[[::1]]:80",
    "[::1]]",
    "[::1]:80]",
    "[::1]x",
    "[::1].80",
    "::1]:80",
    "[::1]:80:80",
    "[::1]:-1",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:",
    "1:2:3:4:5:6:7:8:",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    "1::2:3:4:5:6:7:8",
    "1:2:3:4::5:6:7:8",
    ":1:2:3:4:5:6:7:8",
    ":1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:80",
    "12345::",
    "::12345",
    "::00001",
    "::g",
    "g::",
    "::-1",
    "::+1",
    "::0x1",
    "1:",
    ":1",
    "1:2",
    "::1:",
    "::1.2.3",
    "::1.2.3.",
    "::1.2.3.4.5",
    "::1.2.3.256",
    "::01.2.3.4",
    "::1.2.3.04",
    "::1.2.3.4:5",
    "1.2.3.4::",
    "1.2.3.4::1",
    "::1.2.3.4:",
    "1:2:3:4:5:6:7:1.2.3.4",
    "1:2:3:4:5:1.2.3.4",
    "1:2:3:4:5:6:1.2.3.4::",
    "1:2:3:4:5:6::1.2.3.4",
    "::ffff:1.2.3.4:80",
    "::1/128",
    "[::1/128]:80",
    "::1\\",
    "2001:db8:::1",
    "fe80::1%",
    "[fe80::1%]:80",
    "[fe80::1%01]:80",
    "[fe80::1%4294967296]:80",
    "[fe80::1%18446744073709551617]:80",
    "[fe80::1%00]:80",
    "[fe80::1%1%1]:80",
    "[fe80::1% 1]:80",
    "[fe80::1%1 ]:80",
    "[fe80::1%1/64]:80",
    "[fe80::1%1:80",
    "[fe80::1]%1:80",
    "fe80::1%1:80",
    "[%1]:80",
    "%1",
    "[fe80::%1::]:80",
    "[fe80::1%\xc3\xa9]:80",
    "[fe80::1%a[b]:80",
    "[fe80::1%25%31]:80",
    /* LOCAL */
    "/run/a.sock",
    "@name",
    "unix",
    "unix/",
    "UNIX:/a",
    "Unix:/a",
    " unix:/a",
    "local:/a",
    "unix:%",
    "unix:%4",
    "unix:/a%",
    "unix:/a%2",
    "unix:/a%g0",
    "unix:/a%0g",
    "unix:/a% 0",
    "unix:/a%+1",
    "unix:%00",
    "unix:%00name",
    "unix:/a%00b",
    "unix:/a%00",
    "unix:@%",
    "unix:@a%0",
    /* VSOCK */
    "vsock",
    "vsock:",
    "vsock:2",
    "vsock:2:",
    "vsock::1024",
    "vsock:2:1024:",
    "vsock:2:1024 ",
    "vsock: 2:1024",
    "vsock:02:1024",
    "vsock:2:01024",
    "vsock:-1:1024",
    "vsock:4294967296:1",
    "vsock:1:4294967296",
    "vsock:0x2:1",
    "vsock:any:1",
    "VSOCK:2:1024",
    /* the other families */
    "netlink",
    "netlink:0",
    "netlink:000",
    "netlink:0g",
    "netlink: 00",
    "netlink:00 ",
    "netlink:0x00",
    "Netlink:00",
    "NETLINK:00",
    "AF_NETLINK:00",
    "inet:7f000001",
    "inet6:00",
    "local:2f",
    "nosuch:00",
    "unspec",
    "unspec:0",
    "UNSPEC:",
    "af:00",
    "af0:00",
    "af1:00",
    "af265:00",
    "af65535:00",
    "af131072:00",
    "af4294967295:00",
    "af-1:00",
    "af065545:00",
    "af65545",
    "af65545:0",
    "af65545x:00",
    "af 65545:00",
    "netlink:00:00",
    LABEL_63 LABEL_63 ":00",
};

static void set(struct xsock_addr *a, int byte)
{
    memset(a, byte, sizeof *a);
}

static void test_good_text_is_read_and_written_canonically(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const char *expected = good[i].canonical ? good[i].canonical : good[i].text;
        struct xsock_addr a, again;
        char text[XSOCK_ADDR_TEXT_SIZE];
        int error, length;

        set(&a, 0xaa);
        set(&again, 0x55);
        error = xsock_addr_parse(good[i].text, &a);
        ASSERT_THAT(error == 0, "\"%s\": %s", good[i].text, harness_name(error));
        length = xsock_addr_format(&a, text, sizeof text);
        ASSERT_THAT(length >= 0, "\"%s\": %s", good[i].text, harness_name(length));
        ASSERT_THAT(strcmp(text, expected) == 0, "\"%s\", not \"%s\"", text, expected);
        ASSERT_THAT(strlen(text) == (size_t)length, "%d", length);
        ASSERT_RESULT(0, xsock_addr_parse(text, &again));
        assert_true(xsock_addr_equal(&a, &again));
        assert_memory_equal(&a, &again, sizeof a); /* unused bytes are zero in both */
    }
}

static void test_bad_text_is_refused_and_changes_nothing(void **state)
{
    struct xsock_addr a, untouched;
    (void)state;
    set(&untouched, 0xaa);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int error;
        set(&a, 0xaa);
        error = xsock_addr_parse(bad[i], &a);
        ASSERT_THAT(error == -XSOCK_EINVAL, "\"%s\": %s", bad[i], harness_name(error));
        assert_memory_equal(&a, &untouched, sizeof a);
    }
}

static void test_fields_are_where_the_header_says(void **state)
{
    static const uint8_t v6[16] = {0xfe, 0x80, [15] = 1}, cid[4] = {1, 2, 3, 4};
    struct xsock_addr a;
    (void)state;
    ASSERT_RESULT(0, xsock_addr_parse("127.2.3.4:513", &a));
    assert_true(a.family == XSOCK_AF_INET && a.port == 513 && a.flow == 0 && a.scope == 0
                && a.length == 4);
    assert_memory_equal(a.data, "\x7f\x02\x03\x04", 4);
    ASSERT_RESULT(0, xsock_addr_parse("[fe80::1%4000000000]:80", &a));
    assert_true(a.family == XSOCK_AF_INET6 && a.port == 80 && a.scope == 4000000000U
                && a.length == 16);
    assert_memory_equal(a.data, v6, 16);
    ASSERT_RESULT(0, xsock_addr_parse("unix:@a%00", &a));
    assert_true(a.family == XSOCK_AF_LOCAL && a.port == 0 && a.length == 3);
    assert_memory_equal(a.data, "\0a\0", 3);
    ASSERT_RESULT(0, xsock_addr_parse("vsock:16909060:70000", &a));
    assert_true(a.family == XSOCK_AF_VSOCK && a.port == 70000 && a.length == 4);
    assert_memory_equal(a.data, cid, 4);
    ASSERT_RESULT(0, xsock_addr_parse("af65545:00ff", &a));
    assert_true(a.family == XSOCK_AF_NATIVE + 9 && a.length == 2 && a.data[0] == 0
                && a.data[1] == 0xff);
}

static void test_names_that_are_too_long(void **state)
{
    struct xsock_addr a;
    char text[600];
    (void)state;
    ASSERT_RESULT(-XSOCK_ENAMETOOLONG, xsock_addr_parse("unix:/" LABEL_63 LABEL_63 "ab", &a));
    ASSERT_RESULT(-XSOCK_ENAMETOOLONG, xsock_addr_parse("unix:@" LABEL_63 LABEL_63 "ab", &a));
    ASSERT_RESULT(-XSOCK_ENODEV, xsock_addr_parse("[fe80::1%nosuchif0]:80", &a));
    ASSERT_RESULT(-XSOCK_ENODEV, xsock_addr_parse("fe80::1%25nosuchif0", &a));
    strcpy(text, "fe80::1%");
    memset(text + 8, 'x', 500);
    text[508] = 0;
    ASSERT_RESULT(-XSOCK_ENODEV, xsock_addr_parse(text, &a));
    strcpy(text, "netlink:");
    memset(text + 8, '0', 258);
    text[8 + 256] = 0;
    ASSERT_RESULT(0, xsock_addr_parse(text, &a));
    assert_int_equal(a.length, 128);
    text[8 + 256] = '0';
    text[8 + 258] = 0;
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_addr_parse(text, &a));
}

static void test_null_is_a_fault(void **state)
{
    struct xsock_addr a = {0};
    char text[8];
    (void)state;
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_addr_parse("127.0.0.1", NULL));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_addr_parse(NULL, &a));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_addr_format(NULL, text, sizeof text));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_addr_format(&a, NULL, sizeof text));
    ASSERT_RESULT(7, xsock_addr_format(&a, NULL, 0));
    assert_false(xsock_addr_equal(NULL, NULL) || xsock_addr_equal(&a, NULL)
                 || xsock_addr_equal(NULL, &a));
}

static void test_a_short_buffer_is_left_alone(void **state)
{
    static const char expected[] = "127.0.0.1:80";
    struct xsock_addr a;
    (void)state;
    ASSERT_RESULT(0, xsock_addr_parse(expected, &a));
    for (size_t len = 0; len <= sizeof expected + 1; len++) {
        char text[sizeof expected + 2];
        memset(text, '#', sizeof text);
        if (len == 0 || len >= sizeof expected)
            ASSERT_RESULT((int)sizeof expected - 1, xsock_addr_format(&a, text, len));
        else
            ASSERT_RESULT(-XSOCK_ENOSPC, xsock_addr_format(&a, text, len));
        if (len >= sizeof expected)
            assert_memory_equal(text, expected, sizeof expected);
        for (size_t i = len >= sizeof expected ? sizeof expected : 0; i < sizeof text; i++)
            assert_int_equal(text[i], '#');
    }
}

static void test_malformed_addresses_are_not_written(void **state)
{
    static const struct {
        struct xsock_addr a;
        int error;
    } rows[] = {
        {{XSOCK_AF_INET, 0, 0, 0, 3, {0}}, XSOCK_EINVAL},
        {{XSOCK_AF_INET, 0, 0, 0, 5, {0}}, XSOCK_EINVAL},
        {{XSOCK_AF_INET, 0, 0, 0, 0, {0}}, XSOCK_EINVAL},
        {{XSOCK_AF_INET, 65536, 0, 0, 4, {0}}, XSOCK_EINVAL},
        {{XSOCK_AF_INET, 0, 1, 0, 4, {0}}, XSOCK_EINVAL},
        {{XSOCK_AF_INET, 0, 0, 1, 4, {0}}, XSOCK_EINVAL},
        {{XSOCK_AF_INET6, 0, 0, 0, 4, {0}}, XSOCK_EINVAL},
        {{XSOCK_AF_INET6, 65536, 0, 0, 16, {0}}, XSOCK_EINVAL},
        {{XSOCK_AF_INET6, 0, 0, 0, 17, {0}}, XSOCK_EINVAL},
        {{XSOCK_AF_LOCAL, 1, 0, 0, 1, {'a'}}, XSOCK_EINVAL},
        {{XSOCK_AF_LOCAL, 0, 1, 0, 1, {'a'}}, XSOCK_EINVAL},
        {{XSOCK_AF_LOCAL, 0, 0, 1, 1, {'a'}}, XSOCK_EINVAL},
        {{XSOCK_AF_LOCAL, 0, 0, 0, 129, {'a'}}, XSOCK_EINVAL},
        {{XSOCK_AF_LOCAL, 0, 0, 0, 2, {'a'}}, XSOCK_EINVAL},
        {{XSOCK_AF_LOCAL, 0, 0, 0, 3, {'a', 0, 'b'}}, XSOCK_EINVAL},
        {{XSOCK_AF_LOCAL, 0, 0, 0, UINT32_MAX, {0}}, XSOCK_EINVAL},
        {{XSOCK_AF_VSOCK, 0, 0, 0, 0, {0}}, XSOCK_EINVAL},
        {{XSOCK_AF_VSOCK, 0, 256, 0, 4, {0}}, XSOCK_EINVAL},
        {{XSOCK_AF_VSOCK, 0, 0, 1, 4, {0}}, XSOCK_EINVAL},
        {{XSOCK_AF_NETLINK, 1, 0, 0, 4, {0}}, XSOCK_EINVAL},
        {{XSOCK_AF_UNSPEC, 0, 0, 1, 0, {0}}, XSOCK_EINVAL},
        {{XSOCK_AF_NETLINK, 0, 0, 0, 129, {0}}, XSOCK_EINVAL},
        {{XSOCK_AF_NATIVE, 0, 0, 0, 200, {0}}, XSOCK_EINVAL},
        {{4, 0, 0, 0, 4, {0}}, XSOCK_EAFNOSUPPORT},
        {{-1, 0, 0, 0, 4, {0}}, XSOCK_EAFNOSUPPORT},
        {{INT32_MIN, 0, 0, 0, 0, {0}}, XSOCK_EAFNOSUPPORT},
        {{INT32_MAX, 0, 0, 0, 0, {0}}, XSOCK_EAFNOSUPPORT},
        {{0xffff, 0, 0, 0, 0, {0}}, XSOCK_EAFNOSUPPORT},
        {{XSOCK_AF_NATIVE_LAST + 1, 0, 0, 0, 0, {0}}, XSOCK_EAFNOSUPPORT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[XSOCK_ADDR_TEXT_SIZE] = "untouched";
        int error = xsock_addr_format(&rows[i].a, text, sizeof text);
        ASSERT_THAT(error == -rows[i].error, "row %u: %s", (unsigned)i, harness_name(error));
        ASSERT_RESULT(-rows[i].error, xsock_addr_format(&rows[i].a, NULL, 0));
        assert_string_equal(text, "untouched");
    }
}

static void test_equal_compares_each_field_and_no_spare_byte(void **state)
{
    struct xsock_addr a, b;
    (void)state;
    ASSERT_RESULT(0, xsock_addr_parse("[fe80::1%4000000000]:80", &a));
    b = a;
    memset(b.data + b.length, 0xff, sizeof b.data - b.length);
    assert_true(xsock_addr_equal(&a, &a) && xsock_addr_equal(&a, &b) && xsock_addr_equal(&b, &a));
    for (int field = 0; field < 6; field++) {
        b = a;
        switch (field) {
        case 0:
            b.family = XSOCK_AF_NETLINK;
            break;
        case 1:
            b.port++;
            break;
        case 2:
            b.flow++;
            break;
        case 3:
            b.scope++;
            break;
        case 4:
            b.length--;
            break;
        default:
            b.data[15]++;
            break;
        }
        ASSERT_THAT(!xsock_addr_equal(&a, &b) && !xsock_addr_equal(&b, &a), "field %d", field);
    }
    a.length = b.length = 129;
    b = a;
    assert_false(xsock_addr_equal(&a, &b));
}

/* ---- Random addresses, from a fixed seed, so that a failure can be repeated ------------------ */

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void make_random(struct xsock_addr *a, uint32_t *seed)
{
    static const int families[] = {XSOCK_AF_INET,    XSOCK_AF_INET6,       XSOCK_AF_INET6,
                                   XSOCK_AF_LOCAL,   XSOCK_AF_LOCAL,       XSOCK_AF_VSOCK,
                                   XSOCK_AF_NETLINK, XSOCK_AF_NATIVE + 77, XSOCK_AF_UNSPEC};
    bool zeros = next(seed) % 2;

    memset(a, 0, sizeof *a);
    a->family = families[next(seed) % (sizeof families / sizeof families[0])];
    a->length = next(seed) % (XSOCK_ADDR_DATA + 1);
    if (a->family == XSOCK_AF_INET || a->family == XSOCK_AF_VSOCK)
        a->length = 4;
    if (a->family == XSOCK_AF_INET6)
        a->length = 16;
    if (a->family == XSOCK_AF_INET || a->family == XSOCK_AF_INET6)
        a->port = next(seed) % 65536;
    if (a->family == XSOCK_AF_VSOCK)
        a->port = next(seed) * 256;
    if (a->family == XSOCK_AF_INET6 && next(seed) % 4 == 0)
        a->scope = 0x80000000U + next(seed);
    for (uint32_t i = 0; i < a->length; i++)
        a->data[i] = (uint8_t)(zeros && next(seed) % 2 ? 0 : next(seed));
    if (a->family == XSOCK_AF_LOCAL && a->length > 0 && a->data[0] != 0)
        for (uint32_t i = 1; i < a->length; i++)
            a->data[i] = a->data[i] ? a->data[i] : '%';
}

static void test_random_addresses_come_back_from_text(void **state)
{
    uint32_t seed = 20240607;
    (void)state;
    for (int i = 0; i < 50000; i++) {
        struct xsock_addr a, b;
        char text[XSOCK_ADDR_TEXT_SIZE];
        int length, error;

        make_random(&a, &seed);
        length = xsock_addr_format(&a, text, sizeof text);
        ASSERT_THAT(length >= 0, "%d, family %d: %s", i, a.family, harness_name(length));
        assert_int_equal(length, strlen(text));
        error = xsock_addr_parse(text, &b);
        ASSERT_THAT(error == 0, "%s: %s", text, harness_name(error));
        ASSERT_THAT(memcmp(&a, &b, sizeof a) == 0, "%s", text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_good_text_is_read_and_written_canonically),
        TEST(test_bad_text_is_refused_and_changes_nothing),
        TEST(test_fields_are_where_the_header_says),
        TEST(test_names_that_are_too_long),
        TEST(test_null_is_a_fault),
        TEST(test_a_short_buffer_is_left_alone),
        TEST(test_malformed_addresses_are_not_written),
        TEST(test_equal_compares_each_field_and_no_spare_byte),
        TEST(test_random_addresses_come_back_from_text),
    };
    return cmocka_run_group_tests_name("addr", tests, NULL, NULL);
}
