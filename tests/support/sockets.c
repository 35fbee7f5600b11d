#include "sockets.h"

#ifdef __linux__
#include <stdio.h>
#include <unistd.h>
#endif

#include "harness.h"

struct xsock_addr sockets_loopback(void)
{
    return (struct xsock_addr){.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
}

void sockets_tcp(int out[2])
{
    struct xsock_addr a = sockets_loopback();
    int listener = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(listener, &a));
    ASSERT_RESULT(0, xsock_listen(listener, 1));
    ASSERT_RESULT(0, xsock_local_addr(listener, &a));
    out[0] = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_connect(out[0], &a));
    ASSERT_RESULT(0, xsock_set_flags(out[0], XSOCK_SOCK_NONBLOCK));
    out[1] = ASSERT_OPENS(xsock_accept(listener, XSOCK_SOCK_NONBLOCK, NULL));
    ASSERT_RESULT(0, xsock_close(listener));
}

void sockets_pair(int type, int out[2])
{
    ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, type | XSOCK_SOCK_NONBLOCK, 0, out));
}

int sockets_udp(struct xsock_addr *out)
{
    struct xsock_addr a = sockets_loopback();
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | XSOCK_SOCK_NONBLOCK, 0));
    ASSERT_RESULT(0, xsock_bind(d, &a));
    ASSERT_RESULT(0, xsock_local_addr(d, out));
    return d;
}

void sockets_send(int d)
{
    ASSERT_RESULT(1, (int)xsock_send(d, "x", 1, 0));
}

size_t sockets_drain(int d)
{
    static char buf[65536];
    size_t sum = 0;
    ptrdiff_t n;
    while ((n = xsock_recv(d, buf, sizeof buf, 0)) > 0)
        sum += (size_t)n;
    assert_true(n == 0 || n == -XSOCK_EAGAIN);
    return sum;
}

/* On a busy machine data that is on its way to the peer leaves the buffer a moment after the first
 * refusal. So the buffer is full once several sends in a row were refused. */
enum { REFUSALS = 10 };

void sockets_fill(int d)
{
    static char buf[65536];
    struct xsock_pollfd p = {.fd = d, .events = XSOCK_POLLOUT};
    ptrdiff_t n;
    for (int refused = 0; refused < REFUSALS; refused++) {
        UNTIL((n = xsock_send(d, buf, sizeof buf, 0)) <= 0, refused = 0);
        ASSERT_RESULT(-XSOCK_EAGAIN, (int)n);
        (void)xsock_poll(&p, 1, 1000000);
    }
}

#ifdef __linux__
void sockets_full_listener(int out[2], struct xsock_addr *out_addr)
{
    static int number;
    struct xsock_addr a = {.family = XSOCK_AF_LOCAL};
    a.length = 1
               + (uint32_t)snprintf((char *)a.data + 1, sizeof a.data - 1, "full-%ld-%d",
                                    (long)getpid(), number++);
    for (int i = 0; i < 2; i++)
        out[i] = ASSERT_OPENS(xsock_open(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(out[0], &a));
    ASSERT_RESULT(0, xsock_listen(out[0], 0));
    ASSERT_RESULT(0, xsock_connect(out[1], &a));
    *out_addr = a;
}
#endif

void sockets_close(int d)
{
    ASSERT_RESULT(0, xsock_close(d));
}
