/* The events that end a call that waits. Another thread does each thing that it can do to the
 * socket, by the descriptor itself and by a duplicate, for each kind of call. The program prints
 * how long each call went on waiting. */
#include <string.h>

#include "base/atomic.h"
#include "clock.h"
#include "harness.h"
#include "pollers.h"
#include "sockets.h"
#include "threads.h"
#include "xsock_native.h"

#ifndef _WIN32
#include <unistd.h>
#endif

enum { ROUNDS = 5, TRIES = 200, MS = 1000 * 1000 };

/* ---- Calls that wait ------------------------------------------------------------------------- */

/* The call waits in d. If d is a poller, `member` is the socket that it watches. Otherwise `member`
 * is -1. */
struct scene {
    int d, member, others[2];
};

static void wait_for_ever(int d)
{
    ASSERT_RESULT(0, xsock_set_flags(d, 0));
}

static bool tcp(struct scene *s)
{
    int ends[2];
    sockets_tcp(ends);
    s->d = ends[0];
    s->others[0] = ends[1];
    wait_for_ever(s->d);
    return true;
}

static bool full_tcp(struct scene *s)
{
    int ends[2];
    sockets_tcp(ends);
    s->d = ends[0];
    s->others[0] = ends[1];
    sockets_fill(s->d);
    wait_for_ever(s->d);
    return true;
}

static bool pair(struct scene *s)
{
    int ends[2];
    sockets_pair(XSOCK_SOCK_STREAM, ends);
    s->d = ends[0];
    s->others[0] = ends[1];
    wait_for_ever(s->d);
    return true;
}

static bool full_pair(struct scene *s)
{
    int ends[2];
    sockets_pair(XSOCK_SOCK_STREAM, ends);
    s->d = ends[0];
    s->others[0] = ends[1];
    sockets_fill(s->d);
    wait_for_ever(s->d);
    return true;
}

static bool datagrams(struct scene *s)
{
    struct xsock_addr a;
    s->others[0] = sockets_udp(&a);
    s->d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(0, xsock_connect(s->d, &a));
    return true;
}

static bool listener(struct scene *s)
{
    struct xsock_addr a = sockets_loopback();
    s->d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(s->d, &a));
    ASSERT_RESULT(0, xsock_listen(s->d, 4));
    return true;
}

/* A LOCAL listener whose queue is full: connecting waits (Linux). */
static struct xsock_addr full;

