/* Counts the system calls of threads. Only with glibc can a program replace single functions of the
 * C library, so there is nothing in this file elsewhere. */
#ifndef XSOCK_TEST_COUNTED_CALLS_H
#define XSOCK_TEST_COUNTED_CALLS_H

#include <stdbool.h>

#include "base/atomic.h"

/* Counts the calls that this thread makes to wait, send, receive, accept, connect and read, and to
 * ask about a socket. */
void counted_calls_add_to(xsock__atomic_int *n);

/* Lets the system refuse what a wake is made of. */
void counted_calls_forbid_wakes(bool on);

#endif
