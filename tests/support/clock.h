/* A clock that does not depend on the library. Tests compare the library's waiting with it. */
#ifndef XSOCK_TEST_CLOCK_H
#define XSOCK_TEST_CLOCK_H

#include <stdint.h>

/* Nanoseconds since some moment. The clock never goes back, even if the time of day is changed. */
int64_t clock_now(void);

#endif
