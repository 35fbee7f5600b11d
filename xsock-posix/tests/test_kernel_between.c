/* What another thread or the handler of a signal does in the middle of a call. The program has some
 * functions of the C library itself, so that the library calls them here. They make the system call
 * and then, once, what the test wants to happen at that moment. */
#include "support.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>

enum { HANGS_AFTER_S = 120, HIGH = 100 };

#ifdef SYS_fcntl64
#define FCNTL SYS_fcntl64 /* of systems of 32 bits */
#else
#define FCNTL SYS_fcntl
#endif

static void (*after_fcntl)(int command, int result);

int fcntl_of_the_library(int number, int command, ...) __asm__("fcntl");

int fcntl_of_the_library(int number, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    long argument = va_arg(arguments, long);
    va_end(arguments);
    int result = (int)syscall(FCNTL, number, command, argument);
    void (*act)(int, int) = after_fcntl;
    if (act != NULL) {
        int error = errno;
        act(command, result);
        errno = error;
    }
    return result;
}

static bool opens_before_dup2;
static int opened;

int dup2_of_the_library(int number, int to) __asm__("dup2");

int dup2_of_the_library(int number, int to)
{
    if (opens_before_dup2)
        opened = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR);
    return (int)syscall(SYS_dup3, number, to, 0);
}

static int counter;

static void count(int signal)
{
    (void)signal;
    (void)eventfd_write(counter, 1);
}

static void raise_once(int command, int result)
{
    (void)result;
    if (command != F_DUPFD && command != F_DUPFD_CLOEXEC)
        return;
    after_fcntl = NULL;
    raise(SIGUSR1);
}

static void a_handler_may_write_to_an_eventfd(void **state)
{
    (void)state;
    eventfd_t value = 0;
    counter = ASSERT_OPENS(eventfd(0, EFD_NONBLOCK));
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    signal(SIGUSR1, count);
    alarm(HANGS_AFTER_S);
    after_fcntl = raise_once;
    int high = ASSERT_OPENS(fcntl(s, F_DUPFD, HIGH));
    alarm(0);
    signal(SIGUSR1, SIG_DFL);
    assert_null(after_fcntl);
    ASSERT_IS(0, eventfd_read(counter, &value));
    assert_int_equal(1, value);
    close(high);
    close(s);
    close(counter);
}

/* Closing is where a thread may be cancelled, and the library closes numbers when it duplicates. */
static void *duplicate_when_cancelled(void *s)
{
    pthread_cancel(pthread_self());
    return (void *)(intptr_t)fcntl(*(int *)s, F_DUPFD, HIGH);
}

static void a_cancelled_thread_leaves_the_others_at_work(void **state)
{
    (void)state;
    pthread_t thread;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    alarm(HANGS_AFTER_S);
    assert_int_equal(0, pthread_create(&thread, NULL, duplicate_when_cancelled, &s));
    assert_int_equal(0, pthread_join(thread, NULL));
    ASSERT_IS(HIGH + 1, fcntl(s, F_DUPFD, HIGH));
    alarm(0);
    close(HIGH + 1);
    close(HIGH);
    close(s);
}

static int low; /* a number that another thread closes */

static void close_low_once(int command, int result)
{
    if (result < HIGH || (command != F_DUPFD && command != F_DUPFD_CLOEXEC))
        return;
    after_fcntl = NULL;
    syscall(SYS_close, low);
}

static void a_duplicate_is_never_below_the_minimum(void **state)
{
    (void)state;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    low = ASSERT_OPENS(open("/dev/null", O_RDWR));
    after_fcntl = close_low_once;
    ASSERT_IS(HIGH, fcntl(s, F_DUPFD, HIGH));
    assert_null(after_fcntl);
    ASSERT_IS(low, open("/dev/null", O_RDWR));
    close(low);
    close(HIGH);
    close(s);
}

/* Another thread that opens a file must not get the number, as its file would be replaced. */
static void the_number_that_a_file_replaces_is_never_free(void **state)
{
    (void)state;
    int kept = ASSERT_OPENS(open("/dev/null", O_RDWR));
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    opens_before_dup2 = true;
    ASSERT_IS(s, dup2(kept, s));
    opens_before_dup2 = false;
    assert_int_not_equal(s, opened);
    ASSERT_IS(0, close(s));
    ASSERT_ERRNO(EBADF, close(s));
    close(opened);
    close(kept);
}

static void open_before_high(int command, int result)
{
    if (result != HIGH - 1 || (command != F_DUPFD && command != F_DUPFD_CLOEXEC))
        return;
    after_fcntl = NULL;
    opened = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR);
}

/* All numbers below are taken for a moment, so that another thread may get the next one. */
static void the_number_that_a_socket_gets_is_given_to_no_other_thread(void **state)
{
    (void)state;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    for (int round = 0; round < 2; round++) { /* the number is free, and then it is the socket's */
        opened = -1;
        after_fcntl = open_before_high;
        ASSERT_IS(HIGH, dup2(s, HIGH));
        after_fcntl = NULL;
        if (opened >= 0)
            close(opened);
    }
    close(HIGH);
    close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_handler_may_write_to_an_eventfd),
        TEST(a_cancelled_thread_leaves_the_others_at_work),
        TEST(a_duplicate_is_never_below_the_minimum),
        TEST(the_number_that_a_file_replaces_is_never_free),
        TEST(the_number_that_a_socket_gets_is_given_to_no_other_thread),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
