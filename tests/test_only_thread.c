/* The only thread of a process waits in the system's own call once the program allows that by
 * xsock_set_wake_signal(0). Nobody wakes the thread but a signal handler of its own. The backend's
 * own source is compiled into this program, so that something can happen just before the thread
 * enters the system. */
#if defined _WIN32 || defined __APPLE__
#include "harness.h"

static void no_call_waits_in_the_system(void **state)
{
    (void)state;
    SKIP("no call waits in the system here: there is no wake signal");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_call_waits_in_the_system)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else
#include "posix/native.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/atomic.h"

static int inside;                      /* how many calls have waited in the system */
static void (*act)(void);               /* runs before the next call waits there */
static volatile sig_atomic_t is_inside; /* a call is about to enter, or has entered */

static void act_once(void (**action)(void))
{
    void (*now)(void) = *action;
    *action = NULL;
    if (now != NULL)
        now();
}

static void count_and_act(void)
{
    inside++;
    act_once(&act);
}

static ssize_t watched_recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *name,
                                socklen_t *size)
{
    const bool waits = (flags & MSG_DONTWAIT) == 0;
    if (waits)
        count_and_act();
    is_inside = waits;
    ssize_t n = recvfrom(fd, buf, len, flags, name, size);
    is_inside = 0;
    return n;
}

#define recvfrom watched_recvfrom
#include "posix/send_recv.c"
#undef recvfrom

static void (*act_before_mode)(void); /* runs before a handle is put into blocking mode */

static int watched_fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    const bool asks = command == F_GETFD || command == F_GETFL;
    const int argument = asks ? 0 : va_arg(arguments, int);
    va_end(arguments);
    if (command == F_SETFL && (argument & O_NONBLOCK) == 0)
        act_once(&act_before_mode);
    return fcntl(fd, command, argument);
}

#define fcntl watched_fcntl
#include "posix/socket.c"
#undef fcntl

#ifdef __linux__
#include <sys/sendfile.h>

static ssize_t watched_sendfile(int s, int file, off_t *offset, size_t len)
{
    if ((fcntl(s, F_GETFL) & O_NONBLOCK) == 0)
        count_and_act();
    return sendfile(s, file, offset, len);
}

#define sendfile watched_sendfile
#include "posix/sendfile.c"
#undef sendfile
#endif

#include "harness.h"
#include "native_io.h"
#include "sockets.h"
#include "threads.h"
#include "xsock_native.h"

static int ends[2];
static void (*in_handler)(void);

static void send_one(void)
{
    sockets_send(ends[1]);
}

static void close_end(void)
{
    (void)xsock_close(ends[0]);
}

static void shut_down(void)
{
    (void)xsock_shutdown(ends[0], XSOCK_SHUT_RD);
}

static void set_nonblock(void)
{
    (void)xsock_set_flags(ends[0], XSOCK_SOCK_NONBLOCK);
}

static void pass_deadline(void)
{
    (void)xsock_set_deadline(ends[0], XSOCK_DEADLINE_RECV, xsock_now());
}

/* ---- Signals: SIGUSR1 before the thread is in the system, SIGALRM once it is ---------- */

static bool is_outside; /* the alarm comes for a thread that does not wait in the system */

static void handle(int signo)
{
    if (in_handler == NULL || (signo == SIGALRM && !is_inside && !is_outside))
        return;
    in_handler();
    in_handler = NULL;
}

static void raise_signal(void)
{
    raise(SIGUSR1);
}

static void begin_alarms(void)
{
    const struct itimerval often = {{0, 1000}, {0, 1000}};
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
}

static void end_alarms(void)
{
    const struct itimerval never = {{0, 0}, {0, 0}};
    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
}

static void take_signals(int flags)
{
    struct sigaction a = {.sa_handler = handle, .sa_flags = flags};
    assert_int_equal(sigaction(SIGUSR1, &a, NULL), 0);
    assert_int_equal(sigaction(SIGALRM, &a, NULL), 0);
}

/* ---- A call that waits ----------------------------------------------------------------------- */

static void open_ends(void)
{
    sockets_pair(XSOCK_SOCK_STREAM, ends);
    ASSERT_RESULT(0, xsock_set_flags(ends[0], 0));
    inside = 0;
}

static void close_ends(void)
{
    sockets_close(ends[0]);
    sockets_close(ends[1]);
}

static int receive(void)
{
    char byte;
    return (int)xsock_recv(ends[0], &byte, 1, 0);
}

static void assert_receives_inside(void)
{
    const int before = inside;
    act = send_one;
    ASSERT_RESULT(1, receive());
    assert_int_equal(inside, before + 1);
}