static bool full_backlog(struct scene *s)
{
#ifdef __linux__
    sockets_full_listener(s->others, &full);
    s->d = ASSERT_OPENS(xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    return true;
#else
    (void)s;
    return false;
#endif
}

static int do_recv(const struct scene *s)
{
    char byte;
    return (int)xsock_recv(s->d, &byte, 1, 0);
}

static int do_recvmsg(const struct scene *s)
{
    char byte;
    struct xsock_vec vec = {&byte, 1};
    struct xsock_msg m = {.vec = &vec, .vec_count = 1};
    return (int)xsock_recvmsg(s->d, &m, 0);
}

static int do_recv_batch(const struct scene *s)
{
    char byte;
    struct xsock_dgram v = {.base = &byte, .len = 1};
    return xsock_recv_batch(s->d, &v, 1, 0);
}

/* The system may give a connection more room after it was filled, even while the call waits. Then
 * the call has sent its byte, and the room is filled again, by large pieces: to fill it by single
 * bytes takes seconds. The calls that may wait send one byte, so that a call that waits has sent
 * nothing. */
static ptrdiff_t fill_again(int d)
{
    static const char piece[65536];
    ptrdiff_t n;
    do
        n = xsock_send(d, piece, sizeof piece, XSOCK_MSG_DONTWAIT);
    while (n > 0);
    return n;
}

static int do_send(const struct scene *s)
{
    ptrdiff_t n;
    do {
        n = fill_again(s->d);
        if (n == -XSOCK_EAGAIN)
            n = xsock_send(s->d, "x", 1, 0);
    } while (n > 0);
    return (int)n;
}

static int do_accept(const struct scene *s)
{
    return xsock_accept(s->d, 0, NULL);
}

static int do_connect(const struct scene *s)
{
    return xsock_connect(s->d, &full);
}

/* The events, or an error. */
static int do_poll(const struct scene *s)
{
    struct xsock_pollfd p = {.fd = s->d, .events = XSOCK_POLLIN};
    int rc = xsock_poll(&p, 1, -1);
    return rc < 0 ? rc : p.revents;
}

static bool watched_pair(struct scene *s)
{
    pair(s);
    s->member = s->d;
    s->d = open_poller();
    ASSERT_RESULT(0, xsock_poller_ctl(s->d, ADD, s->member, IN | RDHUP, 1));
    return true;
}

static int do_poller_wait(const struct scene *s)
{
    struct xsock_event e;
    int rc = xsock_poller_wait(s->d, &e, 1, -1);
    return rc < 0 ? rc : (int)e.events;
}

enum kind { RECEIVES, ACCEPTS, SENDS, CONNECTS, POLLS, POLLER };

static const struct call {
    const char *name;
    bool (*prepare)(struct scene *s); /* false if the system has no such wait */
    int (*run)(const struct scene *s);
    enum kind kind;
} calls[] = {
    {"recv, TCP", tcp, do_recv, RECEIVES},
    {"recv, pair", pair, do_recv, RECEIVES},
    {"recv, UDP", datagrams, do_recv, RECEIVES},
    {"recvmsg, pair", pair, do_recvmsg, RECEIVES},
    {"recv_batch, UDP", datagrams, do_recv_batch, RECEIVES},
    {"accept", listener, do_accept, ACCEPTS},
    {"send, TCP", full_tcp, do_send, SENDS},
    {"send, pair", full_pair, do_send, SENDS},
    {"connect, LOCAL", full_backlog, do_connect, CONNECTS},
    {"poll, pair", pair, do_poll, POLLS},
    {"poller, pair", watched_pair, do_poller_wait, POLLER},
};
enum { CALLS = sizeof calls / sizeof *calls };

/* ---- The changes of the socket --------------------------------------------------------------- */

static int close_it(int d)
{
    return xsock_close(d);
}

static int dup2_over_it(int d)
{
    int other = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    int rc = xsock_dup2(other, d, 0);
    sockets_close(other);
    return rc == d ? xsock_close(d) : rc;
}

static int release_it(int d)
{
    uintptr_t handle;
    int rc = xsock_release(d, &handle);
    if (rc != 0)
        return rc;
    return xsock_close(ASSERT_OPENS(xsock_adopt(handle, 0)));
}

static int shut_rd(int d)
{
    return xsock_shutdown(d, XSOCK_SHUT_RD);
}

static int shut_wr(int d)
{
    return xsock_shutdown(d, XSOCK_SHUT_WR);
}

static int pass_deadline(int d)
{
    return xsock_set_deadline(d, XSOCK_DEADLINE_RECV | XSOCK_DEADLINE_SEND, 0);
}

static int set_nonblock(int d)
{
    return xsock_set_flags(d, XSOCK_SOCK_NONBLOCK);
}

enum { STAYS = 12345 }; /* the call goes on waiting */

static const struct cause {
    const char *name;
    int (*run)(int d);
    /* true if the change concerns the open socket, so that a duplicate has the same effect */
    bool by_duplicate;
    int results[POLLER + 1];
} causes[] = {
#define ROW(name, run, by_duplicate, recv, accept, send, connect, poll, poller) \
    {name, run, by_duplicate, {recv, accept, send, connect, poll, poller}},
#include "wakes.def"
#undef ROW
};
enum { CAUSES = sizeof causes / sizeof *causes };

/* ---- A round --------------------------------------------------------------------------------- */

struct blocked {
    const struct call *call;
    const struct scene *scene;
    xsock__atomic_int begun, done;
    int result;
    int64_t ended;
};

static void run_blocked(void *user)
{
    struct blocked *b = user;
    xsock__atomic_store(&b->begun, 1);
    b->result = b->call->run(b->scene);
    b->ended = clock_now();
    xsock__atomic_store(&b->done, 1);
}

/* Waits a moment, so that the thread is in its wait. If the thread is late, the descriptor may be
 * closed before the call begins. Such a round does not count. */
static void let_it_wait(struct blocked *b)
{
    while (!xsock__atomic_load(&b->begun))
        thread_yield();
    ASSERT_RESULT(0, xsock_poll(NULL, 0, 2 * MS));
}

static bool is_gone(const struct cause *c)
{
    return !c->by_duplicate;
}

/* Returns how long the call went on waiting. The result is NO_WAIT if the system has no such wait,
 * and LATE if the thread was late. */
enum { NO_WAIT = -1, LATE = -2 };

static int64_t one_round(const struct call *call, const struct cause *cause, bool duplicate)
{
    struct scene s = {-1, -1, {-1, -1}};
    if (!call->prepare(&s))
        return NO_WAIT;
    int target = s.member >= 0 && cause->by_duplicate ? s.member : s.d;
    int by = duplicate ? ASSERT_OPENS(xsock_dup(target, 0, 0)) : target;
    struct blocked b = {.call = call, .scene = &s};
    struct thread *t = thread_start(run_blocked, &b);
    assert_non_null(t);
    let_it_wait(&b);
    int64_t begin = clock_now();
    ASSERT_RESULT(0, cause->run(by));
    thread_join(t);
    int want = cause->results[call->kind];
    bool late = is_gone(cause) && b.result == -XSOCK_EBADF;
    ASSERT_THAT(b.result == want || late, "%s, %s%s: %s", call->name, cause->name,
                duplicate ? " by a duplicate" : "", harness_name(b.result));
    int all[] = {is_gone(cause) ? -1 : s.d, s.member, s.others[0], s.others[1],
                 duplicate ? by : -1};
    for (int i = 0; i < 5; i++)
        if (all[i] >= 0)
            sockets_close(all[i]);
    return late ? LATE : b.ended - begin;
}

static void each_cause_ends_each_call_that_waits(void **state)
{
    (void)state;
    for (int k = 0; k < CAUSES; k++)
        for (int c = 0; c < CALLS; c++)
            for (int duplicate = 0; duplicate <= causes[k].by_duplicate; duplicate++) {
                int64_t longest = -1;
                if (causes[k].results[calls[c].kind] == STAYS)
                    continue;
                int64_t took = 0;
                for (int i = 0, counted = 0; i < TRIES && counted < ROUNDS && took != NO_WAIT;
                     i++) {
                    took = one_round(&calls[c], &causes[k], duplicate != 0);
                    counted += took != LATE;
                    longest = took > longest ? took : longest;
                }
                assert_true(took == NO_WAIT || longest >= 0);
                if (longest >= 0)
                    print_message("%-14s %-16s%s %7.3f ms\n", causes[k].name, calls[c].name,
                                  duplicate ? ", duplicate" : "           ", (double)longest / 1e6);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_cause_ends_each_call_that_waits),
    };
    return cmocka_run_group_tests_name("wakes", tests, NULL, NULL);
}
