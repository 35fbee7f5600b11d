/* Timeouts on real sockets, against the system's clock. No call that blocks, and no wait, ends
 * before its time, even if many signals arrive. How late a call ends depends on the machine, and is
 * not tested here. test_blocking.c tests the exact end against the fake clock, to the
 * nanosecond. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "base/atomic.h"
#include "clock.h"
#include "harness.h"
#include "sockets.h"

#ifndef _WIN32
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>
#endif

enum { MS = 1000000, PIECE = 1024 * 1024, SMALL = 4096, MANY_SENDS = 1000, CROWD = 100 };

static unsigned char piece[PIECE];

static const struct {
    int64_t ns;
    int rounds;
} times[] = {{30 * MS, 2}, {MS, 10}, {1, 20}};
enum { TIMES = sizeof times / sizeof *times };

/* ---- States in which a call must wait -------------------------------------------------------- */

/* The call waits in d. */
struct place {
    int d, others[CROWD], count;
    struct xsock_addr addr;
};

static void keep(struct place *p, int d)
{
    p->others[p->count++] = d;
}

static void leave(struct place *p)
{
    for (int i = 0; i < p->count; i++)
        ASSERT_RESULT(0, xsock_close(p->others[i]));
    if (p->d >= 0)
        ASSERT_RESULT(0, xsock_close(p->d));
#ifndef _WIN32
    if (p->addr.family == XSOCK_AF_LOCAL)
        unlink((const char *)p->addr.data);
#endif
}

static bool nothing(struct place *p)
{
    (void)p;
    return true;
}

static bool tcp_listener(struct place *p)
{
    p->addr = sockets_loopback();
    p->d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(p->d, &p->addr));
    ASSERT_RESULT(0, xsock_listen(p->d, 1));
    return true;
}

/* Small buffers, which are full soon. */
static bool tcp_connection(struct place *p)
{
    int ends[2];
    sockets_tcp(ends);
    p->d = ends[0];
    keep(p, ends[1]);
    ASSERT_RESULT(0, xsock_set_flags(p->d, 0));
    ASSERT_RESULT(0, xsock_set_opt_size(p->d, XSOCK_SO_SNDBUF, SMALL));
    ASSERT_RESULT(0, xsock_set_opt_size(ends[1], XSOCK_SO_RCVBUF, SMALL));
    return true;
}

static bool datagrams(struct place *p)
{
    p->d = sockets_udp(&p->addr);
    ASSERT_RESULT(0, xsock_set_flags(p->d, 0));
    return true;
}

static bool pair_of(struct place *p, int type)
{
    int ends[2];
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, type, 0, ends));
    p->d = ends[0];
    keep(p, ends[1]);
    return true;
}

static bool stream_pair(struct place *p)
{
    return pair_of(p, XSOCK_SOCK_STREAM);
}

static bool datagram_pair(struct place *p)
{
    return pair_of(p, XSOCK_SOCK_DGRAM);
}

/* Returns false if the socket is never full, because the system drops datagrams instead. */
static bool fill(int d, size_t size)
{
    ptrdiff_t n = 1;
    for (int i = 0; n > 0 && i < MANY_SENDS; i++)
        n = xsock_send(d, piece, size, XSOCK_MSG_DONTWAIT);
    ASSERT_THAT(n > 0 || n == -XSOCK_EAGAIN, "%s", harness_name((int)n));
    return n == -XSOCK_EAGAIN;
}

static bool full_tcp(struct place *p)
{
    return tcp_connection(p) && fill(p->d, PIECE);
}

static bool full_stream_pair(struct place *p)
{
    return stream_pair(p) && fill(p->d, PIECE);
}

static bool full_datagram_pair(struct place *p)
{
    return datagram_pair(p) && fill(p->d, 1000);
}

static bool crowd(struct place *p)
{
    struct xsock_addr a;
    while (p->count < CROWD)
        keep(p, sockets_udp(&a));
    return true;
}

static bool empty_poller(struct place *p)
{
    p->d = ASSERT_OPENS(xsock_poller_open(0));
    return true;
}

static bool poller_of_a_crowd(struct place *p)
{
    empty_poller(p);
    crowd(p);
    for (int i = 0; i < p->count; i++)
        ASSERT_RESULT(0,
                      xsock_poller_ctl(p->d, XSOCK_POLLER_ADD, p->others[i], XSOCK_POLLER_IN, 0));
    return true;
}

