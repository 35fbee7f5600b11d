/* Names to numbers and back, compared with the text of the headers. The row files and the header
 * must agree in both directions. */
#include <ctype.h>

#include "harness.h"
#include "header.h"

static struct header_number *header;

static int read_header(void **state)
{
    (void)state;
    header = header_numbers();
    return 0;
}

static int free_header(void **state)
{
    (void)state;
    free(header);
    return 0;
}

static const char *lower(const char *name)
{
    static char text[64];
    size_t i;
    for (i = 0; name[i] != '\0' && i + 1 < sizeof text; i++)
        text[i] = (char)tolower((unsigned char)name[i]);
    text[i] = '\0';
    return text;
}

/* Writes a name as "Inet6", which is neither upper case nor lower case. */
static const char *mixed(const char *name)
{
    static char text[64];
    snprintf(text, sizeof text, "%s", lower(name));
    for (size_t i = 0; text[i] != '\0'; i += 2)
        text[i] = (char)toupper((unsigned char)text[i]);
    return text;
}

static const char *joined(const char *prefix, const char *name)
{
    static char text[96];
    snprintf(text, sizeof text, "%s%s", prefix, name);
    return text;
}

/* Whether one of the header's names with this prefix and value is `name`. The case of letters does
 * not matter. */
static bool header_has(const char *prefix, int value, const char *name)
{
    for (const struct header_number *n = header_next(header, prefix); n != NULL;
         n = header_next(n + 1, prefix)) {
        if (n->value == value && strcmp(lower(n->name + strlen(prefix)), name) == 0)
            return true;
    }
    return false;
}

static const int strange[] = {INT32_MIN, INT32_MIN + 1, -65536, -300,  -1,       255,
                              256,       1000,          4097,   65536, INT32_MAX};
enum { STRANGE = sizeof strange / sizeof *strange };

/* ---- Families and types ---------------------------------------------------------------------- */

static void every_family_of_the_header_has_its_name_and_number(void **state)
{
    int count = 0;
    (void)state;
    for (const struct header_number *n = header_next(header, "XSOCK_AF_"); n != NULL;
         n = header_next(n + 1, "XSOCK_AF_")) {
        const char *name = n->name + 9;
        if (n->value >= XSOCK_AF_NATIVE) /* numbers of the system are not families of xsock */
            continue;
        ASSERT_RESULT(n->value, xsock_family_number(lower(name)));
        ASSERT_RESULT(n->value, xsock_family_number(name));
        ASSERT_RESULT(n->value, xsock_family_number(mixed(name)));
        ASSERT_RESULT(n->value, xsock_family_number(joined("AF_", name)));
        ASSERT_RESULT(n->value, xsock_family_number(joined("PF_", name)));
        ASSERT_RESULT(n->value, xsock_family_number(joined("XSOCK_AF_", name)));
        ASSERT_RESULT(n->value, xsock_family_number(joined("xsock_pf_", name)));
        ASSERT_THAT(header_has("XSOCK_PF_", n->value, lower(name)), "%s has no PF_ alias", n->name);
        if (!n->is_alias) {
            assert_non_null(xsock_family_name(n->value));
            assert_string_equal(xsock_family_name(n->value), lower(name));
        }
        count++;
    }
    assert_int_equal(count, 23);
}

static void no_family_has_a_name_that_the_header_has_not(void **state)
{
    (void)state;
    for (int af = -1000; af < 5000; af++) {
        const char *name = xsock_family_name(af);
        if (name == NULL)
            continue;
        ASSERT_THAT(header_has("XSOCK_AF_", af, name), "family %d is called %s", af, name);
        ASSERT_RESULT(af, xsock_family_number(name));
    }
    for (int i = 0; i < STRANGE; i++) {
        if (strange[i] != 256) /* ROUTE */
            assert_null(xsock_family_name(strange[i]));
    }
}

