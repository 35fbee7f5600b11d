/* What Linux alone has: the masks of ppoll(), pselect() and epoll_pwait(), sockets that raise
 * SIGIO, handlers of signals that close, and families that few programs use. */
#include "support.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/wait.h>

static volatile sig_atomic_t caught;

static void count(int number)
{
    (void)number;
    caught++;
}

/* Blocks SIGUSR1 and makes it pending. Returns a mask that lets it in. */
static sigset_t pend(void)
{
    sigset_t set;
    sigset_t none;
    sigemptyset(&none);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    assert_true(signal(SIGUSR1, count) != SIG_ERR);
    assert_int_equal(0, sigprocmask(SIG_BLOCK, &set, NULL));
    assert_int_equal(0, raise(SIGUSR1));
    caught = 0;
    return none;
}

/* The signal is blocked again after each call. */
static void assert_caught(int times)
{
    sigset_t now;
    assert_int_equal(times, caught);
    assert_int_equal(0, sigprocmask(SIG_BLOCK, NULL, &now));
    assert_int_equal(1, sigismember(&now, SIGUSR1));
    assert_int_equal(0, sigpending(&now));
    assert_int_equal(times == 0, sigismember(&now, SIGUSR1));
}

static void let_in(const sigset_t *mask)
{
    struct timespec none = {0, 0};
    (void)ppoll(NULL, 0, &none, mask);
}

static void a_pending_signal_ends_ppoll(void **state)
{
    (void)state;
    static const long times[] = {10, 0, -1}; /* -1: no limit */
    int s[2];
    streams_open(s);
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct timespec time = {times[i], 0};
        struct pollfd v = {s[0], POLLIN, 0};
        sigset_t mask = pend();
        ASSERT_ERRNO(EINTR, ppoll(&v, 1, times[i] < 0 ? NULL : &time, &mask));
        assert_caught(1);
        mask = pend();
        ASSERT_ERRNO(EINTR, ppoll(NULL, 0, times[i] < 0 ? NULL : &time, &mask));
        assert_caught(1);
    }
    close(s[0]);
    close(s[1]);
}

static void a_pending_signal_ends_pselect(void **state)
{
    (void)state;
    struct timespec time = {10, 0};
    fd_set in;
    int s[2];
    streams_open(s);
    FD_ZERO(&in);
    FD_SET(s[0], &in);
    sigset_t mask = pend();
    ASSERT_ERRNO(EINTR, pselect(s[0] + 1, &in, NULL, NULL, &time, &mask));
    assert_caught(1);
    mask = pend();
    ASSERT_ERRNO(EINTR, pselect(0, NULL, NULL, NULL, NULL, &mask));
    assert_caught(1);
    close(s[0]);
    close(s[1]);
}

static void a_pending_signal_ends_epoll_pwait(void **state)
{
    (void)state;
    struct epoll_event event = {.events = EPOLLIN};
    int s[2];
    streams_open(s);
    int p = ASSERT_OPENS(epoll_create1(0));
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, s[0], &event));
    static const int times[] = {10000, -1};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        sigset_t mask = pend();
        ASSERT_ERRNO(EINTR, epoll_pwait(p, &event, 1, times[i], &mask));
        assert_caught(1);
    }
    sigset_t mask = pend();
    ASSERT_IS(0, epoll_pwait(p, &event, 1, 0, &mask)); /* unlike ppoll() */
    assert_caught(0);
    let_in(&mask);
    close(p);
    close(s[0]);
    close(s[1]);
}

/* What is ready is told, and the signal waits for the next call. */
static void a_pending_signal_does_not_hide_what_is_ready(void **state)
{
    (void)state;
    struct timespec time = {10, 0};
    struct epoll_event event = {.events = EPOLLOUT};
    int s[2];
    fd_set out;
    streams_open(s);
    struct pollfd v = {s[0], POLLOUT, 0};
    FD_ZERO(&out);
    FD_SET(s[0], &out);
    int p = ASSERT_OPENS(epoll_create1(0));
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, s[0], &event));
    sigset_t mask = pend();
    ASSERT_IS(1, ppoll(&v, 1, &time, &mask));
    assert_caught(0);
    ASSERT_IS(1, pselect(s[0] + 1, NULL, &out, NULL, &time, &mask));
    assert_caught(0);
    ASSERT_IS(1, epoll_pwait(p, &event, 1, 10000, &mask));
    assert_caught(0);
    let_in(&mask);
    close(p);
    close(s[0]);
    close(s[1]);
}

/* A time that ends before anything happens is told as in a call without a mask. */
static void a_wait_with_a_mask_ends_in_time(void **state)
{
    (void)state;
    struct timespec time = {0, 1000000};
    struct epoll_event event = {.events = EPOLLIN};
    sigset_t none;
    sigemptyset(&none);
    int s[2];
    streams_open(s);
    struct pollfd v = {s[0], POLLIN, 0};
    int p = ASSERT_OPENS(epoll_create1(0));
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, s[0], &event));
    ASSERT_IS(0, ppoll(&v, 1, &time, &none));
    ASSERT_IS(0, epoll_pwait(p, &event, 1, 1, &none));
    ASSERT_IS(1, send(s[1], "x", 1, 0));
    ASSERT_IS(1, ppoll(&v, 1, NULL, &none));
    ASSERT_IS(1, epoll_pwait(p, &event, 1, -1, &none));
    close(p);
    close(s[0]);
    close(s[1]);
}

