/* Connecting by name. */
#include "name/connect_host.h"

#include <string.h>

#include "addr/addr.h"
#include "call/call.h"
#include "facts/translate.h"
#include "name/happy_eyeballs.h"
#include "name/lookup_pool.h"
#include "name/resolve.h"
#include "socket/sock.h"
#include "socket/start.h"
#include "sys.h"

/* ---- Attempts: what the machine in happy_eyeballs.c decides is done here ---------------------------------- */

struct attempt {
    struct xsock__held held;
    bool running;
};

struct race {
    struct xsock__happy happy;
    size_t count;
    const struct xsock_addr **order;
    struct attempt *attempts;
    struct xsock__sys_wait *waits;
    bool won;
    struct xsock__held winner;
};

static void race_free(struct race *r)
{
    for (size_t i = 0; i < r->count && r->attempts != NULL; i++)
        if (r->attempts[i].running)
            xsock__sock_close(&r->attempts[i].held);
    xsock__sys_free(r->waits, r->count * sizeof *r->waits);
    xsock__sys_free(r->attempts, r->count * sizeof *r->attempts);
    xsock__sys_free(r->order, r->count * sizeof *r->order);
}

static int race_init(struct race *r, const struct xsock__answer *answer)
{
    r->count = answer->count;
    r->order = xsock__sys_alloc(r->count * sizeof *r->order);
    r->attempts = xsock__sys_alloc(r->count * sizeof *r->attempts);
    r->waits = xsock__sys_alloc(r->count * sizeof *r->waits);
    if (r->order == NULL || r->attempts == NULL || r->waits == NULL)
        return -XSOCK_ENOMEM;
    xsock__happy_interleave(answer->v, answer->count, r->order);
    xsock__happy_resolved(&r->happy, answer->count);
    return 0;
}

static void has_won(struct race *r, const struct xsock__held *held)
{
    xsock__sock_becomes(held->sock, XSOCK__SOCK_CONNECTED | XSOCK__SOCK_BOUND, 0);
    r->won = true;
    r->winner = *held;
}

static void has_failed(struct race *r, int code)
{
    int error = xsock__error_from_native(code);
    xsock__happy_failed(&r->happy, error == -XSOCK_EPERM ? -XSOCK_EACCES : error, code);
}

/* The native code; Winsock says EAGAIN for EINPROGRESS. */
static int connect_handle(uintptr_t handle, const struct xsock_addr *a, bool *out_running)
{
    struct xsock__sys_addr native;
    struct xsock_addr to = *a;
    int code, error;
    xsock__addr_destination(&to);
    code = xsock__sys_addr_to_native(&to, &native);
    if (code != 0)
        return code;
    do {
        code = xsock__sys_connect(handle, &native);
        error = xsock__error_from_native(code);
    } while (error == -XSOCK_EINTR);
    *out_running =
        error == -XSOCK_EINPROGRESS || error == -XSOCK_EALREADY || error == -XSOCK_EAGAIN;
    return code;
}

static void begin_attempt(struct race *r, size_t i)
{
    struct attempt *a = &r->attempts[i];
    int rc =
        xsock__sock_open(r->order[i]->family, XSOCK_SOCK_STREAM | XSOCK_SOCK_CLOEXEC, 0, &a->held);
    if (rc != 0) {
        xsock__happy_failed(&r->happy, rc, xsock__sys_last_error());
        return;
    }
    int code = connect_handle(a->held.handle, r->order[i], &a->running);
    if (code == 0) {
        has_won(r, &a->held);
    } else if (!a->running) {
        xsock__sock_close(&a->held);
        has_failed(r, code);
    }
}

/* The socket has something to say: connected, or failed. */
static void judge(struct race *r, struct attempt *a)
{
    struct xsock__sys_addr peer;
    int reason = 0;
    int code = xsock__sys_take_error(a->held.handle, &reason);
    if (code == 0)
        code = reason;
    if (code == 0) /* no error left may also mean that somebody has read it */
        code = xsock__sys_peer_addr(a->held.handle, &peer);
    a->running = false;
    if (code == 0) {
        has_won(r, &a->held);
        return;
    }
    xsock__sock_close(&a->held);
    has_failed(r, code);
}

