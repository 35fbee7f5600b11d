/* Two threads ask at the same time how a connect has ended. The system tells one of them. This
 * program's own getsockopt() takes the place of the C library's: it gives the failure another code,
 * which nothing else gives, and lets the other thread run before it returns. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "harness.h"

#ifdef __linux__
#include <sys/syscall.h>
#endif

#ifdef SYS_getsockopt
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sockets.h"
#include "threads.h"

enum { ROUNDS = 200, THREADS = 3 };

int getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
    long rc = syscall(SYS_getsockopt, fd, level, name, value, size);
    if (rc != 0 || level != SOL_SOCKET || name != SO_ERROR || *(int *)value != ECONNREFUSED)
        return (int)rc;
    for (int i = 0; i < 50; i++)
        thread_yield();
    *(int *)value = EHOSTDOWN;
    return 0;
}

struct reader {
    struct gate *gate;
    int d, result;
};

static void ask(void *user)
{
    struct reader *r = user;
    gate_wait(r->gate);
    r->result = xsock_connect_result(r->d);
}

/* Nobody listens at the address of a socket that is bound. */
static int failed_connect(void)
{
    struct xsock_addr a = sockets_loopback();
    struct xsock_pollfd p = {.events = XSOCK_POLLOUT};
    int other = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(other, &a));
    ASSERT_RESULT(0, xsock_local_addr(other, &a));
    p.fd = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_NONBLOCK, 0));
    ASSERT_RESULT(-XSOCK_EINPROGRESS, xsock_connect(p.fd, &a));
    ASSERT_RESULT(1, xsock_poll(&p, 1, -1));
    ASSERT_RESULT(0, xsock_close(other));
    return p.fd;
}

static void all_threads_are_told_the_same_end_of_a_connect(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct reader r[THREADS];
        struct thread *threads[THREADS];
        struct gate *gate = gate_create();
        int d = failed_connect();
        for (int i = 0; i < THREADS; i++) {
            r[i] = (struct reader){.gate = gate, .d = d};
            threads[i] = thread_start(ask, &r[i]);
            assert_non_null(threads[i]);
        }
        gate_open(gate);
        for (int i = 0; i < THREADS; i++)
            thread_join(threads[i]);
        gate_destroy(gate);
        for (int i = 0; i < THREADS; i++)
            ASSERT_RESULT(-XSOCK_EHOSTDOWN, r[i].result);
        ASSERT_RESULT(-XSOCK_EHOSTDOWN, xsock_connect_result(d));
        ASSERT_RESULT(0, xsock_close(d));
    }
}

#else
static void all_threads_are_told_the_same_end_of_a_connect(void **state)
{
    (void)state;
    SKIP("getsockopt() has no system call of its own here");
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_threads_are_told_the_same_end_of_a_connect),
    };
    return cmocka_run_group_tests_name("connect readers", tests, NULL, NULL);
}
