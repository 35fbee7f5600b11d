/* Pollers and threads: wakes, closing under waiters, and members that leave while other threads
 * wait. Also signals and forks. */
/* This must come before any header. It makes the POSIX functions visible in a build that asks for
 * C11 only. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "harness.h"

#include "base/atomic.h"
#include "call/call.h"
#include "api/library.h"
#include "poller_words.h"
#include "sockets.h"
#include "threads.h"

enum { THREADS = 4 };
#ifdef _WIN32
enum { CLOSES = 10, CLOSES_AT_ONCE = 50 }; /* a call takes 0.2 ms under Wine */
#else
enum { CLOSES = 50, CLOSES_AT_ONCE = 500 };
#endif

/* A thread that waits in a poller once. */
struct waiter {
    struct thread *thread;
    int poller, result;
};

static void wait_once(void *user)
{
    struct waiter *w = user;
    struct xsock_event e[4];
    do
        w->result = xsock_poller_wait(w->poller, e, 4, -1);
    while (w->result == -XSOCK_EINTR);
}

static void start(struct waiter *w, int poller)
{
    w->poller = poller;
    w->result = INT32_MIN;
    w->thread = thread_start(wait_once, w);
    assert_non_null(w->thread);
}

/* Waits until n threads are in a call on this descriptor. */
static void until_used_by(int d, int n)
{
    struct xsock__fd *fd = xsock__fdtab_get(xsock__library_table(), d);
    assert_non_null(fd);
    UNTIL(xsock__atomic_load(&fd->refs) == n + 1, thread_yield());
    xsock__fdtab_put(xsock__library_table(), fd);
}

static int open_poller(void)
{
    return ASSERT_OPENS(xsock_poller_open(XSOCK_SOCK_CLOEXEC));
}

/* ---- Wakes ----------------------------------------------------------------------------------- */

static void a_wake_waits_for_the_next_wait(void **state)
{
    struct xsock_event e;
    int p = open_poller();
    (void)state;
    ASSERT_RESULT(0, xsock_poller_wake(p));
    ASSERT_RESULT(0, xsock_poller_wake(p));
    ASSERT_RESULT(0, xsock_poller_wake(p));
    ASSERT_RESULT(0, xsock_poller_wait(p, &e, 1, -1));
    for (int i = 0; i < 100; i++) {
        ASSERT_RESULT(0, xsock_poller_wake(p));
        ASSERT_RESULT(0, xsock_poller_wait(p, &e, 1, -1));
    }
    sockets_close(p);
}

static void a_wake_comes_through_among_busy_members(void **state)
{
    struct xsock_event e[2];
    int p = open_poller(), d[2], waits = 0;
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], OUT, 1));
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[1], OUT, 2));
    ASSERT_RESULT(0, xsock_poller_wake(p));
    while (xsock_poller_wait(p, e, 1, -1) != 0)
        assert_true(++waits < 10);
    ASSERT_RESULT(0, xsock_poller_wake(p));
    int n = xsock_poller_wait(p, e, 2, -1); /* with the ready events, or before them */
    assert_true(n >= 0 && n <= 2);
    sockets_close(p);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void each_wake_ends_one_wait_that_is_under_way(void **state)
{
    struct waiter w[THREADS];
    int p = open_poller();
    (void)state;
    for (int i = 0; i < THREADS; i++)
        start(&w[i], p);
    for (int left = THREADS; left > 0; left--) {
        until_used_by(p, left);
        ASSERT_RESULT(0, xsock_poller_wake(p));
        until_used_by(p, left - 1);
    }
    for (int i = 0; i < THREADS; i++) {
        thread_join(w[i].thread);
        ASSERT_RESULT(0, w[i].result);
    }
    sockets_close(p);
}

/* ---- Closing --------------------------------------------------------------------------------- */

/* A thread counts as soon as it has the descriptor. The thread must still check that the number
 * leads to the descriptor. If the poller is closed between the two steps, the check fails. (If the
 * number were opened anew by then, the thread would wait in the new descriptor.) */
