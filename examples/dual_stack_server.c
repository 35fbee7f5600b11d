/* One listener for IPv4 and IPv6. The server sends each client its family and address.
 *
 *     dual_stack_server 7777     serves clients at 127.0.0.1 and at ::1 until it is interrupted
 *     dual_stack_server --try    connects to itself over both families
 *
 * With --try, the exit status is 0 if both clients received the right address, and 77 if this
 * machine has only one of the families.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "xsock.h"

static int complain(const char *what, ptrdiff_t error)
{
    fprintf(stderr, "dual_stack_server: %s: %s\n", what, xsock_strerror((int)error));
    return 1;
}

/* An IPv4 client of an IPv6 socket has an address in ::ffff:0:0/96 (RFC 4291, section 2.5.5.2). */
static bool is_v4(const struct xsock_addr *a)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return a->family == XSOCK_AF_INET || memcmp(a->data, mapped, sizeof mapped) == 0;
}

static ptrdiff_t serve_one(int listener)
{
    char name[XSOCK_ADDR_TEXT_SIZE], line[XSOCK_ADDR_TEXT_SIZE + 32];
    struct xsock_addr peer;
    int d = xsock_accept(listener, XSOCK_SOCK_CLOEXEC, &peer);
    if (d < 0)
        return d;
    ptrdiff_t n = xsock_addr_format(&peer, name, sizeof name);
    if (n >= 0) {
        n = snprintf(line, sizeof line, "IPv%d, from %s\n", is_v4(&peer) ? 4 : 6, name);
        xsock_send(d, line, (size_t)n, 0); /* a client that has left misses the line */
    }
    xsock_close(d);
    return n;
}

static ptrdiff_t serve(int listener)
{
    ptrdiff_t rc = 0;
    while (rc >= 0)
        rc = serve_one(listener);
    return rc;
}

/* Connects to an address, serves the connection, and compares the line that was received. The
 * connection waits in the backlog until it is served. */
static int try_by(int listener, const char *host, uint32_t port, const char *expected)
{
    char service[16], line[256];
    snprintf(service, sizeof service, "%u", (unsigned)port);
    int d = xsock_connect_host(host, service, 10000000000);
    if (d < 0)
        return complain(host, d);
    ptrdiff_t n = serve_one(listener);
    if (n >= 0)
        n = xsock_recv(d, line, sizeof line - 1, XSOCK_MSG_WAITALL);
    xsock_close(d);
    if (n < 0)
        return complain(host, n);
    line[n] = '\0';
    printf("%s", line);
    return strncmp(line, expected, strlen(expected)) == 0 ? 0 : 1;
}

static int try_it(int listener)
{
    struct xsock_addr a;
    int rc = xsock_local_addr(listener, &a);
    if (rc < 0)
        return complain("its address", rc);
    if (a.family != XSOCK_AF_INET6)
        return 77;
    int status = try_by(listener, "127.0.0.1", a.port, "IPv4, from ");
    return status == 0 ? try_by(listener, "::1", a.port, "IPv6, from ") : status;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: dual_stack_server PORT | --try\n");
        return 2;
    }
    bool trying = strcmp(argv[1], "--try") == 0;
    /* Without a host, the listener takes all addresses of this machine, of both families if the
     * machine has both. */
    int listener = xsock_listen_host(NULL, trying ? "0" : argv[1], 128);
    if (listener < 0)
        return complain("listening", listener);
    int status = trying ? try_it(listener) : complain("serving", serve(listener));
    xsock_close(listener);
    return status;
}