static int closed;
static volatile sig_atomic_t has_closed;

static void close_it(int number)
{
    (void)number;
    has_closed = close(closed) == 0;
}

/* What a process does until it sleeps is not interrupted: close() in a handler may wait for ever
 * there. */
static void interrupt_once_asleep(pid_t process)
{
    char path[64];
    char activity = 0;
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)process);
    while (activity != 'S') {
        FILE *f = fopen(path, "r");
        if (f == NULL || fscanf(f, "%*d (%*[^)]) %c", &activity) != 1)
            _exit(1);
        fclose(f);
    }
    _exit(kill(process, SIGALRM) != 0);
}

/* The call begins again (SA_RESTART), and finds the number closed. xsock-posix has ECANCELED. */
static void a_handler_that_closes_ends_the_wait(void **state)
{
    (void)state;
    int status;
    int s[2];
    char byte;
    streams_open(s);
    closed = s[0];
    assert_true(signal(SIGALRM, close_it) != SIG_ERR);
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child == 0)
        interrupt_once_asleep(parent);
    assert_int_equal(-1, read(s[0], &byte, 1));
    assert_true(errno == EBADF || errno == ECANCELED);
    assert_true(has_closed);
    assert_false(is_open(s[0]));
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_int_equal(0, status);
    close(s[1]);
}

/* The kernel raises SIGIO before send() returns. */
static void a_socket_raises_sigio(void **state)
{
    (void)state;
    int s[2];
    ASSERT_IS(0, socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    assert_true(signal(SIGIO, count) != SIG_ERR);
    ASSERT_IS(0, fcntl(s[0], F_SETOWN, getpid()));
    ASSERT_IS(0, fcntl(s[0], F_SETFL, O_ASYNC | O_NONBLOCK));
    ASSERT_IS(O_RDWR | O_ASYNC | O_NONBLOCK, fcntl(s[0], F_GETFL));
    caught = 0;
    ASSERT_IS(1, send(s[1], "x", 1, 0));
    assert_int_equal(1, caught);
    ASSERT_IS(0, fcntl(s[0], F_SETFL, 0));
    ASSERT_IS(O_RDWR, fcntl(s[0], F_GETFL));
    ASSERT_IS(1, send(s[1], "x", 1, 0));
    assert_int_equal(1, caught);
    close(s[0]);
    close(s[1]);
}

static void a_socket_keeps_the_flags_of_its_file(void **state)
{
    (void)state;
    int s[2];
    streams_open(s);
    ASSERT_IS(0, fcntl(s[0], F_SETFL, O_APPEND));
    ASSERT_IS(O_RDWR | O_APPEND, fcntl(s[0], F_GETFL));
    ASSERT_ERRNO(EINVAL, fcntl(s[0], F_SETFL, O_DIRECT | O_NONBLOCK));
    ASSERT_IS(O_RDWR | O_APPEND, fcntl(s[0], F_GETFL));
    close(s[0]);
    close(s[1]);
}

static int number_of(int s, int option)
{
    int value = -1;
    socklen_t len = sizeof value;
    ASSERT_IS(0, getsockopt(s, SOL_SOCKET, option, &value, &len));
    return value;
}

static void a_rare_family_keeps_its_protocol(void **state)
{
    (void)state;
    SKIP_ON_QEMU("qemu knows few protocols of NETLINK");
    static const int protocols[] = {0, 15, 16}; /* NETLINK_ROUTE, _KOBJECT_UEVENT, _GENERIC */
    for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++) {
        int s = ASSERT_OPENS(socket(AF_NETLINK, SOCK_RAW, protocols[i]));
        assert_int_equal(AF_NETLINK, number_of(s, SO_DOMAIN));
        assert_int_equal(protocols[i], number_of(s, SO_PROTOCOL));
        close(s);
    }
    ASSERT_ERRNO(EPROTONOSUPPORT, socket(AF_NETLINK, SOCK_RAW, 250));
    int s = socket(AF_VSOCK, SOCK_STREAM, 0);
    if (s < 0)
        return; /* the kernel has no such sockets */
    assert_int_equal(AF_VSOCK, number_of(s, SO_DOMAIN));
    close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_pending_signal_ends_ppoll),
        TEST(a_pending_signal_ends_pselect),
        TEST(a_pending_signal_ends_epoll_pwait),
        TEST(a_pending_signal_does_not_hide_what_is_ready),
        TEST(a_wait_with_a_mask_ends_in_time),
        TEST(a_handler_that_closes_ends_the_wait),
        TEST(a_socket_raises_sigio),
        TEST(a_socket_keeps_the_flags_of_its_file),
        TEST(a_rare_family_keeps_its_protocol),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
