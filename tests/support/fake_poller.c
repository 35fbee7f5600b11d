#include "fake_poller.h"

#include "fake_sys.h"
#include "sys_poller.h"
#include "xsock.h"

enum { CAPACITY = 32 };

struct watched {
    struct xsock__sys_member *member; /* NULL if this entry is free */
    uint32_t events;
    bool reported; /* with ET or ONESHOT: reports no more for now */
};

struct xsock__sys_poller {
    struct watched watched[CAPACITY];
    uintptr_t handle;
    struct xsock__sys_wake wake;
    bool woken;
};

static struct {
    uintptr_t handle;
    uint32_t events;
} ready[CAPACITY];

static struct {
    struct xsock_event late;
    uint64_t last_key;
    void (*meanwhile)(void *user);
    void *user;
    size_t pollers, members;
    int fail;
} fake;

/* ---- What the test sets ---------------------------------------------------------------------- */

static uint32_t events_of(uintptr_t handle)
{
    for (int i = 0; i < CAPACITY; i++)
        if (ready[i].handle == handle)
            return ready[i].events;
    return 0;
}

void fake_poller_reset(void)
{
    for (int i = 0; i < CAPACITY; i++)
        ready[i].handle = ready[i].events = 0;
    fake.late.events = 0;
    fake.meanwhile = NULL;
    fake.fail = 0;
}

void fake_poller_ready(uintptr_t handle, uint32_t events)
{
    int at = 0;
    while (at < CAPACITY - 1 && ready[at].handle != handle && ready[at].events != 0)
        at++;
    for (int i = 0; i < CAPACITY; i++)
        if (ready[i].handle == handle)
            at = i;
    ready[at].handle = handle;
    ready[at].events = events;
}

void fake_poller_late(uint64_t key, uint32_t events)
{
    fake.late = (struct xsock_event){.data = key, .events = events};
}

uint64_t fake_poller_last_key(void)
{
    return fake.last_key;
}

void fake_poller_fail(int code)
{
    fake.fail = code;
}

void fake_poller_meanwhile(void (*fn)(void *user), void *user)
{
    fake.meanwhile = fn;
    fake.user = user;
}

size_t fake_pollers(void)
{
    return fake.pollers;
}

size_t fake_poller_members(void)
{
    return fake.members;
}

static int take_failure(void)
{
    int code = fake.fail;
    fake.fail = 0;
    return code;
}

/* ---- The backend ----------------------------------------------------------------------------- */

int xsock__sys_poller_open(struct xsock__sys_poller **out)
{
    int code = take_failure();
    if (code != 0)
        return code;
    struct xsock__sys_poller *p = xsock__sys_alloc(sizeof *p);
    if (p == NULL)
        return FAKE_ENOMEM;
    code = xsock__sys_wake_open(&p->wake);
    if (code != 0) {
        xsock__sys_free(p, sizeof *p);
        return code;
    }
    p->handle = fake_make_file();
    fake.pollers++;
    *out = p;
    return 0;
}

void xsock__sys_poller_abandon(struct xsock__sys_poller *p)
{
    for (int i = 0; i < CAPACITY; i++)
        fake.members -= p->watched[i].member != NULL;
    fake_close_foreign(p->handle);
    xsock__sys_wake_close(&p->wake);
    fake.pollers--;
}

void xsock__sys_poller_close(struct xsock__sys_poller *p)
{
    xsock__sys_poller_abandon(p);
    xsock__sys_free(p, sizeof *p);
}

uintptr_t xsock__sys_poller_handle(const struct xsock__sys_poller *p)
{
    return p->handle;
}

static struct watched *find(struct xsock__sys_poller *p, const struct xsock__sys_member *m)
{
    for (int i = 0; i < CAPACITY; i++)
        if (p->watched[i].member == m)
            return &p->watched[i];
    return NULL;
}

int xsock__sys_poller_add(struct xsock__sys_poller *p, struct xsock__sys_member *m, uint32_t events)
{
    int code = take_failure();
    struct watched *w = find(p, NULL);
    if (code == 0 && w == NULL)
        code = FAKE_ENOMEM;
    if (code != 0)
        return code;
    *w = (struct watched){m, events, false};
    fake.last_key = m->key;
    fake.members++;
    return 0;
}

int xsock__sys_poller_change(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                             uint32_t events)
{
    int code = take_failure();
    if (code == 0)
        *find(p, m) = (struct watched){m, events, false};
    return code;
}

void xsock__sys_poller_remove(struct xsock__sys_poller *p, struct xsock__sys_member *m)
{
    find(p, m)->member = NULL; /* ends the program if the core removes an unknown member */
    fake.members--;
}

void xsock__sys_poller_used(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                            uint32_t events)
{
    struct watched *w = find(p, m);
    if (w != NULL && (w->events & events) != 0)
        w->reported = false;
}

/* Reports each event apart, as systems do that have a filter for each. */
static size_t collect(struct xsock__sys_poller *p, struct xsock_event *v, size_t n)
{
    size_t count = 0;
    for (int i = 0; i < CAPACITY && count < n; i++) {
        struct watched *w = &p->watched[i];
        uint32_t events = w->member == NULL || w->reported ? 0 : events_of(w->member->handle);
        events &= w->events | XSOCK_POLLER_ERR | XSOCK_POLLER_HUP;
        for (uint32_t bit = 1; bit != 0 && bit <= events && count < n; bit <<= 1)
            if (events & bit)
                v[count++] = (struct xsock_event){.data = w->member->key, .events = bit};
        w->reported =
            w->reported
            || (events != 0 && (w->events & (XSOCK_POLLER_ET | XSOCK_POLLER_ONESHOT)) != 0);
    }
    return count;
}

int xsock__sys_poller_wait(struct xsock__sys_poller *p, struct xsock_event *out, size_t n,
                           int64_t timeout_ns, size_t *out_count, bool *out_woken)
{
    void (*meanwhile)(void *user) = fake.meanwhile;
    size_t count = 0;
    fake.meanwhile = NULL;
    if (meanwhile != NULL)
        meanwhile(fake.user);
    int code = take_failure();
    if (code != 0)
        return code;
    if (fake.late.events != 0)
        out[count++] = fake.late;
    fake.late.events = 0;
    count += collect(p, out + count, n - count);
    if (count == 0 && !p->woken)
        code = xsock__sys_wait(NULL, 0, &p->wake, timeout_ns); /* time passes */
    if (code != 0)
        return code;
    *out_count = count;
    *out_woken = p->woken;
    p->woken = false;
    xsock__sys_wake_clear(&p->wake);
    return 0;
}

void xsock__sys_poller_wake(struct xsock__sys_poller *p)
{
    p->woken = true;
    xsock__sys_wake_set(&p->wake);
}
