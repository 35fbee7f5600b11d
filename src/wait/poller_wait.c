/* Waiting in a poller, and what it reports. */
#include "base/deadline.h"
#include "facts/translate.h"
#include "socket/ready.h"
#include "wait/poller_private.h"
#include "wait/wait.h"

enum { MAX = 128 };

/* One wait's report. The entries of `v` that are done with hold the keys of those in `out`. */
struct report {
    struct xsock__poller *p;
    struct xsock_event *out;
    struct xsock__sys_event *v;
    size_t capacity;
    int count;
    bool vain; /* the system has reported what is not to be reported of a member */
};

/* Under the lock. Events of a member become an entry, or join the member's entry. The modes are
 * never among the events. */
static inline void report(struct report *r, struct slot *s, uint64_t key, uint32_t events)
{
    const int count = r->count;
    events &= s->events | xsock__poller_always;
    if (events == 0) {
        r->vain = true;
        return;
    }
    if ((int)s->place < count && r->v[s->place].key == key) {
        r->out[s->place].events |= events;
        return;
    }
    if (!s->armed)
        return;
    s->armed = (s->events & XSOCK_POLLER_ONESHOT) == 0;
    s->place = (uint32_t)count;
    r->v[count].key = key;
    r->out[count] = (struct xsock_event){.data = s->data, .events = events, .fd = s->number};
    r->count = count + 1;
}

static uint32_t with_state(const struct member *m, uint32_t events)
{
    const struct xsock__held held = xsock__poller_held(m);
    if (xsock__ready_is_plain(held.sock))
        return events;
    struct xsock__ready r = xsock__ready_by_state(&held, (events & xsock__poller_always) != 0);
    return (events & ~r.drop) | r.add;
}

/* Under the lock. An event of the system may belong to no member. Where the system reports every
 * state by itself, or with HUP, the socket is looked at only then. */
static inline void report_event(struct report *r, uint64_t key, uint32_t events)
{
    struct slot *s = xsock__poller_slot_of_key(r->p, key);
    if (s == NULL || s->member == NULL)
        return;
    if (xsock__sys_facts.readiness_omits || (events & xsock__poller_always) != 0)
        events = with_state(s->member, events);
    report(r, s, key, events);
}

/* Of a member whose state has something to report. */
static bool report_noted(struct member *m, uint32_t events, void *user)
{
    struct report *r = user;
    if ((size_t)r->count >= r->capacity)
        return false;
    report(r, xsock__poller_slot(r->p, m), m->sys.key, events);
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

static int report_all(struct xsock__poller *p, struct xsock__sys_event *v, size_t count,
                      struct xsock_event *out, size_t n, bool *out_vain)
{
    bool noted = xsock__atomic_load(&p->any_noted) != 0;
    struct report r = {p, out, v, n, 0, false};
    if (count == 0 && !noted)
        return 0;
    xsock__sys_lock(&p->lock);
    for (size_t i = 0; i < count; i++)
        report_event(&r, v[i].key, v[i].events);
    if (noted)
        (void)xsock__poller_each_noted(p, report_noted, &r);
    xsock__sys_unlock(&p->lock);
    *out_vain = r.vain;
    return r.count;
}

/* ---- Waiting --------------------------------------------------------------------------------- */

/* The system may go on reporting what nobody asked for: kqueue tells of data to a member that waits
 * for PRI, and of connections to a member that has become a listener and waits for RDHUP. After the
 * first such report each further one takes its time. Returns the interval. */
static int64_t nap_after_vain(int64_t nap_ns, const struct xsock__deadline *end)
{
    if (nap_ns < 0)
        return 0;
    nap_ns = xsock__wait_interval(nap_ns);
    int64_t left = xsock__time_left(end);
    (void)xsock__sys_wait(NULL, 0, NULL, left >= 0 && left < nap_ns ? left : nap_ns);
    return nap_ns;
}

int xsock__poller_wait(struct xsock__fdtab *t, struct xsock__fd *fd, struct xsock_event *out,
                       size_t n, int64_t timeout_ns)
{
    struct xsock__poller *p = fd->held.sock->poller;
    struct xsock__sys_event v[MAX];
    struct xsock__deadline end = xsock__deadline_in(timeout_ns);
    const size_t most = n < MAX ? n : MAX;
    int64_t nap_ns = -1;
    int rc = 0;
    for (bool over = false; !over;) {
        size_t count = 0;
        bool woken = false, vain = false;
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
        rc = report_all(p, v, count, out, most, &vain);
        bool asked = woken && xsock__atomic_cas(&p->asked, 1, 0);
        over = rc > 0 || asked || xsock__time_left(&end) == 0;
        if (!over && vain)
            nap_ns = nap_after_vain(nap_ns, &end);
    }
    xsock__fdtab_put(t, fd);
    return rc;
}

void xsock__poller_wake(struct xsock__poller *p)
{
    xsock__atomic_store(&p->asked, 1);
    xsock__sys_poller_wake(p->sys);
}
