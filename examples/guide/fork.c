/* A child goes on with the descriptors of its parent (POSIX systems). */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xsock.h>

int main(void)
{
    char text[32] = {0};
    int ends[2];
    if (xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, ends) < 0)
        return 1;
    pid_t child = fork();
    if (child == 0) {
        xsock_close(ends[0]);
        _exit(xsock_send(ends[1], "hello from the child", 20, 0) != 20);
    }
    xsock_close(ends[1]);
    ptrdiff_t n = xsock_recv(ends[0], text, 20, XSOCK_MSG_WAITALL);
    printf("%d bytes: %s\n", (int)n, text);
    xsock_close(ends[0]);
    return child < 0 || waitpid(child, NULL, 0) != child;
}
