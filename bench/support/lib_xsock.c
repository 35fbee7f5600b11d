#include <stdlib.h>

#include <signal.h>

#include "library.h"
#include "udp_xsock.h"
#include "xsock_native.h"

struct end {
    int d;
};

static void start(void)
{
    bench_must(xsock_startup() == 0, "xsock_startup()");
}

bool library_use_wake_signal(void)
{
#ifdef SIGUSR2
    return xsock_set_wake_signal(SIGUSR2) == 0;
#else
    return false;
#endif
}

static void open_close(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
        int d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0);
        bench_must(d >= 0, "xsock_open()");
        xsock_close(d);
    }
}

static void tcp_pair(int out[2])
{
    struct xsock_addr a = {.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
    int listener = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0);
    bench_must(listener >= 0 && xsock_bind(listener, &a) == 0 && xsock_listen(listener, 1) == 0
                   && xsock_local_addr(listener, &a) == 0,
               "a listener on loopback");
    out[0] = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0);
    bench_must(out[0] >= 0 && xsock_connect(out[0], &a) == 0, "xsock_connect()");
    out[1] = xsock_accept(listener, XSOCK_SOCK_CLOEXEC, NULL);
    bench_must(out[1] >= 0, "xsock_accept()");
    xsock_close(listener);
    for (int i = 0; i < 2; i++)
        bench_must(xsock_set_opt_flag(out[i], XSOCK_SO_NODELAY, true) == 0, "XSOCK_SO_NODELAY");
}

void xsock_pair_of_streams(enum stream_kind kind, int out[2])
{
    if (kind == STREAM_TCP)
        tcp_pair(out);
    else
        bench_must(xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, out) == 0,
                   "xsock_pair()");
}

static bool connect_ends(enum stream_kind kind, void *out[2])
{
    int d[2];
    xsock_pair_of_streams(kind, d);
    for (int i = 0; i < 2; i++) {
        struct end *e = calloc(1, sizeof *e);
        bench_must(e != NULL, "memory");
        e->d = d[i];
        out[i] = e;
    }
    return true;
}

static void disconnect(void *end)
{
    struct end *e = end;
    xsock_close(e->d);
    free(e);
}

static void hang_up(void *end)
{
    struct end *e = end;
    xsock_shutdown(e->d, XSOCK_SHUT_WR);
}

static void send_all(void *end, const void *buf, size_t len)
{
    struct end *e = end; /* a blocking socket sends all bytes */
    bench_must(xsock_send(e->d, buf, len, 0) == (ptrdiff_t)len, "xsock_send()");
}

static size_t recv_some(void *end, void *buf, size_t len)
{
    struct end *e = end;
    ptrdiff_t n = xsock_recv(e->d, buf, len, 0);
    bench_must(n >= 0, "xsock_recv()");
    return (size_t)n;
}

static void send_recv(void *ends, long n)
{
    struct end **e = ends;
    char buf[SMALL] = {0};
    int from = e[0]->d, to = e[1]->d;
    while (n-- > 0)
        bench_must(xsock_send(from, buf, sizeof buf, 0) == SMALL
                       && xsock_recv(to, buf, sizeof buf, 0) == SMALL,
                   "xsock_send() and xsock_recv()");
}

extern const struct library library_xsock;
const struct library library_xsock = {
    .name = "xsock",
    .version = xsock_version,
    .start = start,
    .open_close = open_close,
    .connect = connect_ends,
    .disconnect = disconnect,
    .hang_up = hang_up,
    .send = send_all,
    .recv = recv_some,
    .send_recv = send_recv,
};
