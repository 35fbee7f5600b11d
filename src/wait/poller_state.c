/* What the state of a member's socket tells of its readiness, where the system leaves that out.
 *
 * Members whose state has something to report stand in a list, under a lock of its own: a thread
 * that changes the state holds the table's lock. A wait goes through the list. Linux reports all
 * states by itself but an error that xsock keeps: HUP tells of a listener that is shut down. */
#include "socket/ready.h"
#include "wait/poller_private.h"

/* What the state of the member's socket has to report, and of that what was not reported yet. */
static uint32_t left_to_tell(const struct member *m, const struct slot *s, uint32_t *out_known)
{
    const struct xsock__held held = xsock__poller_held(m);
    *out_known = 0;
    if (!xsock__ready_is_plain(held.sock))
        *out_known = xsock__ready_by_state(&held, false).add & (s->events | xsock__poller_always);
    return (s->events & XSOCK_POLLER_ET) != 0 ? *out_known & ~(uint32_t)m->sys.told : *out_known;
}

/* Under the list's lock. Whether there is anything to report is asked later. */
static void note(struct xsock__poller *p, struct member *m)
{
    if (xsock__ready_is_plain(m->sys.socket))
        return;
    m->sys.told = 0;
    if (!m->sys.noted) {
        m->sys.noted = true;
        m->next_noted = p->noted;
        p->noted = m;
        xsock__atomic_store(&p->any_noted, 1);
    }
    xsock__sys_poller_wake(p->sys);
}

void xsock__poller_watch_state(struct xsock__poller *p, struct member *m, uint32_t events)
{
    xsock__sys_lock(&p->noted_lock);
    xsock__poller_slot(p, m)->events = (unsigned char)events;
    m->sys.told = 0;
    if (xsock__poller_must_note(m->sys.socket))
        note(p, m);
    xsock__sys_unlock(&p->noted_lock);
}

/* Under the list's lock. */
static void unlink_noted(struct xsock__poller *p, struct member **link)
{
    struct member *m = *link;
    *link = m->next_noted;
    m->sys.noted = false;
    if (p->noted == NULL)
        xsock__atomic_store(&p->any_noted, 0);
}

void xsock__poller_forget_state(struct xsock__poller *p, struct member *m)
{
    xsock__sys_lock(&p->noted_lock);
    struct member **link = &p->noted;
    while (*link != NULL && *link != m)
        link = &(*link)->next_noted;
    if (*link == m)
        unlink_noted(p, link);
    xsock__sys_unlock(&p->noted_lock);
}

void xsock__poller_forget_all_states(struct xsock__poller *p)
{
    xsock__sys_lock(&p->noted_lock);
    p->noted = NULL;
    xsock__atomic_store(&p->any_noted, 0);
    xsock__sys_unlock(&p->noted_lock);
}

bool xsock__poller_each_noted(struct xsock__poller *p, xsock__poller_noted_fn *fn, void *user)
{
    bool any = false;
    xsock__sys_lock(&p->noted_lock);
    for (struct member **link = &p->noted; *link != NULL;) {
        struct member *m = *link;
        const struct slot *s = xsock__poller_slot(p, m);
        uint32_t known, left = left_to_tell(m, s, &known);
        if (known == 0) {
            unlink_noted(p, link);
            continue;
        }
        link = &m->next_noted;
        if (left == 0 || !s->armed)
            continue;
        any = true;
        if (fn != NULL && fn(m, known, user))
            m->sys.told = (unsigned char)known;
    }
    xsock__sys_unlock(&p->noted_lock);
    return any;
}

void xsock__poller_note(struct xsock__poller *p, struct member *m)
{
    xsock__sys_lock(&p->noted_lock);
    note(p, m);
    xsock__sys_unlock(&p->noted_lock);
}
