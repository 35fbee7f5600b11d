/* A guest's descriptors: duplicates, numbers, kinds and flags. */
#include "guests.h"

#include <string.h>

enum { OUT = 4096, DONE = 4200, VEC = 4300, DATA = 8192, END = GUEST_MEMORY };
enum { NONBLOCK = 4, CLOEXEC = 1 };

static int open_socket(int type)
{
    ASSERT_ERRNO(0, CALL4(&guest, "sock_open", XSOCK_AF_INET, type, 0, OUT));
    return (int)guest_get32(&guest, OUT);
}

static void make_pipe(int out[2])
{
    ASSERT_ERRNO(0, CALL2(&guest, "fd_pipe", OUT, OUT + 4));
    out[0] = (int)guest_get32(&guest, OUT);
    out[1] = (int)guest_get32(&guest, OUT + 4);
}

static int make_epoll(void)
{
    ASSERT_ERRNO(0, CALL1(&guest, "epoll_create", OUT));
    return (int)guest_get32(&guest, OUT);
}

static uint32_t write_some(int d, uint64_t len)
{
    guest_put_vec(&guest, VEC, DATA, len);
    return CALL4(&guest, "fd_write", d, VEC, 1, DONE);
}

/* Reads the bytes that were written to the other end of a pipe. */
static void assert_reads(uint32_t expected, int d)
{
    guest_put_vec(&guest, VEC, DATA, 100);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_read", d, VEC, 1, DONE));
    assert_int_equal(guest_get32(&guest, DONE), expected);
}

static uint32_t flags_of(int d)
{
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_get", d, OUT));
    return guest.bytes[OUT + 2] | (uint32_t)guest.bytes[OUT + 3] << 8;
}

static uint32_t cloexec_of(int d)
{
    guest_put32(&guest, OUT, 0xffffffff);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdflags_get", d, OUT));
    assert_int_equal(guest_get32(&guest, OUT) >> 16, 0xffff); /* 16 bits are written, and no more */
    return guest_get32(&guest, OUT) & 0xffff;
}

/* ---- Duplicates ------------------------------------------------------------------------------ */

static void a_duplicate_takes_the_lowest_number(void **state)
{
    int d = open_socket(XSOCK_SOCK_STREAM);
    (void)state;
    ASSERT_ERRNO(0, CALL2(&guest, "fd_dup", d, OUT));
    assert_int_equal(guest_get32(&guest, OUT), 4);
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", 3));
    ASSERT_ERRNO(0, CALL2(&guest, "fd_dup", 4, OUT));
    assert_int_equal(guest_get32(&guest, OUT), 3);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_set_flags", 3, NONBLOCK));
    assert_int_equal(flags_of(4), NONBLOCK); /* the flag belongs to the socket */
}

static void the_lowest_number_may_be_asked_for(void **state)
{
    static const struct xsock_wasix_config config = {.max_descriptors = 65536};
    guest_stop(&guest); /* the default depends on the limit of the process */
    guest_start(&guest, &config);
    int d = open_socket(XSOCK_SOCK_STREAM);
    (void)state;
    ASSERT_ERRNO(0, CALL4(&guest, "fd_dup2", d, 10, 0, OUT));
    assert_int_equal(guest_get32(&guest, OUT), 10);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_dup2", d, 10, 1, OUT));
    assert_int_equal(guest_get32(&guest, OUT), 11);
    assert_int_equal(cloexec_of(10), 0);
    assert_int_equal(cloexec_of(11), CLOEXEC);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_dup2", d, 0, 0, OUT)); /* 0 to 2 belong to the engine */
    assert_int_equal(guest_get32(&guest, OUT), 4);
    guest_put32(&guest, OUT, 77);
    ASSERT_ERRNO(XSOCK_EINVAL, CALL4(&guest, "fd_dup2", d, UINT32_MAX, 0, OUT));
    ASSERT_ERRNO(XSOCK_EINVAL, CALL4(&guest, "fd_dup2", d, 65536, 0, OUT));
    ASSERT_ERRNO(XSOCK_EINVAL, CALL4(&guest, "fd_dup2", d, 0, 2, OUT));
    assert_int_equal(guest_get32(&guest, OUT), 77);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_dup2", d, 65535, 0, OUT));
    ASSERT_ERRNO(XSOCK_EMFILE, CALL4(&guest, "fd_dup2", d, 65535, 0, OUT));
    ASSERT_RESULT(XSOCK_WASIX_OWNER_NONE, xsock_wasix_owner(guest.process, 5));
}

/* ---- Renumbering ----------------------------------------------------------------------------- */

