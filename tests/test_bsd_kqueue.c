/* FreeBSD's pollers on a system that has no kqueue. The backend's own source is compiled into this
 * program, with a replacement for kqueue that stores the filters it is given and reports the events
 * that the test wants. */
#if defined(_WIN32) || !defined(__linux__)
#include "harness.h"

static void a_kqueue_is_made_to_mean_epoll(void **state)
{
    (void)state;
    SKIP("only Linux plays the kqueue; systems with one have the tests of pollers");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(a_kqueue_is_made_to_mean_epoll)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else
#include "posix/native.h"

#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "kqueue/sys/event.h"

static struct kevent read_filter_given; /* the last read filter that was added */
static struct kevent to_report;
static int pending_error; /* of every socket */

int kqueue(void)
{
    return fcntl(STDERR_FILENO, F_DUPFD, 3);
}

int kevent(int kq, const struct kevent *changes, int change_count, struct kevent *events,
           int event_count, const struct timespec *t)
{
    (void)kq, (void)t;
    if (change_count == 1 && changes->filter == EVFILT_READ && (changes->flags & EV_ADD) != 0)
        read_filter_given = *changes;
    if (event_count == 0)
        return 0;
    *events = to_report;
    events->ext[2] = read_filter_given.ext[2];
    events->udata = read_filter_given.udata;
    return 1;
}

/* A peek leaves the error on the socket. */
static ssize_t fake_recv(int fd, void *buf, size_t n, int flags)
{
    (void)fd, (void)buf, (void)n, (void)flags;
    errno = pending_error != 0 ? pending_error : EAGAIN;
    return -1;
}

#define XSOCK_POSIX_FAKE_KQUEUE 1
#define recv fake_recv
/* gcc does not see that kevent() fills in the events that it counts. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include "posix/poller_kqueue.c"
#undef recv

#include "harness.h"

/* ---- Tests ----------------------------------------------------------------------------------- */

static struct xsock__sys_poller *p;
static int fd;

static int setup_poller(void **state)
{
    (void)state;
    pending_error = 0;
    fd = socket(AF_INET, SOCK_STREAM, 0);
    return xsock__sys_poller_open(&p);
}

static int teardown_poller(void **state)
{
    (void)state;
    close(fd);
    xsock__sys_poller_close(p);
    return 0;
}

static void add(uint32_t events)
{
    struct xsock__sys_member m = {.handle = (uintptr_t)fd, .key = 7};
    assert_int_equal(xsock__sys_poller_add(p, &m, events), 0);
}

static uint32_t report(short filter, unsigned short flags, int64_t data)
{
    struct xsock_event e = {0};
    size_t count = 0;
    bool woken = true;
    to_report =
        (struct kevent){.ident = (uintptr_t)fd, .filter = filter, .flags = flags, .data = data};
    assert_int_equal(xsock__sys_poller_wait(p, &e, 1, 0, &count, &woken), 0);
    assert_true(count == 1 && !woken && e.data == 7);
    return e.events;
}

static void a_number_that_the_program_has_taken_is_left_alone(void **state)
{
    struct xsock__sys_poller *other;
    (void)state;
    assert_int_equal(xsock__sys_poller_open(&other), 0);
    int number = other->kqueue;
    assert_int_equal(dup2(fd, number), number);
    xsock__sys_poller_close(other);
    assert_int_equal(close(number), 0);
}

/* A level-triggered poller would report a waiting connection to it for ever. */
static void a_listener_that_waits_for_the_end_alone_is_edge_triggered(void **state)
{
    (void)state;
    add(XSOCK_POLLER_RDHUP);
    assert_int_equal(read_filter_given.flags & EV_CLEAR, 0); /* a stream, as long as it has data */
    assert_int_equal(listen(fd, 4), 0);
    add(XSOCK_POLLER_RDHUP);
    assert_int_equal(read_filter_given.flags & EV_CLEAR, EV_CLEAR);
    add(XSOCK_POLLER_RDHUP | XSOCK_POLLER_IN);
    assert_int_equal(read_filter_given.flags & EV_CLEAR, 0);
}

static void a_socket_with_an_error_and_no_data_tells_the_error(void **state)
{
    const uint32_t failed = XSOCK_POLLER_IN | XSOCK_POLLER_ERR | XSOCK_POLLER_OUT;
    (void)state;
    add(XSOCK_POLLER_IN);
    assert_int_equal(report(EVFILT_READ, 0, 5), XSOCK_POLLER_IN);
    assert_int_equal(report(EVFILT_READ, 0, 0), XSOCK_POLLER_IN); /* an empty datagram */
    pending_error = ECONNREFUSED;
    assert_int_equal(report(EVFILT_READ, 0, 0), failed);
    pending_error = ENOTCONN;
    assert_int_equal(report(EVFILT_READ, 0, 0), XSOCK_POLLER_IN);
}

/* A wait adds the filters of such members again, and so goes by what they are watched for. */
static void members_that_are_added_again_know_their_events_and_leave_no_trace(void **state)
{
    enum { COUNT = 3 };
    static const int order[COUNT] = {1, 0, 2};
    struct xsock__sys_member m[COUNT];
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        m[i] = (struct xsock__sys_member){.handle = (uintptr_t)fd, .key = (uint64_t)i};
        assert_int_equal(xsock__sys_poller_add(p, &m[i], XSOCK_POLLER_OUT), 0);
    }
    assert_int_equal(xsock__sys_poller_change(p, &m[1], XSOCK_POLLER_PRI), 0);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(m[i].events, i == 1 ? XSOCK_POLLER_PRI : XSOCK_POLLER_OUT);
    for (int i = 0; i < COUNT; i++)
        xsock__sys_poller_remove(p, &m[order[i]]);
    assert_null(p->edged);
}

#define KQUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, setup_poller, teardown_poller)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KQUEUE_TEST(a_number_that_the_program_has_taken_is_left_alone),
        KQUEUE_TEST(a_listener_that_waits_for_the_end_alone_is_edge_triggered),
        KQUEUE_TEST(a_socket_with_an_error_and_no_data_tells_the_error),
        KQUEUE_TEST(members_that_are_added_again_know_their_events_and_leave_no_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
