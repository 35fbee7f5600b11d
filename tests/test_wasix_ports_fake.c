/* The exact layouts of the lists, on interfaces that are always the same. One is up and has
 * 127.0.0.1/8 and ::1/128. The other is down, and has no IP address and the hardware address
 * 02:00:00:00:00:09. */
#include "guest.h"

#include "fake_sys.h"

enum { OUT = 4096, COUNT = 1024 };

static struct guest guest;
static bool allowed;

static bool policy(void *user, struct xsock_wasix_request *r)
{
    (void)user;
    assert_int_equal(r->action, XSOCK_WASIX_INTERFACES);
    return allowed;
}

static int setup(void **state)
{
    static const struct xsock_wasix_config asks = {.policy = policy};
    allowed = true;
    guest_start(&guest, &asks);
    return fake_setup(state);
}

static int teardown(void **state)
{
    guest_stop(&guest);
    return fake_teardown(state);
}

static void restart(const struct xsock_wasix_config *config)
{
    guest_stop(&guest);
    guest_start(&guest, config);
}

/* Makes the call with space for two entries, which is their number, and with bytes of 0x55 on both
 * sides. */
static void list(const char *name)
{
    memset(guest.bytes + OUT, 0x55, 512);
    guest_put64(&guest, COUNT, 2);
    ASSERT_ERRNO(0, CALL2(&guest, name, OUT, COUNT));
    assert_int_equal(guest_get64(&guest, COUNT), 2);
}

static void layouts_are_those_of_the_guests_libc(void **state)
{
    static const struct xsock_wasix_config small = {.addr_port_size = 20};
    static const unsigned char v4[28] = {XSOCK_AF_INET, 0, 127, 0, 0, 1, 8};
    static const unsigned char v6[28] = {XSOCK_AF_INET6, [17] = 1, [26] = 128};
    static const unsigned char v6_small[20] = {XSOCK_AF_INET6, [17] = 1, [18] = 128};
    static const unsigned char net[176] = {XSOCK_AF_INET, 0, 127, 0, 0, 0, 8};
    static const unsigned char net6[176] = {XSOCK_AF_INET6, [17] = 1, [26] = 128};
    (void)state;
    list("port_addr_list");
    assert_memory_equal(guest.bytes + OUT, v4, 28);
    assert_memory_equal(guest.bytes + OUT + 28, v6, 28);
    assert_int_equal(guest.bytes[OUT + 56], 0x55);
    list("port_route_list");
    assert_memory_equal(guest.bytes + OUT, net, 176);
    assert_memory_equal(guest.bytes + OUT + 176, net6, 176);
    assert_int_equal(guest.bytes[OUT + 352], 0x55);
    restart(&small);
    list("port_addr_list");
    assert_memory_equal(guest.bytes + OUT, v4, 20);
    assert_memory_equal(guest.bytes + OUT + 20, v6_small, 20);
    assert_int_equal(guest.bytes[OUT + 40], 0x55);
    list("port_route_list");
    assert_memory_equal(guest.bytes + OUT, net, 72);
    assert_memory_equal(guest.bytes + OUT + 72, v6_small, 20);
    assert_int_equal(guest.bytes[OUT + 144], 0x55);
}

static void the_hardware_address_is_not_the_loopbacks(void **state)
{
    static const unsigned char mac[6] = {2, 0, 0, 0, 0, 9};
    (void)state;
    ASSERT_ERRNO(0, CALL1(&guest, "port_mac", OUT));
    assert_memory_equal(guest.bytes + OUT, mac, 6);
}

static void a_policy_can_refuse_to_tell(void **state)
{
    static const char *const names[] = {"port_addr_list", "port_route_list", "port_mac"};
    (void)state;
    allowed = false;
    guest_put64(&guest, COUNT, 2);
    for (size_t i = 0; i < 3; i++)
        ASSERT_ERRNO(XSOCK_EACCES, CALL2(&guest, names[i], OUT, COUNT));
    assert_int_equal(guest_get64(&guest, COUNT), 2);
    assert_int_equal(guest_get64(&guest, OUT), 0);
}

static void want_of_memory_is_told_and_nothing_is_lost(void **state)
{
    static const struct xsock_wasix_config poor = {.max_scratch = 100};
    (void)state;
    size_t before = fake_allocations();
    guest_put64(&guest, COUNT, 2);
    fake_fail(FAKE_ALLOC, 1, FAKE_ENOMEM);
    ASSERT_ERRNO(XSOCK_ENOMEM, CALL2(&guest, "port_addr_list", OUT, COUNT));
    assert_true(fake_failed());
    assert_int_equal(fake_allocations(), before);
    ASSERT_ERRNO(0, CALL2(&guest, "port_addr_list", OUT, COUNT));
    assert_int_equal(fake_allocations(), before);
    restart(&poor);
    guest_put64(&guest, COUNT, 2);
    ASSERT_ERRNO(XSOCK_ENOMEM, CALL2(&guest, "port_addr_list", OUT, COUNT));
    assert_int_equal(guest_get64(&guest, COUNT), 2);
}

#define GUEST_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(layouts_are_those_of_the_guests_libc),
        GUEST_TEST(the_hardware_address_is_not_the_loopbacks),
        GUEST_TEST(a_policy_can_refuse_to_tell),
        GUEST_TEST(want_of_memory_is_told_and_nothing_is_lost),
    };
    return cmocka_run_group_tests_name("interfaces of WASIX, faked", tests, NULL, NULL);
}