static void a_number_moves_onto_another_which_is_closed(void **state)
{
    int a[2], b[2];
    (void)state;
    make_pipe(a);
    make_pipe(b);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdflags_set", a[1], CLOEXEC));
    ASSERT_ERRNO(0, CALL2(&guest, "fd_renumber", a[1], b[1]));
    ASSERT_ERRNO(XSOCK_EBADF, CALL1(&guest, "fd_close", a[1]));
    assert_int_equal(cloexec_of(b[1]), CLOEXEC);
    ASSERT_ERRNO(0, write_some(b[1], 5));
    assert_reads(5, a[0]);
    assert_reads(0, b[0]); /* no process writes to it any more */
    ASSERT_ERRNO(0, CALL2(&guest, "fd_dup", a[0], OUT));
    assert_int_equal(guest_get32(&guest, OUT), a[1]); /* which is free */
}

static void what_can_not_be_renumbered_stays(void **state)
{
    int d[2], epoll = make_epoll();
    (void)state;
    make_pipe(d);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_renumber", d[0], d[0]));
    ASSERT_ERRNO(XSOCK_EBADF, CALL2(&guest, "fd_renumber", 20, 20));
    ASSERT_ERRNO(XSOCK_EBADF, CALL2(&guest, "fd_renumber", d[0], 20));
    ASSERT_ERRNO(XSOCK_EBADF, CALL2(&guest, "fd_renumber", 20, d[0]));
    ASSERT_ERRNO(XSOCK_EBADF, CALL2(&guest, "fd_renumber", d[0], UINT32_MAX));
    /* This error comes before the report that 1 belongs to the engine. */
    ASSERT_ERRNO(XSOCK_EBADF, CALL2(&guest, "fd_renumber", 1, 20));
    ASSERT_ERRNO(XSOCK_EBADF, CALL2(&guest, "fd_renumber", 20, 1));
    ASSERT_ERRNO(XSOCK_WASIX_CALL_ENGINE, CALL2(&guest, "fd_renumber", 1, d[0]));
    ASSERT_ERRNO(XSOCK_WASIX_CALL_ENGINE, CALL2(&guest, "fd_renumber", d[0], 1));
    ASSERT_ERRNO(XSOCK_WASIX_CALL_ENGINE, CALL2(&guest, "fd_renumber", 1, 2));
    ASSERT_ERRNO(XSOCK_EINVAL, CALL2(&guest, "fd_renumber", epoll, d[0]));
    ASSERT_ERRNO(0, CALL2(&guest, "fd_renumber", epoll, epoll));
    ASSERT_ERRNO(0, write_some(d[1], 3));
    assert_reads(3, d[0]);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_renumber", d[0], epoll)); /* this closes the epoll */
    ASSERT_ERRNO(0, write_some(d[1], 4));
    assert_reads(4, epoll);
}

/* The steps that the engine takes if it has to do the fd_renumber itself. */
static void a_socket_moves_onto_a_file_of_the_engines(void **state)
{
    int d[2];
    (void)state;
    make_pipe(d);
    ASSERT_ERRNO(XSOCK_WASIX_CALL_ENGINE, CALL2(&guest, "fd_renumber", d[1], 1));
    ASSERT_RESULT(0, xsock_wasix_renumber(guest.process, d[1], 1));
    ASSERT_RESULT(XSOCK_WASIX_OWNER_XSOCK, xsock_wasix_owner(guest.process, 1));
    ASSERT_RESULT(XSOCK_WASIX_OWNER_NONE, xsock_wasix_owner(guest.process, d[1]));
    ASSERT_ERRNO(0, write_some(1, 6));
    assert_reads(6, d[0]);
    ASSERT_RESULT(-XSOCK_EBADF, xsock_wasix_renumber(guest.process, d[0], 1));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_wasix_renumber(guest.process, d[0], 9));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_wasix_renumber(guest.process, d[0], -1));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_wasix_renumber(guest.process, 2, 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock_wasix_renumber(guest.process, 9, 0));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock_wasix_renumber(guest.process, make_epoll(), 0));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_wasix_renumber(NULL, d[0], 0));
    ASSERT_RESULT(XSOCK_WASIX_OWNER_ENGINE, xsock_wasix_owner(guest.process, 0));
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", 1));
    ASSERT_RESULT(1, xsock_wasix_reserve(guest.process, -1));
}

/* ---- Kinds and flags ------------------------------------------------------------------------- */

