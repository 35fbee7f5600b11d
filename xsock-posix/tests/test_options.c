/* setsockopt() and getsockopt(). */
#include "support.h"

#include <sys/time.h>

static int get(int s, int level, int name)
{
    int value = -1;
    socklen_t len = sizeof value;
    ASSERT_IS(0, getsockopt(s, level, name, &value, &len));
    assert_int_equal(sizeof value, len);
    return value;
}

static void set(int s, int level, int name, int value)
{
    ASSERT_IS(0, setsockopt(s, level, name, &value, sizeof value));
}

static void flags_and_sizes_are_read_back(void **state)
{
    (void)state;
    static const struct {
        int level;
        int name;
        int value;
    } rows[] = {
        {SOL_SOCKET, SO_REUSEADDR, 1},   {SOL_SOCKET, SO_KEEPALIVE, 1},
        {SOL_SOCKET, SO_OOBINLINE, 1},   {IPPROTO_TCP, TCP_NODELAY, 1},
        {IPPROTO_TCP, TCP_KEEPIDLE, 30}, {IPPROTO_TCP, TCP_KEEPINTVL, 5},
        {IPPROTO_IP, IP_TTL, 17},
    };
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        set(s, rows[i].level, rows[i].name, rows[i].value);
        assert_int_equal(rows[i].value, get(s, rows[i].level, rows[i].name));
    }
    /* Windows before 10 (1703) lacks the option. */
    int count = 4;
    if (setsockopt(s, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count) == 0)
        assert_int_equal(4, get(s, IPPROTO_TCP, TCP_KEEPCNT));
    else
        assert_int_equal(ENOPROTOOPT, errno);
    set(s, SOL_SOCKET, SO_RCVBUF, 20000);
    assert_true(get(s, SOL_SOCKET, SO_RCVBUF) >= 20000);
    close(s);
}

static void a_socket_tells_what_it_is(void **state)
{
    (void)state;
    struct sockaddr_in addr;
    int listener = listener_open(&addr);
    assert_int_equal(SOCK_STREAM, get(listener, SOL_SOCKET, SO_TYPE));
    assert_int_equal(AF_INET, get(listener, SOL_SOCKET, SO_DOMAIN));
    assert_int_equal(IPPROTO_TCP, get(listener, SOL_SOCKET, SO_PROTOCOL));
    assert_int_equal(1, get(listener, SOL_SOCKET, SO_ACCEPTCONN));
    assert_int_equal(0, get(listener, SOL_SOCKET, SO_ERROR));
    close(listener);
}

static void a_timeout_ends_receiving_with_eagain(void **state)
{
    (void)state;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    struct timeval time = {0, 20000};
    struct timeval got = {0, 0};
    socklen_t len = sizeof got;
    char byte;
    ASSERT_IS(0, setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
    ASSERT_IS(0, getsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &got, &len));
    assert_int_equal(sizeof got, len);
    assert_int_equal(20000, got.tv_usec);
    ASSERT_ERRNO(EAGAIN, recv(s, &byte, 1, 0));
    time.tv_usec = 1000000;
    ASSERT_ERRNO(EDOM, setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
    ASSERT_ERRNO(EINVAL, setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &time, 1));
    close(s);
}

static void linger_is_a_structure(void **state)
{
    (void)state;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    struct linger linger = {1, 7};
    struct linger got = {0, 0};
    socklen_t len = sizeof got;
    ASSERT_IS(0, getsockopt(s, SOL_SOCKET, SO_LINGER, &got, &len));
    assert_int_equal(0, got.l_onoff);
    ASSERT_IS(0, setsockopt(s, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
    ASSERT_IS(0, getsockopt(s, SOL_SOCKET, SO_LINGER, &got, &len));
    assert_int_equal(1, got.l_onoff);
    assert_int_equal(7, got.l_linger);
    close(s);
}

static void bad_options_are_refused(void **state)
{
    (void)state;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    int value = 1;
    socklen_t len = sizeof value;
    ASSERT_ERRNO(ENOPROTOOPT, setsockopt(s, SOL_SOCKET, 9999, &value, sizeof value));
    ASSERT_ERRNO(ENOPROTOOPT, getsockopt(s, SOL_SOCKET, 9999, &value, &len));
    ASSERT_ERRNO(EINVAL, setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &value, 1));
    ASSERT_ERRNO(EBADF, setsockopt(-1, SOL_SOCKET, SO_REUSEADDR, &value, sizeof value));
    len = 2;
    ASSERT_IS(0, getsockopt(s, SOL_SOCKET, SO_TYPE, &value, &len));
    assert_int_equal(2, len);
    close(s);
}

static void a_group_brings_its_datagrams(void **state)
{
    (void)state;
    SKIP_ON_QEMU("qemu does not translate every option");
    struct sockaddr_in addr = {.sin_family = AF_INET};
    struct ip_mreq request;
    struct in_addr loopback = {htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof addr;
    char byte;
    int in = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    int out = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    ASSERT_IS(0, bind(in, (struct sockaddr *)&addr, sizeof addr));
    ASSERT_IS(0, getsockname(in, (struct sockaddr *)&addr, &len));
    request.imr_multiaddr.s_addr = inet_addr("239.255.77.1");
    request.imr_interface = loopback;
    ASSERT_IS(0, setsockopt(in, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request));
    ASSERT_IS(0, setsockopt(out, IPPROTO_IP, IP_MULTICAST_IF, &loopback, sizeof loopback));
    unsigned char ttl = 1;
    ASSERT_IS(0, setsockopt(out, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl));
    addr.sin_addr = request.imr_multiaddr;
    ASSERT_IS(1, sendto(out, "m", 1, 0, (struct sockaddr *)&addr, sizeof addr));
    struct pollfd p = {in, POLLIN, 0};
    ASSERT_IS(1, poll(&p, 1, 60000));
    ASSERT_IS(1, recv(in, &byte, 1, 0));
    ASSERT_IS(0, setsockopt(in, IPPROTO_IP, IP_DROP_MEMBERSHIP, &request, sizeof request));
    ASSERT_ERRNO(EADDRNOTAVAIL,
                 setsockopt(in, IPPROTO_IP, IP_DROP_MEMBERSHIP, &request, sizeof request));
    close(in);
    close(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(flags_and_sizes_are_read_back),
        TEST(a_socket_tells_what_it_is),
        TEST(a_timeout_ends_receiving_with_eagain),
        TEST(linger_is_a_structure),
        TEST(bad_options_are_refused),
        TEST(a_group_brings_its_datagrams),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
