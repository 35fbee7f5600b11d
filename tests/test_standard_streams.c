/* A program that was started with its standard streams closed. The library never uses their numbers
 * for its own handles. Otherwise the text that the program writes to its standard error would go to
 * a network peer. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "harness.h"

#ifdef _WIN32
static void the_numbers_of_the_standard_streams_stay_free(void **state)
{
    (void)state;
    SKIP("Windows has no numbers for them");
}

#else
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sockets.h"
#include "sys.h"
#include "xsock_native.h"

enum { LIMIT = 128, REPORTS = 100 }; /* a handle for errors that the child finds */

/* Standard error is closed. */
#define CHILD_CHECK(condition)                                                     \
    do {                                                                           \
        if (!(condition)) {                                                        \
            dprintf(REPORTS, "in the child, line %d: %s\n", __LINE__, #condition); \
            _exit(1);                                                              \
        }                                                                          \
    } while (0)

static bool are_free(void)
{
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
            return false;
    return true;
}

static void check(int d, bool cloexec)
{
    uintptr_t h = 0;
    CHILD_CHECK(d >= 3 && xsock_native(d, &h) == 0 && h >= 3);
    CHILD_CHECK(fcntl((int)h, F_GETFD) == (cloexec ? FD_CLOEXEC : 0));
    CHILD_CHECK(are_free());
}

static void open_sockets(int cloexec)
{
    struct xsock_addr a = sockets_loopback();
    int pair[2], listener = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | cloexec, 0);
    check(listener, cloexec != 0);
    CHILD_CHECK(xsock_bind(listener, &a) == 0 && xsock_listen(listener, 4) == 0
                && xsock_local_addr(listener, &a) == 0);
    int client = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | cloexec, 0);
    CHILD_CHECK(xsock_connect(client, &a) == 0);
    int server = xsock_accept(listener, cloexec, NULL);
    check(server, cloexec != 0);
    check(xsock_dup(server, 0, cloexec), cloexec != 0);
    CHILD_CHECK(xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | cloexec, 0, pair) == 0);
    check(pair[0], cloexec != 0);
    check(pair[1], cloexec != 0);
}

static void wait_and_poll(void)
{
    struct xsock_event e;
    int pair[2], p = xsock_poller_open(XSOCK_SOCK_CLOEXEC);
    check(p, true);
    CHILD_CHECK(xsock_poller_wait(p, &e, 1, 0) == 0);
    CHILD_CHECK(xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM, 0, pair) == 0);
    CHILD_CHECK(xsock_set_opt_time(pair[0], XSOCK_SO_RCVTIMEO, 1000) == 0);
    /* the call has waited, with a wake */
    CHILD_CHECK(xsock_recv(pair[0], &e, 1, 0) == -XSOCK_EAGAIN);
    CHILD_CHECK(are_free());
    CHILD_CHECK(xsock_close(p) == 0);
}

static void receive_handles(int flags)
{
    uintptr_t sent[3] = {REPORTS, REPORTS, REPORTS}, got[3];
    char byte = 0;
    struct xsock_vec v = {&byte, 1};
    struct xsock_control c = {.has = XSOCK_CONTROL_HANDLES, .handles = sent, .handle_count = 3};
    struct xsock_msg m = {.vec = &v, .vec_count = 1, .control = &c};
    int pair[2];
    CHILD_CHECK(xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM, 0, pair) == 0);
    CHILD_CHECK(xsock_sendmsg(pair[0], &m, 0) == 1);
    c = (struct xsock_control){.handles = got, .handle_capacity = 3};
    CHILD_CHECK(xsock_recvmsg(pair[1], &m, flags) == 1 && c.handle_count == 3 && m.flags == 0);
    for (int i = 0; i < 3; i++)
        CHILD_CHECK(got[i] >= 3 && fcntl((int)got[i], F_GETFD) == (flags != 0 ? FD_CLOEXEC : 0));
    CHILD_CHECK(are_free());
}

