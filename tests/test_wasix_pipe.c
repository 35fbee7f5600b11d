/* Pipes and events, which a guest can read and write although they are not sockets. */
#include "guests.h"
#include "threads.h"

#include <string.h>

enum { OUT = 4096, DONE = 4200, VEC = 4300, DATA = 8192, END = GUEST_MEMORY };

static uint32_t write_some(int d, uint64_t at, uint64_t len)
{
    guest_put_vec(&guest, VEC, at, len);
    return CALL4(&guest, "fd_write", d, VEC, 1, DONE);
}

static uint32_t read_some(int d, uint64_t at, uint64_t len)
{
    guest_put_vec(&guest, VEC, at, len);
    return CALL4(&guest, "fd_read", d, VEC, 1, DONE);
}

static void set_nonblocking(int d)
{
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_set_flags", d, 4));
}

static void make_pipe(int out[2])
{
    ASSERT_ERRNO(0, CALL2(&guest, "fd_pipe", OUT, OUT + 4));
    out[0] = (int)guest_get32(&guest, OUT);
    out[1] = (int)guest_get32(&guest, OUT + 4);
}

static int make_event(uint64_t initial, uint32_t flags)
{
    ASSERT_ERRNO(0, CALL3(&guest, "fd_event", initial, flags, OUT));
    int d = (int)guest_get32(&guest, OUT);
    set_nonblocking(d);
    return d;
}

/* The result of a wait for it that returns at once: XSOCK_POLLIN, XSOCK_POLLOUT, both or none. */
static int ready_now(int d)
{
    enum { IN = 16384, EVENTS = 20480, TIMER = 2 };
    int ready = 0;
    memset(guest.bytes + IN, 0, 3 * 48);
    for (uint64_t i = 0; i < 2; i++) {
        guest_put64(&guest, IN + i * 48, i);
        guest.bytes[IN + i * 48 + 8] = (unsigned char)(1 + i);
        guest_put32(&guest, IN + i * 48 + 16, (uint32_t)d);
    }
    guest_put64(&guest, IN + 2 * 48, TIMER);
    guest_put32(&guest, IN + 2 * 48 + 16, 1);
    ASSERT_ERRNO(0, CALL4(&guest, "poll_oneoff", IN, EVENTS, 3, DONE));
    uint32_t n = guest_get32(&guest, DONE);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t which = guest_get64(&guest, EVENTS + i * 32);
        uint32_t error = guest_get32(&guest, EVENTS + i * 32 + 8) & 0xffff;
        if (which != TIMER && error == 0)
            ready |= which == 0 ? XSOCK_POLLIN : XSOCK_POLLOUT;
    }
    return ready;
}

/* ---- Pipes ----------------------------------------------------------------------------------- */

static void what_is_written_to_the_one_end_is_read_from_the_other(void **state)
{
    int d[2];
    (void)state;
    make_pipe(d);
    assert_int_equal(d[0], 3);
    assert_int_equal(d[1], 4);
    memcpy(guest.bytes + DATA, "through", 7);
    ASSERT_ERRNO(0, write_some(d[1], DATA, 7));
    assert_int_equal(guest_get32(&guest, DONE), 7);
    assert_int_equal(ready_now(d[0]), XSOCK_POLLIN);
    assert_int_equal(ready_now(d[1]), XSOCK_POLLOUT);
    ASSERT_ERRNO(0, read_some(d[0], DATA + 100, 100));
    assert_int_equal(guest_get32(&guest, DONE), 7);
    assert_memory_equal(guest.bytes + DATA + 100, "through", 7);
    assert_int_equal(ready_now(d[0]), 0);
    ASSERT_ERRNO(XSOCK_EBADF, write_some(d[0], DATA, 1));
    ASSERT_ERRNO(XSOCK_EBADF, read_some(d[1], DATA, 1));
}

static void a_pipe_is_no_socket(void **state)
{
    static const int kinds[] = {0, 1};
    int d[2];
    (void)state;
    make_pipe(d);
    for (size_t i = 0; i < 2; i++) {
        ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_get", d[kinds[i]], OUT));
        assert_int_equal(guest.bytes[OUT], 0);
        uint64_t rights = guest_get64(&guest, OUT + 8);
        assert_int_equal((rights & 2) != 0, i == 0);
        assert_int_equal((rights & 64) != 0, i == 1);
    }
}

enum { PEEK = 1, WHOLE_LENGTH = 4, RECV_DONTWAIT = 8, SEND_DONTWAIT = 1, FLAGS = 4208 };

