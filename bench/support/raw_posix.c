/* Before any header: accept4() needs it. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "raw.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* macOS has neither. No benchmark sends to a closed stream, so SIGPIPE is not raised. */
#ifndef SOCK_CLOEXEC
#define SOCK_CLOEXEC 0
#endif
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* ---- Sockets --------------------------------------------------------------------------------- */

static void raw_open_close(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bench_must(fd >= 0, "socket()");
        close(fd);
    }
}

static void tcp_pair(int out[2])
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    out[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bench_must(listener >= 0 && out[0] >= 0, "socket()");
    bench_must(bind(listener, (struct sockaddr *)&a, sizeof a) == 0 && listen(listener, 1) == 0
                   && getsockname(listener, (struct sockaddr *)&a, &size) == 0,
               "a listener on loopback");
    bench_must(connect(out[0], (struct sockaddr *)&a, sizeof a) == 0, "connect()");
    out[1] = accept(listener, NULL, NULL);
    bench_must(out[1] >= 0, "accept()");
    close(listener);
    for (int i = 0; i < 2; i++)
        setsockopt(out[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool raw_stream_pair(enum stream_kind kind, uintptr_t out[2])
{
    int fd[2];
    if (kind == STREAM_TCP)
        tcp_pair(fd);
    else
        bench_must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == 0, "socketpair()");
    out[0] = (uintptr_t)fd[0];
    out[1] = (uintptr_t)fd[1];
    return true;
}

uintptr_t raw_open_udp(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bench_must(fd >= 0, "socket()");
    return (uintptr_t)fd;
}

void raw_close(uintptr_t handle)
{
    close((int)handle);
}

/* ---- As a library ---------------------------------------------------------------------------- */

struct end {
    int fd;
};

static bool raw_connect(enum stream_kind kind, void *out[2])
{
    uintptr_t handles[2];
    if (!raw_stream_pair(kind, handles))
        return false;
    for (int i = 0; i < 2; i++) {
        struct end *e = calloc(1, sizeof *e);
        bench_must(e != NULL, "memory");
        e->fd = (int)handles[i];
        out[i] = e;
    }
    return true;
}

static void raw_disconnect(void *end)
{
    struct end *e = end;
    close(e->fd);
    free(e);
}

static void raw_hang_up(void *end)
{
    struct end *e = end;
    shutdown(e->fd, SHUT_WR);
}

static void raw_send(void *end, const void *buf, size_t len)
{
    struct end *e = end;
    for (size_t done = 0; done < len;) {
        ssize_t n = send(e->fd, (const char *)buf + done, len - done, MSG_NOSIGNAL);
        bench_must(n > 0, "send()");
        done += (size_t)n;
    }
}

static size_t raw_recv(void *end, void *buf, size_t len)
{
    struct end *e = end;
    ssize_t n = recv(e->fd, buf, len, 0);
    bench_must(n >= 0, "recv()");
    return (size_t)n;
}

static void raw_send_recv(void *ends, long n)
{
    struct end **e = ends;
    char buf[SMALL] = {0};
    int from = e[0]->fd, to = e[1]->fd;
    while (n-- > 0)
        bench_must(send(from, buf, sizeof buf, MSG_NOSIGNAL) == SMALL
                       && recv(to, buf, sizeof buf, 0) == SMALL,
                   "send() and recv()");
}

extern const struct library library_raw;
const struct library library_raw = {
    .name = "raw",
    .open_close = raw_open_close,
    .connect = raw_connect,
    .disconnect = raw_disconnect,
    .hang_up = raw_hang_up,
    .send = raw_send,
    .recv = raw_recv,
    .send_recv = raw_send_recv,
};
