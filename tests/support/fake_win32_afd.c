/* Requests to AFD, cancelling, and select(). Of two requests for one socket that are under way on
 * one device, the second one never gets an answer, unless it is cancelled. */
#include "fake_win32.h"

#include <winsock2.h>
#include <windows.h>

enum { IOCTL_AFD_POLL = 0x00012024, MAX = 1024 };
#define PENDING ((ULONG_PTR)0x103)
#define CANCELLED ((ULONG_PTR)0xc0000120u)

typedef BOOL WINAPI device_io_control(HANDLE device, DWORD code, void *in, DWORD in_size, void *out,
                                      DWORD out_size, DWORD *n, OVERLAPPED *o);
typedef BOOL WINAPI cancel_io_ex(HANDLE h, OVERLAPPED *o);
typedef BOOL WINAPI get_overlapped_result(HANDLE h, OVERLAPPED *o, DWORD *n, BOOL wait);
typedef HANDLE WINAPI create_port(HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads);
typedef BOOL WINAPI get_queued(HANDLE port, OVERLAPPED_ENTRY *v, ULONG room, ULONG *n, DWORD ms,
                               BOOL alertable);

typedef HANDLE WINAPI create_event(SECURITY_ATTRIBUTES *security, BOOL manual, BOOL set,
                                   const WCHAR *name);

static device_io_control *own_control;
static cancel_io_ex *own_cancel;
static get_overlapped_result *own_result;
static create_port *own_create_port;
static get_queued *own_get_queued;
static create_event *own_create_event;

typedef int WSAAPI select_fn(int n, fd_set *in, fd_set *out, fd_set *except,
                             const struct timeval *time);
static select_fn *own_select;

/* As in src/win32/afd.h. */
struct poll {
    LARGE_INTEGER timeout;
    ULONG count, exclusive;
    struct {
        HANDLE handle;
        ULONG events;
        LONG status;
    } entries[1];
};

/* ---- What is under way ----------------------------------------------------------------------- */

struct request {
    HANDLE device, socket;
    OVERLAPPED *o; /* NULL: this place is free */
    bool lost;
};

static SRWLOCK lock = SRWLOCK_INIT;
static struct request requests[MAX];
static struct {
    HANDLE device, port;
} ports[MAX];
static size_t port_count;

typedef BOOL WINAPI compare_handles(HANDLE a, HANDLE b);

/* Duplicates are handles of one socket. */
static bool is_same_socket(HANDLE a, HANDLE b)
{
    static compare_handles *compare;
    if (compare == NULL)
        compare = (compare_handles *)(fake_win32_function *)GetProcAddress(
            GetModuleHandleW(L"kernelbase.dll"), "CompareObjectHandles");
    return a == b || (compare != NULL && compare(a, b));
}

/* Under the lock, as all that follow. */
static bool is_under_way(HANDLE device, HANDLE socket)
{
    for (size_t i = 0; i < MAX; i++) {
        const struct request *r = &requests[i];
        if (r->o != NULL && r->device == device && is_same_socket(r->socket, socket)
            && *(volatile ULONG_PTR *)&r->o->Internal == PENDING)
            return true;
    }
    return false;
}

static void note(HANDLE device, const struct poll *p, OVERLAPPED *o, bool lost)
{
    size_t at = 0;
    for (ULONG k = 0; k < p->count; k++) {
        while (at < MAX && requests[at].o != NULL)
            at++;
        if (at < MAX)
            requests[at] = (struct request){device, p->entries[k].handle, o, lost};
    }
}

static void forget(const OVERLAPPED *o)
{
    for (size_t i = 0; i < MAX; i++)
        if (requests[i].o == o)
            requests[i].o = NULL;
}

static HANDLE port_of(HANDLE device)
{
    for (size_t i = port_count; i > 0; i--)
        if (ports[i - 1].device == device)
            return ports[i - 1].port;
    return NULL;
}

/* A lost request that is cancelled has an answer after all. */
static bool end_lost(struct request *r)
{
    OVERLAPPED *o = r->o;
    HANDLE port = port_of(r->device);
    if (o == NULL || !r->lost || o->Internal != PENDING)
        return false;
    forget(o);
    o->Internal = CANCELLED;
    o->InternalHigh = 0;
    if (o->hEvent != NULL)
        SetEvent(o->hEvent);
    if (port != NULL)
        PostQueuedCompletionStatus(port, 0, 0, o);
    return true;
}

/* ---- The functions --------------------------------------------------------------------------- */

static bool is_lost(HANDLE device, const struct poll *p)
{
    for (ULONG k = 0; k < p->count; k++)
        if (is_under_way(device, p->entries[k].handle))
            return true;
    return false;
}

static BOOL WINAPI fake_control(HANDLE device, DWORD code, void *in, DWORD in_size, void *out,
                                DWORD out_size, DWORD *n, OVERLAPPED *o)
{
    const struct poll *p = in;
    BOOL ok = FALSE;
    DWORD error = ERROR_IO_PENDING;
    if (!fake_win32.loses_polls || code != IOCTL_AFD_POLL || p->timeout.QuadPart == 0)
        return own_control(device, code, in, in_size, out, out_size, n, o);
    AcquireSRWLockExclusive(&lock);
    fake_win32.judged_polls++;
    if (is_lost(device, p)) {
        fake_win32.lost_polls++;
        o->Internal = PENDING;
        if (o->hEvent != NULL)
            ResetEvent(o->hEvent);
        note(device, p, o, true);
    } else {
        note(device, p, o, false);
        ok = own_control(device, code, in, in_size, out, out_size, n, o);
        error = ok ? 0 : GetLastError();
        if (error != ERROR_IO_PENDING && port_of(device) == NULL)
            forget(o);
    }
    ReleaseSRWLockExclusive(&lock);
    SetLastError(error);
    return ok;
}

