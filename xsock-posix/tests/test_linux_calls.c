/* epoll, eventfd and sendfile: calls of Linux that many programs use. */
#include "support.h"

#include <limits.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#if !defined(_WIN32)
#include <sys/syscall.h>
#endif

static void epoll_reports_members(void **state)
{
    (void)state;
    int s[2];
    char byte;
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data = {.u64 = 0x123456789abcU}};
    struct epoll_event got[4];
    int p = ASSERT_OPENS(epoll_create1(EPOLL_CLOEXEC));
    ASSERT_IS(FD_CLOEXEC, fcntl(p, F_GETFD));
    streams_open(s);
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, s[1], &event));
    ASSERT_ERRNO(EEXIST, epoll_ctl(p, EPOLL_CTL_ADD, s[1], &event));
    ASSERT_ERRNO(ENOENT, epoll_ctl(p, EPOLL_CTL_MOD, s[0], &event));
    ASSERT_IS(0, epoll_wait(p, got, 4, 0));
    ASSERT_IS(1, write(s[0], "x", 1));
    ASSERT_IS(1, epoll_wait(p, got, 4, -1));
    assert_int_equal(EPOLLIN, got[0].events);
    assert_true(got[0].data.u64 == 0x123456789abcU);
    ASSERT_IS(1, read(s[1], &byte, 1));
    event.events = EPOLLOUT | EPOLLONESHOT;
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_MOD, s[1], &event));
    ASSERT_IS(1, epoll_wait(p, got, 4, -1));
    assert_int_equal(EPOLLOUT, got[0].events);
    ASSERT_IS(0, epoll_wait(p, got, 4, 0));
    event.events = EPOLLIN | EPOLLRDHUP;
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_MOD, s[1], &event));
    close(s[0]);
    ASSERT_IS(1, epoll_pwait(p, got, 4, -1, NULL));
    assert_int_equal(EPOLLIN | EPOLLRDHUP, got[0].events);
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_DEL, s[1], NULL));
    ASSERT_ERRNO(ENOENT, epoll_ctl(p, EPOLL_CTL_DEL, s[1], NULL));
    close(s[1]);
    ASSERT_ERRNO(EBADF, epoll_ctl(p, EPOLL_CTL_ADD, s[1], &event));
    ASSERT_ERRNO(EFAULT, epoll_ctl(p, EPOLL_CTL_ADD, s[1], NULL));
    ASSERT_ERRNO(EINVAL, epoll_wait(p, got, 0, 0));
    int file = file_open();
    ASSERT_ERRNO(EPERM, epoll_ctl(p, EPOLL_CTL_ADD, file, &event));
    ASSERT_ERRNO(EINVAL, epoll_wait(file, got, 4, 0));
    close(file);
    file_remove();
    ASSERT_IS(0, close(p));
    ASSERT_ERRNO(EBADF, epoll_wait(p, got, 4, 0));
}

