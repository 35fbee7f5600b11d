/* The life of a socket: socket, socketpair, accept, dup, close. */
#include "posix.h"

int xsock_posix_socket(int domain, int type, int protocol)
{
    int triple[3];
    int d = xsock_posix__triple_in(domain, type, protocol, triple);
    if (d == 0)
        d = xsock_open(triple[0], triple[1], triple[2]);
    return d < 0 ? xsock_posix__fail(d) : xsock_posix__add(d);
}

int xsock_posix_socketpair(int domain, int type, int protocol, int out[2])
{
    int triple[3];
    int d[2];
    if (out == NULL && xsock_posix__socket_flags_in(type & ~0xf) >= 0)
        return xsock_posix__refuse(EFAULT); /* Linux writes the numbers before it makes sockets */
    int error = xsock_posix__triple_in(domain, type, protocol, triple);
    if (error == 0)
        error = xsock_pair(triple[0], triple[1], triple[2], d);
    if (error < 0)
        return xsock_posix__fail(error);
    int first = xsock_posix__add(d[0]);
    if (first < 0) {
        xsock_close(d[1]);
        return -1;
    }
    int second = xsock_posix__add(d[1]);
    if (second < 0) {
        xsock_posix__remove(first, d[0]);
        return -1;
    }
    out[0] = first;
    out[1] = second;
    return 0;
}

int xsock_posix_accept4(int number, struct sockaddr *addr, socklen_t *len, int flags)
{
    int listener = xsock_posix__socket_of(number);
    int socket_flags = xsock_posix__socket_flags_in(flags);
    /* Linux looks at the flags of a number that is open before it looks for a socket. */
    if (socket_flags < 0 && (listener >= 0 || errno == ENOTSOCK))
        return xsock_posix__refuse(EINVAL);
    if (listener < 0)
        return -1;
    if (addr != NULL && len == NULL)
        return xsock_posix__refuse(EFAULT);
    struct xsock_addr peer;
    int d = xsock_accept(listener, socket_flags, addr == NULL ? NULL : &peer);
    if (d < 0)
        return xsock_posix__fail(d);
    if (addr != NULL && (int)*len < 0) {
        xsock_close(d); /* the connection is lost, as in Linux */
        return xsock_posix__refuse(EINVAL);
    }
    int result = xsock_posix__add(d);
    if (result >= 0 && addr != NULL)
        xsock_posix__addr_out(&peer, addr, len);
    return result;
}

int xsock_posix_accept(int number, struct sockaddr *addr, socklen_t *len)
{
    return xsock_posix_accept4(number, addr, len, 0);
}

int xsock_posix_close(int number)
{
    int d = xsock_posix__of(number);
    if (d == 0)
        return xsock_posix__file_close(number);
    if (xsock_posix__is_event(number))
        xsock_posix__event_close(number);
    return xsock_posix__remove(number, d);
}

int xsock_posix_dup(int number)
{
    return xsock_posix_fcntl(number, F_DUPFD, 0);
}

/* dup2() and dup3() without the case that both numbers are the same. */
static int dup_at(int number, int to, int flags)
{
    int d = xsock_posix__of(number);
    if (xsock_posix__is_event(number))
        return xsock_posix__refuse(to < 0 ? EBADF : EINVAL); /* duplicates share no counter */
    if (d != 0 && xsock_posix__is_event(to))
        xsock_posix__event_close(to);
    if (d != 0)
        return xsock_posix__add_dup_at(d, to, (flags & O_CLOEXEC) != 0 ? XSOCK_SOCK_CLOEXEC : 0);
    int old = xsock_posix__of(to);
    if (old == 0)
        return xsock_posix__file_dup_at(number, to, flags);
    /* The file must be open, or `to` stays as it is. */
    if (xsock_posix__file_control(number, F_GETFD, 0) < 0)
        return -1;
    return xsock_posix__file_dup_over(number, to, old, flags);
}

int xsock_posix_dup2(int number, int to)
{
    if (number != to)
        return dup_at(number, to, 0);
    if (xsock_posix__of(number) == 0 && xsock_posix__file_control(number, F_GETFD, 0) < 0)
        return -1;
    return to;
}

int xsock_posix_dup3(int number, int to, int flags)
{
    if (number == to || (flags & ~O_CLOEXEC) != 0)
        return xsock_posix__refuse(EINVAL);
    return dup_at(number, to, flags);
}
