/* The look-up of a descriptor takes no lock. These tests run another thread's call exactly between
 * two of its steps. fdtab.c and find.c are compiled into this program, with hooks before their
 * atomic words, so the linker takes neither from the library. */
#include "base/atomic.h"

#include <stddef.h>

enum point { BEFORE_ADD, BEFORE_CAS, POINTS };

static void (*hooks[POINTS])(void);

/* A hook runs once, because the calls that it makes reach the same points. */
static void run_hook(enum point at)
{
    void (*fn)(void) = hooks[at];
    hooks[at] = NULL;
    if (fn != NULL)
        fn();
}

static int add_with_hook(xsock__atomic_int *a, int n)
{
    run_hook(BEFORE_ADD);
    return xsock__atomic_add(a, n);
}

static bool cas_with_hook(xsock__atomic_int *a, int from, int to)
{
    run_hook(BEFORE_CAS);
    return xsock__atomic_cas(a, from, to);
}

#define xsock__atomic_add add_with_hook
#define xsock__atomic_cas cas_with_hook
#include "table/fdtab.c"
#include "table/find.c"
#undef xsock__atomic_add
#undef xsock__atomic_cas

#include "fake_sys.h"
#include "harness.h"

enum { NUMBER = XSOCK__FDTAB_FIRST, OLD = 100, NEW = 200 };

static struct xsock__fdtab *t;
static struct xsock__fd *looked_up; /* the cell that the look-up has seen in its slot */
static int closed_old, closed_new;

static void note_closed(const struct xsock__held *held)
{
    closed_old += held->handle == OLD;
    closed_new += held->handle == NEW;
}

static int open_at(int min, uintptr_t handle)
{
    struct xsock__fd *fd = NULL;
    ASSERT_RESULT(0, xsock__fdtab_reserve(t, min, &fd));
    fd->held.handle = handle;
    return xsock__fdtab_publish(t, fd);
}

static int setup(void **state)
{
    int rc = fake_setup(state);
    closed_old = closed_new = 0;
    for (int i = 0; i < POINTS; i++)
        hooks[i] = NULL;
    ASSERT_RESULT(0, xsock__fdtab_create(note_closed, &t));
    ASSERT_RESULT(NUMBER, open_at(NUMBER, OLD));
    looked_up = xsock__fdtab_get(t, NUMBER);
    assert_non_null(looked_up);
    xsock__fdtab_put(t, looked_up);
    return rc;
}

static int teardown(void **state)
{
    xsock__fdtab_destroy(t);
    return fake_teardown(state);
}

/* ---- Between the load of the slot and the reference ------------------------------------------ */

static void close_it(void)
{
    ASSERT_RESULT(0, xsock__fdtab_remove(t, NUMBER));
}

static void a_look_up_that_is_overtaken_by_a_close_finds_nothing(void **state)
{
    (void)state;
    hooks[BEFORE_ADD] = close_it;
    assert_null(xsock__fdtab_get(t, NUMBER));
    assert_int_equal(closed_old, 1);
    assert_int_equal(xsock__atomic_load(&looked_up->refs), 0);
}

/* The cell is used again at once, by a descriptor with another number. */
static void close_it_and_open_another_number(void)
{
    close_it();
    ASSERT_RESULT(NUMBER + 4, open_at(NUMBER + 4, NEW));
}

static void a_look_up_does_not_reach_the_descriptor_that_has_its_cell_next(void **state)
{
    (void)state;
    hooks[BEFORE_ADD] = close_it_and_open_another_number;
    assert_null(xsock__fdtab_get(t, NUMBER));
    struct xsock__fd *next = xsock__fdtab_get(t, NUMBER + 4);
    assert_ptr_equal(next, looked_up); /* otherwise the test has shown nothing */
    assert_int_equal(xsock__atomic_load(&next->refs), 1);
    xsock__fdtab_put(t, next);
    assert_true(closed_old == 1 && closed_new == 0);
}

static void replace_it(void)
{
    struct xsock__held held = {NEW, NULL};
    ASSERT_RESULT(NUMBER, xsock__fdtab_replace(t, NUMBER, &held, false));
}

static void a_look_up_that_is_overtaken_by_a_replacement_finds_the_new_one(void **state)
{
    (void)state;
    hooks[BEFORE_ADD] = replace_it;
    struct xsock__fd *fd = xsock__fdtab_get(t, NUMBER);
    assert_non_null(fd);
    assert_int_equal(fd->held.handle, NEW);
    assert_int_equal(xsock__atomic_load(&fd->refs), 1);
    assert_int_equal(xsock__atomic_load(&looked_up->refs), 0);
    xsock__fdtab_put(t, fd);
    assert_true(closed_old == 1 && closed_new == 0);
}

/* The closing thread has found a call in the descriptor, and the call leaves. The look-up goes on
 * after both. */
static struct xsock__fd *held_by_a_call;

static void close_it_and_leave(void)
{
    close_it();
    assert_int_equal(closed_old, 0);
    xsock__fdtab_put(t, held_by_a_call);
    assert_int_equal(closed_old, 1);
}

static void a_look_up_after_the_last_call_has_left_finds_nothing(void **state)
{
    (void)state;
    held_by_a_call = xsock__fdtab_get(t, NUMBER);
    hooks[BEFORE_ADD] = close_it_and_leave;
    assert_null(xsock__fdtab_get(t, NUMBER));
    assert_int_equal(closed_old, 1);
    assert_int_equal(xsock__atomic_load(&looked_up->refs), 0);
}

/* ---- Between the last reference and letting go ----------------------------------------------- */

/* A look-up that has seen the slot before the close. The look-up adds its reference, sees that the
 * slot leads elsewhere, and drops the reference again. */
static void late_look_up(void)
{
    assert_int_equal(closed_old, 0);
    xsock__atomic_add(&looked_up->refs, 1);
    xsock__fdtab_put(t, looked_up);
    assert_int_equal(closed_old, 1);
}

static void a_late_look_up_lets_go_and_the_last_call_does_not_again(void **state)
{
    (void)state;
    struct xsock__fd *fd = xsock__fdtab_get(t, NUMBER);
    close_it();
    assert_int_equal(closed_old, 0);
    hooks[BEFORE_CAS] = late_look_up;
    xsock__fdtab_put(t, fd);
    assert_int_equal(closed_old, 1);
    assert_int_equal(xsock__atomic_load(&looked_up->refs), 0);
}

#define RACE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RACE_TEST(a_look_up_that_is_overtaken_by_a_close_finds_nothing),
        RACE_TEST(a_look_up_does_not_reach_the_descriptor_that_has_its_cell_next),
        RACE_TEST(a_look_up_that_is_overtaken_by_a_replacement_finds_the_new_one),
        RACE_TEST(a_look_up_after_the_last_call_has_left_finds_nothing),
        RACE_TEST(a_late_look_up_lets_go_and_the_last_call_does_not_again),
    };
    return cmocka_run_group_tests_name("look-ups that race", tests, NULL, NULL);
}
