/* poll_oneoff on the real system: sockets, pipes, clocks, and the engine's files among them. */
#include "clock.h"
#include "guest.h"
#include "threads.h"
#include "xsock_native.h"

#include <string.h>

enum { OUT = 4096, DONE = 4200, VEC = 4300, SUBS = 16384, EVENTS = 20480, DATA = 8192, END = GUEST_MEMORY };
enum { SUB = 48, EVENT = 32, CLOCK = 0, READ = 1, WRITE = 2, ABSTIME = 1, HANGUP = 1 };
enum { REALTIME = 0, MONOTONIC = 1, MS = 1000000 };

static struct guest guest, other;
static int pair[2];
static uint32_t subs;

static int setup(void **state)
{
    int rc = harness_setup(state);
    guest_start(&guest, NULL);
    guest_start(&other, NULL);
    ASSERT_ERRNO(0, CALL5(&guest, "sock_pair", XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, OUT, OUT + 4));
    pair[0] = (int)guest_get32(&guest, OUT);
    pair[1] = (int)guest_get32(&guest, OUT + 4);
    subs = 0;
    return rc;
}

static int teardown(void **state)
{
    guest_stop(&guest);
    guest_stop(&other);
    return harness_teardown(state);
}

/* ---- Subscriptions and events --------------------------------------------------------------------- */

/* Its userdata is its place and something to know it by. */
static uint64_t next_sub(int tag)
{
    uint64_t at = SUBS + (uint64_t)SUB * subs;
    memset(guest.bytes + at, 0, SUB);
    guest_put64(&guest, at, UINT64_C(0xabcd000000000000) + subs++);
    guest.bytes[at + 8] = (unsigned char)tag;
    return at;
}

static void want(int tag, uint32_t d)
{
    guest_put32(&guest, next_sub(tag) + 16, d);
}

static void want_time(uint32_t id, uint64_t timeout, uint16_t flags)
{
    uint64_t at = next_sub(CLOCK);
    guest_put32(&guest, at + 16, id);
    guest_put64(&guest, at + 24, timeout);
    guest_put64(&guest, at + 32, UINT64_MAX); /* the precision: any will do */
    guest_put16(&guest, at + 40, flags);
}

static uint32_t poll_all(void)
{
    uint32_t n = subs;
    subs = 0;
    memset(guest.bytes + EVENTS, 0xee, 4096);
    return CALL4(&guest, "poll_oneoff", SUBS, EVENTS, n, DONE);
}

static void assert_events(uint32_t n)
{
    assert_int_equal(guest_get32(&guest, DONE), n);
    assert_int_equal(guest.bytes[EVENTS + n * EVENT], 0xee);
}

static void assert_event(uint32_t i, uint64_t place, int error, int type, uint64_t bytes, int flags)
{
    uint64_t at = EVENTS + (uint64_t)i * EVENT;
    assert_true(guest_get64(&guest, at) == UINT64_C(0xabcd000000000000) + place);
    assert_int_equal(guest_get32(&guest, at + 8), error | type << 16);
    assert_int_equal(guest_get32(&guest, at + 12), 0);
    assert_true(guest_get64(&guest, at + 16) == bytes);
    assert_true(guest_get64(&guest, at + 24) == (uint64_t)flags);
}

static void send_some(int d, uint64_t n)
{
    guest_put_vec(&guest, VEC, DATA, n);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_write", d, VEC, 1, DONE));
}

/* ---- Ours ---------------------------------------------------------------------------------------- */

static void what_is_ready_is_told_and_how_much(void **state)
{
    (void)state;
    want(READ, (uint32_t)pair[0]);
    want(WRITE, (uint32_t)pair[0]);
    want_time(MONOTONIC, UINT64_MAX, 0);
    ASSERT_ERRNO(0, poll_all());
    assert_events(1);
    assert_event(0, 1, 0, WRITE, 1, 0);
    send_some(pair[1], 7);
    want_time(REALTIME, UINT64_MAX, ABSTIME);
    want(READ, (uint32_t)pair[0]);
    want(READ, (uint32_t)pair[1]);
    want(WRITE, (uint32_t)pair[0]);
    ASSERT_ERRNO(0, poll_all());
    assert_events(2);
    assert_event(0, 1, 0, READ, 7, 0);
    assert_event(1, 3, 0, WRITE, 1, 0);
}

