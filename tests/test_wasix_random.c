/* Random calls of a guest. A call that fails changes nothing in the guest's memory. What the guest
 * took is given back with its descriptors. */
#include "guest.h"
#include "qemu.h"
#include "wasix/guest.h"

#include <string.h>

/* Sockets take longer on Windows. The test is to take two seconds at most. */
#ifdef _WIN32
enum { CALLS = 3000 };
#else
enum { CALLS = 60000 };
#endif
enum { FIRST = 3, NUMBERS = 24, ARGS = 12, NONBLOCK = 4 };

static struct guest guest;
static unsigned char before[GUEST_MEMORY];
static uint32_t seed;

static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static bool is_among(const char *const names[], const char *name)
{
    while (*names != NULL && strcmp(name, *names) != 0)
        names++;
    return *names != NULL;
}

static bool is_left_out(const char *name)
{
    /* may wait, ask the network, store something when they fail, or make a descriptor wait */
    static const char *const always[] = {"resolve",         "poll_oneoff",         "port_addr_list",
                                         "port_route_list", "fd_fdstat_set_flags", NULL};
    /* ask for the interfaces: QEMU_NETLINK */
    static const char *const swapped[] = {"port_mac", "sock_join_multicast_v4",
                                          "sock_leave_multicast_v4", NULL};
    return is_among(always, name) || (is_swapping_qemu() && is_among(swapped, name));
}

/* A number of a descriptor, a flag, a length, or an address: in memory, at its end, or outside. */
static uint64_t argument(void)
{
    static const uint64_t odd[] = {GUEST_MEMORY - 1, GUEST_MEMORY - 4, GUEST_MEMORY - 110,
                                   GUEST_MEMORY,     UINT32_MAX,       UINT32_MAX - 3,
                                   INT32_MAX,        UINT64_MAX,       0};
    switch (draw(8)) {
    case 0:
    case 1:
    case 2:
        return FIRST + draw(NUMBERS);
    case 3:
        return draw(4);
    case 4:
        return draw(32);
    case 5:
        return odd[draw(sizeof odd / sizeof *odd)];
    default:
        return draw(GUEST_MEMORY);
    }
}

/* Everything that is open may not wait, so no call of this test does. */
static void set_nonblock(void)
{
    for (int d = FIRST; d < FIRST + NUMBERS; d++)
        if (xsock_wasix_owner(guest.process, d) == XSOCK_WASIX_OWNER_XSOCK)
            (void)CALL2(&guest, "fd_fdstat_set_flags", d, NONBLOCK);
}

static void fill_memory(void)
{
    for (int i = 0; i < 64; i++)
        guest_put_vec(&guest, draw(GUEST_MEMORY - 8), draw(GUEST_MEMORY), draw(300));
    for (int i = 0; i < 64; i++)
        guest_put_loopback(&guest, draw(GUEST_MEMORY - 110), 0);
}

static void call_one(const struct xsock_wasix_import *import)
{
    uint64_t args[ARGS];
    for (int i = 0; i < ARGS; i++)
        args[i] = argument();
    if (strcmp(import->name, "sock_open") == 0 || strcmp(import->name, "sock_pair") == 0) {
        args[0] = 1 + draw(3);
        args[1] = (1 + draw(2)) | XSOCK_SOCK_NONBLOCK;
        args[2] = 0;
    }
    if (strcmp(import->name, "epoll_wait") == 0)
        args[3] = 0;
    memcpy(before, guest.bytes, sizeof before);
    uint32_t e = import->call(guest.process, &guest.memory, args);
    ASSERT_THAT(e <= XSOCK_EPENDING || e == XSOCK_WASIX_CALL_ENGINE, "%s: %u", import->name,
                (unsigned)e);
    ASSERT_THAT(e == 0 || memcmp(before, guest.bytes, sizeof before) == 0,
                "%s: %u stored something", import->name, (unsigned)e);
    if (e == 0)
        set_nonblock();
}

static void play(uint32_t first_seed)
{
    static const struct xsock_wasix_config config = {.max_descriptors = FIRST + NUMBERS};
    size_t count;
    const struct xsock_wasix_import *imports = xsock_wasix_imports(&count);
    seed = first_seed;
    guest_start(&guest, &config);
    for (int i = 0; i < CALLS; i++) {
        const struct xsock_wasix_import *import = &imports[draw((uint32_t)count)];
        if (i % 64 == 0)
            fill_memory();
        if (!is_left_out(import->name))
            call_one(import);
    }
    for (int d = FIRST; d < FIRST + NUMBERS; d++)
        (void)xsock_wasix_close(guest.process, d);
    assert_int_equal(guest.process->scratch, 0);
    assert_int_equal(guest.process->members, 0);
    assert_int_equal(guest.process->buffers, 0);
    guest_stop(&guest);
}

static void random_calls_that_fail_store_nothing_and_all_is_given_back(void **state)
{
    (void)state;
    play(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(random_calls_that_fail_store_nothing_and_all_is_given_back),
    };
    return cmocka_run_group_tests_name("random calls of guests", tests, NULL, NULL);
}
