/* Calls that transfer a part, and go on after the part, many times within one vector or one file.
 * The tests compare every byte and every count. */
#include "call/plain.h"
#include "fake_talk.h"
#include "call/options.h"
#include "harness.h"

enum { MOST_STEP = 7, TOTAL = 40 };

/* The lengths of the vectors that hold the forty bytes. An empty vector stands at the start, in the
 * middle and at the end. */
static const size_t lengths[] = {0, 5, 1, 0, 13, 2, 19, 0};
enum { VECTORS = sizeof lengths / sizeof *lengths };

static unsigned char bytes[TOTAL];

static void spread(unsigned char *base, struct xsock_vec v[VECTORS])
{
    for (int i = 0; i < VECTORS; i++) {
        v[i] = (struct xsock_vec){lengths[i] != 0 ? base : NULL, lengths[i]};
        base += lengths[i];
    }
}

static int setup(void **state)
{
    for (int i = 0; i < TOTAL; i++)
        bytes[i] = (unsigned char)(3 * i + 1);
    return talk_start(state);
}

/* If a call goes on for ever, the test fails. */
static void give_up(void *user)
{
    fail_msg("%s was called a thousand times", (const char *)user);
}

static void limit_calls(void)
{
    fake_before(FAKE_SEND, 1000, give_up, "send");
    fake_before(FAKE_RECV, 1000, give_up, "recv");
}

static void begin(int out[2])
{
    renew();
    make_pair(XSOCK_SOCK_STREAM, out);
    limit_calls();
}

/* ---- The peer, which acts whenever a call of the test waits ---------------------------------- */

static struct {
    int d;
    size_t piece, count; /* at each wait, and in all */
    unsigned char got[2 * TOTAL];
} far_end;

static void start_far_end(int d, size_t piece, fake_hook *fn)
{
    memset(&far_end, 0, sizeof far_end);
    far_end.d = d;
    far_end.piece = piece;
    fake_before(FAKE_WAIT, 1, fn, NULL);
}

static void take_piece(void *user)
{
    size_t space = sizeof far_end.got - far_end.count;
    size_t len = far_end.piece < space ? far_end.piece : space;
    ptrdiff_t n =
        xsock__call_recv(t, far_end.d, far_end.got + far_end.count, len, XSOCK_MSG_DONTWAIT);
    ASSERT_THAT(n > 0, "%s", harness_name((int)n));
    far_end.count += (size_t)n;
    fake_before(FAKE_WAIT, 1, take_piece, user);
}

static void give_piece(void *user)
{
    size_t left = TOTAL - far_end.count, len = far_end.piece < left ? far_end.piece : left;
    ptrdiff_t n = xsock__call_send(t, far_end.d, bytes + far_end.count, len, XSOCK_MSG_DONTWAIT);
    ASSERT_THAT(n > 0, "%s", harness_name((int)n));
    far_end.count += (size_t)n;
    fake_before(FAKE_WAIT, 1, give_piece, user);
}

/* The bytes that the peer has not received while the call waited. */
static void take_rest(void)
{
    ptrdiff_t n;
    fake_set_step(0);
    n = xsock__call_recv(t, far_end.d, far_end.got + far_end.count,
                         sizeof far_end.got - far_end.count, XSOCK_MSG_DONTWAIT);
    far_end.count += n > 0 ? (size_t)n : 0;
}

/* ---- Calls ----------------------------------------------------------------------------------- */

static ptrdiff_t send_bytes(int d)
{
    return xsock__call_send(t, d, bytes, TOTAL, 0);
}

static ptrdiff_t send_vectors(int d)
{
    struct xsock_vec v[VECTORS];
    struct xsock_msg m = {.vec = v, .vec_count = VECTORS};
    spread(bytes, v);
    return xsock__call_sendmsg(t, d, &m, 0);
}

enum { A_FILE = 2, OFFSET = 9 };

static ptrdiff_t send_file(int d)
{
    return xsock__call_sendfile(t, d, A_FILE, OFFSET, TOTAL);
}

static unsigned char expected_byte(ptrdiff_t (*run)(int), size_t i)
{
    return run == send_file ? (unsigned char)('a' + (A_FILE + OFFSET + i) % 26) : bytes[i];
}

static ptrdiff_t (*const senders[])(int) = {send_bytes, send_vectors, send_file};
enum { SENDERS = sizeof senders / sizeof *senders };

static ptrdiff_t recv_bytes(int d, unsigned char *into)
{
    return xsock__call_recv(t, d, into, TOTAL, XSOCK_MSG_WAITALL);
}

