/* Translates numbers and errors between xsock and the system. */
#ifndef XSOCK__FACTS_TRANSLATE_H
#define XSOCK__FACTS_TRANSLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys.h"

/* The error (negative) of a native code; 0 for 0. Every code has one. */
int xsock__error_from_native(int64_t code);
int xsock__error_from_winsock(int64_t code);

/* A native code of an error of either sign; 0 for 0. -XSOCK_EINVAL: there is none. */
int xsock__error_to_native(int error);

/* Turns a native code into a result, and is the only place that does. It keeps the code for
 * xsock_oserror(), and returns -XSOCK_E..., or 0 for 0. */
int xsock__finish_failed(int code);
static inline int xsock__finish(int code)
{
    return code == 0 ? 0 : xsock__finish_failed(code);
}

/* The native numbers of what most programs open (see sys.h), or NULL. The type has no flags. A
 * *protocol of 0 becomes the default. */
static inline const struct xsock__sys_triple *xsock__triple_usual(int af, int type, int *protocol)
{
    unsigned family = (unsigned)af - XSOCK_AF_INET, kind = (unsigned)type - XSOCK_SOCK_STREAM;
    if (family > XSOCK_AF_LOCAL - XSOCK_AF_INET || kind > XSOCK_SOCK_DGRAM - XSOCK_SOCK_STREAM)
        return NULL;
    const struct xsock__sys_triple *t = &xsock__sys_facts.usual[2 * family + kind];
    if (t->family == 0 || (*protocol != 0 && *protocol != t->protocol))
        return NULL;
    *protocol = t->protocol;
    return t;
}

/* Converts a triple (the type without flags) to native numbers. False if this system lacks one of
 * the numbers: *out has no meaning then. */
bool xsock__triple_to_native(int af, int type, int protocol, struct xsock__sys_triple *out);

/* Converts back. Returns 0, -XSOCK_EAFNOSUPPORT or -XSOCK_ESOCKTNOSUPPORT. A protocol that has no
 * number becomes 0. */
int xsock__triple_from_native(const struct xsock__sys_triple *t, int *out_af, int *out_type,
                              int *out_protocol);

/* Does what xsock_triple_from_native() does: every number must be known, and 0 means "not given".
 */
int xsock__numbers_from_native(const struct xsock__sys_triple *t, int out[3]);

#endif
