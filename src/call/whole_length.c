#include "call/whole_length.h"

#include <string.h>

#include "addr/addr.h"
#include "sys.h"

/* Only LOCAL has longer datagrams than this. Linux has them, and tells their length. */
enum { REST = 65536 };

/* The other families of Linux learned to tell the length one by one, in different versions. */
static bool is_told(const struct xsock__sock *s)
{
    bool known = xsock__addr_is_internet(s->af) || s->af == XSOCK_AF_LOCAL;
    return xsock__sys_facts.tells_whole_length && known;
}

int xsock__whole_length_make(struct xsock__sock *s, const struct xsock_vec *vec, size_t vec_count,
                             int *inout_flags, struct xsock__whole_length *out)
{
    if (vec_count >= XSOCK__VEC_MAX)
        return -XSOCK_EMSGSIZE;
    if (is_told(s))
        return 0;
    size_t head = (vec_count + 1) * sizeof *out->vec;
    out->vec = xsock__sys_alloc(head + REST);
    if (out->vec == NULL)
        return -XSOCK_ENOMEM;
    if (vec_count > 0)
        memcpy(out->vec, vec, vec_count * sizeof *vec);
    out->vec[vec_count] = (struct xsock_vec){(unsigned char *)out->vec + head, REST};
    out->vec_count = vec_count + 1;
    out->size = head + REST;
    *inout_flags &= ~XSOCK_MSG_TRUNC;
    return 0;
}
