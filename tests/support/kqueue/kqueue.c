/* kqueue on Linux, for tests: as kqueue(2) documents the filters READ, WRITE and USER, and as
 * FreeBSD's filt_soread() and filt_sowrite() judge a socket.
 *
 * A queue is an epoll instance, so that it is one descriptor, which close() ends. The instance
 * tells, once for each wakeup of a socket, that the filters of the socket are to be judged again.
 * poll() and other calls that change nothing are asked for the judgement. A thread that waits asks
 * every millisecond: a wait is not fast, and needs no second descriptor.
 *
 * What only FreeBSD knows is left out: that this end has shut down the sending of a datagram
 * socket, and that a stream without a peer once had one. */
#define _GNU_SOURCE 1
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/event.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

struct knote {
    struct kevent e; /* as it was added */
    bool active;     /* the filter held when it was judged last, and was not reported since */
};

struct queue {
    struct knote *notes;
    int count, capacity;
    int next; /* where the next scan begins, so that no filter is starved */
    bool has_user;
    struct kevent user;
    int triggered; /* written in signal handlers, so without the lock */
};

enum { QUEUES = 65536, SLICE_NS = 1000000, BATCH = 64 };

static struct queue *queues[QUEUES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- Judging --------------------------------------------------------------------------------- */

static int int_option(int fd, int option)
{
    int value = 0;
    socklen_t size = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : 0;
}

/* A stream that has never been connected is writable for poll(), and not for kqueue. */
static bool lacks_peer(int fd, short polled)
{
    int type = int_option(fd, SO_TYPE);
    return (polled & POLLHUP) != 0 && (polled & (POLLRDHUP | POLLERR)) == 0
           && (type == SOCK_STREAM || type == SOCK_SEQPACKET);
}

static bool has_sending_ended(int fd, short polled)
{
    if ((polled & POLLHUP) != 0)
        return true;
    if ((polled & POLLERR) != 0 || int_option(fd, SO_TYPE) != SOCK_STREAM)
        return false;
    return send(fd, "", 0, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno == EPIPE;
}

static bool judge_write(struct knote *k, short polled)
{
    int fd = (int)k->e.ident;
    k->e.data = 1;
    if ((polled & (POLLOUT | POLLERR)) == 0 || lacks_peer(fd, polled))
        return false;
    if (has_sending_ended(fd, polled))
        k->e.flags |= EV_EOF;
    return true;
}

static bool judge_read(struct knote *k, short polled, unsigned asked, int64_t low_water)
{
    int fd = (int)k->e.ident, held = 0;
    if (int_option(fd, SO_ACCEPTCONN)) {
        k->e.data = (polled & POLLIN) != 0;
        return k->e.data != 0;
    }
    k->e.data = ioctl(fd, FIONREAD, &held) == 0 ? held : 0;
    if (polled & POLLRDHUP) {
        k->e.flags |= EV_EOF;
        k->e.fflags = polled & POLLERR ? ECONNRESET : 0;
        return true;
    }
    if (polled & POLLERR)
        return true;
    if (asked & NOTE_LOWAT)
        return k->e.data >= low_water;
    return (polled & POLLIN) != 0 && !lacks_peer(fd, polled);
}

/* Judges a filter, and fills in what is to be reported of it. */
static bool judge(const struct knote *k, short polled, struct kevent *out)
{
    struct knote copy = *k;
    copy.e.fflags = 0;
    bool holds = k->e.filter == EVFILT_READ ? judge_read(&copy, polled, k->e.fflags, k->e.data)
                                            : judge_write(&copy, polled);
    *out = copy.e;
    return holds;
}

static short poll_one(uintptr_t fd)
{
    struct pollfd p = {(int)fd, POLLIN | POLLOUT | POLLRDHUP, 0};
    return poll(&p, 1, 0) > 0 ? p.revents : 0;
}

static bool holds(const struct knote *k, struct kevent *out)
{
    return judge(k, poll_one(k->e.ident), out);
}

/* ---- Changes: under the lock ----------------------------------------------------------------- */

static struct knote *find(struct queue *q, uintptr_t ident, int filter)
{
    for (int i = 0; i < q->count; i++)
        if (q->notes[i].e.ident == ident && (filter == 0 || q->notes[i].e.filter == filter))
            return &q->notes[i];
    return NULL;
}

static int watch(int kq, int fd)
{
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET,
                            .data.fd = fd};
    if (epoll_ctl(kq, EPOLL_CTL_ADD, fd, &e) == 0 || errno == EEXIST)
        return 0;
    return errno;
}

static void drop(int kq, struct queue *q, struct knote *k)
{
    uintptr_t ident = k->e.ident;
    int at = (int)(k - q->notes);
    memmove(k, k + 1, (size_t)(q->count - at - 1) * sizeof *k);
    q->count--;
    if (q->next > at)
        q->next--;
    if (find(q, ident, 0) == NULL)
        (void)epoll_ctl(kq, EPOLL_CTL_DEL, (int)ident, NULL);
}

/* The flags of an existing filter stay as they are, as in FreeBSD. */
static int add(int kq, struct queue *q, const struct kevent *c)
{
    struct kevent ignored;
    struct knote *k = find(q, c->ident, c->filter);
    int code = watch(kq, (int)c->ident);
    if (code != 0)
        return code;
    if (k == NULL) {
        if (q->count == q->capacity) {
            q->capacity = q->capacity == 0 ? 16 : 2 * q->capacity;
            q->notes = realloc(q->notes, (size_t)q->capacity * sizeof *q->notes);
        }
        k = &q->notes[q->count++];
        *k = (struct knote){.e = *c};
        k->e.flags = c->flags & (EV_CLEAR | EV_ONESHOT);
    } else {
        unsigned short flags = k->e.flags;
        k->e = *c;
        k->e.flags = flags;
    }
    if (holds(k, &ignored))
        k->active = true;
    return 0;
}

static int change(int kq, struct queue *q, const struct kevent *c)
{
    if (c->filter == EVFILT_USER) {
        q->has_user = true;
        q->user = *c;
        q->user.flags = EV_CLEAR;
        return 0;
    }
    if (c->flags & EV_ADD)
        return add(kq, q, c);
    struct knote *k = find(q, c->ident, c->filter);
    if (k == NULL)
        return ENOENT;
    drop(kq, q, k);
    return 0;
}

/* ---- Waiting: under the lock ----------------------------------------------------------------- */

/* Every wakeup of a socket has its filters judged. */
static void take_wakeups(int kq, struct queue *q)
{
    struct epoll_event v[BATCH];
    struct kevent ignored;
    int n;
    do {
        n = epoll_wait(kq, v, BATCH, 0);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < q->count; j++)
                if (q->notes[j].e.ident == (uintptr_t)v[i].data.fd && holds(&q->notes[j], &ignored))
                    q->notes[j].active = true;
    } while (n == BATCH);
}

