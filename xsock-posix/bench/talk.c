/* How fast a stream of the loopback is: bulk by blocks of 64 KiB, and round trips of 64 bytes. The
 * program is plain POSIX. It is built with xsock-posix and without, and run.sh compares the two.
 *   talk bulk MEGABYTES    prints megabytes a second
 *   talk trips COUNT       prints nanoseconds a round trip, both ends in blocking read()
 *   talk apart COUNT       the same, each end in a process of its own
 *   talk polled COUNT      the same, both ends in poll() before read() */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 65536, SMALL = 64 };

static int pair[2];
static long amount;
static int is_bulk;
static int is_polled;
static int is_apart;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void connect_pair(void)
{
    struct sockaddr_in addr = {.sin_family = AF_INET};
    socklen_t len = sizeof addr;
    int on = 1;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&addr, len) < 0 || listen(listener, 1) < 0
        || getsockname(listener, (struct sockaddr *)&addr, &len) < 0)
        fail("listen");
    pair[0] = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(pair[0], (struct sockaddr *)&addr, len) < 0)
        fail("connect");
    pair[1] = accept(listener, NULL, NULL);
    for (int i = 0; i < 2; i++)
        setsockopt(pair[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    close(listener);
}

static void read_all(int s, char *buf, size_t n)
{
    while (n > 0) {
        struct pollfd ready = {s, POLLIN, 0};
        if (is_polled && poll(&ready, 1, -1) != 1)
            fail("poll");
        ssize_t got = read(s, buf, n);
        if (got <= 0)
            fail("read");
        buf += got;
        n -= (size_t)got;
    }
}

/* The other end: takes everything, or sends back what came. */
static void *peer(void *unused)
{
    static char buf[BLOCK];
    (void)unused;
    if (is_bulk) {
        while (read(pair[1], buf, sizeof buf) > 0) {
        }
        return NULL;
    }
    for (long i = 0; i < amount; i++) {
        read_all(pair[1], buf, SMALL);
        if (write(pair[1], buf, SMALL) != SMALL)
            fail("write");
    }
    return NULL;
}

static pthread_t thread;
static pid_t child;

static void start_peer(void)
{
    if (is_apart)
        child = fork();
    if (is_apart && child == 0) {
        peer(NULL);
        _exit(0);
    }
    if (is_apart ? child < 0 : pthread_create(&thread, NULL, peer, NULL) != 0)
        fail("the other end");
}

static void end_peer(void)
{
    if (is_apart)
        waitpid(child, NULL, 0);
    else
        pthread_join(thread, NULL);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void send_all(const char *buf, size_t n)
{
    while (n > 0) {
        ssize_t sent = write(pair[0], buf, n);
        if (sent <= 0)
            fail("write");
        buf += sent;
        n -= (size_t)sent;
    }
}

int main(int argc, char **argv)
{
    static char buf[BLOCK];
    if (argc != 3)
        return 2;
    is_bulk = strcmp(argv[1], "bulk") == 0;
    is_polled = strcmp(argv[1], "polled") == 0;
    is_apart = strcmp(argv[1], "apart") == 0;
    amount = atol(argv[2]);
    connect_pair();
    start_peer();
    double begin = now();
    if (is_bulk) {
        for (long i = 0; i < amount * 1000000 / BLOCK; i++)
            send_all(buf, sizeof buf);
        shutdown(pair[0], SHUT_WR);
    } else {
        for (long i = 0; i < amount; i++) {
            send_all(buf, SMALL);
            read_all(pair[0], buf, SMALL);
        }
    }
    end_peer();
    double took = now() - begin;
    printf("%.1f\n", is_bulk ? (double)amount / took : took * 1e9 / (double)amount);
    return 0;
}
