/* The descriptor table by itself: numbers, references, and which caller releases which handle at
 * which time. */
#include "table/find.h"
#include "fake_net.h"
#include "fake_sys.h"
#include "harness.h"
#include "socket/sock.h"

/* The handles that the tables have released, in order. */
static uintptr_t closed[64];
static int closed_count;

static void note_closed(const struct xsock__held *held)
{
    /* the callback may make any call, so the table must hold no lock */
    assert_int_equal(fake_locks_held(), 0);
    closed[closed_count++ % 64] = held->handle;
}

static struct xsock__fdtab *new_table(void)
{
    struct xsock__fdtab *t = NULL;
    ASSERT_RESULT(0, xsock__fdtab_create(note_closed, &t));
    assert_non_null(t);
    return t;
}

static size_t allocations_before;

static int setup(void **state)
{
    closed_count = 0;
    allocations_before = fake_allocations();
    return fake_setup(state);
}

static int teardown(void **state)
{
    int failed = fake_teardown(state);
    if (fake_allocations() == allocations_before)
        return failed;
    fprintf(stderr, "%ld allocations left\n", (long)fake_allocations() - (long)allocations_before);
    return 1;
}

/* Opens the lowest number >= min, holding this handle. */
static int open_at(struct xsock__fdtab *t, int min, uintptr_t handle)
{
    struct xsock__fd *fd = NULL;
    int r = xsock__fdtab_reserve(t, min, &fd);
    if (r < 0) {
        assert_null(fd);
        return r;
    }
    fd->held.handle = handle;
    return xsock__fdtab_publish(t, fd);
}

/* Looks a descriptor up by its number, as a call does. */
static int take(struct xsock__fdtab *t, int d, struct xsock__held *out)
{
    struct xsock__fd *fd = xsock__fdtab_get(t, d);
    if (fd == NULL)
        return -XSOCK_EBADF;
    int rc = xsock__fdtab_take(t, fd, out);
    if (rc != 0)
        xsock__fdtab_put(t, fd);
    return rc;
}

static uintptr_t handle_of(struct xsock__fdtab *t, int d)
{
    struct xsock__fd *fd = xsock__fdtab_get(t, d);
    uintptr_t h;
    if (fd == NULL)
        return 0;
    assert_int_equal(fd->number, d);
    h = fd->held.handle;
    xsock__fdtab_put(t, fd);
    return h;
}

/* ---- Numbers --------------------------------------------------------------------------------- */

static void the_first_number_is_three_and_each_is_the_lowest_free(void **state)
{
    struct xsock__fdtab *t = new_table();
    (void)state;
    for (int i = 3; i < 300; i++)
        ASSERT_RESULT(i, open_at(t, 0, (uintptr_t)i + 1000));
    ASSERT_RESULT(0, xsock__fdtab_remove(t, 200));
    ASSERT_RESULT(0, xsock__fdtab_remove(t, 5));
    ASSERT_RESULT(0, xsock__fdtab_remove(t, 64));
    assert_int_equal(xsock__fdtab_count(t), 294);
    ASSERT_RESULT(5, open_at(t, 0, 1));
    ASSERT_RESULT(64, open_at(t, 3, 2));
    ASSERT_RESULT(200, open_at(t, 1, 3));
    ASSERT_RESULT(300, open_at(t, 2, 4));
    assert_int_equal(handle_of(t, 64), 2);
    assert_int_equal(handle_of(t, 65), 1065);
    xsock__fdtab_destroy(t);
    assert_int_equal(closed_count, 298 + 3);
}

static void a_minimum_is_kept_to(void **state)
{
    struct xsock__fdtab *t = new_table();
    (void)state;
    ASSERT_RESULT(10, open_at(t, 10, 1));
    ASSERT_RESULT(11, open_at(t, 10, 1));
    ASSERT_RESULT(3, open_at(t, 0, 1));
    ASSERT_RESULT(5000, open_at(t, 5000, 1));
    ASSERT_RESULT(XSOCK__FDTAB_LIMIT - 1, open_at(t, XSOCK__FDTAB_LIMIT - 1, 9));
    ASSERT_RESULT(-XSOCK_EMFILE, open_at(t, XSOCK__FDTAB_LIMIT - 1, 1));
    ASSERT_RESULT(-XSOCK_EMFILE, open_at(t, XSOCK__FDTAB_LIMIT, 1));
    ASSERT_RESULT(-XSOCK_EMFILE, open_at(t, INT32_MAX, 1));
    assert_int_equal(handle_of(t, XSOCK__FDTAB_LIMIT - 1), 9);
    ASSERT_RESULT(4, open_at(t, 0, 1));
    xsock__fdtab_destroy(t);
}

