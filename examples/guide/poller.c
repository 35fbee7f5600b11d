/* Sends back what clients send, with one thread for all of them: poller PORT CLIENTS. The server
 * ends when that many clients have left. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <xsock.h>

enum { MAX_EVENTS = 64, SIZE = 4096 };

struct client {
    int d;
    size_t have, sent; /* received into `bytes`, and sent back from there */
    char bytes[SIZE];
};

static bool add_client(int poller, int listener)
{
    int d = xsock_accept(listener, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK, NULL);
    if (d < 0)
        return d == -XSOCK_EAGAIN;
    struct client *c = calloc(1, sizeof *c);
    if (!c || xsock_poller_ctl(poller, XSOCK_POLLER_ADD, d, XSOCK_POLLER_IN, (uintptr_t)c) < 0) {
        free(c);
        xsock_close(d);
        return false;
    }
    c->d = d;
    return true;
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
    uint32_t events = c->sent == c->have ? XSOCK_POLLER_IN : XSOCK_POLLER_OUT;
    return xsock_poller_ctl(poller, XSOCK_POLLER_MOD, c->d, events, (uintptr_t)c) == 0;
}

static int serve(int poller, int listener, int clients)
{
    struct xsock_event events[MAX_EVENTS];
    int error = xsock_poller_ctl(poller, XSOCK_POLLER_ADD, listener, XSOCK_POLLER_IN, 0);
    if (error < 0)
        return error;
    while (clients > 0) {
        int n = xsock_poller_wait(poller, events, MAX_EVENTS, -1);
        if (n < 0)
            return n;
        for (int i = 0; i < n; i++) {
            struct client *c = (struct client *)(uintptr_t)events[i].data;
            if (!c && !add_client(poller, listener))
                return -XSOCK_ENOMEM;
            if (c && !echo(poller, c)) {
                xsock_close(c->d); /* also removes it from the poller */
                free(c);
                printf("a client has left, %d to come\n", --clients);
            }
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct xsock_addr a = {0};
    int listener = xsock_listen_host("127.0.0.1", argc > 1 ? argv[1] : "0", 128);
    int error = listener < 0 ? listener : xsock_local_addr(listener, &a);
    if (error >= 0)
        error = xsock_set_flags(listener, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK);
    int poller = error < 0 ? error : xsock_poller_open(XSOCK_SOCK_CLOEXEC);
    if (poller >= 0) {
        printf("listening on port %u\n", (unsigned)a.port);
        fflush(stdout);
        error = serve(poller, listener, argc > 2 ? atoi(argv[2]) : 1);
    }
    if (poller < 0 || error < 0)
        fprintf(stderr, "poller: %s\n", xsock_strerror(poller < 0 ? poller : error));
    return poller < 0 || error < 0;
}
