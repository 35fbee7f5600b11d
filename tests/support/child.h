/* For tests that fork (POSIX): an assertion for the child. */
#ifndef XSOCK_TEST_CHILD_H
#define XSOCK_TEST_CHILD_H

#include <stdio.h>
#include <unistd.h>

/* Only the parent can use CMocka. If an assertion fails in the child, the child prints the line and
 * ends. */
#define CHECK(condition)                                                          \
    do {                                                                          \
        if (!(condition)) {                                                       \
            fprintf(stderr, "in the child, line %d: %s\n", __LINE__, #condition); \
            _exit(1);                                                             \
        }                                                                         \
    } while (0)

#endif
