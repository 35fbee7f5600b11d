/* System calls of calls that wait, in every state of a socket in which they wait. While nothing
 * happens, a call makes none. A call that has to ask again and again, because the socket is called
 * ready and is not, or because no wake could be had, makes no more than 120 a second. All cells are
 * measured at the same time, for a second, or for XSOCK_QUIET_SECONDS of the environment. The
 * program prints each cell that has made system calls. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "harness.h"

#if defined __linux__ && defined __GLIBC__
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/atomic.h"
#include "clock.h"
#include "counted_calls.h"
#include "pollers.h"
#include "sockets.h"
#include "ready_states.h"
#include "threads.h"

enum { MS = 1000 * 1000, SECOND = 1000 * MS, CELLS = 1024, MOST_A_SECOND = 120 };

/* ---- The calls ------------------------------------------------------------------------------- */

struct call {
    const char *name;
    int (*run)(int d);
    uint32_t waits_for; /* events of pollers */
};

struct cell {
    const struct call *call;
    const struct ready_state *state;
    struct scene scene;
    int d; /* what is closed to end the call: the socket, or the poller */
    struct thread *thread;
    xsock__atomic_int calls, done;
    int result, before;
    int64_t closed_ns, ended_ns;
};

static int do_recv(int d)
{
    char byte;
    return (int)xsock_recv(d, &byte, 1, 0);
}

static int do_send(int d)
{
    return (int)xsock_send(d, "x", 1, 0);
}

static int do_accept(int d)
{
    return xsock_accept(d, 0, NULL);
}

static int poll_for(int d, short events)
{
    struct xsock_pollfd p = {.fd = d, .events = events};
    return xsock_poll(&p, 1, -1);
}

static int do_poll_in(int d)
{
    return poll_for(d, XSOCK_POLLIN | XSOCK_POLLPRI);
}

static int do_poll_out(int d)
{
    return poll_for(d, XSOCK_POLLOUT);
}

static int do_poll_nothing(int d)
{
    return poll_for(d, 0);
}

static int do_poller(int p)
{
    struct xsock_event e;
    return xsock_poller_wait(p, &e, 1, -1);
}

/* Nothing new happens after the first reports. */
static int do_edge_poller(int p)
{
    struct xsock_event e;
    while (xsock_poller_wait(p, &e, 1, 0) > 0)
        continue;
    return do_poller(p);
}

static const struct call calls[] = {
    {"recv", do_recv, IN},
    {"send", do_send, OUT},
    {"accept", do_accept, IN},
    {"poll for input", do_poll_in, IN | PRI},
    {"poll for output", do_poll_out, OUT},
    {"poll for nothing", do_poll_nothing, 0},
    {"poller", do_poller, IN | RDHUP},
    {"edge poller", do_edge_poller, IN | OUT | RDHUP | ET},
};
enum { CALLS = sizeof calls / sizeof *calls };

/* A connect waits for no event of its socket if a LOCAL listener is full. */
static struct xsock_addr full;

static int do_connect(int d)
{
    return xsock_connect(d, &full);
}

