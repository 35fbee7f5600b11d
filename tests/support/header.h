/* The numbers in xsock.h and xsock_families.h, read from their text. A test compares them with the
 * library's row files, in both directions. */
#ifndef XSOCK_TEST_HEADER_H
#define XSOCK_TEST_HEADER_H

struct header_number {
    char name[48]; /* "XSOCK_AF_INET" */
    int value;
    int is_alias; /* the header says "X = XSOCK_Y" */
};

/* All "XSOCK_... = number" and "XSOCK_... = XSOCK_..." lines, in order, ended by an empty name.
 * If the header cannot be read, the test fails. The caller frees the list with free(). */
struct header_number *header_numbers(void);

/* Returns the first number, from n on, whose name begins with prefix. Returns NULL if there is
 * none. */
const struct header_number *header_next(const struct header_number *n, const char *prefix);

#endif
