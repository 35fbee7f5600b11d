/* Reserved words of structures that a program fills. Each word must be 0, in every call. */
#include "harness.h"
#include "sockets.h"

static char byte[2];
static struct xsock_vec vec = {byte, 1};

/* The arguments of a call. One word of one of the structures is wrong. */
static struct xsock_msg msg;
static struct xsock_dgram dgrams[2];
static struct xsock_control control;

static void begin(void)
{
    msg = (struct xsock_msg){.vec = &vec, .vec_count = 1, .control = &control};
    for (int i = 0; i < 2; i++)
        dgrams[i] = (struct xsock_dgram){.base = &byte[i], .len = 1, .control = &control};
    control = (struct xsock_control){0};
}

static int do_sendmsg(int d)
{
    return (int)xsock_sendmsg(d, &msg, 0);
}

static int do_recvmsg(int d)
{
    return (int)xsock_recvmsg(d, &msg, 0);
}

static int do_send_batch(int d)
{
    return xsock_send_batch(d, dgrams, 2, 0);
}

static int do_recv_batch(int d)
{
    return xsock_recv_batch(d, dgrams, 2, 0);
}

#define WORDS(array) (array), sizeof(array) / sizeof(array)[0]

static const struct row {
    const char *name;
    int (*run)(int d);
    uint64_t *words;
    size_t count;
} rows[] = {
    {"sendmsg, the message", do_sendmsg, WORDS(msg.reserved)},
    {"sendmsg, its control", do_sendmsg, WORDS(control.reserved)},
    {"recvmsg, the message", do_recvmsg, WORDS(msg.reserved)},
    {"recvmsg, its control", do_recvmsg, WORDS(control.reserved)},
    {"send_batch, the first", do_send_batch, WORDS(dgrams[0].reserved)},
    {"send_batch, the last", do_send_batch, WORDS(dgrams[1].reserved)},
    {"send_batch, their control", do_send_batch, WORDS(control.reserved)},
    {"recv_batch, the first", do_recv_batch, WORDS(dgrams[0].reserved)},
    {"recv_batch, the last", do_recv_batch, WORDS(dgrams[1].reserved)},
    {"recv_batch, their control", do_recv_batch, WORDS(control.reserved)},
};

/* One bit is enough, at any position. Nothing is sent or received. */
static void every_reserved_word_must_be_0(void **state)
{
    static const uint64_t wrong[] = {1, UINT64_C(1) << 31, UINT64_C(1) << 32, UINT64_C(1) << 63};
    int d[2];
    (void)state;
    sockets_pair(XSOCK_SOCK_DGRAM, d);
    ASSERT_RESULT(1, (int)xsock_send(d[0], "x", 1, 0));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t word = 0; word < rows[i].count; word++)
            for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
                begin();
                rows[i].words[word] = wrong[k];
                int rc = rows[i].run(d[1]);
                ASSERT_THAT(rc == -XSOCK_EINVAL, "%s, word %d gave %s", rows[i].name, (int)word,
                            harness_name(rc));
            }
    assert_int_equal(1, sockets_drain(d[1]));
    assert_int_equal(0, sockets_drain(d[0]));
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void words_that_are_0_are_no_fault(void **state)
{
    int d[2];
    (void)state;
    sockets_pair(XSOCK_SOCK_DGRAM, d);
    begin();
    ASSERT_RESULT(1, do_sendmsg(d[0]));
    begin();
    ASSERT_RESULT(1, do_recvmsg(d[1]));
    begin();
    ASSERT_RESULT(2, do_send_batch(d[0]));
    begin();
    ASSERT_RESULT(2, do_recv_batch(d[1]));
    sockets_close(d[0]);
    sockets_close(d[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_reserved_word_must_be_0),
        TEST(words_that_are_0_are_no_fault),
    };
    return cmocka_run_group_tests_name("reserved", tests, NULL, NULL);
}
