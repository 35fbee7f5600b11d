/* Many bytes through real sockets, by two threads. Every byte arrives once and in order, for all
 * sizes of the pieces, in blocking and non-blocking calls, and while signals arrive. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "base/atomic.h"
#include "harness.h"
#include "threads.h"

#ifdef _WIN32
#include <process.h>
/* A byte takes 0.2 ms for both ways under Wine. */
enum { MUCH = 4 * 1024 * 1024, SOME = 4 * 1024 };
#else
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>
enum { MUCH = 32 * 1024 * 1024, SOME = 64 * 1024 };
#endif

enum { HUGE_PIECE = 16 * 1024 * 1024 };

static unsigned char *source, *target;

static void make_source(void)
{
    uint32_t x = 2463534242u;
    source = malloc(MUCH);
    target = malloc(MUCH);
    assert_true(source != NULL && target != NULL);
    for (size_t i = 0; i < MUCH; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        source[i] = (unsigned char)x;
    }
}

/* ---- Sizes of pieces ------------------------------------------------------------------------- */

typedef size_t size_fn(size_t round);

static size_t odd(size_t round)
{
    static const size_t sizes[] = {1, 3, 1021, 4097, 65537, 131071, 7, 262147};
    return sizes[round % (sizeof sizes / sizeof *sizes)];
}

static size_t huge(size_t round)
{
    (void)round;
    return HUGE_PIECE;
}

static size_t single(size_t round)
{
    (void)round;
    return 1;
}

/* ---- One transfer ---------------------------------------------------------------------------- */

struct end {
    int d;
    size_t total, done;
    size_fn *size;
    int flags;
    int failure; /* the first unexpected error */
};

/* Called after a would-block. A signal ends a poll, and has no other effect. */
static int wait_for(int d, short events)
{
    struct xsock_pollfd p = {.fd = d, .events = events};
    int rc = xsock_poll(&p, 1, -1);
    return rc == -XSOCK_EINTR ? 0 : rc;
}

static size_t piece_of(const struct end *e, size_t round)
{
    size_t n = e->size(round), left = e->total - e->done;
    return n < left ? n : left;
}

static void send_all(void *user)
{
    struct end *e = user;
    bool blocks = (xsock_get_flags(e->d) & XSOCK_SOCK_NONBLOCK) == 0;
    for (size_t round = 0; e->done < e->total && e->failure >= 0; round++) {
        size_t n = piece_of(e, round);
        ptrdiff_t sent = xsock_send(e->d, source + e->done, n, e->flags);
        if (sent == -XSOCK_EAGAIN && !blocks)
            e->failure = wait_for(e->d, XSOCK_POLLOUT);
        else if (sent <= 0 || (blocks && (size_t)sent != n)) /* a blocking call sends all of it */
            e->failure = sent < 0 ? (int)sent : -XSOCK_EIO;
        else
            e->done += (size_t)sent;
    }
    if (e->failure >= 0)
        e->failure = xsock_shutdown(e->d, XSOCK_SHUT_WR);
}

static void receive_all(void *user)
{
    struct end *e = user;
    bool blocks = (xsock_get_flags(e->d) & XSOCK_SOCK_NONBLOCK) == 0;
    bool whole = blocks && (e->flags & XSOCK_MSG_WAITALL) != 0;
    for (size_t round = 0; e->done < e->total && e->failure >= 0; round++) {
        size_t n = piece_of(e, round + 3);
        ptrdiff_t got = xsock_recv(e->d, target + e->done, n, e->flags);
        if (got == -XSOCK_EAGAIN && !blocks)
            e->failure = wait_for(e->d, XSOCK_POLLIN);
        else if (got <= 0 || (whole && (size_t)got != n))
            e->failure = got < 0 ? (int)got : -XSOCK_EIO;
        else
            e->done += (size_t)got;
    }
    while (e->failure >= 0) { /* the end follows the last byte */
        ptrdiff_t got = xsock_recv(e->d, target, 1, 0);
        if (got == 0)
            return;
        e->failure = got == -XSOCK_EAGAIN && !blocks ? wait_for(e->d, XSOCK_POLLIN)
                     : got < 0                       ? (int)got
                                                     : -XSOCK_EIO;
    }
}

static void transfer(const int d[2], size_t total, size_fn *size, int recv_flags)
{
    struct end from = {.d = d[0], .total = total, .size = size},
               to = {.d = d[1], .total = total, .size = size};
    to.flags = recv_flags;
    memset(target, 0, total);
    struct thread *t = thread_start(send_all, &from);
    assert_non_null(t);
    receive_all(&to);
    if (to.failure < 0)
        xsock_shutdown(d[1], XSOCK_SHUT_RDWR); /* otherwise the sender might wait for ever */
    thread_join(t);
    ASSERT_RESULT(0, from.failure);
    ASSERT_THAT(to.failure >= 0, "%s after %lu bytes", harness_name(to.failure),
                (unsigned long)to.done);
    assert_memory_equal(source, target, total);
}

