/* The truth table of xsock_open: the triples of family, type and protocol that exist. */
#ifndef XSOCK__FACTS_TRIPLE_H
#define XSOCK__FACTS_TRIPLE_H

#include <stdbool.h>
#include <stddef.h>

/* The two parts of the type argument: the type itself, and the flags that may be or-ed in. */
enum { XSOCK__TYPE_MASK = 0x1fff, XSOCK__TYPE_FLAGS = 0x6000 };

/* A row: a family and type, and its protocols from first to last. */
struct xsock__triple_row {
    int first, last;
    short af, type;
    bool is_default; /* protocol 0 picks it */
};

const struct xsock__triple_row *xsock__triple_rows(size_t *out_count);

/* Checks a triple by the table alone. The type has no flags. Returns 0, and replaces a protocol of
 * 0 by the default; or -XSOCK_EAFNOSUPPORT, -XSOCK_ESOCKTNOSUPPORT or -XSOCK_EPROTONOSUPPORT, and
 * leaves *protocol. */
int xsock__triple_check(int af, int type, int *protocol);

/* Checks the flags and the sign, which comes first. Returns 0 or -XSOCK_EINVAL. */
int xsock__triple_check_flags(int af, int type, int protocol);

/* An index for each family and type, below XSOCK__TRIPLE_KINDS. The system is asked once for each.
 * -1 if they are not in the table. */
enum { XSOCK__TRIPLE_KINDS = 64 };
int xsock__triple_kind(int af, int type);

#endif
