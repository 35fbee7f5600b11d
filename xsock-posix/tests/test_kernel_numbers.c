/* The number space against a model: random calls on files, pipes and sockets, through the library
 * and by the kernel's own calls in another process. Both must give the same numbers and errors.
 *
 * The program runs itself: with the argument "model" it makes the calls by syscall(), which the
 * library does not see, and writes what each gave. With a number as its argument it goes on for so
 * many seconds. */
#include "support.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

enum { STEPS = 4000, FIRST = 20, NUMBERS = 40, SEEDS = 8 };

static uint64_t state_of_random;

static unsigned int random_below(unsigned int n)
{
    state_of_random = state_of_random * 6364136223846793005U + 1442695040888963407U;
    return (unsigned int)(state_of_random >> 33) % n;
}

/* The two ways to make a call. */
struct way {
    int (*open)(void);
    int (*socket)(int type);
    int (*pair)(int out[2]);
    int (*pipe)(int out[2]);
    int (*close)(int number);
    int (*dup)(int number);
    int (*dup2)(int number, int to);
    int (*dup3)(int number, int to);
    int (*dup_from)(int number, int min, bool is_cloexec);
    int (*get_fd)(int number);
};

#ifdef SYS_fcntl64
#define FCNTL SYS_fcntl64 /* of systems of 32 bits */
#else
#define FCNTL SYS_fcntl
#endif
#define PLAIN(result) return (int)(result)
static int plain_open(void)
{
    PLAIN(syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR));
}
static int plain_socket(int type)
{
    PLAIN(syscall(SYS_socket, AF_INET, type, 0));
}
static int plain_pair(int out[2])
{
    PLAIN(syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, out));
}
static int plain_pipe(int out[2])
{
    PLAIN(syscall(SYS_pipe2, out, 0));
}
static int plain_close(int number)
{
    PLAIN(syscall(SYS_close, number));
}
static int plain_dup(int number)
{
    PLAIN(syscall(SYS_dup, number));
}
static int plain_dup2(int number, int to)
{
    if (number == to)
        PLAIN(syscall(FCNTL, number, F_GETFD) < 0 ? -1 : to);
    PLAIN(syscall(SYS_dup3, number, to, 0));
}
static int plain_dup3(int number, int to)
{
    PLAIN(syscall(SYS_dup3, number, to, O_CLOEXEC));
}
static int plain_dup_from(int number, int min, bool is_cloexec)
{
    PLAIN(syscall(FCNTL, number, is_cloexec ? F_DUPFD_CLOEXEC : F_DUPFD, min));
}
static int plain_get_fd(int number)
{
    PLAIN(syscall(FCNTL, number, F_GETFD));
}

static int our_open(void)
{
    return open("/dev/null", O_RDWR);
}
static int our_socket(int type)
{
    return socket(AF_INET, type, 0);
}
static int our_pair(int out[2])
{
    return socketpair(AF_UNIX, SOCK_STREAM, 0, out);
}
static int our_dup3(int number, int to)
{
    return dup3(number, to, O_CLOEXEC);
}
static int our_dup_from(int number, int min, bool is_cloexec)
{
    return fcntl(number, is_cloexec ? F_DUPFD_CLOEXEC : F_DUPFD, min);
}
static int our_get_fd(int number)
{
    return fcntl(number, F_GETFD);
}
static int our_close(int number)
{
    return close(number);
}
static int our_pipe(int out[2])
{
    return pipe(out);
}
static int our_dup(int number)
{
    return dup(number);
}
static int our_dup2(int number, int to)
{
    return dup2(number, to);
}

static const struct way plain = {plain_open,     plain_socket, plain_pair, plain_pipe,
                                 plain_close,    plain_dup,    plain_dup2, plain_dup3,
                                 plain_dup_from, plain_get_fd};
static const struct way ours = {our_open, our_socket, our_pair, our_pipe,     our_close,
                                our_dup,  our_dup2,   our_dup3, our_dup_from, our_get_fd};

/* A number that may be open: from `first` on, so that the standard streams stay. */
static int pick(int first)
{
    int number = first + (int)random_below(NUMBERS);
    return number - (random_below(16) == 0 ? 1000 : 0);
}

