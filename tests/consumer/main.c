/* A program of another project. It uses only the installed header and library. The program opens a
 * socket and prints the descriptor, which is 3 because 0, 1 and 2 are the standard streams. */
#include <stdio.h>

#include <xsock.h>

int main(void)
{
    int d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);

    if (d < 0) {
        fprintf(stderr, "xsock_open: %s\n", xsock_strerror(d));
        return 1;
    }
    printf("%d\n", d);
    return xsock_close(d) == 0 ? 0 : 1;
}
