/* The descriptor table: numbers to descriptors; lowest free, references, close. It knows nothing of
 * what a socket is: it keeps a handle and a pointer, and tells its owner when both are to be let
 * go.
 *
 * A descriptor lives from publish until remove, and its memory until the table's end: that is why a
 * look-up needs no lock. get() adds a reference first and then looks whether the number still leads
 * there. After remove() the last put() (or remove itself) has the owner's `closed` called, exactly
 * once.
 *
 * One lock a table orders opening and closing; look-ups take none. */
#ifndef XSOCK__TABLE_FDTAB_H
#define XSOCK__TABLE_FDTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/atomic.h"
#include "sys.h"

struct xsock__sock;
struct xsock__fdtab;

/* What a descriptor holds. */
struct xsock__held {
    uintptr_t handle;
    struct xsock__sock *sock;
};

/* Let go of both: called without a lock, in whichever thread was last. */
typedef void xsock__fdtab_closed(const struct xsock__held *held);

struct xsock__fd {
    xsock__atomic_int refs; /* calls in progress; see fdtab.c */
    int number;
    struct xsock__held held;
    xsock__atomic_int cloexec;
    int state; /* fdtab's own, under its lock */
    union {
        struct xsock__fd *next;     /* fdtab's own: the free list */
        struct xsock__sock *memory; /* reserved or open: see xsock__fdtab_recycle */
    };
    struct xsock__waiter *waiters;     /* the same: calls that wait in it */
    struct xsock__observer *observers; /* the same: who is told when it is closed */
    xsock__atomic_int edges; /* poller.c's: it is, or was, an edge-triggered member of a poller */
};

/* Instead of `closed`, where memory is used again: lets go, and returns held->sock's memory if
 * nobody has a use for it any more, or NULL. */
typedef struct xsock__sock *xsock__fdtab_emptied(const struct xsock__held *held);

enum { XSOCK__FDTAB_FIRST = 3, XSOCK__FDTAB_LIMIT = 1 << 24 };

/* Beyond every error of xsock.h: this number is kept for somebody else (see
 * xsock__fdtab_reserve_foreign). */
enum { XSOCK__EFOREIGN = 0x7000 };

/* A new table, empty. -XSOCK_ENOMEM. */
int xsock__fdtab_create(xsock__fdtab_closed *closed, struct xsock__fdtab **out);

/* From now on the table keeps the memory of some socks that are gone, for the next ones. Each piece
 * comes from xsock__sys_alloc, and has this size. A descriptor that is reserved has such a piece in
 * `memory`, of any content, or NULL: then its opener may store a piece there. Its opener uses the
 * piece by making it held.sock. If held.sock is anything else, the table takes the piece back with
 * the number. */
void xsock__fdtab_recycle(struct xsock__fdtab *t, xsock__fdtab_emptied *emptied, size_t size);

/* How many pieces the table keeps now, and frees them. */
int xsock__fdtab_spares(struct xsock__fdtab *t);
void xsock__fdtab_free_spares(struct xsock__fdtab *t);

/* Closes what is open, and frees the table. No other thread may be in it. */
void xsock__fdtab_destroy(struct xsock__fdtab *t);

/* For a table that is a guest's; all before its first use. The lowest number there is (else
 * XSOCK__FDTAB_FIRST); how many calls may wait at once (else any); whether handles are
 * close-on-exec whatever a descriptor's own flag says, as a guest's are not for the host's
 * children; and whether it may be sealed while calls are in it. */
struct xsock__fdtab_rules {
    int first, waiting;
    bool private_handles, ends;
};
void xsock__fdtab_set_rules(struct xsock__fdtab *t, const struct xsock__fdtab_rules *rules);
const struct xsock__fdtab_rules *xsock__fdtab_rules(const struct xsock__fdtab *t);

/* Nothing can be opened any more, all that is open is closed, and calls that wait, whatever for,
 * end: they get -XSOCK_ECANCELED, as those that would wait, reserve and replace do from then on.
 * What was reserved by then may still be published: that stays until the table's end. Any thread,
 * any time. */
void xsock__fdtab_seal(struct xsock__fdtab *t);

/* Closes what is marked as close-on-exec, and open by now. */
void xsock__fdtab_close_marked(struct xsock__fdtab *t);

/* No number leads to it, and only sealing closes it: what a call can wait in that has no
 * descriptor. */
struct xsock__fd *xsock__fdtab_seal_fd(struct xsock__fdtab *t);

/* The same for calls that want to know that somebody has rung, which closes nothing: whoever waits
 * in the bell is woken as if it were closed, and stays there until it leaves. Rings are counted, so
 * that who has begun too late finds out: ask for the count, look at what is rung for, wait in the
 * bell, and compare. */
