#include "bad_input.h"

#include <limits.h>

#include "harness.h"
#include "xsock_native.h"

/* ---- What must not change -------------------------------------------------------------------- */

enum { LOOKED_AT = 40 };

struct snapshot {
    int flags[LOOKED_AT], limit, oserror;
    uintptr_t handle[LOOKED_AT];
};

static struct snapshot take_snapshot(void)
{
    struct snapshot s;
    memset(&s, 0, sizeof s);
    for (int d = 0; d < LOOKED_AT; d++) {
        s.flags[d] = xsock_get_flags(d);
        xsock_native(d, &s.handle[d]);
    }
    s.limit = xsock_get_limit();
    s.oserror = xsock_oserror();
    return s;
}

static void assert_same(const struct snapshot *before)
{
    struct snapshot now = take_snapshot();
    assert_memory_equal(before, &now, sizeof now);
}

/* The call must give exactly this error, and change nothing. */
#define ASSERT_REFUSED(expected, call)                 \
    do {                                               \
        struct snapshot before_call = take_snapshot(); \
        ASSERT_RESULT((expected), call);               \
        assert_same(&before_call);                     \
    } while (0)

/* 3 is open, 4 is CLOEXEC, 5 was open and is closed, 6 is NONBLOCK. */
static void open_some(void)
{
    ASSERT_RESULT(3, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(4, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0));
    ASSERT_RESULT(5, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(6, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0));
    ASSERT_RESULT(0, xsock_close(5));
}

static void close_some(void)
{
    ASSERT_RESULT(0, xsock_close(3));
    ASSERT_RESULT(0, xsock_close(4));
    ASSERT_RESULT(0, xsock_close(6));
    assert_int_equal(harness_descriptors(LOOKED_AT), 0);
}

static const int not_open[] = {INT_MIN,
                               INT_MIN + 1,
                               -4096,
                               -1,
                               0,
                               1,
                               2,
                               5,
                               7,
                               63,
                               64,
                               4095,
                               4096,
                               1 << 20,
                               (1 << 24) - 1,
                               1 << 24,
                               (1 << 24) + 1,
                               1 << 30,
                               INT_MAX - 64,
                               INT_MAX - 63,
                               INT_MAX - 1,
                               INT_MAX};
enum { NOT_OPEN = sizeof not_open / sizeof *not_open };

static const int bad_flags[] = {1,       2,       XSOCK_SOCK_RDM, 0x1000, 0x8000, 0x2001,
                                0x10000, 1 << 30, INT_MIN,        -1,     INT_MAX};
enum { BAD_FLAGS = sizeof bad_flags / sizeof *bad_flags };

/* ---- Tests ----------------------------------------------------------------------------------- */

void a_descriptor_that_is_not_open_is_refused_by_every_call(void **state)
{
    (void)state;
    open_some();
    for (int i = 0; i < NOT_OPEN; i++) {
        int d = not_open[i];
        uintptr_t handle = 77;
        int64_t at;
        ASSERT_REFUSED(-XSOCK_EBADF, xsock_close(d));
        ASSERT_REFUSED(-XSOCK_EBADF, xsock_get_flags(d));
        ASSERT_REFUSED(-XSOCK_EBADF, xsock_set_flags(d, 0));
        ASSERT_REFUSED(-XSOCK_EBADF, xsock_dup(d, 0, 0));
        ASSERT_REFUSED(-XSOCK_EBADF, xsock_dup2(d, 3, 0));
        ASSERT_REFUSED(-XSOCK_EBADF, xsock_dup2(d, d, 0));
        ASSERT_REFUSED(-XSOCK_EBADF, xsock_connect_result(d));
        ASSERT_REFUSED(-XSOCK_EBADF, xsock_set_deadline(d, XSOCK_DEADLINE_RECV, 0));
        ASSERT_REFUSED(-XSOCK_EBADF, xsock_get_deadline(d, XSOCK_DEADLINE_RECV, &at));
        ASSERT_REFUSED(-XSOCK_EBADF, xsock_native(d, &handle));
        ASSERT_REFUSED(-XSOCK_EBADF, xsock_release(d, &handle));
        assert_int_equal(handle, 77);
    }
    close_some();
}

