/* A process that forks while another thread has the library's lock. The first call of the program
 * is for a socket that the library does not know yet. The handlers of fork() must have the right
 * order then, too. */
#include "support.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { ROUNDS = 300, HANGS_AFTER_S = 120 };

static int number;
static int volatile has_ended;

static void *duplicate_again_and_again(void *unused)
{
    (void)unused;
    while (!has_ended)
        close(fcntl(number, F_DUPFD, 100));
    return NULL;
}

static void a_forked_child_can_duplicate(void **state)
{
    (void)state;
    int type;
    socklen_t size = sizeof type;
    pthread_t thread;
    has_ended = 0;
    number = (int)syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0);
    ASSERT_IS(0, getsockopt(number, SOL_SOCKET, SO_TYPE, &type, &size));
    alarm(HANGS_AFTER_S);
    assert_int_equal(0, pthread_create(&thread, NULL, duplicate_again_and_again, NULL));
    for (int i = 0; i < ROUNDS; i++) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            alarm(HANGS_AFTER_S);
            _exit(fcntl(number, F_DUPFD, 100) < 0);
        }
        assert_int_equal(child, waitpid(child, &status, 0));
        assert_int_equal(0, status);
    }
    has_ended = 1;
    assert_int_equal(0, pthread_join(thread, NULL));
    alarm(0);
    close(number);
}

/* What a child does before it starts a program leaves the numbers of the parent as they are. */
static void a_child_of_vfork_has_numbers_of_its_own(void **state)
{
    (void)state;
    int status;
    int type;
    socklen_t size = sizeof type;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    pid_t child = vfork();
    if (child == 0) {
        close(s);
        _exit(0);
    }
    assert_int_equal(child, waitpid(child, &status, 0));
    ASSERT_IS(0, fcntl(s, F_GETFL) & O_NONBLOCK);
    ASSERT_IS(0, getsockopt(s, SOL_SOCKET, SO_TYPE, &type, &size));
    close(s);
}

#ifdef SYS_fcntl64
#define FCNTL SYS_fcntl64 /* of systems of 32 bits */
#else
#define FCNTL SYS_fcntl
#endif

/* What a program that is started now would find: the kernel's mode of a standard stream. */
static bool would_block(int stream)
{
    return (syscall(FCNTL, stream, F_GETFL) & O_NONBLOCK) == 0;
}

/* Returns 0, or which check failed. */
static int use_as_streams(int blocking, int nonblocking)
{
    if (dup2(blocking, 0) != 0 || !would_block(0))
        return 1;
    if (dup2(nonblocking, 0) != 0 || would_block(0))
        return 2;
    if (fcntl(0, F_SETFL, 0) != 0 || !would_block(0))
        return 3;
    if (fcntl(0, F_SETFL, O_NONBLOCK) != 0 || would_block(0))
        return 4;
    close(0);
    return dup(blocking) == 0 && would_block(0) ? 0 : 5;
}

static void a_started_program_finds_the_mode_of_its_streams(void **state)
{
    (void)state;
    int status;
    int s[2];
    char byte;
    streams_open(s);
    ASSERT_IS(0, fcntl(s[1], F_SETFL, O_NONBLOCK));
    pid_t child = fork();
    if (child == 0)
        _exit(use_as_streams(s[0], s[1]));
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_int_equal(0, status);
    ASSERT_ERRNO(EAGAIN, recv(s[0], &byte, 1, MSG_DONTWAIT));
    ASSERT_IS(1, write(s[1], "x", 1));
    ASSERT_IS(1, read(s[0], &byte, 1));
    close(s[0]);
    close(s[1]);
}

/* The receiver sees the mode, and so does every program that is started later. */
static void pass(int over, int passed)
{
    char byte = 'x';
    union {
        struct cmsghdr align;
        char bytes[64];
    } control = {.bytes = {0}};
    struct iovec v = {&byte, 1};
    struct msghdr m = {.msg_iov = &v,
                       .msg_iovlen = 1,
                       .msg_control = &control,
                       .msg_controllen = CMSG_SPACE(sizeof passed)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof passed);
    memcpy(CMSG_DATA(c), &passed, sizeof passed);
    ASSERT_IS(1, sendmsg(over, &m, 0));
}

static void a_socket_that_was_passed_can_be_made_non_blocking(void **state)
{
    (void)state;
    int on = 1;
    int over[2];
    int s[2];
    ASSERT_IS(0, socketpair(AF_UNIX, SOCK_STREAM, 0, over));
    for (int i = 0; i < 2; i++) {
        streams_open(s);
        pass(over[0], s[0]);
        assert_true(would_block(s[0]));
        if (i == 0)
            ASSERT_IS(0, fcntl(s[0], F_SETFL, O_NONBLOCK));
        else
            ASSERT_IS(0, ioctl(s[0], FIONBIO, &on));
        assert_false(would_block(s[0]));
        close(s[0]);
        close(s[1]);
    }
    close(over[0]);
    close(over[1]);
}

/* The kernel's accept() has no flag that keeps it from waiting. */
static void a_listener_that_was_passed_keeps_its_limit(void **state)
{
    (void)state;
    const struct timeval soon = {0, 1000};
    int over[2];
    ASSERT_IS(0, socketpair(AF_UNIX, SOCK_STREAM, 0, over));
    int listener = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_IS(0, listen(listener, 1));
    pass(over[0], listener);
    ASSERT_IS(0, setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon));
    ASSERT_ERRNO(EAGAIN, accept(listener, NULL, NULL));
    ASSERT_IS(0, fcntl(listener, F_SETFL, O_NONBLOCK));
    ASSERT_ERRNO(EAGAIN, accept(listener, NULL, NULL));
    close(listener);
    close(over[0]);
    close(over[1]);
}

/* Whether the child sees what the parent has written is another matter. */
static void a_child_that_reads_a_counter_of_its_parent_goes_on(void **state)
{
    (void)state;
    int status;
    int written[2];
    char byte = 'x';
    int counter = ASSERT_OPENS(eventfd(0, EFD_NONBLOCK));
    ASSERT_IS(0, pipe(written));
    pid_t child = fork();
    if (child == 0) {
        eventfd_t value;
        alarm(HANGS_AFTER_S);
        _exit(read(written[0], &byte, 1) != 1
              || (eventfd_read(counter, &value) < 0 && errno != EAGAIN));
    }
    ASSERT_IS(0, eventfd_write(counter, 1));
    ASSERT_IS(1, write(written[1], &byte, 1));
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_int_equal(0, status);
    close(counter);
    close(written[0]);
    close(written[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(a_forked_child_can_duplicate),
                                       TEST(a_child_of_vfork_has_numbers_of_its_own),
                                       TEST(a_started_program_finds_the_mode_of_its_streams),
                                       TEST(a_socket_that_was_passed_can_be_made_non_blocking),
                                       TEST(a_listener_that_was_passed_keeps_its_limit),
                                       TEST(a_child_that_reads_a_counter_of_its_parent_goes_on)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
