/* The operations of calls.def by xsock. */
#include "calls.h"

#include "library.h"
#include "udp_xsock.h"
#include "xsock.h"

#ifdef _WIN32
#define PAIR STREAM_TCP /* raw has no LOCAL pair there */
#else
#define PAIR STREAM_LOCAL
#endif

enum {
    STREAM = XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC,
    DGRAM = XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC
};

static struct {
    int pair[2];  /* connected streams, which are empty */
    int udp[2];   /* not connected */
    int listener; /* blocking */
    int idle;     /* a listener that nobody connects to; non-blocking */
    int one, all; /* pollers */
    struct xsock_addr udp_addr, listener_addr;
    struct xsock_pollfd polled[CALLS_POLLED];
    struct xsock_udp batch;
} s;

static int open_bound(int type, struct xsock_addr *out)
{
    struct xsock_addr a = {.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
    int d = xsock_open(XSOCK_AF_INET, type, 0);
    bench_must(d >= 0 && xsock_bind(d, &a) == 0 && xsock_local_addr(d, out) == 0,
               "a socket on loopback");
    return d;
}

static int open_listener(struct xsock_addr *out)
{
    int d = open_bound(STREAM, out);
    bench_must(xsock_listen(d, 1024) == 0, "xsock_listen()");
    return d;
}

static int open_poller(size_t first, size_t count, uint32_t events)
{
    int p = xsock_poller_open(XSOCK_SOCK_CLOEXEC);
    bench_must(p >= 0, "xsock_poller_open()");
    for (size_t i = first; i < first + count; i++)
        bench_must(xsock_poller_ctl(p, XSOCK_POLLER_ADD, s.polled[i].fd, events, i) == 0,
                   "xsock_poller_ctl()");
    return p;
}

void xsock_calls_prepare(void)
{
    struct xsock_addr a;
    bench_must(xsock_startup() == 0, "xsock_startup()");
    xsock_pair_of_streams(PAIR, s.pair);
    for (int i = 0; i < 2; i++)
        s.udp[i] = open_bound(DGRAM, &s.udp_addr);
    s.listener = open_listener(&s.listener_addr);
    s.idle = open_listener(&a);
    bench_must(xsock_set_flags(s.idle, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK) == 0,
               "xsock_set_flags()");
    for (int i = 0; i < CALLS_POLLED; i++)
        s.polled[i] = (struct xsock_pollfd){.fd = open_bound(DGRAM, &a), .events = XSOCK_POLLIN};
    bench_must(xsock_sendto(s.udp[0], "x", 1, 0, &a) == 1, "xsock_sendto()");
    s.one = open_poller(CALLS_POLLED - CALLS_MEMBERS, CALLS_MEMBERS, XSOCK_POLLER_IN);
    s.all = open_poller(CALLS_POLLED - CALLS_MEMBERS, CALLS_MEMBERS, XSOCK_POLLER_OUT);
    xsock_udp_open(&s.batch, CALLS_BATCH_BYTES, true);
}

void xsock_calls_open_close(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
        int d = xsock_open(XSOCK_AF_INET, STREAM, 0);
        bench_must(d >= 0 && xsock_close(d) == 0, "xsock_open()");
    }
}

void xsock_calls_send_recv(void *unused, long n)
{
    char buf[SMALL] = {0};
    (void)unused;
    while (n-- > 0)
        bench_must(xsock_send(s.pair[0], buf, sizeof buf, 0) == SMALL
                       && xsock_recv(s.pair[1], buf, sizeof buf, 0) == SMALL,
                   "xsock_send() and xsock_recv()");
}

void xsock_calls_recv_none(void *unused, long n)
{
    char buf[SMALL];
    (void)unused;
    while (n-- > 0)
        bench_must(xsock_recv(s.udp[1], buf, sizeof buf, XSOCK_MSG_DONTWAIT) == -XSOCK_EAGAIN,
                   "nothing to receive");
}

void xsock_calls_accept_none(void *unused, long n)
{
    (void)unused;
    while (n-- > 0)
        bench_must(xsock_accept(s.idle, XSOCK_SOCK_CLOEXEC, NULL) == -XSOCK_EAGAIN,
                   "nobody to accept");
}

