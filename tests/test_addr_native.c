/* Addresses compared with the system's own: its text, its sockaddrs, and what it accepts. */
#include "harness.h"
#include "native_addr.h"
#include "xsock_native.h"

/* a family that no system has; such an address keeps its native number */
enum { NO_SUCH_FAMILY = 250 };

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* ---- Text: inet_pton and inet_ntop are the reference ----------------------------------------- */

static void random_inet6(uint8_t bytes[16], uint32_t *seed)
{
    uint32_t kind = next(seed) % 4;
    for (int i = 0; i < 16; i++)
        bytes[i] = (uint8_t)(kind != 0 && next(seed) % 2 ? 0 : next(seed));
    if (kind == 3)
        memcpy(bytes, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
}

/* C libraries write ::/96 with a dotted end. RFC 5952, section 5, allows this for well-known
 * prefixes only. */
static bool is_v4_compatible(const uint8_t bytes[16])
{
    static const uint8_t zeros[12];
    return memcmp(bytes, zeros, sizeof zeros) == 0;
}

static void test_inet6_is_written_as_inet_ntop_writes_it(void **state)
{
    uint32_t seed = 4711;
    (void)state;
    for (int i = 0; i < 50000; i++) {
        struct xsock_addr a = {XSOCK_AF_INET6, 80, 0, 0, 16, {0}};
        char text[XSOCK_ADDR_TEXT_SIZE], native[NATIVE_TEXT_SIZE], expected[80];
        uint8_t back[16];

        random_inet6(a.data, &seed);
        assert_true(xsock_addr_format(&a, text, sizeof text) > 0);
        if (!is_v4_compatible(a.data) && native_text_is_strict()) {
            native_ntop(a.data, 16, native);
            snprintf(expected, sizeof expected, "[%s]:80", native);
            ASSERT_THAT(strcmp(text, expected) == 0, "%s, not %s", text, expected);
        }
        *strchr(text, ']') = 0;
        ASSERT_THAT(native_pton(text + 1, back, 16), "%s", text);
        assert_memory_equal(back, a.data, 16);
    }
}

/* Text that is nearly an address. One character of a good text is inserted, removed or replaced. */
static void mutate(char *text, uint32_t *seed)
{
    static const char chars[] = "0123456789abcdefABCDEF::::....%[]/x ";
    size_t n = strlen(text), at = next(seed) % (n + 1);
    char c = chars[next(seed) % (sizeof chars - 1)];

    switch (next(seed) % 3) {
    case 0:
        memmove(text + at + 1, text + at, n - at + 1);
        text[at] = c;
        break;
    case 1:
        if (at < n)
            memmove(text + at, text + at + 1, n - at);
        break;
    default:
        if (at < n)
            text[at] = c;
        break;
    }
}

/* Text that only xsock accepts: ports, brackets, zones and names of families. */
static bool is_for_both(const char *text)
{
    return !strpbrk(text, "%[]/x ");
}

static void test_text_is_judged_as_inet_pton_judges_it(void **state)
{
    static const char *const seeds[] = {"1:2:3:4:5:6:7:8",
                                        "::",
                                        "::1",
                                        "1::",
                                        "fe80::1:2",
                                        "1::2:3:4:5:6:7",
                                        "::ffff:1.2.3.4",
                                        "1:2:3:4:5:6:7.8.9.10",
                                        "1.2.3.4",
                                        "255.0.10.1",
                                        "2001:db8:0:0:1::",
                                        "abcd:ef01:2345:6789:abcd:ef01:2345:6789"};
    uint32_t seed = 815;
    int accepted = 0;
    (void)state;
    for (int i = 0; i < 100000; i++) {
        char text[96];
        struct xsock_addr a;
        uint8_t bytes[16];
        size_t size;
        bool native;
        int error;

        strcpy(text, seeds[next(&seed) % (sizeof seeds / sizeof seeds[0])]);
        for (uint32_t n = next(&seed) % 4; n > 0; n--)
            mutate(text, &seed);
        size = strchr(text, ':') ? 16 : 4;
        if (!is_for_both(text))
            continue;
        native = native_pton(text, bytes, size);
        error = xsock_addr_parse(text, &a);
        if (error == 0 && a.family == XSOCK_AF_INET && size == 16)
            continue; /* an INET address with a port */
        if (error && !native_text_is_strict())
            continue;
        ASSERT_THAT(native == (error == 0), "\"%s\": the system says %d, xsock %s", text, native,
                    harness_name(error));
        if (native) {
            accepted++;
            assert_int_equal(a.length, size);
            assert_memory_equal(a.data, bytes, size);
        }
    }
    ASSERT_THAT(accepted > 10000, "only %d were addresses", accepted);
}

/* ---- Sockaddrs ------------------------------------------------------------------------------- */

static void assert_becomes(const struct xsock_addr *a, const struct native_addr *native)
{
    uint8_t sa[1 + NATIVE_ADDR_SIZE]; /* at an odd address */
    struct xsock_addr back;

    memset(sa, 0xaa, sizeof sa);
    ASSERT_RESULT((int)native->length, xsock_addr_to_sockaddr(a, sa + 1, sizeof sa - 1));
    assert_memory_equal(sa + 1, native->bytes, native->length);
    assert_int_equal(sa[1 + native->length], 0xaa);
    memset(&back, 0x55, sizeof back);
    ASSERT_RESULT(0, xsock_addr_from_sockaddr(sa + 1, native->length, &back));
    assert_memory_equal(&back, a, sizeof back);
    memset(sa, 0xaa, sizeof sa);
    ASSERT_RESULT(-XSOCK_ENOSPC, xsock_addr_to_sockaddr(a, sa, native->length - 1));
    assert_int_equal(sa[0], 0xaa);
}

static void test_inet_and_inet6_are_the_systems_sockaddrs(void **state)
{
    struct xsock_addr a = {XSOCK_AF_INET, 0x1234, 0, 0, 4, {127, 1, 2, 3}};
    struct native_addr native;
    uint32_t seed = 99;
    (void)state;
    native_inet(&native, a.data, 0x1234);
    assert_becomes(&a, &native);
    for (int i = 0; i < 1000; i++) {
        struct xsock_addr six = {
            XSOCK_AF_INET6, next(&seed) % 65536, next(&seed), next(&seed), 16, {0}};
        random_inet6(six.data, &seed);
        native_inet6(&native, six.data, (uint16_t)six.port, six.flow, six.scope);
        assert_becomes(&six, &native);
    }
}

static void test_local_paths_of_every_length(void **state)
{
    (void)state;
    for (uint32_t n = 0; n <= XSOCK_ADDR_DATA; n++) {
        struct xsock_addr a = {XSOCK_AF_LOCAL, 0, 0, 0, n, {0}}, back;
        uint8_t sa[NATIVE_ADDR_SIZE];
        int length;

        memset(a.data, 'p', n);
        length = xsock_addr_to_sockaddr(&a, sa, sizeof sa);
        if (n > native_path_max()) {
            ASSERT_RESULT(-XSOCK_ENAMETOOLONG, length);
            continue;
        }
        ASSERT_RESULT((int)(2 + n), length);
        assert_memory_equal(sa + 2, a.data, n);
        for (int extra = 0; extra < 20; extra++) { /* a NUL that the length counts, or padding */
            struct native_addr native;
            native_local(&native, a.data, n);
            if (extra > 0 && (n > 0 || !native_has_abstract()))
                native.length += (size_t)extra;
            ASSERT_RESULT(0, xsock_addr_from_sockaddr(native.bytes, native.length, &back));
            assert_memory_equal(&back, &a, sizeof a);
        }
    }
}

static void test_abstract_names_of_every_length(void **state)
{
    uint32_t seed = 31337;
    (void)state;
    for (uint32_t n = 1; n <= XSOCK_ADDR_DATA; n++) {
        struct xsock_addr a = {XSOCK_AF_LOCAL, 0, 0, 0, n, {0}};
        struct native_addr native;
        uint8_t sa[NATIVE_ADDR_SIZE];

        for (uint32_t i = 1; i < n; i++)
            a.data[i] = (uint8_t)(next(&seed) % 2 ? next(&seed) : 0);
        if (n > native_path_max()) {
            ASSERT_RESULT(-XSOCK_ENAMETOOLONG, xsock_addr_to_sockaddr(&a, sa, sizeof sa));
        } else if (native_has_abstract()) {
            native_local(&native, a.data, n);
            assert_becomes(&a, &native);
        } else {
            ASSERT_RESULT(-XSOCK_EINVAL, xsock_addr_to_sockaddr(&a, sa, sizeof sa));
        }
    }
}

static void test_other_families_keep_every_byte(void **state)
{
    uint32_t seed = 1;
    (void)state;
    for (uint32_t n = 0; n <= XSOCK_ADDR_DATA + 1; n++) {
        struct xsock_addr a = {XSOCK_AF_NATIVE + NO_SUCH_FAMILY, 0, 0, 0, n, {0}};
        uint8_t bytes[XSOCK_ADDR_DATA + 1];
        struct native_addr native;

        for (uint32_t i = 0; i < n; i++)
            bytes[i] = (uint8_t)next(&seed);
        native_raw(&native, NO_SUCH_FAMILY, bytes, n);
        if (n > XSOCK_ADDR_DATA) {
            ASSERT_RESULT(-XSOCK_ENAMETOOLONG,
                          xsock_addr_from_sockaddr(native.bytes, native.length, &a));
            continue;
        }
        memcpy(a.data, bytes, n);
        assert_becomes(&a, &native);
    }
}

/* Each family that both xsock and this system have is converted to the system's sockaddr and
 * back. */
static void test_every_numbered_family_comes_back(void **state)
{
    int had = 0;
    (void)state;
    for (int af = XSOCK_AF_ROUTE; af <= XSOCK_AF_HYPERV; af++) {
        struct xsock_addr a = {af, 0, 0, 0, 4, {1, 2, 3, 4}}, back;
        uint8_t sa[NATIVE_ADDR_SIZE];
        int length;

        if (af == XSOCK_AF_VSOCK) {
            a.port = 70000;
#ifdef __linux__
            a.flow = 1;
#endif
        }
        length = xsock_addr_to_sockaddr(&a, sa, sizeof sa);
        if (length == -XSOCK_EAFNOSUPPORT)
            continue;
        ASSERT_THAT(length >= 6, "%s: %s", xsock_family_name(af), harness_name(length));
        ASSERT_RESULT(0, xsock_addr_from_sockaddr(sa, (size_t)length, &back));
        ASSERT_THAT(memcmp(&back, &a, sizeof a) == 0, "%s", xsock_family_name(af));
        had++;
    }
    ASSERT_THAT(had > 0, "%d", had);
}

static void test_bad_sockaddrs_change_nothing(void **state)
{
    static const uint8_t loopback[16] = {[15] = 1};
    struct xsock_addr a = {XSOCK_AF_NATIVE + 70000, 0, 0, 0, 0, {0}}, before;
    struct native_addr native;
    (void)state;
    memset(&before, 0xaa, sizeof before);
    a = before;
    native_inet(&native, (const uint8_t *)"\x7f\0\0\1", 80);
    for (size_t n = 1; n < native.length; n++)
        ASSERT_RESULT(-XSOCK_EINVAL, xsock_addr_from_sockaddr(native.bytes, n, &a));
    native_inet6(&native, loopback, 80, 0, 0);
    for (size_t n = 1; n < native.length; n++)
        ASSERT_RESULT(-XSOCK_EINVAL, xsock_addr_from_sockaddr(native.bytes, n, &a));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_addr_from_sockaddr(native.bytes, 257, &a));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_addr_from_sockaddr(native.bytes, SIZE_MAX, &a));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_addr_from_sockaddr(NULL, 16, &a));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_addr_from_sockaddr(native.bytes, 16, NULL));
    assert_memory_equal(&a, &before, sizeof a);
    ASSERT_RESULT(0, xsock_addr_from_sockaddr(NULL, 0, &a));
    assert_true(a.family == XSOCK_AF_UNSPEC && a.length == 0);
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_addr_to_sockaddr(&a, NULL, 0));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_addr_to_sockaddr(NULL, native.bytes, 16));
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT, xsock_addr_to_sockaddr(&before, native.bytes, 16));
    native_inet(&native, (const uint8_t *)"\x7f\0\0\1",
                80); /* a family that has a number, and that only the number identifies */
    a = (struct xsock_addr){XSOCK_AF_NATIVE + native_family(&native), 0, 0, 0, 14, {0}};
    ASSERT_RESULT(-XSOCK_EAFNOSUPPORT,
                  xsock_addr_to_sockaddr(&a, native.bytes, sizeof native.bytes));
    a = (struct xsock_addr){XSOCK_AF_LOCAL, 0, 0, 0, 3, {'a', 0, 'b'}};
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_addr_to_sockaddr(&a, native.bytes, sizeof native.bytes));
#ifdef _WIN32
    a = (struct xsock_addr){XSOCK_AF_LOCAL, 0, 0, 0, 2, {'a', 0xff}};
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_addr_to_sockaddr(&a, native.bytes, sizeof native.bytes));
#endif
}