#ifndef _WIN32
static bool local_listener(struct place *p)
{
    static int count; /* a name that no other program uses */
    p->addr = (struct xsock_addr){.family = XSOCK_AF_LOCAL};
    p->addr.length = (uint32_t)snprintf((char *)p->addr.data, sizeof p->addr.data,
                                        "/tmp/xsock-t-%ld-%d", (long)getpid(), count++);
    p->d = ASSERT_OPENS(xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(p->d, &p->addr));
    ASSERT_RESULT(0, xsock_listen(p->d, 0));
    return true;
}

/* A listener whose queue is full. A connect has to wait on Linux. BSD refuses instead of
 * waiting. */
static bool full_backlog(struct place *p)
{
    int rc;
    local_listener(p);
    keep(p, p->d);
    p->d = ASSERT_OPENS(xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_connect(p->d, &p->addr));
    keep(p, p->d);
    p->d = ASSERT_OPENS(xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0));
    rc = xsock_connect(p->d, &p->addr);
    ASSERT_RESULT(0, xsock_set_flags(p->d, 0));
    return rc == -XSOCK_EAGAIN;
}
#endif

/* ---- Calls ----------------------------------------------------------------------------------- */

static int do_accept(struct place *p, int64_t ns)
{
    (void)ns;
    return xsock_accept(p->d, 0, NULL);
}

static int do_recv(struct place *p, int64_t ns)
{
    char byte;
    (void)ns;
    return (int)xsock_recv(p->d, &byte, 1, 0);
}

/* One byte is there. The call returns the byte after the time for the second byte has passed. */
static int do_recv_all(struct place *p, int64_t ns)
{
    char bytes[2];
    (void)ns;
    sockets_send(p->others[0]);
    return (int)xsock_recv(p->d, bytes, 2, XSOCK_MSG_WAITALL);
}

static int do_recvfrom(struct place *p, int64_t ns)
{
    char byte;
    struct xsock_addr from;
    (void)ns;
    return (int)xsock_recvfrom(p->d, &byte, 1, 0, &from);
}

static int do_send(struct place *p, int64_t ns)
{
    (void)ns;
    return (int)xsock_send(p->d, piece, PIECE, 0);
}

static int do_send_datagram(struct place *p, int64_t ns)
{
    (void)ns;
    return (int)xsock_send(p->d, piece, 1000, 0);
}

#ifndef _WIN32
static int do_connect(struct place *p, int64_t ns)
{
    (void)ns;
    return xsock_connect(p->d, &p->addr);
}
#endif

/* A signal ends these calls. They are made again with the time that is left. */
static int do_poll(struct place *p, int64_t ns)
{
    struct xsock_pollfd v[CROWD + 1];
    size_t n = 0;
    int rc = -XSOCK_EINTR;
    if (p->d >= 0)
        v[n++] = (struct xsock_pollfd){p->d, XSOCK_POLLIN, 0};
    for (int i = 0; i < p->count; i++)
        v[n++] = (struct xsock_pollfd){p->others[i], XSOCK_POLLIN, 0};
    for (int64_t end = clock_now() + ns; rc == -XSOCK_EINTR; ns = end - clock_now())
        rc = xsock_poll(v, n, ns > 0 ? ns : 0);
    return rc;
}

static int do_poller_wait(struct place *p, int64_t ns)
{
    struct xsock_event out[4];
    int rc = -XSOCK_EINTR;
    for (int64_t end = clock_now() + ns; rc == -XSOCK_EINTR; ns = end - clock_now())
        rc = xsock_poller_wait(p->d, out, 4, ns > 0 ? ns : 0);
    return rc;
}

enum { ARGUMENT = -1 }; /* the call has no option; the time is an argument of its own */

struct call {
    const char *name;
    bool (*prepare)(struct place *p); /* false if the call cannot wait here */
    int (*run)(struct place *p, int64_t ns);
    int option;
    int late; /* the result of the call when the time has passed */
};

