#include "name/pending.h"

#include <string.h>

#include "call/lookup.h"
#include "name/lookup_pool.h"
#include "name/resolve.h"
#include "socket/sock.h"
#include "socket/start.h"
#include "sys.h"

struct pending {
    struct xsock__file file; /* first, for the cast from it */
    struct xsock__held other;
    int forks;               /* when it was begun: a forked child has no part in it */
    struct xsock__lock lock; /* protects the fields below */
    struct xsock__job *job;  /* NULL: the answer is in the next two */
    struct xsock__answer answer;
    int rc;
};

static struct pending *pending_of(const struct xsock__fd *fd)
{
    return (struct pending *)(void *)fd->held.sock->file;
}

static bool is_forked(const struct pending *p)
{
    xsock__sys_lock_global();
    bool forked = p->forks != xsock__fdtab_forks();
    xsock__sys_unlock_global();
    return forked;
}

/* The descriptor is closed. Nobody waits for the answer any more. The child's pool has forgotten
 * the parent's jobs. */
static void gone(struct xsock__file *f)
{
    struct pending *p = (struct pending *)(void *)f;
    if (p->job != NULL && !is_forked(p))
        (void)xsock__lookup_pool_end(p->job, &p->answer);
    xsock__answer_free(&p->answer);
    xsock__sock_close(&p->other);
    xsock__sys_lock_destroy(&p->lock);
    xsock__sys_free(p, sizeof *p);
}

/* The pair is empty, so a byte has room. If the system refuses all the same, the end of the stream
 * is something to read, too. */
static void signal_answer(void *user)
{
    const struct pending *p = user;
    size_t n;
    if (xsock__sys_send(p->other.handle, "", 1, 0, NULL, &n) != 0)
        (void)xsock__sys_shutdown(p->other.handle, false, true);
}

/* ---- Beginning ------------------------------------------------------------------------------- */

static int make(struct pending **out, struct xsock__held *out_held)
{
    struct xsock__held held[2];
    struct pending *p = xsock__sys_alloc(sizeof *p);
    if (p == NULL)
        return -XSOCK_ENOMEM;
    int rc = xsock__start();
    if (rc == 0)
        rc = xsock__sock_pair(XSOCK_AF_LOCAL, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, held);
    if (rc != 0) {
        xsock__sys_free(p, sizeof *p);
        return rc;
    }
    xsock__sys_lock_init(&p->lock);
    xsock__sys_lock_global();
    p->forks = xsock__fdtab_forks();
    xsock__sys_unlock_global();
    p->file.gone = gone;
    p->other = held[1];
    xsock__sock_make_lookup(held[0].sock, &p->file);
    *out = p;
    *out_held = held[0];
    return 0;
}

/* What needs no asking is answered here. */
static int ask(struct pending *p, const struct xsock__question *q)
{
    if (!xsock__question_is_slow(q)) {
        p->rc = xsock__resolve_ask(q, &p->answer);
        signal_answer(p);
        return 0;
    }
    p->job = xsock__lookup_pool_begin(q, NULL, signal_answer, p);
    return p->job != NULL ? 0 : -XSOCK_ENOMEM;
}

int xsock__call_resolve_begin(struct xsock__fdtab *t, const char *host, const char *service, int af,
                              int type, int flags)
{
    struct xsock__question q;
    struct pending *p;
    struct xsock__held held;
    struct xsock__fd *fd;
    int rc = xsock__question_init(&q, host, service, af, type, flags);
    if (rc == 0)
        rc = xsock__fdtab_reserve(t, 0, &fd);
    if (rc != 0)
        return rc;
    rc = make(&p, &held);
    if (rc == 0) {
        rc = ask(p, &q);
        if (rc != 0)
            xsock__sock_close(&held);
    }
    if (rc != 0) {
        xsock__fdtab_cancel(t, fd);
        return rc;
    }
    return xsock__lookup_publish(t, fd, &held, XSOCK_SOCK_CLOEXEC);
}

/* ---- Ending ---------------------------------------------------------------------------------- */

/* Under the lock. False: there is no answer yet. No error of a look-up may look like that. */
static bool take_answer(struct pending *p)
{
    if (p->job == NULL)
        return true;
    if (!xsock__lookup_pool_is_done(p->job))
        return false;
    int rc = xsock__lookup_pool_end(p->job, &p->answer);
    p->job = NULL;
    p->rc = rc == -XSOCK_EAGAIN ? -XSOCK_EAI_AGAIN : rc == -XSOCK_ENOMEM ? -XSOCK_EAI_MEMORY : rc;
    return true;
}

/* Under the lock. */
static int tell(const struct pending *p, struct xsock_addr *out, size_t cap)
{
    size_t n = cap < p->answer.count ? cap : p->answer.count;
    if (p->rc != 0) {
        if (p->answer.code != 0)
            xsock__sys_set_last_error(p->answer.code);
        return p->rc;
    }
    if (n > 0)
        memcpy(out, p->answer.v, n * sizeof *out);
    return (int)p->answer.count;
}

/* Closes the descriptor, unless the array was too small. Another thread may have closed it. */
static void finish(struct xsock__fdtab *t, struct xsock__fd *fd, bool closes)
{
    struct xsock__held held;
    if (closes && xsock__fdtab_take(t, fd, &held) == 0)
        xsock__sock_close(&held);
    else
        xsock__fdtab_put(t, fd);
}

int xsock__call_resolve_end(struct xsock__fdtab *t, int d, struct xsock_addr *out, size_t cap)
{
    struct xsock__fd *fd;
    int rc = xsock__lookup_fd(t, d, &fd);
    if (rc != 0)
        return rc;
    bool answered = false;
    if (!xsock__sock_is_lookup(fd->held.sock)) {
        rc = -XSOCK_EINVAL;
    } else if (out == NULL && cap > 0) {
        rc = -XSOCK_EFAULT;
    } else {
        struct pending *p = pending_of(fd);
        xsock__sys_lock(&p->lock);
        answered = take_answer(p);
        rc = answered ? tell(p, out, cap) : -XSOCK_EAGAIN;
        xsock__sys_unlock(&p->lock);
    }
    finish(t, fd, answered && (rc < 0 || (size_t)rc <= cap));
    return rc;
}