static void who_has_hung_up_is_told(void **state)
{
    int d[2];
    (void)state;
    ASSERT_ERRNO(0, CALL2(&guest, "fd_pipe", OUT, OUT + 4));
    d[0] = (int)guest_get32(&guest, OUT);
    d[1] = (int)guest_get32(&guest, OUT + 4);
    send_some(d[1], 3);
    want(READ, (uint32_t)d[0]);
    ASSERT_ERRNO(0, poll_all());
    assert_events(1);
    assert_event(0, 0, 0, READ, 3, 0);
    guest_put_vec(&guest, VEC, DATA, 3);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_read", d[0], VEC, 1, DONE));
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[1]));
    want(READ, (uint32_t)d[0]);
    ASSERT_ERRNO(0, poll_all());
    assert_events(1);
    assert_int_equal(guest_get32(&guest, EVENTS + 8), READ << 16);
    assert_true(guest_get64(&guest, EVENTS + 16) == 0); /* the end */
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
    want(READ, (uint32_t)d);
    want_time(MONOTONIC, 1, 0);
    ASSERT_ERRNO(0, poll_all());
    assert_events(1);
    assert_event(0, 1, 0, CLOCK, 0, 0);
    int client = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0));
    int rc = xsock_connect(client, &a);
    ASSERT_THAT(rc == 0 || rc == -XSOCK_EINPROGRESS, "%s", harness_name(rc));
    want(READ, (uint32_t)d);
    ASSERT_ERRNO(0, poll_all());
    assert_events(1);
    assert_event(0, 0, 0, READ, 0, 0);
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
    want(READ, 500);
    want(WRITE, UINT32_MAX);
    want(WRITE, (uint32_t)d[0]);
    want(READ, (uint32_t)d[1]);
    want(READ, guest_get32(&guest, OUT));
    want(READ, (uint32_t)pair[0]);
    want_time(MONOTONIC, UINT64_MAX, 0);
    want(WRITE, (uint32_t)pair[0]);
    ASSERT_ERRNO(0, poll_all());
    assert_events(6);
    for (uint32_t i = 0; i < 5; i++)
        assert_event(i, i, i == 4 ? XSOCK_ENOTSUP : XSOCK_EBADF, i == 1 || i == 2 ? WRITE : READ, 0, 0);
    assert_event(5, 7, 0, WRITE, 1, 0);
}

static void what_is_no_subscription_is_refused(void **state)
{
    (void)state;
    guest_put32(&guest, DONE, 77);
    ASSERT_ERRNO(XSOCK_EINVAL, poll_all()); /* none at all */
    want(3, (uint32_t)pair[0]);
    ASSERT_ERRNO(XSOCK_EINVAL, poll_all());
    want(WRITE, (uint32_t)pair[0]);
    want(255, 0);
    ASSERT_ERRNO(XSOCK_EINVAL, poll_all());
    want_time(MONOTONIC, 0, 2);
    ASSERT_ERRNO(XSOCK_EINVAL, poll_all());
    want_time(MONOTONIC, 0, 0x8001);
    ASSERT_ERRNO(XSOCK_EINVAL, poll_all());
    want_time(4, 0, 0);
    ASSERT_ERRNO(XSOCK_EINVAL, poll_all());
    for (uint32_t id = 2; id < 4; id++) {
        want_time(id, 0, 0);
        ASSERT_ERRNO(XSOCK_ENOTSUP, poll_all());
    }
    assert_int_equal(guest_get32(&guest, DONE), 77);
    assert_int_equal(guest.bytes[EVENTS], 0xee);
}

static void all_of_it_is_in_memory_or_nothing_is_waited_for(void **state)
{
    static const char *const modules[] = {"wasix_32v1", "wasix_64v1", "wasi_snapshot_preview1"};
    (void)state;
    want(WRITE, (uint32_t)pair[0]);
    want(WRITE, (uint32_t)pair[0]);
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
        ASSERT_ERRNO(0, CALL4(&guest, "poll_oneoff", END - 2 * SUB, EVENTS, 2, END - 2 * SUB - word));
        assert_int_equal(guest_get32(&guest, END - 2 * SUB - word), 2);
        ASSERT_ERRNO(0, CALL4(&guest, "poll_oneoff", SUBS, END - 2 * EVENT, 2, DONE));
        memcpy(guest.bytes + END - 2 * SUB, guest.bytes + SUBS, 2 * SUB);
    }
}