/* Does one random thing, and writes what it gave. */
static void step(const struct way *way, int first, FILE *out)
{
    int two[2] = {-1, -1};
    int result = 0;
    int a = pick(first);
    int b = pick(first);
    unsigned int what = random_below(14);
    errno = 0;
    switch (what) {
    case 0:
        result = way->open();
        break;
    case 1:
        result = way->socket(SOCK_STREAM);
        break;
    case 2:
        result = way->socket(SOCK_DGRAM | SOCK_CLOEXEC);
        break;
    case 3:
        result = way->pair(two);
        break;
    case 4:
        result = way->pipe(two);
        break;
    case 5:
        result = way->dup(a);
        break;
    case 6:
        result = way->dup2(a, b);
        break;
    case 7:
        result = way->dup3(a, b);
        break;
    case 8:
        result = way->dup_from(a, b, (a & 1) != 0);
        break;
    default: /* as many are closed as are opened */
        result = way->close(a);
    }
    int error = result < 0 ? errno : 0; /* the next call changes errno */
    int flags = way->get_fd(result < 0 ? a : result);
    fprintf(out, "%u %d %d: %d %d %d, errno %d, flags %d\n", what, a, b, result, two[0], two[1],
            error, flags);
    for (int i = 0; i < 2; i++) { /* no more than the window of numbers */
        if (two[i] >= first + NUMBERS)
            way->close(two[i]);
    }
    if (what != 3 && what != 4 && result >= first + NUMBERS)
        way->close(result);
}

static void play(const struct way *way, unsigned int seed, FILE *out)
{
    state_of_random = seed;
    fprintf(out, "seed %u\n", seed);
    for (int i = 0; i < STEPS; i++)
        step(way, FIRST, out);
    for (int i = 0; i <= 2 * NUMBERS; i++)
        way->close(FIRST + i);
}

static const char *program;

/* Takes all numbers below FIRST, so that both ways begin at the same. */
static void fill_below_first(void)
{
    int number = 0;
    while (number >= 0 && number < FIRST)
        number = fcntl(2, F_DUPFD_CLOEXEC, 0);
    if (number >= FIRST)
        close(number);
}

/* Compares what the kernel wrote with what the library gave. */
static void compare(FILE *expected, const char *text)
{
    char line[128];
    int lines = 0;
    for (; fgets(line, sizeof line, expected) != NULL; lines++) {
        if (strncmp(line, text, strlen(line)) != 0)
            print_error("line %d:\nkernel  %slibrary %.*s\n", lines, line, (int)strcspn(text, "\n"),
                        text);
        assert_memory_equal(line, text, strlen(line));
        text += strlen(line);
    }
    assert_int_equal(STEPS + 1, lines);
    assert_int_equal('\0', *text);
}

/* No file may be open from FIRST on while the calls are made: what they give is kept in memory. */
static void play_both(unsigned int seed)
{
    char *text = NULL;
    size_t size = 0;
    FILE *got = open_memstream(&text, &size);
    assert_non_null(got);
    play(&ours, seed, got);
    fclose(got);
    char command[512];
    snprintf(command, sizeof command, "%s model %u", program, seed);
    FILE *expected = popen(command, "r");
    assert_non_null(expected);
    compare(expected, text);
    pclose(expected);
    free(text);
}

static long seconds;

static void random_calls_give_what_the_kernel_gives(void **state)
{
    (void)state;
    SKIP_ON_QEMU("the kernel starts no program for qemu");
    time_t end = time(NULL) + seconds;
    unsigned int seed = 0;
    while (seed < SEEDS || time(NULL) < end)
        play_both(++seed);
    print_message("%lu calls\n", (unsigned long)seed * STEPS);
}

int main(int argc, char **argv)
{
    program = argv[0];
    warm_up(NULL);
    fill_below_first();
    if (argc == 3) {
        play(&plain, (unsigned int)atoi(argv[2]), stdout);
        return 0;
    }
    seconds = argc == 2 ? atol(argv[1]) : 0;
    const struct CMUnitTest tests[] = {TEST(random_calls_give_what_the_kernel_gives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