static void a_poller_is_neither_a_file_nor_a_socket(void **state)
{
    (void)state;
    char byte = 0;
    struct iovec one = {&byte, 1};
    socklen_t len = sizeof one;
    int on = 1;
    int p = ASSERT_OPENS(epoll_create1(0));
    ASSERT_ERRNO(EINVAL, read(p, &byte, 1));
    ASSERT_ERRNO(EINVAL, read(p, &byte, 0));
    ASSERT_ERRNO(EINVAL, write(p, &byte, 1));
    ASSERT_ERRNO(EINVAL, readv(p, &one, 1));
    ASSERT_ERRNO(EINVAL, writev(p, &one, 0));
    ASSERT_ERRNO(ENOTSOCK, recv(p, &byte, 1, 0));
    ASSERT_ERRNO(ENOTSOCK, send(p, &byte, 1, 0));
    ASSERT_ERRNO(ENOTSOCK, bind(p, NULL, 0));
    ASSERT_ERRNO(ENOTSOCK, accept(p, NULL, NULL));
    ASSERT_ERRNO(ENOTSOCK, setsockopt(p, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
    ASSERT_ERRNO(ENOTSOCK, getsockopt(p, SOL_SOCKET, SO_TYPE, &on, &len));
    close(p);
}

static void an_eventfd_counts(void **state)
{
    (void)state;
    uint64_t value = 3;
    int e = ASSERT_OPENS(eventfd(2, EFD_NONBLOCK));
    struct pollfd p = {e, POLLIN, 0};
    ASSERT_IS(1, poll(&p, 1, 0));
    ASSERT_IS(8, write(e, &value, sizeof value));
    ASSERT_IS(8, read(e, &value, sizeof value));
    assert_true(value == 5);
    ASSERT_ERRNO(EAGAIN, read(e, &value, sizeof value));
    ASSERT_IS(0, poll(&p, 1, 0));
    ASSERT_ERRNO(EINVAL, read(e, &value, 4));
    value = UINT64_MAX;
    ASSERT_ERRNO(EINVAL, write(e, &value, sizeof value));
    ASSERT_IS(0, eventfd_write(e, UINT64_MAX - 1));
    ASSERT_ERRNO(EAGAIN, eventfd_write(e, 1));
    eventfd_t got = 0;
    ASSERT_IS(0, eventfd_read(e, &got));
    assert_true(got == UINT64_MAX - 1);
    ASSERT_IS(0, close(e));
    ASSERT_ERRNO(EBADF, read(e, &value, sizeof value));
    e = ASSERT_OPENS(eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC));
    for (int i = 0; i < 2; i++) {
        ASSERT_IS(0, eventfd_read(e, &got));
        assert_true(got == 1);
    }
    ASSERT_ERRNO(EAGAIN, eventfd_read(e, &got));
    close(e);
}

/* Nothing but read() and write() changes the counter. */
static void an_eventfd_is_no_socket(void **state)
{
    (void)state;
    char byte = 0;
    uint64_t value = 7;
    uint32_t halves[2] = {0, 0};
    struct iovec two[] = {{&value, sizeof value}, {&value, sizeof value}};
    struct iovec pieces[] = {{&halves[0], 4}, {&halves[1], 4}};
    struct iovec nothing[] = {{&value, 0}, {&value, 0}};
    struct msghdr m = {.msg_iov = pieces, .msg_iovlen = 1};
    int e = ASSERT_OPENS(eventfd(0, EFD_NONBLOCK));
    ASSERT_IS(16, writev(e, two, 2));
    ASSERT_ERRNO(ENOTSOCK, send(e, &byte, 1, 0));
    ASSERT_ERRNO(ENOTSOCK, recv(e, &byte, 1, 0));
    ASSERT_ERRNO(ENOTSOCK, recvmsg(e, &m, 0));
    ASSERT_ERRNO(ENOTSOCK, shutdown(e, SHUT_RDWR));
    ASSERT_ERRNO(ENOTSOCK, listen(e, 1));
    ASSERT_ERRNO(EBADF, dup2(e, -1));
    ASSERT_ERRNO(EBADF, dup3(e, -1, 0));
    ASSERT_ERRNO(EINVAL, writev(e, pieces, 2));
    ASSERT_IS(0, writev(e, nothing, 2));
    ASSERT_IS(0, readv(e, nothing, 2));
    ASSERT_ERRNO(EINVAL, readv(e, pieces, 1));
    ASSERT_IS(8, readv(e, pieces, 2));
    memcpy(&value, halves, sizeof value);
    assert_true(value == 14);
    ASSERT_ERRNO(EAGAIN, readv(e, pieces, 2));
    ASSERT_IS(0, eventfd_write(e, 1));
    ASSERT_IS(0, eventfd_read(e, &value));
    close(e);
}

static int count_open(void)
{
    int count = 0;
    for (int n = 0; n < 1024; n++)
        count += is_open(n);
    return count;
}

/* Nothing of it is left, whatever it is made of. */
static void an_eventfd_can_be_replaced(void **state)
{
    (void)state;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    int before = count_open();
    int e = ASSERT_OPENS(eventfd(1, 0));
    ASSERT_IS(e, dup2(s, e));
    ASSERT_IS(0, close(e));
    assert_int_equal(before, count_open());
    close(s);
}

static void an_eventfd_wakes_epoll(void **state)
{
    (void)state;
    struct epoll_event event = {.events = EPOLLIN};
    struct epoll_event got;
    int p = ASSERT_OPENS(epoll_create(1));
    int e = ASSERT_OPENS(eventfd(0, 0));
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, e, &event));
    ASSERT_IS(0, epoll_wait(p, &got, 1, 0));
    ASSERT_IS(0, eventfd_write(e, 1));
    ASSERT_IS(1, epoll_wait(p, &got, 1, -1));
    eventfd_t value;
    ASSERT_IS(0, eventfd_read(e, &value));
    ASSERT_IS(0, epoll_wait(p, &got, 1, 0));
    close(e);
    close(p);
}

