/* Ways to limit how long a call waits. Nobody sends to the socket here. */
#include <stdio.h>
#include <xsock.h>

static const int64_t ms = 1000000;

int main(void)
{
    char byte;
    int ends[2];
    int error = xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, ends);
    if (error < 0) {
        fprintf(stderr, "time: %s\n", xsock_strerror(error));
        return 1;
    }
    int d = ends[0];

    ptrdiff_t n = xsock_recv(d, &byte, 1, XSOCK_MSG_DONTWAIT);
    printf("one call that does not wait: %s\n", xsock_errname((int)n));

    xsock_set_opt_time(d, XSOCK_SO_RCVTIMEO, 20 * ms);
    n = xsock_recv(d, &byte, 1, 0);
    printf("a limit for each call: %s\n", xsock_errname((int)n));
    xsock_set_opt_time(d, XSOCK_SO_RCVTIMEO, -1);

    xsock_set_deadline(d, XSOCK_DEADLINE_RECV, xsock_now() + 20 * ms);
    n = xsock_recv(d, &byte, 1, 0);
    printf("a deadline for all calls: %s\n", xsock_errname((int)n));
    xsock_set_deadline(d, XSOCK_DEADLINE_RECV, -1);

    struct xsock_pollfd watched = {.fd = d, .events = XSOCK_POLLIN};
    printf("ready within 20 ms: %d\n", xsock_poll(&watched, 1, 20 * ms));

    xsock_close(ends[0]);
    xsock_close(ends[1]);
    return 0;
}
