/* Datagrams that the system has glued together on receive, and that are not all asked for yet.
 *
 * A socket that a program switched coalescing on for has a queue, once and for all: every receive of it goes
 * through the queue, which takes one glued buffer from the system when it is empty. So boundaries, addresses and
 * order are exact whatever the call, and whichever thread makes it. Waits, polls and pollers ask the queue too, and
 * are told when something comes to lie in it, as the system no longer knows of it. */
#ifndef XSOCK__SOCKET_LEFTOVER_H
#define XSOCK__SOCKET_LEFTOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys.h"

struct xsock__leftover;

/* NULL: no memory. */
struct xsock__leftover *xsock__leftover_create(int af);
void xsock__leftover_destroy(struct xsock__leftover *q);

bool xsock__leftover_any(const struct xsock__leftover *q);

/* At least one datagram, without waiting, as xsock__sys_recv_batch. A peek takes one, and leaves it there. */
int xsock__leftover_recv(struct xsock__leftover *q, uintptr_t h, struct xsock__sys_msg *v, size_t n,
                         bool peek, size_t *out);

/* The size of the next; the code that means EAGAIN if there is none. */
int xsock__leftover_next_size(struct xsock__leftover *q, uintptr_t h, size_t *out);

/* Somebody who waits for the socket. notify is called when datagrams come to lie in the queue, by the thread that
 * put them there, under the queue's lock: it sets a wake or a flag, and no more. */
struct xsock__leftover_watch {
    void (*notify)(struct xsock__leftover_watch *w);
    struct xsock__leftover_watch *next, **link;
};

/* Returns whether there are some now. */
bool xsock__leftover_watch(struct xsock__leftover *q, struct xsock__leftover_watch *w);
void xsock__leftover_unwatch(struct xsock__leftover *q, struct xsock__leftover_watch *w);

/* Around a fork. The child has none: what lies there is the parent's. Called with the global lock. */
void xsock__leftover_before_fork(void);
void xsock__leftover_after_fork(bool in_child);

#endif
