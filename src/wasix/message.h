/* Sending from a guest's memory, and receiving into it: what the calls in data.c differ in. */
#ifndef XSOCK__WASIX_MESSAGE_H
#define XSOCK__WASIX_MESSAGE_H

#include "wasix/guest.h"

/* Flags as they lie in WASIX: into a call of receiving, out of it, and into one of sending. */
enum {
    XSOCK__WASIX_PEEK = 1,
    XSOCK__WASIX_WAITALL = 2,
    XSOCK__WASIX_WHOLE_LENGTH = 4, /* "data truncated" */
    XSOCK__WASIX_RECV_DONTWAIT = 8,
    XSOCK__WASIX_TRUNCATED = 1,
    XSOCK__WASIX_SEND_DONTWAIT = 1
};

/* Where results go in the guest's memory, checked before. NULL: this call has no such result. */
struct xsock__wasix_results {
    unsigned char *done;        /* a word: bytes */
    unsigned char *flags;       /* 16 bits */
    unsigned char *addr;        /* an addr_port */
    unsigned char *control_len; /* a word */
};

/* The len bytes at the address that is argument i. False: they are not all in memory. */
bool xsock__wasix_place(const struct xsock__wasix_call *c, int i, uint64_t len,
                        unsigned char **out);

/* Both: the vectors are arguments 1 and 2. 0 with the results in place; on failure nothing is
 * written, and nothing that came in is lost. */
int xsock__wasix_receive(const struct xsock__wasix_call *c, struct xsock__fd *fd, uint32_t riflags,
                         const struct xsock__wasix_results *out);

/* to may be NULL: the peer. out_done: as above. */
int xsock__wasix_send(const struct xsock__wasix_call *c, struct xsock__fd *fd, uint32_t siflags,
                      struct xsock_addr *to, unsigned char *out_done);

#endif
