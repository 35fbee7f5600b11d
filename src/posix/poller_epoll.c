/* Pollers on epoll (Linux). */
#include "posix/native.h"

#ifdef XSOCK__POLLER_EPOLL
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "posix/event.h"
#include "posix/handle.h"
#include "sys_poller.h"
#include "xsock.h"

enum { SECOND = 1000000000, MILLISECOND = 1000000, MAX = 1024 };

static const uint64_t wake_key = UINT64_MAX;

struct xsock__sys_poller {
    int epoll;
    int wake[2];                      /* an event (event.h) */
    uint64_t epoll_id[2], wake_id[2]; /* which files they are */
};

/* ---- Life ------------------------------------------------------------------------------------ */

static bool has_wake(const struct xsock__sys_poller *p)
{
    return xsock__posix_is_same(p->wake[1], p->wake_id);
}

/* The wake is edge-triggered. One waiter gets it, and takes it by reading. If no thread waits, the
 * next one gets it. */
static int open_wake(struct xsock__sys_poller *p)
{
    struct epoll_event e = {.events = EPOLLIN | EPOLLET, .data = {.u64 = wake_key}};
    int code = xsock__posix_event_open(p->wake);
    if (code != 0)
        return code;
    if (epoll_ctl(p->epoll, EPOLL_CTL_ADD, p->wake[0], &e) == 0
        && xsock__posix_identify(p->epoll, p->epoll_id)
        && xsock__posix_identify(p->wake[1], p->wake_id))
        return 0;
    code = errno;
    xsock__posix_event_close(p->wake);
    return code;
}

static int open_epoll(void)
{
    int fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd >= 0 || !xsock__posix_is_missing(errno))
        return fd;
    fd = epoll_create(MAX); /* the size is a hint that nobody reads */
    if (fd >= 0)
        (void)xsock__sys_set_cloexec((uintptr_t)fd, true);
    return fd;
}

static int open_both(struct xsock__sys_poller *p)
{
    p->epoll = xsock__posix_move_up(open_epoll());
    if (p->epoll < 0)
        return errno;
    int code = open_wake(p);
    if (code != 0)
        close(p->epoll);
    return code;
}

int xsock__sys_poller_open(struct xsock__sys_poller **out)
{
    struct xsock__sys_poller *p = xsock__sys_alloc(sizeof *p);
    if (p == NULL)
        return ENOMEM;
    int code = open_both(p);
    if (code != 0)
        xsock__sys_free(p, sizeof *p);
    else
        *out = p;
    return code;
}

/* A forked process shares the epoll, so closing it here leaves the parent's intact. */
void xsock__sys_poller_abandon(struct xsock__sys_poller *p)
{
    if (xsock__posix_is_same(p->epoll, p->epoll_id))
        close(p->epoll);
    if (has_wake(p))
        xsock__posix_event_close(p->wake);
}

void xsock__sys_poller_close(struct xsock__sys_poller *p)
{
    xsock__sys_poller_abandon(p);
    xsock__sys_free(p, sizeof *p);
}

uintptr_t xsock__sys_poller_handle(const struct xsock__sys_poller *p)
{
    return (uintptr_t)p->epoll;
}

/* ---- Members --------------------------------------------------------------------------------- */

static const struct {
    uint32_t ours, native;
} bits[] = {
    {XSOCK_POLLER_IN, EPOLLIN},           {XSOCK_POLLER_OUT, EPOLLOUT},
    {XSOCK_POLLER_RDHUP, EPOLLRDHUP},     {XSOCK_POLLER_PRI, EPOLLPRI},
    {XSOCK_POLLER_ERR, EPOLLERR},         {XSOCK_POLLER_HUP, EPOLLHUP},
    {XSOCK_POLLER_ET, (uint32_t)EPOLLET}, {XSOCK_POLLER_ONESHOT, EPOLLONESHOT},
};

enum { BITS = sizeof bits / sizeof *bits };

static int control(const struct xsock__sys_poller *p, int op, const struct xsock__sys_member *m,
                   uint32_t events)
{
    struct epoll_event e = {.events = 0, .data = {.u64 = m->key}};
    for (int i = 0; i < BITS; i++)
        if (events & bits[i].ours)
            e.events |= bits[i].native;
    return epoll_ctl(p->epoll, op, (int)m->handle, &e) == 0 ? 0 : errno;
}

