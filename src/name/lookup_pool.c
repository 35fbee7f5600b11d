#include "name/lookup_pool.h"

#include <string.h>

#include "base/atomic.h"
#include "facts/translate.h"
#include "sys.h"

/* What the thread and its asker share. The asker frees it if the thread is done first, and the
 * thread frees it if the asker has left first. The lock decides. When the asker goes on, the thread
 * owns nothing any more. */
struct job {
    struct xsock__lock lock;
    /* NULL: the asker has left, and another thread may have the wake */
    const struct xsock__sys_wake *wake;
    xsock__atomic_int done;
    struct xsock__question q;
    struct xsock__answer answer;
    int rc;
};

static struct job *create(const struct xsock__question *q, const struct xsock__sys_wake *wake)
{
    struct job *j = xsock__sys_alloc(sizeof *j);
    if (j == NULL)
        return NULL;
    xsock__sys_lock_init(&j->lock);
    j->wake = wake;
    j->q = *q;
    return j;
}

static void destroy(struct job *j)
{
    xsock__answer_free(&j->answer);
    xsock__sys_lock_destroy(&j->lock);
    xsock__sys_free(j, sizeof *j);
}

static void run(void *arg)
{
    struct job *j = arg;
    j->rc = xsock__question_ask(&j->q, &j->answer);
    xsock__sys_lock(&j->lock);
    bool left_behind = j->wake == NULL;
    if (!left_behind) {
        xsock__atomic_store(&j->done, 1);
        xsock__sys_wake_set(j->wake);
    }
    xsock__sys_unlock(&j->lock);
    if (left_behind)
        destroy(j);
}

static int wait_done(const struct job *j, struct xsock__happy *h, const struct xsock__waiter *w)
{
    while (!xsock__atomic_load(&j->done)) {
        struct xsock__sys_wait nothing = {UINTPTR_MAX, 0, 0};
        struct xsock__happy_step step = xsock__happy_next(h, xsock__sys_now());
        if (xsock__atomic_load(&w->closed))
            return -XSOCK_ECANCELED;
        if (step.what == XSOCK__HAPPY_GIVE_UP)
            return step.error;
        int code = xsock__sys_wait(&nothing, 1, j->wake, step.wait_ns);
        if (code != 0 && xsock__error_from_native(code) != -XSOCK_EINTR)
            return xsock__finish(code);
    }
    return 0;
}

/* The asker leaves. True if the asker must destroy the job. */
static bool leave(struct job *j)
{
    xsock__sys_lock(&j->lock);
    bool done = xsock__atomic_load(&j->done) != 0;
    j->wake = NULL;
    xsock__sys_unlock(&j->lock);
    return done;
}

static int ask_with(const struct xsock__question *q, struct xsock__happy *h,
                    const struct xsock__waiter *w, struct xsock__answer *out)
{
    struct job *j = create(q, &w->waker->wake);
    if (j == NULL)
        return -XSOCK_ENOMEM;
    int rc = xsock__finish(xsock__sys_thread_start(run, j));
    if (rc != 0) {
        destroy(j);
        return rc;
    }
    rc = wait_done(j, h, w);
    if (rc == 0) {
        rc = j->rc;
        *out = j->answer;
        memset(&j->answer, 0, sizeof j->answer);
    }
    if (leave(j))
        destroy(j);
    return rc;
}

/* Asks in a thread. The asker waits in the table's sealing descriptor, so that sealing the table
 * wakes it. */
static int ask_in_thread(struct xsock__fdtab *t, const struct xsock__question *q,
                         struct xsock__happy *h, struct xsock__answer *out)
{
    struct xsock__waiter w;
    struct xsock__waker *k;
    int rc = xsock__fdtab_take_waker(t, &k);
    if (rc != 0)
        return rc > 0 ? xsock__finish(rc) : rc; /* above 0: the system's code */
    rc = xsock__fdtab_attach(t, xsock__fdtab_seal_fd(t), &w, k);
    if (rc == 0) {
        rc = ask_with(q, h, &w, out);
        (void)xsock__fdtab_detach(t, &w);
    }
    xsock__fdtab_give_waker(t, k, true);
    return rc;
}

int xsock__lookup_pool_ask(struct xsock__fdtab *t, const struct xsock__question *q,
                           struct xsock__happy *h, struct xsock__answer *out)
{
    memset(out, 0, sizeof *out);
    if (!xsock__question_is_slow(q) || h->end.never)
        return xsock__question_ask(q, out);
    struct xsock__happy_step step = xsock__happy_next(h, xsock__sys_now());
    if (step.what == XSOCK__HAPPY_GIVE_UP)
        return step.error;
    return ask_in_thread(t, q, h, out);
}

int xsock__lookup_pool_ask_until_sealed(struct xsock__fdtab *t, const struct xsock__question *q,
                                        struct xsock__answer *out)
{
    struct xsock__deadline never = xsock__deadline_in(-1);
    struct xsock__happy h;
    memset(out, 0, sizeof *out);
    if (!xsock__question_is_slow(q))
        return xsock__question_ask(q, out);
    xsock__happy_begin(&h, &never);
    return ask_in_thread(t, q, &h, out);
}
