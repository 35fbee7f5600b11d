/* A thread is blocked in a descriptor, and another thread closes the descriptor or replaces its
 * socket. The tests use real sockets, and every call that waits. The moment of the close is left to
 * chance over many rounds, because no wake may be lost. test_close_waits.c tests each moment by
 * itself.
 *
 * If a round hangs, the time limit of the test ends it. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "base/atomic.h"
#include "harness.h"
#include "qemu.h"
#include "threads.h"

#ifndef _WIN32
#include <sys/wait.h>
#include <unistd.h>
enum { ROUNDS = 100, FEW_ROUNDS = 5 };
#else
enum { ROUNDS = 10, FEW_ROUNDS = 2 }; /* a call takes 0.2 ms under Wine */
#endif

enum { MOST_MOMENTS = 200, MOST_YIELDS = 1 << 24 };
enum { CROWD = 100, PIECE = 4 * 1024 * 1024, TO_FILL = 64 * 1024 * 1024 };

static unsigned char *big;

/* ---- Sockets --------------------------------------------------------------------------------- */

/* The sockets of a round. d is the one that is closed. The others are closed at the end of the
 * round. */
struct round {
    int d, others[3], count;
    struct xsock_addr addr;
};

static void keep(struct round *r, int d)
{
    r->others[r->count++] = d;
}

static struct xsock_addr loopback(void)
{
    return (struct xsock_addr){.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
}

static int bound(int type, struct xsock_addr *out_addr)
{
    struct xsock_addr a = loopback();
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, type, 0));
    ASSERT_RESULT(0, xsock_bind(d, &a));
    ASSERT_RESULT(0, xsock_local_addr(d, out_addr));
    return d;
}

static bool tcp_listener(struct round *r)
{
    r->d = bound(XSOCK_SOCK_STREAM, &r->addr);
    ASSERT_RESULT(0, xsock_listen(r->d, 5));
    return true;
}

static bool tcp_connection(struct round *r)
{
    tcp_listener(r);
    int client = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_connect(client, &r->addr));
    keep(r, client);
    keep(r, r->d);
    r->d = ASSERT_OPENS(xsock_accept(r->d, 0, NULL));
    return true;
}

static bool datagrams(struct round *r)
{
    r->d = bound(XSOCK_SOCK_DGRAM, &r->addr);
    return true;
}

static bool connected_datagrams(struct round *r)
{
    keep(r, bound(XSOCK_SOCK_DGRAM, &r->addr));
    r->d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(0, xsock_connect(r->d, &r->addr));
    return true;
}

static bool pair_of(struct round *r, int type)
{
    int p[2];
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, type, 0, p));
    r->d = p[0];
    keep(r, p[1]);
    return true;
}

static bool stream_pair(struct round *r)
{
    return pair_of(r, XSOCK_SOCK_STREAM);
}

static bool datagram_pair(struct round *r)
{
    return pair_of(r, XSOCK_SOCK_DGRAM);
}

/* Returns false if the socket is never full, because the system drops datagrams instead. */
static bool fill(int d, size_t piece)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t sum = 0; sum < TO_FILL; sum += n) {
        n = xsock_send(d, big, piece, XSOCK_MSG_DONTWAIT);
        if (n == -XSOCK_EAGAIN)
            return true;
        ASSERT_THAT(n > 0, "%s", harness_name((int)n));
    }
    return false;
}

static bool full_tcp(struct round *r)
{
    tcp_connection(r);
    return fill(r->d, PIECE);
}

static bool full_stream_pair(struct round *r)
{
    stream_pair(r);
    return fill(r->d, PIECE) && fill(r->d, 1);
}

static bool full_datagram_pair(struct round *r)
{
    datagram_pair(r);
    return fill(r->d, 1000);
}

#ifndef _WIN32
/* A name that no other program uses. */
static struct xsock_addr fresh_path(void)
{
    static int count;
    struct xsock_addr a = {.family = XSOCK_AF_LOCAL};
    a.length = (uint32_t)snprintf((char *)a.data, sizeof a.data, "/tmp/xsock-%ld-%d",
                                  (long)getpid(), count++);
    return a;
}

static bool local_listener(struct round *r)
{
    r->addr = fresh_path();
    r->d = ASSERT_OPENS(xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(r->d, &r->addr));
    ASSERT_RESULT(0, xsock_listen(r->d, 0));
    return true;
}

