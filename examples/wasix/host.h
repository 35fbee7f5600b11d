/* A small engine around xsock_wasix.h, which both glues share. Each import of a guest is looked
 * up once, and is then called with the guest's memory. xsock has the sockets. The engine has
 * files, streams, the clock and the exit (preview1.c), as far as these examples need them.
 * Guests have one thread. */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stdio.h>

#include "xsock_wasix.h"

enum { HOST_FILES = 16 };

struct host_file {
    /* The guest's number, which is reserved in xsock's table, or -1 if this entry is free. */
    int number;
    bool folder;
    FILE *stream;
};

struct host {
    struct xsock_wasix *guest;
    struct host_file files[HOST_FILES];
    /* The folder that the guest may read, as "/" and number 3, or NULL if there is none. */
    const char *folder;
    /* The guest has called proc_exit and must not run any more. */
    bool exited;
    int status;
};

/* The functions of an import: xsock's, the engine's, or both. If there are both, the engine's
 * function is called for the engine's own numbers. */
typedef uint32_t host_fn(struct host *h, const struct xsock_wasix_memory *memory,
                         const uint64_t *args);
struct host_import {
    const struct xsock_wasix_import *socket;
    host_fn *own;
    const char *signature;
    bool returns; /* false for proc_exit only */
};

/* host_start returns false after it has printed a message. */
bool host_start(struct host *h, const char *folder);
void host_stop(struct host *h);

/* Returns false if there is no such import. */
bool host_find(const char *module, const char *name, struct host_import *out);

uint32_t host_call(struct host *h, const struct host_import *import,
                   const struct xsock_wasix_memory *memory, const uint64_t *args);

/* Returns all of the engine's own functions (preview1.c) and their count. */
struct host_own {
    const char *name, *signature;
    host_fn *call;
};
const struct host_own *host_own(size_t *out_count);

/* host_file returns the file with the guest's number, or NULL if there is none. host_add_file
 * adds a file with the lowest free number, and returns the number or -XSOCK_E... If it fails, it
 * closes the stream. */
struct host_file *host_file(struct host *h, int number);
int host_add_file(struct host *h, FILE *stream, bool folder);
void host_close_file(struct host *h, struct host_file *f);
void host_forget_file(struct host_file *f);

#endif
