/* The clock, and waiting: one request to the driver for all sockets, together with the wake's
 * event.
 *
 * A question about this moment goes to a device that all threads share. A wait goes to the device
 * of its wake, or to one of its own. Where the system refuses both, select() has to do: see
 * select.c. A stream that nobody has connected is ready for nothing, as on FreeBSD. Sockets of one
 * wait may be of different providers, which select() would refuse. */
#include "win32/wait.h"
#include "win32/afd.h"
#include "win32/select.h"
#include "win32/state.h"

#include <string.h>

/* ---- The clock ------------------------------------------------------------------------------- */

int64_t xsock__sys_now(void)
{
    LARGE_INTEGER ticks, per_second;

    /* Neither fails since Windows XP. */
    QueryPerformanceFrequency(&per_second);
    QueryPerformanceCounter(&ticks);
    return ticks.QuadPart / per_second.QuadPart * 1000000000
           + ticks.QuadPart % per_second.QuadPart * 1000000000 / per_second.QuadPart;
}

/* GetSystemTimePreciseAsFileTime is Windows 8's. This one lags, by 16 ms at most. */
int64_t xsock__sys_realtime(void)
{
    const int64_t from_1601_to_1970 = INT64_C(116444736000000000); /* in units of 100 ns */
    FILETIME t;

    GetSystemTimeAsFileTime(&t);
    return ((int64_t)((uint64_t)t.dwHighDateTime << 32 | t.dwLowDateTime) - from_1601_to_1970)
           * 100;
}

DWORD xsock__wait_ms(int64_t ns)
{
    const int64_t most = 0x7fffffff;
    int64_t ms = ns / 1000000 + (ns % 1000000 != 0);

    if (ns < 0)
        return INFINITE;
    return (DWORD)(ms < most ? ms : most);
}

/* ---- Wakes: two events and a device ----------------------------------------------------------
 * The first event is the wake. The second one completes the requests of the thread that waits with
 * the wake. It is kept here so that a wait need not make one. The requests go to a device of this
 * wake alone: of two requests for one socket, as two threads that wait for it make, Windows loses
 * one if they go to the same device (seen on Windows 10, Server 2016 and 2019).
 * https://github.com/python-trio/trio/issues/52 */

enum { WAKE, DONE, DEVICE };

static void close_wake(const HANDLE h[3])
{
    for (int i = 0; i < 3; i++)
        if (h[i] != NULL)
            CloseHandle(h[i]);
}

/* The wake has no device if the system refuses one. */
int xsock__sys_wake_open(struct xsock__sys_wake *out)
{
    HANDLE h[3] = {NULL, NULL, NULL};
    int code = 0;

    h[WAKE] = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (h[WAKE] != NULL)
        h[DONE] = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (h[DONE] == NULL) {
        code = xsock__win32_error();
        close_wake(h);
        return code;
    }
    (void)xsock__afd_open(&h[DEVICE]);
    for (int i = 0; i < 3; i++)
        out->handle[i] = (uintptr_t)h[i];
    return 0;
}

void xsock__sys_wake_close(struct xsock__sys_wake *w)
{
    const HANDLE h[3] = {(HANDLE)w->handle[WAKE], (HANDLE)w->handle[DONE],
                         (HANDLE)w->handle[DEVICE]};

    close_wake(h);
}

void xsock__sys_wake_set(const struct xsock__sys_wake *w)
{
    SetEvent((HANDLE)w->handle[WAKE]);
}

void xsock__sys_wake_clear(const struct xsock__sys_wake *w)
{
    ResetEvent((HANDLE)w->handle[WAKE]);
}

/* Windows has no signals. */
int xsock__sys_set_wake_signal(int signo)
{
    (void)signo;
    return WSAEOPNOTSUPP;
}

bool xsock__sys_wake_self(uintptr_t handle, struct xsock__sys_wake *out)
{
    (void)handle, (void)out;
    return false;
}

bool xsock__sys_wake_is_own(const struct xsock__sys_wake *w)
{
    (void)w;
    return false;
}

/* The system has no way to ask. */
bool xsock__sys_wake_is_valid(const struct xsock__sys_wake *w)
{
    (void)w;
    return true;
}

/* ---- Waiting --------------------------------------------------------------------------------- */

struct wait {
    struct xsock__sys_wait *v;
    size_t n;
    HANDLE wake; /* or NULL */
    HANDLE done; /* NULL: a question about this moment, which needs no event */
    HANDLE device;
    DWORD ms;
    bool by_base; /* the sockets' handles are not the driver's */
    struct xsock__afd_poll *poll;
    size_t size;
};

/* The driver's handle for an entry; NULL: it has none, or there is nothing to watch. (Wine has a
 * base handle for any number, so what is no socket has to be told by its type.) */
static HANDLE handle_of(const struct wait *w, const struct xsock__sys_wait *e)
{
    HANDLE base = NULL;

    if (e->handle == UINTPTR_MAX)
        return NULL;
    if (!w->by_base)
        return (HANDLE)e->handle;
    return xsock__state_type(e->handle) != 0 && xsock__afd_base(e->handle, &base) == 0 ? base
                                                                                       : NULL;
}

/* Fills in the request. A handle that is no socket has its answer at once, so nothing is waited
 * for. */
static void fill(struct wait *w)
{
    ULONG count = 0;

    w->poll->timeout.QuadPart = w->ms == 0 ? 0 : XSOCK__AFD_FOREVER;
    w->poll->exclusive = FALSE;
    for (size_t i = 0; i < w->n; i++) {
        struct xsock__afd_entry *to = &w->poll->entries[count];
        HANDLE h = handle_of(w, &w->v[i]);

        w->v[i].revents = 0;
        if (h == NULL && w->v[i].handle != UINTPTR_MAX) {
            w->v[i].revents = XSOCK_POLLNVAL;
            w->ms = 0;
            w->poll->timeout.QuadPart = 0;
        } else if (h != NULL) {
            to->handle = h;
            to->events = xsock__afd_events(w->v[i].events);
            to->status = 0;
            count++;
        }
    }
    w->poll->count = count;
}

