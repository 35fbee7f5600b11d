/* What sending and receiving share, of datagrams and streams, one buffer or many. */
#ifndef XSOCK__WIN32_SEND_RECV_H
#define XSOCK__WIN32_SEND_RECV_H

#include "win32/native.h"

enum {
    XSOCK__DATA_SEND_FLAGS = MSG_OOB | MSG_DONTROUTE,
    XSOCK__DATA_RECV_FLAGS = MSG_OOB | MSG_PEEK
};

/* What Winsock takes of a stream at once it keeps in memory that can't be paged out, also if that
 * is much more than SO_SNDBUF; and it fails with WSAENOBUFS if it is too much. */
enum { XSOCK__SEND_MAX = 1 << 20 };

/* What a failed call means, as POSIX has it. */
int xsock__win32_code_from_send(SOCKET s, const struct xsock__sys_addr *to, int code);
int xsock__win32_code_from_recv(SOCKET s, int flags, int code);

/* The call is to be made again: it told of something else. */
bool xsock__win32_recv_is_foreign_report(SOCKET s, int code);

/* The end of a stream. */
bool xsock__win32_recv_is_end(int code);

#endif
