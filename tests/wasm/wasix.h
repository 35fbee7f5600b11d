/* The imports of guests: the socket calls of WASIX, for wasm32 or wasm64. All return an errno.
 * wasi-libc has the other calls. */
#ifndef XSOCK_TEST_WASIX_H
#define XSOCK_TEST_WASIX_H

#include <stddef.h>
#include <stdint.h>

enum { AF_INET = 1, AF_INET6 = 2, AF_LOCAL = 3 };
enum { STREAM = 1, DGRAM = 2, RAW = 3, SEQPACKET = 4 };
enum { TCP = 6, UDP = 17 };
enum {
    SUCCESS = 0,
    EACCES = 2,
    EADDRNOTAVAIL = 4,
    EAFNOSUPPORT = 5,
    EAGAIN = 6,
    EBADF = 8,
    EEXIST = 20,
    EINVAL = 28,
    EISCONN = 30,
    ENOENT = 44,
    ENOPROTOOPT = 50,
    ENOTCONN = 53,
    ENOTSOCK = 57,
    ENOTSUP = 58,
    EPERM = 63,
    EPIPE = 64,
    EPROTONOSUPPORT = 66,
    EMEMVIOLATION = 78
};
enum { PEEK = 1, WAITALL = 2, TRUNCATED = 4, DONT_WAIT = 8, SEND_DONT_WAIT = 1 };
enum { SHUT_READ = 1, SHUT_WRITE = 2 };
enum { FLAG_NONBLOCK = 4, EXTRA_CLOEXEC = 1 };
enum {
    OPT_REUSE_ADDR = 2,
    OPT_NO_DELAY = 3,
    OPT_BROADCAST = 6,
    OPT_LISTENING = 10,
    OPT_LAST_ERROR = 11,
    OPT_KEEP_ALIVE = 12,
    OPT_LINGER = 13,
    OPT_RECV_BUF = 15,
    OPT_RECV_TIMEOUT = 19,
    OPT_TTL = 23,
    OPT_TYPE = 25,
    OPT_PROTO = 26
};
enum { EPOLL_ADD = 0, EPOLL_DEL = 2, EPOLL_MOD = 3, EPOLL_IN = 1, EPOLL_OUT = 2, EPOLL_HUP = 0x20 };

/* An address and its port, which has the guest's own byte order. */
struct addr_port {
    uint8_t tag, pad;
    union {
        struct {
            uint16_t port;
            uint8_t ip[4];
        } v4;
        struct {
            uint16_t port;
            uint8_t ip[16];
            uint16_t flow[2], scope[2];
        } v6;
        uint8_t path[108];
    };
};
_Static_assert(sizeof(struct addr_port) == 110, "addr_port");

struct addr_ip {
    uint8_t tag, pad;
    uint8_t ip[16];
};
_Static_assert(sizeof(struct addr_ip) == 18, "addr_ip");

struct vec {
    const void *at;
    size_t size;
};

struct timestamp { /* option_timestamp */
    uint8_t there;
    uint64_t ns;
};
_Static_assert(sizeof(struct timestamp) == 16, "option_timestamp");

struct epoll_event {
    uint32_t events;
    struct {
        uint32_t ptr;
        int32_t fd;
        uint32_t data1;
        uint64_t data2;
    } data;
};
_Static_assert(sizeof(struct epoll_event) == 32, "epoll_event");

struct subscription {
    uint64_t user;
    uint8_t tag; /* 0 for a clock, 1 for reading, 2 for writing */
    union {
        struct {
            uint32_t id;
            uint64_t timeout, precision;
            uint16_t flags;
        } clock;
        uint32_t fd;
    };
};
_Static_assert(sizeof(struct subscription) == 48, "subscription");

struct event {
    uint64_t user;
    uint16_t error;
    uint8_t type;
    uint64_t bytes;
    uint16_t flags;
};
_Static_assert(sizeof(struct event) == 32, "event");

#define FROM(module, name) __attribute__((import_module(module), import_name(name)))
#ifdef __wasm64__ /* in wasm64, one module has all of them */
#define WASIX(name) FROM("wasix_64v1", name)
#define PREVIEW1(name) FROM("wasix_64v1", name)
#else
#define WASIX(name) FROM("wasix_32v1", name)
#define PREVIEW1(name) FROM("wasi_snapshot_preview1", name)
#endif

