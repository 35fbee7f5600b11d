/* Pollers on kqueue (FreeBSD, macOS), made to mean what epoll means.
 *
 * A member is two filters, one for each direction; the core joins what they report of it. Every
 * member has the read filter, as one that waits only for OUT, or for nothing, is told of its end
 * too: without IN it has a low-water mark that no data reaches, so that only the end is an event.
 */
#include "posix/native.h"

#if defined(XSOCK__POLLER_KQUEUE) || defined(XSOCK_POSIX_FAKE_KQUEUE)
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#ifndef XSOCK_POSIX_FAKE_KQUEUE /* a test has its own, on Linux */
#include <sys/event.h>
#endif
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "posix/handle.h"
#include "posix/pending_error.h"
#include "sys_poller.h"
#include "xsock.h"

enum { SECOND = 1000000000, MAX = 128 };

static const uint64_t wake_key = UINT64_MAX;
static const uint64_t wants_pri = (uint64_t)1 << 63; /* in a key */

struct xsock__sys_poller {
    int kqueue;
    uint64_t id[2];                  /* which file it is */
    struct xsock__lock lock;         /* of changes to filters, and of the list */
    struct xsock__sys_member *edged; /* those of is_edged(), joined by their state */
};

/* ---- Keys: in udata, and where that has 32 bits only (FreeBSD), in a field the kernel leaves a */

static void set_key(struct kevent *e, uint64_t key)
{
#if UINTPTR_MAX >= UINT64_MAX
    e->udata = (void *)(uintptr_t)key;
#else
    e->ext[2] = key;
#endif
}

static uint64_t key_of(const struct kevent *e)
{
#if UINTPTR_MAX >= UINT64_MAX
    return (uint64_t)(uintptr_t)e->udata;
#else
    return e->ext[2];
#endif
}

/* kevent_t fields differ in type between the systems; EV_SET converts. */
static struct kevent make_event(uintptr_t ident, int filter, unsigned flags, unsigned fflags,
                                int data, uint64_t key)
{
    struct kevent e = {0};
    EV_SET(&e, ident, (short)filter, (unsigned short)flags, fflags, data, NULL);
    set_key(&e, key);
    return e;
}

