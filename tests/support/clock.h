/* A clock of the tests' own, to hold the library's waiting against. */
#ifndef XSOCK_TEST_CLOCK_H
#define XSOCK_TEST_CLOCK_H

#include <stdint.h>

/* Nanoseconds since some moment; never goes back, whatever is done to the time of day. */
int64_t clock_now(void);

#endif
