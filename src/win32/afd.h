/* Readiness of many sockets in one request, asked of the driver that Winsock's sockets are handles
 * of. It is what select() and WSAPoll() themselves ask, and without their faults: no limit of 64, a
 * failed connect is an event on every version of Windows, and, being overlapped, it can be waited
 * for together with an event, or come through a completion port. Microsoft documents none of it;
 * libuv, mio and wepoll have relied on it since Windows Vista, and Wine has it. */
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

enum { XSOCK__AFD_SMALL = 32 };

/* The driver's layout. In: the handles to watch and what for. Out: those that have something, in
 * the same order, and count says how many. */
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

/* Bytes of a request for n sockets. */
size_t xsock__afd_size(size_t n);

/* A handle for making requests with; not inheritable. */
int xsock__afd_open(HANDLE *out);

/* The one that all waits share; open between start and stop, whose calls are those of
 * xsock__sys_startup. */
int xsock__afd_start(void);
void xsock__afd_stop(void);
HANDLE xsock__afd_device(void);

/* Makes the request; `size` as of xsock__afd_size. 0: *p is the answer. ERROR_IO_PENDING: it is
 * under way, and p and o belong to the system until xsock__afd_end, or the completion port o's
 * device is associated with, says otherwise. Anything else: it was refused. ERROR_INVALID_HANDLE:
 * one of the handles is none of the driver's. */
int xsock__afd_begin(HANDLE device, struct xsock__afd_poll *p, size_t size, OVERLAPPED *o);

/* Waits for a request that is under way, cancelling it first or not: 0, and *p is the answer, of
 * which a cancelled one is empty unless the answer was there already. */
int xsock__afd_end(HANDLE device, struct xsock__afd_poll *p, OVERLAPPED *o, bool cancel);

/* Asks about one socket, now: what of `events` there is, and the status that goes with it. */
int xsock__afd_ask(SOCKET s, ULONG events, ULONG *out_events, LONG *out_status);

/* XSOCK_POLL bits to the driver's events, and back. */
ULONG xsock__afd_events(int poll_events);
int xsock__afd_revents(ULONG events, int poll_events);

/* The driver's own handle of a socket: another one where a layered provider has put its own in
 * front. */
int xsock__afd_base(SOCKET s, HANDLE *out);

/* The Win32 code of a status of the driver. */
int xsock__afd_code(LONG status);

#endif
