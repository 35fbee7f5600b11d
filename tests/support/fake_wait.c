/* The fake system's clock, its wakes, and waiting. The clock advances only in a wait. */
#include "fake_private.h"

#include <string.h>

enum { HOOKS = 16, WAKES = 256, BEGINNING = 1000000000, WAKE_BASE = 0x7000000 };

static int64_t now = BEGINNING;
static struct {
    struct hook {
        fake_hook *fn; /* NULL if this entry is free */
        void *user;
        int64_t time; /* when a timed hook runs */
        enum fake_call call;
        unsigned nth;
    } timed[HOOKS], before[HOOKS];
    int64_t interrupt_ns, early_ns, day_ns;
} set;

void fake__reset_wait(void)
{
    memset(&set, 0, sizeof set);
}

/* ---- The clock ------------------------------------------------------------------------------- */

int64_t fake_now(void)
{
    return now;
}

void fake_advance(int64_t ns)
{
    now += ns;
}

int64_t xsock__sys_now(void)
{
    fake__notice(FAKE_NOW);
    return now;
}

int64_t xsock__sys_realtime(void)
{
    return now + set.day_ns;
}

void fake_set_day(int64_t ns)
{
    set.day_ns = ns - now;
}

/* ---- Hooks ----------------------------------------------------------------------------------- */

static struct hook *free_hook(struct hook *hooks)
{
    for (int i = 0; i < HOOKS; i++)
        if (hooks[i].fn == NULL)
            return &hooks[i];
    fake__die("too many hooks were set");
    return NULL;
}

void fake_at(int64_t time, fake_hook *fn, void *user)
{
    *free_hook(set.timed) = (struct hook){fn, user, time, FAKE_ANY_CALL, 0};
}

void fake_before(enum fake_call call, unsigned nth, fake_hook *fn, void *user)
{
    *free_hook(set.before) = (struct hook){fn, user, 0, call, fake_calls(call) + nth};
}

static void run(struct hook *h)
{
    struct hook once = *h;
    h->fn = NULL;
    once.fn(once.user);
}

void fake__run_hooks_before(enum fake_call call, unsigned nth)
{
    for (int i = 0; i < HOOKS; i++)
        if (set.before[i].fn != NULL && set.before[i].call == call && set.before[i].nth == nth)
            run(&set.before[i]);
}

static void run_due_hooks(void)
{
    for (int i = 0; i < HOOKS; i++)
        if (set.timed[i].fn != NULL && set.timed[i].time <= now)
            run(&set.timed[i]);
}

static int64_t next_hook(void)
{
    int64_t first = INT64_MAX;
    for (int i = 0; i < HOOKS; i++)
        if (set.timed[i].fn != NULL && set.timed[i].time < first)
            first = set.timed[i].time;
    return first;
}

void fake_interrupt_every(int64_t ns)
{
    set.interrupt_ns = ns;
}

void fake_wake_early_by(int64_t ns)
{
    set.early_ns = ns;
}

/* ---- Wakes ----------------------------------------------------------------------------------- */

static struct {
    bool open, set, spoiled, silent;
} wakes[WAKES];

static size_t find_wake(const struct xsock__sys_wake *w)
{
    uintptr_t i = w->handle[0] - WAKE_BASE;
    if (w->handle[0] < WAKE_BASE || i >= WAKES || !wakes[i].open || w->handle[1] != ~w->handle[0])
        fake__die("used what is no open wake");
    return i;
}

int xsock__sys_wake_open(struct xsock__sys_wake *out)
{
    int code = fake__begin(FAKE_WAKE_OPEN);
    size_t i = 0;
    if (code != 0)
        return code;
    while (i < WAKES && wakes[i].open)
        i++;
    if (i == WAKES)
        return FAKE_EMFILE;
    wakes[i].open = true;
    wakes[i].set = wakes[i].spoiled = wakes[i].silent = false;
    out->handle[0] = WAKE_BASE + i;
    out->handle[1] = ~out->handle[0];
    return 0;
}

void xsock__sys_wake_close(struct xsock__sys_wake *w)
{
    wakes[find_wake(w)].open = false;
}

