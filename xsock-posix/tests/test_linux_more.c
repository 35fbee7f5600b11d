/* More calls of Linux, and more of what POSIX leaves open. */
#include "support.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/time.h>
#if defined(__linux__)
#include <sys/wait.h>
#endif

static short now(int number, short events)
{
    struct pollfd v = {number, events, 0};
    return poll(&v, 1, 0) < 0 ? -1 : v.revents;
}

static void a_full_counter_is_not_writable(void **state)
{
    (void)state;
    struct timeval none = {0, 0};
    fd_set out;
    eventfd_t value;
    int e = ASSERT_OPENS(eventfd(0, EFD_NONBLOCK));
    ASSERT_IS(POLLOUT, now(e, POLLIN | POLLOUT));
    ASSERT_IS(0, eventfd_write(e, UINT64_MAX - 1));
    ASSERT_IS(POLLIN, now(e, POLLIN | POLLOUT));
    struct pollfd v = {e, POLLOUT, 0};
    ASSERT_IS(0, poll(&v, 1, 2));
    FD_ZERO(&out);
    FD_SET(e, &out);
    ASSERT_IS(0, select(e + 1, NULL, &out, NULL, &none));
    ASSERT_IS(0, eventfd_read(e, &value));
    ASSERT_IS(POLLOUT, now(e, POLLIN | POLLOUT));
    close(e);
}

static void a_counter_has_no_bytes(void **state)
{
    (void)state;
    int n = 0;
    int e = ASSERT_OPENS(eventfd(1, EFD_NONBLOCK));
    struct iovec nothing = {NULL, 0};
    ASSERT_ERRNO(ENOTTY, ioctl(e, REQUEST(FIONREAD), &n));
    ASSERT_ERRNO(ENOTTY, ioctl(e, REQUEST(SIOCATMARK), &n));
#if defined(__linux__)
    const unsigned long others[] = {TIOCOUTQ, FIOASYNC, FIOSETOWN, FIOGETOWN};
    n = 1;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        ASSERT_ERRNO(ENOTTY, ioctl(e, REQUEST(others[i]), &n));
#endif
    ASSERT_IS(0, readv(e, &nothing, 1));
    ASSERT_IS(0, readv(e, NULL, 0));
    close(e);
}

/* Compilers would warn of a constant. */
static volatile int too_many = INT32_MAX / (int)sizeof(struct epoll_event) + 1;

static void a_poller_has_a_mode_without_a_meaning(void **state)
{
    (void)state;
    int on = 1;
    struct epoll_event event;
    int p = ASSERT_OPENS(epoll_create1(0));
    ASSERT_IS(0, fcntl(p, F_SETFL, O_NONBLOCK));
    ASSERT_IS(0, ioctl(p, REQUEST(FIONBIO), &on));
    ASSERT_ERRNO(EFAULT, ioctl(p, REQUEST(FIONBIO), NULL));
    ASSERT_IS(O_RDWR, fcntl(p, F_GETFL) & O_ACCMODE);
    ASSERT_IS(0, epoll_wait(p, &event, 1, 1));
    ASSERT_ERRNO(EINVAL, epoll_wait(p, &event, too_many, 0));
    close(p);
}

static void select_takes_many_microseconds(void **state)
{
    (void)state;
    int s[2];
    fd_set out;
    struct timeval time = {0, 1000001};
    datagrams_open(s);
    FD_ZERO(&out);
    FD_SET(s[0], &out);
    ASSERT_IS(1, select(s[0] + 1, NULL, &out, NULL, &time));
    time = (struct timeval){0, -1};
    ASSERT_ERRNO(EINVAL, select(s[0] + 1, NULL, &out, NULL, &time));
    time = (struct timeval){-1, 1000001};
    ASSERT_ERRNO(EINVAL, select(s[0] + 1, NULL, &out, NULL, &time));
    close(s[0]);
    close(s[1]);
}

