#include "win32/afd.h"

#include <stddef.h>
#include <string.h>
#include <winternl.h>

enum { IOCTL_AFD_POLL = 0x00012024 };

/* NTSTATUS, of which the headers for programs have few. */
enum { TIMEOUT_STATUS = 0x00000102 };

static HANDLE volatile shared_device;

/* ---- Functions of ntdll ---------------------------------------------------------------------
 * They are found by name, because not every tool chain has an import library for ntdll. ntdll is in
 * every process. */

typedef NTSTATUS NTAPI nt_create_file(PHANDLE handle, ACCESS_MASK access,
                                      POBJECT_ATTRIBUTES attributes, PIO_STATUS_BLOCK status,
                                      PLARGE_INTEGER size, ULONG file_attributes, ULONG share,
                                      ULONG disposition, ULONG options, PVOID ea, ULONG ea_length);
typedef ULONG NTAPI rtl_nt_status_to_dos_error(NTSTATUS status);

typedef void any_function(void);

static any_function *find(const char *name)
{
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");

    return ntdll != NULL ? (any_function *)GetProcAddress(ntdll, name) : NULL;
}

int xsock__afd_code(LONG status)
{
    rtl_nt_status_to_dos_error *convert =
        (rtl_nt_status_to_dos_error *)find("RtlNtStatusToDosError");

    return convert != NULL ? (int)convert((NTSTATUS)status) : WSASYSCALLFAILURE;
}

/* ---- The device ------------------------------------------------------------------------------ */

/* The last part of the name is free. It shows up in lists of handles. */
static int open_device(ULONG options, HANDLE *out)
{
    static WCHAR name[] = L"\\Device\\Afd\\xsock";
    UNICODE_STRING path = {(USHORT)(sizeof name - sizeof name[0]), (USHORT)sizeof name, name};
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK result;
    HANDLE device = NULL;
    nt_create_file *create = (nt_create_file *)find("NtCreateFile");
    NTSTATUS status;

    if (create == NULL)
        return ERROR_NOT_SUPPORTED;
    memset(&attributes, 0, sizeof attributes);
    attributes.Length = sizeof attributes;
    attributes.ObjectName = &path;
    status = create(&device, SYNCHRONIZE, &attributes, &result, NULL, 0,
                    FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN, options, NULL, 0);
    if (status < 0)
        return xsock__afd_code(status);
    *out = device;
    return 0;
}

int xsock__afd_open(HANDLE *out)
{
    return open_device(0, out);
}

void xsock__afd_stop(void)
{
    HANDLE device = InterlockedExchangePointer((PVOID volatile *)&shared_device, NULL);

    if (device != NULL)
        CloseHandle(device);
}

/* The system completes a request of this handle before it returns to the caller, so that a question
 * needs no event. The questions of several threads come one after another. */
HANDLE xsock__afd_device(void)
{
    HANDLE device = shared_device;
    HANDLE first;

    if (device != NULL || open_device(FILE_SYNCHRONOUS_IO_NONALERT, &device) != 0)
        return device;
    first = InterlockedCompareExchangePointer((PVOID volatile *)&shared_device, device, NULL);
    if (first == NULL)
        return device;
    CloseHandle(device);
    return first;
}

/* ---- Requests -------------------------------------------------------------------------------- */

size_t xsock__afd_size(size_t n)
{
    return offsetof(struct xsock__afd_poll, entries) + n * sizeof(struct xsock__afd_entry);
}

/* If nothing has happened, the driver may not have written an answer. */
static void settle(struct xsock__afd_poll *p, const OVERLAPPED *o)
{
    if (o->Internal == TIMEOUT_STATUS)
        p->count = 0;
}

int xsock__afd_begin(HANDLE device, struct xsock__afd_poll *p, size_t size, OVERLAPPED *o)
{
    DWORD n;

    if (!DeviceIoControl(device, IOCTL_AFD_POLL, p, (DWORD)size, p, (DWORD)size, &n, o))
        return xsock__win32_error();
    settle(p, o);
    return 0;
}

int xsock__afd_end(HANDLE device, struct xsock__afd_poll *p, OVERLAPPED *o, bool cancel)
{
    DWORD n;

    if (cancel)
        (void)CancelIoEx(device, o); /* it fails if it is too late, which does no harm */
    if (!GetOverlappedResult(device, o, &n, TRUE)) {
        int code = xsock__win32_error();

        if (!cancel || code != ERROR_OPERATION_ABORTED)
            return code;
        p->count = 0;
    }
    settle(p, o);
    return 0;
}

