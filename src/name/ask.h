/* Asks a question in a thread of the pool, and waits for the answer. */
#ifndef XSOCK__NAME_ASK_H
#define XSOCK__NAME_ASK_H

#include "name/happy_eyeballs.h"
#include "name/resolve.h"
#include "table/fdtab.h"

/* Asks for the process, for as long as h says. Returns 0, an error of xsock__resolve_ask,
 * -XSOCK_ETIMEDOUT, or the reason why there is no thread. The caller frees *out whatever the result
 * is. */
int xsock__ask_until(struct xsock__fdtab *t, const struct xsock__question *q,
                     struct xsock__happy *h, struct xsock__answer *out);

/* Asks for the guest whose table t is, without a time limit. The errors are the same, and
 * -XSOCK_ECANCELED if the table was sealed (see fdtab.h). */
int xsock__ask_for_guest(struct xsock__fdtab *t, const struct xsock__question *q,
                         struct xsock__answer *out);

#endif
