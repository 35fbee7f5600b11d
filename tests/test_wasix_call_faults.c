/* Two faults in one of a guest's calls. */
#include "guest.h"

#include <string.h>

enum {
    UDP = 3,
    TCP = 4,
    EPOLL = 5,
    READER = 6,
    WRITER = 7,
    DOWN = 99,
    AT = 4096,
    VEC = 8192,
    DATA = 12288,
    ODD = 16384,
    OUTSIDE = 20480,
    NO = GUEST_MEMORY,
    ARGS = 10
};

static const struct row {
    const char *name;
    int error;
    const char *faults;
    int64_t args[ARGS];
} rows[] = {
#define ROW(name, error, faults, ...) {#name, XSOCK_##error, faults, {__VA_ARGS__}},
#include "wasix_call_faults.def"
#undef ROW
};
enum { ROWS = sizeof rows / sizeof *rows };

/* Calls that have no two arguments that could be wrong, or tell nothing of them. */
static const char *const exempt[] = {
    "fd_close",          "fd_pipe",        "epoll_create",      "port_addr_list",
    "port_route_list",   "port_mac",       "port_bridge",       "port_unbridge",
    "port_dhcp_acquire", "port_addr_add",  "port_addr_remove",  "port_addr_clear",
    "port_gateway_set",  "port_route_add", "port_route_remove", "port_route_clear",
};

static struct guest guest;

static void start(void)
{
    guest_start(&guest, NULL);
    ASSERT_ERRNO(0, CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0, AT));
    ASSERT_ERRNO(0, CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, AT));
    assert_int_equal(guest_get32(&guest, AT), TCP);
    ASSERT_ERRNO(0, CALL2(&guest, "sock_listen", TCP, 1));
    ASSERT_ERRNO(0, CALL1(&guest, "epoll_create", AT));
    assert_int_equal(guest_get32(&guest, AT), EPOLL);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_pipe", AT, AT + 4));
    assert_int_equal(guest_get32(&guest, AT), READER);
    assert_int_equal(guest_get32(&guest, AT + 4), WRITER);
    memset(guest.bytes, 0, sizeof guest.bytes);
    guest_put_vec(&guest, VEC, DATA, 8);
    guest_put_vec(&guest, OUTSIDE, NO, 8);
    guest.bytes[ODD] = 99;
}

static void of_two_faults_the_one_that_comes_first_is_told(void **state)
{
    static unsigned char before[GUEST_MEMORY];
    int wrong = 0;
    (void)state;
    start();
    memcpy(before, guest.bytes, sizeof before);
    for (int i = 0; i < ROWS; i++) {
        const struct row *r = &rows[i];
        const struct xsock_wasix_import *import = xsock_wasix_find("wasix_32v1", r->name);
        uint64_t args[ARGS];
        assert_non_null(import);
        for (int a = 0; a < ARGS; a++)
            args[a] = (uint64_t)r->args[a];
        uint32_t e = import->call(guest.process, &guest.memory, args);
        bool fine = e == (uint32_t)r->error && memcmp(before, guest.bytes, sizeof before) == 0;
        if (!fine)
            print_message("%s, %s: errno %u (%s)\n", r->name, r->faults, (unsigned)e,
                          xsock_errname((int)e));
        wrong += !fine;
    }
    assert_int_equal(wrong, 0);
    ASSERT_RESULT(XSOCK_WASIX_OWNER_NONE, xsock_wasix_owner(guest.process, WRITER + 1));
    guest_stop(&guest);
}

static bool has_row(const char *name)
{
    for (int i = 0; i < ROWS; i++)
        if (strcmp(rows[i].name, name) == 0)
            return true;
    for (size_t i = 0; i < sizeof exempt / sizeof *exempt; i++)
        if (strcmp(exempt[i], name) == 0)
            return true;
    return false;
}

static void every_call_has_its_rows(void **state)
{
    size_t count;
    const struct xsock_wasix_import *imports = xsock_wasix_imports(&count);
    (void)state;
    for (size_t i = 0; i < count; i++)
        ASSERT_THAT(has_row(imports[i].name), "%s has no row", imports[i].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(of_two_faults_the_one_that_comes_first_is_told),
        TEST(every_call_has_its_rows),
    };
    return cmocka_run_group_tests_name("wasix call faults", tests, NULL, NULL);
}
