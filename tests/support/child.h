/* For tests that fork (POSIX): an assertion for the child. */
#ifndef XSOCK_TEST_CHILD_H
#define XSOCK_TEST_CHILD_H

#include <stdio.h>
#include <unistd.h>

/* CMocka belongs to the parent. A child that finds something wrong prints the line, and ends. */
#define CHECK(condition)                                                          \
    do {                                                                          \
        if (!(condition)) {                                                       \
            fprintf(stderr, "in the child, line %d: %s\n", __LINE__, #condition); \
            _exit(1);                                                             \
        }                                                                         \
    } while (0)

#endif