/* A listener whose queue is full. A connect has to wait on Linux. BSD refuses instead of
 * waiting. */
static bool full_local_listener(struct round *r)
{
    int rc, knocker;
    local_listener(r);
    keep(r, r->d);
    knocker = ASSERT_OPENS(xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_connect(knocker, &r->addr));
    keep(r, knocker);
    r->d = ASSERT_OPENS(xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0));
    rc = xsock_connect(r->d, &r->addr);
    ASSERT_RESULT(0, xsock_set_flags(r->d, 0));
    return rc == -XSOCK_EAGAIN;
}
#endif

static void end_round(struct round *r)
{
    for (int i = 0; i < r->count; i++)
        ASSERT_RESULT(0, xsock_close(r->others[i]));
#ifndef _WIN32
    if (r->addr.family == XSOCK_AF_LOCAL)
        unlink((const char *)r->addr.data);
#endif
}

/* ---- Calls that block ------------------------------------------------------------------------ */

static int crowd[CROWD];

static int do_accept(int d, const struct xsock_addr *a)
{
    (void)a;
    return xsock_accept(d, 0, NULL);
}

static int do_connect(int d, const struct xsock_addr *a)
{
    return xsock_connect(d, a);
}

static int do_recv(int d, const struct xsock_addr *a)
{
    char byte;
    (void)a;
    return (int)xsock_recv(d, &byte, 1, 0);
}

static int do_recv_all(int d, const struct xsock_addr *a)
{
    char bytes[2];
    (void)a;
    return (int)xsock_recv(d, bytes, 2, XSOCK_MSG_WAITALL);
}

static int do_recvfrom(int d, const struct xsock_addr *a)
{
    char byte;
    struct xsock_addr from;
    (void)a;
    return (int)xsock_recvfrom(d, &byte, 1, 0, &from);
}

static int do_send(int d, const struct xsock_addr *a)
{
    (void)a;
    return (int)xsock_send(d, "x", 1, 0);
}

static int do_send_datagram(int d, const struct xsock_addr *a)
{
    (void)a;
    return (int)xsock_send(d, big, 1000, 0);
}

/* TCP's buffers grow, so the call sends so many bytes that it must block at some point. The bytes
 * that were sent before count. */
static int do_send_much(int d, const struct xsock_addr *a)
{
    ptrdiff_t n = xsock_send(d, big, TO_FILL, 0);
    (void)a;
    return n > 0 && n < TO_FILL ? -XSOCK_ECANCELED : (int)n;
}

/* Here NVAL is reported as ECANCELED. */
static int poll_result(const struct xsock_pollfd *v, int rc)
{
    return rc == 1 && v->revents == XSOCK_POLLNVAL ? -XSOCK_ECANCELED : rc;
}

static int do_poll(int d, const struct xsock_addr *a)
{
    struct xsock_pollfd v = {.fd = d, .events = XSOCK_POLLIN};
    (void)a;
    return poll_result(&v, xsock_poll(&v, 1, -1));
}

static int do_poll_crowd(int d, const struct xsock_addr *a)
{
    struct xsock_pollfd v[CROWD];
    (void)a;
    for (int i = 0; i < CROWD; i++)
        v[i] = (struct xsock_pollfd){i == CROWD / 2 ? d : crowd[i], XSOCK_POLLIN, 0};
    return poll_result(&v[CROWD / 2], xsock_poll(v, CROWD, -1));
}

static const struct call {
    const char *name;
    bool (*prepare)(struct round *r); /* false if the call cannot block here */
    int (*run)(int d, const struct xsock_addr *a);
    int rounds;
} calls[] = {
    {"accept, TCP", tcp_listener, do_accept, ROUNDS},
    {"recv, TCP", tcp_connection, do_recv, ROUNDS},
    {"recv all, TCP", tcp_connection, do_recv_all, ROUNDS},
    {"recv, connected UDP", connected_datagrams, do_recv, ROUNDS},
    {"recvfrom, UDP", datagrams, do_recvfrom, ROUNDS},
    {"recv, stream pair", stream_pair, do_recv, ROUNDS},
    {"recv, datagram pair", datagram_pair, do_recv, ROUNDS},
    {"send, TCP", full_tcp, do_send_much, FEW_ROUNDS},
    {"send, stream pair", full_stream_pair, do_send, ROUNDS},
    {"send, datagram pair", full_datagram_pair, do_send_datagram, ROUNDS},
    {"poll, TCP", tcp_connection, do_poll, ROUNDS},
    {"poll, a hundred", datagrams, do_poll_crowd, ROUNDS},
#ifndef _WIN32
    {"accept, LOCAL", local_listener, do_accept, ROUNDS},
    {"connect, LOCAL", full_local_listener, do_connect, ROUNDS},
#else
    {"connect, TCP", NULL, do_connect, 0}, /* a loopback connect never hangs */
#endif
};
enum { CALLS = sizeof calls / sizeof *calls };

