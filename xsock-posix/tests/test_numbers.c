/* One number space: sockets, files and pipes. */
#include "support.h"

#include <signal.h>

/* Opens and closes something, and returns the number that it had: the lowest that is free. */
static int lowest(void)
{
    int file = file_open();
    close(file);
    return file;
}

static void sockets_and_files_share_lowest_numbers(void **state)
{
    (void)state;
    int first = lowest();
    ASSERT_IS(first, socket(AF_INET, SOCK_DGRAM, 0));
    int file = file_open();
    ASSERT_IS(first + 1, file);
    ASSERT_IS(first + 2, socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_IS(0, close(first));
    int again = file_open();
    ASSERT_IS(first, again);
    ASSERT_IS(0, close(first + 1));
    ASSERT_IS(first + 1, socket(AF_INET, SOCK_DGRAM, 0));
    ASSERT_IS(first + 3, dup(first + 1));
    for (int i = 0; i < 4; i++)
        ASSERT_IS(0, close(first + i));
    file_remove();
}

/* fopen() and pipe() take numbers behind the library. */
static void a_stream_of_the_runtime_takes_no_number_of_a_socket(void **state)
{
    (void)state;
    int first = lowest();
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    FILE *f = fopen("xsock-posix-test.stream", "w");
    assert_non_null(f);
    int second = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    int p[2];
    ASSERT_IS(0, pipe(p));
    assert_int_equal(first, s);
    assert_int_equal(first + 2, second);
    assert_int_equal(first + 3, p[0]);
    assert_int_equal(first + 4, p[1]);
    ASSERT_IS(0, fclose(f));
    ASSERT_IS(first + 1, socket(AF_INET, SOCK_DGRAM, 0));
    for (int i = 0; i < 5; i++)
        ASSERT_IS(0, close(first + i));
    remove("xsock-posix-test.stream");
}

static void read_and_write_know_files_from_sockets(void **state)
{
    (void)state;
    int s[2];
    int p[2];
    char buf[8];
    streams_open(s);
    ASSERT_IS(0, pipe(p));
    int file = file_open();
    ASSERT_IS(2, write(s[0], "s\n", 2));
    ASSERT_IS(2, write(p[1], "p\n", 2));
    ASSERT_IS(2, write(file, "f\n", 2));
    ASSERT_IS(2, read(s[1], buf, sizeof buf));
    assert_memory_equal("s\n", buf, 2);
    ASSERT_IS(2, read(p[0], buf, sizeof buf));
    assert_memory_equal("p\n", buf, 2);
    struct stat st;
    ASSERT_IS(0, fstat(file, &st));
    assert_int_equal(2, st.st_size); /* binary: no carriage return was added */
    close(file);
    close(p[1]);
    ASSERT_IS(0, read(p[0], buf, sizeof buf));
    close(p[0]);
    close(s[0]);
    close(s[1]);
    file_remove();
}

static void fstat_and_isatty_tell_a_socket(void **state)
{
    (void)state;
    struct stat st;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    int file = file_open();
    ASSERT_IS(0, fstat(s, &st));
    assert_true(S_ISSOCK(st.st_mode));
    ASSERT_IS(0, fstat(file, &st));
    assert_true(S_ISREG(st.st_mode));
    assert_int_equal(0, isatty(s));
    assert_int_equal(ENOTTY, errno);
    assert_int_equal(0, isatty(file));
    close(s);
    close(file);
    assert_int_equal(0, isatty(s));
    assert_int_equal(EBADF, errno);
    file_remove();
}

static void a_duplicate_outlives_the_first_number(void **state)
{
    (void)state;
    int s[2];
    char byte;
    streams_open(s);
    int d = ASSERT_OPENS(dup(s[0]));
    ASSERT_IS(0, fcntl(d, F_SETFL, O_NONBLOCK));
    assert_int_not_equal(0, fcntl(s[0], F_GETFL) & O_NONBLOCK);
    ASSERT_IS(0, close(s[0]));
    ASSERT_ERRNO(EBADF, send(s[0], "x", 1, 0));
    ASSERT_IS(1, write(d, "x", 1));
    ASSERT_IS(1, read(s[1], &byte, 1));
    close(d);
    close(s[1]);
}

static void dup2_replaces_a_file_by_a_socket_and_back(void **state)
{
    (void)state;
    int s[2];
    char byte;
    streams_open(s);
    int file = file_open();
    ASSERT_IS(file, dup2(s[0], file));
    ASSERT_IS(1, write(file, "x", 1));
    ASSERT_IS(1, read(s[1], &byte, 1));
    int more = file_open();
    ASSERT_IS(file, dup2(more, file));
    ASSERT_IS(1, write(file, "x", 1));
    struct stat st;
    ASSERT_IS(0, fstat(file, &st));
    assert_true(S_ISREG(st.st_mode));
    ASSERT_IS(file + 9, dup2(s[0], file + 9));
    ASSERT_IS(1, write(file + 9, "y", 1));
    ASSERT_IS(1, read(s[1], &byte, 1));
    assert_int_equal('y', byte);
    ASSERT_IS(file + 9, dup2(s[1], file + 9)); /* a socket over a socket */
    ASSERT_IS(1, write(s[0], "z", 1));
    ASSERT_IS(1, read(file + 9, &byte, 1));
    ASSERT_IS(s[0], dup2(s[0], s[0]));
    ASSERT_ERRNO(EBADF, dup2(file + 50, s[0]));
    ASSERT_ERRNO(EBADF, dup2(s[0], -1));
    ASSERT_ERRNO(EBADF, dup(-1));
    ASSERT_ERRNO(EBADF, dup(file + 50));
    ASSERT_ERRNO(EBADF, dup2(file + 50, file + 50));
    assert_true(is_open(s[0]));
    ASSERT_ERRNO(EINVAL, dup3(s[0], s[0], 0));
    close(more);
    close(file);
    close(file + 9);
    close(s[0]);
    close(s[1]);
    file_remove();
}

static void f_dupfd_begins_at_a_number(void **state)
{
    (void)state;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    int file = file_open();
    ASSERT_IS(40, fcntl(s, F_DUPFD, 40));
    ASSERT_IS(41, fcntl(file, F_DUPFD, 40));
    ASSERT_IS(42, fcntl(s, F_DUPFD_CLOEXEC, 40));
    ASSERT_IS(file + 1, fcntl(s, F_DUPFD, 0));
    ASSERT_IS(0, fcntl(40, F_GETFD));
    ASSERT_IS(FD_CLOEXEC, fcntl(42, F_GETFD));
    ASSERT_ERRNO(EINVAL, fcntl(s, F_DUPFD, -1));
    ASSERT_ERRNO(EBADF, fcntl(file + 5, F_DUPFD, 0));
    for (int i = 40; i < 43; i++)
        ASSERT_IS(0, close(i));
    close(file + 1);
    close(file);
    close(s);
    file_remove();
}

static void flags_are_read_and_set(void **state)
{
    (void)state;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    assert_int_equal(O_RDWR | O_NONBLOCK, fcntl(s, F_GETFL) & (O_RDWR | O_WRONLY | O_NONBLOCK));
    ASSERT_IS(FD_CLOEXEC, fcntl(s, F_GETFD));
    ASSERT_IS(0, fcntl(s, F_SETFD, 0));
    ASSERT_IS(0, fcntl(s, F_GETFD));
    int off = 0;
    ASSERT_IS(0, ioctl(s, REQUEST(FIONBIO), &off));
    ASSERT_IS(0, fcntl(s, F_GETFL) & O_NONBLOCK);
    int on = 1;
    ASSERT_IS(0, ioctl(s, REQUEST(FIONBIO), &on));
    char byte;
    ASSERT_ERRNO(EAGAIN, recv(s, &byte, 1, 0));
    close(s);
    ASSERT_ERRNO(EBADF, fcntl(s, F_GETFL));
    ASSERT_ERRNO(EBADF, ioctl(s, REQUEST(FIONBIO), &on));
}

static void fionread_counts_bytes(void **state)
{
    (void)state;
    int s[2];
    int p[2];
    int n = -1;
    streams_open(s);
    ASSERT_IS(0, pipe(p));
    ASSERT_IS(7, write(s[0], "1234567", 7));
    ASSERT_IS(3, write(p[1], "123", 3));
    struct pollfd ready = {s[1], POLLIN, 0};
    ASSERT_IS(1, poll(&ready, 1, -1));
    ASSERT_IS(0, ioctl(s[1], FIONREAD, &n));
    assert_int_equal(7, n);
    ASSERT_IS(0, ioctl(p[0], FIONREAD, &n));
    assert_int_equal(3, n);
    for (int i = 0; i < 2; i++) {
        close(s[i]);
        close(p[i]);
    }
}

static void a_standard_stream_may_be_a_socket(void **state)
{
    (void)state;
    int s[2];
    char byte;
    streams_open(s);
    int kept = dup(0);
    ASSERT_IS(0, dup2(s[1], 0));
    ASSERT_IS(0, close(s[1]));
    ASSERT_IS(1, write(s[0], "x", 1));
    ASSERT_IS(1, read(0, &byte, 1));
    ASSERT_IS(1, send(0, "y", 1, 0));
    ASSERT_IS(1, read(s[0], &byte, 1));
    assert_int_equal('y', byte);
    if (kept >= 0) {
        ASSERT_IS(0, dup2(kept, 0));
        close(kept);
    } else {
        ASSERT_IS(0, close(0));
    }
    close(s[0]);
}

/* Servers that start programs close a standard stream, and then duplicate a connection. */
static void a_duplicate_takes_the_number_of_a_closed_standard_stream(void **state)
{
    (void)state;
    int s[2];
    char byte;
    streams_open(s);
    int kept = dup(0);
    if (kept >= 0)
        ASSERT_IS(0, close(0));
    ASSERT_IS(0, dup(s[1]));
    ASSERT_IS(1, write(s[0], "x", 1));
    ASSERT_IS(1, read(0, &byte, 1));
    ASSERT_IS(0, close(0));
    ASSERT_IS(0, fcntl(s[1], F_DUPFD, 0));
    ASSERT_IS(0, fcntl(0, F_GETFD));
    ASSERT_IS(0, fcntl(0, F_SETFD, FD_CLOEXEC));
    ASSERT_IS(FD_CLOEXEC, fcntl(0, F_GETFD));
    ASSERT_IS(0, ioctl(0, FIONCLEX));
    ASSERT_IS(0, fcntl(0, F_GETFD));
    ASSERT_IS(0, ioctl(0, FIOCLEX));
    ASSERT_IS(FD_CLOEXEC, fcntl(0, F_GETFD));
    ASSERT_IS(0, close(0));
    ASSERT_IS(0, fcntl(s[1], F_DUPFD_CLOEXEC, 0));
    ASSERT_IS(FD_CLOEXEC, fcntl(0, F_GETFD));
    ASSERT_IS(0, close(s[1]));
    ASSERT_IS(1, send(0, "y", 1, 0));
    ASSERT_IS(1, read(s[0], &byte, 1));
    assert_int_equal('y', byte);
    ASSERT_IS(0, close(0));
    ASSERT_IS(0, read(s[0], &byte, 1)); /* no handle is left */
    if (kept >= 0) {
        ASSERT_IS(0, dup2(kept, 0));
        close(kept);
    }
    close(s[0]);
}

static void ignoring_sigpipe_succeeds(void **state)
{
    (void)state;
    void (*old)(int) = signal(SIGPIPE, SIG_IGN);
    assert_true(old == SIG_DFL || old == SIG_IGN);
    assert_true(signal(SIGPIPE, SIG_DFL) == SIG_IGN);
    struct sigaction ignore;
    struct sigaction got;
    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    sigemptyset(&ignore.sa_mask);
    ASSERT_IS(0, sigaction(SIGPIPE, &ignore, NULL));
    ASSERT_IS(0, sigaction(SIGPIPE, NULL, &got));
    assert_true(got.sa_handler == SIG_IGN);
}

static void errors_have_texts(void **state)
{
    (void)state;
    int errors[] = {ECONNREFUSED, ETIMEDOUT,       ENOTSOCK,  EADDRINUSE, EAGAIN, EAFNOSUPPORT,
                    ENOENT,       ESOCKTNOSUPPORT, ESHUTDOWN, EHOSTDOWN,  EPIPE};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        const char *text = strerror(errors[i]);
        assert_non_null(text);
        assert_null(strstr(text, "nknown"));
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(errors[k], errors[i]);
    }
    errno = ECONNREFUSED;
    perror("this is how perror() says it");
}

