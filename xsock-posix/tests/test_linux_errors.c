/* What each call gives for bad arguments and in the wrong state: tables of calls with the error
 * that Linux documents. Every row is looked at, also after one that differs. */
#include "support.h"

#include <signal.h>
#include <sys/sendfile.h>

static int wrong;

static void row(int number, long long result, const char *call, int line)
{
    int got = result == -1 ? errno : 0;
    if (got == number)
        return;
    print_error("line %d: %s gave %lld, errno %d (%s), and not errno %d (%s)\n", line, call, result,
                got, strerror(got), number, strerror(number));
    wrong++;
}

/* The call fails with this errno. 0: the call succeeds. */
#define ROW(number, call) row((number), (errno = 0, (call)), #call, __LINE__)

static int rows_begin(void **state)
{
    (void)state;
    wrong = 0;
    return 0;
}

#define ROWS_END() assert_int_equal(0, wrong)

/* ---- what the rows use */

static int none = -1; /* no number */

/* Compilers warn of such arguments if they see them. */
static void *volatile nil;
static volatile int minus_one = -1;
static volatile int too_many = 1025;
static volatile size_t huge = (size_t)-1;

static int closed;            /* a number that is not open */
static int file;              /* a file */
static int in, out;           /* a pipe */
static int fresh;             /* a TCP socket that nothing was done with */
static int udp;               /* a UDP socket that nothing was done with */
static int listener;          /* a TCP socket that listens, without blocking */
static int tcp[2];            /* connected, without blocking */
static int pair[2];           /* a pair of AF_UNIX streams, without blocking */
static struct sockaddr_in at; /* where the listener is */
static struct sockaddr *const a = (struct sockaddr *)&at;
static const socklen_t alen = sizeof at;
static char bytes[70000];
static socklen_t len;
static struct sockaddr_storage store;
static struct sockaddr *const sa = (struct sockaddr *)&store;

static void no_wait(int number)
{
    ASSERT_IS(0, fcntl(number, F_SETFL, O_NONBLOCK));
}

static int world_open(void **state)
{
    int p[2];
    rows_begin(state);
    file = file_open();
    ASSERT_IS(0, pipe(p));
    in = p[0];
    out = p[1];
    listener = listener_open(&at);
    no_wait(listener);
    streams_open(tcp);
    ASSERT_IS(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    for (int i = 0; i < 2; i++) {
        no_wait(tcp[i]);
        no_wait(pair[i]);
    }
    udp = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    no_wait(udp);
    fresh = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    no_wait(fresh);
    closed = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_IS(0, close(closed));
    return 0;
}

static int world_close(void **state)
{
    (void)state;
    int numbers[] = {file, in, out, listener, tcp[0], tcp[1], udp, fresh, pair[0], pair[1]};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        close(numbers[i]);
    file_remove();
    return 0;
}

/* An address of INET with another family, host or port. */
static struct sockaddr *other(int family, uint32_t host, int port)
{
    static struct sockaddr_in addr;
    memset(&addr, 0, sizeof addr);
    addr.sin_family = (sa_family_t)family;
    addr.sin_addr.s_addr = htonl(host);
    addr.sin_port = htons((uint16_t)port);
    return (struct sockaddr *)&addr;
}

static socklen_t *length(int n)
{
    len = (socklen_t)n;
    return &len;
}

static int number_now(int result)
{
    if (result >= 0)
        close(result);
    return result;
}

/* ---- the tables */

static void opening(void **state)
{
    (void)state;
    int s[2];
    ROW(EAFNOSUPPORT, number_now(socket(AF_UNSPEC, SOCK_STREAM, 0)));
    ROW(EAFNOSUPPORT, number_now(socket(-1, SOCK_STREAM, 0)));
    ROW(EAFNOSUPPORT, number_now(socket(9999, SOCK_STREAM, 0)));
    ROW(EINVAL, number_now(socket(AF_INET, 75, 0)));
    ROW(EINVAL, number_now(socket(AF_INET, -1, 0)));
    ROW(EINVAL, number_now(socket(AF_INET, SOCK_STREAM | 0x100000, 0)));
    ROW(ESOCKTNOSUPPORT, number_now(socket(AF_INET, 0, 0)));
    ROW(ESOCKTNOSUPPORT, number_now(socket(AF_INET, SOCK_RDM, 0)));
    ROW(ESOCKTNOSUPPORT, number_now(socket(AF_INET, SOCK_SEQPACKET, 0)));
    ROW(EPROTONOSUPPORT, number_now(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP)));
    ROW(EPROTONOSUPPORT, number_now(socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP)));
    ROW(EPROTONOSUPPORT, number_now(socket(AF_INET, SOCK_STREAM, 200)));
    if (has_family(AF_UNIX)) {
        ROW(EPROTONOSUPPORT, number_now(socket(AF_UNIX, SOCK_STREAM, 999)));
        ROW(ESOCKTNOSUPPORT, number_now(socket(AF_UNIX, SOCK_RDM, 0)));
    }
    ROW(EINVAL, number_now(socket(AF_INET, SOCK_STREAM, -1)));
    ROW(EINVAL, number_now(socket(AF_INET, SOCK_STREAM, 9999)));
    ROW(EINVAL, number_now(socket(AF_INET, 0, -1)));
    ROW(EINVAL, number_now(socket(AF_INET, 6, 9999)));
    ROW(0, number_now(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)));
    ROW(0, number_now(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP)));
    ROW(EAFNOSUPPORT, socketpair(AF_UNSPEC, SOCK_STREAM, 0, s));
    ROW(EINVAL, socketpair(AF_INET, 75, 0, s));
    ROW(EPROTONOSUPPORT, socketpair(AF_INET, SOCK_DGRAM, IPPROTO_TCP, s));
    ROW(EPROTONOSUPPORT, socketpair(AF_INET, SOCK_STREAM, IPPROTO_ICMP, s));
    ROW(EOPNOTSUPP, socketpair(AF_INET, SOCK_DGRAM, IPPROTO_UDP, s));
    ROW(EOPNOTSUPP, socketpair(AF_INET, SOCK_STREAM, IPPROTO_TCP, s));
    ROW(EPROTONOSUPPORT, socketpair(AF_UNIX, SOCK_STREAM, IPPROTO_TCP, s));
    ROW(EFAULT, socketpair(AF_UNIX, SOCK_STREAM, 0, NULL));
    ROW(EFAULT, socketpair(-1, SOCK_STREAM, 0, NULL));
    ROW(EINVAL, socketpair(-1, SOCK_STREAM | 0x100000, 0, NULL));
    ROWS_END();
}

