/* The descriptor table. It gives out the lowest free numbers, counts references, and closes. The
 * table does not know what a socket is. It keeps a handle and a pointer for each descriptor, and
 * tells its owner when both are to be freed.
 *
 * A descriptor lives from publish until remove, but its memory lives until the table's end. That is
 * why a look-up needs no lock: get() adds a reference first, and then checks that the number still
 * leads to the same descriptor. After remove(), the last put() (or remove() itself) calls the
 * owner's `closed`, exactly once.
 *
 * Each table has one lock, which orders opening and closing. Look-ups take no lock. */
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

/* Frees what a descriptor held. It is called without a lock, in the thread that drops the last
 * reference. */
typedef void xsock__fdtab_closed(const struct xsock__held *held);

struct xsock__fd {
    xsock__atomic_int refs; /* calls in progress; see fdtab.c */
    int number;
    struct xsock__held held;
    xsock__atomic_int cloexec;
    int state;                         /* fdtab.c's own, under the table's lock */
    struct xsock__fd *next;            /* of a free list */
    struct xsock__sock *memory;        /* see xsock__fdtab_recycle */
    struct xsock__waiter *waiters;     /* calls that wait in it; under the lock */
    struct xsock__observer *observers; /* told when it is closed; under the lock */
};

/* Is called instead of `closed` by a table that recycles memory. It frees what the descriptor held,
 * and returns the memory of held->sock, or NULL if another descriptor still needs that memory. */
typedef struct xsock__sock *xsock__fdtab_emptied(const struct xsock__held *held);

/* Is called under the table's lock for a descriptor that is closed and that no call is in. Returns
 * true if nothing is left to do but to close the handle: held->sock has one descriptor less then,
 * and if `owns` is true, nobody needs its memory. `owns` tells that the cell has this memory, and
 * keeps it. Returns false if `closed` or `emptied` must do everything. */
typedef bool xsock__fdtab_leaves(const struct xsock__held *held, bool owns);

enum { XSOCK__FDTAB_FIRST = 3, XSOCK__FDTAB_LIMIT = 1 << 24 };

/* Not an error of xsock.h: the number stands for something else than a socket of this table (see
 * xsock__fdtab_reserve_foreign). */
enum { XSOCK__EFOREIGN = 0x7000 };

/* Makes an empty table. -XSOCK_ENOMEM if there is no memory. */
int xsock__fdtab_create(xsock__fdtab_closed *closed, struct xsock__fdtab **out);

/* From now on the table keeps the memory of some socks that are gone, for the next ones: each piece
 * stays with the free cell of its descriptor. A piece comes from xsock__sys_alloc, and has this
 * size. A descriptor that is reserved has such a piece in `memory`, of any content, or NULL: then
 * its opener may store a piece there. Its opener uses the piece by making it held.sock. If
 * held.sock is anything else, the piece stays with the cell. */
void xsock__fdtab_recycle(struct xsock__fdtab *t, xsock__fdtab_emptied *emptied,
                          xsock__fdtab_leaves *leaves, size_t size);

/* How many pieces the table keeps now, and frees them. */
int xsock__fdtab_spares(struct xsock__fdtab *t);
void xsock__fdtab_free_spares(struct xsock__fdtab *t);

/* Closes what is open, and frees the table. No other thread may be in it. */
void xsock__fdtab_destroy(struct xsock__fdtab *t);

/* The rules of a guest's table. They are set before the table's first use. */
struct xsock__fdtab_rules {
    int first;   /* the lowest number; else XSOCK__FDTAB_FIRST */
    int waiting; /* how many calls may wait at the same time; else any number */
    /* Handles are close-on-exec whatever a descriptor's own flag says: a guest's handles are not
     * for the host's children. */
    bool private_handles;
    bool ends; /* the table may be sealed while calls are in it */
};
void xsock__fdtab_set_rules(struct xsock__fdtab *t, const struct xsock__fdtab_rules *rules);

/* Closes everything that is open, and lets nothing be opened any more. Every call that waits ends
 * with -XSOCK_ECANCELED. A call that would wait, reserve or replace gets the same error from then
 * on. A number that was reserved before may still be published, and is closed at once. Any thread
 * may call this at any time. */
void xsock__fdtab_seal(struct xsock__fdtab *t);

/* Closes every descriptor that is marked as close-on-exec. */
void xsock__fdtab_close_marked(struct xsock__fdtab *t);

/* A descriptor that no number leads to. Only sealing closes it. A call that has no descriptor of
 * its own can wait in it. */
