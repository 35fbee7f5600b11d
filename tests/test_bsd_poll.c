/* FreeBSD's poll on a system that has another poll. The backend's own source is compiled into this
 * program. Replacements for poll and recv do what FreeBSD's kernel does (sys/kern/uipc_socket.c,
 * sopoll_generic and soreceive_generic). */
#ifdef _WIN32
#include "harness.h"

static void a_poll_like_freebsds_is_made_whole(void **state)
{
    (void)state;
    SKIP("Windows has no poll of this kind");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(a_poll_like_freebsds_is_made_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else
#include "posix/native.h"

#include <poll.h>
#include <time.h>

/* The sockets. The handle is the index. */
static struct {
    bool readable, writable, ended, oob;
    int error;
} sockets[8];

static unsigned polls;
static int64_t last_timeout_ns;

static short revents_of(int fd, short events)
{
    short r = 0;
    if ((events & POLLIN) != 0 && (sockets[fd].readable || sockets[fd].error != 0))
        r |= POLLIN;
    if ((events & POLLOUT) != 0 && (sockets[fd].writable || sockets[fd].error != 0))
        r |= POLLOUT;
    if ((events & POLLPRI) != 0 && sockets[fd].oob)
        r |= POLLPRI;
    if (events != 0 && sockets[fd].ended) /* otherwise nobody wakes the thread */
        r |= POLLHUP;
    return r;
}

static int poll_like_freebsd(struct pollfd *v, nfds_t n, int64_t timeout_ns)
{
    int count = 0;
    polls++;
    last_timeout_ns = timeout_ns;
    for (nfds_t i = 0; i < n; i++) {
        v[i].revents = v[i].fd >= 0 ? revents_of(v[i].fd, v[i].events) : 0;
        count += v[i].revents != 0;
    }
    return count;
}

#ifndef __APPLE__ /* it has no ppoll */
static int fake_ppoll(struct pollfd *v, nfds_t n, const struct timespec *t, const void *mask)
{
    (void)mask;
    return poll_like_freebsd(v, n, t != NULL ? t->tv_sec * 1000000000 + t->tv_nsec : -1);
}
#endif

static int fake_poll(struct pollfd *v, nfds_t n, int ms)
{
    return poll_like_freebsd(v, n, ms >= 0 ? ms * INT64_C(1000000) : -1);
}

/* A peek leaves the error on the socket. */
static ssize_t fake_recv(int fd, void *buf, size_t n, int flags)
{
    (void)buf, (void)n;
    errno = sockets[fd].error != 0 ? sockets[fd].error : EAGAIN;
    if ((flags & MSG_PEEK) == 0)
        sockets[fd].error = 0;
    return sockets[fd].readable ? 1 : -1;
}

#define XSOCK_POSIX_BSD_POLL 1
#define ppoll fake_ppoll
#define poll fake_poll
#define recv fake_recv
#include "posix/wait.c"
#undef ppoll
#undef poll
#undef recv

#include "harness.h"

static int ask(int fd, int events)
{
    struct xsock__sys_wait w = {(uintptr_t)fd, events, -1};
    assert_int_equal(xsock__sys_wait(&w, 1, NULL, -1), 0);
    return w.revents;
}

static int setup_sockets(void **state)
{
    (void)state;
    memset(sockets, 0, sizeof sockets);
    polls = 0;
    return 0;
}

static void the_end_wakes_a_wait_for_nothing_else(void **state)
{
    (void)state;
    sockets[1].ended = true;
    assert_int_equal(ask(1, 0), XSOCK_POLLHUP);
    assert_int_equal(polls, 1);
    assert_int_equal(ask(1, XSOCK_POLLOUT), XSOCK_POLLHUP | XSOCK_POLLOUT);
}

/* The wait does not loop either. */
static void out_of_band_data_that_was_not_asked_for_is_not_reported(void **state)
{
    (void)state;
    sockets[1].oob = true;
    assert_int_equal(ask(1, 0), 0);
    assert_int_equal(polls, 2);
    assert_int_equal(last_timeout_ns, XSOCK__INTERVAL_LAST_NS);
    assert_int_equal(ask(1, XSOCK_POLLPRI), XSOCK_POLLPRI);
    sockets[1].ended = true;
    assert_int_equal(ask(1, 0), XSOCK_POLLHUP);
}

static void an_error_is_told_and_stays(void **state)
{
    const int both = XSOCK_POLLIN | XSOCK_POLLOUT;
    (void)state;
    sockets[1].writable = true;
    sockets[1].error = ECONNREFUSED;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ask(1, both), both | XSOCK_POLLERR);
        assert_int_equal(ask(1, XSOCK_POLLIN), XSOCK_POLLIN | XSOCK_POLLERR);
        assert_int_equal(ask(1, XSOCK_POLLOUT), XSOCK_POLLOUT | XSOCK_POLLERR);
    }
    assert_int_equal(sockets[1].error, ECONNREFUSED);
}

static void what_is_no_error_is_not_told_as_one(void **state)
{
    static const int codes[] = {0, ENOTCONN, EINVAL, ENOTSOCK};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        sockets[1].writable = true;
        sockets[1].error = codes[i];
        assert_int_equal(ask(1, XSOCK_POLLOUT), XSOCK_POLLOUT);
    }
    sockets[2].readable = true;
    assert_int_equal(ask(2, XSOCK_POLLIN), XSOCK_POLLIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_end_wakes_a_wait_for_nothing_else, setup_sockets),
        cmocka_unit_test_setup(out_of_band_data_that_was_not_asked_for_is_not_reported,
                               setup_sockets),
        cmocka_unit_test_setup(an_error_is_told_and_stays, setup_sockets),
        cmocka_unit_test_setup(what_is_no_error_is_not_told_as_one, setup_sockets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