static int submit(int kq, const struct kevent *change)
{
    struct timespec now = {0, 0};
    while (kevent(kq, change, 1, NULL, 0, &now) < 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

/* ---- Life ------------------------------------------------------------------------------------ */

static int open_kqueue(struct xsock__sys_poller *p)
{
    /* CLEAR: one waiter gets a wake */
    struct kevent wake = make_event(0, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0, wake_key);
    p->kqueue = xsock__posix_move_up(kqueue());
    if (p->kqueue < 0)
        return errno;
    /* kqueue1() and O_CLOEXEC need FreeBSD 14; a forked child does not get a kqueue anyway */
    (void)fcntl(p->kqueue, F_SETFD, FD_CLOEXEC);
    int code = submit(p->kqueue, &wake);
    if (code == 0 && !xsock__posix_identify(p->kqueue, p->id))
        code = errno;
    if (code != 0)
        close(p->kqueue);
    return code;
}

int xsock__sys_poller_open(struct xsock__sys_poller **out)
{
    struct xsock__sys_poller *p = xsock__sys_alloc(sizeof *p);
    if (p == NULL)
        return ENOMEM;
    int code = open_kqueue(p);
    if (code != 0) {
        xsock__sys_free(p, sizeof *p);
        return code;
    }
    xsock__sys_lock_init(&p->lock);
    *out = p;
    return 0;
}

/* A child does not have its parent's kqueue. The number may belong to something else by now. */
void xsock__sys_poller_abandon(struct xsock__sys_poller *p)
{
    (void)p;
}

void xsock__sys_poller_close(struct xsock__sys_poller *p)
{
    if (xsock__posix_is_same(p->kqueue, p->id))
        close(p->kqueue);
    xsock__sys_lock_destroy(&p->lock);
    xsock__sys_free(p, sizeof *p);
}

uintptr_t xsock__sys_poller_handle(const struct xsock__sys_poller *p)
{
    return (uintptr_t)p->kqueue;
}

/* ---- Members --------------------------------------------------------------------------------- */

/* The flags of a filter. ONESHOT removes the filter once it has reported. The other filter of the
 * same member may report once more, which the core leaves out. */
static unsigned filter_flags(uint32_t events)
{
    unsigned flags = EV_ADD;
    if (events & XSOCK_POLLER_ET)
        flags |= EV_CLEAR;
    if (events & XSOCK_POLLER_ONESHOT)
        flags |= EV_ONESHOT;
    return flags;
}

static bool is_listener(const struct xsock__sys_member *m)
{
    int listens = 0;
    socklen_t size = sizeof listens;
    return getsockopt((int)m->handle, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0
           && listens != 0;
}

/* Level-triggered members whose read filter is edge-triggered. A wait adds the filter again after
 * what was asked for has been reported, so that the next wait looks whether the condition lasts. */
static bool is_edged(uint32_t events)
{
    if (events & (XSOCK_POLLER_ET | XSOCK_POLLER_ONESHOT))
        return false;
    return (events & XSOCK_POLLER_PRI) != 0
           || (events & (XSOCK_POLLER_IN | XSOCK_POLLER_RDHUP)) == 0;
}

/* FreeBSD has no filter for PRI, and the read filter does not count an urgent byte. With a
 * low-water mark of 0 each wakeup of the receiving side is reported. poll() tells what is there. */
static struct kevent read_filter(const struct xsock__sys_member *m, uint32_t events)
{
    if (events & XSOCK_POLLER_PRI)
        return make_event(m->handle, EVFILT_READ, EV_ADD | EV_CLEAR, NOTE_LOWAT, 0,
                          m->key | wants_pri);
    if (events & XSOCK_POLLER_IN)
        return make_event(m->handle, EVFILT_READ, filter_flags(events), 0, 0, m->key);
    /* filt_soread reports a listener with a connection whatever its low-water mark is. A listener
     * has no half that ends, so it is not reported for ever. */
    if ((events & XSOCK_POLLER_RDHUP) != 0 && !is_listener(m))
        return make_event(m->handle, EVFILT_READ, filter_flags(events), NOTE_LOWAT, INT_MAX,
                          m->key);
    /* The end of one direction was not asked for, and must not be reported for ever. */
    return make_event(m->handle, EVFILT_READ, EV_ADD | EV_CLEAR, NOTE_LOWAT, INT_MAX, m->key);
}

static void remove_filters(const struct xsock__sys_poller *p, const struct xsock__sys_member *m)
{
    static const int filters[] = {EVFILT_READ, EVFILT_WRITE};
    for (int i = 0; i < 2; i++) {
        struct kevent e = make_event(m->handle, filters[i], EV_DELETE, 0, 0, m->key);
        /* ENOENT: the filter was never there, or has reported and is gone */
        (void)submit(p->kqueue, &e);
    }
}

static int add_filters(struct xsock__sys_poller *p, struct xsock__sys_member *m, uint32_t events)
{
    struct kevent e = read_filter(m, events);
    int code = submit(p->kqueue, &e);
    if (code == 0 && (events & XSOCK_POLLER_OUT) != 0) {
        e = make_event(m->handle, EVFILT_WRITE, filter_flags(events), 0, 0, m->key);
        code = submit(p->kqueue, &e);
        /* EPIPE: the peer of a LOCAL socket is gone, which the read filter reports (macOS, old
         * FreeBSD) */
        if (code == EPIPE)
            code = 0;
    }
    if (code != 0)
        remove_filters(p, m);
    return code;
}

int xsock__sys_poller_add(struct xsock__sys_poller *p, struct xsock__sys_member *m, uint32_t events)
{
    xsock__sys_lock(&p->lock);
    int code = add_filters(p, m, events);
    if (code == 0) {
        m->events = events;
        if (is_edged(events)) {
            m->state = p->edged;
            p->edged = m;
        }
    }
    xsock__sys_unlock(&p->lock);
    return code;
}

void xsock__sys_poller_remove(struct xsock__sys_poller *p, struct xsock__sys_member *m)
{
    xsock__sys_lock(&p->lock);
    remove_filters(p, m);
    if (is_edged(m->events)) {
        struct xsock__sys_member *before = p->edged;
        if (before == m)
            p->edged = m->state;
        while (before != NULL && before->state != m)
            before = before->state;
        if (before != NULL)
            before->state = m->state;
        m->state = NULL;
    }
    xsock__sys_unlock(&p->lock);
}

/* The flags of an existing filter cannot be changed. If the change fails, the old filters are added
 * again if possible. */
int xsock__sys_poller_change(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                             uint32_t events)
{
    uint32_t before = m->events;
    xsock__sys_poller_remove(p, m);
    int code = xsock__sys_poller_add(p, m, events);
    if (code != 0)
        (void)xsock__sys_poller_add(p, m, before);
    return code;
}

void xsock__sys_poller_used(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                            uint32_t events)
{
    (void)p, (void)m, (void)events;
}

/* ---- Waiting --------------------------------------------------------------------------------- */

/* The type by which kevent() counts events. */
#ifdef __NetBSD__
typedef size_t event_count;
#else
typedef int event_count;
#endif

/* A filter knows the end of its own direction, and nothing about out-of-band data, so poll is
 * asked. If the handle has been closed since and belongs to another socket, the member is gone,
 * too, and nobody reads the result. */
static uint32_t ask_poll(uintptr_t handle)
{
    struct pollfd p = {(int)handle, POLLIN | POLLPRI, 0};
    uint32_t events = 0;
    if (poll(&p, 1, 0) <= 0)
        return 0;
    if (p.revents & POLLIN)
        events |= XSOCK_POLLER_IN;
    if (p.revents & POLLPRI)
        events |= XSOCK_POLLER_PRI;
    if (p.revents & POLLHUP)
        events |= XSOCK_POLLER_HUP;
    if (p.revents & POLLERR)
        events |= XSOCK_POLLER_ERR;
    return events;
}

static uint32_t from_native(const struct kevent *e)
{
    bool ended = (e->flags & EV_EOF) != 0, for_pri = (key_of(e) & wants_pri) != 0;
    uint32_t events = e->filter == EVFILT_WRITE ? XSOCK_POLLER_OUT : XSOCK_POLLER_IN;
    if (for_pri)
        events = 0; /* the filter has reported a wakeup */
    if (ended && e->filter == EVFILT_READ)
        events |= XSOCK_POLLER_RDHUP;
    if (ended && !for_pri)
        events |= ask_poll(e->ident) & ~(uint32_t)XSOCK_POLLER_IN;
    if (for_pri)
        events |= ask_poll(e->ident);
    if (ended && e->fflags != 0) /* the socket's error, which stays on the socket */
        events |= XSOCK_POLLER_ERR;
    /* filt_soread reports a socket with an error and no data, and does not say why */
    if (!ended && e->filter == EVFILT_READ && e->data == 0 && xsock__posix_has_error((int)e->ident))
        events |= XSOCK_POLLER_ERR;
    return events & XSOCK_POLLER_ERR ? events | XSOCK_POLLER_OUT : events;
}

/* Adds the filter of an edged member again if the member was told something. A member that has been
 * removed meanwhile is not in the list, and its number may belong to another socket. */
static void repeat(struct xsock__sys_poller *p, const struct kevent *e, uint32_t events)
{
    const uint32_t always = XSOCK_POLLER_ERR | XSOCK_POLLER_HUP;
    const uint32_t modes = XSOCK_POLLER_IN | XSOCK_POLLER_RDHUP | XSOCK_POLLER_PRI;
    xsock__sys_lock(&p->lock);
    const struct xsock__sys_member *m = p->edged;
    while (m != NULL && m->key != (key_of(e) & ~wants_pri))
        m = m->state;
    if (m != NULL && (events & ((m->events & modes) | always)) != 0) {
        struct kevent again = read_filter(m, m->events);
        (void)submit(p->kqueue, &again);
    }
    xsock__sys_unlock(&p->lock);
}

static struct xsock_event take(struct xsock__sys_poller *p, const struct kevent *e)
{
    uint32_t events = from_native(e);
    if (e->filter == EVFILT_READ && (e->flags & EV_CLEAR) != 0)
        repeat(p, e, events);
    return (struct xsock_event){.data = key_of(e) & ~wants_pri, .events = events};
}

int xsock__sys_poller_wait(struct xsock__sys_poller *p, struct xsock_event *out, size_t n,
                           int64_t timeout_ns, size_t *out_count, bool *out_woken)
{
    struct kevent native[MAX];
    int64_t seconds =
        timeout_ns / SECOND; /* time_t has 32 bits on some: more than 68 years come back early */
    struct timespec t = {(time_t)(seconds < INT32_MAX ? seconds : INT32_MAX),
                         (long)(timeout_ns % SECOND)};
    size_t reported = 0;
    bool woken = false;
    const event_count room = (event_count)(n < MAX ? n : MAX);
    int count = kevent(p->kqueue, NULL, 0, native, room, timeout_ns < 0 ? NULL : &t);
    if (count < 0)
        return errno;
    for (int i = 0; i < count; i++) {
        if (native[i].filter == EVFILT_USER)
            woken = true;
        else
            out[reported++] = take(p, &native[i]);
    }
    *out_count = reported;
    *out_woken = woken;
    return 0;
}

/* Keeps errno, because a signal handler may call this. */
void xsock__sys_poller_wake(struct xsock__sys_poller *p)
{
    struct kevent e = make_event(0, EVFILT_USER, 0, NOTE_TRIGGER, 0, wake_key);
    int saved = errno;
    (void)submit(p->kqueue, &e);
    errno = saved;
}

#endif
