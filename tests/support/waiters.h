/* The calls that wait in a descriptor, for programs with the static library. */
#ifndef XSOCK_TEST_WAITERS_H
#define XSOCK_TEST_WAITERS_H

/* Returns when n calls wait in d. */
void waiters_await(int d, int n);

#endif