static void each_kind_is_reported(void **state)
{
    enum { STREAM = 6, DGRAM = 5, READ = 2, WRITE = 64 };
    (void)state;
    memset(guest.bytes + OUT, 0xee, 25);
    ASSERT_ERRNO(0, CALL4(&guest, "sock_open", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, DATA));
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_get", 3, OUT));
    assert_int_equal(guest.bytes[OUT], STREAM);
    assert_int_equal(guest.bytes[OUT + 2], 0);
    assert_int_equal(guest.bytes[OUT + 24], 0xee);
    uint64_t rights = guest_get64(&guest, OUT + 8);
    assert_int_equal(rights & (READ | WRITE), READ | WRITE);
    assert_int_equal(rights >> 28, 0x7ff);
    assert_true(guest_get64(&guest, OUT + 16) == rights);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_get", open_socket(XSOCK_SOCK_DGRAM), OUT));
    assert_int_equal(guest.bytes[OUT], DGRAM);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_get", make_epoll(), OUT));
    assert_int_equal(guest.bytes[OUT], 0);
    ASSERT_ERRNO(0, CALL3(&guest, "fd_event", 0, 0, DATA));
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_get", guest_get32(&guest, DATA), OUT));
    assert_int_equal(guest.bytes[OUT], 0);
    rights = guest_get64(&guest, OUT + 8);
    assert_int_equal(rights & (READ | WRITE), READ | WRITE);
    assert_int_equal(rights >> 28, 0);
}

static void the_two_flags_are_apart(void **state)
{
    int d = open_socket(XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK), epoll = make_epoll();
    (void)state;
    assert_int_equal(flags_of(d), NONBLOCK);
    assert_int_equal(cloexec_of(d), 0);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdflags_set", d, CLOEXEC));
    assert_int_equal(flags_of(d), NONBLOCK);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_set_flags", d, 0));
    assert_int_equal(cloexec_of(d), CLOEXEC);
    assert_int_equal(flags_of(d), 0);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdflags_set", d, 0));
    assert_int_equal(cloexec_of(d), 0);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdflags_set", epoll, CLOEXEC));
    assert_int_equal(cloexec_of(epoll), CLOEXEC);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_set_flags", epoll, 0));
    ASSERT_ERRNO(XSOCK_EINVAL, CALL2(&guest, "fd_fdstat_set_flags", epoll, NONBLOCK));
}

static void flags_that_are_none_change_nothing(void **state)
{
    int d = open_socket(XSOCK_SOCK_STREAM);
    (void)state;
    static const uint32_t of_files[] = {1, 2, 8, 16, 31, NONBLOCK | 1};
    for (size_t i = 0; i < sizeof of_files / sizeof of_files[0]; i++)
        ASSERT_ERRNO(XSOCK_ENOTSUP, CALL2(&guest, "fd_fdstat_set_flags", d, of_files[i]));
    static const uint32_t unknown[] = {32, 0x10004, UINT32_MAX};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        ASSERT_ERRNO(XSOCK_EINVAL, CALL2(&guest, "fd_fdstat_set_flags", d, unknown[i]));
        ASSERT_ERRNO(XSOCK_EINVAL, CALL2(&guest, "fd_fdflags_set", d, unknown[i]));
    }
    ASSERT_ERRNO(XSOCK_EINVAL, CALL2(&guest, "fd_fdflags_set", d, 2));
    assert_int_equal(flags_of(d), 0);
    assert_int_equal(cloexec_of(d), 0);
}

static void rights_can_be_given_away_and_not_taken(void **state)
{
    int d[2];
    (void)state;
    make_pipe(d);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_get", d[0], OUT));
    uint64_t all = guest_get64(&guest, OUT + 8);
    ASSERT_ERRNO(0, CALL3(&guest, "fd_fdstat_set_rights", d[0], all, all));
    ASSERT_ERRNO(0, CALL3(&guest, "fd_fdstat_set_rights", d[0], 0, 0));
    ASSERT_ERRNO(XSOCK_ENOTCAPABLE, CALL3(&guest, "fd_fdstat_set_rights", d[0], all | 64, all));
    ASSERT_ERRNO(XSOCK_ENOTCAPABLE, CALL3(&guest, "fd_fdstat_set_rights", d[0], all, UINT64_MAX));
}

/* ---- Owners and positions -------------------------------------------------------------------- */

static uint32_t call_on(struct guest *g, int which, uint32_t d, uint64_t out)
{
    switch (which) {
    case 0:
        return CALL2(g, "fd_dup", d, out);
    case 1:
        return CALL4(g, "fd_dup2", d, 0, 0, out);
    case 2:
        return CALL2(g, "fd_fdstat_get", d, out);
    case 3:
        return CALL2(g, "fd_fdflags_get", d, out);
    case 4:
        return CALL2(g, "fd_fdflags_set", d, 0);
    case 5:
        return CALL2(g, "fd_fdstat_set_flags", d, 0);
    case 6:
        return CALL3(g, "fd_fdstat_set_rights", d, 0, 0);
    case 7:
        return CALL5(g, "epoll_wait", d, out, 1, 0, out);
    default:
        return CALL4(g, "epoll_ctl", d, 0, d, out);
    }
}
enum { CALLS = 9, WITH_OUT = 4 };

