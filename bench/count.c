/* Runs each operation of calls.def a few times, by the system's own calls and by xsock, so that
 * bench/check.sh can count its instructions and system calls. `count N one` does this with one
 * thread, `count N two` with a second thread that sleeps, and `count N million` opens and closes
 * while a million descriptors are open. `count N one NAME` runs only the operation of this name.
 *
 * Valgrind's callgrind writes a dump for each operation, and the dump has the operation's name. For
 * strace, the program writes the name to handle -1, and "end" after the operation. An operation
 * named "others: ..." is made by the other threads.
 *
 * The program for `million` is compiled with STUBBED and linked with --wrap=socket,close. If
 * `stubbed` is set, neither reaches the system. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

#include "calls.h"
#include "harness.h"
#include "machine.h"
#include "xsock.h"
#include "xsock_native.h"
#include "xsock_wasix.h"

/* A socket needs some waits until its calls know that they have to wait. */
enum { HANDLES = 2000, PAYLOAD = 64, WARM_UP = 2, WARM_UP_BLOCKED = 40 };

#ifdef STUBBED
enum { MILLION = 1000000, STUB_HANDLE = 1000 };

static int stubbed;

int __real_socket(int family, int type, int protocol);
int __real_close(int fd);
int __wrap_socket(int family, int type, int protocol);
int __wrap_close(int fd);

int __wrap_socket(int family, int type, int protocol)
{
    return stubbed ? STUB_HANDLE : __real_socket(family, type, protocol);
}

int __wrap_close(int fd)
{
    return stubbed ? 0 : __real_close(fd);
}
#endif

/* ---- Marks ----------------------------------------------------------------------------------- */

static void mark(const char *what)
{
    ssize_t rc = write(-1, what, strlen(what)); /* this fails on purpose: strace shows the text */
    (void)rc;
}

/* The work that only a first call does is not counted. */
static void count(const char *name, const char *side, void (*run)(void *, long), long n)
{
    char title[80];
    snprintf(title, sizeof title, "%s|%s|%ld", name, side, n);
    run(NULL, WARM_UP);
    mark(title);
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
    run(NULL, n);
    CALLGRIND_DUMP_STATS_AT(title);
    CALLGRIND_STOP_INSTRUMENTATION;
    mark("end");
}

/* ---- A look-up, and WASIX -------------------------------------------------------------------- */

static int looked_up;

static void look_up(void *unused, long n)
{
    (void)unused;
    while (n-- > 0)
        bench_must(xsock_get_flags(looked_up) >= 0, "xsock_get_flags()");
}

static void nothing(void *unused, long n)
{
    (void)unused;
    while (n-- > 0)
        bench_must(looked_up >= 0, "a descriptor");
}

enum { DONE = 16, FLAGS = 24, VECTOR = 32, BYTES = 128, MEMORY = 4096 };

static struct {
    struct xsock_wasix *process;
    struct xsock_wasix_memory memory;
    const struct xsock_wasix_import *send, *recv;
    uint64_t ends[2];
} guest;

static void store(uint32_t at, uint32_t value)
{
    unsigned char *p = (unsigned char *)guest.memory.base + at;
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(value >> 8 * i);
}

static void prepare_guest(void)
{
    static unsigned char memory[MEMORY];
    const uint64_t args[] = {XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, DONE, DONE + 4};
    guest.memory = (struct xsock_wasix_memory){.base = memory, .size = sizeof memory};
    bench_must(xsock_wasix_create(NULL, &guest.process) == 0, "xsock_wasix_create()");
    const struct xsock_wasix_import *pair = xsock_wasix_find("wasix_32v1", "sock_pair");
    bench_must(pair->call(guest.process, &guest.memory, args) == 0, "sock_pair");
    guest.ends[0] = memory[DONE];
    guest.ends[1] = memory[DONE + 4];
    guest.send = xsock_wasix_find("wasix_32v1", "sock_send");
    guest.recv = xsock_wasix_find("wasix_32v1", "sock_recv");
    store(VECTOR, BYTES);
    store(VECTOR + 4, PAYLOAD);
}

static void wasix_send_recv(void *unused, long n)
{
    const uint64_t send[] = {guest.ends[0], VECTOR, 1, 0, DONE};
    const uint64_t recv[] = {guest.ends[1], VECTOR, 1, 0, DONE, FLAGS};
    (void)unused;
    while (n-- > 0)
        bench_must(guest.send->call(guest.process, &guest.memory, send) == 0
                       && guest.recv->call(guest.process, &guest.memory, recv) == 0,
                   "sock_send and sock_recv");
}

