/* XSOCK_MSG_TRUNC when receiving: the result is how long the datagram was, not what was stored. */
#ifndef XSOCK__CALL_WHOLE_LENGTH_H
#define XSOCK__CALL_WHOLE_LENGTH_H

#include <stdbool.h>

#include "socket/sock.h"
#include "sys.h"
#include "xsock.h"

/* The buffers of a call, and after them space for the rest of the datagram. */
struct xsock__whole_length {
    struct xsock_vec *vec; /* NULL: the system tells the length, or nobody asks for it */
    size_t vec_count, size;
};

/* Takes the flag away if this socket needs the space, and makes it. -XSOCK_ENOMEM; -XSOCK_EMSGSIZE:
 * there are too many buffers. A call that has begun also ends. */
int xsock__whole_length_make(struct xsock__sock *s, const struct xsock_vec *vec, size_t vec_count,
                             int *inout_flags, struct xsock__whole_length *out);
static inline int xsock__whole_length_begin(struct xsock__sock *s, const struct xsock_vec *vec,
                                            size_t vec_count, int *inout_flags,
                                            struct xsock__whole_length *out)
{
    out->vec = NULL;
    return (*inout_flags & XSOCK_MSG_TRUNC) == 0
               ? 0
               : xsock__whole_length_make(s, vec, vec_count, inout_flags, out);
}

static inline void xsock__whole_length_end(const struct xsock__whole_length *w)
{
    if (w->vec != NULL)
        xsock__sys_free(w->vec, w->size);
}

#endif
