/* What --rate and --hex print on standard error of the bytes that are sent and received. */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct traffic {
    bool rate, hex;
    int64_t began_ns, shown_ns; /* xsock_now() */
    uint64_t sent, received;
    uint64_t shown; /* sent and received when the last line was printed */
};

void traffic_start(struct traffic *t, bool rate, bool hex);

void traffic_sent(struct traffic *t, const void *bytes, size_t n);
void traffic_received(struct traffic *t, const void *bytes, size_t n);

/* When the next line is due, by xsock_now(); -1: never. traffic_tick() prints the line if it is. */
int64_t traffic_due_ns(const struct traffic *t);
void traffic_tick(struct traffic *t, int64_t now_ns);

/* Prints the sums. */
void traffic_end(const struct traffic *t);

#endif
