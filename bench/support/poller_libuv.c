/* libuv as a poller: a uv_poll_t for each socket, in one loop. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* before any header: libuv's header needs the names of POSIX */
#endif

#include <stdlib.h>
#include <uv.h>

#include "pollers.h"

struct poller {
    uv_loop_t loop;
    size_t count;
    long left; /* events that are still to come; below 0 if too many came */
    uv_poll_t *members;
};

static void ready(uv_poll_t *member, int status, int events)
{
    struct poller *p = member->data;
    (void)status;
    (void)events;
    p->left--;
}

static void *poller_open(const uintptr_t *handles, size_t count, bool for_sending)
{
    struct poller *p = calloc(1, sizeof *p);
    bench_must(p != NULL && (p->members = calloc(count, sizeof *p->members)) != NULL, "memory");
    bench_must(uv_loop_init(&p->loop) == 0, "uv_loop_init()");
    p->count = count;
    for (size_t i = 0; i < count; i++) {
        bench_must(uv_poll_init_socket(&p->loop, &p->members[i], (uv_os_sock_t)handles[i]) == 0,
                   "uv_poll_init_socket()");
        p->members[i].data = p;
        bench_must(uv_poll_start(&p->members[i], for_sending ? UV_WRITABLE : UV_READABLE, ready)
                       == 0,
                   "uv_poll_start()");
    }
    return p;
}

static void poller_events(void *poller, long n)
{
    struct poller *p = poller;
    for (p->left += n; p->left > 0;)
        uv_run(&p->loop, UV_RUN_ONCE);
}

static void poller_close(void *poller)
{
    struct poller *p = poller;
    for (size_t i = 0; i < p->count; i++)
        uv_close((uv_handle_t *)&p->members[i], NULL);
    uv_run(&p->loop, UV_RUN_DEFAULT);
    uv_loop_close(&p->loop);
    free(p->members);
    free(p);
}

const struct poller_kind poller_libuv = {"libuv", NULL, poller_open, poller_events, poller_close};