static void closing_the_poller_cancels_all_its_waits(void **state)
{
    const int rounds = harness_rounds(CLOSES);
    struct waiter w[THREADS];
    int late = 0;
    (void)state;
    for (int round = 0; round < rounds; round++) {
        int p = open_poller(), d[2];
        sockets_pair(XSOCK_SOCK_STREAM, d);
        ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], IN, 1));
        for (int i = 0; i < THREADS; i++)
            start(&w[i], p);
        until_used_by(p, THREADS);
        sockets_close(p);
        /* at once, though calls still use the poller */
        ASSERT_RESULT(-XSOCK_EBADF, xsock_get_flags(p));
        for (int i = 0; i < THREADS; i++) {
            thread_join(w[i].thread);
            late += w[i].result == -XSOCK_EBADF;
            ASSERT_RESULT(w[i].result == -XSOCK_EBADF ? -XSOCK_EBADF : -XSOCK_ECANCELED,
                          w[i].result);
        }
        sockets_close(d[0]);
        sockets_close(d[1]);
    }
    ASSERT_THAT(late < rounds, "%d of %d waits were late", late, rounds * THREADS);
}

/* A closed member whose handle stays open, because a call still uses it. */
static void a_closed_member_with_a_call_in_it_is_gone(void **state)
{
    struct xsock_event e;
    int p = open_poller(), d[2];
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], IN, 1));
    struct xsock__fd *fd = xsock__fdtab_get(xsock__library_table(), d[0]);
    assert_non_null(fd);
    sockets_send(d[1]);
    ASSERT_RESULT(1, xsock_poller_wait(p, &e, 1, -1));
    sockets_close(d[0]);
    ASSERT_RESULT(0, xsock_poller_wait(p, &e, 1, 0));
    xsock__fdtab_put(xsock__library_table(), fd);
    ASSERT_RESULT(0, xsock_poller_wait(p, &e, 1, 0));
    sockets_close(p);
    sockets_close(d[1]);
}

static void a_member_added_or_ready_meanwhile_ends_a_wait(void **state)
{
    struct waiter w;
    int p = open_poller(), d[2];
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, d);
    start(&w, p);
    until_used_by(p, 1);
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], OUT | ET, 1));
    thread_join(w.thread);
    ASSERT_RESULT(1, w.result);
    start(&w, p);
    until_used_by(p, 1);
    ASSERT_RESULT(0, xsock_poller_ctl(p, XSOCK_POLLER_MOD, d[0], IN, 1));
    sockets_send(d[1]);
    thread_join(w.thread);
    ASSERT_RESULT(1, w.result);
    sockets_close(p);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

/* A level that lasts is reported to every thread. The first thread that gets the event need not be
 * the thread that ends the level. */
static void a_level_reaches_all_who_wait(void **state)
{
    struct waiter w[THREADS];
    int p = open_poller(), d[2];
    (void)state;
    sockets_tcp(d);
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], IN, 1));
    for (int i = 0; i < THREADS; i++)
        start(&w[i], p);
    until_used_by(p, THREADS);
    sockets_send(d[1]);
    for (int i = 0; i < THREADS; i++) {
        thread_join(w[i].thread);
        ASSERT_RESULT(1, w[i].result);
    }
    sockets_close(p);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

/* Calls in this thread use up the event that another thread waits for. The other thread has got one
 * edge, and gets the next one too. */
static void a_wait_under_way_hears_of_the_next_edge(void **state)
{
    struct xsock_event e;
    struct waiter w;
    int p = open_poller(), d[2];
    (void)state;
    sockets_tcp(d);
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], IN | XSOCK_POLLER_RDHUP | ET, 1));
    for (int i = 0; i < 20; i++) {
        sockets_send(d[1]);
        ASSERT_RESULT(1, xsock_poller_wait(p, &e, 1, -1));
        start(&w, p);
        until_used_by(p, 1);
        assert_int_equal(sockets_drain(d[0]), 1);
        sockets_send(d[1]);
        thread_join(w.thread);
        ASSERT_RESULT(1, w.result);
        assert_int_equal(sockets_drain(d[0]), 1);
    }
    sockets_close(p);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

