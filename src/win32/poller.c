/* Pollers on AFD polls and an I/O completion port. They mean what epoll means.
 *
 * Each member has one request to the driver. The answer comes through the port. An answer tells
 * what was so when it was given, and a request asks for levels. Three rules keep reports right:
 *
 * - A level: the next wait makes the request again, because the program may remove the cause until
 *   then. If other threads are waiting, it is made again at once.
 * - An edge: what was reported is not asked for again before xsock__sys_poller_used has told of a
 *   call.
 * - Answers that were in the port before the wait began may be out of date. Their sockets are asked
 *   again, in one request for all answers that the wait has taken.
 *
 * Requests that must be made are in a list. So a wait costs by what has happened, and not by the
 * number of members. */
#include "win32/poller_request.h"
#include "win32/wait.h"

#include <string.h>

enum { MAX = XSOCK__POLLER_BATCH, RETIRED_MAX = 64 };

/* ---- Life ------------------------------------------------------------------------------------ */

static size_t poller_size(void)
{
    return offsetof(struct xsock__sys_poller, question) + xsock__afd_size(MAX);
}

static void close_handles(struct xsock__sys_poller *p)
{
    xsock__poller_group_close(p);
    if (p->port != NULL)
        CloseHandle(p->port);
    if (p->asked != NULL)
        CloseHandle(p->asked);
}

static int open_handles(struct xsock__sys_poller *p)
{
    int code;

    p->asked = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (p->asked != NULL)
        p->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    code = p->port != NULL ? xsock__poller_group_open(p) : xsock__win32_error();
    if (code != 0)
        close_handles(p);
    return code;
}

int xsock__sys_poller_open(struct xsock__sys_poller **out)
{
    struct xsock__sys_poller *p = xsock__sys_alloc(poller_size());
    int code;

    if (p == NULL)
        return WSA_NOT_ENOUGH_MEMORY;
    code = open_handles(p);
    if (code != 0) {
        xsock__sys_free(p, poller_size());
        return code;
    }
    xsock__sys_lock_init(&p->lock);
    *out = p;
    return 0;
}

/* All answers must have come before the memory that they are written to is freed. If the port
 * fails, the memory is not freed. */
static bool await_all(struct xsock__sys_poller *p)
{
    OVERLAPPED_ENTRY entries[MAX];
    ULONG n = 0;

    xsock__poller_group_cancel(p);
    while (p->pending > 0) {
        if (!GetQueuedCompletionStatusEx(p->port, entries, MAX, &n, INFINITE, FALSE))
            return false;
        for (ULONG i = 0; i < n; i++)
            p->pending -= entries[i].lpOverlapped != NULL;
    }
    return true;
}

void xsock__sys_poller_close(struct xsock__sys_poller *p)
{
    bool all = await_all(p);

    if (all)
        xsock__poller_group_free(p);
    close_handles(p);
    xsock__sys_lock_destroy(&p->lock);
    xsock__sys_free(p, poller_size());
}

void xsock__sys_poller_abandon(struct xsock__sys_poller *p)
{
    (void)p; /* there is no fork() */
}

uintptr_t xsock__sys_poller_handle(const struct xsock__sys_poller *p)
{
    return (uintptr_t)p->port;
}

/* ---- Members --------------------------------------------------------------------------------- */

static int add(struct xsock__sys_poller *p, struct xsock__sys_member *m, uint32_t events)
{
    struct xsock__request *r;
    int code;

    if (p->retired > RETIRED_MAX + p->count / 2)
        xsock__request_reap(p);
    r = xsock__request_new(p, m, events);
    if (r == NULL)
        return WSA_NOT_ENOUGH_MEMORY;
    code = xsock__request_make(p, r);
    if (code != 0)
        xsock__request_free(p, r);
    else
        m->state = r;
    return code;
}

