/* Opening, connecting and moving bytes. */
#include "support.h"

static void bytes_go_both_ways(void **state)
{
    (void)state;
    int s[2];
    char buf[16];
    streams_open(s);
    ASSERT_IS(5, send(s[0], "hello", 5, MSG_NOSIGNAL));
    ASSERT_IS(5, recv(s[1], buf, sizeof buf, 0));
    assert_memory_equal("hello", buf, 5);
    ASSERT_IS(3, write(s[1], "you", 3));
    ASSERT_IS(3, read(s[0], buf, sizeof buf));
    assert_memory_equal("you", buf, 3);
    ASSERT_IS(0, close(s[0]));
    ASSERT_IS(0, read(s[1], buf, sizeof buf));
    ASSERT_IS(0, close(s[1]));
}

static void accept_tells_the_peer(void **state)
{
    (void)state;
    struct sockaddr_in addr;
    struct sockaddr_in peer;
    struct sockaddr_in name;
    socklen_t len = sizeof peer;
    socklen_t name_len = sizeof name;
    int listener = listener_open(&addr);
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_IS(0, connect(s, (struct sockaddr *)&addr, sizeof addr));
    int got = ASSERT_OPENS(accept4(listener, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK));
    ASSERT_IS(0, getsockname(s, (struct sockaddr *)&name, &name_len));
    assert_int_equal(sizeof peer, len);
    assert_memory_equal(&name.sin_port, &peer.sin_port, sizeof name.sin_port);
    assert_memory_equal(&name.sin_addr, &peer.sin_addr, sizeof name.sin_addr);
    name_len = sizeof name;
    ASSERT_IS(0, getpeername(s, (struct sockaddr *)&name, &name_len));
    assert_int_equal(addr.sin_port, name.sin_port);
    char byte;
    ASSERT_ERRNO(EAGAIN, recv(got, &byte, 1, 0));
    assert_int_equal(EAGAIN, EWOULDBLOCK);
    close(s);
    close(got);
    close(listener);
}

/* The whole length is told, and what fits is stored. */
static void a_short_buffer_cuts_an_address(void **state)
{
    (void)state;
    struct sockaddr_in addr;
    int listener = listener_open(&addr);
    unsigned char bytes[sizeof(struct sockaddr_in)];
    memset(bytes, 0xaa, sizeof bytes);
    socklen_t len = 4;
    ASSERT_IS(0, getsockname(listener, (struct sockaddr *)(void *)bytes, &len));
    assert_int_equal(sizeof addr, len);
    assert_memory_equal(&addr, bytes, 4);
    assert_int_equal(0xaa, bytes[4]);
    len = (socklen_t)-1;
    ASSERT_ERRNO(EINVAL, getsockname(listener, (struct sockaddr *)(void *)bytes, &len));
    close(listener);
}

static void datagrams_keep_their_borders(void **state)
{
    (void)state;
    int s[2];
    char buf[8];
    datagrams_open(s);
    ASSERT_IS(3, send(s[0], "abc", 3, 0));
    ASSERT_IS(2, send(s[0], "de", 2, 0));
    ASSERT_IS(3, recv(s[1], buf, sizeof buf, MSG_PEEK));
    ASSERT_IS(2, recv(s[1], buf, 2, 0));
    ASSERT_IS(2, recv(s[1], buf, sizeof buf, 0));
    ASSERT_IS(6, send(s[0], "abcdef", 6, 0));
    ASSERT_IS(6, recv(s[1], buf, 2, MSG_TRUNC));
    ASSERT_ERRNO(EAGAIN, recv(s[1], buf, sizeof buf, MSG_DONTWAIT));
    close(s[0]);
    close(s[1]);
}

static void recvfrom_tells_the_sender(void **state)
{
    (void)state;
    int s[2];
    char buf[8];
    struct sockaddr_in from;
    struct sockaddr_in name;
    socklen_t len = sizeof from;
    socklen_t name_len = sizeof name;
    datagrams_open(s);
    ASSERT_IS(0, getsockname(s[0], (struct sockaddr *)&name, &name_len));
    ASSERT_IS(1, send(s[0], "x", 1, 0));
    ASSERT_IS(1, recvfrom(s[1], buf, sizeof buf, 0, (struct sockaddr *)&from, &len));
    assert_int_equal(sizeof from, len);
    assert_int_equal(name.sin_port, from.sin_port);
    close(s[0]);
    close(s[1]);
    streams_open(s);
    len = sizeof from;
    ASSERT_IS(1, send(s[0], "x", 1, 0));
    ASSERT_IS(1, recvfrom(s[1], buf, sizeof buf, 0, (struct sockaddr *)&from, &len));
    assert_int_equal(0, len);
    close(s[0]);
    close(s[1]);
}

