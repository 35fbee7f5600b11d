/* Ends a call that another thread waits in. The socket stays open. */
#include <pthread.h>
#include <stdio.h>
#include <xsock.h>

static void *receive(void *argument)
{
    char byte;
    ptrdiff_t n = xsock_recv(*(int *)argument, &byte, 1, 0);
    printf("the waiting call returned %s\n", xsock_errname((int)n));
    return NULL;
}

int main(void)
{
    char byte;
    int ends[2];
    pthread_t thread;
    int error = xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, ends);
    if (error < 0 || pthread_create(&thread, NULL, receive, &ends[0]) != 0)
        return 1;

    /* The deadline 0 has passed. It also ends a call that begins only now, so nothing depends on
     * which thread is faster. */
    xsock_set_deadline(ends[0], XSOCK_DEADLINE_RECV, 0);
    pthread_join(thread, NULL);

    xsock_set_deadline(ends[0], XSOCK_DEADLINE_RECV, -1);
    xsock_send(ends[1], "!", 1, 0);
    printf("the next call returned %d\n", (int)xsock_recv(ends[0], &byte, 1, 0));
    xsock_close(ends[0]);
    xsock_close(ends[1]);
    return 0;
}