static void every_type_of_the_header_has_its_name_and_number(void **state)
{
    int count = 0;
    (void)state;
    for (const struct header_number *n = header_next(header, "XSOCK_SOCK_"); n != NULL;
         n = header_next(n + 1, "XSOCK_SOCK_")) {
        const char *name = n->name + 11;
        if (n->value == XSOCK_SOCK_CLOEXEC || n->value == XSOCK_SOCK_NONBLOCK) {
            assert_null(xsock_type_name(n->value)); /* flags are not types */
            ASSERT_RESULT(-XSOCK_ENOENT, xsock_type_number(name));
            continue;
        }
        assert_non_null(xsock_type_name(n->value));
        assert_string_equal(xsock_type_name(n->value), lower(name));
        ASSERT_RESULT(n->value, xsock_type_number(lower(name)));
        ASSERT_RESULT(n->value, xsock_type_number(mixed(name)));
        ASSERT_RESULT(n->value, xsock_type_number(joined("SOCK_", name)));
        ASSERT_RESULT(n->value, xsock_type_number(joined("XSOCK_SOCK_", name)));
        count++;
    }
    assert_int_equal(count, 5);
    for (int i = 0; i < STRANGE; i++) {
        if (strange[i] != XSOCK_SOCK_RDM)
            assert_null(xsock_type_name(strange[i]));
    }
    assert_null(xsock_type_name(0));
    assert_null(xsock_type_name(5));
    assert_null(xsock_type_name(XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC));
}

/* ---- Protocols ------------------------------------------------------------------------------- */

/* The header's prefixes for each family, with the prefix that a user may write. */
static const struct {
    int af;
    const char *prefix, *user;
} protocols[] = {
    {XSOCK_AF_INET, "XSOCK_IPPROTO_", "IPPROTO_"},
    {XSOCK_AF_INET6, "XSOCK_IPPROTO_", "IPPROTO_"},
    {XSOCK_AF_BLUETOOTH, "XSOCK_BTPROTO_", "BTPROTO_"},
    {XSOCK_AF_CAN, "XSOCK_CAN_", "CAN_"},
    {XSOCK_AF_HYPERV, "XSOCK_HV_PROTOCOL_", "HV_PROTOCOL_"},
    {XSOCK_AF_KEY, "XSOCK_KEY_", "KEY_"},
    {XSOCK_AF_NATM, "XSOCK_NATM_", "NATM_"},
    {XSOCK_AF_NETGRAPH, "XSOCK_NETGRAPH_", "NETGRAPH_"},
    {XSOCK_AF_NETLINK, "XSOCK_NETLINK_", "NETLINK_"},
    {XSOCK_AF_PACKET, "XSOCK_PACKET_", "PACKET_"},
    {XSOCK_AF_IPX, "XSOCK_IPX_", "IPX_"},
    {XSOCK_AF_APPLETALK, "XSOCK_APPLETALK_", "APPLETALK_"},
};
enum { PROTOCOL_FAMILIES = sizeof protocols / sizeof *protocols };

static void check_protocol(int row, const struct header_number *n)
{
    int af = protocols[row].af;
    const char *name = n->name + strlen(protocols[row].prefix),
               *got = xsock_protocol_name(af, n->value);
    ASSERT_RESULT(n->value, xsock_protocol_number(af, lower(name)));
    ASSERT_RESULT(n->value, xsock_protocol_number(af, name));
    ASSERT_RESULT(n->value, xsock_protocol_number(af, mixed(name)));
    ASSERT_RESULT(n->value, xsock_protocol_number(af, n->name));
    ASSERT_RESULT(n->value, xsock_protocol_number(af, joined(protocols[row].user, name)));
    ASSERT_THAT(got != NULL, "%s has no name", n->name);
    if (n->value != 0 && !n->is_alias)
        assert_string_equal(got, lower(name));
}

static void every_protocol_of_the_header_has_its_name_and_number(void **state)
{
    (void)state;
    for (int row = 0; row < PROTOCOL_FAMILIES; row++) {
        const char *prefix = protocols[row].prefix;
        int count = 0;
        for (const struct header_number *n = header_next(header, prefix); n != NULL;
             n = header_next(n + 1, prefix)) {
            check_protocol(row, n);
            count++;
        }
        ASSERT_THAT(count > 0, "the header has no %s", prefix);
    }
}

