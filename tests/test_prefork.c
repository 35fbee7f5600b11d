/* A prefork server. A process and its children share a listener and a UDP socket, and serve with
 * threads that are blocked in both. One child closes the two sockets. The other processes notice
 * nothing, and answer every client.
 *
 * Each child has a pair, over which it reports that it is ready, and is told to begin. Servers end
 * by request. Each "quit" ends the thread that got it, so the client sends one for every thread. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "harness.h"

#ifdef _WIN32

static void one_process_leaves_and_the_others_serve(void **state)
{
    (void)state;
    SKIP("Windows has no fork()");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(one_process_leaves_and_the_others_serve)};
    return cmocka_run_group_tests_name("prefork", tests, NULL, NULL);
}

#else

#include <sys/wait.h>
#include <unistd.h>

#include "base/atomic.h"
#include "child.h"
#include "sockets.h"
#include "threads.h"

enum {
    CHILDREN = 3,
    /* the child that closes; the other children and the parent serve to the end */
    LEAVER = CHILDREN - 1,
    SERVERS = CHILDREN, /* the processes that serve to the end */
    THREADS = 4,        /* in each process; every other thread waits in the UDP socket */
    REQUESTS = 50,
    WATCHDOG_S = 120,
    MOST_YIELDS = 1 << 24,
    LATE = 3 /* exit status: a thread was not in its call yet, so the round proves nothing */
};

/* A question or an answer. The answer is the question with the process filled in. */
struct message {
    int32_t number;
    int32_t quit;
    int64_t process;
};

static int listener, datagrams;
static struct xsock_addr tcp_addr, udp_addr;
static int control[CHILDREN][2]; /* the parent's end, and the child's */
static pid_t children[CHILDREN];

/* ---- Serving --------------------------------------------------------------------------------- */

/* What the thread does after a request. 0 means that the thread goes on, 1 that it ends, and a
 * negative value that something failed. */
static int after(ptrdiff_t n, const struct message *m)
{
    if (n < 0)
        return (int)n;
    return n == (ptrdiff_t)sizeof *m ? m->quit : -XSOCK_EIO;
}

static int serve_connection(void)
{
    struct message m = {0};
    int d = xsock_accept(listener, 0, NULL);
    if (d < 0)
        return d;
    ptrdiff_t n = xsock_recv(d, &m, sizeof m, XSOCK_MSG_WAITALL);
    if (n == (ptrdiff_t)sizeof m) {
        m.process = getpid();
        n = xsock_send(d, &m, sizeof m, 0);
    }
    int rc = xsock_close(d);
    return rc < 0 ? rc : after(n, &m);
}

static int serve_datagram(void)
{
    struct message m = {0};
    struct xsock_addr from;
    ptrdiff_t n = xsock_recvfrom(datagrams, &m, sizeof m, 0, &from);
    if (n == (ptrdiff_t)sizeof m) {
        m.process = getpid();
        n = xsock_sendto(datagrams, &m, sizeof m, 0, &from);
    }
    return after(n, &m);
}

struct worker {
    struct thread *thread;
    int (*serve)(void);
    xsock__atomic_int begun;
    int result; /* 1 if the thread was ended by request */
};

static struct worker workers[THREADS];

static void work(void *user)
{
    struct worker *w = user;
    xsock__atomic_store(&w->begun, 1);
    while ((w->result = w->serve()) == 0)
        ;
}

/* Waits until all threads are about to make their first call. Returns false, also in a child, if
 * they do not get there. */
static bool start_workers(void)
{
    const int64_t end = harness_patience();
    for (int i = 0; i < THREADS; i++) {
        workers[i].serve = i % 2 == 0 ? serve_connection : serve_datagram;
        workers[i].result = 0;
        xsock__atomic_store(&workers[i].begun, 0);
        workers[i].thread = thread_start(work, &workers[i]);
        if (workers[i].thread == NULL)
            return false;
    }
    for (int i = 0; i < THREADS; i++)
        while (!xsock__atomic_load(&workers[i].begun)) {
            if (clock_now() >= end)
                return false;
            thread_yield();
        }
    return true;
}

static void join_workers(void)
{
    for (int i = 0; i < THREADS; i++)
        thread_join(workers[i].thread);
}

/* ---- Children -------------------------------------------------------------------------------- */

static void serve_to_the_end(int to_parent)
{
    CHECK(start_workers());
    CHECK(xsock_send(to_parent, "r", 1, 0) == 1);
    join_workers();
    for (int i = 0; i < THREADS; i++)
        CHECK(workers[i].result == 1);
    CHECK(xsock_close(listener) == 0 && xsock_close(datagrams) == 0);
}

/* Returns whether each thread was in its call when the descriptors were closed. The only sign is
 * that the call was cancelled. */
static bool serve_and_leave(int to_parent, int yields)
{
    char byte;
    bool were_in = true;
    CHECK(xsock_recv(to_parent, &byte, 1, 0) == 1);
    CHECK(start_workers());
    for (int i = 0; i < yields; i++)
        thread_yield();
    CHECK(xsock_close(listener) == 0 && xsock_close(datagrams) == 0);
    join_workers();
    for (int i = 0; i < THREADS; i++) {
        CHECK(workers[i].result == -XSOCK_ECANCELED || workers[i].result == -XSOCK_EBADF);
        were_in = were_in && workers[i].result == -XSOCK_ECANCELED;
    }
    CHECK(serve_connection() == -XSOCK_EBADF && serve_datagram() == -XSOCK_EBADF);
    return were_in;
}

