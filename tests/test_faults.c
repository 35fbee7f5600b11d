/* Every call on a system whose nth call fails, for n = 1, 2, 3 ... until the call succeeds. The
 * error must be the right one, nothing may stay open or allocated, and the out-parameters and the
 * table must be unchanged. */
#include "call/call.h"
#include "api/library.h"
#include "fake_sys.h"
#include "harness.h"
#include "socket/sock.h"
#include "xsock_native.h"

static const int codes[] = {FAKE_EMFILE,     FAKE_ENFILE,   FAKE_ENOBUFS,    FAKE_ENOMEM,
                            FAKE_EPERM,      FAKE_EACCES,   FAKE_EINTR,      FAKE_EIO,
                            FAKE_ENETDOWN,   FAKE_EINVAL,   FAKE_EPROTOTYPE, FAKE_EAFNOSUPPORT,
                            FAKE_EOPNOTSUPP, FAKE_EUNLISTED};
enum { CODES = sizeof codes / sizeof *codes, LOOKED_AT = 12 };

/* ---- What the error must be ------------------------------------------------------------------ */

static const struct {
    int code, error, opening; /* opening: the error that xsock_open returns for it */
} translated[] = {
    {FAKE_EMFILE, XSOCK_EMFILE, XSOCK_EMFILE},
    {FAKE_ENFILE, XSOCK_ENFILE, XSOCK_ENFILE},
    {FAKE_ENOBUFS, XSOCK_ENOBUFS, XSOCK_ENOBUFS},
    {FAKE_ENOMEM, XSOCK_ENOMEM, XSOCK_ENOMEM},
    {FAKE_EPERM, XSOCK_EPERM, XSOCK_EACCES},
    {FAKE_EACCES, XSOCK_EACCES, XSOCK_EACCES},
    {FAKE_EINTR, XSOCK_EINTR, XSOCK_EINTR},
    {FAKE_EIO, XSOCK_EIO, XSOCK_EIO},
    {FAKE_ENETDOWN, XSOCK_ENETDOWN, XSOCK_ENETDOWN},
    {FAKE_EINVAL, XSOCK_EINVAL, XSOCK_EPROTONOSUPPORT},
    {FAKE_EPROTOTYPE, XSOCK_EPROTOTYPE, XSOCK_EPROTONOSUPPORT},
    {FAKE_EAFNOSUPPORT, XSOCK_EAFNOSUPPORT, XSOCK_EPROTONOSUPPORT},
    {FAKE_EOPNOTSUPP, XSOCK_EOPNOTSUPP, XSOCK_EPROTONOSUPPORT},
    {FAKE_EUNLISTED, XSOCK_EUNKNOWN, XSOCK_EUNKNOWN},
};

static int expected_error(int code)
{
    enum fake_call call = fake_failed_call();
    size_t i = 0;
    if (call == FAKE_ALLOC || call == FAKE_AT_FORK)
        return -XSOCK_ENOMEM;
    while (translated[i].code != code)
        i++;
    if (call != FAKE_OPEN && call != FAKE_PAIR)
        return -translated[i].error;
    /* The types of LOCAL have one protocol each, so a pair that fails lacks the type. */
    if (call == FAKE_PAIR && translated[i].opening == XSOCK_EPROTONOSUPPORT)
        return -XSOCK_ESOCKTNOSUPPORT;
    return -translated[i].opening;
}

/* ---- The state around a call ----------------------------------------------------------------- */

/* A table with three descriptors, namely 3, 4 (CLOEXEC), and 6, which is a duplicate of 3. Also a
 * handle made without xsock. */
struct world {
    struct xsock__fdtab *t;
    uintptr_t foreign, out_handle;
    int out[2];
};

enum { UNTOUCHED = -77 };

struct picture {
    int count, limit, flags[LOOKED_AT];
    uintptr_t handle[LOOKED_AT];
    size_t handles;
    struct fake_look foreign;
};