static void a_shutdown_is_heard_by_a_wait_under_way(void **state)
{
    struct xsock_event e;
    struct waiter w;
    int p = open_poller(), d[2];
    (void)state;
    sockets_tcp(d);
    ASSERT_RESULT(0, xsock_shutdown(d[1], XSOCK_SHUT_WR));
    UNTIL(xsock_recv(d[0], &e, 1, 0) == 0, thread_yield());
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], 0, 1));
    ASSERT_RESULT(0, xsock_poller_wait(p, &e, 1, 0));
    start(&w, p);
    until_used_by(p, 1);
    ASSERT_RESULT(0, xsock_shutdown(d[0], XSOCK_SHUT_WR));
    thread_join(w.thread);
    ASSERT_RESULT(1, w.result);
    ASSERT_RESULT(1, xsock_poller_wait(p, &e, 1, -1));
    assert_int_equal(e.events, XSOCK_POLLER_HUP);
    sockets_close(p);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

/* On Windows, the requests that a thread has made of the system end with the thread, unless the
 * library prevents this. */
static int added_to, added, add_result;

static void add_it(void *user)
{
    (void)user;
    add_result = xsock_poller_ctl(added_to, ADD, added, IN, 1);
}

static void a_member_outlives_the_thread_that_added_it(void **state)
{
    struct xsock_event e;
    struct waiter w;
    int d[2];
    (void)state;
    sockets_tcp(d);
    added_to = open_poller();
    added = d[0];
    for (int waiting = 0; waiting < 2; waiting++) {
        if (waiting)
            start(&w, added_to);
        struct thread *t = thread_start(add_it, NULL);
        assert_non_null(t);
        thread_join(t);
        ASSERT_RESULT(0, add_result);
        sockets_send(d[1]);
        if (waiting)
            thread_join(w.thread);
        ASSERT_RESULT(1, waiting ? w.result : xsock_poller_wait(added_to, &e, 1, -1));
        ASSERT_RESULT(0, xsock_poller_ctl(added_to, XSOCK_POLLER_DEL, d[0], 0, 0));
        assert_int_equal(sockets_drain(d[0]), 1);
    }
    sockets_close(added_to);
    sockets_close(d[0]);
    sockets_close(d[1]);
}

/* ---- Everything at once ---------------------------------------------------------------------- */

/* Pairs are opened, added, made ready and closed, each with a serial number, while threads wait. A
 * wait that began after the close of a pair had returned must not report the pair's serial
 * number. */
enum { OPENERS = 2, WAITERS = 2, SERIALS = 8 * CLOSES_AT_ONCE };

static struct {
    int poller;
    xsock__atomic_int clock, next, reports, mistakes, openers, failed_line;
    xsock__atomic_int number[SERIALS], closed_at[SERIALS];
} storm;

/* Called in an opener. Records its first failure, which the test's own thread asserts on. */
#define EXPECT(condition) \
    ((void)((condition) || xsock__atomic_cas(&storm.failed_line, 0, __LINE__)))

static void open_and_close(void *user)
{
    int s, d[2] = {-1, -1};
    (void)user;
    while ((s = xsock__atomic_add(&storm.next, 1)) < SERIALS) {
        EXPECT(xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0, d) == 0);
        xsock__atomic_store(&storm.number[s], d[0]);
        uint32_t events = IN | OUT | (s % 3 == 0 ? ET : 0);
        EXPECT(xsock_poller_ctl(storm.poller, ADD, d[0], events, (uint64_t)s) == 0);
        EXPECT(xsock_send(d[1], "x", 1, 0) == 1);
        if (s % 5 == 0)
            EXPECT(xsock_poller_ctl(storm.poller, MOD, d[0], IN, (uint64_t)s) == 0);
        if (s % 7 == 0)
            EXPECT(xsock_poller_ctl(storm.poller, DEL, d[0], 0, 0) == 0);
        EXPECT(xsock_close(d[0]) == 0);
        xsock__atomic_store(&storm.closed_at[s], xsock__atomic_add(&storm.clock, 1));
        EXPECT(xsock_close(d[1]) == 0);
    }
    xsock__atomic_add(&storm.openers, -1);
}

