/* bind, listen, accept, connect, shutdown, addresses of a socket. */
#include "posix/native.h"

#include <netinet/in.h>
#include <stddef.h>
#include <unistd.h>

#include "posix/handle.h"
#include "posix/socket.h"

static const struct sockaddr *in(const struct xsock__sys_addr *a)
{
    return (const struct sockaddr *)(const void *)a->bytes;
}

static bool is_internet(const struct xsock__sys_addr *a)
{
    return in(a)->sa_family == AF_INET || in(a)->sa_family == AF_INET6;
}

/* The port of a name of INET or INET6, which stands at the same place in both. */
static in_port_t *port_in(struct sockaddr *name)
{
    return &((struct sockaddr_in *)(void *)name)->sin_port;
}

/* FreeBSD, and Linux for UDP, say EAGAIN if no port is left. Linux says EADDRINUSE to a bind. */
int xsock__sys_bind(uintptr_t h, const struct xsock__sys_addr *a, bool exclusive)
{
    struct xsock__sys_addr copy = *a;
    (void)exclusive; /* a POSIX system shares an address only if asked to */
    if (bind((int)h, in(a), (socklen_t)a->length) == 0)
        return 0;
    int code = errno;
    bool none_left = code == EAGAIN
                     || (code == EADDRINUSE && is_internet(a)
                         && *port_in((struct sockaddr *)(void *)copy.bytes) == 0);
    return none_left && is_internet(a) ? EADDRNOTAVAIL : code;
}

int xsock__sys_listen(uintptr_t h, int backlog)
{
    return listen((int)h, backlog) == 0 ? 0 : errno;
}

/* Without accept4 (macOS; a filter) the connection gets its flags just after. On BSD and macOS it
 * inherits the listener's non-blocking mode, and on Linux it does not. The mode is set in any case.
 */
static int accept_native(int h, struct sockaddr *name, socklen_t *size, bool cloexec)
{
#if XSOCK__SOCK_FLAGS
    int fd = accept4(h, name, size, SOCK_NONBLOCK | (cloexec ? SOCK_CLOEXEC : 0));
    if (fd >= 0 || !xsock__posix_is_missing(errno))
        return fd;
    fd = accept(h, name, size);
    if (fd >= 0) {
        (void)xsock__sys_set_cloexec((uintptr_t)fd, cloexec);
        (void)xsock__sys_set_nonblock((uintptr_t)fd, true);
    }
    return fd;
#else
    (void)cloexec; /* xsock__posix_prepare sets the flags */
    return accept(h, name, size);
#endif
}

static int accept_flags(int h, struct sockaddr *name, socklen_t *size,
                        const struct xsock__sys_triple *t, bool cloexec, int *out)
{
    int fd = xsock__posix_move_up(accept_native(h, name, size, cloexec));
    if (fd < 0)
        return errno;
    int code = xsock__posix_prepare(fd, t, cloexec);
    if (code != 0)
        close(fd);
    else
        *out = fd;
    return code;
}

int xsock__sys_accept(uintptr_t h, const struct xsock__sys_triple *t, bool listens, bool cloexec,
                      uintptr_t *out, struct xsock__sys_addr *out_peer)
{
    struct sockaddr *name = out_peer != NULL ? (struct sockaddr *)(void *)out_peer->bytes : NULL;
    socklen_t size = name != NULL ? sizeof out_peer->bytes : 0;
    int fd = -1;
    (void)listens;
    int code = accept_flags((int)h, name, name != NULL ? &size : NULL, t, cloexec, &fd);
    if (code != 0)
        return code;
    if (out_peer != NULL)
        out_peer->length = (uint32_t)size;
    *out = (uintptr_t)fd;
    return 0;
}

#ifdef __linux__
/* Stores the name. Returns its port, or 0. */
static in_port_t local_port(int fd, struct xsock__sys_addr *out)
{
    if (xsock__sys_local_addr((uintptr_t)fd, out) != 0 || !is_internet(out))
        return 0;
    return *port_in((struct sockaddr *)(void *)out->bytes);
}

