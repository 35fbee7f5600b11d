/* Messages: sendmsg and recvmsg by descriptor, and control data. */
#ifndef XSOCK_POSIX_MESSAGE_H
#define XSOCK_POSIX_MESSAGE_H

#include "posix.h"

enum { XSOCK_POSIX__VEC_MAX = 1024 /* as in Linux */ };

/* They return as the calls of programs do: -1 with errno. */
ssize_t xsock_posix__sendmsg(int d, const struct msghdr *m, int flags);
ssize_t xsock_posix__recvmsg(int d, struct msghdr *m, int flags);

/* ---- control_data.c */

/* Reads the control data of a message that is sent. `handles` has room for
 * XSOCK_CONTROL_HANDLES_MAX. 0 or a negative error of xsock. */
int xsock_posix__control_in(const struct msghdr *m, uintptr_t *handles, struct xsock_control *out);

/* Writes the control data of a message that came, and sets msg_controllen. Returns MSG_CTRUNC if
 * there is not enough room, or 0. */
int xsock_posix__control_out(const struct xsock_control *control, int family, struct msghdr *m);

#endif
