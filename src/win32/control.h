/* Control data to and from Winsock's records. */
#ifndef XSOCK__WIN32_CONTROL_H
#define XSOCK__WIN32_CONTROL_H

#include "win32/native.h"

/* Missing from older headers. Versions: of Windows 10. */
#ifndef UDP_SEND_MSG_SIZE
#define UDP_SEND_MSG_SIZE 2 /* 2004 */
#endif
#ifndef UDP_RECV_MAX_COALESCED_SIZE
#define UDP_RECV_MAX_COALESCED_SIZE 3 /* 2004; control data of this type tells the size of each */
#endif

enum { XSOCK__CONTROL_CAPACITY = 256 };

/* Adds one, in room that is there: Control.len grows. */
void xsock__control_add(WSAMSG *to, int level, int type, const void *data, size_t size);

/* All of m->control. WSAEOPNOTSUPP: handles, which Windows passes to nobody, and what it can't set
 * for one packet. */
int xsock__control_put(WSAMSG *to, const struct xsock__sys_msg *m);

/* Into m->control and m->segment. */
void xsock__control_get(WSAMSG *from, struct xsock__sys_msg *m);

#endif