/* Linux takes the port away from a socket that is disconnected, if the system had chosen the port.
 * Other systems leave the port. If somebody else has the port by now, the socket has none, as Linux
 * would have it. */
static int disconnect(int fd, const struct xsock__sys_addr *nobody)
{
    struct xsock__sys_addr name;
    in_port_t port = local_port(fd, &name);
    if (connect(fd, in(nobody), (socklen_t)nobody->length) != 0)
        return errno;
    if (port != 0 && local_port(fd, &name) == 0) {
        *port_in((struct sockaddr *)(void *)name.bytes) = port;
        (void)bind(fd, in(&name), (socklen_t)name.length);
    }
    return 0;
}
#endif

int xsock__sys_connect(uintptr_t h, bool stream, const struct xsock__sys_addr *a)
{
    (void)stream;
#ifdef __linux__
    if (in(a)->sa_family == AF_UNSPEC)
        return disconnect((int)h, a);
#endif
    if (connect((int)h, in(a), (socklen_t)a->length) == 0)
        return 0;
    return errno == EAGAIN && is_internet(a) ? EADDRNOTAVAIL : errno; /* no port is left */
}

/* Not asked for: a full backlog refuses nobody here. */
enum xsock__sys_listener xsock__sys_find_listener(uintptr_t h, const struct xsock__sys_addr *a)
{
    (void)h;
    (void)a;
    return XSOCK__SYS_LISTENER_UNKNOWN;
}

int xsock__sys_take_error(uintptr_t h, int *out_code)
{
    int code = 0;
    socklen_t size = sizeof code;
    if (getsockopt((int)h, SOL_SOCKET, SO_ERROR, &code, &size) != 0)
        return errno;
    *out_code = code;
    return 0;
}

int xsock__sys_shutdown(uintptr_t h, bool receive, bool send)
{
    return shutdown((int)h, receive && send ? SHUT_RDWR
                            : send          ? SHUT_WR
                                            : SHUT_RD)
                   == 0
               ? 0
               : errno;
}

static int ask(uintptr_t h, bool peer, struct xsock__sys_addr *out)
{
    struct sockaddr *native =
        (struct sockaddr *)(void *)out->bytes; /* none is written on failure */
    socklen_t size = sizeof out->bytes;
    if ((peer ? getpeername((int)h, native, &size) : getsockname((int)h, native, &size)) != 0)
        return errno;
    out->length = (uint32_t)size;
    return 0;
}

int xsock__sys_local_addr(uintptr_t h, struct xsock__sys_addr *out)
{
    return ask(h, false, out);
}

int xsock__sys_peer_addr(uintptr_t h, struct xsock__sys_addr *out)
{
    return ask(h, true, out);
}

/* No user and no group has the number (uid_t)-1, which stands for "unknown". */
static int64_t known(uint32_t id)
{
    return id != UINT32_MAX ? (int64_t)id : -1;
}

int xsock__sys_peer_cred(uintptr_t h, struct xsock_cred *out)
{
    struct xsock_cred cred = {.process = -1, .user = -1, .group = -1};
#ifdef SO_PEERCRED /* Linux, OpenBSD */
#ifdef __OpenBSD__
    struct sockpeercred c;
#else
    struct ucred c;
#endif
    socklen_t size = sizeof c;
    if (getsockopt((int)h, SOL_SOCKET, SO_PEERCRED, &c, &size) != 0)
        return errno;
    /* Linux has 0 and -1 for what it does not know: of datagrams that were connected, or of a
     * process that another namespace hides. */
    cred.process = c.pid > 0 ? c.pid : -1;
    cred.user = known(c.uid);
    cred.group = known(c.gid);
#else
    uid_t user;
    gid_t group;
    if (getpeereid((int)h, &user, &group) != 0)
        return errno;
    cred.user = known(user);
    cred.group = known(group);
#if defined(__APPLE__) && defined(LOCAL_PEERPID)
    pid_t process;
    socklen_t size = sizeof process;
    if (getsockopt((int)h, SOL_LOCAL, LOCAL_PEERPID, &process, &size) == 0 && process > 0)
        cred.process = process;
#endif
#endif
    *out = cred;
    return 0;
}
