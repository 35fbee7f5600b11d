/* Must stand before any header: declares POSIX's functions in a build for plain C11. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "handles.h"

#ifdef _WIN32
bool handles_allow(unsigned long count)
{
    return count < 1ul << 24; /* Windows has no limit to set */
}
#else
#include <sys/resource.h>

bool handles_allow(unsigned long count)
{
    struct rlimit limit;
    const rlim_t wanted = (rlim_t)count; /* rlim_t is signed on FreeBSD */
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return false;
    if (limit.rlim_cur >= wanted)
        return true;
    limit.rlim_cur = wanted;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}
#endif