struct xsock__fd *xsock__fdtab_seal_fd(struct xsock__fdtab *t);

/* A second descriptor of that kind, for calls that want to be notified. A notification wakes every
 * call that waits in it, as if it were closed, but closes nothing. Notifications are counted, so
 * that a caller that starts waiting late can tell that it missed one: the caller asks for the
 * count, looks at what it waits for, waits, and compares the counts. */
struct xsock__fd *xsock__fdtab_notify_fd(struct xsock__fdtab *t);
int xsock__fdtab_notifications(struct xsock__fdtab *t);
void xsock__fdtab_notify(struct xsock__fdtab *t);

/* Takes the lowest free number >= min, which is >= 0. The number counts as open, but get() does not
 * find it yet. The caller fills in `held` and publishes (find.h), or cancels. -XSOCK_EMFILE if no
 * number is free below the limit; -XSOCK_ENOMEM. */
int xsock__fdtab_reserve(struct xsock__fdtab *t, int min, struct xsock__fd **out);

/* Does the same for a handle from outside, which is filled in and may not be changed. -XSOCK_EBUSY
 * if a descriptor has this handle already. The cost grows with the number of descriptors; only
 * adopting pays it. */
int xsock__fdtab_reserve_handle(struct xsock__fdtab *t, uintptr_t handle, struct xsock__fd **out);

/* Gives the number back. The caller frees what held names. */
void xsock__fdtab_cancel(struct xsock__fdtab *t, struct xsock__fd *fd);

/* Puts held under exactly this number, and closes what was there, in one step. Returns the number.
 * -XSOCK_EBADF if the number is below the first or not below the limit. -XSOCK_EBUSY if it is
 * reserved and not published yet. -XSOCK__EFOREIGN if it is foreign. -XSOCK_ENOMEM. On failure held
 * still belongs to the caller. */
int xsock__fdtab_replace(struct xsock__fdtab *t, int number, const struct xsock__held *held,
                         bool cloexec);

/* Puts held under the number `to`, closes what was there, and closes fd, all in one step. The
 * caller has a reference to fd, whose number is another one. If `foreign` is true, `to` must be
 * foreign, and is a descriptor afterwards; else `to` must be open. Returns the number. -XSOCK_EBADF
 * if fd was closed meanwhile, or `to` is not what it must be. The other errors are those of
 * replace. On failure held still belongs to the caller. */
int xsock__fdtab_move(struct xsock__fdtab *t, struct xsock__fd *fd, int to,
                      const struct xsock__held *held, bool foreign);

/* Makes exactly this number (-1: the lowest free one) a foreign one: it stands for something else
 * than a socket of this table. get() finds it, and it holds `held`, but remove and replace leave it
 * alone and return -XSOCK__EFOREIGN, until it is released. Returns the number. -XSOCK_EBADF if the
 * number is below the first or not below the limit; -XSOCK_EBUSY if it is open; -XSOCK_EMFILE,
 * -XSOCK_ENOMEM. Releasing returns -XSOCK_EBADF if the number is not foreign. */
int xsock__fdtab_reserve_foreign(struct xsock__fdtab *t, int number,
                                 const struct xsock__held *held);
int xsock__fdtab_release_foreign(struct xsock__fdtab *t, int number);

/* The descriptor of a number, with a reference, or NULL if the number is not open. The number may
 * be any int. Takes no lock. */
struct xsock__fd *xsock__fdtab_get(struct xsock__fdtab *t, int number);

/* Drops the reference. */
void xsock__fdtab_put(struct xsock__fdtab *t, struct xsock__fd *fd);

/* ---- Waiting: closing a descriptor wakes the calls that wait in it (wakers.c) ---------------- */

/* A wake of the system. The table keeps some for the next threads that have to wait. */
struct xsock__waker {
    struct xsock__sys_wake wake;
    struct xsock__waker *next_idle;    /* valid while the wake is idle */
    struct xsock__waker *next, **link; /* the list of all wakes of the table, or see `interrupts` */
    /* It interrupts a system call (see xsock__fdtab_enter), again and again. It is in no list until
     * it is set. */
    bool interrupts;
    unsigned turn; /* the table's count of interrupts when it was set */
};

/* A second list of waiters, which belongs to the owner of what descriptors hold: a waiter of any
 * descriptor of one socket stands in the socket's list. The table's lock guards the list. The
 * owner makes the list empty in a forked child. */
struct xsock__waiters {
    struct xsock__waiter *first;
};