int xsock__sys_poller_add(struct xsock__sys_poller *p, struct xsock__sys_member *m, uint32_t events)
{
    int code;

    xsock__sys_lock(&p->lock);
    code = add(p, m, events);
    xsock__sys_unlock(&p->lock);
    return code;
}

/* A request that is not under way is made at once, so that a refusal can be told. If it is refused,
 * the member stays as it was. */
static int change(struct xsock__sys_poller *p, struct xsock__request *r, uint32_t events)
{
    const uint32_t asked = r->asked;
    const ULONG quiet = r->quiet;
    const bool listed = r->state == XSOCK__REQUEST_LISTED;
    int code = 0;

    r->asked = events;
    r->quiet = 0;
    if (r->state == XSOCK__REQUEST_PENDING)
        xsock__request_widen(r);
    else
        code = xsock__request_make(p, r);
    if (code == 0)
        return 0;
    r->asked = asked;
    r->quiet = quiet;
    if (listed)
        xsock__request_list(p, r);
    return code;
}

int xsock__sys_poller_change(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                             uint32_t events)
{
    int code;

    xsock__sys_lock(&p->lock);
    code = change(p, m->state, events);
    xsock__sys_unlock(&p->lock);
    return code;
}

void xsock__sys_poller_remove(struct xsock__sys_poller *p, struct xsock__sys_member *m)
{
    xsock__sys_lock(&p->lock);
    xsock__request_retire(p, m->state);
    m->state = NULL;
    xsock__sys_unlock(&p->lock);
}

/* ---- Edges ----------------------------------------------------------------------------------- */

/* The events that can happen again after a call. The peer's end of sending happens once: a program
 * that reads the end of file would read it for ever if it were asked for again. If this side has
 * been shut down, too, it means something else. */
static ULONG events_after(uint32_t used)
{
    if (used & XSOCK_POLLER_IN)
        return XSOCK__AFD_RECEIVE | XSOCK__AFD_ACCEPT | XSOCK__AFD_EXPEDITED;
    if (used & XSOCK_POLLER_OUT)
        return XSOCK__AFD_SEND | XSOCK__AFD_CONNECT_FAILED;
    return XSOCK__AFD_DISCONNECT;
}

static void watch_again(struct xsock__sys_poller *p, struct xsock__request *r, ULONG events)
{
    r->quiet &= ~events;
    if (r->state == XSOCK__REQUEST_LISTED && p->waiters > 0)
        xsock__request_make_or_fail(p, r);
    if (r->state == XSOCK__REQUEST_PENDING)
        xsock__request_widen(r);
}

void xsock__sys_poller_used(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                            uint32_t events)
{
    struct xsock__request *r;

    xsock__sys_lock(&p->lock);
    r = m->state; /* NULL: the member is just being added */
    if (r != NULL && (r->quiet & events_after(events)) != 0)
        watch_again(p, r, events_after(events));
    xsock__sys_unlock(&p->lock);
}

/* ---- Answers: under the lock ----------------------------------------------------------------- */

/* One wait, of which there may be several at a time. */
struct visit {
    struct xsock__sys_event *v;
    size_t count;
    uint64_t began; /* its serial */
    OVERLAPPED_ENTRY entries[MAX];
    ULONG taken;  /* from the port */
    bool blocked; /* these were not there before */
    bool woken;
};

static uint32_t events_from_driver(const struct xsock__request *r, ULONG events)
{
    const ULONG failed = XSOCK__AFD_ABORT | XSOCK__AFD_CONNECT_FAILED;
    const uint32_t always = XSOCK_POLLER_ERR | XSOCK_POLLER_HUP;
    uint32_t e = 0;

    if (events & (XSOCK__AFD_RECEIVE | XSOCK__AFD_ACCEPT | XSOCK__AFD_DISCONNECT | failed))
        e |= XSOCK_POLLER_IN;
    if (events & (XSOCK__AFD_SEND | failed))
        e |= XSOCK_POLLER_OUT;
    if (events & (XSOCK__AFD_DISCONNECT | failed))
        e |= XSOCK_POLLER_RDHUP;
    if (events & XSOCK__AFD_EXPEDITED)
        e |= XSOCK_POLLER_PRI;
    if (events & failed)
        e |= XSOCK_POLLER_ERR;
    if ((events & XSOCK__AFD_ABORT) || xsock__wait_has_hung_up(r->socket, events))
        e |= XSOCK_POLLER_HUP;
    return e & (r->asked | always);
}