static void wait_and_judge(void *user)
{
    struct xsock_event e[8];
    (void)user;
    for (;;) {
        int began = xsock__atomic_load(&storm.clock);
        int n = xsock_poller_wait(storm.poller, e, 8, -1);
        if (n == -XSOCK_ECANCELED || n == -XSOCK_EBADF)
            return;
        if (n < 0 && n != -XSOCK_EINTR) {
            xsock__atomic_add(&storm.mistakes, 1);
            return;
        }
        for (int i = 0; i < n; i++) {
            uint64_t s = e[i].data;
            bool mistake = s >= SERIALS || e[i].fd != xsock__atomic_load(&storm.number[s]);
            int closed_at = mistake ? 0 : xsock__atomic_load(&storm.closed_at[s]);
            mistake = mistake || (closed_at != 0 && closed_at < began);
            xsock__atomic_add(&storm.mistakes, mistake);
        }
        xsock__atomic_add(&storm.reports, n > 0 ? n : 0);
    }
}

static void no_event_outlives_its_member(void **state)
{
    struct thread *openers[OPENERS], *waiters[WAITERS];
    (void)state;
    memset(&storm, 0, sizeof storm);
    storm.poller = open_poller();
    xsock__atomic_store(&storm.clock, 1);
    xsock__atomic_store(&storm.openers, OPENERS);
    for (int i = 0; i < WAITERS; i++)
        assert_non_null(waiters[i] = thread_start(wait_and_judge, NULL));
    for (int i = 0; i < OPENERS; i++)
        assert_non_null(openers[i] = thread_start(open_and_close, NULL));
    for (int i = 0; i < OPENERS; i++)
        thread_join(openers[i]);
    sockets_close(storm.poller);
    for (int i = 0; i < WAITERS; i++)
        thread_join(waiters[i]);
    ASSERT_RESULT(0, xsock__atomic_load(&storm.openers));
    ASSERT_THAT(xsock__atomic_load(&storm.failed_line) == 0, "an opener failed in line %d",
                xsock__atomic_load(&storm.failed_line));
    ASSERT_RESULT(0, xsock__atomic_load(&storm.mistakes));
    assert_true(xsock__atomic_load(&storm.reports) > 0);
}

/* Pollers and their members are closed at the same time. The second thread to close finds nothing
 * left to do. */
struct closing {
    int d, result;
};

static void close_it(void *user)
{
    struct closing *c = user;
    c->result = xsock_close(c->d);
}

static void poller_and_member_may_be_closed_at_once(void **state)
{
    (void)state;
    for (int round = 0; round < harness_rounds(CLOSES_AT_ONCE); round++) {
        int p = open_poller(), q = open_poller(), d[2];
        sockets_pair(XSOCK_SOCK_STREAM, d);
        ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], OUT, 1));
        ASSERT_RESULT(0, xsock_poller_ctl(q, ADD, d[0], OUT, 2));
        ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[1], OUT, 3));
        struct closing c = {.d = p, .result = 1};
        struct thread *t = thread_start(close_it, &c);
        assert_non_null(t);
        sockets_close(d[0]);
        sockets_close(q);
        sockets_close(d[1]);
        thread_join(t);
        ASSERT_RESULT(0, c.result);
    }
}

/* ---- Signals and forks ----------------------------------------------------------------------- */

#ifdef _WIN32
static void a_signal_ends_a_wait(void **state)
{
    (void)state;
    SKIP("Windows has no signals");
}
static void a_signal_handler_may_wake(void **state)
{
    (void)state;
    SKIP("Windows has no signals");
}
static void a_child_has_no_poller_of_its_parent(void **state)
{
    (void)state;
    SKIP("Windows has no fork()");
}
#else
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static int woken_by_handler;

static void do_nothing(int number)
{
    (void)number;
}

static void wake(int number)
{
    (void)number;
    xsock_poller_wake(woken_by_handler);
}

static void handle(int number, void (*fn)(int), int flags)
{
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_handler = fn;
    a.sa_flags = flags;
    assert_int_equal(sigaction(number, &a, NULL), 0);
}

static void a_signal_ends_a_wait(void **state)
{
    struct itimerval soon = {{0, 1000}, {0, 1000}}, off = {{0, 0}, {0, 0}};
    struct xsock_event e;
    int p = open_poller();
    (void)state;
    handle(SIGALRM, do_nothing, SA_RESTART);
    assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
    ASSERT_RESULT(-XSOCK_EINTR, xsock_poller_wait(p, &e, 1, -1));
    assert_int_equal(setitimer(ITIMER_REAL, &off, NULL), 0);
    handle(SIGALRM, SIG_DFL, 0);
    sockets_close(p);
}

