#include "posix/native.h"

#ifdef XSOCK__POLLER_POLL
#include <poll.h>

#include "posix/poller_entry.h"
#include "xsock.h"

#ifndef POLLRDHUP
#define POLLRDHUP 0 /* then the end is looked for with recv() */
#endif

static const uint32_t always = XSOCK_POLLER_ERR | XSOCK_POLLER_HUP;

static const struct {
    uint32_t ours;
    short native;
} bits[] = {
    {XSOCK_POLLER_IN, POLLIN},       {XSOCK_POLLER_OUT, POLLOUT}, {XSOCK_POLLER_PRI, POLLPRI},
    {XSOCK_POLLER_RDHUP, POLLRDHUP}, {XSOCK_POLLER_ERR, POLLERR}, {XSOCK_POLLER_HUP, POLLHUP},
};

enum { BITS = sizeof bits / sizeof *bits };

/* Where poll() has no bit for the end of the peer's sending, the end is something to receive. */
short xsock__posix_entry_asks(uint32_t events)
{
    int native = 0;
    for (int i = 0; i < BITS; i++)
        if (events & bits[i].ours & ~always)
            native |= bits[i].native;
    if (POLLRDHUP == 0 && (events & XSOCK_POLLER_RDHUP) != 0)
        native |= POLLIN;
    return (short)native;
}

/* Whether the next step of receiving gives the end of the stream. A socket that has failed is not
 * asked: the call would take its error. */
static bool is_at_end(const struct entry *e, short native)
{
    char byte;
    if (!e->stream || (native & (POLLIN | POLLERR)) != POLLIN
        || (POLLRDHUP != 0 && (native & POLLRDHUP) == 0))
        return false;
    return recv((int)e->m->handle, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static uint32_t from_native(const struct entry *e, short native)
{
    uint32_t events = 0;
    for (int i = 0; i < BITS; i++)
        if (native & bits[i].native)
            events |= bits[i].ours;
    if (POLLRDHUP == 0 && (e->asked & XSOCK_POLLER_RDHUP) != 0 && is_at_end(e, native))
        events |= XSOCK_POLLER_RDHUP;
    /* A socket that has failed is writable on every system. */
    if (events & always)
        events |= XSOCK_POLLER_OUT;
    return events & (e->asked | always);
}

/* What is to be reported of the events of a member: all, if one of them is new. The end of a stream
 * is reported once. A program that receives it would otherwise be told of it for ever. A socket
 * that no longer hangs up has been connected, and all that it tells is new. */
static uint32_t edges(struct entry *e, uint32_t events, short native)
{
    uint32_t before = e->quiet & ~events & XSOCK_POLLER_HUP ? 0 : e->quiet;
    e->quiet = events;
    if ((events & ~before & XSOCK_POLLER_IN) != 0 && is_at_end(e, native)) {
        if (e->ended)
            before |= XSOCK_POLLER_IN;
        e->ended = true;
    }
    return (events & ~before) != 0 ? events : 0;
}

bool xsock__posix_entry_judge(struct entry *e, short native, struct xsock_event *out)
{
    uint32_t events = native & POLLNVAL ? 0 : from_native(e, native);
    if (e->asked & XSOCK_POLLER_ET)
        events = edges(e, events, native);
    short ends =
        (short)(xsock__posix_entry_asks(e->asked & ~e->quiet) | POLLERR | POLLHUP | POLLNVAL);
    e->napping = events == 0 && (native & ends) != 0;
    if (events == 0)
        return false;
    e->armed = (e->asked & XSOCK_POLLER_ONESHOT) == 0;
    *out = (struct xsock_event){.data = e->m->key, .events = events};
    return true;
}

#endif
