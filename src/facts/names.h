/* What the core needs of names.c besides the public look-ups. */
#ifndef XSOCK__FACTS_NAMES_H
#define XSOCK__FACTS_NAMES_H

#include <stdbool.h>

/* The protocol's own name, or NULL if it has none. (xsock_protocol_name may return "default" then.)
 */
const char *xsock__protocol_own_name(int af, int protocol);

/* The lowest protocol from `from` to `to` that has a name. False if none has one. */
bool xsock__protocol_next(int af, int from, int to, int *out);

#endif
