/* The calls of a guest that transfer a part, and go on after the part. They have one, three or
 * 1,024 vectors with empty ones among them, and the system transfers one to seven bytes at a time.
 * The tests compare every byte and every count. */
#include "guest.h"

#include "fake_net.h"

enum { MOST_STEP = 7, MAX_VECS = 1024, WAITALL = 2 };
enum { FD = 1024, DONE = 1040, FLAGS = 1048, PEER = 1100, CONTROL = 1300, VEC = 2048, ROW = 1400 };
enum { BYTES = 20480, INTO = 30720, TAKEN = 40960, AREA = 4096 };

static struct guest guest;
static const char *const modules[] = {"wasix_32v1", "wasix_64v1"};

static int setup(void **state)
{
    int rc = fake_setup(state);
    guest_start(&guest, NULL);
    return rc;
}

static int teardown(void **state)
{
    guest_stop(&guest);
    return fake_teardown(state);
}

/* ---- Vectors --------------------------------------------------------------------------------- */

/* The number of bytes of vector i of n. Empty vectors stand at the start, in the middle and at the
 * end. */
static uint64_t length_of(int i, int n)
{
    if (n == 1)
        return 40;
    return n == 3 ? (i == 1 ? 0 : 17 + (uint64_t)i) : i == n - 1 ? 0 : (uint64_t)(i % 3);
}

/* Writes the vectors from the end of their memory backwards, so that they do not stand in the order
 * of their bytes. Returns the number of bytes. */
static size_t put_vecs(int n, uint64_t base)
{
    unsigned word = strcmp(guest.module, "wasix_64v1") == 0 ? 16 : 8;
    uint64_t end = base + AREA, total = 0;
    for (int i = 0; i < n; i++) {
        uint64_t len = length_of(i, n);
        end -= len;
        total += len;
        guest_put_vec(&guest, VEC + (uint64_t)i * word, len != 0 ? end : 0, len);
    }
    return (size_t)total;
}

/* The nth byte of the stream that the vectors hold. */
static unsigned char *byte_at(int n, uint64_t base, size_t nth)
{
    uint64_t end = base + AREA, before = 0;
    for (int i = 0; i < n; i++) {
        uint64_t len = length_of(i, n);
        end -= len;
        if (nth < before + len)
            return guest.bytes + end + (nth - before);
        before += len;
    }
    fail_msg("there are fewer than %d bytes", (int)nth + 1);
    return NULL;
}

static unsigned char expected(size_t nth)
{
    return (unsigned char)(nth * 7 + nth / 256 + 1);
}

/* ---- The peer, which acts whenever a call of the test waits ---------------------------------- */

static struct {
    int d;
    size_t piece, count, total;
} far_end;

/* One vector of the peer, which has memory of its own for the vector. */
static uint32_t move_piece(const char *name, uint64_t at, size_t len)
{
    guest_put_vec(&guest, ROW, at, len);
    return CALL4(&guest, name, far_end.d, ROW, 1, CONTROL);
}

static void take_piece(void *user)
{
    ASSERT_ERRNO(0, move_piece("fd_read", TAKEN + far_end.count, far_end.piece));
    far_end.count += guest_get32(&guest, CONTROL);
    fake_before(FAKE_WAIT, 1, take_piece, user);
}

static void give_piece(void *user)
{
    size_t left = far_end.total - far_end.count, len = far_end.piece < left ? far_end.piece : left;
    for (size_t i = 0; i < len; i++)
        guest.bytes[TAKEN + i] = expected(far_end.count + i);
    ASSERT_ERRNO(0, move_piece("fd_write", TAKEN, len));
    far_end.count += guest_get32(&guest, CONTROL);
    fake_before(FAKE_WAIT, 1, give_piece, user);
}

/* ---- The ways to send and to receive --------------------------------------------------------- */

static void make_pair(int out[2])
{
    ASSERT_ERRNO(0, CALL5(&guest, "sock_pair", XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, FD, FD + 4));
    out[0] = (int)guest_get32(&guest, FD);
    out[1] = (int)guest_get32(&guest, FD + 4);
}

/* out[0] sends, and out[1] receives, as with a pair. */
static void make_pipe(int out[2])
{
    ASSERT_ERRNO(0, CALL2(&guest, "fd_pipe", FD, FD + 4));
    out[0] = (int)guest_get32(&guest, FD + 4);
    out[1] = (int)guest_get32(&guest, FD);
}

static uint32_t by_send(int d, int n)
{
    return CALL5(&guest, "sock_send", d, VEC, n, 0, DONE);
}

static uint32_t by_send_msg(int d, int n)
{
    return guest_call(&guest, "sock_send_msg", GUEST_ARG(d), GUEST_ARG(VEC), GUEST_ARG(n),
                      GUEST_ARG(0), GUEST_ARG(0), GUEST_ARG(0), GUEST_ARG(0), GUEST_ARG(DONE));
}