/* Notes what must not be reported again. For an edge that is everything. For a level it is the
 * peer's end, if only the end of both directions was asked for, until this side is shut down. */
static void note(struct xsock__request *r, ULONG events, uint32_t reported)
{
    const uint32_t ends = XSOCK_POLLER_IN | XSOCK_POLLER_RDHUP | XSOCK_POLLER_HUP;

    if (r->asked & XSOCK_POLLER_ET)
        r->quiet |= events;
    else if ((events & XSOCK__AFD_DISCONNECT) != 0 && (reported & ends) == 0)
        r->quiet |= XSOCK__AFD_DISCONNECT;
}

/* Another waiting thread must learn of a level that lasts, and of an edge that has not been
 * reported. */
static void go_on(struct xsock__sys_poller *p, struct xsock__request *r, bool reported)
{
    const ULONG asked =
        XSOCK__AFD_RECEIVE | XSOCK__AFD_ACCEPT | XSOCK__AFD_SEND | XSOCK__AFD_EXPEDITED;
    bool edge = (r->asked & XSOCK_POLLER_ET) != 0;

    if (!reported)
        xsock__request_make_or_fail(p, r);
    else if (r->asked & XSOCK_POLLER_ONESHOT)
        return;
    else if (p->waiters > 0 && (!edge || (xsock__request_events(r) & asked) != 0))
        xsock__request_make_or_fail(p, r);
    else
        xsock__request_list(p, r);
}

static void take(struct xsock__sys_poller *p, struct visit *visit, struct xsock__request *r)
{
    ULONG events = xsock__request_answer(r);
    uint32_t reported = 0;

    p->pending--;
    r->state = XSOCK__REQUEST_IDLE;
    if (r->retired) {
        xsock__request_free(p, r);
        return;
    }
    if (events & XSOCK__AFD_CLOSED)
        return; /* closed from outside: it reports nothing more, and must still be removed */
    reported = events_from_driver(r, events);
    note(r, events, reported);
    if (reported != 0)
        visit->v[visit->count++] = (struct xsock__sys_event){r->key, reported};
    go_on(p, r, reported != 0);
}

/* ---- Answers that may be out of date: under the lock ----------------------------------------- */

static bool is_doubtful(const struct visit *visit, const struct xsock__request *r)
{
    return r != NULL && !r->retired && r->made_in < visit->began && r->poll.count > 0
           && (xsock__request_answer(r) & XSOCK__AFD_CLOSED) == 0;
}

static int put_question(const struct xsock__sys_poller *p, struct xsock__afd_poll *q)
{
    OVERLAPPED o;
    int code;

    memset(&o, 0, sizeof o);
    o.hEvent = p->asked;
    q->timeout.QuadPart = 0;
    q->exclusive = FALSE;
    code = xsock__afd_begin(xsock__afd_device(), q, xsock__afd_size(q->count), &o);
    return code == ERROR_IO_PENDING ? xsock__afd_end(xsock__afd_device(), q, &o, false) : code;
}

/* Asks again about all answers at once. The new answer has only the sockets that have something, in
 * the order of the question. If the question is refused, one of the sockets was closed from
 * outside, and all answers stay as they were. */