static bool cancel_lost(HANDLE device, const OVERLAPPED *o)
{
    bool any = false;
    AcquireSRWLockExclusive(&lock);
    for (size_t i = 0; i < MAX; i++)
        if (requests[i].device == device && (o == NULL || requests[i].o == o))
            any = end_lost(&requests[i]) || any;
    ReleaseSRWLockExclusive(&lock);
    return any;
}

/* The driver has no request any more that was cancelled, or that it cannot find. Under Wine the
 * answer may come later, when the thread that made the request next asks the server for something.
 */
static void forget_cancelled(HANDLE device, const OVERLAPPED *o)
{
    AcquireSRWLockExclusive(&lock);
    for (size_t i = 0; i < MAX; i++)
        if (requests[i].device == device && (o == NULL || requests[i].o == o))
            requests[i].o = NULL;
    ReleaseSRWLockExclusive(&lock);
}

static BOOL WINAPI fake_cancel(HANDLE h, OVERLAPPED *o)
{
    BOOL ok;
    DWORD error;

    int type, size = (int)sizeof type;
    if (o != NULL && o->hEvent == NULL) /* a call of AcceptEx has one */
        fake_win32.cancel_questions++;
    if (fake_win32.refuses_cancel
        && getsockopt((SOCKET)h, SOL_SOCKET, SO_TYPE, (char *)&type, &size) == 0) {
        SetLastError(ERROR_INVALID_FUNCTION);
        return FALSE;
    }
    if (cancel_lost(h, o) && o != NULL)
        return TRUE;
    ok = own_cancel(h, o);
    error = GetLastError();
    if (ok || error == ERROR_NOT_FOUND)
        forget_cancelled(h, o);
    SetLastError(error);
    return ok;
}

static BOOL WINAPI fake_result(HANDLE h, OVERLAPPED *o, DWORD *n, BOOL wait)
{
    BOOL ok = own_result(h, o, n, wait);
    DWORD error = GetLastError();
    if (ok || error != ERROR_IO_INCOMPLETE) {
        AcquireSRWLockExclusive(&lock);
        forget(o);
        ReleaseSRWLockExclusive(&lock);
    }
    SetLastError(error);
    return ok;
}

static BOOL WINAPI fake_get_queued(HANDLE port, OVERLAPPED_ENTRY *v, ULONG room, ULONG *n, DWORD ms,
                                   BOOL alertable)
{
    BOOL ok = own_get_queued(port, v, room, n, ms, alertable);
    DWORD error = GetLastError();
    AcquireSRWLockExclusive(&lock);
    for (ULONG i = 0; ok && i < *n; i++)
        if (v[i].lpOverlapped != NULL)
            forget(v[i].lpOverlapped);
    ReleaseSRWLockExclusive(&lock);
    SetLastError(error);
    return ok;
}

static HANDLE WINAPI fake_create_port(HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads)
{
    HANDLE made = own_create_port(file, port, key, threads);
    AcquireSRWLockExclusive(&lock);
    if (made != NULL && file != INVALID_HANDLE_VALUE) {
        size_t i = 0;
        while (i < port_count && ports[i].device != file) /* the number of a closed one, or new */
            i++;
        ports[i < MAX ? i : 0].device = file;
        ports[i < MAX ? i : 0].port = made;
        port_count += i == port_count && i < MAX;
    }
    ReleaseSRWLockExclusive(&lock);
    return made;
}

static HANDLE WINAPI fake_create_event(SECURITY_ATTRIBUTES *security, BOOL manual, BOOL set,
                                       const WCHAR *name)
{
    fake_win32.events_made++;
    return own_create_event(security, manual, set, name);
}

static int WSAAPI fake_select(int n, fd_set *in, fd_set *out, fd_set *except,
                              const struct timeval *time)
{
    fake_win32.select_calls++;
    return own_select(n, in, out, except, time);
}

void fake_win32_install_afd(void)
{
    const char *dll = "kernel32.dll";
    own_control = (device_io_control *)fake_win32_replace(dll, "DeviceIoControl",
                                                          (fake_win32_function *)fake_control);
    own_cancel =
        (cancel_io_ex *)fake_win32_replace(dll, "CancelIoEx", (fake_win32_function *)fake_cancel);
    own_result = (get_overlapped_result *)fake_win32_replace(dll, "GetOverlappedResult",
                                                             (fake_win32_function *)fake_result);
    own_create_port = (create_port *)fake_win32_replace(dll, "CreateIoCompletionPort",
                                                        (fake_win32_function *)fake_create_port);
    own_get_queued = (get_queued *)fake_win32_replace(dll, "GetQueuedCompletionStatusEx",
                                                      (fake_win32_function *)fake_get_queued);
    own_create_event = (create_event *)fake_win32_replace(dll, "CreateEventW",
                                                          (fake_win32_function *)fake_create_event);
    own_select =
        (select_fn *)fake_win32_replace("ws2_32.dll", "select", (fake_win32_function *)fake_select);
}
