/* Windows has no limits of this kind. */
#ifndef STUB_SYS_RESOURCE_H
#define STUB_SYS_RESOURCE_H
typedef unsigned long rlim_t;
struct rlimit {
    rlim_t rlim_cur;
    rlim_t rlim_max;
};
#define RLIMIT_CORE 4
#define RLIMIT_NOFILE 7
#define setrlimit(what, limit) ((void)(limit), 0)
#define getrlimit(what, limit) ((void)(limit), -1)
#endif
