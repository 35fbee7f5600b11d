/* poll() and select() over sockets, files and pipes. */
#include "support.h"

#include <signal.h>
#include <sys/time.h>

static void poll_tells_what_is_ready(void **state)
{
    (void)state;
    int s[2];
    char byte;
    streams_open(s);
    struct pollfd p[] = {{s[0], POLLIN | POLLOUT, 0}, {s[1], POLLIN, 0}, {-1, POLLIN, 7}};
    ASSERT_IS(1, poll(p, 3, 0));
    assert_int_equal(POLLOUT, p[0].revents);
    assert_int_equal(0, p[1].revents);
    assert_int_equal(0, p[2].revents);
    ASSERT_IS(1, write(s[0], "x", 1));
    ASSERT_IS(1, poll(&p[1], 1, -1));
    assert_int_equal(POLLIN, p[1].revents);
    p[1].events = POLLRDNORM;
    ASSERT_IS(1, poll(&p[1], 1, -1));
    assert_int_equal(POLLRDNORM, p[1].revents);
    ASSERT_IS(1, read(s[1], &byte, 1));
    ASSERT_IS(0, poll(&p[1], 1, 1));
    close(s[0]);
    p[1].events = POLLIN;
    ASSERT_IS(1, poll(&p[1], 1, -1));
    assert_true((p[1].revents & POLLIN) != 0);
    close(s[1]);
    ASSERT_IS(1, poll(&p[1], 1, -1));
    assert_int_equal(POLLNVAL, p[1].revents);
    ASSERT_IS(0, poll(NULL, 0, 1));
}

static void poll_waits_for_sockets_and_pipes_together(void **state)
{
    (void)state;
    int s[2];
    int p[2];
    char byte;
    streams_open(s);
    ASSERT_IS(0, pipe(p));
    struct pollfd v[] = {{s[1], POLLIN, 0}, {p[0], POLLIN, 0}};
    ASSERT_IS(0, poll(v, 2, 1));
    ASSERT_IS(1, write(p[1], "p", 1));
    ASSERT_IS(1, poll(v, 2, -1));
    assert_int_equal(0, v[0].revents);
    assert_int_equal(POLLIN, v[1].revents);
    ASSERT_IS(1, read(p[0], &byte, 1));
    ASSERT_IS(1, write(s[0], "s", 1));
    ASSERT_IS(1, poll(v, 2, -1));
    assert_int_equal(POLLIN, v[0].revents);
    assert_int_equal(0, v[1].revents);
    ASSERT_IS(1, write(p[1], "p", 1));
    ASSERT_IS(2, poll(v, 2, -1));
    ASSERT_IS(1, read(p[0], &byte, 1));
    close(p[1]);
    ASSERT_IS(1, read(s[1], &byte, 1));
    ASSERT_IS(1, poll(v, 2, -1));
    assert_int_equal(POLLHUP, v[1].revents);
    close(p[0]);
    close(s[0]);
    close(s[1]);
}

static void a_pipe_without_a_reader_is_an_error(void **state)
{
    (void)state;
    int p[2];
    ASSERT_IS(0, pipe(p));
    struct pollfd v = {p[1], POLLOUT, 0};
    ASSERT_IS(1, poll(&v, 1, -1));
    assert_int_equal(POLLOUT, v.revents);
    close(p[0]);
    ASSERT_IS(1, poll(&v, 1, -1));
    assert_int_equal(POLLOUT | POLLERR, v.revents);
    ASSERT_ERRNO(EPIPE, write(p[1], "x", 1));
    close(p[1]);
}

static void a_pipe_that_does_not_wait_gives_eagain(void **state)
{
    (void)state;
    int p[2];
    char bytes[4096] = {0};
    ASSERT_IS(0, pipe2(p, O_NONBLOCK | O_CLOEXEC));
    assert_int_equal(O_NONBLOCK, fcntl(p[0], F_GETFL) & O_NONBLOCK);
    ASSERT_IS(FD_CLOEXEC, fcntl(p[1], F_GETFD));
    ASSERT_ERRNO(EAGAIN, read(p[0], bytes, 1));
    ssize_t got = 1;
    for (int i = 0; got > 0 && i < 100; i++)
        got = write(p[1], bytes, sizeof bytes);
    ASSERT_ERRNO(EAGAIN, got);
    close(p[0]);
    close(p[1]);
}

/* What is more than PIPE_BUF is taken in part, as far as there is room. */
static void a_pipe_that_does_not_wait_takes_a_part(void **state)
{
    (void)state;
    static char bytes[300000];
    int p[2];
    ASSERT_IS(0, pipe2(p, O_NONBLOCK));
    size_t total = 0;
    for (ssize_t put; (put = write(p[1], bytes, sizeof bytes)) > 0;)
        total += (size_t)put;
    assert_int_equal(EAGAIN, errno);
    assert_true(total >= 4096 && total < sizeof bytes);
    size_t left = total;
    for (ssize_t got; (got = read(p[0], bytes, sizeof bytes)) > 0;)
        left -= (size_t)got;
    assert_int_equal(EAGAIN, errno);
    assert_int_equal(0, left);
    close(p[0]);
    ASSERT_IS(0, write(p[1], bytes, 0)); /* nothing looks for the reader */
    ASSERT_ERRNO(EPIPE, write(p[1], bytes, sizeof bytes));
    close(p[1]);
}