/* A plain receive brings no numbers, so the flag has no effect. recvmsg() tells it again. */
static void cmsg_cloexec_is_a_flag_of_every_receive(void **state)
{
    (void)state;
    int s[2];
    char byte;
    datagrams_open(s);
    for (int i = 0; i < 3; i++)
        ASSERT_IS(1, send(s[0], "x", 1, 0));
    struct iovec one = {&byte, 1};
    struct msghdr m = {.msg_iov = &one, .msg_iovlen = 1};
    struct sockaddr_storage from;
    socklen_t len = sizeof from;
    ASSERT_IS(1, recv(s[1], &byte, 1, MSG_CMSG_CLOEXEC));
    ASSERT_IS(1, recvfrom(s[1], &byte, 1, MSG_CMSG_CLOEXEC, (struct sockaddr *)&from, &len));
    ASSERT_IS(1, recvmsg(s[1], &m, MSG_CMSG_CLOEXEC));
    assert_int_equal(MSG_CMSG_CLOEXEC, m.msg_flags);
    close(s[0]);
    close(s[1]);
}

/* The number of the type is judged before all of them are compared with the family. */
static void a_type_beyond_all_types_is_invalid(void **state)
{
    (void)state;
    int s[2];
    for (int type = 11; type <= 15; type++) {
        ASSERT_ERRNO(EINVAL, socket(AF_INET, type, 0));
        ASSERT_ERRNO(EINVAL, socket(AF_UNIX, type, 0));
        ASSERT_ERRNO(EINVAL, socket(AF_UNSPEC, type, 0));
        ASSERT_ERRNO(EAFNOSUPPORT, socket(99, type, 0));
        ASSERT_ERRNO(EINVAL, socketpair(AF_UNIX, type, 0, s));
    }
    ASSERT_ERRNO(EAFNOSUPPORT, socket(AF_UNSPEC, 7, 0));
}

static void poll_takes_no_error(void **state)
{
    (void)state;
    struct sockaddr_in nobody;
    int error = 0;
    socklen_t len = sizeof error;
    int listener = listener_open(&nobody);
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    close(listener);
    ASSERT_ERRNO(EINPROGRESS, connect(s, (struct sockaddr *)&nobody, sizeof nobody));
    struct pollfd v = {s, POLLOUT, 0};
    ASSERT_IS(1, poll(&v, 1, -1));
    ASSERT_IS(POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP,
              now(s, POLLIN | POLLOUT | POLLRDHUP));
    ASSERT_IS(0, getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &len));
    assert_int_equal(ECONNREFUSED, error);
    close(s);
}

enum { LARGE = 200000 };

static void sendfile_fills_a_file(void **state)
{
    (void)state;
    static const char name[] = "xsock-posix-sendfile";
    static char bytes[LARGE];
    off_t offset = 0;
    int in = file_open();
    for (size_t i = 0; i < LARGE; i++)
        bytes[i] = (char)(i % 251);
    ASSERT_IS(LARGE, write(in, bytes, LARGE));
    int out = ASSERT_OPENS(open(name, O_RDWR | O_CREAT | O_TRUNC, 0600));
    ASSERT_IS(LARGE - 1, sendfile(out, in, &offset, LARGE - 1));
    ASSERT_IS(1, sendfile(out, in, &offset, LARGE)); /* to the end of the file */
    ASSERT_IS(0, sendfile(out, in, &offset, LARGE));
    ASSERT_IS(LARGE, lseek(out, 0, SEEK_CUR));
    ASSERT_IS(0, lseek(out, 0, SEEK_SET));
    static char copy[LARGE];
    ASSERT_IS(LARGE, read(out, copy, LARGE));
    assert_memory_equal(bytes, copy, LARGE);
    close(out);
    close(in);
    unlink(name);
    file_remove();
}

static void sendfile_needs_bytes_and_positions(void **state)
{
    (void)state;
    off_t offset = 0;
    int s[2];
    int in = file_open();
    streams_open(s);
    ASSERT_IS(1, write(in, "x", 1));
    int e = ASSERT_OPENS(eventfd(0, EFD_NONBLOCK));
    int p = ASSERT_OPENS(epoll_create1(0));
    ASSERT_ERRNO(EINVAL, sendfile(e, in, &offset, 1));
    ASSERT_ERRNO(EINVAL, sendfile(p, in, &offset, 1));
#if !defined(_WIN32) /* F_GETFL does not tell O_APPEND, and folders cannot be opened */
    static const char name[] = "xsock-posix-append";
    int out = ASSERT_OPENS(open(name, O_WRONLY | O_APPEND | O_CREAT, 0600));
    int folder = ASSERT_OPENS(open(".", O_RDONLY));
    ASSERT_ERRNO(EINVAL, sendfile(out, in, &offset, 1));
    ASSERT_ERRNO(EINVAL, sendfile(s[0], folder, &offset, 1));
    close(folder);
    close(out);
    unlink(name);
#endif
    close(p);
    close(e);
    close(in);
    close(s[0]);
    close(s[1]);
    file_remove();
}

