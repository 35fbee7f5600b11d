/* The server by libevent, with an event for each client and the system's recv() and send().
 * Buffered events (bufferevent) would cost more. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* before any header: accept4() */
#endif

#include "servers.h"

#ifdef BENCH_LIBEVENT
#include <event2/event.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness.h"

struct client {
    struct event *in, *out;
    size_t have, sent;
    char bytes[SERVER_BUFFER];
};

static void end(struct client *c, evutil_socket_t fd)
{
    event_free(c->in);
    event_free(c->out);
    close(fd);
    free(c);
}

static void send_rest(evutil_socket_t fd, short what, void *user)
{
    struct client *c = user;
    (void)what;
    ssize_t n = send(fd, c->bytes + c->sent, c->have - c->sent, MSG_NOSIGNAL);
    c->sent += n > 0 ? (size_t)n : 0;
    if (c->sent < c->have)
        event_add(c->out, NULL);
}

static void receive(evutil_socket_t fd, short what, void *user)
{
    struct client *c = user;
    if (c->sent < c->have)
        return;
    ssize_t n = recv(fd, c->bytes, sizeof c->bytes, 0);
    if (n <= 0) {
        end(c, fd);
        return;
    }
    c->have = (size_t)n;
    c->sent = 0;
    send_rest(fd, what, c);
}

static void accept_clients(evutil_socket_t listener, short what, void *base)
{
    int fd;
    (void)what;
    while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
        struct client *c = calloc(1, sizeof *c);
        bench_must(c != NULL, "memory");
        c->in = event_new(base, fd, EV_READ | EV_PERSIST, receive, c);
        c->out = event_new(base, fd, EV_WRITE, send_rest, c);
        bench_must(c->in != NULL && c->out != NULL && event_add(c->in, NULL) == 0, "event_add()");
    }
}

void server_libevent(void)
{
    struct event_base *base = event_base_new();
    bench_must(base != NULL, "event_base_new()");
    struct event *listener =
        event_new(base, server_listener(), EV_READ | EV_PERSIST, accept_clients, base);
    bench_must(listener != NULL && event_add(listener, NULL) == 0, "event_add()");
    event_base_dispatch(base);
}
#endif