static void no_protocol_has_a_name_that_the_header_has_not(void **state)
{
    (void)state;
    for (int row = 0; row < PROTOCOL_FAMILIES; row++) {
        int af = protocols[row].af;
        for (int protocol = -300; protocol < 66000; protocol++) {
            const char *name = xsock_protocol_name(af, protocol);
            if (name == NULL || (protocol == 0 && strcmp(name, "default") == 0))
                continue;
            ASSERT_THAT(header_has(protocols[row].prefix, protocol, name),
                        "protocol %d of %s is called %s", protocol, xsock_family_name(af), name);
            ASSERT_RESULT(protocol, xsock_protocol_number(af, name));
        }
    }
}

static void a_protocol_is_one_of_its_family_only(void **state)
{
    (void)state;
    ASSERT_RESULT(-XSOCK_ENOENT, xsock_protocol_number(XSOCK_AF_LOCAL, "tcp"));
    ASSERT_RESULT(-XSOCK_ENOENT, xsock_protocol_number(XSOCK_AF_NETLINK, "tcp"));
    ASSERT_RESULT(-XSOCK_ENOENT, xsock_protocol_number(XSOCK_AF_INET, "rfcomm"));
    ASSERT_RESULT(-XSOCK_ENOENT, xsock_protocol_number(XSOCK_AF_INET, "BTPROTO_TCP"));
    ASSERT_RESULT(-XSOCK_ENOENT, xsock_protocol_number(9999, "tcp"));
    ASSERT_RESULT(-XSOCK_ENOENT, xsock_protocol_number(XSOCK_AF_UNSPEC, "tcp"));
    ASSERT_RESULT(-XSOCK_ENOENT, xsock_protocol_number(INT32_MIN, "tcp"));
    assert_null(xsock_protocol_name(9999, 6));
    for (int af = 0xfff0; af <= 0x10002;
         af++) /* above all families, because the look-ups have tables of their own there */
        for (int protocol = 0; protocol <= 6; protocol++)
            assert_null(xsock_protocol_name(af, protocol));
    assert_null(xsock_protocol_name(XSOCK_AF_BLUETOOTH, 6));
    for (int i = 0; i < STRANGE; i++) {
        if (strange[i] != 255) /* RAW */
            assert_null(xsock_protocol_name(XSOCK_AF_INET, strange[i]));
        assert_null(xsock_protocol_name(strange[i] == 256 ? 257 : strange[i], 6));
    }
    assert_string_equal(xsock_protocol_name(XSOCK_AF_INET, 0), "default");
    assert_string_equal(xsock_protocol_name(XSOCK_AF_LOCAL, 0), "default");
    assert_string_equal(xsock_protocol_name(XSOCK_AF_NETLINK, 0), "route");
}

static void no_name_is_a_precise_error(void **state)
{
    static const char *const none[] = {
        "",      "AF_",    "PF_", "SOCK_", "XSOCK_",    "XSOCK_AF_", "AF_AF_INET", "inet ",
        " inet", "inet66", "ine", "1",     "AF_STREAM", "SOCK_INET", "IPPROTO_",   "\xff\xfe"};
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        ASSERT_RESULT(-XSOCK_ENOENT, xsock_family_number(none[i]));
        ASSERT_RESULT(-XSOCK_ENOENT, xsock_type_number(none[i]));
        ASSERT_RESULT(-XSOCK_ENOENT, xsock_protocol_number(XSOCK_AF_INET, none[i]));
        ASSERT_RESULT(-XSOCK_ENOENT, xsock_errnumber(none[i]));
    }
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_family_number(NULL));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_type_number(NULL));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_protocol_number(XSOCK_AF_INET, NULL));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_errnumber(NULL));
}

/* ---- Errors ---------------------------------------------------------------------------------- */

static void every_error_of_the_header_has_its_name_number_and_sentence(void **state)
{
    int count = 0;
    (void)state;
    for (const struct header_number *n = header_next(header, "XSOCK_E"); n != NULL;
         n = header_next(n + 1, "XSOCK_E")) {
        const char *name = n->name + 6;
        ASSERT_RESULT(n->value, xsock_errnumber(name));
        ASSERT_RESULT(n->value, xsock_errnumber(n->name));
        if (n->is_alias)
            continue;
        ASSERT_THAT(xsock_errname(n->value) != NULL, "%s has no name", n->name);
        assert_string_equal(xsock_errname(n->value), name);
        assert_ptr_equal(xsock_errname(-n->value), xsock_errname(n->value));
        assert_ptr_equal(xsock_strerror(-n->value), xsock_strerror(n->value));
        ASSERT_THAT(strlen(xsock_strerror(n->value)) >= 5, "%s: %s", name,
                    xsock_strerror(n->value));
        count++;
    }
    ASSERT_THAT(count >= 120, "only %d errors", count);
}