static void binding(void **state)
{
    (void)state;
    ROW(EBADF, bind(none, a, alen));
    ROW(EBADF, bind(closed, a, alen));
    ROW(ENOTSOCK, bind(file, a, alen));
    ROW(ENOTSOCK, bind(in, a, alen));
    ROW(EFAULT, bind(fresh, NULL, alen));
    ROW(EINVAL, bind(fresh, nil, 0));
    ROW(EINVAL, bind(fresh, nil, 200));
    ROW(EINVAL, bind(fresh, a, 0));
    ROW(EINVAL, bind(fresh, a, 3));
    ROW(EINVAL, bind(fresh, a, (socklen_t)-1));
    ROW(EINVAL, bind(fresh, (struct sockaddr *)bytes, 200));
    ROW(EADDRINUSE, bind(fresh, a, alen));
    ROW(EADDRNOTAVAIL, bind(fresh, other(AF_INET, 0x08080808, 0), alen));
    ROW(EAFNOSUPPORT, bind(fresh, other(99, INADDR_LOOPBACK, 0), alen));
    ROW(EAFNOSUPPORT, bind(fresh, other(AF_UNSPEC, INADDR_LOOPBACK, 0), alen));
    ROW(EAFNOSUPPORT, bind(fresh, other(AF_UNIX, INADDR_LOOPBACK, 0), alen));
    ROW(EINVAL, bind(listener, other(AF_INET, INADDR_LOOPBACK, 0), alen));
    ROW(EINVAL, bind(tcp[0], other(AF_INET, INADDR_LOOPBACK, 0), alen));
    ROW(0, bind(udp, other(AF_INET, INADDR_LOOPBACK, 0), alen));
    ROW(EINVAL, bind(udp, other(AF_INET, INADDR_LOOPBACK, 0), alen));
    ROW(EINVAL, bind(pair[0], a, alen));
    ROWS_END();
}

static void listening(void **state)
{
    (void)state;
    ROW(EBADF, listen(none, 1));
    ROW(EBADF, listen(closed, 1));
    ROW(ENOTSOCK, listen(file, 1));
    ROW(EOPNOTSUPP, listen(udp, 1));
    ROW(EINVAL, listen(tcp[0], 1));
    ROW(EINVAL, listen(pair[0], 1));
    ROW(0, listen(listener, 1));
    ROW(0, listen(listener, -1));
    ROW(0, listen(fresh, 1));
    ROWS_END();
}

static void accepting(void **state)
{
    (void)state;
    ROW(EBADF, accept(none, NULL, NULL));
    ROW(EBADF, accept(closed, NULL, NULL));
    ROW(ENOTSOCK, accept(file, NULL, NULL));
    ROW(EINVAL, accept(fresh, NULL, NULL));
    ROW(EINVAL, accept(tcp[0], NULL, NULL));
    ROW(EINVAL, accept(pair[0], NULL, NULL));
    ROW(EOPNOTSUPP, accept(udp, NULL, NULL));
    ROW(EAGAIN, accept(listener, NULL, NULL));
    ROW(EAGAIN, accept(listener, sa, length(16)));
    ROW(EAGAIN, accept(listener, sa, length(-1)));
    ROW(EINVAL, accept4(listener, NULL, NULL, -1));
    ROW(EINVAL, accept4(listener, NULL, NULL, 1));
    if (!is_qemu()) /* qemu looks at the pointer first */
        ROW(EINVAL, accept4(listener, sa, NULL, 1));
    ROW(EBADF, accept4(none, NULL, NULL, 0));
    ROW(EBADF, accept4(none, NULL, NULL, -1));
    ROW(EINVAL, accept4(file, NULL, NULL, -1));
    ROW(ENOTSOCK, accept4(file, NULL, NULL, SOCK_CLOEXEC));
    ROWS_END();
}

static void connecting(void **state)
{
    (void)state;
    struct sockaddr_in nobody;
    close(listener_open(&nobody));
    ROW(EBADF, connect(none, a, alen));
    ROW(EBADF, connect(closed, a, alen));
    ROW(ENOTSOCK, connect(file, a, alen));
    ROW(EFAULT, connect(fresh, NULL, alen));
    ROW(EINVAL, connect(fresh, nil, 0));
    ROW(EINVAL, connect(fresh, nil, (socklen_t)-1));
    ROW(EINVAL, connect(fresh, a, 3));
    ROW(EINVAL, connect(fresh, a, (socklen_t)-1));
    ROW(EAFNOSUPPORT, connect(fresh, other(47, INADDR_LOOPBACK, 1), alen));
    ROW(EAFNOSUPPORT, connect(udp, other(47, INADDR_LOOPBACK, 1), alen));
    ROW(EISCONN, connect(tcp[0], a, alen));
    ROW(EISCONN, connect(listener, a, alen));
    ROW(EINVAL, connect(udp, a, 3));
    ROW(0, connect(udp, a, alen));
    ROW(0, connect(udp, other(AF_UNSPEC, 0, 0), alen));
    ROW(EACCES, connect(udp, other(AF_INET, INADDR_BROADCAST, 9), alen));
    ROW(EINVAL, connect(pair[0], a, alen));
    ASSERT_IS(0, fcntl(fresh, F_SETFL, 0));
    ROW(ECONNREFUSED, connect(fresh, (struct sockaddr *)&nobody, alen));
    ROW(0, connect(fresh, a, alen));
    ROW(EISCONN, connect(fresh, a, alen));
    ROWS_END();
}

