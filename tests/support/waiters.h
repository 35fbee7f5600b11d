/* For tests that need calls to wait in a descriptor. The program has the static library inside. */
#ifndef XSOCK_TEST_WAITERS_H
#define XSOCK_TEST_WAITERS_H

/* Waits until n calls wait in d. */
void waiters_await(int d, int n);

#endif