typedef int32_t fd_t;

WASIX("sock_open") int sock_open(int af, int type, int protocol, fd_t *fd);
WASIX("sock_pair") int sock_pair(int af, int type, int protocol, fd_t *fd0, fd_t *fd1);
WASIX("sock_bind") int sock_bind(fd_t fd, const struct addr_port *to);
WASIX("sock_listen") int sock_listen(fd_t fd, size_t backlog);
WASIX("sock_accept_v2")
int sock_accept_v2(fd_t fd, int flags, fd_t *accepted, struct addr_port *from);
WASIX("sock_connect") int sock_connect(fd_t fd, const struct addr_port *to);
WASIX("sock_recv_from")
int sock_recv_from(fd_t fd, const struct vec *v, size_t n, int flags, size_t *got,
                   uint16_t *out_flags, struct addr_port *from);
WASIX("sock_send_to")
int sock_send_to(fd_t fd, const struct vec *v, size_t n, int flags, const struct addr_port *to,
                 size_t *sent);
WASIX("sock_send_file")
int sock_send_file(fd_t out, fd_t in, uint64_t offset, uint64_t count, uint64_t *sent);
WASIX("sock_status") int sock_status(fd_t fd, uint8_t *status);
WASIX("sock_addr_local") int sock_addr_local(fd_t fd, struct addr_port *addr);
WASIX("sock_addr_peer") int sock_addr_peer(fd_t fd, struct addr_port *addr);
WASIX("sock_set_opt_flag") int sock_set_opt_flag(fd_t fd, int option, int value);
WASIX("sock_get_opt_flag") int sock_get_opt_flag(fd_t fd, int option, uint8_t *value);
WASIX("sock_set_opt_time")
int sock_set_opt_time(fd_t fd, int option, const struct timestamp *value);
WASIX("sock_get_opt_time") int sock_get_opt_time(fd_t fd, int option, struct timestamp *value);
WASIX("sock_set_opt_size") int sock_set_opt_size(fd_t fd, int option, uint64_t value);
WASIX("sock_get_opt_size") int sock_get_opt_size(fd_t fd, int option, uint64_t *value);
WASIX("resolve")
int resolve(const char *host, size_t length, int port, struct addr_ip *addrs, size_t capacity,
            size_t *n);
WASIX("epoll_create") int epoll_create(fd_t *fd);
WASIX("epoll_ctl") int epoll_ctl(fd_t epoll, uint32_t op, fd_t fd, const struct epoll_event *event);
WASIX("epoll_wait")
int epoll_wait(fd_t epoll, struct epoll_event *v, size_t capacity, uint64_t ns, size_t *n);
WASIX("fd_dup") int fd_dup(fd_t fd, fd_t *copy);
WASIX("fd_dup2") int fd_dup2(fd_t fd, fd_t min, int cloexec, fd_t *copy);
WASIX("fd_event") int fd_event(uint64_t start, int flags, fd_t *fd);
WASIX("fd_pipe") int fd_pipe(fd_t *to_read, fd_t *to_write);
WASIX("fd_fdflags_get") int fd_fdflags_get(fd_t fd, uint16_t *flags);
WASIX("fd_fdflags_set") int fd_fdflags_set(fd_t fd, int flags);

PREVIEW1("sock_accept") int sock_accept(fd_t fd, int flags, fd_t *accepted);
PREVIEW1("sock_recv")
int sock_recv(fd_t fd, const struct vec *v, size_t n, int flags, size_t *got, uint16_t *out_flags);
PREVIEW1("sock_send")
int sock_send(fd_t fd, const struct vec *v, size_t n, int flags, size_t *sent);
PREVIEW1("sock_shutdown") int sock_shutdown(fd_t fd, int how);
PREVIEW1("fd_close") int fd_close(fd_t fd);
PREVIEW1("fd_renumber") int fd_renumber(fd_t from, fd_t to);
PREVIEW1("fd_read") int fd_read(fd_t fd, const struct vec *v, size_t n, size_t *got);
PREVIEW1("fd_write") int fd_write(fd_t fd, const struct vec *v, size_t n, size_t *sent);
PREVIEW1("fd_fdstat_set_flags") int fd_fdstat_set_flags(fd_t fd, int flags);
PREVIEW1("poll_oneoff")
int poll_oneoff(const struct subscription *in, struct event *out, size_t n, size_t *got);

#endif