int xsock__sys_poller_add(struct xsock__sys_poller *p, struct xsock__sys_member *m, uint32_t events)
{
    return control(p, EPOLL_CTL_ADD, m, events);
}

int xsock__sys_poller_change(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                             uint32_t events)
{
    return control(p, EPOLL_CTL_MOD, m, events);
}

/* Closing the handle is not enough: epoll watches the open socket, which a duplicate or a forked
 * process may keep open (epoll(7), question 6). */
void xsock__sys_poller_remove(struct xsock__sys_poller *p, struct xsock__sys_member *m)
{
    (void)control(p, EPOLL_CTL_DEL, m, 0);
}

void xsock__sys_poller_used(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                            uint32_t events)
{
    (void)p, (void)m, (void)events;
}

/* ---- Waiting --------------------------------------------------------------------------------- */

/* Waits for nanoseconds (Linux 5.11). */
static int wait_exactly(int epoll, void *v, int n, int64_t timeout_ns)
{
#ifdef SYS_epoll_pwait2
    struct {
        int64_t seconds, nanoseconds; /* struct __kernel_timespec: 64 bits on every machine */
    } t = {timeout_ns / SECOND, timeout_ns % SECOND};
    return (int)syscall(SYS_epoll_pwait2, epoll, v, n, &t, NULL, (size_t)0);
#else
    (void)epoll, (void)v, (void)n, (void)timeout_ns;
    errno = ENOSYS;
    return -1;
#endif
}

/* Never early: a time that the old call cannot express is rounded up. */
static int wait_native(int epoll, void *v, int n, int64_t timeout_ns)
{
    if (timeout_ns <= 0)
        return epoll_wait(epoll, v, n, timeout_ns < 0 ? -1 : 0);
    if (timeout_ns % MILLISECOND != 0) {
        int count = wait_exactly(epoll, v, n, timeout_ns);
        if (count >= 0 || !xsock__posix_is_missing(errno))
            return count;
    }
    int64_t ms = timeout_ns / MILLISECOND + (timeout_ns % MILLISECOND != 0);
    return epoll_wait(epoll, v, n, ms > INT_MAX ? INT_MAX : (int)ms);
}

static uint32_t from_rare(uint32_t native)
{
    uint32_t events = 0;
    for (int i = 0; i < BITS; i++)
        if (native & bits[i].native)
            events |= bits[i].ours;
    /* A socket that has failed is writable on every system. */
    return events & XSOCK_POLLER_ERR ? events | XSOCK_POLLER_OUT : events;
}

/* Nearly always there is something to receive, or room to send. */
static inline uint32_t from_native(uint32_t native)
{
    if (native == EPOLLIN)
        return XSOCK_POLLER_IN;
    return native == EPOLLOUT ? XSOCK_POLLER_OUT : from_rare(native);
}

/* epoll's events are not larger than ours. They are stored at the end of the array, so that none is
 * written over before it is read. */
_Static_assert(sizeof(struct epoll_event) <= sizeof(struct xsock_event),
               "the system's events fit into the program's array");

int xsock__sys_poller_wait(struct xsock__sys_poller *p, struct xsock_event *out, size_t n,
                           int64_t timeout_ns, size_t *out_count, bool *out_woken)
{
    const size_t most = n < MAX ? n : MAX;
    struct epoll_event e;
    unsigned char *native = (unsigned char *)(out + most) - most * sizeof e;
    struct xsock_event *to = out;
    bool woken = false;
    int count = wait_native(p->epoll, native, (int)most, timeout_ns);
    if (count < 0)
        return errno;
    for (const unsigned char *end = native + (size_t)count * sizeof e; native != end;
         native += sizeof e) {
        memcpy(&e, native, sizeof e);
        const uint64_t key = e.data.u64;
        if (key == wake_key) {
            woken = has_wake(p) && xsock__posix_event_take(p->wake);
            continue;
        }
        to->data = key;
        to->events = from_native(e.events);
        to++;
    }
    *out_count = (size_t)(to - out);
    *out_woken = woken;
    return 0;
}

/* Keeps errno, because a signal handler may call this. */
void xsock__sys_poller_wake(struct xsock__sys_poller *p)
{
    int saved = errno;
    if (has_wake(p))
        xsock__posix_event_set(p->wake);
    errno = saved;
}

#endif