static void a_reserved_number_counts_as_open_and_is_not_found(void **state)
{
    struct xsock__fdtab *t = new_table();
    struct xsock__fd *a = NULL, *b = NULL;
    (void)state;
    ASSERT_RESULT(0, xsock__fdtab_reserve(t, 0, &a));
    assert_int_equal(a->number, 3);
    assert_int_equal(xsock__fdtab_count(t), 1);
    assert_null(xsock__fdtab_get(t, 3));
    ASSERT_RESULT(-XSOCK_EBADF, xsock__fdtab_remove(t, 3));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock__fdtab_set_limit(t, 3));
    ASSERT_RESULT(0, xsock__fdtab_reserve(t, 0, &b));
    assert_int_equal(b->number, 4);
    xsock__fdtab_cancel(t, a);
    assert_int_equal(xsock__fdtab_count(t), 1);
    ASSERT_RESULT(3, open_at(t, 0, 7));
    b->held.handle = 8;
    ASSERT_RESULT(4, xsock__fdtab_publish(t, b));
    assert_int_equal(handle_of(t, 4), 8);
    assert_int_equal(closed_count, 0); /* cancelling closes nothing */
    xsock__fdtab_destroy(t);
    assert_int_equal(closed_count, 2);
}

static void any_int_may_be_looked_up(void **state)
{
    static const int none[] = {INT32_MIN,
                               -1,
                               0,
                               1,
                               2,
                               4,
                               5,
                               63,
                               64,
                               4096,
                               XSOCK__FDTAB_LIMIT - 1,
                               XSOCK__FDTAB_LIMIT,
                               XSOCK__FDTAB_LIMIT + 1,
                               INT32_MAX};
    struct xsock__fdtab *t = new_table();
    struct xsock__held held = {77, NULL};
    (void)state;
    ASSERT_RESULT(3, open_at(t, 0, 1));
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_null(xsock__fdtab_get(t, none[i]));
        ASSERT_RESULT(-XSOCK_EBADF, xsock__fdtab_remove(t, none[i]));
        ASSERT_RESULT(-XSOCK_EBADF, take(t, none[i], &held));
    }
    assert_int_equal(held.handle, 77);
    assert_int_equal(xsock__fdtab_count(t), 1);
    xsock__fdtab_destroy(t);
}

static void tables_know_nothing_of_each_other(void **state)
{
    struct xsock__fdtab *a = new_table(), *b = new_table();
    (void)state;
    ASSERT_RESULT(3, open_at(a, 0, 1));
    ASSERT_RESULT(4, open_at(a, 0, 2));
    ASSERT_RESULT(3, open_at(b, 0, 3));
    ASSERT_RESULT(0, xsock__fdtab_set_limit(b, 4));
    ASSERT_RESULT(-XSOCK_EMFILE, open_at(b, 0, 4));
    ASSERT_RESULT(5, open_at(a, 0, 5));
    ASSERT_RESULT(0, xsock__fdtab_remove(a, 3));
    assert_int_equal(handle_of(b, 3), 3);
    xsock__fdtab_destroy(a);
    assert_int_equal(handle_of(b, 3), 3);
    assert_int_equal(xsock__fdtab_count(b), 1);
    xsock__fdtab_destroy(b);
    assert_int_equal(closed_count, 4);
}

/* ---- Limits ---------------------------------------------------------------------------------- */