static void ask_again(struct xsock__sys_poller *p, struct visit *visit)
{
    struct xsock__afd_poll *q = &p->question;
    ULONG at = 0;

    q->count = 0;
    for (ULONG i = 0; i < visit->taken; i++) {
        const struct xsock__request *r = xsock__request_of(&visit->entries[i]);

        if (is_doubtful(visit, r))
            q->entries[q->count++] =
                (struct xsock__afd_entry){r->handle, xsock__request_events(r), 0};
    }
    if (q->count == 0 || put_question(p, q) != 0)
        return;
    for (ULONG i = 0; i < visit->taken; i++) {
        struct xsock__request *r = xsock__request_of(&visit->entries[i]);

        if (!is_doubtful(visit, r))
            continue;
        r->poll.count = at < q->count && q->entries[at].handle == r->handle;
        if (r->poll.count > 0)
            r->poll.entries[0] = q->entries[at++];
    }
}

/* ---- Waiting --------------------------------------------------------------------------------- */

static void enter(struct xsock__sys_poller *p, struct visit *visit)
{
    struct xsock__request *r;

    xsock__sys_lock(&p->lock);
    if (visit->began == 0)
        visit->began = ++p->serial;
    r = p->listed; /* the whole list is taken: a request that cannot be made is listed again */
    p->listed = NULL;
    if (r != NULL)
        r->listed_link = &r;
    while (r != NULL)
        xsock__request_make_or_fail(p, r);
    p->waiters++;
    xsock__sys_unlock(&p->lock);
}

static void leave(struct xsock__sys_poller *p, struct visit *visit)
{
    xsock__sys_lock(&p->lock);
    p->waiters--;
    if (!visit->blocked)
        ask_again(p, visit);
    for (ULONG i = 0; i < visit->taken; i++) {
        struct xsock__request *r = xsock__request_of(&visit->entries[i]);

        if (r != NULL)
            take(p, visit, r);
        else
            visit->woken = true;
    }
    if (visit->woken)
        xsock__atomic_store(&p->woken, 0);
    xsock__sys_unlock(&p->lock);
}

/* Takes what is there already. If nothing is, waits for the rest of the time. */
static int dequeue(const struct xsock__sys_poller *p, struct visit *visit, ULONG room,
                   int64_t timeout_ns)
{
    ULONG n = 0;
    bool got = GetQueuedCompletionStatusEx(p->port, visit->entries, room, &n, 0, FALSE);
    int code = 0;

    if (!got && GetLastError() == WAIT_TIMEOUT && timeout_ns != 0) {
        DWORD ms = xsock__wait_ms(timeout_ns);

        visit->blocked = true;
        got = GetQueuedCompletionStatusEx(p->port, visit->entries, room, &n, ms, FALSE);
    }
    if (!got && GetLastError() != WAIT_TIMEOUT)
        code = xsock__win32_error();
    visit->taken = got ? n : 0;
    return code;
}

/* Waits again if nothing of what was there has to be reported. */
int xsock__sys_poller_wait(struct xsock__sys_poller *p, struct xsock__sys_event *v, size_t n,
                           int64_t timeout_ns, size_t *out_count, bool *out_woken)
{
    struct visit visit;
    int code;

    visit.v = v;
    visit.count = 0;
    visit.began = 0;
    visit.blocked = false;
    visit.woken = false;
    do {
        enter(p, &visit);
        code = dequeue(p, &visit, n < MAX ? (ULONG)n : MAX, timeout_ns);
        leave(p, &visit);
        if (code != 0)
            return code;
    } while (visit.taken > 0 && visit.count == 0 && !visit.woken && !visit.blocked);
    *out_count = visit.count;
    *out_woken = visit.woken;
    return 0;
}

/* Keeps GetLastError()'s code, because a handler of console events may call this. */
void xsock__sys_poller_wake(struct xsock__sys_poller *p)
{
    DWORD kept = GetLastError();

    if (xsock__atomic_cas(&p->woken, 0, 1) && !PostQueuedCompletionStatus(p->port, 0, 0, NULL))
        xsock__atomic_store(&p->woken, 0);
    SetLastError(kept);
}