/* The handles that the backend makes for itself. */
static void make_the_rest(const char *path)
{
    struct xsock__sys_wake w;
    uintptr_t lock;
    CHILD_CHECK(xsock__sys_wake_open(&w) == 0 && w.handle[0] >= 3 && w.handle[1] >= 3);
    CHILD_CHECK(are_free());
    CHILD_CHECK(xsock__sys_lock_file(path, &lock) == 0 && lock >= 3 && are_free());
    xsock__sys_unlock_file(lock);
    unlink(path);
}

/* No other number is left, so the calls fail, and use none of these numbers. */
static void take_none_at_the_limit(void)
{
    int pair[2];
    while (fcntl(REPORTS, F_DUPFD, 3) >= 0)
        ;
    while (xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0) >= 3) /* idle wakes are freed */
        ;
    CHILD_CHECK(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0) == -XSOCK_EMFILE && are_free());
    CHILD_CHECK(xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_DGRAM, 0, pair) == -XSOCK_EMFILE);
    CHILD_CHECK(are_free());
    CHILD_CHECK(xsock_poller_open(0) == -XSOCK_EMFILE && are_free());
}

/* Closes the standard streams, and makes every kind of handle. */
static void run_child(bool full, const char *path)
{
    const struct rlimit limit = {LIMIT, LIMIT};
    if (dup2(STDERR_FILENO, REPORTS) != REPORTS)
        _exit(2);
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        _exit(3);
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    open_sockets(0);
    open_sockets(XSOCK_SOCK_CLOEXEC);
    wait_and_poll();
    receive_handles(0);
    receive_handles(XSOCK_MSG_CMSG_CLOEXEC);
    make_the_rest(path);
    if (full)
        take_none_at_the_limit();
    _exit(0);
}

/* A daemon that begins by closing all numbers, and opens its files afterwards. */
static void close_all_and_go_on(const char *path)
{
    enum { FILES = 40 };
    int p = xsock_poller_open(0);
    if (p < 0 || dup2(STDERR_FILENO, REPORTS) != REPORTS)
        _exit(2);
    for (int fd = 3; fd < REPORTS; fd++)
        close(fd);
    for (int i = 0; i < FILES; i++)
        CHILD_CHECK(open(path, O_RDWR | O_CREAT, 0600) == 3 + i);
    CHILD_CHECK(unlink(path) == 0 && xsock_poller_wake(p) == 0 && xsock_close(p) == 0);
    for (int i = 0; i < FILES; i++)
        CHILD_CHECK(lseek(3 + i, 0, SEEK_END) == 0); /* open, and nothing was written to it */
    _exit(0);
}

static void a_poller_touches_no_file_that_has_its_numbers(void **state)
{
    char path[64];
    int status = -1;
    (void)state;
    snprintf(path, sizeof path, "/tmp/xsock-numbers-%ld", (long)getpid());
    pid_t child = fork();
    if (child == 0)
        close_all_and_go_on(path);
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_int_equal(status, 0);
}

/* The wait says so, and does not turn in a circle until its time is over. */
static void a_poller_whose_handle_the_program_has_closed_is_no_poller(void **state)
{
    uintptr_t h = 0;
    (void)state;
    int p = ASSERT_OPENS(xsock_poller_open(0));
    struct xsock_event e;
    ASSERT_RESULT(0, xsock_poller_wait(p, &e, 1, 0));
    ASSERT_RESULT(0, xsock_native(p, &h));
    assert_int_equal(close((int)h), 0);
    ASSERT_RESULT(-XSOCK_EBADF, xsock_poller_wait(p, &e, 1, 200 * 1000 * 1000));
    ASSERT_RESULT(0, xsock_close(p));
}

static void the_numbers_of_the_standard_streams_stay_free(void **state)
{
    char path[64];
    (void)state;
    snprintf(path, sizeof path, "/tmp/xsock-streams-%ld", (long)getpid());
    for (int full = 0; full < 2; full++) {
        int status = -1;
        pid_t child = fork();
        if (child == 0)
            run_child(full == 1, path);
        assert_true(child > 0 && waitpid(child, &status, 0) == child);
        assert_int_equal(status, 0);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_numbers_of_the_standard_streams_stay_free),
#ifndef _WIN32
        TEST(a_poller_touches_no_file_that_has_its_numbers),
        TEST(a_poller_whose_handle_the_program_has_closed_is_no_poller),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
