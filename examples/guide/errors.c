/* Causes errors, and shows what a program can learn about them. */
#include <stdio.h>
#include <xsock.h>

static int connect_to_nobody(void)
{
    struct xsock_addr a;
    int d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0);
    int listener = xsock_listen_host("127.0.0.1", "0", 1);
    int error = xsock_local_addr(listener, &a);
    xsock_close(listener); /* now nobody listens at the address */
    if (error >= 0)
        error = xsock_connect(d, &a);
    xsock_close(d);
    return error;
}

int main(void)
{
    char byte;
    int error = connect_to_nobody();
    printf("%s: %s\n", xsock_errname(error), xsock_strerror(error));
    if (error == -XSOCK_ECONNREFUSED)
        printf("the same number on every system: %d\n", -error);

    error = (int)xsock_recv(12345, &byte, 1, 0);
    printf("%s: %s\n", xsock_errname(error), xsock_strerror(error));

    /* Codes of Winsock are known on every system, for example to read a log. */
    error = xsock_error_from_winsock(10061);
    printf("10061 is %s\n", xsock_errname(error));
    return 0;
}