/* The request is under way: wait for it, or the wake, or the time. Then it is over, one way or
 * another. */
static int await(const struct wait *w, OVERLAPPED *o)
{
    HANDLE both[2];
    DWORD got;
    int code = 0;

    both[0] = o->hEvent;
    both[1] = w->wake;
    got = WaitForMultipleObjects(w->wake != NULL ? 2 : 1, both, FALSE, w->ms);
    if (got == WAIT_FAILED)
        code = xsock__win32_error();
    if (got == WAIT_OBJECT_0)
        return xsock__afd_end(w->device, w->poll, o, false);
    got = (DWORD)xsock__afd_end(w->device, w->poll, o, true);
    return code != 0 ? code : (int)got;
}

/* Both ways: the peer has ended sending, and this end has too. Which nobody tells; a stream may
 * always send nothing, unless it was shut down. */
bool xsock__wait_has_hung_up(SOCKET s, ULONG events)
{
    return (events & XSOCK__AFD_DISCONNECT) && xsock__state_type(s) == SOCK_STREAM
           && send(s, "", 0, 0) != 0 && WSAGetLastError() == WSAESHUTDOWN;
}

/* What an answer means to an entry. */
static int revents_of(const struct xsock__sys_wait *e, ULONG events)
{
    int revents = xsock__afd_revents(events, e->events);

    return xsock__wait_has_hung_up(e->handle, events) ? revents | XSOCK_POLLHUP : revents;
}

/* The answer's entries are in the order of the question's, so that in all it is gone through once;
 * where they are not, they are still found. A handle may stand there often: an answer is for one
 * that it means something to. */
static void collect(const struct wait *w)
{
    size_t at = 0;

    for (ULONG k = 0; k < w->poll->count; k++) {
        const struct xsock__afd_entry *from = &w->poll->entries[k];

        for (size_t tried = 0; tried < w->n; tried++) {
            struct xsock__sys_wait *e = &w->v[at];
            int revents;

            at = at + 1 < w->n ? at + 1 : 0;
            if (handle_of(w, e) != from->handle)
                continue;
            revents = revents_of(e, from->events);
            e->revents |= revents;
            if (revents != 0)
                break;
        }
    }
}

static int run(struct wait *w)
{
    OVERLAPPED o;
    int code;

    fill(w);
    if (w->poll->count == 0)
        return 0;
    if (w->done == NULL) {
        code = xsock__afd_question(w->poll);
    } else {
        memset(&o, 0, sizeof o);
        o.hEvent = w->done;
        code = xsock__afd_begin(w->device, w->poll, xsock__afd_size(w->poll->count), &o);
        if (code == ERROR_IO_PENDING)
            code = await(w, &o);
    }
    if (code == 0)
        collect(w);
    return code;
}

/* The handles as they are, which nearly always are the driver's; if it refuses one, all are looked
 * into. */
static int run_for(struct wait *w)
{
    int code = run(w);

    if (code == 0)
        return 0;
    w->by_base = true;
    return run(w);
}

static int with_memory(struct wait *w, size_t count)
{
    struct xsock__afd_poll few;
    int code;

    w->poll = &few;
    if (count <= XSOCK__AFD_SMALL)
        return run_for(w);
    w->size = xsock__afd_size(count);
    w->poll = xsock__sys_alloc(w->size);
    if (w->poll == NULL)
        return WSA_NOT_ENOUGH_MEMORY;
    code = run_for(w);
    xsock__sys_free(w->poll, w->size);
    return code;
}

/* The wait gets a device and an event for itself, so that its request meets no other on the device.
 * False if the system refuses one of them. */
static bool open_own(struct wait *w)
{
    w->done = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (w->done != NULL && xsock__afd_open(&w->device) == 0)
        return true;
    if (w->done != NULL)
        CloseHandle(w->done);
    w->device = NULL;
    return false;
}

static int wait_for_wake(const struct wait *w)
{
    if (w->wake == NULL)
        Sleep(w->ms);
    else if (WaitForSingleObject(w->wake, w->ms) == WAIT_FAILED)
        return xsock__win32_error();
    return 0;
}

int xsock__sys_wait(struct xsock__sys_wait *v, size_t n, const struct xsock__sys_wake *wake,
                    int64_t timeout_ns)
{
    struct wait w = {v, n, NULL, NULL, NULL, 0, false, NULL, 0};
    size_t count = 0;
    bool own = false;
    int code;

    if (wake != NULL) {
        w.wake = (HANDLE)wake->handle[WAKE];
        w.done = (HANDLE)wake->handle[DONE];
        w.device = (HANDLE)wake->handle[DEVICE];
    }
    w.ms = xsock__wait_ms(timeout_ns);
    for (size_t i = 0; i < n; i++) {
        v[i].revents = 0;
        count += v[i].handle != UINTPTR_MAX;
    }
    if (count == 0)
        return wait_for_wake(&w);
    if (w.device == NULL && w.ms == 0) {
        w.device = xsock__afd_device();
        w.done = NULL;
    } else if (w.device == NULL) {
        own = open_own(&w);
    }
    code = w.device != NULL ? with_memory(&w, count) : xsock__select_wait(v, n, w.wake, w.ms);
    if (own) {
        CloseHandle(w.device);
        CloseHandle(w.done);
    }
    return code;
}
