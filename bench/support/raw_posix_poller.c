#include <stdlib.h>

#include "raw.h"

#ifdef __linux__
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 1024 };

struct raw_poller {
    int fd;
    long left; /* events that are still to come; below 0 if too many came */
    struct epoll_event events[EVENTS];
};

struct raw_poller *raw_poller_open(const uintptr_t *handles, size_t count, bool for_sending)
{
    struct raw_poller *p = calloc(1, sizeof *p);
    bench_must(p != NULL && (p->fd = epoll_create1(EPOLL_CLOEXEC)) >= 0, "epoll_create1()");
    for (size_t i = 0; i < count; i++) {
        struct epoll_event e = {.events = for_sending ? EPOLLOUT : EPOLLIN, .data.u64 = i};
        bench_must(epoll_ctl(p->fd, EPOLL_CTL_ADD, (int)handles[i], &e) == 0, "epoll_ctl()");
    }
    return p;
}

void raw_poller_close(struct raw_poller *p)
{
    close(p->fd);
    free(p);
}

void raw_poller_add(struct raw_poller *p, uintptr_t handle)
{
    struct epoll_event e = {.events = EPOLLIN, .data.u64 = handle};
    bench_must(epoll_ctl(p->fd, EPOLL_CTL_ADD, (int)handle, &e) == 0, "epoll_ctl()");
}

void raw_poller_events(void *poller, long n)
{
    struct raw_poller *p = poller;
    for (p->left += n; p->left > 0;) {
        int k = epoll_wait(p->fd, p->events, EVENTS, -1);
        bench_must(k > 0, "epoll_wait()");
        p->left -= k;
    }
}
#else
#include <poll.h>

struct raw_poller {
    nfds_t count;
    long left; /* events that are still to come; below 0 if too many came */
    struct pollfd *v;
};

struct raw_poller *raw_poller_open(const uintptr_t *handles, size_t count, bool for_sending)
{
    struct raw_poller *p = calloc(1, sizeof *p);
    bench_must(p != NULL && (p->v = calloc(count, sizeof *p->v)) != NULL, "memory");
    p->count = (nfds_t)count;
    for (size_t i = 0; i < count; i++)
        p->v[i] = (struct pollfd){.fd = (int)handles[i], .events = for_sending ? POLLOUT : POLLIN};
    return p;
}

void raw_poller_close(struct raw_poller *p)
{
    free(p->v);
    free(p);
}

void raw_poller_add(struct raw_poller *p, uintptr_t handle)
{
    (void)p;
    (void)handle;
}

void raw_poller_events(void *poller, long n)
{
    struct raw_poller *p = poller;
    for (p->left += n; p->left > 0;) {
        int k = poll(p->v, p->count, -1);
        bench_must(k > 0, "poll()");
        p->left -= k;
    }
}
#endif