#if defined(__linux__)
static void a_file_is_judged_before_its_pieces(void **state)
{
    (void)state;
    SKIP_ON_QEMU("qemu looks at the pieces first");
    char byte = 0;
    struct iovec one = {&byte, 1};
    volatile int minus_one = -1; /* compilers warn of constants */
    struct iovec *volatile none = NULL;
    int pipes[2];
    ASSERT_IS(0, pipe(pipes));
    ASSERT_ERRNO(EBADF, readv(pipes[1], &one, minus_one));
    ASSERT_ERRNO(EBADF, readv(pipes[1], none, 1));
    ASSERT_ERRNO(EBADF, writev(pipes[0], &one, minus_one));
    ASSERT_ERRNO(EBADF, writev(pipes[0], none, 1));
    ASSERT_ERRNO(EINVAL, readv(pipes[0], &one, minus_one));
    ASSERT_ERRNO(EFAULT, writev(pipes[1], none, 1));
    close(pipes[0]);
    close(pipes[1]);
}
#endif

#if defined(O_PATH)
/* poll() gives POLLNVAL. Linux has counted such files since 5.17. */
static void select_counts_files_of_o_path_as_ready(void **state)
{
    (void)state;
    struct timeval no_time = {0, 0};
    fd_set sets[3];
    int file = ASSERT_OPENS(open("/", O_PATH));
    for (int i = 0; i < 3; i++) {
        FD_ZERO(&sets[i]);
        FD_SET(file, &sets[i]);
    }
    ASSERT_IS(POLLNVAL, now(file, POLLIN));
    ASSERT_IS(3, select(file + 1, &sets[0], &sets[1], &sets[2], &no_time));
    for (int i = 0; i < 3; i++)
        assert_true(FD_ISSET(file, &sets[i]));
    close(file);
}
#endif

static void sendfile_of_nothing_is_success(void **state)
{
    (void)state;
    off_t offset = 3;
    off_t before = -1;
    int in = file_open();
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_IS(0, sendfile(s, in, NULL, 0));
    ASSERT_IS(0, sendfile(s, in, &offset, 0));
    assert_int_equal(3, offset);
    ASSERT_ERRNO(EBADF, sendfile(-1, in, NULL, 0));
    ASSERT_ERRNO(EINVAL, sendfile(-1, in, &before, 0));
    close(in);
    close(s);
    file_remove();
}

#if defined(__GLIBC__)
/* The handle of a socket does not wait. The library does. */
static void sendfile64_waits_for_room(void **state)
{
    (void)state;
    static char bytes[LARGE];
    off64_t offset = 0;
    int s[2];
    int in = file_open();
    ASSERT_IS(LARGE, write(in, bytes, LARGE));
    streams_open(s);
    int size = 4096;
    ASSERT_IS(0, setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size));
    pid_t child = ASSERT_OPENS(fork());
    if (child == 0) {
        size_t got = 0;
        close(s[0]);
        for (ssize_t n = 1; n > 0; got += (size_t)n)
            n = read(s[1], bytes, sizeof bytes);
        _exit(got == LARGE ? 0 : 1);
    }
    ASSERT_IS(LARGE, sendfile64(s[0], in, &offset, LARGE));
    assert_int_equal(LARGE, offset);
    close(s[0]);
    int status = -1;
    ASSERT_IS(child, waitpid(child, &status, 0));
    assert_int_equal(0, status);
    close(s[1]);
    close(in);
    file_remove();
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_full_counter_is_not_writable),
        TEST(a_counter_has_no_bytes),
        TEST(a_poller_has_a_mode_without_a_meaning),
        TEST(select_takes_many_microseconds),
        TEST(cmsg_cloexec_is_a_flag_of_every_receive),
        TEST(a_type_beyond_all_types_is_invalid),
        TEST(poll_takes_no_error),
        TEST(sendfile_fills_a_file),
        TEST(sendfile_needs_bytes_and_positions),
#if defined(__linux__)
        TEST(a_file_is_judged_before_its_pieces),
#endif
#if defined(O_PATH)
        TEST(select_counts_files_of_o_path_as_ready),
#endif
        TEST(sendfile_of_nothing_is_success),
#if defined(__GLIBC__)
        TEST(sendfile64_waits_for_room),
#endif
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
