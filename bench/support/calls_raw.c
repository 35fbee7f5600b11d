/* The operations of calls.def by the system's own calls. Some of Winsock's calls have other names
 * or other arguments. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* before any header: accept4() and the like */
#endif

#include "calls.h"

#include "raw.h"

#ifdef _WIN32
#include <winsock2.h>
#include <windows.h>
#include <ws2tcpip.h>
#define PAIR STREAM_TCP
#define MSG_NOSIGNAL 0
#define WOULD_BLOCK (WSAGetLastError() == WSAEWOULDBLOCK)
#define poll WSAPoll
#define open_socket(type) \
    WSASocketW(AF_INET, (type), 0, NULL, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT)
#ifndef WSA_FLAG_NO_HANDLE_INHERIT
#define WSA_FLAG_NO_HANDLE_INHERIT 0x80
#endif
typedef SOCKET handle;
#else
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#define PAIR STREAM_LOCAL
#ifndef SOCK_CLOEXEC /* macOS */
#define SOCK_CLOEXEC 0
#endif
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif
#define WOULD_BLOCK (errno == EAGAIN)
#define closesocket close
#define open_socket(type) socket(AF_INET, (type) | SOCK_CLOEXEC, 0)
typedef int handle;
#endif

static struct {
    handle pair[2], udp[2], listener, idle;
    struct sockaddr_in udp_addr, listener_addr;
    struct pollfd polled[CALLS_POLLED];
    struct raw_poller *one, *all;
    struct raw_udp *batch;
} s;

static handle open_bound(int type, struct sockaddr_in *out)
{
    socklen_t size = sizeof *out;
    handle h = open_socket(type);
    *out = (struct sockaddr_in){.sin_family = AF_INET};
    out->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bench_must(bind(h, (struct sockaddr *)out, sizeof *out) == 0
                   && getsockname(h, (struct sockaddr *)out, &size) == 0,
               "a socket on loopback");
    return h;
}

static handle open_listener(struct sockaddr_in *out)
{
    handle h = open_bound(SOCK_STREAM, out);
    bench_must(listen(h, 1024) == 0, "listen()");
    return h;
}

static void make_non_blocking(handle h)
{
#ifdef _WIN32
    u_long on = 1;
    bench_must(ioctlsocket(h, (long)FIONBIO, &on) == 0, "FIONBIO");
#else
    bench_must(fcntl(h, F_SETFL, O_NONBLOCK) == 0, "O_NONBLOCK");
#endif
}

void raw_calls_prepare(void)
{
    uintptr_t pair[2], members[CALLS_MEMBERS];
    struct sockaddr_in a;
    bench_must(raw_stream_pair(PAIR, pair), "a pair");
    for (int i = 0; i < 2; i++) {
        s.pair[i] = (handle)pair[i];
        s.udp[i] = open_bound(SOCK_DGRAM, &s.udp_addr);
    }
    s.listener = open_listener(&s.listener_addr);
    s.idle = open_listener(&a);
    make_non_blocking(s.idle);
    for (int i = 0; i < CALLS_POLLED; i++) {
        s.polled[i] = (struct pollfd){.fd = open_bound(SOCK_DGRAM, &a), .events = POLLIN};
        members[i % CALLS_MEMBERS] = (uintptr_t)s.polled[i].fd;
    }
    bench_must(sendto(s.udp[0], "x", 1, 0, (struct sockaddr *)&a, sizeof a) == 1, "sendto()");
    s.one = raw_poller_open(members, CALLS_MEMBERS, false);
    s.all = raw_poller_open(members, CALLS_MEMBERS, true);
    s.batch = raw_udp_open(CALLS_BATCH_BYTES);
    if (!raw_udp_join(s.batch))
        bench_note("this system joins no datagrams: raw sends and receives one by one");
}

void raw_calls_open_close(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
        handle h = open_socket(SOCK_STREAM);
        bench_must(closesocket(h) == 0, "socket()");
    }
}

void raw_calls_send_recv(void *unused, long n)
{
    char buf[SMALL] = {0};
    (void)unused;
    while (n-- > 0)
        bench_must(send(s.pair[0], buf, sizeof buf, MSG_NOSIGNAL) == SMALL
                       && recv(s.pair[1], buf, sizeof buf, 0) == SMALL,
                   "send() and recv()");
}

void raw_calls_recv_none(void *unused, long n)
{
    char buf[SMALL];
    (void)unused;
#ifdef _WIN32
    make_non_blocking(s.udp[0]);
    while (n-- > 0)
        bench_must(recv(s.udp[0], buf, sizeof buf, 0) < 0 && WOULD_BLOCK, "nothing to receive");
#else
    while (n-- > 0)
        bench_must(recv(s.udp[1], buf, sizeof buf, MSG_DONTWAIT) < 0 && WOULD_BLOCK,
                   "nothing to receive");
#endif
}

void raw_calls_accept_none(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
#ifdef __linux__
        bench_must(accept4(s.idle, NULL, NULL, SOCK_CLOEXEC) < 0 && WOULD_BLOCK,
                   "nobody to accept");
#else
        handle h = accept(s.idle, NULL, NULL);
        bench_must(h == (handle)-1 && WOULD_BLOCK, "nobody to accept");
#endif
    }
}