static uint32_t send_on(int d, uint32_t flags, uint64_t len)
{
    guest_put_vec(&guest, VEC, DATA, len);
    return CALL5(&guest, "sock_send", d, VEC, 1, flags, DONE);
}

static uint32_t recv_on(int d, uint32_t flags, uint64_t len)
{
    guest_put_vec(&guest, VEC, DATA, len);
    guest_put16(&guest, FLAGS, 0xeeee);
    return CALL6(&guest, "sock_recv", d, VEC, 1, flags, DONE, FLAGS);
}

/* Hosts of WASIX do the same. */
static void send_and_recv_work_on_pipes(void **state)
{
    int d[2];
    (void)state;
    make_pipe(d);
    memcpy(guest.bytes + DATA, "hello", 5);
    ASSERT_ERRNO(0, send_on(d[1], 0, 5));
    assert_int_equal(guest_get32(&guest, DONE), 5);
    memset(guest.bytes + DATA, 0, 5);
    ASSERT_ERRNO(0, recv_on(d[0], PEEK, 2));
    ASSERT_ERRNO(0, recv_on(d[0], WHOLE_LENGTH, 100));
    assert_int_equal(guest_get32(&guest, DONE), 5);
    assert_int_equal(guest_get32(&guest, FLAGS) & 0xffff, 0);
    assert_memory_equal(guest.bytes + DATA, "hello", 5);
    ASSERT_ERRNO(XSOCK_EAGAIN, recv_on(d[0], RECV_DONTWAIT, 1));
    ASSERT_ERRNO(XSOCK_EINVAL, recv_on(d[0], 2 * RECV_DONTWAIT, 1));
    ASSERT_ERRNO(XSOCK_EINVAL, send_on(d[1], 2 * SEND_DONTWAIT, 1));
    ASSERT_ERRNO(XSOCK_EBADF, recv_on(d[1], 0, 1));
    ASSERT_ERRNO(XSOCK_EBADF, send_on(d[0], 0, 1));
    ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL5(&guest, "sock_send", d[1], VEC, 1, 0, END - 3));
    ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL6(&guest, "sock_recv", d[0], VEC, 1, 0, DONE, END - 1));
    while (send_on(d[1], SEND_DONTWAIT, 4096) == 0)
        ;
    ASSERT_ERRNO(XSOCK_EAGAIN, send_on(d[1], SEND_DONTWAIT, 4096));
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[0]));
    ASSERT_ERRNO(XSOCK_EPIPE, send_on(d[1], 0, 1));
    int event = make_event(1, 0);
    ASSERT_ERRNO(XSOCK_ENOTSOCK, send_on(event, 0, 8));
    ASSERT_ERRNO(XSOCK_ENOTSOCK, recv_on(event, 0, 8));
}

static void the_reader_sees_the_end_and_the_writer_that_nobody_reads(void **state)
{
    int d[2];
    (void)state;
    make_pipe(d);
    ASSERT_ERRNO(0, write_some(d[1], DATA, 5));
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[1]));
    ASSERT_ERRNO(0, read_some(d[0], DATA, 100));
    assert_int_equal(guest_get32(&guest, DONE), 5);
    ASSERT_ERRNO(0, read_some(d[0], DATA, 100));
    assert_int_equal(guest_get32(&guest, DONE), 0);
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[0]));
    for (int unread = 0; unread < 2; unread++) {
        make_pipe(d);
        if (unread)
            ASSERT_ERRNO(0, write_some(d[1], DATA, 5));
        ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[0]));
        ASSERT_ERRNO(XSOCK_EPIPE, write_some(d[1], DATA, 1));
        ASSERT_ERRNO(XSOCK_EPIPE, write_some(d[1], DATA, 1));
        ASSERT_ERRNO(0, write_some(d[1], DATA, 0));
        ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[1]));
    }
}

/* A duplicate of the reader keeps the pipe open. */
static void an_end_is_open_as_long_as_one_of_its_descriptors_is(void **state)
{
    int d[2];
    (void)state;
    make_pipe(d);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_dup", d[0], OUT));
    int again = (int)guest_get32(&guest, OUT);
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[0]));
    ASSERT_ERRNO(0, write_some(d[1], DATA, 3));
    ASSERT_ERRNO(0, read_some(again, DATA, 3));
    assert_int_equal(guest_get32(&guest, DONE), 3);
    ASSERT_ERRNO(XSOCK_EBADF, write_some(again, DATA, 3));
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", again));
    ASSERT_ERRNO(XSOCK_EPIPE, write_some(d[1], DATA, 1));
}

