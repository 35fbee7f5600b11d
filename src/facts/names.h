/* Of names.c, what the core needs beyond the public look-ups. */
#ifndef XSOCK__FACTS_NAMES_H
#define XSOCK__FACTS_NAMES_H

#include <stdbool.h>

/* The protocol's name; NULL if it has none of its own, also where xsock_protocol_name says
 * "default". */
const char *xsock__protocol_own_name(int af, int protocol);

/* The lowest protocol in from..to that has a name. False: none has. */
bool xsock__protocol_next(int af, int from, int to, int *out);

#endif
