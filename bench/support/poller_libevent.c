/* libevent: a persistent event for each socket, in one base. */
#include <event2/event.h>
#include <stdlib.h>

#include "pollers.h"

struct poller {
    struct event_base *base;
    size_t count;
    long left; /* events that are still to come; below 0 if too many came */
    struct event **members;
};

static void ready(evutil_socket_t handle, short events, void *user)
{
    struct poller *p = user;
    (void)handle;
    (void)events;
    p->left--;
}

static void *poller_open(const uintptr_t *handles, size_t count, bool for_sending)
{
    struct poller *p = calloc(1, sizeof *p);
    bench_must(p != NULL && (p->members = calloc(count, sizeof *p->members)) != NULL, "memory");
    p->base = event_base_new();
    bench_must(p->base != NULL, "event_base_new()");
    p->count = count;
    for (size_t i = 0; i < count; i++) {
        short what = (short)(EV_PERSIST | (for_sending ? EV_WRITE : EV_READ));
        p->members[i] = event_new(p->base, (evutil_socket_t)handles[i], what, ready, p);
        bench_must(p->members[i] != NULL && event_add(p->members[i], NULL) == 0, "event_add()");
    }
    return p;
}

static void poller_events(void *poller, long n)
{
    struct poller *p = poller;
    for (p->left += n; p->left > 0;)
        event_base_loop(p->base, EVLOOP_ONCE);
}

static void poller_close(void *poller)
{
    struct poller *p = poller;
    for (size_t i = 0; i < p->count; i++)
        event_free(p->members[i]);
    event_base_free(p->base);
    free(p->members);
    free(p);
}

const struct poller_kind poller_libevent = {"libevent", event_get_version, poller_open,
                                            poller_events, poller_close};
