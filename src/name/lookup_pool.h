/* The threads that look names up. The system's resolver cannot be stopped, so a question with a
 * time limit is asked in another thread. The number of threads is bounded, whoever asks. A question
 * for which no thread is free waits in a queue. If its asker leaves before a thread has taken it,
 * the question is dropped; after that, the thread frees what it finds. A thread ends when nothing
 * is left for it to do: starting one costs far less than a look-up. */
#ifndef XSOCK__NAME_LOOKUP_POOL_H
#define XSOCK__NAME_LOOKUP_POOL_H

#include <stdbool.h>

#include "name/resolve.h"

/* Eight slow look-ups at once are more than one program usually has, and their stacks are 2 MiB of
 * address space. */
enum { XSOCK__LOOKUP_POOL_THREADS = 8, XSOCK__LOOKUP_POOL_THREADS_MAX = 1024 };

/* A question that was given to the pool. */
struct xsock__job;

/* Is called once, when the answer is there, unless the asker has ended the job before. The global
 * lock is held, and the thread may be any. */
typedef void xsock__lookup_pool_done(void *user);

/* Gives a question to the pool. `guest` stands for the guest that asks, and NULL for the process.
 * Guests together never have all threads, and one guest has few of them, so that a guest with many
 * slow questions holds up neither the process nor other guests. NULL if
 * there is no memory. */
struct xsock__job *xsock__lookup_pool_begin(const struct xsock__question *q, const void *guest,
                                            xsock__lookup_pool_done *done, void *user);

bool xsock__lookup_pool_is_done(const struct xsock__job *j);

/* Ends a job, done or not. If the job is done, the result is that of xsock__resolve_ask, or the
 * reason why the system has no thread, and *out is the answer. Otherwise the result is
 * -XSOCK_ECANCELED. */
int xsock__lookup_pool_end(struct xsock__job *j, struct xsock__answer *out);

/* How many threads there are at most. `n` is between 1 and XSOCK__LOOKUP_POOL_THREADS_MAX. If more
 * threads are running, the surplus end with their present look-ups. */
int xsock__lookup_pool_max(void);
void xsock__lookup_pool_set_max(int n);

#endif
