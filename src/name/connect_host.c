/* Connecting by name. */
#include "name/connect_host.h"

#include <string.h>

#include "addr/addr.h"
#include "base/interval.h"
#include "call/call.h"
#include "facts/translate.h"
#include "name/ask.h"
#include "name/happy_eyeballs.h"
#include "name/host.h"
#include "name/resolve.h"
#include "socket/endpoint.h"
#include "socket/option.h"
#include "socket/sock.h"
#include "socket/start.h"
#include "sys.h"

enum {
    FLAGS =
        XSOCK_HOST_NONBLOCK | XSOCK_HOST_INHERIT | XSOCK_HOST_NUMERICHOST | XSOCK_HOST_NUMERICSERV
};

/* ---- Attempts: what the machine in happy_eyeballs.c decides is done here --------------------- */

struct attempt {
    struct xsock__held held;
    bool running;
    bool put_off;                    /* it is not under way. It is tried again at this time: */
    int64_t again_at_ns;             /* of xsock__sys_now() */
    int64_t interval_ns;             /* not 0: it was put off before */
    struct xsock__deadline patience; /* until when it may be put off */
};

struct race {
    struct xsock__fdtab *table;
    const struct xsock__host *host;
    const struct xsock_addr *local; /* NULL: the system chooses */
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

static bool is_dgram(const struct race *r)
{
    return (r->host->type & XSOCK__TYPE_MASK) == XSOCK_SOCK_DGRAM;
}

/* Datagram sockets connect at once or not at all: their addresses are tried in their own order, and
 * no try needs a part of the time. */
static int race_init(struct race *r, const struct xsock_addr *v, size_t count)
{
    r->count = count;
    r->order = xsock__sys_alloc(count * sizeof *r->order);
    r->attempts = xsock__sys_alloc(count * sizeof *r->attempts);
    r->waits = xsock__sys_alloc(count * sizeof *r->waits);
    if (r->order == NULL || r->attempts == NULL || r->waits == NULL)
        return -XSOCK_ENOMEM;
    xsock__happy_resolved(&r->happy, count);
    if (!is_dgram(r)) {
        xsock__happy_interleave(v, count, r->order);
        return 0;
    }
    r->happy.end = xsock__deadline_in(-1);
    for (size_t i = 0; i < count; i++)
        r->order[i] = &v[i];
    return 0;
}

static void has_won(struct race *r, const struct xsock__held *held)
{
    bool gets_a_name = held->sock->af != XSOCK_AF_LOCAL;
    xsock__sock_connect_ended(held->sock, 0,
                              XSOCK__SOCK_CONNECTED | (gets_a_name ? XSOCK__SOCK_BOUND : 0));
    r->won = true;
    r->winner = *held;
}

static void has_failed(struct race *r, int code)
{
    int error = xsock__endpoint_error(xsock__error_from_native(code));
    if (error == -XSOCK_EAGAIN) /* for LOCAL, if the time has passed */
        error = -XSOCK_ETIMEDOUT;
    xsock__happy_failed(&r->happy, error, code);
}

static int to_native(const struct xsock_addr *a, struct xsock__sys_addr *out)
{
    struct xsock_addr to = *a;
    xsock__addr_destination(&to);
    return xsock__sys_addr_to_native(&to, out);
}

/* Returns the native code. Winsock gives EAGAIN for EINPROGRESS. For LOCAL, EAGAIN means that
 * nothing was begun. */
static int connect_held(const struct xsock__held *held, const struct xsock_addr *a,
                        bool *out_running)
{
    struct xsock__sys_addr native;
    int error, code = to_native(a, &native);
    *out_running = false;
    if (code != 0)
        return code;
    do {
        code = xsock__sys_connect(held->handle, xsock__sock_is_stream(held->sock), &native);
        error = xsock__error_from_native(code);
    } while (error == -XSOCK_EINTR);
    *out_running = error == -XSOCK_EINPROGRESS || error == -XSOCK_EALREADY
                   || (error == -XSOCK_EAGAIN && a->family != XSOCK_AF_LOCAL);
    return code;
}

/* Several attempts may need the same port at the same time. They can have it if all of them ask for
 * reuse. */
static int bind_to(const struct xsock__held *held, const struct xsock_addr *local)
{
    bool shares = xsock__addr_is_internet(local->family) && local->port != 0
                  && xsock__sock_is_stream(held->sock);
    int rc = shares ? xsock__option_set(held, XSOCK_SO_REUSEADDR, XSOCK_OPT_FLAG, 1) : 0;
    return rc != 0 ? rc : xsock__host_bind(held, local);
}

static int open_attempt(const struct race *r, const struct xsock_addr *to, struct xsock__held *out)
{
    int rc = xsock__host_open(r->host, to, out);
    if (rc != 0 || r->local == NULL)
        return rc;
    rc = bind_to(out, r->local);
    if (rc != 0)
        xsock__sock_close(out);
    return rc;
}

/* Of a time that is left, or -1 for no limit, and another. */
static int64_t earlier(int64_t left, int64_t ns)
{
    return left >= 0 && left < ns ? left : ns;
}

/* Whether a try has met a listener with a full queue. A listener of this machine may refuse then,
 * and is tried for a while. Linux gives EAGAIN for a LOCAL one, and waits for as long as the call.
 * No event tells when the queue has space. */
static bool may_get_in(const struct race *r, struct attempt *a, const struct xsock_addr *to,
                       int error)
{
    struct xsock__sys_addr native;
    if (to->family == XSOCK_AF_LOCAL) {
        a->patience = r->happy.end;
        return error == -XSOCK_EAGAIN;
    }
    if (error != -XSOCK_ECONNREFUSED || a->interval_ns != 0)
        return error == -XSOCK_ECONNREFUSED;
    int64_t left = xsock__time_left(&r->happy.end);
    a->patience = xsock__deadline_in(earlier(left, XSOCK__ENDPOINT_PATIENCE_NS));
    return to_native(to, &native) == 0 && xsock__endpoint_is_full(a->held.handle, &native);
}

/* Puts the attempt off, at growing intervals, if another try may succeed. */
static bool put_off(const struct race *r, struct attempt *a, const struct xsock_addr *to, int code)
{
    if (is_dgram(r) || !may_get_in(r, a, to, xsock__error_from_native(code)))
        return false;
    int64_t left = xsock__time_left(&a->patience);
    if (left == 0)
        return false;
    a->interval_ns = xsock__interval_after(a->interval_ns);
    a->again_at_ns = xsock__sys_now() + earlier(left, a->interval_ns);
    a->running = a->put_off = true;
    return true;
}

/* The attempt has ended with this code of the system. */
static void give_up(struct race *r, struct attempt *a, int code)
{
    a->running = false;
    xsock__sock_close(&a->held);
    has_failed(r, code);
}

static void try_attempt(struct race *r, struct attempt *a, const struct xsock_addr *to)
{
    a->put_off = false;
    int code = connect_held(&a->held, to, &a->running);
    if (code == 0)
        has_won(r, &a->held);
    else if (put_off(r, a, to, code))
        return;
    else if (is_dgram(r) || !a->running)
        give_up(r, a, code);
    else
        xsock__sock_becomes(a->held.sock, XSOCK__SOCK_CONNECTING, 0);
}

static void begin_attempt(struct race *r, size_t i)
{
    int rc = open_attempt(r, r->order[i], &r->attempts[i].held);
    if (rc != 0)
        xsock__happy_failed(&r->happy, rc, xsock__sys_last_error());
    else
        try_attempt(r, &r->attempts[i], r->order[i]);
}

/* The socket is connected, or has failed. */
static void judge(struct race *r, struct attempt *a, const struct xsock_addr *to)
{
    int failure = 0;
    bool lost = false;
    int code = xsock__endpoint_connect_end(a->held.handle, &failure, &lost);
    a->running = false;
    if (code == 0 && failure == 0 && !lost) {
        has_won(r, &a->held);
    } else if (lost) {
        xsock__sock_connect_lost(a->held.sock);
        xsock__happy_failed(&r->happy, xsock__sock_connect_result(a->held.sock), 0);
        xsock__sock_close(&a->held);
    } else if (!put_off(r, a, to, code != 0 ? code : failure)) {
        give_up(r, a, code != 0 ? code : failure);
    }
}

/* Fills in what the system is asked. Returns how long the wait may last. */
static int64_t prepare_wait(struct race *r, int64_t wait_ns)
{
    for (size_t i = 0; i < r->happy.started; i++) {
        const struct attempt *a = &r->attempts[i];
        bool asks = a->running && !a->put_off;
        r->waits[i].handle = asks ? a->held.handle : UINTPTR_MAX;
        r->waits[i].events = XSOCK_POLLOUT;
        r->waits[i].revents = 0;
        if (a->running && a->put_off) {
            int64_t left = a->again_at_ns - xsock__sys_now();
            wait_ns = earlier(wait_ns, left > 0 ? left : 0);
        }
    }
    return wait_ns;
}

static int wait_attempts(struct race *r, int64_t wait_ns)
{
    size_t n = r->happy.started;
    wait_ns = prepare_wait(r, wait_ns);
    int code = xsock__sys_wait(r->waits, n, NULL, wait_ns);
    if (code != 0 && xsock__error_from_native(code) != -XSOCK_EINTR) {
        r->happy.code = code;
        return xsock__error_from_native(code);
    }
    for (size_t i = 0; i < n && !r->won; i++) {
        struct attempt *a = &r->attempts[i];
        if (code == 0 && r->waits[i].revents != 0)
            judge(r, a, r->order[i]);
        else if (a->running && a->put_off && a->again_at_ns <= xsock__sys_now())
            try_attempt(r, a, r->order[i]);
    }
    return 0;
}

/* The time has passed. An attempt may be connected by now, or all may have failed. */
static int look_once_more(struct race *r, int error)
{
    int rc = wait_attempts(r, 0);
    if (rc != 0)
        return rc;
    return r->happy.running == 0 && r->happy.started == r->count ? r->happy.error : error;
}

static int run(struct race *r)
{
    for (;;) {
        struct xsock__happy_step step = xsock__happy_next(&r->happy, xsock__sys_now());
        bool over = step.what == XSOCK__HAPPY_GIVE_UP;
        int rc = 0;
        if (step.what == XSOCK__HAPPY_START)
            begin_attempt(r, step.index);
        else if (step.what == XSOCK__HAPPY_WAIT)
            rc = wait_attempts(r, step.wait_ns);
        else
            rc = r->happy.running > 0 ? look_once_more(r, step.error) : step.error;
        if (r->won)
            return 0;
        if (rc != 0 || over)
            return rc;
    }
}

/* ---- Connecting ------------------------------------------------------------------------------ */

/* Keeps the system's code of the failure that is returned, which need not be the last failure. */
static void keep_code(int rc, int code, int before)
{
    xsock__sys_set_last_error(rc != 0 && rc != -XSOCK_ETIMEDOUT && code != 0 ? code : before);
}

static int connect_to(struct race *r, const struct xsock_addr *v, size_t count,
                      struct xsock__held *out)
{
    int before = xsock__sys_last_error();
    int rc = race_init(r, v, count);
    if (rc == 0) {
        rc = run(r);
        keep_code(rc, r->happy.code, before);
    }
    if (rc == 0)
        *out = r->winner;
    race_free(r);
    return rc;
}

static int connect_to_host(struct xsock__fdtab *t, const struct xsock__host *h,
                           const struct xsock_addr *local, int64_t timeout_ns,
                           struct xsock__held *out)
{
    struct xsock__deadline end = xsock__deadline_in(timeout_ns);
    struct xsock__answer answer;
    struct race r;
    memset(&r, 0, sizeof r);
    r.table = t;
    r.host = h;
    r.local = local;
    xsock__happy_begin(&r.happy, &end);
    if (h->is_local)
        return connect_to(&r, &h->path, 1, out);
    int rc = xsock__ask_until(t, &h->question, &r.happy, &answer);
    if (rc == 0)
        rc = connect_to(&r, answer.v, answer.count, out);
    else if (answer.code != 0)
        xsock__sys_set_last_error(answer.code);
    xsock__answer_free(&answer);
    return rc;
}

/* A local address decides the family, unless it contradicts the rest. */
static int check_local(const struct xsock_addr *local, bool is_local, int *af)
{
    if (local == NULL)
        return 0;
    bool fits = is_local ? local->family == XSOCK_AF_LOCAL : xsock__addr_is_internet(local->family);
    if (!fits || (*af != XSOCK_AF_UNSPEC && *af != local->family))
        return -XSOCK_EINVAL;
    *af = local->family;
    return xsock__addr_check(local);
}

static int check(const char *host, const char *service, int64_t timeout_ns,
                 const struct xsock_connect_options *o, struct xsock__host *out)
{
    struct xsock__host_choice choice = {o->af, o->type, o->protocol, o->flags};
    uint64_t reserved = o->reserved[0] | o->reserved[1] | o->reserved[2] | o->reserved[3];
    bool is_local = xsock__host_is_local(host);
    if (service == NULL && !is_local)
        return -XSOCK_EFAULT;
    if (timeout_ns < -1 || (o->flags & ~FLAGS) != 0 || reserved != 0)
        return -XSOCK_EINVAL;
    int rc = check_local(o->local, is_local, &choice.af);
    return rc != 0 ? rc : xsock__host_init(out, host, service, &choice, false);
}

int xsock__call_connect_host(struct xsock__fdtab *t, const char *host, const char *service,
                             int64_t timeout_ns, const struct xsock_connect_options *options)
{
    static const struct xsock_connect_options defaults;
    const struct xsock_connect_options *o = options != NULL ? options : &defaults;
    struct xsock__host h;
    struct xsock__held held;
    struct xsock__fd *fd;
    int rc = check(host, service, timeout_ns, o, &h);
    if (rc == 0)
        rc = xsock__fdtab_reserve(t, 0, &fd);
    if (rc != 0)
        return rc;
    rc = xsock__start();
    if (rc == 0)
        rc = connect_to_host(t, &h, o->local, timeout_ns, &held);
    if (rc != 0) {
        xsock__fdtab_cancel(t, fd);
        return rc;
    }
    return xsock__lookup_publish(t, fd, &held, h.type & XSOCK__TYPE_FLAGS);
}
