/* poll_oneoff on the real system: sockets, pipes and clocks. */
#include "clock.h"
#include "guest_poll.h"
#include "guests.h"
#include "xsock_native.h"

#include <string.h>

enum { OUT = 4096, VEC = 4300, DATA = 8192, END = GUEST_MEMORY };
enum { DONE = GUEST_COUNT, SUBS = GUEST_SUBS, EVENTS = GUEST_EVENTS };
enum { SUB = 48, EVENT = 32, MS = 1000000 };

static int pair[2];

static int setup(void **state)
{
    int rc = guests_setup(state);
    guest_want_nothing();
    ASSERT_ERRNO(0, CALL5(&guest, "sock_pair", XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, OUT, OUT + 4));
    pair[0] = (int)guest_get32(&guest, OUT);
    pair[1] = (int)guest_get32(&guest, OUT + 4);
    return rc;
}

static void send_some(int d, uint64_t n)
{
    guest_put_vec(&guest, VEC, DATA, n);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_write", d, VEC, 1, DONE));
}

/* ---- Descriptors of xsock -------------------------------------------------------------------- */

static void what_is_ready_is_told_and_how_much(void **state)
{
    (void)state;
    guest_want(&guest, GUEST_READ, pair[0]);
    guest_want(&guest, GUEST_WRITE, pair[0]);
    guest_want_time(&guest, GUEST_MONOTONIC, UINT64_MAX, 0);
    ASSERT_ERRNO(0, guest_poll(&guest));
    guest_assert_events(&guest, 1);
    guest_assert_event(&guest, 0, 1, 0, GUEST_WRITE, 1);
    send_some(pair[1], 7);
    guest_want_time(&guest, GUEST_REALTIME, UINT64_MAX, GUEST_ABSTIME);
    guest_want(&guest, GUEST_READ, pair[0]);
    guest_want(&guest, GUEST_READ, pair[1]);
    guest_want(&guest, GUEST_WRITE, pair[0]);
    ASSERT_ERRNO(0, guest_poll(&guest));
    guest_assert_events(&guest, 2);
    guest_assert_event(&guest, 0, 1, 0, GUEST_READ, 7);
    guest_assert_event(&guest, 1, 3, 0, GUEST_WRITE, 1);
}

static void who_has_hung_up_is_reported(void **state)
{
    int d[2];
    (void)state;
    ASSERT_ERRNO(0, CALL2(&guest, "fd_pipe", OUT, OUT + 4));
    d[0] = (int)guest_get32(&guest, OUT);
    d[1] = (int)guest_get32(&guest, OUT + 4);
    send_some(d[1], 3);
    guest_want(&guest, GUEST_READ, d[0]);
    ASSERT_ERRNO(0, guest_poll(&guest));
    guest_assert_events(&guest, 1);
    guest_assert_event(&guest, 0, 0, 0, GUEST_READ, 3);
    guest_put_vec(&guest, VEC, DATA, 3);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_read", d[0], VEC, 1, DONE));
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[1]));
    guest_want(&guest, GUEST_READ, d[0]);
    ASSERT_ERRNO(0, guest_poll(&guest));
    guest_assert_events(&guest, 1);
    assert_int_equal(guest_get32(&guest, EVENTS + 8), GUEST_READ << 16);
    assert_true(guest_get64(&guest, EVENTS + 16) == 0); /* the end of the stream */
}

/* The core copies a long list, and the copy counts toward the quota like the library's own
 * memory. */
static void all_that_a_long_list_needs_is_counted(void **state)
{
    enum { FITS = 40, TOO_LONG = 200 }; /* with pointers of 64 bits and of 32 */
    struct xsock_wasix_config config = {.max_scratch = 8192};
    (void)state;
    guest_stop(&guest);
    guest_start(&guest, &config);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_pipe", OUT, OUT + 4));
    int writer = (int)guest_get32(&guest, OUT + 4);
    for (int i = 0; i < FITS; i++)
        guest_want(&guest, GUEST_WRITE, writer);
    ASSERT_ERRNO(0, guest_poll(&guest));
    guest_assert_events(&guest, FITS);
    for (int i = 0; i < TOO_LONG; i++)
        guest_want(&guest, GUEST_WRITE, writer);
    ASSERT_ERRNO(XSOCK_ENOMEM, guest_poll(&guest));
    guest_want(&guest, GUEST_WRITE, writer);
    ASSERT_ERRNO(0, guest_poll(&guest));
}

