/* The features that only the tables of guests have: rules of their own, numbers that stay reserved,
 * and an end. */
#include "call/call.h"
#include "call/plain.h"
#include "socket/start.h"
#include "wait/poll.h"
#include "fake_net.h"
#include "fake_sys.h"
#include "table/fdtab.h"
#include "harness.h"
#include "socket/sock.h"
#include "wait/wait.h"

static struct xsock__fdtab *new_table(int first, int waiting)
{
    struct xsock__fdtab_rules rules = {first, waiting, true, true};
    struct xsock__fdtab *t = NULL;
    ASSERT_RESULT(0, xsock__lookup_create_table(&t));
    xsock__fdtab_set_rules(t, &rules);
    return t;
}

static int keep(struct xsock__fdtab *t, int number)
{
    struct xsock__held held = xsock__sock_foreign();
    return xsock__fdtab_reserve_foreign(t, number, &held);
}

static void a_number_that_is_kept_is_nobodys_else(void **state)
{
    struct xsock__fdtab *t = new_table(0, 8);
    struct xsock_addr a;
    (void)state;
    for (int n = 0; n < 3; n++)
        ASSERT_RESULT(n, keep(t, n));
    ASSERT_RESULT(-XSOCK_EBUSY, keep(t, 1));
    ASSERT_RESULT(3, xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(4, keep(t, -1));
    ASSERT_RESULT(5, xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(-XSOCK__EFOREIGN, xsock__call_close(t, 4));
    ASSERT_RESULT(-XSOCK__EFOREIGN, xsock__call_dup2(t, 3, 4, 0));
    ASSERT_RESULT(-XSOCK__EFOREIGN, xsock__call_dup(t, 4, 0, 0));
    ASSERT_RESULT(-XSOCK__EFOREIGN, xsock__call_local_addr(t, 4, &a));
    ASSERT_RESULT(-XSOCK__EFOREIGN, xsock__call_get_flags(t, 4));
    ASSERT_RESULT(-XSOCK_EBADF, xsock__fdtab_release_foreign(t, 3));
    ASSERT_RESULT(-XSOCK_EBADF, xsock__fdtab_release_foreign(t, -1));
    ASSERT_RESULT(-XSOCK_EBADF, xsock__fdtab_release_foreign(t, 1000000));
    ASSERT_RESULT(0, xsock__fdtab_release_foreign(t, 4));
    ASSERT_RESULT(4, xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    xsock__fdtab_destroy(t);
}

static void numbers_to_be_kept_have_bounds(void **state)
{
    struct xsock__fdtab *t = new_table(2, 8);
    (void)state;
    ASSERT_RESULT(0, xsock__fdtab_set_limit(t, 4));
    ASSERT_RESULT(-XSOCK_EBADF, keep(t, 1));
    ASSERT_RESULT(-XSOCK_EBADF, keep(t, 4));
    ASSERT_RESULT(2, keep(t, -1));
    ASSERT_RESULT(3, keep(t, 3));
    ASSERT_RESULT(-XSOCK_EMFILE, keep(t, -1));
    xsock__fdtab_destroy(t);
}

static void a_guests_handles_are_closed_on_exec_whatever_it_says(void **state)
{
    struct xsock__fdtab *t = new_table(3, 8);
    (void)state;
    int d = xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0);
    uintptr_t handle = 0;
    ASSERT_RESULT(0, xsock__call_native(t, d, &handle));
    ASSERT_RESULT(0, xsock__call_get_flags(t, d));
    assert_true(fake_look(handle).cloexec);
    ASSERT_RESULT(0, xsock__call_set_flags(t, d, XSOCK_SOCK_CLOEXEC));
    ASSERT_RESULT(XSOCK_SOCK_CLOEXEC, xsock__call_get_flags(t, d));
    ASSERT_RESULT(0, xsock__call_set_flags(t, d, 0));
    assert_true(fake_look(handle).cloexec);
    d = xsock__call_dup(t, d, 0, 0);
    ASSERT_RESULT(0, xsock__call_native(t, d, &handle));
    assert_true(fake_look(handle).cloexec);
    xsock__fdtab_destroy(t);
}

/* Also for a handle from outside. */
static void what_a_guest_adopts_is_closed_on_exec_too(void **state)
{
    struct xsock__fdtab *t = new_table(3, 8);
    uintptr_t handle = 0;
    (void)state;
    int d = xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0);
    ASSERT_RESULT(0, xsock__call_release(t, d, &handle));
    d = xsock__call_adopt(t, handle, XSOCK_SOCK_NONBLOCK);
    ASSERT_RESULT(XSOCK_SOCK_NONBLOCK, xsock__call_get_flags(t, d));
    assert_true(fake_look(handle).cloexec);
    xsock__fdtab_destroy(t);
}

static void only_so_many_calls_wait_at_once(void **state)
{
    struct xsock__fdtab *t = new_table(3, 2);
    struct xsock__limit now = xsock__limit_make(0, NULL);
    struct xsock__waker *k;
    (void)state;
    ASSERT_RESULT(0, xsock__fdtab_enter_wait(t));
    ASSERT_RESULT(0, xsock__fdtab_begin_wait(t, &k));
    ASSERT_RESULT(-XSOCK_ENOBUFS, xsock__fdtab_enter_wait(t));
    ASSERT_RESULT(-XSOCK_ENOBUFS, xsock__wait(t, xsock__fdtab_seal_fd(t), 0, &now));
    xsock__fdtab_give_waker(t, k, false);
    ASSERT_RESULT(XSOCK__WAIT_OVER, xsock__wait(t, xsock__fdtab_seal_fd(t), 0, &now));
    xsock__fdtab_leave_wait(t);
    ASSERT_RESULT(0, xsock__fdtab_begin_wait(t, &k));
    xsock__fdtab_give_waker(t, k, false);
    xsock__fdtab_destroy(t);
}

struct late {
    struct xsock__fdtab *t;
    int d;
};

static void close_and_let_another_wait(void *user)
{
    const struct late *l = user;
    ASSERT_RESULT(0, xsock__call_close(l->t, l->d));
    ASSERT_RESULT(0, xsock__fdtab_enter_wait(l->t));
}

static void a_call_that_is_closed_before_it_waits_is_canceled_however_many_wait(void **state)
{
    struct xsock__fdtab *t = new_table(3, 1);
    int d[2];
    char byte;
    (void)state;
    ASSERT_RESULT(0, xsock__call_pair(t, XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, d));
    struct late l = {t, d[0]};
    fake_before(FAKE_RECV, 1, close_and_let_another_wait, &l);
    ASSERT_RESULT(-XSOCK_ECANCELED, (int)xsock__call_recv(t, d[0], &byte, 1, 0));
    xsock__fdtab_leave_wait(t);
    xsock__fdtab_destroy(t);
}

static void a_sealed_table_is_empty_and_stays_so(void **state)
{
    struct xsock__fdtab *t = new_table(0, 8);
    struct xsock__limit never = xsock__limit_make(-1, NULL);
    (void)state;
    ASSERT_RESULT(0, keep(t, 0));
    ASSERT_RESULT(1, xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(2, xsock__call_poller_open(t, 0));
    xsock__fdtab_seal(t);
    assert_int_equal(xsock__fdtab_count(t), 0);
    ASSERT_RESULT(-XSOCK_ECANCELED, xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(-XSOCK_ECANCELED, xsock__call_poller_open(t, 0));
    ASSERT_RESULT(-XSOCK_ECANCELED, keep(t, 0));
    ASSERT_RESULT(-XSOCK_ECANCELED, keep(t, -1));
    ASSERT_RESULT(-XSOCK_EBADF, xsock__call_close(t, 1));
    ASSERT_RESULT(-XSOCK_ECANCELED, xsock__wait(t, xsock__fdtab_seal_fd(t), 0, &never));
    xsock__fdtab_seal(t); /* a second end does nothing */
    xsock__fdtab_destroy(t);
}

/* A call that reserved its number before the end, and finishes after the end. */
static void what_is_opened_as_the_table_is_sealed_is_closed(void **state)
{
    struct xsock__fdtab *t = new_table(3, 8);
    struct xsock__fd *fd;
    struct xsock__held held;
    (void)state;
    ASSERT_RESULT(0, xsock__fdtab_reserve(t, 0, &fd));
    ASSERT_RESULT(0, xsock__start());
    ASSERT_RESULT(0, xsock__sock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, &held));
    xsock__fdtab_seal(t);
    ASSERT_RESULT(3, xsock__lookup_publish(t, fd, &held, 0));
    ASSERT_RESULT(-XSOCK_EBADF, xsock__call_get_flags(t, 3));
    assert_int_equal(xsock__fdtab_count(t), 0);
    assert_false(fake_look(held.handle).open);
    xsock__fdtab_destroy(t);
}

static void seal_it(void *table)
{
    xsock__fdtab_seal(table);
}

static void sealing_wakes_what_waits_for_nothing(void **state)
{
    struct xsock__fdtab *t = new_table(3, 8);
    struct xsock__limit hour = xsock__limit_make(INT64_C(3600000000000), NULL);
    (void)state;
    fake_before(FAKE_WAIT, 1, seal_it, t);
    ASSERT_RESULT(-XSOCK_ECANCELED, xsock__wait(t, xsock__fdtab_seal_fd(t), 0, &hour));
    xsock__fdtab_destroy(t);
}

/* A number that was reserved before the end is published after the end, and closed at once. */
static void what_opens_while_a_table_is_sealed_is_waited_in_by_nobody(void **state)
{
    struct xsock__fdtab *t = new_table(3, 8);
    struct xsock_pollfd v = {.fd = 3, .events = XSOCK_POLLIN};
    unsigned char byte;
    (void)state;
    fake_before(FAKE_OPEN, 1, seal_it, t);
    ASSERT_RESULT(3, xsock__call_open(t, XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(-XSOCK_EBADF, (int)xsock__call_recv(t, 3, &byte, 1, 0));
    ASSERT_RESULT(-XSOCK_ECANCELED, xsock__poll(t, &v, 1, -1));
    ASSERT_RESULT(-XSOCK_ECANCELED, xsock__fdtab_enter_wait(t));
    xsock__fdtab_destroy(t);
}

#define GUEST_TEST(f) cmocka_unit_test_setup_teardown(f, fake_setup, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(a_number_that_is_kept_is_nobodys_else),
        GUEST_TEST(numbers_to_be_kept_have_bounds),
        GUEST_TEST(a_guests_handles_are_closed_on_exec_whatever_it_says),
        GUEST_TEST(what_a_guest_adopts_is_closed_on_exec_too),
        GUEST_TEST(only_so_many_calls_wait_at_once),
        GUEST_TEST(a_call_that_is_closed_before_it_waits_is_canceled_however_many_wait),
        GUEST_TEST(a_sealed_table_is_empty_and_stays_so),
        GUEST_TEST(what_is_opened_as_the_table_is_sealed_is_closed),
        GUEST_TEST(sealing_wakes_what_waits_for_nothing),
        GUEST_TEST(what_opens_while_a_table_is_sealed_is_waited_in_by_nobody),
    };
    return cmocka_run_group_tests_name("tables of guests", tests, NULL, NULL);
}
