/* Threads that wait in accept reserve no descriptor numbers. */
#include "harness.h"
#include "sockets.h"
#include "threads.h"
#include "waiters.h"
#include "wine.h"

enum { MAX_ACCEPTORS = 64, ACCEPTORS_ON_WINE = 3 };

/* Where a wait needs a wake of two sockets, and each wake is slow. */
static int thread_count(void)
{
    return is_wine() ? ACCEPTORS_ON_WINE : MAX_ACCEPTORS;
}

/* A thread that accepts once. */
struct acceptor {
    struct thread *thread;
    int listener, result;
};

static void accept_once(void *user)
{
    struct acceptor *a = user;
    a->result = xsock_accept(a->listener, 0, NULL);
}

static int open_listener(struct xsock_addr *out)
{
    int l = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    *out = sockets_loopback();
    ASSERT_RESULT(0, xsock_bind(l, out));
    ASSERT_RESULT(0, xsock_listen(l, MAX_ACCEPTORS));
    ASSERT_RESULT(0, xsock_local_addr(l, out));
    return l;
}

static void start(struct acceptor *a, int count, int listener)
{
    for (int i = 0; i < count; i++) {
        a[i] = (struct acceptor){NULL, listener, INT32_MIN};
        a[i].thread = thread_start(accept_once, &a[i]);
        assert_non_null(a[i].thread);
    }
    waiters_await(listener, count);
}

static void end(struct acceptor *a, int count, int listener)
{
    ASSERT_RESULT(0, xsock_close(listener));
    for (int i = 0; i < count; i++)
        thread_join(a[i].thread);
}

static int find_served(const struct acceptor *a, int count)
{
    int served = -1, canceled = 0;
    for (int i = 0; i < count; i++) {
        canceled += a[i].result == -XSOCK_ECANCELED;
        served = a[i].result >= 0 ? a[i].result : served;
    }
    ASSERT_THAT(served >= 0 && canceled == count - 1, "%d, and %d canceled", served, canceled);
    return served;
}

static void opening_gives_the_lowest_number_while_threads_wait_in_accept(void **state)
{
    static struct acceptor acceptors[MAX_ACCEPTORS];
    int count = thread_count();
    struct xsock_addr a;
    int l = open_listener(&a);
    (void)state;
    assert_int_equal(l, 3);
    start(acceptors, count, l);
    ASSERT_RESULT(4, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(5, xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    assert_int_equal(harness_descriptors(200), 3);
    /* wakes both threads, and one of them gets the connection */
    ASSERT_RESULT(0, xsock_connect(4, &a));
    UNTIL(harness_descriptors(200) == 4, thread_yield());
    end(acceptors, count, l);
    ASSERT_RESULT(0, xsock_close(find_served(acceptors, count)));
    ASSERT_RESULT(0, xsock_close(4));
    ASSERT_RESULT(0, xsock_close(5));
}

/* A higher limit may supply the number that a waiting call needs. */
static void a_higher_limit_serves_calls_that_wait_already(void **state)
{
    struct acceptor acceptors[2];
    int before = xsock_get_limit();
    struct xsock_addr a;
    int l = open_listener(&a), c = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    (void)state;
    ASSERT_RESULT(0, xsock_set_limit(c + 1));
    start(acceptors, 2, l);
    ASSERT_RESULT(0, xsock_set_limit(before));
    ASSERT_RESULT(0, xsock_connect(c, &a));
    UNTIL(harness_descriptors(200) == 3, thread_yield());
    end(acceptors, 2, l);
    ASSERT_RESULT(0, xsock_close(find_served(acceptors, 2)));
    ASSERT_RESULT(0, xsock_close(c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(opening_gives_the_lowest_number_while_threads_wait_in_accept),
        TEST(a_higher_limit_serves_calls_that_wait_already),
    };
    return cmocka_run_group_tests_name("accept threads", tests, NULL, NULL);
}