static void the_limit_can_be_anything_above_what_is_open(void **state)
{
    static const int refused[] = {INT32_MIN, -1, 0, 1, 2, 3, 4, 5};
    struct xsock__fdtab *t = new_table();
    (void)state;
    assert_int_equal(xsock__fdtab_limit(t), XSOCK__FDTAB_LIMIT);
    for (int i = 3; i < 6; i++)
        ASSERT_RESULT(i, open_at(t, 0, 1));
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        ASSERT_RESULT(-XSOCK_EINVAL, xsock__fdtab_set_limit(t, refused[i]));
        assert_int_equal(xsock__fdtab_limit(t), XSOCK__FDTAB_LIMIT);
    }
    ASSERT_RESULT(0, xsock__fdtab_set_limit(t, 6));
    assert_int_equal(xsock__fdtab_limit(t), 6);
    ASSERT_RESULT(-XSOCK_EMFILE, open_at(t, 0, 1));
    ASSERT_RESULT(0, xsock__fdtab_remove(t, 4));
    ASSERT_RESULT(-XSOCK_EINVAL, xsock__fdtab_set_limit(t, 5)); /* 5 is open, though 4 is free */
    ASSERT_RESULT(4, open_at(t, 0, 1));
    ASSERT_RESULT(0, xsock__fdtab_set_limit(t, INT32_MAX));
    ASSERT_RESULT(6, open_at(t, 0, 1));
    assert_int_equal(xsock__fdtab_count(t), 4);
    xsock__fdtab_destroy(t);
}

static void an_empty_table_may_have_no_room_at_all(void **state)
{
    struct xsock__fdtab *t = new_table();
    (void)state;
    ASSERT_RESULT(3, open_at(t, 0, 1));
    ASSERT_RESULT(0, xsock__fdtab_remove(t, 3));
    ASSERT_RESULT(0, xsock__fdtab_set_limit(t, 3));
    ASSERT_RESULT(-XSOCK_EMFILE, open_at(t, 0, 1));
    ASSERT_RESULT(0, xsock__fdtab_set_limit(t, 4));
    ASSERT_RESULT(3, open_at(t, 0, 1));
    xsock__fdtab_destroy(t);
}

/* ---- References ------------------------------------------------------------------------------ */

static void what_is_held_is_let_go_once_and_after_the_last_reference(void **state)
{
    struct xsock__fdtab *t = new_table();
    struct xsock__fd *a, *b;
    (void)state;
    ASSERT_RESULT(3, open_at(t, 0, 41));
    a = xsock__fdtab_get(t, 3);
    b = xsock__fdtab_get(t, 3);
    assert_true(a != NULL && a == b);
    ASSERT_RESULT(0, xsock__fdtab_remove(t, 3));
    assert_int_equal(closed_count, 0);
    assert_null(xsock__fdtab_get(t, 3)); /* no other call gets a reference any more */
    ASSERT_RESULT(-XSOCK_EBADF, xsock__fdtab_remove(t, 3));
    xsock__fdtab_put(t, a);
    assert_int_equal(closed_count, 0);
    assert_int_equal(b->held.handle, 41);
    xsock__fdtab_put(t, b);
    assert_int_equal(closed_count, 1);
    assert_int_equal(closed[0], 41);
    xsock__fdtab_destroy(t);
    assert_int_equal(closed_count, 1);
}

static void a_number_is_free_at_once_though_a_call_is_still_in_it(void **state)
{
    struct xsock__fdtab *t = new_table();
    struct xsock__fd *in_call[20];
    (void)state;
    for (uintptr_t i = 0; i < 20; i++) {
        ASSERT_RESULT(3, open_at(t, 0, 100 + i));
        in_call[i] = xsock__fdtab_get(t, 3);
        assert_non_null(in_call[i]);
        ASSERT_RESULT(0, xsock__fdtab_remove(t, 3));
    }
    ASSERT_RESULT(3, open_at(t, 0, 200));
    for (uintptr_t i = 0; i < 20; i++) {
        assert_int_equal(in_call[i]->held.handle, 100 + i);
        xsock__fdtab_put(t, in_call[i]);
        assert_int_equal(closed[i], 100 + i);
        assert_int_equal(handle_of(t, 3), 200);
    }
    assert_int_equal(closed_count, 20);
    ASSERT_RESULT(0, xsock__fdtab_remove(t, 3));
    assert_int_equal(closed_count, 21);
    xsock__fdtab_destroy(t);
}

/* A call of another thread that leaves while the taker waits. */
struct leaving {
    struct xsock__fdtab *t;
    struct xsock__fd *fd;
    int found; /* the number, as another thread sees it meanwhile */
};

static void leave(void *user)
{
    struct leaving *l = user;
    l->found = xsock__fdtab_get(l->t, 3) == NULL ? -XSOCK_EBADF : 0;
    xsock__fdtab_put(l->t, l->fd);
}