static void a_full_pipe_would_block_and_goes_on_when_it_is_read(void **state)
{
    int d[2];
    uint64_t sent = 0, got = 0;
    uint32_t e;
    (void)state;
    make_pipe(d);
    set_nonblocking(d[0]);
    set_nonblocking(d[1]);
    ASSERT_ERRNO(XSOCK_EAGAIN, read_some(d[0], DATA, 1));
    const int64_t end = harness_patience();
    while ((e = write_some(d[1], DATA, 30000)) == 0) {
        ASSERT_IN_TIME(end, "full pipe");
        sent += guest_get32(&guest, DONE);
    }
    ASSERT_ERRNO(XSOCK_EAGAIN, e);
    assert_true(sent >= 4096);
    assert_int_equal(ready_now(d[1]), 0);
    while (got < sent) {
        ASSERT_IN_TIME(end, "last byte");
        e = read_some(d[0], DATA, 30000);
        ASSERT_THAT(e == 0 || e == XSOCK_EAGAIN, "errno %u",
                    (unsigned)e); /* some of the bytes may still be on their way */
        got += e == 0 ? guest_get32(&guest, DONE) : 0;
    }
    assert_true(got == sent);
    ASSERT_ERRNO(XSOCK_EAGAIN, read_some(d[0], DATA, 1));
}

static void a_pipe_without_a_place_for_its_numbers_is_not_made(void **state)
{
    static const uint64_t bad[] = {END - 3, END, UINT32_MAX - 3, UINT32_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL2(&guest, "fd_pipe", bad[i], OUT));
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL2(&guest, "fd_pipe", OUT, bad[i]));
        ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL3(&guest, "fd_event", 0, 0, bad[i]));
    }
    ASSERT_ERRNO(0, CALL2(&guest, "fd_pipe", END - 4, END - 8));
    assert_int_equal(guest_get32(&guest, END - 4), 3);
    assert_int_equal(guest_get32(&guest, END - 8), 4);
    guest.module = "wasix_64v1";
    ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL2(&guest, "fd_pipe", OUT, UINT64_C(0x100000000) + OUT));
    ASSERT_ERRNO(0, CALL2(&guest, "fd_pipe", OUT, OUT + 4));
    assert_int_equal(guest_get32(&guest, OUT), 5);
}

/* If there is no number for the second end, the first end is not made either. */
static void a_pipe_needs_two_numbers(void **state)
{
    static const struct xsock_wasix_config four = {.max_descriptors = 4};
    (void)state;
    guest_stop(&guest);
    guest_start(&guest, &four);
    ASSERT_ERRNO(XSOCK_EMFILE, CALL2(&guest, "fd_pipe", OUT, OUT + 4));
    ASSERT_RESULT(XSOCK_WASIX_OWNER_NONE, xsock_wasix_owner(guest.process, 3));
    make_event(0, 0);
    ASSERT_ERRNO(XSOCK_EMFILE, CALL3(&guest, "fd_event", 0, 0, OUT));
}

/* ---- Events ---------------------------------------------------------------------------------- */

static uint32_t add(int d, uint64_t value)
{
    guest_put64(&guest, DATA, value);
    return write_some(d, DATA, 8);
}

static void assert_value(uint64_t expected, int d)
{
    guest_put64(&guest, DATA, 99);
    ASSERT_ERRNO(0, read_some(d, DATA, 8));
    assert_int_equal(guest_get32(&guest, DONE), 8);
    assert_true(guest_get64(&guest, DATA) == expected);
}

static void an_event_adds_up_and_is_read_whole(void **state)
{
    int d = make_event(5, 0);
    (void)state;
    assert_int_equal(ready_now(d), XSOCK_POLLIN | XSOCK_POLLOUT);
    ASSERT_ERRNO(0, add(d, 2));
    ASSERT_ERRNO(0, add(d, 0));
    assert_value(7, d);
    assert_int_equal(ready_now(d), XSOCK_POLLOUT);
    ASSERT_ERRNO(XSOCK_EAGAIN, read_some(d, DATA, 8));
    ASSERT_ERRNO(0, add(d, 0));
    assert_int_equal(ready_now(d), XSOCK_POLLOUT);
    for (int i = 0; i < 2000; i++) /* more than any system could store as single bytes */
        ASSERT_ERRNO(0, add(d, 3));
    assert_value(6000, d);
    assert_int_equal(ready_now(d), XSOCK_POLLOUT);
}

static void a_semaphore_counts_down(void **state)
{
    int d = make_event(2, 1);
    (void)state;
    assert_value(1, d);
    assert_int_equal(ready_now(d), XSOCK_POLLIN | XSOCK_POLLOUT);
    assert_value(1, d);
    ASSERT_ERRNO(XSOCK_EAGAIN, read_some(d, DATA, 8));
    assert_int_equal(ready_now(d), XSOCK_POLLOUT);
}

