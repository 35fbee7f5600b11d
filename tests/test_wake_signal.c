/* Calls that wait in the system's own call, and the signal that interrupts them. The tests of what
 * ends a wait run a second time with the signal (tests.txt); here is what only the signal has. The
 * backend's own source is compiled into this program, so that a thread can be held just before it
 * enters the system. */
#if defined _WIN32 || defined __APPLE__
#include "harness.h"
#include "xsock_native.h"

static void there_is_no_wake_signal(void **state)
{
    (void)state;
    ASSERT_RESULT(-XSOCK_EOPNOTSUPP, xsock_set_wake_signal(10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(there_is_no_wake_signal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else
#include "posix/native.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "api/library.h"
#include "base/atomic.h"

static xsock__atomic_int holds; /* threads are held until a signal has come */
static xsock__atomic_int stays; /* threads are held after the system's call, until one is sent */
static xsock__atomic_int at_the_door, missed, sent, taken, tries;
static void (*handler_at_the_door)(void); /* what a signal handler does there */

/* With `holds` the first signal comes before the thread is in the system's call. */
static ssize_t late_recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *name,
                             socklen_t *size)
{
    const struct timespec minute = {60, 0};
    if ((flags & MSG_DONTWAIT) == 0) {
        void (*handler)(void) = handler_at_the_door;
        xsock__atomic_add(&at_the_door, 1);
        if (handler != NULL)
            handler();
        if (xsock__atomic_load(&holds) && nanosleep(&minute, NULL) != 0)
            xsock__atomic_add(&missed, 1);
    } else {
        xsock__atomic_add(&tries, 1);
    }
    ssize_t n = recvfrom(fd, buf, len, flags, name, size);
    while (n > 0 && xsock__atomic_load(&stays) && xsock__atomic_load(&sent) == 0)
        sched_yield();
    return n;
}

static int counted_kill(pthread_t thread, int signo)
{
    xsock__atomic_add(&sent, 1);
    return pthread_kill(thread, signo);
}

static int counted_sigmask(int how, const sigset_t *set, sigset_t *before)
{
    if (how == SIG_BLOCK)
        xsock__atomic_store(&taken, xsock__atomic_load(&sent));
    return pthread_sigmask(how, set, before);
}

#undef pthread_sigmask /* NetBSD has a macro of this name */
#define recvfrom late_recvfrom
#define pthread_kill counted_kill
#define pthread_sigmask counted_sigmask
#include "posix/send_recv.c"
#include "posix/wake_signal.c"
#undef recvfrom
#undef pthread_kill
#undef pthread_sigmask

#include "harness.h"
#include "native_io.h"
#include "sockets.h"
#include "threads.h"
#include "xsock_native.h"

enum { SIGNAL = SIGUSR2, ROUNDS = 3000 };

/* ---- Which signals --------------------------------------------------------------------------- */

static void handle(int signo, void (*handler)(int))
{
    struct sigaction a = {.sa_handler = handler};
    assert_int_equal(sigaction(signo, &a, NULL), 0);
}

static void do_nothing(int signo)
{
    (void)signo;
}

static void a_signal_that_cannot_wake_is_refused(void **state)
{
    const int wrong[] = {-1, INT_MIN, INT_MAX, 4096, SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGABRT};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ASSERT_RESULT(-XSOCK_EINVAL, xsock_set_wake_signal(wrong[i]));
}

static void a_signal_that_the_program_uses_is_refused(void **state)
{
    (void)state;
    handle(SIGUSR1, do_nothing);
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_set_wake_signal(SIGUSR1));
    handle(SIGUSR1, SIG_IGN);
    ASSERT_RESULT(-XSOCK_EBUSY, xsock_set_wake_signal(SIGUSR1));
    handle(SIGUSR1, SIG_DFL);
    ASSERT_RESULT(0, xsock_set_wake_signal(SIGNAL));
    ASSERT_RESULT(0, xsock_set_wake_signal(SIGNAL));
}

/* ---- A call that waits ----------------------------------------------------------------------- */

struct waiting {
    int d, result;
    xsock__atomic_int begun;
    int (*run)(int d);
    struct thread *thread;
};

static int do_recv(int d)
{
    char byte;
    return (int)xsock_recv(d, &byte, 1, 0);
}

static int do_send(int d)
{
    ptrdiff_t n = 1;
    while (n > 0)
        n = xsock_send(d, "x", 1, 0);
    return (int)n;
}

static int do_accept(int d)
{
    return xsock_accept(d, 0, NULL);
}

static void run(void *user)
{
    struct waiting *w = user;
    xsock__atomic_store(&w->begun, 1);
    w->result = w->run(w->d);
}

static void begin(struct waiting *w)
{
    w->thread = thread_start(run, w);
    assert_non_null(w->thread);
    UNTIL(xsock__atomic_load(&w->begun), thread_yield());
}

/* A pair whose first end waits in recv, in the system or just before it. */
static void begin_pair(struct waiting *w, int ends[2])
{
    xsock__atomic_store(&at_the_door, 0);
    xsock__atomic_store(&missed, 0);
    sockets_pair(XSOCK_SOCK_STREAM, ends);
    ASSERT_RESULT(0, xsock_set_flags(ends[0], 0));
    *w = (struct waiting){.d = ends[0], .run = do_recv};
    begin(w);
    UNTIL(xsock__atomic_load(&at_the_door), thread_yield());
}

static void a_call_that_waits_does_so_in_the_system(void **state)
{
    struct waiting w;
    int ends[2];
    (void)state;
    begin_pair(&w, ends); /* without the signal no call passes the door */
    assert_false(native_is_nonblocking(native_of(ends[0])));
    assert_true(native_is_nonblocking(native_of(ends[1])));
    sockets_send(ends[1]);
    thread_join(w.thread);
    ASSERT_RESULT(1, w.result);
    sockets_close(ends[0]);
    sockets_close(ends[1]);
}

static void a_thread_that_blocks_every_signal_is_woken(void **state)
{
    struct waiting w;
    int ends[2];
    sigset_t all, before;
    (void)state;
    sigfillset(&all);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, &all, &before), 0);
    begin_pair(&w, ends); /* the thread has the mask of this one */
    assert_int_equal(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
    sockets_close(ends[0]);
    thread_join(w.thread);
    ASSERT_RESULT(-XSOCK_ECANCELED, w.result);
    sockets_close(ends[1]);
}

/* Nobody can interrupt a thread that is in a handler, and the handler does not wait for that. */
static xsock__atomic_int closed_by_handler;

static pthread_t noted;

static int note_and_recv(int d)
{
    noted = pthread_self();
    return do_recv(d);
}

static void close_in_handler(int signo)
{
    (void)signo;
    (void)xsock_close(xsock__atomic_load(&closed_by_handler));
}

static void a_handler_of_the_thread_that_waits_may_close(void **state)
{
    if (HAS_THREAD_SANITIZER)
        SKIP("ThreadSanitizer runs no handler in a call that begins again");
    struct sigaction a = {.sa_handler = close_in_handler, .sa_flags = SA_RESTART};
    struct waiting w;
    int ends[2];
    (void)state;
    assert_int_equal(sigaction(SIGUSR1, &a, NULL), 0);
    sockets_pair(XSOCK_SOCK_STREAM, ends);
    ASSERT_RESULT(0, xsock_set_flags(ends[0], 0));
    xsock__atomic_store(&closed_by_handler, ends[0]);
    xsock__atomic_store(&at_the_door, 0);
    w = (struct waiting){.d = ends[0], .run = note_and_recv};
    begin(&w);
    UNTIL(xsock__atomic_load(&at_the_door), thread_yield());
    assert_int_equal(pthread_kill(noted, SIGUSR1), 0);
    thread_join(w.thread);
    ASSERT_RESULT(-XSOCK_ECANCELED, w.result);
    sockets_close(ends[1]);
}

/* Another thread closes the descriptor, and waits for the thread whose handler runs. */
static int closed_by_other, changed_by_handler;

static void change_while_another_thread_waits(void)
{
    UNTIL(xsock_get_flags(closed_by_other) == -XSOCK_EBADF, thread_yield());
    ASSERT_RESULT(0, xsock_set_flags(changed_by_handler, XSOCK_SOCK_NONBLOCK));
}

static void a_handler_does_not_wait_for_its_own_thread(void **state)
{
    struct waiting w;
    int ends[2];
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, ends);
    ASSERT_RESULT(0, xsock_set_flags(ends[0], 0));
    ASSERT_RESULT(0, xsock_set_flags(ends[1], 0));
    xsock__atomic_store(&at_the_door, 0);
    closed_by_other = ends[0];
    changed_by_handler = ends[1];
    handler_at_the_door = change_while_another_thread_waits;
    w = (struct waiting){.d = ends[0], .run = do_recv};
    begin(&w);
    UNTIL(xsock__atomic_load(&at_the_door), thread_yield());
    sockets_close(ends[0]);
    thread_join(w.thread);
    handler_at_the_door = NULL;
    ASSERT_RESULT(-XSOCK_ECANCELED, w.result);
    sockets_close(ends[1]);
}

