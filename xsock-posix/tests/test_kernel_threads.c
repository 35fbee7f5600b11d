/* Several threads in the number space at once. */
#include "support.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { ROUNDS = 300, HANGS_AFTER_S = 120 };

static pthread_barrier_t together;
static int number;

/* Runs a function in a thread, too. */
static void run_beside(void *(*fn)(void *), pthread_t *out)
{
    assert_int_equal(0, pthread_create(out, NULL, fn, NULL));
}

static void *send_one(void *unused)
{
    (void)unused;
    pthread_barrier_wait(&together);
    return (void *)(intptr_t)send(number, "x", 1, 0);
}

/* The library learns of such a socket by the first call. */
static void threads_may_use_an_unknown_socket_at_once(void **state)
{
    (void)state;
    assert_int_equal(0, pthread_barrier_init(&together, NULL, 2));
    for (int i = 0; i < ROUNDS; i++) {
        int pair[2];
        void *sent;
        pthread_t thread;
        assert_int_equal(0, syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair));
        number = pair[0];
        run_beside(send_one, &thread);
        assert_int_equal(1, (intptr_t)send_one(NULL));
        assert_int_equal(0, pthread_join(thread, &sent));
        assert_int_equal(1, (intptr_t)sent);
        ASSERT_IS(0, close(pair[0]));
        ASSERT_IS(0, close(pair[1]));
    }
    pthread_barrier_destroy(&together);
}

static bool sleeps(long thread)
{
    char name[64];
    char text[256] = "";
    snprintf(name, sizeof name, "/proc/self/task/%ld/stat", thread);
    FILE *stat = fopen(name, "r");
    char *end = stat != NULL && fgets(text, sizeof text, stat) != NULL ? strrchr(text, ')') : NULL;
    if (stat != NULL)
        fclose(stat);
    return end != NULL && end[2] == 'S';
}

static struct pollfd polled[2];
static long volatile poller;
static int volatile poll_has_ended;

static void *poll_both(void *unused)
{
    (void)unused;
    poller = syscall(SYS_gettid);
    int ready = poll(polled, 2, -1);
    poll_has_ended = 1;
    return (void *)(intptr_t)ready;
}

/* Polls `polled` in a thread, which sleeps by the time that `number` is shut down. */
static void expect_one_ready_after_shutdown(int how)
{
    void *ready;
    pthread_t thread;
    poller = poll_has_ended = 0;
    run_beside(poll_both, &thread);
    while (!poll_has_ended && (poller == 0 || !sleeps(poller)))
        sched_yield();
    ASSERT_IS(0, shutdown(number, how));
    alarm(HANGS_AFTER_S);
    assert_int_equal(0, pthread_join(thread, &ready));
    alarm(0);
    assert_int_equal(1, (intptr_t)ready);
}

/* Data that lies there does not end the wait. */
static void poll_waits_for_the_end_alone(void **state)
{
    (void)state;
    int s[2];
    streams_open(s);
    struct pollfd p = {s[1], POLLIN, 0};
    ASSERT_IS(1, write(s[0], "x", 1));
    ASSERT_IS(1, poll(&p, 1, -1));
    polled[0] = (struct pollfd){s[1], POLLRDHUP, 0};
    polled[1] = (struct pollfd){-1, 0, 0};
    number = s[0];
    expect_one_ready_after_shutdown(SHUT_WR);
    assert_int_equal(POLLRDHUP, polled[0].revents);
    close(s[0]);
    close(s[1]);
}

/* The kernel of BSD is not told of this shutdown. */
static void the_end_of_receiving_ends_a_poll_of_a_socket_and_a_pipe(void **state)
{
    (void)state;
    int s[2];
    int p[2];
    streams_open(s);
    ASSERT_IS(0, pipe(p));
    polled[0] = (struct pollfd){s[0], POLLIN, 0};
    polled[1] = (struct pollfd){p[0], POLLIN, 0};
    number = s[0];
    expect_one_ready_after_shutdown(SHUT_RD);
    assert_int_equal(POLLIN, polled[0].revents);
    for (int i = 0; i < 2; i++) {
        close(s[i]);
        close(p[i]);
    }
}

static void *wait_in_epoll(void *unused)
{
    struct epoll_event got;
    (void)unused;
    poller = syscall(SYS_gettid);
    int ready = epoll_wait(number, &got, 1, 1000 * HANGS_AFTER_S);
    poll_has_ended = 1;
    return (void *)(intptr_t)ready;
}