/* The driver has the answer at once, because the time of a question is 0. */
int xsock__afd_question(struct xsock__afd_poll *p)
{
    HANDLE device = xsock__afd_device();
    OVERLAPPED o;
    int code;

    if (device == NULL)
        return ERROR_ACCESS_DENIED;
    memset(&o, 0, sizeof o);
    p->timeout.QuadPart = 0;
    p->exclusive = FALSE;
    code = xsock__afd_begin(device, p, xsock__afd_size(p->count), &o);
    return code == ERROR_IO_PENDING ? xsock__afd_end(device, p, &o, false) : code;
}

static int ask_once(HANDLE handle, ULONG events, struct xsock__afd_poll *p)
{
    p->count = 1;
    p->entries[0].handle = handle;
    p->entries[0].events = events;
    p->entries[0].status = 0;
    return xsock__afd_question(p);
}

int xsock__afd_ask(SOCKET s, ULONG events, ULONG *out_events, LONG *out_status)
{
    struct xsock__afd_poll p;
    HANDLE base;
    int code = ask_once((HANDLE)s, events, &p);

    if (code != 0 && xsock__afd_base(s, &base) == 0 && base != (HANDLE)s)
        code = ask_once(base, events, &p);
    if (code != 0)
        return code;
    *out_events = p.count > 0 ? p.entries[0].events : 0;
    *out_status = p.count > 0 ? p.entries[0].status : 0;
    return 0;
}

/* ---- Events ---------------------------------------------------------------------------------- */

/* DISCONNECT stays, so a wait for OUT alone would never wait again. It is asked for if IN is, or if
 * it means that the connection has ended both ways. */
ULONG xsock__afd_events(int poll_events)
{
    ULONG events = XSOCK__AFD_ABORT | XSOCK__AFD_CONNECT_FAILED | XSOCK__AFD_CLOSED;

    if (poll_events & XSOCK_POLLIN)
        events |= XSOCK__AFD_RECEIVE | XSOCK__AFD_ACCEPT | XSOCK__AFD_DISCONNECT;
    if (poll_events & XSOCK_POLLOUT)
        events |= XSOCK__AFD_SEND;
    if (poll_events & XSOCK_POLLHUP)
        events |= XSOCK__AFD_DISCONNECT;
    if (poll_events & XSOCK_POLLPRI)
        events |= XSOCK__AFD_EXPEDITED;
    return events;
}

/* A reset and a failed connect end every wait, because no call would block any more. */
int xsock__afd_revents(ULONG events, int poll_events)
{
    const ULONG failed = XSOCK__AFD_ABORT | XSOCK__AFD_CONNECT_FAILED;
    int r = 0;

    if (events & (XSOCK__AFD_RECEIVE | XSOCK__AFD_ACCEPT | XSOCK__AFD_DISCONNECT | failed))
        r |= XSOCK_POLLIN;
    if (events & (XSOCK__AFD_SEND | failed))
        r |= XSOCK_POLLOUT;
    if (events & XSOCK__AFD_EXPEDITED)
        r |= XSOCK_POLLPRI;
    r &= poll_events;
    if (events & failed)
        r |= XSOCK_POLLERR;
    if (events & XSOCK__AFD_ABORT)
        r |= XSOCK_POLLHUP;
    if (events & XSOCK__AFD_CLOSED)
        r |= XSOCK_POLLNVAL;
    return r;
}

/* ---- Base handles ---------------------------------------------------------------------------- */

static int ask_base(SOCKET s, DWORD ioctl, SOCKET *out)
{
    DWORD n;

    if (WSAIoctl(s, ioctl, NULL, 0, out, sizeof *out, &n, NULL, NULL) != 0)
        return xsock__win32_error();
    return 0;
}

/* A provider must let SIO_BASE_HANDLE pass, but some do not (Komodia's). Those answer
 * SIO_BSP_HANDLE_POLL with the handle of the next layer down. The number of layers is bounded, so
 * that no provider can keep us in the loop. */
int xsock__afd_base(SOCKET s, HANDLE *out)
{
    int code = WSAENOTSOCK;

    for (int layer = 0; layer < 16; layer++) {
        SOCKET base = INVALID_SOCKET;
        SOCKET next = INVALID_SOCKET;

        code = ask_base(s, SIO_BASE_HANDLE, &base);
        if (code == 0 && base != INVALID_SOCKET) {
            *out = (HANDLE)base;
            return 0;
        }
        if (code == WSAENOTSOCK || ask_base(s, SIO_BSP_HANDLE_POLL, &next) != 0
            || next == INVALID_SOCKET || next == s)
            break;
        s = next;
    }
    return code != 0 ? code : WSAENOTSOCK;
}
