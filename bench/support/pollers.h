/* The pollers of the peers that are compared with xsock's and the system's own. */
#ifndef BENCH_POLLERS_H
#define BENCH_POLLERS_H

#include <stdbool.h>
#include <stddef.h>

#include "raw.h"

struct poller_kind {
    const char *name;
    const char *(*version)(void); /* NULL if libraries[] has it */
    /* Watches the handles for data to receive, or for space to send. */
    void *(*open)(const uintptr_t *handles, size_t count, bool for_sending);
    void (*events)(void *poller, long n); /* as raw_poller_events() */
    void (*close)(void *poller);
};

#ifdef BENCH_LIBUV
extern const struct poller_kind poller_libuv;
#endif
#ifdef BENCH_LIBEVENT
extern const struct poller_kind poller_libevent;
#endif

#endif
