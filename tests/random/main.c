/* Makes random public calls by several threads on a few shared descriptors. Each answer must be one
 * that the headers document, no call may wait longer than it may, and afterwards nothing is left
 * over.
 *
 *     random MODE FIRST LAST CALLS [answers]
 *
 * FIRST and LAST are the seeds. CALLS is the number of steps that each thread makes; some steps
 * make a few calls. The same seed makes the same steps in each thread. How the threads meet is left
 * to chance. MODE is one of:
 *
 *     plain
 *     signals        the threads get signals all the time
 *     wake-signal    with xsock_set_wake_signal()
 *     handles        the process is at its limit of open handles
 *     memory         memory fails at times
 *
 * The last lines are what run_script in ci/lib.sh reads. "answers" adds what each call answered. */
#include "random.h"

#include "threads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 5 };

static const int64_t look_ns = 3 * MS;

/* After this time in one call, every descriptor is closed, which ends each wait. */
static const int64_t close_after_ns = 2000 * MS;

static struct caller callers[THREADS], watcher;
static const char *mode;
static int seed;
static long steps;

/* ---- The threads ----------------------------------------------------------------------------- */

static void one_step(void)
{
    static void (*const kinds[])(void) = {
        socket_step, socket_step, socket_step, data_step,   data_step,
        data_step,   wait_step,   wait_step,   option_step, value_step,
    };
    kinds[pick(sizeof kinds / sizeof *kinds)]();
}

/* Chance begins anew in each step. Otherwise an answer that leads to one more call would change all
 * later steps. */
static void body(void *user)
{
    me = user;
    for (long i = 0; i < steps; i++) {
        me->chance = ((uint64_t)seed * THREADS + (uint64_t)(me - callers)) * UINT64_C(1000003)
                     + (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15);
        (void)pick(2);
        one_step();
    }
    me->done = true;
}

/* ---- The thread that watches ----------------------------------------------------------------- */

static void close_all(void)
{
    for (int d = FIRST; d < LIMIT; d++)
        if (xsock_close(d) == -XSOCK_EBUSY)
            (void)xsock_unreserve(d);
}

/* All threads wait, so one of them is to go on. */
static void disturb(void)
{
    int d = FIRST + (int)pick(SPAN + 10);
    switch (pick(6)) {
    case 0:
        (void)xsock_close(d);
        break;
    case 1:
        (void)xsock_poller_wake(d);
        break;
    case 2:
        (void)xsock_set_deadline(d, XSOCK_DEADLINE_RECV | XSOCK_DEADLINE_SEND, xsock_now());
        break;
    case 3:
        (void)xsock_set_flags(d, XSOCK_SOCK_NONBLOCK);
        break;
    case 4:
        (void)xsock_shutdown(d, XSOCK_SHUT_RDWR);
        break;
    default:
        close_all();
    }
}

/* Memory and descriptors may be in use by the threads: the process ends. */
static void give_up(void)
{
    for (int i = 0; i < THREADS; i++)
        tell_call(&callers[i]);
    (void)tell_result(mode, seed);
    abort();
}

static bool all_done(void)
{
    for (int i = 0; i < THREADS; i++)
        if (!callers[i].done)
            return false;
    return true;
}

static void watch(void)
{
    long before = -1;
    while (!all_done()) {
        long calls = 0;
        int64_t longest = 0, now = xsock_now();
        (void)xsock_poll(NULL, 0, look_ns);
        for (int i = 0; i < THREADS; i++) {
            const struct caller *c = &callers[i];
            calls += c->calls;
            if (c->call != NULL && now - c->since > longest)
                longest = now - c->since;
            if (is_stuck(c))
                give_up();
        }
        if (longest > close_after_ns)
            close_all();
        else if (calls == before)
            disturb();
        before = calls;
    }
}

static void run_threads(void)
{
    struct thread *t[THREADS];
    for (int i = 0; i < THREADS; i++) {
        callers[i].done = false;
        callers[i].call = NULL;
        t[i] = thread_start(body, &callers[i]);
        if (t[i] == NULL)
            exit(2);
    }
    system_hold_signals(true);
    watch();
    system_hold_signals(false);
    for (int i = 0; i < THREADS; i++)
        thread_join(t[i]);
}

/* ---- Afterwards ------------------------------------------------------------------------------ */

/* A look-up that nobody waits for may still be in its thread. */
static void clean_up(void)
{
    int64_t end = xsock_now() + PATIENCE;
    int rc;
    close_all();
    while ((rc = xsock_cleanup()) != 0 && xsock_now() < end)
        (void)xsock_poll(NULL, 0, MS);
    if (rc != 0)
        find("seed %d: xsock_cleanup() returned %s", seed, xsock_errname(rc));
}

/* A connection to itself: listens, connects, accepts, and sends one byte. */
static bool talks(int l, int c)
{
    struct xsock_addr a;
    char byte = 'x', got = 0;
    (void)xsock_addr_loopback(XSOCK_AF_INET, 0, &a);
    if (xsock_bind(l, &a) != 0 || xsock_listen(l, 1) != 0 || xsock_local_addr(l, &a) != 0
        || xsock_connect(c, &a) != 0)
        return false;
    int s = xsock_accept(l, 0, NULL);
    bool ok = s >= 0 && xsock_send(c, &byte, 1, 0) == 1 && xsock_recv(s, &got, 1, 0) == 1;
    (void)xsock_close(s);
    return ok && got == byte;
}

static void use_again(void)
{
    int l = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);
    int c = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);
    if (l != FIRST || c != FIRST + 1)
        find("seed %d: new sockets have the numbers %d and %d", seed, l, c);
    else if (!talks(l, c))
        find("seed %d: a new socket does not work", seed);
    close_all();
    clean_up();
}

static void run_seed(void)
{
    (void)xsock_set_limit(LIMIT);
    int before = system_handles();
    if (!system_mode(mode)) {
        printf("ok - %s # SKIP the system does not have this mode\n", mode);
        exit(0);
    }
    run_threads();
    system_mode_end();
    clean_up();
    use_again();
    int after = system_handles();
    if (after != before) {
        find("seed %d: %d handles before, %d after", seed, before, after);
        system_print_handles();
    }
}

int main(int argc, char **argv)
{
    if (argc < 5 || !system_begin())
        return 2;
    mode = argv[1];
    steps = atol(argv[4]);
    me = &watcher;
    watcher.chance = (uint64_t)atoi(argv[2]);
    for (seed = atoi(argv[2]); seed <= atoi(argv[3]); seed++)
        run_seed();
    bool good = tell_result(mode, seed - 1);
    if (argc > 5)
        tell_answers();
    system_end();
    return !good;
}