/* ---- A signal that comes too early ----------------------------------------------------------- */

static int close_it(int d)
{
    return xsock_close(d);
}

static int dup2_over_it(int d)
{
    int other = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_DGRAM, 0));
    ASSERT_RESULT(d, xsock_dup2(other, d, 0));
    sockets_close(other);
    return xsock_close(d);
}

static int release_it(int d)
{
    uintptr_t handle;
    ASSERT_RESULT(0, xsock_release(d, &handle));
    assert_false(native_is_nonblocking(handle));
    native_close_socket(handle);
    return 0;
}

static int pass_deadline(int d)
{
    return xsock_set_deadline(d, XSOCK_DEADLINE_RECV, 0);
}

static int set_nonblock(int d)
{
    return xsock_set_flags(d, XSOCK_SOCK_NONBLOCK);
}

static void a_signal_before_the_thread_is_inside_is_followed_by_another(void **state)
{
    static const struct {
        int (*run)(int d);
        int result;
        bool closes;
    } causes[] = {
        {close_it, -XSOCK_ECANCELED, true},   {dup2_over_it, -XSOCK_ECANCELED, true},
        {release_it, -XSOCK_ECANCELED, true}, {pass_deadline, -XSOCK_ETIMEDOUT, false},
        {set_nonblock, -XSOCK_EAGAIN, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        struct waiting w;
        int ends[2];
        xsock__atomic_store(&holds, 1);
        begin_pair(&w, ends);
        ASSERT_RESULT(0, causes[i].run(ends[0]));
        thread_join(w.thread);
        xsock__atomic_store(&holds, 0);
        ASSERT_RESULT(causes[i].result, w.result);
        assert_true(xsock__atomic_load(&missed) > 0);
        if (!causes[i].closes)
            sockets_close(ends[0]);
        sockets_close(ends[1]);
    }
}

/* The next byte is for a duplicate. The second call is one that begins without a first try. */
static void a_call_that_was_closed_takes_nothing_from_a_duplicate(void **state)
{
    struct waiting w;
    int ends[2];
    (void)state;
    for (int starved = 0; starved < 2; starved++) {
        begin_pair(&w, ends);
        if (starved) {
            sockets_send(ends[1]);
            thread_join(w.thread);
            xsock__atomic_store(&at_the_door, 0);
            begin(&w);
            UNTIL(xsock__atomic_load(&at_the_door), thread_yield());
        }
        int twin = ASSERT_OPENS(xsock_dup(ends[0], 0, 0));
        xsock__atomic_store(&tries, 0);
        sockets_close(ends[0]);
        thread_join(w.thread);
        ASSERT_RESULT(-XSOCK_ECANCELED, w.result);
        ASSERT_RESULT(0, xsock__atomic_load(&tries));
        sockets_send(ends[1]);
        ASSERT_RESULT(1, do_recv(twin));
        sockets_close(twin);
        sockets_close(ends[1]);
    }
}

/* A signal handler may make such a call, whatever it has interrupted. */
static void a_call_that_may_not_wait_takes_no_lock(void **state)
{
    struct waiting w;
    int ends[2];
    char byte;
    (void)state;
    begin_pair(&w, ends);
    sockets_send(ends[1]);
    thread_join(w.thread);
    struct xsock__fdtab *t = xsock__library_table();
    xsock__fdtab_lock(t);
    int empty = (int)xsock_recv(ends[0], &byte, 1, XSOCK_MSG_DONTWAIT);
    sockets_send(ends[1]);
    int one = (int)xsock_recv(ends[0], &byte, 1, XSOCK_MSG_DONTWAIT);
    xsock__fdtab_unlock(t);
    ASSERT_RESULT(-XSOCK_EAGAIN, empty);
    ASSERT_RESULT(1, one);
    sockets_close(ends[0]);
    sockets_close(ends[1]);
}

/* ---- Many rounds ----------------------------------------------------------------------------- */

/* The result says whether the thread was inside when its descriptor was closed. */
static bool close_after(struct waiting *w, int yields)
{
    begin(w);
    for (int i = 0; i < yields; i++)
        thread_yield();
    ASSERT_RESULT(0, xsock_close(w->d));
    thread_join(w->thread);
    ASSERT_THAT(w->result == -XSOCK_ECANCELED || w->result == -XSOCK_EBADF, "%s",
                harness_name(w->result));
    return w->result == -XSOCK_ECANCELED;
}

static bool play_recv(int yields)
{
    int ends[2];
    sockets_pair(XSOCK_SOCK_STREAM, ends);
    ASSERT_RESULT(0, xsock_set_flags(ends[0], 0));
    int twin = ASSERT_OPENS(xsock_dup(ends[0], 0, 0));
    bool inside = close_after(&(struct waiting){.d = ends[0], .run = do_recv}, yields);
    sockets_send(ends[1]);
    ASSERT_RESULT(1, do_recv(twin));
    sockets_close(twin);
    sockets_close(ends[1]);
    return inside;
}

static bool play_send(int yields)
{
    int ends[2];
    sockets_pair(XSOCK_SOCK_STREAM, ends);
    sockets_fill(ends[0]);
    int twin = ASSERT_OPENS(xsock_dup(ends[0], 0, 0));
    ASSERT_RESULT(0, xsock_set_flags(ends[0], 0));
    bool inside = close_after(&(struct waiting){.d = ends[0], .run = do_send}, yields);
    assert_true(sockets_drain(ends[1]) > 0);
    ASSERT_RESULT(1, (int)xsock_send(twin, "x", 1, 0));
    ASSERT_RESULT(1, (int)sockets_drain(ends[1]));
    sockets_close(twin);
    sockets_close(ends[1]);
    return inside;
}

static bool play_accept(int yields)
{
    struct xsock_addr a = sockets_loopback();
    int d = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_bind(d, &a));
    ASSERT_RESULT(0, xsock_listen(d, 1));
    ASSERT_RESULT(0, xsock_local_addr(d, &a));
    int twin = ASSERT_OPENS(xsock_dup(d, 0, 0));
    bool inside = close_after(&(struct waiting){.d = d, .run = do_accept}, yields);
    int client = ASSERT_OPENS(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0));
    ASSERT_RESULT(0, xsock_connect(client, &a));
    sockets_close(ASSERT_OPENS(do_accept(twin)));
    sockets_close(client);
    sockets_close(twin);
    return inside;
}

