/* A small libc for guests. It passes to the imports exactly the arguments that wasix-libc passes:
 * the same modules, parameters, numbers and flags, including the mistakes of wasix-libc. It is
 * freestanding, and starts as wasix-libc's programs start. A guest with this libc shows that
 * programs of wasix-libc load and run. A guest that calls the imports as the text of WASIX has them
 * does not show this. */
#ifndef XSOCK_TEST_WASIX_LIBC_H
#define XSOCK_TEST_WASIX_LIBC_H

#include <stdint.h>

/* ---- The numbers of wasix-libc's headers ----------------------------------------------------- */

enum { EAGAIN = 6, EBADF = 8, EEXIST = 20, EINVAL = 28, ENOENT = 44, ENOSYS = 52, EPIPE = 64 };
enum { AF_INET = 1, AF_INET6 = 2, AF_UNIX = 3 };
enum { SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_CLOEXEC = 0x2000, SOCK_NONBLOCK = 0x4000 };
enum { MSG_PEEK = 2, MSG_TRUNC = 0x20, MSG_DONTWAIT = 0x40, MSG_WAITALL = 0x100 };
enum { MSG_NOSIGNAL = 0x4000 };
enum { SHUT_RD = 1, SHUT_WR = 2 };
enum { SO_REUSEADDR = 2, SO_ERROR = 11, SO_RCVBUF = 15, SO_RCVTIMEO = 19, SO_TYPE = 25 };
enum { O_NONBLOCK = 4, O_CLOEXEC = 0x40000000, EFD_SEMAPHORE = 1, EFD_NONBLOCK = O_NONBLOCK };
enum { EPOLLIN = 1, EPOLLOUT = 4, EPOLLRDHUP = 0x2000, EPOLLONESHOT = 1 << 30 };
enum { EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3 };

/* ---- The imports, in the modules of wasix-libc ----------------------------------------------- */

#define FROM(module, name) __attribute__((import_module(module), import_name(name)))
#define WASIX(name) FROM("wasix_32v1", name)
#define WASI(name) FROM("wasi_snapshot_preview1", name)

struct iovec {
    const void *base;
    uint32_t size;
};
struct wasi_addr { /* addr_port */
    uint8_t tag, pad;
    uint16_t port;
    uint8_t bytes[106];
};
struct wasi_epoll { /* epoll_event */
    uint32_t events, pad, ptr, fd, data1, pad2;
    uint64_t data2;
};
struct wasi_time { /* option_timestamp */
    uint8_t tag, pad[7];
    uint64_t ns;
};

WASI("args_sizes_get") int wasi_args_sizes_get(uint32_t *count, uint32_t *size);
WASI("args_get") int wasi_args_get(char **argv, char *bytes);
WASI("environ_sizes_get") int wasi_environ_sizes_get(uint32_t *count, uint32_t *size);
WASI("environ_get") int wasi_environ_get(char **env, char *bytes);
WASI("fd_prestat_get") int wasi_fd_prestat_get(int fd, void *out);
WASI("fd_fdstat_get") int wasi_fd_fdstat_get(int fd, void *out);
WASI("fd_fdstat_set_flags") int wasi_fd_fdstat_set_flags(int fd, int flags);
WASI("fd_close") int wasi_fd_close(int fd);
WASI("fd_read") int wasi_fd_read(int fd, const struct iovec *v, uint32_t n, uint32_t *got);
WASI("fd_write") int wasi_fd_write(int fd, const struct iovec *v, uint32_t n, uint32_t *sent);
WASI("fd_seek") int wasi_fd_seek(int fd, int64_t offset, int whence, uint64_t *out);
WASI("sched_yield") int wasi_sched_yield(void);
WASI("sock_recv")
int wasi_sock_recv(int fd, const struct iovec *v, uint32_t n, int flags, uint32_t *got,
                   uint16_t *out_flags);
WASI("sock_send")
int wasi_sock_send(int fd, const struct iovec *v, uint32_t n, int flags, uint32_t *sent);
WASI("sock_shutdown") int wasi_sock_shutdown(int fd, int how);

WASIX("callback_signal") void wasix_callback_signal(const char *name, uint32_t len);
WASIX("proc_exit2") _Noreturn void wasix_proc_exit2(int status);
WASIX("sched_yield") int wasix_sched_yield(void);
WASIX("getcwd") int wasix_getcwd(char *path, uint32_t *len);
WASIX("sock_open") int wasix_sock_open(int af, int type, int protocol, int *fd);
WASIX("sock_pair") int wasix_sock_pair(int af, int type, int protocol, int *fd0, int *fd1);
WASIX("sock_bind") int wasix_sock_bind(int fd, const struct wasi_addr *at);
WASIX("sock_listen") int wasix_sock_listen(int fd, uint32_t backlog);
WASIX("sock_accept_v2") int wasix_sock_accept_v2(int fd, int flags, int *out, struct wasi_addr *a);
WASIX("sock_accept") int wasix_sock_accept(int fd, int flags, int *out, struct wasi_addr *a);
WASIX("sock_connect") int wasix_sock_connect(int fd, const struct wasi_addr *to);
WASIX("sock_addr_local") int wasix_sock_addr_local(int fd, struct wasi_addr *out);
WASIX("sock_set_opt_flag") int wasix_sock_set_opt_flag(int fd, int option, int value);
WASIX("sock_set_opt_time") int wasix_sock_set_opt_time(int fd, int opt, const struct wasi_time *t);
WASIX("sock_set_opt_size") int wasix_sock_set_opt_size(int fd, int option, uint64_t value);
WASIX("sock_get_opt_size") int wasix_sock_get_opt_size(int fd, int option, uint64_t *value);
WASIX("fd_dup2") int wasix_fd_dup2(int fd, int min, int cloexec, int *out);
WASIX("fd_fdflags_get") int wasix_fd_fdflags_get(int fd, uint16_t *out);
WASIX("fd_event") int wasix_fd_event(uint64_t start, int flags, int *out);
WASIX("fd_pipe") int wasix_fd_pipe(int *reader, int *writer);
WASIX("epoll_create") int wasix_epoll_create(int *out);
WASIX("epoll_ctl") int wasix_epoll_ctl(int epoll, int op, int fd, const struct wasi_epoll *e);
WASIX("epoll_wait")
int wasix_epoll_wait(int epoll, struct wasi_epoll *v, uint32_t n, uint64_t ns, uint32_t *got);

