/* Hosts and services to addresses: a question that has been checked, and the list that answers it.
 */
#ifndef XSOCK__NAME_RESOLVE_H
#define XSOCK__NAME_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xsock.h"

enum {
    XSOCK__HOST_MAX = 254,  /* RFC 1035 has 253, and a dot may end it */
    XSOCK__SERVICE_MAX = 63 /* RFC 6335 has 15; files of systems have longer ones */
};

/* What was asked, with copies of both names: a thread may outlive its asker. */
struct xsock__question {
    enum { XSOCK__HOST_NONE, XSOCK__HOST_ADDRESS, XSOCK__HOST_NAME } kind;
    char host[XSOCK__HOST_MAX + 1];
    struct xsock_addr address;            /* kind ADDRESS: what host says */
    char service[XSOCK__SERVICE_MAX + 1]; /* "": a number, or none */
    uint32_t port;
    int af, type, flags;
    bool has_v4, has_v6; /* kind NONE: which loopbacks there are */
};

struct xsock__answer {
    struct xsock_addr *v;
    size_t count, room;
    int code; /* the system's own, if it failed because the system said so */
};

/* 0, or -XSOCK_EAI_... : all that is wrong with it without a look-up. */
int xsock__question_init(struct xsock__question *q, const char *host, const char *service, int af,
                         int type, int flags);

/* Does it take the system to answer, and so perhaps long? */
bool xsock__question_is_slow(const struct xsock__question *q);

/* Answers. Touches no state but *out, which is to be freed whatever it returns: 0, or an error as
 * xsock_resolve has them. */
int xsock__question_ask(const struct xsock__question *q, struct xsock__answer *out);
void xsock__answer_free(struct xsock__answer *a);

/* The error of a look-up for what a function of sys.h has told: XSOCK_EAI_... or 0, and its code.
 * Of EAI_SYSTEM the codes that mean "no room" are told as such, because the error alone says
 * little. */
int xsock__resolve_error(int error, int code);

#endif
