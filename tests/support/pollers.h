/* Pollers, for tests by the public calls. */
#ifndef XSOCK_TEST_POLLERS_H
#define XSOCK_TEST_POLLERS_H

#include "poller_words.h"
#include "xsock.h"

/* The events of the last await or ready. */
enum { POLLERS_CAPACITY = 64 };
extern struct xsock_event got[POLLERS_CAPACITY];

int open_poller(void);

/* A time that is longer than any wait of a test that passes. */
extern const int64_t watchdog;

/* Waits until an event is there or that time is over. Returns how many events there are. */
int await(int p);

/* Returns what is ready, without waiting. */
int ready(int p);

#endif
