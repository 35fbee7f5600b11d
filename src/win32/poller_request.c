/* What the system is asked of the members of a poller. See poller_request.h. */
#include "win32/poller_request.h"

#include <string.h>

/* NTSTATUS: the requester gave it up; and one for a request that could not be made. */
#define STATUS_CANCELED_REQUEST ((ULONG)0xc0000120u)
#define STATUS_NOT_MADE ((ULONG)0xc0000001u)

/* ---- Groups ---------------------------------------------------------------------------------- */

int xsock__poller_group_open(struct xsock__sys_poller *p)
{
    struct xsock__poller_group *g = xsock__sys_alloc(sizeof *g);
    int code;

    if (g == NULL)
        return WSA_NOT_ENOUGH_MEMORY;
    code = xsock__afd_open(&g->device);
    if (code == 0 && CreateIoCompletionPort(g->device, p->port, 0, 0) == NULL) {
        code = xsock__win32_error();
        CloseHandle(g->device);
    }
    if (code != 0) {
        xsock__sys_free(g, sizeof *g);
        return code;
    }
    g->next = p->group;
    p->group = g;
    return 0;
}

void xsock__poller_group_cancel(const struct xsock__sys_poller *p)
{
    for (const struct xsock__poller_group *g = p->group; g != NULL; g = g->next)
        (void)CancelIoEx(g->device, NULL);
}

void xsock__poller_group_free(struct xsock__sys_poller *p)
{
    for (const struct xsock__poller_group *g = p->group; g != NULL; g = g->next)
        while (g->all != NULL)
            xsock__request_free(p, g->all);
}

void xsock__poller_group_close(struct xsock__sys_poller *p)
{
    while (p->group != NULL) {
        struct xsock__poller_group *g = p->group;

        p->group = g->next;
        CloseHandle(g->device);
        xsock__sys_free(g, sizeof *g);
    }
}

/* A retired request is cancelled, and so not under way any more. */
static bool has(const struct xsock__poller_group *g, const void *shared)
{
    for (const struct xsock__request *r = g->all; r != NULL; r = r->next)
        if (r->shared == shared && !r->retired)
            return true;
    return false;
}

/* The first group, if it has room and no duplicate of the socket. If not, the first other one that
 * is half empty goes in front, so that this is not looked for often. Else there is a new one; if
 * none can be had, the first is as good as any. */
static struct xsock__poller_group *find_group(struct xsock__sys_poller *p, const void *shared)
{
    struct xsock__poller_group **at = &p->group;
    struct xsock__poller_group *g = *at;

    if (g->count < XSOCK__POLLER_GROUP && !has(g, shared))
        return g;
    while (*at != NULL && ((*at)->count > XSOCK__POLLER_GROUP / 2 || has(*at, shared)))
        at = &(*at)->next;
    g = *at;
    if (g != NULL) {
        *at = g->next;
        g->next = p->group;
        p->group = g;
    } else {
        (void)xsock__poller_group_open(p);
    }
    return p->group;
}

/* ---- Requests -------------------------------------------------------------------------------- */

static size_t request_size(void)
{
    return offsetof(struct xsock__request, poll) + xsock__afd_size(1);
}

struct xsock__request *xsock__request_new(struct xsock__sys_poller *p,
                                          const struct xsock__sys_member *m, uint32_t asked)
{
    struct xsock__request *r = xsock__sys_alloc(request_size());

    if (r == NULL)
        return NULL;
    r->shared = m->socket;
    r->group = find_group(p, r->shared);
    r->group->count++;
    r->key = m->key;
    r->socket = m->handle;
    r->handle = (HANDLE)m->handle;
    r->asked = asked;
    r->state = XSOCK__REQUEST_IDLE;
    r->next = r->group->all;
    r->link = &r->group->all;
    if (r->next != NULL)
        r->next->link = &r->next;
    r->group->all = r;
    p->count++;
    return r;
}

void xsock__request_free(struct xsock__sys_poller *p, struct xsock__request *r)
{
    *r->link = r->next;
    if (r->next != NULL)
        r->next->link = r->link;
    r->group->count--;
    p->count--;
    p->retired -= r->retired;
    xsock__sys_free(r, request_size());
}

void xsock__request_list(struct xsock__sys_poller *p, struct xsock__request *r)
{
    r->state = XSOCK__REQUEST_LISTED;
    r->next_listed = NULL;
    r->listed_link = p->listed_end;
    *p->listed_end = r;
    p->listed_end = &r->next_listed;
    p->listed_count++;
}

void xsock__request_unlist(struct xsock__sys_poller *p, struct xsock__request *r)
{
    *r->listed_link = r->next_listed;
    if (r->next_listed != NULL)
        r->next_listed->listed_link = r->listed_link;
    else
        p->listed_end = r->listed_link;
    p->listed_count--;
    r->state = XSOCK__REQUEST_IDLE;
}

/* DISCONNECT always, as the end of both directions is to be told: it is quiet once it has been
 * seen, see note(). */
ULONG xsock__request_events(const struct xsock__request *r)
{
    ULONG events =
        XSOCK__AFD_ABORT | XSOCK__AFD_CONNECT_FAILED | XSOCK__AFD_CLOSED | XSOCK__AFD_DISCONNECT;

    if (r->asked & XSOCK_POLLER_IN)
        events |= XSOCK__AFD_RECEIVE | XSOCK__AFD_ACCEPT;
    if (r->asked & XSOCK_POLLER_OUT)
        events |= XSOCK__AFD_SEND;
    if (r->asked & XSOCK_POLLER_PRI)
        events |= XSOCK__AFD_EXPEDITED;
    return events & ~r->quiet;
}

