/* The libraries that are compared. Each has a file lib_NAME.c. The system's own calls, "raw", are
 * in raw_posix.c and raw_win32.c. Each file contains what a program that uses the library would
 * write. */
#ifndef BENCH_LIBRARY_H
#define BENCH_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "harness.h"

enum stream_kind { STREAM_LOCAL, STREAM_TCP };
enum { SMALL = 64 }; /* the bytes of a small message */

struct library {
    const char *name;
    const char *(*version)(void); /* NULL if there is none to show */
    void (*start)(void);          /* called once, before all else, or NULL */

    /* Opens and closes a TCP socket n times, close-on-exec if the library can. */
    void (*open_close)(void *unused, long n);

    /* Makes two connected ends of a stream. Their calls block, and TCP has no delay. Returns false
     * if the library has no streams of this kind. NULL if the library has no streams. */
    bool (*connect)(enum stream_kind kind, void *out[2]);
    void (*disconnect)(void *end);
    void (*hang_up)(void *end); /* the other end then receives the end of the stream */

    /* send() sends all of buf. recv() receives at least one byte, or returns 0 at the end of the
     * stream. An error ends the program. */
    void (*send)(void *end, const void *buf, size_t len);
    size_t (*recv)(void *end, void *buf, size_t len);

    /* Sends SMALL bytes from ends[0] to ends[1] and receives them, n times, in one thread. */
    void (*send_recv)(void *ends, long n);
};

/* The libraries that this program was built with. The first is raw, the second is xsock, and the
 * others are peers. */
extern const struct library *const libraries[];
extern const size_t library_count;

/* Starts all libraries. */
void libraries_start(void);

/* xsock has a wake signal from now on. Returns false if the system has no signals. */
bool library_use_wake_signal(void);

/* Makes two ends for each library that has streams of this kind. Returns the number of libraries.
 * The caller closes the ends. */
struct library_pair {
    const struct library *library;
    void *ends[2];
};
size_t library_pairs(enum stream_kind kind, struct library_pair *out, size_t capacity);
void library_close_pairs(struct library_pair *pairs, size_t count);

#endif
