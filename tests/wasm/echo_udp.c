/* UDP between two sockets of the guest. Datagrams stay separate, and carry their sender's
 * address. */
#include "check.h"

static void each_comes_back_to_its_sender(fd_t server, const struct addr_port *at)
{
    struct addr_port from, mine;
    fd_t client = open_bound(DGRAM, &mine);
    for (size_t size = 0; size <= 1400; size += 350) {
        static uint8_t out[1400], in[2000];
        struct vec v = {out, size}, w = {in, sizeof in};
        size_t n = 99;
        uint16_t flags = 99;
        memset(out, (int)size & 0xff, sizeof out);
        CHECK(SUCCESS, sock_send_to(client, &v, 1, 0, at, &n));
        CHECK((int64_t)size, n);
        CHECK(SUCCESS, sock_recv_from(server, &w, 1, 0, &n, &flags, &from));
        CHECK((int64_t)size, n);
        CHECK(0, flags);
        CHECK(mine.v4.port, from.v4.port);
        w.size = n;
        CHECK(SUCCESS, sock_send_to(server, &w, 1, 0, &from, &n));
        CHECK(SUCCESS,
              sock_recv_from(client, &(struct vec){in, sizeof in}, 1, 0, &n, &flags, &from));
        CHECK((int64_t)size, n);
        CHECK(0, memcmp(in, out, size));
        CHECK(at->v4.port, from.v4.port);
    }
    CHECK(SUCCESS, fd_close(client));
}

static void what_does_not_fit_is_reported(fd_t server, const struct addr_port *at)
{
    char text[4];
    struct vec out = {"0123456789", 10}, in = {text, sizeof text};
    struct addr_port from;
    size_t n = 0;
    uint16_t flags = 0;
    fd_t client = open_socket(DGRAM);
    CHECK(SUCCESS, sock_send_to(client, &out, 1, 0, at, &n));
    CHECK(SUCCESS, sock_recv_from(server, &in, 1, 0, &n, &flags, &from));
    CHECK(sizeof text, n);
    CHECK(1, flags); /* recv_data_truncated */
    CHECK(0, memcmp(text, "0123", 4));
    CHECK(EAGAIN, sock_recv_from(server, &in, 1, DONT_WAIT, &n, &flags, &from));
    CHECK(SUCCESS, fd_close(client));
}

static void a_connected_one_needs_no_address(fd_t server, const struct addr_port *at)
{
    char c = 0;
    fd_t client = open_socket(DGRAM);
    struct addr_port peer;
    CHECK(ENOTCONN, sock_addr_peer(client, &peer));
    CHECK(SUCCESS, sock_connect(client, at));
    CHECK(SUCCESS, sock_addr_peer(client, &peer));
    CHECK(at->v4.port, peer.v4.port);
    send_all(client, "c", 1);
    CHECK(1, receive(server, &c, 1));
    CHECK('c', c);
    CHECK(SUCCESS, fd_close(client));
}

int main(void)
{
    struct addr_port at;
    fd_t server = open_bound(DGRAM, &at);
    each_comes_back_to_its_sender(server, &at);
    what_does_not_fit_is_reported(server, &at);
    a_connected_one_needs_no_address(server, &at);
    CHECK(SUCCESS, fd_close(server));
    return 0;
}
