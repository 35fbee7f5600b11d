/* Errors that Linux tells otherwise than xsock, which tells them the same on every system. */
#include "posix.h"

#include <string.h>

#if defined(_WIN32)
#include <io.h>
#else
#include <sys/stat.h>
#endif

static uint64_t number_of(int d, int opt)
{
    uint64_t number = 0;
    (void)xsock_get_opt_size(d, opt, &number);
    return number;
}

bool xsock_posix__is_stream(int d)
{
    return number_of(d, XSOCK_SO_TYPE) == XSOCK_SOCK_STREAM;
}

bool xsock_posix__is_connection(int d)
{
    const uint64_t type = number_of(d, XSOCK_SO_TYPE);
    return type == XSOCK_SOCK_STREAM || type == XSOCK_SOCK_SEQPACKET;
}

bool xsock_posix__ignores_addr(int d)
{
    return xsock_posix__is_stream(d)
           || (number_of(d, XSOCK_SO_TYPE) == XSOCK_SOCK_SEQPACKET && xsock_posix__is_local(d));
}

static bool is_datagram(int d)
{
    return number_of(d, XSOCK_SO_TYPE) == XSOCK_SOCK_DGRAM;
}

bool xsock_posix__is_local(int d)
{
    return number_of(d, XSOCK_SO_FAMILY) == XSOCK_AF_LOCAL;
}

bool xsock_posix__is_inet6(int d)
{
    return number_of(d, XSOCK_SO_FAMILY) == XSOCK_AF_INET6;
}

static bool is_inet(int d)
{
    uint64_t family = number_of(d, XSOCK_SO_FAMILY);
    return family == XSOCK_AF_INET || family == XSOCK_AF_INET6;
}

int xsock_posix__addr_error(int d, int result)
{
    return result == -XSOCK_EAFNOSUPPORT && xsock_posix__is_local(d) ? -XSOCK_EINVAL : result;
}

static bool is_path_taken(const struct xsock_addr *a)
{
    char path[sizeof a->data + 1] = {0};
    if (a->length == 0 || a->data[0] == 0)
        return false;
    memcpy(path, a->data, a->length);
#if defined(_WIN32)
    return _access(path, 0) == 0;
#else
    struct stat status;
    return lstat(path, &status) == 0;
#endif
}

int xsock_posix__bind_error(int d, const struct xsock_addr *a, int result)
{
    struct xsock_addr name;
    if (result == -XSOCK_EINVAL && a->family == XSOCK_AF_LOCAL && xsock_posix__is_local(d)
        && xsock_local_addr(d, &name) == 0 && name.length > 0)
        return a->length == 0 ? 0 : is_path_taken(a) ? -XSOCK_EADDRINUSE : result;
    return xsock_posix__addr_error(d, result);
}

bool xsock_posix__maps_addr(int d, struct xsock_addr *inout)
{
    if (inout->family != XSOCK_AF_INET || !xsock_posix__is_inet6(d) || !is_datagram(d))
        return false;
    uint8_t ip[16] = {[10] = 0xff, [11] = 0xff};
    memcpy(&ip[12], inout->data, 4);
    return xsock_addr_inet6(ip, inout->port, 0, inout) == 0;
}

bool xsock_posix__fills_family(int d, const struct sockaddr *addr, socklen_t len,
                               struct xsock_addr *inout)
{
    struct sockaddr_in in;
    if (inout->family != XSOCK_AF_UNSPEC || number_of(d, XSOCK_SO_FAMILY) != XSOCK_AF_INET
        || len < sizeof in)
        return false;
    memcpy(&in, addr, sizeof in);
    in.sin_family = AF_INET;
    return xsock_posix__addr_in((const struct sockaddr *)&in, sizeof in, inout) == 0;
}

int xsock_posix__connect_error(int d, int result)
{
    if (result == -XSOCK_EOPNOTSUPP && xsock_posix__ignores_addr(d)) /* d listens */
        return xsock_posix__is_local(d) ? -XSOCK_EINVAL : -XSOCK_EISCONN;
    return xsock_posix__addr_error(d, result);
}

ptrdiff_t xsock_posix__send_error(int d, ptrdiff_t result)
{
    if (result == -XSOCK_ENOTCONN && xsock_posix__is_stream(d) && is_inet(d))
        return -XSOCK_EPIPE;
    if (result == -XSOCK_EDESTADDRREQ && xsock_posix__is_local(d))
        return -XSOCK_ENOTCONN;
    return result == -XSOCK_EAFNOSUPPORT ? xsock_posix__addr_error(d, (int)result) : result;
}

ptrdiff_t xsock_posix__recv_error(int d, ptrdiff_t result)
{
    if (result == -XSOCK_ENOTCONN && xsock_posix__is_local(d) && xsock_posix__is_stream(d))
        return -XSOCK_EINVAL;
    return result;
}

int xsock_posix__stream_addr_error(int d)
{
    struct xsock_addr peer;
    if (!xsock_posix__is_local(d) || !xsock_posix__is_stream(d))
        return 0;
    return xsock_peer_addr(d, &peer) == 0 ? -XSOCK_EISCONN : -XSOCK_EOPNOTSUPP;
}

static bool is_own_level(int d, int level)
{
    return level == IPPROTO_IP     ? is_inet(d)
           : level == IPPROTO_IPV6 ? xsock_posix__is_inet6(d)
           : level == IPPROTO_TCP  ? xsock_posix__is_stream(d) && is_inet(d)
                                   : level == SOL_SOCKET;
}

int xsock_posix__option_error(int d, int level, bool is_get)
{
    bool is_unsupported = is_get ? !xsock_posix__is_inet6(d) : xsock_posix__is_local(d);
    return is_unsupported && !is_own_level(d, level) ? -XSOCK_EOPNOTSUPP : -XSOCK_ENOPROTOOPT;
}

int xsock_posix__level_error(int d, int level, bool is_get)
{
    bool is_known = level == IPPROTO_IP || level == IPPROTO_IPV6 || level == IPPROTO_TCP;
    if (!is_known || is_own_level(d, level) || !(is_inet(d) || xsock_posix__is_local(d)))
        return 0;
    return xsock_posix__option_error(d, level, is_get);
}
