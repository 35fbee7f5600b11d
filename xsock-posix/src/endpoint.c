/* bind, listen, connect, shutdown, and the names of both ends. */
#include "posix.h"

#include <sys/ioctl.h>

/* Linux wants the family, unless the address is 0.0.0.0. */
static bool is_any(const struct xsock_addr *a)
{
    return a->data[0] == 0 && a->data[1] == 0 && a->data[2] == 0 && a->data[3] == 0;
}

int xsock_posix_bind(int number, const struct sockaddr *addr, socklen_t len)
{
    int d = xsock_posix__socket_of(number);
    if (d < 0)
        return -1;
    struct xsock_addr a = {.family = XSOCK_AF_UNSPEC};
    int result = xsock_posix__addr_in(addr, len, &a);
    if (result == 0)
        result = xsock_bind(d, &a);
    if (result == -XSOCK_EAFNOSUPPORT && xsock_posix__fills_family(d, addr, len, &a) && is_any(&a))
        result = xsock_bind(d, &a);
    return (int)xsock_posix__result(xsock_posix__bind_error(d, &a, result));
}

/* A negative backlog is the system's maximum in Linux. xsock takes a hint from 0 on. */
int xsock_posix_listen(int number, int backlog)
{
    int d = xsock_posix__socket_of(number);
    return d < 0 ? -1
                 : (int)xsock_posix__result(xsock_listen(d, backlog < 0 ? SOMAXCONN : backlog));
}

int xsock_posix_connect(int number, const struct sockaddr *addr, socklen_t len)
{
    int d = xsock_posix__socket_of(number);
    if (d < 0)
        return -1;
    struct xsock_addr a;
    int result = xsock_posix__addr_in(addr, len, &a);
    if (result == 0)
        result = xsock_connect(d, &a);
    if (result == -XSOCK_EAFNOSUPPORT && xsock_posix__maps_addr(d, &a))
        result = xsock_connect(d, &a);
    return (int)xsock_posix__result(xsock_posix__connect_error(d, result));
}

int xsock_posix_shutdown(int number, int how)
{
    int d = xsock_posix__socket_of(number);
    if (d < 0)
        return -1;
    int result = how == SHUT_RD     ? xsock_shutdown(d, XSOCK_SHUT_RD)
                 : how == SHUT_WR   ? xsock_shutdown(d, XSOCK_SHUT_WR)
                 : how == SHUT_RDWR ? xsock_shutdown(d, XSOCK_SHUT_RDWR)
                                    : -XSOCK_EINVAL;
    return (int)xsock_posix__result(result);
}

typedef int name_fn(int d, struct xsock_addr *out);

/* As in Linux a name that is not there comes before the pointers. */
static int name_of(name_fn *fn, int number, struct sockaddr *addr, socklen_t *len)
{
    int d = xsock_posix__socket_of(number);
    if (d < 0)
        return -1;
    struct xsock_addr a;
    int error = fn(d, &a);
    if (error < 0)
        return xsock_posix__fail(error);
    if (len == NULL)
        return xsock_posix__refuse(EFAULT);
    if ((int)*len < 0)
        return xsock_posix__refuse(EINVAL);
    if (addr == NULL && *len > 0)
        return xsock_posix__refuse(EFAULT);
    xsock_posix__addr_out(&a, addr, len);
    return 0;
}

int xsock_posix_getsockname(int number, struct sockaddr *addr, socklen_t *len)
{
    return name_of(xsock_local_addr, number, addr, len);
}

int xsock_posix_getpeername(int number, struct sockaddr *addr, socklen_t *len)
{
    return name_of(xsock_peer_addr, number, addr, len);
}

int xsock_posix_sockatmark(int number)
{
    int mark;
    return xsock_posix_ioctl(number, SIOCATMARK, &mark) < 0 ? -1 : mark;
}