/* The runtime of Windows has no number so high, and files cannot have it. */
static void a_number_that_no_file_can_have_stays_a_socket(void **state)
{
    (void)state;
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    int file = file_open();
    int high = fcntl(s, F_DUPFD, 9000);
    if (high >= 0 && dup2(file, high) < 0) {
        assert_int_equal(EBADF, errno);
        struct stat status;
        ASSERT_IS(0, fstat(high, &status));
        assert_true(S_ISSOCK(status.st_mode));
    }
    if (high >= 0)
        ASSERT_IS(0, close(high));
    close(s);
    close(file);
    file_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sockets_and_files_share_lowest_numbers),
        TEST(a_stream_of_the_runtime_takes_no_number_of_a_socket),
        TEST(read_and_write_know_files_from_sockets),
        TEST(fstat_and_isatty_tell_a_socket),
        TEST(a_duplicate_outlives_the_first_number),
        TEST(dup2_replaces_a_file_by_a_socket_and_back),
        TEST(f_dupfd_begins_at_a_number),
        TEST(flags_are_read_and_set),
        TEST(fionread_counts_bytes),
        TEST(a_standard_stream_may_be_a_socket),
        TEST(a_duplicate_takes_the_number_of_a_closed_standard_stream),
        TEST(ignoring_sigpipe_succeeds),
        TEST(errors_have_texts),
        TEST(a_number_that_no_file_can_have_stays_a_socket),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
