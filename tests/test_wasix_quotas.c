/* The resources of its host that a guest may use, by default and in total. */
#include "guest.h"

#include "call/call.h"
#include "fake_net.h"
#include "fake_options.h"
#include "wasix/guest.h"

enum { OUT = 4096, MIB = 1 << 20, FREE_SIZE = 128 * 1024 };

static struct guest guest;

static int setup(void **state)
{
    fake_options_reset();
    return fake_setup(state);
}

static int open_socket(void)
{
    ASSERT_ERRNO(0, CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, OUT));
    return (int)guest_get32(&guest, OUT);
}

/* ---- Handles --------------------------------------------------------------------------------- */

/* Makes descriptors of one kind until a call fails, and returns the number of open handles. */
static size_t handles_of_all(int process_max, const char *name, int args)
{
    fake_max_handles(process_max);
    guest_start(&guest, NULL);
    uint32_t e;
    do
        e = args == 1 ? CALL1(&guest, name, OUT) : CALL4(&guest, name, 1, 1, 0, OUT);
    while (e == 0);
    ASSERT_ERRNO(XSOCK_EMFILE, e);
    size_t handles = fake_handles();
    guest_stop(&guest);
    return handles;
}

static void the_default_follows_the_limit_of_the_process(void **state)
{
    (void)state;
    assert_int_equal(handles_of_all(256, "sock_open", 4), 64);
    assert_int_equal(handles_of_all(1024, "sock_open", 4), 256);
    size_t of_epolls = handles_of_all(1024, "epoll_create", 1);
    assert_true(of_epolls >= 256 && of_epolls <= 512);
    assert_int_equal(handles_of_all(1, "sock_open", 4), 1);
    fake_max_handles(INT32_MAX);
    guest_start(&guest, NULL);
    assert_int_equal(guest.process->config.max_descriptors, 65536);
    assert_int_equal(guest.process->config.max_waiting, 1024);
    guest_stop(&guest);
    fake_max_handles(800);
    guest_start(&guest, NULL);
    assert_int_equal(guest.process->config.max_waiting, 100);
    guest_stop(&guest);
}

static void what_the_host_says_is_not_changed(void **state)
{
    static const struct xsock_wasix_config config = {.max_descriptors = 900, .max_waiting = 500};
    (void)state;
    fake_max_handles(100);
    guest_start(&guest, &config);
    assert_int_equal(guest.process->config.max_descriptors, 900);
    assert_int_equal(guest.process->config.max_waiting, 500);
    guest_stop(&guest);
}

/* ---- Buffers --------------------------------------------------------------------------------- */

static uint64_t set_buffer(int d, int option, uint64_t size)
{
    ASSERT_ERRNO(0, CALL3(&guest, "sock_set_opt_size", d, option, size));
    ASSERT_ERRNO(0, CALL3(&guest, "sock_get_opt_size", d, option, OUT));
    return guest_get64(&guest, OUT);
}

static void buffers_have_a_total(void **state)
{
    static const struct xsock_wasix_config config = {.max_buffers = 5 * MIB};
    (void)state;
    guest_start(&guest, &config);
    int a = open_socket(), b = open_socket();
    assert_int_equal(set_buffer(a, XSOCK_SO_RCVBUF, 2 * MIB), 2 * MIB);
    assert_int_equal(set_buffer(a, XSOCK_SO_SNDBUF, 2 * MIB), 2 * MIB);
    assert_int_equal(set_buffer(a, XSOCK_SO_SNDBUF, 2 * MIB), 2 * MIB); /* counted once */
    assert_int_equal(set_buffer(b, XSOCK_SO_RCVBUF, 4 * MIB), MIB);     /* the rest */
    assert_int_equal(set_buffer(b, XSOCK_SO_SNDBUF, 4 * MIB), FREE_SIZE);
    assert_int_equal(set_buffer(b, XSOCK_SO_SNDBUF, 1000), 1000);
    assert_int_equal(guest.process->buffers, 5 * MIB);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_dup", a, OUT));
    int copy = (int)guest_get32(&guest, OUT);
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", a));
    /* a duplicate still has the buffer */
    assert_int_equal(set_buffer(b, XSOCK_SO_SNDBUF, 4 * MIB), FREE_SIZE);
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", copy));
    assert_int_equal(guest.process->buffers, MIB);
    assert_int_equal(set_buffer(b, XSOCK_SO_SNDBUF, 4 * MIB), 4 * MIB);
    xsock_wasix_end(guest.process);
    assert_int_equal(guest.process->buffers, 0);
    guest_stop(&guest);
}

static void without_memory_a_buffer_is_small(void **state)
{
    (void)state;
    guest_start(&guest, NULL);
    int d = open_socket();
    fake_fail(FAKE_ALLOC, 1, FAKE_ENOMEM);
    assert_int_equal(set_buffer(d, XSOCK_SO_RCVBUF, MIB), FREE_SIZE);
    assert_true(fake_failed());
    assert_int_equal(set_buffer(d, XSOCK_SO_RCVBUF, MIB), MIB);
    guest_stop(&guest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_default_follows_the_limit_of_the_process, setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(what_the_host_says_is_not_changed, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(buffers_have_a_total, setup, fake_teardown),
        cmocka_unit_test_setup_teardown(without_memory_a_buffer_is_small, setup, fake_teardown),
    };
    return cmocka_run_group_tests_name("quotas of guests", tests, NULL, NULL);
}
