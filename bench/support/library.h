/* The libraries that are compared, each in a file of its own: lib_NAME.c, and the system's own
 * calls, "raw", in raw_posix.c and raw_win32.c. What each does is what a program that uses it would
 * write. */
#ifndef BENCH_LIBRARY_H
#define BENCH_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "harness.h"

enum stream_kind { STREAM_LOCAL, STREAM_TCP };
enum { SMALL = 64 }; /* bytes of a small message */

struct library {
    const char *name;
    const char *(*version)(void); /* NULL: another entry tells */
    void (*start)(void);          /* once, before all else; NULL: not needed */

    /* A TCP socket, opened and closed, n times; close-on-exec where the library can. */
    void (*open_close)(void *unused, long n);

    /* Two connected ends of a stream, whose calls block; TCP without delay. False: it has none of
     * this kind. NULL: it has none. */
    bool (*connect)(enum stream_kind kind, void *out[2]);
    void (*disconnect)(void *end);
    void (*hang_up)(void *end); /* the other end receives the end */

    /* All of buf; at least one byte, 0: the end. An error ends the program. */
    void (*send)(void *end, const void *buf, size_t len);
    size_t (*recv)(void *end, void *buf, size_t len);

    /* SMALL bytes from ends[0] to ends[1], n times, in one thread. */
    void (*send_recv)(void *ends, long n);
};

/* Those that this program was built with; raw is the first, xsock the second. The rest are
 * peers. */
extern const struct library *const libraries[];
extern const size_t library_count;

/* Starts all of them. */
void libraries_start(void);

/* A variant for each library that has ends of this kind: `run` gets an array of two ends. Returns
 * how many, and the ends to be closed. */
struct library_pair {
    const struct library *library;
    void *ends[2];
};
size_t library_pairs(enum stream_kind kind, struct library_pair *out, size_t capacity);
void library_close_pairs(struct library_pair *pairs, size_t count);

#endif