/* Copies are counted: over the quota nothing is done. */
static void many_subscriptions_cost_of_the_quota(void **state)
{
    static const struct xsock_wasix_config small = {.max_scratch = 8192};
    (void)state;
    guest_stop(&guest);
    guest_start(&guest, &small);
    for (int i = 0; i < 300; i++)
        want_time(MONOTONIC, 0, 0);
    subs = 0;
    ASSERT_ERRNO(XSOCK_ENOMEM, CALL4(&guest, "poll_oneoff", SUBS, EVENTS + 16384, 300, DONE));
    for (int i = 0; i < 20; i++) {
        ASSERT_ERRNO(0, CALL4(&guest, "poll_oneoff", SUBS, EVENTS + 16384, 50, DONE));
        assert_int_equal(guest_get32(&guest, DONE), 50);
    }
}

/* ---- Clocks -------------------------------------------------------------------------------------- */

static void a_sleep_is_not_too_short(void **state)
{
    (void)state;
    for (uint32_t id = REALTIME; id <= MONOTONIC; id++) {
        int64_t begin = clock_now();
        want_time(id, 3 * MS, 0);
        want_time(id, 3600 * (uint64_t)1000 * MS, 0);
        ASSERT_ERRNO(0, poll_all());
        int64_t took = clock_now() - begin;
        assert_events(1);
        assert_event(0, 0, 0, CLOCK, 0, 0);
        ASSERT_THAT(took >= 3 * MS, "took %d us", (int)(took / 1000));
    }
    want_time(REALTIME, 1, ABSTIME); /* in 1970 */
    want_time(MONOTONIC, 0, ABSTIME);
    want_time(REALTIME, UINT64_MAX / 2, ABSTIME);
    ASSERT_ERRNO(0, poll_all());
    assert_events(2);
}

/* ---- The engine's -------------------------------------------------------------------------------- */

static struct files {
    int asked, answer;
    bool write;
    uint64_t bytes;
    struct xsock_wasix *wake; /* who is rung for while it is asked, once: the file has become ready just then */
} files;

static int ready(void *user, int number, bool write, uint64_t *out_bytes)
{
    struct files *f = user;
    f->asked++;
    f->write = write;
    assert_int_equal(number, write ? 1 : 0);
    int answer = f->answer;
    if (f->wake != NULL) {
        f->answer = 1;
        xsock_wasix_wake(f->wake);
        f->wake = NULL;
    }
    *out_bytes = f->bytes;
    return answer;
}

static void with_files(void)
{
    static const struct xsock_wasix_config config = {.ready = ready, .user = &files};
    memset(&files, 0, sizeof files);
    guest_stop(&guest);
    guest_start(&guest, &config);
    ASSERT_ERRNO(0, CALL5(&guest, "sock_pair", XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, OUT, OUT + 4));
}

static void what_is_all_the_engines_is_not_ours(void **state)
{
    (void)state;
    with_files();
    want(READ, 0);
    want(WRITE, 1);
    want_time(MONOTONIC, 0, 0);
    ASSERT_ERRNO(XSOCK_WASIX_NOT_MINE, poll_all());
    assert_int_equal(files.asked, 0);
}

static void the_engine_is_asked_for_its_files(void **state)
{
    (void)state;
    with_files();
    files.answer = 1;
    files.bytes = 9;
    want(READ, (uint32_t)pair[0]);
    want(WRITE, 1);
    ASSERT_ERRNO(0, poll_all());
    assert_true(files.asked >= 1);
    assert_true(files.write);
    assert_events(1);
    assert_event(0, 1, 0, WRITE, 9, 0);
    files.answer = -XSOCK_EIO;
    want(READ, 0);
    want(WRITE, (uint32_t)pair[0]);
    ASSERT_ERRNO(0, poll_all());
    assert_events(2); /* and the others are looked at as well */
    assert_event(0, 0, XSOCK_EIO, READ, 0, 0);
    assert_event(1, 1, 0, WRITE, 1, 0);
    files.answer = 0;
    want(READ, 0);
    want(READ, (uint32_t)pair[0]);
    want_time(MONOTONIC, MS, 0);
    ASSERT_ERRNO(0, poll_all());
    assert_events(1);
    assert_event(0, 2, 0, CLOCK, 0, 0);
}