void raw_calls_sendto_recvfrom(void *unused, long n)
{
    char buf[SMALL] = {0};
    struct sockaddr_in from;
    const struct sockaddr *to = (const struct sockaddr *)&s.udp_addr;
    (void)unused;
    while (n-- > 0) {
        socklen_t size = sizeof from;
        bench_must(sendto(s.udp[0], buf, sizeof buf, MSG_NOSIGNAL, to, sizeof s.udp_addr) == SMALL
                       && recvfrom(s.udp[1], buf, sizeof buf, 0, (struct sockaddr *)&from, &size)
                              == SMALL
                       && from.sin_port != 0,
                   "sendto() and recvfrom()");
    }
}

void raw_calls_sendmsg_recvmsg(void *unused, long n)
{
    char buf[2][SMALL / 2] = {{0}};
    struct sockaddr_in from;
    (void)unused;
#ifdef _WIN32
    WSABUF vec[2] = {{sizeof buf[0], buf[0]}, {sizeof buf[1], buf[1]}};
    const struct sockaddr *to = (const struct sockaddr *)&s.udp_addr;
    while (n-- > 0) {
        DWORD sent, got, flags = 0;
        int size = sizeof from;
        bench_must(WSASendTo(s.udp[0], vec, 2, &sent, 0, to, sizeof s.udp_addr, NULL, NULL) == 0
                       && WSARecvFrom(s.udp[1], vec, 2, &got, &flags, (struct sockaddr *)&from,
                                      &size, NULL, NULL)
                              == 0
                       && got == SMALL,
                   "WSASendTo() and WSARecvFrom()");
    }
#else
    struct iovec vec[2] = {{buf[0], sizeof buf[0]}, {buf[1], sizeof buf[1]}};
    while (n-- > 0) {
        struct msghdr out = {.msg_name = &s.udp_addr,
                             .msg_namelen = sizeof s.udp_addr,
                             .msg_iov = vec,
                             .msg_iovlen = 2};
        struct msghdr in = {
            .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = vec, .msg_iovlen = 2};
        bench_must(sendmsg(s.udp[0], &out, MSG_NOSIGNAL) == SMALL
                       && recvmsg(s.udp[1], &in, 0) == SMALL && from.sin_port != 0,
                   "sendmsg() and recvmsg()");
    }
#endif
}

void raw_calls_connect_accept(void *unused, long n)
{
    const struct sockaddr *to = (const struct sockaddr *)&s.listener_addr;
    (void)unused;
    while (n-- > 0) {
        handle client = open_socket(SOCK_STREAM);
        bench_must(connect(client, to, sizeof s.listener_addr) == 0, "connect()");
#ifdef __linux__
        handle server = accept4(s.listener, NULL, NULL, SOCK_CLOEXEC);
#else
        handle server = accept(s.listener, NULL, NULL);
#endif
        bench_must(closesocket(client) == 0 && closesocket(server) == 0, "accept()");
    }
}

void raw_calls_dup_close(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
#ifdef _WIN32
        WSAPROTOCOL_INFOW info;
        bench_must(WSADuplicateSocketW(s.pair[0], GetCurrentProcessId(), &info) == 0,
                   "WSADuplicateSocketW()");
        handle h = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0,
                              WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
#else
        handle h = fcntl(s.pair[0], F_DUPFD_CLOEXEC, 0);
#endif
        bench_must(closesocket(h) == 0, "a duplicate");
    }
}

void raw_calls_option(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
        int on = 1, got = 0;
        socklen_t size = sizeof got;
        bench_must(setsockopt(s.listener, SOL_SOCKET, SO_KEEPALIVE, (const void *)&on, sizeof on)
                           == 0
                       && getsockopt(s.listener, SOL_SOCKET, SO_KEEPALIVE, (void *)&got, &size) == 0
                       && got != 0,
                   "SO_KEEPALIVE");
    }
}

void raw_calls_local_addr(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
        struct sockaddr_in a;
        socklen_t size = sizeof a;
        bench_must(getsockname(s.listener, (struct sockaddr *)&a, &size) == 0 && a.sin_port != 0,
                   "getsockname()");
    }
}

static void poll_of(unsigned count, long n)
{
    while (n-- > 0)
        bench_must(poll(s.polled + CALLS_POLLED - count, count, -1) == 1, "one is ready");
}

void raw_calls_poll_1(void *unused, long n)
{
    (void)unused;
    poll_of(1, n);
}

void raw_calls_poll_8(void *unused, long n)
{
    (void)unused;
    poll_of(8, n);
}

void raw_calls_poll_64(void *unused, long n)
{
    (void)unused;
    poll_of(64, n);
}

void raw_calls_poll_512(void *unused, long n)
{
    (void)unused;
    poll_of(512, n);
}

void raw_calls_poller_one(void *unused, long n)
{
    (void)unused;
    raw_poller_events(s.one, n);
}

void raw_calls_poller_all(void *unused, long n)
{
    (void)unused;
    raw_poller_events(s.all, n * CALLS_MEMBERS);
}

void raw_calls_member(void *unused, long n)
{
    (void)unused;
    while (n-- > 0) {
        handle h = open_socket(SOCK_DGRAM);
        raw_poller_add(s.one, (uintptr_t)h);
        bench_must(closesocket(h) == 0, "a member");
    }
}

void raw_calls_batch(void *unused, long n)
{
    (void)unused;
    raw_udp_joined(s.batch, n * BATCH);
}