/* Windows tells of a pipe only to who asks. */
/* Runtimes wake their loops like this, and never read. */
static void an_eventfd_wakes_an_edge_at_each_write(void **state)
{
    (void)state;
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    struct epoll_event got;
    int p = ASSERT_OPENS(epoll_create1(0));
    int e = ASSERT_OPENS(eventfd(0, EFD_NONBLOCK));
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, e, &event));
    for (int i = 0; i < 3; i++) {
        ASSERT_IS(0, eventfd_write(e, 1));
        ASSERT_IS(1, epoll_wait(p, &got, 1, 10000));
        ASSERT_IS(0, epoll_wait(p, &got, 1, 0));
    }
    eventfd_t value;
    ASSERT_IS(0, eventfd_read(e, &value));
    assert_true(value == 3);
    struct pollfd polled = {e, POLLIN, 0};
    ASSERT_IS(0, poll(&polled, 1, 0)); /* no byte is left */
    close(e);
    close(p);
}

/* Loops are put into other loops like this. The kernel has to know what the poller waits for, and
 * Windows and plain poll() do not. */
#if !defined(_WIN32) && !defined(XSOCK_POSIX_POLLER_POLL)
#define POLLER_CAN_BE_POLLED
#endif

#if !defined(POLLER_CAN_BE_POLLED)
static void a_poller_cannot_be_polled(void **state)
{
    (void)state;
    int p = ASSERT_OPENS(epoll_create1(0));
    struct pollfd polled = {p, POLLIN, 0};
    ASSERT_IS(1, poll(&polled, 1, -1));
    assert_int_equal(POLLNVAL, polled.revents);
    close(p);
}
#else
static void a_poller_can_be_polled(void **state)
{
    (void)state;
    int s[2];
    char byte;
    struct epoll_event event = {.events = EPOLLIN};
    struct timeval zero = {0, 0};
    fd_set set;
    int p = ASSERT_OPENS(epoll_create1(0));
    streams_open(s);
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, s[1], &event));
    struct pollfd polled[] = {{p, POLLIN, 0}, {s[0], POLLIN, 0}};
    ASSERT_IS(0, poll(polled, 2, 0));
    ASSERT_IS(1, write(s[0], "x", 1));
    ASSERT_IS(1, poll(polled, 2, 60000));
    assert_int_equal(POLLIN, polled[0].revents);
    FD_ZERO(&set);
    FD_SET(p, &set);
    ASSERT_IS(1, select(p + 1, &set, NULL, NULL, &zero));
    ASSERT_IS(1, epoll_wait(p, &event, 1, 0));
    ASSERT_IS(1, read(s[1], &byte, 1));
    ASSERT_IS(0, poll(polled, 2, 0));
    close(s[0]);
    close(s[1]);
    close(p);
}
#endif

static void epoll_takes_pipes_beside_sockets(void **state)
{
    (void)state;
    struct epoll_event of_pipe = {.events = EPOLLIN, .data = {.u32 = 1}};
    struct epoll_event of_socket = {.events = EPOLLIN, .data = {.u32 = 2}};
    struct epoll_event got[4];
    int s[2];
    int pipes[2];
    streams_open(s);
    ASSERT_IS(0, pipe(pipes));
    int p = ASSERT_OPENS(epoll_create1(0));
#if defined(_WIN32)
    ASSERT_ERRNO(EPERM, epoll_ctl(p, EPOLL_CTL_ADD, pipes[0], &of_pipe));
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, s[0], &of_socket));
    ASSERT_IS(0, epoll_wait(p, got, 4, 0));
