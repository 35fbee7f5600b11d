/* Files and streams of the engine, used together with sockets of xsock: printf, fopen, and the
 * numbers of both. The guest's folder holds a file hello.txt with one line. */
#include <stdio.h>

#include "check.h"

static const char line[] = "hello from a file\n";

static void a_file_takes_the_lowest_number(void)
{
    fd_t a = open_socket(STREAM), b;
    CHECK(4, a); /* 3 is the folder */
    FILE *f = fopen("/hello.txt", "r");
    char text[64] = "";
    CHECK(1, f != NULL);
    CHECK(5, fileno(f));
    b = open_socket(STREAM);
    CHECK(6, b);
    CHECK(1, fgets(text, sizeof text, f) != NULL);
    CHECK(0, strcmp(text, line));
    CHECK(0, fclose(f));
    CHECK(5, open_socket(DGRAM));
    CHECK(SUCCESS, fd_close(4));
    CHECK(SUCCESS, fd_close(5));
    CHECK(SUCCESS, fd_close(6));
}

static void a_file_is_no_socket(void)
{
    struct addr_port a = loopback(1);
    struct epoll_event e = {.events = EPOLL_IN};
    uint8_t status;
    fd_t epoll = -1, copy = 77;
    CHECK(ENOTSOCK, sock_connect(1, &a));
    CHECK(ENOTSOCK, sock_status(3, &status));
    CHECK(SUCCESS, epoll_create(&epoll));
    CHECK(EPERM, epoll_ctl(epoll, EPOLL_ADD, 1, &e));
    CHECK(SUCCESS, fd_close(epoll));
    CHECK(ENOTSUP, fd_dup(1, &copy)); /* this engine cannot */
    CHECK(77, copy);
}

static void a_file_is_sent(void)
{
    fd_t two[2];
    uint64_t sent = 0;
    char text[64] = "";
    FILE *f = fopen("/hello.txt", "r");
    CHECK(1, f != NULL);
    CHECK(SUCCESS, sock_pair(AF_LOCAL, STREAM, 0, &two[0], &two[1]));
    CHECK(SUCCESS, sock_send_file(two[0], fileno(f), 6, 100, &sent));
    CHECK(sizeof line - 1 - 6, (int64_t)sent);
    receive_all(two[1], text, sizeof line - 1 - 6);
    CHECK(0, strcmp(text, line + 6));
    CHECK(0, fclose(f));
    CHECK(SUCCESS, fd_close(two[0]));
    CHECK(SUCCESS, fd_close(two[1]));
}

/* Files and sockets move to each other's numbers, and the former owner of the number is closed. */
static void numbers_are_exchanged(void)
{
    fd_t two[2], d;
    char text[64] = "";
    struct vec v = {text, 5};
    size_t n = 0;
    FILE *f = fopen("/hello.txt", "r"), *g = fopen("/hello.txt", "r");
    CHECK(1, f != NULL && g != NULL);
    CHECK(SUCCESS, sock_pair(AF_LOCAL, STREAM, 0, &two[0], &two[1]));
    d = fileno(f);
    CHECK(SUCCESS, fd_renumber(two[0], d));
    CHECK(EBADF, fd_close(two[0]));
    send_all(d, "moved", 5);
    receive_all(two[1], text, 5);
    CHECK(0, strcmp(text, "moved"));
    CHECK(SUCCESS, fd_renumber(fileno(g), d));
    CHECK(EBADF, fd_close(fileno(g)));
    CHECK(0, receive(two[1], text, 1));
    CHECK(SUCCESS, fd_read(d, &v, 1, &n));
    CHECK(0, memcmp(text, "hello", 5));
    CHECK(EBADF, fd_renumber(1000, d));
    CHECK(SUCCESS, fd_close(d));
    CHECK(SUCCESS, fd_close(two[1]));
}

static void what_is_not_there_is_not_opened(void)
{
    CHECK(1, fopen("/nothing.txt", "r") == NULL);
    CHECK(1, fopen("/../hello.txt", "r") == NULL);
    CHECK(1, fopen("/hello.txt", "w") == NULL);
}

int main(void)
{
    a_file_takes_the_lowest_number();
    a_file_is_no_socket();
    a_file_is_sent();
    numbers_are_exchanged();
    what_is_not_there_is_not_opened();
    printf("a guest prints %d and %s\n", 42, "more");
    return 0;
}
