/* Looks a name up without waiting in the look-up: the answer arrives like data at a socket. */
#include <stdio.h>
#include <xsock.h>

int main(void)
{
    struct xsock_addr found[8];
    char text[XSOCK_ADDR_TEXT_SIZE];
    int d = xsock_resolve_begin("localhost", "80", XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);
    if (d < 0) {
        fprintf(stderr, "lookup: %s\n", xsock_strerror(d));
        return 1;
    }
    /* A program that has sockets waits for them and for the answer in one call. */
    struct xsock_pollfd waiting = {.fd = d, .events = XSOCK_POLLIN};
    int n = xsock_poll(&waiting, 1, 5 * INT64_C(1000000000));
    if (n == 0) {
        xsock_close(d); /* ends the look-up */
        fprintf(stderr, "lookup: no answer within five seconds\n");
        return 1;
    }
    if (n > 0)
        n = xsock_resolve_end(d, found, 8); /* closes the descriptor */
    if (n < 0) {
        fprintf(stderr, "lookup: %s\n", xsock_strerror(n));
        return 1;
    }
    if (xsock_addr_format(&found[0], text, sizeof text) >= 0)
        printf("%s\n", text);
    return 0;
}
