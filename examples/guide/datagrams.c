/* Sends three datagrams with one call, and receives them. */
#include <stdio.h>
#include <xsock.h>

enum { COUNT = 3, SIZE = 1500 };

static int send_all(int from, struct xsock_addr *to)
{
    static char *const words[COUNT] = {"one", "two", "three"};
    struct xsock_dgram v[COUNT] = {0};
    for (int i = 0; i < COUNT; i++) {
        v[i].base = words[i];
        v[i].len = i < 2 ? 3 : 5;
        v[i].addr = to;
    }
    return xsock_send_batch(from, v, COUNT, 0);
}

static int receive_all(int d)
{
    static char bytes[COUNT][SIZE];
    struct xsock_dgram v[COUNT] = {0};
    for (int i = 0; i < COUNT; i++) {
        v[i].base = bytes[i];
        v[i].len = SIZE;
    }
    int n, got = 0;
    while (got < COUNT && (n = xsock_recv_batch(d, v, COUNT, 0)) > 0) { /* returns at least one */
        for (int i = 0; i < n; i++)
            printf("%d bytes: %.*s\n", (int)v[i].done, (int)v[i].done, bytes[i]);
        got += n;
    }
    return got == COUNT ? 0 : n;
}

int main(void)
{
    struct xsock_addr a;
    int sender = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0);
    int receiver = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM | XSOCK_SOCK_CLOEXEC, 0);
    int error = sender < 0 ? sender : receiver < 0 ? receiver : 0;
    if (error >= 0)
        error = xsock_addr_loopback(XSOCK_AF_INET, 0, &a);
    if (error >= 0)
        error = xsock_bind(receiver, &a); /* to port 0: the system chooses one */
    if (error >= 0)
        error = xsock_local_addr(receiver, &a);
    if (error >= 0)
        error = send_all(sender, &a);
    if (error >= 0)
        error = receive_all(receiver);
    if (error < 0)
        fprintf(stderr, "datagrams: %s\n", xsock_strerror(error));
    xsock_close(sender);
    xsock_close(receiver);
    return error < 0;
}