static void without_a_function_files_are_always_ready(void **state)
{
    (void)state;
    want(READ, (uint32_t)pair[0]);
    want(READ, 2);
    ASSERT_ERRNO(0, poll_all());
    assert_events(1);
    assert_event(0, 1, 0, READ, 0, 0);
}

/* Between its answer and the wait. */
static void a_ring_is_not_lost(void **state)
{
    (void)state;
    with_files();
    files.wake = guest.process;
    want(READ, 0);
    want(READ, (uint32_t)pair[0]);
    ASSERT_ERRNO(0, poll_all());
    assert_int_equal(files.asked, 2);
    assert_events(1);
    assert_event(0, 0, 0, READ, 0, 0);
    xsock_wasix_wake(NULL);
}

/* ---- Threads ------------------------------------------------------------------------------------- */

static uint32_t result;

static void poll_in_thread(void *user)
{
    (void)user;
    result = poll_all();
}

static struct thread *start_polling(void)
{
    struct thread *t = thread_start(poll_in_thread, NULL);
    assert_non_null(t);
    thread_yield();
    return t;
}

static void the_end_of_a_guest_ends_sleep_and_poll(void **state)
{
    (void)state;
    for (int with_sockets = 0; with_sockets < 2; with_sockets++) {
        want_time(MONOTONIC, UINT64_MAX, 0);
        if (with_sockets)
            want(READ, (uint32_t)pair[0]);
        struct thread *t = start_polling();
        xsock_wasix_end(guest.process);
        thread_join(t);
        ASSERT_ERRNO(XSOCK_ECANCELED, result);
        guest_stop(&guest);
        guest_start(&guest, NULL);
        ASSERT_ERRNO(0, CALL5(&guest, "sock_pair", XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, OUT, OUT + 4));
    }
}

static int ready_when_rung(void *user, int number, bool write, uint64_t *out_bytes)
{
    struct gate *asked = user;
    static int times;
    (void)number;
    (void)write;
    *out_bytes = 0;
    gate_open(asked);
    return ++times > 1;
}

static void a_ring_wakes_who_polls(void **state)
{
    struct gate *asked = gate_create();
    struct xsock_wasix_config config = {.ready = ready_when_rung, .user = asked};
    (void)state;
    guest_stop(&guest);
    guest_start(&guest, &config);
    ASSERT_ERRNO(0, CALL5(&guest, "sock_pair", XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, OUT, OUT + 4));
    want(READ, 0);
    want(READ, (uint32_t)pair[0]);
    struct thread *t = start_polling();
    gate_wait(asked);
    xsock_wasix_wake(guest.process);
    thread_join(t);
    ASSERT_ERRNO(0, result);
    assert_events(1);
    gate_destroy(asked);
}

static void a_socket_that_is_closed_meanwhile_is_told(void **state)
{
    (void)state;
    want(READ, (uint32_t)pair[0]);
    struct thread *t = start_polling();
    ASSERT_RESULT(0, xsock_wasix_close(guest.process, pair[0]));
    thread_join(t);
    ASSERT_ERRNO(0, result);
    assert_events(1);
    assert_event(0, 0, XSOCK_EBADF, READ, 0, 0);
}

#define GUEST_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(what_is_ready_is_told_and_how_much),
        GUEST_TEST(who_has_hung_up_is_told),
        GUEST_TEST(a_connection_to_accept_is_something_to_read),
        GUEST_TEST(what_can_not_be_polled_has_an_event_that_says_so),
        GUEST_TEST(what_is_no_subscription_is_refused),
        GUEST_TEST(all_of_it_is_in_memory_or_nothing_is_waited_for),
        GUEST_TEST(many_subscriptions_cost_of_the_quota),
        GUEST_TEST(a_sleep_is_not_too_short),
        GUEST_TEST(what_is_all_the_engines_is_not_ours),
        GUEST_TEST(the_engine_is_asked_for_its_files),
        GUEST_TEST(without_a_function_files_are_always_ready),
        GUEST_TEST(a_ring_is_not_lost),
        GUEST_TEST(the_end_of_a_guest_ends_sleep_and_poll),
        GUEST_TEST(a_ring_wakes_who_polls),
        GUEST_TEST(a_socket_that_is_closed_meanwhile_is_told),
    };
    return cmocka_run_group_tests_name("poll_oneoff of guests", tests, NULL, NULL);
}
