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

/* The functions of an import: xsock's, the engine's, both, or none. If there are both, the engine's
 * function is called for the engine's own numbers. If there is none, the import answers ENOSYS. */
typedef uint32_t host_fn(struct host *h, const struct xsock_wasix_memory *memory,
                         const uint64_t *args);
struct host_import {
    const struct xsock_wasix_import *socket;
    host_fn *own;
    const char *signature; /* NULL if there is no function */
};

/* The maximum of parameters of an import that has a function. */
enum { HOST_ARGS = 16 };

/* host_start returns false after it has printed a message. */
bool host_start(struct host *h, const char *folder);
void host_stop(struct host *h);

/* Finds the functions of an import. The signature has one letter for each parameter, "i" or "I"; it
 * is NULL if the glue does not know it. An import that has no function of that signature answers
 * ENOSYS, and is named on standard error. */
void host_find(const char *module, const char *name, const char *signature,
               struct host_import *out);

uint32_t host_call(struct host *h, const struct host_import *import,
                   const struct xsock_wasix_memory *memory, const uint64_t *args);

/* Returns the engine's own function of that name (preview1.c), or NULL if there is none. */
struct host_own {
    const char *name, *signature;
    host_fn *call;
};
const struct host_own *host_own(const char *name);

/* host_file returns the file with the guest's number, or NULL if there is none. host_add_file
 * adds a file with the lowest free number, and returns the number or -XSOCK_E... If it fails, it
 * closes the stream. */
struct host_file *host_file(struct host *h, int number);
int host_add_file(struct host *h, FILE *stream, bool folder);
void host_close_file(struct host *h, struct host_file *f);
void host_forget_file(struct host_file *f);

#endif
