/* The system's handles for triples: opening them, and which triples the system has. */
#ifndef XSOCK__SOCKET_HANDLE_H
#define XSOCK__SOCKET_HANDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "facts/translate.h"
#include "facts/triple.h"
#include "sys.h"
#include "xsock.h"

/* The rare parts of opening: the error if the system has refused a triple with this code, and
 * opening a triple whose numbers must be found first. */
int xsock__handle_refused(int af, int type, int code);
int xsock__handle_convert(int af, int type, int *protocol, uintptr_t *out);

/* Opens a handle for numbers of the system. */
static inline int xsock__handle_native(const struct xsock__sys_triple *t, int af, int type,
                                       uintptr_t *out)
{
    int code = xsock__sys_open(t, (type & XSOCK_SOCK_CLOEXEC) != 0, out);
    return code == 0 ? 0 : xsock__handle_refused(af, type, code);
}

/* Opens a handle. Returns 0, or the error of the truth table or of the system. `type` may have
 * flags. A *protocol of 0 becomes the default. */
static inline int xsock__handle_open(int af, int type, int *protocol, uintptr_t *out)
{
    const struct xsock__sys_triple *t =
        xsock__triple_usual(af, type & ~XSOCK__TYPE_FLAGS, protocol);
    return t != NULL ? xsock__handle_native(t, af, type, out)
                     : xsock__handle_convert(af, type, protocol, out);
}

/* The error that opening would give, 0 if there is none. */
int xsock__handle_probe(int af, int type, int protocol);

/* The error of a triple for a pair, 0 if there is none. A *protocol of 0 becomes the default. */
int xsock__handle_check_pair(int af, int type, int *protocol);

/* Makes a pair of LOCAL for a triple that has passed that check. `type` may have flags. */
int xsock__handle_pair(int type, int protocol, uintptr_t out[2]);

#endif
