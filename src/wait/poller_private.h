/* Private to this folder: how a poller is laid out.
 *
 * poller.c        how a poller begins and ends, and its members
 * poller_state.c  what the state of a member's socket tells, where the system leaves that out
 * poller_report.c what a wait reports
 * poller_wait.c   waiting */
#ifndef XSOCK__WAIT_POLLER_PRIVATE_H
#define XSOCK__WAIT_POLLER_PRIVATE_H

#include "socket/sock.h"
#include "sys.h"
#include "sys_poller.h"
#include "wait/poller.h"

/* What a wait does not need of a member. */
struct member {
    struct xsock__observer observer; /* of the descriptor that is watched */
    struct xsock__sys_member sys;    /* the low half of its key is the member's slot */
    struct xsock__poller *poller;
    struct member *next_noted; /* in the list of those whose state has something to report */
};

/* sys.noted: the member stands in that list. sys.added: the system has the member. sys.told: what
 * of its state an edge-triggered member was told. */
_Static_assert(sizeof(void *) != 8 || sizeof(struct member) <= 88,
               "a member and its slot take 128 bytes, of which malloc takes 8");

/* What a wait reports of a member, so that a wait touches nothing else. */
struct slot {
    struct member *member; /* NULL: free */
    uint64_t data;
    uint32_t generation; /* 31 bits: see xsock__sys_member */
    int number;
    unsigned char events; /* what the member is watched for, with its modes */
    bool armed;           /* ONESHOT: not reported yet */
    union {
        uint32_t place; /* where a wait has reported it, if that entry tells of the member */
        uint32_t next_free;
    };
};

enum { CLOSING = 1, DEAD = 2 };

struct xsock__poller {
    struct xsock__sock sock;         /* what makes it a descriptor: no family, no type */
    struct xsock__observer observer; /* of its own descriptor */
    struct xsock__fdtab *table;
    struct xsock__sys_poller *sys;
    xsock__atomic_int
        refs; /* its descriptor's, and one a member's: a closing thread may have one in hand */
    xsock__atomic_int state;
    xsock__atomic_int
        asked; /* xsock_poller_wake was called: the system's wake has other uses, too */
    struct xsock__poller *next_dead;
    struct xsock__lock lock; /* of all that follows, and of what the system is told of members */
    struct slot *slots;
    uint32_t slot_count, free_slot; /* free_slot == slot_count: none */
    struct xsock__lock noted_lock; /* of the list of members whose state has something to report, */
    struct member *noted;
    xsock__atomic_int any_noted;
    bool gone; /* the system's poller is closed */
};

static inline uint64_t xsock__poller_key(uint32_t generation, uint32_t slot)
{
    return (uint64_t)generation << 32 | slot;
}

static inline struct slot *xsock__poller_slot(const struct xsock__poller *p, const struct member *m)
{
    return &p->slots[(uint32_t)m->sys.key];
}

/* Under the lock. The slot of a key that the system reported, or NULL if the member has left
 * meanwhile. */
static inline struct slot *xsock__poller_slot_of_key(const struct xsock__poller *p, uint64_t key)
{
    uint32_t i = (uint32_t)key;
    return i < p->slot_count && p->slots[i].generation == key >> 32 ? &p->slots[i] : NULL;
}

/* What the member's descriptor holds, which the member lives no longer than. */
static inline struct xsock__held xsock__poller_held(const struct member *m)
{
    return (struct xsock__held){m->sys.handle, m->sys.socket};
}

/* Whether the system may leave out what the state of the socket tells. */
static inline bool xsock__poller_must_note(const struct xsock__sock *s)
{
    return xsock__sys_facts.readiness_omits || xsock__sock_is(s, XSOCK__SOCK_KEPT_ERROR);
}

/* poller_state.c: under the lock. From now on the member is watched for these events, and what the
 * state of its socket tells is reported beside what the system reports. forget ends that, of one
 * member or of all. No member is watched any more when all are forgotten. */
void xsock__poller_watch_state(struct xsock__poller *p, struct member *m, uint32_t events);
void xsock__poller_forget_state(struct xsock__poller *p, struct member *m);
void xsock__poller_forget_all_states(struct xsock__poller *p);

/* poller_state.c: without the lock. The state has changed, and may have something to report. */
void xsock__poller_note(struct xsock__poller *p, struct member *m);

/* poller_state.c: under the lock. Calls fn, which may be NULL, for each member that has something
 * to report that it was not told yet, and is armed. fn returns whether it has reported that.
 * Returns whether there was such a member. */
typedef bool xsock__poller_noted_fn(struct member *m, uint32_t events, void *user);
bool xsock__poller_each_noted(struct xsock__poller *p, xsock__poller_noted_fn *fn, void *user);

/* poller_report.c: whether a wait has something to report that the system leaves out. */
bool xsock__poller_has_noted(struct xsock__poller *p);

static inline bool xsock__poller_any_noted(struct xsock__poller *p)
{
    return xsock__atomic_load(&p->any_noted) && xsock__poller_has_noted(p);
}

/* poller_report.c: makes a report of the `count` events of the system in out, which has room for n.
 * Returns how many entries there are. *out_vain becomes true if the system has reported what is not
 * to be reported of a member. */
int xsock__poller_report(struct xsock__poller *p, size_t count, struct xsock_event *out, size_t n,
                         bool *out_vain);

static const uint32_t xsock__poller_always = XSOCK_POLLER_ERR | XSOCK_POLLER_HUP;

#endif
