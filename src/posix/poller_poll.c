/* Pollers on plain poll(), for systems with neither epoll nor kqueue. They mean what epoll means.
 *
 * A wait first asks poll() about all members, a few at a time and without waiting. Only if there is
 * nothing to report does the thread wait, in one poll() of all members. What ends this poll() is
 * not reported as it is: the thread asks again, so that no report is out of date.
 *
 * One thread at a time waits in poll(). The others wait for their turn. So one array of members is
 * enough, and a wait takes no memory. */
#include "posix/native.h"

#ifdef XSOCK__POLLER_POLL
#include <poll.h>
#include <string.h>

#include "base/atomic.h"
#include "base/deadline.h"
#include "base/interval.h"
#include "posix/poller_entry.h"
#include "sys_poller.h"
#include "xsock.h"

enum { CHUNK = 64, FIRST = 16 };

struct xsock__sys_poller {
    struct xsock__lock lock; /* of all that follows but the wakes and `woken` */
    struct entry *entries;
    struct pollfd *polled; /* belongs to the thread that waits in poll() */
    struct pollfd *spare; /* a larger one, for the next that does; NULL: `polled` is large enough */
    size_t count, capacity, polled_capacity, spare_capacity;
    size_t next;             /* where the next question begins, so that no member is starved */
    bool polling;            /* a thread waits in poll() */
    bool naps;               /* a member is napping */
    int64_t nap_ns;          /* the interval that the last wait has slept for, or 0 */
    int queue;               /* threads that wait for their turn */
    xsock__atomic_int woken; /* xsock__sys_poller_wake() was called */
    struct xsock__sys_wake
        wake; /* of the thread in poll(): for a wake, or as members have changed */
    struct xsock__sys_wake turn; /* of those that wait for their turn */
};

/* ---- Life ------------------------------------------------------------------------------------ */

static int open_wakes(struct xsock__sys_poller *p)
{
    int code = xsock__sys_wake_open(&p->wake);
    if (code != 0)
        return code;
    code = xsock__sys_wake_open(&p->turn);
    if (code != 0)
        xsock__sys_wake_close(&p->wake);
    return code;
}

int xsock__sys_poller_open(struct xsock__sys_poller **out)
{
    struct xsock__sys_poller *p = xsock__sys_alloc(sizeof *p);
    if (p == NULL)
        return ENOMEM;
    p->polled_capacity = 1; /* the wake */
    p->polled = xsock__sys_alloc(sizeof *p->polled);
    int code = p->polled == NULL ? ENOMEM : open_wakes(p);
    if (code != 0) {
        xsock__sys_free(p->polled, sizeof *p->polled);
        xsock__sys_free(p, sizeof *p);
        return code;
    }
    xsock__sys_lock_init(&p->lock);
    *out = p;
    return 0;
}

void xsock__sys_poller_abandon(struct xsock__sys_poller *p)
{
    xsock__sys_wake_close(&p->wake);
    xsock__sys_wake_close(&p->turn);
}

void xsock__sys_poller_close(struct xsock__sys_poller *p)
{
    xsock__sys_poller_abandon(p);
    xsock__sys_free(p->entries, p->capacity * sizeof *p->entries);
    xsock__sys_free(p->polled, p->polled_capacity * sizeof *p->polled);
    xsock__sys_free(p->spare, p->spare_capacity * sizeof *p->spare);
    xsock__sys_lock_destroy(&p->lock);
    xsock__sys_free(p, sizeof *p);
}

uintptr_t xsock__sys_poller_handle(const struct xsock__sys_poller *p)
{
    return p->wake.handle[0];
}

/* ---- Members: under the lock ----------------------------------------------------------------- */

/* What poll() was asked is no longer what it should be asked. */
static void ask_anew(struct xsock__sys_poller *p)
{
    p->nap_ns = 0;
    if (p->polling)
        xsock__sys_wake_set(&p->wake);
}

static int grow(struct xsock__sys_poller *p)
{
    size_t capacity = p->capacity == 0 ? FIRST : 2 * p->capacity;
    struct entry *entries = xsock__sys_alloc(capacity * sizeof *entries);
    struct pollfd *spare = xsock__sys_alloc((capacity + 1) * sizeof *spare);
    if (entries == NULL || spare == NULL) {
        xsock__sys_free(entries, capacity * sizeof *entries);
        xsock__sys_free(spare, (capacity + 1) * sizeof *spare);
        return ENOMEM;
    }
    if (p->count > 0)
        memcpy(entries, p->entries, p->count * sizeof *entries);
    xsock__sys_free(p->entries, p->capacity * sizeof *entries);
    xsock__sys_free(p->spare, p->spare_capacity * sizeof *spare);
    p->entries = entries;
    p->spare = spare;
    p->capacity = capacity;
    p->spare_capacity = capacity + 1;
    return 0;
}

