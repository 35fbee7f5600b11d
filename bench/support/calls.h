/* Single operations of xsock, and of the system: calls.def is the list. calls.c times them, and
 * count.c counts their instructions and system calls. */
#ifndef BENCH_CALLS_H
#define BENCH_CALLS_H

enum {
    CALLS_POLLED = 512, /* sockets in the largest poll; only the last has something to receive */
    CALLS_MEMBERS = 64, /* sockets in a poller */
    CALLS_BATCH_BYTES = 200
};

/* Each must be called once before the operations of its side. */
void xsock_calls_prepare(void);
void raw_calls_prepare(void);

#define CALL(function, name)                           \
    void xsock_calls_##function(void *unused, long n); \
    void raw_calls_##function(void *unused, long n);
#include "calls.def"
#undef CALL

#endif