#else
    char byte;
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, pipes[0], &of_pipe));
    ASSERT_ERRNO(EEXIST, epoll_ctl(p, EPOLL_CTL_ADD, pipes[0], &of_pipe));
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, s[0], &of_socket));
    ASSERT_IS(0, epoll_wait(p, got, 4, 0));
    ASSERT_IS(0, epoll_wait(p, got, 4, 1));
    ASSERT_IS(1, write(pipes[1], "p", 1));
    ASSERT_IS(1, epoll_wait(p, got, 4, -1));
    assert_int_equal(1, got[0].data.u32);
    ASSERT_IS(1, write(s[1], "s", 1));
    struct pollfd arrived = {s[0], POLLIN, 0};
    ASSERT_IS(1, poll(&arrived, 1, -1));
    ASSERT_IS(2, epoll_wait(p, got, 4, -1));
    assert_int_equal(3, got[0].data.u32 + got[1].data.u32);
    ASSERT_IS(1, epoll_wait(p, got, 1, -1));
    ASSERT_IS(1, read(pipes[0], &byte, 1));
    ASSERT_IS(1, epoll_wait(p, got, 4, -1));
    assert_int_equal(2, got[0].data.u32);
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_DEL, pipes[0], NULL));
    ASSERT_ERRNO(ENOENT, epoll_ctl(p, EPOLL_CTL_DEL, pipes[0], NULL));
    ASSERT_IS(1, read(s[0], &byte, 1));
    ASSERT_IS(1, write(pipes[1], "p", 1));
    ASSERT_IS(0, epoll_wait(p, got, 4, 0));
#endif
    close(p);
    close(pipes[0]);
    close(pipes[1]);
    close(s[0]);
    close(s[1]);
}

#if !defined(_WIN32) /* Windows reports 64 members a wait, and takes no pipes */
static void epoll_fills_a_large_array(void **state)
{
    (void)state;
    enum { MEMBERS = 200 };
    static struct epoll_event got[MEMBERS + 1];
    static bool has_told[MEMBERS];
    struct epoll_event event = {.events = EPOLLOUT};
    int s[MEMBERS];
    int p = ASSERT_OPENS(epoll_create1(0));
    for (uint32_t i = 0; i < MEMBERS; i++) {
        s[i] = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
        event.data.u32 = i;
        ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, s[i], &event));
    }
    ASSERT_IS(MEMBERS, epoll_wait(p, got, MEMBERS + 1, 0));
    for (int i = 0; i < MEMBERS; i++)
        has_told[got[i].data.u32] = true;
    for (int i = 0; i < MEMBERS; i++) {
        assert_true(has_told[i]);
        close(s[i]);
    }
    volatile int too_many = INT_MAX; /* a compiler would warn of the constant */
    ASSERT_ERRNO(EINVAL, epoll_wait(p, got, too_many, 0));
    close(p);
}

/* Each wait has room for one member only. */
static void epoll_reports_sockets_and_pipes_in_turn(void **state)
{
    (void)state;
    struct epoll_event of_pipe = {.events = EPOLLIN, .data = {.u32 = 1}};
    struct epoll_event of_socket = {.events = EPOLLOUT, .data = {.u32 = 2}};
    struct epoll_event got[2];
    int pipes[2];
    int p = ASSERT_OPENS(epoll_create1(0));
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    ASSERT_IS(0, pipe(pipes));
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, s, &of_socket));
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, pipes[0], &of_pipe));
    ASSERT_IS(1, write(pipes[1], "p", 1));
    for (int i = 0; i < 3; i++) {
        ASSERT_IS(1, epoll_wait(p, &got[0], 1, -1));
        ASSERT_IS(1, epoll_wait(p, &got[1], 1, -1));
        assert_int_equal(3, got[0].data.u32 + got[1].data.u32);
    }
    close(p);
    close(pipes[0]);
    close(pipes[1]);
    close(s);
}

/* The duplicate is made behind the library, like a number that the program has inherited. The first
 * call for sockets makes it known, and it stays a member. */
