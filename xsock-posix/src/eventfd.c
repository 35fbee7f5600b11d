/* eventfd(): a counter that poll() and epoll can wait for. Its number is one end of a connected
 * pair. A byte lies in that end while the counter is not 0, so that whoever waits for the end waits
 * for the counter. */
#include "poll_files.h"

#if defined(_WIN32) || defined(__linux__)

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

/* Both ends of the pair, and the counter. */
struct event {
    struct event *next;
    int end;   /* the descriptor that the number stands for */
    int other; /* the end that the byte is sent from */
    uint64_t count;
    bool is_semaphore;
};

static struct event *first;

static struct event *event_of(int d)
{
    struct event *event = first;
    while (event != NULL && event->end != d)
        event = event->next;
    return event;
}

int xsock_posix_eventfd(unsigned int value, int flags)
{
    if ((flags & ~(EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC)) != 0)
        return xsock_posix__refuse(EINVAL);
    struct event *event = calloc(1, sizeof *event);
    int pair[2];
    int error = event == NULL
                    ? -XSOCK_ENOMEM
                    : xsock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, pair);
    if (error == 0)
        error =
            xsock_set_flags(pair[0], ((flags & EFD_CLOEXEC) != 0 ? XSOCK_SOCK_CLOEXEC : 0)
                                         | ((flags & EFD_NONBLOCK) != 0 ? XSOCK_SOCK_NONBLOCK : 0));
    if (error < 0) {
        free(event);
        return xsock_posix__fail(error);
    }
    int number = xsock_posix__add(pair[0]);
    if (number < 0) {
        xsock_close(pair[1]);
        free(event);
        return -1;
    }
    *event = (struct event){.end = pair[0],
                            .other = pair[1],
                            .count = value,
                            .is_semaphore = (flags & EFD_SEMAPHORE) != 0};
    xsock_posix__lock();
    event->next = first;
    first = event;
    if (value > 0)
        (void)xsock_send(event->other, "", 1, 0);
    xsock_posix__unlock();
    xsock_posix__mark_event(number);
    return number;
}

/* The lock is held. 0: the counter is 0. */
static uint64_t take(struct event *event)
{
    char byte;
    uint64_t value = event->is_semaphore && event->count > 0 ? 1 : event->count;
    event->count -= value;
    if (value > 0 && event->count == 0)
        (void)xsock_recv(event->end, &byte, 1, XSOCK_MSG_DONTWAIT);
    return value;
}

/* A process that was forked shares the pair, and has a counter of its own. Whether the byte belongs
 * to the counter of another process. The lock is held. */
static bool is_byte_of_other(const struct event *event)
{
    char byte;
    return event->count == 0
           && xsock_recv(event->end, &byte, 1, XSOCK_MSG_PEEK | XSOCK_MSG_DONTWAIT) == 1;
}

/* Gives the other process time to take its byte. Windows has no such process. */
static void let_other_take(unsigned int turn)
{
#if defined(_WIN32)
    (void)turn;
#else
    xsock_posix__nap(turn);
#endif
}

ssize_t xsock_posix__event_read(int number, void *buf, size_t n)
{
    if (n < sizeof(uint64_t))
        return xsock_posix__refuse(EINVAL);
    if (buf == NULL)
        return xsock_posix__refuse(EFAULT);
    int d = xsock_posix__of(number);
    for (unsigned int turn = 0;; turn++) {
        char byte;
        xsock_posix__lock();
        struct event *event = event_of(d);
        uint64_t value = event == NULL ? 0 : take(event);
        bool is_other = event != NULL && value == 0 && is_byte_of_other(event);
        xsock_posix__unlock();
        if (event == NULL)
            return xsock_posix__refuse(EBADF);
        if (value > 0) {
            memcpy(buf, &value, sizeof value);
            return sizeof value;
        }
        if (is_other && (xsock_get_flags(d) & XSOCK_SOCK_NONBLOCK) != 0)
            return xsock_posix__refuse(EAGAIN);
        if (is_other)
            let_other_take(turn);
        ptrdiff_t result = xsock_recv(d, &byte, 1, XSOCK_MSG_PEEK); /* waits */
        if (result < 0)
            return xsock_posix__fail(result);
    }
}

/* Tells every waiting call that the counter is not 0. The new byte is written before the old byte
 * is taken, so that a poller with EPOLLET reports each announcement. */
static void announce(struct event *event)
{
    char byte;
    (void)xsock_send(event->other, "", 1, XSOCK_MSG_DONTWAIT);
    if (event->count > 0)
        (void)xsock_recv(event->end, &byte, 1, XSOCK_MSG_DONTWAIT);
}

/* A counter that would grow beyond its maximum gives EAGAIN: nobody waits for a smaller one. */
ssize_t xsock_posix__event_write(int number, const void *buf, size_t n)
{
    uint64_t value;
    if (n < sizeof value)
        return xsock_posix__refuse(EINVAL);
    if (buf == NULL)
        return xsock_posix__refuse(EFAULT);
    memcpy(&value, buf, sizeof value);
    if (value == UINT64_MAX)
        return xsock_posix__refuse(EINVAL);
    xsock_posix__lock();
    struct event *event = event_of(xsock_posix__of(number));
    int error = event == NULL ? EBADF : value > UINT64_MAX - 1 - event->count ? EAGAIN : 0;
    if (error == 0) {
        if (event->count > 0 || value > 0)
            announce(event);
        event->count += value;
    }
    xsock_posix__unlock();
    return error != 0 ? xsock_posix__refuse(error) : (ssize_t)sizeof value;
}

bool xsock_posix__event_is_full(int number)
{
    xsock_posix__lock();
    struct event *event = event_of(xsock_posix__of(number));
    bool is_full = event != NULL && event->count == UINT64_MAX - 1;
    xsock_posix__unlock();
    return is_full;
}

void xsock_posix__event_close(int number)
{
    int d = xsock_posix__of(number);
    xsock_posix__lock();
    struct event **at = &first;
    while (*at != NULL && (*at)->end != d)
        at = &(*at)->next;
    struct event *event = *at;
    if (event != NULL)
        *at = event->next;
    xsock_posix__unlock();
    if (event != NULL)
        xsock_close(event->other);
    free(event);
}

int xsock_posix_eventfd_read(int number, eventfd_t *out)
{
    return xsock_posix_read(number, out, sizeof *out) == (ssize_t)sizeof *out ? 0 : -1;
}

int xsock_posix_eventfd_write(int number, eventfd_t value)
{
    return xsock_posix_write(number, &value, sizeof value) == (ssize_t)sizeof value ? 0 : -1;
}

#else

ssize_t xsock_posix__event_read(int number, void *buf, size_t n)
{
    (void)number, (void)buf, (void)n;
    return xsock_posix__refuse(EBADF);
}

ssize_t xsock_posix__event_write(int number, const void *buf, size_t n)
{
    (void)number, (void)buf, (void)n;
    return xsock_posix__refuse(EBADF);
}

bool xsock_posix__event_is_full(int number)
{
    (void)number;
    return false;
}

void xsock_posix__event_close(int number)
{
    (void)number;
}

#endif