/* A filter is judged again before it is reported, but for ONESHOT. */
static int scan(int kq, struct queue *q, struct kevent *out, int room)
{
    int n = 0, left = q->count;
    if (q->has_user && room > 0 && __atomic_exchange_n(&q->triggered, 0, __ATOMIC_SEQ_CST)) {
        out[n] = q->user;
        out[n++].fflags = 0;
    }
    take_wakeups(kq, q);
    for (; left > 0 && n < room; left--) {
        if (q->next >= q->count)
            q->next = 0;
        struct knote *k = &q->notes[q->next++];
        if (!k->active)
            continue;
        bool still = holds(k, &out[n]);
        if (k->e.flags & EV_ONESHOT)
            drop(kq, q, k);
        else if (!still || (k->e.flags & EV_CLEAR) != 0)
            k->active = false;
        n += still || (out[n].flags & EV_ONESHOT) != 0;
    }
    return n;
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Signals come in ppoll() only, and none is missed. */
static int wait_for_events(int kq, struct queue *q, struct kevent *out, int room,
                           const struct timespec *timeout, const sigset_t *signals)
{
    int64_t end = timeout == NULL
                      ? INT64_MAX
                      : now() + (int64_t)timeout->tv_sec * 1000000000 + timeout->tv_nsec;
    for (;;) {
        pthread_mutex_lock(&lock);
        int n = scan(kq, q, out, room);
        pthread_mutex_unlock(&lock);
        int64_t left = end - now();
        if (n != 0 || left <= 0)
            return n;
        struct timespec slice = {0, left < SLICE_NS ? (long)left : SLICE_NS};
        if (ppoll(NULL, 0, &slice, signals) < 0)
            return -1;
    }
}

/* ---- The calls ------------------------------------------------------------------------------- */

int kqueue(void)
{
    struct queue *q = calloc(1, sizeof *q);
    int kq = epoll_create1(0);
    if (q == NULL || kq < 0 || kq >= QUEUES)
        return -1;
    queues[kq] = q; /* another that had the number stays in memory: threads may still be in it */
    return kq;
}

/* A queue is found by its number. A duplicate of the number is not found. */
static struct queue *queue_of(int kq)
{
    return kq >= 0 && kq < QUEUES ? queues[kq] : NULL;
}

int kevent(int kq, const struct kevent *changes, int change_count, struct kevent *events,
           int event_count, const struct timespec *timeout)
{
    sigset_t all, before;
    struct queue *q = queue_of(kq);
    int result = 0;
    if (q == NULL) {
        errno = EBADF;
        return -1;
    }
    if (change_count == 1 && changes->filter == EVFILT_USER && (changes->fflags & NOTE_TRIGGER)) {
        __atomic_store_n(&q->triggered, 1, __ATOMIC_SEQ_CST);
        return 0;
    }
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    for (int i = 0; i < change_count && result == 0; i++) {
        pthread_mutex_lock(&lock);
        int code = change(kq, q, &changes[i]);
        pthread_mutex_unlock(&lock);
        if (code != 0) {
            errno = code;
            result = -1;
        }
    }
    if (result == 0 && event_count > 0)
        result = wait_for_events(kq, q, events, event_count, timeout, &before);
    int code = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = code;
    return result;
}
