/* Options on the fake system: the system calls that the core makes, the values that the core stores
 * itself, and that a refused call changes nothing. */
#include "fake_options.h"
#include "fake_sys.h"
#include "harness.h"
#include "call/call.h"
#include "api/library.h"
#include "socket/option.h"
#include "socket/sock.h"
#include "xsock_native.h"

enum { MS = 1000 * 1000 };

static int setup(void **state)
{
    fake_options_reset();
    return fake_setup(state);
}
#define OPTION_TEST(f) cmocka_unit_test_setup_teardown(f, setup, fake_teardown)

static int open_udp(void)
{
    return ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
}

static int open_tcp(void)
{
    return ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
}

/* ---- Options that the library stores --------------------------------------------------------- */

static void timeouts_are_kept_and_the_system_is_not_asked(void **state)
{
    static const int timeouts[] = {XSOCK_SO_RCVTIMEO, XSOCK_SO_SNDTIMEO, XSOCK_SO_CONNTIMEO,
                                   XSOCK_SO_ACCPTIMEO};
    int d = open_udp(), other = ASSERT_OPENS(xsock_dup(d, 0, 0));
    int64_t got;
    (void)state;
    fake_options_refuse(FAKE_EIO);
    for (int i = 0; i < 4; i++) {
        ASSERT_RESULT(0, xsock_get_opt_time(d, timeouts[i], &got));
        assert_int_equal(got, -1);
        ASSERT_RESULT(0, xsock_set_opt_time(d, timeouts[i], i));
    }
    for (int i = 0; i < 4; i++) {
        ASSERT_RESULT(-XSOCK_EINVAL, xsock_set_opt_time(d, timeouts[i], -2));
        /* A timeout belongs to the socket, not to the descriptor. */
        ASSERT_RESULT(0, xsock_get_opt_time(other, timeouts[i], &got));
        assert_int_equal(got, i);
    }
    assert_int_equal(fake_options_calls(), 0);
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(other));
}

static void reuse_is_kept_once_the_system_has_taken_it(void **state)
{
    int d = open_tcp(), pair[2];
    bool on = false;
    (void)state;
    fake_options_refuse(FAKE_EACCES);
    ASSERT_RESULT(-XSOCK_EACCES, xsock_set_opt_flag(d, XSOCK_SO_REUSEADDR, true));
    fake_options_refuse(0);
    ASSERT_RESULT(0, xsock_get_opt_flag(d, XSOCK_SO_REUSEADDR, &on));
    assert_false(on);
    ASSERT_RESULT(0, xsock_set_opt_flag(d, XSOCK_SO_REUSEADDR, true));
    fake_options_refuse(FAKE_EIO); /* stored, so that it is read without a system call */
    ASSERT_RESULT(0, xsock_get_opt_flag(d, XSOCK_SO_REUSEADDR, &on));
    assert_true(on);
    /* LOCAL has no addresses to reuse, so no system call is made. */
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair));
    ASSERT_RESULT(0, xsock_get_opt_flag(pair[0], XSOCK_SO_REUSEADDR, &on));
    assert_false(on);
    ASSERT_RESULT(0, xsock_set_opt_flag(pair[0], XSOCK_SO_REUSEADDR, true));
    ASSERT_RESULT(0, xsock_get_opt_flag(pair[0], XSOCK_SO_REUSEADDR, &on));
    assert_true(on);
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(pair[0]));
    ASSERT_RESULT(0, xsock_close(pair[1]));
}

static void keep_alive_times_are_told_to_a_system_that_forgets_them(void **state)
{
    int d = open_tcp();
    (void)state;
    ASSERT_RESULT(0, xsock_set_opt_time(d, XSOCK_SO_KEEPIDLE, 60 * MS));
    assert_int_equal(fake_options_last().target.keep_idle_ms, -1); /* as before */
    ASSERT_RESULT(0, xsock_set_opt_time(d, XSOCK_SO_KEEPINTVL, 10 * MS));
    assert_int_equal(fake_options_last().target.keep_idle_ms, 60);
    fake_options_refuse(FAKE_ENOBUFS);
    ASSERT_RESULT(-XSOCK_ENOBUFS, xsock_set_opt_time(d, XSOCK_SO_KEEPINTVL, 20 * MS));
    fake_options_refuse(0);
    ASSERT_RESULT(0, xsock_set_opt_flag(d, XSOCK_SO_KEEPALIVE, true));
    assert_int_equal(fake_options_last().target.keep_interval_ms, 10);
    ASSERT_RESULT(0, xsock_close(d));
}

