/* epoll, with the numbers of the ABI. */
#include "check.h"

enum { MARK = 0x1234 };
static const uint64_t never = UINT64_MAX;

static void control(fd_t epoll, uint32_t op, fd_t fd, uint32_t events, uint64_t mark)
{
    struct epoll_event e = {.events = events, .data = {.fd = fd, .data2 = mark}};
    CHECK(SUCCESS, epoll_ctl(epoll, op, fd, &e));
}

static void what_is_ready_is_reported(fd_t epoll, fd_t two[2])
{
    struct epoll_event e[4];
    size_t n = 77;
    control(epoll, EPOLL_ADD, two[0], EPOLL_IN, MARK);
    CHECK(SUCCESS, epoll_wait(epoll, e, 4, 0, &n));
    CHECK(0, n);
    send_all(two[1], "x", 1);
    CHECK(SUCCESS, epoll_wait(epoll, e, 4, never, &n));
    CHECK(1, n);
    CHECK(EPOLL_IN, e[0].events);
    CHECK(two[0], e[0].data.fd);
    CHECK(MARK, (int64_t)e[0].data.data2);
    control(epoll, EPOLL_MOD, two[0], EPOLL_IN | EPOLL_OUT, MARK + 1);
    CHECK(SUCCESS, epoll_wait(epoll, e, 4, never, &n));
    CHECK(1, n);
    CHECK(EPOLL_IN | EPOLL_OUT, e[0].events);
    CHECK(MARK + 1, (int64_t)e[0].data.data2);
}

static void mistakes_are_reported(fd_t epoll, fd_t two[2])
{
    struct epoll_event e = {.events = EPOLL_IN};
    size_t n = 77;
    CHECK(EEXIST, epoll_ctl(epoll, EPOLL_ADD, two[0], &e));
    CHECK(ENOENT, epoll_ctl(epoll, EPOLL_DEL, two[1], &e));
    CHECK(EBADF, epoll_ctl(epoll, EPOLL_ADD, 1000, &e));
    CHECK(EINVAL, epoll_wait(epoll, &e, 0, 0, &n));
    CHECK(77, n);
}

static void a_time_passes(fd_t epoll, fd_t two[2])
{
    struct epoll_event e;
    size_t n = 77;
    CHECK(SUCCESS, epoll_ctl(epoll, EPOLL_DEL, two[0], &e));
    CHECK(SUCCESS, epoll_wait(epoll, &e, 1, 20000000, &n));
    CHECK(0, n);
}

/* A server for three clients at once, as programs with epoll have it. */
static void many_are_served(fd_t epoll)
{
    enum { CLIENTS = 3 };
    struct addr_port at, from;
    struct epoll_event e[8];
    fd_t listener = open_listener(&at), client[CLIENTS];
    size_t n, served = 0;
    char c;
    control(epoll, EPOLL_ADD, listener, EPOLL_IN, 0);
    for (int i = 0; i < CLIENTS; i++) {
        client[i] = open_socket(STREAM);
        CHECK(SUCCESS, sock_connect(client[i], &at));
        send_all(client[i], &(char){(char)('a' + i)}, 1);
    }
    while (served < CLIENTS) {
        CHECK(SUCCESS, epoll_wait(epoll, e, 8, never, &n));
        for (size_t i = 0; i < n; i++) {
            fd_t fd = e[i].data.fd;
            if (fd == listener) {
                CHECK(SUCCESS, sock_accept_v2(listener, 0, &fd, &from));
                control(epoll, EPOLL_ADD, fd, EPOLL_IN, 0);
                continue;
            }
            receive_all(fd, &c, 1);
            send_all(fd, &c, 1);
            CHECK(SUCCESS, fd_close(fd)); /* and the epoll drops the member */
            served++;
        }
    }
    for (int i = 0; i < CLIENTS; i++) {
        receive_all(client[i], &c, 1);
        CHECK('a' + i, c);
    }
}

int main(void)
{
    fd_t epoll = -1, two[2];
    CHECK(SUCCESS, epoll_create(&epoll));
    connect_two(two);
    what_is_ready_is_reported(epoll, two);
    mistakes_are_reported(epoll, two);
    a_time_passes(epoll, two);
    many_are_served(epoll);
    CHECK(SUCCESS, fd_close(epoll));
    return 0;
}