/* The address that a kernel reports for a socket that was bound to an address of xsock. */
static void test_the_system_takes_them_and_gives_them_back(void **state)
{
    static const char *const texts[] = {"127.0.0.1:0", "[::1]:0"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct xsock_addr a, bound;
        struct native_addr to, now;
        int length;

        ASSERT_RESULT(0, xsock_addr_parse(texts[i], &a));
        length = xsock_addr_to_sockaddr(&a, to.bytes, sizeof to.bytes);
        ASSERT_THAT(length > 0, "%s", harness_name(length));
        to.length = (size_t)length;
        if (!native_bind(&to, true, &now)) {
            print_message("this system has no %s\n", texts[i]);
            assert_int_not_equal(a.family, XSOCK_AF_INET);
            continue;
        }
        ASSERT_RESULT(0, xsock_addr_from_sockaddr(now.bytes, now.length, &bound));
        assert_int_not_equal(bound.port, 0);
        bound.port = 0;
        assert_true(xsock_addr_equal(&a, &bound));
    }
}

/* Binds a socket to the address, and asks the system for the address. Returns false if the system
 * has no LOCAL family. */
static bool binds_as_it_is(const struct xsock_addr *a)
{
    struct native_addr to, now;
    struct xsock_addr bound;
    int length = xsock_addr_to_sockaddr(a, to.bytes, sizeof to.bytes);

    ASSERT_THAT(length > 0, "%s", harness_name(length));
    to.length = (size_t)length;
    if (!native_bind(&to, true, &now))
        return false;
    ASSERT_RESULT(0, xsock_addr_from_sockaddr(now.bytes, now.length, &bound));
    assert_true(xsock_addr_equal(a, &bound));
    return true;
}

