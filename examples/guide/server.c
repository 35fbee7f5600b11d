/* Sends back what one client sends, and ends: server PORT. Port 0 means any port. */
#include <stdio.h>
#include <xsock.h>

static int print_port(int listener)
{
    struct xsock_addr a;
    int error = xsock_local_addr(listener, &a);
    if (error < 0)
        return error;
    printf("listening on port %u\n", (unsigned)a.port);
    return fflush(stdout);
}

static int serve(int listener)
{
    char buf[512];
    int d = xsock_accept(listener, XSOCK_SOCK_CLOEXEC, NULL);
    if (d < 0)
        return d;
    ptrdiff_t n = xsock_recv(d, buf, sizeof buf, 0);
    while (n > 0) {
        printf("received %d bytes\n", (int)n);
        n = xsock_send(d, buf, (size_t)n, 0);
        if (n >= 0)
            n = xsock_recv(d, buf, sizeof buf, 0);
    }
    xsock_close(d);
    return (int)n;
}

int main(int argc, char **argv)
{
    int listener = xsock_listen_host("127.0.0.1", argc > 1 ? argv[1] : "0", 128);
    int error = listener < 0 ? listener : print_port(listener);
    if (error >= 0)
        error = serve(listener);
    if (error < 0)
        fprintf(stderr, "server: %s\n", xsock_strerror(error));
    if (listener >= 0)
        xsock_close(listener);
    return error < 0;
}
