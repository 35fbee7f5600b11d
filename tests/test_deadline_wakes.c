/* A thread is blocked in a call, and another thread interrupts the call by a deadline in the past,
 * or by NONBLOCK, on the descriptor itself or on a duplicate. The tests use real sockets. The
 * moment of the interruption is left to chance over many rounds, because no wake may be lost.
 * test_deadlines.c tests each moment by itself.
 *
 * If a round hangs, the time limit of the test ends it. */
#include "base/atomic.h"
#include "harness.h"
#include "sockets.h"
#include "threads.h"

#ifndef _WIN32
#include <unistd.h>
enum { ROUNDS = 100 };
#else
enum { ROUNDS = 10 }; /* a call takes 0.2 ms under Wine */
#endif

enum { MANY_SENDS = 100000 };
static char piece[65536];

/* The sockets of a round. The call waits in d. The others are closed at the end of the round. */
struct round {
    int d, others[3], count;
    struct xsock_addr addr;
};

static bool tcp_listener(struct round *r)
{
    r->addr = sockets_loopback();
    r->d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(r->d, &r->addr));
    ASSERT_RESULT(0, xsock_listen(r->d, 5));
    return true;
}

static bool tcp_connection(struct round *r)
{
    int ends[2];
    sockets_tcp(ends);
    r->d = ends[0];
    r->others[r->count++] = ends[1];
    ASSERT_RESULT(0, xsock_set_flags(r->d, 0));
    return true;
}

static bool datagrams(struct round *r)
{
    r->d = sockets_udp(&r->addr);
    ASSERT_RESULT(0, xsock_set_flags(r->d, 0));
    return true;
}

static bool full_pair(struct round *r)
{
    int ends[2];
    sockets_pair(XSOCK_SOCK_STREAM, ends);
    r->d = ends[0];
    r->others[r->count++] = ends[1];
    sockets_fill(r->d);
    ASSERT_RESULT(0, xsock_set_flags(r->d, 0));
    return true;
}

#ifndef _WIN32
/* A listener whose queue is full. A connect has to wait on Linux. BSD refuses instead of
 * waiting. */
