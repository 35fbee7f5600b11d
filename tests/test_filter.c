/* A filter (seccomp of a container) forbids all the calls that have an older twin. This program's
 * own functions take the place of the C library's, refuse, and count. The library must do the same
 * work by the older calls. */
#ifdef __linux__
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sockets.h"
#include "sys.h"
#include "xsock_native.h"

#ifdef __GLIBC__
typedef int batch_flags;
typedef __SOCKADDR_ARG name_pointer; /* a type that accepts a pointer to any kind of name */
#else
typedef unsigned batch_flags;
typedef struct sockaddr *name_pointer;
#endif

enum call { SENDMMSG, RECVMMSG, ACCEPT4, EVENTFD, PIPE2, EPOLL_CREATE1, PPOLL, SENDFILE, CALLS };

static int refused[CALLS];
static int refusal = ENOSYS; /* the code that the filter returns */

static int refuse(enum call call)
{
    refused[call]++;
    errno = refusal;
    return -1;
}

/* A sanitizer's runtime has functions of these names, too, and declares them. */
int sendmmsg(int fd, struct mmsghdr *v, unsigned n, batch_flags flags)
{
    (void)fd, (void)v, (void)n, (void)flags;
    return refuse(SENDMMSG);
}

int recvmmsg(int fd, struct mmsghdr *v, unsigned n, batch_flags flags, struct timespec *t)
{
    (void)fd, (void)v, (void)n, (void)flags, (void)t;
    return refuse(RECVMMSG);
}

int accept4(int fd, name_pointer name, socklen_t *size, int flags)
{
    (void)fd, (void)name, (void)size, (void)flags;
    return refuse(ACCEPT4);
}

int eventfd(unsigned count, int flags)
{
    (void)count, (void)flags;
    return refuse(EVENTFD);
}

int pipe2(int fd[2], int flags)
{
    (void)fd, (void)flags;
    return refuse(PIPE2);
}

int epoll_create1(int flags)
{
    (void)flags;
    return refuse(EPOLL_CREATE1);
}

/* In musl's static library these are in one file with epoll_create1(). A program replaces all of
 * them, or none. */
#ifndef __GLIBC__
int epoll_create(int size)
{
    if (size <= 0) {
        errno = EINVAL;
        return -1;
    }
    return (int)syscall(SYS_epoll_create1, 0);
}

int epoll_ctl(int d, int op, int fd, struct epoll_event *e)
{
    return (int)syscall(SYS_epoll_ctl, d, op, fd, e);
}

int epoll_pwait(int d, struct epoll_event *v, int n, int timeout, const sigset_t *mask)
{
    return (int)syscall(SYS_epoll_pwait, d, v, n, timeout, mask, _NSIG / 8);
}

int epoll_wait(int d, struct epoll_event *v, int n, int timeout)
{
    return epoll_pwait(d, v, n, timeout, NULL);
}
#endif

int ppoll(struct pollfd *v, nfds_t n, const struct timespec *t, const sigset_t *mask)
{
    (void)v, (void)n, (void)t, (void)mask;
    return refuse(PPOLL);
}

ssize_t sendfile(int to, int from, off_t *offset, size_t n)
{
    (void)to, (void)from, (void)offset, (void)n;
    return refuse(SENDFILE);
}

/* With the option for 64-bit offsets, sendfile() is this function already. */
#if defined(__GLIBC__) && (!defined(_FILE_OFFSET_BITS) || _FILE_OFFSET_BITS != 64)
ssize_t sendfile64(int to, int from, off64_t *offset, size_t n)
{
    (void)to, (void)from, (void)offset, (void)n;
    return refuse(SENDFILE);
}
#endif

/* ---- Tests, each run with every refusal ------------------------------------------------------ */

static const int refusals[] = {ENOSYS, EPERM, EOPNOTSUPP};

/* Runs the test with each refusal, and checks that the call was refused each time. */
static void with_each(enum call call, void (*run)(void))
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        int before = refused[call];
        refusal = refusals[i];
        run();
        assert_true(refused[call] > before);
    }
}