/* wasix-libc passes EFD_SEMAPHORE as 1 and EFD_NONBLOCK as 4. */
static void an_event_takes_the_flags_that_libc_passes(void **state)
{
    (void)state;
    for (uint32_t flags = 4; flags <= 5; flags++) {
        ASSERT_ERRNO(0, CALL3(&guest, "fd_event", 3, flags, OUT));
        int d = (int)guest_get32(&guest, OUT);
        ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_get", d, OUT));
        assert_int_equal(guest.bytes[OUT + 2], 4);
        for (int reads = flags == 5 ? 3 : 1; reads > 0; reads--)
            assert_value(flags == 5 ? 1 : 3, d);
        ASSERT_ERRNO(XSOCK_EAGAIN, read_some(d, DATA, 8));
    }
}

static void a_full_event_can_not_be_written_until_it_is_read(void **state)
{
    int d = make_event(UINT64_MAX - 2, 1);
    (void)state;
    ASSERT_ERRNO(XSOCK_EAGAIN, add(d, 2));
    assert_int_equal(ready_now(d), XSOCK_POLLIN | XSOCK_POLLOUT); /* 1 can be written */
    ASSERT_ERRNO(0, add(d, 1));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ready_now(d), XSOCK_POLLIN);
        ASSERT_ERRNO(XSOCK_EAGAIN, add(d, 1));
        assert_value(1, d);
        assert_int_equal(ready_now(d), XSOCK_POLLIN | XSOCK_POLLOUT);
        ASSERT_ERRNO(0, add(d, 1));
    }
}

static void what_is_no_value_is_refused(void **state)
{
    int d = make_event(1, 0);
    (void)state;
    for (uint64_t n = 0; n < 8; n++) {
        ASSERT_ERRNO(XSOCK_EINVAL, read_some(d, DATA, n));
        ASSERT_ERRNO(XSOCK_EINVAL, write_some(d, DATA, n));
    }
    ASSERT_ERRNO(XSOCK_EINVAL, write_some(d, DATA, 9));
    ASSERT_ERRNO(XSOCK_EINVAL, add(d, UINT64_MAX));
    for (int bit = 0; bit < 32; bit++)
        if (bit != 0 && bit != 2)
            ASSERT_ERRNO(XSOCK_EINVAL, CALL3(&guest, "fd_event", 0, UINT32_C(1) << bit, OUT));
    ASSERT_ERRNO(XSOCK_EINVAL, CALL3(&guest, "fd_event", UINT64_MAX, 0, OUT));
    ASSERT_ERRNO(XSOCK_EMEMVIOLATION, read_some(d, END - 7, 8));
    ASSERT_ERRNO(XSOCK_EMEMVIOLATION, CALL4(&guest, "fd_read", d, VEC, 1, END - 3));
    ASSERT_RESULT(XSOCK_WASIX_OWNER_NONE, xsock_wasix_owner(guest.process, 4));
    assert_value(1, d);
}

/* The value is read into several vectors, and into vectors longer than the value. The memory after
 * the value stays unchanged. */
static void a_value_may_be_scattered(void **state)
{
    int d = make_event(0, 0);
    (void)state;
    memcpy(guest.bytes + DATA, "\x11\x22\x33\x44\x55\x66\x77\x00", 8);
    guest_put_vec(&guest, VEC, DATA, 3);
    guest_put_vec(&guest, VEC + 8, DATA + 3, 0);
    guest_put_vec(&guest, VEC + 16, DATA + 3, 5);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_write", d, VEC, 3, DONE));
    memset(guest.bytes + DATA, 0xee, 64);
    guest_put_vec(&guest, VEC, DATA + 10, 1);
    guest_put_vec(&guest, VEC + 8, DATA + 20, 5);
    guest_put_vec(&guest, VEC + 16, DATA + 30, 20);
    ASSERT_ERRNO(0, CALL4(&guest, "fd_read", d, VEC, 3, DONE));
    assert_int_equal(guest_get32(&guest, DONE), 8);
    assert_memory_equal(guest.bytes + DATA + 10, "\x11\xee", 2);
    assert_memory_equal(guest.bytes + DATA + 20, "\x22\x33\x44\x55\x66\xee", 6);
    assert_memory_equal(guest.bytes + DATA + 30, "\x77\x00\xee", 3);
}