void xsock__sys_wake_set(const struct xsock__sys_wake *w)
{
    size_t i = find_wake(w);
    wakes[i].set = !wakes[i].spoiled;
}

void xsock__sys_wake_clear(const struct xsock__sys_wake *w)
{
    wakes[find_wake(w)].set = false;
}

int xsock__sys_set_wake_signal(int signo)
{
    (void)signo;
    return FAKE_EOPNOTSUPP;
}

bool xsock__sys_wake_self(uintptr_t handle, struct xsock__sys_wake *out)
{
    (void)handle, (void)out;
    return false;
}

bool xsock__sys_wake_is_own(const struct xsock__sys_wake *w)
{
    (void)w;
    return false;
}

bool xsock__sys_wake_is_valid(const struct xsock__sys_wake *w)
{
    return !wakes[find_wake(w)].spoiled;
}

void fake_spoil_wakes(void)
{
    for (size_t i = 0; i < WAKES; i++)
        wakes[i].spoiled = true;
}

void fake_silence_wakes(void)
{
    for (size_t i = 0; i < WAKES; i++)
        wakes[i].spoiled = wakes[i].silent = true;
}

size_t fake_wakes(void)
{
    size_t n = 0;
    for (size_t i = 0; i < WAKES; i++)
        n += wakes[i].open && !wakes[i].spoiled;
    return n;
}

size_t fake_wakes_set(void)
{
    size_t n = 0;
    for (size_t i = 0; i < WAKES; i++)
        n += wakes[i].open && wakes[i].set;
    return n;
}

/* ---- Waiting --------------------------------------------------------------------------------- */

static bool ends_waits(size_t wake)
{
    return wakes[wake].set || (wakes[wake].spoiled && !wakes[wake].silent);
}

/* Whether the wait has an event to report. */
static bool look(struct xsock__sys_wait *v, size_t n, const struct xsock__sys_wake *wake)
{
    bool any = wake != NULL && ends_waits(find_wake(wake));
    fake__net_settle();
    for (size_t i = 0; i < n; i++) {
        const int always = XSOCK_POLLERR | XSOCK_POLLHUP;
        if ((v[i].events & ~(XSOCK_POLLIN | XSOCK_POLLOUT | XSOCK_POLLPRI | XSOCK_POLLHUP)) != 0)
            fake__die("waited for what is no event");
        v[i].revents = 0;
        if (v[i].handle != UINTPTR_MAX) {
            const struct fake__endpoint *e =
                fake__endpoint(v[i].handle, "waited on what is no open socket");
            v[i].revents = fake__net_revents(e) & (v[i].events | always);
        }
        any = any || v[i].revents != 0;
    }
    return any;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Returns when a wait ends: at the end of its time, or too early. */
static int64_t end_of(int64_t timeout_ns)
{
    if (timeout_ns < 0 || timeout_ns > INT64_MAX - now)
        return INT64_MAX;
    return now + timeout_ns - (timeout_ns > set.early_ns ? set.early_ns : 0);
}

/* Advances the clock to the next event. */
static void pass_time(int64_t end, int64_t interrupt)
{
    int64_t next = earlier(earlier(end, interrupt), earlier(next_hook(), fake__net_next_event()));
    if (next == INT64_MAX)
        fake__die("waited for what will never happen");
    now = next;
}

int xsock__sys_wait(struct xsock__sys_wait *v, size_t n, const struct xsock__sys_wake *wake,
                    int64_t timeout_ns)
{
    int code = fake__begin(FAKE_WAIT);
    int64_t end = end_of(timeout_ns);
    int64_t interrupt =
        set.interrupt_ns > 0 ? now + set.interrupt_ns - now % set.interrupt_ns : INT64_MAX;
    if (code != 0)
        return code;
    if (timeout_ns < -1)
        fake__die("waited for a time that is none");
    for (;;) {
        run_due_hooks();
        if (look(v, n, wake) || now >= end)
            return 0;
        if (now >= interrupt)
            return FAKE_EINTR;
        pass_time(end, interrupt);
    }
}
