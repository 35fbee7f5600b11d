/* Codes that mean something else than their names on some system, or by which a system reports that
 * it does not know. This program's own functions take the place of the C library's, and return the
 * code that the test has planted. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "harness.h"

#ifdef __linux__
#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "native_io.h"
#include "sockets.h"

#if defined(SYS_bind) && defined(SYS_connect) && defined(SYS_sendto) && defined(SYS_sendmsg)
#define PLANTS 1
#endif
#endif

#ifdef PLANTS
#ifdef __GLIBC__
/* These types accept a pointer to any kind of name. */
typedef __CONST_SOCKADDR_ARG const_name_pointer;
#define NAME(p) ((p).__sockaddr__)
#else
typedef const struct sockaddr *const_name_pointer;
#define NAME(p) (p)
#endif

static int planted; /* the code that the next call returns instead of doing its work */

static bool gives_planted(void)
{
    if (planted == 0)
        return false;
    errno = planted;
    planted = 0;
    return true;
}

int bind(int fd, const_name_pointer name, socklen_t size)
{
    return gives_planted() ? -1 : (int)syscall(SYS_bind, fd, NAME(name), size);
}

int connect(int fd, const_name_pointer name, socklen_t size)
{
    return gives_planted() ? -1 : (int)syscall(SYS_connect, fd, NAME(name), size);
}

ssize_t sendto(int fd, const void *buf, size_t n, int flags, const_name_pointer name,
               socklen_t size)
{
    return gives_planted() ? -1 : syscall(SYS_sendto, fd, buf, n, flags, NAME(name), size);
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
    return gives_planted() ? -1 : syscall(SYS_sendmsg, fd, m, flags);
}

/* ---- No port is left ------------------------------------------------------------------------- */

static int open_one(int af, int type)
{
    return ASSERT_OPENS(xsock_open(af, type, 0));
}

static struct xsock_addr any_port(int af)
{
    struct xsock_addr a = sockets_loopback();
    if (af == XSOCK_AF_INET6)
        a = (struct xsock_addr){.family = af, .length = 16, .data = {[15] = 1}};
    return a;
}

/* EAGAIN would make connect wait for ever. */
static void a_connect_or_bind_without_a_port_left_says_so(void **state)
{
    static const int families[] = {XSOCK_AF_INET, XSOCK_AF_INET6};
    static const int types[] = {XSOCK_SOCK_STREAM, XSOCK_SOCK_DGRAM};
    (void)state;
    for (int i = 0; i < 4; i++) {
        int d = open_one(families[i / 2], types[i % 2]);
        struct xsock_addr a = any_port(families[i / 2]), there = a;
        there.port = 9;
        planted = EAGAIN;
        ASSERT_RESULT(-XSOCK_EADDRNOTAVAIL, xsock_connect(d, &there));
        planted = EAGAIN;
        ASSERT_RESULT(-XSOCK_EADDRNOTAVAIL, xsock_bind(d, &a));
        planted = EADDRINUSE;
        ASSERT_RESULT(-XSOCK_EADDRNOTAVAIL, xsock_bind(d, &a));
        a.port = 9;
        planted = EADDRINUSE;
        ASSERT_RESULT(-XSOCK_EADDRINUSE, xsock_bind(d, &a));
        sockets_close(d);
    }
}

static int message_to(int d, const struct xsock_addr *to)
{
    struct xsock_vec v = {"x", 1};
    struct xsock_addr copy = *to;
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .addr = &copy};
    return (int)xsock_sendmsg(d, &m, 0);
}

/* EAGAIN would make a send wait for ever. */
static void a_datagram_without_a_port_left_says_so(void **state)
{
    struct xsock_addr to;
    char byte = 'x';
    int d = open_one(XSOCK_AF_INET, XSOCK_SOCK_DGRAM), peer = sockets_udp(&to);
    (void)state;
    planted = EAGAIN;
    ASSERT_RESULT(-XSOCK_EADDRNOTAVAIL, (int)xsock_sendto(d, &byte, 1, 0, &to));
    planted = EAGAIN;
    ASSERT_RESULT(-XSOCK_EADDRNOTAVAIL, message_to(d, &to));
    ASSERT_RESULT(1, (int)xsock_sendto(d, &byte, 1, 0, &to)); /* now the socket has a port */
    planted = EAGAIN;
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_sendto(d, &byte, 1, XSOCK_MSG_DONTWAIT, &to));
    planted = EAGAIN;
    ASSERT_RESULT(1, message_to(d, &to)); /* the send waits until the buffer has space */
    sockets_close(d);
    sockets_close(peer);
}

static void a_full_backlog_of_local_is_still_waited_for(void **state)
{
    struct xsock_addr a = {.family = XSOCK_AF_LOCAL, .length = 15};
    int l = open_one(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM);
    int d = open_one(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK);
    (void)state;
    memcpy(a.data, "\0xsock-odd-code", 15); /* an abstract name, so no file remains */
    (void)xsock_bind(l, &a);
    ASSERT_RESULT(0, xsock_listen(l, 1));
    planted = EAGAIN;
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock_connect(d, &a));
    ASSERT_RESULT(0, xsock_connect(d, &a));
    sockets_close(l);
    sockets_close(d);
}

/* ---- "Unknown" ------------------------------------------------------------------------------- */

static void who_is_not_known_is_minus_one(void **state)
{
    struct xsock_addr a = {.family = XSOCK_AF_LOCAL, .length = 15};
    struct xsock_cred c;
    int pair[2], d = open_one(XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM);
    int there = open_one(XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM);
    (void)state;
    memcpy(a.data, "\0xsock-odd-cred", 15);
    ASSERT_RESULT(0, xsock_bind(there, &a));
    ASSERT_RESULT(0, xsock_connect(d, &a));
    ASSERT_RESULT(0, xsock_peer_cred(d, &c)); /* Linux keeps nothing for datagrams: 0, -1, -1 */
    assert_true(c.process == -1 && c.user == -1 && c.group == -1);
    sockets_close(d);
    sockets_close(there);
    sockets_pair(XSOCK_SOCK_STREAM, pair);
    ASSERT_RESULT(0, xsock_peer_cred(pair[0], &c));
    assert_true(c.process == getpid() && c.user == getuid() && c.group == getgid());
    sockets_close(pair[0]);
    sockets_close(pair[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_connect_or_bind_without_a_port_left_says_so),
        TEST(a_datagram_without_a_port_left_says_so),
        TEST(a_full_backlog_of_local_is_still_waited_for),
        TEST(who_is_not_known_is_minus_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else
static void odd_codes_are_planted(void **state)
{
    (void)state;
    SKIP("the C library's functions are replaced on Linux only");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(odd_codes_are_planted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