/* ---- Arguments that are checked before any system call --------------------------------------- */

static int set(int d, const struct xsock__option *o, int64_t value)
{
    return o->kind == XSOCK_OPT_TIME ? xsock_set_opt_time(d, o->number, value)
                                     : xsock_set_opt_size(d, o->number, (uint64_t)value);
}

/* Every number that is just out of range, and a few that are far out of range. */
static void values_out_of_range_never_reach_the_system(void **state)
{
    const int sockets[] = {open_tcp(), open_udp(),
                           ASSERT_OPENS(xsock_open(XSOCK_AF_INET6, XSOCK_SOCK_DGRAM, 0))};
    int judged = 0;
    (void)state;
    for (int number = 0; number < 0x200; number++) {
        const struct xsock__option *o = xsock__option_find(number);
        if (o == NULL || o->kind == XSOCK_OPT_FLAG)
            continue;
        for (int i = 0; i < 3; i++) {
            const int64_t bad[] = {o->min == -2 ? 0 : o->min - 1,
                                   o->max == INT64_MAX ? -2 : o->max + 1, INT64_MIN, INT64_MIN + 1};
            for (int b = 0; b < 4; b++) {
                int rc = set(sockets[i], o, bad[b]);
                ASSERT_THAT(rc == -XSOCK_EINVAL || rc == -XSOCK_ENOPROTOOPT, "%s, %lld: %s",
                            xsock_opt_name(number), (long long)bad[b], harness_name(rc));
                judged += rc == -XSOCK_EINVAL;
            }
        }
    }
    ASSERT_THAT(judged > 100, "%d", judged);
    assert_int_equal(fake_options_calls(), 0);
    for (int i = 0; i < 3; i++)
        ASSERT_RESULT(0, xsock_close(sockets[i]));
}

static void onlyv6_comes_too_late_for_a_socket_with_an_address(void **state)
{
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET6, XSOCK_SOCK_DGRAM, 0));
    struct xsock__fd *fd = xsock__fdtab_get(xsock__library_table(), d);
    (void)state;
    ASSERT_RESULT(0, xsock_set_opt_flag(d, XSOCK_SO_ONLYV6, true));
    xsock__sock_becomes(fd->held.sock, XSOCK__SOCK_BOUND, 0);
    xsock__fdtab_put(xsock__library_table(), fd);
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_set_opt_flag(d, XSOCK_SO_ONLYV6, false));
    assert_int_equal(fake_options_calls(), 1);
    ASSERT_RESULT(0, xsock_close(d));
}

/* ---- Errors of the system -------------------------------------------------------------------- */

static void the_systems_answer_is_made_uniform(void **state)
{
    static const struct {
        int code, error;
    } rows[] = {
        {XSOCK__SYS_NO_OPTION, -XSOCK_ENOPROTOOPT},
        {FAKE_EOPNOTSUPP, -XSOCK_ENOPROTOOPT},
        {FAKE_EPERM, -XSOCK_EACCES},
        {FAKE_EINVAL, -XSOCK_EINVAL},
        {FAKE_ENOBUFS, -XSOCK_ENOBUFS},
        {FAKE_EUNLISTED, -XSOCK_EUNKNOWN},
    };
    int d = open_tcp();
    struct xsock_addr group = {.family = XSOCK_AF_INET, .length = 4, .data = {239, 1, 2, 3}};
    int udp = open_udp();
    bool flag = true;
    uint64_t size = 7;
    char text[64] = "untouched";
    uint32_t index = 7;
    struct xsock_tcp_info info = {.state = 7};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fake_options_refuse(rows[i].code);
        ASSERT_RESULT(rows[i].error, xsock_set_opt_flag(d, XSOCK_SO_NODELAY, true));
        ASSERT_RESULT(rows[i].error, xsock_get_opt_flag(d, XSOCK_SO_NODELAY, &flag));
        ASSERT_RESULT(rows[i].error, xsock_set_opt_size(d, XSOCK_SO_RCVBUF, 1));
        ASSERT_RESULT(rows[i].error, xsock_get_opt_size(d, XSOCK_SO_RCVBUF, &size));
        ASSERT_RESULT(rows[i].error, xsock_set_congestion(d, "reno"));
        ASSERT_RESULT(rows[i].error, xsock_get_congestion(d, text, sizeof text));
        ASSERT_RESULT(rows[i].error, xsock_set_device(d, 0));
        ASSERT_RESULT(rows[i].error, xsock_get_device(d, &index));
        ASSERT_RESULT(rows[i].error, xsock_get_tcp_info(d, &info));
        ASSERT_RESULT(rows[i].error, xsock_set_multicast_if(udp, 0));
        ASSERT_RESULT(rows[i].error, xsock_get_multicast_if(udp, &index));
        ASSERT_RESULT(rows[i].error, xsock_join_group(udp, &group, NULL, 0));
        ASSERT_RESULT(rows[i].error, xsock_leave_group(udp, &group, NULL, 0));
    }
    assert_true(flag && size == 7 && index == 7 && info.state == 7);
    assert_string_equal(text, "untouched");
    ASSERT_RESULT(0, xsock_close(d));
    ASSERT_RESULT(0, xsock_close(udp));
}