static void a_signal_handler_may_wake(void **state)
{
    struct xsock_event e;
    (void)state;
    woken_by_handler = open_poller();
    handle(SIGUSR1, wake, 0);
    assert_int_equal(raise(SIGUSR1), 0);
    ASSERT_RESULT(0, xsock_poller_wait(woken_by_handler, &e, 1, -1));
    handle(SIGUSR1, SIG_DFL, 0);
    sockets_close(woken_by_handler);
}

/* The line of the wrong result, or 0. */
static int in_child(int p, const int d[2])
{
    struct xsock_event e;
    int q;
    if (xsock_poller_wait(p, &e, 1, 0) != -XSOCK_EBADF || xsock_poller_wake(p) != -XSOCK_EBADF)
        return __LINE__;
    if (xsock_poller_ctl(p, XSOCK_POLLER_DEL, d[0], 0, 0) != -XSOCK_EBADF)
        return __LINE__;
    if (xsock_get_flags(p) != -XSOCK_EBADF)
        return __LINE__;
    q = xsock_poller_open(0);
    if (q < 0 || q == p || xsock_poller_ctl(q, ADD, d[0], OUT, 9) != 0)
        return __LINE__;
    if (xsock_poller_wait(q, &e, 1, -1) != 1 || e.data != 9 || xsock_close(d[0]) != 0)
        return __LINE__;
    if (xsock_poller_wait(q, &e, 1, 0) != 0 || xsock_close(d[1]) != 0 || xsock_close(q) != 0)
        return __LINE__;
    if (xsock_close(p) != 0 || xsock_close(p) != -XSOCK_EBADF || xsock_poller_open(0) != p)
        return __LINE__;
    return 0;
}

static void a_child_has_no_poller_of_its_parent(void **state)
{
    struct waiter w[THREADS];
    struct xsock_event e;
    int p = open_poller(), d[2], status = -1;
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, d);
    ASSERT_RESULT(0, xsock_poller_ctl(p, ADD, d[0], IN, 5));
    for (int i = 0; i < THREADS; i++)
        start(&w[i], p);
    until_used_by(p, THREADS);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        alarm(60);
        int line = in_child(p, d);
        if (line != 0)
            fprintf(stderr, "in the child, line %d\n", line);
        _exit(line != 0);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    ASSERT_THAT(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %#x", (unsigned)status);
    sockets_send(d[1]);
    for (int i = 0; i < THREADS; i++) {
        thread_join(w[i].thread);
        ASSERT_RESULT(1, w[i].result);
    }
    ASSERT_RESULT(1, xsock_poller_wait(p, &e, 1, -1));
    assert_true(e.data == 5);
    sockets_close(p);
    sockets_close(d[0]);
    sockets_close(d[1]);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_wake_waits_for_the_next_wait),
        TEST(a_wake_comes_through_among_busy_members),
        TEST(each_wake_ends_one_wait_that_is_under_way),
        TEST(closing_the_poller_cancels_all_its_waits),
        TEST(a_closed_member_with_a_call_in_it_is_gone),
        TEST(a_member_added_or_ready_meanwhile_ends_a_wait),
        TEST(a_level_reaches_all_who_wait),
        TEST(a_wait_under_way_hears_of_the_next_edge),
        TEST(a_shutdown_is_heard_by_a_wait_under_way),
        TEST(a_member_outlives_the_thread_that_added_it),
        TEST(no_event_outlives_its_member),
        TEST(poller_and_member_may_be_closed_at_once),
        TEST(a_signal_ends_a_wait),
        TEST(a_signal_handler_may_wake),
        TEST(a_child_has_no_poller_of_its_parent),
    };
    /* The library keeps the wake that a wait needs, so the wake is made before handles are
     * counted. */
    xsock_poll(NULL, 0, 1);
    return cmocka_run_group_tests_name("poller_threads", tests, NULL, NULL);
}
