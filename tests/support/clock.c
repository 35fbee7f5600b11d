/* Must stand before any header: declares POSIX's functions in a build for plain C11. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "clock.h"

enum { SECOND = 1000000000 };

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

/* Seconds and the remainder are converted apart, because all ticks times 1,000,000,000 would soon
 * overflow. */
int64_t clock_now(void)
{
    LARGE_INTEGER ticks, per_second;
    QueryPerformanceFrequency(&per_second);
    QueryPerformanceCounter(&ticks);
    int64_t seconds = ticks.QuadPart / per_second.QuadPart;
    int64_t rest = ticks.QuadPart % per_second.QuadPart;
    return seconds * SECOND + rest * SECOND / per_second.QuadPart;
}

#else
#include <time.h>

int64_t clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}
#endif