static void duplicates_share_the_counter(void **state)
{
    int d = make_event(0, 0);
    (void)state;
    ASSERT_ERRNO(0, CALL2(&guest, "fd_dup", d, OUT));
    int again = (int)guest_get32(&guest, OUT);
    ASSERT_ERRNO(0, add(d, 4));
    assert_int_equal(ready_now(again), XSOCK_POLLIN | XSOCK_POLLOUT);
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d));
    ASSERT_ERRNO(0, add(again, 4));
    assert_value(8, again);
}

/* ---- Threads --------------------------------------------------------------------------------- */

struct waiting {
    /* the same process with memory of its own, like the stack of another thread */
    struct guest guest;
    const char *name;
    int d;
    uint32_t result;
};

static void transfer(void *user)
{
    struct waiting *w = user;
    guest_put_vec(&w->guest, VEC, DATA, 8);
    w->result = CALL4(&w->guest, w->name, w->d, VEC, 1, DONE);
}

static void begin(struct waiting *w, const char *name, int d)
{
    memset(w, 0, sizeof *w);
    w->guest.process = guest.process;
    w->guest.memory.base = w->guest.bytes;
    w->guest.memory.size = sizeof w->guest.bytes;
    w->guest.module = "wasi_snapshot_preview1";
    w->name = name;
    w->d = d;
    guest_put64(&w->guest, DATA, 2);
}

static struct waiting waiting[2];

static void a_blocked_reader_and_a_blocked_writer_of_an_event_go_on(void **state)
{
    int empty = make_event(0, 0), full = make_event(UINT64_MAX - 1, 0);
    struct thread *t[2];
    (void)state;
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_set_flags", empty, 0));
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_set_flags", full, 0));
    begin(&waiting[0], "fd_read", empty);
    begin(&waiting[1], "fd_write", full);
    for (int i = 0; i < 2; i++)
        assert_non_null(t[i] = thread_start(transfer, &waiting[i]));
    ASSERT_ERRNO(0, add(empty, 3));
    assert_value(UINT64_MAX - 1, full);
    for (int i = 0; i < 2; i++) {
        thread_join(t[i]);
        ASSERT_ERRNO(0, waiting[i].result);
    }
    assert_true(guest_get64(&waiting[0].guest, DATA) == 3);
    assert_value(2, full);
}

/* The calls may wait already, or be about to wait. */
static void the_end_of_a_guest_wakes_who_reads(void **state)
{
    int d[2], event = make_event(0, 0);
    struct thread *t[2];
    (void)state;
    make_pipe(d);
    ASSERT_ERRNO(0, CALL2(&guest, "fd_fdstat_set_flags", event, 0));
    begin(&waiting[0], "fd_read", event);
    begin(&waiting[1], "fd_read", d[0]);
    for (int i = 0; i < 2; i++)
        assert_non_null(t[i] = thread_start(transfer, &waiting[i]));
    thread_yield();
    xsock_wasix_end(guest.process);
    for (int i = 0; i < 2; i++) {
        thread_join(t[i]);
        uint32_t e = waiting[i].result;
        /* the writer's end was closed before the call had begun */
        bool at_the_end = i == 1 && e == 0;
        ASSERT_THAT(e == XSOCK_ECANCELED || e == XSOCK_EBADF || at_the_end, "errno %u",
                    (unsigned)e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(what_is_written_to_the_one_end_is_read_from_the_other),
        GUEST_TEST(a_pipe_is_no_socket),
        GUEST_TEST(send_and_recv_work_on_pipes),
        GUEST_TEST(the_reader_sees_the_end_and_the_writer_that_nobody_reads),
        GUEST_TEST(an_end_is_open_as_long_as_one_of_its_descriptors_is),
        GUEST_TEST(a_full_pipe_would_block_and_goes_on_when_it_is_read),
        GUEST_TEST(a_pipe_without_a_place_for_its_numbers_is_not_made),
        GUEST_TEST(a_pipe_needs_two_numbers),
        GUEST_TEST(an_event_adds_up_and_is_read_whole),
        GUEST_TEST(a_semaphore_counts_down),
        GUEST_TEST(an_event_takes_the_flags_that_libc_passes),
        GUEST_TEST(a_full_event_can_not_be_written_until_it_is_read),
        GUEST_TEST(what_is_no_value_is_refused),
        GUEST_TEST(a_value_may_be_scattered),
        GUEST_TEST(duplicates_share_the_counter),
        GUEST_TEST(a_blocked_reader_and_a_blocked_writer_of_an_event_go_on),
        GUEST_TEST(the_end_of_a_guest_wakes_who_reads),
    };
    return cmocka_run_group_tests_name("pipes and events of guests", tests, NULL, NULL);
}
