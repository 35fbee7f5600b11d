/* More of epoll, as Linux has it. */
#include "support.h"

#include <sys/epoll.h>
#include <time.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif

/* The system may lack the call, where the library's headers do not declare it either. */
#if defined(_WIN32)
#define HAS_PWAIT2 1
#elif defined(__GLIBC__)
#if __GLIBC_PREREQ(2, 35)
#define HAS_PWAIT2 1
#endif
#endif

#if defined(HAS_PWAIT2)
static void epoll_pwait2_takes_nanoseconds(void **state)
{
    (void)state;
    struct epoll_event event = {.events = EPOLLIN};
    struct epoll_event got[4];
    struct timespec time = {0, 0};
    int s[2];
    int p = ASSERT_OPENS(epoll_create1(0));
    if (epoll_pwait2(p, got, 4, &time, NULL) < 0 && errno == ENOSYS) {
        close(p);
        SKIP("an older kernel, or qemu, has no epoll_pwait2()");
    }
    streams_open(s);
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, s[1], &event));
    ASSERT_IS(0, epoll_pwait2(p, got, 4, &time, NULL));
    time.tv_nsec = 1;
    ASSERT_IS(0, epoll_pwait2(p, got, 4, &time, NULL));
    ASSERT_ERRNO(EBADF, epoll_pwait2(-1, got, 4, &time, NULL));
    ASSERT_ERRNO(EINVAL, epoll_pwait2(s[1], got, 4, &time, NULL));
    ASSERT_ERRNO(EINVAL, epoll_pwait2(p, got, 0, &time, NULL));
    time.tv_nsec = 1000000000;
    ASSERT_ERRNO(EINVAL, epoll_pwait2(p, got, 4, &time, NULL));
    time = (struct timespec){-1, 0};
    ASSERT_ERRNO(EINVAL, epoll_pwait2(p, got, 4, &time, NULL));
    ASSERT_IS(1, write(s[0], "x", 1));
    ASSERT_IS(1, epoll_pwait2(p, got, 4, NULL, NULL));
#if !defined(_WIN32) /* epoll takes no pipes there */
    int pipes[2];
    ASSERT_IS(0, pipe(pipes));
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, pipes[0], &event));
    ASSERT_IS(1, write(pipes[1], "x", 1));
    ASSERT_IS(2, epoll_pwait2(p, got, 4, NULL, NULL));
    close(pipes[0]);
    close(pipes[1]);
#endif
    close(p);
    close(s[0]);
    close(s[1]);
}
#endif

#if defined(__linux__)
static void epoll_ctl_looks_at_the_member_first(void **state)
{
    (void)state;
    struct epoll_event event = {.events = EPOLLIN};
    int s[2];
    int pipes[2];
    int file = file_open();
    streams_open(s);
    ASSERT_IS(0, pipe(pipes));
    int p = ASSERT_OPENS(epoll_create1(0));
    ASSERT_ERRNO(EPERM, epoll_ctl(p, 99, file, &event));
    ASSERT_ERRNO(EPERM, epoll_ctl(p, EPOLL_CTL_DEL, file, NULL));
    ASSERT_ERRNO(EINVAL, epoll_ctl(p, 99, pipes[0], &event));
    ASSERT_ERRNO(ENOENT, epoll_ctl(p, EPOLL_CTL_DEL, pipes[0], NULL));
    ASSERT_ERRNO(ENOENT, epoll_ctl(p, EPOLL_CTL_MOD, pipes[0], &event));
    int others[] = {s[0], pipes[0], file};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ASSERT_ERRNO(EPERM, epoll_ctl(others[i], EPOLL_CTL_ADD, file, &event));
        ASSERT_ERRNO(EINVAL, epoll_ctl(others[i], EPOLL_CTL_ADD, pipes[1], &event));
        ASSERT_ERRNO(EINVAL, epoll_ctl(others[i], EPOLL_CTL_ADD, s[1], &event));
        ASSERT_ERRNO(EINVAL, epoll_wait(others[i], &event, 1, 0));
    }
    close(p);
    close(pipes[0]);
    close(pipes[1]);
    close(s[0]);
    close(s[1]);
    close(file);
    file_remove();
}

/* The program has the poller from somebody who does not use the library. */
static void a_poller_may_be_unknown(void **state)
{
    (void)state;
    struct epoll_event event = {.events = EPOLLIN};
    int s[2];
    streams_open(s);
    int p = ASSERT_OPENS((int)syscall(SYS_epoll_create1, 0));
    ASSERT_IS(0, epoll_ctl(p, EPOLL_CTL_ADD, s[0], &event));
    ASSERT_IS(0, epoll_wait(p, &event, 1, 0));
    ASSERT_IS(1, write(s[1], "x", 1));
    ASSERT_IS(1, epoll_wait(p, &event, 1, -1));
    ASSERT_IS(1, epoll_pwait(p, &event, 1, 0, NULL));
    close(p);
    close(s[0]);
    close(s[1]);
}
#endif

/* If pollers are built on poll() or kqueue, the number of a poller is no epoll of the kernel. */
#if defined(__linux__) && !defined(XSOCK_POSIX_POLLER_POLL) && !defined(XSOCK_POSIX_POLLER_KQUEUE)
#define POLLER_IS_KERNELS
#endif

#if defined(POLLER_IS_KERNELS)
/* Linux gives EINVAL from 6.9 on, and ENOTTY before. */
static void a_poller_has_no_bytes(void **state)
{
    (void)state;
    const unsigned long asked[] = {FIONREAD, SIOCATMARK, TIOCOUTQ};
    int n;
    int *const places[] = {&n, NULL};
    int p = ASSERT_OPENS(epoll_create1(0));
    int of_kernel = ASSERT_OPENS((int)syscall(SYS_epoll_create1, 0));
    for (int i = 0; i < 6; i++) {
        assert_int_equal(-1, ioctl(of_kernel, REQUEST(asked[i / 2]), places[i % 2]));
        const int error = errno;
        ASSERT_ERRNO(error, ioctl(p, REQUEST(asked[i / 2]), places[i % 2]));
    }
    close(of_kernel);
    close(p);
}
#endif

static void a_number_that_is_not_open_is_no_poller(void **state)
{
    (void)state;
    struct epoll_event event = {.events = EPOLLIN};
    int s[2];
    streams_open(s);
    ASSERT_ERRNO(EBADF, epoll_ctl(1000, EPOLL_CTL_ADD, s[0], &event));
    ASSERT_ERRNO(EBADF, epoll_wait(1000, &event, 1, 0));
    ASSERT_ERRNO(EBADF, epoll_pwait(1000, &event, 1, 0, NULL));
    close(s[0]);
    close(s[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#if defined(HAS_PWAIT2)
        TEST(epoll_pwait2_takes_nanoseconds),
#endif
#if defined(__linux__)
        TEST(epoll_ctl_looks_at_the_member_first),
        TEST(a_poller_may_be_unknown),
#endif
#if defined(POLLER_IS_KERNELS)
        TEST(a_poller_has_no_bytes),
#endif
        TEST(a_number_that_is_not_open_is_no_poller),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
