/* The cost of a call through WASIX's imports beside the same call made directly. An import also
 * checks the guest's pointers and copies what they point to. */
#include "harness.h"
#include "xsock.h"
#include "xsock_wasix.h"

/* Addresses in the guest's memory. */
enum { RESULT = 16, RESULT_2 = 32, VECTOR = 64, DATA = 128, SIZE = 65536, SMALL = 64 };

static struct guest {
    struct xsock_wasix *guest;
    struct xsock_wasix_memory memory;
    const struct xsock_wasix_import *open, *close, *pair, *send, *recv;
    int ends[2];
} g;

/* A guest is little-endian on every machine. */
static void store(uint32_t at, uint32_t value)
{
    unsigned char *p = (unsigned char *)g.memory.base + at;
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(value >> 8 * i);
}

static uint32_t load(uint32_t at)
{
    const unsigned char *p = (const unsigned char *)g.memory.base + at;
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static const struct xsock_wasix_import *import(const char *name)
{
    const struct xsock_wasix_import *i = xsock_wasix_find("wasix_32v1", name);
    return i != NULL ? i : xsock_wasix_find("wasi_snapshot_preview1", name);
}

static void start(void)
{
    static uint64_t memory[SIZE / 8];
    g.memory = (struct xsock_wasix_memory){.base = memory, .size = SIZE};
    bench_must(xsock_wasix_create(NULL, &g.guest) == 0, "xsock_wasix_create()");
    g.open = import("sock_open");
    g.close = import("fd_close");
    g.pair = import("sock_pair");
    g.send = import("sock_send");
    g.recv = import("sock_recv");
    bench_must(g.open != NULL && g.close != NULL && g.pair != NULL && g.send != NULL
                   && g.recv != NULL,
               "the imports");
}

/* ---- Opening and closing --------------------------------------------------------------------- */

static void open_close(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
        int d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);
        bench_must(d >= 0, "xsock_open()");
        xsock_close(d);
    }
}

static void guest_open_close(void *unused, long n)
{
    const uint64_t args[] = {XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0, RESULT};
    (void)unused;
    while (n-- > 0) {
        bench_must(g.open->call(g.guest, &g.memory, args) == 0, "sock_open");
        uint64_t d = load(RESULT);
        bench_must(g.close->call(g.guest, &g.memory, &d) == 0, "fd_close");
    }
}

/* ---- Sending and receiving ------------------------------------------------------------------- */

static void send_recv(void *state, long n)
{
    const int *d = state;
    char buf[SMALL] = {0};
    while (n-- > 0)
        bench_must(xsock_send(d[0], buf, SMALL, 0) == SMALL
                       && xsock_recv(d[1], buf, SMALL, 0) == SMALL,
                   "xsock_send() and xsock_recv()");
}

static void guest_send_recv(void *state, long n)
{
    const int *d = state;
    const uint64_t out[] = {(uint64_t)d[0], VECTOR, 1, 0, RESULT};
    const uint64_t in[] = {(uint64_t)d[1], VECTOR, 1, 0, RESULT, RESULT_2};
    store(VECTOR, DATA);
    store(VECTOR + 4, SMALL);
    while (n-- > 0) {
        bench_must(g.send->call(g.guest, &g.memory, out) == 0 && load(RESULT) == SMALL,
                   "sock_send");
        bench_must(g.recv->call(g.guest, &g.memory, in) == 0 && load(RESULT) == SMALL, "sock_recv");
    }
}

static void open_guest_pair(void)
{
    const uint64_t args[] = {XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, RESULT, RESULT_2};
    bench_must(g.pair->call(g.guest, &g.memory, args) == 0, "sock_pair");
    g.ends[0] = (int)load(RESULT);
    g.ends[1] = (int)load(RESULT_2);
}

int main(int argc, char **argv)
{
    int ends[2];
    bench_start(argc, argv);
    start();
    open_guest_pair();
    bench_must(xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, ends) == 0, "xsock_pair()");
    const struct bench_variant opening[] = {{"xsock", open_close, NULL},
                                            {"WASIX", guest_open_close, NULL}};
    const struct bench_variant talking[] = {{"xsock", send_recv, ends},
                                            {"WASIX", guest_send_recv, g.ends}};
    bench_compare("wasix", "open and close", BENCH_OWN, 1, opening, 2);
    bench_compare("wasix", "send and recv 64 bytes, LOCAL", BENCH_OWN, 1, talking, 2);
    xsock_wasix_destroy(g.guest);
    for (int i = 0; i < 2; i++)
        xsock_close(ends[i]);
    return 0;
}
