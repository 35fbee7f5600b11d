/* The numbers as xsock.h and xsock_families.h spell them, read from their text: a test compares
 * them with what the library says of its own row files, in both directions. */
#ifndef XSOCK_TEST_HEADER_H
#define XSOCK_TEST_HEADER_H

struct header_number {
    char name[48]; /* "XSOCK_AF_INET" */
    int value;
    int is_alias; /* it stands for another name of the header: "X = XSOCK_Y" */
};

/* All "XSOCK_... = number" and "XSOCK_... = XSOCK_..." lines, in order, ended by an empty name.
 * Fails the test if the header can't be read. Freed with free(). */
struct header_number *header_numbers(void);

/* The next whose name starts with prefix, from n on (inclusive); NULL: no more. */
const struct header_number *header_next(const struct header_number *n, const char *prefix);

#endif