static void no_close_is_lost_in_many_rounds(void **state)
{
    bool (*const play[])(int yields) = {play_recv, play_send, play_accept};
    const int rounds = harness_rounds(600); /* a close may wait 4 ms before the second signal */
    (void)state;
    for (size_t i = 0; i < sizeof play / sizeof play[0]; i++) {
        int inside = 0;
        for (int n = 0; n < rounds; n++)
            inside += play[i](n % 20);
        print_message("%d of %d closes found the thread inside\n", inside, rounds);
        assert_true(inside > 0);
    }
}

/* ---- What comes after ------------------------------------------------------------------------ */

/* A system call takes the signal, wherever it is on its way (see xsock__posix_take_interrupt). */
static void a_signal_that_comes_after_the_data_is_taken_before_the_call_returns(void **state)
{
    struct waiting w;
    int ends[2];
    (void)state;
    xsock__atomic_store(&sent, 0);
    xsock__atomic_store(&stays, 1);
    begin_pair(&w, ends);
    sockets_send(ends[1]);
    ASSERT_RESULT(0, xsock_set_deadline(ends[0], XSOCK_DEADLINE_RECV, -1));
    thread_join(w.thread);
    xsock__atomic_store(&stays, 0);
    ASSERT_RESULT(1, w.result);
    ASSERT_THAT(xsock__atomic_load(&sent) > 0, "no signal");
    ASSERT_RESULT(xsock__atomic_load(&sent), xsock__atomic_load(&taken));
    sockets_close(ends[0]);
    sockets_close(ends[1]);
}

