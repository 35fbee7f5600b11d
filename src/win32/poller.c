/* Pollers on AFD polls and an I/O completion port, made to mean what epoll means. A member has one
 * request to the driver, which comes through the port once it is answered. Answers are of the
 * moment they were given in, and requests ask for levels, so what is said here of a member is kept
 * right thus: - A level: the request is made again by the next wait, as until then the program may
 * do away with its cause; at once, where others are waiting meanwhile. - An edge: what was reported
 * is not asked for again before xsock__sys_poller_used has told of a call. - Answers that were in
 * the port before the wait began may be out of date: what they say is asked again, in one request
 * for all that the wait has taken. Requests that must be made are in a list, so that a wait costs
 * by what has happened, whatever the number of members. */
#include "win32/poller_request.h"
#include "win32/wait.h"

#include <string.h>

enum { MAX = XSOCK__POLLER_BATCH, RETIRED_MAX = 64 };

/* ---- Life ------------------------------------------------------------------------------------ */

static size_t poller_size(void)
{
    return offsetof(struct xsock__sys_poller, question) + xsock__afd_size(MAX);
}

static void close_handles(const struct xsock__sys_poller *p)
{
    if (p->port != NULL)
        CloseHandle(p->port);
    if (p->asked != NULL)
        CloseHandle(p->asked);
    CloseHandle(p->device);
}

static int open_handles(struct xsock__sys_poller *p)
{
    int code = xsock__afd_open(&p->device);

    if (code != 0)
        return code;
    p->asked = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (p->asked != NULL)
        p->port = CreateIoCompletionPort(p->device, NULL, 0, 0);
    if (p->port != NULL)
        return 0;
    code = xsock__win32_error();
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

/* All answers must have come before the memory that they are written to is freed. Should the port
 * fail, it is not. */
static bool await_all(struct xsock__sys_poller *p)
{
    OVERLAPPED_ENTRY entries[MAX];
    ULONG n = 0;

    (void)CancelIoEx(p->device, NULL);
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

    close_handles(p);
    while (all && p->all != NULL)
        xsock__request_free(p, p->all);
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

/* A new request, as the old one may be under way. */
int xsock__sys_poller_change(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                             uint32_t events)
{
    struct xsock__request *old;
    int code;

    xsock__sys_lock(&p->lock);
    old = m->state;
    code = add(p, m, events);
    if (code == 0)
        xsock__request_retire(p, old);
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

/* What can happen again after a call. The peer's end of sending can't, and to ask for it again
 * would have a program that reads the end of file read it for ever; unless this end has ended too,
 * which makes it something else. */
static ULONG events_after(uint32_t used)
{
    if (used & XSOCK_POLLER_IN)
        return XSOCK__AFD_RECEIVE | XSOCK__AFD_ACCEPT | XSOCK__AFD_EXPEDITED;
    if (used & XSOCK_POLLER_OUT)
        return XSOCK__AFD_SEND | XSOCK__AFD_CONNECT_FAILED;
    return XSOCK__AFD_DISCONNECT;
}

/* One that is under way with less is cancelled, and made anew by whoever takes it from the port. */
static void watch_again(struct xsock__sys_poller *p, struct xsock__request *r, ULONG events)
{
    r->quiet &= ~events;
    if (r->state == XSOCK__REQUEST_LISTED && p->waiters > 0)
        xsock__request_make_or_fail(p, r);
    if (r->state == XSOCK__REQUEST_PENDING
        && (events & ~r->watched & xsock__request_events(r)) != 0) {
        r->watched |= events;
        (void)CancelIoEx(p->device, &r->o);
    }
}

void xsock__sys_poller_used(struct xsock__sys_poller *p, struct xsock__sys_member *m,
                            uint32_t events)
{
    struct xsock__request *r;

    xsock__sys_lock(&p->lock);
    r = m->state; /* NULL: it is only being added */
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

/* What is not to be reported again: of an edge everything; of a level the peer's end, where only
 * both ends' were of interest, until this end is shut down. */
static void note(struct xsock__request *r, ULONG events, uint32_t reported)
{
    const uint32_t ends = XSOCK_POLLER_IN | XSOCK_POLLER_RDHUP | XSOCK_POLLER_HUP;

    if (r->asked & XSOCK_POLLER_ET)
        r->quiet |= events;
    else if ((events & XSOCK__AFD_DISCONNECT) != 0 && (reported & ends) == 0)
        r->quiet |= XSOCK__AFD_DISCONNECT;
}

/* Somebody else who is waiting must hear of a level that lasts, and of an edge that has not been
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
        return; /* behind our back: it reports no more, and is still to be removed */
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

/* Becomes the answers. It has those that have something only, in the question's order. If the
 * question is refused, one of the sockets was closed behind our back, and they all stand as they
 * were. */
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
    r = p->listed; /* taken whole, as what can't be made is listed again */
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

/* First what is there already. None is taken when the time is over. */
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

/* Again, where all that was there is nothing to report. */
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

/* GetLastError()'s code is the interrupted program's, where a handler of console events calls. */
void xsock__sys_poller_wake(struct xsock__sys_poller *p)
{
    DWORD kept = GetLastError();

    if (xsock__atomic_cas(&p->woken, 0, 1) && !PostQueuedCompletionStatus(p->port, 0, 0, NULL))
        xsock__atomic_store(&p->woken, 0);
    SetLastError(kept);
}