static void without_the_call_no_handle_is_in_blocking_mode(void **state)
{
    (void)state;
    take_signals(SA_RESTART);
    sockets_pair(XSOCK_SOCK_STREAM, ends);
    ASSERT_RESULT(0, xsock_set_flags(ends[0], 0));
    is_outside = true;
    in_handler = send_one;
    begin_alarms();
    ASSERT_RESULT(1, receive());
    end_alarms();
    is_outside = false;
    assert_int_equal(inside, 0);
    assert_true(native_is_nonblocking(native_of(ends[0])));
    close_ends();
    ASSERT_RESULT(0, xsock_set_wake_signal(0));
}

static void the_only_thread_waits_in_the_system(void **state)
{
    (void)state;
    open_ends();
    for (int i = 0; i < 3; i++)
        assert_receives_inside();
    assert_false(native_is_nonblocking(native_of(ends[0])));
    assert_true(native_is_nonblocking(native_of(ends[1])));
    close_ends();
}

/* Programs that inherit the handle, or receive it, see its mode. */
static void a_socket_that_must_not_wait_has_such_a_handle(void **state)
{
    (void)state;
    open_ends();
    for (int i = 0; i < 2; i++) {
        assert_receives_inside();
        assert_false(native_is_nonblocking(native_of(ends[0])));
        ASSERT_RESULT(0, xsock_set_flags(ends[0], XSOCK_SOCK_NONBLOCK));
        assert_true(native_is_nonblocking(native_of(ends[0])));
        ASSERT_RESULT(0, xsock_set_flags(ends[0], 0));
    }
    close_ends();
}

/* Another thread, or a handler, is faster. */
static void a_socket_that_just_became_non_blocking_has_such_a_handle(void **state)
{
    (void)state;
    open_ends();
    act_before_mode = set_nonblock;
    ASSERT_RESULT(-XSOCK_EAGAIN, receive());
    assert_null(act_before_mode);
    assert_int_equal(inside, 0);
    assert_true(native_is_nonblocking(native_of(ends[0])));
    close_ends();
}

/* Another process that shares the socket has put the handle into non-blocking mode. */
static void a_released_handle_is_in_blocking_mode(void **state)
{
    uintptr_t handle;
    (void)state;
    open_ends();
    assert_receives_inside();
    assert_int_equal(fcntl((int)native_of(ends[0]), F_SETFL, O_NONBLOCK), 0);
    ASSERT_RESULT(0, xsock_release(ends[0], &handle));
    assert_false(native_is_nonblocking(handle));
    native_close_socket(handle);
    sockets_close(ends[1]);
}

/* What a handler does, and what the call that it has interrupted returns then. */
static const struct {
    void (*does)(void);
    int result;
} handled[] = {
    {close_end, -XSOCK_ECANCELED},
    {shut_down, 0},
    {set_nonblock, -XSOCK_EAGAIN},
    {pass_deadline, -XSOCK_ETIMEDOUT},
};

enum { HANDLED = sizeof handled / sizeof handled[0] };

/* The socket is as good as before: only the handler's own change is undone. */
static void undo(void)
{
    (void)xsock_set_flags(ends[0], 0);
    (void)xsock_set_deadline(ends[0], XSOCK_DEADLINE_RECV, -1);
}

static void assert_handled(int flags, void (*before_entering)(void))
{
    take_signals(flags);
    for (int i = 0; i < HANDLED; i++) {
        open_ends();
        in_handler = handled[i].does;
        act = before_entering;
        ASSERT_RESULT(handled[i].result, receive());
        if (before_entering == begin_alarms)
            end_alarms();
        assert_int_equal(inside, 1);
        if (handled[i].does == set_nonblock)
            assert_true(native_is_nonblocking(native_of(ends[0])));
        undo();
        if (handled[i].result == -XSOCK_EAGAIN || handled[i].result == -XSOCK_ETIMEDOUT) {
            sockets_send(ends[1]);
            ASSERT_RESULT(1, receive());
            assert_receives_inside();
        }
        if (handled[i].result != -XSOCK_ECANCELED)
            sockets_close(ends[0]);
        sockets_close(ends[1]);
    }
}

static void a_handler_ends_the_wait_before_the_thread_is_inside(void **state)
{
    (void)state;
    assert_handled(0, raise_signal);
    assert_handled(SA_RESTART, raise_signal);
}

static void a_handler_ends_the_wait_of_its_thread(void **state)
{
    (void)state;
    if (HAS_THREAD_SANITIZER)
        SKIP("ThreadSanitizer runs no handler in a call that begins again");
    assert_handled(0, begin_alarms);
    assert_handled(SA_RESTART, begin_alarms);
}

