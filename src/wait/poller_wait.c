/* Waiting in a poller, and what it reports. */
#include "base/deadline.h"
#include "facts/translate.h"
#include "socket/ready.h"
#include "wait/poller_private.h"

/* Under the lock. Events of a member become an entry, or join the member's entry. */
static inline int report(struct xsock__poller *p, struct member *m, uint32_t events,
                         struct xsock_event *out, int count)
{
    events &= (m->events & ~xsock__poller_modes) | xsock__poller_always;
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
        struct xsock__ready r =
            xsock__ready_by_state(m->held, (events & xsock__poller_always) != 0);
        events = (events & ~r.drop) | r.add;
    }
    return report(p, m, events, out, count);
}

/* One wait's report of the members whose state has something to report. */
struct report {
    struct xsock__poller *p;
    struct xsock_event *out;
    size_t capacity;
    int count;
};

static bool report_noted(struct member *m, uint32_t events, void *user)
{
    struct report *r = user;
    if ((size_t)r->count >= r->capacity)
        return false;
    r->count = report(r->p, m, events, r->out, r->count);
    return true;
}

/* Whether a wait has something to report that the system leaves out. */
static bool has_noted(struct xsock__poller *p)
{
    if (!xsock__atomic_load(&p->any_noted))
        return false;
    xsock__sys_lock(&p->lock);
    bool any = xsock__poller_each_noted(p, NULL, NULL);
    xsock__sys_unlock(&p->lock);
    return any;
}

static int report_all(struct xsock__poller *p, const struct xsock__sys_event *v, size_t count,
                      struct xsock_event *out, size_t n)
{
    bool noted = xsock__atomic_load(&p->any_noted) != 0;
    int reported = 0;
    if (count == 0 && !noted)
        return 0;
    xsock__sys_lock(&p->lock);
    p->batch++;
    for (size_t i = 0; i < count; i++)
        reported = report_event(p, &v[i], out, reported);
    if (noted) {
        struct report r = {p, out, n, reported};
        (void)xsock__poller_each_noted(p, report_noted, &r);
        reported = r.count;
    }
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