static void be_child(int which, int yields)
{
    int to_parent = control[which][1], status = 0;
    alarm(WATCHDOG_S);
    for (int i = 0; i < CHILDREN; i++)
        CHECK(xsock_close(control[i][0]) == 0 && (i == which || xsock_close(control[i][1]) == 0));
    if (which != LEAVER)
        serve_to_the_end(to_parent);
    else if (!serve_and_leave(to_parent, yields))
        status = LATE;
    CHECK(xsock_close(to_parent) == 0);
    CHECK(xsock_cleanup() == 0); /* no descriptor is open, and none is half closed */
    _exit(status);
}

static void fork_children(int yields)
{
    for (int i = 0; i < CHILDREN; i++)
        ASSERT_RESULT(0, xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, control[i]));
    fflush(NULL);
    for (int i = 0; i < CHILDREN; i++) {
        children[i] = fork();
        if (children[i] == 0)
            be_child(i, yields);
        assert_true(children[i] > 0);
    }
    /* If a child dies, its pair reports the end. */
    for (int i = 0; i < CHILDREN; i++)
        ASSERT_RESULT(0, xsock_close(control[i][1]));
}

static int exit_status(pid_t child)
{
    int status = -1;
    assert_true(waitpid(child, &status, 0) == child);
    ASSERT_THAT(WIFEXITED(status), "status %#x", (unsigned)status);
    return WEXITSTATUS(status);
}

/* ---- Clients --------------------------------------------------------------------------------- */

/* The process that answered must be one that serves, and never the one that left. */
static int server_of(const struct message *m)
{
    int which = 0;
    while (which < LEAVER && m->process != children[which])
        which++;
    ASSERT_THAT(which < LEAVER || m->process == getpid(), "answered by %lld",
                (long long)m->process);
    return which;
}

static int check_answer(ptrdiff_t n, const struct message *question, const struct message *answer)
{
    ASSERT_RESULT((int)sizeof *answer, (int)n);
    assert_int_equal(answer->number, question->number);
    assert_int_equal(answer->quit, question->quit);
    return server_of(answer);
}

static int ask_by_tcp(int number, int quit)
{
    struct message question = {number, quit, 0}, answer = {0};
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_connect(d, &tcp_addr));
    ASSERT_RESULT((int)sizeof question, (int)xsock_send(d, &question, sizeof question, 0));
    ptrdiff_t n = xsock_recv(d, &answer, sizeof answer, XSOCK_MSG_WAITALL);
    ASSERT_RESULT(0, xsock_close(d));
    return check_answer(n, &question, &answer);
}

static int ask_by_udp(int number, int quit)
{
    struct message question = {number, quit, 0}, answer = {0};
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(0, xsock_connect(d, &udp_addr));
    ASSERT_RESULT((int)sizeof question, (int)xsock_send(d, &question, sizeof question, 0));
    ptrdiff_t n = xsock_recv(d, &answer, sizeof answer, 0);
    ASSERT_RESULT(0, xsock_close(d));
    return check_answer(n, &question, &answer);
}

/* Afterwards each process has ended as many threads as it has. */
static void ask_all_to_quit(void)
{
    int quits[SERVERS] = {0};
    for (int i = 0; i < SERVERS * THREADS / 2; i++) {
        quits[ask_by_tcp(i, 1)]++;
        quits[ask_by_udp(i, 1)]++;
    }
    for (int i = 0; i < SERVERS; i++)
        assert_int_equal(quits[i], THREADS);
}

/* ---- The whole test -------------------------------------------------------------------------- */

static int bound(int type, struct xsock_addr *out_addr)
{
    struct xsock_addr a = sockets_loopback();
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, type, 0));
    ASSERT_RESULT(0, xsock_bind(d, &a));
    ASSERT_RESULT(0, xsock_local_addr(d, out_addr));
    return d;
}

/* All other processes are serving when the leaver is told to begin. Then the leaver leaves. */
static int let_one_leave(void)
{
    char byte;
    for (int i = 0; i < LEAVER; i++)
        ASSERT_RESULT(1, (int)xsock_recv(control[i][0], &byte, 1, 0));
    assert_true(start_workers());
    ASSERT_RESULT(1, (int)xsock_send(control[LEAVER][0], "g", 1, 0));
    int status = exit_status(children[LEAVER]);
    ASSERT_THAT(status == 0 || status == LATE, "the one that leaves: %d", status);
    return status;
}

/* Returns whether the leaver was blocked in all its calls. */
static bool play(int yields)
{
    listener = bound(XSOCK_SOCK_STREAM, &tcp_addr);
    ASSERT_RESULT(0, xsock_listen(listener, 5));
    datagrams = bound(XSOCK_SOCK_DGRAM, &udp_addr);
    fork_children(yields);
    int status = let_one_leave();
    for (int i = 0; i < REQUESTS; i++) {
        ask_by_tcp(i, 0);
        ask_by_udp(i, 0);
    }
    ask_all_to_quit();
    join_workers();
    for (int i = 0; i < THREADS; i++)
        ASSERT_RESULT(1, workers[i].result);
    for (int i = 0; i < LEAVER; i++)
        assert_int_equal(exit_status(children[i]), 0);
    for (int i = 0; i < CHILDREN; i++)
        ASSERT_RESULT(0, xsock_close(control[i][0]));
    ASSERT_RESULT(0, xsock_close(listener));
    ASSERT_RESULT(0, xsock_close(datagrams));
    return status == 0;
}

static void one_process_leaves_and_the_others_serve(void **state)
{
    int yields = 1000;
    (void)state;
    alarm(WATCHDOG_S);
    /* a thread was late, so give the threads all the time they need */
    for (; !play(yields); yields *= 2)
        ASSERT_THAT(yields < MOST_YIELDS, "after %d yields a thread was not in its call", yields);
    alarm(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(one_process_leaves_and_the_others_serve)};
    return cmocka_run_group_tests_name("prefork", tests, NULL, NULL);
}
#endif