struct sleeper {
    int d;
    xsock__atomic_int received, disturbed;
};

static void receive_and_sleep(void *user)
{
    struct sleeper *s = user;
    const struct timespec moment = {0, 1000};
    while (do_recv(s->d) == 1) {
        xsock__atomic_add(&s->received, 1);
        if (nanosleep(&moment, NULL) != 0)
            xsock__atomic_add(&s->disturbed, 1);
    }
}

static void no_later_call_of_the_program_is_interrupted(void **state)
{
    struct sleeper s = {0};
    int ends[2];
    (void)state;
    sockets_pair(XSOCK_SOCK_STREAM, ends);
    ASSERT_RESULT(0, xsock_set_flags(ends[0], 0));
    s.d = ends[0];
    struct thread *t = thread_start(receive_and_sleep, &s);
    assert_non_null(t);
    for (int i = 0; i < ROUNDS; i++) {
        const int64_t moment = clock_now() + i % 100 * 500;
        sockets_send(ends[1]);
        while (clock_now() < moment) /* the interrupt comes at any moment of the call's end */
            ;
        ASSERT_RESULT(0, xsock_set_deadline(ends[0], XSOCK_DEADLINE_RECV, -1));
        UNTIL(xsock__atomic_load(&s.received) > i, thread_yield());
    }
    sockets_close(ends[1]);
    thread_join(t);
    assert_int_equal(xsock__atomic_load(&s.received), ROUNDS);
    ASSERT_RESULT(0, xsock__atomic_load(&s.disturbed));
    sockets_close(ends[0]);
}

