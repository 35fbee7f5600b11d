/* poll_oneoff with files of the engine among the descriptors, and with other threads. */
#include "guest_poll.h"
#include "guests.h"
#include "threads.h"

#include <string.h>

enum { OUT = 4096, MS = 1000000 };

static int pair[2];

static void make_pair(void)
{
    ASSERT_ERRNO(0, CALL5(&guest, "sock_pair", XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, OUT, OUT + 4));
    pair[0] = (int)guest_get32(&guest, OUT);
    pair[1] = (int)guest_get32(&guest, OUT + 4);
}

static int setup(void **state)
{
    int rc = guests_setup(state);
    guest_want_nothing();
    make_pair();
    return rc;
}

/* ---- Files of the engine --------------------------------------------------------------------- */

static struct files {
    int asked, answer;
    bool write;
    uint64_t bytes;
    struct xsock_wasix
        *wake; /* woken once while it is asked, because the file became ready at that moment */
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
    make_pair();
}

static void what_is_all_the_engines_is_not_ours(void **state)
{
    (void)state;
    with_files();
    guest_want(&guest, GUEST_READ, 0);
    guest_want(&guest, GUEST_WRITE, 1);
    guest_want_time(&guest, GUEST_MONOTONIC, 0, 0);
    ASSERT_ERRNO(XSOCK_WASIX_CALL_ENGINE, guest_poll(&guest));
    assert_int_equal(files.asked, 0);
}

static void the_engine_is_asked_for_its_files(void **state)
{
    (void)state;
    with_files();
    files.answer = 1;
    files.bytes = 9;
    guest_want(&guest, GUEST_READ, pair[0]);
    guest_want(&guest, GUEST_WRITE, 1);
    ASSERT_ERRNO(0, guest_poll(&guest));
    assert_true(files.asked >= 1);
    assert_true(files.write);
    guest_assert_events(&guest, 1);
    guest_assert_event(&guest, 0, 1, 0, GUEST_WRITE, 9);
    files.answer = -XSOCK_EIO;
    guest_want(&guest, GUEST_READ, 0);
    guest_want(&guest, GUEST_WRITE, pair[0]);
    ASSERT_ERRNO(0, guest_poll(&guest));
    guest_assert_events(&guest, 2); /* and the other descriptors are checked as well */
    guest_assert_event(&guest, 0, 0, XSOCK_EIO, GUEST_READ, 0);
    guest_assert_event(&guest, 1, 1, 0, GUEST_WRITE, 1);
    files.answer = 0;
    guest_want(&guest, GUEST_READ, 0);
    guest_want(&guest, GUEST_READ, pair[0]);
    guest_want_time(&guest, GUEST_MONOTONIC, MS, 0);
    ASSERT_ERRNO(0, guest_poll(&guest));
    guest_assert_events(&guest, 1);
    guest_assert_event(&guest, 0, 2, 0, GUEST_CLOCK, 0);
}

static void without_a_function_files_are_always_ready(void **state)
{
    (void)state;
    guest_want(&guest, GUEST_READ, pair[0]);
    guest_want(&guest, GUEST_READ, 2);
    ASSERT_ERRNO(0, guest_poll(&guest));
    guest_assert_events(&guest, 1);
    guest_assert_event(&guest, 0, 1, 0, GUEST_READ, 0);
}

/* Between the engine's answer and the wait. */
static void a_ring_is_not_lost(void **state)
{
    (void)state;
    with_files();
    files.wake = guest.process;
    guest_want(&guest, GUEST_READ, 0);
    guest_want(&guest, GUEST_READ, pair[0]);
    ASSERT_ERRNO(0, guest_poll(&guest));
    assert_int_equal(files.asked, 2);
    guest_assert_events(&guest, 1);
    guest_assert_event(&guest, 0, 0, 0, GUEST_READ, 0);
    xsock_wasix_wake(NULL);
}

/* ---- Threads --------------------------------------------------------------------------------- */

static uint32_t result;

static void poll_in_thread(void *user)
{
    (void)user;
    result = guest_poll(&guest);
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
        guest_want_time(&guest, GUEST_MONOTONIC, UINT64_MAX, 0);
        if (with_sockets)
            guest_want(&guest, GUEST_READ, pair[0]);
        struct thread *t = start_polling();
        xsock_wasix_end(guest.process);
        thread_join(t);
        ASSERT_ERRNO(XSOCK_ECANCELED, result);
        guest_stop(&guest);
        guest_start(&guest, NULL);
        make_pair();
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
    make_pair();
    guest_want(&guest, GUEST_READ, 0);
    guest_want(&guest, GUEST_READ, pair[0]);
    struct thread *t = start_polling();
    gate_wait(asked);
    xsock_wasix_wake(guest.process);
    thread_join(t);
    ASSERT_ERRNO(0, result);
    guest_assert_events(&guest, 1);
    gate_destroy(asked);
}

static void a_socket_that_is_closed_meanwhile_is_reported(void **state)
{
    (void)state;
    guest_want(&guest, GUEST_READ, pair[0]);
    struct thread *t = start_polling();
    ASSERT_RESULT(0, xsock_wasix_close(guest.process, pair[0]));
    thread_join(t);
    ASSERT_ERRNO(0, result);
    guest_assert_events(&guest, 1);
    guest_assert_event(&guest, 0, 0, XSOCK_EBADF, GUEST_READ, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST_AFTER(setup, what_is_all_the_engines_is_not_ours),
        GUEST_TEST_AFTER(setup, the_engine_is_asked_for_its_files),
        GUEST_TEST_AFTER(setup, without_a_function_files_are_always_ready),
        GUEST_TEST_AFTER(setup, a_ring_is_not_lost),
        GUEST_TEST_AFTER(setup, the_end_of_a_guest_ends_sleep_and_poll),
        GUEST_TEST_AFTER(setup, a_ring_wakes_who_polls),
        GUEST_TEST_AFTER(setup, a_socket_that_is_closed_meanwhile_is_reported),
    };
    return cmocka_run_group_tests_name("poll_oneoff with files of the engine's", tests, NULL, NULL);
}
