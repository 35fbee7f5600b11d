/* The small questions, for bench/check.sh: `count QUESTION N` does one operation N times, so that
 * its instructions can be counted from outside, as the difference between two runs. No clock is
 * read, and nothing is printed.
 *
 * It is linked with --wrap=socket,close: while `stubbed` is set neither reaches the system. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xsock.h"
#include "xsock_wasix.h"

enum {
    PAYLOAD = 64,
    FEW = 64,
    BATCH = 32,
    DATAGRAM = 200,
    BUFFERS = 4,
    JOINED = 65535,
    STUB_HANDLE = 1000
};

static int stubbed;

int __real_socket(int family, int type, int protocol);
int __real_close(int fd);
int __wrap_socket(int family, int type, int protocol);
int __wrap_close(int fd);

int __wrap_socket(int family, int type, int protocol)
{
    return stubbed ? STUB_HANDLE : __real_socket(family, type, protocol);
}

int __wrap_close(int fd)
{
    return stubbed ? 0 : __real_close(fd);
}

/* What can't fail here fails loudly: a count of an error's path would be none. */
static int must(ptrdiff_t rc)
{
    if (rc >= 0)
        return (int)rc;
    fprintf(stderr, "count: %s\n", xsock_errname((int)rc));
    exit(1);
}

static void expect(bool so, const char *what)
{
    if (so)
        return;
    fprintf(stderr, "count: not so: %s\n", what);
    exit(1);
}

static int pair_of[2];

static void make_pair(void)
{
    must(xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, pair_of));
}

/* ---- Opening and closing --------------------------------------------------------------------- */

static int open_one(void)
{
    return must(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0));
}

static void stub_system(long already)
{
    must(xsock_close(open_one())); /* what is asked of the system once is asked of the true one */
    stubbed = 1;
    for (long i = 0; i < already; i++)
        open_one();
}

static void before_open_close(void)
{
    stub_system(10);
}

static void before_open_close_million(void)
{
    stub_system(1000000);
}

static void open_close(long n)
{
    while (n-- > 0)
        must(xsock_close(open_one()));
}

/* A listener that nobody connects to: what accept makes before it knows is made for nothing. */
static void before_accept_none(void)
{
    struct xsock_addr a;
    must(xsock_addr_parse("127.0.0.1:0", &a));
    pair_of[0] = open_one();
    must(xsock_bind(pair_of[0], &a));
    must(xsock_listen(pair_of[0], 1));
    must(xsock_set_flags(pair_of[0], XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK));
}

static void accept_none(long n)
{
    while (n-- > 0)
        expect(xsock_accept(pair_of[0], XSOCK_SOCK_CLOEXEC, NULL) == -XSOCK_EAGAIN,
               "nobody connects");
}

/* ---- Data ------------------------------------------------------------------------------------ */

static void look_up(long n)
{
    while (n-- > 0)
        must(xsock_get_flags(pair_of[0]));
}

static void send_recv(long n)
{
    char data[PAYLOAD] = {0};
    while (n-- > 0) {
        expect(xsock_send(pair_of[0], data, sizeof data, 0) == PAYLOAD, "all is sent");
        expect(xsock_recv(pair_of[1], data, sizeof data, 0) == PAYLOAD, "all is received");
    }
}

static void recv_none(long n)
{
    char data[PAYLOAD];
    while (n-- > 0)
        expect(xsock_recv(pair_of[1], data, sizeof data, XSOCK_MSG_DONTWAIT) == -XSOCK_EAGAIN,
               "nothing is sent");
}

static void before_batch(void)
{
    struct xsock_addr a;
    must(xsock_addr_parse("127.0.0.1:0", &a));
    for (int i = 0; i < 2; i++) {
        pair_of[i] = must(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0));
        must(xsock_bind(pair_of[i], &a));
    }
    must(xsock_local_addr(pair_of[1], &a));
    must(xsock_connect(pair_of[0], &a));
    must(xsock_set_opt_flag(pair_of[1], XSOCK_SO_UDP_RECV_COALESCE, true));
}

static void batch(long n)
{
    static char data[BATCH][DATAGRAM], joined[BUFFERS][JOINED];
    struct xsock_dgram v[BATCH];
    memset(v, 0, sizeof v);
    while (n-- > 0) {
        size_t got = 0;
        for (int i = 0; i < BATCH; i++) {
            v[i].base = data[i];
            v[i].len = DATAGRAM;
        }
        expect(xsock_send_batch(pair_of[0], v, BATCH, 0) == BATCH, "all datagrams are sent");
        for (int i = 0; i < BUFFERS; i++) {
            v[i].base = joined[i];
            v[i].len = JOINED;
        }
        while (got < BATCH * DATAGRAM) {
            int n = must(xsock_recv_batch(pair_of[1], v, BUFFERS, 0));
            for (int i = 0; i < n; i++)
                got += v[i].done;
        }
    }
}