static ptrdiff_t recv_vectors(int d, unsigned char *into)
{
    struct xsock_vec v[VECTORS];
    struct xsock_msg m = {.vec = v, .vec_count = VECTORS};
    spread(into, v);
    return xsock__call_recvmsg(t, d, &m, XSOCK_MSG_WAITALL);
}

static ptrdiff_t (*const receivers[])(int, unsigned char *) = {recv_bytes, recv_vectors};
enum { RECEIVERS = sizeof receivers / sizeof *receivers };

/* ---- Tests ----------------------------------------------------------------------------------- */

static void assert_arrived(int sender, size_t step, size_t count)
{
    ASSERT_THAT(far_end.count == count, "sender %d, step %d: %d bytes arrived, not %d", sender,
                (int)step, (int)far_end.count, (int)count);
    for (size_t i = 0; i < count; i++)
        ASSERT_THAT(far_end.got[i] == expected_byte(senders[sender], i),
                    "sender %d, step %d: byte %d is %d", sender, (int)step, (int)i, far_end.got[i]);
}

static void a_send_in_small_steps_sends_each_byte_once(void **state)
{
    (void)state;
    for (int s = 0; s < SENDERS; s++)
        for (size_t step = 1; step <= MOST_STEP; step++) {
            int d[2];
            begin(d);
            fake_set_step(step);
            start_far_end(d[1], TOTAL, take_piece); /* the buffer has space, so no call waits */
            ASSERT_RESULT(TOTAL, (int)senders[s](d[0]));
            ASSERT_THAT(fake_calls(FAKE_SEND) == (TOTAL + step - 1) / step, "sender %d: %u sends",
                        s, fake_calls(FAKE_SEND));
            assert_int_equal(far_end.count, 0);
            take_rest();
            assert_arrived(s, step, TOTAL);
        }
}

static void a_send_that_waits_for_room_again_and_again_sends_each_byte_once(void **state)
{
    (void)state;
    for (int s = 0; s < SENDERS; s++)
        for (size_t piece = 1; piece <= MOST_STEP; piece++) {
            int d[2];
            begin(d);
            fake_set_buffer(MOST_STEP);
            start_far_end(d[1], piece, take_piece);
            ASSERT_RESULT(TOTAL, (int)senders[s](d[0]));
            assert_true(far_end.count >= TOTAL - MOST_STEP);
            take_rest();
            assert_arrived(s, piece, TOTAL);
        }
}

static void a_send_that_fails_after_some_steps_counts_what_was_sent(void **state)
{
    (void)state;
    for (int s = 0; s < SENDERS; s++)
        for (size_t step = 1; step <= MOST_STEP; step++) {
            int d[2];
            begin(d);
            fake_set_step(step);
            start_far_end(d[1], TOTAL, take_piece);
            fake_fail(FAKE_SEND, 5, FAKE_EIO);
            ASSERT_RESULT((int)(4 * step), (int)senders[s](d[0]));
            take_rest();
            assert_arrived(s, step, 4 * step);
        }
}

static void a_receive_of_all_in_small_steps_has_each_byte_in_its_place(void **state)
{
    (void)state;
    for (int r = 0; r < RECEIVERS; r++)
        for (size_t step = 1; step <= MOST_STEP; step++) {
            unsigned char got[TOTAL] = {0};
            int d[2];
            begin(d);
            ASSERT_RESULT(TOTAL, (int)send_bytes(d[1]));
            fake_set_step(step);
            ASSERT_RESULT(TOTAL, (int)receivers[r](d[0], got));
            assert_memory_equal(got, bytes, TOTAL);
            assert_int_equal(fake_calls(FAKE_WAIT), 0);
        }
}

static void a_receive_of_all_that_waits_again_and_again_has_each_byte_in_its_place(void **state)
{
    (void)state;
    for (int r = 0; r < RECEIVERS; r++)
        for (size_t piece = 1; piece <= MOST_STEP; piece++) {
            unsigned char got[TOTAL] = {0};
            int d[2];
            begin(d);
            start_far_end(d[1], piece, give_piece);
            ASSERT_RESULT(TOTAL, (int)receivers[r](d[0], got));
            assert_int_equal(far_end.count, TOTAL);
            assert_memory_equal(got, bytes, TOTAL);
        }
}