static void test_a_bound_path_has_the_name_it_was_given(void **state)
{
    (void)state;
    for (size_t n = 40; n <= native_path_max(); n++) { /* the last name leaves no space for a NUL */
        char text[200];
        struct xsock_addr a;
        bool bound;

        snprintf(text, sizeof text, "unix:xsock-test-%ld-", native_process());
        memset(text + strlen(text), 'p', sizeof text - strlen(text));
        text[5 + n] = 0;
        ASSERT_RESULT(0, xsock_addr_parse(text, &a));
        assert_int_equal(a.length, n);
        bound = binds_as_it_is(&a);
        (void)remove(text + 5);
        if (!bound)
            SKIP("this system has no LOCAL family");
    }
}

static void test_a_bound_abstract_name_keeps_its_zeros(void **state)
{
    uint32_t seed = 5;
    (void)state;
    if (!native_has_abstract())
        SKIP("abstract names are Linux's");
    for (uint32_t n = 24; n <= native_path_max(); n++) {
        struct xsock_addr a = {XSOCK_AF_LOCAL, 0, 0, 0, n, {0}};
        snprintf((char *)a.data + 1, 22, "xsock-%ld", native_process());
        for (uint32_t i = 23; i < n; i++)
            a.data[i] = (uint8_t)(next(&seed) % 2 ? next(&seed) : 0);
        assert_true(binds_as_it_is(&a));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_inet6_is_written_as_inet_ntop_writes_it),
        TEST(test_text_is_judged_as_inet_pton_judges_it),
        TEST(test_inet_and_inet6_are_the_systems_sockaddrs),
        TEST(test_local_paths_of_every_length),
        TEST(test_abstract_names_of_every_length),
        TEST(test_other_families_keep_every_byte),
        TEST(test_every_numbered_family_comes_back),
        TEST(test_bad_sockaddrs_change_nothing),
        TEST(test_the_system_takes_them_and_gives_them_back),
        TEST(test_a_bound_path_has_the_name_it_was_given),
        TEST(test_a_bound_abstract_name_keeps_its_zeros),
    };
    return cmocka_run_group_tests_name("addr_native", tests, NULL, NULL);
}