static void local_sockets(void **state)
{
    (void)state;
    if (!has_family(AF_UNIX))
        SKIP("this system has no sockets of AF_UNIX");
    int unix_listener = ASSERT_OPENS(socket(AF_UNIX, SOCK_STREAM, 0));
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    snprintf(un.sun_path, sizeof un.sun_path, "xsock-posix-errors.%ld", (long)getpid());
    const struct sockaddr *path = (struct sockaddr *)&un;
    ROW(ENOENT, connect(unix_listener, path, sizeof un));
    ROW(0, bind(unix_listener, path, sizeof un));
    un.sun_path[0] = 'X';
    ROW(EINVAL, bind(unix_listener, path, sizeof un));
    un.sun_path[0] = 'x';
    int unix_client = ASSERT_OPENS(socket(AF_UNIX, SOCK_STREAM, 0));
    ROW(EADDRINUSE, bind(unix_client, path, sizeof un));
    ROW(ECONNREFUSED, connect(unix_client, path, sizeof un));
    ROW(ENOTCONN, send(unix_client, bytes, 1, MSG_NOSIGNAL));
    ROW(EOPNOTSUPP, sendto(unix_client, bytes, 1, 0, path, sizeof un));
    no_wait(unix_client);
    ROW(EINVAL, recv(unix_client, bytes, 1, 0));
    ROW(0, listen(unix_listener, 1));
    ROW(EINVAL, connect(unix_listener, path, sizeof un));
    ROW(0, connect(unix_client, path, sizeof un));
    ROW(EISCONN, connect(unix_client, path, sizeof un));
    int unix_dgram = ASSERT_OPENS(socket(AF_UNIX, SOCK_DGRAM, 0));
    no_wait(unix_dgram);
    ROW(EPROTOTYPE, connect(unix_dgram, path, sizeof un));
    ROW(ENOTCONN, send(unix_dgram, bytes, 1, 0));
    ROW(EOPNOTSUPP, send(unix_dgram, bytes, 1, MSG_OOB));
    ROW(EOPNOTSUPP, recv(unix_dgram, bytes, 1, MSG_OOB));
    ROW(EOPNOTSUPP, listen(unix_dgram, 1));
    ROW(EOPNOTSUPP, accept(unix_dgram, NULL, NULL));
    ROW(EINVAL, sendto(unix_dgram, bytes, 1, 0, a, alen));
    ROW(ENOTCONN, sendto(unix_dgram, bytes, 1, 0, a, 0));
    close(unix_dgram);
    close(unix_client);
    close(unix_listener);
    unlink(un.sun_path);
    ROWS_END();
}

static void names(void **state)
{
    (void)state;
    ROW(EBADF, getsockname(none, sa, length(16)));
    ROW(EBADF, getsockname(closed, sa, length(16)));
    ROW(ENOTSOCK, getsockname(file, sa, length(16)));
    ROW(EFAULT, getsockname(fresh, sa, NULL));
    ROW(EFAULT, getsockname(fresh, NULL, length(16)));
    ROW(EINVAL, getsockname(fresh, sa, length(-1)));
    ROW(0, getsockname(fresh, sa, length(0)));
    ROW(0, getsockname(fresh, NULL, length(0)));
    ROW(EINVAL, getsockname(fresh, NULL, length(-1)));
    ROW(EBADF, getpeername(none, sa, length(16)));
    ROW(ENOTSOCK, getpeername(file, sa, length(16)));
    ROW(ENOTCONN, getpeername(fresh, sa, length(16)));
    ROW(ENOTCONN, getpeername(udp, sa, length(16)));
    ROW(ENOTCONN, getpeername(listener, sa, length(16)));
    if (!is_qemu()) { /* qemu looks at the pointers first */
        ROW(ENOTCONN, getpeername(fresh, NULL, length(16)));
        ROW(ENOTCONN, getpeername(fresh, sa, NULL));
        ROW(ENOTCONN, getpeername(fresh, sa, length(-1)));
    }
    ROW(EFAULT, getpeername(tcp[0], NULL, length(16)));
    ROW(EFAULT, getpeername(tcp[0], sa, NULL));
    ROW(EINVAL, getpeername(tcp[0], sa, length(-1)));
    ROW(0, getpeername(pair[0], sa, length(16)));
    ROWS_END();
}

static void shutting_down(void **state)
{
    (void)state;
    ROW(EBADF, shutdown(none, SHUT_RDWR));
    ROW(EBADF, shutdown(closed, SHUT_RDWR));
    ROW(ENOTSOCK, shutdown(file, SHUT_RDWR));
    ROW(ENOTCONN, shutdown(fresh, SHUT_RDWR));
    ROW(ENOTCONN, shutdown(udp, SHUT_RDWR));
    ROW(EINVAL, shutdown(fresh, 3));
    ROW(EINVAL, shutdown(tcp[0], -1));
    ROW(EINVAL, shutdown(pair[0], 99));
    ROW(0, shutdown(tcp[0], SHUT_WR));
    ROW(0, shutdown(tcp[0], SHUT_WR));
    ROW(0, shutdown(pair[0], SHUT_RD));
    ROWS_END();
}

/* The peer's system may make room at any time, a few times: so the result of a single send after
 * the last one would be chance. */
static int send_until_refused(int d, int flags)
{
    ssize_t n;
    do
        n = send(d, bytes, sizeof bytes, flags);
    while (n > 0);
    return (int)n;
}

