/* Pollers, for tests by the public calls. */
#ifndef XSOCK_TEST_POLLERS_H
#define XSOCK_TEST_POLLERS_H

#include "poller_words.h"
#include "xsock.h"

/* The events of the last await or ready. */
enum { POLLERS_CAPACITY = 64 };
extern struct xsock_event got[POLLERS_CAPACITY];

int open_poller(void);

/* A time longer than any wait of a test that passes. */
extern const int64_t watchdog;

/* Waits until something is ready, or for that time; returns how many events came. */
int await(int p);

/* Asks what is ready, and does not wait. */
int ready(int p);

#endif