static int try_make(struct xsock__sys_poller *p, struct xsock__request *r)
{
    int code;

    r->watched = xsock__request_events(r);
    r->made_in = p->serial;
    r->poll.timeout.QuadPart = XSOCK__AFD_FOREVER;
    r->poll.count = 1;
    r->poll.exclusive = FALSE;
    r->poll.entries[0].handle = r->handle;
    r->poll.entries[0].events = r->watched;
    r->poll.entries[0].status = 0;
    memset(&r->o, 0, sizeof r->o);
    code = xsock__afd_begin(r->group->device, &r->poll, xsock__afd_size(1), &r->o);
    return code == ERROR_IO_PENDING ? 0 : code; /* an answer at once comes through the port too */
}

/* A layered provider has put a handle of its own in front, if the driver refuses this one. */
int xsock__request_make(struct xsock__sys_poller *p, struct xsock__request *r)
{
    HANDLE base = NULL;
    int code;

    if (r->state == XSOCK__REQUEST_LISTED)
        xsock__request_unlist(p, r);
    code = try_make(p, r);
    if (code != 0 && xsock__afd_base(r->socket, &base) == 0 && base != r->handle) {
        r->handle = base;
        code = try_make(p, r);
    }
    if (code == 0) {
        r->state = XSOCK__REQUEST_PENDING;
        p->pending++;
    }
    return code;
}

void xsock__request_make_or_fail(struct xsock__sys_poller *p, struct xsock__request *r)
{
    if (xsock__request_make(p, r) == 0)
        return;
    r->o.Internal = STATUS_NOT_MADE;
    r->poll.count = 0;
    if (PostQueuedCompletionStatus(p->port, 0, 0, &r->o)) {
        r->state = XSOCK__REQUEST_PENDING;
        p->pending++;
    } else {
        xsock__request_list(p, r); /* no memory; the next wait tries again */
    }
}

void xsock__request_widen(struct xsock__request *r)
{
    ULONG more = xsock__request_events(r) & ~r->watched;

    if (more == 0)
        return;
    r->watched |= more;
    (void)CancelIoEx(r->group->device, &r->o); /* it fails where there is an answer already */
}

void xsock__request_retire(struct xsock__sys_poller *p, struct xsock__request *r)
{
    r->retired = true;
    p->retired++;
    if (r->state == XSOCK__REQUEST_LISTED)
        xsock__request_unlist(p, r);
    if (r->state == XSOCK__REQUEST_IDLE)
        xsock__request_free(p, r);
    else
        (void)CancelIoEx(r->group->device, &r->o); /* it fails where there is an answer already */
}

struct xsock__request *xsock__request_of(const OVERLAPPED_ENTRY *e)
{
    return (struct xsock__request *)(void *)e->lpOverlapped; /* NULL: a wake */
}

/* Everything else goes to the end of the queue; what can't, for want of memory, is asked for again,
 * and a wake is lost. */
void xsock__request_reap(struct xsock__sys_poller *p)
{
    OVERLAPPED_ENTRY entries[XSOCK__POLLER_BATCH];
    ULONG n = 0;

    if (!GetQueuedCompletionStatusEx(p->port, entries, XSOCK__POLLER_BATCH, &n, 0, FALSE))
        return;
    for (ULONG i = 0; i < n; i++) {
        struct xsock__request *r = xsock__request_of(&entries[i]);

        if (r != NULL && r->retired) {
            p->pending--;
            xsock__request_free(p, r);
        } else if (PostQueuedCompletionStatus(p->port, 0, 0, entries[i].lpOverlapped)) {
            continue;
        } else if (r != NULL) {
            p->pending--;
            xsock__request_list(p, r);
        } else {
            xsock__atomic_store(&p->woken, 0);
        }
    }
}

/* 32 bits of it are written. */
static ULONG status_of(const struct xsock__request *r)
{
    return (ULONG)r->o.Internal;
}

ULONG xsock__request_answer(const struct xsock__request *r)
{
    ULONG status = status_of(r);

    if ((LONG)status >= 0)
        return r->poll.count > 0 ? r->poll.entries[0].events : 0;
    return status == STATUS_CANCELED_REQUEST ? 0 : XSOCK__AFD_ABORT;
}

/* ---- Questions ------------------------------------------------------------------------------- */

/* The answer has only the sockets that have something, in the order of the question. */
bool xsock__request_ask(struct xsock__sys_poller *p, struct xsock__request *const *v, size_t n)
{
    struct xsock__afd_poll *q = &p->question;
    ULONG at = 0;

    for (size_t i = 0; i < n; i++)
        q->entries[i] = (struct xsock__afd_entry){v[i]->handle, xsock__request_events(v[i]), 0};
    q->count = (ULONG)n;
    if (n == 0 || xsock__afd_question(q) != 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        v[i]->poll.count = at < q->count && q->entries[at].handle == v[i]->handle;
        if (v[i]->poll.count > 0) {
            v[i]->poll.entries[0] = q->entries[at++];
            v[i]->o.Internal = 0;
        }
    }
    return true;
}
