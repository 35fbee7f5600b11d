/* Waiting for the members of a poller. Pollers mean what epoll means.
 *
 * Each member has one request to the driver. The answer comes through the port. An answer tells
 * what was so when it was given, and a request asks for levels. Three rules keep reports right:
 *
 * - A level: the next wait asks again, because the program may remove the cause until then. If
 *   other threads are waiting, the request is made again at once.
 * - An edge: what was reported is not asked for again before xsock__sys_poller_used has told of a
 *   call.
 * - Answers that were in the port before the wait began may be out of date. Their sockets are asked
 *   again, in one question for all answers that the wait has taken.
 *
 * Members that must be asked again are in a list. So a wait costs by what has happened, and not by
 * the number of members. If many are in the list, as where most members are always ready, a wait
 * asks about them in one question, reports those that are ready, and makes the requests of the
 * others. */
#include "win32/poller_request.h"
#include "win32/wait.h"

#include <string.h>

enum { MAX = XSOCK__POLLER_BATCH };

/* A program that handles one or two events at a time mostly removes their cause. Then a question
 * would be in vain. */
enum { MANY = 4 };

/* ---- Answers: under the lock ----------------------------------------------------------------- */

/* One wait, of which there may be several at a time. */
struct visit {
    struct xsock_event *v;
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

/* The request is not under way any more. */
static void take(struct xsock__sys_poller *p, struct visit *visit, struct xsock__request *r)
{
    ULONG events = xsock__request_answer(r);
    uint32_t reported = 0;

    if (events & XSOCK__AFD_CLOSED)
        return; /* closed from outside: it reports nothing more, and must still be removed */
    reported = events_from_driver(r, events);
    note(r, events, reported);
    if (reported != 0)
        visit->v[visit->count++] = (struct xsock_event){.data = r->key, .events = reported};
    go_on(p, r, reported != 0);
}

static void take_from_port(struct xsock__sys_poller *p, struct visit *visit,
                           struct xsock__request *r)
{
    p->pending--;
    r->state = XSOCK__REQUEST_IDLE;
    if (r->retired)
        xsock__request_free(p, r);
    else
        take(p, visit, r);
}

/* ---- Answers that may be out of date: under the lock ----------------------------------------- */

static bool is_doubtful(const struct visit *visit, const struct xsock__request *r)
{
    return r != NULL && !r->retired && r->made_in < visit->began && r->poll.count > 0
           && (xsock__request_answer(r) & XSOCK__AFD_CLOSED) == 0;
}

/* If the question is refused, all answers stay as they were. */
static void ask_again(struct xsock__sys_poller *p, const struct visit *visit)
{
    struct xsock__request *v[MAX];
    size_t n = 0;

    for (ULONG i = 0; i < visit->taken; i++) {
        struct xsock__request *r = xsock__request_of(&visit->entries[i]);

        if (is_doubtful(visit, r))
            v[n++] = r;
    }
    (void)xsock__request_ask(p, v, n);
}

/* ---- The list: under the lock ---------------------------------------------------------------- */

/* The first ones of the list, at most `most`. */
static size_t first_listed(const struct xsock__sys_poller *p, size_t most,
                           struct xsock__request **v)
{
    size_t n = 0;

    for (struct xsock__request *r = p->listed; r != NULL && n < most; r = r->next_listed)
        v[n++] = r;
    return n;
}

/* Each member that is in the list now is asked about once. A member that is reported goes to the
 * end of the list, so that all have their turn where more are ready than a wait has room for. */
static void ask_listed(struct xsock__sys_poller *p, struct visit *visit, size_t most)
{
    struct xsock__request *v[MAX];
    size_t left = p->listed_count;

    while (left >= MANY && visit->count < most) {
        size_t room = most - visit->count;
        size_t n = first_listed(p, left < room ? left : room, v);

        if (!xsock__request_ask(p, v, n))
            break;
        for (size_t i = 0; i < n; i++) {
            if (v[i]->poll.count == 0) {
                xsock__request_make_or_fail(p, v[i]);
            } else {
                xsock__request_unlist(p, v[i]);
                take(p, visit, v[i]);
            }
        }
        left -= n;
    }
}

/* A request that cannot be made is listed again. */
static void make_listed(struct xsock__sys_poller *p)
{
    for (size_t left = p->listed_count; left > 0; left--)
        xsock__request_make_or_fail(p, p->listed);
}

/* ---- Waiting --------------------------------------------------------------------------------- */

/* How a wait looks into the port. */
enum look { NOT, AT_ONCE, IN_TIME };

static bool has_answers(struct xsock__sys_poller *p)
{
    return p->pending > 0 || xsock__atomic_load(&p->woken) != 0;
}

/* If the wait has no room left for what may be in the port, the next wait begins with the port. */
static enum look enter(struct xsock__sys_poller *p, struct visit *visit, size_t most)
{
    enum look look = AT_ONCE;

    xsock__sys_lock(&p->lock);
    if (visit->began == 0)
        visit->began = ++p->serial;
    if (p->port_is_due) {
        p->port_is_due = false;
    } else {
        ask_listed(p, visit, most);
        if (visit->count == 0 || p->waiters > 0)
            make_listed(p);
        if (visit->count == 0)
            look = IN_TIME;
        else if (visit->count == most || !has_answers(p))
            look = NOT;
        p->port_is_due = look == NOT && has_answers(p);
    }
    p->waiters += look != NOT;
    xsock__sys_unlock(&p->lock);
    return look;
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
            take_from_port(p, visit, r);
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
int xsock__sys_poller_wait(struct xsock__sys_poller *p, struct xsock_event *out, size_t n,
                           int64_t timeout_ns, size_t *out_count, bool *out_woken)
{
    const size_t most = n < MAX ? n : MAX;
    struct visit visit;
    enum look look;
    int code = 0;

    visit.v = out;
    visit.count = 0;
    visit.began = 0;
    visit.taken = 0;
    visit.blocked = false;
    visit.woken = false;
    do {
        look = enter(p, &visit, most);
        if (look == NOT)
            break;
        code = dequeue(p, &visit, (ULONG)(most - visit.count), look == IN_TIME ? timeout_ns : 0);
        leave(p, &visit);
    } while (code == 0 && visit.count == 0 && !visit.woken
             && (look == AT_ONCE || (visit.taken > 0 && !visit.blocked)));
    if (code != 0 && visit.count == 0)
        return code;
    *out_count = visit.count;
    *out_woken = visit.woken;
    return 0;
}