static bool full_backlog(struct scene *s)
{
    sockets_full_listener(s->others, &full);
    s->d = ASSERT_OPENS(xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    return true;
}

static const struct ready_state full_state = {"full_backlog", full_backlog, OUT | HUP};
static const struct call connect_call = {"connect", do_connect, OUT};

/* ---- The cells ------------------------------------------------------------------------------- */

static struct cell cells[CELLS];
static int cell_count;

static void run_cell(void *user)
{
    struct cell *c = user;
    counted_calls_add_to(&c->calls);
    c->result = c->call->run(c->d);
    c->ended_ns = clock_now();
    xsock__atomic_store(&c->done, 1);
}

static bool is_poller(const struct call *call)
{
    return call->run == do_poller || call->run == do_edge_poller;
}

static void add(const struct ready_state *st, const struct call *call)
{
    struct cell *c = &cells[cell_count];
    assert_true(cell_count < CELLS);
    memset(c, 0, sizeof *c);
    c->state = st;
    c->call = call;
    if (!ready_states_build(st, &c->scene)) {
        ready_states_clean(&c->scene);
        return;
    }
    c->d = c->scene.d;
    ASSERT_RESULT(0, xsock_set_flags(c->d, 0));
    if (is_poller(call)) {
        c->d = open_poller();
        ASSERT_RESULT(0, xsock_poller_ctl(c->d, XSOCK_POLLER_ADD, c->scene.d, call->waits_for, 1));
    }
    cell_count++;
}

static void add_all(void)
{
    cell_count = 0;
    for (int s = 0; s < ready_state_count; s++)
        for (int k = 0; k < CALLS; k++)
            add(&ready_states[s], &calls[k]);
    add(&full_state, &connect_call);
}

static void let_pass(int64_t ns)
{
    ASSERT_RESULT(0, xsock_poll(NULL, 0, ns));
}

static int64_t seconds(void)
{
    const char *text = getenv("XSOCK_QUIET_SECONDS");
    return text != NULL && atoi(text) > 0 ? atoi(text) : 1;
}

/* Whether the table calls the socket ready for what the call waits for. */
static bool is_called_ready(const struct cell *c)
{
    return (c->state->ready & (c->call->waits_for | ERR | HUP)) != 0;
}

static void end_cell(struct cell *c)
{
    thread_join(c->thread);
    if (c->call->run == do_accept && c->result >= 0)
        sockets_close(c->result);
    if (is_poller(c->call))
        sockets_close(c->scene.d);
    c->scene.d = -1;
    ready_states_clean(&c->scene);
}

static void start_cells(void)
{
    for (int i = 0; i < cell_count; i++) {
        cells[i].thread = thread_start(run_cell, &cells[i]);
        assert_non_null(cells[i].thread);
    }
}

/* A call that has returned already found its socket ready. */
static void forget_the_ready(void)
{
    int n = 0;
    for (int i = 0; i < cell_count; i++) {
        cells[i].before = xsock__atomic_load(&cells[i].calls);
        if (!xsock__atomic_load(&cells[i].done)) {
            n++;
            continue;
        }
        cells[i].closed_ns = -1;
    }
    print_message("%d of %d calls wait\n", n, cell_count);
    assert_true(n > 80);
}

static void close_all(void)
{
    for (int i = 0; i < cell_count; i++) {
        if (cells[i].closed_ns == 0)
            cells[i].closed_ns = clock_now();
        ASSERT_RESULT(0, xsock_close(cells[i].d));
    }
}

static int most(int64_t time_ns)
{
    return (int)(MOST_A_SECOND * time_ns / SECOND);
}

static int calls_of_the_unready(void)
{
    int n = 0;
    for (int i = 0; i < cell_count; i++)
        n += is_called_ready(&cells[i]) ? 0 : xsock__atomic_load(&cells[i].calls);
    return n;
}

/* Every thread is in its call, every wake was looked at, and every interval is the longest. That
 * takes a tenth of a second, and more on a busy machine. */
static void settle(bool has_wakes)
{
    int before = -1, now = 0;
    let_pass(300 * MS);
    for (int i = 0; i < 100 && has_wakes && now != before; i++) {
        before = calls_of_the_unready();
        let_pass(100 * MS);
        now = calls_of_the_unready();
    }
}

static void measure(bool has_wakes)
{
    int wrong = 0, asking = 0, busiest = 0;
    int64_t latest = 0;
    start_cells();
    settle(has_wakes);
    forget_the_ready();
    int64_t begin = clock_now();
    let_pass(seconds() * SECOND);
    int after[CELLS];
    for (int i = 0; i < cell_count; i++)
        after[i] = xsock__atomic_load(&cells[i].calls);
    int64_t time_ns = clock_now() - begin;
    close_all();
    for (int i = 0; i < cell_count; i++) {
        struct cell *c = &cells[i];
        end_cell(c);
        if (c->closed_ns < 0)
            continue;
        int made = after[i] - c->before;
        int allowed = has_wakes && !is_called_ready(c) ? 0 : most(time_ns);
        asking += made > 0;
        busiest = made > busiest ? made : busiest;
        if (made > 0 && (has_wakes || made > allowed))
            print_message("%-22s %-16s %d calls\n", c->state->name, c->call->name, made);
        wrong += made > allowed;
        latest = c->ended_ns - c->closed_ns > latest ? c->ended_ns - c->closed_ns : latest;
    }
    print_message("%d calls have asked again, %.1f times a second at most\n", asking,
                  (double)busiest * (double)SECOND / (double)time_ns);
    print_message("the last one ended %.1f ms after its close\n", (double)latest / (double)MS);
    assert_int_equal(wrong, 0);
}

static void raise_limit(struct rlimit *out_before)
{
    struct rlimit high;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, out_before), 0);
    high = *out_before;
    high.rlim_cur = high.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &high), 0);
}

static void a_call_that_waits_makes_no_system_calls(void **state)
{
    struct rlimit before;
    (void)state;
    raise_limit(&before);
    add_all();
    measure(true);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static void without_a_wake_a_call_asks_at_long_intervals(void **state)
{
    struct rlimit before;
    (void)state;
    raise_limit(&before);
    add_all();
    counted_calls_forbid_wakes(true);
    measure(false);
    counted_calls_forbid_wakes(false);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static void in_a_full_process_a_call_asks_at_long_intervals(void **state)
{
    struct rlimit before, low;
    (void)state;
    raise_limit(&before);
    add_all();
    low = before;
    low.rlim_cur = 3;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    measure(false);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

/* The wakes of earlier calls go. */
static int start(void **state)
{
    return xsock_cleanup() == 0 ? harness_setup(state) : 1;
}

static int end(void **state)
{
    return xsock_cleanup() == 0 ? harness_teardown(state) : 1;
}

#define QUIET_TEST(f) cmocka_unit_test_setup_teardown(f, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUIET_TEST(a_call_that_waits_makes_no_system_calls),
        QUIET_TEST(without_a_wake_a_call_asks_at_long_intervals),
        QUIET_TEST(in_a_full_process_a_call_asks_at_long_intervals),
    };
    return cmocka_run_group_tests_name("quiet", tests, NULL, NULL);
}

#else
static void a_call_that_waits_makes_no_system_calls(void **state)
{
    (void)state;
    SKIP("only with glibc can a program replace single functions of the C library");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(a_call_that_waits_makes_no_system_calls)};
    return cmocka_run_group_tests_name("quiet", tests, NULL, NULL);
}
#endif
