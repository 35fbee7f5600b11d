/* Sockets of AF_UNIX as Linux has them. */
#include "support.h"

#define SKIP_WITHOUT_LOCAL()                               \
    do {                                                   \
        if (!has_family(AF_UNIX))                          \
            SKIP("this system has no sockets of AF_UNIX"); \
    } while (0)

/* The file `name` of this process, and the length of its address. */
static socklen_t address(const char *name, struct sockaddr_un *out)
{
    memset(out, 0, sizeof *out);
    out->sun_family = AF_UNIX;
    int n =
        snprintf(out->sun_path, sizeof out->sun_path, "xsock-posix-%s.%ld", name, (long)getpid());
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)n + 1);
}

/* A listener at the file "server", or -1 if the system has no such sockets. */
static int server_open(int type, struct sockaddr_un *out, socklen_t *out_len)
{
    int s = socket(AF_UNIX, type, 0);
    if (s < 0)
        return -1;
    *out_len = address("server", out);
    unlink(out->sun_path);
    ASSERT_IS(0, bind(s, (struct sockaddr *)out, *out_len));
    ASSERT_IS(0, listen(s, 4));
    return s;
}

static const int connection_types[] = {SOCK_STREAM, SOCK_SEQPACKET};
enum { CONNECTION_TYPES = sizeof connection_types / sizeof connection_types[0] };

static void a_message_tells_the_name_of_the_peer(void **state)
{
    (void)state;
    SKIP_WITHOUT_LOCAL();
    for (size_t i = 0; i < CONNECTION_TYPES; i++) {
        struct sockaddr_un server;
        struct sockaddr_un client;
        struct sockaddr_un from = {0};
        socklen_t server_len;
        socklen_t len = sizeof from;
        char bytes[4];
        int listener = server_open(connection_types[i], &server, &server_len);
        if (listener < 0)
            continue;
        int c = ASSERT_OPENS(socket(AF_UNIX, connection_types[i], 0));
        socklen_t client_len = address("client", &client);
        unlink(client.sun_path);
        ASSERT_IS(0, bind(c, (struct sockaddr *)&client, client_len));
        ASSERT_IS(0, connect(c, (struct sockaddr *)&server, server_len));
        int a = ASSERT_OPENS(accept(listener, NULL, NULL));
        ASSERT_IS(1, send(c, "x", 1, 0));
        ASSERT_IS(1, recvfrom(a, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &len));
        assert_int_equal(client_len, len);
        assert_string_equal(client.sun_path, from.sun_path);

        memset(&from, 0, sizeof from);
        struct iovec one = {bytes, sizeof bytes};
        struct msghdr m = {
            .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &one, .msg_iovlen = 1};
        ASSERT_IS(1, send(a, "x", 1, 0));
        ASSERT_IS(1, recvmsg(c, &m, 0));
        assert_int_equal(server_len, m.msg_namelen);
        assert_string_equal(server.sun_path, from.sun_path);

        close(c);
        len = sizeof from;
        ASSERT_IS(0, recvfrom(a, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &len));
        assert_int_equal(0, len); /* the end comes from nobody */
        close(a);
        close(listener);
        unlink(client.sun_path);
        unlink(server.sun_path);
    }
}

static void packets_with_an_address_go_to_the_peer(void **state)
{
    (void)state;
    SKIP_WITHOUT_LOCAL();
    struct sockaddr_un server;
    socklen_t len;
    char byte;
    int listener = server_open(SOCK_SEQPACKET, &server, &len);
    if (listener < 0)
        SKIP("this system has no SOCK_SEQPACKET");
    const struct sockaddr *to = (struct sockaddr *)&server;
    int c = ASSERT_OPENS(socket(AF_UNIX, SOCK_SEQPACKET, 0));
    ASSERT_ERRNO(ENOTCONN, sendto(c, "x", 1, MSG_NOSIGNAL, to, len));
    ASSERT_ERRNO(ENOTCONN, recv(c, &byte, 1, 0));
    ASSERT_ERRNO(EINVAL, connect(listener, to, len));
    ASSERT_IS(0, connect(c, to, len));
    int a = ASSERT_OPENS(accept(listener, NULL, NULL));
    ASSERT_IS(1, sendto(c, "x", 1, 0, to, len));
    ASSERT_IS(1, recv(a, &byte, 1, 0));
    ASSERT_IS(1, sendto(c, "x", 1, 0, to, 1)); /* nobody looks at the length */
    ASSERT_IS(1, recv(a, &byte, 1, 0));
    struct iovec one = {&byte, 1};
    struct msghdr m = {.msg_name = &server, .msg_namelen = len, .msg_iov = &one, .msg_iovlen = 1};
    ASSERT_IS(1, sendmsg(c, &m, 0));
    ASSERT_IS(1, recv(a, &byte, 1, 0));
    close(a);
    close(c);
    close(listener);
    unlink(server.sun_path);
}