/* Connected by name: pairs of the fake system are emulated, and pass no handles. */
static void connect_local(int out[2])
{
    struct xsock_addr a = named("/far");
    int l = ASSERT_OPENS(xsock__call_open(t, XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock__call_bind(t, l, &a));
    ASSERT_RESULT(0, xsock__call_listen(t, l, 1));
    out[0] = ASSERT_OPENS(xsock__call_open(t, XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock__call_connect(t, out[0], &a));
    out[1] = ASSERT_OPENS(xsock__call_accept(t, l, 0, NULL));
}

/* Otherwise the peer would receive the handles again with every part. */
static void control_data_goes_with_the_first_part_only(void **state)
{
    (void)state;
    for (size_t step = 1; step <= MOST_STEP; step++) {
        struct xsock_vec v[VECTORS];
        uintptr_t handle = 1;
        struct xsock_control c = {
            .has = XSOCK_CONTROL_HANDLES, .handles = &handle, .handle_count = 1};
        struct xsock_msg m = {.vec = v, .vec_count = VECTORS, .control = &c};
        int d[2];
        renew();
        connect_local(d);
        limit_calls();
        spread(bytes, v);
        fake_set_step(step);
        ASSERT_RESULT(TOTAL, (int)xsock__call_sendmsg(t, d[0], &m, 0));
        assert_int_equal(fake_controls_sent(), 1);
    }
}

/* A try that transfers nothing is not the first part. */
static void control_data_waits_with_the_first_part(void **state)
{
    struct xsock_vec v = {bytes, TOTAL};
    uintptr_t handle = 1;
    struct xsock_control c = {.has = XSOCK_CONTROL_HANDLES, .handles = &handle, .handle_count = 1};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = &c};
    int d[2];
    (void)state;
    connect_local(d);
    fill(d[0]);
    limit_calls();
    start_far_end(d[1], MOST_STEP, take_piece);
    fake_set_step(1);
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock__call_sendmsg(t, d[0], &m, XSOCK_MSG_DONTWAIT));
    assert_int_equal(fake_controls_sent(), 0);
    ASSERT_RESULT(TOTAL, (int)xsock__call_sendmsg(t, d[0], &m, 0));
    assert_int_equal(fake_controls_sent(), 1);
}

/* ---- Steps that transfer nothing ------------------------------------------------------------- */

static ptrdiff_t (*const stream_senders[])(int) = {send_bytes, send_vectors};

static void a_step_that_sends_nothing_is_not_progress(void **state)
{
    (void)state;
    for (int s = 0; s < 2; s++) {
        int d[2];
        begin(d);
        fake_move_nothing(3);
        ASSERT_RESULT(TOTAL, (int)stream_senders[s](d[0]));
        /* The call waits twice. Then it sleeps for an interval, and the system reports "ready". */
        assert_int_equal(fake_calls(FAKE_WAIT), 4);
        start_far_end(d[1], TOTAL, take_piece);
        take_rest();
        assert_arrived(s, 0, TOTAL);
    }
}

static void one_that_may_not_wait_says_so(void **state)
{
    struct xsock_vec v = {bytes, TOTAL};
    struct xsock_msg m = {.vec = &v, .vec_count = 1};
    int d[2];
    (void)state;
    begin(d);
    fake_move_nothing(2);
    ASSERT_RESULT(-XSOCK_EAGAIN, send_some(d[0], TOTAL, XSOCK_MSG_DONTWAIT));
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock__call_sendmsg(t, d[0], &m, XSOCK_MSG_DONTWAIT));
}

static void control_data_stays_with_bytes_that_were_not_sent(void **state)
{
    struct xsock_vec v = {bytes, TOTAL};
    uintptr_t handle = 1;
    struct xsock_control c = {.has = XSOCK_CONTROL_HANDLES, .handles = &handle, .handle_count = 1};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = &c};
    int d[2];
    (void)state;
    connect_local(d);
    limit_calls();
    fake_move_nothing(1);
    ASSERT_RESULT(TOTAL, (int)xsock__call_sendmsg(t, d[0], &m, 0));
    assert_int_equal(fake_controls_sent(), 1);
}

/* ---- Empty vectors before the bytes ---------------------------------------------------------- */

/* The system takes 1,024 vectors at once. */
static const int empties[] = {1023, 1024, 1025, 2048};
enum { EMPTIES = sizeof empties / sizeof *empties, MOST_EMPTIES = 2048 };

/* n empty vectors, three bytes, n empty vectors, the other bytes. */
static struct xsock_msg behind_empties(unsigned char *base, int n)
{
    static struct xsock_vec v[2 * MOST_EMPTIES + 2];
    memset(v, 0, sizeof v);
    v[n] = (struct xsock_vec){base, 3};
    v[2 * n + 1] = (struct xsock_vec){base + 3, TOTAL - 3};
    return (struct xsock_msg){.vec = v, .vec_count = (size_t)(2 * n + 2)};
}