static void the_errors_are_numbered_as_in_wasix(void **state)
{
    (void)state;
    for (int n = 1; n <= 80; n++)
        ASSERT_THAT(xsock_errname(n) != NULL, "%d has no name", n);
    assert_string_equal(xsock_errname(6), "EAGAIN");
    assert_string_equal(xsock_errname(28), "EINVAL");
    assert_string_equal(xsock_errname(58), "ENOTSUP");
    assert_string_equal(xsock_errname(66), "EPROTONOSUPPORT");
    assert_string_equal(xsock_errname(76), "ENOTCAPABLE");
    assert_string_equal(xsock_errname(79), "EUNKNOWN");
    assert_string_equal(xsock_errname(238), "ESOCKTNOSUPPORT");
    ASSERT_RESULT(6, xsock_errnumber("EWOULDBLOCK"));
    ASSERT_RESULT(58, xsock_errnumber("XSOCK_EOPNOTSUPP"));
    assert_string_equal(xsock_errname(0), "SUCCESS");
    assert_string_equal(xsock_strerror(0), "Success");
}

static void no_number_has_a_name_that_the_header_has_not(void **state)
{
    (void)state;
    for (int n = 1; n < 20000; n++) {
        const char *name = xsock_errname(n);
        if (name == NULL) {
            assert_null(xsock_errname(-n));
            continue;
        }
        ASSERT_RESULT(n, xsock_errnumber(name));
        ASSERT_THAT(header_has("XSOCK_", n, lower(name)), "error %d is called %s", n, name);
    }
    for (int i = 0; i < STRANGE; i++) {
        if (strange[i] != -1)
            assert_null(xsock_errname(strange[i]));
    }
}

static void every_number_has_a_sentence_and_no_two_errors_the_same(void **state)
{
    (void)state;
    for (int a = 0; a < 1200; a++) {
        const char *sentence = xsock_strerror(a);
        assert_true(sentence != NULL && sentence[0] != '\0');
        for (int b = 0; b < a; b++) {
            if (xsock_errname(a) != NULL && xsock_errname(b) != NULL)
                ASSERT_THAT(strcmp(sentence, xsock_strerror(b)) != 0, "%d and %d: %s", a, b,
                            sentence);
        }
    }
    for (int i = 0; i < STRANGE; i++)
        assert_true(xsock_strerror(strange[i])[0] != '\0');
    assert_string_not_equal(xsock_strerror(INT32_MIN), "Success");
    assert_string_not_equal(xsock_strerror(9999), xsock_strerror(XSOCK_EUNKNOWN));
}

static void the_version_is_three_numbers(void **state)
{
    int a = -1, b = -1, c = -1, end = 0;
    (void)state;
    assert_int_equal(sscanf(xsock_version(), "%d.%d.%d%n", &a, &b, &c, &end), 3);
    assert_int_equal(xsock_version()[end], '\0');
    assert_true(a >= 0 && b >= 0 && c >= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_family_of_the_header_has_its_name_and_number),
        TEST(no_family_has_a_name_that_the_header_has_not),
        TEST(every_type_of_the_header_has_its_name_and_number),
        TEST(every_protocol_of_the_header_has_its_name_and_number),
        TEST(no_protocol_has_a_name_that_the_header_has_not),
        TEST(a_protocol_is_one_of_its_family_only),
        TEST(no_name_is_a_precise_error),
        TEST(every_error_of_the_header_has_its_name_number_and_sentence),
        TEST(the_errors_are_numbered_as_in_wasix),
        TEST(no_number_has_a_name_that_the_header_has_not),
        TEST(every_number_has_a_sentence_and_no_two_errors_the_same),
        TEST(the_version_is_three_numbers),
    };
    return cmocka_run_group_tests_name("names and numbers", tests, read_header, free_header);
}
