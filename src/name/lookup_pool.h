/* Asking a question for a limited time. The system's resolver can't be stopped, so it is asked in a
 * thread of its own, which is left behind when the time is over, and then frees what it found. */
#ifndef XSOCK__NAME_LOOKUP_POOL_H
#define XSOCK__NAME_LOOKUP_POOL_H

#include "name/happy_eyeballs.h"
#include "name/resolve.h"
#include "table/fdtab.h"

/* 0, an error of xsock__question_ask, -XSOCK_ETIMEDOUT, or why there can be no thread. *out is to
 * be freed whatever it returns. */
int xsock__lookup_pool_ask(struct xsock__fdtab *t, const struct xsock__question *q,
                           struct xsock__happy *h, struct xsock__answer *out);

/* The same without a limit of time, but for the table's: -XSOCK_ECANCELED: it was sealed (see
 * fdtab.h). */
int xsock__lookup_pool_ask_until_sealed(struct xsock__fdtab *t, const struct xsock__question *q,
                                        struct xsock__answer *out);

#endif