static void files_are_always_ready(void **state)
{
    (void)state;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    int file = file_open();
    struct pollfd v[] = {{file, POLLIN | POLLOUT, 0}, {s, POLLIN, 0}};
    ASSERT_IS(1, poll(v, 2, -1));
    assert_int_equal(POLLIN | POLLOUT, v[0].revents);
    close(file);
    ASSERT_IS(1, poll(v, 2, -1));
    assert_int_equal(POLLNVAL, v[0].revents);
    close(s);
    file_remove();
}

static void poll_takes_many(void **state)
{
    (void)state;
    enum { MANY = 200 };
    struct pollfd v[MANY];
    int s[2];
    datagrams_open(s);
    for (int i = 0; i < MANY; i++)
        v[i] = (struct pollfd){s[1], POLLIN, 0};
    ASSERT_IS(1, send(s[0], "x", 1, 0));
    ASSERT_IS(MANY, poll(v, MANY, -1));
    assert_int_equal(POLLIN, v[MANY - 1].revents);
    close(s[0]);
    close(s[1]);
}

static void ppoll_takes_a_timespec(void **state)
{
    (void)state;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    struct pollfd p = {s, POLLIN, 0};
    struct timespec time = {0, 1000};
    ASSERT_IS(0, ppoll(&p, 1, &time, NULL));
    time.tv_nsec = 2000000000;
    ASSERT_ERRNO(EINVAL, ppoll(&p, 1, &time, NULL));
    close(s);
}

static void select_leaves_what_is_ready(void **state)
{
    (void)state;
    int s[2];
    fd_set in;
    fd_set out;
    streams_open(s);
    int n = (s[0] > s[1] ? s[0] : s[1]) + 1;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(s[0], &in);
    FD_SET(s[1], &in);
    FD_SET(s[0], &out);
    ASSERT_IS(1, write(s[0], "x", 1));
    struct pollfd p = {s[1], POLLIN, 0};
    ASSERT_IS(1, poll(&p, 1, -1));
    ASSERT_IS(2, select(n, &in, &out, NULL, NULL));
    assert_false(FD_ISSET(s[0], &in));
    assert_true(FD_ISSET(s[1], &in));
    assert_true(FD_ISSET(s[0], &out));
    FD_ZERO(&in);
    FD_SET(s[0], &in);
    struct timeval time = {0, 1000};
    ASSERT_IS(0, select(n, &in, NULL, NULL, &time));
    assert_false(FD_ISSET(s[0], &in));
    close(s[0]);
    FD_SET(s[0], &in);
    ASSERT_ERRNO(EBADF, select(n, &in, NULL, NULL, NULL));
    time.tv_sec = -1;
    ASSERT_ERRNO(EINVAL, select(0, NULL, NULL, NULL, &time));
    time = (struct timeval){0, 1000};
    ASSERT_IS(0, select(0, NULL, NULL, NULL, &time));
    close(s[1]);
}

/* A program that may have many numbers has memory of its own for a set. */
static void a_set_may_be_longer_than_fd_set(void **state)
{
    (void)state;
    enum { NUMBER = 1500 };
    int s[2];
    streams_open(s);
    if (dup2(s[1], NUMBER) < 0) {
        assert_int_equal(EBADF, errno);
        print_message("this system gives no such number\n");
    } else {
        size_t words = (NUMBER + NFDBITS) / NFDBITS;
        fd_mask *set = calloc(words, sizeof *set);
        assert_non_null(set);
        set[NUMBER / NFDBITS] |= (fd_mask)1 << NUMBER % NFDBITS;
        ASSERT_IS(1, write(s[0], "x", 1));
        ASSERT_IS(1, select(NUMBER + 1, (fd_set *)set, NULL, NULL, NULL));
        assert_true((set[NUMBER / NFDBITS] >> NUMBER % NFDBITS & 1) != 0);
        free(set);
        close(NUMBER);
    }
    close(s[0]);
    close(s[1]);
}

static void select_waits_for_a_pipe(void **state)
{
    (void)state;
    int p[2];
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    fd_set in;
    ASSERT_IS(0, pipe(p));
    FD_ZERO(&in);
    FD_SET(p[0], &in);
    FD_SET(s, &in);
    ASSERT_IS(1, write(p[1], "x", 1));
    struct timespec time = {60, 0};
    ASSERT_IS(1, pselect(p[1] + s + 1, &in, NULL, NULL, &time, NULL));
    assert_true(FD_ISSET(p[0], &in));
    assert_false(FD_ISSET(s, &in));
    close(p[0]);
    close(p[1]);
    close(s);
}