static void where_multicast_leaves_is_asked_of_the_system_and_else_remembered(void **state)
{
    int udp = open_udp(), twin = ASSERT_OPENS(xsock_dup(udp, 0, 0));
    uintptr_t h;
    uint32_t index = 3;
    (void)state;
    ASSERT_RESULT(0, xsock_native(udp, &h));
    ASSERT_RESULT(0, xsock_get_multicast_if(udp, &index));
    assert_int_equal(0, index);
    ASSERT_RESULT(0, xsock_set_multicast_if(udp, 7));
    fake_options_set_multicast_if(h, 9);
    ASSERT_RESULT(0, xsock_get_multicast_if(udp, &index));
    assert_int_equal(9, index);
    fake_options_hide_multicast_if();
    ASSERT_RESULT(0, xsock_get_multicast_if(twin, &index));
    assert_int_equal(7, index);
    fake_options_refuse(FAKE_EIO);
    ASSERT_RESULT(-XSOCK_EIO, xsock_set_multicast_if(udp, 0));
    fake_options_refuse(0);
    ASSERT_RESULT(0, xsock_get_multicast_if(udp, &index));
    assert_int_equal(7, index);
    ASSERT_RESULT(0, xsock_set_multicast_if(twin, 0));
    ASSERT_RESULT(0, xsock_get_multicast_if(udp, &index));
    assert_int_equal(0, index);
    ASSERT_RESULT(0, xsock_close(udp));
    ASSERT_RESULT(0, xsock_close(twin));
}

static void what_is_not_there_is_not_the_systems_code(void **state)
{
    int d = open_tcp(), before;
    (void)state;
    fake_options_refuse(FAKE_EIO);
    ASSERT_RESULT(-XSOCK_EIO, xsock_set_opt_flag(d, XSOCK_SO_NODELAY, true));
    before = xsock_oserror();
    assert_int_equal(before, FAKE_EIO);
    fake_options_refuse(XSOCK__SYS_NO_OPTION);
    ASSERT_RESULT(-XSOCK_ENOPROTOOPT, xsock_set_opt_flag(d, XSOCK_SO_NODELAY, true));
    assert_int_equal(xsock_oserror(), before);
    ASSERT_RESULT(0, xsock_close(d));
}

static void a_size_that_the_system_does_not_know_yet_is_no_data(void **state)
{
    int d = open_udp();
    uint64_t cpu = 7;
    struct xsock__sys_target target;
    (void)state;
    ASSERT_RESULT(0, xsock_set_opt_size(d, XSOCK_SO_INCOMING_CPU, 3));
    ASSERT_RESULT(0, xsock_get_opt_size(d, XSOCK_SO_INCOMING_CPU, &cpu));
    assert_int_equal(cpu, 3);
    target = fake_options_last().target;
    assert_int_equal(xsock__sys_set_option(&target, XSOCK_SO_INCOMING_CPU, -1), 0);
    ASSERT_RESULT(-XSOCK_ENODATA, xsock_get_opt_size(d, XSOCK_SO_INCOMING_CPU, &cpu));
    assert_int_equal(cpu, 3);
    ASSERT_RESULT(0, xsock_close(d));
}