/* One call that waits in one descriptor. It is on the caller's stack.
 *
 * Of several calls that wait for the same events of one socket, two ask the system about the
 * socket, and the others wait for their wakes alone. So a new connection wakes two of many threads
 * in accept. One gets the connection, and the other goes on asking. The first one asks again when
 * it comes back. Only if none is left that asks, one of the others is woken to ask. Where two
 * requests of one kind for a socket are too much for the system (two_may_wait), one call asks. */
struct xsock__waiter {
    struct xsock__waker *waker; /* NULL: the system gave none; the call looks at its marks itself */
    struct xsock__waiter *next, **link; /* in the descriptor's list */
    struct xsock__waiter *next_shared,
        **shared;  /* in the owner's list; shared is NULL without one */
    short events;  /* what the call waits for; 0: not for the socket */
    bool marked;   /* under the lock: a mark was set, and with it the wake */
    bool attached; /* for the caller's use */
    /* The marks. Each is set before the wake is set. */
    xsock__atomic_int closed;     /* the descriptor was closed: the call ends */
    xsock__atomic_int look_again; /* something has changed: the call tries again */
    xsock__atomic_int asks;       /* this call asks the system about the socket */
    /* Another call that asked for the same events has ended: what was ready for both is taken. */
    xsock__atomic_int overtaken;
};

/* Takes a wake if the system gives one, and puts w into fd's list and into `shared`, which may be
 * NULL. -XSOCK_ECANCELED if fd has been closed already or the table is sealed; -XSOCK_ENOBUFS if as
 * many calls wait as may. The caller keeps a reference to fd until it has called unwatch. */
int xsock__fdtab_watch(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__waiters *shared,
                       int events, struct xsock__waiter *w);
void xsock__fdtab_unwatch(struct xsock__fdtab *t, const struct xsock__waiters *shared,
                          struct xsock__waiter *w);

/* The same for a call that waits in the system's own call, and is interrupted by k->wake, of
 * xsock__sys_wake_self. k is on the caller's stack. A mark is set first, and then the wake, again
 * and again until the call has left. So no mark is lost that is set just before the thread enters
 * the system. enter returns false if the call must not wait: watch gives its error. */
bool xsock__fdtab_enter(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__waiters *shared,
                        struct xsock__waiter *w, struct xsock__waker *k);
void xsock__fdtab_leave(struct xsock__fdtab *t, struct xsock__waiter *w);

/* Takes back the marks other than closed, and clears the wake. Returns whether look_again was set.
 * The caller of watch calls this after each wait that ended without an event. */
bool xsock__fdtab_take_marks(struct xsock__fdtab *t, struct xsock__waiter *w);

/* The program has closed the handle of the waiter's wake. The waiter has no wake from then on. The
 * handle may belong to the program by now, and is left alone. */
void xsock__fdtab_lose_wake(struct xsock__fdtab *t, const struct xsock__waiters *shared,
                            struct xsock__waiter *w);

/* Marks every waiter of the list to look again, and wakes it. A call that enters the list later
 * sees what the caller wrote before this call. */
void xsock__fdtab_look_again(struct xsock__fdtab *t, const struct xsock__waiters *shared);

/* The same in steps, for a call that waits in several descriptors with one wake. begin_wait returns
 * -XSOCK_ECANCELED if the table is sealed, and -XSOCK_ENOBUFS as watch does. If the system gives no
 * wake, begin_wait stores NULL. detach tells whether fd was closed. `was_set` of give_waker says
 * whether the wake was set; k may be NULL. */
int xsock__fdtab_begin_wait(struct xsock__fdtab *t, struct xsock__waker **out);
void xsock__fdtab_give_waker(struct xsock__fdtab *t, struct xsock__waker *k, bool was_set);

/* Frees the wakes that no call uses, and returns whether there were any. */
bool xsock__fdtab_free_idle_wakers(struct xsock__fdtab *t);

/* Whether a step that has failed with this error of the system makes sense once more: no handle was
 * left, and idle wakes, of any table, have been given back. Whatever makes a handle asks this. The
 * caller does not hold the global lock. */
bool xsock__fdtab_makes_room(int error);

/* Whether any table has a wake, idle or not. */
bool xsock__fdtab_any_waker(void);

/* Count a call that waits without a wake of the table's. -XSOCK_ENOBUFS if as many calls wait as
 * may; -XSOCK_ECANCELED if the table is sealed. */
int xsock__fdtab_enter_wait(struct xsock__fdtab *t);
void xsock__fdtab_leave_wait(struct xsock__fdtab *t);
int xsock__fdtab_attach(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__waiter *w,
                        struct xsock__waker *k);