static void the_protocol_may_be_that_of_the_family(void **state)
{
    (void)state;
    SKIP_WITHOUT_LOCAL();
    int s[2];
    int value = -1;
    socklen_t len = sizeof value;
    ASSERT_IS(0, socketpair(AF_UNIX, SOCK_STREAM, PF_UNIX, s));
    ASSERT_IS(0, getsockopt(s[0], SOL_SOCKET, SO_PROTOCOL, &value, &len));
    assert_int_equal(0, value);
    close(s[0]);
    close(s[1]);
    ASSERT_ERRNO(EPROTONOSUPPORT, socket(AF_UNIX, SOCK_STREAM, 17));
    ASSERT_ERRNO(EPROTONOSUPPORT, socket(AF_UNIX, SOCK_STREAM, -1));
    ASSERT_ERRNO(EPROTONOSUPPORT, socket(AF_UNIX, 0, 17));
    ASSERT_ERRNO(EPROTONOSUPPORT, socket(AF_UNIX, SOCK_RDM, 17));
}

static void a_raw_pair_has_datagrams(void **state)
{
    (void)state;
    int s[2];
    int type = -1;
    socklen_t len = sizeof type;
    ASSERT_IS(0, socketpair(AF_UNIX, SOCK_RAW, 0, s));
    ASSERT_IS(0, getsockopt(s[0], SOL_SOCKET, SO_TYPE, &type, &len));
    assert_int_equal(SOCK_DGRAM, type);
    close(s[0]);
    close(s[1]);
}

static void an_address_has_a_greatest_length(void **state)
{
    (void)state;
    SKIP_WITHOUT_LOCAL();
    struct sockaddr_storage large = {0};
    struct sockaddr_un *un = (struct sockaddr_un *)&large;
    int s = ASSERT_OPENS(socket(AF_UNIX, SOCK_STREAM, 0));
    (void)address("longer", un);
    ASSERT_ERRNO(EINVAL, bind(s, (struct sockaddr *)&large, sizeof *un + 1));
    ASSERT_ERRNO(EINVAL, connect(s, (struct sockaddr *)&large, sizeof *un + 1));
    close(s);
}

/* The path is looked at before the socket. */
static void a_name_stays(void **state)
{
    (void)state;
    SKIP_WITHOUT_LOCAL();
    struct sockaddr_un un;
    struct sockaddr_un other;
    int s = ASSERT_OPENS(socket(AF_UNIX, SOCK_STREAM, 0));
    socklen_t len = address("name", &un);
    socklen_t other_len = address("none", &other);
    unlink(un.sun_path);
    ASSERT_IS(0, bind(s, (struct sockaddr *)&un, len));
    ASSERT_ERRNO(EADDRINUSE, bind(s, (struct sockaddr *)&un, len));
    ASSERT_ERRNO(EINVAL, bind(s, (struct sockaddr *)&un, 1));
    ASSERT_ERRNO(EINVAL, bind(s, (struct sockaddr *)&other, other_len));
    ASSERT_IS(0, bind(s, (struct sockaddr *)&un, sizeof un.sun_family)); /* it has a name */
    len = sizeof other;
    ASSERT_IS(0, getsockname(s, (struct sockaddr *)&other, &len));
    assert_string_equal(un.sun_path, other.sun_path);
    close(s);
    unlink(un.sun_path);
}

static void a_socket_without_a_peer_receives_nothing(void **state)
{
    (void)state;
    SKIP_WITHOUT_LOCAL();
    char byte;
    struct iovec one = {&byte, 1};
    struct msghdr m = {.msg_iov = &one, .msg_iovlen = 1};
    for (size_t i = 0; i < CONNECTION_TYPES; i++) {
        const int number = connection_types[i] == SOCK_STREAM ? EINVAL : ENOTCONN;
        int s = socket(AF_UNIX, connection_types[i], 0);
        if (s < 0)
            continue;
        ASSERT_ERRNO(number, recv(s, &byte, 1, 0));
        ASSERT_ERRNO(number, read(s, &byte, 1));
        ASSERT_ERRNO(number, recvmsg(s, &m, 0));
        ASSERT_ERRNO(number, recv(s, &byte, 1, MSG_ERRQUEUE));
        close(s);
    }
}

