/* What backends share where the system moves one message a call: a batch is a loop. */
#ifndef XSOCK__BACKEND_ONE_BY_ONE_H
#define XSOCK__BACKEND_ONE_BY_ONE_H

#include "sys.h"

static inline int send_one_by_one(uintptr_t h, struct xsock__sys_msg *v, size_t n, int flags,
                                  size_t *out)
{
    size_t done = 0;
    int code = 0;
    while (done < n && code == 0) {
        code = xsock__sys_sendmsg(h, &v[done], flags);
        done += code == 0;
    }
    if (done == 0)
        return code;
    *out = done;
    return 0;
}

#endif