/* ---- One round ------------------------------------------------------------------------------- */

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
    b->result = b->call->run(b->round->d, &b->round->addr);
}

static void wait_until_begun(struct blocked *b, int yields)
{
    UNTIL(xsock__atomic_load(&b->begun), thread_yield());
    for (int i = 0; i < yields; i++)
        thread_yield();
}

/* The number belongs to another socket now, which has one byte to read and has sent nothing to its
 * peer. Is this still true? A thread that looked up the number only after the close may use the new
 * socket. The new socket is a datagram socket, because it refuses a message as long as that of
 * do_send_much. A part of that message would look like an end caused by the close. */
static void assert_not_touched(int d, int peer)
{
    char byte = 0;
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recv(peer, &byte, 1, 0));
    ASSERT_RESULT(1, (int)xsock_recv(d, &byte, 1, 0));
    assert_int_equal(byte, 'y');
}

/* The number is free at once. An accept that has looked up its listener, and reserves a number only
 * after the close, may be the first to take it. */
static int put_another(const struct call *call, const struct round *r, int other, bool replace)
{
    if (replace)
        return ASSERT_OPENS(xsock_dup2(other, r->d, 0));
    ASSERT_RESULT(0, xsock_close(r->d));
    int number = ASSERT_OPENS(xsock_dup(other, r->d, 0));
    ASSERT_THAT(number == r->d || call->run == do_accept, "%s: %d instead of %d", call->name,
                number, r->d);
    return number;
}

/* Returns true if the thread was in the call when its descriptor was closed. */
static bool play(const struct call *call, bool replace, int yields)
{
    struct round r = {.d = -1};
    struct blocked b = {.call = call, .round = &r};
    int other[2];
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM | XSOCK_SOCK_NONBLOCK, 0, other));
    ASSERT_RESULT(1, (int)xsock_send(other[1], "y", 1, 0));
    assert_true(call->prepare(&r));
    struct thread *t = thread_start(block, &b);
    assert_non_null(t);
    wait_until_begun(&b, yields);
    int number = put_another(call, &r, other[0], replace);
    thread_join(t);
    if (b.result == -XSOCK_ECANCELED)
        assert_not_touched(number, other[1]);
    ASSERT_RESULT(0, xsock_close(number));
    ASSERT_RESULT(0, xsock_close(other[0]));
    ASSERT_RESULT(0, xsock_close(other[1]));
    end_round(&r);
    return b.result == -XSOCK_ECANCELED;
}

/* Whether this call can be made to block here. */
static bool blocks_here(const struct call *call)
{
    struct round r = {.d = -1};
    if (call->prepare == NULL)
        return false;
    bool blocks = call->prepare(&r);
    ASSERT_RESULT(0, xsock_close(r.d));
    end_round(&r);
    if (!blocks)
        print_message("%s: does not block on this system\n", call->name);
    return blocks;
}

static void play_rounds(const struct call *call, bool replace)
{
    int woken = 0, rounds = harness_rounds(call->rounds);
    for (int i = 0; i < rounds; i++)
        woken += play(call, replace, i * MOST_MOMENTS / rounds);
    /* If every thread was late, gives one thread all the time that it needs. */
    for (int yields = 1000; woken == 0; yields *= 2) {
        ASSERT_THAT(yields < MOST_YIELDS, "%s: the thread was never in its call", call->name);
        woken += play(call, replace, yields);
    }
}