static void there_is_no_queue_of_errors(void **state)
{
    (void)state;
    char byte;
    struct iovec one = {&byte, 1};
    struct msghdr m = {.msg_iov = &one, .msg_iovlen = 1};
    int s[2];
    ASSERT_IS(0, socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    ASSERT_IS(2, write(s[0], "xy", 2));
    ASSERT_IS(1, recv(s[1], &byte, 1, MSG_ERRQUEUE));
    ASSERT_IS(1, recvmsg(s[1], &m, MSG_ERRQUEUE));
    assert_int_equal('y', byte);
    close(s[0]);
    close(s[1]);
}

static void only_streams_have_a_mark(void **state)
{
    (void)state;
    int mark = -1;
    int s[2];
    ASSERT_IS(0, socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    ASSERT_IS(1, write(s[0], "x", 1));
    ASSERT_IS(0, ioctl(s[1], REQUEST(SIOCATMARK), &mark));
    assert_int_equal(0, mark);
    ASSERT_IS(0, sockatmark(s[1]));
    ASSERT_ERRNO(EFAULT, ioctl(s[1], REQUEST(SIOCATMARK), NULL));
    close(s[0]);
    close(s[1]);
    ASSERT_IS(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
    ASSERT_ERRNO(EOPNOTSUPP, ioctl(s[1], REQUEST(SIOCATMARK), &mark));
    ASSERT_ERRNO(EOPNOTSUPP, sockatmark(s[1]));
    close(s[0]);
    close(s[1]);
}

#if defined(__linux__)
/* The path has no NUL, and the length that is told counts one. */
static void a_path_may_fill_the_address(void **state)
{
    (void)state;
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    struct sockaddr_storage name;
    char path[sizeof un.sun_path + 1] = {0};
    socklen_t len = sizeof name;
    int s = ASSERT_OPENS(socket(AF_UNIX, SOCK_STREAM, 0));
    memset(path, 'x', sizeof un.sun_path);
    memcpy(un.sun_path, path, sizeof un.sun_path);
    unlink(path);
    ASSERT_IS(0, bind(s, (struct sockaddr *)&un, sizeof un));
    ASSERT_IS(0, getsockname(s, (struct sockaddr *)&name, &len));
    assert_int_equal(sizeof un + 1, len);
    assert_string_equal(path, ((struct sockaddr_un *)&name)->sun_path);
    close(s);
    unlink(path);
}

static void a_socket_that_is_connected_elsewhere_takes_nothing(void **state)
{
    (void)state;
    struct sockaddr_un un[3];
    socklen_t len[3];
    int s[3];
    static const char *const names[] = {"first", "second", "third"};
    struct sockaddr_in everybody = {.sin_family = AF_INET, .sin_port = htons(9)};
    everybody.sin_addr.s_addr = htonl(INADDR_BROADCAST);
    int udp = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    for (int i = 0; i < 3; i++) {
        s[i] = ASSERT_OPENS(socket(AF_UNIX, SOCK_DGRAM, 0));
        len[i] = address(names[i], &un[i]);
        unlink(un[i].sun_path);
        ASSERT_IS(0, bind(s[i], (struct sockaddr *)&un[i], len[i]));
    }
    ASSERT_IS(0, connect(s[0], (struct sockaddr *)&un[1], len[1]));
    ASSERT_ERRNO(EPERM, sendto(s[2], "x", 1, 0, (struct sockaddr *)&un[0], len[0]));
    ASSERT_ERRNO(EPERM, connect(s[2], (struct sockaddr *)&un[0], len[0]));
    /* another call is not told that */
    ASSERT_ERRNO(EACCES, connect(udp, (struct sockaddr *)&everybody, sizeof everybody));
    close(udp);
    for (int i = 0; i < 3; i++) {
        close(s[i]);
        unlink(un[i].sun_path);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_message_tells_the_name_of_the_peer),
        TEST(packets_with_an_address_go_to_the_peer),
        TEST(the_protocol_may_be_that_of_the_family),
        TEST(a_raw_pair_has_datagrams),
        TEST(an_address_has_a_greatest_length),
        TEST(a_name_stays),
        TEST(a_socket_without_a_peer_receives_nothing),
        TEST(there_is_no_queue_of_errors),
        TEST(only_streams_have_a_mark),
#if defined(__linux__)
        TEST(a_path_may_fill_the_address),
        TEST(a_socket_that_is_connected_elsewhere_takes_nothing),
#endif
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
