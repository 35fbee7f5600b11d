/* Plays a hostile guest: any sequence of imports with any arguments, read from the fuzzer's input.
 * Most arguments are plausible, so that calls pass their first checks: small descriptors, pointers
 * to structures that are valid at first, small sizes. The other arguments are arbitrary. */
#ifndef XSOCK_FUZZ_WASIX_PLAY_H
#define XSOCK_FUZZ_WASIX_PLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xsock_wasix.h"

enum { PLAY_MEMORY = 4096, PLAY_STEPS = 200 };

struct play {
    struct xsock_wasix *guest;
    /* Allocated at its exact size, so that AddressSanitizer finds accesses beyond it. */
    struct xsock_wasix_memory memory;
    const uint8_t *data;
    size_t left;
    unsigned steps;
    size_t row;                   /* the import that was called last */
    void (*host)(struct play *p); /* lets the host act; takes bytes of the input */
};

/* Makes a guest. The input chooses its configuration, and the caller its callbacks. */
void play_begin(struct play *p, const uint8_t *data, size_t size,
                struct xsock_wasix_config callbacks);
void play_end(struct play *p);

/* Plays the next step. Returns false at the end of the input. While a step waits, others may be
 * played. */
bool play_step(struct play *p);

uint8_t play_byte(struct play *p); /* returns 0 at the end of the input */

/* Ends the program, so that the fuzzer reports a finding. */
void play_check(bool good, const char *what);

/* For struct xsock_wasix_config. */
int play_ready(void *user, int number, bool write, uint64_t *out_bytes);
ptrdiff_t play_read(void *user, int number, uint64_t offset, void *buf, size_t len);

#endif
