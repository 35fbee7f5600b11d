/* How often the calls ask for memory, on the tests' system in memory, which counts: each call is
 * made many times, so that what is kept for the next one is not counted as asked for by it. */
#include "fake_net.h"
#include "fake_sys.h"
#include "harness.h"
#include "xsock.h"

enum { TIMES = 100, WATCHED = 64 };

static struct {
    int pair[2], listener;
    struct xsock_addr address;
    struct xsock_pollfd watched[WATCHED];
} s;

static void send_small(void)
{
    char buf[64] = {0};
    bench_must(xsock_send(s.pair[0], buf, sizeof buf, 0) == sizeof buf, "xsock_send()");
}

static void recv_small(void)
{
    char buf[64];
    bench_must(xsock_recv(s.pair[1], buf, sizeof buf, 0) == sizeof buf, "xsock_recv()");
}

static void poll_64(void)
{
    bench_must(xsock_poll(s.watched, WATCHED, 0) == 0, "xsock_poll()");
}

/* A call that blocks for as long as a millisecond of that system's time. */
static void recv_blocked(void)
{
    char buf[1];
    bench_must(xsock_recv(s.pair[1], buf, sizeof buf, 0) == -XSOCK_EAGAIN, "xsock_recv()");
}

static int client;

static void connect_client(void)
{
    client = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);
    bench_must(client >= 0 && xsock_connect(client, &s.address) == 0, "xsock_connect()");
}

static void accept_one(void)
{
    int d = xsock_accept(s.listener, 0, NULL);
    bench_must(d >= 0, "xsock_accept()");
    xsock_close(d);
    xsock_close(client);
}

static void nothing(void)
{
}

/* TIMES calls of each, counted after as many that are not. */
static void count(const char *name, void (*before)(void), void (*call)(void), void (*after)(void))
{
    unsigned sum = 0;
    for (int i = 0; i < 2 * TIMES; i++) {
        before();
        unsigned start = fake_calls(FAKE_ALLOC);
        call();
        sum += i < TIMES ? 0 : fake_calls(FAKE_ALLOC) - start;
        after();
    }
    bench_print("allocations", name, "a call", (double)sum / TIMES, "allocations");
}

static void set_up(void)
{
    s.address = (struct xsock_addr){
        .family = XSOCK_AF_INET, .port = 80, .length = 4, .data = {127, 0, 0, 1}};
    bench_must(xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, s.pair) == 0, "xsock_pair()");
    bench_must(xsock_set_opt_time(s.pair[1], XSOCK_SO_RCVTIMEO, 1000000) == 0, "XSOCK_SO_RCVTIMEO");
    s.listener = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);
    bench_must(s.listener >= 0 && xsock_bind(s.listener, &s.address) == 0
                   && xsock_listen(s.listener, 8) == 0,
               "a listener");
    for (int i = 0; i < WATCHED; i++)
        s.watched[i] = (struct xsock_pollfd){.fd = s.pair[1], .events = XSOCK_POLLIN};
}

int main(int argc, char **argv)
{
    bench_start(argc, argv);
    set_up();
    count("send", nothing, send_small, recv_small);
    count("recv", send_small, recv_small, nothing);
    count("recv that blocks", nothing, recv_blocked, nothing);
    count("poll of 64", nothing, poll_64, nothing);
    count("accept", connect_client, accept_one, nothing);
    return 0;
}