static void take_picture(const struct world *w, struct picture *p)
{
    memset(p, 0, sizeof *p);
    p->count = xsock__fdtab_count(w->t);
    p->limit = xsock__fdtab_limit(w->t);
    p->handles = fake_handles();
    for (int d = 0; d < LOOKED_AT; d++) {
        p->flags[d] = xsock__call_get_flags(w->t, d);
        xsock__call_native(w->t, d, &p->handle[d]);
    }
    p->foreign = fake_look(w->foreign);
}

static void assert_same(const struct picture *a, const struct picture *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->limit, b->limit);
    assert_int_equal(a->handles, b->handles);
    assert_memory_equal(a->flags, b->flags, sizeof a->flags);
    assert_memory_equal(a->handle, b->handle, sizeof a->handle);
    assert_int_equal(a->foreign.open, b->foreign.open);
    assert_int_equal(a->foreign.cloexec, b->foreign.cloexec);
    assert_int_equal(a->foreign.nonblock, b->foreign.nonblock);
    assert_int_equal(fake_locks_held(), 0);
}

static void build(struct world *w, bool empty)
{
    fake_reset();
    ASSERT_RESULT(0, xsock__lookup_create_table(&w->t));
    w->foreign = fake_make_socket(FAKE_FAMILY_BASE + XSOCK_AF_INET,
                                  FAKE_TYPE_BASE + XSOCK_SOCK_DGRAM, 0, true, false);
    w->out[0] = w->out[1] = UNTOUCHED;
    w->out_handle = UINTPTR_MAX;
    if (empty)
        return;
    ASSERT_RESULT(3, xsock__call_open(w->t, XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(4,
                  xsock__call_open(w->t, XSOCK_AF_INET, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0));
    ASSERT_RESULT(6, xsock__call_dup(w->t, 3, 6, 0));
}

static void tear_down(struct world *w)
{
    xsock__fdtab_destroy(w->t);
    if (fake_look(w->foreign).open)
        fake_close_foreign(w->foreign);
}

/* ---- The calls ------------------------------------------------------------------------------- */

static int open_inet(struct world *w)
{
    return xsock__call_open(w->t, XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);
}

static int open_with_flags(struct world *w)
{
    return xsock__call_open(w->t, XSOCK_AF_INET6,
                            XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK, 0);
}

static int open_netlink(struct world *w)
{
    return xsock__call_open(w->t, XSOCK_AF_NETLINK, XSOCK_SOCK_RAW, XSOCK_NETLINK_AUDIT);
}

static int pair_stream(struct world *w)
{
    return xsock__call_pair(w->t, XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, w->out);
}

static int pair_datagram(struct world *w)
{
    return xsock__call_pair(w->t, XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0, w->out);
}

static int dup_low(struct world *w)
{
    return xsock__call_dup(w->t, 3, 0, XSOCK_SOCK_CLOEXEC);
}

static int dup_high(struct world *w) /* for a table that has no memory yet */
{
    return xsock__call_dup(w->t, 4, 70000, 0);
}

static int dup2_free(struct world *w)
{
    return xsock__call_dup2(w->t, 4, 5000, XSOCK_SOCK_CLOEXEC);
}

static int dup2_open(struct world *w)
{
    return xsock__call_dup2(w->t, 4, 3, 0);
}

static int dup2_sibling(struct world *w)
{
    return xsock__call_dup2(w->t, 3, 6, XSOCK_SOCK_CLOEXEC);
}

static int set_flags(struct world *w)
{
    return xsock__call_set_flags(w->t, 3, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK);
}

static int adopt(struct world *w)
{
    return xsock__call_adopt(w->t, w->foreign, XSOCK_SOCK_NONBLOCK);
}

static int release(struct world *w)
{
    int r = xsock__call_release(w->t, 4, &w->out_handle);
    if (r == 0)
        fake_close_foreign(w->out_handle);
    return r;
}

static int probe(struct world *w)
{
    (void)w;
    return xsock_probe(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);
}

static int start(struct world *w)
{
    (void)w;
    return xsock_startup();
}

static const struct call {
    const char *name;
    int (*run)(struct world *w);
    int result; /* the result of success */
    /* The system calls that success takes. There is at least one, so that a failure was tried. */
    unsigned at_most;
    bool cold; /* in an empty table, with the library stopped */
} calls[] = {
    {"open", open_inet, 5, 40, false},
    {"open, the first", open_inet, 3, 40, true},
    {"open with flags", open_with_flags, 5, 40, false},
    {"open netlink", open_netlink, 5, 40, false},
    {"pair of streams", pair_stream, 0, 40, false},
    {"pair of datagrams, the first", pair_datagram, 0, 40, true},
    {"dup", dup_low, 5, 40, false},
    {"dup to a high number", dup_high, 70000, 40, false},
    {"dup2 to a free number", dup2_free, 5000, 40, false},
    {"dup2 onto another socket", dup2_open, 3, 40, false},
    {"dup2 onto a duplicate", dup2_sibling, 6, 40, false},
    {"set_flags", set_flags, 0, 40, false},
    {"adopt", adopt, 5, 40, false},
    {"adopt, the first", adopt, 3, 40, true},
    {"probe", probe, 0, 40, true},
    {"startup", start, 0, 40, true},
};
enum { CALLS = sizeof calls / sizeof *calls };

/* One try. Returns true if the nth call was not reached, and the call succeeded. */
static bool try_once(const struct call *call, unsigned n, int code)
{
    struct world w;
    struct picture before, after;
    int r, expected;
    bool failed;
    ASSERT_RESULT(0, xsock_cleanup());
    build(&w, call->cold);
    take_picture(&w, &before);
    fake_fail(FAKE_ANY_CALL, n, code);
    r = call->run(&w);
    /* The peer of an adopted socket is asked for last, and adopting succeeds without the answer. */
    failed = fake_failed() && fake_failed_call() != FAKE_PEER_ADDR;
    expected = failed ? expected_error(code) : call->result;
    ASSERT_THAT(r == expected, "%s, call %u fails with %d: %s, expected %s", call->name, n, code,
                harness_name(r), harness_name(expected));
    if (failed) {
        if (fake_failed_call() != FAKE_ALLOC)
            assert_int_equal(xsock_oserror(), code);
        assert_true(w.out[0] == UNTOUCHED && w.out[1] == UNTOUCHED && w.out_handle == UINTPTR_MAX);
        take_picture(&w, &after);
        assert_same(&before, &after);
        ASSERT_RESULT(call->result, call->run(&w)); /* and the next try succeeds as any other */
    }
    tear_down(&w);
    return !failed;
}

static void a_failure_anywhere_in_a_call_changes_nothing(void **state)
{
    (void)state;
    /* each try does this too, so the memory of sockets is freed */
    ASSERT_RESULT(0, xsock_cleanup());
    for (int c = 0; c < CALLS; c++) {
        size_t handles = fake_handles(), allocations = fake_allocations();
        for (int k = 0; k < CODES; k++) {
            unsigned n = 1;
            while (n <= calls[c].at_most && !try_once(&calls[c], n, codes[k]))
                n++;
            ASSERT_THAT(n > 1 && n <= calls[c].at_most, "%s: %u calls", calls[c].name, n);
        }
        assert_int_equal(fake_handles(), handles);
        assert_int_equal(fake_allocations(), allocations);
    }
}

/* A handle that the caller keeps stays with the caller, whatever error the system reports for its
 * mode. */
static void releasing_succeeds_though_the_mode_can_not_be_restored(void **state)
{
    struct world w;
    (void)state;
    build(&w, false);
    fake_fail(FAKE_SET_NONBLOCK, 1, FAKE_EIO);
    ASSERT_RESULT(0, release(&w));
    assert_true(fake_failed());
    ASSERT_RESULT(-XSOCK_EBADF, xsock__call_get_flags(w.t, 4));
    tear_down(&w);
}

static void a_table_that_can_not_be_made_leaves_nothing(void **state)
{
    size_t allocations = fake_allocations();
    (void)state;
    for (unsigned n = 1;; n++) {
        ASSERT_THAT(n < 1000, "%u calls were made to fail, and still not all", n);
        struct xsock__fdtab *t = NULL;
        fake_fail(FAKE_ANY_CALL, n, FAKE_ENOMEM);
        if (xsock__lookup_create_table(&t) == 0) {
            assert_true(n > 1 && !fake_failed());
            xsock__fdtab_destroy(t);
            break;
        }
        assert_null(t);
        assert_int_equal(fake_allocations(), allocations);
    }
    assert_int_equal(fake_allocations(), allocations);
}

/* The first call of a process makes its table, registers for forks, and starts the system. */
static void the_first_call_of_a_process_may_fail_and_the_next_succeed(void **state)
{
    unsigned n;
    (void)state;
    assert_null(xsock__library_table());
    for (n = 1;; n++) {
        ASSERT_THAT(n < 1000, "%u calls were made to fail, and still not all", n);
        int r;
        fake_fail(FAKE_ANY_CALL, n, FAKE_ENOBUFS);
        r = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);
        if (!fake_failed()) {
            ASSERT_RESULT(3, r);
            break;
        }
        ASSERT_RESULT(expected_error(FAKE_ENOBUFS), r);
        assert_int_equal(fake_handles(), 0);
    }
    ASSERT_THAT(n >= 5, "only %u calls", n);
    ASSERT_RESULT(0, xsock_close(3));
}

/* Refusals that are not failures, because the catalog reports them row by row. */
static int count_status(const struct xsock_triple *t, void *user)
{
    int *enobufs = user;
    *enobufs += t->status == -XSOCK_ENOBUFS;
    assert_true(t->status == 0 || t->status == -XSOCK_ENOBUFS);
    return 0;
}

static void the_catalog_goes_on_after_a_row_that_failed(void **state)
{
    int enobufs = 0, whole = xsock_catalog(count_status, &enobufs);
    (void)state;
    assert_int_equal(enobufs, 0);
    for (unsigned n = 1; n <= 20; n++) {
        enobufs = 0;
        fake_fail(FAKE_OPEN, n, FAKE_ENOBUFS);
        ASSERT_RESULT(whole, xsock_catalog(count_status, &enobufs));
        assert_int_equal(enobufs, 1);
    }
}

static void cleaning_up_with_a_table_in_use_is_refused(void **state)
{
    struct world w;
    (void)state;
    ASSERT_RESULT(0, xsock_cleanup());
    assert_int_equal(fake_startups(), 0);
    build(&w, false); /* in a table that is not that of the process */
    assert_int_equal(fake_startups(), 1);
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_cleanup());
    ASSERT_RESULT(0, xsock_startup());
    assert_int_equal(fake_startups(), 1);
    tear_down(&w);
    ASSERT_RESULT(0, xsock_cleanup());
    assert_int_equal(fake_startups(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* This test is the first, because a process can run it only once. */
        FAKE_TEST(the_first_call_of_a_process_may_fail_and_the_next_succeed),
        FAKE_TEST(a_failure_anywhere_in_a_call_changes_nothing),
        FAKE_TEST(releasing_succeeds_though_the_mode_can_not_be_restored),
        FAKE_TEST(a_table_that_can_not_be_made_leaves_nothing),
        FAKE_TEST(the_catalog_goes_on_after_a_row_that_failed),
        FAKE_TEST(cleaning_up_with_a_table_in_use_is_refused),
    };
    return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