static int wait_attempts(struct race *r, int64_t wait_ns)
{
    size_t n = r->happy.started;
    for (size_t i = 0; i < n; i++) {
        r->waits[i].handle = r->attempts[i].running ? r->attempts[i].held.handle : UINTPTR_MAX;
        r->waits[i].events = XSOCK_POLLOUT;
        r->waits[i].revents = 0;
    }
    int code = xsock__sys_wait(r->waits, n, NULL, wait_ns);
    if (code != 0 && xsock__error_from_native(code) != -XSOCK_EINTR) {
        r->happy.code = code;
        return xsock__error_from_native(code);
    }
    for (size_t i = 0; i < n && !r->won && code == 0; i++)
        if (r->waits[i].revents != 0)
            judge(r, &r->attempts[i]);
    return 0;
}

static int run(struct race *r)
{
    for (;;) {
        struct xsock__happy_step step = xsock__happy_next(&r->happy, xsock__sys_now());
        int rc = 0;
        if (step.what == XSOCK__HAPPY_START)
            begin_attempt(r, step.index);
        else if (step.what == XSOCK__HAPPY_WAIT)
            rc = wait_attempts(r, step.wait_ns);
        else if (r->happy.running > 0) /* the time is over: who has made it by now? */
            rc = wait_attempts(r, 0);
        if (r->won)
            return 0;
        if (rc != 0 || step.what == XSOCK__HAPPY_GIVE_UP)
            return rc != 0 ? rc : step.error;
    }
}

/* ---- Connecting ---------------------------------------------------------------------------------- */

/* The system's code that goes with the result: of the failure that is told, not of the last one. */
static void keep_code(int rc, int code, int before)
{
    xsock__sys_set_last_error(rc != 0 && rc != -XSOCK_ETIMEDOUT && code != 0 ? code : before);
}

static int connect_question(struct xsock__fdtab *t, const struct xsock__question *q,
                            int64_t timeout_ns, struct xsock__held *out)
{
    struct xsock__deadline end = xsock__deadline_in(timeout_ns);
    struct xsock__answer answer;
    struct race r;
    int before = xsock__sys_last_error();
    memset(&r, 0, sizeof r);
    xsock__happy_begin(&r.happy, &end);
    int rc = xsock__lookup_pool_ask(t, q, &r.happy, &answer);
    if (rc != 0) {
        if (answer.code != 0)
            xsock__sys_set_last_error(answer.code);
        xsock__answer_free(&answer);
        return rc;
    }
    rc = race_init(&r, &answer);
    if (rc == 0) {
        rc = run(&r);
        keep_code(rc, r.happy.code, before);
    }
    if (rc == 0)
        *out = r.winner;
    race_free(&r);
    xsock__answer_free(&answer);
    return rc;
}

int xsock__call_connect_host(struct xsock__fdtab *t, const char *host, const char *service,
                             int64_t timeout_ns)
{
    struct xsock__question q;
    struct xsock__held held;
    struct xsock__fd *fd;
    if (service == NULL)
        return -XSOCK_EFAULT;
    if (timeout_ns < -1)
        return -XSOCK_EINVAL;
    int rc = xsock__question_init(&q, host, service, XSOCK_AF_UNSPEC, XSOCK_SOCK_STREAM, 0);
    if (rc == 0)
        rc = xsock__fdtab_reserve(t, 0, &fd);
    if (rc != 0)
        return rc;
    rc = xsock__start();
    if (rc == 0)
        rc = connect_question(t, &q, timeout_ns, &held);
    if (rc != 0) {
        xsock__fdtab_cancel(t, fd);
        return rc;
    }
    return xsock__lookup_publish(t, fd, &held, XSOCK_SOCK_CLOEXEC);
}