static void exchange_batches(void)
{
    enum { COUNT = 20 };
    struct xsock_addr from, to;
    struct xsock_dgram v[COUNT];
    static char data[COUNT][COUNT];
    int a = sockets_udp(&from), b = sockets_udp(&to);
    memset(v, 0, sizeof v);
    for (int i = 0; i < COUNT; i++) { /* of growing size, so that no two are sent as one message */
        memset(data[i], 'a' + i, sizeof data[i]);
        v[i] = (struct xsock_dgram){.base = data[i], .len = (size_t)i, .addr = &to};
    }
    ASSERT_RESULT(COUNT, xsock_send_batch(a, v, COUNT, 0));
    memset(v, 0, sizeof v);
    memset(data, 0, sizeof data);
    for (int i = 0; i < COUNT; i++)
        v[i] = (struct xsock_dgram){.base = data[i], .len = COUNT};
    for (int got = 0, n; got < COUNT; got += n) {
        n = xsock_recv_batch(b, v + got, (size_t)(COUNT - got), 0);
        ASSERT_THAT(n > 0, "recv_batch gave %s", harness_name(n));
    }
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(v[i].done, i);
        assert_true(i == 0 || (data[i][0] == 'a' + i && data[i][i] == 0));
    }
    ASSERT_RESULT(-XSOCK_EAGAIN, xsock_recv_batch(b, v, COUNT, 0));
    sockets_close(a);
    sockets_close(b);
}

static void batches_go_one_by_one(void **state)
{
    (void)state;
    with_each(SENDMMSG, exchange_batches);
    with_each(RECVMMSG, exchange_batches);
}

static void a_refusal_that_the_older_call_gives_too_is_reported(void **state)
{
    char byte = 0;
    struct xsock_addr broadcast = {
        .family = XSOCK_AF_INET, .port = 9, .length = 4, .data = {255, 255, 255, 255}};
    struct xsock_dgram v[2] = {{.base = &byte, .len = 1, .addr = &broadcast},
                               {.base = &byte, .len = 0, .addr = &broadcast}};
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    (void)state;
    ASSERT_RESULT(-XSOCK_EACCES, xsock_send_batch(d, v, 2, 0));
    sockets_close(d);
}

static void check_flags(int d, bool cloexec)
{
    uintptr_t h;
    ASSERT_RESULT(0, xsock_native(d, &h));
    int fd = (int)h;
    assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    assert_int_equal(fcntl(fd, F_GETFD), cloexec ? FD_CLOEXEC : 0);
}

static void accept_some(void)
{
    struct xsock_addr a = sockets_loopback();
    int l = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(l, &a));
    ASSERT_RESULT(0, xsock_listen(l, 4));
    ASSERT_RESULT(0, xsock_local_addr(l, &a));
    for (int i = 0; i < 2; i++) {
        int c = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
        ASSERT_RESULT(0, xsock_connect(c, &a));
        int d = ASSERT_OPENS(xsock_accept(l, i == 0 ? XSOCK_SOCK_CLOEXEC : 0, NULL));
        check_flags(d, i == 0);
        sockets_close(c);
        sockets_close(d);
    }
    sockets_close(l);
}

static void accept_works(void **state)
{
    (void)state;
    with_each(ACCEPT4, accept_some);
}

static void wait_for_nothing(void)
{
    struct xsock_addr a;
    char byte;
    int d = sockets_udp(&a);
    int64_t before = xsock_now();
    struct xsock_pollfd p = {.fd = d, .events = XSOCK_POLLIN};
    ASSERT_RESULT(0, xsock_set_flags(d, 0));
    ASSERT_RESULT(0, xsock_set_opt_time(d, XSOCK_SO_RCVTIMEO, 2500000));
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_recv(d, &byte, 1, 0));
    ASSERT_RESULT(0, xsock_poll(&p, 1, 2500000));
    assert_true(xsock_now() - before >= 5000000);
    sockets_close(d);
}

