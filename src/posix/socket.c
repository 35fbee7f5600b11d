/* Making, duplicating, closing and describing sockets. */
#include "posix/native.h"

#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <unistd.h>

#include "posix/handle.h"
#include "posix/socket.h"

static int set_fd_flag(int fd, bool on)
{
    int flags = fcntl(fd, F_GETFD);
    if (flags < 0)
        return errno;
    int wanted = on ? flags | FD_CLOEXEC : flags & ~FD_CLOEXEC;
    return wanted != flags && fcntl(fd, F_SETFD, wanted) < 0 ? errno : 0;
}

static int set_status_flag(int fd, bool on)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0)
        return errno;
    int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    return wanted != flags && fcntl(fd, F_SETFL, wanted) < 0 ? errno : 0;
}

int xsock__sys_set_cloexec(uintptr_t h, bool on)
{
    return set_fd_flag((int)h, on);
}

int xsock__sys_set_nonblock(uintptr_t h, bool on)
{
    return set_status_flag((int)h, on);
}

static int creation_flags(bool cloexec)
{
#if XSOCK__SOCK_FLAGS
    return SOCK_NONBLOCK | (cloexec ? SOCK_CLOEXEC : 0);
#else
    (void)cloexec;
    return 0;
#endif
}

/* Sets the flags that creation_flags could not set. */
static int set_flags_late(int fd, bool cloexec)
{
#if XSOCK__SOCK_FLAGS
    (void)fd;
    (void)cloexec;
    return 0;
#else
    int code = cloexec ? set_fd_flag(fd, true) : 0;
    return code != 0 ? code : set_status_flag(fd, true);
#endif
}

/* Sets what xsock promises of every socket. A socket that lacks one of these options does not need
 * it, so failures do not count. Only one does: a socket that is not dual-stack would break the
 * promise. */
static int set_promises(int fd, const struct xsock__sys_triple *t)
{
#ifdef SO_NOSIGPIPE /* BSD, macOS; on Linux each send has MSG_NOSIGNAL */
    int on = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    if (t->family == AF_INET6 && t->type != SOCK_RAW) {
/* Linux's default is a setting of the system (net.ipv6.bindv6only), which is nearly always 0 */
#ifdef __linux__
        int only = 0;
        socklen_t size = sizeof only;
        if (getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, &size) != 0 || only == 0)
            return 0;
#endif
        int off = 0;
        if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0)
            return errno == ENOPROTOOPT || errno == EINVAL || errno == EOPNOTSUPP ? 0 : errno;
    }
    return 0;
}

int xsock__posix_prepare(int fd, const struct xsock__sys_triple *t, bool cloexec)
{
    int code = set_flags_late(fd, cloexec);
    return code != 0 ? code : set_promises(fd, t);
}

int xsock__sys_open(const struct xsock__sys_triple *t, bool cloexec, uintptr_t *out)
{
    int fd =
        xsock__posix_move_up(socket(t->family, t->type | creation_flags(cloexec), t->protocol));
    if (fd < 0)
        return errno;
    int code = xsock__posix_prepare(fd, t, cloexec);
    if (code != 0)
        close(fd);
    else
        *out = (uintptr_t)fd;
    return code;
}

int xsock__sys_pair(const struct xsock__sys_triple *t, bool cloexec, uintptr_t out[2])
{
    int fd[2];
    if (socketpair(t->family, t->type | creation_flags(cloexec), t->protocol, fd) != 0)
        return errno;
    int code = xsock__posix_move_both_up(fd);
    if (code != 0)
        return code;
    code = xsock__posix_prepare(fd[0], t, cloexec);
    if (code == 0)
        code = xsock__posix_prepare(fd[1], t, cloexec);
    if (code != 0) {
        close(fd[0]);
        close(fd[1]);
        return code;
    }
    out[0] = (uintptr_t)fd[0];
    out[1] = (uintptr_t)fd[1];
    return 0;
}

int xsock__sys_dup(uintptr_t h, bool cloexec, uintptr_t *out)
{
    int fd = fcntl((int)h, cloexec ? F_DUPFD_CLOEXEC : F_DUPFD, XSOCK__POSIX_FIRST_HANDLE);
    if (fd < 0)
        return errno;
    *out = (uintptr_t)fd;
    return 0;
}

/* On Linux the last close() of a socket with a linger time waits until everything is sent and
 * acknowledged, or the time has passed, also if the socket is non-blocking. The time has no other
 * effect there, because the system goes on sending anyway. So the time is removed. A time of 0,
 * which resets the connection, stays. BSD waits only if the handle is in blocking mode, as it may
 * be with a wake signal of this process or of another one that shares the socket. */
void xsock__sys_forget_linger(uintptr_t h)
{
#ifdef __linux__
    struct linger l = {0, 0};
    socklen_t size = sizeof l;
    if (getsockopt((int)h, SOL_SOCKET, SO_LINGER, &l, &size) != 0 || l.l_onoff == 0
        || l.l_linger == 0)
        return;
    l.l_onoff = 0;
    (void)setsockopt((int)h, SOL_SOCKET, SO_LINGER, &l, sizeof l);
#else
    (void)set_status_flag((int)h, true);
#endif
}

void xsock__sys_close(uintptr_t h)
{
    /* Not repeated after EINTR: Linux and FreeBSD have closed the handle by then, and the number
     * may belong to something else. */
    close((int)h);
}

static int get_int(int fd, int option, int *out)
{
    socklen_t size = sizeof *out;
    return getsockopt(fd, SOL_SOCKET, option, out, &size) == 0 ? 0 : errno;
}

static int family_of(int fd, int *out)
{
#ifdef SO_DOMAIN
    return get_int(fd, SO_DOMAIN, out);
#else /* an unbound socket has a name of its family here, too */
    struct sockaddr_storage name = {0};
    socklen_t size = sizeof name;
    if (getsockname(fd, (struct sockaddr *)&name, &size) != 0)
        return errno;
    *out = name.ss_family;
    return 0;
#endif
}

int xsock__sys_describe(uintptr_t h, struct xsock__sys_description *out)
{
    struct xsock__sys_description d = {0};
    int fd = (int)h;
    if (h > INT_MAX)
        return EBADF;
    int fd_flags = fcntl(fd, F_GETFD), status = fcntl(fd, F_GETFL);
    if (fd_flags < 0 || status < 0)
        return errno;
    int code = get_int(fd, SO_TYPE, &d.triple.type);
    if (code == 0)
        code = family_of(fd, &d.triple.family);
    if (code != 0)
        return code;
#ifdef SO_PROTOCOL
    if (get_int(fd, SO_PROTOCOL, &d.triple.protocol) != 0)
        d.triple.protocol = 0;
#endif
    d.cloexec = (fd_flags & FD_CLOEXEC) != 0;
    d.nonblock = (status & O_NONBLOCK) != 0;
    *out = d;
    return 0;
}
