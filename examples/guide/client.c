/* Sends a line to a server, and prints what comes back: client HOST PORT */
#include <stdio.h>
#include <xsock.h>

static int talk(int d)
{
    static const char line[] = "hello from the client\n";
    char buf[512];

    ptrdiff_t n = xsock_send(d, line, sizeof line - 1, 0);
    if (n >= 0)
        n = xsock_shutdown(d, XSOCK_SHUT_WR); /* the client sends no more */
    while (n >= 0 && (n = xsock_recv(d, buf, sizeof buf, 0)) > 0)
        fwrite(buf, 1, (size_t)n, stdout);
    return (int)n; /* 0 at the end of the stream, or an error */
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: client HOST PORT\n");
        return 2;
    }
    const int64_t timeout_ns = 5 * INT64_C(1000000000);
    int d = xsock_connect_host(argv[1], argv[2], timeout_ns);
    int error = d < 0 ? d : talk(d);
    if (error < 0)
        fprintf(stderr, "client: %s\n", xsock_strerror(error));
    if (d >= 0)
        xsock_close(d);
    return error < 0;
}