/* ---- Calls that block: only their system calls are counted ----------------------------------- */

static struct {
    int raw[2], own[2];
    pid_t receiver;
    atomic_int begun, accepted;
    struct sockaddr_in raw_addr;
    struct xsock_addr own_addr;
    int raw_listener, own_listener;
} b;

static bool sleeps(pid_t thread)
{
    char path[64], text[256] = "";
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)thread);
    FILE *file = fopen(path, "r");
    bench_must(file != NULL, "/proc/self/task");
    size_t n = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    const char *end = strrchr(text, ')');
    return n > 0 && end != NULL && end[2] == 'S';
}

/* Sends a byte to the receiver whenever it sleeps: `rounds` times to the raw end, and then as often
 * to xsock's. */
static void *send_to_sleeper(void *rounds)
{
    int half = (int)*(long *)rounds;
    for (int i = 0; i < 2 * half; i++) {
        while (atomic_load(&b.begun) != i + 1 || !sleeps(b.receiver))
            usleep(200);
        bench_must(i < half ? send(b.raw[0], "x", 1, 0) == 1 : xsock_send(b.own[0], "x", 1, 0) == 1,
                   "a byte sent");
    }
    return NULL;
}

static void receive_raw(void *unused, long n)
{
    char byte;
    (void)unused;
    while (n-- > 0) {
        atomic_fetch_add(&b.begun, 1);
        bench_must(recv(b.raw[1], &byte, 1, 0) == 1, "recv()");
    }
}

static void receive_own(void *unused, long n)
{
    char byte;
    (void)unused;
    while (n-- > 0) {
        atomic_fetch_add(&b.begun, 1);
        bench_must(xsock_recv(b.own[1], &byte, 1, 0) == 1, "xsock_recv()");
    }
}

static void blocked_recv(const char *name, long n)
{
    long rounds = n + WARM_UP + WARM_UP_BLOCKED;
    pthread_t sender = 0;
    atomic_store(&b.begun, 0);
    b.receiver = (pid_t)syscall(SYS_gettid);
    bench_must(socketpair(AF_UNIX, SOCK_STREAM, 0, b.raw) == 0
                   && xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM, 0, b.own) == 0
                   && pthread_create(&sender, NULL, send_to_sleeper, &rounds) == 0,
               "pairs and a thread");
    receive_raw(NULL, WARM_UP_BLOCKED);
    count(name, "raw", receive_raw, n);
    receive_own(NULL, WARM_UP_BLOCKED);
    count(name, "xsock", receive_own, n);
    pthread_join(sender, NULL);
    for (int i = 0; i < 2; i++) {
        close(b.raw[i]);
        xsock_close(b.own[i]);
    }
}

static void open_listeners(void)
{
    struct sockaddr_in *a = &b.raw_addr;
    socklen_t size = sizeof *a;
    *a = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    b.raw_listener = socket(AF_INET, SOCK_STREAM, 0);
    bench_must(bind(b.raw_listener, (struct sockaddr *)a, size) == 0
                   && listen(b.raw_listener, 1024) == 0
                   && getsockname(b.raw_listener, (struct sockaddr *)a, &size) == 0,
               "a listener");
    b.own_addr = (struct xsock_addr){.family = XSOCK_AF_INET, .length = 4, .data = {127, 0, 0, 1}};
    b.own_listener = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);
    bench_must(b.own_listener >= 0 && xsock_bind(b.own_listener, &b.own_addr) == 0
                   && xsock_listen(b.own_listener, 1024) == 0
                   && xsock_local_addr(b.own_listener, &b.own_addr) == 0,
               "xsock's listener");
}

enum { CONNECTIONS = 100, ACCEPTORS = 64 };

static void blocking_connects(void)
{
    static int raw[CONNECTIONS], own[CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++) {
        raw[i] = socket(AF_INET, SOCK_STREAM, 0);
        own[i] = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);
    }
    mark("connect that blocks|raw|100");
    for (int i = 0; i < CONNECTIONS; i++)
        bench_must(connect(raw[i], (struct sockaddr *)&b.raw_addr, sizeof b.raw_addr) == 0,
                   "connect()");
    mark("end");
    mark("connect that blocks|xsock|100");
    for (int i = 0; i < CONNECTIONS; i++)
        bench_must(xsock_connect(own[i], &b.own_addr) == 0, "xsock_connect()");
    mark("end");
    for (int i = 0; i < CONNECTIONS; i++) {
        close(raw[i]);
        xsock_close(own[i]);
        close(accept(b.raw_listener, NULL, NULL));
        xsock_close(xsock_accept(b.own_listener, 0, NULL));
    }
}