static void a_send_finds_the_bytes_behind_empty_vectors(void **state)
{
    (void)state;
    for (int e = 0; e < EMPTIES; e++)
        for (size_t step = 1; step <= MOST_STEP; step++) {
            struct xsock_msg m = behind_empties(bytes, empties[e]);
            int d[2];
            begin(d);
            fake_set_step(step);
            start_far_end(d[1], TOTAL, take_piece);
            ASSERT_RESULT(TOTAL, (int)xsock__call_sendmsg(t, d[0], &m, 0));
            take_rest();
            assert_arrived(1, step, TOTAL);
        }
}

static void a_send_that_may_not_wait_sends_some_of_them(void **state)
{
    struct xsock_msg m = behind_empties(bytes, 1024);
    int d[2];
    (void)state;
    begin(d);
    ASSERT_RESULT(3, (int)xsock__call_sendmsg(t, d[0], &m, XSOCK_MSG_DONTWAIT));
}

static void a_receive_of_all_fills_the_bytes_behind_empty_vectors(void **state)
{
    (void)state;
    for (int e = 0; e < EMPTIES; e++)
        for (size_t step = 1; step <= MOST_STEP; step++) {
            unsigned char got[TOTAL] = {0};
            struct xsock_msg m = behind_empties(got, empties[e]);
            int d[2];
            begin(d);
            ASSERT_RESULT(TOTAL, (int)send_bytes(d[1]));
            fake_set_step(step);
            ASSERT_RESULT(TOTAL, (int)xsock__call_recvmsg(t, d[0], &m, XSOCK_MSG_WAITALL));
            assert_memory_equal(got, bytes, TOTAL);
        }
}

static void control_data_goes_with_the_bytes_behind_empty_vectors(void **state)
{
    struct xsock_msg m = behind_empties(bytes, 1024);
    uintptr_t handle = 1;
    struct xsock_control c = {.has = XSOCK_CONTROL_HANDLES, .handles = &handle, .handle_count = 1};
    int d[2];
    (void)state;
    connect_local(d);
    limit_calls();
    m.control = &c;
    ASSERT_RESULT(TOTAL, (int)xsock__call_sendmsg(t, d[0], &m, 0));
    assert_int_equal(fake_controls_sent(), 1);
    assert_int_equal(fake_calls(FAKE_SEND), 2); /* none of them without bytes */
}

#define RESUME_TEST(f) cmocka_unit_test_setup_teardown(f, setup, talk_stop)

/* ---- The low-water mark ---------------------------------------------------------------------- */

static ptrdiff_t recv_some_vectors(int d, unsigned char *into)
{
    struct xsock_vec v = {into, TOTAL};
    struct xsock_msg m = {.vec = &v, .vec_count = 1};
    return xsock__call_recvmsg(t, d, &m, 0);
}

static void a_receive_goes_on_until_the_low_water_mark(void **state)
{
    enum { MARK = 10, PIECE = 3, ENOUGH = 12 };
    unsigned char got[TOTAL];
    (void)state;
    for (int i = 0; i < 2; i++) {
        int d[2];
        begin(d);
        ASSERT_RESULT(0, xsock__call_set_opt(t, d[0], XSOCK_SO_RCVLOWAT, XSOCK_OPT_SIZE, MARK));
        start_far_end(d[1], PIECE, give_piece);
        ptrdiff_t n =
            i == 0 ? xsock__call_recv(t, d[0], got, TOTAL, 0) : recv_some_vectors(d[0], got);
        ASSERT_RESULT(ENOUGH, (int)n);
        assert_memory_equal(got, bytes, ENOUGH);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RESUME_TEST(a_send_in_small_steps_sends_each_byte_once),
        RESUME_TEST(a_send_that_waits_for_room_again_and_again_sends_each_byte_once),
        RESUME_TEST(a_send_that_fails_after_some_steps_counts_what_was_sent),
        RESUME_TEST(a_receive_of_all_in_small_steps_has_each_byte_in_its_place),
        RESUME_TEST(a_receive_of_all_that_waits_again_and_again_has_each_byte_in_its_place),
        RESUME_TEST(control_data_goes_with_the_first_part_only),
        RESUME_TEST(control_data_waits_with_the_first_part),
        RESUME_TEST(a_step_that_sends_nothing_is_not_progress),
        RESUME_TEST(one_that_may_not_wait_says_so),
        RESUME_TEST(control_data_stays_with_bytes_that_were_not_sent),
        RESUME_TEST(a_send_finds_the_bytes_behind_empty_vectors),
        RESUME_TEST(a_send_that_may_not_wait_sends_some_of_them),
        RESUME_TEST(a_receive_of_all_fills_the_bytes_behind_empty_vectors),
        RESUME_TEST(control_data_goes_with_the_bytes_behind_empty_vectors),
        RESUME_TEST(a_receive_goes_on_until_the_low_water_mark),
    };
    return cmocka_run_group_tests_name("resuming", tests, NULL, NULL);
}
