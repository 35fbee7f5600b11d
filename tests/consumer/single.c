/* A program of another project, in the common part of C and C++, with a copy of xsock.c. */
#include <stdio.h>

#include "xsock.h"

int main(void)
{
    char buf[8] = "";
    int pair[2], rc = xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, pair);

    if (rc == 0)
        rc = (int)xsock_send(pair[0], "pong", 4, 0);
    if (rc == 4)
        rc = (int)xsock_recv(pair[1], buf, sizeof buf - 1, 0);
    if (rc < 0) {
        fprintf(stderr, "%s\n", xsock_strerror(rc));
        return 1;
    }
    puts(buf);
    return xsock_close(pair[0]) != 0 || xsock_close(pair[1]) != 0;
}
