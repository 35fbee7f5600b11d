/* Bytes: send, recv and their kin, and read and write of any number. */
#include "posix.h"

/* Linux cuts a length that is too great, such as (size_t)-1. */
static size_t size_in(size_t n)
{
    const size_t size_max = 0x7ffff000;
    return n > PTRDIFF_MAX ? size_max : n;
}

ssize_t xsock_posix_send(int number, const void *buf, size_t n, int flags)
{
    int d = xsock_posix__socket_of(number);
    if (d < 0)
        return -1;
    int msg_flags = flags == 0 ? 0 : xsock_posix__msg_flags_in(d, XSOCK_POSIX__SEND, flags);
    return xsock_posix__result(
        xsock_posix__send_error(d, xsock_send(d, buf, size_in(n), msg_flags)));
}

/* A connection does not look at the address, and AF_UNIX looks at none without a length. */
ssize_t xsock_posix_sendto(int number, const void *buf, size_t n, int flags,
                           const struct sockaddr *addr, socklen_t len)
{
    if (addr == NULL)
        return xsock_posix_send(number, buf, n, flags);
    int d = xsock_posix__socket_of(number);
    if (d < 0)
        return -1;
    if (len > sizeof(struct sockaddr_storage))
        return xsock_posix__refuse(EINVAL);
    if (len == 0 && xsock_posix__is_local(d))
        return xsock_posix_send(number, buf, n, flags);
    n = size_in(n);
    struct xsock_addr to;
    int msg_flags = xsock_posix__msg_flags_in(d, XSOCK_POSIX__SEND, flags);
    ptrdiff_t result = xsock_posix__addr_in(addr, len, &to);
    if (result == 0)
        result = xsock_sendto(d, buf, n, msg_flags, &to);
    if (result == -XSOCK_EAFNOSUPPORT
        && (xsock_posix__maps_addr(d, &to) || xsock_posix__fills_family(d, addr, len, &to)))
        result = xsock_sendto(d, buf, n, msg_flags, &to);
    if (result < 0 && result != -XSOCK_EFAULT && xsock_posix__ignores_addr(d)) {
        result = xsock_posix__stream_addr_error(d);
        if (result == 0)
            result = xsock_send(d, buf, n, msg_flags);
    }
    return xsock_posix__result(xsock_posix__send_error(d, result));
}

ssize_t xsock_posix_recv(int number, void *buf, size_t n, int flags)
{
    int d = xsock_posix__socket_of(number);
    if (d < 0)
        return -1;
    if (xsock_posix__is_errqueue(d, flags))
        return xsock_posix__refuse(EAGAIN);
    int msg_flags = flags == 0 ? 0 : xsock_posix__msg_flags_in(d, XSOCK_POSIX__RECV, flags);
    return xsock_posix__result(
        xsock_posix__recv_error(d, xsock_recv(d, buf, size_in(n), msg_flags)));
}

ssize_t xsock_posix_recvfrom(int number, void *buf, size_t n, int flags, struct sockaddr *addr,
                             socklen_t *len)
{
    if (addr == NULL)
        return xsock_posix_recv(number, buf, n, flags);
    int d = xsock_posix__socket_of(number);
    if (d < 0)
        return -1;
    if (len == NULL)
        return xsock_posix__refuse(EFAULT);
    if (xsock_posix__is_errqueue(d, flags))
        return xsock_posix__refuse(EAGAIN);
    struct xsock_addr from;
    ptrdiff_t result = xsock_recvfrom(
        d, buf, size_in(n), xsock_posix__msg_flags_in(d, XSOCK_POSIX__RECV, flags), &from);
    if (result < 0)
        return xsock_posix__fail(xsock_posix__recv_error(d, result));
    if ((int)*len < 0)
        return xsock_posix__refuse(EINVAL); /* the bytes are taken, as in Linux */
    xsock_posix__sender_out(d, result, &from, addr, len);
    return result;
}

ssize_t xsock_posix_read(int number, void *buf, size_t n)
{
    int d = xsock_posix__of(number);
    if (d == 0)
        return xsock_posix__file_read(number, buf, n);
    if (xsock_posix__is_event(number))
        return xsock_posix__event_read(number, buf, n);
    if (xsock_posix__is_poller(number))
        return xsock_posix__refuse(EINVAL);
    if (n == 0)
        return 0; /* no message is taken, and there is no wait */
    return xsock_posix__result(xsock_posix__recv_error(d, xsock_recv(d, buf, n, 0)));
}

ssize_t xsock_posix_write(int number, const void *buf, size_t n)
{
    int d = xsock_posix__of(number);
    if (d == 0)
        return xsock_posix__file_write(number, buf, n);
    if (xsock_posix__is_event(number))
        return xsock_posix__event_write(number, buf, n);
    if (xsock_posix__is_poller(number))
        return xsock_posix__refuse(EINVAL);
    return xsock_posix__result(xsock_posix__send_error(d, xsock_send(d, buf, n, 0)));
}
