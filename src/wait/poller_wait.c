/* Waiting in a poller, and what it reports. */
#include "base/deadline.h"
#include "facts/translate.h"
#include "socket/ready.h"
#include "wait/poller_private.h"

static const uint32_t always = XSOCK_POLLER_ERR | XSOCK_POLLER_HUP;
static const uint32_t modes = XSOCK_POLLER_ET | XSOCK_POLLER_ONESHOT;

/* Under the lock. Events of a member become an entry, or join the member's entry. */
static int report(struct xsock__poller *p, struct member *m, uint32_t events,
                  struct xsock_event *out, int count)
{
    events &= (m->events & ~modes) | always;
    if (events == 0)
        return count;
    if (m->batch == p->batch && (int)m->place < count) {
        out[m->place].events |= events;
        return count;
    }
    if (!m->armed)
        return count;
    m->armed = (m->events & XSOCK_POLLER_ONESHOT) == 0;
    m->batch = p->batch;
    m->place = (uint32_t)count;
    out[count] = (struct xsock_event){.data = m->data, .events = events, .fd = m->number};
    return count + 1;
}

/* Under the lock. An event of the system may belong to no member. */
static int report_event(struct xsock__poller *p, const struct xsock__sys_event *e,
                        struct xsock_event *out, int count)
{
    struct member *m = xsock__poller_member(p, e->key);
    uint32_t events = e->events;
    if (m == NULL)
        return count;
    if (!xsock__ready_is_plain(m->held->sock)) {
        struct xsock__ready r = xsock__ready_by_state(m->held, (events & always) != 0);
        events = (events & ~r.drop) | r.add;
    }
    return report(p, m, events, out, count);
}

/* ---- What the system leaves out --------------------------------------------------------------
 * Members whose socket's state has something to report stand in a list, under a lock of its own: a
 * thread that changes the state holds the table's lock. A wait goes through the list. Linux reports
 * all states by itself: HUP tells of a listener that is shut down. */

/* What the state of a member's socket has to report and its member was not told yet. */
static uint32_t left_to_tell(const struct member *m, uint32_t *out_known)
{
    *out_known = 0;
    if (!xsock__ready_is_plain(m->held->sock))
        *out_known = xsock__ready_by_state(m->held, false).add & ((m->events & ~modes) | always);
    return (m->events & XSOCK_POLLER_ET) != 0 ? *out_known & ~m->told : *out_known;
}

/* Under the list's lock. Whether there is anything to report is asked later. */
static void note(struct xsock__poller *p, struct member *m)
{
    if (m->noted || xsock__ready_is_plain(m->held->sock))
        return;
    m->noted = true;
    m->told = 0;
    m->next_noted = p->noted;
    p->noted = m;
    xsock__atomic_store(&p->any_noted, 1);
    xsock__sys_poller_wake(p->sys);
}

void xsock__poller_watch_state(struct xsock__poller *p, struct member *m, uint32_t events)
{
    xsock__sys_lock(&p->noted_lock);
    m->events = events;
    m->told = 0;
    if (xsock__sys_facts.readiness_omits)
        note(p, m);
    xsock__sys_unlock(&p->noted_lock);
}

