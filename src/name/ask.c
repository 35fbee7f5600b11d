#include "name/ask.h"

#include <string.h>

#include "base/atomic.h"
#include "facts/translate.h"
#include "name/lookup_pool.h"
#include "sys.h"

static int wait_done(const struct xsock__job *j, struct xsock__happy *h,
                     const struct xsock__waiter *w)
{
    while (!xsock__lookup_pool_is_done(j)) {
        struct xsock__sys_wait nothing = {UINTPTR_MAX, 0, 0};
        struct xsock__happy_step step = xsock__happy_next(h, xsock__sys_now());
        if (xsock__atomic_load(&w->closed))
            return -XSOCK_ECANCELED;
        if (step.what == XSOCK__HAPPY_GIVE_UP)
            return step.error;
        int code = xsock__sys_wait(&nothing, 1, &w->waker->wake, step.wait_ns);
        if (code != 0 && xsock__error_from_native(code) != -XSOCK_EINTR)
            return xsock__finish(code);
    }
    return 0;
}

static int ask_with(const struct xsock__question *q, const void *guest, struct xsock__happy *h,
                    const struct xsock__waiter *w, struct xsock__answer *out)
{
    struct xsock__job *j = xsock__lookup_pool_begin(q, guest, &w->waker->wake);
    if (j == NULL)
        return -XSOCK_ENOMEM;
    int waited = wait_done(j, h, w);
    int rc = xsock__lookup_pool_end(j, out);
    if (waited == 0)
        return rc;
    out->code = 0; /* the answer came too late, and its code does not belong to this result */
    return waited;
}

/* The asker waits in the table's sealing descriptor, so that sealing the table wakes it. */
static int ask(struct xsock__fdtab *t, const struct xsock__question *q, const void *guest,
               struct xsock__happy *h, struct xsock__answer *out)
{
    struct xsock__waiter w;
    struct xsock__waker *k;
    int rc = xsock__fdtab_take_waker(t, &k);
    if (rc != 0)
        return rc > 0 ? xsock__finish(rc) : rc; /* above 0: the system's code */
    rc = xsock__fdtab_attach(t, xsock__fdtab_seal_fd(t), &w, k);
    if (rc == 0) {
        rc = ask_with(q, guest, h, &w, out);
        (void)xsock__fdtab_detach(t, &w);
    }
    xsock__fdtab_give_waker(t, k, true);
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
