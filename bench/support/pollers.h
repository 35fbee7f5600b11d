/* The pollers that are compared: xsock's, the system's own, and those of the peers that have
 * one. */
#ifndef BENCH_POLLERS_H
#define BENCH_POLLERS_H

#include <stdbool.h>
#include <stddef.h>

#include "raw.h"

struct poller_kind {
    const char *name;
    const char *(*version)(void); /* NULL: libraries[] tells */
    /* Watches the handles for what comes in, or for room to send. */
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
