/* The truth table of xsock_open: which (family, type, protocol) there are, and which of them this
 * system has. */
#ifndef XSOCK__FACTS_TRIPLE_H
#define XSOCK__FACTS_TRIPLE_H

#include <stdbool.h>
#include <stddef.h>

/* The two parts of the type argument: the type itself, and the flags that may be or-ed in. */
enum { XSOCK__TYPE_MASK = 0x1fff, XSOCK__TYPE_FLAGS = 0x6000 };

/* A row: for this family and type the protocols first..last, which are one or a range. */
struct xsock__triple_row {
    int first, last;
    short af, type;
    bool is_default; /* protocol 0 picks it */
};

const struct xsock__triple_row *xsock__triple_rows(size_t *out_count);

/* Judges by the table alone. type is without flags. 0, with protocol 0 replaced by the default's;
 * else -XSOCK_EAFNOSUPPORT, -XSOCK_ESOCKTNOSUPPORT or -XSOCK_EPROTONOSUPPORT, and *protocol
 * untouched. */
int xsock__triple_check(int af, int type, int *protocol);

/* The flags and the sign, first of all: 0, or -XSOCK_EINVAL. */
int xsock__triple_check_flags(int af, int type, int protocol);

/* The rows of a family, and of a type in it: what a system has of them is asked once and kept.
 * `index` is below XSOCK__TRIPLE_KINDS; -1 for a pair that is not in the table. */
enum { XSOCK__TRIPLE_KINDS = 64 };
int xsock__triple_kind(int af, int type);

#endif