static void sending(void **state)
{
    (void)state;
    ROW(EBADF, send(none, bytes, 1, 0));
    ROW(EBADF, send(closed, bytes, 1, 0));
    ROW(ENOTSOCK, send(file, bytes, 1, 0));
    ROW(ENOTSOCK, send(out, bytes, 1, 0));
    ROW(EFAULT, send(tcp[0], NULL, 1, 0));
    ROW(EPIPE, send(fresh, bytes, 1, MSG_NOSIGNAL));
    ROW(EPIPE, send(listener, bytes, 1, MSG_NOSIGNAL));
    ROW(EDESTADDRREQ, send(udp, bytes, 1, 0));
    ROW(EDESTADDRREQ, write(udp, bytes, 1));
    ROW(0, connect(udp, a, alen));
    ROW(EMSGSIZE, send(udp, bytes, sizeof bytes, 0));
    if (!is_qemu()) { /* qemu looks at all bytes, more than there are */
        ROW(EPIPE, send(fresh, bytes, huge, MSG_NOSIGNAL));
        ROW(EMSGSIZE, send(udp, bytes, huge, 0));
    }
    ROW(EOPNOTSUPP, send(udp, bytes, 1, MSG_OOB));
    ROW(0, send(tcp[0], bytes, 0, 0));
    ROW(0, shutdown(tcp[0], SHUT_WR));
    ROW(EPIPE, send(tcp[0], bytes, 1, MSG_NOSIGNAL));
    ROW(EPIPE, write(tcp[0], bytes, 1));
#if !defined(_WIN32) /* a pair is made of TCP there: the first send after the end succeeds */
    ROW(0, close(pair[1]));
    ROW(EPIPE, send(pair[0], bytes, 1, MSG_NOSIGNAL));
#endif
    ROW(EAGAIN, send_until_refused(tcp[1], 0));
    ROW(EAGAIN, send_until_refused(tcp[1], MSG_DONTWAIT));
    ROWS_END();
}

static void sending_to(void **state)
{
    (void)state;
    ROW(EBADF, sendto(none, bytes, 1, 0, a, alen));
    ROW(ENOTSOCK, sendto(file, bytes, 1, 0, a, alen));
    ROW(EFAULT, sendto(udp, NULL, 1, 0, a, alen));
    ROW(EDESTADDRREQ, sendto(udp, bytes, 1, 0, NULL, alen));
    ROW(EINVAL, sendto(udp, bytes, 1, 0, a, (socklen_t)-1));
    ROW(EINVAL, sendto(udp, bytes, 1, 0, a, 3));
    ROW(EINVAL, sendto(udp, bytes, 1, 0, other(AF_INET, INADDR_LOOPBACK, 0), alen));
    ROW(EAFNOSUPPORT, sendto(udp, bytes, 1, 0, other(47, INADDR_LOOPBACK, 9), alen));
    ROW(EMSGSIZE, sendto(udp, bytes, sizeof bytes, 0, a, alen));
    ROW(EOPNOTSUPP, sendto(udp, bytes, 1, MSG_OOB, a, alen));
    ROW(EACCES, sendto(udp, bytes, 1, 0, other(AF_INET, INADDR_BROADCAST, 9), alen));
    ROW(EPIPE, sendto(fresh, bytes, 1, MSG_NOSIGNAL, a, alen));
    ROW(0, sendto(tcp[0], bytes, 1, 0, a, alen));
    ROW(EISCONN, sendto(pair[0], bytes, 1, 0, a, alen));
    ROW(EISCONN, sendto(pair[0], bytes, 1, 0, a, 3));
    ROW(0, sendto(pair[0], bytes, 1, 0, a, 0));
    ROW(0, sendto(tcp[0], bytes, 1, 0, a, 3));
    ROWS_END();
}

static struct msghdr *message(struct sockaddr *name, socklen_t name_len, struct iovec *v, size_t n)
{
    static struct msghdr m;
    memset(&m, 0, sizeof m);
    m.msg_name = name;
    m.msg_namelen = name_len;
    m.msg_iov = v;
    m.msg_iovlen = (__typeof__(m.msg_iovlen))n; /* musl has an int */
    return &m;
}

static struct msghdr *with_control(struct msghdr *m, size_t said, int level, int type)
{
    static union {
        struct cmsghdr header;
        char bytes[64];
    } control;
    memset(&control, 0, sizeof control);
    control.header.cmsg_len = (__typeof__(control.header.cmsg_len))said; /* musl has a socklen_t */
    control.header.cmsg_level = level;
    control.header.cmsg_type = type;
    m->msg_control = &control;
    m->msg_controllen = CMSG_SPACE(sizeof(int));
    return m;
}

static void messages_out(void **state)
{
    (void)state;
    struct iovec one = {bytes, 1};
    struct iovec nothing = {NULL, 1};
    static struct iovec many[1025];
    ROW(EBADF, sendmsg(none, message(NULL, 0, &one, 1), 0));
    ROW(ENOTSOCK, sendmsg(file, message(NULL, 0, &one, 1), 0));
    ROW(EFAULT, sendmsg(tcp[0], NULL, 0));
    ROW(EFAULT, sendmsg(tcp[0], message(NULL, 0, NULL, 1), 0));
    ROW(EFAULT, sendmsg(tcp[0], message(NULL, 0, &nothing, 1), 0));
    ROW(EMSGSIZE, sendmsg(tcp[0], message(NULL, 0, many, 1025), 0));
    ROW(0, sendmsg(tcp[0], message(NULL, 0, many, 1024), 0));
    ROW(EINVAL, sendmsg(udp, message(a, (socklen_t)-1, &one, 1), 0));
    ROW(EINVAL, sendmsg(udp, message(a, 3, &one, 1), 0));
    ROW(EINVAL, sendmsg(tcp[0], message(a, (socklen_t)-1, &one, 1), 0));
    if (!is_qemu())
        ROW(EINVAL, sendmsg(tcp[0], message(a, (socklen_t)-1, many, 1025), 0));
    ROW(0, sendmsg(tcp[0], message(NULL, (socklen_t)-1, &one, 1), 0));
    memcpy(&store, a, alen);
    ROW(0, sendmsg(udp, message(sa, sizeof store + 1, &one, 1), 0));
    ROW(EISCONN, sendmsg(pair[0], message(sa, sizeof store + 1, &one, 1), 0));
    ROW(EDESTADDRREQ, sendmsg(udp, message(NULL, 16, &one, 1), 0));
    ROW(EPIPE, sendmsg(fresh, message(NULL, 0, &one, 1), MSG_NOSIGNAL));
    ROW(EPIPE, sendmsg(fresh, message(a, alen, &one, 1), MSG_NOSIGNAL));
    ROW(0, sendmsg(tcp[0], message(a, alen, &one, 1), 0));
    ROW(EOPNOTSUPP, sendmsg(udp, message(a, alen, &one, 1), MSG_OOB));
    ROW(EINVAL, sendmsg(udp, with_control(message(a, alen, &one, 1), 3, IPPROTO_IP, IP_TTL), 0));
    ROW(EINVAL, sendmsg(udp, with_control(message(a, alen, &one, 1), 1000, IPPROTO_IP, IP_TTL), 0));
    ROW(EINVAL,
        sendmsg(udp, with_control(message(a, alen, &one, 1), CMSG_LEN(4), IPPROTO_IP, 999), 0));
    ROW(EINVAL,
        sendmsg(udp, with_control(message(a, alen, &one, 1), CMSG_LEN(4), SOL_SOCKET, 999), 0));
    ROW(0, sendmsg(udp, with_control(message(a, alen, &one, 1), CMSG_LEN(4), 999, 1), 0));
    ROWS_END();
}

