/* What a wait reports: the members' events, with the data and the numbers that stand in their
 * slots. A member is touched only if its socket has failed, or its state may have something to
 * add. */
#include "socket/ready.h"
#include "wait/poller_private.h"

/* Whether the slot's place is an entry of this report that tells of the member. A place may be that
 * of an earlier report. If the entry then tells of another member with the same number, which is
 * being closed, and with the same data, the program could not tell the two apart. */
static inline bool is_placed(const struct slot *s, const struct xsock_event *out, uint32_t count)
{
    return s->place < count && out[s->place].fd == s->number && out[s->place].data == s->data;
}

/* Events of a member become an entry of `out`, or join the member's entry there. Returns how many
 * entries `out` has. */
static inline uint32_t put(struct slot *s, uint32_t events, struct xsock_event *out, uint32_t count)
{
    const bool placed = is_placed(s, out, count);
    if (!placed && !s->armed)
        return count;
    if ((s->events & XSOCK_POLLER_ONESHOT) != 0)
        s->armed = false;
    if (placed) {
        out[s->place].events |= events;
        return count;
    }
    s->place = count;
    out[count] = (struct xsock_event){.data = s->data, .events = events, .fd = s->number};
    return count + 1;
}

static uint32_t with_state(const struct member *m, uint32_t events)
{
    const struct xsock__held held = xsock__poller_held(m);
    if (xsock__ready_is_plain(held.sock))
        return events;
    struct xsock__ready r = xsock__ready_by_state(&held, (events & xsock__poller_always) != 0);
    return (events & ~r.drop) | r.add;
}

/* The members whose state has something to report. */
struct noted {
    struct xsock__poller *p;
    struct xsock_event *out;
    size_t capacity;
    uint32_t count;
};

static bool put_noted(struct member *m, uint32_t events, void *user)
{
    struct noted *r = user;
    if (r->count >= r->capacity)
        return false;
    r->count = put(xsock__poller_slot(r->p, m), events, r->out, r->count);
    return true;
}

bool xsock__poller_has_noted(struct xsock__poller *p)
{
    xsock__sys_lock(&p->lock);
    bool any = xsock__poller_each_noted(p, NULL, NULL);
    xsock__sys_unlock(&p->lock);
    return any;
}

/* An event of the system may belong to no member. Where the system reports every state by itself,
 * or with HUP, the socket is looked at only then. The modes are never among the events. An event is
 * read before its place in the array is used again. */
int xsock__poller_report(struct xsock__poller *p, size_t count, struct xsock_event *out, size_t n,
                         bool *out_vain)
{
    const bool any_noted = xsock__atomic_load(&p->any_noted) != 0;
    const uint32_t looked_at = xsock__sys_facts.readiness_omits ? xsock__poller_always : 0;
    uint32_t done = 0;
    if (count == 0 && !any_noted)
        return 0;
    xsock__sys_lock(&p->lock);
    for (const struct xsock_event *e = out, *end = out + count; e != end; e++) {
        uint32_t events = e->events;
        struct slot *s = xsock__poller_slot_of_key(p, e->data);
        if (s == NULL)
            continue;
        if (((events | looked_at) & xsock__poller_always) != 0)
            events = with_state(s->member, events);
        events &= s->events | xsock__poller_always;
        if (events != 0)
            done = put(s, events, out, done);
        else
            *out_vain = true;
    }
    if (any_noted) {
        struct noted r = {p, out, n, done};
        (void)xsock__poller_each_noted(p, put_noted, &r);
        done = r.count;
    }
    xsock__sys_unlock(&p->lock);
    return (int)done;
}
