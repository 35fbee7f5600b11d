/* For the backends whose system cuts one buffer into datagrams (Linux UDP_SEGMENT, Windows UDP_SEND_MSG_SIZE). */
#ifndef XSOCK__BACKEND_UDP_SEGMENTS_H
#define XSOCK__BACKEND_UDP_SEGMENTS_H

#include "sys.h"

/* One datagram's worth of segments: no more than an IPv6 datagram takes, and than every kernel does (64). */
enum { XSOCK__SEGMENTS_MAX = 64, XSOCK__SEGMENTED_BYTES = 65535 - 40 - 8 };

/* How many from the first on go as one: of the same size, to the same place; the last may be shorter. */
static inline size_t xsock__segments_run(const struct xsock__sys_msg *v, size_t n)
{
    size_t size = v->vec->len, total = size, run = 1;
    while (size > 0 && run < n && run < XSOCK__SEGMENTS_MAX) {
        size_t next = v[run].vec->len;
        if (!v[run].alike || next == 0 || next > size || total + next > XSOCK__SEGMENTED_BYTES)
            break;
        total += next;
        run++;
        if (next < size)
            break;
    }
    return run;
}

#endif