static void receiving(void **state)
{
    (void)state;
    ROW(EBADF, recv(none, bytes, 1, 0));
    ROW(EBADF, recv(closed, bytes, 1, 0));
    ROW(ENOTSOCK, recv(file, bytes, 1, 0));
    ROW(ENOTSOCK, recv(in, bytes, 1, 0));
    ROW(ENOTCONN, recv(fresh, bytes, 1, 0));
    ROW(ENOTCONN, read(fresh, bytes, 1));
    ROW(ENOTCONN, recv(listener, bytes, 1, 0));
    ROW(EAGAIN, recv(tcp[0], bytes, 1, 0));
    ROW(EAGAIN, read(tcp[0], bytes, 1));
    ROW(EAGAIN, recv(udp, bytes, 1, 0));
    ROW(EAGAIN, recv(pair[0], bytes, 1, 0));
    ROW(EAGAIN, recv(tcp[0], bytes, 1, MSG_ERRQUEUE));
    ROW(EINVAL, recv(tcp[0], bytes, 1, MSG_OOB));
    ROW(EAGAIN, recv(udp, bytes, 1, MSG_OOB));
    ROW(EBADF, recvfrom(none, bytes, 1, 0, sa, length(16)));
    ROW(ENOTSOCK, recvfrom(file, bytes, 1, 0, sa, length(16)));
    ROW(EAGAIN, recvfrom(udp, bytes, 1, 0, sa, length(16)));
    ROW(EAGAIN, recvfrom(udp, bytes, 1, 0, sa, length(-1)));
    ROW(ENOTCONN, recvfrom(fresh, bytes, 1, 0, sa, length(16)));
    ROW(3, (int)send(tcp[1], "abc", 3, 0) == 3 ? (errno = 3, -1) : 0);
    struct pollfd p = {tcp[0], POLLIN, 0};
    ASSERT_IS(1, poll(&p, 1, -1));
    ROW(EFAULT, recv(tcp[0], NULL, 1, 0));
    ROW(EAGAIN, recv(tcp[0], bytes, 1, MSG_ERRQUEUE));
    ROW(0, recv(tcp[0], bytes, 0, 0));
    ROW(0, recvfrom(tcp[0], bytes, 1, 0, sa, length(16)));
#if !defined(_WIN32) /* Windows looks at all bytes, more than there are */
    if (!is_qemu())
        ROW(0, recv(tcp[0], bytes, huge, 0) == 2 ? 0 : -1);
#endif
    ROWS_END();
}

static void messages_in(void **state)
{
    (void)state;
    struct iovec one = {bytes, 1};
    static struct iovec many[1025];
    ROW(EBADF, recvmsg(none, message(NULL, 0, &one, 1), 0));
    ROW(ENOTSOCK, recvmsg(file, message(NULL, 0, &one, 1), 0));
    ROW(EFAULT, recvmsg(tcp[0], NULL, 0));
    ROW(EFAULT, recvmsg(tcp[0], message(NULL, 0, NULL, 1), 0));
    ROW(EMSGSIZE, recvmsg(tcp[0], message(NULL, 0, many, 1025), 0));
    ROW(EINVAL, recvmsg(udp, message(sa, (socklen_t)-1, &one, 1), 0));
    if (!is_qemu())
        ROW(EINVAL, recvmsg(tcp[0], message(sa, (socklen_t)-1, many, 1025), 0));
    ROW(EAGAIN, recvmsg(tcp[0], message(NULL, 0, &one, 1), 0));
    ROW(EAGAIN, recvmsg(udp, message(NULL, (socklen_t)-1, &one, 1), 0));
    ROW(EAGAIN, recvmsg(udp, message(sa, 16, &one, 1), 0));
    ROW(EAGAIN, recvmsg(udp, message(sa, 16, &one, 1), MSG_ERRQUEUE));
    ROW(EINVAL, recvmsg(tcp[0], message(NULL, 0, &one, 1), MSG_OOB));
    ROW(ENOTCONN, recvmsg(fresh, message(NULL, 0, &one, 1), 0));
    ROWS_END();
}

