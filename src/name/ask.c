#include "name/ask.h"

#include <string.h>

#include "base/atomic.h"
#include "base/interval.h"
#include "facts/translate.h"
#include "name/lookup_pool.h"
#include "sys.h"
#include "wait/wake.h"

/* One call that waits for an answer. */
struct asker {
    struct xsock__fdtab *t;
    struct xsock__waiter waiter;
    struct xsock__waker *waker; /* NULL: the system gave none */
    bool trusted, lost; /* see wake.h; a thread of the pool may use a lost one until the end */
};

static void set_wake(void *user)
{
    const struct asker *a = user;
    if (a->waker != NULL)
        xsock__sys_wake_set(&a->waker->wake);
}

/* Waits for the wake, or for one of the growing intervals if there is none. */
static void wait_once(struct asker *a, int64_t left, int64_t *interval)
{
    const struct xsock__waker *k = a->lost ? NULL : a->waker;
    *interval = xsock__interval_after(*interval);
    if (k == NULL && (left < 0 || left > *interval))
        left = *interval;
    (void)xsock__wake_wait(k, a->trusted, NULL, 0, left);
    a->lost = a->lost || xsock__wake_is_lost(k, &a->trusted);
}

static int wait_done(struct asker *a, const struct xsock__job *j, struct xsock__happy *h)
{
    int64_t interval = 0;
    while (!xsock__lookup_pool_is_done(j)) {
        struct xsock__happy_step step = xsock__happy_next(h, xsock__sys_now());
        if (xsock__atomic_load(&a->waiter.closed))
            return -XSOCK_ECANCELED;
        if (step.what == XSOCK__HAPPY_GIVE_UP)
            return step.error;
        wait_once(a, step.wait_ns, &interval);
    }
    return 0;
}

static int ask_with(struct asker *a, const struct xsock__question *q, const void *guest,
                    struct xsock__happy *h, struct xsock__answer *out)
{
    struct xsock__job *j = xsock__lookup_pool_begin(q, guest, set_wake, a);
    if (j == NULL)
        return -XSOCK_ENOMEM;
    int waited = wait_done(a, j, h);
    int rc = xsock__lookup_pool_end(j, out);
    if (waited == 0)
        return rc;
    out->code = 0; /* the answer came too late, and its code does not belong to this result */
    return waited;
}

/* A wake whose handle the program has closed is not kept for other calls. */
static void give_waker(struct asker *a)
{
    if (a->lost) {
        xsock__fdtab_lock(a->t);
        xsock__fdtab_lose_waker_locked(&a->waker);
        xsock__fdtab_unlock(a->t);
    }
    xsock__fdtab_give_waker(a->t, a->waker, true);
}

/* The asker waits in the table's sealing descriptor, so that sealing the table wakes it. */
static int ask(struct xsock__fdtab *t, const struct xsock__question *q, const void *guest,
               struct xsock__happy *h, struct xsock__answer *out)
{
    struct asker a = {.t = t};
    int rc = xsock__fdtab_begin_wait(t, &a.waker);
    if (rc != 0)
        return rc;
    rc = xsock__fdtab_attach(t, xsock__fdtab_seal_fd(t), &a.waiter, a.waker);
    if (rc == 0) {
        rc = ask_with(&a, q, guest, h, out);
        (void)xsock__fdtab_detach(t, &a.waiter);
    }
    give_waker(&a);
    return rc;
}

int xsock__ask_until(struct xsock__fdtab *t, const struct xsock__question *q,
                     struct xsock__happy *h, struct xsock__answer *out)
{
    memset(out, 0, sizeof *out);
    if (!xsock__question_is_slow(q) || h->end.never)
        return xsock__resolve_ask(q, out);
    struct xsock__happy_step step = xsock__happy_next(h, xsock__sys_now());
    if (step.what == XSOCK__HAPPY_GIVE_UP)
        return step.error;
    return ask(t, q, NULL, h, out);
}

int xsock__ask_for_guest(struct xsock__fdtab *t, const struct xsock__question *q,
                         struct xsock__answer *out)
{
    struct xsock__deadline never = xsock__deadline_in(-1);
    struct xsock__happy h;
    memset(out, 0, sizeof *out);
    if (!xsock__question_is_slow(q))
        return xsock__resolve_ask(q, out);
    xsock__happy_begin(&h, &never);
    return ask(t, q, t, &h, out);
}