static void a_connection_to_accept_is_something_to_read(void **state)
{
    struct xsock_addr a = {.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
    uintptr_t handle;
    (void)state;
    int l = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(l, &a));
    ASSERT_RESULT(0, xsock_listen(l, 1));
    ASSERT_RESULT(0, xsock_local_addr(l, &a));
    ASSERT_RESULT(0, xsock_release(l, &handle));
    int d = ASSERT_OPENS(xsock_wasix_adopt(guest.process, handle, 0));
    guest_want(&guest, GUEST_READ, d);
    guest_want_time(&guest, GUEST_MONOTONIC, 1, 0);
    ASSERT_ERRNO(0, guest_poll(&guest));
    guest_assert_events(&guest, 1);
    guest_assert_event(&guest, 0, 1, 0, GUEST_CLOCK, 0);
    int client =
        ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0));
    int rc = xsock_connect(client, &a);
    ASSERT_THAT(rc == 0 || rc == -XSOCK_EINPROGRESS, "%s", harness_name(rc));
    guest_want(&guest, GUEST_READ, d);
    ASSERT_ERRNO(0, guest_poll(&guest));
    guest_assert_events(&guest, 1);
    guest_assert_event(&guest, 0, 0, 0, GUEST_READ, 0);
    ASSERT_RESULT(0, xsock_close(client));
}

static void what_can_not_be_polled_has_an_event_that_says_so(void **state)
{
    int d[2];
    (void)state;
    ASSERT_ERRNO(0, CALL2(&guest, "fd_pipe", OUT, OUT + 4));
    d[0] = (int)guest_get32(&guest, OUT);
    d[1] = (int)guest_get32(&guest, OUT + 4);
    ASSERT_ERRNO(0, CALL1(&guest, "epoll_create", OUT));
    guest_want(&guest, GUEST_READ, 500);
    guest_want(&guest, GUEST_WRITE, -1);
    guest_want(&guest, GUEST_WRITE, d[0]);
    guest_want(&guest, GUEST_READ, d[1]);
    guest_want(&guest, GUEST_READ, (int)guest_get32(&guest, OUT));
    guest_want(&guest, GUEST_READ, pair[0]);
    guest_want_time(&guest, GUEST_MONOTONIC, UINT64_MAX, 0);
    guest_want(&guest, GUEST_WRITE, pair[0]);
    ASSERT_ERRNO(0, guest_poll(&guest));
    guest_assert_events(&guest, 6);
    for (uint32_t i = 0; i < 5; i++)
        guest_assert_event(&guest, i, i, i == 4 ? XSOCK_ENOTSUP : XSOCK_EBADF,
                           i == 1 || i == 2 ? GUEST_WRITE : GUEST_READ, 0);
    guest_assert_event(&guest, 5, 7, 0, GUEST_WRITE, 1);
}

static void what_is_no_subscription_is_refused(void **state)
{
    (void)state;
    guest_put32(&guest, DONE, 77);
    ASSERT_ERRNO(XSOCK_EINVAL, guest_poll(&guest)); /* none at all */
    guest_want(&guest, 3, pair[0]);
    ASSERT_ERRNO(XSOCK_EINVAL, guest_poll(&guest));
    guest_want(&guest, GUEST_WRITE, pair[0]);
    guest_want(&guest, 255, 0);
    ASSERT_ERRNO(XSOCK_EINVAL, guest_poll(&guest));
    guest_want_time(&guest, GUEST_MONOTONIC, 0, 2);
    ASSERT_ERRNO(XSOCK_EINVAL, guest_poll(&guest));
    guest_want_time(&guest, GUEST_MONOTONIC, 0, 0x8001);
    ASSERT_ERRNO(XSOCK_EINVAL, guest_poll(&guest));
    guest_want_time(&guest, 4, 0, 0);
    ASSERT_ERRNO(XSOCK_EINVAL, guest_poll(&guest));
    for (uint32_t id = 2; id < 4; id++) {
        guest_want_time(&guest, id, 0, 0);
        ASSERT_ERRNO(XSOCK_ENOTSUP, guest_poll(&guest));
    }
    assert_int_equal(guest_get32(&guest, DONE), 77);
    assert_int_equal(guest.bytes[EVENTS], 0xee);
}

