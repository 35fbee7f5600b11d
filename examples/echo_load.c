/* A load for echo_server.c. Many clients are connected at once. Each sends bytes of its own, and
 * compares what comes back with them.
 *
 *     echo_load 127.0.0.1:7777 5000
 *
 * The exit status is 0 if every byte came back to the client that sent it.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "xsock.h"

enum { MAX_EVENTS = 256, EACH = 20011, CHUNK = 4096 };

/* The load gives up if nothing happens for this long. */
static const int64_t PATIENCE_NS = 60000000000;

struct client {
    int d;
    unsigned number;
    size_t sent, back;
};

static int complain(const char *what, ptrdiff_t error)
{
    fprintf(stderr, "echo_load: %s: %s\n", what, xsock_strerror((int)error));
    return 1;
}

/* The byte that a client sends at a position. */
static unsigned char byte_at(const struct client *c, size_t at)
{
    return (unsigned char)(c->number * 31 + at * 7 + at / 256);
}

static ptrdiff_t send_some(struct client *c)
{
    unsigned char bytes[CHUNK];
    size_t n = EACH - c->sent < CHUNK ? EACH - c->sent : CHUNK;
    for (size_t i = 0; i < n; i++)
        bytes[i] = byte_at(c, c->sent + i);
    ptrdiff_t done = xsock_send(c->d, bytes, n, 0);
    if (done < 0)
        return done == -XSOCK_EAGAIN ? 0 : done;
    c->sent += (size_t)done;
    return c->sent < EACH ? 0 : xsock_shutdown(c->d, XSOCK_SHUT_WR);
}

/* Returns EBADMSG if other bytes came back than were sent, or more. */
static ptrdiff_t receive_some(struct client *c, bool *out_ended)
{
    unsigned char bytes[CHUNK];
    ptrdiff_t n = xsock_recv(c->d, bytes, CHUNK, 0);
    if (n < 0)
        return n == -XSOCK_EAGAIN ? 0 : n;
    *out_ended = n == 0;
    for (size_t i = 0; i < (size_t)n; i++)
        if (c->back + i >= c->sent || bytes[i] != byte_at(c, c->back + i))
            return -XSOCK_EBADMSG;
    c->back += (size_t)n;
    return n == 0 && c->back != EACH ? -XSOCK_EBADMSG : 0;
}

static ptrdiff_t connect_one(int poller, struct client *c, unsigned number,
                             const struct xsock_addr *a)
{
    int d = xsock_open(a->family, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0);
    if (d < 0)
        return d;
    *c = (struct client){.d = d, .number = number};
    int rc = xsock_connect(d, a);
    if (rc == 0)
        rc = xsock_set_flags(d, XSOCK_SOCK_CLOEXEC | XSOCK_SOCK_NONBLOCK);
    return rc < 0 ? rc
                  : xsock_poller_ctl(poller, XSOCK_POLLER_ADD, d,
                                     XSOCK_POLLER_IN | XSOCK_POLLER_OUT, (uintptr_t)c);
}

static ptrdiff_t advance(int poller, struct client *c, uint32_t events, bool *out_ended)
{
    ptrdiff_t rc = c->sent < EACH && events & XSOCK_POLLER_OUT ? send_some(c) : 0;
    if (rc == 0 && c->sent == EACH && events & XSOCK_POLLER_OUT)
        rc = xsock_poller_ctl(poller, XSOCK_POLLER_MOD, c->d, XSOCK_POLLER_IN, (uintptr_t)c);
    return rc < 0 ? rc : receive_some(c, out_ended);
}

static int run(struct client *clients, unsigned count, const struct xsock_addr *a)
{
    struct xsock_event events[MAX_EVENTS];
    int poller = xsock_poller_open(XSOCK_SOCK_CLOEXEC);
    ptrdiff_t rc = poller;
    for (unsigned i = 0; i < count && rc >= 0; i++)
        rc = connect_one(poller, &clients[i], i, a);
    if (rc < 0)
        return complain("connecting", rc);
    for (unsigned left = count; left > 0;) {
        int n = xsock_poller_wait(poller, events, MAX_EVENTS, PATIENCE_NS);
        if (n <= 0 && n != -XSOCK_EINTR)
            return complain("waiting", n == 0 ? -XSOCK_ETIMEDOUT : n);
        for (int i = 0; i < n; i++) {
            struct client *c = (struct client *)(uintptr_t)events[i].data;
            bool ended = false;
            rc = advance(poller, c, events[i].events, &ended);
            if (rc < 0)
                return complain("a client", rc);
            left -= ended && xsock_close(c->d) == 0;
        }
    }
    printf("%u clients, %u bytes each, there and back\n", count, (unsigned)EACH);
    return xsock_close(poller) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct xsock_addr a;
    unsigned long count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (count == 0 || count > 1000000 || xsock_addr_parse(argv[1], &a) < 0) {
        fprintf(stderr, "usage: echo_load ADDRESS:PORT COUNT\n");
        return 2;
    }
    struct client *clients = calloc(count, sizeof *clients); /* freed when the program ends */
    return clients ? run(clients, (unsigned)count, &a) : complain("memory", -XSOCK_ENOMEM);
}