/* ---- The functions: -1 and errno, or a result ------------------------------------------------ */

static int errno;

static inline int result(int error, int value)
{
    if (error == 0)
        return value;
    errno = error;
    return -1;
}

/* The type is reduced to 8 bits, which loses its flags. If a program passes flags, no default
 * protocol is found. */
static inline int default_protocol(int type, int protocol)
{
    if (protocol != 0)
        return protocol;
    return type == SOCK_STREAM ? 6 : type == SOCK_DGRAM ? 17 : 0;
}

static inline int socket(int af, int type, int protocol)
{
    int fd = -1;
    int error = wasix_sock_open((uint8_t)af, (uint8_t)type, default_protocol(type, protocol), &fd);
    return result(error, fd);
}

static inline int socketpair(int af, int type, int protocol, int fd[2])
{
    protocol = default_protocol(type, protocol);
    return result(wasix_sock_pair((uint8_t)af, (uint8_t)type, protocol, &fd[0], &fd[1]), 0);
}

static inline int accept4(int fd, struct wasi_addr *out, int flags)
{
    int n = -1;
    if ((flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) != 0)
        return result(EINVAL, 0);
    int given = (flags & SOCK_NONBLOCK) != 0 ? O_NONBLOCK : 0;
    return result(wasix_sock_accept_v2(fd, given, &n, out), n);
}

static inline int send(int fd, const void *p, uint32_t size, int flags)
{
    struct iovec v = {p, size};
    uint32_t n = 0;
    return result(wasi_sock_send(fd, &v, 1, (flags & MSG_DONTWAIT) != 0, &n), (int)n);
}

static inline int recv(int fd, void *p, uint32_t size, int flags)
{
    struct iovec v = {p, size};
    uint32_t n = 0;
    uint16_t out_flags = 0;
    int given = ((flags & MSG_PEEK) != 0 ? 1 : 0) | ((flags & MSG_WAITALL) != 0 ? 2 : 0)
                | ((flags & MSG_TRUNC) != 0 ? 4 : 0) | ((flags & MSG_DONTWAIT) != 0 ? 8 : 0);
    return result(wasi_sock_recv(fd, &v, 1, given, &n, &out_flags), (int)n);
}

/* The value is taken from the pointer instead of the memory it points to, so the value is always
 * 1. */
static inline int set_flag(int fd, int option)
{
    return result(wasix_sock_set_opt_flag(fd, option, 1), 0);
}

static inline int get_error(int fd)
{
    uint64_t value = 0;
    return result(wasix_sock_get_opt_size(fd, SO_ERROR, &value), (int)value);
}

static inline int get_flags(int fd)
{
    uint64_t stat[3];
    int error = wasi_fd_fdstat_get(fd, stat);
    return result(error, (int)(stat[0] >> 16 & 0xffff));
}

static inline int set_flags(int fd, int flags)
{
    return result(wasi_fd_fdstat_set_flags(fd, flags & 0xfff), 0);
}

static inline int dup_above(int fd, int min, int cloexec)
{
    int n = -1;
    return result(wasix_fd_dup2(fd, min, cloexec, &n), n);
}

/* The flags have 16 bits, so EFD_CLOEXEC is lost. */
static inline int eventfd(unsigned start, int flags)
{
    int fd = -1;
    return result(wasix_fd_event(start, (uint16_t)flags, &fd), fd);
}

static inline int epoll_create1(void)
{
    int fd = -1;
    return result(wasix_epoll_create(&fd), fd);
}

/* The operation and the error are passed on unchanged. */
static inline int epoll_ctl(int epoll, int op, int fd, uint32_t events, uint64_t data)
{
    struct wasi_epoll e = {.fd = (uint32_t)fd, .data1 = (uint32_t)data, .data2 = data};
    if (op == EPOLL_CTL_DEL)
        return wasix_epoll_ctl(epoll, op, fd, 0);
    e.events = ((events & EPOLLIN) != 0 ? 1U : 0U) | ((events & EPOLLOUT) != 0 ? 2U : 0U)
               | ((events & EPOLLRDHUP) != 0 ? 4U : 0U)
               | ((events & EPOLLONESHOT) != 0 ? 0x80U : 0U);
    return wasix_epoll_ctl(epoll, op, fd, &e);
}

/* Waits for one event. Returns its data, or -1. If ms is -1, waits without a limit. */
static inline int64_t epoll_wait_one(int epoll, int ms)
{
    struct wasi_epoll e;
    uint32_t n = 0;
    uint64_t ns = ms < 0 ? UINT64_MAX : (uint64_t)ms * 1000000;
    int error = wasix_epoll_wait(epoll, &e, 1, ns, &n);
    if (error != 0)
        return result(error, 0);
    return n == 0 ? -1 : (int64_t)e.data2;
}

#endif