/* The library pools its wakes, so this asks the backend for one. */
static void use_a_wake(void)
{
    struct xsock__sys_wake w;
    int64_t before = xsock_now();
    assert_int_equal(xsock__sys_wake_open(&w), 0);
    for (int i = 0; i < 3; i++) { /* several wakes count as one */
        xsock__sys_wake_set(&w);
        xsock__sys_wake_set(&w);
        assert_int_equal(xsock__sys_wait(NULL, 0, &w, -1), 0);
        xsock__sys_wake_clear(&w);
        assert_int_equal(xsock__sys_wait(NULL, 0, &w, 1500000), 0);
    }
    assert_true(xsock_now() - before >= 3 * 1500000);
    xsock__sys_wake_close(&w);
}

static void waiting_needs_no_new_call(void **state)
{
    (void)state;
    with_each(PPOLL, wait_for_nothing);
    with_each(EVENTFD, use_a_wake);
    with_each(PIPE2, use_a_wake);
}

static void use_a_poller(void)
{
    struct xsock_event e;
    int pair[2], p = ASSERT_OPENS(xsock_poller_open(XSOCK_SOCK_CLOEXEC));
    sockets_pair(XSOCK_SOCK_STREAM, pair);
    ASSERT_RESULT(0, xsock_poller_ctl(p, XSOCK_POLLER_ADD, pair[0], XSOCK_POLLER_IN, 7));
    ASSERT_RESULT(0, xsock_poller_wait(p, &e, 1, 1500000));
    for (int i = 0; i < 3; i++) { /* several wakes count as one */
        ASSERT_RESULT(0, xsock_poller_wake(p));
        ASSERT_RESULT(0, xsock_poller_wake(p));
        ASSERT_RESULT(0, xsock_poller_wait(p, &e, 1, -1));
        ASSERT_RESULT(0, xsock_poller_wait(p, &e, 1, 0));
    }
    sockets_send(pair[1]);
    ASSERT_RESULT(1, xsock_poller_wait(p, &e, 1, -1));
    assert_true(e.data == 7 && e.events == XSOCK_POLLER_IN);
    sockets_close(pair[0]);
    sockets_close(pair[1]);
    sockets_close(p);
}

static void pollers_need_no_new_call(void **state)
{
    (void)state;
    with_each(EPOLL_CREATE1, use_a_poller);
    with_each(EVENTFD, use_a_poller);
    with_each(PIPE2, use_a_poller);
}

static void send_a_file(void)
{
    static const char text[] = "all of the file";
    char got[sizeof text], path[] = "/tmp/xsock-filter-XXXXXX";
    int fd = mkstemp(path), pair[2];
    assert_true(fd >= 0 && unlink(path) == 0);
    assert_int_equal(write(fd, text, sizeof text), sizeof text);
    sockets_tcp(pair);
    ASSERT_RESULT((int)sizeof text - 4,
                  (int)xsock_sendfile(pair[0], (uintptr_t)fd, 4, sizeof text));
    ASSERT_RESULT(0, xsock_set_flags(pair[1], 0));
    ASSERT_RESULT((int)sizeof text - 4,
                  (int)xsock_recv(pair[1], got, sizeof text - 4, XSOCK_MSG_WAITALL));
    assert_memory_equal(got, text + 4, sizeof text - 4);
    sockets_close(pair[0]);
    sockets_close(pair[1]);
    close(fd);
}

static void files_go_by_hand(void **state)
{
    (void)state;
    with_each(SENDFILE, send_a_file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(batches_go_one_by_one),
        TEST(a_refusal_that_the_older_call_gives_too_is_reported),
        TEST(accept_works),
        TEST(waiting_needs_no_new_call),
        TEST(pollers_need_no_new_call),
        TEST(files_go_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else
#include "harness.h"

static void older_calls_do_the_work(void **state)
{
    (void)state;
    SKIP("only Linux has such filters");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(older_calls_do_the_work)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