/* Under the list's lock. */
static void unlink_noted(struct xsock__poller *p, struct member **link)
{
    struct member *m = *link;
    *link = m->next_noted;
    m->noted = false;
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

/* Under both locks. A member leaves the list when its state has nothing to report any more. Returns
 * whether there is something to report. If `out` is not NULL, it is reported. */
static bool report_noted(struct xsock__poller *p, struct xsock_event *out, size_t n, int *count)
{
    struct member **link = &p->noted;
    bool any = false;
    while (*link != NULL) {
        struct member *m = *link;
        uint32_t known, left = left_to_tell(m, &known);
        if (known == 0) {
            unlink_noted(p, link);
            continue;
        }
        link = &m->next_noted;
        if (left == 0 || !m->armed)
            continue;
        any = true;
        if (out == NULL || (size_t)*count >= n)
            continue;
        *count = report(p, m, known, out, *count);
        m->told = known;
    }
    return any;
}

/* Whether a wait has something to report that the system leaves out. */
static bool has_noted(struct xsock__poller *p)
{
    if (!xsock__atomic_load(&p->any_noted))
        return false;
    xsock__sys_lock(&p->lock);
    xsock__sys_lock(&p->noted_lock);
    bool any = report_noted(p, NULL, 0, NULL);
    xsock__sys_unlock(&p->noted_lock);
    xsock__sys_unlock(&p->lock);
    return any;
}

static int report_all(struct xsock__poller *p, const struct xsock__sys_event *v, size_t count,
                      struct xsock_event *out, size_t n)
{
    int reported = 0;
    if (count == 0 && !xsock__atomic_load(&p->any_noted))
        return 0;
    xsock__sys_lock(&p->lock);
    p->batch++;
    for (size_t i = 0; i < count; i++)
        reported = report_event(p, &v[i], out, reported);
    xsock__sys_lock(&p->noted_lock);
    (void)report_noted(p, out, n, &reported);
    xsock__sys_unlock(&p->noted_lock);
    xsock__sys_unlock(&p->lock);
    return reported;
}

/* ---- Waiting --------------------------------------------------------------------------------- */

enum { MAX = 128 };

int xsock__poller_wait(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock_event *out,
                       size_t n, int64_t timeout_ns)
{
    struct xsock__poller *p = fd->held.sock->poller;
    struct xsock__sys_event v[MAX];
    struct xsock__deadline end = xsock__deadline_in(timeout_ns);
    const size_t most = n < MAX ? n : MAX;
    int rc = 0;
    for (bool over = false; !over;) {
        size_t count = 0;
        bool woken = false;
        int64_t left = has_noted(p) ? 0 : xsock__time_left(&end);
        int code = xsock__sys_poller_wait(p->sys, v, most, left, &count, &woken);
        if ((xsock__atomic_load(&p->state) & CLOSING) != 0) {
            xsock__sys_poller_wake(p->sys);
            rc = -XSOCK_ECANCELED;
            break;
        }
        if (code != 0) {
            rc = xsock__finish(code);
            break;
        }
        rc = report_all(p, v, count, out, n);
        bool asked = woken && xsock__atomic_cas(&p->asked, 1, 0);
        over = rc > 0 || asked || xsock__time_left(&end) == 0;
    }
    xsock__fdtab_put(t, fd);
    return rc;
}

void xsock__poller_wake(struct xsock__poller *p)
{
    xsock__atomic_store(&p->asked, 1);
    xsock__sys_poller_wake(p->sys);
}

/* ---- Edges ----------------------------------------------------------------------------------- */

static bool tell_used(struct xsock__observer *f, void *user)
{
    struct member *m = xsock__poller_member_of(f);
    if (m != NULL)
        xsock__sys_poller_used(m->poller->sys, &m->sys, *(uint32_t *)user);
    return false;
}

/* Tells the pollers of fd, and those of its duplicates. */
static void tell(struct xsock__fdtab *t, struct xsock__fd *fd, xsock__observer_fn *fn, void *user)
{
    if (xsock__atomic_load(&fd->held.sock->refs) > 1)
        xsock__fdtab_each_observer(t, fd->held.sock, fn, user);
    else
        (void)xsock__fdtab_find_observer(t, fd, fn, user);
}

static bool note_state(struct xsock__observer *f, void *user)
{
    struct member *m = xsock__poller_member_of(f);
    (void)user;
    if (m != NULL) {
        xsock__sys_lock(&m->poller->noted_lock);
        note(m->poller, m);
        xsock__sys_unlock(&m->poller->noted_lock);
    }
    return false;
}

void xsock__poller_state_changed(struct xsock__fdtab *t, struct xsock__fd *fd)
{
    if (xsock__sys_facts.readiness_omits)
        tell(t, fd, note_state, NULL);
}

void xsock__poller_used(struct xsock__fdtab *t, struct xsock__fd *fd, int poll_events)
{
    uint32_t events = XSOCK_POLLER_OUT;
    if ((poll_events & (XSOCK_POLLIN | XSOCK_POLLHUP)) != 0)
        events = (poll_events & XSOCK_POLLIN) != 0 ? XSOCK_POLLER_IN : XSOCK_POLLER_HUP;
    tell(t, fd, tell_used, &events);
}
