/* Somebody's program for POSIX, as it is built with the installed package. */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    int s[2];
    char text[8] = "";
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) < 0 || write(s[0], "works", 5) != 5
        || read(s[1], text, sizeof text - 1) != 5) {
        perror("socketpair");
        return 1;
    }
    close(s[0]);
    close(s[1]);
    puts(text);
    return 0;
}
