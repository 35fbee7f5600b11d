/* TCP between two sockets of the guest: more data than fits into the system's buffers, in pieces,
 * in both directions, and then the end of the stream. */
#include "check.h"

enum { SIZE = 1 << 20, PIECE = 10007 };

static uint8_t sent[PIECE], got[PIECE];

static void fill(size_t seed)
{
    for (size_t i = 0; i < PIECE; i++)
        sent[i] = (uint8_t)((seed + i) * 2654435761U >> 24);
}

static void pieces_come_back(fd_t client, fd_t server)
{
    for (size_t done = 0; done < SIZE; done += PIECE) {
        fill(done);
        send_all(client, sent, PIECE);
        receive_all(server, got, PIECE);
        send_all(server, got, PIECE);
        memset(got, 0, sizeof got);
        receive_all(client, got, PIECE);
        CHECK(0, memcmp(sent, got, PIECE));
    }
}

static void vectors_are_one_message(fd_t client, fd_t server)
{
    char a[3], b[8];
    struct vec out[] = {{"ab", 2}, {"", 0}, {"cdefgh", 6}}, in[] = {{a, 3}, {b, 5}};
    size_t n = 0;
    uint16_t flags = 77;
    CHECK(SUCCESS, sock_send(client, out, 3, 0, &n));
    CHECK(8, n);
    CHECK(SUCCESS, sock_recv(server, in, 2, WAITALL, &n, &flags));
    CHECK(8, n);
    CHECK(0, flags);
    CHECK(0, memcmp(a, "abc", 3));
    CHECK(0, memcmp(b, "defgh", 5));
}

static void peeking_leaves_it(fd_t client, fd_t server)
{
    char a = 0, b = 0;
    struct vec in = {&a, 1};
    size_t n = 0;
    uint16_t flags;
    send_all(client, "x", 1);
    CHECK(SUCCESS, sock_recv(server, &in, 1, PEEK, &n, &flags));
    receive_all(server, &b, 1);
    CHECK('x', a);
    CHECK('x', b);
    CHECK(EAGAIN, sock_recv(server, &in, 1, DONT_WAIT, &n, &flags));
}

static void fd_read_and_fd_write_do_it_too(fd_t client, fd_t server)
{
    char text[6] = "";
    struct vec out = {"hello", 5}, in = {text, 5};
    size_t n = 0;
    CHECK(SUCCESS, fd_write(client, &out, 1, &n));
    CHECK(5, n);
    CHECK(SUCCESS, fd_read(server, &in, 1, &n));
    CHECK(5, n);
    CHECK(0, strcmp(text, "hello"));
}

static void both_ends_know_each_other(fd_t client, fd_t server)
{
    struct addr_port a, b;
    CHECK(SUCCESS, sock_addr_local(client, &a));
    CHECK(SUCCESS, sock_addr_peer(server, &b));
    CHECK(a.v4.port, b.v4.port);
    CHECK(0, memcmp(a.v4.ip, b.v4.ip, 4));
}

static void the_end_is_no_bytes(fd_t client, fd_t server)
{
    char c;
    CHECK(SUCCESS, sock_shutdown(client, SHUT_WRITE));
    CHECK(0, receive(server, &c, 1));
    send_all(server, "z", 1); /* the other direction is open */
    receive_all(client, &c, 1);
    CHECK('z', c);
    CHECK(EINVAL, sock_shutdown(client, 0));
    CHECK(EINVAL, sock_shutdown(client, 4));
}

/* wasix-libc makes this call to learn the byte order of the host's ports. */
static void the_probe_of_libc_is_answered(void)
{
    struct addr_port at = loopback(0x1234), reported;
    fd_t probe = open_socket(DGRAM);
    if (sock_bind(probe, &at) == SUCCESS) {
        CHECK(SUCCESS, sock_addr_local(probe, &reported));
        CHECK(0x1234, reported.v4.port);
    }
    CHECK(SUCCESS, fd_close(probe));
}

int main(void)
{
    fd_t two[2];
    the_probe_of_libc_is_answered();
    connect_two(two);
    pieces_come_back(two[0], two[1]);
    vectors_are_one_message(two[0], two[1]);
    peeking_leaves_it(two[0], two[1]);
    fd_read_and_fd_write_do_it_too(two[0], two[1]);
    both_ends_know_each_other(two[0], two[1]);
    the_end_is_no_bytes(two[0], two[1]);
    CHECK(SUCCESS, fd_close(two[0]));
    CHECK(SUCCESS, fd_close(two[1]));
    return 0;
}
