/* Datagrams by xsock, from one UDP socket to another that it is connected to, in one thread: what
 * raw_udp_...() of raw.h do by the system's own calls. */
#ifndef BENCH_UDP_XSOCK_H
#define BENCH_UDP_XSOCK_H

#include "raw.h"
#include "xsock.h"

struct xsock_udp {
    int from, to;
    size_t size;
    char *data;
    char *joined;
    struct xsock_dgram out[BATCH], in[BUFFERS];
};

/* With `coalesce`, the system may join datagrams of the receiver. */
void xsock_udp_open(struct xsock_udp *u, size_t size, bool coalesce);
void xsock_udp_close(struct xsock_udp *u);

/* n datagrams: BATCH are sent and as many received, and again. One call sends or receives one
 * datagram, or one call sends or receives as many as it can. */
void xsock_udp_singly(void *udp, long n);
void xsock_udp_batches(void *udp, long n);

/* In lib_xsock.c: two connected streams that block, TCP without delay. */
void xsock_pair_of_streams(enum stream_kind kind, int out[2]);

#endif
