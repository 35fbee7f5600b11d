/* What the calls in send_recv.c share: sending from a guest's memory, and receiving into it. */
#ifndef XSOCK__WASIX_MESSAGE_H
#define XSOCK__WASIX_MESSAGE_H

#include "wasix/guest.h"

/* Flags of WASIX: into a receiving call, out of a receiving call, and into a sending call. */
enum {
    XSOCK__WASIX_PEEK = 1,
    XSOCK__WASIX_WAITALL = 2,
    XSOCK__WASIX_WHOLE_LENGTH = 4, /* "data truncated" */
    XSOCK__WASIX_RECV_DONTWAIT = 8,
    XSOCK__WASIX_TRUNCATED = 1,
    XSOCK__WASIX_SEND_DONTWAIT = 1
};

/* Where the results are stored in the guest's memory. The pointers have been checked. A pointer
 * is NULL if the call does not have that result. */
struct xsock__wasix_results {
    unsigned char *done;        /* a word: the number of bytes */
    unsigned char *flags;       /* 16 bits */
    unsigned char *addr;        /* an addr_port */
    unsigned char *control_len; /* a word */
};

/* Sets *out to the `len` bytes at the address in argument i. Returns false if the bytes are not
 * all in memory. */
static inline bool xsock__wasix_place(const struct xsock__wasix_call *c, int i, uint64_t len,
                                      unsigned char **out)
{
    *out = xsock__wasix_at(c, xsock__wasix_ptr(c, i), len);
    return *out != NULL;
}

/* Convert riflags and siflags to XSOCK_MSG_... They return -XSOCK_EINVAL for flags that WASIX does
 * not have. */
int xsock__wasix_recv_flags(uint32_t riflags, int *out);
int xsock__wasix_send_flags(uint32_t siflags, int *out);

/* Receives into the vectors that arguments 1 and 2 name. Returns 0 and stores the results. A
 * call that fails stores nothing, and no data that arrived is lost. */
int xsock__wasix_receive(const struct xsock__wasix_call *c, struct xsock__fd *fd, uint32_t riflags,
                         const struct xsock__wasix_results *out);

/* Sends the vectors that arguments 1 and 2 name. `to` may be NULL for the peer. The number of
 * bytes is stored in out_done, which has been checked. */
int xsock__wasix_send(const struct xsock__wasix_call *c, struct xsock__fd *fd, uint32_t siflags,
                      struct xsock_addr *to, unsigned char *out_done);

#endif
