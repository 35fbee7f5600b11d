/* What sending and receiving share, of datagrams and streams, one buffer or many. */
#ifndef XSOCK__WIN32_SEND_RECV_H
#define XSOCK__WIN32_SEND_RECV_H

#include "win32/native.h"

enum {
    XSOCK__DATA_SEND_FLAGS = MSG_OOB | MSG_DONTROUTE,
    XSOCK__DATA_RECV_FLAGS = MSG_OOB | MSG_PEEK
};

/* What Winsock is given at once, to send of a stream or to receive into, it keeps in memory that
 * can't be paged out, also if that is much more than the socket's buffer. It fails with WSAENOBUFS
 * if that is too much. No datagram is as long as this. */
enum { XSOCK__TRANSFER_MAX = 1 << 20 };

/* After a transfer of `len` bytes has failed with `code`: how many to try with next, or 0 if that
 * would not help. A datagram must have room as a whole. */
size_t xsock__win32_smaller_send(SOCKET s, int code, size_t len);
size_t xsock__win32_smaller_recv(SOCKET s, int code, size_t len);

/* What a failed call means, as POSIX has it. */
int xsock__win32_code_from_send(SOCKET s, const struct xsock__sys_addr *to, int code);
int xsock__win32_code_from_recv(SOCKET s, int flags, int code);

/* A report that is told is gone, so there is another one only if reports come as fast as they are
 * read, or if a provider repeats itself. Such a stream of reports does not hold up a call. */
enum { XSOCK__REPORTS_MAX = 64 };

/* Whether the call is to be made again: it told of something else. *reports, which begins with 0,
 * counts. If there are too many, *code becomes WSAEWOULDBLOCK: the caller waits, as for everything
 * that is ready and makes no progress. */
bool xsock__win32_skips_report(SOCKET s, int *code, int *reports);

/* NULL: the socket's provider has no WSARecvMsg. */
LPFN_WSARECVMSG xsock__win32_find_recvmsg(SOCKET s);

/* The end of a stream. */
bool xsock__win32_recv_is_end(int code);

#endif
