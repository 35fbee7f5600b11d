/* The wake signal that XSOCK_POSIX_WAKE_SIGNAL names. The program starts itself again with the
 * variable. Without the library nothing takes the signal, and the calls do the same. */
#include "support.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

#define NAME "XSOCK_POSIX_WAKE_SIGNAL"

extern int xsock_posix_close(int number) __attribute__((weak));

static bool has_library(void)
{
    return xsock_posix_close != NULL;
}

static void *receive(void *number)
{
    char byte;
    return (void *)(intptr_t)recv(*(int *)number, &byte, 1, 0);
}

static bool is_blocking(int number)
{
    return (syscall(SYS_fcntl, number, F_GETFL) & O_NONBLOCK) == 0;
}

static void the_library_takes_the_signal(void **state)
{
    (void)state;
    struct sigaction action;
    assert_int_equal(0, sigaction(atoi(getenv(NAME)), NULL, &action));
    assert_int_equal(has_library(), action.sa_handler != SIG_DFL);
}

/* The library puts a handle into blocking mode when a call waits in it. */
static void a_call_waits_in_the_system(void **state)
{
    (void)state;
    int s[2];
    void *got;
    pthread_t thread;
    streams_open(s);
    assert_int_equal(!has_library(), is_blocking(s[1]));
    assert_int_equal(0, pthread_create(&thread, NULL, receive, &s[1]));
    while (!is_blocking(s[1]))
        sched_yield();
    ASSERT_IS(1, send(s[0], "x", 1, 0));
    assert_int_equal(0, pthread_join(thread, &got));
    assert_int_equal(1, (intptr_t)got);
    ASSERT_IS(0, fcntl(s[1], F_GETFL) & O_NONBLOCK);
    close(s[0]);
    close(s[1]);
}

static void shutdown_ends_the_wait(void **state)
{
    (void)state;
    int s[2];
    void *got;
    pthread_t thread;
    streams_open(s);
    assert_int_equal(0, pthread_create(&thread, NULL, receive, &s[1]));
    ASSERT_IS(0, shutdown(s[1], SHUT_RD));
    assert_int_equal(0, pthread_join(thread, &got));
    assert_int_equal(0, (intptr_t)got);
    close(s[0]);
    close(s[1]);
}

static void a_program_starts_with_the_signal(void **state)
{
    (void)state;
    SKIP_ON_QEMU("the kernel starts no program for qemu");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest start[] = {TEST(a_program_starts_with_the_signal)};
    (void)argc;
    if (is_qemu())
        return cmocka_run_group_tests(start, NULL, NULL);
    if (getenv(NAME) == NULL) {
        char number[16];
        snprintf(number, sizeof number, "%d", SIGRTMAX);
        setenv(NAME, number, 1);
        execv("/proc/self/exe", argv);
        perror("execv");
        return 1;
    }
    const struct CMUnitTest tests[] = {
        TEST(the_library_takes_the_signal),
        TEST(a_call_waits_in_the_system),
        TEST(shutdown_ends_the_wait),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