/* ---- Waiting --------------------------------------------------------------------------------- */

static struct xsock_pollfd polled[FEW];
static int poller;

/* Pairs, of which the last has something to receive. */
static void before_poll(void)
{
    for (int i = 0; i < FEW; i++) {
        make_pair();
        polled[i] = (struct xsock_pollfd){.fd = pair_of[0], .events = XSOCK_POLLIN};
    }
    must(xsock_send(pair_of[1], "x", 1, 0));
}

static void poll_one(long n)
{
    while (n-- > 0)
        expect(xsock_poll(&polled[FEW - 1], 1, -1) == 1, "one is ready");
}

static void poll_many(long n)
{
    while (n-- > 0)
        expect(xsock_poll(polled, FEW, -1) == 1, "one is ready");
}

static void before_poller(void)
{
    before_poll();
    poller = must(xsock_poller_open(XSOCK_SOCK_CLOEXEC));
    for (int i = 0; i < FEW; i++)
        must(xsock_poller_ctl(poller, XSOCK_POLLER_ADD, polled[i].fd, XSOCK_POLLER_IN, 7));
}

static void poller_one(long n)
{
    struct xsock_event e[FEW];
    while (n-- > 0)
        expect(xsock_poller_wait(poller, e, FEW, -1) == 1, "one is ready");
}

/* ---- WASIX: the same as send-recv, by a guest ------------------------------------------------ */

enum { DONE = 16, FLAGS = 24, VECTOR = 32, BYTES = 128, MEMORY = 4096 };

static struct {
    struct xsock_wasix *process;
    struct xsock_wasix_memory memory;
    const struct xsock_wasix_import *send, *recv;
    uint64_t ends[2];
} guest;

static void store(uint32_t at, uint32_t value)
{
    unsigned char *p = (unsigned char *)guest.memory.base + at;
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(value >> 8 * i);
}

static void before_wasix(void)
{
    static unsigned char memory[MEMORY];
    const uint64_t args[] = {XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, DONE, DONE + 4};
    guest.memory = (struct xsock_wasix_memory){.base = memory, .size = sizeof memory};
    must(xsock_wasix_create(NULL, &guest.process));
    expect(xsock_wasix_find("wasix_32v1", "sock_pair")->call(guest.process, &guest.memory, args)
               == 0,
           "a pair");
    guest.ends[0] = memory[DONE];
    guest.ends[1] = memory[DONE + 4];
    guest.send = xsock_wasix_find("wasix_32v1", "sock_send");
    guest.recv = xsock_wasix_find("wasix_32v1", "sock_recv");
    store(VECTOR, BYTES);
    store(VECTOR + 4, PAYLOAD);
}

static void wasix_send_recv(long n)
{
    const uint64_t send[] = {guest.ends[0], VECTOR, 1, 0, DONE};
    const uint64_t recv[] = {guest.ends[1], VECTOR, 1, 0, DONE, FLAGS};
    while (n-- > 0) {
        expect(guest.send->call(guest.process, &guest.memory, send) == 0, "all is sent");
        expect(guest.recv->call(guest.process, &guest.memory, recv) == 0, "all is received");
    }
}

/* ---- Which ----------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*before)(void);
    void (*times)(long n);
} questions[] = {
    {"open-close", before_open_close, open_close},
    {"open-close-million", before_open_close_million, open_close},
    {"accept-none", before_accept_none, accept_none},
    {"look-up", make_pair, look_up},
    {"send-recv", make_pair, send_recv},
    {"recv-none", make_pair, recv_none},
    {"batch-32", before_batch, batch},
    {"poll-1", before_poll, poll_one},
    {"poll-64", before_poll, poll_many},
    {"poller-1-of-64", before_poller, poller_one},
    {"wasix-send-recv", before_wasix, wasix_send_recv},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 3 && i < sizeof questions / sizeof *questions; i++)
        if (strcmp(argv[1], questions[i].name) == 0) {
            questions[i].before();
            questions[i].times(atol(argv[2]));
            return 0;
        }
    fprintf(stderr, "usage: count QUESTION N, where QUESTION is one of\n");
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        fprintf(stderr, "  %s\n", questions[i].name);
    return 2;
}
