/* ENet's sockets: the system's calls by other names, without close-on-exec. */
#include <enet/enet.h>
#include <stdio.h>
#include <stdlib.h>

#include "raw.h"

struct end {
    ENetSocket s;
};

static const char *version(void)
{
    static char text[32];
    ENetVersion v = enet_linked_version();
    snprintf(text, sizeof text, "%u.%u.%u", (unsigned)ENET_VERSION_GET_MAJOR(v),
             (unsigned)ENET_VERSION_GET_MINOR(v), (unsigned)ENET_VERSION_GET_PATCH(v));
    return text;
}

static void start(void)
{
    bench_must(enet_initialize() == 0, "enet_initialize()");
}

static void open_close(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
        ENetSocket s = enet_socket_create(ENET_SOCKET_TYPE_STREAM);
        bench_must(s != ENET_SOCKET_NULL, "enet_socket_create()");
        enet_socket_destroy(s);
    }
}

static bool connect_ends(enum stream_kind kind, void *out[2])
{
    uintptr_t handles[2];
    if (!raw_stream_pair(kind, handles))
        return false;
    for (int i = 0; i < 2; i++) {
        struct end *e = calloc(1, sizeof *e);
        bench_must(e != NULL, "memory");
        e->s = (ENetSocket)handles[i];
        out[i] = e;
    }
    return true;
}

static void disconnect(void *end)
{
    struct end *e = end;
    enet_socket_destroy(e->s);
    free(e);
}

static void hang_up(void *end)
{
    struct end *e = end;
    enet_socket_shutdown(e->s, ENET_SOCKET_SHUTDOWN_WRITE);
}

static int send_once(ENetSocket s, const char *buf, size_t len)
{
    union {
        const void *in;
        void *out; /* ENet's buffers are not const, and it doesn't write to what it sends */
    } data = {buf};
    ENetBuffer b = {.data = data.out, .dataLength = len};
    return enet_socket_send(s, NULL, &b, 1);
}

static int recv_once(ENetSocket s, void *buf, size_t len)
{
    ENetBuffer b = {.data = buf, .dataLength = len};
    return enet_socket_receive(s, NULL, &b, 1);
}

static void send_all(void *end, const void *buf, size_t len)
{
    struct end *e = end;
    for (size_t done = 0; done < len;) {
        int n = send_once(e->s, (const char *)buf + done, len - done);
        bench_must(n > 0, "enet_socket_send()");
        done += (size_t)n;
    }
}

static size_t recv_some(void *end, void *buf, size_t len)
{
    struct end *e = end;
    int n = recv_once(e->s, buf, len);
    bench_must(n >= 0, "enet_socket_receive()");
    return (size_t)n;
}

static void send_recv(void *ends, long n)
{
    struct end **e = ends;
    char buf[SMALL] = {0};
    ENetSocket from = e[0]->s, to = e[1]->s;
    while (n-- > 0)
        bench_must(send_once(from, buf, sizeof buf) == SMALL
                       && recv_once(to, buf, sizeof buf) == SMALL,
                   "enet_socket_send() and enet_socket_receive()");
}

extern const struct library library_enet;
const struct library library_enet = {
    .name = "ENet",
    .version = version,
    .start = start,
    .open_close = open_close,
    .connect = connect_ends,
    .disconnect = disconnect,
    .hang_up = hang_up,
    .send = send_all,
    .recv = recv_some,
    .send_recv = send_recv,
};