void xsock_calls_sendto_recvfrom(void *unused, long n)
{
    char buf[SMALL] = {0};
    struct xsock_addr from;
    (void)unused;
    while (n-- > 0)
        bench_must(xsock_sendto(s.udp[0], buf, sizeof buf, 0, &s.udp_addr) == SMALL
                       && xsock_recvfrom(s.udp[1], buf, sizeof buf, 0, &from) == SMALL
                       && from.port != 0,
                   "xsock_sendto() and xsock_recvfrom()");
}

void xsock_calls_sendmsg_recvmsg(void *unused, long n)
{
    char buf[2][SMALL / 2] = {{0}};
    struct xsock_vec vec[2] = {{buf[0], sizeof buf[0]}, {buf[1], sizeof buf[1]}};
    (void)unused;
    while (n-- > 0) {
        struct xsock_msg out = {.addr = &s.udp_addr, .vec = vec, .vec_count = 2};
        struct xsock_addr from;
        struct xsock_msg in = {.addr = &from, .vec = vec, .vec_count = 2};
        bench_must(xsock_sendmsg(s.udp[0], &out, 0) == SMALL
                       && xsock_recvmsg(s.udp[1], &in, 0) == SMALL && from.port != 0,
                   "xsock_sendmsg() and xsock_recvmsg()");
    }
}

void xsock_calls_connect_accept(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
        int client = xsock_open(XSOCK_AF_INET, STREAM, 0);
        bench_must(client >= 0 && xsock_connect(client, &s.listener_addr) == 0, "xsock_connect()");
        int server = xsock_accept(s.listener, XSOCK_SOCK_CLOEXEC, NULL);
        bench_must(server >= 0 && xsock_close(client) == 0 && xsock_close(server) == 0,
                   "xsock_accept()");
    }
}

void xsock_calls_dup_close(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
        int d = xsock_dup(s.pair[0], 0, XSOCK_SOCK_CLOEXEC);
        bench_must(d >= 0 && xsock_close(d) == 0, "xsock_dup()");
    }
}

void xsock_calls_option(void *unused, long n)
{
    bool on;
    (void)unused;
    while (n-- > 0)
        bench_must(xsock_set_opt_flag(s.listener, XSOCK_SO_KEEPALIVE, true) == 0
                       && xsock_get_opt_flag(s.listener, XSOCK_SO_KEEPALIVE, &on) == 0 && on,
                   "XSOCK_SO_KEEPALIVE");
}

void xsock_calls_local_addr(void *unused, long n)
{
    struct xsock_addr a;
    (void)unused;
    while (n-- > 0)
        bench_must(xsock_local_addr(s.listener, &a) == 0 && a.port != 0, "xsock_local_addr()");
}

static void poll_of(size_t count, long n)
{
    while (n-- > 0)
        bench_must(xsock_poll(s.polled + CALLS_POLLED - count, count, -1) == 1, "one is ready");
}

void xsock_calls_poll_1(void *unused, long n)
{
    (void)unused;
    poll_of(1, n);
}

void xsock_calls_poll_8(void *unused, long n)
{
    (void)unused;
    poll_of(8, n);
}

void xsock_calls_poll_64(void *unused, long n)
{
    (void)unused;
    poll_of(64, n);
}

void xsock_calls_poll_512(void *unused, long n)
{
    (void)unused;
    poll_of(512, n);
}

static void wait_for(int poller, int expected, long n)
{
    struct xsock_event events[CALLS_MEMBERS];
    while (n-- > 0)
        bench_must(xsock_poller_wait(poller, events, CALLS_MEMBERS, -1) == expected,
                   "xsock_poller_wait()");
}

void xsock_calls_poller_one(void *unused, long n)
{
    (void)unused;
    wait_for(s.one, 1, n);
}

void xsock_calls_poller_all(void *unused, long n)
{
    (void)unused;
    wait_for(s.all, CALLS_MEMBERS, n);
}

void xsock_calls_member(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
        int d = xsock_open(XSOCK_AF_INET, DGRAM, 0);
        bench_must(d >= 0 && xsock_poller_ctl(s.one, XSOCK_POLLER_ADD, d, XSOCK_POLLER_IN, 0) == 0
                       && xsock_close(d) == 0,
                   "a member");
    }
}

void xsock_calls_batch(void *unused, long n)
{
    (void)unused;
    xsock_udp_batches(&s.batch, n * BATCH);
}