struct xsock__fd *xsock__fdtab_notify_fd(struct xsock__fdtab *t);
int xsock__fdtab_notifications(struct xsock__fdtab *t);
void xsock__fdtab_notify(struct xsock__fdtab *t);

/* Takes the lowest free number >= min: it counts as open, but is not yet found by get(). Fill in
 * held, then publish, or cancel. min is >= 0. -XSOCK_EMFILE, -XSOCK_ENOMEM. */
int xsock__fdtab_reserve(struct xsock__fdtab *t, int min, struct xsock__fd **out);

/* The same, for a handle from outside. -XSOCK_EBUSY: a descriptor has this handle already. Its cost
 * grows with the number of descriptors: only adopting pays it. held.handle is filled in, and may
 * not be changed. */
int xsock__fdtab_reserve_handle(struct xsock__fdtab *t, uintptr_t handle, struct xsock__fd **out);

/* Makes it found. Returns its number. */
int xsock__fdtab_publish(struct xsock__fdtab *t, struct xsock__fd *fd);

/* Gives the number back. What held names is the caller's to let go. */
void xsock__fdtab_cancel(struct xsock__fdtab *t, struct xsock__fd *fd);

/* Puts held under exactly this number, and closes what was there, in one step. Returns the number.
 * -XSOCK_EBADF: below the first, or not below the limit. -XSOCK_EBUSY: reserved and not yet
 * published. -XSOCK__EFOREIGN. -XSOCK_ENOMEM. On failure held is still the caller's. */
int xsock__fdtab_replace(struct xsock__fdtab *t, int number, const struct xsock__held *held,
                         bool cloexec);

/* Puts held under the number `to`, closes what was there, and closes fd, all in one step. The
 * caller has a reference to fd, whose number is another. kept: `to` is kept, and no longer; else it
 * is open. Returns the number. -XSOCK_EBADF: fd was closed meanwhile, or `to` is not what it is to
 * be. -XSOCK__EFOREIGN, -XSOCK_EBUSY as replace, -XSOCK_ENOMEM. On failure held is still the
 * caller's. */
int xsock__fdtab_move(struct xsock__fdtab *t, struct xsock__fd *fd, int to,
                      const struct xsock__held *held, bool kept);

/* Keeps exactly this number (-1: the lowest free one) for somebody else: it is found, and holds
 * `held`, but remove and replace leave it alone and say -XSOCK__EFOREIGN, until unkeep frees it.
 * Returns the number. -XSOCK_EBADF: below the first, or not below the limit; -XSOCK_EBUSY: open;
 * -XSOCK_EMFILE, -XSOCK_ENOMEM. unkeep: -XSOCK_EBADF: not kept. */
int xsock__fdtab_reserve_foreign(struct xsock__fdtab *t, int number,
                                 const struct xsock__held *held);
int xsock__fdtab_release_foreign(struct xsock__fdtab *t, int number);

/* The descriptor of a number, with a reference; NULL if it is not open. Any int. No lock. */
struct xsock__fd *xsock__fdtab_get(struct xsock__fdtab *t, int number);

/* Drops the reference. */
void xsock__fdtab_put(struct xsock__fdtab *t, struct xsock__fd *fd);

/* ---- Waiting: closing a descriptor wakes the calls that wait in it (wakers.c) ---------------- */

/* A wake of the system, kept by the table for whichever thread has to wait next. */
struct xsock__waker {
    struct xsock__sys_wake wake;
    struct xsock__waker *next_idle, *next;
};

/* A second list of waiters, which belongs to the owner of what descriptors hold: a waiter of any
 * descriptor of one socket stands in the socket's list. The table's lock guards the list. The
 * owner makes the list empty in a forked child. */
struct xsock__waiters {
    struct xsock__waiter *first;
};

/* One call waiting in one descriptor; on the caller's stack. Either mark is set before the wake
 * is. */
struct xsock__waiter {
    struct xsock__waker *waker;
    struct xsock__waiter *next, **link; /* in the descriptor's list */
    struct xsock__waiter *next_shared,
        **shared;             /* in the owner's list; shared is NULL without one */
    xsock__atomic_int closed; /* the descriptor was closed: the call ends */
    xsock__atomic_int
        look_again; /* something has changed: the call tries again, and may wait again */
};

/* Takes a wake, and puts w into fd's list and into `shared`, which may be NULL.
 * -XSOCK_ECANCELED: fd has been closed already; -XSOCK_ENOMEM; above 0: the system's code, there
 * is no wake to be had. The caller has a reference to fd until the caller has called unwatch. */