static void options(void **state)
{
    (void)state;
    SKIP_WITHOUT_INTERFACES();
    int on = 1;
    int big = 256;
    int zero = 0;
    int negative_number = -1;
    struct timeval bad = {0, 1000000};
    struct timeval negative = {-1, 0};
    struct linger linger = {1, 1};
    struct ip_mreq group = {{htonl(0xe00000fbU)}, {htonl(INADDR_LOOPBACK)}};
    struct ip_mreq no_group = {{htonl(INADDR_LOOPBACK)}, {htonl(INADDR_LOOPBACK)}};
    struct in_addr nowhere = {htonl(0x01020304)};
    const socklen_t n = sizeof on;
    ROW(EBADF, setsockopt(none, SOL_SOCKET, SO_KEEPALIVE, &on, n));
    ROW(ENOTSOCK, setsockopt(file, SOL_SOCKET, SO_KEEPALIVE, &on, n));
    ROW(EFAULT, setsockopt(fresh, SOL_SOCKET, SO_KEEPALIVE, NULL, n));
    ROW(EINVAL, setsockopt(fresh, SOL_SOCKET, SO_KEEPALIVE, &on, 0));
    ROW(EINVAL, setsockopt(fresh, SOL_SOCKET, SO_KEEPALIVE, &on, 3));
    ROW(EINVAL, setsockopt(fresh, SOL_SOCKET, SO_KEEPALIVE, &on, (socklen_t)-1));
    ROW(ENOPROTOOPT, setsockopt(fresh, SOL_SOCKET, 9999, &on, n));
    ROW(ENOPROTOOPT, setsockopt(fresh, SOL_SOCKET, SO_TYPE, &on, n));
    ROW(ENOPROTOOPT, setsockopt(fresh, SOL_SOCKET, SO_ERROR, &on, n));
    ROW(ENOPROTOOPT, setsockopt(fresh, SOL_SOCKET, SO_ACCEPTCONN, &on, n));
    ROW(ENOPROTOOPT, setsockopt(fresh, 500, SO_KEEPALIVE, &on, n));
    ROW(ENOPROTOOPT, setsockopt(fresh, IPPROTO_UDP, 1, &on, n));
    ROW(ENOPROTOOPT, setsockopt(fresh, IPPROTO_IP, 9999, &on, n));
    ROW(ENOPROTOOPT, setsockopt(fresh, IPPROTO_TCP, 9999, &on, n));
    ROW(ENOPROTOOPT, setsockopt(fresh, IPPROTO_IPV6, IPV6_V6ONLY, &on, n));
    ROW(ENOPROTOOPT, setsockopt(udp, IPPROTO_TCP, TCP_NODELAY, &on, n));
    ROW(EOPNOTSUPP, setsockopt(pair[0], IPPROTO_TCP, TCP_NODELAY, &on, n));
    ROW(EOPNOTSUPP, setsockopt(pair[0], IPPROTO_IP, IP_TTL, &on, n));
    ROW(EOPNOTSUPP, setsockopt(pair[0], IPPROTO_IP, IP_TTL, &on, 0));
    ROW(EOPNOTSUPP, setsockopt(pair[0], IPPROTO_IP, IP_ADD_MEMBERSHIP, &on, n));
    ROW(EOPNOTSUPP, setsockopt(pair[0], IPPROTO_TCP, TCP_MAXSEG, &zero, n));
    ROW(ENOPROTOOPT, setsockopt(udp, IPPROTO_TCP, TCP_NODELAY, &on, 1));
    ROW(ENOPROTOOPT, setsockopt(udp, IPPROTO_TCP, TCP_KEEPIDLE, &negative_number, n));
    ROW(EDOM, setsockopt(fresh, SOL_SOCKET, SO_RCVTIMEO, &bad, sizeof bad));
    ROW(0, setsockopt(fresh, SOL_SOCKET, SO_RCVTIMEO, &negative, sizeof negative));
    ROW(EINVAL, setsockopt(fresh, SOL_SOCKET, SO_RCVTIMEO, &on, n));
    ROW(EINVAL, setsockopt(fresh, SOL_SOCKET, SO_LINGER, &linger, n));
    ROW(0, setsockopt(fresh, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
    ROW(EINVAL, setsockopt(fresh, IPPROTO_IP, IP_TTL, &big, n));
    ROW(EINVAL, setsockopt(fresh, IPPROTO_IP, IP_TTL, &zero, n));
    ROW(ENOPROTOOPT, setsockopt(udp, IPPROTO_IPV6, IPV6_RECVTCLASS, &on, n));
    ROW(ENOPROTOOPT, setsockopt(udp, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &on, n));
    ROW(EINVAL, setsockopt(udp, IPPROTO_IP, IP_MULTICAST_TTL, &big, n));
    ROW(EINVAL, setsockopt(fresh, IPPROTO_IP, IP_MULTICAST_TTL, &on, n));
#if !defined(_WIN32) /* Windows lets nobody set it */
    ROW(EINVAL, setsockopt(fresh, IPPROTO_TCP, TCP_MAXSEG, &on, n));
#endif
    ROW(EINVAL, setsockopt(fresh, IPPROTO_TCP, TCP_KEEPIDLE, &zero, n));
    ROW(EINVAL, setsockopt(udp, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, 3));
    ROW(EINVAL, setsockopt(udp, IPPROTO_IP, IP_ADD_MEMBERSHIP, &no_group, sizeof no_group));
    ROW(EADDRNOTAVAIL, setsockopt(udp, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group, sizeof group));
    ROW(0, setsockopt(udp, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group));
    ROW(EADDRINUSE, setsockopt(udp, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group));
    ROW(EPROTO, setsockopt(fresh, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group));
    if (!is_qemu()) { /* qemu judges these lengths and options itself */
        ROW(EADDRNOTAVAIL, setsockopt(udp, IPPROTO_IP, IP_MULTICAST_IF, &nowhere, sizeof nowhere));
        ROW(EPROTO, setsockopt(fresh, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, 3));
        ROW(EPROTO, setsockopt(fresh, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group, 0));
        ROW(EINVAL, setsockopt(fresh, IPPROTO_IP, IP_MULTICAST_IF, &nowhere, sizeof nowhere));
        ROW(EFAULT, setsockopt(fresh, IPPROTO_TCP, TCP_NODELAY, NULL, n));
        ROW(ENOPROTOOPT, setsockopt(fresh, 500, 1, NULL, n));
        ROW(ENOPROTOOPT, setsockopt(fresh, IPPROTO_IP, 9999, NULL, n));
        ROW(EPROTO, setsockopt(fresh, IPPROTO_IP, IP_ADD_MEMBERSHIP, NULL, n));
    }
    ROWS_END();
}

static void options_read(void **state)
{
    (void)state;
    int value[8];
    ROW(EBADF, getsockopt(none, SOL_SOCKET, SO_TYPE, value, length(4)));
    ROW(ENOTSOCK, getsockopt(file, SOL_SOCKET, SO_TYPE, value, length(4)));
    ROW(EFAULT, getsockopt(fresh, SOL_SOCKET, SO_TYPE, NULL, length(4)));
    ROW(EFAULT, getsockopt(fresh, SOL_SOCKET, SO_TYPE, value, NULL));
    ROW(EINVAL, getsockopt(fresh, SOL_SOCKET, SO_TYPE, value, length(-1)));
    ROW(0, getsockopt(fresh, SOL_SOCKET, SO_TYPE, value, length(1)));
    ROW(0, getsockopt(fresh, SOL_SOCKET, SO_TYPE, value, length(0)));
    ROW(0, getsockopt(fresh, SOL_SOCKET, SO_TYPE, NULL, length(0)));
#if !defined(_WIN32) /* a datagram socket has no such option there */
    ROW(0, getsockopt(udp, SOL_SOCKET, SO_KEEPALIVE, NULL, length(0)));
#endif
    ROW(EOPNOTSUPP, getsockopt(udp, IPPROTO_TCP, TCP_NODELAY, NULL, length(4)));
    if (!is_qemu()) { /* qemu judges pointers and lengths itself */
        ROW(ENOPROTOOPT, getsockopt(fresh, SOL_SOCKET, 9999, NULL, length(4)));
        ROW(EFAULT, getsockopt(fresh, SOL_SOCKET, 9999, value, NULL));
        ROW(EINVAL, getsockopt(fresh, SOL_SOCKET, 9999, value, length(-1)));
        ROW(EOPNOTSUPP, getsockopt(fresh, 500, 1, NULL, length(4)));
        ROW(EOPNOTSUPP, getsockopt(fresh, 500, 1, value, NULL));
        ROW(EOPNOTSUPP, getsockopt(fresh, 500, 1, value, length(-1)));
    }
    ROW(ENOPROTOOPT, getsockopt(fresh, SOL_SOCKET, 9999, value, length(4)));
    ROW(EOPNOTSUPP, getsockopt(fresh, 500, SO_TYPE, value, length(4)));
    ROW(EOPNOTSUPP, getsockopt(fresh, IPPROTO_UDP, 1, value, length(4)));
    ROW(ENOPROTOOPT, getsockopt(fresh, IPPROTO_IP, 9999, value, length(4)));
    ROW(ENOPROTOOPT, getsockopt(fresh, IPPROTO_TCP, 9999, value, length(4)));
    ROW(EOPNOTSUPP, getsockopt(udp, IPPROTO_TCP, TCP_NODELAY, value, length(4)));
    ROW(EOPNOTSUPP, getsockopt(pair[0], IPPROTO_TCP, TCP_NODELAY, value, length(4)));
    ROW(EOPNOTSUPP, getsockopt(fresh, IPPROTO_IPV6, IPV6_V6ONLY, value, length(4)));
    ROW(EOPNOTSUPP, getsockopt(udp, IPPROTO_IPV6, IPV6_RECVTCLASS, value, length(4)));
    int udp6 = socket(AF_INET6, SOCK_DGRAM, 0);
    if (udp6 >= 0) {
        ROW(ENOPROTOOPT, getsockopt(udp6, IPPROTO_TCP, TCP_NODELAY, value, length(4)));
        if (!is_qemu()) /* qemu gives EOPNOTSUPP */
            ROW(ENOPROTOOPT, getsockopt(udp6, 500, SO_TYPE, value, length(4)));
        close(udp6);
    }
    ROWS_END();
}

static void waiting(void **state)
{
    (void)state;
    fd_set set;
    struct timeval bad = {-1, 0};
    struct timeval zero = {0, 0};
    struct timespec bad_ns = {0, 1000000000};
    struct pollfd p = {closed, POLLIN, 0};
    FD_ZERO(&set);
    FD_SET(closed, &set);
    ROW(EBADF, select(closed + 1, &set, NULL, NULL, &zero));
    FD_ZERO(&set);
    ROW(EINVAL, select(-1, &set, NULL, NULL, &zero));
    ROW(EINVAL, select(0, NULL, NULL, NULL, &bad));
    ROW(EINVAL, pselect(0, NULL, NULL, NULL, &bad_ns, NULL));
    ROW(0, select(0, NULL, NULL, NULL, &zero));
    ROW(EFAULT, poll(nil, 1, 0));
    ROW(EINVAL, poll(&p, (nfds_t)minus_one, 0));
    ROW(EINVAL, poll(nil, (nfds_t)minus_one, 0));
    ROW(0, poll(NULL, 0, 0));
    ROW(EINVAL, ppoll(&p, 1, &bad_ns, NULL));
    ASSERT_IS(1, poll(&p, 1, -1));
    assert_int_equal(POLLNVAL, p.revents);
    p = (struct pollfd){-1, POLLIN, 99};
    ASSERT_IS(0, poll(&p, 1, 0));
    assert_int_equal(0, p.revents);
    ROWS_END();
}

static void duplicating(void **state)
{
    (void)state;
    ROW(EBADF, dup(none));
    ROW(EBADF, dup(closed));
    ROW(EBADF, dup2(closed, fresh));
    ROW(EBADF, dup2(closed, closed));
    ROW(EBADF, dup2(none, fresh));
    ROW(EBADF, dup2(fresh, -1));
    ROW(EBADF, dup2(fresh, 0x7fffffff));
    ROW(EBADF, dup2(file, -1));
    ROW(EBADF, dup2(file, 0x7fffffff));
    ROW(0, dup2(fresh, fresh));
    ROW(EINVAL, dup3(fresh, fresh, 0));
    ROW(EINVAL, dup3(fresh, closed, -1));
    ROW(EINVAL, dup3(file, closed, 1));
    ROW(EINVAL, dup3(closed, closed, 0));
    ROW(EBADF, dup3(fresh, -1, O_CLOEXEC));
    ROW(EBADF, dup3(closed, fresh, O_CLOEXEC));
    ROW(EBADF, fcntl(none, F_GETFD));
    ROW(EBADF, fcntl(closed, F_GETFL));
    ROW(EBADF, fcntl(closed, F_SETFL, 0));
    ROW(EBADF, fcntl(closed, F_SETFD, 0));
    ROW(EBADF, fcntl(closed, F_DUPFD, 0));
    ROW(EBADF, fcntl(closed, F_DUPFD, -1));
    ROW(EINVAL, fcntl(fresh, F_DUPFD, -1));
    ROW(EINVAL, fcntl(fresh, F_DUPFD, 0x7fffffff));
    ROW(EINVAL, fcntl(file, F_DUPFD, 0x7fffffff));
    ROW(EINVAL, fcntl(fresh, F_DUPFD_CLOEXEC, -1));
    ROW(EINVAL, fcntl(fresh, 9999, 0));
    ROW(EINVAL, fcntl(file, 9999, 0));
    ROW(0, listen(fresh, 1)); /* the socket is as before */
    ROW(EBADF, close(none));
    ROW(EBADF, close(closed));
    ROW(EBADF, ioctl(closed, FIONREAD, &len));
    if (!is_qemu()) /* qemu gives ENOSYS */
        ROW(ENOTTY, ioctl(fresh, 0x54ff, &len));
    ROW(EFAULT, ioctl(udp, FIONREAD, NULL));
    ROW(EFAULT, ioctl(fresh, REQUEST(FIONBIO), NULL));
    ROW(EINVAL, ioctl(fresh, FIONREAD, &len)); /* fresh listens */
    if (!is_qemu())
        ROW(EINVAL, ioctl(fresh, FIONREAD, NULL));
    ROWS_END();
}

static void marks(void **state)
{
    (void)state;
    int mark;
    ROW(0, sockatmark(tcp[0]));
    ROW(ENOTTY, sockatmark(udp));
    ROW(ENOTTY, sockatmark(file));
    ROW(EBADF, sockatmark(closed));
    ROW(ENOTTY, ioctl(udp, SIOCATMARK, &mark));
    ROW(EFAULT, ioctl(udp, SIOCATMARK, NULL));
    ROWS_END();
}

static void sending_files(void **state)
{
    (void)state;
    off_t from = 0;
    off_t before = -1;
    ROW(EBADF, sendfile(tcp[0], none, NULL, 1));
    ROW(EBADF, sendfile(tcp[0], closed, NULL, 1));
    ROW(EBADF, sendfile(closed, file, NULL, 1));
    ROW(EINVAL, sendfile(tcp[0], tcp[1], NULL, 1));
    ROW(ESPIPE, sendfile(tcp[0], tcp[1], &from, 1));
#if !defined(_WIN32) /* the runtime moves in a pipe, too */
    ROW(EINVAL, sendfile(tcp[0], in, NULL, 1));
    ROW(ESPIPE, sendfile(tcp[0], in, &from, 1));
#endif
    ROW(EINVAL, sendfile(tcp[0], file, &before, 1));
    ROW(0, sendfile(tcp[0], file, &from, 1)); /* the file is empty */
    ASSERT_IS(5, write(file, "hello", 5));
    ROW(EPIPE, sendfile(fresh, file, &from, 5));
    ROW(EPIPE, sendfile(listener, file, &from, 5));
    ROW(0, sendfile(tcp[0], file, &from, 0));
    ROWS_END();
}

static void reading_and_writing(void **state)
{
    (void)state;
    struct iovec one = {bytes, 1};
    struct iovec too_long = {bytes, SIZE_MAX};
    ROW(EBADF, read(none, bytes, 1));
    ROW(EBADF, read(closed, bytes, 1));
    ROW(EBADF, write(none, bytes, 1));
    ROW(EBADF, write(closed, bytes, 1));
    ROW(EBADF, read(out, bytes, 1));
    ROW(EBADF, write(in, bytes, 1));
    ROW(EBADF, readv(none, &one, 1));
    ROW(EBADF, readv(closed, &one, 1));
    ROW(EBADF, writev(closed, &one, 1));
    ROW(EBADF, readv(out, &one, 1));
    if (!is_qemu()) { /* qemu looks at the pieces first */
        ROW(EBADF, readv(closed, nil, 1));
        ROW(EBADF, readv(closed, &one, minus_one));
        ROW(EBADF, writev(closed, nil, 1));
        ROW(EBADF, writev(closed, &one, minus_one));
    }
    ROW(EINVAL, readv(tcp[0], &one, minus_one));
    ROW(EINVAL, writev(tcp[0], &one, minus_one));
    ROW(EINVAL, readv(file, &one, minus_one));
    ROW(EINVAL, writev(file, &one, too_many));
    ROW(EINVAL, writev(tcp[0], &one, too_many));
    ROW(EFAULT, readv(tcp[0], nil, 1));
    ROW(EFAULT, writev(file, nil, 1));
    ROW(EINVAL, readv(tcp[0], &too_long, 1));
    ROW(EAGAIN, readv(tcp[0], &one, 1));
    ROW(0, readv(tcp[0], &one, 0));
    ROW(0, writev(tcp[0], &one, 0));
    ROW(0, writev(file, &one, 0));
    ROW(0, write(tcp[0], bytes, 0));
    ROW(EPIPE, write(fresh, bytes, 1));
    ROW(ESPIPE, lseek(in, 0, SEEK_SET));
    ROW(ESPIPE, lseek(tcp[0], 0, SEEK_SET));
    ROW(0, close(in));
    ROW(EPIPE, write(out, bytes, 1));
    ROW(EPIPE, writev(out, &one, 1));
    ROW(0, close(tcp[1]));
    ROW(0, read(tcp[0], bytes, 1));
    ROWS_END();
}

#define WORLD(f) cmocka_unit_test_setup_teardown(f, world_open, world_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD(opening),       WORLD(binding),       WORLD(listening),
        WORLD(accepting),     WORLD(connecting),    WORLD(local_sockets),
        WORLD(names),         WORLD(shutting_down), WORLD(sending),
        WORLD(sending_to),    WORLD(messages_out),  WORLD(receiving),
        WORLD(messages_in),   WORLD(options),       WORLD(options_read),
        WORLD(waiting),       WORLD(duplicating),   WORLD(reading_and_writing),
        WORLD(sending_files), WORLD(marks),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