static void put(struct xsock__sys_poller *p, size_t i, struct entry e)
{
    p->entries[i] = e;
    e.m->state = (void *)(uintptr_t)(i + 1);
}

static struct entry *entry_of(struct xsock__sys_poller *p, const struct xsock__sys_member *m)
{
    return &p->entries[(uintptr_t)m->state - 1];
}

/* poll() answers for a number that is not open, but epoll and kqueue refuse it. */
static int type_of(int fd, int *out)
{
    socklen_t size = sizeof *out;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, out, &size) == 0 ? 0 : errno;
}

static int add(struct xsock__sys_poller *p, struct xsock__sys_member *m, uint32_t events, int type)
{
    int code = p->count == p->capacity ? grow(p) : 0;
    if (code != 0)
        return code;
    struct entry e = {.m = m, .asked = events, .stream = type == SOCK_STREAM, .armed = true};
    put(p, p->count++, e);
    ask_anew(p);
    return 0;
}

int xsock__sys_poller_add(struct xsock__sys_poller *p, struct xsock__sys_member *m, uint32_t events)
{
    int type, code = type_of((int)m->handle, &type);
    if (code != 0)
        return code;
    xsock__sys_lock(&p->lock);
    code = add(p, m, events, type);
    xsock__sys_unlock(&p->lock);
    return code;
}

int xsock__sys_poller_change(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                             uint32_t events)
{
    xsock__sys_lock(&p->lock);
    struct entry *e = entry_of(p, m);
    *e = (struct entry){.m = m, .asked = events, .stream = e->stream, .armed = true};
    ask_anew(p);
    xsock__sys_unlock(&p->lock);
    return 0;
}

/* The thread in poll() asks anew, because the number may belong to another socket soon. */
void xsock__sys_poller_remove(struct xsock__sys_poller *p, struct xsock__sys_member *m)
{
    xsock__sys_lock(&p->lock);
    struct entry last = p->entries[--p->count];
    if (last.m != m)
        put(p, (size_t)(entry_of(p, m) - p->entries), last);
    m->state = NULL;
    ask_anew(p);
    xsock__sys_unlock(&p->lock);
}

/* What can happen again after a call. A member that naps is asked about anew: a socket that had
 * hung up may have been connected. */
void xsock__sys_poller_used(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                            uint32_t events)
{
    uint32_t again = events & XSOCK_POLLER_OUT;
    if (events & XSOCK_POLLER_IN)
        again = XSOCK_POLLER_IN | XSOCK_POLLER_PRI;
    xsock__sys_lock(&p->lock);
    if (m->state != NULL) {
        struct entry *e = entry_of(p, m);
        if ((e->quiet & again) != 0 || e->napping) {
            e->quiet &= ~again;
            ask_anew(p);
        }
    }
    xsock__sys_unlock(&p->lock);
}

/* ---- Asking: under the lock ------------------------------------------------------------------ */

/* What a wait has found. */
struct found {
    struct xsock_event *v;
    size_t count, capacity;
};

/* Asks about the next members, and returns how many of them are done with. */
static int ask_some(struct xsock__sys_poller *p, size_t left, struct found *f, size_t *out_done)
{
    struct pollfd v[CHUNK];
    size_t n = left < CHUNK ? left : CHUNK, done = 0;
    for (size_t i = 0; i < n; i++) {
        const struct entry *e = &p->entries[(p->next + i) % p->count];
        v[i] = (struct pollfd){e->armed ? (int)e->m->handle : -1, xsock__posix_entry_asks(e->asked),
                               0};
    }
    if (poll(v, (nfds_t)n, 0) < 0)
        return errno;
    for (; done < n && f->count < f->capacity; done++) {
        struct entry *e = &p->entries[(p->next + done) % p->count];
        if (!e->armed)
            continue;
        f->count += xsock__posix_entry_judge(e, v[done].revents, &f->v[f->count]);
        p->naps = p->naps || e->napping;
    }
    *out_done = done;
    return 0;
}

static int ask_all(struct xsock__sys_poller *p, struct found *f)
{
    size_t left = p->count, done;
    p->naps = false;
    while (left > 0 && f->count < f->capacity) {
        int code = ask_some(p, left, f, &done);
        if (code != 0)
            return f->count > 0 ? 0 : code;
        p->next = (p->next + done) % p->count;
        left -= done;
    }
    if (f->count > 0)
        p->nap_ns = 0;
    return 0;
}

