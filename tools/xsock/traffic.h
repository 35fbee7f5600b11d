/* The output of --rate and --hex on standard error about the bytes that are sent and received. */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct traffic {
    bool rate, hex;
    int64_t began_ns, shown_ns; /* xsock_now() */
    uint64_t sent, received;
    uint64_t shown; /* the sent and received bytes at the time of the last line */
};

void traffic_start(struct traffic *t, bool rate, bool hex);

void traffic_sent(struct traffic *t, const void *bytes, size_t n);
void traffic_received(struct traffic *t, const void *bytes, size_t n);

/* Returns the time of the next line by xsock_now(), or -1 for never. traffic_tick() prints the line
 * if its time has come. */
int64_t traffic_due_ns(const struct traffic *t);
void traffic_tick(struct traffic *t, int64_t now_ns);

/* Prints the totals. */
void traffic_end(const struct traffic *t);

#endif
