/* What Wine's header lacks of Microsoft's. */
#include_next <time.h>
#ifndef XSOCK_MSVC_CLANG_TIME_H
#define XSOCK_MSVC_CLANG_TIME_H
struct timespec {
    time_t tv_sec;
    long tv_nsec;
};
#endif