static void a_stream_ignores_the_address_of_sendto(void **state)
{
    (void)state;
    int s[2];
    char byte;
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(9)};
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    streams_open(s);
    ASSERT_IS(1, sendto(s[0], "x", 1, 0, (struct sockaddr *)&addr, sizeof addr));
    ASSERT_IS(1, recv(s[1], &byte, 1, 0));
    close(s[0]);
    close(s[1]);
}

static void a_pair_is_connected(void **state)
{
    (void)state;
    int types[] = {SOCK_STREAM, SOCK_DGRAM};
    for (int i = 0; i < 2; i++) {
        int s[2];
        char buf[8];
        ASSERT_IS(0, socketpair(AF_UNIX, types[i], 0, s));
        ASSERT_IS(4, write(s[0], "pair", 4));
        ASSERT_IS(4, read(s[1], buf, sizeof buf));
        close(s[0]);
        close(s[1]);
    }
    int s[2];
    ASSERT_ERRNO(EOPNOTSUPP, socketpair(AF_INET, SOCK_STREAM, 0, s));
}

static void a_broken_stream_gives_epipe_and_no_signal(void **state)
{
    (void)state;
    int s[2];
    streams_open(s);
    ASSERT_IS(0, shutdown(s[0], SHUT_WR));
    ASSERT_ERRNO(EPIPE, send(s[0], "x", 1, MSG_NOSIGNAL));
    char byte;
    ASSERT_IS(0, recv(s[1], &byte, 1, 0));
    ASSERT_ERRNO(EINVAL, shutdown(s[0], 99));
    close(s[0]);
    close(s[1]);
}

static void a_refused_connection_gives_econnrefused(void **state)
{
    (void)state;
    struct sockaddr_in addr;
    close(listener_open(&addr));
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_ERRNO(ECONNREFUSED, connect(s, (struct sockaddr *)&addr, sizeof addr));
    close(s);
}

static void connecting_without_waiting(void **state)
{
    (void)state;
    struct sockaddr_in addr;
    int listener = listener_open(&addr);
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    if (connect(s, (struct sockaddr *)&addr, sizeof addr) != 0)
        assert_int_equal(EINPROGRESS, errno);
    struct pollfd p = {s, POLLOUT, 0};
    ASSERT_IS(1, poll(&p, 1, -1));
    int error = -1;
    socklen_t len = sizeof error;
    ASSERT_IS(0, getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &len));
    assert_int_equal(0, error);
    ASSERT_IS(0, fcntl(s, F_SETFL, 0));
    close(s);
    close(listener);
}

