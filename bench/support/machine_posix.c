/* Before any header: POSIX has no calls for processors. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "machine.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>

#ifdef __linux__
#include <sched.h>

void machine_pin(int nth)
{
    static cpu_set_t allowed; /* as it was before the first pinning */
    static bool known;
    cpu_set_t one;
    if (!known && sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return;
    known = true;
    int skip = nth % CPU_COUNT(&allowed);
    for (size_t cpu = CPU_SETSIZE; cpu-- > 0;)
        if (CPU_ISSET(cpu, &allowed) && skip-- == 0) {
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            (void)sched_setaffinity(0, sizeof one, &one);
            return;
        }
}
#else
void machine_pin(int nth)
{
    (void)nth;
}
#endif

static int64_t time_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t machine_thread_time(void)
{
    return time_of(CLOCK_THREAD_CPUTIME_ID);
}

int64_t machine_process_time(void)
{
    return time_of(CLOCK_PROCESS_CPUTIME_ID);
}

bool machine_allow_handles(size_t n)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0)
        return false;
    if (r.rlim_cur >= n)
        return true;
    r.rlim_cur = n;
    if (r.rlim_max < n) /* root may raise this limit */
        r.rlim_max = n;
    return setrlimit(RLIMIT_NOFILE, &r) == 0;
}

size_t machine_resident(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
#ifdef __APPLE__
    return (size_t)usage.ru_maxrss;
#else
    return (size_t)usage.ru_maxrss * 1024;
#endif
}

size_t machine_handles(void)
{
    enum { HIGHEST = 4096 };
    size_t n = 0;
    for (int fd = 0; fd < HIGHEST; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}