bool xsock__fdtab_detach(struct xsock__fdtab *t, struct xsock__waiter *w);

/* Attach and detach many waiters in one turn of the table's lock. Nothing else may be called
 * between lock and unlock. */
void xsock__fdtab_lock(struct xsock__fdtab *t);
void xsock__fdtab_unlock(struct xsock__fdtab *t);
int xsock__fdtab_attach_locked(struct xsock__fd *fd, struct xsock__waiters *shared,
                               struct xsock__waiter *w, struct xsock__waker *k);
void xsock__fdtab_detach_locked(struct xsock__waiter *w);
void xsock__fdtab_clear_marks_locked(struct xsock__waiter *w);

/* Frees a wake whose handle the program has closed, and stores NULL. No waiter has it any more. */
void xsock__fdtab_lose_waker_locked(struct xsock__waker **k);

/* ---- Observers: told when a descriptor is closed (observers.c) ------------------------------- */

/* Embedded in what observes a descriptor. `closed` is called when the descriptor has been closed,
 * replaced or taken, without a lock, in the thread that does so. By then the number may belong to
 * another descriptor, but the handle is still open. The observer is in no list any more. A forked
 * child forgets the observers of its parent: `closed` is not called there. */
struct xsock__observer {
    void (*closed)(struct xsock__observer *f);
    struct xsock__fd *fd; /* NULL: it is in no list */
    struct xsock__observer *next, **link;
};

/* The caller has a reference to fd. -XSOCK_ECANCELED if fd has been closed already. */
int xsock__fdtab_observe(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__observer *f);

/* False if the observer is in no list any more: another thread calls `closed`, or is about to. */
bool xsock__fdtab_unobserve(struct xsock__fdtab *t, struct xsock__observer *f);

/* Calls fn for each observer of fd, under the table's lock, until fn returns true. Returns that
 * observer, or NULL. */
typedef bool xsock__observer_fn(struct xsock__observer *f, void *user);
struct xsock__observer *xsock__fdtab_find_observer(struct xsock__fdtab *t, struct xsock__fd *fd,
                                                   xsock__observer_fn *fn, void *user);

/* Calls fn for each observer of each descriptor that holds this sock, under the table's lock. The
 * cost grows with the number of descriptors. */
void xsock__fdtab_each_observer(struct xsock__fdtab *t, const struct xsock__sock *sock,
                                xsock__observer_fn *fn, void *user);

/* Is called in a forked child for each descriptor that was open, half open or half closed, before
 * any other use of the table, without a lock and without another thread. It sets held->handle to
 * UINTPTR_MAX if the child has no such handle. */
typedef void xsock__fdtab_forked(struct xsock__held *held);
void xsock__fdtab_on_fork(struct xsock__fdtab *t, xsock__fdtab_forked *forked);

/* How many forks lie between the first process with a table and this process. Whoever keeps
 * something that a child must not have compares the numbers. The caller holds the global lock
 * (sys.h), which is held around every fork. */
int xsock__fdtab_forks(void);

/* ---- Closing --------------------------------------------------------------------------------- */

/* Frees the number at once, and what the descriptor holds when the last reference is dropped.
 * -XSOCK_EBADF if the number is not open; -XSOCK__EFOREIGN if it is foreign. */
int xsock__fdtab_remove(struct xsock__fdtab *t, int number);

/* Frees the number and hands out what the descriptor holds. The caller has a reference, which is
 * gone afterwards. Calls that wait in the descriptor end as if it were closed, and this call waits
 * until they have left. -XSOCK_EBADF if the descriptor was closed meanwhile. */
int xsock__fdtab_take(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock__held *out);

/* One more than the highest number that may be given out. Setting returns -XSOCK_EINVAL if the
 * limit is below the first number, or not above every number that is open. */
int xsock__fdtab_limit(struct xsock__fdtab *t);
int xsock__fdtab_set_limit(struct xsock__fdtab *t, int limit);

/* Whether any table has an open number, or has closed a descriptor that a call has not left yet.
 * The caller holds the global lock (sys.h). */
bool xsock__fdtab_any_open(void);

/* How many numbers are open, reserved ones included. */
int xsock__fdtab_count(struct xsock__fdtab *t);

/* The bytes of the table itself, and of its descriptors. */
void xsock__fdtab_memory(struct xsock__fdtab *t, size_t *out_table, size_t *out_descriptors);

#endif