/* ---- Kinds of connections -------------------------------------------------------------------- */

static bool connect_through(const struct xsock_addr *to, int flags, int out[2])
{
    struct xsock_addr a = *to;
    int listener = ASSERT_OPENS(xsock_open(a.family, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(listener, &a));
    ASSERT_RESULT(0, xsock_listen(listener, 1));
    ASSERT_RESULT(0, xsock_local_addr(listener, &a));
    out[0] = ASSERT_OPENS(xsock_open(a.family, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_connect(out[0], &a));
    ASSERT_RESULT(0, xsock_set_flags(out[0], flags));
    out[1] = ASSERT_OPENS(xsock_accept(listener, flags, NULL));
    ASSERT_RESULT(0, xsock_close(listener));
    return true;
}

static bool by_tcp(int flags, int out[2])
{
    struct xsock_addr a = {.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
    return connect_through(&a, flags, out);
}

static bool by_local(int flags, int out[2])
{
    struct xsock_addr a = {.family = XSOCK_AF_LOCAL};
    const char *folder = getenv("TMPDIR");
    if (xsock_probe(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0) != 0)
        return false;
#ifdef _WIN32
    a.length = (uint32_t)snprintf((char *)a.data, sizeof a.data, "xsock-transfer-%d", _getpid());
    (void)folder;
#else
    a.length = (uint32_t)snprintf((char *)a.data, sizeof a.data, "%s/xsock-transfer-%ld",
                                  folder ? folder : "/tmp", (long)getpid());
#endif
    connect_through(&a, flags, out);
    return remove((const char *)a.data) == 0;
}

static bool by_pair(int flags, int out[2])
{
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | flags, 0, out));
    return true;
}

typedef bool way_fn(int flags, int out[2]); /* false if this system has none */

static void try_way(way_fn *way, size_t total, size_fn *size)
{
    for (int flags = 0; flags <= XSOCK_SOCK_NONBLOCK; flags += XSOCK_SOCK_NONBLOCK)
        for (int recv_flags = 0; recv_flags <= XSOCK_MSG_WAITALL; recv_flags += XSOCK_MSG_WAITALL) {
            int d[2];
            if (recv_flags != 0 && (flags != 0 || size == single))
                continue;
            if (!way(flags, d))
                SKIP("no LOCAL family");
            transfer(d, total, size, recv_flags);
            ASSERT_RESULT(0, xsock_close(d[0]));
            ASSERT_RESULT(0, xsock_close(d[1]));
        }
}

static void tcp_carries_every_byte(void **state)
{
    (void)state;
    try_way(by_tcp, MUCH, odd);
    try_way(by_tcp, MUCH, huge);
    try_way(by_tcp, SOME, single);
}

static void local_carries_every_byte(void **state)
{
    (void)state;
    try_way(by_local, MUCH, odd);
    try_way(by_local, MUCH, huge);
    try_way(by_local, SOME, single);
}

static void a_pair_carries_every_byte(void **state)
{
    (void)state;
    try_way(by_pair, MUCH, odd);
    try_way(by_pair, MUCH, huge);
    try_way(by_pair, SOME, single);
}

#ifndef _WIN32
static xsock__atomic_int signals; /* which any thread may get */

static void count_signal(int number)
{
    (void)number;
    xsock__atomic_add(&signals, 1);
}

static void set_storm(long period_us)
{
    const suseconds_t us = (suseconds_t)period_us;
    struct itimerval every = {{0, us}, {0, us}};
    struct sigaction action = {.sa_handler = count_signal}; /* without SA_RESTART */
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &every, NULL), 0);
}

static void a_storm_of_signals_changes_nothing(void **state)
{
    (void)state;
    xsock__atomic_store(&signals, 0);
    set_storm(1000);
    for (int round = 0; round < 100 && xsock__atomic_load(&signals) < 100; round++) {
        try_way(by_tcp, MUCH / 4, odd);
        try_way(by_pair, MUCH / 4, odd);
        try_way(by_pair, SOME, single);
    }
    set_storm(0);
    ASSERT_THAT(xsock__atomic_load(&signals) >= 100, "only %d signals",
                xsock__atomic_load(&signals));
}
#endif

static int set_up(void **state)
{
    (void)state;
    make_source();
    return 0;
}

static int clean_up(void **state)
{
    (void)state;
    free(source);
    free(target);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tcp_carries_every_byte),
        TEST(local_carries_every_byte),
        TEST(a_pair_carries_every_byte),
#ifndef _WIN32
        TEST(a_storm_of_signals_changes_nothing),
#endif
    };
    return cmocka_run_group_tests_name("transfer", tests, set_up, clean_up);
}