void null_where_something_must_be_is_refused(void **state)
{
    (void)state;
    open_some();
    ASSERT_REFUSED(-XSOCK_EFAULT, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, NULL));
    ASSERT_REFUSED(-XSOCK_EFAULT, xsock_native(3, NULL));
    ASSERT_REFUSED(-XSOCK_EFAULT, xsock_release(3, NULL));
    ASSERT_REFUSED(-XSOCK_EFAULT, xsock_catalog(NULL, NULL));
    ASSERT_REFUSED(-XSOCK_EFAULT, xsock_native_triple(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, NULL));
    ASSERT_REFUSED(-XSOCK_EFAULT, xsock_errnumber(NULL));
    close_some();
}

void unknown_flags_are_refused(void **state)
{
    uintptr_t h = bad_input_system.make_socket();
    (void)state;
    open_some();
    for (int i = 0; i < BAD_FLAGS; i++) {
        int flags = bad_flags[i];
        ASSERT_REFUSED(-XSOCK_EINVAL, xsock_set_flags(3, flags));
        ASSERT_REFUSED(-XSOCK_EINVAL, xsock_dup(3, 0, flags));
        ASSERT_REFUSED(-XSOCK_EINVAL, xsock_dup2(3, 4, flags));
        ASSERT_REFUSED(-XSOCK_EINVAL, xsock_dup2(3, 3, flags));
        ASSERT_REFUSED(-XSOCK_EINVAL, xsock_adopt(h, flags));
    }
    /* NONBLOCK belongs to the socket, which a duplicate shares. */
    ASSERT_REFUSED(-XSOCK_EINVAL, xsock_dup(3, 0, XSOCK_SOCK_NONBLOCK));
    ASSERT_REFUSED(-XSOCK_EINVAL, xsock_dup2(3, 4, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK));
    ASSERT_REFUSED(-XSOCK_EINVAL, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | 0x8000, 0));
    ASSERT_REFUSED(-XSOCK_EINVAL, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | INT_MIN, 0));
    bad_input_system.close_socket(h);
    close_some();
}

void minimums_and_targets_out_of_range_are_refused(void **state)
{
    int limit = xsock_get_limit();
    const int outside[] = {INT_MIN, -1, limit, limit + 1, INT_MAX};
    (void)state;
    open_some();
    for (int i = 0; i < 5; i++) {
        ASSERT_REFUSED(-XSOCK_EINVAL, xsock_dup(3, outside[i], 0));
        ASSERT_REFUSED(-XSOCK_EBADF, xsock_dup2(3, outside[i], 0));
    }
    for (int to = 0; to < 3; to++)
        ASSERT_REFUSED(-XSOCK_EBADF, xsock_dup2(3, to, 0));
    ASSERT_REFUSED(3, xsock_dup2(3, 3, 0)); /* allowed: the call changes nothing */
    ASSERT_REFUSED(4, xsock_dup2(4, 4, 0));
    close_some();
}

