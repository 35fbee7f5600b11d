/* Plays what a hostile guest may do: any sequence of imports with any arguments, read from the
 * fuzzer's input. Most arguments are likely ones, so that calls get far: small descriptors,
 * pointers to structures that are good at first, little sizes; and some are anything at all. */
#ifndef XSOCK_FUZZ_WASIX_PLAY_H
#define XSOCK_FUZZ_WASIX_PLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xsock_wasix.h"

enum { PLAY_MEMORY = 4096, PLAY_STEPS = 200 };

struct play {
    struct xsock_wasix *guest;
    struct xsock_wasix_memory
        memory; /* allocated as large as it is: AddressSanitizer sees its edges */
    const uint8_t *data;
    size_t left;
    unsigned steps;
    size_t row;                   /* of the import that was called last */
    void (*host)(struct play *p); /* something happens in the host; it takes bytes of the input */
};

/* A guest whose configuration the input chooses, but for its callbacks, which are the caller's. */
void play_begin(struct play *p, const uint8_t *data, size_t size,
                struct xsock_wasix_config callbacks);
void play_end(struct play *p);

/* The next step; false: the input is used up. A step may wait, and others be played meanwhile. */
bool play_step(struct play *p);

uint8_t play_byte(struct play *p); /* 0 when there is no more */

/* Ends the program, and so makes it a finding. */
void play_check(bool good, const char *what);

/* For struct xsock_wasix_config. */
int play_ready(void *user, int number, bool write, uint64_t *out_bytes);
ptrdiff_t play_read(void *user, int number, uint64_t offset, void *buf, size_t len);

#endif