static void *accept_raw(void *unused)
{
    for (;;) {
        bench_must(accept4(b.raw_listener, NULL, NULL, SOCK_CLOEXEC) >= 0, "accept4()");
        atomic_fetch_add(&b.accepted, 1);
    }
    return unused;
}

static void *accept_own(void *unused)
{
    for (;;) {
        bench_must(xsock_accept(b.own_listener, XSOCK_SOCK_CLOEXEC, NULL) >= 0, "xsock_accept()");
        atomic_fetch_add(&b.accepted, 1);
    }
    return unused;
}

/* Each connection comes when the one before has been accepted, and nobody is awake any more. */
static void accept_in_many(const char *title, void *(*run)(void *), const struct sockaddr_in *to)
{
    pthread_t thread;
    atomic_store(&b.accepted, 0);
    for (int i = 0; i < ACCEPTORS; i++)
        bench_must(pthread_create(&thread, NULL, run, NULL) == 0, "a thread");
    usleep(200000);
    mark(title);
    for (int i = 0; i < CONNECTIONS; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        bench_must(connect(fd, (const struct sockaddr *)to, sizeof *to) == 0, "connect()");
        do
            usleep(5000);
        while (atomic_load(&b.accepted) <= i);
    }
    mark("end");
}

static void count_blocking(void)
{
    struct sockaddr_in own;
    blocked_recv("recv that blocks", 20);
    bench_must(xsock_set_wake_signal(SIGUSR2) == 0, "xsock_set_wake_signal()");
    blocked_recv("recv that blocks, wake signal", 20);
    bench_must(xsock_set_wake_signal(0) == 0, "xsock_set_wake_signal()");
    open_listeners();
    blocking_connects();
    own = b.raw_addr;
    own.sin_port = htons((uint16_t)b.own_addr.port);
    accept_in_many("others: 64 threads in accept|raw|100", accept_raw, &b.raw_addr);
    accept_in_many("others: 64 threads in accept|xsock|100", accept_own, &own);
    fflush(stdout);
    _exit(0); /* the threads that accept go on until then */
}

/* ---- All ------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*raw)(void *unused, long n);
    void (*own)(void *unused, long n);
} calls[] = {
#define CALL(function, name) {name, raw_calls_##function, xsock_calls_##function},
#include "calls.def"
#undef CALL
    {"look-up (get_flags)", nothing, look_up},
    {"WASIX: send, recv", xsock_calls_send_recv, wasix_send_recv},
};

static void *sleep_on(void *unused)
{
    pause();
    return unused;
}

#ifdef STUBBED
static void count_million(long n)
{
    xsock_calls_open_close(NULL, 1); /* this asks the system once what it has */
    stubbed = 1;
    for (long i = 0; i < MILLION; i++)
        bench_must(xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0) >= 0,
                   "xsock_open()");
    count("open, close; 1,000,000 open", "raw", raw_calls_open_close, n);
    count("open, close; 1,000,000 open", "xsock", xsock_calls_open_close, n);
}
#endif

int main(int argc, char **argv)
{
    long n = argc >= 3 ? atol(argv[1]) : 0;
    const char *mode = argc >= 3 ? argv[2] : "";
    pthread_t second;
    bench_must(n > 0, "usage: count N one|two|million|blocking [NAME]");
    bench_must(machine_allow_handles(HANDLES), "enough handles (ulimit -n)");
#ifdef STUBBED
    if (strcmp(mode, "million") == 0) {
        count_million(n);
        return 0;
    }
#endif
    if (strcmp(mode, "blocking") == 0)
        count_blocking();
    if (strcmp(mode, "two") == 0)
        bench_must(pthread_create(&second, NULL, sleep_on, NULL) == 0, "a thread");
    raw_calls_prepare();
    xsock_calls_prepare();
    prepare_guest();
    looked_up = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (argc > 3 && strcmp(argv[3], calls[i].name) != 0)
            continue;
        count(calls[i].name, "raw", calls[i].raw, n);
        count(calls[i].name, "xsock", calls[i].own, n);
    }
    return 0;
}
