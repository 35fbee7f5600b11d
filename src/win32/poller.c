/* Pollers on AFD polls and an I/O completion port: what they are made of, their members and their
 * edges. Waiting for them is in poller_wait.c. */
#include "win32/poller_request.h"

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
}

static int open_handles(struct xsock__sys_poller *p)
{
    int code;

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
    p->listed_end = &p->listed;
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

/* ---- Waking --------------------------------------------------------------------------------- */

/* Keeps GetLastError()'s code, because a handler of console events may call this. */
void xsock__sys_poller_wake(struct xsock__sys_poller *p)
{
    DWORD kept = GetLastError();

    if (xsock__atomic_cas(&p->woken, 0, 1) && !PostQueuedCompletionStatus(p->port, 0, 0, NULL))
        xsock__atomic_store(&p->woken, 0);
    SetLastError(kept);
}
