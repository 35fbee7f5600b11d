/* Numbers and errors, by look-up: names, and what the system calls what. */
#ifndef XSOCK__FACTS_TRANSLATE_H
#define XSOCK__FACTS_TRANSLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys.h"

/* The error (negative) of a native code; 0 for 0. Total. */
int xsock__error_from_native(int64_t code);
int xsock__error_from_winsock(int64_t code);

/* A native code of an error of either sign; 0 for 0. -XSOCK_EINVAL: there is none. */
int xsock__error_to_native(int error);

/* The one place where a native code becomes a result: keeps it for xsock_oserror(), returns
 * -XSOCK_E...; 0 for 0. */
int xsock__finish(int code);

/* A triple of xsock's numbers (type without flags) to native ones. False: this system has no number
 * for one. */
bool xsock__triple_to_native(int af, int type, int protocol, struct xsock__sys_triple *out);

/* And back. 0, -XSOCK_EAFNOSUPPORT, -XSOCK_ESOCKTNOSUPPORT; a protocol that has no number is 0. */
int xsock__triple_from_native(const struct xsock__sys_triple *t, int *out_af, int *out_type,
                              int *out_protocol);

/* What xsock_triple_from_native() does: every number is to be known, and 0 means "not given". */
int xsock__numbers_from_native(const struct xsock__sys_triple *t, int out[3]);

#endif
