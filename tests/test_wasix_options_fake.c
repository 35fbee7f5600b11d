/* Results for a guest's options that the real system cannot be made to return, and the groups that
 * a policy sees. */
#include "guest.h"

#include "call/call.h"
#include "fake_net.h"
#include "fake_options.h"
#include "wasix/guest.h"

enum { OUT = 4096, MS = 1000000 };

static struct guest guest;
static struct xsock_wasix_request asked;
static bool allowed;
static uint32_t mapped_to; /* an interface, or 0 if it stays as requested */

static bool policy(void *user, struct xsock_wasix_request *r)
{
    (void)user;
    asked = *r;
    if (r->action == XSOCK_WASIX_JOIN && mapped_to != 0)
        r->addr.scope = mapped_to;
    return allowed || r->action == XSOCK_WASIX_OPEN;
}

static int setup(void **state)
{
    static const struct xsock_wasix_config asks = {.policy = policy};
    int rc = fake_setup(state);
    fake_options_reset();
    allowed = true;
    mapped_to = 0;
    guest_start(&guest, &asks);
    return rc;
}

static int teardown(void **state)
{
    guest_stop(&guest);
    return fake_teardown(state);
}

static int open_socket(int af, int type)
{
    ASSERT_ERRNO(0, CALL4(&guest, "sock_open", af, type, 0, OUT));
    return (int)guest_get32(&guest, OUT);
}

static uint64_t last_error(int d)
{
    ASSERT_ERRNO(0, CALL3(&guest, "sock_get_opt_size", d, XSOCK_SO_ERROR, OUT));
    return guest_get64(&guest, OUT);
}

static void the_last_error_is_an_errno_of_wasix_and_told_once(void **state)
{
    static const struct {
        int code, error;
    } v[] = {{FAKE_ECONNREFUSED, XSOCK_ECONNREFUSED},
             {FAKE_EUNLISTED, XSOCK_EUNKNOWN},
             {FAKE_ESOCKTNOSUPPORT, XSOCK_ENOTSUP}};
    struct xsock_addr to = {
        .family = XSOCK_AF_INET, .port = 80, .length = 4, .data = {192, 0, 2, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        int d = open_socket(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK);
        fake_connects_take(MS, v[i].code);
        ASSERT_RESULT(-XSOCK_EINPROGRESS, xsock__call_connect(guest.process->table, d, &to));
        assert_int_equal(last_error(d), 0);
        fake_advance(MS);
        ASSERT_RESULT(0, xsock__sys_wait(NULL, 0, NULL, 0));
        assert_int_equal(last_error(d), v[i].error);
        assert_int_equal(last_error(d), 0);
    }
}

static void what_the_system_refuses_is_reported(void **state)
{
    (void)state;
    int d = open_socket(XSOCK_AF_INET, XSOCK_SOCK_STREAM);
    guest.bytes[OUT] = 77;
    fake_options_refuse(FAKE_EPERM);
    ASSERT_ERRNO(XSOCK_EACCES, CALL3(&guest, "sock_get_opt_flag", d, XSOCK_SO_NODELAY, OUT));
    fake_options_refuse(XSOCK__SYS_NO_OPTION);
    ASSERT_ERRNO(XSOCK_ENOPROTOOPT, CALL3(&guest, "sock_get_opt_flag", d, XSOCK_SO_NODELAY, OUT));
    assert_int_equal(guest.bytes[OUT], 77);
}

static void put_groups(void)
{
    static const uint8_t v4[4] = {239, 1, 2, 3}, loopback[4] = {127, 0, 0, 1};
    static const uint8_t v6[16] = {0xff, 0x02, [15] = 7};
    memset(guest.bytes + OUT, 0, 64);
    memcpy(guest.bytes + OUT, v4, 4);
    memcpy(guest.bytes + OUT + 8, loopback, 4);
    memcpy(guest.bytes + OUT + 16, v6, 16);
}

static void a_policy_sees_the_group_and_the_interface(void **state)
{
    (void)state;
    int d = open_socket(XSOCK_AF_INET, XSOCK_SOCK_DGRAM),
        d6 = open_socket(XSOCK_AF_INET6, XSOCK_SOCK_DGRAM);
    put_groups();
    ASSERT_ERRNO(0, CALL3(&guest, "sock_join_multicast_v4", d, OUT, OUT + 8));
    assert_int_equal(asked.action, XSOCK_WASIX_JOIN);
    assert_true(asked.type == XSOCK_SOCK_DGRAM && asked.protocol == 17);
    assert_true(asked.addr.family == XSOCK_AF_INET && asked.addr.data[0] == 239
                && asked.addr.scope == 7);
    assert_true(fake_options_last().join && fake_options_last().group.index == 7);
    ASSERT_ERRNO(0, CALL3(&guest, "sock_leave_multicast_v4", d, OUT, OUT + 4)); /* 0.0.0.0 */
    assert_true(asked.addr.scope == 0 && !fake_options_last().join
                && fake_options_last().group.index == 0);
    ASSERT_ERRNO(0, CALL3(&guest, "sock_join_multicast_v6", d6, OUT + 16, 9));
    assert_true(asked.addr.family == XSOCK_AF_INET6 && asked.addr.data[15] == 7
                && asked.addr.scope == 9);
    mapped_to = 9;
    ASSERT_ERRNO(0, CALL3(&guest, "sock_join_multicast_v4", d, OUT, OUT + 8));
    assert_int_equal(fake_options_last().group.index, 9);
    unsigned calls = fake_options_calls();
    allowed = false;
    ASSERT_ERRNO(XSOCK_EACCES, CALL3(&guest, "sock_join_multicast_v4", d, OUT, OUT + 8));
    ASSERT_ERRNO(XSOCK_EACCES, CALL3(&guest, "sock_leave_multicast_v6", d6, OUT + 16, 0));
    assert_int_equal(fake_options_calls(), calls);
}

/* Its addr_ip6 has no flow and no scope. 16 bytes at the end of memory are enough, and no more
 * bytes are read. */
static void a_guest_of_small_addresses_has_small_groups(void **state)
{
    static const struct xsock_wasix_config small = {.addr_port_size = 20};
    static const uint8_t v6[16] = {0xff, 0x02, [15] = 7};
    (void)state;
    guest_stop(&guest);
    guest_start(&guest, &small);
    int d = open_socket(XSOCK_AF_INET6, XSOCK_SOCK_DGRAM);
    memcpy(guest.bytes + GUEST_MEMORY - 16, v6, 16);
    ASSERT_ERRNO(0, CALL3(&guest, "sock_join_multicast_v6", d, GUEST_MEMORY - 16, 7));
    assert_int_equal(fake_options_last().group.index, 7);
    ASSERT_ERRNO(XSOCK_EMEMVIOLATION,
                 CALL3(&guest, "sock_join_multicast_v6", d, GUEST_MEMORY - 15, 7));
}

#define GUEST_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(the_last_error_is_an_errno_of_wasix_and_told_once),
        GUEST_TEST(what_the_system_refuses_is_reported),
        GUEST_TEST(a_policy_sees_the_group_and_the_interface),
        GUEST_TEST(a_guest_of_small_addresses_has_small_groups),
    };
    return cmocka_run_group_tests_name("options of WASIX, faked", tests, NULL, NULL);
}