static void a_descriptor_is_taken_out_once_the_others_have_left(void **state)
{
    struct xsock__fdtab *t = new_table();
    struct xsock__held held = {0, NULL};
    struct xsock__waiter w;
    (void)state;
    ASSERT_RESULT(3, open_at(t, 0, 41));
    struct leaving l = {t, xsock__fdtab_get(t, 3), 0};
    ASSERT_RESULT(0, xsock__fdtab_watch(t, l.fd, NULL, 0, &w));
    fake_at(fake_now() + 1000000, leave, &l);
    ASSERT_RESULT(0, take(t, 3, &held));
    assert_int_equal(held.handle, 41);
    ASSERT_RESULT(-XSOCK_EBADF, l.found);       /* the number was free at once */
    assert_true(xsock__atomic_load(&w.closed)); /* and the call was told to leave */
    xsock__fdtab_unwatch(t, NULL, &w);
    ASSERT_RESULT(-XSOCK_EBADF, take(t, 3, &held));
    ASSERT_RESULT(3, open_at(t, 0, 42));
    xsock__fdtab_destroy(t);
    assert_int_equal(closed_count, 1); /* 42, because the taker owns the taken handle */
    assert_int_equal(closed[0], 42);
}

static void what_has_the_number_of_a_closed_one_is_not_taken_for_it(void **state)
{
    struct xsock__fdtab *t = new_table();
    struct xsock__held held = {0, NULL};
    struct xsock__fd *fd;
    (void)state;
    ASSERT_RESULT(3, open_at(t, 0, 41));
    fd = xsock__fdtab_get(t, 3);
    ASSERT_RESULT(0, xsock__fdtab_remove(t, 3)); /* by another thread */
    ASSERT_RESULT(3, open_at(t, 0, 42));
    ASSERT_RESULT(-XSOCK_EBADF, xsock__fdtab_take(t, fd, &held));
    assert_int_equal(held.handle, 0);
    assert_int_equal(handle_of(t, 3), 42);
    xsock__fdtab_put(t, fd);
    assert_int_equal(closed_count, 1);
    assert_int_equal(closed[0], 41);
    xsock__fdtab_destroy(t);
}

/* ---- Replacing ------------------------------------------------------------------------------- */

static void replacing_opens_a_free_number_and_closes_an_open_one(void **state)
{
    struct xsock__fdtab *t = new_table();
    struct xsock__held one = {61, NULL}, two = {62, NULL};
    struct xsock__fd *fd;
    (void)state;
    ASSERT_RESULT(9, xsock__fdtab_replace(t, 9, &one, true));
    assert_int_equal(xsock__fdtab_count(t), 1);
    assert_int_equal(closed_count, 0);
    fd = xsock__fdtab_get(t, 9);
    assert_int_equal(xsock__atomic_load(&fd->cloexec), 1);
    ASSERT_RESULT(9, xsock__fdtab_replace(t, 9, &two, false));
    assert_int_equal(handle_of(t, 9), 62);
    assert_int_equal(xsock__fdtab_count(t), 1);
    assert_int_equal(closed_count, 0); /* a call still uses the first socket */
    xsock__fdtab_put(t, fd);
    assert_int_equal(closed_count, 1);
    assert_int_equal(closed[0], 61);
    fd = xsock__fdtab_get(t, 9);
    assert_int_equal(xsock__atomic_load(&fd->cloexec), 0);
    xsock__fdtab_put(t, fd);
    ASSERT_RESULT(3, open_at(t, 0, 1)); /* the lower numbers are still free */
    xsock__fdtab_destroy(t);
}

static void replacing_refuses_numbers_that_can_not_be(void **state)
{
    static const int bad[] = {INT32_MIN, -1, 0, 1, 2, 100, 101, INT32_MAX};
    struct xsock__fdtab *t = new_table();
    struct xsock__held held = {61, NULL};
    struct xsock__fd *reserved = NULL;
    (void)state;
    ASSERT_RESULT(0, xsock__fdtab_set_limit(t, 100));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ASSERT_RESULT(-XSOCK_EBADF, xsock__fdtab_replace(t, bad[i], &held, false));
    ASSERT_RESULT(0, xsock__fdtab_reserve(t, 0, &reserved));
    ASSERT_RESULT(-XSOCK_EBUSY, xsock__fdtab_replace(t, 3, &held, false));
    xsock__fdtab_cancel(t, reserved);
    ASSERT_RESULT(3, xsock__fdtab_replace(t, 3, &held, false));
    ASSERT_RESULT(99, xsock__fdtab_replace(t, 99, &held, false));
    assert_int_equal(closed_count, 0);
    xsock__fdtab_destroy(t);
}

