#include "udp_xsock.h"

#include <stdlib.h>

void xsock_udp_open(struct xsock_udp *u, size_t size, bool coalesce)
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

void xsock_udp_close(struct xsock_udp *u)
{
    xsock_close(u->from);
    xsock_close(u->to);
    free(u->data);
    free(u->joined);
}

void xsock_udp_singly(void *udp, long n)
{
    struct xsock_udp *u = udp;
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

void xsock_udp_batches(void *udp, long n)
{
    struct xsock_udp *u = udp;
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