static void what_tcp_does_not_tell_is_minus_one(void **state)
{
    const struct xsock_tcp_info expected = {
        XSOCK_TCP_SYN_SENT, 12345, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, {0}};
    int d = open_tcp();
    struct xsock_tcp_info info;
    (void)state;
    fake_options_tcp(XSOCK_TCP_SYN_SENT, 12345);
    ASSERT_RESULT(0, xsock_get_tcp_info(d, &info));
    assert_memory_equal(&info, &expected, sizeof info);
    ASSERT_RESULT(0, xsock_close(d));
}

/* ---- Groups ---------------------------------------------------------------------------------- */

static void a_groups_port_is_left_out_and_its_scope_tells_the_interface(void **state)
{
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET6, XSOCK_SOCK_DGRAM, 0));
    struct xsock_addr group = {.family = XSOCK_AF_INET6, .length = 16, .data = {0xff, 2}}, seen;
    struct xsock_addr source = {.family = XSOCK_AF_INET6, .length = 16, .data = {0xfe, 0x80}};
    char name[XSOCK__IF_NAME_SIZE];
    (void)state;
    for (group.scope = 1; group.scope < 100; group.scope++)
        if (xsock__sys_if_name(group.scope, name) == 0 && name[0] != '\0')
            break;
    assert_true(group.scope < 100);
    group.port = 7;
    group.flow = 8;
    ASSERT_RESULT(0, xsock_join_group(d, &group, &source, 0));
    assert_true(fake_options_last().join);
    assert_true(fake_options_last().group.has_source);
    assert_int_equal(fake_options_last().group.index, group.scope);
    struct xsock__sys_group g = fake_options_last().group;
    assert_int_equal(xsock__sys_addr_from_native(&g.group, &seen), 0);
    assert_true(seen.port == 0 && seen.flow == 0 && memcmp(seen.data, group.data, 16) == 0);
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_leave_group(d, &group, NULL, group.scope + 1));
    ASSERT_RESULT(0, xsock_leave_group(d, &group, NULL, group.scope));
    assert_false(fake_options_last().join);
    assert_false(fake_options_last().group.has_source);
    ASSERT_RESULT(0, xsock_close(d));
}

/* ---- Broadcast ------------------------------------------------------------------------------- */

/* The fake system, as some others, refuses no address that datagrams may be sent to. */
static void connecting_to_the_broadcast_address_needs_the_option(void **state)
{
    const struct xsock_addr everybody = {
        .family = XSOCK_AF_INET, .port = 9, .length = 4, .data = {255, 255, 255, 255}};
    const struct xsock_addr mapped = {.family = XSOCK_AF_INET6,
                                      .port = 9,
                                      .length = 16,
                                      .data = {[10] = 255, 255, 255, 255, 255, 255}};
    (void)state;
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET6, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(-XSOCK_EACCES, xsock_connect(d, &mapped));
    assert_int_equal(xsock_error_to_os(XSOCK_EACCES), xsock_oserror());
    ASSERT_RESULT(0, xsock_close(d));
    d = open_udp();
    ASSERT_RESULT(-XSOCK_EACCES, xsock_connect(d, &everybody));
    ASSERT_RESULT(0, xsock_set_opt_flag(d, XSOCK_SO_BROADCAST, true));
    ASSERT_RESULT(0, xsock_connect(d, &everybody));
    ASSERT_RESULT(0, xsock_close(d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OPTION_TEST(timeouts_are_kept_and_the_system_is_not_asked),
        OPTION_TEST(reuse_is_kept_once_the_system_has_taken_it),
        OPTION_TEST(keep_alive_times_are_told_to_a_system_that_forgets_them),
        OPTION_TEST(values_out_of_range_never_reach_the_system),
        OPTION_TEST(onlyv6_comes_too_late_for_a_socket_with_an_address),
        OPTION_TEST(the_systems_answer_is_made_uniform),
        OPTION_TEST(where_multicast_leaves_is_asked_of_the_system_and_else_remembered),
        OPTION_TEST(what_is_not_there_is_not_the_systems_code),
        OPTION_TEST(a_size_that_the_system_does_not_know_yet_is_no_data),
        OPTION_TEST(what_tcp_does_not_tell_is_minus_one),
        OPTION_TEST(a_groups_port_is_left_out_and_its_scope_tells_the_interface),
        OPTION_TEST(connecting_to_the_broadcast_address_needs_the_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