static void out_of_band_data_is_an_exception(void **state)
{
    (void)state;
    int s[2];
    char byte;
    fd_set except;
    streams_open(s);
    ASSERT_IS(1, send(s[0], "!", 1, MSG_OOB));
    struct pollfd p = {s[1], POLLPRI, 0};
    ASSERT_IS(1, poll(&p, 1, -1));
    assert_int_equal(POLLPRI, p.revents);
    FD_ZERO(&except);
    FD_SET(s[1], &except);
    ASSERT_IS(1, select(s[1] + 1, NULL, NULL, &except, NULL));
    assert_true(FD_ISSET(s[1], &except));
    ASSERT_IS(1, sockatmark(s[1]));
    ASSERT_IS(1, recv(s[1], &byte, 1, MSG_OOB));
    assert_int_equal('!', byte);
    close(s[0]);
    close(s[1]);
}

static int64_t now_ms(void)
{
    struct timeval now;
    gettimeofday(&now, NULL);
    return (int64_t)now.tv_sec * 1000 + now.tv_usec / 1000;
}

/* A call that waits returns 0 only once the time has passed, also if poll() would tell something
 * that nobody asked for. */
static void events_that_nobody_asked_for_end_no_wait(void **state)
{
    (void)state;
    int s[2];
    fd_set set;
    struct timeval time = {0, 30000};
    streams_open(s);
    int fresh = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0)); /* POLLHUP */
    int64_t begin = now_ms();
    FD_ZERO(&set);
    FD_SET(fresh, &set);
    ASSERT_IS(0, select(fresh + 1, NULL, NULL, &set, &time));
    assert_false(FD_ISSET(fresh, &set));
    assert_true(now_ms() - begin >= 29);
    begin = now_ms();
    struct pollfd p = {s[0], POLLWRBAND | POLLRDBAND, 0};
    ASSERT_IS(0, poll(&p, 1, 30));
    assert_true(now_ms() - begin >= 29);
    /* Another number of the same call is noticed. */
    ASSERT_IS(1, write(s[0], "x", 1));
    FD_ZERO(&set);
    FD_SET(fresh, &set);
    fd_set in;
    FD_ZERO(&in);
    FD_SET(s[1], &in);
    int n = fresh > s[1] ? fresh : s[1];
    ASSERT_IS(1, select(n + 1, &in, NULL, &set, NULL));
    assert_true(FD_ISSET(s[1], &in));
    assert_false(FD_ISSET(fresh, &set));
    close(fresh);
    close(s[0]);
    close(s[1]);
}

/* What stands behind a set that the program made is not read. */
static void select_takes_a_number_that_is_too_high(void **state)
{
    (void)state;
    struct {
        fd_set set;
        unsigned char rest[1024];
    } in;
    int s[2];
    streams_open(s);
    memset(&in, 0xff, sizeof in);
    FD_ZERO(&in.set);
    FD_SET(s[1], &in.set);
    ASSERT_IS(1, write(s[0], "x", 1));
    ASSERT_IS(1, select(8000, &in.set, NULL, NULL, NULL));
    assert_true(FD_ISSET(s[1], &in.set));
    close(s[0]);
    close(s[1]);
}

#if defined(POLLRDHUP)
static void the_end_of_a_stream_can_be_waited_for_alone(void **state)
{
    (void)state;
    int s[2];
    char byte;
    streams_open(s);
    struct pollfd p = {s[1], POLLIN, 0};
    ASSERT_IS(1, write(s[0], "x", 1));
    ASSERT_IS(1, poll(&p, 1, -1));
    p.events = POLLRDHUP;
    ASSERT_IS(0, poll(&p, 1, 1));
#if defined(_WIN32)
    ASSERT_IS(1, read(s[1], &byte, 1)); /* there the end is seen behind the data */
#endif
    ASSERT_IS(0, shutdown(s[0], SHUT_WR));
    ASSERT_IS(1, poll(&p, 1, -1));
    assert_int_equal(POLLRDHUP, p.revents);
#if !defined(_WIN32)
    ASSERT_IS(1, read(s[1], &byte, 1));
#endif
    close(s[0]);
    close(s[1]);
}
#endif

int main(void)
{
    signal(SIGPIPE, SIG_IGN); /* of pipes */
    const struct CMUnitTest tests[] = {
        TEST(poll_tells_what_is_ready),
        TEST(poll_waits_for_sockets_and_pipes_together),
        TEST(a_pipe_without_a_reader_is_an_error),
        TEST(a_pipe_that_does_not_wait_gives_eagain),
        TEST(a_pipe_that_does_not_wait_takes_a_part),
        TEST(files_are_always_ready),
        TEST(poll_takes_many),
        TEST(ppoll_takes_a_timespec),
        TEST(select_leaves_what_is_ready),
        TEST(select_waits_for_a_pipe),
        TEST(out_of_band_data_is_an_exception),
        TEST(events_that_nobody_asked_for_end_no_wait),
        TEST(select_takes_a_number_that_is_too_high),
#if defined(POLLRDHUP)
        TEST(the_end_of_a_stream_can_be_waited_for_alone),
#endif
        /* The kernel's table of numbers is larger from here on. */
        TEST(a_set_may_be_longer_than_fd_set),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