static void a_member_may_be_unknown_before(void **state)
{
    (void)state;
    struct epoll_event event = {.events = EPOLLIN, .data = {.u32 = 1}};
    char byte;
    int s[2];
    streams_open(s);
    int p = ASSERT_OPENS(epoll_create1(0));
    int unknown = ASSERT_OPENS((int)syscall(SYS_dup, s[0]));
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, unknown, &event));
    ASSERT_ERRNO(EAGAIN, recv(unknown, &byte, 1, MSG_DONTWAIT));
    event.data.u32 = 2;
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_MOD, unknown, &event));
    ASSERT_IS(1, write(s[1], "x", 1));
    ASSERT_IS(1, epoll_wait(p, &event, 1, -1));
    assert_int_equal(2, event.data.u32);
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_DEL, unknown, NULL));
    close(p);
    close(unknown);
    close(s[0]);
    close(s[1]);
}
#endif

static void sendfile_sends_a_file(void **state)
{
    (void)state;
    int s[2];
    char buf[16];
    off_t offset = 2;
    streams_open(s);
    int file = file_open();
    ASSERT_IS(10, write(file, "0123456789", 10));
    ASSERT_IS(5, sendfile(s[0], file, &offset, 5));
    assert_int_equal(7, offset);
    ASSERT_IS(5, recv(s[1], buf, 5, MSG_WAITALL));
    assert_memory_equal("23456", buf, 5);
    ASSERT_IS(0, lseek(file, 0, SEEK_SET));
    ASSERT_IS(4, sendfile(s[0], file, NULL, 4));
    ASSERT_IS(6, sendfile(s[0], file, NULL, 100));
    ASSERT_IS(0, sendfile(s[0], file, NULL, 100));
    ASSERT_IS(10, recv(s[1], buf, 10, MSG_WAITALL));
    assert_memory_equal("0123456789", buf, 10);
    ASSERT_ERRNO(EBADF, sendfile(s[0], 1000, NULL, 1));
    close(file);
    file_remove();
    close(s[0]);
    close(s[1]);
}

static void sendfile_looks_at_how_a_file_was_opened(void **state)
{
    (void)state;
    const char *name = "xsock-posix-test.mode";
    int s[2];
    streams_open(s);
    int to = ASSERT_OPENS(open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600));
    int from = ASSERT_OPENS(open(name, O_RDONLY));
    ASSERT_IS(3, write(to, "123", 3));
    ASSERT_IS(0, lseek(to, 0, SEEK_SET));
    ASSERT_ERRNO(EBADF, sendfile(s[0], to, NULL, 3));
    ASSERT_ERRNO(EBADF, sendfile(from, from, NULL, 3));
    ASSERT_IS(3, sendfile(s[0], from, NULL, 3));
    ASSERT_ERRNO(EBADF, sendfile(from, from, NULL, 3)); /* nothing is left to send */
    int opened[] = {to, from, s[0], s[1]};
    for (size_t i = 0; i < sizeof opened / sizeof opened[0]; i++)
        ASSERT_IS(0, close(opened[i]));
    remove(name);
}

