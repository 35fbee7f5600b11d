/* Asks a question for a limited time. The system's resolver cannot be stopped, so it is asked in a
 * thread of its own. When the time has passed, the thread is left behind, and frees what it finds.
 */
#ifndef XSOCK__NAME_LOOKUP_POOL_H
#define XSOCK__NAME_LOOKUP_POOL_H

#include "name/happy_eyeballs.h"
#include "name/resolve.h"
#include "table/fdtab.h"

/* Returns 0, an error of xsock__question_ask, -XSOCK_ETIMEDOUT, or the reason why there is no
 * thread. The caller frees *out whatever the result is. */
int xsock__lookup_pool_ask(struct xsock__fdtab *t, const struct xsock__question *q,
                           struct xsock__happy *h, struct xsock__answer *out);

/* The same without a time limit. -XSOCK_ECANCELED if the table was sealed (see fdtab.h). */
int xsock__lookup_pool_ask_until_sealed(struct xsock__fdtab *t, const struct xsock__question *q,
                                        struct xsock__answer *out);

#endif