static void closing_wakes_whoever_is_blocked(void **state)
{
    (void)state;
    big = calloc(1, TO_FILL);
    assert_non_null(big);
    for (int i = 0; i < CROWD; i++)
        crowd[i] = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    for (int c = 0; c < CALLS; c++) {
        if (!blocks_here(&calls[c]))
            continue;
        play_rounds(&calls[c], false);
        play_rounds(&calls[c], true);
    }
    for (int i = 0; i < CROWD; i++)
        ASSERT_RESULT(0, xsock_close(crowd[i]));
    free(big);
}

/* ---- Other holders of the socket ------------------------------------------------------------- */

static const struct call receiving = {"recv", NULL, do_recv, 1};

static void a_duplicate_notices_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < harness_rounds(ROUNDS / 5); i++) {
        struct round first = {.d = -1}, second;
        stream_pair(&first);
        second = first;
        second.d = ASSERT_OPENS(xsock_dup(first.d, 0, 0));
        struct blocked a = {.call = &receiving, .round = &first},
                       b = {.call = &receiving, .round = &second};
        struct thread *ta = thread_start(block, &a), *tb = thread_start(block, &b);
        wait_until_begun(&a, i % 50);
        wait_until_begun(&b, i % 50);
        ASSERT_RESULT(0, xsock_close(first.d));
        thread_join(ta);
        assert_true(a.result == -XSOCK_ECANCELED || a.result == -XSOCK_EBADF);
        ASSERT_RESULT(1, (int)xsock_send(first.others[0], "x", 1, 0));
        thread_join(tb);
        ASSERT_RESULT(1, b.result);
        ASSERT_RESULT(0, xsock_close(second.d));
        end_round(&first);
    }
}

#ifndef _WIN32
static int child_of(int d)
{
    char bytes[5];
    return xsock_recv(d, bytes, 5, XSOCK_MSG_WAITALL) == 5 && memcmp(bytes, "hello", 5) == 0 ? 0
                                                                                             : 1;
}

static void a_forked_process_notices_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct round r = {.d = -1};
        int status = -1;
        stream_pair(&r);
        pid_t child = fork();
        if (child == 0)
            _exit(child_of(r.d));
        struct blocked b = {.call = &receiving, .round = &r};
        struct thread *t = thread_start(block, &b);
        wait_until_begun(&b, i * 10);
        ASSERT_RESULT(0, xsock_close(r.d));
        thread_join(t);
        assert_true(b.result == -XSOCK_ECANCELED || b.result == -XSOCK_EBADF);
        ASSERT_RESULT(5, (int)xsock_send(r.others[0], "hello", 5, 0));
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        end_round(&r);
    }
}

/* A child has wakes of its own. Closing in the parent does not end the child's wait, and closing in
 * the child does not end the parent's wait. */
static int child_that_closes(int d)
{
    struct round r = {.d = d};
    struct blocked b = {.call = &receiving, .round = &r};
    struct thread *t = thread_start(block, &b);
    wait_until_begun(&b, 200);
    if (xsock_close(d) != 0)
        return 1;
    thread_join(t);
    return b.result == -XSOCK_ECANCELED || b.result == -XSOCK_EBADF ? 0 : 2;
}

static void closing_in_a_child_leaves_the_parent_waiting(void **state)
{
    SKIP_ON_QEMU(QEMU_FORK);
    (void)state;
    if (HAS_THREAD_SANITIZER)
        SKIP("ThreadSanitizer has no threads after a fork of a process that had several");
    for (int i = 0; i < 20; i++) {
        struct round r = {.d = -1};
        int status = -1;
        stream_pair(&r);
        struct blocked b = {.call = &receiving, .round = &r};
        struct thread *t = thread_start(block, &b);
        wait_until_begun(&b, i * 10);
        pid_t child = fork(); /* with the thread in the call */
        if (child == 0)
            _exit(child_that_closes(r.d));
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        ASSERT_RESULT(1, (int)xsock_send(r.others[0], "x", 1, 0));
        thread_join(t);
        ASSERT_RESULT(1, b.result);
        ASSERT_RESULT(0, xsock_close(r.d));
        end_round(&r);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(closing_wakes_whoever_is_blocked),
        TEST(a_duplicate_notices_nothing),
#ifndef _WIN32
        TEST(a_forked_process_notices_nothing),
        TEST(closing_in_a_child_leaves_the_parent_waiting),
#endif
    };
    return cmocka_run_group_tests_name("close_wakes", tests, NULL, NULL);
}