static bool full_backlog(struct round *r)
{
    static int count; /* a name that no other program uses */
    int l = ASSERT_OPENS(xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    int first = ASSERT_OPENS(xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    r->addr = (struct xsock_addr){.family = XSOCK_AF_LOCAL};
    r->addr.length = (uint32_t)snprintf((char *)r->addr.data, sizeof r->addr.data,
                                        "/tmp/xsock-d-%ld-%d", (long)getpid(), count++);
    ASSERT_RESULT(0, xsock_bind(l, &r->addr));
    ASSERT_RESULT(0, xsock_listen(l, 0));
    ASSERT_RESULT(0, xsock_connect(first, &r->addr));
    r->others[r->count++] = l;
    r->others[r->count++] = first;
    r->d = ASSERT_OPENS(xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0));
    int rc = xsock_connect(r->d, &r->addr);
    ASSERT_RESULT(0, xsock_set_flags(r->d, 0));
    return rc == -XSOCK_EAGAIN;
}
#endif

/* ---- Calls that block ------------------------------------------------------------------------ */

static int do_accept(const struct round *r)
{
    return xsock_accept(r->d, 0, NULL);
}

static int do_recv(const struct round *r)
{
    char byte;
    return (int)xsock_recv(r->d, &byte, 1, 0);
}

/* The buffers of TCP grow, also those of a pair on Windows. The call sends so many bytes that it
 * must block at some point. */
static int do_send_for_good(const struct round *r)
{
    ptrdiff_t n = 0;
    for (int i = 0; i < MANY_SENDS && n >= 0; i++)
        n = xsock_send(r->d, piece, sizeof piece, 0);
    return (int)n;
}

#ifndef _WIN32
static int do_connect(const struct round *r)
{
    return xsock_connect(r->d, &r->addr);
}
#endif

static const struct call {
    const char *name;
    bool (*prepare)(struct round *r); /* false if the call cannot block here */
    int (*run)(const struct round *r);
    int which;
} calls[] = {
    {"accept", tcp_listener, do_accept, XSOCK_DEADLINE_RECV},
    {"recv, TCP", tcp_connection, do_recv, XSOCK_DEADLINE_RECV},
    {"recv, UDP", datagrams, do_recv, XSOCK_DEADLINE_RECV},
    {"send, pair", full_pair, do_send_for_good, XSOCK_DEADLINE_SEND},
    {"send, TCP", tcp_connection, do_send_for_good, XSOCK_DEADLINE_SEND},
#ifndef _WIN32 /* a loopback connect never hangs there */
    {"connect", full_backlog, do_connect, XSOCK_DEADLINE_SEND},
#endif
};
enum { CALLS = sizeof calls / sizeof *calls };

struct blocked {
    const struct call *call;
    struct round *round;
    xsock__atomic_int begun;
    int result;
};

static void block(void *user)
{
    struct blocked *b = user;
    xsock__atomic_store(&b->begun, 1);
    b->result = b->call->run(b->round);
}

/* ---- One round ------------------------------------------------------------------------------- */

static int interrupt(const struct call *call, int d, bool nonblock)
{
    ASSERT_RESULT(0, nonblock ? xsock_set_flags(d, XSOCK_SOCK_NONBLOCK)
                              : xsock_set_deadline(d, call->which, xsock_now()));
    return nonblock ? -XSOCK_EAGAIN : -XSOCK_ETIMEDOUT;
}

static void end_round(struct round *r)
{
    ASSERT_RESULT(0, xsock_close(r->d));
    for (int i = 0; i < r->count; i++)
        ASSERT_RESULT(0, xsock_close(r->others[i]));
#ifndef _WIN32
    if (r->addr.family == XSOCK_AF_LOCAL)
        unlink((const char *)r->addr.data);
#endif
}

static void play(const struct call *call, int i)
{
    struct round r = {.d = -1};
    struct blocked b = {.call = call, .round = &r};
    if (!call->prepare(&r)) {
        if (i == 0)
            print_message("%s: does not block on this system\n", call->name);
        end_round(&r);
        return;
    }
    int copy = ASSERT_OPENS(xsock_dup(r.d, 0, 0));
    struct thread *t = thread_start(block, &b);
    assert_non_null(t);
    UNTIL(xsock__atomic_load(&b.begun), thread_yield());
    for (int yields = i * 200 / ROUNDS % 200; yields > 0; yields--)
        thread_yield();
    int want = interrupt(call, i % 2 != 0 ? copy : r.d, i % 3 == 0);
    thread_join(t);
    ASSERT_THAT(b.result == want, "%s, round %d: %s", call->name, i, harness_name(b.result));
    ASSERT_RESULT(0, xsock_close(copy));
    end_round(&r);
}

static void a_thread_interrupts_the_calls_of_another(void **state)
{
    (void)state;
    for (int c = 0; c < CALLS; c++)
        for (int i = 0; i < harness_rounds(ROUNDS); i++)
            play(&calls[c], i);
}

/* Two calls wait in one socket. Each is woken, and works again after the deadline is removed. */
static void a_deadline_ends_the_calls_of_several_threads(void **state)
{
    (void)state;
    for (int i = 0; i < harness_rounds(ROUNDS); i++) {
        struct round first = {.d = -1}, second;
        struct thread *t[2];
        tcp_connection(&first);
        second = first;
        second.d = ASSERT_OPENS(xsock_dup(first.d, 0, 0));
        struct blocked b[2] = {{.call = &calls[1], .round = &first},
                               {.call = &calls[1], .round = &second}};
        for (int k = 0; k < 2; k++) {
            t[k] = thread_start(block, &b[k]);
            assert_non_null(t[k]);
        }
        ASSERT_RESULT(0, xsock_set_deadline(second.d, XSOCK_DEADLINE_RECV, 0));
        for (int k = 0; k < 2; k++) {
            thread_join(t[k]);
            ASSERT_RESULT(-XSOCK_ETIMEDOUT, b[k].result);
        }
        ASSERT_RESULT(0, xsock_set_deadline(first.d, XSOCK_DEADLINE_RECV, -1));
        ASSERT_RESULT(1, (int)xsock_send(first.others[0], "x", 1, 0));
        ASSERT_RESULT(1, do_recv(&second));
        ASSERT_RESULT(0, xsock_close(second.d));
        end_round(&first);
    }
}

static void the_clock_goes_on_and_deadlines_go_by_it(void **state)
{
    int64_t begin = xsock_now();
    struct round r = {.d = -1};
    (void)state;
    assert_true(begin >= 0);
    tcp_connection(&r);
    ASSERT_RESULT(0, xsock_set_deadline(r.d, XSOCK_DEADLINE_RECV, begin + 20000000));
    ASSERT_RESULT(-XSOCK_ETIMEDOUT, do_recv(&r));
    assert_true(xsock_now() - begin >= 20000000);
    end_round(&r);
}

static void a_connect_tells_its_result_by_the_public_call(void **state)
{
    struct round r = {.d = -1};
    struct xsock_addr a;
    int c = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    int refused = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    (void)state;
    tcp_listener(&r);
    ASSERT_RESULT(0, xsock_local_addr(r.d, &a));
    ASSERT_RESULT(-XSOCK_ENOTCONN, xsock_connect_result(c));
    ASSERT_RESULT(-XSOCK_ENOTCONN, xsock_connect_result(r.d));
    ASSERT_RESULT(0, xsock_connect(c, &a));
    ASSERT_RESULT(0, xsock_connect_result(c));
    int s = ASSERT_OPENS(xsock_accept(r.d, 0, NULL));
    ASSERT_RESULT(-XSOCK_ENOTCONN, xsock_connect_result(s));
    ASSERT_RESULT(0, xsock_close(s));
    end_round(&r);
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect(refused, &a));
    ASSERT_RESULT(-XSOCK_ECONNREFUSED, xsock_connect_result(refused));
    ASSERT_RESULT(0, xsock_close(c));
    ASSERT_RESULT(0, xsock_close(refused));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_thread_interrupts_the_calls_of_another),
        TEST(a_deadline_ends_the_calls_of_several_threads),
        TEST(the_clock_goes_on_and_deadlines_go_by_it),
        TEST(a_connect_tells_its_result_by_the_public_call),
    };
    return cmocka_run_group_tests_name("deadline_wakes", tests, NULL, NULL);
}