static void a_handle_is_adopted_once(void **state)
{
    struct xsock__fdtab *t = new_table();
    struct xsock__fd *fd = NULL;
    (void)state;
    ASSERT_RESULT(3, open_at(t, 0, 41));
    ASSERT_RESULT(4, open_at(t, 0, 42));
    ASSERT_RESULT(-XSOCK_EBUSY, xsock__fdtab_reserve_handle(t, 42, &fd));
    assert_null(fd);
    ASSERT_RESULT(0, xsock__fdtab_remove(t, 4));
    ASSERT_RESULT(0, xsock__fdtab_reserve_handle(t, 42, &fd));
    assert_int_equal(fd->number, 4);
    {
        struct xsock__fd *second = NULL; /* already while the first is only reserved */
        ASSERT_RESULT(-XSOCK_EBUSY, xsock__fdtab_reserve_handle(t, 42, &second));
        assert_null(second);
    }
    xsock__fdtab_cancel(t, fd);
    fd = NULL;
    ASSERT_RESULT(0, xsock__fdtab_reserve_handle(t, 42, &fd));
    fd->held.handle = 42;
    ASSERT_RESULT(4, xsock__fdtab_publish(t, fd));
    ASSERT_RESULT(0, xsock__fdtab_set_limit(t, 5));
    ASSERT_RESULT(-XSOCK_EMFILE, xsock__fdtab_reserve_handle(t, 43, &fd));
    xsock__fdtab_destroy(t);
}

static void a_handle_that_is_still_being_closed_is_not_adopted(void **state)
{
    struct xsock__fdtab *t = new_table();
    struct xsock__fd *in_call, *fd = NULL;
    (void)state;
    ASSERT_RESULT(3, open_at(t, 0, 41));
    in_call = xsock__fdtab_get(t, 3);
    assert_non_null(in_call);
    ASSERT_RESULT(0, xsock__fdtab_remove(t, 3)); /* its handle is closed when that call leaves */
    ASSERT_RESULT(-XSOCK_EBUSY, xsock__fdtab_reserve_handle(t, 41, &fd));
    assert_null(fd);
    xsock__fdtab_put(t, in_call);
    assert_int_equal(closed_count, 1);
    ASSERT_RESULT(0, xsock__fdtab_reserve_handle(t, 41, &fd));
    xsock__fdtab_cancel(t, fd);
    xsock__fdtab_destroy(t);
}

/* ---- Cleaning up ----------------------------------------------------------------------------- */

static bool any_open(void)
{
    xsock__sys_lock_global();
    bool any = xsock__fdtab_any_open();
    xsock__sys_unlock_global();
    return any;
}

static int any_open_at_closed;

static void note_any_open(const struct xsock__held *held)
{
    note_closed(held);
    any_open_at_closed += any_open();
}

static void what_is_not_let_go_yet_counts_as_open(void **state)
{
    struct xsock__fdtab *t = NULL;
    struct xsock__fd *in_call;
    (void)state;
    any_open_at_closed = 0;
    ASSERT_RESULT(0, xsock__fdtab_create(note_any_open, &t));
    assert_false(any_open());
    ASSERT_RESULT(3, open_at(t, 0, 41));
    ASSERT_RESULT(0, xsock__fdtab_remove(t, 3));
    assert_int_equal(any_open_at_closed, 1); /* the release still needs the system */
    assert_false(any_open());
    ASSERT_RESULT(3, open_at(t, 0, 42));
    in_call = xsock__fdtab_get(t, 3);
    ASSERT_RESULT(0, xsock__fdtab_remove(t, 3));
    assert_int_equal(xsock__fdtab_count(t), 0);
    assert_true(any_open()); /* and by a call that has not left */
    xsock__fdtab_put(t, in_call);
    assert_int_equal(any_open_at_closed, 2);
    assert_false(any_open());
    ASSERT_RESULT(3, open_at(t, 0, 43));
    assert_non_null(xsock__fdtab_get(t, 3));
    ASSERT_RESULT(0, xsock__fdtab_remove(t, 3));
    fake_fork_child(); /* the thread does not exist in the child */
    assert_false(any_open());
    xsock__fdtab_destroy(t);
}

