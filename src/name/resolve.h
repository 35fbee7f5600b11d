/* Hosts and services to addresses: the list that answers a question. */
#ifndef XSOCK__NAME_RESOLVE_H
#define XSOCK__NAME_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include "name/question.h"
#include "xsock.h"

struct xsock__answer {
    struct xsock_addr *v;
    size_t count, room;
    int code; /* the system's own, if it failed because the system said so */
};

/* Answers. Touches no state but *out, which is to be freed whatever it returns: 0, or an error as
 * xsock_resolve has them. */
int xsock__resolve_ask(const struct xsock__question *q, struct xsock__answer *out);
void xsock__answer_free(struct xsock__answer *a);

/* The error of a look-up for what a function of sys.h has told: XSOCK_EAI_... or 0, and its code.
 * Of EAI_SYSTEM the codes that mean "no room" are told as such, because the error alone says
 * little. */
int xsock__resolve_error(int error, int code);

/* Whether such a function makes sense once more: it had no handle, and idle wakes were given back.
 */
bool xsock__resolve_again(int error, int code);

#endif
