/* Sending and receiving. */
#include "posix/native.h"

#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#include "posix/message.h"
#include "xsock.h"

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SO_NOSIGPIPE is set on every socket there */
#endif

static int rare_flags(int flags)
{
    int native = 0;
    if (flags & XSOCK_MSG_OOB)
        native |= MSG_OOB;
    if (flags & XSOCK_MSG_PEEK)
        native |= MSG_PEEK;
    if (flags & XSOCK_MSG_DONTROUTE)
        native |= MSG_DONTROUTE;
    if (flags & XSOCK_MSG_EOR)
        native |= MSG_EOR;
    if (flags & XSOCK_MSG_TRUNC)
        native |= MSG_TRUNC;
#ifdef MSG_MORE
    if (flags & XSOCK_MSG_MORE)
        native |= MSG_MORE;
#endif
    return native;
}

/* Linux refuses flags that mean nothing for the call in some families: a socket of AF_PACKET
 * receives nothing with MSG_NOSIGNAL. */
int xsock__posix_recv_flags(int flags)
{
    if (flags == 0)
        return MSG_DONTWAIT;
    int native = (flags & XSOCK__SYS_WAITS) != 0 ? 0 : MSG_DONTWAIT;
    return (flags & ~XSOCK__SYS_WAITS) == 0 ? native : native | rare_flags(flags);
}

int xsock__posix_send_flags(int flags)
{
    return MSG_NOSIGNAL | xsock__posix_recv_flags(flags);
}

int xsock__posix_out_flags(int native)
{
    int flags = 0;
    if (native & MSG_TRUNC)
        flags |= XSOCK_MSG_TRUNC;
    if (native & MSG_CTRUNC)
        flags |= XSOCK_MSG_CTRUNC;
    if (native & MSG_EOR)
        flags |= XSOCK_MSG_EOR;
    if (native & MSG_OOB)
        flags |= XSOCK_MSG_OOB;
    return flags;
}

/* A datagram socket of INET or INET6 that has sent before has a port. */
static bool lacks_port(uintptr_t h)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in; /* INET6 has the port at the same place; the rest is cut */
    } name = {.any = {0}};
    int type = 0;
    socklen_t size = sizeof type, name_size = sizeof name;
    if (getsockopt((int)h, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_DGRAM
        || getsockname((int)h, &name.any, &name_size) != 0)
        return false;
    return (name.any.sa_family == AF_INET || name.any.sa_family == AF_INET6)
           && name.in.sin_port == 0;
}

int xsock__posix_send_code(uintptr_t h, const struct xsock__sys_addr *to)
{
    int code = errno;
    return code == EAGAIN && to != NULL && lacks_port(h) ? EADDRNOTAVAIL : code;
}

int xsock__sys_send(uintptr_t h, const void *buf, size_t len, int flags,
                    const struct xsock__sys_addr *to, size_t *out)
{
    const struct sockaddr *name =
        to != NULL ? (const struct sockaddr *)(const void *)to->bytes : NULL;
    socklen_t size = to != NULL ? (socklen_t)to->length : 0;
    ssize_t n = sendto((int)h, buf, len, xsock__posix_send_flags(flags), name, size);
    if (n < 0)
        return xsock__posix_send_code(h, to);
    *out = (size_t)n;
    return 0;
}

/* The name is received where the caller wants it: a system writes none if the call fails. */
int xsock__sys_recv(uintptr_t h, void *buf, size_t len, int flags, struct xsock__sys_addr *out_from,
                    size_t *out)
{
    struct sockaddr *name = out_from != NULL ? (struct sockaddr *)(void *)out_from->bytes : NULL;
    socklen_t size = sizeof out_from->bytes;
    ssize_t n = recvfrom((int)h, buf, len, xsock__posix_recv_flags(flags), name,
                         name != NULL ? &size : NULL);
    if (n < 0)
        return errno;
    if (out_from != NULL)
        out_from->length = (uint32_t)size;
    *out = (size_t)n;
    return 0;
}

int xsock__sys_available(uintptr_t h, size_t *out)
{
    int n = 0;
    if (ioctl((int)h, FIONREAD, &n) != 0)
        return errno;
    *out = (size_t)n;
    return 0;
}

int xsock__sys_at_mark(uintptr_t h, bool *out)
{
    int at = sockatmark((int)h);
    if (at < 0)
        return errno == ENOTTY ? EOPNOTSUPP : errno;
    *out = at != 0;
    return 0;
}
