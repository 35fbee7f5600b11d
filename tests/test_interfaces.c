/* The list of interfaces, and the zones of addresses. */
#include "harness.h"
#include "qemu.h"

struct seen {
    int count, stop_after;
    bool loopback;
    char name[257];
    uint32_t index;
};

static int look(const struct xsock_interface *iface, void *user)
{
    struct seen *seen = user;

    seen->count++;
    assert_int_not_equal(iface->index, 0);
    assert_true(iface->name[0] != 0 && iface->label[0] != 0);
    assert_true(iface->hardware_length <= sizeof iface->hardware);
    for (size_t i = 0; i < iface->addr_count; i++) {
        const struct xsock_addr *a = &iface->addrs[i].addr;
        char text[XSOCK_ADDR_TEXT_SIZE];

        assert_true(a->family == XSOCK_AF_INET || a->family == XSOCK_AF_INET6);
        assert_true(iface->addrs[i].prefix_length <= 8 * a->length);
        assert_int_equal(a->port, 0);
        assert_true(xsock_addr_format(a, text, sizeof text) > 0);
        if (a->family == XSOCK_AF_INET6 && a->data[0] == 0xfe && (a->data[1] & 0xc0) == 0x80)
            assert_int_equal(a->scope, iface->index);
        if (strcmp(text, "127.0.0.1:0") == 0) {
            assert_true(iface->flags & XSOCK_IF_LOOPBACK && iface->flags & XSOCK_IF_UP);
            assert_int_equal(iface->addrs[i].prefix_length, 8);
            seen->loopback = true;
            seen->index = iface->index;
            snprintf(seen->name, sizeof seen->name, "%s", iface->name);
        }
    }
    return seen->stop_after == seen->count ? 1 : 0;
}

static void test_interfaces_are_listed_with_the_loopback_among_them(void **state)
{
    struct seen seen = {0, 0, false, "", 0}, first = {0, 1, false, "", 0};
    int count;
    SKIP_ON_SWAPPING_QEMU(QEMU_NETLINK);
    (void)state;
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_interfaces(NULL, NULL));
    count = xsock_interfaces(look, &seen);
    ASSERT_THAT(count == seen.count && count >= 1, "%s", harness_name(count));
    assert_true(seen.loopback);
    ASSERT_RESULT(1, xsock_interfaces(look, &first));
    assert_int_equal(first.count, 1);
}

static void test_a_zone_is_an_interface_by_name_or_by_index(void **state)
{
    struct seen seen = {0, 0, false, "", 0};
    struct xsock_addr a, b;
    char text[XSOCK_ADDR_TEXT_SIZE], again[XSOCK_ADDR_TEXT_SIZE];
    SKIP_ON_SWAPPING_QEMU(QEMU_NETLINK);
    (void)state;
    assert_true(xsock_interfaces(look, &seen) > 0);
    snprintf(text, sizeof text, "[::1%%%s]:80", seen.name);
    ASSERT_RESULT(0, xsock_addr_parse(text, &a));
    assert_int_equal(a.scope, seen.index);
    assert_true(xsock_addr_format(&a, again, sizeof again) > 0);
    assert_string_equal(again, text);
    snprintf(text, sizeof text, "[::1%%%u]:80", (unsigned)seen.index);
    ASSERT_RESULT(0, xsock_addr_parse(text, &b));
    assert_true(xsock_addr_equal(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_interfaces_are_listed_with_the_loopback_among_them),
        TEST(test_a_zone_is_an_interface_by_name_or_by_index),
    };
    return cmocka_run_group_tests_name("interfaces", tests, NULL, NULL);
}
