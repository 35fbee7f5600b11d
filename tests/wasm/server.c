/* An HTTP/1.0 server. It prints its address, and serves until a client requests /quit. */
#include <stdio.h>

#include "check.h"

enum { REQUEST_MAX = 4096 };

/* The requested path, or "" if the text is not a request. */
static void read_request(fd_t fd, char *path, size_t capacity)
{
    static char text[REQUEST_MAX];
    size_t got = 0, n;
    path[0] = 0;
    do {
        n = receive(fd, text + got, sizeof text - 1 - got);
        got += n;
        text[got] = 0;
    } while (n > 0 && got < sizeof text - 1 && strstr(text, "\r\n\r\n") == NULL);
    char *end = strncmp(text, "GET ", 4) == 0 ? strchr(text + 4, ' ') : NULL;
    if (end != NULL && (size_t)(end - text - 4) < capacity) {
        memcpy(path, text + 4, (size_t)(end - text - 4));
        path[end - text - 4] = 0;
    }
}

static void answer(fd_t fd, const char *status, const char *body, size_t size)
{
    char head[200];
    int n = snprintf(head, sizeof head,
                     "HTTP/1.0 %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n",
                     status, size);
    send_all(fd, head, (size_t)n);
    send_all(fd, body, size);
}

/* Returns false after the last request. */
static int serve(fd_t fd)
{
    static char big[1 << 20];
    char path[200], body[300];
    read_request(fd, path, sizeof path);
    if (strcmp(path, "/quit") == 0) {
        answer(fd, "200 OK", "bye\n", 4);
        return 0;
    }
    if (strcmp(path, "/big") == 0) {
        memset(big, 'b', sizeof big);
        answer(fd, "200 OK", big, sizeof big);
    } else if (strncmp(path, "/hello/", 7) == 0) {
        int n = snprintf(body, sizeof body, "hello %s\n", path + 7);
        answer(fd, "200 OK", body, (size_t)n);
    } else {
        answer(fd, path[0] == 0 ? "400 Bad Request" : "404 Not Found", "no\n", 3);
    }
    return 1;
}

int main(void)
{
    struct addr_port at, from;
    fd_t listener = open_listener(&at), fd;
    int more = 1;
    printf("listening on port %u\n", at.v4.port);
    while (more) {
        CHECK(SUCCESS, sock_accept_v2(listener, 0, &fd, &from));
        more = serve(fd);
        CHECK(SUCCESS, sock_shutdown(fd, SHUT_WRITE));
        CHECK(SUCCESS, fd_close(fd));
    }
    CHECK(SUCCESS, fd_close(listener));
    puts("no more");
    return 0;
}