static void a_socket_ends_the_wait_of_epoll_beside_a_pipe(void **state)
{
    (void)state;
    int s[2];
    int p[2];
    void *ready;
    pthread_t thread;
    struct epoll_event event = {.events = EPOLLIN};
    streams_open(s);
    ASSERT_IS(0, pipe(p));
    number = ASSERT_OPENS(epoll_create1(0));
    ASSERT_IS(0, epoll_ctl(number, EPOLL_CTL_ADD, p[0], &event));
    ASSERT_IS(0, epoll_ctl(number, EPOLL_CTL_ADD, s[0], &event));
    poller = poll_has_ended = 0;
    run_beside(wait_in_epoll, &thread);
    while (!poll_has_ended && (poller == 0 || !sleeps(poller)))
        sched_yield();
    ASSERT_IS(1, write(s[1], "x", 1));
    assert_int_equal(0, pthread_join(thread, &ready));
    assert_int_equal(1, (intptr_t)ready);
    close(number);
    for (int i = 0; i < 2; i++) {
        close(s[i]);
        close(p[i]);
    }
}

/* The limit is looked at before the numbers below are counted. */
static void a_duplicate_beyond_the_limit_takes_no_memory(void **state)
{
    (void)state;
    int status;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    pid_t child = fork();
    if (child == 0) {
        struct rlimit memory = {(rlim_t)1 << 30, (rlim_t)1 << 30};
        setrlimit(RLIMIT_AS, &memory);
        int result = fcntl(s, F_DUPFD, 0x7fffffff);
        _exit(result < 0 ? errno : 0);
    }
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_true(WIFEXITED(status));
    assert_int_equal(EINVAL, WEXITSTATUS(status));
    close(s);
}

/* The numbers from 3 on that a started program would inherit. */
static int count_inheritable(void)
{
    int count = 0;
    for (int n = 3; n < 1024; n++)
        count += syscall(SYS_fcntl, n, F_GETFD) == 0;
    return count;
}

static void a_standard_stream_that_is_a_socket_is_inherited_once(void **state)
{
    (void)state;
    int kept = fcntl(0, F_DUPFD_CLOEXEC, 3);
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    int before = count_inheritable();
    close(0);
    ASSERT_IS(0, dup(s));
    assert_int_equal(before, count_inheritable());
    ASSERT_IS(0, dup2(s, 0));
    assert_int_equal(before, count_inheritable());
    close(0);
    if (kept >= 0) {
        ASSERT_IS(0, dup2(kept, 0));
        close(kept);
    }
    close(s);
}

static int full_pipe[2];
static int file;
static long volatile sender;

static void *send_a_file(void *unused)
{
    (void)unused;
    sender = syscall(SYS_gettid);
    return (void *)(intptr_t)sendfile(full_pipe[1], file, NULL, 10);
}

static void a_wait_of_sendfile_stops_no_other_call(void **state)
{
    (void)state;
    static char bytes[4096];
    void *sent;
    pthread_t thread;
    sender = 0;
    ASSERT_IS(0, pipe2(full_pipe, O_NONBLOCK));
    while (write(full_pipe[1], bytes, sizeof bytes) > 0) {
    }
    ASSERT_IS(0, fcntl(full_pipe[1], F_SETFL, 0));
    file = file_open();
    ASSERT_IS(10, write(file, "0123456789", 10));
    ASSERT_IS(0, lseek(file, 0, SEEK_SET));
    run_beside(send_a_file, &thread);
    while (!sleeps(sender))
        sched_yield();
    alarm(HANGS_AFTER_S);
    close(ASSERT_OPENS(eventfd(0, 0)));
    alarm(0);
    while (read(full_pipe[0], bytes, sizeof bytes) > 0) {
    }
    assert_int_equal(0, pthread_join(thread, &sent));
    assert_int_equal(10, (intptr_t)sent);
    close(full_pipe[0]);
    close(full_pipe[1]);
    close(file);
    file_remove();
}

static void *write_another_address(void *unused)
{
    (void)unused;
    return inet_ntoa((struct in_addr){htonl(0x0a000001)});
}

static void each_thread_has_its_own_text(void **state)
{
    (void)state;
    pthread_t thread;
    char *text = inet_ntoa((struct in_addr){htonl(INADDR_LOOPBACK)});
    assert_int_equal(0, pthread_create(&thread, NULL, write_another_address, NULL));
    assert_int_equal(0, pthread_join(thread, NULL));
    assert_string_equal("127.0.0.1", text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(threads_may_use_an_unknown_socket_at_once),
        TEST(poll_waits_for_the_end_alone),
        TEST(the_end_of_receiving_ends_a_poll_of_a_socket_and_a_pipe),
        TEST(a_socket_ends_the_wait_of_epoll_beside_a_pipe),
        TEST(a_standard_stream_that_is_a_socket_is_inherited_once),
        TEST(a_duplicate_beyond_the_limit_takes_no_memory),
        TEST(a_wait_of_sendfile_stops_no_other_call),
        TEST(each_thread_has_its_own_text),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
