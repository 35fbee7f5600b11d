/* The cost of a datagram that is sent and received over loopback in one thread: one datagram a
 * call, and batches of 32. The receiver of the batches lets the system join datagrams
 * (XSOCK_SO_UDP_RECV_COALESCE). The batch by hand, from the system's own calls, does the same: it
 * sends 32 datagrams by one call (UDP_SEGMENT), receives into the same buffers (UDP_GRO), and steps
 * through every datagram. */
#include <stdio.h>

#include "udp_xsock.h"

static void measure(size_t size)
{
    struct raw_udp *raw = raw_udp_open(size), *joining = raw_udp_open(size);
    struct xsock_udp one, many;
    struct bench_variant v[5];
    char parameter[32];
    size_t n = 0;
    xsock_udp_open(&one, size, false);
    xsock_udp_open(&many, size, true);
    v[n++] = (struct bench_variant){"raw", raw_udp_singly, raw};
    v[n++] = (struct bench_variant){"xsock", xsock_udp_singly, &one};
    if (raw_udp_has_many())
        v[n++] = (struct bench_variant){"raw, sendmmsg", raw_udp_many, raw};
    if (raw_udp_join(joining))
        v[n++] = (struct bench_variant){"raw, GSO and GRO", raw_udp_joined, joining};
    v[n++] = (struct bench_variant){"xsock, batches", xsock_udp_batches, &many};
    snprintf(parameter, sizeof parameter, "%u bytes", (unsigned)size);
    bench_compare("udp", parameter, BENCH_OWN, BATCH, v, n);
    xsock_udp_close(&one);
    xsock_udp_close(&many);
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
