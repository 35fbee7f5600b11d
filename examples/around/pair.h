/* What the four programs about event loops share: a poller that watches one end of a pair. */
#ifndef PAIR_H
#define PAIR_H

#include <stdbool.h>
#include <stdio.h>

#include "xsock.h"

struct pair {
    int poller, out, in;
};

static inline bool pair_open(struct pair *p)
{
    int ends[2];

    p->poller = xsock_poller_open(XSOCK_SOCK_CLOEXEC);
    if (p->poller < 0 || xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, ends) < 0)
        return false;
    p->out = ends[0];
    p->in = ends[1];
    return xsock_poller_ctl(p->poller, XSOCK_POLLER_ADD, p->in, XSOCK_POLLER_IN, 0) == 0;
}

static inline void pair_say_hello(const struct pair *p)
{
    static const char text[] = "hello";
    (void)xsock_send(p->out, text, sizeof text - 1, 0);
}

/* Waits for sockets that are ready, and prints what they got. Returns whether there was a message.
 * These programs are over after one message. */
static inline bool pair_serve(const struct pair *p, const char *loop, int64_t timeout_ns)
{
    struct xsock_event ready[16];
    int n = xsock_poller_wait(p->poller, ready, 16, timeout_ns);
    bool over = false;

    for (int i = 0; i < n; i++) {
        char buf[64];
        ptrdiff_t got = xsock_recv(ready[i].fd, buf, sizeof buf, XSOCK_MSG_DONTWAIT);
        if (got > 0)
            printf("%s: %.*s\n", loop, (int)got, buf);
        over = over || got != -XSOCK_EAGAIN;
    }
    return over;
}

static inline bool pair_close(const struct pair *p)
{
    int rc[] = {xsock_close(p->poller), xsock_close(p->out), xsock_close(p->in)};
    return rc[0] == 0 && rc[1] == 0 && rc[2] == 0;
}

#endif
