/* The processor time that an echo server takes for a request and for a connection, with 1, 64 and
 * 1,000 clients at once. Each server is a process of its own. Its time is read from outside, and
 * what the clients take is not counted. Servers and clients share one processor: how many requests
 * a server finds at once then depends on the number of clients, and not on chance. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* before any header: for the header of prctl() */
#endif

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "library.h"
#include "machine.h"
#include "servers.h"

enum { MAX_CLIENTS = 1000, HANDLES = MAX_CLIENTS + 100 };

struct server {
    const char *name;
    void (*serve)(void);
    pid_t process;
    clockid_t clock;
    struct sockaddr_in address;
    int clients;
    int fd[MAX_CLIENTS];
};

/* ---- The servers ----------------------------------------------------------------------------- */

/* The child's standard error is a pipe, from which the port is read. */
static void start(struct server *s)
{
    int out[2], port = 0;
    bench_must(pipe(out) == 0, "pipe()");
    fflush(NULL);
    s->process = fork();
    bench_must(s->process >= 0, "fork()");
    if (s->process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        machine_pin(0);
        dup2(out[1], STDERR_FILENO);
        close(out[0]);
        close(out[1]);
        s->serve();
        _exit(1);
    }
    close(out[1]);
    FILE *said = fdopen(out[0], "r");
    bench_must(said != NULL && fscanf(said, "listening on 127.0.0.1:%d", &port) == 1,
               "a server that listens");
    fclose(said);
    s->address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    s->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bench_must(clock_getcpuclockid(s->process, &s->clock) == 0, "clock_getcpuclockid()");
}

static void stop(const struct server *s)
{
    kill(s->process, SIGKILL);
    waitpid(s->process, NULL, 0);
}

static int64_t time_of_server(const void *state)
{
    const struct server *s = state;
    struct timespec t;
    bench_must(clock_gettime(s->clock, &t) == 0, "the server's clock");
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- The clients ----------------------------------------------------------------------------- */

static void connect_all(struct server *s)
{
    for (int i = 0; i < s->clients; i++) {
        s->fd[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bench_must(connect(s->fd[i], (struct sockaddr *)&s->address, sizeof s->address) == 0,
                   "connect()");
    }
}

/* Waits until the server has closed its ends, too. */
static void hang_up_all(struct server *s)
{
    char byte;
    for (int i = 0; i < s->clients; i++)
        shutdown(s->fd[i], SHUT_WR);
    for (int i = 0; i < s->clients; i++) {
        bench_must(recv(s->fd[i], &byte, 1, 0) == 0, "the end");
        close(s->fd[i]);
    }
}

static void ask_all(struct server *s)
{
    char buf[SMALL] = {0};
    for (int i = 0; i < s->clients; i++)
        bench_must(send(s->fd[i], buf, sizeof buf, MSG_NOSIGNAL) == SMALL, "send()");
    for (int i = 0; i < s->clients; i++)
        bench_must(recv(s->fd[i], buf, sizeof buf, MSG_WAITALL) == SMALL, "recv()");
}

static void requests(void *state, long n)
{
    struct server *s = state;
    for (long done = 0; done < n; done += s->clients)
        ask_all(s);
}

static void connections(void *state, long n)
{
    struct server *s = state;
    for (long done = 0; done < n; done += s->clients) {
        connect_all(s);
        ask_all(s);
        hang_up_all(s);
    }
}

/* ---- The questions --------------------------------------------------------------------------- */

static struct server servers[] = {
    {.name = "raw", .serve = server_raw},
    {.name = "xsock", .serve = server_xsock},
#ifdef BENCH_LIBUV
    {.name = "libuv", .serve = server_libuv},
#endif
#ifdef BENCH_LIBEVENT
    {.name = "libevent", .serve = server_libevent},
#endif
};

enum { SERVERS = sizeof servers / sizeof *servers };

static void compare(const char *what, int clients, void (*run)(void *state, long n))
{
    struct bench_variant v[SERVERS];
    char parameter[48];
    for (size_t i = 0; i < SERVERS; i++)
        v[i] = (struct bench_variant){servers[i].name, run, &servers[i]};
    snprintf(parameter, sizeof parameter, "%s, %d client%s", what, clients,
             clients == 1 ? "" : "s");
    bench_compare("server", parameter, BENCH_GIVEN, clients, v, SERVERS);
}

static void set_clients(int clients)
{
    for (size_t i = 0; i < SERVERS; i++)
        servers[i].clients = clients;
}

static void measure_requests(int clients)
{
    set_clients(clients);
    for (size_t i = 0; i < SERVERS; i++)
        connect_all(&servers[i]);
    compare("a request", clients, requests);
    for (size_t i = 0; i < SERVERS; i++)
        hang_up_all(&servers[i]);
}

static void measure_connections(int clients)
{
    set_clients(clients);
    compare("a connection", clients, connections);
}

int main(int argc, char **argv)
{
    static const int clients[] = {1, 64, MAX_CLIENTS};
    bench_start(argc, argv);
    bench_must(machine_allow_handles(SERVERS * HANDLES), "enough handles (ulimit -n)");
    for (size_t i = 0; i < SERVERS; i++)
        start(&servers[i]);
    bench_give_clock(time_of_server);
    for (size_t i = 0; i < sizeof clients / sizeof *clients; i++)
        measure_requests(clients[i]);
    for (size_t i = 0; i < sizeof clients / sizeof *clients; i++)
        measure_connections(clients[i]);
    for (size_t i = 0; i < SERVERS; i++)
        stop(&servers[i]);
    return 0;
}
