/* What a datagram costs, sent and received over loopback in one thread: one a call, and in batches
 * of 32. The receiver of the batches lets the system join datagrams (XSOCK_SO_UDP_RECV_COALESCE),
 * as does the one that is written by hand with the system's own calls. */
#include <stdio.h>
#include <stdlib.h>

#include "raw.h"
#include "xsock.h"

struct udp {
    int from, to;
    size_t size;
    char *data;
    char *joined;
    struct xsock_dgram out[BATCH], in[BUFFERS];
};

static void udp_open(struct udp *u, size_t size, bool coalesce)
{
    struct xsock_addr a = {.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
    u->from = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0);
    u->to = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0);
    u->size = size;
    u->data = calloc(BATCH, size);
    u->joined = calloc(BUFFERS, JOINED);
    bench_must(u->data != NULL && u->joined != NULL && u->from >= 0 && u->to >= 0, "xsock_open()");
    bench_must(xsock_bind(u->to, &a) == 0 && xsock_local_addr(u->to, &a) == 0
                   && xsock_connect(u->from, &a) == 0,
               "a UDP socket connected to another");
    if (coalesce && xsock_set_opt_flag(u->to, XSOCK_SO_UDP_RECV_COALESCE, true) != 0)
        bench_note("this system joins no datagrams: each has a buffer of its own");
    for (size_t i = 0; i < BATCH; i++)
        u->out[i] = (struct xsock_dgram){.base = u->data + i * size, .len = size};
    for (size_t i = 0; i < BUFFERS; i++)
        u->in[i] = (struct xsock_dgram){.base = u->joined + i * JOINED, .len = JOINED};
}

static void udp_close(struct udp *u)
{
    xsock_close(u->from);
    xsock_close(u->to);
    free(u->data);
    free(u->joined);
}

static void singly(void *state, long n)
{
    struct udp *u = state;
    ptrdiff_t size = (ptrdiff_t)u->size;
    for (long done = 0; done < n; done += BATCH) {
        for (size_t i = 0; i < BATCH; i++)
            bench_must(xsock_send(u->from, u->data + i * u->size, u->size, 0) == size,
                       "xsock_send()");
        for (size_t i = 0; i < BATCH; i++)
            bench_must(xsock_recv(u->to, u->data + i * u->size, u->size, 0) == size,
                       "xsock_recv()");
    }
}

static void batches(void *state, long n)
{
    struct udp *u = state;
    for (long done = 0; done < n; done += BATCH) {
        unsigned got = 0;
        bench_must(xsock_send_batch(u->from, u->out, BATCH, 0) == BATCH, "xsock_send_batch()");
        while (got < BATCH) {
            int k = xsock_recv_batch(u->to, u->in, BUFFERS, 0);
            bench_must(k > 0, "xsock_recv_batch()");
            for (int i = 0; i < k; i++)
                got += count_segments(u->in[i].base, u->in[i].done, u->in[i].segment, u->size);
        }
    }
}

static void measure(size_t size)
{
    struct raw_udp *raw = raw_udp_open(size), *joining = raw_udp_open(size);
    struct udp one, many;
    struct bench_variant v[5];
    char parameter[32];
    size_t n = 0;
    udp_open(&one, size, false);
    udp_open(&many, size, true);
    v[n++] = (struct bench_variant){"raw", raw_udp_singly, raw};
    v[n++] = (struct bench_variant){"xsock", singly, &one};
    if (raw_udp_has_many())
        v[n++] = (struct bench_variant){"raw, sendmmsg", raw_udp_many, raw};
    if (raw_udp_join(joining))
        v[n++] = (struct bench_variant){"raw, GSO and GRO", raw_udp_joined, joining};
    v[n++] = (struct bench_variant){"xsock, batches", batches, &many};
    snprintf(parameter, sizeof parameter, "%u bytes", (unsigned)size);
    bench_compare("udp", parameter, BENCH_OWN, BATCH, v, n);
    udp_close(&one);
    udp_close(&many);
    raw_udp_close(raw);
    raw_udp_close(joining);
}

int main(int argc, char **argv)
{
    bench_start(argc, argv);
    libraries_start();
    measure(64);
    measure(200);
    measure(1200);
    return 0;
}