static uint32_t by_write(int d, int n)
{
    return CALL4(&guest, "fd_write", d, VEC, n, DONE);
}

static uint32_t by_recv(int d, int n)
{
    return CALL6(&guest, "sock_recv", d, VEC, n, WAITALL, DONE, FLAGS);
}

static uint32_t by_recv_from(int d, int n)
{
    return CALL7(&guest, "sock_recv_from", d, VEC, n, WAITALL, DONE, FLAGS, PEER);
}

static uint32_t by_recv_msg(int d, int n)
{
    return guest_call(&guest, "sock_recv_msg", GUEST_ARG(d), GUEST_ARG(VEC), GUEST_ARG(n),
                      GUEST_ARG(WAITALL), GUEST_ARG(0), GUEST_ARG(CONTROL), GUEST_ARG(0),
                      GUEST_ARG(DONE), GUEST_ARG(FLAGS), GUEST_ARG(CONTROL + 16));
}

struct way {
    const char *name;
    void (*make)(int out[2]);
    uint32_t (*run)(int d, int n);
};
static const struct way senders[] = {{"sock_send", make_pair, by_send},
                                     {"sock_send_msg", make_pair, by_send_msg},
                                     {"fd_write", make_pair, by_write},
                                     {"sock_send on a pipe", make_pipe, by_send},
                                     {"fd_write on a pipe", make_pipe, by_write}};
static const struct way receivers[] = {{"sock_recv", make_pair, by_recv},
                                       {"sock_recv_from", make_pair, by_recv_from},
                                       {"sock_recv_msg", make_pair, by_recv_msg},
                                       {"sock_recv on a pipe", make_pipe, by_recv}};

/* Calls fn for each way, each number of vectors, each step and each module. */
static void for_each(const struct way *ways, size_t count,
                     void (*fn)(const struct way *w, int n, size_t step))
{
    static const int counts[] = {1, 3, MAX_VECS};
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
            for (size_t step = 1; step <= MOST_STEP; step++) {
                guest.module = modules[step % 2];
                fn(&ways[i], counts[k], step);
                fake_reset();
            }
}

static void finish(int d[2])
{
    fake_reset();
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[0]));
    ASSERT_ERRNO(0, CALL1(&guest, "fd_close", d[1]));
}

/* ---- Tests ----------------------------------------------------------------------------------- */

static void send_and_compare(const struct way *w, int n, size_t step)
{
    int d[2];
    w->make(d);
    size_t total = put_vecs(n, BYTES);
    for (size_t i = 0; i < total; i++)
        *byte_at(n, BYTES, i) = expected(i);
    far_end.d = d[1];
    far_end.piece = step;
    far_end.count = 0;
    fake_set_buffer(MOST_STEP);
    fake_set_step(step);
    fake_before(FAKE_WAIT, 1, take_piece, NULL);
    ASSERT_ERRNO(0, w->run(d[0], n));
    assert_int_equal(guest_get32(&guest, DONE), total);
    while (far_end.count < total)
        take_piece(NULL);
    for (size_t i = 0; i < total; i++)
        ASSERT_THAT(guest.bytes[TAKEN + i] == expected(i), "%s of %d vectors, step %d: byte %d",
                    w->name, n, (int)step, (int)i);
    finish(d);
}

static void a_send_in_small_steps_sends_each_byte_once(void **state)
{
    (void)state;
    for_each(senders, sizeof senders / sizeof *senders, send_and_compare);
}

static void recv_and_compare(const struct way *w, int n, size_t step)
{
    int d[2];
    w->make(d);
    memset(guest.bytes + INTO, 0xee, AREA);
    size_t total = put_vecs(n, INTO);
    far_end.d = d[0];
    far_end.piece = 3 * step; /* each piece is received in several steps */
    far_end.count = 0;
    far_end.total = total;
    fake_set_step(step);
    fake_before(FAKE_WAIT, 1, give_piece, NULL);
    ASSERT_ERRNO(0, w->run(d[1], n));
    assert_int_equal(guest_get32(&guest, DONE), total);
    for (size_t i = 0; i < total; i++)
        ASSERT_THAT(*byte_at(n, INTO, i) == expected(i), "%s of %d vectors, step %d: byte %d",
                    w->name, n, (int)step, (int)i);
    for (size_t i = 0; i < AREA - total; i++)
        assert_int_equal(guest.bytes[INTO + i], 0xee);
    finish(d);
}

static void a_receive_of_all_in_small_steps_has_each_byte_in_its_place(void **state)
{
    (void)state;
    for_each(receivers, sizeof receivers / sizeof *receivers, recv_and_compare);
}

#define RESUME_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RESUME_TEST(a_send_in_small_steps_sends_each_byte_once),
        RESUME_TEST(a_receive_of_all_in_small_steps_has_each_byte_in_its_place),
    };
    return cmocka_run_group_tests_name("guests' calls that go on", tests, NULL, NULL);
}
