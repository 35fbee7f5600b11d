/* send and recv. The usual case is inlined into the public call, because nearly every call is done
 * by its first try, and each function between the two costs as much as all the checks. A return
 * from below a system call is a mispredicted jump (some 9 ns where this was measured). Every other
 * case is in send.c and recv.c. */
#ifndef XSOCK__CALL_PLAIN_H
#define XSOCK__CALL_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call/send_recv.h"
#include "socket/sock.h"
#include "sys.h"
#include "table/find.h"
#include "xsock.h"

/* Whether the socket is in one of these states, and a call has nothing to settle before its first
 * try. If so, there is nothing else to check. One word tells. */
static inline bool xsock__plain_is(const struct xsock__fd *fd, int states, int special)
{
    int state = xsock__atomic_load(&fd->held.sock->state);
    return (state & states) != 0 && (state & special) == 0;
}

/* Whether it can receive: it has a peer or needs none. */
static inline bool xsock__plain_receives(const struct xsock__fd *fd, int special)
{
    return xsock__plain_is(fd, XSOCK__SOCK_CONNECTED | XSOCK__SOCK_PACKETS, special);
}

/* Send and receive in a descriptor that was looked up. They drop the reference. */
static inline ptrdiff_t xsock__plain_send(struct xsock__fdtab *t, struct xsock__fd *fd,
                                          const void *buf, size_t len, int flags)
{
    size_t sent = 0;
    if (!xsock__plain_is(fd, XSOCK__SOCK_CONNECTED, XSOCK__SEND_SPECIAL) || buf == NULL
        || len > PTRDIFF_MAX || (flags & ~(XSOCK_MSG_DONTWAIT | XSOCK_MSG_NOSIGNAL)) != 0)
        return xsock__send_checked(t, fd, buf, len, flags);
    int code = xsock__sys_send(fd->held.handle, buf, len, 0, NULL, &sent);
    if (code != 0 || sent != len || !xsock__is_quiet(fd))
        return xsock__send_on(t, fd, buf, len, flags, sent, code);
    xsock__fdtab_drop(t, fd);
    return (ptrdiff_t)len;
}

static inline ptrdiff_t xsock__plain_recv(struct xsock__fdtab *t, struct xsock__fd *fd, void *buf,
                                          size_t len, int flags)
{
    size_t got = 0;
    if (!xsock__plain_receives(fd, XSOCK__RECV_SPECIAL) || buf == NULL || len - 1 >= PTRDIFF_MAX
        || (flags & ~XSOCK_MSG_DONTWAIT) != 0)
        return xsock__recv_checked(t, fd, buf, len, flags);
    int code = xsock__sys_recv(fd->held.handle, buf, len, 0, NULL, &got);
    if (code != 0 || !xsock__is_quiet(fd))
        return xsock__recv_on(t, fd, buf, len, flags, got, code);
    xsock__fdtab_drop(t, fd);
    return (ptrdiff_t)got;
}

static inline ptrdiff_t xsock__call_send(struct xsock__fdtab *t, int d, const void *buf, size_t len,
                                         int flags)
{
    struct xsock__fd *fd = xsock__fdtab_find(t, d);
    return fd == NULL ? -XSOCK_EBADF : xsock__plain_send(t, fd, buf, len, flags);
}

static inline ptrdiff_t xsock__call_recv(struct xsock__fdtab *t, int d, void *buf, size_t len,
                                         int flags)
{
    struct xsock__fd *fd = xsock__fdtab_find(t, d);
    return fd == NULL ? -XSOCK_EBADF : xsock__plain_recv(t, fd, buf, len, flags);
}

#endif
