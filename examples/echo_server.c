/* Sends every byte back to the client that sent it, with one thread and one poller for thousands of
 * clients.
 *
 *     echo_server localhost 7777     serves until it is interrupted
 *
 * Port 0 means any free port, which the program prints. echo_load.c makes a load for this server.
 * With many clients, the system must allow that many open files (`ulimit -n`).
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "xsock.h"

enum { MAX_EVENTS = 256, SIZE = 4096, OUT_OF_RESOURCES = 0 };

struct client {
    int d;
    uint32_t watched;  /* the events that the poller watches for */
    size_t have, sent; /* how many of `bytes` were received, and how many of these were sent back */
    char bytes[SIZE];
};

static int open_listener(const char *host, const char *service)
{
    char name[XSOCK_ADDR_TEXT_SIZE];
    struct xsock_addr a;
    int d = xsock_listen_host(host, service, 1024);
    if (d < 0)
        return d;
    int rc = xsock_set_flags(d, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK);
    if (rc == 0)
        rc = xsock_local_addr(d, &a);
    if (rc == 0)
        rc = xsock_addr_format(&a, name, sizeof name);
    if (rc >= 0)
        fprintf(stderr, "listening on %s\n", name);
    else
        xsock_close(d);
    return rc < 0 ? rc : d;
}

/* Accepts all clients that wait. Returns OUT_OF_RESOURCES if a client could not be accepted. */
static int accept_clients(int poller, int listener)
{
    for (;;) {
        int d = xsock_accept(listener, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK, NULL);
        if (d == -XSOCK_EMFILE || d == -XSOCK_ENFILE || d == -XSOCK_ENOBUFS || d == -XSOCK_ENOMEM)
            return OUT_OF_RESOURCES;
        if (d < 0)
            return d;
        struct client *c = calloc(1, sizeof *c);
        if (!c
            || xsock_poller_ctl(poller, XSOCK_POLLER_ADD, d, XSOCK_POLLER_IN, (uintptr_t)c) < 0) {
            free(c);
            xsock_close(d);
            return OUT_OF_RESOURCES;
        }
        c->d = d;
        c->watched = XSOCK_POLLER_IN;
    }
}

/* Receives if nothing is left to send, and sends. Returns false if the client has left. */
static bool echo(int poller, struct client *c)
{
    if (c->sent == c->have) {
        ptrdiff_t n = xsock_recv(c->d, c->bytes, SIZE, 0);
        if (n <= 0)
            return n == -XSOCK_EAGAIN;
        c->have = (size_t)n;
        c->sent = 0;
    }
    ptrdiff_t n = xsock_send(c->d, c->bytes + c->sent, c->have - c->sent, 0);
    if (n < 0 && n != -XSOCK_EAGAIN)
        return false;
    c->sent += n > 0 ? (size_t)n : 0;
    /* While a client does not receive, the server does not receive from it. */
    uint32_t before = c->watched;
    c->watched = c->sent == c->have ? XSOCK_POLLER_IN : XSOCK_POLLER_OUT;
    return c->watched == before
           || xsock_poller_ctl(poller, XSOCK_POLLER_MOD, c->d, c->watched, (uintptr_t)c) == 0;
}

static int serve(int poller, int listener)
{
    struct xsock_event events[MAX_EVENTS];
    bool full = false;
    int rc = xsock_poller_ctl(poller, XSOCK_POLLER_ADD, listener, XSOCK_POLLER_IN, 0);
    while (rc >= 0 || rc == -XSOCK_EINTR || rc == -XSOCK_EAGAIN) {
        int n = rc = xsock_poller_wait(poller, events, MAX_EVENTS, -1);
        for (int i = 0; i < n; i++) {
            struct client *c = (struct client *)(uintptr_t)events[i].data;
            /* The listener stays ready while a client cannot be accepted. Until a client leaves,
             * the poller does not watch the listener. */
            if (!c && (rc = accept_clients(poller, listener)) == OUT_OF_RESOURCES)
                full = xsock_poller_ctl(poller, XSOCK_POLLER_MOD, listener, 0, 0) == 0;
            if (!c || echo(poller, c))
                continue;
            xsock_close(c->d); /* also removes it from the poller */
            free(c);
            if (full)
                full =
                    xsock_poller_ctl(poller, XSOCK_POLLER_MOD, listener, XSOCK_POLLER_IN, 0) != 0;
        }
    }
    return rc;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: echo_server HOST PORT\n");
        return 2;
    }
    int listener = open_listener(argv[1], argv[2]);
    int poller = listener < 0 ? listener : xsock_poller_open(XSOCK_SOCK_CLOEXEC);
    int rc = poller < 0 ? poller : serve(poller, listener);
    fprintf(stderr, "echo_server: %s: %s\n", argv[1],
            xsock_strerror(rc)); /* the loop ends only by an error */
    return 1;
}