int xsock__fdtab_watch(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__waiters *shared,
                       struct xsock__waiter *w);
void xsock__fdtab_unwatch(struct xsock__fdtab *t, struct xsock__waiter *w);

/* Marks every waiter of the list to look again, and wakes it. A call that enters the list later
 * sees what the caller wrote before this call. */
void xsock__fdtab_look_again(struct xsock__fdtab *t, const struct xsock__waiters *shared);

/* The same in steps, for a call that waits in several with one wake. take_waker returns what watch
 * does; detach tells whether fd was closed; give gets told whether any was. */
int xsock__fdtab_take_waker(struct xsock__fdtab *t, struct xsock__waker **out);
void xsock__fdtab_give_waker(struct xsock__fdtab *t, struct xsock__waker *k, bool was_set);

/* The same count of calls that wait, for one that waits without a wake of the table's.
 * -XSOCK_ENOBUFS: there are as many as may; -XSOCK_ECANCELED: the table is sealed (so say watch and
 * take_waker, too). */
int xsock__fdtab_enter_wait(struct xsock__fdtab *t);
void xsock__fdtab_leave_wait(struct xsock__fdtab *t);
int xsock__fdtab_attach(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__waiter *w,
                        struct xsock__waker *k);
bool xsock__fdtab_detach(struct xsock__fdtab *t, struct xsock__waiter *w);

/* The same for many at once, in one turn of the table's lock. Between lock and unlock nothing else
 * is called. */
void xsock__fdtab_lock(struct xsock__fdtab *t);
void xsock__fdtab_unlock(struct xsock__fdtab *t);
int xsock__fdtab_attach_locked(struct xsock__fd *fd, struct xsock__waiter *w,
                               struct xsock__waker *k);
void xsock__fdtab_detach_locked(struct xsock__waiter *w);

/* ---- Following: who is told when a descriptor is closed (observers.c) ------------------------ */

/* Embedded in what follows a descriptor. `closed` is called once it is closed, replaced or taken,
 * without a lock, by the thread that does that; its number may be another's by then, its handle is
 * still open. From then on the observer is in no list. Not called in a forked child for what the
 * parent had: they are forgotten there. */
struct xsock__observer {
    void (*closed)(struct xsock__observer *f);
    struct xsock__fd *fd; /* fdtab's own; NULL: in no list */
    struct xsock__observer *next, **link;
};

/* The caller has a reference to fd. -XSOCK_ECANCELED: it has been closed already. */
int xsock__fdtab_observe(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__observer *f);

/* False: it is in no list any more: `closed` is called, or is about to be, by another thread. */
bool xsock__fdtab_unobserve(struct xsock__fdtab *t, struct xsock__observer *f);

/* Calls fn for each observer of fd, under the table's lock, until it returns true: that observer,
 * or NULL. */
typedef bool xsock__observer_fn(struct xsock__observer *f, void *user);
struct xsock__observer *xsock__fdtab_find_observer(struct xsock__fdtab *t, struct xsock__fd *fd,
                                                   xsock__observer_fn *fn, void *user);

/* What is to be done in a forked child with each descriptor that was open, or half open, or half
 * closed, before any other use of the table; no lock, no other thread. Where the child has no such
 * handle, it says UINTPTR_MAX. */
typedef void xsock__fdtab_forked(struct xsock__held *held);
void xsock__fdtab_on_fork(struct xsock__fdtab *t, xsock__fdtab_forked *forked);

/* ---- Closing --------------------------------------------------------------------------------- */

/* Frees the number, and has held let go when the last reference is dropped. -XSOCK_EBADF,
 * -XSOCK__EFOREIGN. */
int xsock__fdtab_remove(struct xsock__fdtab *t, int number);

/* Frees the number and hands out held, which is not let go. The caller has a reference, which is
 * gone then. -XSOCK_EBADF: closed meanwhile; -XSOCK_EBUSY: somebody else has a reference. */
int xsock__fdtab_take(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__held *out);

/* One more than the highest number that may be given out. -XSOCK_EINVAL: below the first, or not
 * above every number that is open. */
int xsock__fdtab_limit(struct xsock__fdtab *t);
int xsock__fdtab_set_limit(struct xsock__fdtab *t, int limit);

/* Whether any table has a number open, or has closed one that is not let go yet. The caller has the
 * global lock (sys.h). */
bool xsock__fdtab_any_open(void);

/* How many numbers are open, reserved ones included. */
int xsock__fdtab_count(struct xsock__fdtab *t);

/* Bytes of the table itself, and of the descriptors that hang on it. */
void xsock__fdtab_memory(struct xsock__fdtab *t, size_t *out_table, size_t *out_descriptors);

#endif
