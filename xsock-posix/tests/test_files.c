/* Files and pipes of the C runtime, behind the calls of the library. */
#include "support.h"

/* EAGAIN would make a program try for ever. */
static void no_file_takes_a_null_pointer(void **state)
{
    (void)state;
    int p[2];
    ASSERT_IS(0, pipe(p));
    int file = file_open();
    ASSERT_IS(1, write(file, "x", 1));
    ASSERT_IS(0, lseek(file, 0, SEEK_SET));
    char *volatile nowhere = NULL; /* the compiler would warn */
    struct iovec one = {nowhere, 1};
    ASSERT_ERRNO(EFAULT, read(file, nowhere, 1));
    ASSERT_ERRNO(EFAULT, write(file, nowhere, 1));
    ASSERT_ERRNO(EFAULT, write(p[1], nowhere, 1));
    ASSERT_ERRNO(EFAULT, readv(file, &one, 1));
    ASSERT_ERRNO(EFAULT, writev(file, &one, 1));
    ASSERT_IS(0, read(file, nowhere, 0));
    ASSERT_IS(0, write(p[1], nowhere, 0));
    close(p[0]);
    close(p[1]);
    close(file);
    ASSERT_ERRNO(EBADF, read(file, nowhere, 0));
    ASSERT_ERRNO(EBADF, write(file, nowhere, 0));
    if (!is_qemu()) { /* qemu answers 0 to a vector without pieces */
        ASSERT_ERRNO(EBADF, readv(file, &one, 0));
        ASSERT_ERRNO(EBADF, writev(file, &one, 0));
    }
    file_remove();
}

static int access_mode(int number)
{
    return fcntl(number, F_GETFL) & O_ACCMODE;
}

static void a_file_tells_how_it_was_opened(void **state)
{
    (void)state;
    int p[2];
    int file = file_open();
    int copy = ASSERT_OPENS(dup(file));
    int to = ASSERT_OPENS(open("xsock-posix-test.mode", O_WRONLY | O_CREAT, 0600));
    int from = ASSERT_OPENS(open("xsock-posix-test.mode", O_RDONLY));
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
    ASSERT_IS(0, pipe(p));
    assert_int_equal(O_RDWR, access_mode(file));
    assert_int_equal(O_RDWR, access_mode(copy));
    assert_int_equal(O_WRONLY, access_mode(to));
    assert_int_equal(O_RDONLY, access_mode(from));
#if !defined(__FreeBSD__) /* there both ends are for both */
    assert_int_equal(O_RDONLY, access_mode(p[0]));
    assert_int_equal(O_WRONLY, access_mode(p[1]));
#endif
    assert_int_equal(O_RDWR, access_mode(s));
    int opened[] = {file, copy, to, from, s, p[0], p[1]};
    for (size_t i = 0; i < sizeof opened / sizeof opened[0]; i++)
        ASSERT_IS(0, close(opened[i]));
    file_remove();
    remove("xsock-posix-test.mode");
}

static void files_answer_the_requests_of_ioctl(void **state)
{
    (void)state;
    int p[2];
    int n = -1;
    char byte;
    ASSERT_IS(0, pipe(p));
    int file = file_open();
    ASSERT_IS(5, write(file, "12345", 5));
    ASSERT_IS(0, lseek(file, 0, SEEK_SET));
    ASSERT_IS(1, read(file, &byte, 1));
    ASSERT_IS(0, ioctl(file, FIONREAD, &n));
    assert_int_equal(4, n);
    ASSERT_IS(0, close(p[1]));
    ASSERT_IS(0, ioctl(p[0], FIONREAD, &n)); /* no writer is left */
    assert_int_equal(0, n);
    ASSERT_IS(0, ioctl(file, FIOCLEX));
    ASSERT_IS(FD_CLOEXEC, fcntl(file, F_GETFD));
    ASSERT_IS(0, ioctl(file, FIONCLEX));
    ASSERT_IS(0, fcntl(file, F_GETFD));
    void *volatile nowhere = NULL;
    ASSERT_ERRNO(EFAULT, ioctl(p[0], FIONREAD, nowhere));
    ASSERT_ERRNO(EFAULT, ioctl(p[0], REQUEST(FIONBIO), nowhere));
    close(p[0]);
    close(file);
    file_remove();
}

/* Where a stream cannot have a socket it says so: its bytes do not vanish. */
static void a_stream_on_a_socket_loses_no_bytes(void **state)
{
    (void)state;
    int s[2];
    char byte;
    streams_open(s);
    FILE *opened = fdopen(s[0], "w");
    int number = errno;
    FILE *given = fopen("xsock-posix-test.stream", "w");
    assert_non_null(given);
    ASSERT_IS(fileno(given), dup2(s[0], fileno(given)));
    assert_true(fputc('x', given) == 'x');
#if defined(_WIN32)
    assert_null(opened);
    assert_int_equal(EOPNOTSUPP, number);
    assert_int_equal(EOF, fflush(given));
    ASSERT_IS(0, close(s[0]));
#else
    (void)number;
    ASSERT_IS(0, fflush(given));
    ASSERT_IS(1, read(s[1], &byte, 1));
    assert_true(fputc('y', opened) == 'y');
    ASSERT_IS(0, fclose(opened));
    close(s[0]); /* with emulation the stream closed the handle behind the library */
    ASSERT_IS(1, read(s[1], &byte, 1));
#endif
    ASSERT_IS(0, close(fileno(given)));
    ASSERT_IS(0, read(s[1], &byte, 1));
    fclose(given); /* its number is closed */
    close(s[1]);
    int file = file_open();
    opened = fdopen(file, "w");
    assert_non_null(opened);
    assert_true(fputs("x\n", opened) >= 0);
    struct stat st;
    ASSERT_IS(0, fflush(opened));
    ASSERT_IS(0, fstat(file, &st));
    assert_int_equal(2, st.st_size);
    ASSERT_IS(0, fclose(opened));
    file_remove();
    remove("xsock-posix-test.stream");
}

static void only_files_have_a_position(void **state)
{
    (void)state;
    int p[2];
    int s = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    int file = file_open();
    ASSERT_IS(0, pipe(p));
    ASSERT_ERRNO(ESPIPE, lseek(s, 0, SEEK_CUR));
    ASSERT_ERRNO(ESPIPE, lseek(p[0], 0, SEEK_CUR));
    ASSERT_ERRNO(ESPIPE, lseek(p[1], 0, SEEK_SET));
    ASSERT_ERRNO(EBADF, lseek(-1, 0, SEEK_SET));
    ASSERT_IS(3, write(file, "123", 3));
    ASSERT_IS(3, lseek(file, 0, SEEK_CUR));
    ASSERT_IS(1, lseek(file, -2, SEEK_END));
    ASSERT_ERRNO(EINVAL, lseek(file, -1, SEEK_SET));
    ASSERT_ERRNO(EINVAL, lseek(file, 0, 77));
    int opened[] = {s, p[0], p[1], file};
    for (size_t i = 0; i < sizeof opened / sizeof opened[0]; i++)
        ASSERT_IS(0, close(opened[i]));
    ASSERT_ERRNO(EBADF, lseek(file, 0, SEEK_CUR));
    file_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_file_takes_a_null_pointer),       TEST(a_file_tells_how_it_was_opened),
        TEST(files_answer_the_requests_of_ioctl), TEST(a_stream_on_a_socket_loses_no_bytes),
        TEST(only_files_have_a_position),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