/* The system's sendfile waits if the handle is in blocking mode. */
static uintptr_t file_of_four(void)
{
    uintptr_t file = native_file();
    assert_int_equal(pwrite((int)file, "text", 4, 0), 4);
    return file;
}

static void sending_a_file_does_not_wait_if_the_program_wants_no_wait(void **state)
{
    uintptr_t file = file_of_four();
    char text[4];
    (void)state;
    open_ends();
    assert_receives_inside();
    ASSERT_RESULT(4, (int)xsock_sendfile(ends[0], file, 0, 4));
    ASSERT_RESULT(4, (int)xsock_recv(ends[1], text, 4, 0));
    assert_memory_equal(text, "text", 4);
    ASSERT_RESULT(0, xsock_set_flags(ends[0], XSOCK_SOCK_NONBLOCK));
    sockets_fill(ends[0]);
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_sendfile(ends[0], file, 0, 4));
    native_close_file(file);
    close_ends();
}

/* A time limit is not the system's. */
static void sending_a_file_keeps_the_time_limit(void **state)
{
    uintptr_t file = file_of_four();
    (void)state;
    open_ends();
    assert_receives_inside();
    ASSERT_RESULT(0, xsock_set_opt_time(ends[0], XSOCK_SO_SNDTIMEO, 1));
    ASSERT_RESULT(0, xsock_set_flags(ends[0], XSOCK_SOCK_NONBLOCK));
    sockets_fill(ends[0]);
    ASSERT_RESULT(0, xsock_set_flags(ends[0], 0));
    assert_int_equal(fcntl((int)native_of(ends[0]), F_SETFL, 0), 0);
    ASSERT_RESULT(-XSOCK_EAGAIN, (int)xsock_sendfile(ends[0], file, 0, 4));
    native_close_file(file);
    close_ends();
}

#ifdef __linux__
static void sending_a_file_waits_in_the_system(void **state)
{
    uintptr_t file = file_of_four();
    (void)state;
    open_ends();
    assert_receives_inside();
    inside = 0;
    ASSERT_RESULT(4, (int)xsock_sendfile(ends[0], file, 0, 4));
    assert_int_equal(inside, 1);
    ASSERT_RESULT(0, xsock_set_flags(ends[0], XSOCK_SOCK_NONBLOCK));
    sockets_fill(ends[0]);
    ASSERT_RESULT(0, xsock_set_flags(ends[0], 0));
    act = close_end; /* as a signal handler would */
    ASSERT_RESULT(-XSOCK_ECANCELED, (int)xsock_sendfile(ends[0], file, 0, 4));
    assert_int_equal(inside, 2);
    native_close_file(file);
    sockets_close(ends[1]);
}
#endif

static void receive_in_thread(void *user)
{
    *(int *)user = receive();
}

/* This is the last test: the process never counts as one thread again. */
static void one_of_several_threads_waits_as_before(void **state)
{
    int result = 0;
    (void)state;
    open_ends();
    struct thread *t = thread_start(receive_in_thread, &result);
    assert_non_null(t);
    sockets_send(ends[1]);
    thread_join(t);
    ASSERT_RESULT(1, result);
    assert_int_equal(inside, 0);
    assert_true(native_is_nonblocking(native_of(ends[0])));
    close_ends();
}

/* glibc before 2.32, musl and the BSD systems have no such byte. */
static void the_system_tells_of_threads(void **state)
{
    (void)state;
    if (!xsock__sys_alone())
        SKIP("this system keeps no byte that tells of threads");
}

int main(void)
{
    const struct CMUnitTest other[] = {TEST(the_system_tells_of_threads)};
    const struct CMUnitTest tests[] = {
        TEST(without_the_call_no_handle_is_in_blocking_mode),
        TEST(the_only_thread_waits_in_the_system),
        TEST(a_socket_that_must_not_wait_has_such_a_handle),
        TEST(a_socket_that_just_became_non_blocking_has_such_a_handle),
        TEST(a_released_handle_is_in_blocking_mode),
        TEST(a_handler_ends_the_wait_before_the_thread_is_inside),
        TEST(a_handler_ends_the_wait_of_its_thread),
        TEST(sending_a_file_does_not_wait_if_the_program_wants_no_wait),
        TEST(sending_a_file_keeps_the_time_limit),
#ifdef __linux__
        TEST(sending_a_file_waits_in_the_system),
#endif
        TEST(one_of_several_threads_waits_as_before),
    };
    return xsock__sys_alone() ? cmocka_run_group_tests(tests, NULL, NULL)
                              : cmocka_run_group_tests(other, NULL, NULL);
}
#endif