void limits_out_of_range_are_refused(void **state)
{
    static const int refused[] = {INT_MIN, -1, 0, 1, 2, 3, 4, 5, 6};
    int before = xsock_get_limit();
    (void)state;
    open_some();
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        ASSERT_REFUSED(-XSOCK_EINVAL, xsock_set_limit(refused[i]));
    ASSERT_RESULT(0, xsock_set_limit(7));
    ASSERT_RESULT(7, xsock_get_limit());
    ASSERT_RESULT(5, xsock_dup(3, 0, 0));
    ASSERT_REFUSED(-XSOCK_EMFILE, xsock_dup(3, 0, 0));
    ASSERT_REFUSED(-XSOCK_EINVAL, xsock_dup(3, 7, 0));
    ASSERT_REFUSED(-XSOCK_EBADF, xsock_dup2(3, 7, 0));
    ASSERT_RESULT(0, xsock_close(5));
    ASSERT_RESULT(0, xsock_set_limit(INT_MAX));
    ASSERT_RESULT(INT_MAX, xsock_get_limit());
    ASSERT_RESULT(0, xsock_set_limit(before));
    close_some();
    ASSERT_RESULT(0, xsock_set_limit(3)); /* nothing is open, so the limit may be this low */
    ASSERT_REFUSED(-XSOCK_EMFILE, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(0, xsock_set_limit(before));
}

void a_full_table_says_so_after_what_is_wrong_with_the_arguments(void **state)
{
    uintptr_t h = bad_input_system.make_socket();
    int out[2] = {-7, -7}, before = xsock_get_limit();
    (void)state;
    open_some();
    ASSERT_RESULT(0, xsock_set_limit(7));
    /* one number is free, and two are needed */
    ASSERT_REFUSED(-XSOCK_EMFILE, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, out));
    ASSERT_RESULT(5, xsock_dup(3, 0, 0));
    ASSERT_REFUSED(-XSOCK_EMFILE, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_REFUSED(-XSOCK_EMFILE, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM, 0, out));
    ASSERT_REFUSED(-XSOCK_EMFILE, xsock_adopt(h, 0));
    ASSERT_REFUSED(0, xsock_probe(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_REFUSED(-XSOCK_EINVAL, xsock_open(XSOCK_AF_INET, -1, 0));
    ASSERT_REFUSED(-XSOCK_EAFNOSUPPORT, xsock_open(9999, XSOCK_SOCK_DGRAM, 0));
    ASSERT_REFUSED(-XSOCK_ESOCKTNOSUPPORT, xsock_open(XSOCK_AF_INET, 0, 0));
    ASSERT_REFUSED(-XSOCK_EPROTONOSUPPORT, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 6));
    ASSERT_REFUSED(-XSOCK_EINVAL, xsock_pair(XSOCK_AF_LOCAL, -1, 0, out));
    ASSERT_REFUSED(-XSOCK_EPROTONOSUPPORT, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 6, out));
    ASSERT_REFUSED(-XSOCK_EOPNOTSUPP, xsock_pair(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, out));
    assert_true(out[0] == -7 && out[1] == -7);
    ASSERT_RESULT(4, xsock_dup2(3, 4, XSOCK_SOCK_CLOEXEC)); /* needs no new number */
    ASSERT_RESULT(0, xsock_set_limit(before));
    ASSERT_RESULT(0, xsock_close(5));
    bad_input_system.close_socket(h);
    close_some();
}

/* The descriptor, pointers, other arguments, the system. */
void what_is_wrong_is_judged_in_order(void **state)
{
    (void)state;
    open_some();
    ASSERT_REFUSED(-XSOCK_EBADF, xsock_native(5, NULL));
    ASSERT_REFUSED(-XSOCK_EBADF, xsock_release(5, NULL));
    ASSERT_REFUSED(-XSOCK_EBADF, xsock_set_flags(5, -1));
    ASSERT_REFUSED(-XSOCK_EBADF, xsock_dup(5, -1, -1));
    ASSERT_REFUSED(-XSOCK_EBADF, xsock_dup2(5, -1, -1));
    ASSERT_REFUSED(-XSOCK_EBADF, xsock_dup2(3, -1, -1));
    ASSERT_REFUSED(-XSOCK_EFAULT, xsock_pair(-1, -1, -1, NULL));
    ASSERT_REFUSED(-XSOCK_EFAULT, xsock_native_triple(-1, -1, -1, NULL));
    close_some();
}

void what_was_released_or_closed_is_open_no_more(void **state)
{
    uintptr_t h = 0;
    (void)state;
    open_some();
    ASSERT_RESULT(0, xsock_release(3, &h));
    ASSERT_REFUSED(-XSOCK_EBADF, xsock_release(3, &h));
    ASSERT_REFUSED(-XSOCK_EBADF, xsock_close(3));
    ASSERT_RESULT(3, xsock_adopt(h, 0));
    close_some();
    ASSERT_REFUSED(-XSOCK_EBADF, xsock_close(3));
    ASSERT_REFUSED(-XSOCK_EBADF, xsock_dup2(3, 4, 0));
}
