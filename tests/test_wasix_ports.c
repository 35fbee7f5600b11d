/* The host's interfaces as a guest sees them. The guest's memory gets the list that
 * xsock_interfaces returns. */
#include "guests.h"
#include "qemu.h"

enum { OUT = 4096, COUNT = 1024, END = GUEST_MEMORY, CIDR = 28, ROUTE = 176, MAX_ADDRS = 128 };

struct host {
    struct xsock_interface_addr addrs[MAX_ADDRS];
    size_t count;
    bool has_mac;
};

static int look(const struct xsock_interface *iface, void *user)
{
    struct host *h = user;
    for (size_t i = 0; i < iface->addr_count && h->count < MAX_ADDRS; i++)
        h->addrs[h->count++] = iface->addrs[i];
    if ((iface->flags & XSOCK_IF_LOOPBACK) == 0 && iface->hardware_length == 6)
        h->has_mac = true;
    return 0;
}

static struct host look_at_host(void)
{
    struct host h = {.count = 0};
    assert_true(xsock_interfaces(look, &h) > 0);
    assert_true(h.count > 0 && h.count < MAX_ADDRS);
    return h;
}

static void addresses_are_those_of_the_host(void **state)
{
    SKIP_ON_SWAPPING_QEMU(QEMU_NETLINK);
    struct host h = look_at_host();
    (void)state;
    for (size_t m = 0; m < 2; m++) {
        guest.module = guest_modules[m];
        guest_put64(&guest, COUNT, MAX_ADDRS);
        ASSERT_ERRNO(0, CALL2(&guest, "port_addr_list", OUT, COUNT));
        assert_int_equal(guest_get64(&guest, COUNT), h.count);
        for (size_t i = 0; i < h.count; i++) {
            const unsigned char *at = guest.bytes + OUT + i * CIDR;
            const struct xsock_addr *a = &h.addrs[i].addr;
            assert_int_equal(at[0], a->family);
            assert_memory_equal(at + 2, a->data, a->length);
            assert_int_equal(at[a->family == XSOCK_AF_INET ? 6 : 26], h.addrs[i].prefix_length);
        }
    }
}

/* Writes as many entries as fit, and changes no byte after them. */
static void too_little_room_is_told_with_how_much_it_takes(void **state)
{
    SKIP_ON_SWAPPING_QEMU(QEMU_NETLINK);
    struct host h = look_at_host();
    (void)state;
    for (uint64_t capacity = 0; capacity < h.count; capacity++) {
        memset(guest.bytes + OUT, 0x55, MAX_ADDRS * CIDR);
        guest_put64(&guest, COUNT, capacity);
        ASSERT_ERRNO(XSOCK_EOVERFLOW, CALL2(&guest, "port_addr_list", OUT, COUNT));
        assert_int_equal(guest_get64(&guest, COUNT), h.count);
        assert_int_equal(guest.bytes[OUT + capacity * CIDR], 0x55);
    }
}

static void routes_lead_to_the_networks_of_the_host(void **state)
{
    static const unsigned char loopback[CIDR] = {XSOCK_AF_INET, 0, 127, 0, 0, 0, 8}, zeros[ROUTE];
    bool found = false;
    SKIP_ON_SWAPPING_QEMU(QEMU_NETLINK);
    (void)state;
    guest_put64(&guest, COUNT, MAX_ADDRS);
    ASSERT_ERRNO(0, CALL2(&guest, "port_route_list", OUT, COUNT));
    for (size_t i = 0; i < guest_get32(&guest, COUNT); i++) {
        const unsigned char *at = guest.bytes + OUT + i * ROUTE;
        found = found || memcmp(at, loopback, CIDR) == 0;
        /* no router, and neither of the times */
        assert_memory_equal(at + CIDR, zeros, ROUTE - CIDR);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(at, guest.bytes + OUT + k * ROUTE, CIDR);
    }
    assert_true(found);
}

static void the_hardware_address_is_one_of_the_hosts_if_it_has_any(void **state)
{
    SKIP_ON_SWAPPING_QEMU(QEMU_NETLINK);
    struct host h = look_at_host();
    (void)state;
    memset(guest.bytes + END - 8, 0, 8);
    ASSERT_ERRNO(h.has_mac ? 0 : XSOCK_ENOTSUP, CALL1(&guest, "port_mac", END - 6));
    assert_int_equal(guest_get64(&guest, END - 8) != 0, h.has_mac);
    assert_int_equal(guest.bytes[END - 8] | guest.bytes[END - 7], 0);
    ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL1(&guest, "port_mac", END - 5));
}

static void pointers_are_checked_before_anything_is_written(void **state)
{
    static const char *const names[] = {"port_addr_list", "port_route_list"};
    static const uint64_t stride[] = {CIDR, ROUTE};
    SKIP_ON_SWAPPING_QEMU(QEMU_NETLINK);
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const char *name = names[i % 2];
        uint64_t word = i < 2 ? 4 : 8;
        guest.module = guest_modules[i / 2];
        guest_put64(&guest, COUNT, 1);
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL2(&guest, name, OUT, END - word + 1));
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION,
                     CALL2(&guest, name, OUT, i < 2 ? UINT32_MAX : UINT64_MAX));
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL2(&guest, name, END - stride[i % 2] + 1, COUNT));
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION,
                     CALL2(&guest, name, i < 2 ? UINT32_MAX : UINT64_MAX, COUNT));
        /* The product wraps to a small value. */
        guest_put64(&guest, COUNT, i < 2 ? UINT32_MAX : UINT64_MAX / stride[i % 2] + 2);
        uint64_t before = guest_get64(&guest, COUNT);
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL2(&guest, name, OUT, COUNT));
        assert_true(guest_get64(&guest, COUNT) == before);
    }
}

static void what_would_change_the_host_is_not_supported(void **state)
{
    static const char *const names[] = {"port_bridge",      "port_unbridge",    "port_dhcp_acquire",
                                        "port_addr_add",    "port_addr_remove", "port_addr_clear",
                                        "port_gateway_set", "port_route_add",   "port_route_remove",
                                        "port_route_clear"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ASSERT_ERRNO(XSOCK_ENOTSUP, CALL5(&guest, names[i], OUT, OUT, OUT, OUT, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(addresses_are_those_of_the_host),
        GUEST_TEST(too_little_room_is_told_with_how_much_it_takes),
        GUEST_TEST(routes_lead_to_the_networks_of_the_host),
        GUEST_TEST(the_hardware_address_is_one_of_the_hosts_if_it_has_any),
        GUEST_TEST(pointers_are_checked_before_anything_is_written),
        GUEST_TEST(what_would_change_the_host_is_not_supported),
    };
    return cmocka_run_group_tests_name("interfaces of WASIX", tests, NULL, NULL);
}