static void wrong_arguments_give_the_errors_of_linux(void **state)
{
    (void)state;
    struct epoll_event event = {.events = EPOLLIN};
    struct epoll_event got;
    int s[2];
    volatile int minus_one = -1; /* compilers warn of a constant */
    struct epoll_event *volatile nil = NULL;
    streams_open(s);
    int file = file_open();
    int p = ASSERT_OPENS(epoll_create1(0));
    ASSERT_ERRNO(EINVAL, epoll_create(0));
    ASSERT_ERRNO(EINVAL, epoll_create(-1));
    ASSERT_ERRNO(EINVAL, epoll_create1(-1));
    ASSERT_ERRNO(EBADF, epoll_ctl(-1, EPOLL_CTL_ADD, s[0], &event));
    ASSERT_ERRNO(EBADF, epoll_ctl(p, EPOLL_CTL_ADD, -1, &event));
    ASSERT_ERRNO(EBADF, epoll_ctl(p, EPOLL_CTL_ADD, 1000, &event));
    ASSERT_ERRNO(EPERM, epoll_ctl(file, EPOLL_CTL_ADD, file, &event));
    ASSERT_ERRNO(EINVAL, epoll_ctl(file, EPOLL_CTL_ADD, s[0], &event));
    ASSERT_ERRNO(EINVAL, epoll_ctl(s[1], EPOLL_CTL_ADD, s[0], &event));
    ASSERT_ERRNO(EINVAL, epoll_ctl(p, EPOLL_CTL_ADD, p, &event));
    ASSERT_ERRNO(EINVAL, epoll_ctl(p, 99, s[0], &event));
    ASSERT_ERRNO(EPERM, epoll_ctl(p, EPOLL_CTL_MOD, file, &event));
    ASSERT_ERRNO(EPERM, epoll_ctl(p, EPOLL_CTL_DEL, file, NULL));
    ASSERT_ERRNO(EPERM, epoll_ctl(s[0], EPOLL_CTL_ADD, file, &event));
    ASSERT_ERRNO(EPERM, epoll_ctl(p, 99, file, &event));
    ASSERT_ERRNO(EFAULT, epoll_ctl(p, EPOLL_CTL_ADD, s[0], NULL));
    ASSERT_ERRNO(EFAULT, epoll_ctl(p, EPOLL_CTL_MOD, s[0], NULL));
    ASSERT_ERRNO(ENOENT, epoll_ctl(p, EPOLL_CTL_DEL, s[0], &event));
    ASSERT_ERRNO(EBADF, epoll_wait(-1, &got, 1, 0));
    ASSERT_ERRNO(EINVAL, epoll_wait(file, &got, 1, 0));
    ASSERT_ERRNO(EINVAL, epoll_wait(s[0], &got, 1, 0));
    if (!is_qemu()) /* qemu looks at the pointer first */
        ASSERT_ERRNO(EINVAL, epoll_wait(s[0], nil, 1, 0));
    ASSERT_ERRNO(EINVAL, epoll_wait(p, &got, 0, 0));
    ASSERT_ERRNO(EINVAL, epoll_wait(p, &got, minus_one, 0));
    ASSERT_ERRNO(EINVAL, eventfd(0, -1));
    off_t before = -1;
    ASSERT_ERRNO(EBADF, sendfile(-1, file, NULL, 1));
    ASSERT_ERRNO(EBADF, sendfile(s[0], -1, NULL, 1));
    ASSERT_ERRNO(EINVAL, sendfile(s[0], file, &before, 1));
    close(p);
    close(file);
    file_remove();
    close(s[0]);
    close(s[1]);
}

/* The address has no place to go, and the connection was taken already. */
static void a_wrong_length_loses_the_connection_that_accept_took(void **state)
{
    (void)state;
    struct sockaddr_in a;
    socklen_t length = (socklen_t)-1;
    int l = listener_open(&a);
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    struct pollfd p = {l, POLLIN, 0};
    ASSERT_IS(0, connect(s, (struct sockaddr *)&a, sizeof a));
    ASSERT_IS(1, poll(&p, 1, -1));
    memset(&a, 'x', sizeof a);
    struct sockaddr_in before = a;
    ASSERT_ERRNO(EINVAL, accept(l, (struct sockaddr *)&a, &length));
    assert_memory_equal(&before, &a, sizeof a);
    ASSERT_IS(0, poll(&p, 1, 0));
    p.fd = s;
    ASSERT_IS(1, poll(&p, 1, 60000)); /* the other end is closed */
    close(s);
    close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(epoll_reports_members),
        TEST(a_poller_is_neither_a_file_nor_a_socket),
        TEST(an_eventfd_counts),
        TEST(an_eventfd_is_no_socket),
        TEST(an_eventfd_can_be_replaced),
        TEST(an_eventfd_wakes_epoll),
        TEST(an_eventfd_wakes_an_edge_at_each_write),
#if defined(POLLER_CAN_BE_POLLED)
        TEST(a_poller_can_be_polled),
#else
        TEST(a_poller_cannot_be_polled),
#endif
#if !defined(_WIN32)
        TEST(epoll_fills_a_large_array),
        TEST(epoll_reports_sockets_and_pipes_in_turn),
        TEST(a_member_may_be_unknown_before),
#endif
        TEST(epoll_takes_pipes_beside_sockets),
        TEST(sendfile_sends_a_file),
        TEST(a_wrong_length_loses_the_connection_that_accept_took),
        TEST(sendfile_looks_at_how_a_file_was_opened),
        TEST(wrong_arguments_give_the_errors_of_linux),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
