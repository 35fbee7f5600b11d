#include "support.h"

#include <sys/time.h>

void assert_errno(int number, long long result, const char *call, const char *file, int line)
{
    int got = errno;
    if (result == -1 && got == number)
        return;
    print_error("%s gave %lld, errno %d (%s), and not errno %d (%s)\n", call, result, got,
                strerror(got), number, strerror(number));
    _fail(file, line);
}

void assert_is(long long expected, long long result, const char *call, const char *file, int line)
{
    int got = errno;
    if (result == expected)
        return;
    print_error("%s gave %lld (errno %d: %s), and not %lld\n", call, result, got, strerror(got),
                expected);
    _fail(file, line);
}

int assert_opens(int result, const char *call, const char *file, int line)
{
    int got = errno;
    if (result < 0) {
        print_error("%s gave errno %d (%s)\n", call, got, strerror(got));
        _fail(file, line);
    }
    return result;
}

int listener_open(struct sockaddr_in *out)
{
    int listener = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    socklen_t len = sizeof *out;
    memset(out, 0, sizeof *out);
    out->sin_family = AF_INET;
    out->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_IS(0, bind(listener, (struct sockaddr *)out, len));
    ASSERT_IS(0, listen(listener, 16));
    ASSERT_IS(0, getsockname(listener, (struct sockaddr *)out, &len));
    assert_int_equal(sizeof *out, len);
    return listener;
}

void streams_open(int out[2])
{
    struct sockaddr_in addr;
    int listener = listener_open(&addr);
    out[0] = ASSERT_OPENS(socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_IS(0, connect(out[0], (struct sockaddr *)&addr, sizeof addr));
    out[1] = ASSERT_OPENS(accept(listener, NULL, NULL));
    ASSERT_IS(0, close(listener));
}

void datagrams_open(int out[2])
{
    struct sockaddr_in addr[2];
    for (int i = 0; i < 2; i++) {
        socklen_t len = sizeof addr[i];
        out[i] = ASSERT_OPENS(socket(AF_INET, SOCK_DGRAM, 0));
        memset(&addr[i], 0, sizeof addr[i]);
        addr[i].sin_family = AF_INET;
        addr[i].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ASSERT_IS(0, bind(out[i], (struct sockaddr *)&addr[i], sizeof addr[i]));
        ASSERT_IS(0, getsockname(out[i], (struct sockaddr *)&addr[i], &len));
    }
    ASSERT_IS(0, connect(out[0], (struct sockaddr *)&addr[1], sizeof addr[1]));
    ASSERT_IS(0, connect(out[1], (struct sockaddr *)&addr[0], sizeof addr[0]));
}

static char file_name[64];

int file_open(void)
{
    snprintf(file_name, sizeof file_name, "xsock-posix-test.%ld", (long)getpid());
    return ASSERT_OPENS(open(file_name, O_RDWR | O_CREAT | O_TRUNC, 0600));
}

void file_remove(void)
{
    remove(file_name);
}

bool is_open(int number)
{
    return fcntl(number, F_GETFD) >= 0;
}

bool has_family(int family)
{
    int s = socket(family, SOCK_STREAM, 0);
    if (s >= 0)
        close(s);
    return s >= 0;
}

/* The tests name the numbers that come next, and what started the program may have left others
 * open. (Windows hands over no numbers.) */
static void close_inherited(void)
{
#ifndef _WIN32
    for (int i = 3; i < 1024; i++)
        close(i);
#endif
}

int warm_up(void **state)
{
    (void)state;
    struct timeval time = {0, 1000};
    char byte;
    close_inherited();
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct pollfd p = {s, POLLIN, 0};
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    recv(s, &byte, 1, 0);
    poll(&p, 1, 1);
    close(s);
    /* Free numbers follow each other from here on. */
    int first = dup(2);
    int second = dup(2);
    if (second == first + 1)
        close(first);
    close(second);
    return 0;
}
