/* Opens a socket, and shows what a call that fails returns. */
#include <stdio.h>
#include <xsock.h>

int main(void)
{
    int d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0);
    if (d < 0) {
        fprintf(stderr, "cannot open a socket: %s\n", xsock_strerror(d));
        return 1;
    }
    printf("descriptor %d\n", d);
    xsock_close(d);

    /* UDP is not a protocol of streams. */
    int error = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, XSOCK_IPPROTO_UDP);
    printf("%s: %s\n", xsock_errname(error), xsock_strerror(error));
    return 0;
}