/* ---- Memory ---------------------------------------------------------------------------------- */

static void memory_follows_use_and_stays_small(void **state)
{
    enum { MILLION = 1000000 };
    struct xsock__fdtab *t = new_table();
    /* A sock is an allocation of its own, with the 8 bytes that an allocator adds, and in steps
     * of 16; test_memory.c measures the real ones. */
    size_t sock = (sizeof(struct xsock__sock) + 8 + 15) / 16 * 16;
    size_t table, descriptors, before = fake_bytes();
    (void)state;
    ASSERT_RESULT(3, open_at(t, 0, 1));
    xsock__fdtab_memory(t, &table, &descriptors);
    ASSERT_THAT(table + descriptors <= 16384, "one descriptor: %lu and %lu bytes",
                (unsigned long)table, (unsigned long)descriptors);
    for (int i = 4; i < MILLION + 3; i++)
        assert_int_equal(open_at(t, 0, (uintptr_t)i), i);
    assert_int_equal(xsock__fdtab_count(t), MILLION);
    xsock__fdtab_memory(t, &table, &descriptors);
    print_message("at a million: table %u, descriptors %u, socks %u bytes each\n",
                  (unsigned)(table / MILLION), (unsigned)(descriptors / MILLION), (unsigned)sock);
    assert_true(table <= 64u * MILLION);
    assert_true(table + descriptors + sock * MILLION <= 192u * MILLION);
    assert_true(fake_bytes() - before <= table + descriptors); /* all the memory is accounted for */
    ASSERT_RESULT(0, xsock__fdtab_remove(t, 500000));
    ASSERT_RESULT(500000, open_at(t, 0, 1));
    xsock__fdtab_destroy(t);
}

static void memory_is_used_again(void **state)
{
    struct xsock__fdtab *t = new_table();
    size_t bytes;
    (void)state;
    for (int i = 3; i < 200; i++)
        ASSERT_RESULT(i, open_at(t, 0, 1));
    bytes = fake_bytes();
    for (int round = 0; round < 50; round++) {
        for (int i = 3; i < 200; i++)
            ASSERT_RESULT(0, xsock__fdtab_remove(t, i));
        for (int i = 3; i < 200; i++)
            ASSERT_RESULT(i, open_at(t, 0, 1));
    }
    assert_int_equal(fake_bytes(), bytes);
    xsock__fdtab_destroy(t);
}

/* Fails the nth allocation of making a table and opening one number in it. Returns true if the nth
 * allocation was not reached. */
static bool open_without_memory(int number, unsigned n, bool by_replacing)
{
    struct xsock__fdtab *t = NULL;
    struct xsock__held held = {61, NULL};
    int r;
    fake_fail(FAKE_ALLOC, n, FAKE_ENOMEM);
    r = xsock__fdtab_create(note_closed, &t);
    if (r == 0)
        r = by_replacing ? xsock__fdtab_replace(t, number, &held, false) : open_at(t, number, 1);
    ASSERT_RESULT(fake_failed() ? -XSOCK_ENOMEM : number, r);
    fake_fail(FAKE_ALLOC, 0, 0);
    if (t == NULL) {
        assert_int_equal(fake_allocations(), allocations_before);
        return false;
    }
    if (r < 0) {
        assert_int_equal(xsock__fdtab_count(t), 0);
        assert_int_equal(closed_count, 0);
        ASSERT_RESULT(number, open_at(t, number, 1));
    }
    assert_int_equal(xsock__fdtab_count(t), 1);
    xsock__fdtab_destroy(t);
    closed_count = 0;
    return r >= 0;
}

static void no_memory_changes_nothing(void **state)
{
    (void)state;
    for (int number = 3; number < 400000; number = number * 5 + 7) {
        unsigned tried = 0;
        for (unsigned n = 1; !open_without_memory(number, n, false); n++)
            tried++;
        for (unsigned n = 1; !open_without_memory(number, n, true); n++)
            tried++;
        ASSERT_THAT(tried >= 4, "only %u failures were tried", tried);
    }
}