/* ---- Waiting: under the lock, which is open while a thread waits ----------------------------- */

/* Fills the array, and returns how many are in it. */
static size_t fill(struct xsock__sys_poller *p)
{
    size_t n = 0;
    if (p->spare != NULL) {
        xsock__sys_free(p->polled, p->polled_capacity * sizeof *p->polled);
        p->polled = p->spare;
        p->polled_capacity = p->spare_capacity;
        p->spare = NULL;
        p->spare_capacity = 0;
    }
    p->polled[n++] = (struct pollfd){(int)p->wake.handle[0], POLLIN, 0};
    for (size_t i = 0; i < p->count; i++) {
        const struct entry *e = &p->entries[i];
        if (e->armed && !e->napping)
            p->polled[n++] = (struct pollfd){(int)e->m->handle,
                                             xsock__posix_entry_asks(e->asked & ~e->quiet), 0};
    }
    return n;
}

static int64_t shorter(int64_t a, int64_t b)
{
    return a < 0 || b < a ? b : a;
}

/* Looked at after a wait with the wake. If the program has closed the wake's handle, every further
 * wait would end at once. epoll and kqueue give EBADF then. */
static int check_wake(const struct xsock__sys_wake *w, int code)
{
    return code == 0 && !xsock__sys_wake_is_valid(w) ? EBADF : code;
}

static int wait_in_poll(struct xsock__sys_poller *p, int64_t timeout_ns)
{
    size_t n = fill(p);
    if (p->naps) {
        p->nap_ns = xsock__interval_after(p->nap_ns);
        timeout_ns = shorter(timeout_ns, p->nap_ns);
    }
    p->polling = true;
    xsock__sys_unlock(&p->lock);
    int code = xsock__posix_wait_poll(p->polled, n, timeout_ns) < 0 ? errno : 0;
    xsock__sys_lock(&p->lock);
    p->polling = false;
    if (code != 0 || p->polled[0].revents == 0)
        return code;
    xsock__sys_wake_clear(&p->wake);
    return (p->polled[0].revents & POLLNVAL) != 0 ? EBADF : check_wake(&p->wake, 0);
}

static int wait_for_turn(struct xsock__sys_poller *p, int64_t timeout_ns)
{
    p->queue++;
    xsock__sys_unlock(&p->lock);
    int code = xsock__sys_wait(NULL, 0, &p->turn, timeout_ns);
    xsock__sys_lock(&p->lock);
    p->queue--;
    xsock__sys_wake_clear(&p->turn);
    return check_wake(&p->turn, code);
}

/* Waits until something may have happened. If no thread is in poll() afterwards, one that waits for
 * its turn gets it. */
static int wait_once(struct xsock__sys_poller *p, int64_t timeout_ns)
{
    int code = p->polling ? wait_for_turn(p, timeout_ns) : wait_in_poll(p, timeout_ns);
    if (!p->polling && p->queue > 0)
        xsock__sys_wake_set(&p->turn);
    return code;
}

/* A wake takes the room of an event, so that it comes through among members that are always ready.
 */
static int ask(struct xsock__sys_poller *p, struct found *f, bool *out_woken)
{
    bool woken = xsock__atomic_peek(&p->woken) && xsock__atomic_cas(&p->woken, 1, 0);
    f->capacity -= woken;
    *out_woken = woken;
    int code = ask_all(p, f);
    return woken ? 0 : code;
}

int xsock__sys_poller_wait(struct xsock__sys_poller *p, struct xsock_event *out, size_t n,
                           int64_t timeout_ns, size_t *out_count, bool *out_woken)
{
    const struct xsock__deadline end = xsock__deadline_in(timeout_ns);
    struct found f = {out, 0, n};
    bool woken;
    xsock__sys_lock(&p->lock);
    int code = ask(p, &f, &woken);
    while (code == 0 && f.count == 0 && !woken && timeout_ns != 0) {
        code = wait_once(p, timeout_ns);
        if (code == 0)
            code = ask(p, &f, &woken);
        timeout_ns = xsock__time_left(&end);
    }
    xsock__sys_unlock(&p->lock);
    if (code != 0)
        return code;
    *out_count = f.count;
    *out_woken = woken;
    return 0;
}

/* The word is set first: a thread that clears the wake looks at the word afterwards. */
void xsock__sys_poller_wake(struct xsock__sys_poller *p)
{
    xsock__atomic_store(&p->woken, 1);
    xsock__sys_wake_set(&p->wake);
}

#endif
