/* Pairs, pipes, events, and duplicated descriptors. */
#include "check.h"

static void pair_of(int type)
{
    fd_t two[2] = {-1, -1};
    char text[4] = "";
    CHECK(SUCCESS, sock_pair(AF_LOCAL, type, type == STREAM ? TCP : UDP, &two[0],
                             &two[1])); /* as wasix-libc calls it */
    CHECK(two[0] + 1, two[1]);
    send_all(two[0], "one", 3);
    CHECK(3, receive(two[1], text, 3));
    CHECK(0, strcmp(text, "one"));
    send_all(two[1], "two", 3);
    CHECK(3, receive(two[0], text, 3));
    CHECK(0, strcmp(text, "two"));
    CHECK(SUCCESS, fd_close(two[0]));
    if (type == STREAM)
        CHECK(0, receive(two[1], text, 3));
    CHECK(SUCCESS, fd_close(two[1]));
}

static void no_pair_of_inet(void)
{
    fd_t a = 77, b = 77;
    CHECK(ENOTSUP, sock_pair(AF_INET, STREAM, 0, &a, &b));
    CHECK(77, a);
    CHECK(77, b);
}

static void a_pipe_goes_one_way(void)
{
    fd_t in = -1, out = -1;
    char text[5] = "";
    struct vec v = {"pipe", 4}, w = {text, 4};
    size_t n = 0;
    uint16_t flags;
    CHECK(SUCCESS, fd_pipe(&in, &out));
    CHECK(SUCCESS, fd_write(out, &v, 1, &n));
    CHECK(4, n);
    CHECK(SUCCESS, fd_read(in, &w, 1, &n));
    CHECK(0, strcmp(text, "pipe"));
    CHECK(EBADF, fd_write(in, &v, 1, &n));
    CHECK(EBADF, fd_read(out, &w, 1, &n));
    CHECK(SUCCESS, sock_send(out, &v, 1, 0, &n)); /* like a socket */
    text[0] = 0;
    CHECK(SUCCESS, sock_recv(in, &w, 1, 0, &n, &flags));
    CHECK(0, strcmp(text, "pipe"));
    CHECK(ENOTSOCK, sock_shutdown(in, SHUT_READ));
    CHECK(SUCCESS, fd_close(out));
    CHECK(SUCCESS, fd_read(in, &w, 1, &n));
    CHECK(0, n);
    CHECK(SUCCESS, fd_close(in));
}

static void an_event_counts(void)
{
    fd_t e = -1;
    uint64_t value = 5;
    struct vec v = {&value, 8};
    size_t n = 0;
    CHECK(SUCCESS, fd_event(2, 0, &e));
    CHECK(SUCCESS, fd_write(e, &v, 1, &n));
    CHECK(8, n);
    CHECK(SUCCESS, fd_read(e, &v, 1, &n));
    CHECK(7, (int64_t)value);
    CHECK(SUCCESS, fd_close(e));
}

static void a_copy_is_the_same_socket(void)
{
    fd_t two[2], copy = -1, high = -1;
    uint16_t flags = 77;
    char c = 0;
    CHECK(SUCCESS, sock_pair(AF_LOCAL, STREAM, 0, &two[0], &two[1]));
    CHECK(SUCCESS, fd_dup(two[0], &copy));
    CHECK(two[1] + 1, copy);
    CHECK(SUCCESS, fd_dup2(two[0], 40, 1, &high));
    CHECK(40, high);
    CHECK(SUCCESS, fd_fdflags_get(high, &flags));
    CHECK(EXTRA_CLOEXEC, flags);
    CHECK(SUCCESS, fd_fdflags_get(copy, &flags));
    CHECK(0, flags);
    CHECK(SUCCESS, fd_close(two[0]));
    send_all(copy, "a", 1);
    send_all(high, "b", 1);
    receive_all(two[1], &c, 1);
    CHECK('a', c);
    receive_all(two[1], &c, 1);
    CHECK('b', c);
    CHECK(SUCCESS, fd_renumber(high, copy)); /* onto an open descriptor, which is closed */
    CHECK(EBADF, fd_close(high));
    send_all(copy, "c", 1);
    receive_all(two[1], &c, 1);
    CHECK('c', c);
    CHECK(SUCCESS, fd_close(copy));
    CHECK(0, receive(two[1], &c, 1));
    CHECK(SUCCESS, fd_close(two[1]));
}

int main(void)
{
    pair_of(STREAM);
    pair_of(DGRAM);
    no_pair_of_inet();
    a_pipe_goes_one_way();
    an_event_counts();
    a_copy_is_the_same_socket();
    return 0;
}