static void other_peoples_numbers_are_not_touched(void **state)
{
    int d = open_socket(XSOCK_SOCK_STREAM);
    (void)state;
    for (int which = 0; which < CALLS; which++) {
        ASSERT_ERRNO(XSOCK_EBADF, call_on(&other, which, (uint32_t)d, OUT));
        ASSERT_ERRNO(XSOCK_EBADF, call_on(&guest, which, UINT32_MAX, OUT));
        ASSERT_ERRNO(XSOCK_EBADF, call_on(&guest, which, 0x80000003, OUT));
        /* this error comes before that of the pointer */
        ASSERT_ERRNO(XSOCK_EBADF, call_on(&guest, which, 100000, END));
        ASSERT_ERRNO(XSOCK_WASIX_CALL_ENGINE, call_on(&guest, which, 1, END));
    }
}

static void results_go_into_memory_or_nothing_is_done(void **state)
{
    static const unsigned size[WITH_OUT] = {4, 4, 24, 2};
    int d = open_socket(XSOCK_SOCK_STREAM);
    (void)state;
    for (size_t m = 0; m < 2; m++) {
        guest.module = guest_modules[m];
        for (int which = 0; which < WITH_OUT; which++) {
            for (unsigned short_by = 1; short_by <= size[which]; short_by++)
                ASSERT_ERRNO(XSOCK_EMEMVIOLATION,
                             call_on(&guest, which, (uint32_t)d, END - size[which] + short_by));
            ASSERT_ERRNO(XSOCK_EMEMVIOLATION, call_on(&guest, which, (uint32_t)d, UINT32_MAX));
            ASSERT_ERRNO(XSOCK_EMEMVIOLATION, call_on(&guest, which, (uint32_t)d, UINT64_MAX));
        }
        ASSERT_RESULT(XSOCK_WASIX_OWNER_NONE, xsock_wasix_owner(guest.process, 4));
    }
    guest.module = "wasi_snapshot_preview1";
    ASSERT_ERRNO(XSOCK_EFAULT, call_on(&guest, 2, (uint32_t)d, END - 23));
    for (int which = 0; which < WITH_OUT; which++) {
        guest.module = guest_modules[which % 2];
        ASSERT_ERRNO(0, call_on(&guest, which, (uint32_t)d, END - size[which]));
    }
}

static void exec_closes_what_is_marked(void **state)
{
    int d = open_socket(XSOCK_SOCK_STREAM),
        marked = open_socket(XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC);
    int epoll = make_epoll(), last[2];
    (void)state;
    make_pipe(last);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdflags_set", epoll, CLOEXEC));
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdflags_set", last[1], CLOEXEC));
    ASSERT_RESULT(0, xsock_wasix_exec(guest.process));
    ASSERT_RESULT(XSOCK_WASIX_OWNER_XSOCK, xsock_wasix_owner(guest.process, d));
    ASSERT_RESULT(XSOCK_WASIX_OWNER_NONE, xsock_wasix_owner(guest.process, marked));
    ASSERT_RESULT(XSOCK_WASIX_OWNER_NONE, xsock_wasix_owner(guest.process, epoll));
    ASSERT_RESULT(XSOCK_WASIX_OWNER_XSOCK, xsock_wasix_owner(guest.process, last[0]));
    ASSERT_RESULT(XSOCK_WASIX_OWNER_NONE, xsock_wasix_owner(guest.process, last[1]));
    ASSERT_RESULT(XSOCK_WASIX_OWNER_ENGINE, xsock_wasix_owner(guest.process, 1));
    ASSERT_RESULT(-XSOCK_EFAULT, xsock_wasix_exec(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(a_duplicate_takes_the_lowest_number),
        GUEST_TEST(the_lowest_number_may_be_asked_for),
        GUEST_TEST(a_number_moves_onto_another_which_is_closed),
        GUEST_TEST(what_can_not_be_renumbered_stays),
        GUEST_TEST(a_socket_moves_onto_a_file_of_the_engines),
        GUEST_TEST(each_kind_is_reported),
        GUEST_TEST(the_two_flags_are_apart),
        GUEST_TEST(flags_that_are_none_change_nothing),
        GUEST_TEST(rights_can_be_given_away_and_not_taken),
        GUEST_TEST(other_peoples_numbers_are_not_touched),
        GUEST_TEST(results_go_into_memory_or_nothing_is_done),
        GUEST_TEST(exec_closes_what_is_marked),
    };
    return cmocka_run_group_tests_name("descriptors of guests", tests, NULL, NULL);
}