static void bad_arguments_give_the_errors_of_posix(void **state)
{
    (void)state;
    struct sockaddr_in addr = {.sin_family = AF_INET};
    ASSERT_ERRNO(EAFNOSUPPORT, socket(9999, SOCK_STREAM, 0));
    ASSERT_ERRNO(EPROTONOSUPPORT, socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
    ASSERT_ERRNO(EBADF, bind(-1, (struct sockaddr *)&addr, sizeof addr));
    ASSERT_ERRNO(EBADF, recv(1000, &addr, 1, 0));
    ASSERT_ERRNO(EBADF, listen(1000, 1));
    ASSERT_ERRNO(EBADF, close(-1));
    ASSERT_ERRNO(EBADF, close(1000));
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_ERRNO(EINVAL, bind(s, (struct sockaddr *)&addr, 3));
    ASSERT_ERRNO(ENOTCONN, getpeername(s, (struct sockaddr *)&addr, &(socklen_t){sizeof addr}));
    ASSERT_ERRNO(EINVAL, accept(s, NULL, NULL));
    close(s);
    int file = file_open();
    ASSERT_ERRNO(ENOTSOCK, listen(file, 1));
    ASSERT_ERRNO(ENOTSOCK, send(file, "x", 1, 0));
    ASSERT_ERRNO(ENOTSOCK, getsockname(file, (struct sockaddr *)&addr, &(socklen_t){sizeof addr}));
    close(file);
    file_remove();
}

static void paths_name_local_sockets(void **state)
{
    (void)state;
    if (!has_family(AF_UNIX)) {
        ASSERT_ERRNO(EAFNOSUPPORT, socket(AF_UNIX, SOCK_STREAM, 0));
        SKIP("this system has no sockets of AF_UNIX");
    }
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    struct sockaddr_un got;
    socklen_t len = sizeof got;
    snprintf(addr.sun_path, sizeof addr.sun_path, "xsock-posix.%ld.sock", (long)getpid());
    int listener = ASSERT_OPENS(socket(AF_UNIX, SOCK_STREAM, 0));
    ASSERT_IS(0, bind(listener, (struct sockaddr *)&addr, sizeof addr));
    ASSERT_IS(0, listen(listener, 1));
    ASSERT_IS(0, getsockname(listener, (struct sockaddr *)&got, &len));
    assert_string_equal(addr.sun_path, got.sun_path);
    assert_int_equal(offsetof(struct sockaddr_un, sun_path) + strlen(addr.sun_path) + 1, len);
    int s = ASSERT_OPENS(socket(AF_UNIX, SOCK_STREAM, 0));
    ASSERT_IS(0, connect(s, (struct sockaddr *)&addr, sizeof addr));
    len = sizeof got;
    int peer = ASSERT_OPENS(accept(listener, (struct sockaddr *)&got, &len));
    assert_int_equal(AF_UNIX, got.sun_family);
    close(peer);
    close(s);
    close(listener);
    unlink(addr.sun_path);
}

static void inet6_streams_work(void **state)
{
    (void)state;
    SKIP_WITHOUT_INET6();
    struct sockaddr_in6 addr = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    struct sockaddr_in6 peer;
    socklen_t len = sizeof addr;
    int listener = ASSERT_OPENS(socket(AF_INET6, SOCK_STREAM, 0));
    ASSERT_IS(0, bind(listener, (struct sockaddr *)&addr, sizeof addr));
    ASSERT_IS(0, listen(listener, 1));
    ASSERT_IS(0, getsockname(listener, (struct sockaddr *)&addr, &len));
    int s = ASSERT_OPENS(socket(AF_INET6, SOCK_STREAM, 0));
    ASSERT_IS(0, connect(s, (struct sockaddr *)&addr, sizeof addr));
    len = sizeof peer;
    int got = ASSERT_OPENS(accept(listener, (struct sockaddr *)&peer, &len));
    assert_int_equal(sizeof peer, len);
    assert_true(IN6_IS_ADDR_LOOPBACK(&peer.sin6_addr));
    close(got);
    close(s);
    close(listener);
}

/* A read of no bytes never waits, and takes no message. */
static void nothing_is_read_at_once(void **state)
{
    (void)state;
    int s[2];
    char bytes[4];
    struct iovec none = {bytes, 0};
    datagrams_open(s);
    ASSERT_IS(0, read(s[1], bytes, 0));
    ASSERT_IS(0, readv(s[1], &none, 1));
    ASSERT_IS(0, writev(s[0], &none, 1)); /* no message */
    ASSERT_IS(3, write(s[0], "abc", 3));
    ASSERT_IS(0, read(s[1], bytes, 0));
    ASSERT_IS(0, readv(s[1], &none, 1));
    ASSERT_IS(3, read(s[1], bytes, sizeof bytes));
    int fresh = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_IS(0, read(fresh, bytes, 0));
    close(fresh);
    close(s[0]);
    close(s[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bytes_go_both_ways),
        TEST(accept_tells_the_peer),
        TEST(a_short_buffer_cuts_an_address),
        TEST(datagrams_keep_their_borders),
        TEST(nothing_is_read_at_once),
        TEST(recvfrom_tells_the_sender),
        TEST(a_stream_ignores_the_address_of_sendto),
        TEST(a_pair_is_connected),
        TEST(a_broken_stream_gives_epipe_and_no_signal),
        TEST(a_refused_connection_gives_econnrefused),
        TEST(connecting_without_waiting),
        TEST(bad_arguments_give_the_errors_of_posix),
        TEST(paths_name_local_sockets),
        TEST(inet6_streams_work),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
