/* The server by epoll and the system's own calls. It does what examples/echo_server.c does. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* before any header: accept4() */
#endif

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness.h"
#include "servers.h"

struct client {
    int fd;
    uint32_t watched;
    size_t have, sent;
    char bytes[SERVER_BUFFER];
};

int server_listener(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bench_must(bind(fd, (struct sockaddr *)&a, size) == 0 && listen(fd, SERVER_BACKLOG) == 0
                   && getsockname(fd, (struct sockaddr *)&a, &size) == 0,
               "a listener on loopback");
    fprintf(stderr, "listening on 127.0.0.1:%d\n", ntohs(a.sin_port));
    return fd;
}

static void watch(int poller, int op, int fd, uint32_t events, struct client *c)
{
    struct epoll_event e = {.events = events, .data.ptr = c};
    bench_must(epoll_ctl(poller, op, fd, &e) == 0, "epoll_ctl()");
}

static void accept_clients(int poller, int listener)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
        struct client *c = calloc(1, sizeof *c);
        bench_must(c != NULL, "memory");
        c->fd = fd;
        c->watched = EPOLLIN;
        watch(poller, EPOLL_CTL_ADD, fd, c->watched, c);
    }
}

/* Returns false if this client has ended. */
static bool echo(int poller, struct client *c)
{
    if (c->sent == c->have) {
        ssize_t n = recv(c->fd, c->bytes, sizeof c->bytes, 0);
        if (n <= 0)
            return false;
        c->have = (size_t)n;
        c->sent = 0;
    }
    ssize_t n = send(c->fd, c->bytes + c->sent, c->have - c->sent, MSG_NOSIGNAL);
    c->sent += n > 0 ? (size_t)n : 0;
    uint32_t before = c->watched;
    c->watched = c->sent == c->have ? EPOLLIN : EPOLLOUT;
    if (c->watched != before)
        watch(poller, EPOLL_CTL_MOD, c->fd, c->watched, c);
    return true;
}

void server_raw(void)
{
    struct epoll_event events[SERVER_EVENTS];
    int listener = server_listener(), poller = epoll_create1(EPOLL_CLOEXEC);
    bench_must(poller >= 0, "epoll_create1()");
    watch(poller, EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
    for (;;) {
        int n = epoll_wait(poller, events, SERVER_EVENTS, -1);
        for (int i = 0; i < n; i++) {
            struct client *c = events[i].data.ptr;
            if (c == NULL) {
                accept_clients(poller, listener);
            } else if (!echo(poller, c)) {
                close(c->fd);
                free(c);
            }
        }
    }
}
