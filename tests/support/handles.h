/* How many handles this process may have open. */
#ifndef XSOCK_TEST_HANDLES_H
#define XSOCK_TEST_HANDLES_H

#include <stdbool.h>

/* Raises the limit to this number if the limit is lower. Returns false if the system does not allow
 * so many. */
bool handles_allow(unsigned long count);

#endif
