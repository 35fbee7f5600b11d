/* A small engine around xsock_wasix.h, which both glues share: what a guest imports is looked up
 * once, and called with its memory. Sockets are xsock's; files, streams, the clock and the end are
 * the engine's own (preview1.c), as far as these examples need them. For guests of one thread. */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stdio.h>

#include "xsock_wasix.h"

enum { HOST_FILES = 16 };

struct host_file {
    int number; /* the guest's, kept in the table of xsock; -1: this place is free */
    bool folder;
    FILE *stream;
};

struct host {
    struct xsock_wasix *guest;
    struct host_file files[HOST_FILES];
    const char *folder; /* what the guest may read, as "/" and number 3; NULL: nothing */
    bool exited;        /* the guest has called proc_exit: it must not run on */
    int status;
};

/* What a guest imports: xsock's function, the engine's, or both, of which the second is called for
 * its own numbers. */
typedef uint32_t host_fn(struct host *h, const struct xsock_wasix_memory *memory,
                         const uint64_t *args);
struct host_import {
    const struct xsock_wasix_import *socket;
    host_fn *own;
    const char *signature;
    bool returns; /* all do, but proc_exit */
};

/* False: a message was printed. */
bool host_start(struct host *h, const char *folder);
void host_stop(struct host *h);

/* False: nobody has such an import. */
bool host_find(const char *module, const char *name, struct host_import *out);

uint32_t host_call(struct host *h, const struct host_import *import,
                   const struct xsock_wasix_memory *memory, const uint64_t *args);

/* The engine's own functions (preview1.c). All: how many. */
struct host_own {
    const char *name, *signature;
    host_fn *call;
};
const struct host_own *host_own(size_t *out_count);

/* The file that is the guest's number; NULL: it is none. A new one gets the lowest free number:
 * that, or -XSOCK_E..., and then the stream is closed. */
struct host_file *host_file(struct host *h, int number);
int host_add_file(struct host *h, FILE *stream, bool folder);
void host_close_file(struct host *h, struct host_file *f);
void host_forget_file(struct host_file *f);

#endif