static const struct call calls[] = {
    {"accept, TCP", tcp_listener, do_accept, XSOCK_SO_ACCPTIMEO, -XSOCK_EAGAIN},
    {"recv, TCP", tcp_connection, do_recv, XSOCK_SO_RCVTIMEO, -XSOCK_EAGAIN},
    {"recv all, TCP", tcp_connection, do_recv_all, XSOCK_SO_RCVTIMEO, 1},
    {"recv, UDP", datagrams, do_recv, XSOCK_SO_RCVTIMEO, -XSOCK_EAGAIN},
    {"recvfrom, UDP", datagrams, do_recvfrom, XSOCK_SO_RCVTIMEO, -XSOCK_EAGAIN},
    {"recv, stream pair", stream_pair, do_recv, XSOCK_SO_RCVTIMEO, -XSOCK_EAGAIN},
    {"recv, datagram pair", datagram_pair, do_recv, XSOCK_SO_RCVTIMEO, -XSOCK_EAGAIN},
    {"send, TCP", full_tcp, do_send, XSOCK_SO_SNDTIMEO, -XSOCK_EAGAIN},
    {"send, stream pair", full_stream_pair, do_send, XSOCK_SO_SNDTIMEO, -XSOCK_EAGAIN},
    {"send, datagram pair", full_datagram_pair, do_send_datagram, XSOCK_SO_SNDTIMEO, -XSOCK_EAGAIN},
    {"poll, none", nothing, do_poll, ARGUMENT, 0},
    {"poll, TCP", tcp_listener, do_poll, ARGUMENT, 0},
    {"poll, a hundred", crowd, do_poll, ARGUMENT, 0},
    {"poller, none", empty_poller, do_poller_wait, ARGUMENT, 0},
    {"poller, a hundred", poller_of_a_crowd, do_poller_wait, ARGUMENT, 0},
#ifndef _WIN32
    {"accept, LOCAL", local_listener, do_accept, XSOCK_SO_ACCPTIMEO, -XSOCK_EAGAIN},
#endif
};
enum { CALLS = sizeof calls / sizeof *calls };

/* ---- Never early ----------------------------------------------------------------------------- */

static int timed(const struct call *c, struct place *p, int64_t ns)
{
    int64_t begin = clock_now();
    int rc = c->run(p, ns);
    int64_t took = clock_now() - begin;
    ASSERT_THAT(took >= ns, "%s: %s after %lld ns of %lld", c->name, harness_name(rc),
                (long long)took, (long long)ns);
    return rc;
}

/* TCP may accept a few more bytes. A send that sent some of its bytes has waited for its time
 * nevertheless. */
static void assert_not_early(const struct call *c, struct place *p, int64_t ns)
{
    int rc = timed(c, p, ns);
    for (int i = 0; i < MANY_SENDS && c->run == do_send && rc > 0 && rc < PIECE; i++)
        rc = timed(c, p, ns);
    ASSERT_THAT(rc == c->late, "%s: %s", c->name, harness_name(rc));
}

/* Returns false if the call does not block on this system. */
static bool try_call(const struct call *c)
{
    bool blocks = true;
    for (int t = 0; blocks && t < TIMES; t++) {
        struct place p = {.d = -1};
        blocks = c->prepare(&p);
        if (blocks && c->option != ARGUMENT)
            ASSERT_RESULT(0, xsock_set_opt_time(p.d, c->option, times[t].ns));
        for (int i = 0; blocks && i < times[t].rounds; i++)
            assert_not_early(c, &p, times[t].ns);
        leave(&p);
    }
    if (!blocks)
        print_message("%s: does not block on this system\n", c->name);
    return blocks;
}

static void no_timeout_is_early(void **state)
{
    (void)state;
    for (int c = 0; c < CALLS; c++)
        try_call(&calls[c]);
}

#ifndef _WIN32
static const struct call connecting = {"connect, LOCAL", full_backlog, do_connect,
                                       XSOCK_SO_CONNTIMEO, -XSOCK_ETIMEDOUT};
#endif

static void no_connect_gives_up_early(void **state)
{
    (void)state;
#ifdef _WIN32
    SKIP("on Windows no connect to this machine hangs");
#else
    if (!try_call(&connecting))
        SKIP("a full backlog refuses here, and nothing waits");
#endif
}

/* ---- Signals --------------------------------------------------------------------------------- */

#ifndef _WIN32
static xsock__atomic_int signals;

static void count_signal(int number)
{
    (void)number;
    xsock__atomic_add(&signals, 1);
}

/* 0 ends the thread. There is no SA_RESTART, because the system's calls must be interrupted. */
static void set_storm(int microseconds)
{
    struct sigaction action = {.sa_handler = microseconds > 0 ? count_signal : SIG_IGN};
    struct itimerval every = {{0, microseconds}, {0, microseconds}};
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &every, NULL), 0);
}

static void no_signal_makes_a_timeout_early(void **state)
{
    (void)state;
    xsock__atomic_store(&signals, 0);
    set_storm(700); /* an interval that does not divide the times */
    for (int c = 0; c < CALLS; c++) {
        int before = xsock__atomic_load(&signals);
        if (try_call(&calls[c]))
            ASSERT_THAT(xsock__atomic_load(&signals) > before, "%s: no signal came", calls[c].name);
    }
    try_call(&connecting);
    set_storm(0);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_timeout_is_early),
        TEST(no_connect_gives_up_early),
#ifndef _WIN32
        TEST(no_signal_makes_a_timeout_early),
#endif
    };
    return cmocka_run_group_tests_name("timeouts", tests, NULL, NULL);
}