static void all_of_it_is_in_memory_or_nothing_is_waited_for(void **state)
{
    static const char *const modules[] = {"wasix_32v1", "wasix_64v1", "wasi_snapshot_preview1"};
    (void)state;
    guest_want(&guest, GUEST_WRITE, pair[0]);
    guest_want(&guest, GUEST_WRITE, pair[0]);
    memcpy(guest.bytes + END - 2 * SUB, guest.bytes + SUBS, 2 * SUB);
    for (size_t m = 0; m < 3; m++) {
        int e = m < 2 ? XSOCK_EMEMVIOLATION : XSOCK_EFAULT;
        unsigned word = m == 1 ? 8 : 4;
        guest.module = modules[m];
        ASSERT_ERRNO(e, CALL4(&guest, "poll_oneoff", END - 2 * SUB + 1, EVENTS, 2, DONE));
        ASSERT_ERRNO(e, CALL4(&guest, "poll_oneoff", SUBS, END - 2 * EVENT + 1, 2, DONE));
        ASSERT_ERRNO(e, CALL4(&guest, "poll_oneoff", SUBS, EVENTS, 2, END - word + 1));
        ASSERT_ERRNO(e, CALL4(&guest, "poll_oneoff", SUBS, EVENTS, UINT32_MAX, DONE));
        ASSERT_ERRNO(e, CALL4(&guest, "poll_oneoff", SUBS, EVENTS, UINT32_MAX / SUB + 1, DONE));
        ASSERT_ERRNO(e, CALL4(&guest, "poll_oneoff", UINT32_MAX, EVENTS, 2, DONE));
        if (m == 1) {
            ASSERT_ERRNO(e, CALL4(&guest, "poll_oneoff", SUBS, EVENTS, UINT64_MAX / SUB + 1, DONE));
            ASSERT_ERRNO(e, CALL4(&guest, "poll_oneoff", UINT64_MAX - 50, EVENTS, 2, DONE));
        }
        ASSERT_ERRNO(0,
                     CALL4(&guest, "poll_oneoff", END - 2 * SUB, EVENTS, 2, END - 2 * SUB - word));
        assert_int_equal(guest_get32(&guest, END - 2 * SUB - word), 2);
        ASSERT_ERRNO(0, CALL4(&guest, "poll_oneoff", SUBS, END - 2 * EVENT, 2, DONE));
        memcpy(guest.bytes + END - 2 * SUB, guest.bytes + SUBS, 2 * SUB);
    }
}

/* Copies count toward the quota. If they would exceed it, the call does nothing. */
static void many_subscriptions_cost_of_the_quota(void **state)
{
    static const struct xsock_wasix_config small = {.max_scratch = 8192};
    (void)state;
    guest_stop(&guest);
    guest_start(&guest, &small);
    for (int i = 0; i < 300; i++)
        guest_want_time(&guest, GUEST_MONOTONIC, 0, 0);
    ASSERT_ERRNO(XSOCK_ENOMEM, CALL4(&guest, "poll_oneoff", SUBS, EVENTS + 16384, 300, DONE));
    for (int i = 0; i < 20; i++) {
        ASSERT_ERRNO(0, CALL4(&guest, "poll_oneoff", SUBS, EVENTS + 16384, 50, DONE));
        assert_int_equal(guest_get32(&guest, DONE), 50);
    }
}

/* ---- Clocks ---------------------------------------------------------------------------------- */

static void a_sleep_is_not_too_short(void **state)
{
    (void)state;
    for (uint32_t id = GUEST_REALTIME; id <= GUEST_MONOTONIC; id++) {
        int64_t begin = clock_now();
        guest_want_time(&guest, id, 3 * MS, 0);
        guest_want_time(&guest, id, 3600 * (uint64_t)1000 * MS, 0);
        ASSERT_ERRNO(0, guest_poll(&guest));
        int64_t took = clock_now() - begin;
        guest_assert_events(&guest, 1);
        guest_assert_event(&guest, 0, 0, 0, GUEST_CLOCK, 0);
        ASSERT_THAT(took >= 3 * MS, "took %d us", (int)(took / 1000));
    }
    guest_want_time(&guest, GUEST_REALTIME, 1, GUEST_ABSTIME); /* in 1970 */
    guest_want_time(&guest, GUEST_MONOTONIC, 0, GUEST_ABSTIME);
    guest_want_time(&guest, GUEST_REALTIME, UINT64_MAX / 2, GUEST_ABSTIME);
    ASSERT_ERRNO(0, guest_poll(&guest));
    guest_assert_events(&guest, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST_AFTER(setup, what_is_ready_is_told_and_how_much),
        GUEST_TEST_AFTER(setup, who_has_hung_up_is_reported),
        GUEST_TEST_AFTER(setup, a_connection_to_accept_is_something_to_read),
        GUEST_TEST_AFTER(setup, what_can_not_be_polled_has_an_event_that_says_so),
        GUEST_TEST_AFTER(setup, what_is_no_subscription_is_refused),
        GUEST_TEST_AFTER(setup, all_of_it_is_in_memory_or_nothing_is_waited_for),
        GUEST_TEST_AFTER(setup, many_subscriptions_cost_of_the_quota),
        GUEST_TEST_AFTER(setup, all_that_a_long_list_needs_is_counted),
        GUEST_TEST_AFTER(setup, a_sleep_is_not_too_short),
    };
    return cmocka_run_group_tests_name("poll_oneoff of guests", tests, NULL, NULL);
}
