/* How many handles this process may have open. */
#ifndef XSOCK_TEST_HANDLES_H
#define XSOCK_TEST_HANDLES_H

#include <stdbool.h>

/* Raises the limit to this many, if it is lower. False: the system doesn't allow as many. */
bool handles_allow(unsigned long count);

#endif