/* ---- Forks ----------------------------------------------------------------------------------- */

static struct xsock__sock some_sock;

static void a_child_drops_the_references_of_threads_it_does_not_have(void **state)
{
    struct xsock__fdtab *t = new_table();
    struct xsock__held held = {42, &some_sock};
    struct xsock__fd *reserved = NULL;
    (void)state;
    ASSERT_RESULT(3, open_at(t, 0, 41));
    ASSERT_RESULT(4, xsock__fdtab_replace(t, 4, &held, false));
    assert_non_null(xsock__fdtab_get(t, 3)); /* the reference of another thread, as those below */
    assert_non_null(xsock__fdtab_get(t, 3));
    assert_non_null(xsock__fdtab_get(t, 4));
    ASSERT_RESULT(0, xsock__fdtab_reserve(t, 0, &reserved));
    assert_int_equal(reserved->number, 5);
    ASSERT_RESULT(0, xsock__fdtab_remove(t, 4)); /* closed, but the handle waits for the thread */
    assert_int_equal(closed_count, 0);
    fake_fork_child();
    assert_int_equal(closed_count, 1); /* the thread will never leave */
    assert_int_equal(closed[0], 42);
    assert_int_equal(xsock__fdtab_count(t), 1); /* and the other thread will never finish opening */
    assert_non_null(xsock__fdtab_get(t, 3));    /* the open descriptors are still open, */
    fake_fork_child();                          /* also in a child of the child */
    assert_int_equal(closed_count, 1);
    ASSERT_RESULT(4, open_at(t, 0, 43));
    ASSERT_RESULT(5, open_at(t, 0, 44));
    ASSERT_RESULT(0, take(t, 3, &held)); /* no call uses the descriptor */
    assert_int_equal(held.handle, 41);
    xsock__fdtab_destroy(t);
}

static void a_parent_keeps_its_references(void **state)
{
    struct xsock__fdtab *t = new_table();
    struct xsock__fd *fd, *reserved = NULL;
    (void)state;
    ASSERT_RESULT(3, open_at(t, 0, 41));
    fd = xsock__fdtab_get(t, 3);
    ASSERT_RESULT(0, xsock__fdtab_reserve(t, 0, &reserved));
    fake_fork_parent();
    ASSERT_RESULT(4, xsock__fdtab_publish(t, reserved));
    ASSERT_RESULT(0, xsock__fdtab_remove(t, 3));
    assert_int_equal(closed_count, 0); /* the reference keeps the socket of the descriptor */
    xsock__fdtab_put(t, fd);
    assert_int_equal(closed_count, 1);
    xsock__fdtab_destroy(t);
}

#define TABLE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TABLE_TEST(the_first_number_is_three_and_each_is_the_lowest_free),
        TABLE_TEST(a_minimum_is_kept_to),
        TABLE_TEST(a_reserved_number_counts_as_open_and_is_not_found),
        TABLE_TEST(any_int_may_be_looked_up),
        TABLE_TEST(tables_know_nothing_of_each_other),
        TABLE_TEST(the_limit_can_be_anything_above_what_is_open),
        TABLE_TEST(an_empty_table_may_have_no_room_at_all),
        TABLE_TEST(what_is_held_is_let_go_once_and_after_the_last_reference),
        TABLE_TEST(a_number_is_free_at_once_though_a_call_is_still_in_it),
        TABLE_TEST(a_descriptor_is_taken_out_once_the_others_have_left),
        TABLE_TEST(what_has_the_number_of_a_closed_one_is_not_taken_for_it),
        TABLE_TEST(replacing_opens_a_free_number_and_closes_an_open_one),
        TABLE_TEST(replacing_refuses_numbers_that_can_not_be),
        TABLE_TEST(a_handle_is_adopted_once),
        TABLE_TEST(a_handle_that_is_still_being_closed_is_not_adopted),
        TABLE_TEST(what_is_not_let_go_yet_counts_as_open),
        TABLE_TEST(memory_follows_use_and_stays_small),
        TABLE_TEST(memory_is_used_again),
        TABLE_TEST(no_memory_changes_nothing),
        TABLE_TEST(a_child_drops_the_references_of_threads_it_does_not_have),
        TABLE_TEST(a_parent_keeps_its_references),
    };
    return cmocka_run_group_tests_name("descriptor table", tests, NULL, NULL);
}
