/* Every state of a socket that tests/readiness.def has a row for. */
#ifndef XSOCK_TEST_READY_STATES_H
#define XSOCK_TEST_READY_STATES_H

#include <stdbool.h>
#include <stdint.h>

/* The socket that is tested, and the sockets that it needs. -1: there is none. */
struct scene {
    int d, others[2];
};

struct ready_state {
    const char *name;
    bool (*build)(struct scene *s); /* false if the system has no such state */
    uint32_t ready;                 /* for these events of pollers */
};
extern const struct ready_state ready_states[];
extern const int ready_state_count;

/* Makes the scene. Returns false if the system has no such state. */
bool ready_states_build(const struct ready_state *st, struct scene *s);
void ready_states_clean(struct scene *s);

#endif
