#include "raw.h"

#define WIN32_LEAN_AND_MEAN
#include <winsock2.h>
#include <ws2tcpip.h>

#include <stdlib.h>
#include <windows.h>

#ifndef WSA_FLAG_NO_HANDLE_INHERIT
#define WSA_FLAG_NO_HANDLE_INHERIT 0x80
#endif

/* ---- Sockets --------------------------------------------------------------------------------- */

static void raw_start(void)
{
    WSADATA data;
    bench_must(WSAStartup(MAKEWORD(2, 2), &data) == 0, "WSAStartup()");
}

static SOCKET open_socket(int type)
{
    SOCKET s =
        WSASocketW(AF_INET, type, 0, NULL, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    bench_must(s != INVALID_SOCKET, "WSASocketW()");
    return s;
}

static void raw_open_close(void *unused, long n)
{
    (void)unused;
    while (n-- > 0)
        closesocket(open_socket(SOCK_STREAM));
}

/* Windows has no LOCAL pair. */
bool raw_stream_pair(enum stream_kind kind, uintptr_t out[2])
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    int size = sizeof a;
    BOOL on = TRUE;
    if (kind != STREAM_TCP)
        return false;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SOCKET listener = open_socket(SOCK_STREAM), s[2] = {open_socket(SOCK_STREAM), INVALID_SOCKET};
    bench_must(bind(listener, (struct sockaddr *)&a, sizeof a) == 0 && listen(listener, 1) == 0
                   && getsockname(listener, (struct sockaddr *)&a, &size) == 0,
               "a listener on loopback");
    bench_must(connect(s[0], (struct sockaddr *)&a, sizeof a) == 0, "connect()");
    s[1] = accept(listener, NULL, NULL);
    bench_must(s[1] != INVALID_SOCKET, "accept()");
    closesocket(listener);
    for (int i = 0; i < 2; i++) {
        setsockopt(s[i], IPPROTO_TCP, TCP_NODELAY, (const char *)&on, sizeof on);
        out[i] = (uintptr_t)s[i];
    }
    return true;
}

uintptr_t raw_open_udp(void)
{
    return (uintptr_t)open_socket(SOCK_DGRAM);
}

void raw_close(uintptr_t handle)
{
    closesocket((SOCKET)handle);
}

/* ---- As a library ---------------------------------------------------------------------------- */

struct end {
    SOCKET s;
};

static bool raw_connect(enum stream_kind kind, void *out[2])
{
    uintptr_t handles[2];
    if (!raw_stream_pair(kind, handles))
        return false;
    for (int i = 0; i < 2; i++) {
        struct end *e = calloc(1, sizeof *e);
        bench_must(e != NULL, "memory");
        e->s = (SOCKET)handles[i];
        out[i] = e;
    }
    return true;
}

static void raw_disconnect(void *end)
{
    struct end *e = end;
    closesocket(e->s);
    free(e);
}

static void raw_hang_up(void *end)
{
    struct end *e = end;
    shutdown(e->s, SD_SEND);
}

static void raw_send(void *end, const void *buf, size_t len)
{
    struct end *e = end;
    for (size_t done = 0; done < len;) {
        int n = send(e->s, (const char *)buf + done, (int)(len - done), 0);
        bench_must(n > 0, "send()");
        done += (size_t)n;
    }
}

static size_t raw_recv(void *end, void *buf, size_t len)
{
    struct end *e = end;
    int n = recv(e->s, buf, (int)len, 0);
    bench_must(n >= 0, "recv()");
    return (size_t)n;
}

static void raw_send_recv(void *ends, long n)
{
    struct end **e = ends;
    char buf[SMALL] = {0};
    while (n-- > 0)
        bench_must(send(e[0]->s, buf, SMALL, 0) == SMALL && recv(e[1]->s, buf, SMALL, 0) == SMALL,
                   "send() and recv()");
}

extern const struct library library_raw;
const struct library library_raw = {
    .name = "raw",
    .start = raw_start,
    .open_close = raw_open_close,
    .connect = raw_connect,
    .disconnect = raw_disconnect,
    .hang_up = raw_hang_up,
    .send = raw_send,
    .recv = raw_recv,
    .send_recv = raw_send_recv,
};
