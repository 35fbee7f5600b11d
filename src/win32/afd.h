/* Asks AFD, the driver behind Winsock's sockets, for the readiness of many sockets in one request.
 * select() and WSAPoll() ask the same question, but have faults. AFD has no limit of 64, and
 * reports a failed connect on every version of Windows. The request is overlapped, so a thread can
 * wait for it together with an event, or take it from a completion port. Microsoft does not
 * document this. libuv, mio and wepoll have relied on it since Windows Vista, and Wine has it. */
#ifndef XSOCK__WIN32_AFD_H
#define XSOCK__WIN32_AFD_H

#include "win32/native.h"

enum {
    XSOCK__AFD_RECEIVE = 0x1,
    XSOCK__AFD_EXPEDITED = 0x2, /* out-of-band data */
    XSOCK__AFD_SEND = 0x4,
    XSOCK__AFD_DISCONNECT = 0x8, /* the peer has ended sending */
    XSOCK__AFD_ABORT = 0x10,     /* the connection was reset */
    XSOCK__AFD_CLOSED = 0x20,    /* the last handle was closed, under the request */
    XSOCK__AFD_CONNECT = 0x40,
    XSOCK__AFD_ACCEPT = 0x80,
    XSOCK__AFD_CONNECT_FAILED = 0x100
};

enum { XSOCK__AFD_SMALL = 16 };

/* The driver's layout. In: the handles to watch, and the events. Out: the handles that have
 * something, in the same order; count is how many. */
struct xsock__afd_entry {
    HANDLE handle;
    ULONG events;
    LONG status; /* out: why, with CONNECT_FAILED */
};

struct xsock__afd_poll {
    LARGE_INTEGER timeout; /* 0: at once; XSOCK__AFD_FOREVER */
    ULONG count;
    ULONG exclusive;
    struct xsock__afd_entry entries[XSOCK__AFD_SMALL]; /* or more: see xsock__afd_size */
};

#define XSOCK__AFD_FOREVER INT64_MAX

/* The bytes of a request for n sockets. */
size_t xsock__afd_size(size_t n);

/* Opens a handle for requests. It is not inheritable. */
int xsock__afd_open(HANDLE *out);

/* The handle for questions about this moment. It is opened when it is first asked for. NULL: the
 * system refuses it, as a sandbox may. */
HANDLE xsock__afd_device(void);
void xsock__afd_stop(void);

/* Makes the request. `size` is that of xsock__afd_size. Returns 0 if *p is the answer. Returns
 * ERROR_IO_PENDING if the request is under way: p and o belong to the system until xsock__afd_end
 * returns, or until the device's completion port gives o back. Anything else means that the request
 * was refused; ERROR_INVALID_HANDLE means that a handle is not the driver's. */
int xsock__afd_begin(HANDLE device, struct xsock__afd_poll *p, size_t size, OVERLAPPED *o);

/* Waits for a request that is under way, and may cancel it first. Returns 0, and *p is the answer.
 * The answer of a cancelled request is empty unless it was there already. */
int xsock__afd_end(HANDLE device, struct xsock__afd_poll *p, OVERLAPPED *o, bool cancel);

/* Asks about sockets at this moment: count and entries are the question, and *p is the answer. */
int xsock__afd_question(struct xsock__afd_poll *p);

/* Asks about one socket at this moment: which of `events` are so, and the status that goes with
 * them. */
int xsock__afd_ask(SOCKET s, ULONG events, ULONG *out_events, LONG *out_status);

/* XSOCK_POLL bits to the driver's events, and back. */
ULONG xsock__afd_events(int poll_events);
int xsock__afd_revents(ULONG events, int poll_events);

/* The driver's own handle of a socket. It is another one if a layered provider has put a handle of
 * its own in front. */
int xsock__afd_base(SOCKET s, HANDLE *out);

/* The Win32 code for a status of the driver. */
int xsock__afd_code(LONG status);

#endif