static void a_released_handle_has_the_mode_that_the_program_chose(void **state)
{
    struct waiting w;
    int ends[2];
    uintptr_t handle;
    (void)state;
    for (int nonblock = 0; nonblock < 2; nonblock++) {
        begin_pair(&w, ends);
        sockets_send(ends[1]);
        thread_join(w.thread);
        ASSERT_RESULT(0, xsock_set_flags(ends[0], nonblock ? XSOCK_SOCK_NONBLOCK : 0));
        ASSERT_RESULT(0, xsock_release(ends[0], &handle));
        assert_int_equal(native_is_nonblocking(handle), nonblock);
        native_close_socket(handle);
        sockets_close(ends[1]);
    }
}

/* The system's sendfile would wait, as the handle is in blocking mode. */
static void sending_a_file_does_not_wait_if_the_program_wants_no_wait(void **state)
{
    struct waiting w;
    int ends[2];
    uintptr_t file = native_file();
    (void)state;
    assert_int_equal(pwrite((int)file, "text", 4, 0), 4);
    begin_pair(&w, ends);
    sockets_send(ends[1]);
    thread_join(w.thread);
    ASSERT_RESULT(0, xsock_set_flags(ends[0], XSOCK_SOCK_NONBLOCK));
    sockets_fill(ends[0]);
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_sendfile(ends[0], file, 0, 4));
    native_close_file(file);
    sockets_close(ends[0]);
    sockets_close(ends[1]);
}

static void without_the_signal_calls_wait_as_before(void **state)
{
    int ends[2];
    (void)state;
    ASSERT_RESULT(0, xsock_set_wake_signal(0));
    sockets_pair(XSOCK_SOCK_STREAM, ends);
    ASSERT_RESULT(0, xsock_set_flags(ends[0], 0));
    struct waiting w = {.d = ends[0], .run = do_recv};
    xsock__atomic_store(&at_the_door, 0);
    begin(&w);
    sockets_send(ends[1]);
    thread_join(w.thread);
    ASSERT_RESULT(1, w.result);
    assert_int_equal(xsock__atomic_load(&at_the_door), 0);
    assert_true(native_is_nonblocking(native_of(ends[0])));
    sockets_close(ends[0]);
    sockets_close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_signal_that_cannot_wake_is_refused),
        TEST(a_signal_that_the_program_uses_is_refused),
        TEST(a_call_that_waits_does_so_in_the_system),
        TEST(a_thread_that_blocks_every_signal_is_woken),
        TEST(a_handler_of_the_thread_that_waits_may_close),
        TEST(a_handler_does_not_wait_for_its_own_thread),
        TEST(a_signal_before_the_thread_is_inside_is_followed_by_another),
        TEST(a_released_handle_has_the_mode_that_the_program_chose),
        TEST(sending_a_file_does_not_wait_if_the_program_wants_no_wait),
        TEST(a_call_that_was_closed_takes_nothing_from_a_duplicate),
        TEST(a_call_that_may_not_wait_takes_no_lock),
        TEST(a_signal_that_comes_after_the_data_is_taken_before_the_call_returns),
        TEST(no_later_call_of_the_program_is_interrupted),
        TEST(no_close_is_lost_in_many_rounds),
        TEST(without_the_signal_calls_wait_as_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
