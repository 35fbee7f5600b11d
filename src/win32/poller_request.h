/* The requests of a poller. Each member has one, which is made again and again. All calls are made
 * under the poller's lock. A request belongs to the system until its answer has been taken from the
 * port, also after it was cancelled, and is freed then. A thread that ends takes no request with
 * it, because the device has a port. */
#ifndef XSOCK__WIN32_POLLER_REQUEST_H
#define XSOCK__WIN32_POLLER_REQUEST_H

#include "win32/afd.h"

#include <stddef.h>

#include "base/atomic.h"
#include "sys_poller.h"

enum { XSOCK__POLLER_BATCH = 64 }; /* answers that are taken at a time */

/* A device for some of the requests, of which no two are for one socket: see wait.c. To cancel one,
 * the system looks through all that its device has: with 30,000 on one device, that took a hundred
 * times as long. https://github.com/python-trio/trio/issues/1280 */
enum { XSOCK__POLLER_GROUP = 128 };
struct xsock__poller_group {
    struct xsock__poller_group *next;
    HANDLE device;
    struct xsock__request *all;
    size_t count;
};

enum xsock__request_state { XSOCK__REQUEST_IDLE, XSOCK__REQUEST_LISTED, XSOCK__REQUEST_PENDING };

struct xsock__request {
    OVERLAPPED o; /* first: the port gives its address back */
    struct xsock__poller_group *group;
    struct xsock__request *next, **link;               /* of the group's */
    struct xsock__request *next_listed, **listed_link; /* of those to be made */
    uint64_t key;
    uint64_t made_in; /* the serial of the latest wait that had begun then */
    SOCKET socket;
    const void *shared; /* what duplicates of the socket have in common */
    HANDLE handle;      /* the driver's own of it */
    uint32_t asked;     /* XSOCK_POLLER bits */
    ULONG quiet;        /* the driver's events that are not to be reported again for now */
    ULONG watched;      /* what it was made with, or will be as soon as it has been cancelled */
    enum xsock__request_state state;
    bool retired;                /* has no member any more */
    struct xsock__afd_poll poll; /* last: there is room for one entry only */
};

struct xsock__sys_poller {
    HANDLE port;
    struct xsock__poller_group *group; /* the one that has room; the others follow */
    xsock__atomic_int woken;           /* a wake is in the port */
    struct xsock__lock lock;           /* of all that follows, and of the requests */
    struct xsock__request *listed, **listed_end;
    size_t count, listed_count, pending, retired;
    bool port_is_due;                /* a wait had no room left for what is in the port */
    size_t waiters;                  /* threads that are waiting now */
    uint64_t serial;                 /* of waits */
    struct xsock__afd_poll question; /* last: there is room for XSOCK__POLLER_BATCH entries */
};

/* Opens the first group's device. The port is open. */
int xsock__poller_group_open(struct xsock__sys_poller *p);

/* Cancels all requests, and frees them once all their answers have come. */
void xsock__poller_group_cancel(const struct xsock__sys_poller *p);
void xsock__poller_group_free(struct xsock__sys_poller *p);
void xsock__poller_group_close(struct xsock__sys_poller *p);

/* One more, not made yet. NULL: no memory. */
struct xsock__request *xsock__request_new(struct xsock__sys_poller *p,
                                          const struct xsock__sys_member *m, uint32_t asked);

/* It is neither LISTED nor PENDING. */
void xsock__request_free(struct xsock__sys_poller *p, struct xsock__request *r);

/* The driver's events that it is to be made with now. */
ULONG xsock__request_events(const struct xsock__request *r);

/* Makes it, which is not PENDING. In a wait one that can't be made has nobody to be refused to: it
 * is answered as failed. list leaves it to the next wait, behind those that are listed. */
int xsock__request_make(struct xsock__sys_poller *p, struct xsock__request *r);
void xsock__request_make_or_fail(struct xsock__sys_poller *p, struct xsock__request *r);
void xsock__request_list(struct xsock__sys_poller *p, struct xsock__request *r);
void xsock__request_unlist(struct xsock__sys_poller *p, struct xsock__request *r);

/* It is PENDING, perhaps for fewer events than it should be. Then it is cancelled, and the thread
 * that takes it from the port makes it again. There are never two for one socket: see wait.c. */
void xsock__request_widen(struct xsock__request *r);

/* Its member is gone. */
void xsock__request_retire(struct xsock__sys_poller *p, struct xsock__request *r);

/* Frees some that were retired, for a program that adds and removes, and seldom waits. */
void xsock__request_reap(struct xsock__sys_poller *p);

/* Of what the port gave. NULL: a wake. */
struct xsock__request *xsock__request_of(const OVERLAPPED_ENTRY *e);

/* Asks about n of them at this moment, in one question. n is XSOCK__POLLER_BATCH at most. Their
 * answers are those of the question then. False: the question was refused, because one of the
 * sockets was closed from outside, and all answers are as they were. */
bool xsock__request_ask(struct xsock__sys_poller *p, struct xsock__request *const *v, size_t n);

/* The driver's events that came; ABORT also where it has failed; 0: none, or it was cancelled. */
ULONG xsock__request_answer(const struct xsock__request *r);

#endif
