/* What random calls need of the system: a file, a count of handles, signals and limits. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uintptr_t system_file;
static FILE *file;

static bool fill_file(void)
{
    static const char zeros[1000];
    file = tmpfile();
    if (file == NULL)
        return false;
    for (int i = 0; i < FILE_SIZE / (int)sizeof zeros; i++)
        if (fwrite(zeros, sizeof zeros, 1, file) != 1)
            return false;
    return fflush(file) == 0;
}

void system_end(void)
{
    fclose(file);
}

#ifdef _WIN32
#include <winsock2.h>
#include <windows.h>
#include <io.h>

/* The program closes handles with closesocket(), which needs Winsock after xsock_cleanup(). */
bool system_begin(void)
{
    WSADATA data;
    if (!fill_file() || WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return false;
    system_file = (uintptr_t)_get_osfhandle(_fileno(file));
    return true;
}

bool system_socket(uintptr_t *out)
{
    *out = (uintptr_t)socket(AF_INET, SOCK_STREAM, 0);
    return *out != (uintptr_t)INVALID_SOCKET;
}

void system_close(uintptr_t handle)
{
    closesocket((SOCKET)handle);
}

/* A sum over handles of every kind also has those that Windows keeps for threads, so sockets are
 * counted: handles that have a socket's type. */
int system_handles(void)
{
    int n = 0;
    for (uintptr_t h = 4; h < 4096; h += 4) {
        int type = 0, size = sizeof type;
        n += getsockopt((SOCKET)h, SOL_SOCKET, SO_TYPE, (char *)&type, &size) == 0;
    }
    return n;
}

void system_print_handles(void)
{
}

bool system_mode(const char *mode)
{
    return strcmp(mode, "plain") == 0;
}

void system_mode_end(void)
{
}

void system_hold_signals(bool hold)
{
    (void)hold;
}

#else
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { SPARE_HANDLES = 10, SIGNAL_EVERY_US = 500 };

static struct rlimit usual_limit;

bool system_begin(void)
{
    if (!fill_file())
        return false;
    system_file = (uintptr_t)fileno(file);
    return getrlimit(RLIMIT_NOFILE, &usual_limit) == 0;
}

bool system_socket(uintptr_t *out)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    *out = (uintptr_t)fd;
    return fd >= 0;
}

void system_close(uintptr_t handle)
{
    close((int)handle);
}

/* Calls run(descriptor) for each open descriptor of the process. */
static void each_handle(void (*run)(const char *name))
{
    DIR *d = opendir("/proc/self/fd");
    const struct dirent *e;
    if (d == NULL)
        return;
    while ((e = readdir(d)) != NULL)
        if (e->d_name[0] != '.' && atoi(e->d_name) != dirfd(d))
            run(e->d_name);
    closedir(d);
}

static int handles;

static void count_handle(const char *name)
{
    (void)name;
    handles++;
}

int system_handles(void)
{
    handles = 0;
    each_handle(count_handle);
    return handles;
}

static void print_handle(const char *name)
{
    char path[300], to[200];
    snprintf(path, sizeof path, "/proc/self/fd/%s", name);
    ssize_t n = readlink(path, to, sizeof to);
    if (n > 0)
        find("open: %s, %.*s", name, (int)n, to);
}

void system_print_handles(void)
{
    each_handle(print_handle);
}

static void on_signal(int signo)
{
    (void)signo;
}

static void send_signals(long every_us)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct itimerval timer = {{0, (suseconds_t)every_us}, {0, (suseconds_t)every_us}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void limit_handles(void)
{
    struct rlimit limit = usual_limit;
    limit.rlim_cur = (rlim_t)(system_handles() + SPARE_HANDLES);
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* Once for the process, as the header asks. */
static bool set_wake_signal(void)
{
    static bool is_set;
    is_set = is_set || xsock_set_wake_signal(SIGUSR2) == 0;
    return is_set;
}

bool system_mode(const char *mode)
{
    if (strcmp(mode, "signals") == 0)
        send_signals(SIGNAL_EVERY_US);
    else if (strcmp(mode, "wake-signal") == 0)
        return set_wake_signal();
    else if (strcmp(mode, "handles") == 0)
        limit_handles();
#ifdef RANDOM_MEMORY
    else if (strcmp(mode, "memory") == 0)
        memory_fails = true;
#endif
    else
        return strcmp(mode, "plain") == 0;
    return true;
}

void system_mode_end(void)
{
    memory_fails = false;
    send_signals(0);
    setrlimit(RLIMIT_NOFILE, &usual_limit);
}

/* The system gives the timer's signal to any thread that does not hold it. */
void system_hold_signals(bool hold)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    pthread_sigmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}
#endif

/* ---- Memory that fails: one allocation of FAIL_ONE_IN, by the linker's option --wrap --------- */

#ifdef RANDOM_MEMORY
enum { FAIL_ONE_IN = 20 };

/* Chance of its own, so that an allocation does not change which calls come. */
static bool fails(void)
{
    static atomic_uint turn;
    return memory_fails && me != NULL && me->memory_may_fail
           && (atomic_fetch_add(&turn, 1) * 2654435761u >> 16) % FAIL_ONE_IN == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *p, size_t size);

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *p, size_t size)
{
    return fails() ? NULL : __real_realloc(p, size);
}
#endif

/* ---- connect() behind ThreadSanitizer's back, by the same option ----------------------------- */

/* ThreadSanitizer takes connect() for the call that makes a descriptor. Then each call that another
 * thread makes on the descriptor is a race. The system's calls need no lock. */
#ifdef RANDOM_CONNECT
#include <sys/syscall.h>

int __wrap_connect(int fd, const struct sockaddr *to, socklen_t size);

int __wrap_connect(int fd, const struct sockaddr *to, socklen_t size)
{
    return (int)syscall(SYS_connect, fd, to, size);
}
#endif
