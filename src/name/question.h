/* A question for the addresses of a host and a service, checked. */
#ifndef XSOCK__NAME_QUESTION_H
#define XSOCK__NAME_QUESTION_H

#include <stdbool.h>
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
    bool is_localhost;   /* kind NAME: it is loopback, unless the program's resolver knows it */
    bool has_v4, has_v6; /* kind NONE, and localhost: which loopbacks there are */
};

/* 0, or -XSOCK_EAI_... : all that is wrong with it without a look-up. */
int xsock__question_init(struct xsock__question *q, const char *host, const char *service, int af,
                         int type, int flags);

/* Does it take the system to answer, and so perhaps long? */
bool xsock__question_is_slow(const struct xsock__question *q);

/* Whether IPv4 addresses stand in for INET6 addresses that are missing, and how. */
bool xsock__question_wants_mapped(const struct xsock__question *q);
void xsock__question_map_to_v6(struct xsock_addr *a);

/* What a look-up tells of an error that is not a resolver's: EMFILE, ENFILE or EAI_MEMORY if there
 * was no room, else EAI_SYSTEM. */
int xsock__question_error(int rc);

#endif
